"""What each exposed person's meetings sum to, by the NumPy engine: the stays of cases beside those of others.

Pairs are listed a part at a time and summed at once. `loops_search` gives the same and lists none.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from fangxian.core.exposure.case_stays import CaseStays, ragged
from fangxian.core.exposure.columns import BEFORE_ALL, EVER, Column, Table
from fangxian.core.exposure.index import StayIndex

PAIRS_AT_ONCE: Final = 2_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals(Table):
    """One row is one person of an index, by row; columns as in `Exposed`."""

    person: Column
    sure_s: Column
    likely_s: Column
    possible_s: Column
    weight: Column
    n_meetings: Column
    n_places: Column
    first_s: Column
    last_s: Column


@dataclass(frozen=True, slots=True, kw_only=True)
class Pairs(Table):
    """One row is one stay of a case and one of somebody else that possibly overlap.

    case_stay : row of `CaseStays`; stay : row of the index
    begins_s, ends_s : of the likely overlap, or else of the possible one
    """

    case_stay: Column
    stay: Column
    begins_s: Column
    ends_s: Column
    sure_s: Column
    likely_s: Column
    possible_s: Column


def windows(index: StayIndex, stays: CaseStays) -> tuple[Column, Column]:
    """Rows of the index, from and to before, in which everything lies that may overlap each stay of a case."""
    begins, ends = index.begins_of_place[stays.place], index.begins_of_place[stays.place + 1]
    froms, tos = np.empty(len(stays), np.int64), np.empty(len(stays), np.int64)
    earliest = stays.begins_s - index.longest_at[stays.place]
    for row, (begin, end) in enumerate(zip(begins.tolist(), ends.tolist(), strict=True)):
        there = index.begins_s[begin:end]
        froms[row] = begin + np.searchsorted(there, earliest[row], side="right")
        tos[row] = begin + np.searchsorted(there, stays.possible_s[row], side="left")
    return froms, tos


def pairs_of(index: StayIndex, stays: CaseStays, rows: Column, of: Column) -> Pairs:
    """Those of these pairs of rows, of the index and of case stays, that possibly overlap and are of two people."""
    apart = index.person[rows] != stays.person[of]
    rows, of = rows[apart], of[apart]
    starts, case_begins = index.begins_s[rows], stays.begins_s[of]
    begins = np.maximum(starts, case_begins)
    lengths = (index.sure_s, index.likely_s, index.possible_s)
    case_ends = (stays.sure_s, stays.likely_s, stays.possible_s)
    ends = [np.minimum(starts + a[rows], b[of]) for a, b in zip(lengths, case_ends, strict=True)]
    sure, likely, possible = (np.maximum(end - begins, 0) for end in ends)
    found = Pairs(
        case_stay=of, stay=rows, begins_s=begins, ends_s=np.where(likely > 0, ends[1], ends[2]), sure_s=sure,
        likely_s=likely, possible_s=possible,
    )  # fmt: skip
    return found.pick(np.flatnonzero(possible > 0))


@dataclass(frozen=True, slots=True, kw_only=True)
class _AtPlace(Table):
    """One row is one person at one place: their meetings there, summed; of some pairs, to be summed further."""

    person: Column
    place: Column
    sure_s: Column
    likely_s: Column
    possible_s: Column
    weight: Column
    n_meetings: Column
    first_likely: Column
    last_likely: Column
    first_possible: Column
    last_possible: Column


def totals_beside(index: StayIndex, stays: CaseStays) -> Totals:
    """Every stay of a case beside those at its place and time. By row of person."""
    froms, tos = windows(index, stays)
    part_of = np.cumsum(np.maximum(tos - froms, 0)) // PAIRS_AT_ONCE
    parts = []
    for first, last in _spans(part_of):
        rows, of = ragged(froms[first:last], tos[first:last])
        parts.append(_at_places(pairs_of(index, stays, rows, of + first), index, stays))
    return _over_places(parts[0].joined(*parts[1:]), len(index.places)) if parts else Totals.empty()


def _spans(ascending: Column) -> list[tuple[int, int]]:
    """Where each run of one value begins and ends."""
    if not len(ascending):
        return []
    cuts = (np.flatnonzero(np.diff(ascending)) + 1).tolist()
    return list(zip([0, *cuts], [*cuts, len(ascending)], strict=True))


def _at_places(pairs: Pairs, index: StayIndex, stays: CaseStays) -> _AtPlace:
    n_places = max(len(index.places), 1)
    person = index.person[pairs.stay].astype(np.int64)
    keys, of = np.unique(person * n_places + stays.place[pairs.case_stay], return_inverse=True)
    n, likely = len(keys), pairs.likely_s > 0
    weight = pairs.likely_s * stays.rate[pairs.case_stay]
    shown = [np.where(likely, pairs.begins_s, EVER), np.where(likely, pairs.ends_s, BEFORE_ALL)]
    return _AtPlace(
        person=keys // n_places, place=keys % n_places, sure_s=_sum(of, pairs.sure_s, n),
        likely_s=_sum(of, pairs.likely_s, n), possible_s=_sum(of, pairs.possible_s, n),
        weight=np.bincount(of, weight, n), n_meetings=_sum(of, likely, n), first_likely=_least(of, shown[0], n),
        last_likely=_most(of, shown[1], n), first_possible=_least(of, pairs.begins_s, n),
        last_possible=_most(of, pairs.ends_s, n),
    )  # fmt: skip


def _over_places(parts: _AtPlace, n_places: int) -> Totals:
    people, of = np.unique(parts.person, return_inverse=True)
    n = len(people)
    met = parts.n_meetings > 0
    places = np.unique(of[met] * n_places + parts.place[met]) // max(n_places, 1)
    n_meetings = _sum(of, parts.n_meetings, n)
    first, last = _least(of, parts.first_likely, n), _most(of, parts.last_likely, n)
    return Totals(
        person=people, sure_s=_sum(of, parts.sure_s, n), likely_s=_sum(of, parts.likely_s, n),
        possible_s=_sum(of, parts.possible_s, n), weight=np.bincount(of, parts.weight, n), n_meetings=n_meetings,
        n_places=np.bincount(places, minlength=n),
        first_s=np.where(n_meetings > 0, first, _least(of, parts.first_possible, n)),
        last_s=np.where(n_meetings > 0, last, _most(of, parts.last_possible, n)),
    )  # fmt: skip


def _sum(of: Column, numbers: Column, n: int) -> Column:
    found: Column = np.bincount(of, numbers, n).astype(np.int64)
    return found


def _least(of: Column, moments: Column, n: int) -> Column:
    found = np.full(n, EVER, np.int64)
    np.minimum.at(found, of, moments)
    return found


def _most(of: Column, moments: Column, n: int) -> Column:
    found = np.full(n, BEFORE_ALL, np.int64)
    np.maximum.at(found, of, moments)
    return found
