"""The few scans of an archive that can matter to a few cases: three passes over columns, and no index of the rest."""

from typing import Final

import numpy as np

from fangxian.core.exposure.case_stays import DAY_S, case_stays
from fangxian.core.exposure.columns import Cases, Column, Venues, Visits
from fangxian.core.exposure.disease import Rules
from fangxian.core.exposure.index import StayIndex, index_visits
from fangxian.core.exposure.usual import STAY_UNKNOWN_CLASS

_SIEVE: Final = 1 << 20


def visits_that_matter(visits: Visits, venues: Venues, cases: Cases, *, rules: Rules, by_cell: bool = False) -> Visits:
    """The scans of cases, and those of whoever may have been at a place while a case may have been there, in the time
    that is searched and a day to either side.

    The search gives the same answer on these as on all (`index_visits(…)` of either), for these cases and rules; with
    `by_cell` also for an index by cell. Only of a stay that scans at one place have renewed for more than a day before
    the time that is searched, what was shown or contradicted before that day is not known.
    """
    own = is_in(visits.person, np.unique(cases.person))
    of_cases = visits.pick(np.flatnonzero(own))
    people = _people_there(visits, venues, index_visits(of_cases, venues), cases, rules)
    if by_cell:
        cells = index_visits(of_cases, venues, by_cell=True)
        people = np.union1d(people, _people_there(visits, venues, cells, cases, rules, by_cell=True))
    kept = np.flatnonzero(own | is_in(visits.person, people))
    if not len(cases):
        return visits.pick(kept)
    at = visits.at_s[kept]
    margin_s = max(DAY_S, int(venues.longest_s.max(initial=0)))
    searched = (at >= cases.begins_s.min() - margin_s) & (at < cases.ends_s.max() + margin_s)
    return visits.pick(kept[searched])


def is_in(column: Column, values: Column) -> Column:
    """Which of a long column are among `values`: a coarse sieve first, then exactly. ((n,) → (n,) bool)"""
    sieve = np.zeros(_SIEVE, bool)
    sieve[values & (_SIEVE - 1)] = True
    found: Column = sieve[column & (_SIEVE - 1)]
    maybe = np.flatnonzero(found)
    found[maybe] = np.isin(column[maybe], values)
    return found


def _people_there(
    visits: Visits, venues: Venues, index: StayIndex, cases: Cases, rules: Rules, by_cell: bool = False
) -> Column:
    """Everybody with a scan from which a stay may reach into one of a case's at the same place of `index`."""
    stays = case_stays(index, cases, rules)
    hot = np.unique(stays.place)
    numbers, place = index.places, np.arange(len(index.places))
    if by_cell:
        listed = np.flatnonzero(np.isin(venues.cell, index.places))
        numbers, place = venues.number[listed], np.searchsorted(index.places, venues.cell[listed])
    some = np.flatnonzero(np.isin(place, hot))
    order = some[np.argsort(numbers[some], kind="stable")]
    numbers, place = numbers[order], place[order]
    rows = np.flatnonzero(is_in(visits.venue, numbers))
    at = np.asarray(visits.at_s[rows], np.int64)
    here = np.searchsorted(numbers, visits.venue[rows])
    longest = _longest(venues, numbers)[here]
    inside = np.zeros(len(rows), bool)
    for one in hot.tolist():
        spans = stays.pick(np.flatnonzero(stays.place == one))
        mine = np.flatnonzero(place[here] == one)
        # The latest end of any of the case stays that begin before the scan's own longest stay is over.
        latest = np.maximum.accumulate(spans.possible_s)
        before = np.searchsorted(spans.begins_s, at[mine] + longest[mine], side="left")
        inside[mine] = (before > 0) & (latest[np.maximum(before - 1, 0)] > at[mine])
    return np.unique(visits.person[rows[inside]])


def _longest(venues: Venues, numbers: Column) -> Column:
    """The longest stay at each of these venues; of a class nobody knows where they are not listed."""
    order = np.argsort(venues.number, kind="stable")
    found = np.full(len(numbers), round(60 * STAY_UNKNOWN_CLASS.high), np.int64)
    at = np.minimum(np.searchsorted(venues.number[order], numbers), max(len(order) - 1, 0))
    if len(order):
        listed = venues.number[order][at] == numbers
        found[listed] = venues.longest_s[order][at][listed]
    return found
