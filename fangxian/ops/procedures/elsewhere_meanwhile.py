"""Whom a carrier's list has in a vehicle while something else has them elsewhere (同一时间在两处).

Nothing is put right: the ride is taken, and whoever uploaded the list is told, row by row, what does not fit with it.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.utils.timezone import localtime

from fangxian.core.parameters import Parameter
from fangxian.core.policy.vocabulary import Outcome
from fangxian.core.refusal import Refusal
from fangxian.ops.people.queries import aliases_of, on_record
from fangxian.ops.places.models import Venue
from fangxian.ops.rides.queries import rides_meanwhile
from fangxian.ops.rides.wire import ListedPassenger, vehicle_key
from fangxian.ops.visits.queries import visits_of

AT_STATION = Parameter(
    value=15,
    unit="min",
    low=0,
    high=60,
    meaning="A scan so near to the beginning or the end of a listed ride is at its station",
    source="a guess, as of a case's timeline: the way between a station's door and its train",
)
ALL_DAY = timedelta(days=1)  # as long as a ride of which only the day is known


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """What has somebody elsewhere: another vehicle, or a venue's name, and from when."""

    what: str
    at: datetime


def elsewhere_meanwhile(listed: Sequence[ListedPassenger]) -> dict[int, Elsewhere]:
    """By row number what has some hundred passengers elsewhere, of those whose times the list says."""
    timed = [it for it in listed if it.person and it.ride.is_timed]
    if not timed:
        return {}
    begins, ends = min(it.ride.begins_at for it in timed), max(it.ride.ends_at for it in timed)
    persons = {it.person for it in timed if it.person}
    others, scans = _rides(persons, begins, ends), _scans(persons, begins, ends)
    found: dict[int, Elsewhere] = {}
    for it in timed:
        assert it.person
        if other := _first(it, [*others[it.person], *scans[it.person]]):
            found[it.row_number] = other
    return found


def refused_elsewhere(it: ListedPassenger, other: Elsewhere) -> Refusal:
    """The remark on such a row, which was taken."""
    return Refusal(
        "rides.elsewhere_meanwhile",
        zh="这个人 {begins} 到 {ends} 应在“{vehicle}”上，{at} 却在“{other}”，同一时间不能在两处。这次乘车已记下，"
        "两条都留着。请核对是不是同一个人、时间对不对；是病例的，在流调轨迹里写明哪一条是真的。",
        en="This person should be in “{vehicle}” from {begins} to {ends}, and was in “{other}” at {at}: nobody is in "
        "two places at once. The ride was taken, and both stand. Check whether they are one person and the times "
        "right; of a case, say in the itinerary which is true.",
        vehicle=it.ride.vehicle.strip(),
        begins=_moment(it.ride.begins_at),
        ends=_moment(it.ride.ends_at),
        other=other.what,
        at=_moment(other.at),
    )


def _rides(persons: set[UUID], begins: datetime, ends: datetime) -> dict[UUID, list[tuple[datetime, datetime, str]]]:
    found: dict[UUID, list[tuple[datetime, datetime, str]]] = defaultdict(list)
    for person, begins_at, ends_at, vehicle in rides_meanwhile(persons, begins=begins, ends=ends):
        if ends_at - begins_at < ALL_DAY:
            found[person].append((begins_at, ends_at, vehicle))
    return found


def _scans(persons: set[UUID], begins: datetime, ends: datetime) -> dict[UUID, list[tuple[datetime, datetime, int]]]:
    """Scans at doors, but for those who were not let in; a scan ends when it begins."""
    whose = {row.gate_number: pk for pk, row in on_record(persons).items()}
    whose |= {number: pk for pk, numbers in aliases_of(list(persons)).items() for number in numbers}
    found: dict[UUID, list[tuple[datetime, datetime, int]]] = defaultdict(list)
    rows = visits_of(list(whose), since=begins).filter(scanned_at__lt=ends)
    for number, at, venue, outcome, decided in rows.values_list(
        "gate_number", "scanned_at", "venue_number", "outcome", "decided"
    ):
        if (outcome if decided is None else decided) != int(Outcome.REFUSE):
            found[whose[number]].append((at, at, venue))
    return found


def _first(it: ListedPassenger, others: Sequence[tuple[datetime, datetime, str | int]]) -> Elsewhere | None:
    slack, key = timedelta(minutes=AT_STATION.value), vehicle_key(it.ride.vehicle)
    for begins, ends, what in sorted(others, key=lambda other: other[0]):
        if isinstance(what, str):
            if vehicle_key(what) != key and begins < it.ride.ends_at and ends > it.ride.begins_at:
                return Elsewhere(what.strip(), max(begins, it.ride.begins_at))
        elif it.ride.begins_at + slack < begins < it.ride.ends_at - slack:
            return Elsewhere(_venue(what), begins)
    return None


def _venue(number: int) -> str:
    return Venue.objects.filter(venue_number=number).values_list("name", flat=True).first() or f"{number:08d}"


def _moment(at: datetime) -> str:
    return f"{localtime(at):%Y-%m-%d %H:%M}"
