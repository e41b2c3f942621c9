"""Every scan of some weeks as columns for `core.exposure`. (archive, and rows not archived yet → `Visits`)

Whoever asks gets what was scanned up to this second. Of a day that is over or half over, what is archived is read from
columns on disk (`day_columns`), which this process keeps mapped; what is not archived yet, from the table. What of the
archive is missing is said with every answer: whom nothing says anything about was not therefore alone.

A scan counts for what it shows: a companion's and one by document number carry the presence the gate gave them, which
is none unless a keeper or a screen stood for it. Whoever was refused at a door did not go in, unless the door had no
network and had let them in before the gate heard of it; whoever was scanned on the way out has left. Of whom only the
way out was scanned, it is taken as any scan, since they had been there.
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

from fangxian.core.exposure.columns import Visits
from fangxian.ops.people.queries import gate_aliases
from fangxian.ops.realm.current import the_realm

from .day_columns import (
    AT,
    LEAVES,
    NOT_SEEN_COME,
    PERSON,
    PRESENCE_BITS,
    SHOWN,
    TABLE_COLUMNS,
    VENUE,
    ArchiveGap,
    Columns,
    DayColumns,
    Numbers,
    build_day,
    forget_other_states,
    laid_out,
    open_day,
    read_ahead,
    scans_as_rows,
    state_of,
)
from .models import ArchivePart, DayTally, ErasedNumber, Scan
from .parquet import day_folders

LONGEST_S = 86_400  # between a scan on the way in and the one on the way out that belongs to it


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
    gaps: tuple[ArchiveGap, ...]
    cost: Cost

    def visits(self) -> Visits:
        """Every scan, as the search takes them; in no order."""
        archived = [self.days[day].rows for day in sorted(self.days)]
        rows = np.concatenate([*archived, self.hot], axis=1).astype(np.int64)
        unseen = np.flatnonzero((rows[SHOWN] & NOT_SEEN_COME) > 0)
        leaves = (rows[SHOWN] & LEAVES) > 0
        leaves[unseen] = _had_come(rows, unseen)
        is_in_window = (rows[AT] >= _second(self.since)) & (rows[AT] < _second(self.until))
        if not is_in_window.all():
            rows, leaves = rows[:, is_in_window], leaves[is_in_window]
        person, venue, at_s, shown = rows
        return Visits.of(person, venue, at_s, (shown & PRESENCE_BITS).astype(np.int8), leaves)


def columns_between(since: datetime, until: datetime) -> Window:
    """The scans of `[since, until)`, as of now.

    Costs milliseconds for days this process has open, some more for those it has to open, and about a second for a
    million scans of days that are new or have changed, which are laid out on disk for everybody.
    """
    began = time.monotonic()
    # Rows that are archived while this reads are then found twice, which the search mends; the other way round they
    # would be found nowhere.
    numbers = Numbers.of(gate_aliases(), ErasedNumber.objects.values_list("gate_number", flat=True))
    hot = _hot(since, until, numbers)
    days, n_opened, n_built = archived_days(
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
    return archived_days(first, localtime(at).date(), numbers)[2]


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

    def read_ahead(self, first: date, last: date) -> None:
        """Have the disk read all of these days, while the table is asked what is new."""
        with self._lock:
            days = list(self._days.items()) if self._realm == str(the_realm().path) else []
        for day, held in days:
            if first <= day <= last:
                read_ahead(held.rows)

    def drop(self, day: date) -> None:
        with self._lock:
            self._days.pop(day, None)


_OPEN = _OpenDays()


def archived_days(first: date, last: date, numbers: Numbers) -> tuple[dict[date, DayColumns], int, int]:
    """The archived days from first to last, how many of them had to be opened, and how many to be built."""
    _OPEN.read_ahead(first, last)
    found, n_opened, n_built = {}, 0, 0
    rows = ArchivePart.objects.filter(day_on__gte=first, day_on__lte=last).order_by("day_on", "hour", "number")
    for day, grouped in groupby(rows, key=lambda part: part.day_on):
        parts = list(grouped)
        state = state_of(day, parts)
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


def _gaps(days: Mapping[date, DayColumns], hot: Columns, first: date, last: date) -> tuple[ArchiveGap, ...]:
    """What is wrong with the archive's days; a day that was counted and of which nothing is left is one as well."""
    gaps = [day.gap for day in days.values() if day.gap]
    hot_days = {date.fromordinal(on) for on in np.unique(_days_of(hot[AT])).tolist()}
    counted: dict[date, int] = {}
    tallies = DayTally.objects.filter(day_on__gte=first, day_on__lte=last)
    for on, *n in tallies.values_list("day_on", "n_admit", "n_verify", "n_refuse"):
        counted[on] = counted.get(on, 0) + sum(n)
    for on in sorted(counted.keys() - days.keys() - hot_days):
        gaps.append(ArchiveGap(day_on=on.isoformat(), n_lost=counted[on]))
    return tuple(sorted(gaps, key=lambda gap: gap.day_on))


def _days_of(at_s: np.ndarray) -> np.ndarray:
    """County days of moments, as ordinals; by the clock's offset at the first of them, an hour is nothing here."""
    if not len(at_s):
        return np.empty(0, dtype=np.int64)
    offset = localtime(datetime.fromtimestamp(int(at_s[0]), tz=localtime().tzinfo)).utcoffset() or timedelta(0)
    return (at_s.astype(np.int64) + int(offset.total_seconds())) // 86_400 + date(1970, 1, 1).toordinal()


def _had_come(rows: np.ndarray, leaving: np.ndarray) -> np.ndarray:
    """Of rows on the way out whether they end a stay that began in another block of rows: the day before, or what is
    archived of the same day."""
    if not len(leaving):
        return np.empty(0, dtype=bool)
    stay = rows[PERSON].astype(np.uint64) << np.uint64(32) | rows[VENUE].astype(np.uint64)
    stays, which = np.unique(stay[leaving], return_inverse=True)
    among = np.flatnonzero(np.isin(stay, stays) & ((rows[SHOWN] & LEAVES) == 0))
    came = np.sort(np.searchsorted(stays, stay[among]) << 32 | rows[AT, among])
    at_s = rows[AT, leaving]
    place = np.searchsorted(came, which << 32 | at_s, side="right")
    before = np.concatenate([[-1], came])[place]
    return (before >> 32 == which) & (at_s - (before & 0xFFFFFFFF) <= LONGEST_S)


def _second(at: datetime) -> int:
    return int(at.timestamp())
