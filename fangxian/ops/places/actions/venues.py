"""The life of a venue: applied for, verified, suspended and resumed, handed over, closed; its doors and their codes.

After each of these the gate is told, in the same transaction.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from django.db import transaction

from fangxian.ops.accounts.models import Account
from fangxian.ops.audit.actions import record
from fangxian.ops.changes.actions import publish
from fangxian.ops.realm.current import county_now

from .. import refusals
from ..models import Door, Venue
from ..standing import door_of, subject_of, venue_locked
from ..wire import TOPIC, USUAL_RADIUS, venue_payload
from .devices import end_devices
from .registering import VENUE_NUMBER_BITS, take_numbers

MOST_DOORS = MOST_GENERATIONS = 255


@transaction.atomic
def apply_for_venue(*, venue: Venue, door_names: Sequence[str], by: str) -> None:
    """Put an application on record; the venue has its number from now on, and is known to gates once verified.

    Refuses
    -------
    places.venue_exists, places.door_count
    """
    if not 1 <= len(door_names) <= MOST_DOORS:
        raise refusals.door_count(len(door_names), MOST_DOORS)
    same = Venue.objects.filter(grid_cell=venue.grid_cell, name=venue.name).exclude(status=Venue.Status.CLOSED).first()
    if same is not None:
        raise refusals.venue_exists(same.name, same.status)
    (venue.venue_number,) = take_numbers("venue", 1, bits=VENUE_NUMBER_BITS)
    venue.area_path, venue.status = venue.grid_cell.area_path, Venue.Status.APPLIED
    venue.status_since, venue.status_by = county_now(), by
    venue.save(force_insert=True)
    Door.objects.bulk_create(Door(venue=venue, number=n, name=name) for n, name in enumerate(door_names, 1))
    _publish(venue)
    record("places.venue_applied", by=by, about=[subject_of(venue)], details={"n_doors": len(door_names)})


@transaction.atomic
def verify_venue(*, venue: Venue, by: str) -> None:
    """An approver has seen that the place is what the application says: its codes are good from now on.

    Refuses
    -------
    places.venue_status, places.own_application
    """
    row = venue_locked(venue, Venue.Status.APPLIED)
    if row.owner_id is not None and by == f"account:{row.owner_id}":
        raise refusals.own_application(row.name)
    row.opened_at = county_now()
    _set_status(row, Venue.Status.VERIFIED, by=by, line="places.venue_verified")
    venue.refresh_from_db()


@transaction.atomic
def refuse_venue(*, venue: Venue, because: str, by: str) -> None:
    """Turn an application down, saying why. Refuses `places.venue_status`, `places.reason_missing`."""
    row = venue_locked(venue, Venue.Status.APPLIED)
    row.closed_at = county_now()
    _set_status(row, Venue.Status.CLOSED, because=_reason(row, because), by=by, line="places.venue_refused")
    venue.refresh_from_db()


@transaction.atomic
def suspend_venue(*, venue: Venue, because: str, by: str) -> None:
    """No code of the venue counts until it is resumed. Refuses `places.venue_status`, `places.reason_missing`."""
    row = venue_locked(venue, Venue.Status.VERIFIED)
    _set_status(row, Venue.Status.SUSPENDED, because=_reason(row, because), by=by, line="places.venue_suspended")
    venue.refresh_from_db()


@transaction.atomic
def resume_venue(*, venue: Venue, by: str) -> None:
    """Its codes count again, the old posters too. Refuses `places.venue_status`."""
    row = venue_locked(venue, Venue.Status.SUSPENDED)
    _set_status(row, Venue.Status.VERIFIED, by=by, line="places.venue_resumed")
    venue.refresh_from_db()


@transaction.atomic
def close_venue(*, venue: Venue, by: str, because: str = "") -> None:
    """Close it for good: its codes and its devices are worth nothing from now on. Refuses `places.venue_status`."""
    row = venue_locked(venue, Venue.Status.APPLIED, Venue.Status.VERIFIED, Venue.Status.SUSPENDED)
    row.closed_at = max(county_now(), row.opened_at or county_now())
    n_devices = end_devices(venue=row)
    _set_status(
        row, Venue.Status.CLOSED, because=because, by=by, line="places.venue_closed", details={"n_devices": n_devices}
    )
    venue.refresh_from_db()


@transaction.atomic
def transfer_venue(*, venue: Venue, owner: Account, by: str) -> None:
    """Give it to another owner. Every door's code is issued anew, and the old owner's devices end.

    Refuses
    -------
    places.venue_status, places.same_owner, places.door_codes_used_up
    """
    row = venue_locked(venue, Venue.Status.VERIFIED, Venue.Status.SUSPENDED)
    if row.owner_id == owner.pk:
        raise refusals.same_owner(row.name, owner.username)
    for door in row.doors.select_for_update():
        _renew(row, door)
    n_devices = end_devices(venue=row)
    row.owner = owner
    row.save(update_fields=["owner"])
    _publish(row)
    about = [subject_of(row), f"account:{owner.pk}"]
    record("places.venue_transferred", by=by, about=about, details={"n_devices": n_devices})
    venue.refresh_from_db()


@transaction.atomic
def add_door(*, venue: Venue, name: str, by: str) -> Door:
    """Put one more door on record, with the next number. Refuses `places.venue_status`, `places.door_count`."""
    row = venue_locked(venue, Venue.Status.APPLIED, Venue.Status.VERIFIED, Venue.Status.SUSPENDED)
    last = row.doors.order_by("-number").values_list("number", flat=True).first() or 0
    if last >= MOST_DOORS:
        raise refusals.door_count(last + 1, MOST_DOORS)
    door = Door.objects.create(venue=row, number=last + 1, name=name)
    _publish(row)
    record("places.door_added", by=by, about=[subject_of(row)], details={"door": door.number})
    return door


@transaction.atomic
def set_position(
    *, venue: Venue, latitude: Decimal | None, longitude: Decimal | None, radius_m: int | None, by: str
) -> None:
    """Say where it stands (degrees, WGS-84) and how far it reaches; all None: that is on record no more.

    The gate is not told: it is a visitor's phone that compares, and it asks for itself.

    Refuses
    -------
    places.venue_status, places.position_wrong, places.radius_wrong
    """
    row = venue_locked(venue, Venue.Status.APPLIED, Venue.Status.VERIFIED, Venue.Status.SUSPENDED)
    if (latitude is None) != (longitude is None) or (latitude is None and radius_m is not None):
        raise refusals.position_wrong(latitude, longitude)
    if latitude is not None and longitude is not None and not (abs(latitude) <= 90 and abs(longitude) <= 180):
        raise refusals.position_wrong(latitude, longitude)
    if radius_m is not None and not USUAL_RADIUS.low <= radius_m <= USUAL_RADIUS.high:
        raise refusals.radius_wrong(radius_m, int(USUAL_RADIUS.low), int(USUAL_RADIUS.high))
    row.latitude, row.longitude, row.radius_m = latitude, longitude, radius_m
    row.save(update_fields=["latitude", "longitude", "radius_m"])
    details = {"latitude": str(latitude), "longitude": str(longitude), "radius_m": radius_m}
    record("places.venue_position_set", by=by, about=[subject_of(row)], details=details)
    venue.refresh_from_db()


@transaction.atomic
def renew_door_code(*, venue: Venue, number: int, by: str) -> Door:
    """Issue a door's code anew: what is printed and shown of the old one counts no more.

    Refuses
    -------
    places.venue_status, places.door_unknown, places.door_codes_used_up
    """
    row = venue_locked(venue, Venue.Status.VERIFIED, Venue.Status.SUSPENDED)
    door = door_of(row, number)
    _renew(row, door)
    _publish(row)
    details = {"door": number, "generation": door.generation}
    record("places.door_code_renewed", by=by, about=[subject_of(row)], details=details)
    return door


def _reason(venue: Venue, because: str) -> str:
    if not because.strip():
        raise refusals.reason_missing(venue.name)
    return because.strip()


def _set_status(
    row: Venue, status: str, *, by: str, line: str, because: str = "", details: Mapping[str, int] | None = None
) -> None:
    row.status, row.status_since, row.status_by, row.status_because = status, county_now(), by, because
    row.save(update_fields=["status", "status_since", "status_by", "status_because", "opened_at", "closed_at"])
    _publish(row)
    told = {"because": because} if because else {}
    record(line, by=by, about=[subject_of(row)], details=told | dict(details or {}))


def _renew(venue: Venue, door: Door) -> None:
    if door.generation >= MOST_GENERATIONS:
        raise refusals.door_codes_used_up(venue.name, door.number)
    door.generation += 1
    door.save(update_fields=["generation"])


def _publish(venue: Venue) -> None:
    if venue.status == Venue.Status.APPLIED:
        return  # gates know of no place that nobody has seen: whoever applies chooses what kind it is
    payload = venue_payload(venue, venue.doors.order_by("number"))
    publish(topic=TOPIC, changes=[(f"venue:{venue.venue_number}", payload)])
