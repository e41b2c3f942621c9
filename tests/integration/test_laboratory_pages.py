"""The page on which a laboratory reports: whose sample, what was found, what came of it."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.timezone import localtime

from fangxian.core.policy.vocabulary import Colour
from fangxian.ops.audit.queries import who_looked
from fangxian.ops.cases.queries import unfinished_of_person
from fangxian.ops.realm.current import county_now

from .case_hand import build_with_diseases, report, staffed
from .people_with_codes import seen_by_a_gate
from .two_townships import document, shown

pytestmark = [pytest.mark.django_db, pytest.mark.once]


@pytest.fixture(scope="module")
def county_of_this_file(rows_of_this_file):
    return build_with_diseases()


@pytest.fixture
def county(county_of_this_file, db):
    return county_of_this_file


@pytest.fixture
def posts(county):
    return staffed(county)


@pytest.fixture
def laboratory(client, posts):
    client.force_login(posts.laboratory, backend="django.contrib.auth.backends.ModelBackend")
    return client


def given(found="positive", **changed):
    sampled = localtime(county_now() - timedelta(hours=6))
    return {
        "what": "covid-19 throat-swab",
        "found": found,
        "sampled_at": f"{sampled:%Y-%m-%dT%H:%M}",
        "resulted_at": f"{sampled + timedelta(hours=4):%Y-%m-%dT%H:%M}",
        "found_by": "screening",
        "remark": "管号 0007",
    } | changed


def test_a_document_number_leads_to_the_person_and_stands_in_no_address(laboratory, county):
    response = laboratory.post(reverse("results"), {"number": county.head.document_number})
    assert response.status_code == 302
    assert response.url == reverse("result-of-person", args=[county.head.pk])


def test_a_cases_number_leads_to_the_second_test(laboratory, county, posts):
    told = report(county.head, posts.second)
    response = laboratory.post(reverse("results"), {"number": told.number})
    assert response.url == reverse("result-of-case", args=[told.case])


@pytest.mark.parametrize(
    ("number", "said"),
    [
        ("141027-2022-0999", "没有这个编号的病例"),
        ("123", "证件号码"),
        (document(date(1980, 3, 1), 990), "居民登记里没有"),
    ],
)
def test_a_number_that_leads_nowhere_is_said_to(laboratory, number, said):
    response = laboratory.post(reverse("results"), {"number": number})
    assert response.status_code == 400
    assert said in shown(response)


def test_a_positive_from_the_page_turns_the_code_and_says_what_happens_now(laboratory, county):
    address = reverse("result-of-person", args=[county.head.pk])
    response = laboratory.post(address, given(), follow=True)
    assert "已暂控，待另一家实验室复核" in shown(response)
    assert seen_by_a_gate(county.head) == (Colour.RED, "C-18")


def test_the_person_is_shown_masked_and_the_look_is_on_record(laboratory, county):
    page = laboratory.get(reverse("result-of-person", args=[county.head.pk]))
    assert "孟＊＊" in shown(page)
    assert county.head.document_number not in shown(page)
    assert who_looked(f"person:{county.head.pk}")


def test_what_waits_for_a_second_laboratory_leads_to_its_form(laboratory, county, posts):
    told = report(county.head, posts.second)
    page = laboratory.get(reverse("results"))
    assert reverse("result-of-case", args=[told.case]) in shown(page)


def test_the_second_laboratory_confirms_from_the_page(client, laboratory, county, posts):
    told = report(county.head, posts.laboratory)
    client.force_login(posts.second, backend="django.contrib.auth.backends.ModelBackend")
    response = client.post(reverse("result-of-case", args=[told.case]), given(), follow=True)
    assert "两家实验室均为阳性，病例已确认" in shown(response)


def test_somebody_not_on_the_register_is_reported_by_name(laboratory):
    who = {"name": "过路人", "document_number": "X1234567", "phone": ""}
    response = laboratory.post(reverse("result-of-somebody"), given() | who, follow=True)
    assert "已暂控" in shown(response)


def test_a_resident_typed_in_as_a_stranger_is_known_by_the_number(laboratory, county):
    who = {"name": "孟某", "document_number": county.head.document_number, "phone": ""}
    laboratory.post(reverse("result-of-somebody"), given() | who)
    assert unfinished_of_person(county.head.pk, "covid-19") is not None


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"found": ""}, "还没有选"),
        ({"what": "covid-19 blood"}, "没有这个选项"),
        ({"sampled_at": "昨天"}, "的样子填写"),
        ({"resulted_at": "2022-01-01T08:00"}, "早于采样时间"),
        ({"resulted_at": "2032-01-01T08:00"}, "之后，结果没有登记"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_is_kept(laboratory, county, changed, said):
    response = laboratory.post(reverse("result-of-person", args=[county.head.pk]), given(**changed))
    assert response.status_code == 400
    assert said in shown(response)
    assert "管号 0007" in shown(response)


def test_the_page_is_there_in_english(laboratory, county):
    page = laboratory.get(reverse("result-of-person", args=[county.head.pk]), headers={"accept-language": "en"})
    assert "Enter the result" in shown(page)
    assert "positive in one target only" in shown(page)


@pytest.mark.parametrize("route", ["results", "result-of-somebody"])
def test_only_laboratories_open_it(client, posts, route):
    client.force_login(posts.investigator, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get(reverse(route)).status_code == 403


def test_the_list_costs_as_many_queries_with_one_waiting_as_with_three(laboratory, county, posts):
    report(county.head, posts.second)
    n_before = _queries(laboratory)
    for person in county.persons[3:]:
        report(person, posts.second)
    assert _queries(laboratory) == n_before <= 16


def _queries(client):
    with CaptureQueriesContext(
        connection,
    ) as told:
        client.get(reverse("results"))
    return len(told)
