"""The chief's board and the planner's proposal: what each says, and how few questions of the database it takes."""

from copy import deepcopy
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from fangxian.ops.cases.actions import save_entry
from fangxian.ops.cases.wire import NewEntry
from fangxian.ops.contacts.queries import contact_with
from fangxian.ops.procedures.assign_contacts import assign_contacts
from fangxian.ops.procedures.do_tasks import finish_task
from fangxian.ops.procedures.start_investigation import give_cases, start_investigation
from fangxian.ops.realm.current import county_now
from fangxian.ops.situation.tracing_board import board
from fangxian.ops.situation.tracing_plan import proposal
from fangxian.ops.tasks.queries import about
from fangxian.ops.tracing.actions import call_off_shifts
from fangxian.ops.tracing.models import Assignment
from fangxian.ops.tracing.queries import shifts_between

from .tracing_hand import BY, a_case, build_with_teams, contacts_of
from .two_townships import OTHER_CELL, account_of

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def county_of_this_file(rows_of_this_file):
    return build_with_teams()


@pytest.fixture
def county(county_of_this_file, db):
    """With rows in memory that are this test's own."""
    return deepcopy(county_of_this_file)


def started(**told):
    case = a_case(**told)
    start_investigation(case=case.pk, by=BY)
    return case


def stuck_of(county, at=None):
    return [(it.kind, it.n, it.who.en) for it in board(county.chief, at or county_now()).stuck]


def later(**told):
    return county_now() + timedelta(**told)


def test_a_case_without_a_team_waits_for_the_tracing_lead(county):
    started()
    assert stuck_of(county) == [("case_unassigned", 1, "tracing lead")]


def test_after_half_an_hour_it_is_late(county):
    started()
    assert [it.is_late for it in board(county.chief, later(minutes=31)).stuck] == [True]


def test_a_clock_that_is_overdue_waits_for_the_lead_of_the_team_that_has_the_case(county):
    give_cases(to_teams={started().pk: county.teams[0].pk}, by=county.chief)
    found = stuck_of(county, later(hours=2, minutes=1))
    assert ("clock_overdue", 1, "lead of Tracing team 1, lead-1") in found


def test_a_team_that_has_done_nothing_for_two_hours_is_stuck(county):
    give_cases(to_teams={started().pk: county.teams[0].pk}, by=county.chief)
    assert ("case_still", 1, "lead of Tracing team 1, lead-1") in stuck_of(county, later(hours=3))


def test_a_case_whose_interview_is_being_saved_is_not_stuck(county):
    case = started(reported_at=county_now() - timedelta(hours=3))
    give_cases(to_teams={case.pk: county.teams[0].pk}, by=county.chief)
    Assignment.objects.update(moved_at=county_now() - timedelta(hours=3))
    was_stuck = "case_still" in {it.kind for it in board(county.chief, county_now()).stuck}
    save_entry(case=case.pk, entry=NewEntry(begins_at=county_now() - timedelta(days=1), place="超市"), by=BY)
    assert (was_stuck, "case_still" in {it.kind for it in board(county.chief, county_now()).stuck}) == (True, False)


def test_work_of_a_team_that_went_off_duty_waits_for_the_tracing_lead(county):
    give_cases(to_teams={started().pk: county.teams[0].pk}, by=county.chief)
    shifts = shifts_between(county_now(), later(hours=1)).filter(team=county.teams[0])
    call_off_shifts(shifts=[it.pk for it in shifts], by=BY)
    assert stuck_of(county) == [("off_duty", 1, "tracing lead")]


def test_contacts_nobody_looks_for_wait_for_the_tracing_lead(county):
    contacts_of(a_case())
    assert stuck_of(county) == [("contacts_unassigned", 3, "tracing lead")]


def test_contacts_not_found_within_eight_hours_are_overdue(county):
    assign_contacts(to_teams=dict.fromkeys(contacts_of(a_case()), county.teams[0].pk), by=county.chief)
    found = stuck_of(county, later(hours=9))
    assert ("contacts_overdue", 3, "lead of Tracing team 1, lead-1") in found


def test_when_all_is_done_nothing_is_stuck(county):
    case = started()
    give_cases(to_teams={case.pk: county.teams[0].pk}, by=county.chief)
    assert stuck_of(county) == []


def test_a_clock_reached_late_is_counted_as_late_today(county):
    case = a_case(reported_at=county_now() - timedelta(hours=3))
    start_investigation(case=case.pk, by=BY)
    give_cases(to_teams={case.pk: county.teams[0].pk}, by=county.chief)
    finish_task(task=about(f"case:{case.pk}").get(kind="tracing.clock.case-scene").pk, by=county.leads[0])
    scene = board(county.chief, county_now()).clocks[0]
    assert (scene.n_in_time, scene.n_late, scene.n_overdue) == (0, 1, 0)


def test_a_team_s_line_has_its_load_and_what_it_holds(county):
    case = started()
    give_cases(to_teams={case.pk: county.teams[0].pk}, by=county.chief)
    assign_contacts(to_teams=dict.fromkeys(contacts_of(case), county.teams[0].pk), by=county.chief)
    line = board(county.chief, county_now()).teams[0]
    assert (line.n_cases, line.n_contacts, line.load, [it.number for it in line.cases]) == (1, 3, 13, [case.number])


def test_a_case_outside_the_reader_s_area_is_on_it_without_its_number(county):
    started()
    other = account_of(county, "township_approver", "141027101")
    assert [it.case_number for it in board(other, county_now()).stuck] == [""]


def n_queries_of(ask):
    with CaptureQueriesContext(connection) as asked:
        ask()
    return len(asked)


def test_the_board_asks_as_much_for_many_cases_as_for_one(county):
    counted = []
    for nth in range(6):
        case = started(name=f"孟病例{nth}")
        give_cases(to_teams={case.pk: county.teams[nth % 2].pk}, by=county.chief)
        assign_contacts(to_teams=dict.fromkeys(contacts_of(case, 4), county.teams[0].pk), by=county.chief)
        counted.append(n_queries_of(lambda: board(county.chief, county_now())))
    assert counted[1] == counted[-1] <= 16


def test_each_case_is_proposed_to_the_team_of_its_township(county):
    near, far = started(), started(name="赵病例", area_path=OTHER_CELL)
    found = {it.case_id: it.team for it in proposal(county.chief, county_now()).lines}
    assert found == {near.pk: county.teams[0].pk, far.pk: county.teams[1].pk}


def test_contacts_of_a_case_are_proposed_to_the_team_that_has_it(county):
    case = started()
    give_cases(to_teams={case.pk: county.teams[1].pk}, by=county.chief)
    contacts_of(case)
    [line] = proposal(county.chief, county_now()).lines
    assert (line.team, len(line.abouts), line.is_near) == (county.teams[1].pk, 3, False)


def test_without_anybody_on_duty_nobody_is_proposed(county):
    started()
    assert [it.team for it in proposal(county.chief, later(days=2)).lines] == [None]


def test_what_is_proposed_can_be_done(county):
    contacts_of(started())
    lines = proposal(county.chief, county_now()).lines
    give_cases(to_teams={about: it.team for it in lines if it.work == "case" for about in it.abouts}, by=county.chief)
    contacts = {about: it.team for it in lines if it.work == "contact" for about in it.abouts}
    assign_contacts(to_teams=contacts, by=county.chief)
    assert (proposal(county.chief, county_now()).lines, {contact_with(it).team for it in contacts}) == (
        [],
        set(contacts.values()),
    )


def test_a_proposal_asks_as_much_for_many_as_for_one(county):
    counted = []
    for nth in range(5):
        contacts_of(started(name=f"孟病例{nth}"), 4)
        counted.append(n_queries_of(lambda: proposal(county.chief, county_now())))
    assert counted[1] == counted[-1] <= 12
