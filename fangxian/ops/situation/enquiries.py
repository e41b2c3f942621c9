"""Whom to call, household by household, with what is already known about each (核实名单); how far each area is."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import QuerySet

from fangxian.core.rescreening.asking import order_on_foot
from fangxian.ops.accounts.models import Account
from fangxian.ops.accounts.queries import may
from fangxian.ops.accounts.scope import within_scope
from fangxian.ops.arrivals.queries import Arrival, arrivals
from fangxian.ops.enquiries import queries as enquiries
from fangxian.ops.enquiries.queries import Enquiry, Figures
from fangxian.ops.people.models import Household
from fangxian.ops.people.queries import n_by_grid
from fangxian.ops.places.queries import places_at
from fangxian.ops.realm.areas import GRID_DIGITS, below
from fangxian.ops.realm.current import the_realm
from fangxian.ops.risk_areas.queries import RiskArea, areas_with
from fangxian.ops.risk_areas.wire import the_nation

ASK, SEE_PEOPLE, SEE_COUNTY = "movement.review", "people.view", "situation.view"
SHOWN_DAYS = 7  # how long what is closed stays in the figures
RETURNED_WITHIN = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Stayed:
    """One place of somebody's journey."""

    where: str
    begins_on: date
    last_on: date


@dataclass(frozen=True, slots=True)
class ToAsk:
    """One person to ask about one stay, with what is known."""

    row: Enquiry
    name: str
    phone: str
    asked_about: Stayed
    areas: tuple[RiskArea, ...]
    journey: tuple[Stayed, ...]
    arrived_at: datetime | None
    stays_at: str
    met: dict[str, int]


@dataclass(frozen=True, slots=True)
class Call:
    """One call: a household asked once for all its members, or somebody who stays elsewhere."""

    number: int | None
    address: str
    area_path: str
    urgency: int
    people: tuple[ToAsk, ...]


@dataclass(frozen=True, slots=True)
class AreaFigures:
    """An area's enquiries beside the old way: everybody of its grids, or everybody who came back in 14 days."""

    figures: Figures
    name: object
    n_residents: int
    n_returned: int


def to_ask_of(account: Account, area_path: str) -> QuerySet[Enquiry]:
    """The open enquiries an account may ask, in an area, in the order in which they are asked."""
    return within_scope(enquiries.to_ask(), account, ASK).filter(below(area_path))


def calls_of(account: Account, rows: Sequence[Enquiry]) -> list[Call]:
    """These enquiries as calls, in the order of the first of each household. Five queries."""
    seen = set(within_scope(enquiries.enquiries_with([row.pk for row in rows]), account, SEE_PEOPLE)
               .values_list("pk", flat=True))  # fmt: skip
    homes = {it.pk: it for it in Household.objects.filter(pk__in={row.household for row in rows if row.household})}
    declared = arrivals().filter(pk__in={row.rests_on for row in rows}).prefetch_related("journey")
    journeys = {it.pk: it for it in declared}
    areas = {str(it.pk): it for it in areas_with({area for row in rows for area in row.areas})}
    by_call: dict[UUID, list[Enquiry]] = {}
    for row in rows:
        by_call.setdefault(row.household or row.person_id, []).append(row)
    return [
        _call(of_one, homes, [_to_ask(row, journeys.get(row.rests_on), areas, row.pk in seen) for row in of_one])
        for of_one in by_call.values()
    ]


def _call(rows: Sequence[Enquiry], homes: dict[UUID, Household], people: Sequence[ToAsk]) -> Call:
    first = rows[0]
    home = homes.get(first.household) if first.household else None
    address = home.address if home else next((it.stays_at for it in people if it.stays_at), "")
    return Call(home.number if home else None, address, first.area_path, min(it.urgency for it in rows), tuple(people))


def _to_ask(row: Enquiry, arrival: Arrival | None, areas: dict[str, RiskArea], is_seen: bool) -> ToAsk:
    phone = (arrival.phone if arrival and arrival.phone else row.person.phone) if is_seen else ""
    journey = (
        tuple(_stayed(it.division_code, it.begins_on, it.ends_on) for it in arrival.journey.all()) if arrival else ()
    )
    return ToAsk(
        row,
        row.person.name if is_seen else "",
        phone,
        _stayed(row.division_code, row.begins_on, row.ends_on),
        tuple(areas[area] for area in row.areas if area in areas),
        journey,
        arrival.arrives_at if arrival else None,
        arrival.stays_at if arrival and is_seen else "",
        row.met if is_seen else {},
    )


def _stayed(code: str, begins_on: date, ends_on: date) -> Stayed:
    return Stayed((the_nation().path(code) or code) if code else "", begins_on, ends_on - timedelta(days=1))


def figures_by_area(account: Account, at: datetime, *, digits: int) -> list[AreaFigures]:
    """How far each area of the account's scope is, those with the most to do first; five queries.

    Whoever sees the county's situation sees all of it: these are counts, and nobody's name.
    """
    rows = enquiries.since(at - timedelta(days=SHOWN_DAYS))
    if not may(account, SEE_COUNTY, the_realm().division_code):
        rows = within_scope(rows, account, ASK)
    counted = enquiries.figures(rows, digits=digits)
    residents = _by_area(n_by_grid().items(), digits)
    returned = _by_area(_returned(at), digits)
    places = places_at(it.area for it in counted)
    return [
        AreaFigures(it, places.get(it.area), residents.get(it.area, 0), returned.get(it.area, 0))
        for it in _walked(counted, places)
    ]


def _walked(counted: Sequence[Figures], places: dict) -> list[Figures]:
    """Those who have somebody to call in the order of a round from the one with the most; then those who are done."""
    left = [it for it in counted if it.n_left]
    points = [getattr(places.get(it.area), "label", None) or [] for it in left]
    if not left or not all(len(point) == 2 for point in points):
        return list(counted)
    order = order_on_foot([(point[0], point[1]) for point in points])
    return [*(left[n] for n in order), *(it for it in counted if not it.n_left)]


def _returned(at: datetime) -> Iterable[tuple[str, int]]:
    rows = arrivals().filter(arrives_at__gte=at - RETURNED_WITHIN, arrives_at__lte=at, landed_at__isnull=False)
    return ((area, 1) for area in rows.order_by().values_list("area_path", flat=True))


def _by_area(counts: Iterable[tuple[str, int]], digits: int) -> dict[str, int]:
    found: dict[str, int] = {}
    for area_path, n in counts:
        found[area_path[:digits]] = found.get(area_path[:digits], 0) + n
    return found


def n_old_way(area_path: str) -> int:
    """How many people would have had to be asked in an area: everybody on record in its grid cells."""
    return sum(n for grid, n in n_by_grid().items() if grid.startswith(area_path))


def digits_below(area_path: str) -> int:
    """The digits of the parts an area is shown by: a county by townships, anything smaller by grid cells."""
    return 9 if len(area_path) <= 6 else GRID_DIGITS
