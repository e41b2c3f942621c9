"""People arrive from another county (接收协查): a signed package becomes contacts, cases and tasks, and a receipt.

1. the signature is checked; a package of an unknown key is held           handover
2. a second person confirms the key with that county                       handover
3. who is known already is recognised, and merged                          contacts | cases
4. the others come in as proposals, for an investigator here to decide on  contacts | cases
5. a grid worker finds each of them                                        tasks
6. the receipt says what came of each row, signed                          handover
"""

from collections.abc import Collection, Sequence
from datetime import timedelta
from uuid import UUID

from django.db import transaction

from fangxian.core.refusal import Refusal, Said
from fangxian.ops.accounts.models import Account
from fangxian.ops.accounts.scope import require
from fangxian.ops.contacts.queries import Contact, contacts_with, same_people
from fangxian.ops.contacts.wire import who_of
from fangxian.ops.handover import actions as packages
from fangxian.ops.handover.queries import Package, PackageRow, fields_of, find, rows_of, signer
from fangxian.ops.handover.wire import Answer, ReceiptContent, write_receipt
from fangxian.ops.handover.words import Subject
from fangxian.ops.intake.cells import read_cell
from fangxian.ops.intake.fields import Kind
from fangxian.ops.intake.line_lists import CASES, CONTACTS
from fangxian.ops.procedures.came import KNOWN, MERGED, NEW, Came
from fangxian.ops.procedures.hand_over import EXCHANGE, LATE, LEAD, own_county
from fangxian.ops.procedures.import_cases import take_cases
from fangxian.ops.procedures.import_contacts import take_contacts
from fangxian.ops.procedures.listed_people import Fields, Lists, lists_of
from fangxian.ops.realm.current import county_now, the_realm
from fangxian.ops.tasks.actions import finish, open_tasks
from fangxian.ops.tasks.queries import unfinished
from fangxian.ops.tasks.wire import NewTask, Rung

FIND, TAKE_OVER = "handover.find", "handover.take_over"
LADDER = (Rung(after_min=60, role=LEAD), Rung(after_min=240, role="commander"))
GRID_DIGITS = 15
SAID = {
    NEW: Said("新收，已派人落地核实", "new; somebody was sent to find them"),
    MERGED: Said("与已有记录是同一人，已合并补充", "the same person as on record; merged, and the record is fuller"),
    KNOWN: Said("已在管，没有新内容", "known and under management; nothing new"),
}
# A contact is of one case. Whoever is one of a case of ours too is one person all the same, and both sides are told.
NEW_ALSO = Said(
    "新收；此人在本县已是另一病例的接触者，两条并列，已派人核实",
    "new; the same person is a contact of another case here already: both stand, and somebody was sent to verify",
)


def receive_package(*, file: bytes, by: Account) -> tuple[Package, bool]:
    """Keep a package that came; and whether it had come before. A task waits for whoever takes it over.

    Refuses
    -------
    accounts.not_yours, and what `handover.keep_incoming` refuses
    """
    require(by, EXCHANGE, the_realm().division_code)
    row, is_repeat = packages.keep_incoming(file=file, by=f"account:{by.pk}")
    if not is_repeat:
        _open_task_of(row, f"account:{by.pk}")
    return row, is_repeat


def take_over(*, package: UUID, by: Account) -> Package:
    """Take over everybody in a package, and make its receipt. Taken over already: nothing changes.

    Refuses
    -------
    accounts.not_yours, handover.unknown, handover.wrong_state, lists.no_rulebook
    """
    require(by, EXCHANGE, the_realm().division_code)
    who, row = f"account:{by.pk}", find(package)
    if row is None or row.state != Package.State.RECEIVED:  # the room says what is the matter, or that it is done
        return packages.close_incoming(package=package, answers=(), receipt=(None, b"", ""), by=who)
    rows = list(rows_of(row))
    lists = lists_of(row.disease, f"division:{row.division_code}")
    with transaction.atomic():
        came = _taken(row, rows, lists, who)
        contacts = [it.row_number for it in rows if it.kind == Subject.CONTACT]
        also = same_people(contacts_with([came.subject[n] for n in contacts if came.outcome.get(n) == NEW]))
        answers = [(_answer(it.row_number, came, also), came.subject.get(it.row_number)) for it in rows]
        done = packages.close_incoming(
            package=row.pk, answers=answers, receipt=_receipt(row, [answer for answer, _ in answers]), by=who
        )
        sought = [came.subject[n] for n in contacts if n in came.subject and came.outcome[n] != KNOWN]
        _send_somebody(row, sought, also, who)
        _finish_task_of(row, TAKE_OVER, who)
    return done


def take_receipt(*, file: bytes, by: Account) -> tuple[Package, bool]:
    """The other county's receipt of a package of ours; and whether it had come before.

    Refuses
    -------
    accounts.not_yours, and what `handover.keep_receipt` refuses
    """
    require(by, EXCHANGE, the_realm().division_code)
    row, is_repeat = packages.keep_receipt(file=file, by=f"account:{by.pk}")
    _finish_task_of(row, LATE, f"account:{by.pk}")
    return row, is_repeat


def _taken(package: Package, rows: Sequence[PackageRow], lists: Lists, by: str) -> Came:
    """Cases first, so that contacts find theirs."""
    reason = f"{package.county_zh} {package.number}"
    came = Came()
    cases = _read(rows, Subject.CASE, CASES, came)
    came.add(take_cases(cases, lists, by=by, reason=reason))
    contacts = _read(rows, Subject.CONTACT, CONTACTS, came)
    came.add(take_contacts(contacts, lists, by=by, reason=reason, pushed_by=package.division_code))
    return came


def _read(rows: Sequence[PackageRow], kind: str, listed: Kind, came: Came) -> list[tuple[int, Fields]]:
    """The fields of rows of a kind, each read as a cell of a list is: a package is as little trusted."""
    read = []
    for row in rows:
        if row.kind != kind:
            continue
        said = fields_of(row) | {"outer_id": str(row.outer_id)}
        try:
            fields = {name: read_cell(text, it) for name, text in said.items() if (it := listed.by_name.get(name))}
            read.append((row.row_number, fields))
        except Refusal as refusal:
            came.refuse(row.row_number, refusal)
    return read


def _answer(number: int, came: Came, also: Collection[UUID]) -> Answer:
    outcome = came.outcome[number]
    said = NEW_ALSO if outcome == NEW and came.subject.get(number) in also else SAID.get(outcome)
    if number in came.refused or said is None:
        said = came.refused[number].said
    return Answer(row=number, outcome=outcome, zh=said.zh, en=said.en)


def _receipt(package: Package, answers: list[Answer]) -> tuple[ReceiptContent, bytes, str]:
    content = ReceiptContent(
        package=package.pk,
        digest=package.digest,
        number=package.number,
        realm=str(the_realm().kind),
        sender=own_county(),
        signed_at=county_now(),
        rows=tuple(answers),
    )
    return content, *write_receipt(content, signer())


def _send_somebody(package: Package, contacts: Sequence[UUID], also: Collection[UUID], by: str) -> None:
    """A task for each: of the grid worker where the grid is known, else of the tracing lead."""
    due_at = county_now() + timedelta(hours=packages.RECEIPT_WITHIN.value)
    tasks = [
        _find_task(row, package, due_at, is_known=row.pk in also)
        for row in contacts_with(list(dict.fromkeys(contacts)))
    ]
    if tasks:
        open_tasks(tasks=tasks, by=by)


def _find_task(row: Contact, package: Package, due_at, *, is_known: bool) -> NewTask:
    name = who_of(row, row.file).name or "—"
    zh, en = ("；此人已是另一病例的接触者，先看已有记录", "; already a contact of another case, so look there first")
    return NewTask(
        kind=FIND,
        unique_key=str(row.pk),
        title=Said(
            f"找到 {name}：{package.county_zh}移交的接触者（{package.number}），核实住址和近况{zh if is_known else ''}",
            f"Find {name}: a contact handed over by {package.county_en} ({package.number}); verify where they are"
            f"{en if is_known else ''}",
        ),
        area_path=row.area_path,
        due_at=due_at,
        role="grid_worker" if len(row.area_path) >= GRID_DIGITS else LEAD,
        about=f"contact:{row.pk}",
        ladder=LADDER,
    )


def _open_task_of(package: Package, by: str) -> None:
    title = Said(
        f"接收{package.county_zh}的转出包 {package.number}（{package.n_rows} 人），出具回执",
        f"Take over package {package.number} of {package.county_en} ({package.n_rows} people) and answer it",
    )
    task = NewTask(
        kind=TAKE_OVER,
        unique_key=str(package.pk),
        title=title,
        area_path=package.area_path,
        due_at=package.due_at,
        role=LEAD,
        about=f"package:{package.pk}",
        ladder=(Rung(after_min=60, role="commander"),),
    )
    open_tasks(tasks=[task], by=by)


def _finish_task_of(package: Package, kind: str, by: str) -> None:
    waiting = list(unfinished().filter(kind=kind, unique_key=str(package.pk)).values_list("pk", flat=True))
    if waiting:
        finish(tasks=waiting, outcome="done", by=by)
