"""How many cases were where, moment by moment: what a sweep lays everybody's stays on instead of beside every case."""

from typing import Any, NamedTuple

import numpy as np

from fangxian.core.exposure.case_stays import CaseStays
from fangxian.core.exposure.columns import BEFORE_ALL, EVER, Column


class Timeline(NamedTuple):
    """One row is one moment at one place at which something changes; by place, then moment. Bands: sure, likely,
    possible.

    begins_of_place : (n_places + 1,) int64
    at : (n,) int64
    there : (n, 3) int64, how many cases are there from this moment to the next, by band
    sums : (n, 3) int64, seconds of cases from the first row to this one, by band
    rate, sum_weight : (n,) float64, the rates of the cases that are likely there, and minutes up to here
    turns : (n, 2) int64, likely stays of cases begun, and ended, up to and with this moment
    left : (n, 2) int64, the last moment up to this at which the last case left, likely and possibly
    following : (n + 1, 2) int64, the first moment from this on at which a case is there, likely and possibly
    """

    begins_of_place: Any
    at: Any
    there: Any
    sums: Any
    rate: Any
    sum_weight: Any
    turns: Any
    left: Any
    following: Any


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
    there = np.stack([np.cumsum(_summed(group, step * (band == one), n)) for one in range(3)], axis=1)
    # Rates are added and taken away again; where nobody is left, nothing is left of them either.
    rate = np.cumsum(np.bincount(group, step * (band == 1) * stays.rate[rows], n))
    rate = np.where(there[:, 1] > 0, rate, 0.0)
    lasts = np.zeros(n, np.int64)
    lasts[:-1] = np.where(place[1:] == place[:-1], at[1:] - at[:-1], 0)
    edges = [_left_and_following(there[:, one], at) for one in (1, 2)]
    turns = [np.cumsum(_summed(group, (step == way) & (band == 1), n)) for way in (1, -1)]
    return Timeline(
        begins_of_place=np.searchsorted(place, np.arange(n_places + 1)).astype(np.int64), at=at, there=there,
        sums=_before(there * lasts[:, None]), rate=rate, sum_weight=_before(rate * lasts),
        turns=np.stack(turns, axis=1), left=np.stack([left for left, _ in edges], axis=1),
        following=np.stack([following for _, following in edges], axis=1),
    )  # fmt: skip


def _summed(group: Column, numbers: Column, n: int) -> Column:
    found: Column = np.rint(np.bincount(group, numbers.astype(np.float64), n)).astype(np.int64)
    return found


def _before(numbers: Column) -> Column:
    """The sum of all before each."""
    summed: Column = np.cumsum(numbers, axis=0)
    return summed - numbers


def _left_and_following(n_there: Column, at: Column) -> tuple[Column, Column]:
    there = n_there > 0
    drops = ~there & np.concatenate([[False], there[:-1]])
    row = np.maximum.accumulate(np.where(drops, np.arange(len(at)), -1)) if len(at) else np.zeros(0, np.int64)
    left = np.where(row >= 0, at[row], BEFORE_ALL)
    following = np.full(len(at) + 1, len(at), np.int64)
    following[:-1] = np.where(there, np.arange(len(at)), len(at))
    following = np.minimum.accumulate(following[::-1])[::-1]
    return left, np.concatenate([at, [EVER]])[following]
