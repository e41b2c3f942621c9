"""The sources of a comparison, each read into rows of one shape. Part of the procedure compare_sources.

A list that came in is read by its mapping, as its sender's were last. The program's own records are read as they stand
at the moment: declarations and enquiries of the days compared, and the register.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from uuid import UUID

from django.utils.timezone import get_current_timezone, localtime

from fangxian.core.identity import IdentityKind, check_identity_number
from fangxian.core.refusal import Refusal
from fangxian.ops.arrivals.queries import declared_since
from fangxian.ops.comparisons import refusals
from fangxian.ops.comparisons.queries import SENDERS
from fangxian.ops.comparisons.wire import Written, once_each
from fangxian.ops.enquiries.queries import answered
from fangxian.ops.intake.queries import find, read_rows
from fangxian.ops.intake.reading import RowRefusal
from fangxian.ops.people.models import Household, Person
from fangxian.ops.realm.bulk import every_row, rows_with
from fangxian.ops.realm.current import county_now, the_realm

from .listed_people import phone_of

SEXES = {"male": 1, "female": 2}
OF_PERSON = ("id", "household_id", "area_path", "name", "document_number", "phone", "sex", "born_on")
READABLE = ("mapped", "closed")


@dataclass(slots=True)
class SourceRead:
    """A source as read: its rows, word for word once each; how many there were, and what goes back to the sender."""

    source: UUID
    role: str
    rows: list[Written]
    n_rows: int
    intake: UUID | None = None
    refused: list[RowRefusal] = field(default_factory=list)
    remarked: list[RowRefusal] = field(default_factory=list)


def is_readable(source) -> bool:
    """Whether a source can be read now: a list once its columns are confirmed, own records always."""
    if source.intake is None:
        return True
    intake = find(source.intake)
    return intake is not None and intake.state in READABLE


def read_source(source, begins_on: date, ends_on: date) -> SourceRead:
    """One source of a comparison, whole.

    Refuses
    -------
    intake.unmapped, intake.erased
    """
    if source.intake is not None:
        return _of_list(source)
    rows = [*_OWN[source.sender](begins_on, ends_on)]
    return SourceRead(source.pk, str(source.role), once_each(rows), len(rows))


def _of_list(source) -> SourceRead:
    intake = find(source.intake)
    if intake is None:
        raise refusals.unknown_source()
    reading, today = read_rows(intake), county_now().date()
    found = SourceRead(source.pk, str(source.role), [], 0, intake.pk)
    rows: list[Written] = []
    for number, cells in reading:
        try:
            rows.append(_written(number, cells, today, found.remarked))
        except Refusal as refusal:
            found.refused.append(RowRefusal(number, refusal))
    found.refused += reading.refused
    found.n_rows, found.rows = len(rows), once_each(rows)
    return found


def _written(number: int, cells: Mapping[str, str], today: date, remarked: list[RowRefusal]) -> Written:
    name, document, phone = (cells.get(one, "").strip() for one in ("name", "number", "phone"))
    if not (name or document or phone):
        raise refusals.names_nobody()
    if document and (remark := _unsound(document, today)):
        remarked.append(RowRefusal(number, remark))
    age = cells.get("age", "")
    return Written(
        name=name,
        number=document,
        phone=phone_of(phone),
        address=cells.get("address", ""),
        born_on=_day(cells.get("born_on", "")),
        born_year=today.year - int(age) if age else 0,
        sex=SEXES.get(cells.get("sex", ""), 0),
        arrived_on=_day(cells.get("arrived_on", "")),
        origin=cells.get("origin", ""),
        row_number=number,
    )


def _unsound(document: str, today: date) -> Refusal | None:
    """Why a number cannot be right, where it cannot; a foreigner's begins with a letter and has no check of its own."""
    if document[:1].isalpha():
        return None
    try:
        check_identity_number(document, demo=the_realm().is_synthetic, kind=IdentityKind.RESIDENT, on=today)
    except Refusal as refusal:
        return refusals.number_unsound(refusal.said.zh, refusal.said.en)
    return None


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def _registered(begins_on: date, ends_on: date) -> Iterator[Written]:
    """Everybody on the register; some 400,000 sealed values, which takes seconds."""
    homes = dict(every_row(Household, ("id", "address")))
    for row in every_row(Person, OF_PERSON, where_null="merged_into_id"):
        yield _of_register(row, homes)


def _of_register(row: Sequence, homes: Mapping[UUID, str], arrived_on: date | None = None, origin: str = "") -> Written:
    person, household, area, name, number, phone, sex, born_on = row
    return Written(
        name=name, number=number, phone=phone, address=homes.get(household, ""), born_on=born_on,
        sex=SEXES.get(sex, 0), area_path=area, person=person, arrived_on=arrived_on, origin=origin,
    )  # fmt: skip


def _of_these(persons: Collection[UUID]) -> dict[UUID, tuple[Sequence, Mapping[UUID, str]]]:
    """These people as the register has them, the record that goes on for merged ones."""
    found = {row[0]: row for row in rows_with(Person, ("id",), ((it,) for it in persons), OF_PERSON)}
    households = {row[1] for row in found.values() if row[1]}
    homes = dict(rows_with(Household, ("id",), ((it,) for it in households), ("id", "address")))
    return {person: (row, homes) for person, row in found.items()}


def _declared(begins_on: date, ends_on: date) -> Iterator[Written]:
    """Arrivals declared for these days, by whoever declared them."""
    rows = [it for it in declared_since(begins_on) if localtime(it.arrives_at).date() < ends_on]
    known = _of_these({it.person for it in rows})
    for number, it in enumerate(rows, start=1):
        if it.person in known:
            row, homes = known[it.person]
            origin = it.stays[-1].division if it.stays else ""
            written = _of_register(row, homes, localtime(it.arrives_at).date(), origin)
            yield replace(written, area_path=it.area_path, row_number=number)


def _enquired(begins_on: date, ends_on: date) -> Iterator[Written]:
    """Whom the grid asked in these days and who answered, each once."""
    begins, ends = (datetime.combine(day, time.min, get_current_timezone()) for day in (begins_on, ends_on))
    rows = answered().filter(closed_at__gte=begins, closed_at__lt=ends).order_by("closed_at", "id")
    areas = dict(rows.values_list("person_id", "area_path"))
    known = _of_these(areas)
    for number, (person, area) in enumerate(areas.items(), start=1):
        if person in known:
            row, homes = known[person]
            yield replace(_of_register(row, homes), area_path=area, row_number=number)


_OWN: Mapping[str, Callable[[date, date], Iterator[Written]]] = {
    SENDERS.ARRIVALS: _declared,
    SENDERS.ENQUIRIES: _enquired,
    SENDERS.PEOPLE: _registered,
}
