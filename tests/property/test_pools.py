"""Pools by risk cost as little as the best of all ways to divide so few people that all can be tried."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from fangxian.core.screening.partition import best_pools


def divisions(people):
    """All ways to divide them into pools."""
    if not people:
        yield []
        return
    first, *others = people
    for rest in divisions(others):
        yield [[first], *rest]
        for k in range(len(rest)):
            yield [*rest[:k], [first, *rest[k]], *rest[k + 1 :]]


def cost(pool, risks):
    return 1.0 if len(pool) == 1 else 1 + len(pool) * (1 - np.prod([1 - risks[who] for who in pool]))


@given(st.lists(st.floats(0, 1), min_size=1, max_size=7), st.integers(1, 7))
def test_no_other_division_costs_less(risks, most):
    allowed = [division for division in divisions(range(len(risks))) if max(map(len, division)) <= most]
    least = min(sum(cost(pool, risks) for pool in division) for division in allowed)
    found = best_pools(np.array(risks), sizes=range(1, most + 1))
    assert found.tests == np.float64(least).item() or abs(found.tests - least) < 1e-9
    assert sorted(found.order.tolist()) == list(range(len(risks)))
