"""Venues that usually scan at this hour and now do not: a door left open, a phone without charge, a network gone."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.utils.timezone import localtime

from fangxian.core.parameters import Parameter
from fangxian.ops.places.models import Venue
from fangxian.ops.visits.queries import days_with_scans, last_seen, scans_by_venue

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
USUAL_DAYS = Parameter(
    value=7, unit="days", low=1, high=28, meaning="How many earlier days say which venues usually scan at this hour",
    source="a guess: a week holds every weekday once",
)  # fmt: skip
USUAL_FRACTION = Parameter(
    value=0.5, unit="1", low=0.2, high=1, meaning="On which part of those days a venue scanned that usually scans",
    source="a guess: more often than not",
)  # fmt: skip
EARLIER_TODAY_H = Parameter(
    value=3, unit="h", low=1, high=6,
    meaning="How many hours before the last one stand in where no earlier day is known",
    source="a guess: a morning's shift",
)  # fmt: skip
BUSY_PER_H = Parameter(
    value=4, unit="scans/h", low=1, high=60, meaning="From how many scans an hour on a venue is missed the next hour",
    source="a guess: by chance alone a venue with 4 an hour has none in 2 hours of 100 (Poisson)",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class SilentVenue:
    """`last_at` is when it last scanned, in county time."""

    id: UUID
    name: str
    area_path: str
    last_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SilentVenues:
    """Those silent for the last county hour at `at`, those silent longest first.

    Attributes
    ----------
    n_days : earlier days it was held against; 0: against the hours before, as there are no earlier days
    n_usual : venues that usually scan at this hour; None: not known yet, and then nothing is known of silence
    """

    at: datetime
    n_days: int
    n_usual: int | None
    venues: list[SilentVenue]


def silent_venues(at: datetime) -> SilentVenues:
    """Cost: one count by venue for each earlier day, over an hour of each."""
    day = localtime(at).date()
    days = days_with_scans(since=day - timedelta(days=int(USUAL_DAYS.value)), until=day)
    usual = _usual_on(at, [(day - it).days for it in days]) if days else _usual_today(at)
    if usual is None:
        return SilentVenues(at=at, n_days=0, n_usual=None, venues=[])
    missed = usual - scans_by_venue(since=at - HOUR, until=at).keys()
    found = list(Venue.objects.filter(venue_number__in=missed, status=Venue.Status.VERIFIED))
    seen = last_seen([venue.venue_number for venue in found])
    silent = [
        SilentVenue(id=it.pk, name=it.name, area_path=it.area_path, last_at=seen.get(it.venue_number)) for it in found
    ]
    silent.sort(key=lambda it: (it.last_at or at - 365 * DAY, it.name))
    return SilentVenues(at=at, n_days=len(days), n_usual=len(usual), venues=silent)


def _usual_on(at: datetime, days_back: list[int]) -> set[int]:
    counted: Counter[int] = Counter()
    for back in days_back:
        counted.update(scans_by_venue(since=at - HOUR - back * DAY, until=at - back * DAY).keys())
    return {venue for venue, n_days in counted.items() if n_days >= USUAL_FRACTION.value * len(days_back)}


def _usual_today(at: datetime) -> set[int] | None:
    """By the hours before the last one; None where those are not there either."""
    hours = int(EARLIER_TODAY_H.value)
    found = scans_by_venue(since=at - (hours + 1) * HOUR, until=at - HOUR)
    return {venue for venue, n in found.items() if n >= BUSY_PER_H.value * hours} if found else None
