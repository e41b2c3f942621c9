"""A line list comes in (名单导入).

1. the file is kept and looked into                     intake
2. a person confirms what each column means             intake (remembered for the source)
3. a job reads it, row by row, with its progress        jobs
4. cases, contacts, meetings or follow-ups              cases | contacts (what is known stays as it stands)
5. what they are called in the list                     handover (so that the list again is harmless)
6. rows that were not taken go back with their reason   intake

A resident of the county whose list says “confirmed” comes in as a proposal, and a case of theirs as reported: a code
turns by the decision of an investigator of this county, never by a list.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from uuid import UUID

from django.db.models import QuerySet

from fangxian.core.refusal import Refusal, Said
from fangxian.ops.accounts.models import Account
from fangxian.ops.accounts.scope import require, within_scope
from fangxian.ops.intake import queries as intakes
from fangxian.ops.intake.actions import TakenIn, close, map_headers, take_in
from fangxian.ops.intake.queries import Intake, State
from fangxian.ops.intake.reading import Reading, RowRefusal
from fangxian.ops.jobs.actions import enqueue
from fangxian.ops.jobs.queries import Job
from fangxian.ops.procedures.came import Came
from fangxian.ops.procedures.import_cases import take_cases
from fangxian.ops.procedures.import_contacts import take_contacts
from fangxian.ops.procedures.import_links import take_follow_ups, take_relationships
from fangxian.ops.procedures.import_resumed import count_own
from fangxian.ops.procedures.listed_people import Fields, Lists, lists_of
from fangxian.ops.realm.bulk import cycles_sought_between
from fangxian.ops.realm.current import the_realm

UPLOAD, EXCHANGE = "intake.upload", "contacts.exchange"
JOB, SOURCE = "procedures.import_list", "list:"
AT_ONCE = 2000
Take = Callable[..., Came]
KINDS: Mapping[str, Take] = {
    "cases.list": take_cases,
    "contacts.list": take_contacts,
    "contacts.relationships": take_relationships,
    "contacts.follow_ups": take_follow_ups,
}
SAID = Said(
    "已读 {done} 行，共 {total} 行：新收 {n_new}，合并 {n_merged}，已有 {n_known}，退回 {n_refused}",
    "{done} of {total} rows read: {n_new} new, {n_merged} merged, {n_known} known, {n_refused} not taken",
)


def upload_list(
    *, content: bytes, file_name: str, kind: str, source: str, by: Account, sheet: str | None = None
) -> TakenIn:
    """Keep a list that came and say what it is.

    Parameters
    ----------
    source : whose list it is, in words: its ids and its columns are remembered under it

    Refuses
    -------
    accounts.not_yours, lists.no_source, and what `intake.take_in` refuses
    """
    require_importing(by)
    if not source.strip():
        raise Refusal(
            "lists.no_source",
            zh="没有写名单来自哪里，没有收下。编号和列名都按来源记住，不同来源的编号不会混在一起。"
            "请写明，如“县人民医院”或“Go.Data 2022”。",
            en="It is not said whose list it is, so it was not taken in. Ids and columns are remembered by source, so "
            "that the ids of two sources do not mix. Name it, such as “county hospital” or “Go.Data 2022”.",
        )
    return take_in(
        content, file_name=file_name, kind=kind, source=source_key(source), by=f"account:{by.pk}", sheet=sheet
    )


def begin_import(*, intake: Intake, mapping: Mapping[str, str], disease: str, by: Account) -> Job:
    """Confirm what each column means and ask for the rows to be taken in; asked for already, it is that job.

    Refuses
    -------
    accounts.not_yours, lists.no_rulebook, and what `intake.map_headers` refuses
    """
    require_importing(by)
    lists_of(disease, intake.source)
    row = map_headers(intake=intake.pk, mapping=mapping, by=f"account:{by.pk}")
    return enqueue(
        kind=JOB,
        arguments={"intake": str(row.pk), "disease": disease},
        by=f"account:{by.pk}",
        unique_key=f"intake:{row.pk}",
        n_total=row.n_rows,
    )


def import_list(job) -> dict[str, int]:
    """The job: take in the rows of a mapped file. From the start again it changes nothing twice."""
    row = intakes.find(UUID(job.arguments["intake"]))
    if row is None or row.state == State.CLOSED:
        return {}
    lists = lists_of(job.arguments["disease"], row.source, at=job.asked_at, is_resumed=job.attempt > 1)
    seen: set[UUID] = set()
    came, counted, reading, late = Came(), Counter(), intakes.read_rows(row), []
    with cycles_sought_between() as seek_cycles:
        for part, n_left in _parts(reading, row.n_rows, late):
            its = _taken(KINDS[row.kind], part, row, lists, job)
            if lists.is_resumed:
                count_own(its, row.kind, lists, _reason(row), seen=seen)
            came.add(its)
            counted.update(its.counts())
            reading.keep({*its.refused, *its.remarks, *(number for number, _ in late)})
            n_done = row.n_rows - n_left
            job.step(n_done, row.n_rows, SAID.with_facts(done=n_done, total=row.n_rows, **counted))
            seek_cycles()
    refused = [*reading.refused, *(RowRefusal(number, it) for number, it in came.refused.items())]
    remarked = [RowRefusal(number, it) for number, it in came.remarks.items()]
    n_taken = row.n_rows - len(refused)
    close(intake=row.pk, n_accepted=n_taken, refused=refused, remarked=remarked, by=job.owner, cells=reading.cells)
    return came.counts() | {"n_refused": len(refused), "n_rows": row.n_rows}


def _parts(
    reading: Reading, n_rows: int, late: list[tuple[int, Fields]]
) -> Iterator[tuple[list[tuple[int, Fields]], int]]:
    """The rows some thousand at a time, and how many are left then; last those that are contacts through others, which
    are put into `late`.
    """
    rows, n_read = iter(reading), 0
    while chunk := list(islice(rows, AT_ONCE)):
        n_read += len(chunk)
        late += [it for it in chunk if it[1].get("via")]
        yield [it for it in chunk if not it[1].get("via")], n_rows - n_read + len(late)
    for start in range(0, len(late), AT_ONCE):
        yield late[start : start + AT_ONCE], max(len(late) - start - AT_ONCE, 0)


def require_importing(account: Account) -> None:
    """Whoever takes lists in may upload, and exchange contacts over the whole county."""
    county = the_realm().division_code
    require(account, UPLOAD, county)
    require(account, EXCHANGE, county)


def lists_for(account: Account) -> QuerySet[Intake]:
    """The lists that came in, newest first, for whoever may take lists in."""
    require_importing(account)
    rows = intakes.intakes().filter(kind__in=list(KINDS), source__startswith=SOURCE)
    return within_scope(rows, account, UPLOAD)


def list_for(account: Account, intake: UUID) -> Intake:
    """One of them.

    Refuses
    -------
    accounts.not_yours, lists.unknown
    """
    row = lists_for(account).filter(pk=intake).first()
    if row is None:
        raise Refusal(
            "lists.unknown",
            zh="没有这份名单，或不在您的范围内。请从“导入导出”页的列表中选择。",
            en="There is no such list, or not in your area. Choose one on the page of imports and exports.",
        )
    return row


def source_key(source: str) -> str:
    """A list's source as it is kept."""
    return f"{SOURCE}{' '.join(source.split())}"[:80]


def source_name(key: str) -> str:
    return key.removeprefix(SOURCE)


def _taken(take: Take, rows: list[tuple[int, Fields]], row: Intake, lists: Lists, job) -> Came:
    return take(rows, lists, by=job.owner, reason=_reason(row)) if rows else Came()


def _reason(row: Intake) -> str:
    return f"名单导入 imported list {row.pk}"
