"""Small counts are withheld so that they cannot be reckoned from what is told beside them."""

from itertools import combinations_with_replacement, product

import pytest

from fangxian.ops.situation.small_counts import (
    FEW,
    SMALL_COUNT,
    SOME,
    UNTOLD,
    hide_sum,
    told,
    told_in_known_total,
    told_together,
)

POSSIBLE = {FEW: range(1, SMALL_COUNT), SOME: range(SMALL_COUNT, 41)}


@pytest.mark.parametrize(("n", "said"), [(0, 0), (1, FEW), (4, FEW), (5, 5), (1204, 1204)])
def test_zero_is_told_and_so_is_whatever_is_not_small(n, said):
    assert told(n) == said


def test_counts_none_of_which_is_small_are_told_as_they_are():
    assert told_together([0, 5, 90]) == ([0, 5, 90], 95)


def test_a_single_small_count_takes_the_least_of_the_others_with_it():
    assert told_together([90, 2, 30, 0]) == ([90, FEW, SOME, 0], 122)


def test_where_nothing_else_is_there_to_hide_behind_the_sum_is_withheld():
    assert told_together([0, 3]) == ([0, FEW], FEW)
    assert told_together([4, 4]) == ([FEW, FEW], SOME)


def _could_be(parts, total) -> list[set[int]]:
    """Of each small count what it may have been, for whoever knows the rule, the parts and the sum."""
    hidden = [nth for nth, n in enumerate(parts) if isinstance(n, str)]
    if isinstance(total, str):
        return [set(POSSIBLE[parts[nth]]) for nth in hidden if parts[nth] == FEW]
    rest = total - sum(n for n in parts if isinstance(n, int))
    fitting = [it for it in product(*(POSSIBLE[parts[nth]] for nth in hidden)) if sum(it) == rest]
    return [{it[k] for it in fitting} for k, nth in enumerate(hidden) if parts[nth] == FEW]


@pytest.mark.parametrize("counts", list(combinations_with_replacement((0, 1, 4, 5, 6, 13), 4)))
def test_beside_its_sum_a_small_count_may_still_have_been_anything_small(counts):
    parts, total = told_together(list(counts))
    assert all(n == own for n, own in zip(parts, counts, strict=True) if isinstance(n, int))
    assert all(possible == {1, 2, 3, 4} for possible in _could_be(parts, total))


@pytest.mark.parametrize("counts", list(combinations_with_replacement((0, 1, 2, 4, 5, 6, 13), 3)))
def test_where_everybody_knows_the_sum_no_small_count_can_be_reckoned(counts):
    parts = told_in_known_total(list(counts))
    may_be = {FEW: range(SMALL_COUNT), SOME: range(SMALL_COUNT, 41), UNTOLD: range(41)}
    fitting = [it for it in product(*(may_be.get(part, [part]) for part in parts)) if sum(it) == sum(counts)]
    for nth, n in enumerate(counts):
        assert not 0 < n < SMALL_COUNT or len({it[nth] for it in fitting}) > 1


def test_the_parts_of_a_sum_that_is_withheld_do_not_add_up_to_it():
    assert hide_sum([90, 7, 0]) == [90, SOME, 0]
    assert hide_sum([90, FEW]) == [90, FEW]
    assert hide_sum([0, 0]) == [FEW, FEW]
