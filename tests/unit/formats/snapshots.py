"""A small snapshot of the test county, to be packed, read, cut and altered."""

from array import array
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from fangxian.core.policy import byte_snapshot, byte_snapshot_frames
from fangxian.core.policy.byte_document import document_hash
from fangxian.core.policy.byte_snapshot_rows import DeviceRow, FrameKind, PersonRow, VenueRow
from fangxian.core.policy.doors import compile_doors
from fangxian.core.policy.reading import read_rulebook
from fangxian.core.policy.vocabulary import VenueStatus
from tests.unit.formats.county import DIVISION, NOON, RECENT, SAFETY, SECRETS, Keys

REALM = "00112233aabbccdd"
BASE, KNOWN_AT_S = 41, 1_650_340_800
NUMBERS = (7, 1_309_740_485, 4_000_000_000)
DOCUMENT = document_hash("990101199003074518", SECRETS["document"])
RULEBOOK = Path(__file__).parents[3] / "counties/fushan/rulebooks/covid19-2022-04.toml"
AT = datetime(2000, 1, 1, tzinfo=UTC) + timedelta(minutes=NOON)


@cache
def tables() -> bytes:
    """The door tables of the county's own rulebook at noon."""
    return compile_doors(read_rulebook(RULEBOOK.read_text("utf-8")), AT).to_bytes()


def base_bytes(keys: Keys, **changed: Any) -> bytes:
    """Three people (one of them an alias of another), a venue of three doors, two devices."""
    fields: dict[str, Any] = {
        "realm": REALM,
        "division": DIVISION,
        "number": BASE,
        "made_at": "2022-04-19T12:00:00+08:00",
        "known_at_s": KNOWN_AT_S,
        "ends_s": KNOWN_AT_S + 7 * 86_400,
        "people": (array("I", NUMBERS), array("Q", [SAFETY, SAFETY, 0]), array("Q", [RECENT, RECENT, 0])),
        "documents": (array("Q", [DOCUMENT]), array("I", [NUMBERS[1]])),
        "aliases": [(NUMBERS[0], NUMBERS[1])],
        "venues": [VenueRow(9_042_117, "market", VenueStatus.OPEN, (1, 3, 0), "141027100")],
        "devices": [DeviceRow(5, 1, 9_042_117, 2, "keeper"), DeviceRow(6, 2, 0, 0, "keeper")],
        "tables": [tables()],
        "tests_count_from": "sampled",
        "sign": keys.sign,
    }
    return byte_snapshot.pack_base(**fields | changed)


def people_frame(keys: Keys, first: int = BASE + 1, **changed: Any) -> bytes:
    fields: dict[str, Any] = {
        "kind": FrameKind.PEOPLE,
        "base": BASE,
        "first": first,
        "known_at_ms": KNOWN_AT_S * 1000 + 250,
        "rows": [PersonRow(NUMBERS[1], SAFETY ^ 3 << 58, RECENT, DOCUMENT), PersonRow(8, SAFETY, 0, 0, 7)],
        "sign": keys.sign,
    }
    return byte_snapshot_frames.pack_frame(**fields | changed)


def venue_frame(keys: Keys, first: int = BASE + 3) -> bytes:
    row = VenueRow(9_042_117, "market", VenueStatus.CLOSED, (0, 0, 0), "141027100")
    return people_frame(keys, first, kind=FrameKind.VENUES, rows=[row])


def device_frame(keys: Keys, first: int = BASE + 4) -> bytes:
    return people_frame(keys, first, kind=FrameKind.DEVICES, rows=[DeviceRow(5, 0, 0, 0, "")])


def heartbeat(keys: Keys, last: int = BASE + 4) -> bytes:
    return people_frame(keys, last, kind=FrameKind.HEARTBEAT, rows=[])
