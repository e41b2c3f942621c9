"""Who was at one place with cases, summed for each person: by look-back for few cases, by a sweep for many."""

from typing import Final

import numpy as np

from fangxian.core.exposure.case_stays import CaseStays
from fangxian.core.exposure.columns import Column
from fangxian.core.exposure.index import StayIndex
from fangxian.core.exposure.stays import Engine
from fangxian.core.exposure.timeline import timeline
from fangxian.core.exposure.totals import Totals, totals_beside

# A row of a look-back costs about a third of a row of a sweep, and a sweep passes every row (bench_exposure).
ROWS_OF_A_SWEEP: Final = 2.0


def co_presence(index: StayIndex, stays: CaseStays, engine: Engine = "numpy", way: str = "") -> Totals:
    """What the meetings of each person with cases sum to; by row of person.

    `way` "beside" or "sweep" asks for one of them; without it the cheaper is taken. NumPy has the look-back only.
    """
    if not len(stays) or not len(index):
        return Totals.empty()
    if engine == "numpy":
        return totals_beside(index, stays)
    return _beside(index, stays, always=way == "beside") if way != "sweep" else _sweep(index, stays)


def _rows(index: StayIndex) -> tuple[Column, Column, Column, Column, Column]:
    return index.person, index.begins_s, index.sure_s, index.likely_s, index.possible_s


def _beside(index: StayIndex, stays: CaseStays, always: bool) -> Totals:
    from fangxian.core.exposure import loops_search

    ends = (stays.place, stays.begins_s, stays.sure_s, stays.likely_s, stays.possible_s)
    rows = np.stack(ends, axis=1).astype(np.int64)
    windows = loops_search.windows(index.begins_of_place, index.longest_at, index.begins_s, rows)
    n_rows = int(np.maximum(windows[:, 1] - windows[:, 0], 0).sum())
    if n_rows > ROWS_OF_A_SWEEP * len(index) and not always:
        return _sweep(index, stays)
    people, sums, complete = loops_search.beside(_rows(index), windows, rows, stays.person, stays.rate)
    return _totals(people.astype(np.int64), sums, np.arange(len(people))) if complete else _sweep(index, stays)


def _sweep(index: StayIndex, stays: CaseStays) -> Totals:
    from fangxian.core.exposure import loops_search, loops_sweep

    line = timeline(stays, len(index.places))
    by_person = stays.pick(np.lexsort((stays.begins_s, stays.place, stays.person)))
    people, first_row = np.unique(by_person.person, return_index=True)
    first = np.full(len(index.people), loops_search.EMPTY, np.int32)
    first[people] = first_row
    own = loops_search.Own(
        first, by_person.person, by_person.place, by_person.begins_s, by_person.sure_s, by_person.likely_s,
        by_person.possible_s, by_person.rate,
    )  # fmt: skip
    sums = loops_sweep.sweep(index.begins_of_place, _rows(index), line, own)
    found = np.flatnonzero(sums.seconds[:, 2] > 0)
    return _totals(found, sums, found)


def _totals(people: Column, sums: object, rows: Column) -> Totals:
    """The sums of some people; `sums` is `loops_search.Sums`."""
    seconds, weight, n_meetings, n_places, _, moments = (part[rows] for part in sums)  # type: ignore[attr-defined]
    met = n_meetings > 0
    found = Totals(
        person=people, sure_s=seconds[:, 0], likely_s=seconds[:, 1], possible_s=seconds[:, 2], weight=weight,
        n_meetings=n_meetings, n_places=n_places, first_s=np.where(met, moments[:, 0], moments[:, 2]),
        last_s=np.where(met, moments[:, 1], moments[:, 3]),
    )  # fmt: skip
    return found.pick(np.argsort(people, kind="stable"))
