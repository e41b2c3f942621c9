"""Who answers what was told of an arrival, who is told nothing, and the pages of both."""

from types import SimpleNamespace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from fangxian.ops.accounts.models import Account
from fangxian.ops.arrivals.models import Arrival, Proposal
from fangxian.ops.arrivals.queries import arrival_with, told_of
from fangxian.ops.people.models import Person
from fangxian.ops.procedures.arrival_people import Newcomer
from fangxian.ops.procedures.propose_arrival import (
    confirm_as_grid,
    confirm_for_oneself,
    deny_as_grid,
    deny_for_oneself,
    take_proposal_back,
)
from fangxian.ops.realm.current import county_now
from fangxian.ops.tasks.models import Task

from .arrival_hand import QINGXU, YAODU, arrived, at, at_risk, journey, on, stay
from .people_with_codes import build_with_codes
from .told_hand import account_for, asked, elder, of, refused, stranger, told
from .two_townships import BESIDE, CELL, OTHER_UNIT, UNIT, account_of, document, shown, sign_in

pytestmark = [pytest.mark.django_db, pytest.mark.once]


@pytest.fixture(scope="module")
def county_of_this_file(rows_of_this_file):
    return build_with_codes()


@pytest.fixture
def county(county_of_this_file, db):
    return county_of_this_file


@pytest.fixture
def teller(county):
    """The account of the head of the first household, who tells of others."""
    return account_for(county, county.head)


@pytest.fixture
def grid_worker(county):
    return account_of(county, "grid_worker")


@pytest.mark.parametrize("tail", ["whole number", "whole phone", "end of the phone", "typed wide"])
def test_somebody_who_lives_elsewhere_is_found_by_a_whole_number_or_in_the_village_by_its_end(county, teller, tail):
    person = county.stranger
    number = {
        "whole number": person.document_number,
        "whole phone": "+86 154-0000-0009",
        "end of the phone": "0009",
        "typed wide": "０００９",
    }
    _, row = told(county, of(person, tail=number[tail], area_path=OTHER_UNIT), teller)
    assert row.person == person


def test_somebody_unknown_is_a_task_and_is_not_dropped(county, teller):
    _, row = told(county, stranger(), teller)
    assert (row.person, row.area_path, asked()) == (None, UNIT, [("village_approver", "open")])


def test_a_name_that_does_not_fit_the_number_finds_nobody(county, teller):
    _, row = told(county, stranger(tail=elder(county).document_number), teller)
    assert row.person is None


def test_a_guest_in_the_tellers_home_is_the_task_of_the_tellers_own_grid_worker(county, teller):
    told(county, stranger(area_path=county.head.area_path), teller)
    assert asked() == [("grid_worker", "open")]


def test_whoever_tells_is_answered_alike_whether_or_not_the_person_is_on_record(client, county):
    client = resident(client, county)
    pages = []
    for person in (elder(county), SimpleNamespace(name=elder(county).name, document_number="9999")):
        answer = client.post(reverse("my-arrivals-others"), form(of(person)))
        pages.append((answer.status_code, answer.url))
    assert pages[0] == pages[1]


def test_for_ones_own_household_one_declares(county, teller):
    new = of(county.persons[1])
    assert refused(told, county=county, new=new, by=teller) == "arrivals.proposal_own_household"


@pytest.mark.parametrize("tail", ["", "123", "12 3", "四五六七"])
def test_too_few_digits_are_refused(county, teller, tail):
    assert refused(told, county=county, new=stranger(tail=tail), by=teller) == "arrivals.proposal_number"


def test_a_journey_that_cannot_be_true_is_refused_when_it_is_told(county, teller):
    backwards = journey(stay(begins=county_now().date(), last=county_now().date().replace(day=1)))
    assert refused(told, county=county, new=stranger(told=backwards), by=teller) == "arrivals.stay_backwards"


def test_the_person_says_that_it_is_so_and_it_is_a_declaration_by_a_relative(county, teller):
    at_risk(account_of(county, "dispatcher"))
    _, row = told(county, of(elder(county)), teller)
    own = account_for(county, elder(county))
    kept = confirm_for_oneself(proposal=row.pk, household=[elder(county)], by=own)
    row.refresh_from_db()
    assert (kept.row.person, kept.row.declared_as, kept.row.measure) == (elder(county), "relative", "home")
    assert (row.state, row.arrival, asked()) == ("confirmed", kept.row.pk, [("grid_worker", "done")])


def test_another_household_cannot_answer_for_the_person(county, teller):
    _, row = told(county, of(elder(county)), teller)
    given = {"proposal": row.pk, "household": [county.stranger], "by": account_for(county, county.stranger)}
    assert refused(confirm_for_oneself, **given) == "arrivals.proposal.not_found"


def test_the_person_says_that_it_is_not_so_and_nobody_need_ask(county, teller):
    _, row = told(county, of(elder(county)), teller)
    deny_for_oneself(proposal=row.pk, household=[elder(county)], why="没有来", by=account_for(county, elder(county)))
    row.refresh_from_db()
    assert (row.state, row.answered_why, asked(), Arrival.objects.count()) == (
        "refused", "没有来", [("grid_worker", "done")], 0,
    )  # fmt: skip


def test_told_of_after_they_declared_the_declaration_counts(county, teller, grid_worker):
    arrival = arrived(elder(county), by=account_for(county, elder(county)))
    _, row = told(county, of(elder(county), told=journey(stays_at="别的话")), teller)
    kept, _ = confirm_as_grid(proposal=row.pk, newcomer=None, by=grid_worker)
    assert (kept.row.pk, kept.is_new, Arrival.objects.count()) == (arrival.pk, False, 1)


@pytest.fixture
def risky(county):
    return at_risk(account_of(county, "dispatcher"))


@pytest.mark.parametrize("own", [journey(stay(YAODU)), journey(stay(YAODU, last=on(4, 9)), arrives_at=at(9, 7))])
def test_found_to_be_so_a_risky_place_that_they_left_out_stands_in_their_own_declaration(
    county, teller, grid_worker, risky, own
):
    arrival = arrived(elder(county), by=account_for(county, elder(county)), told=own)
    _, row = told(county, of(elder(county)), teller)
    kept, _ = confirm_as_grid(proposal=row.pk, newcomer=None, by=grid_worker)
    places = [it.division for it in told_of(arrival_with(arrival.pk)).stays]
    assert (kept.row.pk, kept.row.measure, places, asked()) == (arrival.pk, "home", [QINGXU], [("grid_worker", "done")])


def test_days_before_those_that_were_found_out_stay_as_they_said(county, teller, grid_worker, risky):
    own = journey(stay(YAODU, begins=on(3, 20)))
    arrival = arrived(elder(county), by=account_for(county, elder(county)), told=own)
    _, row = told(county, of(elder(county)), teller)
    confirm_as_grid(proposal=row.pk, newcomer=None, by=grid_worker)
    stays = told_of(arrival_with(arrival.pk)).stays
    assert [(it.division, it.begins_on) for it in stays] == [(YAODU, on(3, 20)), (QINGXU, on(4, 3))]


def test_what_a_grid_worker_confirmed_is_not_their_own_declaration(county, teller, grid_worker, client):
    _, row = told(county, of(elder(county)), teller)
    kept, _ = confirm_as_grid(proposal=row.pk, newcomer=None, by=grid_worker)
    client.force_login(grid_worker, backend="django.contrib.auth.backends.ModelBackend")
    assert "更正的原因" in shown(client.get(reverse("arrival-correct", args=[kept.row.pk])))


def test_whoever_tells_sees_nothing_of_what_it_became(county, client):
    client = resident(client, county)
    _, row = told(county, of(elder(county)), client.account)
    kept = confirm_for_oneself(proposal=row.pk, household=[elder(county)], by=account_for(county, elder(county)))
    page = shown(client.get(reverse("my-arrivals-others")))
    assert ("已处理" in page, "已申报" in page) == (True, False)
    assert client.get(reverse("arrival", args=[kept.row.pk])).status_code == 403


def test_a_grid_worker_elsewhere_may_not_answer(county, teller):
    _, row = told(county, of(elder(county)), teller)
    by = account_of(county, "grid_worker", BESIDE)
    assert refused(deny_as_grid, proposal=row.pk, why="没有来", by=by) == "accounts.not_yours"


def test_whoever_tells_cannot_confirm_it_at_work(county, grid_worker):
    Person.objects.filter(pk=county.head.pk).update(account=grid_worker)
    _, row = told(county, of(elder(county)), grid_worker)
    given = {"proposal": row.pk, "newcomer": None, "by": grid_worker}
    assert refused(confirm_as_grid, **given) == "arrivals.proposal_by_yourself"


def test_somebody_unknown_is_put_on_record_by_their_document(county, teller):
    _, row = told(county, stranger(), teller)
    who = Newcomer(
        name="李来客", number=document(county_now().date().replace(1990), 88), lives_here=False, from_place="清徐"
    )
    kept, token = confirm_as_grid(proposal=row.pk, newcomer=who, by=account_of(county, "grid_worker", UNIT))
    row.refresh_from_db()
    assert (row.person.name, row.arrival, bool(token)) == ("李来客", kept.row.pk, True)


def test_denied_by_the_person_of_a_journey_from_a_place_at_risk_the_grid_worker_still_asks(county, teller, grid_worker):
    at_risk(account_of(county, "dispatcher"))
    _, row = told(county, of(elder(county)), teller)
    deny_for_oneself(proposal=row.pk, household=[elder(county)], why="没有的事", by=account_for(county, elder(county)))
    row.refresh_from_db()
    assert (row.state, row.answered_why, asked()) == ("waiting", "没有的事", [("grid_worker", "open")])
    deny_as_grid(proposal=row.pk, why="问过邻居，没有离开过", by=grid_worker)
    assert asked() == [("grid_worker", "done")]


def test_where_the_rules_would_ask_something_the_clock_is_the_shorter(county, teller):
    told(county, of(elder(county), told=journey(stay(YAODU))), teller)
    at_risk(account_of(county, "dispatcher"))
    told(county, of(county.stranger, area_path=OTHER_UNIT), teller)
    quiet, at_stake = Task.objects.filter(kind="arrivals.proposed").order_by("opened_at")
    assert quiet.due_at - quiet.opened_at > 2 * (at_stake.due_at - at_stake.opened_at)


def test_answered_once_it_is_not_answered_again(county, teller, grid_worker):
    _, row = told(county, of(elder(county)), teller)
    deny_as_grid(proposal=row.pk, why="不认识", by=grid_worker)
    given = {"proposal": row.pk, "newcomer": None, "by": grid_worker}
    assert refused(confirm_as_grid, **given) == "arrivals.proposal_answered"


def test_taken_back_nobody_need_ask(county, teller):
    _, row = told(county, of(elder(county)), teller)
    for _ in range(2):
        take_proposal_back(proposal=row.pk, by=teller)
    assert asked() == [("grid_worker", "cancelled")]


def test_somebody_elses_word_is_not_taken_back(county, teller):
    _, row = told(county, of(elder(county)), teller)
    other = account_for(county, county.stranger)
    assert refused(take_proposal_back, proposal=row.pk, by=other) == "arrivals.proposal.not_found"


def test_a_resident_tells_and_the_person_finds_it_on_their_own_pages(client, county):
    teller = resident(client, county)
    page = shown(teller.post(reverse("my-arrivals-others"), form(of(elder(county))), follow=True))
    assert ("收到了" in page, "等核实" in page, "王老" in page) == (True, True, True)
    client.force_login(account_for(county, elder(county)), backend="django.contrib.auth.backends.ModelBackend")
    row = Proposal.objects.get()
    for route in ("my-code", "my-arrivals"):
        assert reverse("my-arrival-told", args=[row.pk]) in shown(client.get(reverse(route)))
    page = shown(client.get(reverse("my-arrival-told", args=[row.pk])))
    assert ("孟浩然" in page, "尧都" in page) == (True, True)
    after = client.post(reverse("my-arrival-told", args=[row.pk]), {"do": "confirm"})
    assert after.url.startswith(reverse("arrival", args=[Arrival.objects.get().pk]))


def test_a_form_that_cannot_be_taken_keeps_what_was_typed(client, county):
    answer = resident(client, county).post(reverse("my-arrivals-others"), form(stranger(), tail="12"))
    page = shown(answer)
    assert (answer.status_code, "李来客" in page, "号码写得不对" in page, "尧都" in page) == (
        400,
        True,
        True,
        True,
    )


def test_the_grid_sees_what_waits_in_its_area_and_answers_there(client, county, teller):
    _, row = told(county, of(elder(county)), teller)
    client = sign_in(client, county, "grid_worker")
    assert "亲友代报，等核实" in shown(client.get(reverse("arrivals")))
    page = shown(client.get(reverse("arrival-proposals")))
    assert (reverse("arrival-proposal", args=[row.pk]) in page, "王老" in page) == (True, False)
    assert "在册上找到了这个人" in shown(client.get(reverse("arrival-proposal", args=[row.pk])))
    answer = client.post(reverse("arrival-proposal", args=[row.pk]), {"do": "found"})
    assert answer.url == f"{reverse('arrival', args=[Arrival.objects.get().pk])}?done=declared"


def test_the_grid_of_another_township_sees_none_of_it(client, county, teller):
    _, row = told(county, of(elder(county)), teller)
    client = sign_in(client, county, "grid_worker", f"{OTHER_UNIT}001")
    assert str(row.pk) not in shown(client.get(reverse("arrival-proposals")))
    assert client.get(reverse("arrival-proposal", args=[row.pk])).status_code == 404


def test_a_wrong_document_is_said_beside_it_and_nothing_is_declared(client, county, teller):
    _, row = told(county, stranger(area_path=CELL), teller)
    client = sign_in(client, county, "grid_worker")
    who = {"do": "new", "name": "李来客", "kind": "resident", "number": "123", "lives_here": "no"}
    answer = client.post(reverse("arrival-proposal", args=[row.pk]), who)
    assert (answer.status_code, Arrival.objects.count()) == (400, 0)


def test_without_a_reason_nothing_is_refused(client, county, teller):
    _, row = told(county, of(elder(county)), teller)
    client = sign_in(client, county, "grid_worker")
    answer = client.post(reverse("arrival-proposal", args=[row.pk]), {"do": "deny", "why": ""})
    assert (answer.status_code, "还没有写原因" in shown(answer)) == (400, True)


def resident(client, county):
    client = sign_in(client, county, "resident")
    Person.objects.filter(pk=county.head.pk).update(account=Account.objects.get(pk=client.account.pk))
    return client


def form(new, **changed):
    """What stands in the form of one place."""
    token = "1" * 32 if new.tail == "9999" else "2" * 32
    told = {
        "name": new.name, "tail": new.tail, "tie": new.tie, "area": new.area_path, "arrives_at": "2022-04-08T08:00",
        "stays_at": "", "phone": "", "token": token, "n_stays": "1", "n_legs": "1", "stay-0-place": "临汾尧都",
        "stay-0-begins_on": "2022-04-03", "stay-0-last_on": "", "do": "tell",
    }  # fmt: skip
    return told | changed


def test_the_list_asks_as_often_for_many_as_for_few(client, county, teller, django_assert_max_num_queries):
    client = sign_in(client, county, "village_approver")
    told(county, of(elder(county)), teller)
    with CaptureQueriesContext(connection) as few:
        client.get(reverse("arrival-proposals"))
    for n in range(5):
        told(county, stranger(tail=f"200{n}"), teller)
    with django_assert_max_num_queries(len(few)):
        client.get(reverse("arrival-proposals"))


def test_found_by_the_document_a_visitor_is_given_the_address_of_their_code_once(client, county, teller):
    _, row = told(county, stranger(area_path=CELL), teller)
    client = sign_in(client, county, "grid_worker")
    number = document(county_now().date().replace(1990), 87)
    who = {"do": "new", "name": "李来客", "kind": "resident", "number": number, "lives_here": "no"}
    page = shown(client.post(reverse("arrival-proposal", args=[row.pk]), who))
    row.refresh_from_db()
    assert ("这个网址只显示这一次" in page, reverse("arrival", args=[row.arrival]) in page) == (True, True)
    again = client.post(reverse("arrival-proposal", args=[row.pk]), who)
    assert (again.status_code, "已在" in shown(again), Arrival.objects.count()) == (400, True, 1)
