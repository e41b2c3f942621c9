"""The same work recorded twice, by two phones or by one: the second is harmless, and is told where it says something
that is not on record."""

from datetime import timedelta
from decimal import Decimal

import pytest

from fangxian.ops.arrivals.queries import arrivals
from fangxian.ops.contacts.models import FollowUp
from fangxian.ops.realm.current import county_now
from fangxian.ops.returnees.queries import heard_of
from fangxian.ops.tasks.actions import finish
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


# ---- a problem ----

PROBLEM = {"what": "supplies", "text": "口罩不够了。", "where": "东街口"}


def problems():
    return Task.objects.filter(kind="field.problem")


def test_a_problem_told_by_two_phones_of_a_grid_is_one_task_however_it_is_typed(phones):
    assert told_twice(phones, PROBLEM, "problem") == [[(1, "taken", "")], [(1, "repeat", "")]]
    again = {**PROBLEM, "text": " 口罩不够了！", "where": "东街口 "}
    assert outcomes(send(phones[0], record(2, again), record(3, again))) == [(2, "repeat", ""), (3, "repeat", "")]
    assert problems().count() == 1


def test_a_problem_recorded_twice_on_one_phone_without_a_network_is_one_task(phones):
    assert [it[1] for it in outcomes(send(phones[0], record(1, PROBLEM), record(2, PROBLEM)))] == ["taken", "repeat"]
    assert problems().count() == 1


@pytest.mark.parametrize("other", [{"what": "help"}, {"text": "口罩不够"}, {"where": ""}])
def test_another_problem_is_another_task(phones, other):
    assert [it[0][1] for it in (told_twice(phones, PROBLEM, "problem")[:1])] == ["taken"]
    assert outcomes(send(phones[1], record(2, {**PROBLEM, **other}))) == [(2, "taken", "")]


def test_two_problems_in_the_same_general_words_without_a_place_are_two_tasks(phones):
    somebody = {"what": "help", "text": "有人要帮忙", "where": ""}
    one, other = record(1, somebody), record(2, somebody, device_at=(county_now() - timedelta(minutes=2)).isoformat())
    assert [outcomes(send(it, one, other)) for it in phones] == [[(1, "taken", ""), (2, "taken", "")]] * 2
    assert outcomes(send(phones[0], one)) == [(1, "repeat", "")], "the same upload again"
    assert problems().count() == 4


def test_the_same_words_from_another_grid_are_another_problem(county, phones):
    far = enrolled(account_of(county, "grid_worker", "141027101200001"))
    assert [outcomes(send(it, record(1, PROBLEM)))[0][1] for it in (phones[0], far)] == ["taken", "taken"]


def test_a_problem_that_turns_out_to_be_urgent_is_due_sooner_and_stays_one(phones):
    send(phones[0], record(1, PROBLEM))
    send(phones[1], record(1, {**PROBLEM, "is_urgent": True}))
    [task] = problems()
    assert round((task.due_at - task.opened_at).total_seconds() / 3600) == 1
    assert task.next_rung_at == task.due_at
    send(phones[0], record(2, PROBLEM))
    assert problems().get().due_at == task.due_at, "said once more without haste it stays urgent"


def test_a_problem_that_is_there_again_after_it_was_seen_to_is_another_task(phones):
    send(phones[0], record(1, PROBLEM))
    early = record(1, PROBLEM)
    finish(tasks=[problems().get().pk], outcome="done", by="program:test")
    assert outcomes(send(phones[1], early)) == [(1, "repeat", "")], "recorded before it was seen to"
    assert outcomes(send(phones[1], record(2, PROBLEM))) == [(2, "taken", "")]
    assert outcomes(send(phones[0], record(3, PROBLEM))) == [(3, "repeat", "")]
    assert problems().count() == 2


def test_what_was_recorded_hours_before_it_arrived_says_when(phones):
    at = (county_now() - timedelta(hours=5)).isoformat()
    send(phones[0], record(1, PROBLEM, recorded_at=at))
    assert "记下，现在才送到" in problems().get().title_zh
