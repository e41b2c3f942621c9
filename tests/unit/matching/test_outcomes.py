"""What comes of a person whom several sources have."""

from datetime import date

import pytest

from fangxian.core.matching.outcomes import Outcome, Role, conflicts_of, outcome_of

D, G, P, R = Role.DECLARED, Role.GRID, Role.PUSHED, Role.REGISTER
ALL = {D, G, P, R}


@pytest.mark.parametrize(
    ("has", "conflicts", "outcome"),
    [
        ({D, G, P}, False, Outcome.AGREE),
        ({D, G}, False, Outcome.AGREE),
        ({D, G, P}, True, Outcome.CONFLICTING),
        ({G, P}, False, Outcome.NOT_DECLARED),
        ({G}, True, Outcome.NOT_DECLARED),
        ({D, P}, False, Outcome.MISSED_BY_GRID),
        ({D}, False, Outcome.MISSED_BY_GRID),
        ({P}, False, Outcome.NOT_FOUND),
        ({P, R}, False, Outcome.NOT_FOUND),
        ({R}, False, None),
    ],
)
def test_each_combination_of_sources_has_one_outcome(has, conflicts, outcome):
    assert outcome_of(has, ALL, conflicts=conflicts) == outcome


def test_where_the_grid_was_not_compared_it_missed_nobody():
    assert outcome_of({D}, {D, P}, conflicts=False) is Outcome.AGREE


def test_of_two_sources_alone_pushed_is_not_declared():
    assert outcome_of({P}, {D, P}, conflicts=False) is Outcome.NOT_DECLARED


def test_a_day_between_arrivals_is_no_conflict_and_two_are():
    days = [date(2022, 4, 6), date(2022, 4, 7), date(2022, 4, 8)]
    assert (conflicts_of({"arrived_on": days[:2]}), conflicts_of({"arrived_on": days})) == ((), ("arrived_on",))


def test_a_county_and_its_township_are_one_place_and_two_townships_are_not():
    assert conflicts_of({"area_path": ["141027", "141027103"]}) == ()
    assert conflicts_of({"area_path": ["141027103", "141027202"]}) == ("area_path",)
