"""Priority places: what is due when, against the plain definition, day by day."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fangxian.core.policy.checking import check
from fangxian.core.policy.hygiene import how_often_said, hygiene_standing, strictest

TODAY = date(2022, 4, 20)
LONG_AGO = date(2022, 3, 1)


def days_ago(*numbers):
    return [TODAY - timedelta(days=n) for n in sorted(numbers)]


@pytest.fixture
def weekly(covid):
    return covid.row("H-01")


@pytest.fixture
def twice_a_day(covid):
    return covid.row("H-05")


def standing(rule, done, since=LONG_AGO):
    return hygiene_standing(rule, done, belongs_since=since, today=TODAY)


def test_what_is_done_weekly_is_due_a_week_after_it_was_done(weekly):
    assert standing(weekly, days_ago(3)).due_on == TODAY + timedelta(days=4)


def test_what_is_due_today_is_not_late_yet(weekly):
    assert standing(weekly, days_ago(7)).state == "today"


def test_what_was_due_yesterday_is_a_day_late(weekly):
    late = standing(weekly, days_ago(8))
    assert (late.state, late.n_days_late) == ("late", 1)


def test_a_place_that_comes_to_the_register_today_has_the_first_week(weekly):
    assert standing(weekly, [], since=TODAY).due_on == TODAY + timedelta(days=6)


def test_a_place_at_which_it_was_never_done_is_late_since_the_first_week(weekly):
    never = standing(weekly, [])
    assert (never.last_on, never.due_on) == (None, LONG_AGO + timedelta(days=6))


def test_a_rule_that_turned_stricter_today_asks_today_and_is_not_late_yet(weekly):
    assert standing(replace(weekly, n_days=1), days_ago(5), since=TODAY).state == "today"


def test_twice_on_one_day_counts_twice(twice_a_day):
    assert standing(twice_a_day, days_ago(0, 0)).due_on == TODAY + timedelta(days=1)


def test_once_today_is_not_enough_where_it_is_twice_a_day(twice_a_day):
    assert standing(twice_a_day, days_ago(0, 1, 1)).due_on == TODAY


def test_what_is_dated_later_than_today_does_not_count(weekly):
    assert standing(weekly, [TODAY + timedelta(days=2), *days_ago(8)]).state == "late"


def test_while_the_county_has_a_risk_area_the_stricter_rule_holds(covid):
    asked = [strictest(covid.hygiene, of_class="market", kind="disinfection", at_risk=it).number for it in (0, 1)]
    assert asked == ["H-07", "H-08"]


def test_a_rulebook_that_says_nothing_asks_nothing(covid):
    without = replace(covid, hygiene=())
    assert strictest(without.hygiene, of_class="market", kind="disinfection", at_risk=True) is None


def test_how_often_is_said_as_people_say_it(weekly, twice_a_day):
    assert [how_often_said(it).en for it in (weekly, twice_a_day)] == ["once every 7 days", "twice a day"]


def test_two_rows_that_ask_one_thing_of_one_class_differently_block(covid, beside_the_shipped):
    other = replace(covid.row("H-01"), number="H-91", n_days=3, line=9000)
    found = beside_the_shipped(check(replace(covid, hygiene=(*covid.hygiene, other))))
    assert [(it.code, it.blocks) for it in found] == [("rulebook.contradiction", True)]


class Rule:
    def __init__(self, n_days, n_times):
        self.n_days, self.n_times = n_days, n_times


def is_in_order(rule, done, on):
    """The definition: of the last N days, this one the last, it was done M times."""
    return sum(on - timedelta(days=rule.n_days) < day <= on for day in done) >= rule.n_times


def plainly_due_on(rule, done, since):
    """Looked for day by day: the first day of the last stretch of those on which it is asked, that is not in order at
    its end if nothing more is done. Where it was not done often enough yet, the first N days are given."""
    first = since if len(done) >= rule.n_times else since + timedelta(days=rule.n_days - 1)
    day = TODAY + timedelta(days=200)
    while day > first and not is_in_order(rule, done, day - timedelta(days=1)):
        day -= timedelta(days=1)
    return day


DONE = st.lists(st.integers(0, 60), max_size=12)
SINCE = st.integers(0, 60)


@given(st.builds(Rule, st.integers(1, 30), st.just(1)), DONE, SINCE)
def test_the_day_it_is_due_is_the_one_found_day_by_day(rule, ago, since_ago):
    since, done = TODAY - timedelta(days=since_ago), days_ago(*ago)
    assert standing(rule, done, since=since).due_on == plainly_due_on(rule, done, since)


@given(st.builds(Rule, st.integers(1, 30), st.integers(1, 6)), DONE, SINCE)
def test_what_is_to_be_done_several_times_is_in_time_just_while_the_last_days_hold_it(rule, ago, since_ago):
    """And while it is in time, it is due on the first day that would not be. What is late is late since the time that
    is missing, so that a day of two times can be made good on that day only."""
    since, done = TODAY - timedelta(days=since_ago), days_ago(*ago)
    found = standing(rule, done, since=since)
    is_given_time = len(done) < rule.n_times and since + timedelta(days=rule.n_days - 1) > TODAY
    assert (found.due_on > TODAY) == (is_in_order(rule, done, TODAY) or is_given_time)
    if found.due_on > TODAY:
        assert found.due_on == plainly_due_on(rule, done, since)
