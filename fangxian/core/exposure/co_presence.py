"""Who was at one place with cases, summed for each person: by look-back for few cases, by a sweep for many."""

from typing import Final, NamedTuple

import numpy as np

from fangxian.core.exposure.case_stays import CaseStays
from fangxian.core.exposure.columns import Column
from fangxian.core.exposure.index import Blocks, StayIndex
from fangxian.core.exposure.look_back import in_rank_order, look_back
from fangxian.core.exposure.stays import Engine
from fangxian.core.exposure.sums import Sums, new_sums
from fangxian.core.exposure.timeline import timeline
from fangxian.core.exposure.totals import Totals, totals_beside

# A sweep costs about as much for each row of the places of cases as a look-back for so many rows beside them (a row
# that lies beside several is looked up once; bench_exposure).
ROWS_OF_A_SWEEP: Final = 25
NO_PEOPLE: Final = np.zeros(0, np.int32)


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
    blocks = None if (way or _cheaper(index, stays)) == "sweep" else index.blocks()
    if blocks is None or not _fits(index, blocks, stays):
        return in_rank_order(_sweep(index, stays), enough_s)
    return look_back(index, blocks, stays, enough_s, n_threads)


def _cheaper(index: StayIndex, stays: CaseStays) -> str:
    """A sweep where the rows that a look-back would pass are many more than all there are."""
    from fangxian.core.exposure import loops_search

    expected = loops_search.expected_rows(index.begins_of_place, index.longest_at, index.begins_s, stays.for_loops())
    return "sweep" if expected > ROWS_OF_A_SWEEP * len(index) else "beside"


def _fits(index: StayIndex, blocks: Blocks, stays: CaseStays) -> bool:
    """Whether every moment and every sum can be counted in 32 bits: but for 60 years, some ten thousand case stays at
    one place, or case stays of more than a century together, yes.

    Of one person's stays at one place only those overlap that begin at once, so that nobody meets a case for longer
    than the case is there, as often as they are so many.
    """
    longest, most = int(index.longest_at.max()), int(np.bincount(stays.place).max())
    begin, end = min(stays.span[0], blocks.since), stays.span[1]
    together = int((stays.possible_s - stays.begins_s).sum()) * blocks.at_once
    return end - begin + 2 * longest < 2**31 and most * longest < 2**31 and together < 2**32


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
    sums, base = new_sums(len(index.people)), stays.span
    loops_sweep.sweep(index.begins_of_place, index.for_loops(), tuple(line), tuple(own), base, sums)
    return Sums(sums, NO_PEOPLE, base)
