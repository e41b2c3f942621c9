"""The county's pages: what of them is whose, where each begins, how many queries they take, in both languages.

Which role opens which page is in the table of test_every_page.py.
"""

from copy import deepcopy
from datetime import date

import pytest
from django.urls import reverse

from fangxian.ops.accounts.models import Account, Appointment
from fangxian.ops.audit.models import ViewLog
from fangxian.ops.people.models import Household, Person
from fangxian.ops.places.models import Door, SchoolClass, Venue
from tests.integration.two_townships import (
    BESIDE,
    CELL,
    OTHER_CELL,
    TOWN,
    UNIT,
    build,
    household,
    person,
    shown,
    sign_in,
    venue,
)


@pytest.fixture(scope="module")
def county_of_this_file(rows_of_this_file):
    return build()


@pytest.fixture
def county(county_of_this_file, db):
    """With rows in memory that are this test's own."""
    return deepcopy(county_of_this_file)


@pytest.fixture
def signed_in(client, county):
    """`signed_in("grid_worker")`: the client, signed in in that role."""
    return lambda role, area_path=None, **told: sign_in(client, county, role, area_path, **told)


# ── whose is what ─────────────────────────────────────────────────────────────

PAGES = {
    "county": lambda county: reverse("county"),
    "area": lambda county: reverse("area", args=[CELL]),
    "household": lambda county: reverse("household", args=[county.home.pk]),
    "person": lambda county: reverse("person", args=[county.head.pk]),
    "people": lambda county: reverse("people"),
    "venues": lambda county: reverse("venues"),
    "venue": lambda county: reverse("venue", args=[county.school.pk]),
}


@pytest.mark.parametrize(
    "address",
    [
        lambda county: reverse("area", args=[OTHER_CELL]),
        lambda county: reverse("area", args=[BESIDE]),
        lambda county: reverse("area", args=[UNIT]),
        lambda county: reverse("area", args=[TOWN]),
        lambda county: reverse("household", args=[county.far.pk]),
        lambda county: reverse("person", args=[county.stranger.pk]),
        lambda county: reverse("venue", args=[county.shop.pk]),
    ],
)
def test_a_grid_worker_is_refused_whatever_is_outside_the_grid(signed_in, county, address):
    response = signed_in("grid_worker").get(address(county))
    assert response.status_code == 403
    assert "not_yours" in shown(response)


@pytest.mark.parametrize("name", ["household", "person"])
def test_a_refused_record_tells_nothing_of_where_it_belongs(signed_in, county, name):
    record = county.far if name == "household" else county.stranger
    text = shown(signed_in("grid_worker").get(reverse(name, args=[record.pk])))
    assert OTHER_CELL not in text
    assert "乔家" not in text


def test_a_refused_record_is_not_put_on_record_as_seen(signed_in, county):
    signed_in("grid_worker").get(reverse("person", args=[county.stranger.pk]))
    assert ViewLog.objects.count() == 0


def test_a_venue_role_sees_its_own_venue_alone(signed_in, county):
    client = signed_in("venue_owner", venue=county.shop.pk)
    text = shown(client.get(reverse("venues")))
    assert "乔家便民店" in text
    assert "第一小学" not in text


def test_a_resident_sees_the_own_record_and_who_looked_at_it(signed_in, county):
    client, own = signed_in("resident"), reverse("person", args=[county.head.pk])
    assert client.get(own).status_code == 403, "nobody's record yet"
    Person.objects.filter(pk=county.head.pk).update(account=client.account)
    assert client.get("/", follow=True).redirect_chain == [(reverse("my-code"), 302)]
    assert own in client.get(reverse("my-code")).content.decode()
    assert "谁看过" in client.get(own).content.decode()
    assert client.get(reverse("person", args=[county.persons[1].pk])).status_code == 403


# ── the first page ────────────────────────────────────────────────────────────


def test_the_first_page_tells_a_stranger_what_this_is_and_nothing_of_anybody(client, county):
    text = shown(client.get("/"))
    assert "防线" in text
    assert "现在没有生效的限制措施" in text


@pytest.mark.parametrize(
    ("role", "address"),
    [("commander", "/county"), ("township_approver", f"/areas/{TOWN}"), ("grid_worker", f"/areas/{CELL}")],
)
def test_the_first_page_leads_everybody_to_where_they_work(signed_in, role, address):
    assert signed_in(role).get("/")["Location"] == address


def test_somebody_with_two_areas_chooses_between_them(signed_in, county):
    client = signed_in("grid_worker")
    Appointment.objects.create(account=client.account, role="grid_worker", area_path=OTHER_CELL, begins_at=county.at)
    text = shown(client.get("/"))
    assert f'href="/areas/{CELL}"' in text
    assert f'href="/areas/{OTHER_CELL}"' in text


def test_somebody_without_an_appointment_is_told_whom_to_ask(signed_in, county):
    client = signed_in("grid_worker")
    Appointment.objects.all().delete()
    assert "还没有任命" in shown(client.get("/"))


# ── cost and language ─────────────────────────────────────────────────────────

QUERIES_MAX = {"county": 18, "area": 26, "household": 16, "person": 21, "people": 8, "venues": 12, "venue": 18}


def enlarge(county):
    """Thirty households more in the cell, twenty venues, twenty looks."""
    for number in range(10, 40):
        person(household(county.cells[0], number, f"东街{number}号"), 0, "陈多", date(1950, 1, 1))
        venue(county.cells[0], number, f"店{number}", "convenience_shop")
    for place in range(5, 15):
        person(county.home, place, "孟多", date(1990, 1, 1), relation="child")


@pytest.mark.parametrize("page", PAGES)
def test_a_page_asks_no_more_of_the_database_when_there_is_more_in_it(
    signed_in, county, page, django_assert_max_num_queries
):
    client, address = signed_in("commander"), PAGES[page](county)
    client.get(address)
    with django_assert_max_num_queries(QUERIES_MAX[page]) as before:
        client.get(address)
    few = len(before.captured_queries)
    enlarge(county)
    with django_assert_max_num_queries(few):
        client.get(address)


@pytest.mark.parametrize("page", PAGES)
def test_a_page_in_english_has_no_chinese_of_its_own(signed_in, county, page):
    """Divisions, grid cells and units have an English name; those of venues and people are data and stay."""
    Venue.objects.update(name="X", address="X")
    Door.objects.update(name="X")
    SchoolClass.objects.update(name="X")
    Household.objects.all().update(address="X 1")
    Person.objects.all().update(name="X")
    Account.objects.all().update(display_name="X")
    client = signed_in("commander")
    client.cookies["fangxian_language"] = "en"
    text = shown(client.get(PAGES[page](county)))
    main = text.partition("<main")[2].partition("</main>")[0]
    assert [letter for letter in main if "\u4e00" <= letter <= "\u9fff"] == []
