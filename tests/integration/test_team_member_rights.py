"""What somebody lent to a tracing team sees: the township their team sets out from, and what the team was given.

Every page and every deed of cases and contacts is tried on three of them: given to the team far away (seen), in the
township (seen), far away and another's (not seen, and not said to be there).
"""

from copy import deepcopy
from types import SimpleNamespace

import pytest
from django.urls import reverse

from fangxian.core.refusal import Refusal
from fangxian.ops.cases.queries import clock_counts
from fangxian.ops.cases.queries import within as cases_within
from fangxian.ops.contacts.actions import open_follow_ups
from fangxian.ops.contacts.days import of_day
from fangxian.ops.contacts.listing import Wanted, listed
from fangxian.ops.contacts.queries import changes_within
from fangxian.ops.contacts.queries import within as contacts_within
from fangxian.ops.procedures.assign_contacts import assign_contacts
from fangxian.ops.procedures.case_clocks import begin_case_clocks
from fangxian.ops.procedures.start_investigation import give_cases, start_investigation, stop_investigation
from fangxian.ops.realm.current import county_now
from fangxian.ops.tracing.queries import work_held

from .tracing_hand import BY, a_case, build_with_teams, contacts_of
from .two_townships import OTHER_TOWN, TOWN, shown

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture(scope="module")
def county_of_this_file(rows_of_this_file):
    """Three cases with a contact each: `given` to the first team far away, `near` in its township, `far` another's."""
    found = build_with_teams()
    for name, place in (("given", OTHER_TOWN), ("near", TOWN), ("far", OTHER_TOWN)):
        case = a_case(f"孟{name}", area_path=place)
        contact = contacts_of(case, 1, area_path=place)[0]
        setattr(found, name, SimpleNamespace(case=case.pk, number=case.number, contact=contact))
    for it, team in ((found.given, found.teams[0]), (found.far, found.teams[1])):
        start_investigation(case=it.case, by=BY)
        give_cases(to_teams={it.case: team.pk}, by=found.chief)
        assign_contacts(to_teams={it.contact: team.pk}, by=found.chief)
    found.mate = found.mates[0]
    return found


@pytest.fixture
def county(county_of_this_file, db):
    """With accounts that are this test's own, for an account remembers what it is appointed to."""
    return deepcopy(county_of_this_file)


@pytest.fixture
def page(county, client):
    client.force_login(county.mate, backend=BACKEND)
    return client


def test_cases_are_those_of_the_township_and_of_the_team(county):
    assert set(cases_within(county.mate).values_list("pk", flat=True)) == {county.given.case, county.near.case}


def test_contacts_are_those_of_the_township_and_of_the_team(county):
    seen = set(contacts_within(county.mate).values_list("pk", flat=True))
    assert seen == {county.given.contact, county.near.contact}


def test_so_are_those_of_the_line_list(county):
    rows = listed(county.mate, Wanted(), at=county_now())
    assert set(rows.values_list("pk", flat=True)) == {county.given.contact, county.near.contact}


def test_so_are_the_follow_ups_of_a_day(county):
    at = county_now()
    open_follow_ups(at=at, by=BY)
    rows = of_day(county.mate, at.date()).values_list("whose", flat=True)
    assert set(rows) == {county.given.contact, county.near.contact}


def test_so_are_the_changes_that_the_daily_figures_count(county):
    seen = set(changes_within(county.mate).values_list("whose", flat=True))
    assert seen == {county.given.contact, county.near.contact}


def test_so_are_the_clocks(county):
    for it in (county.given, county.near, county.far):
        begin_case_clocks(case=it.case, found_at=county_now(), by=BY)
    counted = clock_counts(cases_within(county.mate), at=county_now())
    assert counted.n_in_time + counted.n_overdue == 2


@pytest.mark.parametrize("address", ["/cases", "/contacts", "/contacts/today", "/transmission",
                                     "/transmission/links.csv", "/transmission/tree.json", "/sources"])  # fmt: skip
def test_no_page_names_a_case_of_another_team(county, page, address):
    answer = page.get(address)
    text = b"".join(answer.streaming_content).decode() if answer.streaming else shown(answer)
    assert (answer.status_code, county.far.number in text, str(county.far.contact) in text) == (200, False, False)


def test_no_list_that_is_taken_out_names_a_contact_of_another_team(county, page):
    text = b"".join(page.post("/contacts/list.csv").streaming_content).decode()
    assert (str(county.given.contact) in text, str(county.far.contact) in text) == (True, False)


@pytest.mark.parametrize("whose", ["given", "near"])
def test_a_case_of_the_team_and_one_of_the_township_open(county, page, whose):
    assert page.get(reverse("case", args=[getattr(county, whose).case])).status_code == 200


@pytest.mark.parametrize("name", ["case", "case-interview", "case-timeline", "case-story", "case-exposure"])
def test_no_page_of_a_case_of_another_team_opens(county, page, name):
    assert page.get(reverse(name, args=[county.far.case])).status_code == 403


@pytest.mark.parametrize("whose", ["given", "near"])
@pytest.mark.parametrize("name", ["contact", "contact-follow-up"])
def test_a_contact_of_the_team_and_one_of_the_township_open(county, page, name, whose):
    assert page.get(reverse(name, args=[getattr(county, whose).contact])).status_code == 200


@pytest.mark.parametrize("name", ["contact", "contact-follow-up"])
def test_no_page_of_a_contact_of_another_team_opens(county, page, name):
    assert page.get(reverse(name, args=[county.far.contact])).status_code == 403


@pytest.mark.parametrize("do", ["show", "confirm", "reject", "put-back", "traced", "placed", "released", "details"])
def test_no_deed_reaches_a_contact_of_another_team(county, page, do):
    told = {"do": do, "reason": "work", "ring": "close-contact"}
    assert page.post(reverse("contact", args=[county.far.contact]), told).status_code == 403


@pytest.mark.parametrize("do", ["confirm", "reject", "put-back", "traced", "released", "details"])
def test_a_member_decides_nothing_even_of_what_the_team_was_given(county, page, do):
    told = {"do": do, "reason": "同桌", "ring": "close-contact"}
    page.post(reverse("contact", args=[county.given.contact]), told)
    assert contacts_within(county.mate).get(pk=county.given.contact).state == "confirmed"


def test_a_follow_up_of_another_team_s_contact_is_refused(county, page):
    told = {"found": "seen", "temperature": "36.5"}
    assert page.post(reverse("contact-follow-up", args=[county.far.contact]), told).status_code == 403


def test_tasks_are_those_of_the_team(county, page):
    text = shown(page.get("/tasks"))
    assert (county.given.number in text, county.far.number in text) == (True, False)


def test_a_case_that_goes_to_another_team_is_seen_no_more(county, page):
    give_cases(to_teams={county.given.case: county.teams[1].pk}, by=county.chief)
    assert page.get(reverse("case", args=[county.given.case])).status_code == 403


def test_a_case_that_was_none_is_seen_no_more(county, page):
    stop_investigation(cases=[county.given.case], by=BY)
    assert page.get(reverse("case", args=[county.given.case])).status_code == 403


def test_giving_a_case_again_changes_nothing(county):
    give_cases(to_teams={county.given.case: county.teams[0].pk}, by=county.chief)
    assert work_held().filter(about=county.given.case).count() == 1


def test_a_member_hands_nothing_out(county):
    with pytest.raises(Refusal) as refused:
        give_cases(to_teams={county.far.case: county.teams[0].pk}, by=county.mate)
    assert refused.value.code == "accounts.not_yours"


@pytest.mark.parametrize("address", ["/tracing/hand-out", "/tracing/roster", "/tracing/wall", "/tracing/board",
                                     "/tracing/teams/new", "/parcels", "/handover", "/imports"])  # fmt: skip
def test_what_is_for_the_county_is_not_for_a_member(page, address):
    assert page.get(address).status_code == 403
