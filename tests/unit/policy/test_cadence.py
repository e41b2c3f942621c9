"""N days, M tests: what is due when."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from fangxian.core.policy.cadence import cadence_said, lane_said, standing_under
from fangxian.core.policy.checking import check

TODAY = date(2022, 4, 20)
LONG_AGO = date(2022, 3, 1)


def days_ago(*numbers):
    return [TODAY - timedelta(days=n) for n in numbers]


@pytest.fixture
def twice_a_week(covid):
    return covid.row("N-01")


def standing(rule, sampled, since=LONG_AGO):
    return standing_under(rule, sampled, belongs_since=since, today=TODAY)


def test_two_samples_of_one_day_are_one_test(twice_a_week):
    assert standing(twice_a_week, days_ago(1, 1)).n_done == 1


def test_a_sample_of_the_seventh_day_back_counts_and_one_of_the_eighth_does_not(twice_a_week):
    assert [standing(twice_a_week, days_ago(n)).n_done for n in (6, 7)] == [1, 0]


def test_the_next_test_is_due_when_the_second_last_leaves_the_days_counted(twice_a_week):
    assert standing(twice_a_week, days_ago(1, 4)).due_on == TODAY + timedelta(days=3)


def test_whoever_is_due_today_is_not_late_yet(twice_a_week):
    due = standing(twice_a_week, days_ago(3, 7))
    assert (due.due_on, due.is_overdue) == (TODAY, False)


def test_whoever_was_due_yesterday_is_a_day_late(twice_a_week):
    late = standing(twice_a_week, days_ago(3, 8))
    assert (late.is_overdue, late.n_days_late) == (True, 1)


def test_whoever_begins_today_has_a_day_for_each_test(twice_a_week):
    assert standing(twice_a_week, [], since=TODAY).due_on == TODAY + timedelta(days=1)


def test_whoever_was_never_tested_is_late_since_the_beginning(twice_a_week):
    assert standing(twice_a_week, []).due_on == LONG_AGO + timedelta(days=1)


def test_a_sample_that_is_dated_later_than_today_does_not_count(twice_a_week):
    assert standing(twice_a_week, days_ago(-1, -2)).n_done == 0


def test_a_cadence_is_said_as_people_say_it(covid):
    said = [(cadence_said(row).zh, cadence_said(row).en, lane_said(row).zh) for row in map(covid.row, ("N-01", "N-07"))]
    assert said == [("7天2检", "2 tests every 7 days", "应检尽检"), ("7天1检", "a test every 7 days", "愿检尽检")]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"n_days": 1}, "rulebook.more_tests_than_days"),
        ({"venue_classes": ("courier-depots",)}, "rulebook.test_class_nowhere"),
    ],
)
def test_a_rule_that_asks_for_what_cannot_be_is_found(covid, beside_the_shipped, changes, code):
    changed = replace(
        covid,
        test_classes=tuple(replace(row, **changes) if row.number == "N-01" else row for row in covid.test_classes),
    )
    found = [finding for finding in beside_the_shipped(check(changed)) if finding.number == "N-01"]
    assert [finding.code for finding in found] == [code]
