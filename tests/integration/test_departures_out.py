"""The way out and back: a permit that serves once on its days, an emergency that needs none, overdue returns."""

from datetime import timedelta

import pytest

from fangxian.core.refusal import Refusal
from fangxian.ops.departures.actions import close_by_arrival
from fangxian.ops.departures.models import Step, Traveller
from fangxian.ops.departures.queries import application_with, away_now, away_on, step_with
from fangxian.ops.documents.queries import Outcome, find, verify
from fangxian.ops.procedures import departure_parties
from fangxian.ops.procedures.apply_to_leave import cancel_departure
from fangxian.ops.procedures.leave_county import leave_in_emergency, record_exit, record_return
from fangxian.ops.procedures.merge_persons import merge_persons
from fangxian.ops.procedures.settle_departures import reconsider_permits, settle_departures
from fangxian.ops.realm.current import county_now
from fangxian.ops.risk_areas.models import ListedAs, RiskArea, RiskSpan
from fangxian.ops.tasks.models import Task

from .arrival_hand import YAODU, arrived, journey, stay
from .departure_hand import (
    AT_RISK,
    BY,
    a_county,
    applied,
    decided,
    issued,
    permit_text,
    sampled,
    wanted,
)
from .people_with_codes import know
from .two_townships import account_of

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


def leaves(county, text, *, at=None, **more):
    return record_exit(permit_text=text, at=at or county_now(), by=county.keeper, **more)


def test_a_permit_lets_its_people_leave_and_the_same_scan_again_is_the_same_exit(county):
    text = permit_text(issued(county))
    first = leaves(county, text)
    again = leaves(county, text, at=county_now() + timedelta(minutes=5))
    assert (first.is_repeat, again.is_repeat, again.application.state) == (False, True, "exited")


def test_a_permit_serves_once(county):
    text = permit_text(issued(county))
    leaves(county, text)
    refused("departures.permit_used", leaves, county, text, at=county_now() + HOUR)


def test_a_permit_does_not_serve_before_its_days_or_after_them(county):
    row = issued(county, leaves_on=county_now().date() + 2 * DAY, returns_on=None)
    text = permit_text(row)
    refused("departures.permit_wrong_day", leaves, county, text)
    refused("departures.permit_wrong_day", leaves, county, text, at=row.valid_until)
    assert leaves(county, text, at=row.valid_until - HOUR).application.state == "exited"


def test_a_permit_serves_nobody_whom_it_does_not_name(county):
    text = permit_text(issued(county))
    stranger = county.persons[3]
    refused("departures.permit_of_another", leaves, county, text, document_number=stranger.document_number)
    refused("departures.permit_of_another", leaves, county, text, person=stranger.pk)
    assert leaves(county, text, document_number=county.head.document_number).application.state == "exited"


def test_a_permit_that_was_withdrawn_says_when_and_why(county):
    row = issued(county)
    text = permit_text(row)
    cancel_departure(application=row.pk, why="不去了", by=BY)
    assert "取消" in refused("departures.permit_withdrawn", leaves, county, text).zh


def test_a_paper_that_is_no_permit_and_a_forged_one_let_nobody_leave(county):
    text = permit_text(issued(county))
    forged = text[:-4] + ("AAAA" if not text.endswith("AAAA") else "BBBB")
    with pytest.raises(Refusal, match=r"documents\.proof"):
        leaves(county, forged)
    with pytest.raises(Refusal, match=r"documents\.proof_unreadable"):
        leaves(county, "随便什么")


def test_a_code_that_is_not_green_any_more_does_not_leave_with_a_permit(county):
    text = permit_text(issued(county))
    know(county.head)
    refused("departures.requirement_unmet", leaves, county, text)


def test_nobody_leaves_without_whoever_applied(county):
    text = permit_text(issued(county, companions=[county.persons[2].pk]))
    know(county.head)
    refused("departures.requirement_unmet", leaves, county, text, others_leave=True)


def test_whoever_may_not_scan_records_no_exit(county):
    text = permit_text(issued(county))
    refused("accounts.not_yours", record_exit, permit_text=text, at=county_now(), by=county.commander)


def test_an_emergency_leaves_at_once_whatever_the_code_and_is_looked_at_afterwards(county):
    know(county.head)
    row, is_new = leave_in_emergency(wants=wanted(county, why="胸痛", destination="x"), at=county_now(), by=BY)
    assert (row.state, row.is_emergency, is_new, step_with(row.pk).kind) == ("exited", True, True, "review")
    again, is_new = leave_in_emergency(wants=wanted(county, why="胸痛"), at=county_now(), by=BY)
    assert (again.pk, is_new) == (row.pk, False)
    assert decided(county, row, "village").state == "exited"
    assert open_tasks(row) == []


def test_an_emergency_is_not_kept_by_an_application_that_waits(county):
    applied(county)
    row, _ = leave_in_emergency(wants=wanted(county, why="胸痛"), at=county_now(), by=BY)
    assert row.state == "exited"


# Told late by a post without a network


def test_whoever_left_before_the_permit_fell_is_away_and_called_though_the_post_told_it_afterwards(county):
    row = issued(county)
    text = permit_text(row)
    know(county.head)
    reconsider_permits(by=BY)
    assert leaves(county, text, at=county_now() - HOUR).application.state == "exited"
    assert county.head.pk in {it.person for it in away_now()}
    assert [(it.kind, it.role) for it in open_tasks(row)] == [("departures.left_before", "grid_worker")]


def test_of_an_exit_before_the_permit_fell_it_is_noted_that_it_fell_and_why_and_it_is_one_exit(county):
    row = issued(county)
    text = permit_text(row)
    cancel_departure(application=row.pk, why="不去了", by=BY)
    first, again = (leaves(county, text, at=county_now() - HOUR) for _ in range(2))
    assert (first.is_repeat, again.is_repeat, "才收回" in first.application.closed_why) == (False, True, True)
    assert "不去了" in first.application.closed_why
    refused("departures.permit_withdrawn", leaves, county, text)


def test_before_the_permit_was_sent_back_to_a_level_it_let_them_leave_and_nobody_need_decide(county):
    row = issued(county, destination=AT_RISK)
    text = permit_text(row)
    names = ListedAs.objects.create(province="吉林省", city="长春市", county="朝阳区", division_code=AT_RISK)
    area = RiskArea.objects.create(listed_as=names, place="某小区")
    RiskSpan.objects.create(area=area, level="high", begins_at=county_now() - HOUR)
    reconsider_permits(by=BY)
    left = leaves(county, text, at=county_now() - HOUR).application
    assert (left.state, step_with(row.pk), [it.kind for it in open_tasks(row)]) == (
        "exited", None, ["departures.left_before"],
    )  # fmt: skip


def test_an_exit_that_is_told_after_the_return_was_declared_is_closed_by_it(county):
    row = issued(county, companions=[county.persons[2].pk])
    left_at = county_now() - 5 * HOUR
    text = permit_text(row)
    came = left_at + 3 * HOUR
    for person in (county.head, county.persons[2]):
        arrived(person, by=account_of(county, "grid_worker"), told=journey(stay(YAODU), arrives_at=came))
    told = leaves(county, text, at=left_at).application
    assert (told.state, told.returned_at, away_now()) == ("returned", came, [])


def test_an_exit_told_late_stays_out_for_whoever_declared_no_return_since(county):
    child = county.persons[2]
    row = issued(county, companions=[child.pk])
    left_at = county_now() - 5 * HOUR
    worker = account_of(county, "grid_worker")
    arrived(county.head, by=worker, told=journey(stay(YAODU), arrives_at=left_at + 3 * HOUR))
    assert leaves(county, permit_text(row), at=left_at).application.state == "exited"
    assert {it.person for it in away_now()} == {child.pk}


def test_an_exit_within_the_permits_days_counts_though_they_are_over_when_it_is_told(county):
    row = issued(county)
    text = permit_text(row)
    settle_departures(at=county_now() + 3 * DAY, by=BY)
    assert leaves(county, text, at=county_now()).application.state == "exited"
    assert open_tasks(row) == []


# Back, late, lapsed


def test_an_arrival_closes_the_departure_once_everybody_of_it_is_back(county):
    child = county.persons[2]
    row = issued(county, companions=[child.pk])
    leaves(county, permit_text(row), at=county_now())
    assert close_by_arrival(person_ids=[county.head.pk], at=county_now() + HOUR, by=BY) == []
    assert close_by_arrival(person_ids=[child.pk], at=county_now() + 2 * HOUR, by=BY) == [row.pk]
    assert application_with(row.pk).state == "returned"
    assert close_by_arrival(person_ids=[child.pk], at=county_now() + 2 * HOUR, by=BY) == []


def test_an_arrival_before_leaving_closes_nothing(county):
    row = issued(county)
    left_at = county_now()
    leaves(county, permit_text(row), at=left_at)
    assert close_by_arrival(person_ids=[county.head.pk], at=left_at - HOUR, by=BY) == []
    assert close_by_arrival(person_ids=[county.head.pk], at=left_at, by=BY) == []


def test_a_return_before_leaving_is_refused(county):
    row = issued(county)
    refused("departures.return_before_leaving", record_return, application=row.pk, at=county_now(), by=county.village)


def test_nobody_applies_again_who_is_still_out(county):
    row = issued(county)
    leaves(county, permit_text(row))
    refused("departures.still_away", applied, county, leaves_on=county_now().date() + DAY)
    assert away_on(county_now().date(), [county.head.pk])[county.head.pk].pk == row.pk


def test_whoever_is_not_back_is_a_task_for_the_grid_worker_until_they_are(county):
    row = issued(county, returns_on=county_now().date() + DAY)
    leaves(county, permit_text(row))
    later = county_now() + 2 * DAY
    assert settle_departures(at=later, by=BY)["n_overdue"] == 1
    assert settle_departures(at=later, by=BY)["n_overdue"] == 0
    (task,) = open_tasks(row)
    assert (task.role, application_with(row.pk).state) == ("grid_worker", "overdue")
    close_by_arrival(person_ids=[county.head.pk], at=later, by=BY)
    assert open_tasks(row) == []


def test_whoever_does_not_mean_to_come_back_is_never_overdue(county):
    leaves(county, permit_text(issued(county, returns_on=None)))
    assert settle_departures(at=county_now() + 300 * DAY, by=BY)["n_overdue"] == 0


def test_a_permit_that_nobody_used_lapses_and_so_does_what_nobody_decided(county):
    unused, undecided = issued(county), applied(county, county.persons[3])
    assert settle_departures(at=county_now() + 3 * DAY, by=BY)["n_lapsed"] == 2
    assert {application_with(row.pk).state for row in (unused, undecided)} == {"lapsed"}
    assert open_tasks(undecided) == []


def test_one_permit_whose_tasks_cannot_be_written_stays_as_it_was_and_keeps_no_other(county, monkeypatch):
    rows = [issued(county), issued(county, county.persons[3])]
    text = permit_text(rows[0])
    for row in rows:
        know(row.person)
    tell = departure_parties.open_withdrawn_task

    def tells_one(row, *told, **more):
        if row.pk == rows[0].pk:
            raise Refusal("departures.unknown.not_found", zh="没有", en="none")
        tell(row, *told, **more)

    monkeypatch.setattr(departure_parties, "open_withdrawn_task", tells_one)
    assert reconsider_permits(by=BY) == (1, 0)
    assert [application_with(row.pk).state for row in rows] == ["issued", "cancelled"]
    assert verify(text).outcome is not Outcome.WITHDRAWN


def test_a_red_code_before_leaving_withdraws_the_permit(county):
    row = issued(county)
    text = permit_text(row)
    know(county.head)
    assert reconsider_permits(by=BY) == (1, 0)
    assert (application_with(row.pk).state, verify(text).outcome) == ("cancelled", Outcome.WITHDRAWN)
    assert reconsider_permits(by=BY) == (0, 0)


def test_a_destination_that_becomes_a_risk_area_goes_to_the_county_before_anybody_leaves(county):
    row = issued(county, destination=AT_RISK)
    text = permit_text(row)
    names = ListedAs.objects.create(province="吉林省", city="长春市", county="朝阳区", division_code=AT_RISK)
    area = RiskArea.objects.create(listed_as=names, place="某小区")
    RiskSpan.objects.create(area=area, level="high", begins_at=county_now() - HOUR)
    assert reconsider_permits(by=BY) == (0, 1)
    row = application_with(row.pk)
    assert (row.state, verify(text).outcome) == ("county", Outcome.WITHDRAWN)
    assert [it.role for it in open_tasks(row)] == ["commander"]
    sampled(county.head, 1, 2, 3)
    assert decided(county, row, "county").state == "issued"


def test_departures_of_a_merged_record_are_those_of_the_one_that_goes_on(county):
    row = issued(county)
    leaves(county, permit_text(row))
    merge_persons(kept=county.persons[3], merged=county.head, reason="同一人", by=BY)
    assert application_with(row.pk).person_id == county.persons[3].pk
    assert Traveller.objects.get(application=row).person_id == county.persons[3].pk


def test_a_permit_names_nobody_by_a_whole_document_number(county):
    row = issued(county)
    content = find(row.document).content
    assert county.head.document_number[-4:] in content
    assert county.head.document_number not in content


def test_every_step_stands_with_who_and_why(county):
    row = issued(county)
    told = list(Step.objects.filter(application=row).values_list("level", "verdict", "decided_by"))
    assert told == [
        ("village", "approved", f"account:{county.village.pk}"),
        ("township", "approved", f"account:{county.township.pk}"),
    ]
