"""Near without one door or one roof: scans in one cell of the map, seats in one vehicle; and the evidence in words."""

import shutil
from datetime import timedelta
from decimal import Decimal

import pytest

from fangxian.core.policy.vocabulary import Colour, Presence
from fangxian.ops.cases.actions import open_case, save_entry
from fangxian.ops.cases.wire import NewEntry
from fangxian.ops.contacts.wire import read_why
from fangxian.ops.places.models import Venue
from fangxian.ops.procedures.confirm_contacts import confirm_contacts
from fangxian.ops.realm.current import county_now, the_realm
from fangxian.ops.rides.actions import declare_ride
from fangxian.ops.rides.wire import NewRide

from .case_hand import BY, build_with_diseases, proposed, report, scanned, staffed
from .case_room_hand import new_case
from .people_with_codes import seen_by_a_gate

pytestmark = [pytest.mark.django_db, pytest.mark.once]
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
A_CORNER_AWAY, TWO_KILOMETRES = Decimal("0.001"), Decimal("0.02")  # degrees north: 111 m, 2.2 km


@pytest.fixture(scope="module")
def county_of_this_file(rows_of_this_file):
    return build_with_diseases()


@pytest.fixture
def county(county_of_this_file, db):
    def clear():
        for name in ("archive/visits", "journal"):
            shutil.rmtree(the_realm().path / name, ignore_errors=True)

    clear()
    yield county_of_this_file
    clear()


@pytest.fixture
def posts(county):
    return staffed(county)


@pytest.fixture
def case(county, posts):
    return report(county.head, posts.laboratory).case


def lie_apart(county, north):
    """School and shop on the map, so far apart; the school in the middle of its cell."""
    for venue, moved in ((county.school, 0), (county.shop, north)):
        Venue.objects.filter(pk=venue.pk).update(latitude=Decimal("35.9745") + moved, longitude=Decimal("111.8505"))


def at_school_and_at_the_shop(county, presence=Presence.STAFFED):
    """The case went to school; a minute later somebody scanned at the shop."""
    scanned((county.head, county.school, DAY), (county.stranger, county.shop, DAY - MINUTE, presence))


# ── cells of the map ──────────────────────────────────────────────────────────


def test_somebody_at_the_shop_round_the_corner_is_co_present(county, case):
    lie_apart(county, A_CORNER_AWAY)
    at_school_and_at_the_shop(county)
    row = proposed(case)[0][county.stranger.pk]
    assert (row.ring, row.found_by, row.minutes >= 10, row.n_meetings) == ("co-present", "cell", True, 1)


def test_the_reason_names_both_venues_and_how_far_they_are_apart(county, case):
    lie_apart(county, A_CORNER_AWAY)
    at_school_and_at_the_shop(county)
    (why,) = read_why(proposed(case)[0][county.stranger.pk].file.why)
    assert (why.kind, why.place_name, why.presence) == ("cell", county.shop.name, Presence.STAFFED)
    assert f"“{county.school.name}”，相距约 110 米" in why.words


def test_confirmed_it_turns_the_code_yellow_as_presence_is_shown(county, case, posts):
    lie_apart(county, A_CORNER_AWAY)
    at_school_and_at_the_shop(county)
    row = proposed(case)[0][county.stranger.pk]
    confirm_contacts(contacts=[row.pk], ring="co-present", reason="同一网格十分钟以上", by=posts.investigator)
    assert seen_by_a_gate(county.stranger) == (Colour.YELLOW, "C-07")


def test_somebody_two_kilometres_away_is_none(county, case):
    lie_apart(county, TWO_KILOMETRES)
    at_school_and_at_the_shop(county)
    assert county.stranger.pk not in proposed(case)[0]


def test_where_the_places_are_not_on_the_map_nobody_is_guessed_near(county, case):
    at_school_and_at_the_shop(county)
    assert county.stranger.pk not in proposed(case)[0]


def test_a_scan_that_shows_no_presence_puts_nobody_into_a_cell(county, case):
    lie_apart(county, A_CORNER_AWAY)
    at_school_and_at_the_shop(county, Presence.NONE)
    assert county.stranger.pk not in proposed(case)[0]


def test_at_one_door_it_stays_a_scan_at_that_door_and_is_told_once(county, case):
    lie_apart(county, A_CORNER_AWAY)
    scanned((county.head, county.school, DAY), (county.stranger, county.school, DAY - MINUTE))
    row = proposed(case)[0][county.stranger.pk]
    assert (row.found_by, [why.kind for why in read_why(row.file.why)]) == ("scan", ["scan"])


@pytest.mark.parametrize(("disease", "specimen"), [("measles", "serum"), ("norovirus", "stool")])
def test_a_disease_whose_rules_know_no_co_presence_knows_no_cells(county, posts, disease, specimen):
    lie_apart(county, A_CORNER_AWAY)
    at_school_and_at_the_shop(county)
    case = report(county.head, posts.laboratory, disease=disease, specimen=specimen).case
    assert county.stranger.pk not in proposed(case)[0]


# ── rides ─────────────────────────────────────────────────────────────────────


def departure(hours_ago=30):
    """On the hour, so that the ride of the one and the ride of the other are the same two hours whole."""
    return county_now().replace(minute=0, second=0, microsecond=0) - hours_ago * HOUR


def rode(case, vehicle, seat, hours_ago=30):
    begins = departure(hours_ago)
    told = NewEntry(
        kind="ride", begins_at=begins, ends_at=begins + 2 * HOUR, place="浮山—太原", vehicle=vehicle, seat=seat
    )
    save_entry(case=case, entry=told, by=BY)


def declared(person, vehicle, seat, hours_ago=30):
    begins = departure(hours_ago)
    ride = NewRide(vehicle=vehicle, seat=seat, begins_at=begins, ends_at=begins + 2 * HOUR)
    declare_ride(person=person, ride=ride, source="own", by=BY)


@pytest.mark.parametrize(
    ("vehicle", "of_case", "of_person", "ring"),
    [
        ("D1234", "05车12A", "5车9F", "close-contact"),
        ("D1234", "05车12A", "5车8F", "co-present"),
        ("D1234", "05车12A", "6车12A", "co-present"),
        ("MU5123", "12A", "15F", "close-contact"),
        ("晋L12345", "3A", "4B", "close-contact"),
        ("晋L12345", "3A", "5A", "co-present"),
        ("晋L12345", "3A", "4D", "co-present"),
        ("晋L12345", "3A", "", "co-present"),
    ],
)
def test_seats_nearby_are_close_and_the_rest_of_the_vehicle_is_co_present(
    county, case, vehicle, of_case, of_person, ring
):
    rode(case, vehicle, of_case)
    declared(county.stranger, vehicle, of_person)
    row = proposed(case)[0][county.stranger.pk]
    assert (row.ring, row.found_by, row.relation, row.minutes) == (ring, "vehicle", "vehicle", 120)


def test_the_reason_names_the_vehicle_and_says_how_the_seats_lay(county, case):
    rode(case, "D1234", "05车12A")
    declared(county.stranger, "d1234次", "5车10C")
    (why,) = read_why(proposed(case)[0][county.stranger.pk].file.why)
    assert (why.place_name, why.words.split(" · ")[0]) == ("D1234", "座位邻近")


def test_the_same_train_on_another_day_is_another_ride(county, case):
    rode(case, "D1234", "05车12A")
    declared(county.stranger, "D1234", "05车12B", hours_ago=54)
    assert county.stranger.pk not in proposed(case)[0]


def test_a_ride_of_which_nobody_else_has_told_is_asked_about(case):
    rode(case, "D1234", "05车12A")
    _, told = proposed(case)
    assert any("病例坐过 D1234" in note["zh"] for note in told.notes)


def test_once_a_passenger_has_told_it_is_not(county, case):
    rode(case, "D1234", "05车12A")
    declared(county.stranger, "D1234", "01车1A")
    _, told = proposed(case)
    assert not any("病例坐过" in note["zh"] for note in told.notes)


def test_a_case_on_no_register_has_rides_too(county, posts):
    row = open_case(new=new_case(1), by=BY)
    rode(row.pk, "晋L12345", "3A")
    declared(county.stranger, "晋L12345", "3B")
    assert proposed(row.pk)[0][county.stranger.pk].ring == "close-contact"
