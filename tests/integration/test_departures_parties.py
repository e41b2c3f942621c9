"""Those who go along: one of them may not leave, the others do, and somebody sees who looks after whoever stays."""

from datetime import timedelta

import pytest

from fangxian.core.refusal import Refusal
from fangxian.ops.departures.actions import close_by_arrival
from fangxian.ops.departures.queries import application_with, away_now
from fangxian.ops.documents.queries import Outcome, verify
from fangxian.ops.procedures.leave_county import record_exit
from fangxian.ops.procedures.settle_departures import reconsider_permits
from fangxian.ops.realm.current import county_now
from fangxian.ops.tasks.models import Task

from .departure_hand import BY, a_county, applied, issued, permit_text
from .people_with_codes import know

pytestmark = pytest.mark.django_db
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture(scope="module")
def people(rows_of_this_file):
    return a_county()


@pytest.fixture
def county(people, db):
    return people


def refused(code, call, *args, **told):
    with pytest.raises(Refusal) as caught:
        call(*args, **told)
    assert caught.value.code == code
    return caught.value.said


def open_tasks(row):
    return list(Task.objects.filter(about=f"departure:{row.pk}", state__in=("open", "taken")))


def leaves(county, text, *, at=None, **more):
    return record_exit(permit_text=text, at=at or county_now(), by=county.keeper, **more)


def test_where_a_child_may_not_leave_the_others_do_once_the_desk_says_so(county):
    child = county.persons[2]
    text = permit_text(issued(county, companions=[child.pk]))
    know(child)
    said = refused("departures.companion_may_not", leaves, county, text)
    assert f"（{child.name[0]}" in said.zh
    assert leaves(county, text, others_leave=True).application.state == "exited"
    assert {it.person for it in away_now()} == {county.head.pk}


def test_a_child_who_stays_when_the_others_leave_is_seen_by_the_grid_worker_until_they_are_back(county):
    child = county.persons[2]
    row = issued(county, companions=[child.pk])
    know(child)
    leaves(county, permit_text(row), others_leave=True)
    (task,) = open_tasks(row)
    assert (task.kind, task.role, task.area_path) == ("departures.stayed", "grid_worker", child.area_path)
    assert child.name in task.title_zh
    close_by_arrival(person_ids=[county.head.pk], at=county_now() + HOUR, by=BY)
    assert open_tasks(row) == []


def test_whoever_was_left_out_of_the_permit_before_is_seen_once_the_others_have_left(county):
    row = issued(county, companions=[county.persons[2].pk])
    know(county.persons[2])
    reconsider_permits()
    assert "departures.stayed" not in {it.kind for it in open_tasks(row)}
    leaves(county, permit_text(row))
    assert "departures.stayed" in {it.kind for it in open_tasks(row)}


def test_a_child_whose_code_turns_red_stays_and_the_others_have_another_permit(county):
    child = county.persons[2]
    row = issued(county, companions=[child.pk])
    text = permit_text(row)
    know(child)
    assert reconsider_permits(by=BY) == (1, 0)
    assert verify(text).outcome is Outcome.WITHDRAWN
    refused("departures.permit_of_another", leaves, county, permit_text(row), person=child.pk)
    left = leaves(county, permit_text(row)).application
    assert ([it.person_id for it in left.people], left.state) == ([county.head.pk], "exited")
    assert (reconsider_permits(by=BY), {it.person for it in away_now()}) == ((0, 0), {county.head.pk})


def test_of_a_party_the_grid_worker_is_told_whom_it_is_about_and_that_the_others_go(county):
    child = county.persons[2]
    row = issued(county, companions=[child.pk])
    know(child)
    reconsider_permits(by=BY)
    (task,) = [it for it in open_tasks(row) if it.kind == "departures.withdrawn"]
    assert (county.head.name in task.title_zh, child.name in task.title_zh, "其他人可以走" in task.title_zh) == (
        True, True, True,
    )  # fmt: skip


def test_where_whoever_applied_turned_red_nobody_goes_on_that_permit_and_they_are_told(county):
    row = issued(county, companions=[county.persons[2].pk])
    know(county.head)
    assert reconsider_permits(by=BY) == (1, 0)
    (task,) = open_tasks(row)
    assert (application_with(row.pk).state, "同行的人也不能" in task.title_zh) == ("cancelled", True)


def test_a_child_that_was_left_out_had_left_where_a_post_tells_so_late(county):
    child = county.persons[2]
    row = issued(county, companions=[child.pk])
    text = permit_text(row)
    know(child)
    reconsider_permits(by=BY)
    left = leaves(county, text, at=county_now() - HOUR).application
    assert {it.person_id for it in left.people} == {county.head.pk, child.pk}
    refused("departures.permit_used", leaves, county, permit_text(application_with(row.pk)), at=county_now() + HOUR)


def test_whoever_was_left_out_may_be_on_another_application_for_that_day(county):
    child = county.persons[2]
    issued(county, companions=[child.pk])
    know(child)
    reconsider_permits(by=BY)
    assert applied(county, county.persons[1], companions=[]).state == "village"
