"""How many people best share a tube, and what sharing costs those who are positive."""

import numpy as np
import pytest

from fangxian.core.screening.partition import ALLOWED, best_pools
from fangxian.core.screening.pools import PERFECT, Assay, best_size, cost_of_one, positive_part


def test_where_nearly_everybody_is_positive_each_is_tested_alone():
    assert best_size(0.31) == 1
    assert best_size(0.30) == 3


def test_nobody_positive_is_one_tube_for_as_many_as_are_allowed():
    assert best_size(0.0, most=20) == 20


def test_a_pool_that_calls_some_positive_who_are_not_costs_more():
    assert cost_of_one(0.01, 10, Assay(specificity=0.98)) > cost_of_one(0.01, 10, Assay())


def test_a_larger_pool_misses_more_and_one_alone_fewest():
    missed = [Assay().missed(size) for size in (1, 5, 10, 20)]
    assert missed == sorted(missed)
    assert missed[0] < 0.005
    assert 0.02 < missed[2] < 0.03


def test_four_to_a_pool_miss_what_was_measured():
    """Of 3,091 positive specimens 1.42 % lay within the 2.38 cycles by which pools of four were late."""
    assert 1 - Assay().sensitivity(4) == pytest.approx(0.0142, abs=0.003)


def test_of_a_countys_pools_of_ten_so_many_are_positive():
    assert positive_part(0.001, 10) == pytest.approx(1 - 0.999**10)


def test_a_probability_that_is_none_is_refused():
    with pytest.raises(ValueError, match="0 to 1"):
        best_size(1.2)


def test_people_of_equal_risk_are_pooled_as_they_best_are():
    pools = best_pools(np.full(110, 0.01), sizes=range(1, 33))
    assert set(pools.sizes) == {11}
    assert pools.tests == pytest.approx(110 * cost_of_one(0.01, 11, PERFECT))


def test_where_risk_is_unequal_pools_by_risk_cost_a_tenth_less_than_those_of_one_size():
    risks = np.random.default_rng(1).beta(0.5, 40, 20_000)
    of_one_size = min(
        sum(1 + size * (1 - np.prod(1 - risks[i : i + size])) for i in range(0, len(risks), size))
        for size in range(2, 20)
    )  # fmt: skip
    assert best_pools(risks, sizes=range(1, 33)).tests < 0.9 * of_one_size


def test_the_likeliest_are_tested_alone_and_the_least_likely_in_the_largest_pools():
    pools = best_pools(np.concatenate([np.full(100, 0.0005), np.full(5, 0.5)]))
    assert pools.sizes.tolist() == [20] * 5 + [1] * 5
    assert set(pools.order[-5:]) == set(range(100, 105))


def test_all_pools_but_one_have_a_size_that_is_allowed():
    pools = best_pools(np.full(47, 0.001))
    assert sum(pools.sizes) == 47
    assert sum(size not in ALLOWED for size in pools.sizes) <= 1


@pytest.mark.parametrize(("risks", "sizes"), [([0.1, 1.1], (1, 5)), ([0.1], ()), ([0.1], (0, 5)), ([np.nan], (5,))])
def test_a_risk_or_a_size_that_is_none_is_refused(risks, sizes):
    with pytest.raises(ValueError, match=r"risk|holds"):
        best_pools(np.array(risks), sizes=sizes)


def test_nobody_is_no_pool():
    pools = best_pools(np.array([]))
    assert (len(pools.ends), pools.tests) == (0, 0)
