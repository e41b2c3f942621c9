"""Where a risk state holds: at the place, in its county, in the other counties, outside the province, or as named."""

from datetime import date, timedelta

import pytest

from fangxian.core.policy.arrivals import Stay, decide_arrival, possible_arrival
from fangxian.core.policy.checking_risk import find_in_risk_states, find_narrowed
from fangxian.core.policy.risk_on import ListedDays, NamedDays, find_risk_on

FUSHAN, YAODU, QINGXU, XIAODIAN, PUDONG = "141027", "141002", "140121", "140105", "310115"
FROM, UNTIL = date(2022, 4, 10), date(2022, 4, 20)
DAY = timedelta(days=1)
AREA = "11111111-1111-1111-1111-111111111111"


@pytest.fixture
def risk_on(covid):
    def risk_on(*listed, named=()):
        return find_risk_on(covid.risk_states, listed, named, home=FUSHAN)

    return risk_on


def listed(division=QINGXU, level="high", begins_on=FROM, ends_on=UNTIL, area=AREA):
    return ListedDays(area, division, level, begins_on, ends_on)


def test_whoever_was_in_the_listed_place_was_in_a_risk_area(risk_on):
    assert "risk-area" in risk_on(listed())(QINGXU, FROM, frozenset([AREA]))


def test_whoever_was_elsewhere_in_its_county_was_in_a_county_with_one(risk_on):
    assert risk_on(listed())(QINGXU, FROM) == {"county-with-risk-area"}


def test_whoever_was_not_asked_may_have_been_in_it(risk_on):
    assert risk_on(listed())(QINGXU, FROM, None) == {"county-with-risk-area", "risk-area"}


def test_the_other_counties_of_its_prefecture_are_affected_and_it_itself_is_not_one_of_them(risk_on):
    on = risk_on(listed())
    assert (on(XIAODIAN, FROM), "affected-prefecture" in on(QINGXU, FROM)) == ({"affected-prefecture"}, False)


def test_another_prefecture_is_not_affected(risk_on):
    assert risk_on(listed())(YAODU, FROM) == frozenset()


def test_outside_the_province_holds_whatever_is_listed(risk_on):
    assert risk_on()(PUDONG, FROM) == {"out-of-province"}


@pytest.mark.parametrize(("day", "holds"), [(FROM - DAY, False), (FROM, True), (UNTIL - DAY, True), (UNTIL, False)])
def test_it_holds_from_the_first_day_and_not_on_the_last(risk_on, day, holds):
    assert bool(risk_on(listed())(QINGXU, day)) == holds


def test_a_level_that_no_state_names_means_nothing(risk_on):
    assert risk_on(listed(level="low"))(QINGXU, FROM, None) == frozenset()


def test_a_prefecture_named_by_hand_holds_in_all_its_counties(risk_on):
    on = risk_on(named=[NamedDays("affected-prefecture", "1401", FROM, UNTIL)])
    assert (on(QINGXU, FROM), on(QINGXU, UNTIL)) == ({"affected-prefecture"}, frozenset())


def test_a_state_that_may_not_be_named_by_hand_does_not_hold_where_it_is(risk_on):
    assert risk_on(named=[NamedDays("risk-area", QINGXU, FROM, UNTIL)])(QINGXU, FROM) == frozenset()


def test_counties_that_the_province_governs_itself_are_no_prefecture(risk_on):
    assert "affected-prefecture" not in risk_on(listed("429004"))("429005", FROM)


def test_a_place_listed_again_the_day_it_ended_is_at_risk_without_a_break(risk_on):
    on = risk_on(listed(ends_on=UNTIL), listed(begins_on=UNTIL, ends_on=UNTIL + DAY))
    assert on(QINGXU, UNTIL) == {"county-with-risk-area"}


def arrived(covid, decide, risk_on, *stays):
    from datetime import datetime

    return decide(covid, stays, risk_on, arrived_at=datetime(2022, 4, 15, 16, tzinfo=covid.utc_offset))


def test_what_is_not_known_is_not_held_against_anybody_and_is_said_to_be_possible(covid, risk_on):
    stay, on = Stay(QINGXU, FROM, FROM + DAY), risk_on(listed())
    rules = [
        [it.rule for it in arrived(covid, decide, on, stay).matches] for decide in (decide_arrival, possible_arrival)
    ]
    assert rules == [["A-02"], ["A-01", "A-02"]]


def test_whoever_was_in_none_of_the_places_cannot_have_been(covid, risk_on):
    stay = Stay(QINGXU, FROM, FROM + DAY, areas_known=True)
    assert [it.rule for it in arrived(covid, possible_arrival, risk_on(listed()), stay).matches] == ["A-02"]


def test_the_shipped_rulebook_says_where_each_of_its_states_holds(covid):
    assert list(find_in_risk_states(covid)) == []


def rewritten(covid_text, was, now):
    from fangxian.core.policy.reading import read_rulebook

    assert was in covid_text
    return read_rulebook(covid_text.replace(was, now))


@pytest.mark.parametrize(
    ("was", "now", "found"),
    [
        ('reach = "county"\nlevels = ["high", "medium"]\n', "", "rulebook.reach_missing"),
        ('reach = "county"\nlevels = ["high", "medium"]\n', 'reach = "county"\n', "rulebook.reach_without_levels"),
        (
            'reach = "other-province"\n',
            'reach = "other-province"\nlevels = ["high"]\n',
            "rulebook.levels_without_reach",
        ),
    ],
)
def test_a_state_that_would_hold_nowhere_may_not_be_published(covid_text, was, now, found):
    findings = list(find_in_risk_states(rewritten(covid_text, was, now)))
    assert [(it.code, it.blocks) for it in findings] == [(found, True)]


def test_of_an_older_rulebook_it_is_said_what_to_add(covid_text):
    was = 'reach = "county"\nlevels = ["high", "medium"]\n'
    (finding,) = find_in_risk_states(rewritten(covid_text, was, ""))
    assert all('reach = "county"; levels = ["high", "medium"]' in it for it in (finding.said.zh, finding.said.en))


def test_those_who_publish_are_told_of_a_state_that_holds_in_fewer_places(covid, covid_text):
    now = rewritten(covid_text, 'reach = "place"\nlevels = ["high", "medium"]', 'reach = "place"\nlevels = ["high"]')
    assert [(it.code, it.blocks) for it in find_narrowed(now, covid)] == [("rulebook.risk_state_narrowed", False)]
