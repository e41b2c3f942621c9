"""Venues that should have been open for a day and had no scan: which days count for which venue.

A day counts for a venue when anybody in the county scanned on it, and the venue was open to scans the whole day, and it
does not rest then: not on a weekday it says it is closed, nor at a weekend if it is a school, nor on a weekday on which
it had no scan in the weeks before either, nor on a day on which hardly any venue of its trade scanned (a holiday, the
end of term, a trade that an order has shut). Where nobody scans nothing is silent.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.utils.timezone import get_current_timezone, localtime

from fangxian.core.parameters import Parameter
from fangxian.ops.places.models import Venue

from .queries import days_with_scans, last_seen, scans_by_venue

DAY, WEEK = timedelta(days=1), timedelta(days=7)
SILENT_DAYS = Parameter(
    value=1, unit="days", low=1, high=7,
    meaning="After how many days open to scans without a scan a venue stands on the grid worker's list",
    source="the county's own wish: silent for a day",
)  # fmt: skip
NEVER_DAYS = Parameter(
    value=3, unit="days", low=1, high=14,
    meaning="After how many such days a venue stands there that has never been scanned at",
    source="a guess: new posters are hung within three days",
)  # fmt: skip
LOOKED_BACK = Parameter(
    value=10, unit="days", low=7, high=28,
    meaning="How many days are looked at; who has been silent for longer has been on the list for long",
    source="a guess: a week and the holiday before it",
)  # fmt: skip
HABIT_WEEKS = Parameter(
    value=2, unit="weeks", low=1, high=4,
    meaning="On a weekday without a scan in so many weeks before a venue is taken to rest",
    source="a guess: once may be chance; a month would call a shop that has changed its day for a month",
)  # fmt: skip
TRADE_RESTS = Parameter(
    value=0.1, unit="1", low=0, high=0.5,
    meaning="Up to which part of a trade's venues scanned on a day of rest of the trade",
    source="a guess: on a holiday one in ten opens all the same",
)  # fmt: skip
TRADE_AT_LEAST = Parameter(
    value=5, unit="venues", low=2, high=50,
    meaning="From how many venues on a trade may be said to rest",
    source="a guess: of three shops all may be silent by chance",
)  # fmt: skip
SCHOOLS = ("school", "kindergarten")
SATURDAY = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Silence:
    """A venue without a scan on `n_days` days on which it should have had one; `last_at` None: it never had one."""

    venue: Venue
    last_at: datetime | None
    n_days: int


class _Days:
    """The county's days with the venues that scanned, read once each."""

    def __init__(self, today: date) -> None:
        self.today = today
        first = today - LOOKED_BACK.value * DAY - HABIT_WEEKS.value * WEEK
        self.with_scans = set(days_with_scans(since=first, until=today))
        self._scanned: dict[date, set[int]] = {}

    def scanned(self, day: date) -> set[int]:
        if day not in self._scanned:
            since, until = _midnight(day), _midnight(day + DAY)
            self._scanned[day] = set(scans_by_venue(since=since, until=until)) if day in self.with_scans else set()
        return self._scanned[day]

    def looked_at(self) -> list[date]:
        """The days before today on which anybody scanned, newest first."""
        days = (self.today - n * DAY for n in range(1, int(LOOKED_BACK.value) + 1))
        return [day for day in days if day in self.with_scans]


def silent_for_days(at: datetime, area_path: str = "") -> list[Silence]:
    """Every verified venue (of an area) that has been silent for long enough by `at`, the longest first.

    Cost: one count by venue for each day that is looked at, LOOKED_BACK and weeks before: the worker's, once a day.
    """
    days = _Days(localtime(at).date())
    if not days.looked_at():
        return []
    every = list(Venue.objects.filter(status=Venue.Status.VERIFIED).select_related("grid_cell"))
    seen, today = last_seen(), _midnight(days.today)
    silent = [it for it in every if _at(seen, it) is None or _at(seen, it) < today]
    n_days = _counted(silent, days, seen, _resting(every, days))
    found = [
        Silence(venue=it, last_at=_at(seen, it), n_days=n_days[it.venue_number])
        for it in silent
        if it.area_path.startswith(area_path)
        and n_days[it.venue_number] >= (NEVER_DAYS.value if _at(seen, it) is None else SILENT_DAYS.value)
    ]
    return sorted(found, key=lambda it: (-it.n_days, it.venue.area_path, it.venue.name))


def _counted(venues: Sequence[Venue], days: _Days, seen: dict[int, datetime], resting: set) -> Counter[int]:
    """Of each venue how many days, newest first and without a gap, count and had no scan."""
    n_days: Counter[int] = Counter()
    waiting = list(venues)
    for day in days.looked_at():
        waiting = [it for it in waiting if _at(seen, it) is None or _at(seen, it) < _midnight(day)]
        for it in waiting:
            if _was_open(it, day) and (it.trade, day) not in resting and not _rests(it, day, days):
                n_days[it.venue_number] += 1
    return n_days


def _resting(every: Sequence[Venue], days: _Days) -> set[tuple[str, date]]:
    """(trade, day) of the days on which hardly any venue of a trade scanned."""
    n_of_trade = Counter(it.trade for it in every)
    resting = set()
    for day in days.looked_at():
        scanned = days.scanned(day)
        n_scanned = Counter(it.trade for it in every if it.venue_number in scanned)
        for trade, n in n_of_trade.items():
            if n >= TRADE_AT_LEAST.value and n_scanned[trade] <= TRADE_RESTS.value * n:
                resting.add((trade, day))
    return resting


def _was_open(it: Venue, day: date) -> bool:
    """Whether it was open to scans the whole day."""
    since = it.status_since or it.opened_at
    return since is None or since <= _midnight(day)


def _rests(it: Venue, day: date, days: _Days) -> bool:
    if str(day.isoweekday()) in it.rest_weekdays or (it.trade in SCHOOLS and day.weekday() >= SATURDAY):
        return True
    before = [day - week * WEEK for week in range(1, int(HABIT_WEEKS.value) + 1)]
    known = [one for one in before if one in days.with_scans and _was_open(it, one)]
    if len(known) < len(before) or any(it.venue_number in days.scanned(one) for one in known):
        return False
    # Silent on this weekday for weeks: it rests, if it scanned on other days meanwhile.
    return any(it.venue_number in days.scanned(one + DAY) for one in known)


def _at(seen: dict[int, datetime], it: Venue) -> datetime | None:
    return seen.get(it.venue_number)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=get_current_timezone())
