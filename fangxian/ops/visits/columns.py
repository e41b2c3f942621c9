"""Every scan of some weeks as columns for `core.exposure`. (archive, and rows not archived yet → `Scans`)

Whoever asks gets what was scanned up to this second. Of a day that is over or half over, what is archived is read from
columns on disk (`day_columns`), which this process keeps mapped; what is not archived yet, from the table. What of the
archive is missing is said with every answer: whom nothing says anything about was not therefore alone.

A scan counts for what it shows: a companion's and one by document number carry the presence the gate gave them, which
is none unless a keeper or a screen stood for it. Whoever was turned away, or scanned on the way out, is from then on at
no venue: in the column of venues they have minus their own number, a place where nobody else ever is.
"""

import threading
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import NamedTuple

import numpy as np
from django.utils.timezone import localtime

from fangxian.ops.people.queries import gate_aliases
from fangxian.ops.realm.current import the_realm

from .day_columns import (
    AT,
    BY_VENUE,
    OUT,
    PERSON,
    PRESENCE_BITS,
    SHOWN,
    TABLE_COLUMNS,
    TURNED_AWAY,
    VENUE,
    Columns,
    DayColumns,
    Gap,
    Numbers,
    build_day,
    forget_other_states,
    laid_out,
    open_day,
    scans_as_rows,
    state_of,
)
from .models import ArchivePart, DayTally, ErasedNumber, Scan
from .parquet import day_folders

DAY = timedelta(days=1)


class Scans(NamedTuple):
    """Columns of one length, one row a scan, by person and time."""

    person: np.ndarray  # int64, gate number of the record that goes on
    venue: np.ndarray  # int64, venue number; minus the person's number from when they were at no venue
    at_s: np.ndarray  # int64, seconds since 1970
    presence: np.ndarray  # int8, core.policy.vocabulary.Presence


class Cost(NamedTuple):
    """What it took to have the columns at hand: a fresh process, or a day that changed, pays for `n_built` of them."""

    seconds: float
    n_days: int
    n_opened: int
    n_built: int
    n_scans: int


@dataclass(frozen=True, slots=True, eq=False)
class Window:
    """The scans in `[since, until)`, and what is not known of them.

    Attributes
    ----------
    days : the archived ones, by day
    hot : what is not archived yet, as the columns of a day
    gaps : days of which something is missing, oldest first; a day nobody was scanned on has none
    """

    since: datetime
    until: datetime
    days: Mapping[date, DayColumns]
    hot: Columns
    gaps: tuple[Gap, ...]
    cost: Cost

    def everything(self) -> Scans:
        """Every scan: for a sweep. Costs a sort of all rows."""
        return self._as_scans([day.rows[:BY_VENUE] for day in self.days.values()])

    def of_persons(self, persons: Iterable[int]) -> Scans:
        """All scans of these people."""
        wanted = np.unique(np.fromiter(persons, dtype=np.uint32))
        return self._as_scans([_of(day.rows, wanted) for day in self.days.values()], among=wanted)

    def near(self, venue: np.ndarray, begins_s: np.ndarray, ends_s: np.ndarray) -> Scans:
        """What is needed to know who was at these venues in these times: of everybody scanned there in `[begins, ends)`,
        all they scanned on that day, the day before and the day after.

        Parameters
        ----------
        begins_s : so much before the moment of interest as anybody may stay without another scan
        """
        there, hot_there = {}, _there(self.hot, venue, begins_s, ends_s)
        hot_days = _days_of(self.hot[AT, hot_there])
        for on, day in self.days.items():
            found = day.rows[PERSON, _there(day.rows, venue, begins_s, ends_s)]
            there[on] = np.union1d(found, self.hot[PERSON, hot_there[hot_days == on.toordinal()]])
        everybody = np.unique(np.concatenate([self.hot[PERSON, hot_there], *there.values()]))
        nobody = np.empty(0, dtype=np.uint32)
        wanted = {
            on: np.unique(np.concatenate([there.get(on + n * DAY, nobody) for n in (-1, 0, 1)])) for on in self.days
        }
        if len(hot_there) and self.days:  # the newest days, beside which hot rows stand, may have nobody of theirs yet
            newest = max(self.days)
            wanted[newest] = np.union1d(wanted[newest], self.hot[PERSON, hot_there])
        return self._as_scans([_of(day.rows, wanted[on]) for on, day in self.days.items()], among=everybody)

    def _as_scans(self, archived: Sequence[Columns], among: np.ndarray | None = None) -> Scans:
        hot = self.hot[:BY_VENUE] if among is None else _of(self.hot, among)
        rows = np.concatenate([*archived, hot], axis=1).astype(np.int64)
        since_s, until_s = int(self.since.timestamp()), int(self.until.timestamp())
        rows = rows[:, (rows[AT] >= since_s) & (rows[AT] < until_s)]
        rows = rows[:, np.lexsort((rows[SHOWN] & OUT, rows[AT], rows[PERSON]))]
        return _left(_once(rows))


def columns_between(since: datetime, until: datetime) -> Window:
    """The scans of `[since, until)`, as of now.

    Costs milliseconds for days this process has open, some more for those it has to open, and about a second for a
    million scans of days that are new or have changed, which are laid out on disk for everybody.
    """
    began = time.monotonic()
    # Rows that are archived while this reads are then found twice, which `_once` mends; the other way round they
    # would be found nowhere.
    numbers = Numbers.of(gate_aliases(), ErasedNumber.objects.values_list("gate_number", flat=True))
    hot = _hot(since, until, numbers)
    days, n_opened, n_built = _days(
        localtime(since).date(), localtime(until - timedelta(microseconds=1)).date(), numbers
    )
    n_scans = sum(map(len, days.values())) + hot.shape[1]
    gaps = _gaps(days, hot, localtime(since).date(), localtime(until).date())
    cost = Cost(time.monotonic() - began, len(days), n_opened, n_built, n_scans)
    return Window(since, until, days, hot, gaps, cost)


def refresh_columns(*, at: datetime, by: str) -> int:
    """Lay out what has changed of the archive, so that nobody has to wait for it; how many days. A chore."""
    first = min((day for day, _ in day_folders()), default=None)
    if first is None:
        return 0
    numbers = Numbers.of(gate_aliases(), ErasedNumber.objects.values_list("gate_number", flat=True))
    return _days(first, localtime(at).date(), numbers)[2]


def forget_columns_of(gate_numbers: Iterable[int]) -> None:
    """Remove from disk, and from this process, the columns of every day on which one of these people was scanned."""
    numbers = Numbers.of((), gate_numbers)
    for day, folder in day_folders():
        for path in folder.glob("columns-*.npy"):
            if not numbers.are_out_of(np.load(path, mmap_mode="r")[PERSON]):
                forget_other_states(day, "")
                _OPEN.drop(day)


class _OpenDays:
    """The days this process has mapped; of another realm than before, none."""

    def __init__(self) -> None:
        self._realm = ""
        self._days: dict[date, DayColumns] = {}
        self._lock = threading.Lock()

    def get(self, day: date) -> DayColumns | None:
        with self._lock:
            return self._days.get(day) if self._realm == str(the_realm().path) else None

    def put(self, day: date, found: DayColumns) -> None:
        with self._lock:
            if self._realm != str(the_realm().path):
                self._realm, self._days = str(the_realm().path), {}
            self._days[day] = found

    def drop(self, day: date) -> None:
        with self._lock:
            self._days.pop(day, None)


_OPEN = _OpenDays()


def _days(first: date, last: date, numbers: Numbers) -> tuple[dict[date, DayColumns], int, int]:
    """The archived days from first to last, how many of them had to be opened, and how many to be built."""
    found, n_opened, n_built = {}, 0, 0
    rows = ArchivePart.objects.filter(day_on__gte=first, day_on__lte=last).order_by("day_on", "hour", "number")
    for day, grouped in groupby(rows, key=lambda part: part.day_on):
        parts = list(grouped)
        state = state_of(parts)
        held = _OPEN.get(day)
        if held is None or held.state != state or not numbers.are_out_of(held.rows[PERSON]):
            held, is_built = _opened(day, parts, state, numbers)
            n_opened, n_built = n_opened + 1, n_built + is_built
        found[day] = held
    return found, n_opened, n_built


def _opened(day: date, parts: Sequence[ArchivePart], state: str, numbers: Numbers) -> tuple[DayColumns, bool]:
    found, is_built = open_day(day, parts, state), False
    if found is None or not numbers.are_out_of(found.rows[PERSON]):
        found, is_built = build_day(day, parts, state, numbers), True
    _OPEN.put(day, found)
    return found, is_built


def _hot(since: datetime, until: datetime, numbers: Numbers) -> Columns:
    rows = Scan.objects.filter(part__isnull=True, scanned_at__gte=since, scanned_at__lt=until).order_by()
    return laid_out(scans_as_rows(rows.values_list(*TABLE_COLUMNS).iterator(chunk_size=20_000)), numbers)


def _gaps(days: Mapping[date, DayColumns], hot: Columns, first: date, last: date) -> tuple[Gap, ...]:
    """What is wrong with the archive's days; a day that was counted and of which nothing is left is one as well."""
    gaps = [day.gap for day in days.values() if day.gap]
    hot_days = {date.fromordinal(on) for on in np.unique(_days_of(hot[AT])).tolist()}
    counted: dict[date, int] = {}
    tallies = DayTally.objects.filter(day_on__gte=first, day_on__lte=last)
    for on, *n in tallies.values_list("day_on", "n_admit", "n_verify", "n_refuse"):
        counted[on] = counted.get(on, 0) + sum(n)
    for on in sorted(counted.keys() - days.keys() - hot_days):
        gaps.append(Gap(day_on=on.isoformat(), n_lost=counted[on]))
    return tuple(sorted(gaps, key=lambda gap: gap.day_on))


def _days_of(at_s: np.ndarray) -> np.ndarray:
    """County days of moments, as ordinals; by the clock's offset at the first of them, an hour is nothing here."""
    if not len(at_s):
        return np.empty(0, dtype=np.int64)
    offset = localtime(datetime.fromtimestamp(int(at_s[0]), tz=localtime().tzinfo)).utcoffset() or timedelta(0)
    return (at_s.astype(np.int64) + int(offset.total_seconds())) // 86_400 + date(1970, 1, 1).toordinal()


def _of(rows: Columns, wanted: np.ndarray) -> Columns:
    """The rows of these people; both are in order."""
    begins, ends = (np.searchsorted(rows[PERSON], wanted, side=side) for side in ("left", "right"))
    return rows[:BY_VENUE, _ranges(begins, ends)]


def _there(rows: Columns, venue: np.ndarray, begins_s: np.ndarray, ends_s: np.ndarray) -> np.ndarray:
    """Which rows were made at one of the venues in its time; each once."""
    order = rows[BY_VENUE]
    key = _venue_key(rows[VENUE, order], rows[AT, order])
    begins, ends = (np.searchsorted(key, _venue_key(venue, at_s)) for at_s in (begins_s, ends_s))
    return np.unique(order[_ranges(begins, ends)])


def _venue_key(venue: np.ndarray, at_s: np.ndarray) -> np.ndarray:
    return np.asarray(venue, dtype=np.int64) << 32 | np.asarray(at_s, dtype=np.int64)


def _ranges(begins: np.ndarray, ends: np.ndarray) -> np.ndarray:
    """All whole numbers of several ranges, one after another."""
    lengths = np.maximum(ends - begins, 0)
    starts = np.repeat(begins - np.concatenate([[0], np.cumsum(lengths)[:-1]]), lengths) if len(lengths) else lengths
    return (starts + np.arange(lengths.sum())).astype(np.int64)


def _once(rows: np.ndarray) -> np.ndarray:
    """Rows in order without those that are the one before again."""
    if rows.shape[1] < 2:
        return rows
    return rows[:, np.concatenate([[True], np.any(rows[:, 1:] != rows[:, :-1], axis=0)])]


def _left(rows: np.ndarray) -> Scans:
    """Rows as scans: from a scan on the way out, or a refusal, a person is at no venue.

    Whoever was only scanned on the way out had been there: of them it is taken as any scan.
    """
    person, venue, at_s, shown = rows
    is_out = (shown & OUT) > 0
    came_before = np.zeros(len(person), dtype=bool)
    came_before[1:] = (person[1:] == person[:-1]) & (venue[1:] == venue[:-1]) & ~is_out[:-1]
    nowhere = ((shown & TURNED_AWAY) > 0) | (is_out & came_before)
    presence = (shown & PRESENCE_BITS).astype(np.int8)
    return Scans(person, np.where(nowhere, -person, venue), at_s, presence)
