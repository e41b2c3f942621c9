"""How many cases were where, moment by moment: what a sweep lays everybody's stays on instead of beside every case."""

from typing import Any, NamedTuple

import numpy as np

from fangxian.core.exposure.case_stays import CaseStays
from fangxian.core.exposure.columns import BEFORE_ALL, EVER, Column


class Timeline(NamedTuple):
    """One row is one moment at one place at which something changes; by place, then moment.

    begins_of_place : (n_places + 1,) int64
    at : (n,) int64
    sure, likely, possible, rate : (n,) how many cases are there from this moment to the next, and their rates
    sum_sure, sum_likely, sum_possible, sum_weight : (n,) case-seconds and minutes from the first row to this one
    n_begun, n_ended : (n,) int64, likely stays of cases begun and ended up to and with this moment, since the first row
    left_likely, left_possible : (n,) int64, the last moment up to this at which the last case left
    next_likely, next_possible : (n + 1,) int64, the first moment from this on at which a case is there
    """

    begins_of_place: Any
    at: Any
    sure: Any
    likely: Any
    possible: Any
    rate: Any
    sum_sure: Any
    sum_likely: Any
    sum_possible: Any
    sum_weight: Any
    n_begun: Any
    n_ended: Any
    left_likely: Any
    left_possible: Any
    next_likely: Any
    next_possible: Any


def timeline(stays: CaseStays, n_places: int) -> Timeline:
    """The timeline of some cases' stays."""
    ends = (stays.sure_s, stays.likely_s, stays.possible_s)
    real = [np.flatnonzero(end > stays.begins_s) for end in ends]
    rows = np.concatenate([*real, *real])
    at = np.concatenate([stays.begins_s[some] for some in real] + [e[r] for e, r in zip(ends, real, strict=True)])
    band = np.repeat([0, 1, 2, 0, 1, 2], [len(some) for some in (*real, *real)])
    step = np.repeat([1, -1], len(rows) // 2)
    order = np.lexsort((at, stays.place[rows]))
    rows, at, band, step, place = rows[order], at[order], band[order], step[order], stays.place[rows][order]
    new = np.ones(len(at), bool)
    new[1:] = (at[1:] != at[:-1]) | (place[1:] != place[:-1])
    group, n = np.cumsum(new) - 1, int(new.sum())
    at, place = at[new], place[new]
    sure, likely, possible = (np.cumsum(_summed(group, step * (band == one), n)) for one in range(3))
    # Rates are added and taken away again; where nobody is left, nothing is left of them either.
    rate = np.where(likely > 0, np.cumsum(np.bincount(group, step * (band == 1) * stays.rate[rows], n)), 0.0)
    lasts = np.zeros(n, np.int64)
    lasts[:-1] = np.where(place[1:] == place[:-1], at[1:] - at[:-1], 0)
    left_likely, next_likely = _left_and_next(likely, at)
    left_possible, next_possible = _left_and_next(possible, at)
    return Timeline(
        begins_of_place=np.searchsorted(place, np.arange(n_places + 1)).astype(np.int64), at=at,
        sure=sure, likely=likely, possible=possible, rate=rate, sum_sure=_before(sure * lasts),
        sum_likely=_before(likely * lasts), sum_possible=_before(possible * lasts), sum_weight=_before(rate * lasts),
        n_begun=np.cumsum(_summed(group, (step == 1) & (band == 1), n)),
        n_ended=np.cumsum(_summed(group, (step == -1) & (band == 1), n)), left_likely=left_likely,
        left_possible=left_possible, next_likely=next_likely, next_possible=next_possible,
    )  # fmt: skip


def _summed(group: Column, numbers: Column, n: int) -> Column:
    found: Column = np.rint(np.bincount(group, numbers.astype(np.float64), n)).astype(np.int64)
    return found


def _before(numbers: Column) -> Column:
    """The sum of all before each."""
    summed: Column = np.cumsum(numbers)
    return summed - numbers


def _left_and_next(n_there: Column, at: Column) -> tuple[Column, Column]:
    there = n_there > 0
    drops = ~there & np.concatenate([[False], there[:-1]])
    row = np.maximum.accumulate(np.where(drops, np.arange(len(at)), -1)) if len(at) else np.zeros(0, np.int64)
    left = np.where(row >= 0, at[row], BEFORE_ALL)
    following = np.full(len(at) + 1, len(at), np.int64)
    following[:-1] = np.where(there, np.arange(len(at)), len(at))
    following = np.minimum.accumulate(following[::-1])[::-1]
    return left, np.concatenate([at, [EVER]])[following]
