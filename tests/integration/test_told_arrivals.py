"""Arrivals that somebody of another household tells of: a word until the person or a grid worker says that it is so."""

from dataclasses import replace

import pytest

from fangxian.ops.arrivals.models import Arrival, Proposal
from fangxian.ops.movement.models import Evidence
from fangxian.ops.people.models import Person
from fangxian.ops.procedures.merge_persons import merge_persons
from fangxian.ops.procedures.propose_arrival import (
    confirm_as_grid,
    confirm_for_oneself,
    deny_as_grid,
)
from fangxian.ops.realm.current import county_now
from fangxian.ops.tasks.models import Task

from .arrival_hand import YAODU, arrived, at_risk, journey, on, stay, tomorrow
from .people_with_codes import build_with_codes
from .told_hand import account_for, asked, elder, of, refused, stranger, told
from .two_townships import CELL, OTHER_UNIT, UNIT, account_of

pytestmark = pytest.mark.django_db


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


def test_what_is_told_of_somebody_acts_on_nothing_and_is_a_task_of_their_grid_worker(county, teller):
    at_risk(account_of(county, "dispatcher"))
    before = Evidence.objects.count()
    _, row = told(county, of(elder(county)), teller)
    assert (row.person, row.area_path, row.state) == (elder(county), CELL, "waiting")
    assert (asked(), Arrival.objects.count(), Evidence.objects.count()) == ([("grid_worker", "open")], 0, before)


def test_told_twice_it_is_one_and_one_task(county, teller):
    first, _ = told(county, of(elder(county)), teller)
    again, _ = told(county, of(elder(county)), teller)
    assert (first, again, Proposal.objects.count(), len(asked())) == (True, False, 1, 1)


def test_told_otherwise_while_it_waits_the_newer_words_count(county, teller):
    told(county, of(elder(county)), teller)
    changed, row = told(county, of(elder(county), told=journey(stays_at="东街14号")), teller)
    assert (changed, Proposal.objects.count(), "东街14号" in row.content) == (True, 1, True)


def test_of_how_many_people_one_may_tell_a_day_is_limited(county, teller):
    for n in range(6):
        told(county, stranger(tail=f"100{n}"), teller)
    assert refused(told, county=county, new=stranger(tail="1006"), by=teller) == "arrivals.proposals_today"


def test_whoever_was_announced_and_is_then_told_of_is_the_same_arrival(county, teller):
    own = account_for(county, elder(county))
    announced = arrived(
        elder(county), by=own, told=journey(arrives_at=county_now() + (county_now() - journey().arrives_at))
    )
    _, row = told(county, of(elder(county), told=journey(arrives_at=announced.arrives_at)), teller)
    kept = confirm_for_oneself(proposal=row.pk, household=[elder(county)], by=own)
    assert (kept.row.pk, Arrival.objects.count()) == (announced.pk, 1)


def test_whoever_declares_by_themselves_has_confirmed_what_was_told(county, teller):
    _, row = told(county, of(elder(county)), teller)
    arrival = arrived(elder(county), by=account_for(county, elder(county)))
    row.refresh_from_db()
    assert (row.state, row.arrival, asked()) == ("confirmed", arrival.pk, [("grid_worker", "done")])


def test_told_of_a_place_at_risk_that_they_leave_out_themselves_the_grid_worker_still_asks(county, teller, grid_worker):
    risky = frozenset(at_risk(account_of(county, "dispatcher")))
    _, row = told(county, of(elder(county), told=journey(stay(risk_areas=risky, areas_known=True))), teller)
    own = account_for(county, elder(county))
    arrived(elder(county), by=own, told=journey(stay(YAODU)))
    confirm_for_oneself(proposal=row.pk, household=[elder(county)], by=own)  # what they declared stands all the same
    assert asked() == [("grid_worker", "open")]
    confirm_as_grid(proposal=row.pk, newcomer=None, by=grid_worker)
    assert asked() == [("grid_worker", "done")]


def test_told_of_other_places_at_risk_of_an_announced_arrival_the_grid_worker_answers(county, teller, grid_worker):
    risky = frozenset(at_risk(account_of(county, "dispatcher")))
    own = account_for(county, elder(county))
    arrived(elder(county), by=own, told=journey(stay(YAODU), arrives_at=tomorrow(2)))
    _, row = told(county, of(elder(county), told=journey(stay(risk_areas=risky, areas_known=True))), teller)
    confirm_as_grid(proposal=row.pk, newcomer=None, by=grid_worker)
    assert asked() == [("grid_worker", "done")]


def test_the_grid_worker_asks_and_it_is_so(county, teller, grid_worker):
    _, row = told(county, of(elder(county)), teller)
    kept, _ = confirm_as_grid(proposal=row.pk, newcomer=None, by=grid_worker)
    assert (kept.row.person, kept.row.declared_as, asked()) == (elder(county), "outside", [("grid_worker", "done")])


def test_what_was_told_of_a_merged_record_is_told_of_the_one_that_goes_on_until_the_merge_is_undone(county, teller):
    _, row = told(county, of(elder(county)), teller)
    merge_persons(kept=county.stranger, merged=elder(county), reason="同一个人", by="program:test")
    row.refresh_from_db()
    assert row.person == county.stranger


def test_told_to_stay_elsewhere_it_is_another_grids_task(county, teller):
    told(county, stranger(), teller)
    told(county, stranger(area_path=OTHER_UNIT), teller)
    tasks = Task.objects.filter(kind="arrivals.proposed").order_by("opened_at", "state")
    assert [(it.area_path, it.state) for it in tasks] == [(UNIT, "cancelled"), (OTHER_UNIT, "open")]


def test_told_anew_from_a_place_at_risk_it_hurries_more(county, teller):
    told(county, of(elder(county), told=journey(stay(YAODU))), teller)
    at_risk(account_of(county, "dispatcher"))
    told(county, of(elder(county)), teller)
    old, new = sorted(Task.objects.filter(kind="arrivals.proposed"), key=lambda it: it.state)
    assert (old.state, new.state, new.due_at < old.due_at) == ("cancelled", "open", True)


def test_what_the_person_announced_is_not_written_over_by_what_a_relative_knew(county, teller, grid_worker):
    own = account_for(county, elder(county))
    ahead = journey(stay(last=on(4, 9)), arrives_at=tomorrow(20), stays_at="自己的话")
    announced = arrived(elder(county), by=own, told=ahead)
    _, row = told(county, of(elder(county), told=replace(ahead, stays_at="亲戚的话")), teller)
    kept, _ = confirm_as_grid(proposal=row.pk, newcomer=None, by=grid_worker)
    row.refresh_from_db()
    announced.refresh_from_db()
    assert (kept.row.pk, announced.stays_at, row.state) == (announced.pk, "自己的话", "confirmed")


def test_nobody_answers_at_work_what_was_told_of_themselves(county, teller, grid_worker):
    _, row = told(county, of(elder(county)), teller)
    Person.objects.filter(pk=elder(county).pk).update(account=grid_worker)
    assert refused(deny_as_grid, proposal=row.pk, why="没有来", by=grid_worker) == "approvals.own_matter"
