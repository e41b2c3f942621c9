"""A venue moves, the move is taken back, a closed one opens again; visits stay where they were made."""

from copy import deepcopy
from datetime import timedelta

import pytest

from fangxian.core.policy.byte_snapshot_rows import DeviceRow
from fangxian.core.refusal import Refusal
from fangxian.ops.accounts.models import Appointment
from fangxian.ops.accounts.queries import in_force
from fangxian.ops.changes.models import Change
from fangxian.ops.measures.actions import found_rulebooks
from fangxian.ops.people.models import Attachment
from fangxian.ops.places.actions import close_venue as close_register
from fangxian.ops.places.actions import place_devices, reopen_venue, set_rest_weekdays
from fangxian.ops.places.models import DoorDevice, Venue
from fangxian.ops.procedures.close_venue import close_venue
from fangxian.ops.procedures.move_venue import move_venue, take_move_back
from fangxian.ops.procedures.print_posters import print_posters
from fangxian.ops.realm.current import county_now
from fangxian.ops.visits.models import VenueSeen
from tests.integration.test_venue_posters import RULEBOOK
from tests.integration.two_townships import OTHER_CELL, UNIT, account_of, build

BY = "program:test"
pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def county_of_this_file(rows_of_this_file):
    """A school with a keeper, a pupil and a device, and a registrar of the county."""
    county = build()
    found_rulebooks(texts=[RULEBOOK.read_bytes()], by=BY)
    county.registrar = account_of(county, "dispatcher", "141027")
    county.keeper = account_of(county, "door_keeper", venue=county.school.pk)
    county.device = DoorDevice(venue=county.school, door=1, kind="keeper", name="早班手机")
    place_devices(devices=[county.device], by=BY)
    return county


@pytest.fixture
def county(county_of_this_file, db):
    """With rows in memory that are this test's own."""
    return deepcopy(county_of_this_file)


def moved(county):
    return move_venue(venue=county.school, cell=county.cells[2], address="乔家 9 号", by=county.registrar)


def scanned_at(venue, at):
    VenueSeen.objects.create(venue_number=venue.venue_number, n_scans=1, last_scanned_at=at, last_received_at=at)


def told(key):
    return Change.objects.filter(topic="gate", key=key).order_by("-id").first().payload


def code_of(call, *args, **named):
    with pytest.raises(Refusal) as refused:
        call(*args, **named)
    return refused.value.code


def test_it_goes_on_under_a_number_of_its_own_and_the_old_one_keeps_its_address(county):
    new = moved(county).venue
    old = Venue.objects.get(pk=county.school.pk)
    assert new.venue_number != old.venue_number
    assert new.moved_from == old
    assert (old.status, old.address, old.area_path) == ("closed", "", county.cells[0].area_path)
    assert (new.status, new.area_path, new.address) == ("verified", OTHER_CELL, "乔家 9 号")


def test_the_gate_is_told_of_both_at_once(county):
    new = moved(county).venue
    assert told(f"venue:{county.school.venue_number}")[2] == [], "no door of the old place counts"
    assert told(f"venue:{new.venue_number}") == ["school", 1, [1], OTHER_CELL]


def test_the_place_on_the_map_is_to_be_measured_anew(county):
    Venue.objects.filter(pk=county.school.pk).update(latitude="35.9", longitude="111.8", radius_m=300)
    new = moved(county).venue
    assert (new.latitude, new.longitude, new.radius_m) == (None, None, None)


def test_its_devices_end_and_are_counted_for_whoever_enrols_them_anew(county):
    assert moved(county).n_devices == 1
    row = DeviceRow(*told(f"device:{county.device.pk}"))
    assert (row.generation, row.venue) == (0, county.school.venue_number)
    assert row.ended is not None


def test_the_posters_with_the_old_address_count_no_more(county):
    paper = print_posters(venue=county.school, by=BY)
    moved(county)
    paper.refresh_from_db()
    assert paper.state == "withdrawn"


def test_who_keeps_it_keeps_it_there_and_no_longer_here(county):
    new = moved(county).venue
    held = Appointment.objects.filter(in_force(county_now()), account=county.keeper)
    assert [(it.role, it.venue, it.area_path) for it in held] == [("door_keeper", new.pk, OTHER_CELL)]


def test_pupils_belong_there_from_today_and_belonged_here_until_then(county):
    new = moved(county).venue
    today = county_now().date()
    here, there = Attachment.objects.order_by("begins_on")
    assert (here.venue_id, here.ends_on) == (county.school.pk, today)
    assert (there.venue_id, there.begins_on, there.school_class.venue_id) == (new.pk, today, new.pk)


def test_nobody_moves_it_into_an_area_of_others(county):
    approver = account_of(county, "village_approver", UNIT)
    named = {"venue": county.school, "cell": county.cells[2], "address": "乔家 9 号", "by": approver}
    assert code_of(move_venue, **named) == "venues.move.not_yours"


def test_it_does_not_move_to_where_it_is(county):
    named = {"venue": county.school, "cell": county.cells[0], "address": " ", "by": county.registrar}
    assert code_of(move_venue, **named) == "places.moved_nowhere"


def test_a_move_taken_back_leaves_the_old_place_as_it_was(county):
    new = moved(county).venue
    old = take_move_back(venue=new, by=county.registrar)
    assert (old.pk, old.status, old.closed_at) == (county.school.pk, "verified", None)
    assert told(f"venue:{old.venue_number}") == ["school", 1, [1], old.area_path], "posters that hang here count again"
    assert told(f"device:{county.device.pk}")[1:3] == [1, old.venue_number], "and the phones at its doors"
    held = Appointment.objects.filter(in_force(county_now()), account=county.keeper)
    assert [it.venue for it in held] == [old.pk]
    assert Attachment.objects.filter(venue=old, ends_on__isnull=True).count() == 1


def test_a_move_is_not_taken_back_once_somebody_was_there(county):
    new = moved(county).venue
    scanned_at(new, county_now())
    assert code_of(take_move_back, venue=new, by=county.registrar) == "venues.visited_there"


def test_what_never_moved_has_no_move_to_take_back(county):
    assert code_of(take_move_back, venue=county.school, by=county.registrar) == "places.never_moved"


def test_a_closed_venue_opens_again_with_other_codes_and_no_device(county):
    close_venue(venue=county.school, because="装修", by=BY)
    reopen_venue(venue=county.school, because="装修完了", by=BY)
    assert told(f"venue:{county.school.venue_number}") == ["school", 1, [2], county.school.area_path]
    assert not DoorDevice.objects.filter(venue=county.school, ended_at__isnull=True).exists()


def test_what_moved_away_does_not_open_again_at_the_old_place(county):
    moved(county)
    assert code_of(reopen_venue, venue=county.school, because="x", by=BY) == "places.moved_away"


def test_an_application_that_was_refused_does_not_open_as_if_it_had_been(county):
    Venue.objects.filter(pk=county.shop.pk).update(opened_at=None)
    close_register(venue=county.shop, by=BY)
    Venue.objects.filter(pk=county.shop.pk).update(opened_at=None)
    assert code_of(reopen_venue, venue=county.shop, because="x", by=BY) == "places.never_opened"


def test_a_venue_rests_on_some_weekdays_and_not_on_all(county):
    set_rest_weekdays(venue=county.school, weekdays="71", by=BY)
    assert county.school.rest_weekdays == "17"
    assert code_of(set_rest_weekdays, venue=county.school, weekdays="1234567", by=BY) == "places.weekdays"


def test_a_visit_of_last_week_is_found_at_last_weeks_address(county):
    """What reads visits reads a number's row: the old one still says the old place."""
    last_week = county_now() - timedelta(days=7)
    scanned_at(county.school, last_week)
    moved(county)
    (seen,) = VenueSeen.objects.all()
    assert Venue.objects.get(venue_number=seen.venue_number).area_path == county.cells[0].area_path
