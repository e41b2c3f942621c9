"""Devices that stand for a door: offered, enrolled with a code that works once, ended. The gate is told of each."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.timezone import localtime

from fangxian.ops.audit.actions import record
from fangxian.ops.changes.actions import publish
from fangxian.ops.realm.current import county_now, the_realm
from fangxian.ops.realm.sealed import index_of

from .. import refusals
from ..models import DoorDevice, Venue
from ..standing import door_of, refuse_status, subject_of, venue_locked
from ..wire import ENROLMENT_CHARACTERS, NEW_BASE, TOPIC, device_payload, new_enrolment_code, read_enrolment_code

BATCH = 2000
ENROLMENT_MINUTES = 15  # on the wall: the code is read off one screen and typed into another
ENROLMENT = "door_device_enrolment"


@transaction.atomic
def offer_device(*, venue: Venue, door: int, kind: str, name: str, by: str) -> tuple[DoorDevice, str]:
    """Expect a device at a door (0: any), and the code with which it enrols; the code is kept nowhere in clear.

    Refuses
    -------
    places.venue_status, places.door_unknown, places.screen_needs_a_door
    """
    row = venue_locked(venue, Venue.Status.VERIFIED, Venue.Status.SUSPENDED)
    if door:
        door_of(row, door)
    elif kind == DoorDevice.Kind.SCREEN:
        raise refusals.screen_needs_a_door()
    at, enrolment_code = county_now(), new_enrolment_code()
    device = DoorDevice.objects.create(
        venue=row,
        door=door,
        kind=kind,
        name=name,
        offered_by=by,
        offered_at=at,
        enrol_index=index_of(ENROLMENT, read_enrolment_code(enrolment_code)),
        # County time, which in a drill runs faster than the person who types.
        enrol_until=at + timedelta(minutes=ENROLMENT_MINUTES) * the_realm().clock.rate,
    )
    details = {"device": device.pk, "kind": str(kind), "door": door}
    record("places.device_offered", by=by, about=[subject_of(row)], details=details)
    return device, enrolment_code


@transaction.atomic
def enrol_device(*, enrolment_code: str) -> DoorDevice:
    """Let a device in that has the code of an offer; `wire.device_token` then gives it its token, once.

    Refuses
    -------
    places.enrolment_wrong, places.enrolment_over, places.venue_status
    """
    typed = read_enrolment_code(enrolment_code)
    offered = DoorDevice.objects.select_for_update(of=("self",)).select_related("venue")
    device = offered.filter(enrol_index=index_of(ENROLMENT, typed), ended_at__isnull=True).first() if typed else None
    if device is None:
        raise refusals.enrolment_wrong(len(typed), ENROLMENT_CHARACTERS)
    at = county_now()
    if device.enrol_until is None or at >= device.enrol_until:
        raise refusals.enrolment_over(localtime(device.enrol_until or at), ENROLMENT_MINUTES)
    if device.venue is not None:
        refuse_status(device.venue, Venue.Status.VERIFIED, Venue.Status.SUSPENDED)
    device.enrolled_at, device.enrol_index, device.enrol_until = at, None, None
    device.save(update_fields=["enrolled_at", "enrol_index", "enrol_until"])
    publish(topic=TOPIC, changes=[_device_change(device)])
    about = [subject_of(device.venue)] if device.venue else []
    record("places.device_enrolled", by="program:enrolment", about=about, details={"device": device.pk})
    return device


@transaction.atomic
def place_devices(*, devices: Sequence[DoorDevice], by: str) -> None:
    """Put devices in place that need no code, such as a checkpoint's or a drill's; each lives at once."""
    at = county_now()
    for device in devices:
        device.offered_by, device.offered_at, device.enrolled_at = by, at, at
    DoorDevice.objects.bulk_create(devices, batch_size=BATCH)
    publish(topic=TOPIC, changes=NEW_BASE if len(devices) > BATCH else [_device_change(it) for it in devices])
    record("places.devices_placed", by=by, details={"n_devices": len(devices)})


@transaction.atomic
def end_device(*, venue: Venue, device_id: int, by: str) -> DoorDevice:
    """End a device, lost or no longer needed; twice is harmless. Refuses `places.device.not_found`."""
    found = DoorDevice.objects.select_for_update(of=("self",)).filter(venue=venue, pk=device_id).first()
    if found is None:
        raise refusals.device_unknown(device_id)
    if found.ended_at is None:
        found.ended_at, found.enrol_index = county_now(), None
        found.save(update_fields=["ended_at", "enrol_index"])
        publish(topic=TOPIC, changes=[_device_change(found)])
        record("places.device_ended", by=by, about=[subject_of(venue)], details={"device": device_id})
    return found


def end_devices(*, venue: Venue) -> int:
    """End all devices of a venue, offered or live; how many."""
    devices = list(DoorDevice.objects.select_for_update().filter(venue=venue, ended_at__isnull=True))
    for device in devices:
        device.venue, device.ended_at, device.enrol_index = venue, county_now(), None
    DoorDevice.objects.bulk_update(devices, ["ended_at", "enrol_index"])
    publish(topic=TOPIC, changes=[_device_change(device) for device in devices if device.enrolled_at])
    return len(devices)


def revive_devices(*, venue: Venue, ended_since: datetime) -> int:
    """Let the devices live again that ended with the venue, where closing it was a mistake; how many."""
    lived = DoorDevice.objects.select_for_update().filter(venue=venue, enrolled_at__isnull=False)
    devices = list(lived.filter(ended_at__gte=ended_since))
    for device in devices:
        device.ended_at = None
    DoorDevice.objects.bulk_update(devices, ["ended_at"])
    publish(topic=TOPIC, changes=[_device_change(device) for device in devices])
    return len(devices)


def _device_change(device: DoorDevice) -> tuple[str, list]:
    return f"device:{device.pk}", device_payload(device)
