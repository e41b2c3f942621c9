"""Who asks, and at which door: what a credential and a venue code prove, and what is kept of a caller's own claim."""

from typing import Final

from msgspec import Struct

from fangxian.core.policy.byte_device import DeviceToken, read_device_token
from fangxian.core.policy.byte_snapshot_rows import DeviceRow, VenueRow
from fangxian.core.policy.byte_time import EPOCH_UNIX_S
from fangxian.core.policy.venue_code import (
    TYPED_CHARACTERS,
    VenueDoor,
    VenuePoster,
    drift_at,
    read_rotating_code,
    read_typed_venue,
    read_venue_poster,
    require_venue_generation,
)
from fangxian.core.policy.vocabulary import Presence, VenueStatus

from .keys import GateKeys
from .knowledge import Knowledge
from .refusals import refuse

LONGEST_TYPED: Final = 16  # nine characters, with dashes and spaces for the eye
FOR_THE_EYE: Final = {ord("-"): None, ord(" "): None}
MOST_KEPT: Final = 20_000
_NONE, _LOCATED, _ROTATING, _STAFFED = map(int, (Presence.NONE, Presence.LOCATED, Presence.ROTATING, Presence.STAFFED))
_OPEN, _CLOSED = int(VenueStatus.OPEN), int(VenueStatus.CLOSED)


class AtDoor(Struct, gc=False, frozen=True):
    """The door of a scan, and whether its code shows that somebody stood there."""

    venue: VenueRow
    door: int
    is_rotating: bool


NOWHERE: Final = AtDoor(VenueRow(0, "", 0, (), ""), 0, False)
"""Before a door is known."""


class ReadOnce:
    """Codes and tokens that come again and again, proved once for as long as the keys stay the same."""

    def __init__(self, keys: GateKeys) -> None:
        self.keys = keys
        self.drift = drift_at(keys.clock.rate)
        self.posters: dict[str, VenuePoster] = {}
        self._tokens: dict[tuple[str, int], DeviceToken] = {}

    def poster(self, text: str) -> VenuePoster:
        """A proved poster; refuses like `read_venue_poster`. An Ed25519 proof costs as much as five scans."""
        found = self.posters.get(text)
        if found is None:
            keys = self.keys
            found = read_venue_poster(
                text, division=keys.division, verifiers=keys.verifiers, retired=keys.retired.signers
            )
            if len(self.posters) >= MOST_KEPT:
                self.posters.clear()
            self.posters[text] = found
        return found

    def token(self, text: str, at_day: int) -> DeviceToken:
        """A proved device token; refuses like `read_device_token`."""
        found = self._tokens.get((text, at_day))
        if found is None:
            keys = self.keys
            found = read_device_token(
                text, division=keys.division, at_day=at_day, keys=keys.device_keys, retired=keys.retired.device_keys
            )
            if len(self._tokens) >= MOST_KEPT:
                self._tokens.clear()
            self._tokens[text, at_day] = found
        return found


def asking_device(token: str, read: ReadOnce, knowledge: Knowledge, at_day: int, scanned_ms: int) -> DeviceRow | None:
    """The device that asks; None for an anonymous caller. (credential → device)

    A keeper's device that has ended since, by itself or with its venue, stands for what it took down before: its row
    then has generation 0.

    Raises
    ------
    Refusal
        `device.unreadable`, `device.key_retired`, `device.ended`, `device.revoked`, `scan.device_over`
    """
    if not token:
        return None
    found = read.token(token, at_day)
    row = knowledge.devices.get(found.device)
    if row is None or row.generation != found.generation:
        ended = row.ended if row else None
        if row and ended and ended[0] == found.generation:
            if scanned_ms < ended[1]:
                return row._replace(kind="keeper")
            raise refuse("scan.device_over", device=found.device, minutes=(scanned_ms - ended[1]) // 60_000)
        current = row.generation if row else 0
        raise refuse("device.revoked", device=found.device, found=found.generation, current=current)
    return row


def door_shown(
    text: str, read: ReadOnce, knowledge: Knowledge, scanned_s: int, device: DeviceRow | None = None
) -> AtDoor:
    """The door whose code was scanned or typed. (venue code → door)

    Of a venue that has closed since, it is taken from a device of that venue, which ended no later. A
    rotating code counts if it was on the screen when the scan was made, however late the scan is sent.

    Raises
    ------
    Refusal
        `code.…` as its reader says, `scan.venue_unknown`
    """
    if poster := read.posters.get(text):
        return _at_door(poster.place, poster.generation, knowledge, device, is_rotating=False)
    text = text.strip()
    if _is_typed(text):
        place = read_typed_venue(text, division=read.keys.division)
        return _at_door(place, None, knowledge, device, is_rotating=False)
    if text.rpartition("/")[2].startswith("FXR"):
        code = read_rotating_code(
            text,
            division=read.keys.division,
            at_s=scanned_s - EPOCH_UNIX_S,
            keys=read.keys.presence_keys,
            drift=read.drift,
            retired=read.keys.retired.presence_keys,
        )
        is_proof = code.key_id not in read.keys.retired.presence_keys
        return _at_door(code.place, code.generation, knowledge, device, is_rotating=is_proof)
    poster = read.poster(text)
    return _at_door(poster.place, poster.generation, knowledge, device, is_rotating=False)


def _is_typed(text: str) -> bool:
    """Whether a person typed it. One door in a thousand has a short code that begins with FX, as ours all do."""
    is_short = len(text) <= LONGEST_TYPED and "/" not in text
    return is_short and (not text.startswith("FX") or len(text.translate(FOR_THE_EYE)) == TYPED_CHARACTERS)


def _at_door(
    place: VenueDoor, generation: int | None, knowledge: Knowledge, device: DeviceRow | None, *, is_rotating: bool
) -> AtDoor:
    venue = knowledge.venues.get(place.venue)
    if venue is None:
        raise refuse("scan.venue_unknown", snapshot=knowledge.number)
    current = venue.generations[place.door - 1] if place.door <= len(venue.generations) else 0
    if generation != current or not current:
        if venue.status == _CLOSED and device and not device.generation and device.venue == place.venue:
            return AtDoor(venue._replace(status=_OPEN), place.door, is_rotating)  # as it was then
        require_venue_generation(generation, current)
    return AtDoor(venue, place.door, is_rotating)


def presence_of(device: DeviceRow | None, at: AtDoor, claimed: str | None) -> int:
    """How presence was shown: staffed > rotating > located > none.

    A keeper's device of this door and a rotating code are proved here. Of what a caller claims only `located` is kept,
    and only from a phone without a device's token: the phone has compared its position with the venue's, and no gate
    ever hears of a position. It stays a claim, and nothing at a door may hang on it.
    """
    if device and device.kind == "keeper":
        venue, door = device.venue, device.door  # 0 is any
        if (not venue or venue == at.venue.number) and (not door or door == at.door):
            return _STAFFED
    if at.is_rotating:
        return _ROTATING
    return _LOCATED if claimed == "located" and device is None else _NONE
