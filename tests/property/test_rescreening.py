"""Everybody judged at once: the same as one by one; a round visits each place once."""

from datetime import date, datetime, time, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fangxian.core.policy.arrivals import Stay, decide_arrival, possible_arrival
from fangxian.core.policy.reading import read_rulebook
from fangxian.core.policy.risk_on import ListedDays, NamedDays, find_risk_on
from fangxian.core.rescreening.asking import order_on_foot
from fangxian.core.rescreening.journeys import Journey, decide_journeys, journeys_in_columns

RULES = Path(__file__).resolve().parents[2] / "counties" / "fushan" / "rulebooks" / "covid19-2022-04.toml"
TEXT = RULES.read_text("utf-8")
COVID = read_rulebook(TEXT)
FROM_LAST_STAY = read_rulebook(TEXT.replace('day_zero = "arrival"', 'day_zero = "last_stay"'))
FIRST = date(2022, 3, 25)
DIVISIONS = ("140121", "140105", "141002", "310115", "429004", "4419")
AREAS = ("a", "b", "c")

days = st.integers(0, 24).map(lambda n: FIRST + timedelta(days=n))
spans = st.tuples(days, st.integers(1, 9)).map(lambda it: (it[0], it[0] + timedelta(days=it[1])))
listed = st.builds(
    lambda area, division, level, span: ListedDays(area, division, level, *span),
    st.sampled_from(AREAS), st.sampled_from(DIVISIONS), st.sampled_from(("high", "medium", "low")), spans,
)  # fmt: skip
named = st.builds(
    lambda state, division, span: NamedDays(state, division, *span),
    st.sampled_from(("county-with-cases", "affected-prefecture", "risk-area")), st.sampled_from((*DIVISIONS, "31")),
    spans,
)  # fmt: skip
stays = st.builds(
    lambda division, span, areas, known: Stay(division, *span, areas, known),
    st.sampled_from(DIVISIONS), spans, st.frozensets(st.sampled_from(AREAS), max_size=2), st.booleans(),
)  # fmt: skip
journeys = st.lists(st.tuples(days, st.lists(stays, max_size=3)).map(lambda it: Journey(*it)), max_size=6)


@settings(max_examples=120, deadline=None)
@given(journeys, st.lists(listed, max_size=6), st.lists(named, max_size=3), st.booleans(), st.booleans())
def test_everybody_at_once_is_judged_as_each_alone(people, places, by_hand, is_possible, is_from_last_stay):
    rulebook = FROM_LAST_STAY if is_from_last_stay else COVID
    risk_on = find_risk_on(rulebook.risk_states, places, by_hand, home="141027")
    at = rulebook.begins_at + timedelta(days=1)
    found = decide_journeys(rulebook, journeys_in_columns(people), risk_on, at=at)[is_possible]
    decide = possible_arrival if is_possible else decide_arrival
    for n, one in enumerate(people):
        arrived_at = datetime.combine(one.arrived_on, time(12), rulebook.utc_offset)
        alone = decide(rulebook, one.stays, risk_on, arrived_at=arrived_at, at=at)
        assert found.rules_of(int(found.which[n])) == tuple(match.rule for match in alone.matches)
        assert found.measure_of(int(found.which[n])) == alone.measure
        assert found.plan_of(n) == alone.plan


@given(st.lists(st.tuples(st.integers(0, 99), st.integers(0, 99)), max_size=20))
def test_a_round_visits_each_place_once(points):
    assert sorted(order_on_foot(points)) == list(range(len(points)))


def test_a_round_goes_to_the_nearest_that_is_left():
    assert order_on_foot([(0, 0), (9, 0), (1, 0), (5, 0)]) == [0, 2, 3, 1]


@pytest.mark.parametrize("n", [0, 1])
def test_a_round_of_none_or_one_is_none_or_that_one(n):
    assert order_on_foot([(3, 4)] * n) == list(range(n))
