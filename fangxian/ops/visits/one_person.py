"""Every scan of one person in some weeks: from the table, and from the archive what the table has no longer.

Cheaper than `columns`, which lays out everybody's: a page asks this. What of the archive is missing is said with it.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

import numpy as np
from django.utils.timezone import localtime

from fangxian.core.policy.vocabulary import Outcome
from fangxian.ops.people.queries import gate_aliases

from .columns import archived_days
from .day_columns import AT, LEAVES, PERSON, SHOWN, VENUE, ArchiveGap, Numbers
from .models import DayTally, ErasedNumber, Scan
from .queries import visits_of


@dataclass(frozen=True, slots=True)
class SeenAt:
    """One scan of somebody. `did_not_go_in`: refused at the door; the archive does not tell that from `has_left`,
    scanned on the way out, and has both as `has_left`."""

    at: datetime
    venue_number: int
    did_not_go_in: bool = False
    has_left: bool = False


@dataclass(frozen=True, slots=True)
class SeenScans:
    """The scans in the time asked for, newest first; `gaps` are the days of which the archive has lost something."""

    scans: tuple[SeenAt, ...]
    gaps: tuple[ArchiveGap, ...]


def scans_of_one(
    gate_number: int, *, others: Collection[int], since: datetime, until: datetime, most: int
) -> SeenScans:
    """Every scan of a person in `[since, until)`, `most` at most.

    Parameters
    ----------
    others : the numbers of records that were merged into theirs
    """
    rows = visits_of([gate_number, *others], since=since).filter(scanned_at__lt=until)[:most]
    found = {(_second(row.scanned_at), row.venue_number): _of_table(row) for row in rows}
    numbers = Numbers.of(gate_aliases(), ErasedNumber.objects.values_list("gate_number", flat=True))
    first, last = localtime(since).date(), localtime(until - timedelta(microseconds=1)).date()
    days, _, _ = archived_days(first, last, numbers)
    for day in days.values():
        begin, end = np.searchsorted(day.rows[PERSON], [gate_number, gate_number + 1])
        for column in np.asarray(day.rows[:, begin:end], np.int64).T:
            if _second(since) <= column[AT] < _second(until):
                found.setdefault((int(column[AT]), int(column[VENUE])), _of_archive(column))
    newest = sorted(found.values(), key=lambda it: it.at, reverse=True)
    lost = [day.gap for day in days.values() if day.gap.n_lost]
    return SeenScans(
        tuple(newest[:most]), tuple(sorted([*lost, *_lost_days(first, last, days)], key=lambda it: it.day))
    )


def _of_table(row: Scan) -> SeenAt:
    done = row.outcome if row.decided is None else row.decided  # a door without network went by what it decided
    return SeenAt(row.scanned_at, row.venue_number, did_not_go_in=done == int(Outcome.REFUSE))


def _of_archive(column: np.ndarray) -> SeenAt:
    at = datetime.fromtimestamp(int(column[AT]), UTC)
    return SeenAt(at, int(column[VENUE]), has_left=bool(column[SHOWN] & LEAVES))


def _lost_days(first: date, last: date, days: Collection[date]) -> list[ArchiveGap]:
    """Days on which scans were counted, and of which neither the archive nor the table has any."""
    counted: dict[date, int] = {}
    tallies = DayTally.objects.filter(day_on__gte=first, day_on__lte=last).exclude(day_on__in=list(days))
    for on, *n in tallies.values_list("day_on", "n_admit", "n_verify", "n_refuse"):
        counted[on] = counted.get(on, 0) + sum(n)
    return [ArchiveGap(day_on=on.isoformat(), n_lost=n) for on, n in sorted(counted.items()) if n and not _in_table(on)]


def _in_table(on: date) -> bool:
    begins = datetime.combine(on, time(), localtime().tzinfo)
    return Scan.objects.filter(scanned_at__gte=begins, scanned_at__lt=begins + timedelta(days=1)).exists()


def _second(at: datetime) -> int:
    return int(at.timestamp())
