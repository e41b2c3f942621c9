"""The same work recorded twice, by two phones or by one: the second is harmless, and is told where it says something
that is not on record."""

from decimal import Decimal

import pytest

from fangxian.ops.arrivals.queries import arrivals
from fangxian.ops.contacts.models import FollowUp
from fangxian.ops.returnees.queries import heard_of
from fangxian.ops.tasks.models import Task
from fangxian.ops.vaccination.queries import answers_of, doses_of

from .contact_hand import confirmed
from .test_field import enrolled, opened_task, outcomes, record, send
from .test_field_grid import away, dose, heard, newcomer, no_dose, today
from .two_townships import CELL, account_of, build

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def county_of_this_file(rows_of_this_file):
    return build()


@pytest.fixture
def county(county_of_this_file, db):
    return county_of_this_file


@pytest.fixture
def phones(county):
    """Of two grid workers of one grid."""
    return [enrolled(account_of(county, "grid_worker", CELL)) for _ in range(2)]


def told_twice(phones, body, kind):
    """What became of a record of one phone and of the same from the other."""
    return [outcomes(send(it, record(1, body, kind))) for it in phones]


def test_a_task_done_by_a_colleague_meanwhile_is_done(county, phones):
    task = opened_task(county)
    assert told_twice(phones, {"task": str(task), "note": ""}, "task_done") == [[(1, "taken", "")], [(1, "repeat", "")]]


def test_what_is_written_of_a_task_that_a_colleague_closed_is_not_dropped_in_silence(county, phones):
    task = opened_task(county)
    send(phones[0], record(1, {"task": str(task), "note": "已告知"}, "task_done"))
    answer = outcomes(send(phones[1], record(1, {"task": str(task), "note": "门上贴了条"}, "task_done")))
    assert answer == [(1, "refused", "field.task_done")]
    assert Task.objects.get(pk=task).note == "已告知"


def test_a_task_recorded_twice_on_one_phone_is_done_once(county, phones):
    body = {"task": str(opened_task(county)), "note": "已告知"}
    both = [record(n, body, "task_done") for n in (1, 2)]
    assert [it[1] for it in outcomes(send(phones[0], *both))] == ["taken", "repeat"]


def test_nobody_is_told_of_a_closed_task_that_is_not_theirs(county, phones):
    task = opened_task(county)
    send(phones[0], record(1, {"task": str(task), "note": ""}, "task_done"))
    far = enrolled(account_of(county, "grid_worker", "141027101200001"))
    assert outcomes(send(far, record(1, {"task": str(task), "note": ""}, "task_done"))) == [
        (1, "refused", "tasks.not_allowed")
    ]


def test_a_contact_followed_up_by_two_phones_that_found_the_same_is_followed_up_once(county, phones):
    contact = confirmed(person=county.head.pk, area_path=CELL)
    body = {"contact": str(contact.pk), "found": "seen", "temperature_c": "36.6", "symptoms": [], "note": ""}
    assert [it[0][1] for it in told_twice(phones, body, "follow_up")] == ["taken", "taken"]
    [row] = FollowUp.objects.filter(whose=contact, state="done")
    assert (row.found, row.temperature_c) == ("seen", Decimal("36.6"))


def test_somebody_heard_to_be_back_by_two_phones_is_back_once(county, phones):
    away(county.head, returns_on=today(1))
    told = told_twice(phones, heard(county.head, "back", seen=1), "returnee")
    assert [it[0][1] for it in told] == ["taken", "repeat"]
    assert heard_of(county.head.pk).filter(what="back").count() == 1


def test_a_dose_and_an_answer_told_by_two_phones_are_on_record_once(county, phones):
    assert [it[0][1] for it in told_twice(phones, dose(county.head), "vaccination")] == ["taken", "repeat"]
    said = [record(2, no_dose(county.persons[1]), "vaccination")]
    assert [outcomes(send(it, *said))[0][1] for it in phones] == ["taken", "repeat"]
    assert (doses_of(county.head.pk).count(), answers_of(county.persons[1].pk).count()) == (1, 1)


def test_somebody_who_came_is_declared_once_by_whichever_phone(county, phones):
    assert [it[0][1] for it in told_twice(phones, newcomer(), "arrival")] == ["taken", "repeat"]
    assert arrivals().count() == 1
