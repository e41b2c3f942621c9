"""Bringing rows of lists together: the quick way is the plain one, and the truth is found."""

from functools import cache

import numpy as np
import pytest

from bench import compared
from fangxian.core.drill.lists.scoring import score
from fangxian.core.matching.blocking import Pairs
from fangxian.core.matching.counts import count
from fangxian.core.matching.levels import contradicts
from fangxian.core.matching.matching import match
from fangxian.core.matching.pairs import weigh_pairs
from fangxian.core.matching.parameters import DOUBTFUL_FROM
from fangxian.core.matching.weighing import weigh

ROLES = ("declared", "grid", "pushed")
LEAST = 0.98
MOST_LEFT_OUT_FRACTION = 0.02


@cache
def written(n: int, seed: int):
    lists = compared.write(ROLES, n=n, scale=0.1, seed=seed)
    texts = [row for it in lists.values() for row in it.rows]
    truth = [one for it in lists.values() for one in it.truth]
    ways, places = compared.once_each(texts, compared.read(texts))
    return ways, places, truth


@cache
def matched(seed: int):
    ways, places, truth = written(2000, seed)
    found = match(ways)
    return found, truth, [int(found.people.person[place]) for place in places]


def every_pair(n: int) -> Pairs:
    one, other = np.triu_indices(n, k=1)
    return Pairs(one.astype(np.int64), other.astype(np.int64))


@pytest.mark.parametrize("seed", [1, 2])
def test_all_pairs_at_once_weigh_as_each_does_by_the_definition(seed):
    rows = written(40, seed)[0]
    counts = count(rows)
    fast = weigh_pairs(rows, every_pair(len(rows)), counts)
    for pair, (one, other) in enumerate(zip(fast.one.tolist(), fast.other.tolist(), strict=True)):
        plain = weigh(rows[one], rows[other], counts)
        assert fast.likelihood[pair] == pytest.approx(plain.likelihood, abs=1e-9)
        assert fast.contradicts[pair] == plain.contradicts == contradicts(fast.levels_of(pair))


def test_two_rows_weigh_the_same_either_way_round():
    rows = written(40, 3)[0]
    counts = count(rows)
    for one, other in zip(rows, reversed(rows), strict=True):
        assert weigh(one, other, counts).likelihood == pytest.approx(weigh(other, one, counts).likelihood)


def test_hardly_a_likely_pair_shares_no_key():
    rows = written(120, 4)[0]
    every = weigh_pairs(rows, every_pair(len(rows)), count(rows))
    likely = every.likelihood >= DOUBTFUL_FROM.value
    among = set(zip(*(part.tolist() for part in (match(rows).pairs.one, match(rows).pairs.other)), strict=True))
    pairs = set(zip(every.one[likely].tolist(), every.other[likely].tolist(), strict=True))
    assert len(pairs - among) <= MOST_LEFT_OUT_FRACTION * len(pairs)


@pytest.mark.parametrize("seed", [5, 6])
def test_of_pairs_made_one_nearly_all_are(seed):
    _, truth, made = matched(seed)
    assert score(truth, made).precision >= LEAST


@pytest.mark.parametrize("seed", [5, 6])
def test_of_pairs_that_are_one_nearly_all_are_made_so(seed):
    _, truth, made = matched(seed)
    assert score(truth, made).recall >= LEAST


def test_nobody_is_one_person_with_somebody_who_has_another_number():
    found, _, _ = matched(5)
    numbers: dict[int, set[str]] = {}
    for way, person in zip(written(2000, 5)[0], found.people.person.tolist(), strict=True):
        if way.is_residents and way.is_sound:
            numbers.setdefault(person, set()).add(way.number)
    assert max(map(len, numbers.values())) == 1


def test_the_order_of_rows_changes_no_pair_that_is_sure():
    ways, _, _ = written(300, 7)
    backwards = match(ways[::-1]).people.person[::-1]
    forwards = match(ways).people.person
    same = score(forwards.tolist(), backwards.tolist())
    assert (same.precision, same.recall) == (1.0, 1.0)
