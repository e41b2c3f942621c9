"""Where a case was, day by day: scans at doors, what was declared, and what the interview told, on one timeline.

Scans are kept for some weeks only, a day of their archive may be lost, and a case may be on no register: the timeline
says from when there are any, which days are not whole, and which hours nobody tells of.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils.timezone import get_current_timezone, localtime

from fangxian.core.parameters import Parameter
from fangxian.core.policy.rulebook import Rulebook
from fangxian.core.refusal import Said
from fangxian.ops.cases.queries import itinerary_of
from fangxian.ops.measures.queries import rulebooks_by_disease
from fangxian.ops.movement.queries import evidence_of
from fangxian.ops.people.models import Person
from fangxian.ops.people.queries import aliases_of
from fangxian.ops.places.models import Venue
from fangxian.ops.rides.queries import rides_of
from fangxian.ops.rides.wire import vehicle_key
from fangxian.ops.visits.one_person import SeenAt, SeenScans, scans_of_one
from fangxian.ops.visits.queries import kept_since

from .case_conflicts import Gap, Spell, TwoPlaces, borne_out, gaps, two_places_at_once

BACK = Parameter(
    value=14,
    unit="days",
    low=2,
    high=28,
    meaning="How long before onset the timeline of a case begins, where the rulebook names no incubation",
    source="the field's template of the 8th protocol: activity of the 14 days before onset (recalled)",
)
MOST_SCANS, ALL_DAY = 1000, timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelineItem:
    """One thing on the timeline. `ends_at` None: a moment, or not known. `entry` is the interview's row, if it is one.

    `source`: scan, told, declared, and ride: one that the person, somebody for them, or a carrier's list put on record.
    """

    id: str
    source: str
    begins_at: datetime
    ends_at: datetime | None
    what: Said
    place: str = ""
    venue: UUID | None = None
    is_ride: bool = False
    vehicle: str = ""
    is_borne_out: bool = False
    refused: bool = False
    entry: Any = None
    conflicts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelineDay:
    on: date
    items: Sequence[TimelineItem]
    gaps: Sequence[Gap]
    from_onset: int | None  # days after onset; before it negative


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseTimeline:
    """A case's whereabouts on [begins_on, ends_on], the newest day last.

    Attributes
    ----------
    scans_since : from when scans are still kept; days before it have none, whatever happened
    archive_gaps : days of which the archive of scans has lost something, of whomever
    is_on_register : False for somebody whose scans cannot be known
    infectious_from : the first day on which contacts are sought, by the rulebook; None where it names none
    """

    begins_on: date
    ends_on: date
    days: Sequence[TimelineDay]
    conflicts: Sequence[TwoPlaces]
    items: Mapping[str, TimelineItem]
    n_scans: int
    n_told: int
    scans_since: datetime
    is_on_register: bool
    infectious_from: date | None
    places: Mapping[UUID, Venue] = field(default_factory=dict)
    archive_gaps: Sequence[Any] = ()

    @property
    def gaps(self) -> list[Gap]:
        return [gap for day in self.days for gap in day.gaps]


def case_timeline(case, *, at: datetime) -> CaseTimeline:
    """The timeline of a case, from before its onset until it was isolated (or `at`). The caller sees to rights."""
    rulebooks = rulebooks_by_disease(at)
    rulebook = rulebooks.get(case.disease)
    begins_on, ends_on = _span(case, rulebook, at)
    since = datetime.combine(begins_on, datetime.min.time(), get_current_timezone())
    until = min(at, datetime.combine(ends_on + timedelta(days=1), datetime.min.time(), get_current_timezone()))
    person = case.person and (case.person.merged_into or case.person)
    seen = _scans(person, since, until) if person else SeenScans((), ())
    told = [it for it in itinerary_of(case.pk) if it.begins_at < until and (it.ends_at or it.begins_at) >= since]
    venues = _venues(seen.scans, told)
    items = [*_of_scans(seen.scans, venues), *_of_told(told, venues)]
    items += [*_declared(person, since, until, _kinds(rulebooks.values())), *_rides(person, since, until)]
    spells = [_spell(it) for it in items if it.source != "declared"]
    conflicts = two_places_at_once(spells)
    marked = _marked(items, conflicts, borne_out(spells))
    days = [begins_on + timedelta(days=n) for n in range((ends_on - begins_on).days + 1)]
    missing = gaps(spells, days, get_current_timezone(), until=until)
    return CaseTimeline(
        begins_on=begins_on,
        ends_on=ends_on,
        days=_days(days, marked, missing, _reference_day(case)),
        conflicts=conflicts,
        items={it.id: it for it in marked},
        n_scans=len(seen.scans),
        n_told=len(told),
        scans_since=kept_since(at),
        is_on_register=person is not None,
        infectious_from=_infectious_from(case, rulebook),
        places={venue.pk: venue for venue in venues.values()},
        archive_gaps=seen.gaps,
    )


def _reference_day(case) -> date | None:
    """Onset; of somebody without symptoms the day of the first positive specimen."""
    return case.onset_on or (case.first_positive_sampled_at and localtime(case.first_positive_sampled_at).date())


def _span(case, rulebook: Rulebook | None, at: datetime) -> tuple[date, date]:
    """From the longest incubation before onset until the case was out of circulation."""
    incubation = next((it.high for it in rulebook.periods if it.key == "incubation"), None) if rulebook else None
    today = localtime(at).date()
    reference = _reference_day(case) or localtime(case.reported_at).date()
    begins = reference - max(incubation or timedelta(0), timedelta(days=BACK.value))
    out = case.closed_at if str(case.state) in ("closed", "excluded") else None
    ends = min(today, localtime(out).date() if out else today)
    return begins, max(ends, begins)


def _infectious_from(case, rulebook: Rulebook | None) -> date | None:
    """The rulebook's look-back before onset; where it names none, how long before onset it says one is infectious."""
    reference = _reference_day(case)
    named = {it.key: it.usual for it in rulebook.periods} if rulebook else {}
    back = named.get("look-back", named.get("infectious-before"))
    return reference - back if reference and back is not None else None


def _scans(person: Person, since: datetime, until: datetime) -> SeenScans:
    others = aliases_of([person.pk]).get(person.pk, ())
    return scans_of_one(person.gate_number, others=others, since=since, until=until, most=MOST_SCANS)


def _venues(scans: Sequence, told: Sequence) -> dict[object, Venue]:
    """The venues named, by their number and by their id."""
    numbers, ids = {it.venue_number for it in scans}, {it.venue for it in told if it.venue}
    found = Venue.objects.filter(venue_number__in=numbers) | Venue.objects.filter(pk__in=ids)
    return {key: venue for venue in found for key in (venue.venue_number, venue.pk)}


def _of_scans(scans: Sequence[SeenAt], venues: Mapping[object, Venue]) -> list[TimelineItem]:
    items = []
    for it in scans:
        venue = venues.get(it.venue_number)
        items.append(
            TimelineItem(
                id=f"scan-{it.at.timestamp():.0f}-{it.venue_number}",
                source="scan",
                begins_at=it.at,
                ends_at=None,
                what=_scanned(it),
                place=venue.name if venue else f"{it.venue_number:08d}",
                venue=venue and venue.pk,
                refused=it.did_not_go_in,
            )
        )
    return items


def _scanned(it: SeenAt) -> Said:
    if it.did_not_go_in:
        return Said("门口未放行", "refused at the door")
    if it.has_left:
        return Said("离开时扫码，或门口未放行（档案）", "scanned on the way out, or refused (archive)")
    return Said("扫码", "scan at the door")


def _of_told(told: Sequence, venues: Mapping[object, Venue]) -> list[TimelineItem]:
    items = []
    for it in told:
        is_ride, venue = it.kind == "ride", venues.get(it.venue)
        seat = f" {it.seat}" if it.seat else ""
        place = " ".join(filter(None, [it.vehicle + seat, it.place])) if is_ride else it.place
        items.append(
            TimelineItem(
                id=f"told-{it.pk}",
                source="told",
                begins_at=it.begins_at,
                ends_at=it.ends_at,
                what=Said("乘车", "ride") if is_ride else Said("停留", "stay"),
                place=place or (venue.name if venue else ""),
                venue=it.venue,
                is_ride=is_ride,
                vehicle=vehicle_key(it.vehicle) if is_ride else "",
                entry=it,
            )
        )
    return items


def _rides(person: Person | None, since: datetime, until: datetime) -> list[TimelineItem]:
    """The rides on record of them. Of one of which only the day is known nobody can say when it was."""
    if person is None:
        return []
    return [
        TimelineItem(
            id=f"ride-{it.pk}",
            source="ride",
            begins_at=it.begins_at,
            ends_at=None if it.ends_at - it.begins_at >= ALL_DAY else it.ends_at,
            what=Said("乘车", "ride"),
            place=f"{it.vehicle} {it.seat}".strip(),
            is_ride=True,
            vehicle=vehicle_key(it.vehicle),
        )
        for it in rides_of(person.pk).filter(begins_at__lt=until, ends_at__gt=since)
    ]


def _kinds(rulebooks: Iterable[Rulebook]) -> dict[str, Said]:
    """What kinds of evidence are called: somebody ill of one disease has declared journeys by the rules of another."""
    return {kind.kind: kind.name for rulebook in rulebooks for kind in rulebook.evidence}


def _declared(person: Person | None, since: datetime, until: datetime, names: Mapping[str, Said]) -> list[TimelineItem]:
    """What is on record of somebody's travel and health in that time, each by its kind's name."""
    if person is None:
        return []
    rows = evidence_of(person.pk).filter(from_at__gte=since, from_at__lt=until, withdrawn_at__isnull=True)
    return [
        TimelineItem(
            id=f"declared-{it.pk}",
            source="declared",
            begins_at=it.from_at,
            ends_at=None,
            what=names.get(it.kind, Said(it.kind, it.kind)),
            place=it.issuer,
        )
        for it in rows
    ]


def _spell(it: TimelineItem) -> Spell:
    return Spell(
        id=it.id,
        begins_at=it.begins_at,
        ends_at=it.ends_at,
        venue=it.venue,
        place=it.place,
        is_scan=it.source == "scan",
        is_ride=it.is_ride,
        vehicle=it.vehicle,
        is_on_record=it.source == "ride",
    )


def _marked(items: Sequence[TimelineItem], conflicts: Sequence[TwoPlaces], sure: set[str]) -> list[TimelineItem]:
    """The items in their order, each with what it conflicts with and whether a scan bears it out."""
    against: dict[str, list[str]] = {}
    for it in conflicts:
        against.setdefault(it.one, []).append(it.other)
        against.setdefault(it.other, []).append(it.one)
    ordered = sorted(items, key=lambda it: (it.begins_at, it.id))
    return [replace(it, conflicts=tuple(against.get(it.id, ())), is_borne_out=it.id in sure) for it in ordered]


def _days(
    days: Sequence[date], items: Sequence[TimelineItem], missing: Sequence[Gap], onset_on: date | None
) -> list[TimelineDay]:
    """What each day has; a stay over midnight stands on the day it begins, one from before on the first day."""
    by_day: dict[date, list[TimelineItem]] = {}
    for it in items:
        by_day.setdefault(max(localtime(it.begins_at).date(), days[0]), []).append(it)
    gaps_of: dict[date, list[Gap]] = {}
    for gap in missing:
        gaps_of.setdefault(localtime(gap.begins_at).date(), []).append(gap)
    return [
        TimelineDay(
            on=day,
            items=by_day.get(day, []),
            gaps=gaps_of.get(day, []),
            from_onset=(day - onset_on).days if onset_on else None,
        )
        for day in days
    ]
