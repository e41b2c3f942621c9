"""The grid worker's phone: returnees, vaccination, and somebody registered at their door without a network."""

import json
from datetime import date, timedelta

import pytest
from django.utils.timezone import localtime

from fangxian.ops.arrivals.queries import arrivals
from fangxian.ops.realm.current import county_now
from fangxian.ops.returnees.actions import hear, note_away
from fangxian.ops.returnees.queries import away_of, heard_of
from fangxian.ops.returnees.wire import NewAway, NewHeard
from fangxian.ops.vaccination.actions import record_answers, record_doses
from fangxian.ops.vaccination.queries import answers_of, course_of, doses_of
from fangxian.ops.vaccination.wire import NewAnswer, NewDose

from .test_field import ask, enrolled, outcomes, record, send
from .two_townships import BESIDE, CELL, OTHER_CELL, account_of, build, document

pytestmark = pytest.mark.django_db
PUDONG, BY = "310115", "account:another"


@pytest.fixture(scope="module")
def county_of_this_file(rows_of_this_file):
    return build()


@pytest.fixture
def county(county_of_this_file, db):
    return county_of_this_file


@pytest.fixture
def phone(county):
    return enrolled(account_of(county, "grid_worker", CELL))


def today(days=0) -> date:
    return localtime(county_now()).date() + timedelta(days=days)


def bundle(phone) -> dict:
    answer = ask("field-bundle", phone.secret)
    assert answer.status_code == 200, answer.content
    return answer.json()


def away(person, **told):
    note_away(people=[NewAway(person=person.pk, area_path=person.area_path, why="work", **told)], by=BY)


def dose(person, given_on="2021-08-01", **told):
    return {
        "person": str(person.pk), "what": "dose", "given_on": given_on, "product": "inactivated", "number": None,
        "unit": "", "source": "card", **told,
    }  # fmt: skip


def no_dose(person, **told):
    return {"person": str(person.pk), "what": "declined", "reason": "own_wish", "until_on": None, "note": "", **told}


def heard(person, what, **told):
    return {"person": str(person.pk), "what": what, "returns_on": None, "note": "", "seen": 0, **told}


def newcomer(**told):
    at = localtime(county_now())
    stay = {"division": PUDONG, "begins_on": today(-5).isoformat(), "last_on": today().isoformat()}
    return {
        "name": "外来者", "number": document(date(1990, 1, 2), 77), "kind": "resident", "phone": "15400000777",
        "arrives_at": at.isoformat(), "area": CELL, "stays_at": "东街18号", "lives_here": True, "stays": [stay],
        "legs": [], **told,
    }  # fmt: skip


# ---- what is taken along ----


def test_the_phone_takes_along_who_is_away_from_its_own_grid_and_nobody_else(county, phone):
    away(county.head, division=PUDONG, returns_on=today(2))
    away(county.stranger, returns_on=today(2))
    [told] = bundle(phone)["returnees"]
    assert (told["person"], told["state"], told["on"]) == (str(county.head.pk), "expected", today(2).isoformat())
    assert told["from"] == "上海市浦东新区"
    assert "name" not in told, "the household of the bundle has it"


def test_each_member_says_where_they_stand_and_whoever_is_due_the_first_dose_says_nothing(county, phone):
    record_doses(
        doses=[NewDose(person=county.head.pk, given_on=date(2021, 8, 1), product="subunit", source="own")], by=BY
    )
    record_answers(
        answers=[NewAnswer(person=county.persons[1].pk, kind="declined", reason="family", said_on=today())], by=BY
    )
    told = bundle(phone)
    assert told["may_vaccinate"] is True
    members = {it["id"]: it.get("doses") for home in told["households"] for it in home["members"]}
    assert members[str(county.head.pk)] == ["due", 1, "2021-08-01", "2021-08-29", 1, ""]
    assert members[str(county.persons[1].pk)] == ["declined", 0, "", "", 1, "declined:family"]
    assert members[str(county.persons[3].pk)] is None


@pytest.mark.parametrize(("role", "area", "places"), [
    ("grid_worker", CELL, [CELL]),
    ("grid_lead", "141027100", ["141027100001"]),
    ("checkpoint_officer", "141027100", ["141027100001", "141027101200"]),
    ("volunteer", CELL, []),
])  # fmt: skip
def test_the_phone_knows_where_somebody_who_comes_may_stay(county, role, area, places):
    told = bundle(enrolled(account_of(county, role, area)))
    assert [it["path"] for it in told["places"]] == places


def test_the_nations_counties_come_once_and_are_small(phone):
    answer = ask("field-nation", phone.secret)
    counties = {code: name for province in answer.json() for code, name in province["parts"]}
    assert counties["141027"] == "临汾市浮山县"
    assert counties[PUDONG] == "浦东新区"
    assert len(counties) > 2500
    assert len(answer.content) < 150_000
    assert ask("field-nation", "x" * 43).status_code == 401


def test_a_phone_of_a_grid_takes_no_more_questions_however_many_are_away(county, phone, django_assert_max_num_queries):
    bundle(phone)
    for it in county.persons[:4]:
        away(it, returns_on=today(1))
    with django_assert_max_num_queries(45):
        bundle(phone)


# ---- returnees ----


def test_what_was_heard_at_the_door_is_kept_once_however_often_it_is_sent(county, phone):
    away(county.head, returns_on=today(1))
    said = record(1, heard(county.head, "new_date", returns_on=today(4).isoformat(), seen=1), "returnee")
    assert outcomes(send(phone, said)) == [(1, "taken", "")]
    assert outcomes(send(phone, said)) == [(1, "repeat", "")]
    assert (away_of(county.head.pk).returns_on, heard_of(county.head.pk).count()) == (today(4), 2)


def test_of_two_phones_the_second_is_told_what_the_first_heard_and_overwrites_nothing(county, phone):
    away(county.head, returns_on=today(1))
    hear(heard=NewHeard(person=county.head.pk, what="not_coming"), area_path=CELL, by=BY)
    told = send(phone, record(1, heard(county.head, "back", seen=1), "returnee"))
    assert outcomes(told) == [(1, "refused", "returnees.heard_by_another")]
    assert "不回来了" in told.json()["outcomes"][0]["zh"]
    assert away_of(county.head.pk).state == "not_coming"


def test_two_phones_that_heard_the_same_are_of_one_mind(county, phone):
    away(county.head)
    hear(heard=NewHeard(person=county.head.pk, what="back"), area_path=CELL, by=BY)
    assert outcomes(send(phone, record(1, heard(county.head, "back", seen=1), "returnee"))) == [(1, "repeat", "")]


def test_whoever_is_in_no_register_of_people_away_is_put_there_by_what_is_heard(county, phone):
    assert outcomes(send(phone, record(1, heard(county.head, "not_reached"), "returnee"))) == [(1, "taken", "")]
    assert [it.what for it in heard_of(county.head.pk)] == ["not_reached", "noted"]


@pytest.mark.parametrize(("told", "why"), [
    ({"what": "gone"}, "field.body_wrong"),
    ({"what": "new_date", "returns_on": "2022-02-30"}, "field.body_wrong"),
    ({"what": "new_date", "returns_on": "2001-01-01"}, "returnees.day_wrong"),
    ({"what": "new_date"}, "returnees.day_wrong"),
    ({"seen": -1}, "field.body_wrong"),
])  # fmt: skip
def test_what_cannot_be_heard_is_refused_by_name(county, phone, told, why):
    body = {**heard(county.head, "back"), **told}
    assert outcomes(send(phone, record(1, body, "returnee"))) == [(1, "refused", why)]


def test_nobody_hears_of_another_grids_people(county, phone):
    told = send(phone, record(1, heard(county.stranger, "back"), "returnee"))
    assert outcomes(told) == [(1, "refused", "accounts.not_yours")]
    assert county.stranger.area_path == OTHER_CELL != BESIDE


# ---- vaccination ----


def test_a_dose_that_was_seen_is_one_dose_however_it_is_told(county, phone):
    first, again = record(1, dose(county.head), "vaccination"), record(2, dose(county.head), "vaccination")
    assert outcomes(send(phone, first, again)) == [(1, "taken", ""), (2, "repeat", "")]
    assert (doses_of(county.head.pk).count(), course_of(county.head.pk).stage) == (1, "begun")


def test_a_weaker_source_is_told_what_stands(county, phone):
    listed = NewDose(
        person=county.head.pk, given_on=date(2021, 8, 3), product="inactivated", source="authority", number=1
    )
    record_doses(doses=[listed], by=BY)
    told = send(phone, record(1, dose(county.head, number=1), "vaccination"))
    assert outcomes(told) == [(1, "refused", "vaccination.dose_contradicts")]
    assert "2021-08-03" in told.json()["outcomes"][0]["en"]
    assert [it.given_on for it in doses_of(county.head.pk)] == [date(2021, 8, 3)]


def test_an_answer_that_another_phone_wrote_meanwhile_is_not_overwritten(county, phone):
    ill = NewAnswer(person=county.head.pk, kind="contraindicated", reason="allergy", said_on=today())
    record_answers(answers=[ill], by=BY)
    told = send(phone, record(1, no_dose(county.head, seen=0), "vaccination"))
    assert outcomes(told) == [(1, "refused", "vaccination.answered_by_another")]
    assert course_of(county.head.pk).answer == "contraindicated"
    again = record(2, no_dose(county.head, seen=1), "vaccination")
    assert outcomes(send(phone, again)) == [(2, "taken", "")], "once the newest was read it is an answer"
    assert answers_of(county.head.pk).count() == 2


@pytest.mark.parametrize(("told", "why"), [
    ({"given_on": "2050-01-01"}, "vaccination.dose_day"),
    ({"given_on": "2019-01-01"}, "vaccination.dose_day"),
    ({"given_on": ""}, "field.body_wrong"),
    ({"product": "herbs"}, "field.body_wrong"),
    ({"source": "authority"}, "field.body_wrong"),
    ({"number": 12}, "field.body_wrong"),
    ({"what": "declined", "reason": "allergy"}, "field.body_wrong"),
    ({"what": "declined", "reason": "family", "until_on": "2020-01-01"}, "vaccination.until_wrong"),
])  # fmt: skip
def test_a_dose_that_cannot_be_is_refused_by_name(county, phone, told, why):
    assert outcomes(send(phone, record(1, dose(county.head, **told), "vaccination"))) == [(1, "refused", why)]
    assert not doses_of(county.head.pk).exists()


def test_nobody_vaccinates_another_grids_people(county, phone):
    assert outcomes(send(phone, record(1, dose(county.stranger), "vaccination"))) == [
        (1, "refused", "accounts.not_yours")
    ]


# ---- somebody has come ----


def test_somebody_who_came_is_declared_once_and_asked_what_the_rules_ask(county, phone):
    said = record(1, newcomer(), "arrival")
    assert outcomes(send(phone, said)) == [(1, "taken", "")]
    assert outcomes(send(phone, said)) == [(1, "repeat", "")]
    row = arrivals().get()
    assert (row.state, row.declared_as, row.area_path, row.person.name) == ("landed", "grid_worker", CELL, "外来者")


@pytest.mark.parametrize(("told", "why"), [
    ({"stays": []}, "arrivals.no_stay"),
    ({"stays": [{"division": PUDONG, "begins_on": "2022-01-02", "last_on": "2022-01-01"}]}, "arrivals.stay_backwards"),
    ({"number": "123"}, "identity.length"),
    ({"area": OTHER_CELL}, "accounts.not_yours"),
    ({"stays": "x"}, "field.not_readable"),
])  # fmt: skip
def test_an_arrival_that_cannot_be_says_why_and_what_was_typed_stays_on_the_phone(county, phone, told, why):
    [(number, what, refusal)] = outcomes(send(phone, record(1, newcomer(**told), "arrival")))
    assert (number, what) == (1, "refused")
    assert refusal.split(".")[0] == why.split(".")[0]
    assert not arrivals().exists()


def test_a_bundle_of_a_grid_of_six_hundred_stays_small(county, phone):
    """What a dose adds to one member, in bytes: six hundred of them are less than 48 KB before they are compressed."""
    before = len(json.dumps(bundle(phone)["households"], ensure_ascii=False).encode())
    doses = [
        NewDose(person=it.pk, given_on=date(2021, 8, 1), product="inactivated", source="own")
        for it in county.persons[:4]
    ]
    record_doses(doses=[it for it in doses if it.person != county.persons[2].pk], by=BY)
    after = len(json.dumps(bundle(phone)["households"], ensure_ascii=False).encode())
    assert (after - before) / 3 < 80
