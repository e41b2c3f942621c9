"""Putting a tracing team together from its page, and what its members see by it."""

from copy import deepcopy
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from fangxian.core.refusal import Refusal
from fangxian.ops.accounts.models import Account, Appointment
from fangxian.ops.accounts.queries import appointments_to_team
from fangxian.ops.audit.models import AuditLine
from fangxian.ops.procedures.assign_contacts import assign_contacts
from fangxian.ops.procedures.start_investigation import give_cases, start_investigation
from fangxian.ops.procedures.team_members import stand_down
from fangxian.ops.realm.current import county_now
from fangxian.ops.tracing.queries import leads_of, shifts_between, team_with, teams_standing

from .tracing_hand import BY, a_case, build_with_teams, contacts_of
from .two_townships import CELL, OTHER_TOWN, TOWN, account_of, shown

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture(scope="module")
def county_of_this_file(rows_of_this_file):
    found = build_with_teams()
    account_of(found, "security_administrator")  # a county without one dismisses nobody
    return found


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


@pytest.fixture
def lent(county):
    """Somebody of the police who has a post and is appointed to nothing."""
    return Account.objects.create(
        username="police-9", display_name="警员甲", unit=county.unit, unit_since=county.at, verified_at=county.at
    )


def edit_page(county):
    return reverse("tracing-team-edit", args=[county.teams[0].pk])


def joining(**told):
    return {"do": "join", "kind": "police", "post": "", "name": "", "phone": "", **told}


def members(county):
    return {it.account.username if it.account else it.name for it in team_with(county.teams[0].pk).members.all()}


def given(county, case, n=1):
    """The case and its contacts in the hands of the first team."""
    start_investigation(case=case.pk, by=BY)
    give_cases(to_teams={case.pk: county.teams[0].pk}, by=county.chief)
    contacts = contacts_of(case, n, area_path=case.area_path)
    assign_contacts(to_teams=dict.fromkeys(contacts, county.teams[0].pk), by=county.chief)
    return contacts


def test_somebody_joins_by_their_post(county, as_account, lent):
    as_account(county.chief).post(edit_page(county), joining(post="police-9"))
    assert "police-9" in members(county)


def test_whoever_joins_sees_the_team_s_township_and_what_it_is_given(county, as_account, lent):
    as_account(county.chief).post(edit_page(county), joining(post="police-9"))
    held = lent.appointments.get()
    assert (held.role, held.area_path, held.team) == ("tracing_member", TOWN, county.teams[0].pk)


def test_an_investigator_who_joins_is_appointed_to_nothing_more(county, as_account):
    investigator = account_of(county, "investigator", name="cdc-9")
    as_account(county.chief).post(edit_page(county), joining(kind="cdc", post="cdc-9"))
    assert investigator.appointments.count() == 1


def test_somebody_without_a_post_joins_on_paper(county, as_account):
    as_account(county.chief).post(edit_page(county), joining(kind="township", name="村干部"))
    assert "村干部" in members(county)


@pytest.mark.once
def test_without_a_post_a_name_is_needed(county, as_account):
    answer = as_account(county.chief).post(edit_page(county), joining())
    assert (answer.status_code, "要写姓名" in shown(answer)) == (400, True)


@pytest.mark.once
def test_a_post_that_is_not_there_is_said_beside_its_field(county, as_account):
    answer = as_account(county.chief).post(edit_page(county), joining(post="nobody"))
    assert "没有这个账号" in shown(answer)


def test_whoever_is_in_the_team_does_not_join_twice(county, as_account):
    answer = as_account(county.chief).post(edit_page(county), joining(post=county.mates[0].username))
    assert "一个人在一个小组里只登记一次" in shown(answer)


def test_one_who_takes_over_leads(county, as_account, lent):
    as_account(county.chief).post(edit_page(county), joining(post="police-9", is_lead="on"))
    assert leads_of([county.teams[0].pk])[county.teams[0].pk].account == lent


def member_of(county, account):
    return str(team_with(county.teams[0].pk).members.get(account=account).pk)


def test_a_member_is_made_the_lead(county, as_account):
    told = {"do": "lead", "member": member_of(county, county.mates[0])}
    as_account(county.chief).post(edit_page(county), told)
    assert leads_of([county.teams[0].pk])[county.teams[0].pk].account == county.mates[0]


def test_whoever_leaves_is_out_of_the_team(county, as_account):
    told = {"do": "leave", "member": member_of(county, county.mates[0])}
    as_account(county.chief).post(edit_page(county), told)
    assert county.mates[0].username not in members(county)


def test_whoever_leaves_sees_nothing_by_the_team_any_more(county, as_account):
    case = a_case(area_path=OTHER_TOWN)
    given(county, case)
    told = {"do": "leave", "member": member_of(county, county.mates[0])}
    as_account(county.chief).post(edit_page(county), told)
    assert as_account(county.mates[0]).get(f"/cases/{case.pk}").status_code == 403


def test_the_lead_does_not_leave_before_another_leads(county, as_account):
    told = {"do": "leave", "member": member_of(county, county.leads[0])}
    answer = as_account(county.chief).post(edit_page(county), told)
    assert (answer.status_code, county.leads[0].username in members(county)) == (400, True)


def test_a_member_of_another_team_is_not_taken_out_here(county, as_account):
    other = str(team_with(county.teams[1].pk).members.get(account=county.mates[1]).pk)
    assert as_account(county.chief).post(edit_page(county), {"do": "leave", "member": other}).status_code == 400


def facts(**told):
    return {
        "do": "change",
        "name_zh": "机动组",
        "name_en": "Reserve",
        "area_path": OTHER_TOWN,
        "load_max": "25",
        **told,
    }


def test_name_township_and_load_are_changed(county, as_account):
    as_account(county.chief).post(edit_page(county), facts())
    row = team_with(county.teams[0].pk)
    assert (row.name_zh, row.area_path, row.load_max) == ("机动组", OTHER_TOWN, 25)


def test_members_follow_their_team_to_another_township(county, as_account):
    as_account(county.chief).post(edit_page(county), facts())
    assert {it.area_path for it in appointments_to_team(county.teams[0].pk)} == {OTHER_TOWN}


@pytest.mark.once
def test_a_load_of_nothing_is_said_beside_its_field(county, as_account):
    assert "最少是1" in shown(as_account(county.chief).post(edit_page(county), facts(load_max="0")))


def test_a_team_that_stands_down_is_off_the_roll_and_off_the_roster(county, as_account):
    as_account(county.chief).post(edit_page(county), {"do": "down"})
    standing = [it.pk for it in teams_standing()]
    coming = shifts_between(county_now(), county_now().replace(year=county_now().year + 1))
    assert (standing, {it.team_id for it in coming}) == ([county.teams[1].pk], {county.teams[1].pk})


def test_a_team_with_work_in_hand_does_not_stand_down(county):
    given(county, a_case())
    with pytest.raises(Refusal, match="team_holds_work"):
        stand_down(team=county.teams[0].pk, by=county.chief)


def test_members_of_a_team_that_stood_down_see_nothing_by_it(county, as_account):
    as_account(county.chief).post(edit_page(county), {"do": "down"})
    assert appointments_to_team(county.teams[0].pk) == []


def test_a_team_stands_up_again_with_its_members(county, as_account):
    page = as_account(county.chief)
    for do in ("down", "up", "up"):
        page.post(edit_page(county), {"do": do})
    team = team_with(county.teams[0].pk)
    assert team.stood_down_at is None
    assert [it.account for it in appointments_to_team(team.pk)] == [county.mates[0]]


def test_a_team_that_stood_down_is_found_from_the_board(county, as_account):
    page = as_account(county.chief)
    page.post(edit_page(county), {"do": "down"})
    assert edit_page(county) in shown(page.get("/tracing"))


def founding(**told):
    name = {"name_zh": "第三组", "name_en": "Team 3", "number": "3", "area_path": TOWN, "load_max": "40"}
    return name | {"kind": "cdc", "post": "", "name": "组长", "phone": "", **told}


def test_a_team_is_founded_with_its_lead(county, as_account):
    as_account(county.chief).post("/tracing/teams/new", founding(post=county.leads[1].username))
    made = teams_standing().get(number=3)
    assert [(it.account, it.is_lead) for it in made.members.all()] == [(county.leads[1], True)]


@pytest.mark.once
def test_a_number_that_is_taken_is_said_beside_it(county, as_account):
    answer = as_account(county.chief).post("/tracing/teams/new", founding(number="1"))
    assert (answer.status_code, "已经在册" in shown(answer)) == (400, True)


@pytest.mark.parametrize("do", ["join", "leave", "lead", "change", "down", "up"])
def test_who_does_not_direct_changes_no_team(county, as_account, do):
    told = joining(name="某人") | facts() | {"do": do, "member": member_of(county, county.mates[0])}
    assert as_account(county.leads[0]).post(edit_page(county), told).status_code == 403


@pytest.mark.once
def test_an_unknown_deed_and_an_unknown_team_are_refused(county, as_account):
    page = as_account(county.chief)
    assert page.post(edit_page(county), {"do": "dance"}).status_code == 400
    assert "不在名册上" in shown(page.get(reverse("tracing-team-edit", args=[uuid4()])))


def test_each_change_is_on_record(county, as_account, lent):
    as_account(county.chief).post(edit_page(county), joining(post="police-9"))
    written = set(AuditLine.objects.values_list("action", flat=True))
    assert written >= {"tracing.members_joined", "accounts.appointed"}


def test_the_page_asks_as_many_queries_for_a_large_team_as_for_a_small_one(county, as_account):
    page = as_account(county.chief)

    def n_queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert page.get(edit_page(county)).status_code == 200
        return len(asked)

    n_queries()  # what a process remembers it has to learn first
    few = n_queries()
    for name in "甲乙丙":
        page.post(edit_page(county), joining(kind="township", name=name))
    assert n_queries() == few <= 12


def test_last_week_s_shifts_are_set_again_once(county, as_account):
    page = as_account(county.chief)
    before = shifts_between(county_now(), county_now().replace(year=county_now().year + 1)).count()
    for _ in range(2):
        page.post("/tracing/roster", {"repeat": "week"})
    coming = shifts_between(county_now(), county_now().replace(year=county_now().year + 1))
    assert coming.count() == before + 2


@pytest.mark.once
def test_who_does_not_direct_repeats_no_week(county, as_account):
    assert as_account(county.leads[0]).post("/tracing/roster", {"repeat": "week"}).status_code == 403


@pytest.mark.once
def test_a_member_s_tracing_is_their_own_team(county, as_account):
    answer = as_account(county.mates[0]).get("/tracing")
    assert (answer.status_code, answer.url) == (302, reverse("tracing-team", args=[county.teams[0].pk]))


@pytest.mark.once
def test_a_member_sees_no_other_team(county, as_account):
    other = reverse("tracing-team", args=[county.teams[1].pk])
    assert as_account(county.mates[0]).get(other).status_code == 403


def test_no_appointment_to_a_team_is_left_without_a_role_over_its_township(county):
    held = Appointment.objects.exclude(team=None)
    assert {(it.role, len(it.area_path)) for it in held} == {("tracing_member", len(TOWN))}
    assert CELL.startswith(TOWN)


def test_whoever_is_in_a_team_finds_it_from_their_tasks(county, as_account):
    assert reverse("tracing-team", args=[county.teams[0].pk]) in shown(as_account(county.mates[0]).get("/tasks"))
