"""What does not fit together in where somebody was: two places at once, and hours nobody can tell of. Pure.

A scan is a moment at a door, an interview's entry a time at a place; either may be wrong. Nothing is put right
here: an investigator asks.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from uuid import UUID

from fangxian.core.parameters import Parameter

APART = Parameter(
    value=3,
    unit="min",
    low=0,
    high=30,
    meaning="Two scans at different venues closer than this in time cannot both be one person's, unless next door",
    source="a guess: the venues of one street are a few minutes apart on foot, and a device's clock may be off by one",
)
GAP = Parameter(
    value=4,
    unit="h",
    low=1,
    high=12,
    meaning="So long without scan or entry between waking and sleeping is a gap to ask about",
    source="a guess: half a working day; the national questionnaire asks for activity by day without gaps",
)
AGREES_WITHIN = Parameter(
    value=30,
    unit="min",
    low=5,
    high=120,
    meaning="A scan so long before or after a told stay at the same venue still bears it out",
    source="a guess: people remember times to the half hour",
)
AT_STATION = Parameter(
    value=15,
    unit="min",
    low=0,
    high=60,
    meaning="A scan so near to the beginning or the end of a ride on record is at its station",
    source="a guess: the way between a station's door and its train",
)
WAKES, SLEEPS = time(7), time(22)


@dataclass(frozen=True, slots=True, kw_only=True)
class Spell:
    """A time at a place: a told stay or ride [begins_at, ends_at), or a scan, a moment (`ends_at` None).

    `place` is compared where no `venue` is known; a ride is at no place, and `vehicle` is what it was in, as vehicles
    are compared. `is_on_record`: not the person's word, but a list's or a declaration's.
    """

    id: str
    begins_at: datetime
    ends_at: datetime | None
    venue: UUID | None
    place: str
    is_scan: bool
    is_ride: bool = False
    vehicle: str = ""
    is_on_record: bool = False

    @property
    def is_moment(self) -> bool:
        return self.ends_at is None


@dataclass(frozen=True, slots=True)
class TwoPlaces:
    """Two spells that cannot both be true, by id, and the time they share (or the first moment)."""

    one: str
    other: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Gap:
    """Hours [begins_at, ends_at) of one day of which nobody can tell."""

    begins_at: datetime
    ends_at: datetime

    @property
    def hours(self) -> float:
        return (self.ends_at - self.begins_at) / timedelta(hours=1)


def two_places_at_once(spells: Sequence[Spell]) -> list[TwoPlaces]:
    """Every pair of spells at different places that share time, or two scans too close to be one person's.

    Spells in any order. What lasts beyond a later one's beginning is looked at; the rest is not.
    """
    found: list[TwoPlaces] = []
    lasting: list[Spell] = []
    for spell in sorted(spells, key=lambda it: (it.begins_at, it.id)):
        lasting = [it for it in lasting if _until(it) > spell.begins_at]
        found += [TwoPlaces(it.id, spell.id, spell.begins_at) for it in lasting if _differ(it, spell)]
        lasting.append(spell)
    return found


def gaps(spells: Sequence[Spell], days: Sequence[date], zone: tzinfo, *, until: datetime) -> list[Gap]:
    """The gaps of each day between waking and sleeping, oldest first. A day nobody tells anything of is one gap.

    Parameters
    ----------
    until : nothing is missing after this moment
    """
    return [gap for day in days for gap in _gaps_of(spells, day, zone, until)]


def borne_out(spells: Sequence[Spell]) -> set[str]:
    """Ids of told stays at a venue that a scan there bears out."""
    slack = timedelta(minutes=AGREES_WITHIN.value)
    scans = [it for it in spells if it.is_scan and it.venue]
    return {
        told.id
        for told in spells
        if not told.is_scan and told.venue
        for scan in scans
        if scan.venue == told.venue
        and told.begins_at - slack <= scan.begins_at <= (told.ends_at or told.begins_at) + slack
    }


def _gaps_of(spells: Sequence[Spell], day: date, zone: tzinfo, until: datetime) -> Iterator[Gap]:
    begins, ends = datetime.combine(day, WAKES, zone), min(datetime.combine(day, SLEEPS, zone), until)
    least, known = timedelta(hours=GAP.value), begins
    for spell in sorted(spells, key=lambda it: it.begins_at):
        last = spell.ends_at or spell.begins_at
        if last < begins or spell.begins_at >= ends:
            continue
        if spell.begins_at - known >= least:
            yield Gap(known, spell.begins_at)
        known = max(known, last)
    if ends - known >= least:
        yield Gap(known, ends)


def _is_at_station(ride: Spell, scan: Spell) -> bool:
    """Whether a scan may be of whoever gets on, or off, a ride on record."""
    if not (ride.is_ride and ride.is_on_record and scan.is_scan and ride.ends_at):
        return False
    slack = timedelta(minutes=AT_STATION.value)
    return not ride.begins_at + slack < scan.begins_at < ride.ends_at - slack


def _until(spell: Spell) -> datetime:
    """Until when a spell shuts out others: a scan for as long as nobody gets anywhere else."""
    return spell.ends_at or spell.begins_at + timedelta(minutes=APART.value)


def _differ(one: Spell, other: Spell) -> bool:
    """Whether two spells are at places that cannot be one. Of a told moment without an end nothing is concluded."""
    if one.is_moment and not one.is_scan:
        return False
    if one.is_ride and other.is_ride and one.vehicle and other.vehicle:
        return one.vehicle != other.vehicle
    if _is_at_station(one, other) or _is_at_station(other, one):
        return False
    if one.venue and other.venue:
        return one.venue != other.venue
    if one.is_ride or other.is_ride:
        return True
    first, second = one.place.replace(" ", ""), other.place.replace(" ", "")
    return bool(first and second) and first not in second and second not in first
