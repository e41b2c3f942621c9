"""Venue codes: the poster, which anybody can photograph, and the rotating code, which proves presence.

    poster    FXV1 | division 3 | signer 1 | venue 3 | door 1 | generation 1 | signature 64
    rotating  FXR1 | division 3 | key 1 | venue 3 | door 1 | generation 1 | step 4 | mac 8

The poster is for ever: Ed25519 shows that the county issued it, and its generation ends with a closure
or a transfer. It is often printed as a URL (`HTTPS://…/V/FXV1…`); what stands before the last slash is
ignored. The rotating code changes each 30 s and is authenticated with a key that only the issuer and
central gates hold, so a screen shows what it was sent and cannot make the next one.

The typed form is nine characters, with a check against slips of the finger and against a venue of
another county; it is signed by nobody and proves as little as a poster.
"""

import hashlib
import math
import struct
from collections.abc import Container, Mapping
from dataclasses import dataclass
from typing import Final

from fangxian.core.parameters import Parameter
from fangxian.core.policy.byte_refusals import refuse, require_range
from fangxian.core.policy.byte_text import ALPHABET, ROTATING, VENUE, body_of, digits_of, text_of
from fangxian.core.policy.handles import PresenceKey
from fangxian.core.policy.person_qr import (
    FIRST_DIVISION,
    LAST_DIVISION,
    Verify,
    require_county,
    require_signature,
)

ROTATION = Parameter(
    value=30,
    unit="s",
    low=30,
    high=30,
    meaning="How long a rotating venue code is shown; frozen with the format",
    source="Design of the gate: presence by a code that changes each 30 s",
)
DRIFT = Parameter(
    value=1,
    unit="rotations",
    low=0,
    high=4,
    meaning="How many rotations a code may be ahead or behind and still prove presence",
    source="RFC 6238 section 5.2: one step of network delay",
)
SCREEN_DELAY = Parameter(
    value=4,
    unit="s",
    low=1,
    high=30,
    meaning="How old, in seconds of the wall, a rotating code may be when it is scanned where county time runs fast",
    source="a guess: fetching and drawing a code on the screen, and half the time a phone takes to read it",
)
STEP_S: Final = int(ROTATION.value)
LAST_VENUE: Final = (1 << 24) - 1
TYPED_CHARACTERS: Final = 9
TYPED_CHECK_BITS: Final = 13

_VENUE_PREFIX: Final = VENUE.prefix.encode("ascii")
_ROTATING_PREFIX: Final = ROTATING.prefix.encode("ascii")
_PLACE: Final = struct.Struct(">3sB3sBB")
_N_PLACE: Final = _PLACE.size
# What people write for a digit that looks like it; dashes and spaces are for the eye.
_TYPED: Final = str.maketrans({"O": "0", "I": "1", "L": "1", "-": None, " ": None})


@dataclass(frozen=True, slots=True, kw_only=True)
class VenueDoor:
    """One door of one venue: `venue` 1..2**24-1 (permuted), `door` 1..255."""

    division: int
    venue: int
    door: int


@dataclass(frozen=True, slots=True, kw_only=True)
class VenuePoster:
    """A poster as any reader can see it; nothing is proved yet. `generation` 1..255."""

    place: VenueDoor
    signer_id: int
    generation: int
    signed: bytes
    signature: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class RotatingCode:
    """A rotating code as any reader can see it; `step` counts 30 s since the epoch."""

    place: VenueDoor
    key_id: int
    generation: int
    step: int
    authenticated: bytes
    mac: bytes


def _pack_place(place: VenueDoor, key_id: int, generation: int) -> bytes:
    return _PLACE.pack(
        require_range("division", place.division, FIRST_DIVISION, LAST_DIVISION).to_bytes(3, "big"),
        require_range("key_id", key_id, 0, 0xFF),
        require_range("venue", place.venue, 1, LAST_VENUE).to_bytes(3, "big"),
        require_range("door", place.door, 1, 0xFF),
        require_range("generation", generation, 1, 0xFF),
    )


def _unpack_place(body: bytes) -> tuple[VenueDoor, int, int]:
    division, key_id, venue, door, generation = _PLACE.unpack_from(body)
    place = VenueDoor(division=int.from_bytes(division, "big"), venue=int.from_bytes(venue, "big"), door=door)
    require_range("division", place.division, FIRST_DIVISION, LAST_DIVISION, "code.malformed")
    require_range("venue", place.venue, 1, LAST_VENUE, "code.malformed")
    require_range("door", door, 1, 0xFF, "code.malformed")
    require_range("generation", generation, 1, 0xFF, "code.malformed")
    return place, key_id, generation


def venue_poster_to_sign(place: VenueDoor, *, signer_id: int, generation: int) -> bytes:
    """The message to be signed for one door's poster; refuses `word.out_of_range`."""
    return _VENUE_PREFIX + _pack_place(place, signer_id, generation)


def venue_poster_text(signed: bytes, signature: bytes) -> str:
    """The text of the poster's code from `venue_poster_to_sign` and the 64 bytes of its signature."""
    return text_of(signed + signature, VENUE)


def parse_venue_poster(text: str) -> VenuePoster:
    """What anybody can read in a poster's code or in a URL that ends with it.

    Raises
    ------
    Refusal
        `code.foreign`, `code.wants_venue`, `code.version`, `code.truncated`, `code.too_long`,
        `code.garbled`, `code.malformed`.
    """
    body = body_of(text.rpartition("/")[2], VENUE)
    place, signer_id, generation = _unpack_place(body)
    return VenuePoster(
        place=place,
        signer_id=signer_id,
        generation=generation,
        signed=_VENUE_PREFIX + body[:_N_PLACE],
        signature=body[_N_PLACE:],
    )


def read_venue_poster(
    text: str, *, division: int, verifiers: Mapping[int, Verify], retired: Container[int] = ()
) -> VenuePoster:
    """A poster of this county, proved by its signature. It proves no presence.

    The signature of a signer in `retired`, which leaked, is not asked for: the poster then says which door, as the
    digits typed from it do, and whether there is such a door is asked of the snapshot.

    Raises
    ------
    Refusal
        As `parse_venue_poster`, then `code.other_county`, `code.key_unknown`, `code.signature`.
    """
    poster = parse_venue_poster(text)
    require_county(poster.place.division, division)
    if poster.signer_id not in retired:
        require_signature(poster.signer_id, poster.signed, poster.signature, verifiers)
    return poster


def require_venue_generation(found: int | None, current: int) -> None:
    """Refuses `code.venue_closed` if the door has no current generation (0), `code.venue_replaced` if the code
    is of another one. `found` is None for a typed code, which has none: `code.typed_closed`."""
    if current == 0:
        raise refuse("code.typed_closed") if found is None else refuse("code.venue_closed", found=found)
    if found is not None and found != current:
        raise refuse("code.venue_replaced", found=found, current=current)


def drift_at(rate: float) -> int:
    """How many rotations a code may be off where county time runs `rate` times as fast as the wall's.

    A code there is on the screen for 30 ÷ `rate` seconds of the wall; at ×600 nobody scans one in time.
    """
    return max(int(DRIFT.value), math.ceil(rate * SCREEN_DELAY.value / STEP_S))


def rotating_code_text(place: VenueDoor, *, key_id: int, key: PresenceKey, generation: int, at_s: int) -> str:
    """The rotating code of a door at that second since the epoch."""
    step = require_range("step", at_s // STEP_S, 1, 0xFFFF_FFFF)
    message = _ROTATING_PREFIX + _pack_place(place, key_id, generation) + step.to_bytes(4, "big")
    return text_of(message + key.mac(message), ROTATING)


def parse_rotating_code(text: str) -> RotatingCode:
    """What anybody can read in a rotating code; refuses like `parse_venue_poster`, and a poster with
    `code.wants_rotating`."""
    body = body_of(text.rpartition("/")[2], ROTATING)
    place, key_id, generation = _unpack_place(body)
    return RotatingCode(
        place=place,
        key_id=key_id,
        generation=generation,
        step=int.from_bytes(body[_N_PLACE : _N_PLACE + 4], "big"),
        authenticated=_ROTATING_PREFIX + body[: _N_PLACE + 4],
        mac=body[_N_PLACE + 4 :],
    )


def parse_venue_code(text: str) -> VenuePoster | RotatingCode:
    """Whichever of the two it is, by its prefix; refuses like `parse_venue_poster`."""
    code = text.rpartition("/")[2]
    return parse_rotating_code(code) if code[:3] == ROTATING.prefix[:3] else parse_venue_poster(code)


def read_rotating_code(
    text: str,
    *,
    division: int,
    at_s: int,
    keys: Mapping[int, PresenceKey],
    drift: int = int(DRIFT.value),
    retired: Container[int] = (),
) -> RotatingCode:
    """A rotating code that was on the screen at `at_s`, give or take `drift` rotations: proves presence.

    One under a key in `retired`, which leaked, anybody can make: it is read for its door and proves no presence.

    Raises
    ------
    Refusal
        As `parse_rotating_code`, then `code.other_county`, `code.rotation_over`, `code.rotation_ahead`,
        `code.key_unknown`, `code.seal`.
    """
    code = parse_rotating_code(text)
    require_county(code.place.division, division)
    behind = at_s // STEP_S - code.step
    if behind > drift:
        raise refuse("code.rotation_over", seconds=at_s - (code.step + 1) * STEP_S)
    if behind < -drift:
        raise refuse("code.rotation_ahead", seconds=code.step * STEP_S - at_s)
    if code.key_id in retired:
        return code
    key = keys.get(code.key_id)
    if key is None:
        raise refuse("code.key_unknown", key_id=code.key_id)
    if not key.made(code.authenticated, code.mac):
        raise refuse("code.seal", key_id=code.key_id)
    return code


def typed_venue_text(place: VenueDoor) -> str:
    """The nine characters printed under a poster's code, such as `8K2-4M0-1HQ`."""
    number = require_range("venue", place.venue, 1, LAST_VENUE) << 8
    number |= require_range("door", place.door, 1, 0xFF)
    digits = digits_of(number << TYPED_CHECK_BITS | _typed_check(place.division, number), TYPED_CHARACTERS)
    return f"{digits[:3]}-{digits[3:6]}-{digits[6:]}"


def read_typed_venue(text: str, *, division: int) -> VenueDoor:
    """The door somebody typed; small letters, spaces, dashes and O, I, L for 0, 1, 1 are understood.

    Raises
    ------
    Refusal
        `code.typed_length`, `code.garbled`, `code.typed_wrong`.
    """
    typed = text[:64].upper().translate(_TYPED)
    if len(typed) != TYPED_CHARACTERS:
        raise refuse("code.typed_length", length=len(typed), wanted=TYPED_CHARACTERS)
    number = 0
    for position, digit in enumerate(typed, 1):
        if digit not in ALPHABET:
            raise refuse("code.garbled", position=position)
        number = number << 5 | ALPHABET.index(digit)
    number, check = number >> TYPED_CHECK_BITS, number & (1 << TYPED_CHECK_BITS) - 1
    if check != _typed_check(division, number) or number >> 8 == 0 or number & 0xFF == 0:
        raise refuse("code.typed_wrong", wanted=division)
    return VenueDoor(division=division, venue=number >> 8, door=number & 0xFF)


def _typed_check(division: int, number: int) -> int:
    """13 bits over division, venue and door: a slip passes once in 8,192."""
    message = division.to_bytes(3, "big") + number.to_bytes(4, "big")
    digest = hashlib.blake2b(message, digest_size=2, person=b"fx typed venue").digest()
    return int.from_bytes(digest, "big") >> 16 - TYPED_CHECK_BITS
