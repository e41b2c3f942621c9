"""The counting under `sources`: plain loops over sorted rows, compiled. Nothing here knows what a place is.

Rows are sorted by thing, person, moment, all numbered from 0; windows are `(w, 2)` int64, `[begins, ends)`. `went` is
`(w, people)`: how many things each person attended in each window. `case_window` is `(people,)`: the window of whoever
is a case, −1 for anybody else.
"""

from math import exp, lgamma, log, log10
from typing import Any

import numpy as np
import numpy.typing as npt
from numba import njit

from fangxian.core.exposure.columns import EVER

Ints = npt.NDArray[Any]
Floats = npt.NDArray[np.float64]
LEAST_LOG10 = -300.0  # below this a chance is no number for 64 bits, and nobody minds


@njit(cache=True)
def _run_end(thing: Ints, person: Ints, row: int) -> int:
    end = row + 1
    while end < len(thing) and thing[end] == thing[row] and person[end] == person[row]:
        end += 1
    return end


@njit(cache=True)
def _is_in(at_s: Ints, row: int, end: int, begins_s: int, ends_s: int) -> bool:
    """Whether any moment of a run lies in a window."""
    for nth in range(row, end):
        if begins_s <= at_s[nth] < ends_s or at_s[nth] == EVER:
            return True
        if at_s[nth] >= ends_s and at_s[end - 1] != EVER:
            return False
    return False


@njit(cache=True)
def bin_of(n: int) -> int:
    """0, 1, 2–3, 4–7, …"""
    found = 0
    while n > 0:
        found += 1
        n >>= 1
    return found


@njit(cache=True)
def count_attended(thing: Ints, person: Ints, at_s: Ints, windows: Ints, n_people: int) -> Ints:
    """`went`: how many different things each person attended in each window. O(rows · w)."""
    went = np.zeros((len(windows), n_people), np.int32)
    row = 0
    while row < len(thing):
        end = _run_end(thing, person, row)
        for w in range(len(windows)):
            if _is_in(at_s, row, end, windows[w, 0], windows[w, 1]):
                went[w, person[row]] += 1
        row = end
    return went


@njit(cache=True)
def count_found(
    thing: Ints, person: Ints, at_s: Ints, windows: Ints, case_window: Ints, n_things: int
) -> tuple[Ints, Ints]:
    """Of each thing, how many cases attended it in their own window, and how many people in any case's window."""
    n_found, n_people = np.zeros(n_things, np.int64), np.zeros(n_things, np.int64)
    row = 0
    while row < len(thing):
        end = _run_end(thing, person, row)
        w = case_window[person[row]]
        if w >= 0 and _is_in(at_s, row, end, windows[w, 0], windows[w, 1]):
            n_found[thing[row]] += 1
        for w in range(len(windows)):
            if _is_in(at_s, row, end, windows[w, 0], windows[w, 1]):
                n_people[thing[row]] += 1
                break
        row = end
    return n_found, n_people


@njit(cache=True)
def count_strata(
    thing: Ints,
    person: Ints,
    at_s: Ints,
    windows: Ints,
    case_window: Ints,
    went: Ints,
    n_bins: int,
    n_things: int,
    leaves_out: int,
) -> tuple[Ints, Ints, Ints]:
    """Of each thing, window and stratum: people there; and by how much the stratum's people, and its cases, change.

    A stratum is how many *other* things somebody attended: of those who attended this one, `leaves_out` fewer, so that
    they stand in another stratum than in the count over everybody.
    """
    shape = (n_things, len(windows), n_bins)
    there, shift, case_shift = np.zeros(shape, np.int64), np.zeros(shape, np.int64), np.zeros(shape, np.int64)
    row = 0
    while row < len(thing):
        end = _run_end(thing, person, row)
        it, who = thing[row], person[row]
        for w in range(len(windows)):
            if not _is_in(at_s, row, end, windows[w, 0], windows[w, 1]):
                continue
            whole, others = bin_of(went[w, who]), bin_of(went[w, who] - leaves_out)
            there[it, w, others] += 1
            shift[it, w, others] += 1
            shift[it, w, whole] -= 1
            if case_window[who] == w:
                case_shift[it, w, others] += 1
                case_shift[it, w, whole] -= 1
        row = end
    return there, shift, case_shift


@njit(cache=True)
def count_people(went: Ints, case_window: Ints, n_bins: int) -> tuple[Ints, Ints]:
    """Of each window and stratum: everybody, and the cases of that window."""
    everybody = np.zeros((len(went), n_bins), np.int64)
    cases = np.zeros((len(went), n_bins), np.int64)
    for w in range(len(went)):
        for who in range(went.shape[1]):
            stratum = bin_of(went[w, who])
            everybody[w, stratum] += 1
            if case_window[who] == w:
                cases[w, stratum] += 1
    return everybody, cases


@njit(cache=True)
def _log_choose(n: int, k: int) -> float:
    return lgamma(n + 1.0) - lgamma(k + 1.0) - lgamma(n - k + 1.0)


@njit(cache=True)
def _with_stratum(before: Floats, n_all: int, n_there: int, n_drawn: int) -> Floats:
    """The distribution of a sum, one more hypergeometric number in it."""
    least, most = max(0, n_drawn - (n_all - n_there)), min(n_drawn, n_there)
    after = np.zeros(len(before) + most)
    whole = _log_choose(n_all, n_drawn)
    for k in range(least, most + 1):
        chance = exp(_log_choose(n_there, k) + _log_choose(n_all - n_there, n_drawn - k) - whole)
        for j in range(len(before)):
            after[j + k] += before[j] * chance
    return after


@njit(cache=True)
def log10_chance(n_all: Ints, n_there: Ints, n_drawn: Ints, found: int) -> float:
    """log10 of the chance that, over all strata, so many of those drawn were there, or more; at least −300."""
    sums = np.ones(1)
    for s in range(len(n_all)):
        if n_there[s] > 0 and n_drawn[s] > 0:
            sums = _with_stratum(sums, n_all[s], n_there[s], n_drawn[s])
    tail = 0.0
    for k in range(len(sums) - 1, found - 1, -1):
        tail += sums[k]
    if tail <= 0.0 or log(tail) < LEAST_LOG10 * log(10.0):
        return LEAST_LOG10
    return min(0.0, log10(tail))
