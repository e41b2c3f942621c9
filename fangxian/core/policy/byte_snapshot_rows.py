"""The rows of a snapshot: a person, a venue, a door's device, and how a frame holds them."""

import json
import re
import struct
from collections.abc import Iterable, Iterator, Sequence
from enum import IntEnum
from typing import Any, Final, NamedTuple

from fangxian.core.policy.handles import LAST_GATE_NUMBER
from fangxian.core.policy.venue_code import LAST_VENUE
from fangxian.core.policy.vocabulary import VenueStatus


class FrameKind(IntEnum):
    """What the rows of a frame are."""

    PEOPLE = 1
    VENUES = 2
    HEARTBEAT = 3
    DEVICES = 4
    NEW_BASE = 5


DEVICE_KINDS: Final = ("keeper", "screen")
_ENDED: Final = re.compile(r"keeper/([0-9]{1,3})/([0-9]{1,14})", re.ASCII)

_PERSON: Final = struct.Struct("<IQQQI")


class PersonRow(NamedTuple):
    """One person's words, whole; `document` 0 leaves the person's document as it is, `alias_of` 0 is nobody's."""

    number: int
    safety: int
    recent: int
    document: int = 0
    alias_of: int = 0


class VenueRow(NamedTuple):
    """One venue; `generations[n - 1]` is door n's, 0 for a door that is closed or was never there."""

    number: int
    venue_class: str
    status: int
    generations: tuple[int, ...]
    area_path: str


class DeviceRow(NamedTuple):
    """One device at doors; venue 0 is any venue of the county, door 0 any of its doors, generation 0 is ended.

    The kind of a keeper's device that ended says which generation of its tokens did, and when (`ended_kind`).
    """

    device: int
    generation: int
    venue: int
    door: int
    kind: str

    @property
    def ended(self) -> tuple[int, int] | None:
        """Its last generation and the moment it ended, Unix ms of county time; None if it lives, or nobody says."""
        found = None if self.generation else _ENDED.fullmatch(self.kind)
        return (int(found[1]), int(found[2])) if found else None


class NewBase(NamedTuple):
    """That this change is too large for a frame, and stands in a base that is being made."""


Row = PersonRow | VenueRow | DeviceRow | NewBase


def ended_kind(generation: int, ended_ms: int) -> str:
    """The kind of a keeper's device that ended, with generation 0: a gate that does not read it knows that it ended."""
    return f"keeper/{generation}/{ended_ms}"


def venues_of(plain: Iterable[Sequence[Any]]) -> Iterator[VenueRow]:
    """Rows as JSON has them; raises ValueError or TypeError for one that cannot be a venue."""
    said: dict[str, str] = {}  # each class and area once, however many venues have it
    return (_venue(said, *row) for row in plain)


def devices_of(plain: Iterable[Sequence[Any]]) -> Iterator[DeviceRow]:
    """Rows as JSON has them; raises ValueError or TypeError for one that cannot be a device."""
    said: dict[str, str] = {}
    return (_device(said, *row) for row in plain)


def pack_lines(rows: Iterable[Row]) -> bytes:
    """A section of a base: a row of JSON a line, so that it can be read piece by piece."""
    return b"\n".join(json.dumps(list(row), ensure_ascii=False, separators=(",", ":")).encode() for row in rows)


def _venue(
    said: dict[str, str], number: int, venue_class: str, status: int, generations: Sequence[int], area_path: str
) -> VenueRow:
    venue_class, area_path = (said.setdefault(text, text) for text in (str(venue_class), str(area_path)))
    row = VenueRow(number, venue_class, VenueStatus(status), tuple(generations), area_path)
    if not 1 <= number <= LAST_VENUE or not all(0 <= generation <= 0xFF for generation in row.generations):
        raise ValueError(f"no venue: {row}")
    return row


def _device(said: dict[str, str], device: int, generation: int, venue: int, door: int, kind: str) -> DeviceRow:
    row = DeviceRow(device, generation, venue, door, said.setdefault(str(kind), str(kind)))
    is_known = not generation or kind in DEVICE_KINDS
    if not 1 <= device <= LAST_GATE_NUMBER or not 0 <= generation <= 0xFF or not 0 <= venue <= LAST_VENUE:
        raise ValueError(f"no device: {row}")
    if not 0 <= door <= 0xFF or not is_known:
        raise ValueError(f"no device: {row}")
    return row


def pack_rows(kind: FrameKind, rows: Sequence[Row]) -> bytes:
    """The payload of a frame."""
    if kind is FrameKind.PEOPLE:
        return b"".join(_PERSON.pack(*row) for row in rows)
    if kind in (FrameKind.HEARTBEAT, FrameKind.NEW_BASE):
        return b""
    return json.dumps([list(row) for row in rows], ensure_ascii=False, separators=(",", ":")).encode()


def rows_of(kind: FrameKind, payload: bytes) -> Sequence[Row]:
    """The rows of a frame's payload; raises ValueError, TypeError or struct.error for what cannot be one."""
    if kind is FrameKind.PEOPLE:
        return [PersonRow(*fields) for fields in _PERSON.iter_unpack(payload)]
    if kind in (FrameKind.HEARTBEAT, FrameKind.NEW_BASE):
        if payload:
            raise ValueError(f"a frame of kind {kind.name} with a payload")
        return () if kind is FrameKind.HEARTBEAT else (NewBase(),)
    plain = json.loads(payload)
    return tuple(venues_of(plain) if kind is FrameKind.VENUES else devices_of(plain))
