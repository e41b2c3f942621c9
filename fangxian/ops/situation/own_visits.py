"""A person's own visits, with the names of the doors."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from fangxian.core.policy.byte_journal import ScanMark
from fangxian.core.policy.vocabulary import Outcome, Presence
from fangxian.ops.people.models import Person
from fangxian.ops.people.queries import aliases_of
from fangxian.ops.places.models import Door, Venue
from fangxian.ops.visits.queries import kept_since, visits_of

MOST_SHOWN = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnVisit:
    """One scan as the person sees it. `venue` is its number where it is no longer on record."""

    scan_id: str
    scanned_at: datetime
    venue: str
    door: str
    outcome: Outcome
    presence: Presence
    is_out: bool
    is_late: bool
    is_companion: bool


def own_visits(person: Person, *, at: datetime, limit: int = MOST_SHOWN) -> list[OwnVisit]:
    """The newest scans of a person within the time they are kept."""
    numbers = [person.gate_number, *aliases_of([person.pk]).get(person.pk, ())]
    scans = list(visits_of(numbers, since=kept_since(at))[:limit])
    venues, doors = _names(scans)
    return [_visit(scan, venues, doors) for scan in scans]


def venue_named(venue_number: int, door: int) -> tuple[str, str] | None:
    """The names of a venue and of its door, as they are written over it; None if there is no such place."""
    found = Door.objects.filter(venue__venue_number=venue_number, number=door).select_related("venue").first()
    return found and (found.venue.name, found.name)


def _names(scans: Sequence) -> tuple[dict[int, str], dict[tuple[int, int], str]]:
    numbers = {scan.venue_number for scan in scans}
    venues = dict(Venue.objects.filter(venue_number__in=numbers).values_list("venue_number", "name"))
    rows = Door.objects.filter(venue__venue_number__in=numbers)
    doors = {(venue, door): name for venue, door, name in rows.values_list("venue__venue_number", "number", "name")}
    return venues, doors


def _visit(scan, venues: dict[int, str], doors: dict[tuple[int, int], str]) -> OwnVisit:
    marks = ScanMark(scan.marks)
    return OwnVisit(
        scan_id=str(scan.scan_id),
        scanned_at=scan.scanned_at,
        venue=venues.get(scan.venue_number, f"{scan.venue_number:08d}"),
        door=f"{scan.door} {doors.get((scan.venue_number, scan.door), '')}".strip(),
        outcome=Outcome(scan.outcome),
        presence=Presence(scan.presence),
        is_out=ScanMark.OUT in marks,
        is_late=ScanMark.LATE in marks,
        is_companion=ScanMark.COMPANION in marks,
    )
