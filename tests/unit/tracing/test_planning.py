"""Single plans and rosters, as a lead would check them by hand."""

from datetime import UTC, datetime, timedelta

import pytest

from fangxian.ops.tracing.clocks import FULL_REPORT, KEY_CONTACTS, SCENE, investigation_clocks
from fangxian.ops.tracing.planning import Crew, Work, plan_work
from fangxian.ops.tracing.rosters import Duty, double_duties, gaps

NOW = datetime(2022, 4, 19, 20, tzinfo=UTC)
NEAR, FAR = "141027100", "141027206"
POINTS = {NEAR: (0.0, 0.0), FAR: (9.0, 0.0)}


def crew(number, base, load=0, load_max=40, **kwargs):
    return Crew(key=number, number=number, base=base, load=load, load_max=load_max, **kwargs)


def work(key="w", place=NEAR, hours=2, weight=1, **kwargs):
    return Work(key=key, place=place, due_at=NOW + timedelta(hours=hours), weight=weight, **kwargs)


def teams_of(plan):
    return [it.crew.number for it in plan.placed]


def test_a_township_s_own_team_goes_first():
    assert teams_of(plan_work([work(place=FAR)], [crew(1, NEAR), crew(2, FAR)], POINTS, spread=10)) == [2]


def test_a_team_that_is_a_case_behind_is_spared_for_one_from_further_away():
    busy, idle = crew(1, NEAR, load=10), crew(2, FAR)
    assert teams_of(plan_work([work()], [busy, idle], POINTS, spread=10)) == [2]


def test_the_team_that_has_the_case_gets_its_contacts_though_another_is_nearer():
    plan = plan_work([work(prefers=2)], [crew(1, NEAR), crew(2, FAR)], POINTS, spread=10)
    assert teams_of(plan) == [2]


def test_without_anybody_on_duty_all_is_left_over():
    plan = plan_work([work()], [crew(1, NEAR, is_on_duty=False)], POINTS, spread=10)
    assert [it.key for it in plan.left_over] == ["w"]


def test_a_team_that_is_full_is_passed_over():
    full, far = crew(1, NEAR, load=40), crew(2, FAR, load=39)
    assert teams_of(plan_work([work()], [full, far], POINTS, spread=100)) == [2]


def test_what_could_wait_longest_is_left_over():
    plan = plan_work([work("late", hours=9), work("soon", hours=1)], [crew(1, NEAR, load_max=1)], POINTS, spread=1)
    assert [it.key for it in plan.left_over] == ["late"]


def test_a_spread_under_which_nobody_could_be_given_anything_is_a_bug():
    with pytest.raises(ValueError, match="leaves nobody"):
        plan_work([], [], {}, spread=0)


def duty(key, team, begins, n_hours):
    begins_at = NOW + timedelta(hours=begins)
    return Duty(key=key, team=team, begins_at=begins_at, ends_at=begins_at + timedelta(hours=n_hours))


def test_a_shift_over_midnight_leaves_no_gap_at_midnight():
    assert gaps([duty("night", "a", 0, 12)], NOW, NOW + timedelta(hours=12), n_teams_min=1) == []


def test_two_shifts_that_touch_are_no_double_duty():
    assert double_duties([duty(1, "a", 0, 12), duty(2, "a", 12, 12)], {}) == []


def test_a_person_of_two_teams_is_seen_to_be_on_duty_twice():
    found = double_duties([duty(1, "a", 0, 12), duty(2, "b", 6, 12)], {"a": ["wang"], "b": ["wang", "li"]})
    assert [(it.who, it.ends_at - it.begins_at) for it in found] == [("wang", timedelta(hours=6))]


def test_without_a_rulebook_a_case_has_two_four_and_twenty_four_hours():
    found = {it.key: it.within / timedelta(hours=1) for it in investigation_clocks(())}
    assert found == {SCENE: 2, KEY_CONTACTS: 4, FULL_REPORT: 24}
