"""What a gate knows, as bytes: a signed base, and signed frames of what changed since.

    base    FXSNAP1\\0 | length of header u32 | header (canonical JSON) | signature 64 | zeros to 4096 | sections
    frame   length of body u32 | body | signature 64
    body    kind u8 | base u64 | first number u64 | n u32 | known at, wall ms u64 | payload

All integers are little-endian, so that a gate reads the numbers where they lie. The header holds a hash of
each MiB of each section, and the signature covers the header: whoever altered one byte is found. A frame
holds the changes numbered `first .. first + n - 1`; a heartbeat (n = 0) repeats the last number and says
that nothing else happened until then. Each frame names the base it follows, so that no frame of another
base, and none out of its order, can be slipped in. docs/reference/formats.md has the tables.
"""

import hashlib
import json
import struct
from array import array
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final, Literal, NamedTuple

from fangxian.core.policy.byte_snapshot_refusals import (
    cut_short,
    damaged,
    not_a_base,
    other_base,
    wrong_signature,
)
from fangxian.core.policy.byte_snapshot_rows import (
    DeviceRow,
    FrameKind,
    PersonRow,
    Row,
    VenueRow,
    devices_of,
    pack_rows,
    rows_of,
    venues_of,
)
from fangxian.core.policy.person_qr import Verify
from fangxian.core.policy.tables import DoorTables
from fangxian.core.refusal import Refusal

__all__ = [
    "Base", "DeviceRow", "Frame", "FrameKind", "PersonRow", "VenueRow", "pack_base", "pack_frame", "read_base",
    "read_frames",
]  # fmt: skip

FORMAT: Final = "fangxian-snapshot-1"
MAGIC: Final = b"FXSNAP1\0"
PAGE: Final = 4096
CHUNK: Final = 1 << 20
SIGNATURE_BYTES: Final = 64
MOST_BODY_BYTES: Final = 8 << 20  # a frame is short: more at once is a new base

_LENGTH: Final = struct.Struct("<I")
_BODY: Final = struct.Struct("<BQQIQ")
_COLUMNS: Final[dict[str, Literal["I", "Q"]]] = {
    "numbers": "I",
    "safety": "Q",
    "recent": "Q",
    "documents": "Q",
    "document_numbers": "I",
}
_LITTLE: Final = array("H", [1]).tobytes() == b"\1\0"

Sign = Callable[[bytes], bytes]
"""`sign(message)`: the 64 bytes of the county's Ed25519 signature."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Base:
    """Everything a gate knows as of change `number`; the columns are views of the file's bytes.

    made_at : RFC 3339, county time; known_at_s : wall, Unix seconds
    numbers, safety, recent : (n_people,) ascending gate numbers and their two words; an alias has the words
        of the person it was merged into
    documents, document_numbers : (n,) ascending hashes of identity numbers, and whose they are
    aliases : gate number of a merged record → the number of the record kept
    tests_count_from : "sampled" or "reported", as the rulebook says
    tables : door tables of consecutive periods, those in force when it was made first
    """

    realm: str
    division: int
    number: int
    made_at: str
    known_at_s: int
    tests_count_from: str
    numbers: Sequence[int]
    safety: Sequence[int]
    recent: Sequence[int]
    documents: Sequence[int]
    document_numbers: Sequence[int]
    aliases: dict[int, int]
    venues: tuple[VenueRow, ...]
    devices: tuple[DeviceRow, ...]
    tables: tuple[DoorTables, ...]


class Frame(NamedTuple):
    """One frame of `n_bytes`, proved by its signature; `rows` are of the kind's own type, none for a heartbeat."""

    kind: FrameKind
    base: int
    first: int
    n: int
    known_at_ms: int
    rows: Sequence[Row]
    n_bytes: int

    @property
    def last(self) -> int:
        """The number of the newest change that is known after this frame."""
        return self.first + self.n - 1 if self.n else self.first


def pack_base(
    *,
    realm: str,
    division: int,
    number: int,
    made_at: str,
    known_at_s: int,
    people: tuple["array[int]", "array[int]", "array[int]"],
    documents: tuple["array[int]", "array[int]"],
    aliases: Sequence[tuple[int, int]],
    venues: Sequence[VenueRow],
    devices: Sequence[DeviceRow],
    tables: Sequence[bytes],
    tests_count_from: str,
    sign: Sign,
) -> bytes:
    """The bytes of a base. (what is known of everybody → file)

    Parameters
    ----------
    people : gate numbers ("I", ascending), safety and recent words ("Q"), one of each a person
    documents : hashes ("Q", ascending; see `byte_document`) and gate numbers ("I")
    aliases : (alias, number kept)
    tables : bytes as `DoorTables.to_bytes` writes them; the period in force first

    Raises
    ------
    ValueError
        If columns that belong together differ in length, or numbers or hashes do not ascend.
    """
    _require_ascending("gate numbers", *people)
    _require_ascending("document hashes", *documents)
    pairs = array("I", (number for pair in sorted(aliases) for number in pair))
    sections = {
        "numbers": _bytes_of(people[0], "I"),
        "safety": _bytes_of(people[1], "Q"),
        "recent": _bytes_of(people[2], "Q"),
        "documents": _bytes_of(documents[0], "Q"),
        "document_numbers": _bytes_of(documents[1], "I"),
        "aliases": _bytes_of(pairs, "I"),
        "venues": _canonical([list(row) for row in venues]),
        "devices": _canonical([list(row) for row in devices]),
        "tables": b"[" + b",".join(tables) + b"]",
    }
    header = {
        "format": FORMAT,
        "realm": realm,
        "division": division,
        "number": number,
        "made_at": made_at,
        "known_at_s": known_at_s,
        "n_people": len(people[0]),
        "tests_count_from": tests_count_from,
        "sections": list(_laid_out(sections)),
    }
    text = _canonical(header)
    signed = MAGIC + _LENGTH.pack(len(text)) + text
    head = signed + sign(signed)
    return _padded(head, PAGE) + b"".join(_padded(data, 8) for data in sections.values())


def _laid_out(sections: dict[str, bytes]) -> Iterator[dict[str, Any]]:
    offset = 0
    for name, data in sections.items():
        yield {"name": name, "offset": offset, "n_bytes": len(data), "hashes": _hashes(data)}
        offset += len(data) + -len(data) % 8


def _hashes(data: bytes | memoryview) -> list[str]:
    chunks = (data[at : at + CHUNK] for at in range(0, len(data), CHUNK))
    return [hashlib.blake2b(chunk, digest_size=16).hexdigest() for chunk in chunks]


def _require_ascending(what: str, keys: "array[int]", *columns: "array[int]") -> None:
    if any(len(column) != len(keys) for column in columns):
        raise ValueError(f"{what}: columns of {len(keys)} and {[len(column) for column in columns]} rows")
    if any(a >= b for a, b in pairwise(keys)):
        raise ValueError(f"{what} do not ascend, or one stands twice")


def _bytes_of(column: "array[int]", typecode: str) -> bytes:
    if column.typecode != typecode:
        raise ValueError(f"a column of {typecode!r} was wanted, not of {column.typecode!r}")
    if not _LITTLE:
        column = column[:]
        column.byteswap()
    return column.tobytes()


def _canonical(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def _padded(data: bytes, to: int) -> bytes:
    return data + bytes(-len(data) % to)


def read_base(data: memoryview, verify: Verify) -> Base:
    """A base read and proved. (file → what is known of everybody)

    Raises
    ------
    Refusal
        `snapshot.not_a_base`, `snapshot.cut_short`, `snapshot.signature`, `snapshot.damaged`,
        `tables.unreadable`.
    """
    try:
        header, begins = _header(data, verify)
        sections = {section["name"]: _section(data, section, begins) for section in header["sections"]}
        columns = {name: _column(sections[name], typecode) for name, typecode in _COLUMNS.items()}
        pairs = iter(_column(sections["aliases"], "I"))
        base = Base(
            realm=str(header["realm"]),
            division=int(header["division"]),
            number=int(header["number"]),
            made_at=str(header["made_at"]),
            known_at_s=int(header["known_at_s"]),
            tests_count_from=str(header["tests_count_from"]),
            aliases=dict(zip(pairs, pairs, strict=True)),
            venues=venues_of(json.loads(bytes(sections["venues"]))),
            devices=devices_of(json.loads(bytes(sections["devices"]))),
            tables=tuple(DoorTables.from_bytes(_canonical(one)) for one in json.loads(bytes(sections["tables"]))),
            **columns,
        )
    except (ValueError, KeyError, TypeError) as wrong:  # signed and yet unfit: another program wrote it
        raise damaged(repr(wrong)) from wrong
    n_people = {len(base.numbers), len(base.safety), len(base.recent), header["n_people"]}
    if len(n_people) != 1 or len(base.documents) != len(base.document_numbers) or not base.tables:
        raise damaged(f"columns of {sorted(n_people)} people, {len(base.tables)} door tables")
    return base


def _header(data: memoryview, verify: Verify) -> tuple[dict[str, Any], int]:
    """The header, proved, and where the sections begin."""
    if bytes(data[: len(MAGIC)]) != MAGIC[: len(data)]:
        raise not_a_base(bytes(data[: len(MAGIC)]).hex(), FORMAT)
    fixed = len(MAGIC) + _LENGTH.size
    if len(data) < fixed:
        raise cut_short(len(data), fixed)
    ends = fixed + _LENGTH.unpack_from(data, len(MAGIC))[0]
    if len(data) < ends + SIGNATURE_BYTES:
        raise cut_short(len(data), ends + SIGNATURE_BYTES)
    if not verify(bytes(data[:ends]), bytes(data[ends : ends + SIGNATURE_BYTES])):
        raise wrong_signature("base")
    header = json.loads(bytes(data[fixed:ends]))
    if header.get("format") != FORMAT:
        raise not_a_base(str(header.get("format")), FORMAT)
    return header, ends + SIGNATURE_BYTES + -(ends + SIGNATURE_BYTES) % PAGE


def _section(data: memoryview, section: dict[str, Any], begins: int) -> memoryview:
    begins += section["offset"]
    ends = begins + section["n_bytes"]
    if len(data) < ends:
        raise cut_short(len(data), ends)
    found = data[begins:ends]
    for place, (made, wanted) in enumerate(zip(_hashes(found), section["hashes"], strict=True), 1):
        if made != wanted:
            raise damaged(f"{section['name']}, MiB {place}")
    return found


def _column(section: memoryview, typecode: Literal["I", "Q"]) -> Sequence[int]:
    if _LITTLE:
        return section.cast(typecode)
    column = array(typecode, bytes(section))
    column.byteswap()
    return column


def pack_frame(
    kind: FrameKind, *, base: int, first: int, known_at_ms: int, rows: Sequence[Row] = (), sign: Sign
) -> bytes:
    """The bytes of one frame. (changes → tail of the delta file)

    Parameters
    ----------
    base : number of the base that the file follows
    first : number of the first change in it; of a heartbeat, the last number there is
    known_at_ms : wall, Unix ms, up to which these and all earlier changes are everything
    rows : `PersonRow`, `VenueRow` or `DeviceRow` by the kind; none for a heartbeat

    Raises
    ------
    ValueError
        If a heartbeat has rows, or another kind has none.
    """
    if bool(rows) == (kind is FrameKind.HEARTBEAT):
        raise ValueError(f"a frame of kind {kind.name} does not have {len(rows)} rows")
    body = _BODY.pack(kind, base, first, len(rows), known_at_ms) + pack_rows(kind, rows)
    return _LENGTH.pack(len(body)) + body + sign(body)


def read_frames(data: bytes, *, base: int, verify: Verify) -> tuple[list[Frame], int]:
    """The whole frames at the beginning of `data`, and how many bytes they take. (tail of a file → changes)

    A frame that is not all there yet is waited for: it is left for the next call. So is one that is wrong,
    if there are good ones before it; the next call, which begins with it, refuses.

    Raises
    ------
    Refusal
        `snapshot.other_base`, `snapshot.signature`, `snapshot.damaged`.
    """
    frames: list[Frame] = []
    used = 0
    while len(data) - used >= _LENGTH.size:
        (n_body,) = _LENGTH.unpack_from(data, used)
        ends = used + _LENGTH.size + n_body
        if len(data) < ends + SIGNATURE_BYTES and n_body <= MOST_BODY_BYTES:
            break
        try:
            if not _BODY.size <= n_body <= MOST_BODY_BYTES:
                raise damaged(f"frame of {n_body} bytes")
            frame = _frame(data[used + _LENGTH.size : ends], data[ends : ends + SIGNATURE_BYTES], base, verify)
        except Refusal:
            if frames:
                break
            raise
        frames.append(frame)
        used = ends + SIGNATURE_BYTES
    return frames, used


def _frame(body: bytes, signature: bytes, base: int, verify: Verify) -> Frame:
    if not verify(body, signature):
        raise wrong_signature("frame")
    kind_number, found, first, n, known_at_ms = _BODY.unpack_from(body)
    if found != base:
        raise other_base(found, base)
    try:
        kind = FrameKind(kind_number)
        rows = rows_of(kind, body[_BODY.size :])
    except (ValueError, TypeError, struct.error) as wrong:
        raise damaged(repr(wrong)) from wrong
    if len(rows) != n:
        raise damaged(f"frame of {len(rows)} rows that says {n}")
    return Frame(kind, found, first, n, known_at_ms, rows, _LENGTH.size + len(body) + SIGNATURE_BYTES)
