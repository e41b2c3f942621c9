"""What crosses a boundary: venue codes, device tokens, enrolment codes, and what a gate is told."""

import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial

from cryptography.exceptions import InvalidSignature

from fangxian.core.parameters import Parameter
from fangxian.core.policy.byte_device import DeviceToken, device_token_text, read_device_token
from fangxian.core.policy.byte_snapshot_rows import ended_kind
from fangxian.core.policy.byte_text import ALPHABET
from fangxian.core.policy.byte_time import DAY_MIN, minute_of, second_of
from fangxian.core.policy.handles import DeviceKey, PresenceKey
from fangxian.core.policy.venue_code import (
    VenueDoor,
    VenuePoster,
    read_venue_poster,
    rotating_code_text,
    typed_venue_text,
    venue_poster_text,
    venue_poster_to_sign,
)
from fangxian.ops.realm.current import county_now, the_realm
from fangxian.ops.realm.keys import Purpose

from .models import Door, DoorDevice, Venue

TOPIC = "gate"
# A gate is told of single venues and devices; of thousands at once it takes a whole base.
NEW_BASE = [("base", {})]
# What a gate is told of a venue's status; frozen with the snapshot's format.
STATUS_NUMBERS = {
    Venue.Status.APPLIED: 0,
    Venue.Status.VERIFIED: 1,
    Venue.Status.SUSPENDED: 2,
    Venue.Status.CLOSED: 3,
}
TOKEN_DAYS = Parameter(
    value=180,
    unit="days",
    low=7,
    high=366,
    meaning="How long a device's token counts before the device must be enrolled again",
    source="a guess: twice a year somebody looks at which phones are still at which doors",
)
USUAL_RADIUS = Parameter(
    value=100,
    unit="m",
    low=20,
    high=500,
    meaning="How far from a venue's position a phone may be and say it is there, unless the venue has its own radius",
    source="a guess: a receiver in a street of houses is off by 10 to 30 m, between four walls by 60 m; a yard is 50 m",
)
ENROLMENT_CHARACTERS = 8
_TYPED = str.maketrans({"O": "0", "I": "1", "L": "1", "-": None, " ": None})


def venue_payload(venue: Venue, doors: Iterable[Door]) -> list:
    """[class, status, [generation of door 1, 2, …], area path]; 0 where there is no such door, or no venue any more."""
    generations = {door.number: door.generation for door in doors} if venue.status != Venue.Status.CLOSED else {}
    numbers = range(1, max(generations, default=0) + 1)
    known = [generations.get(number, 0) for number in numbers]
    return [venue.venue_class, STATUS_NUMBERS[Venue.Status(venue.status)], known, venue.area_path]


def device_payload(device: DoorDevice) -> list:
    """[device, generation, venue number or 0, door or 0, kind]; of one that does not live [device, 0, 0, 0, ""].

    Of a keeper's that ended it is [device, 0, venue number, door, "keeper/generation/when it ended"]: what it took down
    without a network before that is still to come.
    """
    venue_number = device.venue.venue_number if device.venue_id else 0
    if device.enrolled_at is None:
        return [device.pk, 0, 0, 0, ""]
    if device.ended_at is None:
        return [device.pk, device.generation, venue_number, device.door, str(device.kind)]
    if device.kind != DoorDevice.Kind.KEEPER:
        return [device.pk, 0, 0, 0, ""]
    ended = ended_kind(device.generation, int(device.ended_at.timestamp() * 1000))
    return [device.pk, 0, venue_number, device.door, ended]


def position_of(venue: Venue) -> dict[str, Decimal | int | None]:
    """Its position as it was entered."""
    return {"latitude": venue.latitude, "longitude": venue.longitude, "radius_m": venue.radius_m}


def place_told(venue: Venue) -> dict[str, float] | None:
    """Where a phone may say that it is at the venue: degrees, WGS-84, and metres; None if that is not on record."""
    if venue.latitude is None or venue.longitude is None:
        return None
    radius_m = venue.radius_m or int(USUAL_RADIUS.value)
    return {"latitude": float(venue.latitude), "longitude": float(venue.longitude), "radius_m": radius_m}


def venue_door(venue_number: int, door: int) -> VenueDoor:
    return VenueDoor(division=int(the_realm().division_code), venue=venue_number, door=door)


def poster_code(place: VenueDoor, generation: int) -> str:
    """The signed text of a door's poster, the same every time."""
    keys = the_realm().keys
    to_sign = venue_poster_to_sign(place, signer_id=keys.current(Purpose.SIGNING).id, generation=generation)
    return venue_poster_text(to_sign, keys.signing_key.sign(to_sign))


def read_poster(text: str) -> VenuePoster:
    """A poster that this county has signed, whatever has become of its door since. Refuses like `read_venue_poster`."""
    realm = the_realm()
    verifiers = {key.id: partial(_is_signed, key.id) for key in realm.keys.all_of(Purpose.SIGNING)}
    return read_venue_poster(text, division=int(realm.division_code), verifiers=verifiers)


def _is_signed(signer_id: int, message: bytes, signature: bytes) -> bool:
    try:
        the_realm().keys.signer(signer_id).public_key().verify(signature, message)
    except InvalidSignature:
        return False
    return True


def typed_code(place: VenueDoor) -> str:
    return typed_venue_text(place)


def rotating_code(place: VenueDoor, generation: int, *, at: datetime) -> str:
    """The code a door's screen shows at a moment of county time."""
    key = the_realm().keys.current(Purpose.PRESENCE)
    return rotating_code_text(
        place, key_id=key.id, key=PresenceKey(key.secret), generation=generation, at_s=second_of(at)
    )


def device_token(device: DoorDevice) -> str:
    """The token of an enrolled device. It is shown to the device once; nobody can ask for it again."""
    realm, key = the_realm(), the_realm().keys.current(Purpose.DEVICES)
    return device_token_text(
        division=int(realm.division_code),
        key_id=key.id,
        key=DeviceKey(key.secret),
        device=device.pk,
        generation=device.generation,
        venue=device.venue.venue_number if device.venue_id else 0,
        door=device.door,
        ends_day=minute_of(device.enrolled_at + timedelta(days=TOKEN_DAYS.value)) // DAY_MIN,
    )


def read_token(text: str) -> DeviceToken:
    """A token of this realm that counts today; whether its device still lives is asked of the register.

    Refuses `device.unreadable`, `device.key_retired`, `device.ended`.
    """
    realm = the_realm()
    keys = {key.id: DeviceKey(key.secret) for key in realm.keys.counting(Purpose.DEVICES)}
    retired = {key.id for key in realm.keys.retired(Purpose.DEVICES)}
    day = minute_of(county_now()) // DAY_MIN
    return read_device_token(text, division=int(realm.division_code), at_day=day, keys=keys, retired=retired)


def new_enrolment_code() -> str:
    """Eight characters nobody can guess, as people read them aloud: `8K2M-40HQ`."""
    drawn = "".join(secrets.choice(ALPHABET) for _ in range(ENROLMENT_CHARACTERS))
    return f"{drawn[:4]}-{drawn[4:]}"


def read_enrolment_code(text: str) -> str:
    """What was typed, in the one spelling of which the index is kept; small letters, O, I and L are understood."""
    return text[:64].upper().translate(_TYPED)
