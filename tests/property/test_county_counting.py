"""Whole shares and draws: exact sums, nearest shares, weights kept."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from fangxian.core.drill.county.counting import draw, scaled, whole_shares
from fangxian.core.drill.county.naming import identity_numbers
from fangxian.core.identity import check_character, check_identity_number

weights = st.lists(st.integers(0, 1000), min_size=1, max_size=12).filter(any)


def by_definition(total: int, parts: list[int]) -> list[int]:
    """Seats given out one by one to whoever has the largest claim left over after the whole ones."""
    whole = sum(parts)
    shares = [total * p // whole for p in parts]
    rests = [total * p % whole for p in parts]
    while sum(shares) < total:
        best = max(range(len(parts)), key=lambda i: (rests[i], -i))
        shares[best], rests[best] = shares[best] + 1, -1
    return shares


@given(st.integers(0, 100_000), weights)
def test_shares_agree_with_the_definition(total, parts):
    assert whole_shares(total, parts).tolist() == by_definition(total, parts)


@given(st.integers(0, 500), weights, st.integers(0, 4))
def test_shares_sum_to_the_total_and_leave_nobody_below_the_least(total, parts, least):
    shares = whole_shares(total, parts, at_least=least)
    assert shares.min() >= least
    assert shares.sum() == max(total, len(parts) * least)


@given(weights, st.integers(0, 2**32))
def test_nothing_of_weight_zero_is_drawn(parts, seed):
    drawn = draw(np.random.default_rng(seed), parts, 50)
    assert all(parts[i] > 0 for i in drawn.tolist())


def test_draws_come_in_proportion_to_weights():
    drawn = draw(np.random.default_rng(1), [1, 0, 3], 40_000)
    assert abs(np.bincount(drawn, minlength=3)[2] / 40_000 - 0.75) < 0.01


@given(st.integers(0, 10**7), st.integers(10_000, 1_000_000))
def test_a_scaled_number_is_the_nearest_and_at_least_one(n, per_million):
    assert abs(scaled(n, per_million) - max(1, n * per_million / 1_000_000)) <= 0.5


@given(
    st.lists(st.tuples(st.integers(690_000, 738_000), st.integers(1, 2)), min_size=1, max_size=60), st.integers(0, 99)
)
def test_numbers_made_in_columns_are_what_the_checker_expects_of_each(people, seed):
    born_on, sex = (np.array(column) for column in zip(*people, strict=True))
    numbers = identity_numbers("999027", born_on, sex, np.random.default_rng(seed))
    assert len(set(numbers)) == len(numbers)
    for number, born, s in zip(numbers, born_on.tolist(), sex.tolist(), strict=True):
        assert check_character(number[:17]) == number[17]
        told = check_identity_number(number, demo=True)
        assert (told.born_on.toordinal(), told.sex) == (born, s)


def test_five_hundred_men_born_on_one_day_all_have_a_number_of_their_own():
    numbers = identity_numbers("999027", np.full(500, 730_000), np.full(500, 1), np.random.default_rng(1))
    assert len(set(numbers)) == 500
