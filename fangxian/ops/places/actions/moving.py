"""A venue moves, comes back from a move that was a mistake, opens again after it was closed; on which days it rests.

A place keeps its number for good: one that moves is closed where it was and goes on under a new number, so that the
visits of last week stay at last week's address (docs/decisions/0013). The gate is told in the same transaction.
"""

from django.db import transaction

from fangxian.ops.audit.actions import record
from fangxian.ops.changes.actions import publish
from fangxian.ops.realm.current import county_now

from .. import refusals
from ..models import Door, GridCell, SchoolClass, Venue
from ..standing import subject_of, venue_locked
from ..wire import TOPIC, venue_payload
from .devices import end_devices, revive_devices
from .registering import VENUE_NUMBER_BITS, take_numbers
from .venues import MOST_GENERATIONS

LIVING = (Venue.Status.VERIFIED, Venue.Status.SUSPENDED)
CARRIED = ("name", "trade", "venue_class", "owner", "status", "status_because", "rest_weekdays")
MOVED, MOVED_BACK = "已迁址", "迁址有误，已撤回"


@transaction.atomic
def move_venue(*, venue: Venue, cell: GridCell, address: str, by: str) -> tuple[Venue, dict[SchoolClass, SchoolClass]]:
    """Close it here and open it there, under a number of its own, with the same doors and classes; both.

    Where it stands on the map and how far it reaches is not known of the new place. Its devices end: what they prove
    is that somebody was at the old door.

    Refuses
    -------
    places.venue_status, places.moved_nowhere, places.venue_exists
    """
    row, at = venue_locked(venue, *LIVING), county_now()
    if not address.strip() or (row.grid_cell_id, row.address) == (cell.pk, address.strip()):
        raise refusals.moved_nowhere(row.name)
    same = Venue.objects.filter(grid_cell=cell, name=row.name).exclude(pk=row.pk).exclude(status=Venue.Status.CLOSED)
    if other := same.first():
        raise refusals.venue_exists(other.name, other.status)
    (number,) = take_numbers("venue", 1, bits=VENUE_NUMBER_BITS)
    new = Venue(
        venue_number=number, address=address.strip(), grid_cell=cell, area_path=cell.area_path, moved_from=row,
        opened_at=at, status_since=at, status_by=by, **{name: getattr(row, name) for name in CARRIED},
    )  # fmt: skip
    new.save(force_insert=True)
    Door.objects.bulk_create(Door(venue=new, number=it.number, name=it.name) for it in row.doors.order_by("number"))
    classes = {it: _class_at(new, it) for it in row.school_classes.order_by("pk")}
    n_devices = _close(row, MOVED, by)
    _publish(row, new)
    details = {"to": new.area_path, "n_devices": n_devices}
    record("places.venue_moved", by=by, about=[subject_of(row), subject_of(new)], details=details)
    venue.refresh_from_db()
    return new, classes


@transaction.atomic
def move_back(*, venue: Venue, by: str) -> tuple[Venue, dict[SchoolClass, SchoolClass]]:
    """It never moved: what was opened there is closed, and what was closed here is as it was, its devices too.

    `venue` is the new one. Posters that hang here count again; gives the old one, and the classes there → here.

    Refuses
    -------
    places.venue_status, places.never_moved
    """
    row = venue_locked(venue, *LIVING)
    if row.moved_from_id is None:
        raise refusals.never_moved(row.name)
    old, at = venue_locked(row.moved_from, Venue.Status.CLOSED), county_now()
    old_classes = {_key(it): it for it in old.school_classes.all()}
    classes = {it: old_classes[_key(it)] for it in row.school_classes.all() if _key(it) in old_classes}
    closed_at, old.closed_at = old.closed_at, None
    old.status, old.status_because, old.status_since, old.status_by = row.status, row.status_because, at, by
    old.save(update_fields=["status", "status_because", "status_since", "status_by", "closed_at"])
    n_revived = revive_devices(venue=old, ended_since=closed_at) if closed_at else 0
    n_devices = _close(row, MOVED_BACK, by)
    _publish(row, old)
    details = {"n_devices": n_devices, "n_revived": n_revived}
    record("places.venue_moved_back", by=by, about=[subject_of(row), subject_of(old)], details=details)
    venue.refresh_from_db()
    return old, classes


@transaction.atomic
def reopen_venue(*, venue: Venue, because: str, by: str) -> None:
    """It was closed and is open again at the same address: every door's code is issued anew, devices enrol anew.

    Refuses
    -------
    places.venue_status, places.reason_missing, places.moved_away, places.never_opened, places.door_codes_used_up
    """
    row = venue_locked(venue, Venue.Status.CLOSED)
    if not because.strip():
        raise refusals.reason_missing(row.name)
    if row.moved_to.exclude(status=Venue.Status.CLOSED).exists():
        raise refusals.moved_away(row.name)
    if row.opened_at is None:
        raise refusals.never_opened(row.name)
    same = Venue.objects.filter(grid_cell=row.grid_cell, name=row.name).exclude(status=Venue.Status.CLOSED)
    if other := same.first():
        raise refusals.venue_exists(other.name, other.status)
    for door in row.doors.select_for_update():
        if door.generation >= MOST_GENERATIONS:
            raise refusals.door_codes_used_up(row.name, door.number)
        door.generation += 1
        door.save(update_fields=["generation"])
    row.status, row.status_since, row.status_by, row.status_because = Venue.Status.VERIFIED, county_now(), by, ""
    row.closed_at = None
    row.save(update_fields=["status", "status_since", "status_by", "status_because", "closed_at"])
    _publish(row)
    record("places.venue_reopened", by=by, about=[subject_of(row)], details={"because": because.strip()})
    venue.refresh_from_db()


@transaction.atomic
def set_rest_weekdays(*, venue: Venue, weekdays: str, by: str) -> None:
    """Say on which weekdays it is closed ("17": Monday, Sunday). Refuses `places.venue_status`, `places.weekdays`."""
    row = venue_locked(venue, Venue.Status.APPLIED, *LIVING)
    chosen = "".join(sorted(set(weekdays)))
    if set(chosen) - set("1234567") or len(chosen) == len("1234567"):
        raise refusals.weekdays(weekdays)
    row.rest_weekdays = chosen
    row.save(update_fields=["rest_weekdays"])
    record("places.rest_weekdays_set", by=by, about=[subject_of(row)], details={"weekdays": chosen})
    venue.refresh_from_db()


def _close(row: Venue, because: str, by: str) -> int:
    """Close one of two; how many devices ended. Those of the same moment are what `move_back` gives back."""
    at = county_now()
    row.closed_at = max(at, row.opened_at or at)
    row.status, row.status_since, row.status_by, row.status_because = Venue.Status.CLOSED, at, by, because
    row.save(update_fields=["status", "status_since", "status_by", "status_because", "closed_at"])
    return end_devices(venue=row)


def _class_at(venue: Venue, it: SchoolClass) -> SchoolClass:
    return SchoolClass.objects.create(venue=venue, stage=it.stage, grade=it.grade, number=it.number, name=it.name)


def _key(it: SchoolClass) -> tuple:
    return it.stage, it.grade, it.number


def _publish(*venues: Venue) -> None:
    told = [(f"venue:{it.venue_number}", venue_payload(it, it.doors.order_by("number"))) for it in venues]
    publish(topic=TOPIC, changes=told)
