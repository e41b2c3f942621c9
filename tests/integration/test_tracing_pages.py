"""The tracing pages and everybody's tasks: what they show, what their buttons do, and for whom."""

from copy import deepcopy
from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils.timezone import localtime

from fangxian.core.refusal import Said
from fangxian.ops.procedures.assign_contacts import assign_contacts
from fangxian.ops.procedures.start_investigation import give_cases, start_investigation
from fangxian.ops.realm.current import county_now
from fangxian.ops.situation.tracing_plan import proposal
from fangxian.ops.tasks.actions import open_tasks
from fangxian.ops.tasks.queries import about, find
from fangxian.ops.tasks.wire import NewTask
from fangxian.ops.tracing.queries import clocks_of, holders, shifts_between
from fangxian.ops.tracing.wire import CASE, CONTACT

from .tracing_hand import BY, a_case, build_with_teams, contacts_of
from .two_townships import CELL, OTHER_TOWN, account_of, shown

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture(scope="module")
def county_of_this_file(rows_of_this_file):
    return build_with_teams()


@pytest.fixture
def county(county_of_this_file, db):
    """With rows in memory that are this test's own."""
    return deepcopy(county_of_this_file)


@pytest.fixture
def as_account(client):
    def sign_in(account):
        client.force_login(account, backend=BACKEND)
        return client

    return sign_in


def started(**told):
    case = a_case(**told)
    start_investigation(case=case.pk, by=BY)
    return case


def with_first_team(county, case):
    give_cases(to_teams={case.pk: county.teams[0].pk}, by=county.chief)
    return case


def task_of(case, clock="case-scene"):
    return about(f"case:{case.pk}").get(kind=f"tracing.clock.{clock}")


def team_page(county):
    return reverse("tracing-team", args=[county.teams[0].pk])


@pytest.mark.once
def test_the_board_says_what_is_stuck_and_whose_it_is(county, as_account):
    case = started()
    page = shown(as_account(county.chief).get("/tracing"))
    assert f"病例{case.number}还没有派小组" in page
    assert "由流调负责人处理" in page


@pytest.mark.once
def test_the_board_shows_no_name(county, as_account):
    contacts_of(with_first_team(county, started(name="孟姓名")))
    page = shown(as_account(county.chief).get("/tracing"))
    assert "孟姓名" not in page
    assert "接触者0" not in page


@pytest.mark.once
def test_the_part_that_renews_itself_is_the_board_without_its_page(county, as_account):
    page = shown(as_account(county.chief).get("/tracing/board"))
    assert "卡住的事" in page
    assert "<html" not in page


@pytest.mark.once
def test_the_wall_has_a_tile_for_each_team(county, as_account):
    assert shown(as_account(county.chief).get("/tracing/wall")).count('<li class="team-tile') == 2


@pytest.mark.once
@pytest.mark.parametrize("role", ["grid_worker", "township_approver", "resident", "auditor"])
def test_who_does_not_see_cases_over_the_county_sees_no_board(county, as_account, role):
    account = account_of(county, role)
    assert as_account(account).get("/tracing").status_code == 403


@pytest.mark.once
def test_who_does_not_direct_hands_nothing_out(county, as_account):
    assert as_account(county.leads[0]).get("/tracing/hand-out").status_code == 403


def ticked(lines, teams):
    return {"take": [it.key for it in lines]} | {f"team-{it.key}": str(teams[it.work]) for it in lines}


@pytest.mark.once
def test_what_is_ticked_is_handed_out_to_the_team_that_was_chosen(county, as_account):
    case = started()
    contacts = contacts_of(case)
    told = ticked(proposal(county.chief, county_now()).lines, dict.fromkeys((CASE, CONTACT), county.teams[1].pk))
    as_account(county.chief).post("/tracing/hand-out", told)
    held = holders(CASE, [case.pk]) | holders(CONTACT, contacts)
    assert {row.team_id for row in held.values()} == {county.teams[1].pk}
    assert len(held) == 4


@pytest.mark.once
def test_what_has_changed_meanwhile_is_not_handed_out(county, as_account):
    case = started()
    told = ticked(proposal(county.chief, county_now()).lines, {CASE: county.teams[0].pk})
    with_first_team(county, case)
    other = started(name="赵病例")
    answer = as_account(county.chief).post("/tracing/hand-out", told)
    assert (answer.status_code, holders(CASE, [other.pk])) == (400, {})
    assert "已经变了" in shown(answer)


@pytest.mark.once
def test_nothing_ticked_hands_nothing_out(county, as_account):
    started()
    assert "没有勾选" in shown(as_account(county.chief).post("/tracing/hand-out", {}))


@pytest.mark.once
def test_what_was_ticked_and_chosen_stands_after_a_refusal(county, as_account):
    started()
    started(name="赵病例")
    first, second = proposal(county.chief, county_now()).lines
    told = {"take": [first.key], f"team-{first.key}": "", f"team-{second.key}": str(county.teams[1].pk)}
    answer = as_account(county.chief).post("/tracing/hand-out", told)
    lines = {it["line"].key: it for it in answer.context["lines"]}
    assert answer.status_code == 400
    assert [lines[key]["is_ticked"] for key in (first.key, second.key)] == [True, False]
    assert [value for value, _, is_chosen in lines[second.key]["choices"] if is_chosen] == [county.teams[1].pk]


@pytest.mark.once
def test_a_case_is_moved_to_another_team_from_the_team_s_page(county, as_account):
    case = with_first_team(county, started())
    as_account(county.chief).post(team_page(county), {"what": str(case.pk), "team": str(county.teams[1].pk)})
    assert holders(CASE, [case.pk])[case.pk].team_id == county.teams[1].pk


@pytest.mark.once
def test_a_team_that_goes_off_duty_hands_everything_over(county, as_account):
    case = with_first_team(county, started())
    contacts = contacts_of(case)
    assign_contacts(to_teams=dict.fromkeys(contacts, county.teams[0].pk), by=county.chief)
    as_account(county.chief).post(team_page(county), {"what": "all", "team": str(county.teams[1].pk)})
    held = holders(CASE, [case.pk]) | holders(CONTACT, contacts)
    assert {row.team_id for row in held.values()} == {county.teams[1].pk}


@pytest.mark.once
def test_a_member_moves_no_case(county, as_account):
    case = with_first_team(county, started())
    told = {"what": str(case.pk), "team": str(county.teams[1].pk)}
    assert as_account(county.leads[0]).post(team_page(county), told).status_code == 403


@pytest.mark.once
def test_phones_of_a_team_are_for_whoever_directs(county, as_account):
    assert "15400000001" in shown(as_account(county.chief).get(team_page(county)))


@pytest.mark.once
def test_others_see_phones_masked(county, as_account):
    assert "15400000001" not in shown(as_account(county.mates[1]).get(team_page(county)))


@pytest.mark.once
def test_a_team_that_is_not_on_the_roll_is_refused_in_words(county, as_account):
    page = as_account(county.chief).get(reverse("tracing-team", args=[uuid4()]))
    assert "不在名册上" in shown(page)


@pytest.mark.once
def test_a_gap_in_the_roster_is_a_thing_to_be_mended(county, as_account):
    assert "没有小组值班" in shown(as_account(county.chief).get("/tracing/roster"))


@pytest.mark.once
def test_a_shift_without_a_team_is_told_to_choose_one(county, as_account):
    page = shown(as_account(county.chief).post("/tracing/roster", {"team": ""}))
    assert ("请从列表里选一项。" in page, "这个字段是必填项" in page) == (True, False)


def moment(at):
    return f"{localtime(at):%Y-%m-%dT%H:%M}"


def a_shift(county, begins_in, ends_in):
    begins_at, ends_at = county_now() + timedelta(hours=begins_in), county_now() + timedelta(hours=ends_in)
    return {"team": str(county.teams[0].pk), "begins_at": moment(begins_at), "ends_at": moment(ends_at)}


@pytest.mark.once
def test_a_shift_over_midnight_is_set_from_the_page(county, as_account):
    as_account(county.chief).post("/tracing/roster", a_shift(county, 12, 22))
    late = shifts_between(county_now() + timedelta(hours=13), county_now() + timedelta(hours=20))
    assert [localtime(it.begins_at).date() < localtime(it.ends_at).date() for it in late] == [True]


def test_a_shift_set_and_one_called_off_are_said_to_be_so(county, as_account):
    page = as_account(county.chief)
    after_setting = page.post("/tracing/roster", a_shift(county, 12, 22))["Location"]
    assert "已排上" in shown(page.get(after_setting))
    off = str(shifts_between(county_now() + timedelta(hours=13), county_now() + timedelta(hours=20)).first().pk)
    assert "已取消" in shown(page.get(page.post("/tracing/roster", {"off": off})["Location"]))


@pytest.mark.once
def test_a_shift_that_ends_before_it_begins_is_refused_beside_the_field(county, as_account):
    assert "结束不晚于开始" in shown(as_account(county.chief).post("/tracing/roster", a_shift(county, 20, 12)))


@pytest.mark.once
def test_a_double_duty_is_shown(county, as_account):
    page = as_account(county.chief)
    page.post("/tracing/roster", a_shift(county, 1, 5))
    assert "同时有两个班" in shown(page.get("/tracing/roster"))


def test_my_tasks_are_those_of_my_team(county, as_account):
    case = with_first_team(county, started())
    assert case.number in shown(as_account(county.mates[0]).get("/tasks"))


def test_another_team_s_tasks_are_not_mine(county, as_account):
    case = with_first_team(county, started())
    assert case.number not in shown(as_account(county.mates[1]).get("/tasks"))


@pytest.mark.once
def test_one_thumb_says_that_the_scene_is_reached(county, as_account):
    case = with_first_team(county, started())
    as_account(county.leads[0]).post("/tasks", {"finish": str(task_of(case).pk)})
    assert clocks_of([case.pk])[case.pk][0].reached_at is not None


@pytest.mark.once
def test_one_thumb_takes_a_task(county, as_account):
    case = with_first_team(county, started())
    as_account(county.mates[0]).post("/tasks", {"take": str(task_of(case).pk)})
    assert task_of(case).owner == county.mates[0]


@pytest.mark.once
def test_a_stranger_s_button_is_refused_in_words(county, as_account):
    case = with_first_team(county, started())
    answer = as_account(county.mates[1]).post("/tasks", {"finish": str(task_of(case).pk)})
    assert answer.status_code == 400
    assert "没有改动" in shown(answer)


@pytest.mark.once
def test_a_task_is_finished_with_a_note(county, as_account):
    case = with_first_team(county, started())
    page = reverse("task", args=[task_of(case).pk])
    as_account(county.leads[0]).post(page, {"do": "finish", "note": "已到现场"})
    assert (task_of(case).state, task_of(case).note) == ("done", "已到现场")


@pytest.mark.once
def test_a_task_is_handed_over_from_its_page(county, as_account):
    case = with_first_team(county, started())
    page = reverse("task", args=[task_of(case).pk])
    as_account(county.leads[0]).post(page, {"do": "hand_over", "to": str(county.mates[0].pk), "reason": "去现场"})
    assert task_of(case).owner == county.mates[0]


@pytest.mark.once
def test_a_full_report_without_its_questionnaire_is_refused_on_the_page(county, as_account):
    case = with_first_team(county, started())
    page = reverse("task", args=[task_of(case, "case-investigation").pk])
    answer = as_account(county.leads[0]).post(page, {"do": "finish", "note": ""})
    assert answer.status_code == 400
    assert "必填" in shown(answer)


def a_grid_task(area_path=CELL):
    due_at = county_now() + timedelta(hours=1)
    told = {"kind": "test.call", "title": Said("敲门看看", "Knock"), "area_path": area_path, "due_at": due_at}
    return open_tasks(tasks=[NewTask(role="grid_worker", **told)], by=BY).ids[0]


def test_a_grid_worker_takes_and_finishes_a_task_of_the_cell(county, as_account):
    task, worker = a_grid_task(), account_of(county, "grid_worker")
    page = as_account(worker)
    page.post("/tasks", {"take": str(task)})
    page.post("/tasks", {"finish": str(task)})
    assert (find(task).state, find(task).owner) == ("done", worker)


@pytest.mark.once
def test_a_task_outside_one_s_area_is_not_shown(county, as_account):
    task = a_grid_task(f"{OTHER_TOWN}200001")
    answer = as_account(account_of(county, "grid_worker")).get(reverse("task", args=[task]))
    assert answer.status_code == 403


def test_whoever_does_no_tasks_has_no_list(county, as_account):
    assert as_account(account_of(county, "auditor")).get("/tasks").status_code == 403


def test_a_long_list_asks_as_much_as_a_short_one(county, as_account, django_assert_max_num_queries):
    for nth in range(3):
        case = with_first_team(county, started(name=f"孟病例{nth}"))
        assign_contacts(to_teams=dict.fromkeys(contacts_of(case, 20), county.teams[0].pk), by=county.chief)
    page = as_account(county.mates[0])
    with django_assert_max_num_queries(14):
        page.get("/tasks")


def test_the_board_s_page_asks_no_more_than_twenty_times(county, as_account, django_assert_max_num_queries):
    for nth in range(3):
        with_first_team(county, started(name=f"孟病例{nth}"))
    page = as_account(county.chief)
    with django_assert_max_num_queries(20):
        page.get("/tracing")


@pytest.mark.once
def test_whoever_directs_the_teams_begins_at_the_board(county, as_account):
    assert as_account(county.chief).get("/").headers["Location"] == "/tracing"


@pytest.mark.once
def test_a_member_of_a_team_begins_with_what_is_to_be_done(county, as_account):
    assert as_account(county.mates[0]).get("/").headers["Location"] == "/tasks"


@pytest.mark.once
def test_a_team_to_be_sent_is_sent_where_work_is_handed_out(county, as_account):
    started()
    assert 'href="/tracing/hand-out">去办' in shown(as_account(county.chief).get("/tasks"))
