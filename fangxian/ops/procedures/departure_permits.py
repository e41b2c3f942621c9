"""The permit (离境通行单): numbered, signed, in duplicate; one is carried, one is filed. Part of apply_to_leave.

1. who may leave for where in which window, as agreed    departures
2. it becomes a document                                 documents
3. the application has its permit                        departures

Taken back before anybody leaves, whoever verifies the paper is told so.
"""

from datetime import datetime, time, timedelta
from uuid import UUID

from django.db import transaction

from fangxian.core.parameters import Parameter
from fangxian.core.refusal import Said
from fangxian.ops.accounts.queries import accounts_named_by
from fangxian.ops.departures.actions import note_permit, take_permit_back
from fangxian.ops.departures.queries import application_with
from fangxian.ops.departures.wire import subject_of
from fangxian.ops.departures.words import LEVELS, PURPOSES
from fangxian.ops.documents.actions import NewDocument, issue, open_series, withdraw
from fangxian.ops.documents.queries import find, series_opened
from fangxian.ops.realm.current import county_now
from fangxian.ops.risk_areas.wire import the_nation

from .departure_checks import rulebooks_that_limit
from .print_posters import county_office

KIND, TEMPLATE, SERIES = "departures.permit", "permit", "departures.permit"
PATTERN = "离境〔{year}〕{n}号"
WINDOW = Parameter(
    value=2, unit="days", low=1, high=7,
    meaning="For how many days, the day of leaving the first, a permit lets its people leave",
    source="a guess: a coach missed in the evening is taken the next morning; tests do not stay fresh for longer",
)  # fmt: skip
TITLE = Said("离境通行单", "Permit to leave the county")
KEPT_NAMES = 12


@transaction.atomic
def issue_permit(application: UUID, *, by: str):
    """Issue the permit of an application on which everybody has agreed; the application with it.

    Refuses
    -------
    departures.unknown, departures.not_agreed, and what `documents.issue` refuses
    """
    row = application_with(application)
    opens, ends = window_of(row)
    if not any(series.key == SERIES for series in series_opened()):
        open_series(key=SERIES, issuer=county_office(), pattern=PATTERN, by=by)
    new = NewDocument(
        kind=KIND, template=TEMPLATE, title=TITLE, basis=_basis(), area_path=row.area_path,
        content=_content(row, opens, ends), about=subject_of(row.pk),
    )  # fmt: skip
    document = issue(series=SERIES, documents=[new], by=by)[0]
    note_permit(application=application, document=document.pk, valid_from=opens, valid_until=ends, by=by)
    return application_with(application)


def window_of(row) -> tuple[datetime, datetime]:
    """From when until when the permit of an application lets its people leave, the end left out."""
    opens = _midnight(row.leaves_on)
    return opens, opens + timedelta(days=WINDOW.value)


@transaction.atomic
def withdraw_permit(row, why: Said, *, by: str) -> None:
    """The permit does not hold any more: its paper is withdrawn, and the application ends."""
    withdraw_paper(row.document, why, by=by)
    take_permit_back(application=row.pk, why=both_said(why), by=by)


def withdraw_paper(document: UUID | None, why: Said, *, by: str) -> None:
    found = find(document) if document else None
    if found is not None:
        withdraw(document=found, because=both_said(why), by=by)


def both_said(why: Said) -> str:
    """A reason of the program, kept as one text for readers of both languages."""
    return f"{why.zh} · {why.en}"


def _content(row, opens: datetime, ends: datetime) -> dict[str, object]:
    """What stands on the paper: no more of anybody than whoever looks at it needs, the document's last four."""
    last_day = (ends - timedelta(minutes=1)).date()
    people = [_named(it.person) for it in row.people[:KEPT_NAMES]]
    rows = [
        ["持单人", "Holder", people[0]],
        ["同行人", "With", "；".join(people[1:]) or "—"],
        ["去向", "To", the_nation().path(row.destination) + (f" {row.place}" if row.place else "")],
        ["事由", "Purpose", PURPOSES[row.purpose].zh + f" {PURPOSES[row.purpose].en}"],
        ["离境有效期", "May leave", f"{row.leaves_on} — {last_day}"],
        ["预计返回", "Back on", f"{row.returns_on}" if row.returns_on else "— 不定 open"],
        ["同意", "Agreed by", "、".join(LEVELS[level].zh for level in row.levels) or "—"],
    ]
    if unit := _entered_by(row):
        rows.append(["代办", "Applied for by", unit])
    return {"rows": rows, "copies": [["随身联", "Carried"], ["存根联", "Filed"]]}


def _entered_by(row) -> str:
    """The unit of whoever applied for the person; "" where they did themselves."""
    found = accounts_named_by([row.entered_by]).get(row.entered_by)
    if found is None or found.unit is None or found.pk == row.person.account_id:
        return ""
    return f"{found.unit.name_zh} {found.unit.name_en}".strip()


def _named(person) -> str:
    number = person.document_number
    return f"{person.name}（证件尾号 {number[-4:]}）" if number else person.name


def _basis() -> str:
    """The rulebooks by which leaving is limited."""
    return "、".join(f"{book.title.zh}（第 {book.version} 版）" for book in rulebooks_that_limit(county_now())) or "—"


def _midnight(day) -> datetime:
    return datetime.combine(day, time(), county_now().tzinfo)
