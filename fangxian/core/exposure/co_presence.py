"""Who was at one place with cases, summed for each person: by look-back for few cases, by a sweep for many."""

from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import Final, NamedTuple

import numpy as np

from fangxian.core.exposure.case_stays import CaseStays
from fangxian.core.exposure.columns import Column
from fangxian.core.exposure.index import StayIndex
from fangxian.core.exposure.stays import Engine
from fangxian.core.exposure.sums import ONLY, new_rows, new_sums
from fangxian.core.exposure.timeline import timeline
from fangxian.core.exposure.totals import Totals, totals_beside

# A sweep costs about as much for each row of the places of cases as a look-back for so many rows beside them (a row
# that lies beside several is looked up once; bench_exposure).
ROWS_OF_A_SWEEP: Final = 25
COST_OF_A_ROW: Final = 16  # that a look-back takes in, in rows that a case stay is laid beside (bench_exposure)
NO_PEOPLE: Final = np.zeros(0, np.int32)
NO_TABLE: Final = np.zeros(0, np.int32)


class Sums(NamedTuple):
    """Rows of `sums.SUM`, the row of the person of each (empty: rows are those of people), and what moments are
    counted from."""

    of: Column
    people: Column
    base: tuple[int, int]


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
    index: StayIndex, stays: CaseStays, engine: Engine = "numpy", way: str = "", enough_s: int = 0, n_threads: int = 1
) -> Totals:
    """What the meetings of each person with cases sum to, each person once.

    `way` "beside" or "sweep" asks for one of them; without it the cheaper is taken. NumPy has the look-back only.
    numba gives them as they will be ranked, those with `enough_s` likely seconds first: nobody sorts them again; its
    look-back for many cases shares the places among `n_threads`, always in the same way.
    """
    if not len(stays) or not len(index):
        return Totals.empty()
    if engine == "numpy":
        return totals_beside(index, stays)
    way = way or _cheaper(index, stays)
    return in_rank_order(_sweep(index, stays) if way == "sweep" else _beside(index, stays, n_threads), enough_s)


def _rows(index: StayIndex) -> tuple[Column, Column, Column, Column, Column]:
    return index.person, index.begins_s, index.sure_s, index.likely_s, index.possible_s


def base_of(stays: CaseStays) -> tuple[int, int]:
    """The first and the last moment of any meeting with these."""
    return int(stays.begins_s.min()), int(stays.possible_s.max())


def rows_of(stays: CaseStays) -> tuple[Column, ...]:
    """Case stays as loops take them."""
    return stays.place, stays.person, stays.begins_s, stays.sure_s, stays.likely_s, stays.possible_s, stays.rate


def _cheaper(index: StayIndex, stays: CaseStays) -> str:
    """A sweep where the rows that a look-back would pass are many more than all there are."""
    from fangxian.core.exposure import loops_search

    expected = loops_search.expected_rows(index.begins_of_place, index.longest_at, index.begins_s, rows_of(stays))
    return "sweep" if expected > ROWS_OF_A_SWEEP * len(index) else "beside"


def _beside(index: StayIndex, stays: CaseStays, n_threads: int) -> Sums:
    """For few rows sums of those only who are met, since making room for everybody takes longer than the search."""
    from fangxian.core.exposure import loops_beside

    if not _fits(index, stays):
        return _sweep(index, stays)
    of_cases, base, n = rows_of(stays), base_of(stays), len(index.people)
    rows = loops_beside.rows_beside(index.begins_of_place, index.longest_at, index.begins_s, index.every_64th, of_cases)
    n_rows = int((rows[1] - rows[0]).sum())
    if n_rows >= n:
        return Sums(_of_everybody(index, of_cases, rows, base, n_threads), NO_PEOPLE, base)
    sums, people = new_sums(n_rows), np.empty(n_rows, np.int32)
    table = np.full(1 << max(6, 2 * n_rows).bit_length(), loops_beside.EMPTY, np.int32)
    into = (sums, new_rows(n_rows, ONLY), people, table)
    n_people = loops_beside.beside(_rows(index), of_cases, rows, base, into)
    return Sums(sums[:n_people], people[:n_people], base)


def _of_everybody(
    index: StayIndex, of_cases: tuple[Column, ...], rows: Column, base: tuple[int, int], n_threads: int
) -> Column:
    """Sums of everybody, each of several threads at places of its own."""
    from fangxian.core.exposure import loops_beside

    def at_some(edges: tuple[int, int]) -> Column:
        part, n = slice(*edges), len(index.people)
        into = (new_sums(n), new_rows(n, ONLY), NO_PEOPLE, NO_TABLE)
        some = tuple(column[part] for column in of_cases)
        loops_beside.beside(_rows(index), some, np.ascontiguousarray(rows[:, part]), base, into)
        return into[0]

    if n_threads == 1:
        return at_some((0, rows.shape[1]))
    work, place = np.cumsum(_work(rows)), of_cases[0]
    cuts = place[np.searchsorted(work, work[-1] * np.arange(1, n_threads) // n_threads)]
    edges = [0, *np.searchsorted(place, cuts).tolist(), len(place)]
    with ThreadPoolExecutor(n_threads) as threads:
        found, *others = threads.map(at_some, pairwise(edges))
    for other in others:
        loops_beside.add_sums(found, other)
    return found


def _work(rows: Column) -> Column:
    """About what each case stay costs: a row that is taken in and added up, and one that it is laid beside.

    At busy places many case stays lie beside the same rows, which are taken in once.
    """
    until = np.maximum.accumulate(rows[1])
    taken_in = rows[1] - np.maximum(rows[0], np.concatenate([rows[0, :1], until[:-1]]))
    found: Column = COST_OF_A_ROW * np.maximum(taken_in, 0) + rows[1] - rows[0]
    return found


def _fits(index: StayIndex, stays: CaseStays) -> bool:
    """Whether every moment and every sum of one stay's meetings can be counted in 32 bits: but for 60 years, or some
    ten thousand case stays at one place, yes."""
    begin, end = base_of(stays)
    longest, most = int(index.longest_at.max()), int(np.bincount(stays.place).max())
    return end - begin + 2 * longest < 2**31 and most * longest < 2**31


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
    sums, base = new_sums(len(index.people)), base_of(stays)
    loops_sweep.sweep(index.begins_of_place, _rows(index), tuple(line), tuple(own), base, sums)
    return Sums(sums, NO_PEOPLE, base)


def in_rank_order(sums: Sums, enough_s: int) -> Totals:
    """Those who possibly met a case, in the order in which they will be shown."""
    from fangxian.core.exposure import loops_search

    rows = loops_search.ranked(sums.of, sums.people, enough_s)
    columns, weight = np.empty((8, len(rows)), np.int64), np.empty(len(rows))
    loops_search.in_columns(rows, sums.people, sums.of, sums.base, columns, weight)
    person, sure, likely, possible, n_meetings, n_places, first, last = columns
    return Totals(
        person=person, sure_s=sure, likely_s=likely, possible_s=possible, weight=weight, n_meetings=n_meetings,
        n_places=n_places, first_s=first, last_s=last,
    )  # fmt: skip
