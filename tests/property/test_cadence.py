"""N days, M tests against the definition: a day is fine when the last N days hold M samples."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from fangxian.core.policy.cadence import standing_under

TODAY = date(2022, 4, 20)
DAYS_AGO = st.integers(0, 40)


class Rule:
    def __init__(self, n_days, n_test_days):
        self.n_days, self.n_test_days = n_days, n_test_days


RULES = st.tuples(st.integers(1, 14), st.integers(1, 14)).map(sorted).map(lambda it: Rule(it[1], it[0]))


def is_fine(rule, sampled, on):
    """The definition."""
    return len({day for day in sampled if on - timedelta(days=rule.n_days) < day <= on}) >= rule.n_test_days


@given(RULES, st.sets(DAYS_AGO))
def test_with_no_further_sample_each_day_before_the_due_one_is_fine_and_it_is_not(rule, days_ago):
    sampled = [TODAY - timedelta(days=n) for n in days_ago]
    if len(sampled) < rule.n_test_days:
        return
    found = standing_under(rule, sampled, belongs_since=date(2021, 1, 1), today=TODAY)
    assert not is_fine(rule, sampled, found.due_on)
    if is_fine(rule, sampled, TODAY):
        assert found.due_on > TODAY
        assert is_fine(rule, sampled, found.due_on - timedelta(days=1))


@given(RULES, st.sets(DAYS_AGO))
def test_a_sample_on_the_due_day_is_in_time(rule, days_ago):
    sampled = [TODAY - timedelta(days=n) for n in days_ago]
    found = standing_under(rule, sampled, belongs_since=TODAY - timedelta(days=60), today=TODAY)
    if is_fine(rule, sampled, TODAY):
        assert is_fine(rule, [*sampled, found.due_on], found.due_on)


@given(RULES, st.lists(DAYS_AGO))
def test_what_is_done_is_counted_by_days(rule, days_ago):
    sampled = [TODAY - timedelta(days=n) for n in days_ago]
    found = standing_under(rule, sampled, belongs_since=TODAY, today=TODAY)
    assert found.n_done == len({day for day in sampled if TODAY - timedelta(days=rule.n_days) < day <= TODAY})
