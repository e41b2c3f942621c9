"""Asking to leave the county: level by level, never one's own, refusal with a reason, appeal."""

from datetime import timedelta
from uuid import uuid4

import pytest

from fangxian.core.policy.words import LastResult
from fangxian.core.refusal import Refusal
from fangxian.ops.accounts.models import Account
from fangxian.ops.departures.actions import keep_draft
from fangxian.ops.departures.models import Application
from fangxian.ops.departures.queries import application_with, draft_of, step_with
from fangxian.ops.documents.queries import Outcome, verify
from fangxian.ops.movement.queries import sampling_days
from fangxian.ops.people.models import Person
from fangxian.ops.procedures.apply_to_leave import (
    appeal_departure,
    apply_to_leave,
    cancel_departure,
    decide_departures,
)
from fangxian.ops.procedures.do_tasks import finish_task
from fangxian.ops.realm.current import county_now
from fangxian.ops.risk_areas.models import ListedAs, RiskArea, RiskSpan
from fangxian.ops.tasks.models import Task

from .departure_hand import (
    AT_RISK,
    BY,
    CITY,
    a_county,
    applied,
    decided,
    issued,
    permit_text,
    sampled,
    wanted,
)
from .people_with_codes import know

pytestmark = pytest.mark.django_db
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture(scope="module")
def people(rows_of_this_file):
    return a_county()


@pytest.fixture
def county(people, db):
    """The county once for all of this file; what a test changes in it is gone with the test."""
    return people


@pytest.fixture
def risk_in_changchun():
    names = ListedAs.objects.create(province="吉林省", city="长春市", county="朝阳区", division_code=AT_RISK)
    area = RiskArea.objects.create(listed_as=names, place="某小区")
    return RiskSpan.objects.create(area=area, level="high", begins_at=county_now() - DAY)


def refused(code, call, *args, **told):
    with pytest.raises(Refusal) as caught:
        call(*args, **told)
    assert caught.value.code == code
    return caught.value.said


def open_tasks(row):
    return list(Task.objects.filter(about=f"departure:{row.pk}", state__in=("open", "taken")))


# Level by level


def test_an_application_goes_to_the_village_then_the_township_and_has_its_permit(county):
    row = applied(county)
    assert row.state == "village"
    row = decided(county, row, "village")
    assert row.state == "township"
    row = decided(county, row, "township")
    assert (row.state, verify(permit_text(row)).outcome) == ("issued", Outcome.GENUINE)


def test_whoever_has_it_now_has_a_task_with_a_clock_and_only_they(county):
    row = applied(county)
    (task,) = open_tasks(row)
    assert (task.role, task.due_at) == ("village_approver", step_with(row.pk).due_at)
    decided(county, row, "village")
    (task,) = open_tasks(row)
    assert task.role == "township_approver"
    decided(county, row, "township")
    assert open_tasks(row) == []


def test_a_destination_with_a_risk_area_goes_to_the_county_too(county, risk_in_changchun):
    sampled(county.head, 1, 2, 3)
    row = applied(county, destination=AT_RISK)
    assert row.levels == ["village", "township", "county"]
    row = decided(county, decided(county, row, "village"), "township")
    assert row.state == "county"
    assert decided(county, row, "county").state == "issued"


def test_a_task_to_decide_is_not_closed_without_deciding(county):
    row = applied(county)
    (task,) = open_tasks(row)
    refused("tasks.decide_first", finish_task, task=task.pk, by=county.village)


def test_the_same_application_three_times_from_a_bad_network_is_one(county):
    rows = [apply_to_leave(wants=wanted(county), by=BY) for _ in range(3)]
    assert [is_new for _, is_new in rows] == [True, False, False]
    assert Application.objects.count() == len(open_tasks(rows[0][0])) == 1


def test_two_applications_of_one_day_are_refused(county):
    applied(county)
    refused("departures.two_of_one_day", applied, county, destination=CITY)


def test_a_draft_is_kept_replaced_and_becomes_the_application(county):
    keep_draft(wants=wanted(county, destination="", leaves_on=None, returns_on=None), by=BY)
    keep_draft(wants=wanted(county, why="再写一遍"), by=BY)
    assert draft_of(county.head.pk).why == "再写一遍"
    applied(county)
    assert (draft_of(county.head.pk), Application.objects.count()) == (None, 1)


def test_a_county_by_the_code_it_had_before_is_the_one_of_today(county):
    row = applied(county, destination="140202")
    assert row.destination == "140213"


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("departures.no_destination", {"destination": "999999"}),
        ("departures.not_away", {"destination": "141027"}),
        ("departures.no_purpose", {"why": " "}),
        ("departures.no_purpose", {"purpose": ""}),
        ("departures.leaves_when", {"leaves_on": None}),
        ("departures.companion.not_yours", {"companions": [uuid4()]}),
        ("departures.too_long", {"why": "长" * 301}),
    ],
)
def test_what_cannot_be_meant_is_refused_by_name(county, code, told):
    refused(code, applied, county, **told)


def test_days_that_are_past_or_the_wrong_way_round_are_refused(county):
    today = county_now().date()
    refused("departures.leaves_when", applied, county, leaves_on=today - DAY)
    refused("departures.leaves_when", applied, county, leaves_on=today + 15 * DAY, returns_on=None)
    refused("departures.returns_when", applied, county, returns_on=today - DAY)


def test_whoever_passes_through_need_not_apply(county):
    Person.objects.filter(pk=county.head.pk).update(standing="declared")
    refused("departures.not_resident", applied, county)


def test_children_go_along_on_one_application_and_grown_up_people_with_a_phone_apply_themselves(county):
    spouse, child = county.persons[1], county.persons[2]
    row = applied(county, companions=[child.pk])
    assert {it.person_id for it in row.people} == {county.head.pk, child.pk}
    cancel_departure(application=row.pk, why="—", by=BY)
    refused("departures.companion.not_yours", applied, county, companions=[spouse.pk])


# What the rulebook asks


def test_a_code_that_is_not_green_does_not_apply_for_today_and_may_for_a_later_day(county):
    know(county.head)
    said = refused("departures.requirement_unmet", applied, county)
    assert "L-01" in said.zh
    assert applied(county, leaves_on=county_now().date() + 9 * DAY, returns_on=None).state == "village"


def test_days_of_tests_that_are_missing_are_named_with_the_first_day_one_could_leave(county, risk_in_changchun):
    sampled(county.head, 1, 3)
    said = refused("departures.requirement_unmet", applied, county, destination=AT_RISK)
    assert f"{county_now().date() + DAY}" in said.en


def test_a_day_with_a_positive_sample_is_no_day_of_a_negative_one(county):
    sampled(county.head, 1, 2)
    sampled(county.head, 2, result=LastResult.POSITIVE)
    since, head = county_now().date() - 9 * DAY, county.head.pk
    assert len(sampling_days([head], since)[head]) == 2
    assert len(sampling_days([head], since, only_negative=True)[head]) == 1


def test_samples_before_a_day_do_not_count_since_it(county):
    sampled(county.head, 1, 5)
    assert len(sampling_days([county.head.pk], county_now().date() - 3 * DAY)[county.head.pk]) == 1


# Who decides


def test_nobody_decides_on_their_own_application(county):
    Person.objects.filter(pk=county.head.pk).update(account=county.village)
    refused("approvals.own_matter", decided, county, applied(county), "village")


def test_where_a_village_has_nobody_else_to_decide_on_its_approver_the_level_above_does(county):
    Person.objects.filter(pk=county.head.pk).update(account=county.village)
    row = applied(county)
    assert [it.role for it in open_tasks(row)] == ["township_approver"]
    row = decided(county, row, "village", by=county.township)
    assert (row.state, [it.role for it in open_tasks(row)]) == ("township", ["commander"])
    refused("departures.decided_before", decided, county, row, "township")
    assert decided(county, row, "township", by=county.commander).state == "issued"


def test_nobody_decides_on_whom_they_live_with(county):
    Person.objects.filter(pk=county.persons[1].pk).update(account=county.village)
    refused("approvals.own_matter", decided, county, applied(county), "village")


def test_another_account_of_the_applicant_does_not_decide_either(county):
    index = Person.objects.values_list("document_index", flat=True).get(pk=county.head.pk)
    Account.objects.filter(pk=county.village.pk).update(identity_index=index)
    refused("approvals.own_matter", decided, county, applied(county), "village")


def test_whoever_entered_it_does_not_decide(county):
    row = applied(county, by=f"account:{county.village.pk}")
    refused("departures.entered_by_you", decided, county, row, "village")


def test_an_approver_of_another_village_or_township_does_not_decide(county):
    row = applied(county)
    refused("departures.level.not_yours", decided, county, row, "village", by=county.elsewhere.village)
    decided(county, row, "village")
    refused("departures.level.not_yours", decided, county, row, "township", by=county.elsewhere.township)


def test_the_township_does_not_decide_for_the_village(county):
    refused("departures.level.not_yours", decided, county, applied(county), "village", by=county.township)


def test_one_person_does_not_decide_at_two_levels(county):
    row = decided(county, applied(county), "village")
    document = b"0" * 16
    Account.objects.filter(pk__in=[county.village.pk, county.township.pk]).update(identity_index=document)
    refused("departures.decided_before", decided, county, row, "township")


def test_a_step_that_somebody_else_decided_meanwhile_is_left_alone(county):
    row = applied(county)
    first = step_with(row.pk)
    decided(county, row, "village")
    told = decide_departures(chosen=[(row.pk, first.pk)], is_approved=True, reason="", by=county.village)
    assert [refusal.code for _, refusal in told] == ["departures.decided_meanwhile"]


def test_a_no_without_a_reason_is_none(county):
    row = applied(county)
    told = decide_departures(chosen=[(row.pk, step_with(row.pk).pk)], is_approved=False, reason=" ", by=county.village)
    assert [refusal.code for _, refusal in told] == ["departures.refused_without_reason"]
    assert application_with(row.pk).state == "village"


def test_of_many_those_that_may_are_decided_and_the_others_say_why(county):
    own = applied(county)
    Person.objects.filter(pk=county.head.pk).update(account=county.village)
    other = applied(county, county.persons[3])
    chosen = [(row.pk, step_with(row.pk).pk) for row in (own, other)]
    told = decide_departures(chosen=chosen, is_approved=True, reason="", by=county.village)
    assert [refusal and refusal.code for _, refusal in told] == ["approvals.own_matter", None]


def test_a_refusal_may_be_appealed_once_and_the_level_above_answers_by_the_rulebooks_clock(county):
    row = decided(county, applied(county), "village", is_approved=False, reason="无正当事由")
    assert (row.state, row.closed_why) == ("refused", "无正当事由")
    row = appeal_departure(application=row.pk, text="号是约好的", by=BY)
    step = step_with(row.pk)
    assert (row.state, step.kind, round((step.due_at - step.opened_at) / HOUR)) == ("township", "appeal", 48)
    row = decided(county, row, "township")
    assert row.state == "issued"


def test_an_appeal_that_is_dismissed_is_the_end(county):
    row = decided(county, applied(county), "village", is_approved=False, reason="无正当事由")
    row = decided(county, appeal_departure(application=row.pk, text="不对", by=BY), "township", is_approved=False)
    refused("departures.appealed_already", appeal_departure, application=row.pk, text="再来", by=BY)


def test_what_was_not_refused_is_not_appealed(county):
    refused("departures.nothing_to_appeal", appeal_departure, application=applied(county).pk, text="不对", by=BY)


def test_calling_it_off_withdraws_the_permit_and_the_task(county):
    row = issued(county)
    text = permit_text(row)
    cancel_departure(application=row.pk, why="不去了", by=BY)
    assert verify(text).outcome is Outcome.WITHDRAWN
    waiting = applied(county)
    cancel_departure(application=waiting.pk, why="不去了", by=BY)
    assert open_tasks(waiting) == []
