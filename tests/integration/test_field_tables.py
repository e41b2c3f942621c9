"""A phone takes along the sites at which its account samples, and of one site who is to come there."""

import json
from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.timezone import localtime

from fangxian.ops.audit.models import ViewLog
from fangxian.ops.lab.actions import settle, take_site_down
from fangxian.ops.lab.queries import swabs_in, tube_with, unsettled
from fangxian.ops.realm.current import county_now
from fangxian.ops.round_staff.queries import RoundDuty, RoundShift, StaffMember, sites_on_duty
from fangxian.ops.situation.field_tables import digest_of

from .lab_hand import a_round
from .test_field import ask, enrolled
from .two_townships import CELL, NAME, OTHER_TOWN, TOWN, account_of, build

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def there_of_this_file(rows_of_this_file):
    county = build()
    there = a_round()
    there.county = county
    return there


@pytest.fixture
def there(there_of_this_file, db):
    return there_of_this_file


@pytest.fixture
def phone(there):
    return enrolled(account_of(there.county, "sampler", TOWN))


def roster(phone, site, **headers):
    told = {"Authorization": f"Bearer {phone.secret}", **headers}
    return Client().get(reverse("field-roster"), {"site": str(site)}, headers=told)


def people(phone, site) -> dict[str, list]:
    return {it[1]: it for it in roster(phone, site).json()["people"]}


def told(kind, site, **what):
    at = localtime(county_now()).isoformat()
    return {"id": str(uuid4()), "kind": kind, "at": at, "nth": 1, "site": str(site), **what}


def sends(phone, there, *events):
    answer = ask("field-table-events", phone.secret, {"round": str(there.round.pk), "events": list(events)})
    assert answer.status_code == 200, answer.content
    return [it["what"] for it in answer.json()["answers"]]


def test_a_sampler_takes_along_the_round_with_the_sites_of_their_own_township(there, phone):
    tables = ask("field-bundle", phone.secret).json()["tables"]
    [row] = tables["rounds"]
    assert (row["id"], row["size"], row["is_open"]) == (str(there.round.pk), 10, True)
    assert row["sites"] == [{"id": str(there.east), "name": "东关采样点"}]


def test_the_phone_has_the_reasons_and_what_to_do_about_each_doubt_in_both_languages(there, phone):
    tables = ask("field-bundle", phone.secret).json()["tables"]
    assert {"own_wish", "medical"} <= {it["key"] for it in tables["reasons"]}
    assert all(it["zh"] and it["en"] for it in [*tables["reasons"], *tables["doubts"].values()])


def test_a_site_that_was_taken_down_is_not_among_them(there, phone):
    take_site_down(round=there.round.pk, site=there.east, by="program:test")
    assert ask("field-bundle", phone.secret).json()["tables"]["rounds"] == []
    assert roster(phone, there.east).json()["refusal"] == "lab.site_unknown"


def test_whoever_samples_nowhere_takes_no_tables_along(there):
    worker = enrolled(account_of(there.county, "grid_worker", CELL))
    assert ask("field-bundle", worker.secret).json()["tables"] is None
    assert roster(worker, there.east).json()["refusal"] == "lab.not_yours_to_do"


def test_a_sampler_is_told_nobody_of_another_townships_site(there, phone):
    assert roster(phone, there.west).json()["refusal"] == "lab.not_yours_to_do"
    other = enrolled(account_of(there.county, "sampler", OTHER_TOWN, name="sampler-west"))
    assert NAME not in people(other, there.west)


@pytest.mark.parametrize("site", ["", "no site", "00000000-0000-4000-8000-000000000000"])
def test_a_site_that_is_none_is_refused_in_words(there, phone, site):
    answer = roster(phone, site)
    assert (answer.status_code, answer.json()["refusal"]) == (409, "lab.site_unknown")


def test_the_roster_names_who_is_to_come_with_their_token_and_no_document_number(there, phone):
    token, name, digest, stage = people(phone, there.east)[NAME]
    number = there.county.head.document_number
    assert (token, name, stage) == (there.tokens[NAME], NAME, "due")
    assert digest == digest_of(there.east, number)
    assert number not in roster(phone, there.east).content.decode()


def test_who_was_sampled_is_told_with_when_and_where(there, phone):
    swab = told("swab", there.east, tube="20010001", token=there.tokens[NAME])
    assert sends(phone, there, swab) == ["taken"]
    *_, stage, group, at, where = people(phone, there.east)[NAME]
    assert (stage, group, at[:10], where) == ("sampled", "", swab["at"][:10], "东关采样点")


def test_a_provincial_code_told_with_a_person_stands_for_them_from_then_on(there, phone):
    code, who = "https://hs.example.org/q?id=8f3a", {"id": str(uuid4()), "name": "Ivan", "document_number": "99P1"}
    first = told("swab", there.east, tube="20010001", token=code, person=who)
    assert sends(phone, there, first) == ["taken"]
    again = told("unswab", there.east, tube="20010001", token=code)
    assert sends(phone, there, again) == ["taken"]
    assert swabs_in(tube_with(there.round, "20010001")) == []


def test_a_child_without_a_document_is_taken_with_a_guardian_and_a_birth(there, phone):
    child = {"id": str(uuid4()), "name": "小宝", "document_number": "", "phone": "", "born_on": "2014-06-03"}
    swab = told("swab", there.east, tube="20010001", person={**child, "guardian": "15400000077"})
    assert sends(phone, there, swab) == ["taken"]


def test_a_roster_that_has_not_changed_is_not_sent_again_and_not_logged_twice(there, phone):
    first = roster(phone, there.east)
    n = ViewLog.objects.count()
    again = roster(phone, there.east, **{"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content, ViewLog.objects.count()) == (304, b"", n)


def test_a_roster_costs_few_questions(there, phone, django_assert_max_num_queries):
    with django_assert_max_num_queries(12):
        roster(phone, there.east)


def test_nobody_without_a_phones_secret_is_told(there):
    answer = Client().get(reverse("field-roster"), {"site": str(there.east)})
    assert (answer.status_code, json.loads(answer.content)["refusal"]) == (401, "field.device_unknown")


def doubts_now(phone):
    told = Client().get(reverse("field-table-doubts"), headers={"Authorization": f"Bearer {phone.secret}"}).json()
    return {it["id"]: [each["kind"] for each in it["doubts"]] for it in told["answers"]}


def test_a_phone_that_asks_hears_of_a_doubt_that_another_phone_raised(there, phone):
    one, two = (told("swab", there.east, tube="20010001", token=there.tokens[it]) for it in (NAME, "王老"))
    assert sends(phone, there, one) == ["taken"]
    other = enrolled(account_of(there.county, "sampler", TOWN, name="sampler-2"))
    assert (doubts_now(phone), sends(other, there, two)) == ({}, ["doubtful"])
    assert (doubts_now(phone), doubts_now(other)) == ({one["id"]: ["two_phones"]}, {two["id"]: ["two_phones"]})


def test_a_doubt_that_was_settled_is_none_any_more(there, phone):
    first, second = (told("swab", there.east, tube=it, token=there.tokens[NAME]) for it in ("20010001", "20010002"))
    assert sends(phone, there, first, second) == ["doubtful", "doubtful"]
    assert doubts_now(phone) == {second["id"]: ["twice"]}
    for it in unsettled(there.round):
        settle(round=there.round.pk, discrepancy=it.pk, how="真采了两次", by="program:test")
    assert doubts_now(phone) == {}


def test_asking_costs_as_much_however_much_a_phone_told(there, phone, django_assert_max_num_queries):
    sends(phone, there, *(told("swab", there.east, tube=f"2001000{it}", token=there.tokens[NAME]) for it in range(9)))
    with django_assert_max_num_queries(14):
        doubts_now(phone)


def test_the_sites_of_ones_own_shift_are_marked(there, phone):
    shift = RoundShift.objects.create(
        round=there.round, begins_at=county_now(), ends_at=county_now() + timedelta(hours=4), set_by="program:test"
    )
    member = StaffMember.objects.create(
        team="testing", job="sampler", unit=phone.account.unit.name_zh, name=phone.account.display_name,
        joined_at=county_now(), joined_by="program:test",
    )  # fmt: skip
    RoundDuty.objects.create(
        shift=shift, member=member, site_id=there.east, job="sampler", set_at=county_now(), set_by="program:test"
    )
    [row] = ask("field-bundle", phone.secret).json()["tables"]["rounds"]
    assert row["sites"] == [{"id": str(there.east), "name": "东关采样点", "is_own": True}]


@pytest.mark.parametrize(
    ("member", "on_duty"),
    [
        ({}, True),
        ({"unit": "县医院", "phone": "15400000077"}, True),
        ({"name": "李 静"}, True),
        ({"unit": "县医院"}, False),
        ({"name": "李静静", "unit": "县医院", "phone": "15400000077"}, False),
        ({"phone": "15400000078"}, False),
        ({"unit": "县医院", "phone": "15400000078"}, None),
        ({"name": "王芳"}, None),
    ],
)
def test_whose_shift_it_is_goes_by_name_with_unit_or_phone_and_is_else_in_doubt(there, member, on_duty):
    at = county_now()
    shift = RoundShift.objects.create(round=there.round, begins_at=at, ends_at=at + timedelta(hours=4))
    who = StaffMember.objects.create(
        **{"team": "testing", "job": "sampler", "unit": "县人民医院", "name": "李静", "joined_at": at, **member}
    )
    RoundDuty.objects.create(shift=shift, member=who, site_id=there.east, job="sampler", set_at=at)
    found = sites_on_duty([there.round.pk], name="李静", unit="县人民医院", phone="15400000077", at=at)
    assert found == ({} if on_duty is None else {there.east: on_duty})
