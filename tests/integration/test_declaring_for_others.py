"""Declaring rides and parcels: oneself, as a visitor, and for somebody who cannot, by their grid worker."""

from datetime import timedelta

import pytest
from django.urls import reverse

from fangxian.ops.accounts.models import Account
from fangxian.ops.parcels.actions.tracing import open_trace
from fangxian.ops.parcels.queries import declarations_of, sources_of
from fangxian.ops.people.models import Person
from fangxian.ops.places.models import Venue
from fangxian.ops.procedures.merge_persons import merge_persons
from fangxian.ops.realm.current import county_now
from fangxian.ops.rides.actions import declare_ride
from fangxian.ops.rides.models import Ride
from fangxian.ops.rides.queries import rides_of
from fangxian.ops.rides.wire import NewRide

from .two_townships import build, shown, sign_in

pytestmark = [pytest.mark.django_db, pytest.mark.once]
HOUR, BY = timedelta(hours=1), "program:test"


@pytest.fixture(scope="module")
def county_of_this_file(rows_of_this_file):
    return build()


@pytest.fixture
def county(county_of_this_file, db):
    return county_of_this_file


@pytest.fixture
def resident(client, county):
    """The head of the household, signed in as themselves."""
    client = sign_in(client, county, "resident")
    account = Account.objects.get(pk=client.session["_auth_user_id"])
    Person.objects.filter(pk=county.head.pk).update(account=account)
    return client


@pytest.fixture
def grid_worker(client, county):
    return sign_in(client, county, "grid_worker")


def ride(**changed):
    begins = county_now() - 30 * HOUR
    told = {"vehicle": "D1234", "seat": "05车12F", "begins_at": begins, "ends_at": begins + 2 * HOUR}
    return {name: it if isinstance(it, str) else f"{it:%Y-%m-%dT%H:%M}" for name, it in (told | changed).items()}


def parcel():
    return {"how": "received", "touched_on": county_now().date().isoformat(), "depot": "", "number": ""}


def test_a_resident_declares_a_ride_and_sees_it(resident, county):
    assert resident.post(reverse("my-rides"), ride()).status_code == 302
    (row,) = rides_of(county.head.pk)
    assert (row.vehicle, row.seat, row.source) == ("D1234", "05车12F", "own")
    assert "D1234" in shown(resident.get(reverse("my-rides")))


def test_declared_twice_it_is_one_ride(resident, county):
    for _ in range(2):
        response = resident.post(reverse("my-rides"), ride())
    assert ("again" in response.url, rides_of(county.head.pk).count()) == (True, 1)


def test_remembered_better_the_seat_is_put_right(county):
    at = county_now() - 30 * HOUR
    for seat in ("", "05车12F"):
        told = NewRide(vehicle="D1234", seat=seat, begins_at=at, ends_at=at + HOUR)
        declare_ride(person=county.head, ride=told, source="own", by=BY)
    assert [row.seat for row in rides_of(county.head.pk)] == ["05车12F"]


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"vehicle": "——"}, "没有写明坐的是什么车"),
        ({"vehicle": ""}, "还没有写坐的什么车"),
        ({"begins_at": "昨天"}, "这不是时间"),
    ],
)
def test_what_is_wrong_is_said_beside_the_field_and_kept(resident, changed, said):
    response = resident.post(reverse("my-rides"), ride(**changed))
    assert (response.status_code, said in shown(response), "05车12F" in shown(response)) == (400, True, True)


def test_a_ride_that_ends_before_it_begins_is_none(resident):
    at = county_now() - 30 * HOUR
    response = resident.post(reverse("my-rides"), ride(begins_at=at, ends_at=at - HOUR))
    assert "请核对两个时间" in shown(response)
    assert not Ride.objects.exists()


def test_a_grid_worker_declares_a_ride_for_somebody_and_it_stays_on_record_who_did(grid_worker, county):
    address = reverse("person-rides", args=[county.head.pk])
    page = shown(grid_worker.get(address))
    assert ("您在替" in page, county.head.name in page) == (True, False)
    grid_worker.post(address, ride())
    (row,) = rides_of(county.head.pk)
    assert (row.source, row.declared_by) == ("grid_worker", f"account:{grid_worker.session['_auth_user_id']}")


def test_a_grid_worker_declares_a_parcel_for_somebody_and_the_trace_knows_by_whom(grid_worker, county):
    depot = Venue.objects.filter(pk=county.shop.pk)
    depot.update(trade="courier_depot")
    trace = open_trace(disease="covid-19", depot=depot.get(), since_on=county_now().date(), why="阳性包裹", by=BY)
    grid_worker.post(reverse("person-parcels", args=[county.head.pk]), parcel())
    assert declarations_of(county.head.pk).count() == 1
    assert sources_of(trace.pk, [county.head.pk]) == {county.head.pk: "grid-worker"}


@pytest.mark.parametrize("name", ["person-rides", "person-parcels"])
def test_nobody_declares_for_whom_they_do_not_look_after(client, county, name):
    sign_in(client, county, "grid_worker")
    assert client.get(reverse(name, args=[county.stranger.pk])).status_code == 403


def test_the_record_leads_there_for_whoever_keeps_it(grid_worker, county):
    page = shown(grid_worker.get(reverse("person", args=[county.head.pk])))
    assert reverse("person-rides", args=[county.head.pk]) in page
    assert reverse("person-parcels", args=[county.head.pk]) in page


def test_rides_of_a_merged_record_are_those_of_the_one_that_goes_on(county):
    at = county_now() - 30 * HOUR
    told = NewRide(vehicle="D1234", begins_at=at, ends_at=at + HOUR)
    declare_ride(person=county.stranger, ride=told, source="own", by=BY)
    merge_persons(kept=county.head, merged=county.stranger, reason="同一人", by=BY)
    assert rides_of(county.head.pk).count() == 1
