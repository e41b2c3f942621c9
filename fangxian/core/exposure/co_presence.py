"""Who was at one place with cases, summed for each person: by look-back for few cases, by a sweep for many."""

from typing import Final, NamedTuple, TypeAlias

import numpy as np

from fangxian.core.exposure.case_stays import CaseStays
from fangxian.core.exposure.columns import BEFORE_ALL, EVER, UNKNOWN, Column
from fangxian.core.exposure.index import StayIndex
from fangxian.core.exposure.ranking import rank_order
from fangxian.core.exposure.stays import Engine
from fangxian.core.exposure.timeline import timeline
from fangxian.core.exposure.totals import Totals, totals_beside

# A row of a look-back costs about a quarter of a row of a sweep, and a sweep passes every row (bench_exposure).
ROWS_OF_A_SWEEP: Final = 3.5


# People by row, their sums in columns as of `loops_search`, their weights.
Sums: TypeAlias = tuple[Column, Column, Column]


class Own(NamedTuple):
    """Each case's own stays by person, place, begin: they are no exposure of that case to itself.

    first : (n_people,) int32, where a person's begin; `loops_sweep.EMPTY` for who is no case
    person, place, begins_s, rate : (n,)
    ends : (n, 3), sure, likely and possible
    """

    first: Column
    person: Column
    place: Column
    begins_s: Column
    ends: Column
    rate: Column


def co_presence(
    index: StayIndex, stays: CaseStays, engine: Engine = "numpy", way: str = "", enough_s: int = 0
) -> Totals:
    """What the meetings of each person with cases sum to, each person once.

    `way` "beside" or "sweep" asks for one of them; without it the cheaper is taken. NumPy has the look-back only.
    numba gives them as they will be ranked, those with `enough_s` likely seconds first: nobody sorts them again.
    """
    if not len(stays) or not len(index):
        return Totals.empty()
    if engine == "numpy":
        return totals_beside(index, stays)
    ways = {"": _cheaper, "beside": _beside, "sweep": _sweep}
    return _totals(*ways[way](index, stays), enough_s)


def _rows(index: StayIndex) -> tuple[Column, Column, Column, Column, Column]:
    return index.person, index.begins_s, index.sure_s, index.likely_s, index.possible_s


def _cheaper(index: StayIndex, stays: CaseStays) -> Sums:
    """A sweep where the rows that a look-back would pass are many more than all there are."""
    begin, end = index.begins_of_place[stays.place], index.begins_of_place[stays.place + 1]
    last_row = len(index) - 1
    first, last = index.begins_s[np.minimum(begin, last_row)], index.begins_s[np.maximum(end - 1, 0)]
    spans = stays.possible_s - stays.begins_s + index.longest_at[stays.place]
    n_rows = float((np.minimum(spans / np.maximum(last - first, 1), 1.0) * (end - begin)).sum())
    return (_sweep if n_rows > ROWS_OF_A_SWEEP * len(index) else _beside)(index, stays)


def _beside(index: StayIndex, stays: CaseStays) -> Sums:
    from fangxian.core.exposure import loops_search

    ends = (stays.place, stays.begins_s, stays.sure_s, stays.likely_s, stays.possible_s)
    rows = np.stack(ends, axis=1).astype(np.int64)
    windows = loops_search.windows(index.begins_of_place, index.longest_at, index.begins_s, rows)
    person, *columns = _rows(index)
    if int((windows[:, 1] - windows[:, 0]).sum()) > len(index.people):
        sums, weights = _new_sums(len(index.people))
        loops_search.beside_all(_rows(index), windows, rows, stays.person, stays.rate, sums, weights)
        return _met(sums, weights)
    there = (person, index.begins_s, index.possible_s)
    people, whose = loops_search.people_there(there, windows, rows, stays.person)
    sums, weights = _new_sums(len(people))
    loops_search.beside(tuple(columns), windows, rows, stays.rate, whose, sums, weights)
    return people.astype(np.int64), sums, weights


def _sweep(index: StayIndex, stays: CaseStays) -> Sums:
    from fangxian.core.exposure import loops_sweep

    line = timeline(stays, len(index.places))
    by_person = stays.pick(np.lexsort((stays.begins_s, stays.place, stays.person)))
    people, first_row = np.unique(by_person.person, return_index=True)
    first = np.full(len(index.people), loops_sweep.EMPTY, np.int32)
    first[people] = first_row
    own = Own(
        first, by_person.person, by_person.place, by_person.begins_s,
        np.stack([by_person.sure_s, by_person.likely_s, by_person.possible_s], axis=1), by_person.rate,
    )  # fmt: skip
    sums, weights = _new_sums(len(index.people))
    loops_sweep.sweep(index.begins_of_place, _rows(index), tuple(line), tuple(own), sums, weights)
    return _met(sums, weights)


def _met(sums: Column, weights: Column) -> Sums:
    """Those of everybody who possibly met a case."""
    found = np.flatnonzero(sums[:, 2] > 0)
    return found, sums[found], weights[found]


def _new_sums(n: int) -> tuple[Column, Column]:
    """Sums of n people in columns as of `loops_search`, and their weights."""
    sums = np.zeros((n, 10), np.int64)
    sums[:] = (0, 0, 0, 0, 0, UNKNOWN, EVER, BEFORE_ALL, EVER, BEFORE_ALL)
    return sums, np.zeros(n)


def _totals(people: Column, sums: Column, weights: Column, enough_s: int) -> Totals:
    """The sums of some people, in columns as of `loops_search`, in the order in which they will be shown."""
    from fangxian.core.exposure import loops_search

    order = rank_order(sums[:, 1] >= enough_s, weights, sums[:, 2], people)
    columns, weight = np.empty((8, len(people)), np.int64), np.empty(len(people))
    loops_search.in_columns(order, people, sums, weights, columns, weight)
    person, sure, likely, possible, n_meetings, n_places, first, last = columns
    return Totals(
        person=person, sure_s=sure, likely_s=likely, possible_s=possible, weight=weight, n_meetings=n_meetings,
        n_places=n_places, first_s=first, last_s=last,
    )  # fmt: skip
