"""What a door's phone keeps so that it can answer without a network: signed, dated, and soon over.

    FXBNDL1\\0 | length of text u32 | text (canonical JSON) | signature 64

The integer is little-endian, as in a snapshot. The Ed25519 signature covers all before it. Nothing in a bundle
is secret and nothing in it can make a code: it holds public keys, door tables as the snapshot has them, the
venue of one device, and a filter of handles that do not count any more. docs/reference/formats.md has the table.
"""

import base64
import binascii
import json
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from fangxian.core.policy.byte_filter import MOST_BITS, HandleFilter
from fangxian.core.policy.byte_refusals import refuse
from fangxian.core.policy.byte_snapshot_rows import VenueRow, venues_of
from fangxian.core.policy.person_qr import Verify
from fangxian.core.policy.tables import DoorTables

FORMAT: Final = "fangxian-door-bundle-1"
MAGIC: Final = b"FXBNDL1\0"
SIGNATURE_BYTES: Final = 64
MOST_HASHES: Final = 32

_LENGTH: Final = struct.Struct("<I")
_HEAD: Final = len(MAGIC) + _LENGTH.size


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    """What one device knows without a network.

    number : change of the gates' topic as of which it is
    made_at, known_at : county time at which it was sent, and up to which it knows everything
    lasts_s : wall seconds from `known_at`; from then on nothing may be decided by it
    rate : county seconds per second of the wall
    device, door : the device it was made for, and its door (0: any door of the venue)
    venues : the venue of the device; none for one of no venue, which then cannot know a door's class
    verifiers : public keys, 32 bytes each, by signer id
    tables : door tables, a later version of the rules behind an earlier one
    """

    realm: str
    division: int
    number: int
    signer_id: int
    made_at: datetime
    known_at: datetime
    lasts_s: int
    rate: float
    device: int
    door: int
    venues: tuple[VenueRow, ...]
    verifiers: Mapping[int, bytes]
    tests_count_from: str
    tables: tuple[DoorTables, ...]
    revoked: HandleFilter

    def tables_at(self, at: datetime) -> DoorTables | None:
        """The tables in force at a moment of county time, None if there are none: nothing can be decided then."""
        return next((tables for tables in reversed(self.tables) if tables.in_force(at)), None)


def bundle_to_sign(
    *,
    realm: str,
    division: int,
    number: int,
    signer_id: int,
    made_at: datetime,
    known_at: datetime,
    lasts_s: int,
    rate: float,
    device: int,
    door: int,
    venues: Sequence[VenueRow],
    verifiers: Mapping[int, bytes],
    tests_count_from: str,
    tables: Sequence[bytes],
    revoked: HandleFilter,
) -> bytes:
    """The bytes to be signed; the bundle is these and their signature. `tables` are of `DoorTables.to_bytes`."""
    text = json.dumps(
        {
            "format": FORMAT,
            "realm": realm,
            "division": division,
            "number": number,
            "signer": signer_id,
            "made_at": made_at.isoformat(timespec="milliseconds"),
            "known_at": known_at.isoformat(timespec="milliseconds"),
            "lasts_s": lasts_s,
            "rate": rate,
            "device": device,
            "door": door,
            "venues": [list(row) for row in venues],
            "verifiers": {str(id_): base64.b64encode(key).decode() for id_, key in verifiers.items()},
            "tests_count_from": tests_count_from,
            "tables": [json.loads(one) for one in tables],
            "revoked": {
                "n_bits": revoked.n_bits,
                "n_hashes": revoked.n_hashes,
                "data": base64.b64encode(revoked.data).decode(),
            },
        },
        ensure_ascii=False,
        sort_keys=True,
        separators=(",", ":"),
    ).encode()
    return MAGIC + _LENGTH.pack(len(text)) + text


def read_bundle(data: bytes, verifiers: Mapping[int, Verify]) -> Bundle:
    """A bundle read and proved. (bytes from the pages → what a door knows without a network)

    `verifiers` are the keys the reader trusts already; those inside are for people's codes.

    Raises
    ------
    Refusal
        `bundle.foreign`, `bundle.cut_short`, `bundle.signature`, `bundle.damaged`
    """
    if data[: len(MAGIC)] != MAGIC[: len(data)]:
        raise refuse("bundle.foreign", found=data[: len(MAGIC)].hex(), format=FORMAT)
    ends = _HEAD + _LENGTH.unpack_from(data, len(MAGIC))[0] if len(data) >= _HEAD else _HEAD
    if len(data) < ends + SIGNATURE_BYTES:
        raise refuse("bundle.cut_short", found=len(data), wanted=ends + SIGNATURE_BYTES)
    try:
        plain = json.loads(data[_HEAD:ends])
        signer_id = int(plain["signer"])
    except (ValueError, KeyError, TypeError, RecursionError) as wrong:
        raise refuse("bundle.damaged", what=type(wrong).__name__) from wrong
    verify = verifiers.get(signer_id)
    if verify is None or not verify(data[:ends], data[ends:]):
        raise refuse("bundle.signature", key_id=signer_id)
    try:
        return _bundle(plain)
    except (ValueError, KeyError, TypeError, binascii.Error) as wrong:
        raise refuse("bundle.damaged", what=type(wrong).__name__) from wrong


def _bundle(plain: dict[str, Any]) -> Bundle:
    """Signed and yet unfit is what another program wrote; raises ValueError, KeyError or TypeError for it."""
    if plain["format"] != FORMAT or not plain["tables"] or not plain["rate"] > 0:
        raise ValueError("format")
    tables = tuple(
        DoorTables.from_bytes(json.dumps(one, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode())
        for one in plain["tables"]
    )
    return Bundle(
        realm=str(plain["realm"]),
        division=int(plain["division"]),
        number=int(plain["number"]),
        signer_id=int(plain["signer"]),
        made_at=datetime.fromisoformat(plain["made_at"]),
        known_at=datetime.fromisoformat(plain["known_at"]),
        lasts_s=int(plain["lasts_s"]),
        rate=float(plain["rate"]),
        device=int(plain["device"]),
        door=int(plain["door"]),
        venues=tuple(venues_of(plain["venues"])),
        verifiers={int(id_): base64.b64decode(key) for id_, key in plain["verifiers"].items()},
        tests_count_from=str(plain["tests_count_from"]),
        tables=tables,
        revoked=_filter(**plain["revoked"]),
    )


def _filter(n_bits: int, n_hashes: int, data: str) -> HandleFilter:
    found = HandleFilter(int(n_bits), int(n_hashes), base64.b64decode(data))
    if not 0 < found.n_bits <= MOST_BITS or not 0 < found.n_hashes <= MOST_HASHES:
        raise ValueError("filter")
    if len(found.data) * 8 != found.n_bits:
        raise ValueError("filter")
    return found
