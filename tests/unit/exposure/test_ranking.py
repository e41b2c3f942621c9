"""Sums are ranked by words that say half of it, in two halves, and merged: the rank is that of one sort by all keys."""

import numpy as np
import pytest

from fangxian.core.exposure import look_back, loops_search
from fangxian.core.exposure.sums import Sums, new_sums

N = 5000
ENOUGH_S = 900


def sums_of(weights, possible, seed=3):
    rng = np.random.default_rng(seed)
    sums = new_sums(N)
    sums["weight"], sums["possible_s"] = rng.choice(weights, N), rng.choice(possible, N)
    sums["likely_s"] = rng.choice([0, ENOUGH_S - 1, ENOUGH_S], N)
    return sums


def by_all_keys(sums):
    heavy = np.rint(sums["weight"] * 1e6).astype(np.int64)
    order = np.lexsort((np.arange(N), -sums["possible_s"], -heavy, sums["likely_s"] < ENOUGH_S))
    return order[sums["possible_s"][order] > 0]


@pytest.mark.parametrize(
    ("weights", "possible"),
    [
        ([0.0], [0, 600, 1200]),
        ([0.0], [2**29 - 2, 2**29, 2**33]),
        ([0.5, 12.25], np.arange(300)),
        (1e6 + np.arange(40) / 1e6, [60, 120]),
        (np.arange(20) / 1e7, [60]),
        (np.random.default_rng(1).random(N) * 500, [60, 120]),
    ],
    ids=[
        "no weight", "no weight and seconds of decades", "few weights, many alike", "alike in the first bits",
        "less than a millionth", "all different",
    ],
)  # fmt: skip
@pytest.mark.parametrize("n_threads", [1, 2])
def test_the_rank_is_that_of_one_sort_by_all_keys(weights, possible, n_threads):
    sums = sums_of(weights, possible)
    expected = by_all_keys(sums)
    none = np.zeros(0, np.int32)
    words = [loops_search.ranked(sums, none, *edges, ENOUGH_S) for edges in look_back.halves(N, n_threads)]
    found = look_back.totals(Sums(sums, none, (0, 0)), words, map)
    assert np.array_equal(found.person, expected)


def test_sums_are_zeros_again_when_they_have_been_given():
    sums = sums_of([1.5], [60])
    look_back.in_rank_order(Sums(sums, np.zeros(0, np.int32), (0, 0)), ENOUGH_S)
    assert not sums.view(np.uint8).any()
