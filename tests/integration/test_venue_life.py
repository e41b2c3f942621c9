"""A venue's life, from the application to its end, and what the gate is told of it; on both databases."""

from copy import deepcopy

import pytest

from fangxian.core.policy.venue_code import require_venue_generation
from fangxian.core.refusal import Refusal
from fangxian.ops.accounts.models import Appointment
from fangxian.ops.accounts.queries import in_force, may
from fangxian.ops.audit.models import AuditLine
from fangxian.ops.changes.models import Change
from fangxian.ops.places.actions import (
    add_door,
    apply_for_venue,
    offer_device,
    refuse_venue,
    renew_door_code,
    resume_venue,
    suspend_venue,
    transfer_venue,
    verify_venue,
)
from fangxian.ops.places.models import Door, DoorDevice, Venue
from fangxian.ops.places.queries import gate_venues, is_in_scope
from fangxian.ops.procedures.close_venue import close_venue
from fangxian.ops.procedures.hand_over_venue import hand_over_venue
from fangxian.ops.procedures.open_venue import open_venue
from fangxian.ops.realm.current import county_now
from tests.integration.two_townships import CELL, UNIT, account_of, build

BY = "program:test"
pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def county_of_this_file(rows_of_this_file):
    return build()


@pytest.fixture
def county(county_of_this_file, db):
    """With rows in memory that are this test's own."""
    return deepcopy(county_of_this_file)


@pytest.fixture
def applicant(county):
    return account_of(county, "resident")


@pytest.fixture
def approver(county):
    return account_of(county, "village_approver", UNIT)


@pytest.fixture
def shop(county, applicant):
    """A shop that was applied for, with two doors."""
    venue = Venue(
        name="东街粮油店",
        trade="shop",
        venue_class="shop",
        address="东街 8 号",
        grid_cell=county.cells[0],
        owner=applicant,
    )
    apply_for_venue(venue=venue, door_names=["正门", "后门"], by=by(applicant))
    return venue


@pytest.fixture
def opened(shop, approver):
    open_venue(venue=shop, by=by(approver))
    return shop


def by(account):
    return f"account:{account.pk}"


def told(venue):
    """What the gate was told last of a venue: [class, status, generations, area]."""
    return Change.objects.filter(topic="gate", key=f"venue:{venue.venue_number}").order_by("-id").first().payload


def code_of(call, **named):
    with pytest.raises(Refusal) as refused:
        call(**named)
    return refused.value.code


def test_an_application_has_its_number_and_doors_and_no_gate_knows_of_it(shop):
    add_door(venue=shop, name="侧门", by=BY)
    assert (shop.status, shop.opened_at, shop.area_path) == ("applied", None, CELL)
    assert not Change.objects.filter(topic="gate", key=f"venue:{shop.venue_number}").exists()
    assert shop.venue_number not in {row[0] for row in gate_venues()}
    assert 1 <= shop.venue_number < 1 << 24


def test_an_approver_opens_it_and_its_owner_keeps_it_from_then_on(shop, approver, applicant):
    assert not is_in_scope(applicant, "venues.keep", shop)
    open_venue(venue=shop, by=by(approver))
    assert (shop.status, told(shop)[1]) == ("verified", 1)
    assert shop.opened_at is not None
    again = type(applicant).objects.get(pk=applicant.pk)
    assert is_in_scope(again, "venues.keep", shop)


@pytest.mark.parametrize("venue_class", ["hospital", "health-centre", "highway-post", "station"])
def test_where_nobody_is_refused_or_strangers_are_vouched_for_the_township_verifies(
    shop, county, approver, venue_class
):
    Venue.objects.filter(pk=shop.pk).update(venue_class=venue_class)
    shop.refresh_from_db()
    assert code_of(open_venue, venue=shop, by=by(approver)) == "places.township_needed"
    open_venue(venue=shop, by=by(account_of(county, "township_approver")))
    assert shop.status == "verified"


def test_nobody_verifies_a_venue_they_applied_for(shop, applicant):
    assert code_of(verify_venue, venue=shop, by=by(applicant)) == "places.own_application"


def test_a_refusal_says_why_and_leaves_nothing_open(shop, approver):
    assert code_of(refuse_venue, venue=shop, because=" ", by=by(approver)) == "places.reason_missing"
    refuse_venue(venue=shop, because="地址不符", by=by(approver))
    assert (shop.status, shop.opened_at, shop.status_because) == ("closed", None, "地址不符")
    assert code_of(open_venue, venue=shop, by=by(approver)) == "places.venue_status"


def test_the_same_venue_is_not_applied_for_twice_unless_the_first_is_closed(shop, county, applicant):
    again = {"name": shop.name, "trade": "shop", "venue_class": "shop", "grid_cell": county.cells[0]}
    assert code_of(apply_for_venue, venue=Venue(**again), door_names=["门"], by=BY) == "places.venue_exists"
    close_venue(venue=shop, by=by(applicant))
    apply_for_venue(venue=Venue(**again), door_names=["门"], by=BY)


@pytest.mark.parametrize("n_doors", [0, 256])
def test_a_venue_has_1_to_255_doors(county, n_doors):
    venue = Venue(name="没有门", trade="shop", venue_class="shop", grid_cell=county.cells[0])
    assert code_of(apply_for_venue, venue=venue, door_names=["门"] * n_doors, by=BY) == "places.door_count"


def test_a_suspended_venue_keeps_its_codes_for_when_it_is_resumed(opened, approver):
    suspend_venue(venue=opened, because="没有值守", by=by(approver))
    assert told(opened)[1:3] == [2, [1, 1]]
    resume_venue(venue=opened, by=by(approver))
    assert told(opened)[1:3] == [1, [1, 1]]


def test_a_renewed_code_raises_that_door_alone(opened):
    renew_door_code(venue=opened, number=2, by=BY)
    assert told(opened)[2] == [1, 2]
    assert code_of(renew_door_code, venue=opened, number=3, by=BY) == "places.door_unknown"


def test_a_doors_code_is_renewed_254_times_and_no_more(opened):
    Door.objects.filter(venue=opened, number=1).update(generation=255)
    assert code_of(renew_door_code, venue=opened, number=1, by=BY) == "places.door_codes_used_up"


def test_a_new_door_takes_the_next_number(opened):
    assert add_door(venue=opened, name="侧门", by=BY).number == 3
    assert told(opened)[2] == [1, 1, 1]


def test_handing_over_kills_posters_and_devices_and_moves_the_appointment(opened, county, applicant):
    keeper = account_of(county, "door_keeper", CELL, venue=opened.pk)
    offer_device(venue=opened, door=1, kind="keeper", name="手机", by=BY)
    successor = account_of(county, "resident", name="next-owner")
    account_of(county, "security_administrator")  # without one nobody is dismissed
    owner = type(applicant).objects.get(pk=applicant.pk)
    hand_over_venue(venue=opened, username="next-owner", by=by(owner))
    assert told(opened)[2] == [2, 2]
    assert opened.owner_id == successor.pk
    assert not DoorDevice.objects.filter(ended_at__isnull=True).exists()
    held = Appointment.objects.filter(in_force(county_now()), venue=opened.pk)
    assert [(it.account_id, it.role) for it in held] == [(successor.pk, "venue_owner")]
    assert not may(type(keeper).objects.get(pk=keeper.pk), "doors.scan")


def test_a_venue_is_handed_to_somebody_who_has_an_account_and_to_somebody_else(opened, applicant):
    owner = type(applicant).objects.get(pk=applicant.pk)
    assert code_of(hand_over_venue, venue=opened, username="nobody", by=by(owner)) == "venues.successor_unknown"
    assert code_of(transfer_venue, venue=opened, owner=owner, by=by(owner)) == "places.same_owner"


def test_a_keeper_hands_nothing_over(opened, county):
    keeper = account_of(county, "door_keeper", CELL, venue=opened.pk)
    account_of(county, "resident", name="next-owner")
    assert code_of(hand_over_venue, venue=opened, username="next-owner", by=by(keeper)) == "accounts.may_not_appoint"
    assert told(opened)[2] == [1, 1]


def test_a_closed_venue_has_no_generation_at_the_gate(opened):
    close_venue(venue=opened, because="拆迁", by=BY)
    assert told(opened)[1:3] == [3, []]
    assert code_of(require_venue_generation, found=1, current=0) == "code.venue_closed"
    assert code_of(close_venue, venue=opened, by=BY) == "places.venue_status"


def test_the_gates_base_holds_every_verified_venue_as_the_changes_tell_it(opened, county):
    rows = {row[0]: row[1:] for row in gate_venues()}
    verified = Venue.objects.exclude(status=Venue.Status.APPLIED)
    assert set(rows) == set(verified.values_list("venue_number", flat=True))
    assert rows[opened.venue_number] == told(opened)


def test_each_step_leaves_one_line_about_the_venue(opened):
    suspend_venue(venue=opened, because="没有值守", by=BY)
    resume_venue(venue=opened, by=BY)
    done = AuditLine.objects.filter(action__startswith="places.venue_").order_by("id").values_list("action", flat=True)
    assert list(done) == [
        "places.venue_applied",
        "places.venue_verified",
        "places.venue_suspended",
        "places.venue_resumed",
    ]
