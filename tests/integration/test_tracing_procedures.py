"""From a reported case to a team that has it, its clocks stamped, its contacts found; and who may do what of it."""

from copy import deepcopy
from datetime import timedelta
from uuid import uuid4

import pytest

from fangxian.core.refusal import Refusal
from fangxian.ops.cases.actions import close, confirm
from fangxian.ops.cases.queries import clocks_of as case_clocks
from fangxian.ops.contacts.actions.noting import note_traced
from fangxian.ops.contacts.queries import contact_with
from fangxian.ops.procedures.assign_contacts import assign_contacts, settle_contacts
from fangxian.ops.procedures.case_clocks import begin_case_clocks
from fangxian.ops.procedures.do_tasks import finish_task, hand_task_over, take_task
from fangxian.ops.procedures.settle_work import settle_work
from fangxian.ops.procedures.start_investigation import give_cases, start_investigation, stop_investigation
from fangxian.ops.realm.current import county_now
from fangxian.ops.tasks.actions import escalate_overdue
from fangxian.ops.tasks.queries import about, mine
from fangxian.ops.tracing.actions import reach_clock, start_clocks
from fangxian.ops.tracing.clocks import FULL_REPORT, SCENE
from fangxian.ops.tracing.queries import clocks_of, history_of, holders, loads
from fangxian.ops.tracing.wire import CASE, CONTACT, NewClock

from .tracing_hand import BY, a_case, build_with_teams, contacts_of
from .two_townships import OTHER_CELL

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def county_of_this_file(rows_of_this_file):
    return build_with_teams()


@pytest.fixture
def county(county_of_this_file, db):
    """With rows in memory that are this test's own."""
    return deepcopy(county_of_this_file)


def hours_of(case):
    return {row.clock: (row.due_at - row.starts_at) / timedelta(hours=1) for row in clocks_of([case.pk])[case.pk]}


def kinds_of(case):
    return sorted(task.kind for task in about(f"case:{case.pk}"))


def task_of(case, kind):
    return about(f"case:{case.pk}").get(kind=kind)


def given_to_first_team(county, case):
    give_cases(to_teams={case.pk: county.teams[0].pk}, by=county.chief)
    return case


def test_a_reported_case_has_the_clocks_of_two_four_and_twenty_four_hours(county):
    case = a_case()
    start_investigation(case=case.pk, by=BY)
    assert hours_of(case) == {"case-scene": 2, "case-key-contacts": 4, "case-investigation": 24}


def test_measles_has_the_hours_of_its_own_rulebook(county):
    case = a_case(disease="measles")
    start_investigation(case=case.pk, by=BY)
    assert hours_of(case)["case-investigation"] == 48


def test_norovirus_whose_rulebook_has_no_such_clock_has_the_usual_hours(county):
    case = a_case(disease="norovirus")
    start_investigation(case=case.pk, by=BY)
    assert hours_of(case)["case-investigation"] == 24


def test_clocks_count_from_the_report(county):
    case = a_case(reported_at=county_now() - timedelta(hours=3))
    start_investigation(case=case.pk, by=BY)
    assert {row.starts_at for row in clocks_of([case.pk])[case.pk]} == {case.reported_at}


def test_each_clock_is_a_task_and_so_is_sending_a_team(county):
    case = a_case()
    start_investigation(case=case.pk, by=BY)
    clocks = [f"tracing.clock.{it}" for it in ("case-investigation", "case-key-contacts", "case-scene")]
    assert kinds_of(case) == [*clocks, "tracing.send"]


def test_starting_again_changes_nothing(county):
    case = a_case()
    first = start_investigation(case=case.pk, by=BY)
    again = start_investigation(case=case.pk, by=BY)
    assert (again.is_new, again.clocks, len(kinds_of(case))) == (False, first.clocks, 4)


def test_a_case_that_is_not_on_record_is_refused(county):
    with pytest.raises(Refusal) as refused:
        start_investigation(case=uuid4(), by=BY)
    assert refused.value.code == "tracing.case_unknown"


def test_what_is_late_climbs_to_the_lead_and_then_to_the_commander(county):
    case = a_case(reported_at=county_now() - timedelta(hours=3))
    start_investigation(case=case.pk, by=BY)
    escalate_overdue(at=county_now(), by=BY)
    assert task_of(case, "tracing.clock.case-scene").raised_to == "commander"


def test_a_case_given_to_a_team_is_the_work_of_its_lead(county):
    case = given_to_first_team(county, a_case())
    kinds = mine(county.leads[0]).filter(about=f"case:{case.pk}").values_list("kind", flat=True)
    assert set(kinds) == {"tracing.clock." + it for it in ("case-scene", "case-key-contacts", "case-investigation")}


def test_sending_the_team_is_done_when_the_team_is_sent(county):
    case = given_to_first_team(county, a_case())
    assert task_of(case, "tracing.send").state == "done"


def test_only_whoever_directs_sends_teams(county):
    case = a_case()
    with pytest.raises(Refusal) as refused:
        give_cases(to_teams={case.pk: county.teams[0].pk}, by=county.leads[0])
    assert refused.value.code == "accounts.not_yours"


def test_a_case_moved_to_another_team_takes_its_tasks_along(county):
    case = given_to_first_team(county, a_case())
    give_cases(to_teams={case.pk: county.teams[1].pk}, by=county.chief)
    assert task_of(case, "tracing.clock.case-scene").owner == county.leads[1]


def test_who_held_a_case_before_stays_on_record(county):
    case = given_to_first_team(county, a_case())
    give_cases(to_teams={case.pk: county.teams[1].pk}, by=county.chief)
    assert [(it.team.number, it.ended_why) for it in history_of(CASE, case.pk)] == [(2, ""), (1, "moved")]


def test_the_lead_s_word_that_the_scene_is_reached_stamps_the_clock(county):
    case = given_to_first_team(county, a_case())
    finish_task(task=task_of(case, "tracing.clock.case-scene").pk, by=county.leads[0])
    stamped = {row.clock: row.reached_by for row in clocks_of([case.pk])[case.pk] if row.reached_at}
    assert stamped == {SCENE: f"account:{county.leads[0].pk}"}


def test_a_member_does_what_the_lead_was_given(county):
    case = given_to_first_team(county, a_case())
    finish_task(task=task_of(case, "tracing.clock.case-scene").pk, by=county.mates[0])
    assert clocks_of([case.pk])[case.pk][0].reached_at is not None


def test_a_member_takes_a_task_from_the_lead_who_has_it_for_all(county):
    case = given_to_first_team(county, a_case())
    take_task(task=task_of(case, "tracing.clock.case-scene").pk, by=county.mates[0])
    assert task_of(case, "tracing.clock.case-scene").owner == county.mates[0]


def test_somebody_of_another_team_does_not_do_it(county):
    case = given_to_first_team(county, a_case())
    with pytest.raises(Refusal) as refused:
        finish_task(task=task_of(case, "tracing.clock.case-scene").pk, by=county.mates[1])
    assert refused.value.code == "tasks.not_allowed"


def test_a_task_is_handed_to_a_team_mate(county):
    case = given_to_first_team(county, a_case())
    task = task_of(case, "tracing.clock.case-key-contacts").pk
    hand_task_over(task=task, to=county.mates[0].pk, reason="", by=county.leads[0])
    assert task_of(case, "tracing.clock.case-key-contacts").owner == county.mates[0]


def test_a_task_is_not_handed_to_a_stranger(county):
    case = given_to_first_team(county, a_case())
    task = task_of(case, "tracing.clock.case-key-contacts").pk
    with pytest.raises(Refusal) as refused:
        hand_task_over(task=task, to=uuid4(), reason="", by=county.leads[0])
    assert refused.value.code == "tasks.no_such_colleague"


def test_sending_a_team_is_not_closed_by_hand(county):
    case = a_case()
    start_investigation(case=case.pk, by=BY)
    with pytest.raises(Refusal) as refused:
        finish_task(task=task_of(case, "tracing.send").pk, by=county.chief)
    assert refused.value.code == "tasks.send_a_team"


def test_a_full_report_is_not_done_before_the_questionnaire_is(county):
    case = given_to_first_team(county, a_case())
    with pytest.raises(Refusal) as refused:
        finish_task(task=task_of(case, f"tracing.clock.{FULL_REPORT}").pk, by=county.leads[0])
    assert refused.value.code == "cases.interview_unfinished"


def test_what_was_refused_leaves_the_task_as_it_was(county):
    case = given_to_first_team(county, a_case())
    with pytest.raises(Refusal):
        finish_task(task=task_of(case, f"tracing.clock.{FULL_REPORT}").pk, by=county.leads[0])
    assert task_of(case, f"tracing.clock.{FULL_REPORT}").state == "taken"


def test_a_step_of_the_legal_report_is_stamped_by_its_task(county):
    case = a_case()
    begin_case_clocks(case=case.pk, found_at=county_now(), by=BY)
    task = about(f"case:{case.pk}").get(kind="cases.clock")
    finish_task(task=task.pk, by=county.leads[0], note="已电话报县政府")
    assert str(task.unique_key) in {str(it.pk) for it in case_clocks(case.pk) if it.met_at}


def test_a_closed_case_frees_its_team_within_minutes(county):
    case = given_to_first_team(county, a_case())
    confirm(cases=[case.pk], reason="核酸阳性", by=BY)
    close(cases=[case.pk], outcome="recovered", reason="痊愈出院", by=BY)
    settle_work(at=county_now(), by=BY)
    assert (holders(CASE, [case.pk]), task_of(case, "tracing.clock.case-scene").state) == ({}, "cancelled")


def test_a_clock_that_was_reached_late_stays_late(county):
    case, at = a_case(), county_now()
    told = {"disease": "covid-19", "area_path": case.area_path, "clock": SCENE, "case_id": case.pk}
    start_clocks(clocks=[NewClock(starts_at=at - timedelta(hours=5), due_at=at - timedelta(hours=3), **told)], by=BY)
    reach_clock(case_id=case.pk, clock=SCENE, by=BY)
    again = reach_clock(case_id=case.pk, clock=SCENE, by=BY)
    assert again.reached_at > again.due_at


def test_a_clock_is_not_reached_before_it_began(county):
    case = a_case()
    start_investigation(case=case.pk, by=BY)
    with pytest.raises(Refusal) as refused:
        reach_clock(case_id=case.pk, clock=SCENE, by=BY, at=case.reported_at - timedelta(minutes=1))
    assert refused.value.code == "tracing.reached_before_it_began"


def test_of_a_case_that_was_none_nothing_need_be_done(county):
    case = given_to_first_team(county, a_case())
    stop_investigation(cases=[case.pk], by=BY)
    states = {task.state for task in about(f"case:{case.pk}").exclude(kind="tracing.send")}
    assert (states, holders(CASE, [case.pk])) == ({"cancelled"}, {})


def test_a_stopped_clock_cannot_be_reached(county):
    case = given_to_first_team(county, a_case())
    stop_investigation(cases=[case.pk], by=BY)
    with pytest.raises(Refusal) as refused:
        reach_clock(case_id=case.pk, clock=SCENE, by=BY)
    assert refused.value.code == "tracing.clock_stopped"


def test_contacts_given_to_a_team_are_tasks_of_its_lead(county):
    contacts = contacts_of(a_case())
    assign_contacts(to_teams=dict.fromkeys(contacts, county.teams[0].pk), by=county.chief)
    assert mine(county.leads[0]).filter(kind="tracing.find_contact").count() == 3


def test_a_contact_s_row_says_which_team_has_it(county):
    [contact] = contacts_of(a_case(), 1)
    assign_contacts(to_teams={contact: county.teams[0].pk}, by=county.chief)
    assert contact_with(contact).team == county.teams[0].pk


def test_contacts_nobody_has_decided_on_are_nobody_s_work(county):
    contacts = contacts_of(a_case(), is_confirmed=False)
    done = assign_contacts(to_teams=dict.fromkeys(contacts, county.teams[0].pk), by=county.chief)
    assert (done.n_given, done.n_not_waiting) == (0, 3)


def test_giving_the_same_contacts_again_changes_nothing(county):
    to_teams = dict.fromkeys(contacts_of(a_case()), county.teams[0].pk)
    assign_contacts(to_teams=to_teams, by=county.chief)
    assert assign_contacts(to_teams=to_teams, by=county.chief).n_given == 0


def test_contacts_moved_to_another_team_take_their_tasks_along(county):
    contacts = contacts_of(a_case(area_path=OTHER_CELL))
    for team in county.teams:
        assign_contacts(to_teams=dict.fromkeys(contacts, team.pk), by=county.chief)
    assert mine(county.leads[1]).filter(kind="tracing.find_contact").count() == 3


def test_whoever_says_that_a_contact_was_found_has_it_noted(county):
    [contact] = contacts_of(a_case(), 1)
    assign_contacts(to_teams={contact: county.teams[0].pk}, by=county.chief)
    finish_task(task=about(f"contact:{contact}").get().pk, by=county.mates[0], note="已电话联系")
    assert (contact_with(contact).state, loads()) == ("traced", {})


def test_a_contact_found_by_others_is_no_work_any_more(county):
    [contact] = contacts_of(a_case(), 1)
    assign_contacts(to_teams={contact: county.teams[0].pk}, by=county.chief)
    note_traced(contacts=[contact], by=BY)
    settle_contacts(by=BY)
    assert (about(f"contact:{contact}").get().state, holders(CONTACT, [contact])) == ("done", {})


def test_settling_leaves_alone_who_has_not_been_found(county):
    contacts = contacts_of(a_case())
    assign_contacts(to_teams=dict.fromkeys(contacts, county.teams[0].pk), by=county.chief)
    assert settle_contacts(by=BY) == 0
