"""What relatives told of arrivals, on the phone of whoever has to ask: taken along, answered offline, and once."""

from datetime import date

import pytest

from fangxian.ops.arrivals.models import Arrival, Proposal

from .people_with_codes import build_with_codes
from .test_field import ask, enrolled, outcomes, record, send
from .told_hand import account_for, asked, elder, of, stranger, told
from .two_townships import BESIDE, CELL, account_of, document

pytestmark = pytest.mark.django_db
NUMBER = document(date(1990, 1, 2), 88)


@pytest.fixture(scope="module")
def county_of_this_file(rows_of_this_file):
    return build_with_codes()


@pytest.fixture
def county(county_of_this_file, db):
    return county_of_this_file


@pytest.fixture
def phone(county):
    return enrolled(account_of(county, "grid_worker", CELL))


@pytest.fixture
def of_elder(county):
    """The head of the first household has told that the elder next door comes."""
    return told(county, of(elder(county)), account_for(county, county.head))[1]


@pytest.fixture
def of_stranger(county):
    """... and of a guest in their own home, whom nobody knows."""
    new = stranger(area_path=county.head.area_path)
    return told(county, new, account_for(county, county.head))[1]


def taken_along(phone) -> list[dict]:
    answer = ask("field-bundle", phone.secret)
    assert answer.status_code == 200, answer.content
    return answer.json()["told_arrivals"]


def answered(phone, row, nth=1, **body):
    return outcomes(send(phone, record(nth, {"proposal": str(row.pk), **body}, "told_arrival")))[0][1:]


def test_the_phone_takes_along_what_was_told_of_people_of_its_own_grid_and_who_told_it(county, phone, of_elder):
    [found] = taken_along(phone)
    assert (found["proposal"], found["name"], found["found"]) == (str(of_elder.pk), "王老", "王老")
    assert (found["teller"], found["tie"]["en"]) == (county.head.name, "a relative")
    assert found["from"] == ["山西省太原市清徐县 04-03 – 04-08"]
    assert taken_along(enrolled(account_of(county, "grid_worker", BESIDE))) == []
    assert taken_along(enrolled(account_of(county, "volunteer", CELL))) == []


def test_that_it_is_so_declares_whoever_was_found_and_ends_the_task(phone, of_elder):
    assert answered(phone, of_elder, what="so") == ("taken", "")
    assert Arrival.objects.get().person_id == of_elder.person_id
    assert asked() == [("grid_worker", "done")]
    assert taken_along(phone) == []


def test_somebody_unknown_is_declared_by_their_document(phone, of_stranger):
    assert answered(phone, of_stranger, what="so")[0] == "refused", "nobody knows yet who it is"
    told = {"name": "李来客", "kind": "resident", "number": NUMBER, "lives_here": True}
    assert answered(phone, of_stranger, nth=2, what="so", **told) == ("taken", "")
    assert Arrival.objects.get().person.document_number == NUMBER


def test_that_it_is_not_so_needs_a_reason_and_declares_nothing(phone, of_elder):
    assert answered(phone, of_elder, what="not_so", why="") == ("refused", "field.body_wrong")
    assert answered(phone, of_elder, nth=2, what="not_so", why="没有来") == ("taken", "")
    assert (Arrival.objects.count(), Proposal.objects.get().state) == (0, "refused")


def test_two_phones_with_one_answer_are_one_and_the_second_of_two_answers_is_told_that_it_is_late(
    county, phone, of_elder
):
    other = enrolled(account_of(county, "grid_worker", CELL))
    assert answered(phone, of_elder, what="so") == ("taken", "")
    assert answered(other, of_elder, what="so") == ("repeat", "")
    assert answered(other, of_elder, nth=2, what="not_so", why="没有来") == ("refused", "arrivals.proposal_answered")
    assert Arrival.objects.count() == 1


def test_whoever_told_of_it_does_not_confirm_it_and_a_colleague_of_another_grid_does_not(county, of_elder):
    beside = enrolled(account_of(county, "grid_worker", BESIDE))
    assert answered(beside, of_elder, what="so")[0] == "refused"
    assert Arrival.objects.count() == 0


def test_what_the_person_says_of_it_comes_along(county, phone, of_elder):
    assert "denied" not in taken_along(phone)[0]
    Proposal.objects.update(denied_at=of_elder.proposed_at, answered_why="不认识")
    assert taken_along(phone)[0]["denied"] == "不认识"


def test_the_bundle_takes_no_more_questions_of_many(county, phone, of_elder, django_assert_max_num_queries):
    told(county, stranger(area_path=county.head.area_path), account_for(county, county.head))
    taken_along(phone)
    with django_assert_max_num_queries(48):
        assert len(taken_along(phone)) == 2
