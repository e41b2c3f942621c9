"""People who live elsewhere leave (协查、移交): contacts and cases go to the county that has to follow them.

1. who is chosen is decided on, ours to hand over, and in no other package   contacts | cases
2. a covering letter takes the number                                        documents
3. the package is made: signed, XLSX and JSON in one zip                     handover
4. somebody sends it: they are handed over, tasks here end, a clock begins   handover, contacts | cases, tasks
   or nobody sends it: withdrawn, its letter too                             handover, documents
5. the receipt comes back and closes it                                      handover
6. no receipt in time: somebody calls                                        tasks
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import Count

from fangxian.core.refusal import Refusal, Said
from fangxian.ops.accounts.models import Account
from fangxian.ops.accounts.scope import require
from fangxian.ops.cases import actions as cases_room
from fangxian.ops.cases.queries import Case, case_numbered, cases_with
from fangxian.ops.contacts.actions import note_handed_over
from fangxian.ops.contacts.queries import OBSERVED, Contact, KnownAs, contacts_with, known_as, whole, within
from fangxian.ops.contacts.wire import Who, read_why, who_of
from fangxian.ops.documents.actions import NewDocument, issue, open_series
from fangxian.ops.documents.actions import withdraw as withdraw_document
from fangxian.ops.documents.queries import find as document_with
from fangxian.ops.documents.queries import series_opened
from fangxian.ops.handover import actions as packages
from fangxian.ops.handover.queries import Package, rows_of, signer, waiting_for_receipt
from fangxian.ops.handover.wire import Content, County, Row, pack
from fangxian.ops.handover.words import Subject
from fangxian.ops.intake.line_lists import CASES, CONTACTS
from fangxian.ops.intake.writing import cells_of, headers_of, workbook
from fangxian.ops.measures.queries import rulebooks_by_disease
from fangxian.ops.places.models import Division
from fangxian.ops.procedures.contact_tasks import cancel_contact_tasks
from fangxian.ops.procedures.listed_cases import case_fields
from fangxian.ops.procedures.listed_contacts import contact_fields
from fangxian.ops.procedures.print_posters import county_office
from fangxian.ops.realm.current import county_now, the_realm
from fangxian.ops.tasks.actions import open_tasks
from fangxian.ops.tasks.wire import NewTask, Rung

EXCHANGE, HERE = "contacts.exchange", "here"
COUNTY_DIGITS = 6
SERIES, PATTERN = "handover", "协查〔{year}〕{n}号"
BASIS = "中华人民共和国传染病防治法第三十九条"
LATE, LEAD = "handover.receipt_late", "tracing_lead"
LADDER = (Rung(after_min=120, role="commander"),)
LISTED_AT_MOST = 200  # to choose from one by one; all of one county may be any number
# Where they live here says nothing there, and a township's name may be one of theirs too.
OURS_ALONE = ("division_code", "township", "destination")
CLOSED_BY_LEAVING = (Case.State.CONFIRMED, Case.State.IN_TREATMENT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaving:
    """Who is to leave, where to and why. `to` is the county's division code and its names."""

    to: County
    reason: str
    contacts: Sequence[UUID] = ()
    cases: Sequence[UUID] = ()


def prepare_package(*, leaving: Leaving, by: Account) -> Package:
    """Make a package of people who live elsewhere; it is not sent by that, and nobody in it is handed over yet.

    Refuses
    -------
    accounts.not_yours, handover.nobody, handover.no_addressee, handover.out_already, handover.not_decided,
    handover.case_over, handover.lives_in_another, handover.two_diseases
    """
    contacts, cases = contacts_with(list(leaving.contacts)), list(cases_with(list(leaving.cases)).values())
    for it in (*contacts, *cases):
        require(by, EXCHANGE, it.area_path)
    if not contacts and not cases:
        require(by, EXCHANGE)
    _refuse_undecided(contacts, cases)
    _refuse_another_home(contacts, leaving.to)
    disease = _one_disease([it.disease for it in (*contacts, *cases)])
    rows, who = _rows(contacts, cases), f"account:{by.pk}"
    with transaction.atomic():
        letter = _letter(leaving.to, len(contacts), len(cases), leaving.reason, who) if rows else None
        content = Content(
            id=uuid4(),
            number=letter.number if letter else "—",
            realm=str(the_realm().kind),
            disease=disease,
            sender=own_county(),
            addressee=leaving.to,
            made_at=county_now(),
            reason=leaving.reason,
            rows=rows,
        )
        made = pack(content, _sheets(rows), signer())
        return packages.keep_outgoing(content=content, package=made, document=letter and letter.pk, by=who)


@transaction.atomic
def send_package(*, package: UUID, by: Account) -> Package:
    """It has been sent: who is in it is handed over, and the receipt's clock begins. Twice is harmless.

    Refuses
    -------
    accounts.not_yours, handover.unknown, handover.wrong_state, contacts.not_now
    """
    who = f"account:{by.pk}"
    require(by, EXCHANGE, the_realm().division_code)
    row = packages.mark_sent(package=package, by=who)
    reason = f"{row.number} → {row.county_zh}"
    subjects = rows_of(row).values_list("kind", "subject_id")
    contacts = [subject for kind, subject in subjects if kind == Subject.CONTACT]
    cases = cases_with([subject for kind, subject in subjects if kind == Subject.CASE])
    if contacts:
        note_handed_over(contacts=contacts, destination=row.division_code, by=who, reason=reason)
        cancel_contact_tasks(contacts=contacts, reason=reason, by=who)
    leaving = [pk for pk, case in cases.items() if case.state in CLOSED_BY_LEAVING]
    if leaving:
        cases_room.close(cases=leaving, outcome="transferred", reason=reason, by=who)
    return row


@transaction.atomic
def withdraw_package(*, package: UUID, reason: str, by: Account) -> Package:
    """It is not sent after all: who is in it stays ours, and its covering letter does not hold. Twice is harmless.

    Refuses
    -------
    accounts.not_yours, handover.unknown, handover.wrong_state, handover.no_reason
    """
    who = f"account:{by.pk}"
    require(by, EXCHANGE, the_realm().division_code)
    row = packages.withdraw(package=package, reason=reason, by=who)
    if letter := row.document and document_with(row.document):
        withdraw_document(document=letter, because=reason or row.number, by=who)
    return row


def call_for_receipts(*, at: datetime, by: str) -> int:
    """A chore of the worker: for each package whose receipt is late somebody is to call; how many are new."""
    late = [row for row in waiting_for_receipt() if row.due_at <= at]
    tasks = [
        NewTask(
            kind=LATE,
            unique_key=str(row.pk),
            title=Said(
                f"打电话给{row.county_zh}：{row.number}（{row.n_rows} 人）还没有回执",
                f"Call {row.county_en}: no receipt yet for {row.number} ({row.n_rows} people)",
            ),
            area_path=row.area_path,
            due_at=at,
            role=LEAD,
            about=f"package:{row.pk}",
            ladder=LADDER,
        )
        for row in late
    ]
    return len(open_tasks(tasks=tasks, by=by).ids) if tasks else 0


def living_elsewhere(account: Account, home: str = "") -> list[tuple[Contact, Who]]:
    """Contacts under management who live elsewhere, and who each of them is: the first that are to be handed over.

    Parameters
    ----------
    home : only of those whose `known_home` it is
    """
    found = _of_home(account, home) if home else _elsewhere(account)
    rows = whole(found).order_by("destination", "-last_exposure_at", "pk")[:LISTED_AT_MOST]
    return [(it, who_of(it, it.file)) for it in rows]


def all_living_in(account: Account, home: str) -> list[UUID]:
    """All of them of one county, listed or not."""
    return list(_of_home(account, home).order_by("pk").values_list("pk", flat=True))


def homes_elsewhere(account: Account) -> list[tuple[str, int]]:
    """(`known_home`, how many live there), the most first; those of whom nobody knows it left out."""
    counted: Counter[str] = Counter()
    for destination, n in _destinations(account):
        counted[known_home(destination)] += n
    return sorted(counted.items(), key=lambda it: (-it[1], it[0]))


def _of_home(account: Account, home: str):
    there = [destination for destination, _ in _destinations(account) if known_home(destination) == home]
    return _elsewhere(account).filter(destination__in=there)


def _destinations(account: Account):
    rows = _elsewhere(account).exclude(destination="").order_by().values_list("destination")
    return rows.annotate(n=Count("*"))


def n_living_elsewhere(account: Account) -> int:
    """How many they are in all."""
    return _elsewhere(account).count()


def _elsewhere(account: Account):
    return within(account, EXCHANGE).filter(state__in=OBSERVED).exclude(belongs=HERE)


def cases_numbered(numbers: Sequence[str]) -> list[UUID]:
    """Cases by their numbers.

    Refuses
    -------
    handover.no_such_case
    """
    found = []
    for number in numbers:
        case = case_numbered(number)
        if case is None:
            raise Refusal(
                "handover.no_such_case",
                zh="没有编号为“{number}”的病例。应为本县的病例编号，如 141027-2022-0001。请核对后重填。",
                en="There is no case numbered “{number}”. It should be one of ours, such as 141027-2022-0001. Check it "
                "and enter it again.",
                number=number,
            )
        found.append(case.pk)
    return found


def own_county() -> County:
    """This county, as packages name it."""
    code = the_realm().division_code
    division = Division.objects.filter(area_path=code).first()
    return County(
        division_code=code, zh=division.name_zh if division else code, en=division.name_en if division else code
    )


def _rows(contacts: Sequence[Contact], cases: Sequence[Case]) -> tuple[Row, ...]:
    numbers = {pk: case.number for pk, case in cases_with({it.case_id for it in contacts}).items()}
    rings = {rule.ring: rule.name for book in rulebooks_by_disease(county_now()).values() for rule in book.contacts}
    through = known_as({it.via for it in contacts if it.via})
    of_cases = [(Subject.CASE, it.pk, case_fields(it, (str(it.pk), it.number), {})) for it in cases]
    of_contacts = [
        (
            Subject.CONTACT,
            it.pk,
            contact_fields(
                it,
                outer=(str(it.pk), ""),
                case=numbers.get(it.case_id, str(it.case_id)),
                via=str(it.via or ""),
                rings=rings,
                towns={},
            )
            | _through_whom(it, through, numbers),
        )
        for it in contacts
    ]
    return tuple(
        Row(row=n, kind=str(kind), id=pk, fields=_theirs(fields))
        for n, (kind, pk, fields) in enumerate([*of_cases, *of_contacts], start=1)
    )


def _through_whom(contact: Contact, through: Mapping[UUID, KnownAs], numbers: Mapping[UUID, str]) -> dict[str, str]:
    """Whose contact a contact of a contact is, in words beside where they met: the one between stays here."""
    between = through.get(contact.via)
    if between is None:
        return {}
    name, number = masked_name(between.name), numbers.get(between.case_id, "—")
    met = next((why.place_name for why in read_why(contact.file.why) if why.place_name), "")
    said = f"经密接 {name}（病例 {number} 的密接）· through {name}, a contact of case {number}"
    return {"place": f"{met}；{said}" if met else said}


def masked_name(name: str) -> str:
    """A name as far as another county needs it to ask about whom this is: its first sign."""
    return name[:1] + "＊" * max(1, len(name) - 1) if name else "—"


def _theirs(fields: Mapping[str, str]) -> dict[str, str]:
    return {name: text for name, text in fields.items() if text and name not in OURS_ALONE}


def _sheets(rows: Sequence[Row]) -> bytes:
    sheets = {}
    for kind, name, listed in ((Subject.CASE, "病例 cases", CASES), (Subject.CONTACT, "接触者 contacts", CONTACTS)):
        fields = [row.fields for row in rows if row.kind == kind]
        if fields:
            sheets[name] = (headers_of(listed, "zh"), [cells_of(listed, it, "zh") for it in fields])
    return workbook(sheets or {"空 empty": ([], [])})


def _letter(to: County, n_contacts: int, n_cases: int, reason: str, by: str):
    """The covering letter, which names nobody: the names are in the signed package."""
    if not any(series.key == SERIES for series in series_opened()):
        open_series(key=SERIES, issuer=county_office(), pattern=PATTERN, by=by)
    hours = f"{packages.RECEIPT_WITHIN.value:g}"
    content = {
        "addressee": f"{to.zh}疫情防控指挥部",
        "paragraphs": [
            f"经调查，下列人员现住你县（区）：病例 {n_cases} 名，接触者 {n_contacts} 名。名单见随函签名的转出包。",
            *([reason] if reason.strip() else []),
            f"请于 {hours} 小时内核实落地、纳入管理，并回传回执。",
        ],
        "paragraphs_en": [
            f"These people live in your county: {n_cases} cases, {n_contacts} contacts; the signed package lists them.",
            f"Please find them, take them under management and return the receipt within {hours} h.",
        ],
    }
    new = NewDocument(
        kind="handover.letter",
        template="decision",
        title=Said("协查函", "Request for assistance"),
        basis=BASIS,
        area_path=the_realm().division_code,
        content=content,
    )
    return issue(series=SERIES, documents=[new], by=by)[0]


def _refuse_undecided(contacts: Sequence[Contact], cases: Sequence[Case]) -> None:
    undecided = [it for it in contacts if it.state not in OBSERVED]
    over = [it.number for it in cases if it.state in (Case.State.EXCLUDED, Case.State.CLOSED)]
    if over:
        raise Refusal(
            "handover.case_over",
            zh="病例 {numbers} 已排除或已结案，不能移交，没有生成转出包。应为还在调查、确诊或治疗中的病例。"
            "请去掉后重试。",
            en="Case {numbers} is excluded or closed, so it cannot be handed over and no package was made. It should "
            "be one under investigation, confirmed or in treatment. Leave it out and try again.",
            numbers=", ".join(sorted(over)),
        )
    if undecided:
        raise Refusal(
            "handover.not_decided",
            zh="选中的人里有 {n} 位不能移交：还没有判定，或已排除、解除、移交。只有已判定、在管的人可以移交。"
            "请先判定，或去掉他们。",
            en="{n} of those chosen cannot be handed over: not decided on yet, or rejected, released or handed over. "
            "Only those under management can be. Decide on them first, or leave them out.",
            n=len(undecided),
        )


def _refuse_another_home(contacts: Sequence[Contact], to: County) -> None:
    """A package names people's illness: it goes to the county where they are on record as living, and to no other."""
    elsewhere = [it for it in contacts if not to.division_code.startswith(known_home(it.destination))]
    if elsewhere:
        raise Refusal(
            "handover.lives_in_another",
            zh="选中的人里有 {n} 位登记的现住地是 {found}，不是收件方 {addressee}，没有生成转出包。名单只发给本人现住的"
            "县（区）。请去掉他们，或核对后在接触者页更正现住地。",
            en="{n} of those chosen are on record as living in {found}, not in {addressee}, so no package was made. "
            "People go to the county they live in only. Leave them out, or correct where they live on their pages.",
            n=len(elsewhere),
            found="、".join(sorted({it.destination for it in elsewhere})),
            addressee=to.division_code,
        )


def known_home(destination: str) -> str:
    """Where somebody is on record as living, down to the county: of a prefecture 4 digits, of a province 2."""
    known = destination[:COUNTY_DIGITS]
    while known.endswith("00"):
        known = known[:-2]
    return known


def _one_disease(diseases: Sequence[str]) -> str:
    found = sorted(set(diseases))
    if len(found) > 1:
        raise Refusal(
            "handover.two_diseases",
            zh="选中的人涉及 {n} 种病（{diseases}）。一个转出包只能是一种病。请分开移交。",
            en="Those chosen are of {n} diseases ({diseases}). A package is of one. Hand them over separately.",
            n=len(found),
            diseases=", ".join(found),
        )
    return found[0] if found else "—"
