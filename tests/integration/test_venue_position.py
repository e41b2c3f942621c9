"""Where a venue stands: who says so, what is refused, and who is told; on both databases."""

from copy import deepcopy
from decimal import Decimal

import pytest
from django.core.cache import caches
from django.db import IntegrityError, transaction
from django.urls import reverse

from fangxian.core.refusal import Refusal
from fangxian.ops.accounts.limits import PLACES_OF_ADDRESS
from fangxian.ops.audit.models import AuditLine
from fangxian.ops.places.actions import renew_door_code, set_position, suspend_venue
from fangxian.ops.places.models import Venue
from fangxian.ops.places.wire import USUAL_RADIUS, poster_code, typed_code, venue_door
from tests.integration.two_townships import CELL, OTHER_UNIT, UNIT, build, shown, sign_in

BY = "program:test"
HERE = {"latitude": Decimal("35.968050"), "longitude": Decimal("111.849470")}
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nobody_has_asked_yet():
    caches["places"].clear()


@pytest.fixture(scope="module")
def county_of_this_file(rows_of_this_file):
    return build()


@pytest.fixture
def county(county_of_this_file, db):
    """With rows in memory that are this test's own."""
    return deepcopy(county_of_this_file)


@pytest.fixture
def school(county):
    set_position(venue=county.school, radius_m=None, by=BY, **HERE)
    return county.school


def poster(venue):
    door = venue.doors.get(number=1)
    return poster_code(venue_door(venue.venue_number, 1), door.generation)


def place(client, text):
    return client.get(reverse("poster-place", args=[text]))


def test_an_owner_puts_the_position_on_record_and_the_record_says_who(client, county):
    sign_in(client, county, "venue_owner", CELL, venue=county.school.pk)
    told = {"do": "position", "latitude": "35.96805", "longitude": "111.84947", "radius_m": "150"}
    answer = client.post(reverse("venue-keep", args=[county.school.pk]), told, follow=True)
    assert "位置已保存" in shown(answer)
    assert "35.968050, 111.849470" in shown(answer)
    county.school.refresh_from_db()
    assert (county.school.latitude, county.school.radius_m) == (HERE["latitude"], 150)
    assert AuditLine.objects.filter(action="places.venue_position_set").count() == 1


def test_all_empty_takes_it_off_the_record(client, county, school):
    sign_in(client, county, "venue_owner", CELL, venue=school.pk)
    client.post(reverse("venue-keep", args=[school.pk]), {"do": "position"})
    school.refresh_from_db()
    assert (school.latitude, school.longitude, school.radius_m) == (None, None, None)


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({"latitude": "111.84947", "longitude": "35.96805"}, "有没有填反"),
        ({"latitude": "35.96805", "longitude": ""}, "两个要一起填"),
        ({"latitude": "35.96805", "longitude": "111.84947", "radius_m": "5000"}, "请分成几个场所登记"),
        ({"latitude": "35°58′", "longitude": "111.84947"}, "不要写度、分、秒"),
    ],
)
def test_what_is_wrong_is_said_beside_it_and_what_was_typed_stays(client, county, told, said):
    sign_in(client, county, "venue_owner", CELL, venue=county.school.pk)
    answer = client.post(reverse("venue-keep", args=[county.school.pk]), {"do": "position"} | told)
    assert answer.status_code == 400
    assert said in shown(answer)
    assert f'value="{told["latitude"]}"' in shown(answer)
    county.school.refresh_from_db()
    assert county.school.latitude is None


def test_another_villages_approver_sets_no_position(client, county):
    sign_in(client, county, "village_approver", OTHER_UNIT)
    told = {"do": "position", "latitude": "1", "longitude": "1"}
    assert client.post(reverse("venue-keep", args=[county.school.pk]), told).status_code == 403


def test_whoever_goes_there_to_see_reads_it(client, county, school):
    sign_in(client, county, "village_approver", UNIT)
    assert "35.96805, 111.84947" in shown(client.get(reverse("venue", args=[school.pk])))


@pytest.mark.parametrize(
    "wrong", [{"latitude": 35}, {"longitude": 111}, {"radius_m": 50}, {"latitude": 95, "longitude": 111}]
)
def test_the_database_keeps_a_whole_position_or_none(county, wrong):
    with pytest.raises(IntegrityError), transaction.atomic():
        Venue.objects.filter(pk=county.school.pk).update(**wrong)


def test_a_radius_of_its_own_is_between_the_bounds(county):
    with pytest.raises(Refusal) as refused:
        set_position(venue=county.school, radius_m=int(USUAL_RADIUS.high) + 1, by=BY, **HERE)
    assert refused.value.code == "places.radius_wrong"


# What a phone is told


def test_whoever_holds_the_poster_is_told_without_signing_in_and_the_answer_sets_no_cookie(client, school):
    answer = place(client, poster(school))
    assert answer.json() == {"place": {"latitude": 35.96805, "longitude": 111.84947, "radius_m": USUAL_RADIUS.value}}
    assert answer["Cache-Control"] == "private, max-age=3600"
    assert not answer.cookies


def test_a_venues_own_radius_stands_before_the_usual_one(client, school):
    set_position(venue=school, radius_m=250, by=BY, **HERE)
    assert place(client, poster(school)).json()["place"]["radius_m"] == 250


def test_neither_a_number_nor_the_typed_code_nor_a_forged_poster_is_told_anything(client, school):
    text = poster(school)
    forged = text[:-8] + ("AAAAAAAA" if not text.endswith("AAAAAAAA") else "BBBBBBBB")
    for asked in (str(school.venue_number), typed_code(venue_door(school.venue_number, 1)), forged, "FXV"):
        answer = place(client, asked)
        assert (answer.status_code, answer.json()) == (200, {"place": None}), asked
        assert answer["Cache-Control"] == "no-store"


def test_an_old_poster_and_one_of_a_suspended_venue_are_told_nothing(client, school):
    old = poster(school)
    renew_door_code(venue=school, number=1, by=BY)
    assert place(client, old).json() == {"place": None}
    assert place(client, poster(school)).json()["place"]
    suspend_venue(venue=school, because="检查", by=BY)
    assert place(client, poster(school)).json() == {"place": None}


def test_a_venue_without_a_position_answers_that_there_is_none(client, county):
    assert place(client, poster(county.school)).json() == {"place": None}


def test_an_address_that_asks_for_very_many_is_told_nothing_more_for_a_while(client, school):
    text = poster(school)
    caches["places"].set("127.0.0.1", int(PLACES_OF_ADDRESS.value) - 1)
    assert place(client, text).status_code == 200
    answer = place(client, text)
    assert (answer.status_code, answer.json(), answer["Retry-After"]) == (429, {"place": None}, "60")
