"""The gate folder of the test county, written as the worker writes it; people, venues and devices to scan."""

import base64
import json
import uuid
from array import array
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from fangxian.core.policy import (
    byte_card,
    byte_device,
    byte_snapshot,
    byte_snapshot_frames,
    person_qr,
    venue_code,
    words,
)
from fangxian.core.policy.byte_document import document_hash
from fangxian.core.policy.byte_snapshot_rows import DeviceRow, FrameKind, PersonRow, VenueRow
from fangxian.core.policy.byte_time import EPOCH_UNIX_S
from fangxian.core.policy.handles import DeviceKey
from fangxian.core.policy.tables import DoorTables
from fangxian.core.policy.vocabulary import Colour, Travel, VenueStatus
from tests.unit.formats import snapshots
from tests.unit.formats.county import (
    CARD_KEY_ID,
    DIVISION,
    NOON,
    PRESENCE_KEY_ID,
    SECRETS,
    SIGNER_ID,
    Keys,
)

REALM = snapshots.REALM
NOON_AT = datetime(2000, 1, 1, tzinfo=UTC) + timedelta(minutes=NOON)
NOON_MS = (NOON * 60 + EPOCH_UNIX_S) * 1000
BASE = 1000
TODAY = NOON // 1440
DEVICE_KEY_ID = 2
DEVICE_KEY = DeviceKey(SECRETS["device"])

# Gate numbers of people, by what they are.
GREEN, YELLOW, RED, EXPIRED, UNTESTED, MERGED, KEPT, NEW = 11, 22, 33, 44, 55, 66, 77, 88
STRANGER = 999_999
NUMBER_OF_RED = "990101199003074518"
# Venue numbers.
MARKET, HOSPITAL, CLOSED, SUSPENDED, UNKNOWN_VENUE, OTHER_MARKET = 9_042_117, 2, 3, 4, 5, 6
# Devices.
KEEPER, CHECKPOINT, LOST, SCREEN = 5, 6, 7, 8


def colour_rule(word: str) -> int:
    """The number of the first colour rule of the county's rulebook that speaks of that colour."""
    tables = DoorTables.from_bytes(snapshots.tables())
    return next(n for n, said in enumerate(tables.colour_reasons, 1) if word in said.reason.zh)


def safety_of(colour: Colour, *, expires_min: int = NOON + 10_000, qr_generation: int = 2, reason: int = 0) -> int:
    reason = reason or (colour_rule("码") if colour >= Colour.YELLOW else 0)
    return words.pack_safety(
        words.SafetyWord(
            colour=colour, reason=reason, expires_min=expires_min, qr_generation=qr_generation, card_generation=1
        )
    )


def recent_of(*, hours: float | None = 20, travel: Travel = Travel.CLEAR) -> int:
    """Words of a negative test sampled so many hours before noon, its result six hours later."""
    if hours is None:
        return words.pack_recent(words.recent_as_of(NOON, travel=travel, travel_expires_min=NOON + 1440))
    sampled = NOON - round(hours * 60)
    return words.pack_recent(
        words.recent_as_of(
            NOON,
            sampled_min=sampled,
            resulted_min=min(NOON, sampled + 360),
            result=words.LastResult.NEGATIVE,
            travel=travel,
            travel_expires_min=NOON + 1440,
        )
    )


PEOPLE = {
    GREEN: (safety_of(Colour.GREEN), recent_of()),
    YELLOW: (safety_of(Colour.YELLOW), recent_of()),
    RED: (safety_of(Colour.RED), recent_of()),
    EXPIRED: (safety_of(Colour.GREEN, expires_min=NOON - 60), recent_of()),
    UNTESTED: (safety_of(Colour.GREEN), recent_of(hours=None)),
    MERGED: (safety_of(Colour.YELLOW), recent_of()),
    KEPT: (safety_of(Colour.YELLOW), recent_of()),
}
VENUES = (
    VenueRow(MARKET, "market", VenueStatus.OPEN, (3, 3), "141027100"),
    VenueRow(HOSPITAL, "hospital", VenueStatus.OPEN, (3,), "141027100"),
    VenueRow(CLOSED, "market", VenueStatus.CLOSED, (0,), "141027100"),
    VenueRow(SUSPENDED, "market", VenueStatus.SUSPENDED, (3,), "141027100"),
    VenueRow(OTHER_MARKET, "market", VenueStatus.OPEN, (3,), "141027101"),
)
DEVICES = (
    DeviceRow(KEEPER, 1, MARKET, 0, "keeper"),
    DeviceRow(CHECKPOINT, 1, 0, 0, "keeper"),
    DeviceRow(LOST, 2, MARKET, 0, "keeper"),
    DeviceRow(SCREEN, 1, MARKET, 1, "screen"),
)


class GateFiles:
    """`<realm>/gate/` as the worker keeps it; county time is noon when wall time is `noon_wall`."""

    def __init__(self, realm: Path, *, noon_wall: datetime = NOON_AT, rate: float = 1.0) -> None:
        self.realm, self.folder, self.keys = realm, realm / "gate", Keys()
        self.clock = {"wall_anchor": noon_wall.isoformat(), "county_anchor": NOON_AT.isoformat(), "rate": rate,
                      "zone": "Asia/Shanghai"}  # fmt: skip
        self.known_at_s = int(noon_wall.timestamp())
        self.base = self.last = BASE
        self.folder.mkdir(parents=True)
        card = {"format": 1, "id": REALM, "kind": "drill", "ports": {"ops": 8000, "gate": 8001}}
        (realm / "realm.json").write_text(json.dumps(card))

    def write_all(self) -> "GateFiles":
        self.write_keys()
        self.write_base()
        return self

    def write_keys(self, **changed: Any) -> None:
        b64 = lambda data: base64.b64encode(data).decode()  # noqa: E731
        card = {
            "format": 1,
            "realm": REALM,
            "division": DIVISION,
            "clock": self.clock,
            "zone": "Asia/Shanghai",
            "signer_id": SIGNER_ID,
            "verifiers": {str(SIGNER_ID): b64(self.keys.public.public_bytes_raw())},
            "day_keys": {str(day & 0xFFFF): b64(SECRETS["day"]) for day in range(TODAY - 15, TODAY + 2)},
            "card_keys": {str(CARD_KEY_ID): b64(SECRETS["card"])},
            "presence_keys": {str(PRESENCE_KEY_ID): b64(SECRETS["presence"])},
            "device_keys": {str(DEVICE_KEY_ID): b64(SECRETS["device"])},
            "document_key": b64(SECRETS["document"]),
        }
        self.replace("keys.json", json.dumps(card | changed).encode())

    def base_bytes(
        self, number: int | None = None, people: dict[int, tuple[int, int]] | None = None, **changed: Any
    ) -> bytes:
        found = dict(sorted((people or PEOPLE).items()))
        columns = (
            array("I", found),
            array("Q", [w[0] for w in found.values()]),
            array("Q", [w[1] for w in found.values()]),
        )
        fields: dict[str, Any] = {
            "realm": REALM,
            "division": DIVISION,
            "number": self.base if number is None else number,
            "made_at": "2022-04-19T12:00:00+08:00",
            "known_at_s": self.known_at_s,
            "ends_s": self.known_at_s + 7 * 86_400,
            "people": columns,
            "documents": (array("Q", [document_hash(NUMBER_OF_RED, SECRETS["document"])]), array("I", [RED])),
            "aliases": [(MERGED, KEPT)] if MERGED in found else [],
            "venues": VENUES,
            "devices": DEVICES,
            "tables": [snapshots.tables()],
            "tests_count_from": "sampled",
            "sign": self.keys.sign,
        }
        return byte_snapshot.pack_base(**fields | changed)

    def write_base(self, number: int = BASE, **changed: Any) -> None:
        """A base, its empty file of deltas, and last the pointer to it."""
        self.base = self.last = number
        self.replace(f"base-{number}.fxs", self.base_bytes(number, **changed))
        self.replace(f"deltas-{number}.fxd", b"")
        self.point_to(number)

    def point_to(self, number: int) -> None:
        self.replace("current.json", json.dumps({"number": number}).encode())

    def replace(self, name: str, data: bytes) -> None:
        draft = self.folder / f"{name}.new"
        draft.write_bytes(data)
        draft.replace(self.folder / name)

    def frame(self, kind: FrameKind, rows: list[Any], **changed: Any) -> bytes:
        """The next frame; `last` counts on."""
        fields: dict[str, Any] = {
            "base": self.base,
            "first": self.last + 1 if rows else self.last,
            "known_at_ms": self.known_at_s * 1000,
            "rows": rows,
            "sign": self.keys.sign,
        }
        self.last += len(rows)
        return byte_snapshot_frames.pack_frame(kind, **fields | changed)

    def append(self, data: bytes) -> None:
        with (self.folder / f"deltas-{self.base}.fxd").open("ab") as file:
            file.write(data)

    def publish_person(self, number: int, safety: int, recent: int, **more: int) -> None:
        self.append(self.frame(FrameKind.PEOPLE, [PersonRow(number, safety, recent, **more)]))

    def publish_venue(self, row: VenueRow) -> None:
        self.append(self.frame(FrameKind.VENUES, [row]))

    def publish_device(self, row: DeviceRow) -> None:
        self.append(self.frame(FrameKind.DEVICES, [row]))

    def heartbeat(self, known_at_ms: int) -> None:
        self.append(self.frame(FrameKind.HEARTBEAT, [], known_at_ms=known_at_ms))

    # ---- what people show ----

    def qr(self, number: int, *, at_min: int = NOON, **changed: Any) -> str:
        fields = {"gate_number": number, "from_min": at_min - 1, "until_min": at_min + 60,
                  "day_key_id": (at_min - 1) // 1440 & 0xFFFF}  # fmt: skip
        return self.keys.person_text(**fields | changed)

    def forged_qr(self, number: int) -> str:
        """Sealed with another key, signed by a forger."""
        to_sign = self.keys.person_to_sign(
            gate_number=number, from_min=NOON - 1, until_min=NOON + 60, day_key_id=TODAY, day_key=self.keys.other_day
        )
        return person_qr.person_qr_text(to_sign, self.keys.forge(to_sign))

    def card(self, number: int, **changed: Any) -> str:
        to_sign = self.keys.card_to_sign(gate_number=number, **changed)
        return byte_card.card_text(to_sign, self.keys.sign(to_sign))

    def poster(self, venue: int = MARKET, *, door: int = 1, generation: int = 3, division: int = DIVISION) -> str:
        place = venue_code.VenueDoor(division=division, venue=venue, door=door)
        to_sign = venue_code.venue_poster_to_sign(place, signer_id=SIGNER_ID, generation=generation)
        return venue_code.venue_poster_text(to_sign, self.keys.sign(to_sign))

    def rotating(self, venue: int = MARKET, *, at_s: int = NOON * 60) -> str:
        place = venue_code.VenueDoor(division=DIVISION, venue=venue, door=1)
        return venue_code.rotating_code_text(
            place, key_id=PRESENCE_KEY_ID, key=self.keys.presence, generation=3, at_s=at_s
        )

    def typed(self, venue: int = MARKET) -> str:
        return venue_code.typed_venue_text(venue_code.VenueDoor(division=DIVISION, venue=venue, door=1))

    def token(self, device: int = KEEPER, *, venue: int = MARKET, generation: int = 1, division: int = DIVISION) -> str:
        return byte_device.device_token_text(
            division=division, key_id=DEVICE_KEY_ID, key=DEVICE_KEY, device=device, generation=generation,
            venue=venue, door=0, ends_day=TODAY + 30,
        )  # fmt: skip

    def scan(self, number: int = GREEN, *, minutes: float = 0, **changed: Any) -> dict[str, Any]:
        """A scan at noon and so many minutes; a field given as None is left out."""
        at = (NOON_AT + timedelta(minutes=minutes)).isoformat()
        fields = {"id": str(uuid.uuid4()), "code": self.qr(number), "venue": self.poster(), "scanned_at": at} | changed
        return {name: value for name, value in fields.items() if value is not None}
