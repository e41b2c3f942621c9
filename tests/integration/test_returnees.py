"""Who is expected back and how far they are: by the register of people away, declarations, lists; and its pages."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.timezone import localtime

from fangxian.ops.arrivals.models import Arrival
from fangxian.ops.field.wire import Intent
from fangxian.ops.procedures import field_returnee
from fangxian.ops.procedures.merge_persons import merge_persons
from fangxian.ops.realm.current import county_now
from fangxian.ops.returnees.actions import hear, note_away
from fangxian.ops.returnees.queries import away_of
from fangxian.ops.returnees.wire import NewAway, NewHeard
from fangxian.ops.situation.returnees import counted, returnees
from fangxian.ops.vaccination.actions import record_answers, record_doses
from fangxian.ops.vaccination.queries import course_of, doses_of
from fangxian.ops.vaccination.wire import NewAnswer, NewDose

from .arrival_hand import arrived, declared, journey, stay, tomorrow
from .two_townships import CELL, OTHER_CELL, account_of, build

pytestmark = pytest.mark.django_db
BY, PUDONG = "account:another", "310115"


@pytest.fixture(scope="module")
def county_of_this_file(rows_of_this_file):
    return build()


@pytest.fixture
def county(county_of_this_file, db):
    return county_of_this_file


@pytest.fixture
def grid(county):
    client = Client()
    client.force_login(account_of(county, "grid_worker", CELL), backend="django.contrib.auth.backends.ModelBackend")
    return client


def today(days=0) -> date:
    return localtime(county_now()).date() + timedelta(days=days)


def away(person, **told):
    note_away(people=[NewAway(person=person.pk, area_path=person.area_path, why="work", **told)], by=BY)


def heard(person, what, **told):
    hear(heard=NewHeard(person=person.pk, what=what, **told), area_path=person.area_path, by=BY)


def state_of(person, at=None) -> str:
    return {it.person: it.state for it in returnees(at=at)}.get(person.pk, "")


# ---- how far they are ----


def test_whoever_is_away_is_expected_on_their_day_and_overdue_after_it(county):
    away(county.head, division=PUDONG, returns_on=today(2))
    assert state_of(county.head) == "expected"
    assert state_of(county.head, county_now() + timedelta(days=3)) == "overdue"


def test_whoever_has_no_day_is_away_without_one(county):
    away(county.head)
    assert state_of(county.head) == "undated"


def test_whoever_is_back_has_still_to_declare(county):
    away(county.head)
    heard(county.head, "back")
    assert state_of(county.head) == "undeclared"


def test_what_is_declared_on_landing_ends_what_the_register_said(county):
    away(county.head, returns_on=today())
    declared(county.head, by=account_of(county, "grid_worker", CELL))
    assert state_of(county.head) in ("measure", "tests", "done")
    [row] = [it for it in returnees() if it.person == county.head.pk]
    assert row.sources == ("away", "arrival")
    assert row.arrived_on is not None


def test_whoever_is_not_coming_is_not_expected(county):
    away(county.head, returns_on=today(1))
    heard(county.head, "not_coming")
    assert state_of(county.head) == "not_coming"


def test_another_day_counts_and_a_call_nobody_answered_changes_nothing(county):
    away(county.head, returns_on=today(1))
    heard(county.head, "new_date", returns_on=today(5))
    heard(county.head, "not_reached")
    assert (away_of(county.head.pk).returns_on, state_of(county.head)) == (today(5), "expected")


def test_each_person_is_one_row_of_their_own_area(county):
    away(county.head, returns_on=today(1))
    away(county.stranger)
    assert [it.person for it in returnees(CELL)] == [county.head.pk]
    assert counted(returnees())["expected"] == 1


def test_the_list_takes_as_many_questions_for_many_as_for_one(county, django_assert_max_num_queries):
    for it in county.persons:
        away(it, returns_on=today(1))
    with django_assert_max_num_queries(5):
        assert len(returnees()) == 5


def test_whoever_is_registered_twice_is_there_once_with_what_was_told_last(county):
    away(county.head, returns_on=today(1))
    away(county.head, division=PUDONG, returns_on=today(3))
    assert (away_of(county.head.pk).returns_on, away_of(county.head.pk).division_code) == (today(3), PUDONG)
    assert len(returnees()) == 1


# ---- its pages ----


def test_a_grid_worker_registers_somebody_away_and_records_what_is_heard(county, grid):
    found = grid.post(reverse("returnees"), {"number": county.head.document_number})
    assert found.headers["Location"] == reverse("returnee", args=[county.head.pk])
    address = reverse("returnee", args=[county.head.pk])
    told = {"do": "away", "why": "study", "division": "上海浦东", "place": "学校", "returns_on": today(2).isoformat()}
    assert grid.post(address, told).status_code == 302
    assert "上海市浦东新区" in grid.get(address).content.decode()
    assert grid.post(address, {"what": "back", "seen": "1"}).status_code == 302
    assert away_of(county.head.pk).state == "back"
    assert str(county.head.pk) in grid.get(reverse("returnees")).content.decode()


@pytest.mark.parametrize("told", [
    {"what": "gone"}, {}, {"what": "new_date"}, {"what": "new_date", "returns_on": "2001-01-01"},
    {"do": "away", "why": "work", "division": "abc"}, {"do": "away", "why": "work", "division": "城区"},
    {"do": "away", "why": "x"},
    {"do": "away", "why": "work", "returns_on": "1999-01-01"},
])  # fmt: skip
def test_what_cannot_be_is_said_beside_the_form_and_nothing_is_recorded(county, grid, told):
    assert grid.post(reverse("returnee", args=[county.head.pk]), told).status_code == 400
    assert away_of(county.head.pk) is None


def test_what_another_heard_meanwhile_is_said_on_the_page_too(county, grid):
    away(county.head)
    heard(county.head, "not_coming")
    answer = grid.post(reverse("returnee", args=[county.head.pk]), {"what": "back", "seen": "1"})
    assert answer.status_code == 400
    assert "不回来了" in answer.content.decode()


def test_nobody_is_found_by_a_number_that_is_no_number(grid):
    assert grid.post(reverse("returnees"), {"number": "12"}).status_code == 400


def test_no_grid_sees_anothers_people(county, grid):
    away(county.stranger)
    assert county.stranger.area_path == OTHER_CELL
    assert str(county.stranger.pk) not in grid.get(reverse("returnees")).content.decode()
    assert grid.get(reverse("returnee", args=[county.stranger.pk])).status_code == 403


# ---- two records of one person ----


def test_of_two_records_that_become_one_the_doses_and_the_days_away_go_on(county):
    kept, merged = county.head, county.persons[3]
    doses = [
        NewDose(person=kept.pk, given_on=date(2021, 8, 1), product="inactivated", source="own"),
        NewDose(person=merged.pk, given_on=date(2021, 8, 1), product="inactivated", source="card"),
        NewDose(person=merged.pk, given_on=date(2021, 9, 1), product="inactivated", source="card"),
    ]
    record_doses(doses=doses, by=BY)
    record_answers(answers=[NewAnswer(person=merged.pk, kind="declined", reason="family", said_on=today())], by=BY)
    away(kept)
    away(merged, returns_on=today(4))
    merge_persons(kept=kept, merged=merged, reason="同一个人", by=BY)
    standing = [it for it in doses_of(kept.pk) if it.superseded_at is None]
    assert [(it.given_on, it.source) for it in standing] == [(date(2021, 8, 1), "card"), (date(2021, 9, 1), "card")]
    assert (course_of(kept.pk).stage, course_of(kept.pk).answer) == ("full", "declined")
    assert [it.person for it in returnees()] == [kept.pk]


# ---- heard without a network ----


def heard_on_a_phone(county, *, declared_hours_ago):
    """The head announced an arrival for tomorrow; three hours ago a phone heard that they are back, and sends it now.

    Returns
    -------
    the arrival, and when it was heard
    """
    worker, heard_at = account_of(county, "grid_worker", CELL), county_now() - timedelta(hours=3)
    row = arrived(county.head, by=worker, told=journey(stay(last=today(1)), arrives_at=tomorrow(20)))
    Arrival.objects.update(declared_at=county_now() - timedelta(hours=declared_hours_ago))
    body = {"person": str(county.head.pk), "what": "back"}
    field_returnee.take([Intent(device=uuid4(), number=1, kind="returnee", recorded_at=heard_at, body=body)], worker)
    row.refresh_from_db()
    return row, heard_at


def test_back_heard_without_a_network_is_the_landing_of_when_it_was_heard(county):
    row, heard_at = heard_on_a_phone(county, declared_hours_ago=5)
    assert (row.state, row.arrives_at) == ("landed", heard_at)


def test_back_heard_before_the_next_journey_was_announced_lands_nobody(county):
    assert heard_on_a_phone(county, declared_hours_ago=1)[0].state == "announced"


def test_what_a_phone_heard_is_on_record_as_of_when_it_was_heard(county):
    _, heard_at = heard_on_a_phone(county, declared_hours_ago=5)
    assert away_of(county.head.pk).heard_at == heard_at


def test_what_was_heard_before_something_else_changes_nothing_but_the_history(county):
    away(county.head, returns_on=today(3))
    heard(county.head, "new_date", returns_on=today(5))
    earlier = county_now() - timedelta(hours=3)
    told = {"heard": NewHeard(person=county.head.pk, what="back"), "area_path": county.head.area_path, "by": BY}
    hear(**told, at=earlier)
    row = away_of(county.head.pk)
    assert (row.state, row.heard_what, row.n_heard) == ("away", "new_date", 3)


def test_a_day_of_return_heard_before_they_came_back_sends_nobody_away_again(county):
    away(county.head, returns_on=today(3))
    heard(county.head, "back")
    told = NewHeard(person=county.head.pk, what="new_date", returns_on=today(5))
    hear(heard=told, area_path=county.head.area_path, by=BY, at=county_now() - timedelta(hours=3))
    assert (away_of(county.head.pk).state, away_of(county.head.pk).heard_what) == ("back", "back")


def test_nothing_is_heard_in_the_future(county):
    told = {"heard": NewHeard(person=county.head.pk, what="back"), "area_path": county.head.area_path, "by": BY}
    row, _ = hear(**told, at=county_now() + timedelta(days=1))
    assert row.heard_at <= county_now()
