"""The county's twenty teams of five stand where its file says, and somebody is on duty at any hour."""

from collections import Counter
from datetime import timedelta

import pytest

from fangxian.core.refusal import Refusal
from fangxian.ops.accounts.queries import may
from fangxian.ops.procedures.staff_tracing import seats_of
from fangxian.ops.realm.current import county_now
from fangxian.ops.tracing.queries import shifts_between, teams_on_duty, teams_standing
from fangxian.ops.tracing.rosters import Duty, gaps

pytestmark = pytest.mark.django_db
BASES = [{"township": "141027100", "n_teams": 2}]
LEAD = {"kind": "cdc", "unit": "cdc", "role": "investigator", "title": "x", "is_lead": True}


def test_the_demo_has_twenty_teams_of_five(small_county):
    assert [team.members.count() for team in teams_standing()] == [5] * 20


def test_each_team_has_the_four_kinds_of_member(small_county):
    kinds = [Counter(member.kind for member in team.members.all()) for team in teams_standing()]
    assert kinds == [Counter(cdc=1, police=1, telecom=1, township=2)] * 20


def test_each_team_is_led_by_somebody_who_may_investigate(small_county):
    leads = [next(it for it in team.members.all() if it.is_lead) for team in teams_standing()]
    assert all(may(lead.account, "cases.investigate") for lead in leads)


def test_whoever_is_lent_by_others_turns_no_code(small_county):
    lent = [it for team in teams_standing() for it in team.members.all() if it.kind != "cdc"]
    assert not any(may(it.account, "evidence.record") for it in lent)


def test_every_township_has_a_team_of_its_own(small_county):
    assert len({team.area_path for team in teams_standing()}) == 7


def test_half_of_the_teams_are_on_duty_now(small_county):
    assert len(teams_on_duty(county_now())) == 10


def test_no_hour_of_the_first_weeks_is_without_a_team(small_county):
    begins, ends = county_now(), county_now() + timedelta(days=21)
    duties = [
        Duty(key=it.pk, team=it.team_id, begins_at=it.begins_at, ends_at=it.ends_at)
        for it in shifts_between(begins, ends)
    ]
    assert gaps(duties, begins, ends, n_teams_min=1) == []


def test_a_file_whose_teams_are_not_as_many_as_published_is_refused():
    told = {"figures": {"n_tracing_teams": {"value": 20}}, "tracing": {"bases": BASES, "members": [LEAD]}}
    with pytest.raises(Refusal) as refused:
        seats_of(told)
    assert (refused.value.code, refused.value.facts["name"]) == ("county.tracing_wrong", "n_tracing_teams")


def test_a_county_without_teams_in_its_file_has_none():
    assert seats_of({"figures": {}}) == []
