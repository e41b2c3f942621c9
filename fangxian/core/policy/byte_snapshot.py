"""What a gate knows, as bytes: a signed base. (What changed since is in `byte_snapshot_frames`.)

    base    FXSNAP2\\0 | length of header u32 | header (canonical JSON) | signature 64 | zeros to 4096
            hashes | zeros to 4096
            body: sections, each padded with zeros to 8

All integers are little-endian, so that a gate reads the numbers where they lie. The hashes are of each 64 KiB of the
body, the header holds the hash of them all, and the signature covers the header: whoever altered one byte is found,
and a gate may prove the body piece by piece (`byte_snapshot_chunks`), as it comes to be used.
docs/reference/formats.md has the tables.
"""

import hashlib
import json
import struct
from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final, NamedTuple

from fangxian.core.policy.byte_snapshot_chunks import CHUNK, HASH_BYTES, Chunks, hash_of, n_chunks_of
from fangxian.core.policy.byte_snapshot_frames import SIGNATURE_BYTES, Sign
from fangxian.core.policy.byte_snapshot_refusals import cut_short, damaged, not_a_base, wrong_signature
from fangxian.core.policy.byte_snapshot_rows import DeviceRow, VenueRow, devices_of, pack_lines, venues_of
from fangxian.core.policy.person_qr import Verify
from fangxian.core.policy.tables import DoorTables

FORMAT: Final = "fangxian-snapshot-2"
MAGIC: Final = b"FXSNAP2\0"
PAGE: Final = 4096
PEOPLE_TO_A_PLACE: Final = 8  # at least so many to each entry of an index, less than twice as many on the average
LINES_AT_ONCE: Final = 64  # read of a section of rows between two breaths

_LENGTH: Final = struct.Struct("<I")
if array("H", [1]).tobytes() != b"\1\0":
    raise ImportError("a snapshot's numbers are read where they lie, and this machine would read them backwards")


@dataclass(frozen=True, slots=True, kw_only=True)
class Base:
    """Everything a gate knows as of change `number`; the columns are views of the file's bytes.

    made_at : RFC 3339, county time
    known_at_s, ends_s : wall, Unix seconds; from `ends_s` on all words in it have ended, and it counts as expired
    numbers, words : (n_people,) ascending gate numbers, (2 · n_people,) safety and recent word of each by turns;
        an alias has the words of the person it was merged into
    documents, document_numbers : (n,) ascending hashes of identity numbers, and whose they are
    number_index, document_index : where the numbers (hashes) with the same upper bits begin, see `index_of`
    aliases : gate number of a merged record → the number of the record kept
    venues, devices : by their numbers
    tests_count_from : "sampled" or "reported", as the rulebook says
    tables : door tables of consecutive periods, those in force when it was made first
    chunks : what of all this is proved
    spans : of each section, where in the body it begins and ends
    """

    realm: str
    division: int
    number: int
    made_at: str
    known_at_s: int
    ends_s: int
    tests_count_from: str
    number_index: memoryview
    numbers: memoryview
    words: memoryview
    document_index: memoryview
    documents: memoryview
    document_numbers: memoryview
    aliases: dict[int, int]
    venues: dict[int, VenueRow]
    devices: dict[int, DeviceRow]
    tables: tuple[DoorTables, ...]
    chunks: Chunks
    spans: dict[str, tuple[int, int]]

    @property
    def safety(self) -> Sequence[int]:
        """The safety word of each person, in the order of their numbers."""
        return self.words[0::2]

    @property
    def recent(self) -> Sequence[int]:
        """The recent word of each person, in the order of their numbers."""
        return self.words[1::2]


class Head(NamedTuple):
    """What stands before the body, proved: the header, the hash of each chunk, and where the body is."""

    header: dict[str, Any]
    hashes: memoryview
    begins: int
    ends: int


def pack_base(
    *,
    realm: str,
    division: int,
    number: int,
    made_at: str,
    known_at_s: int,
    ends_s: int,
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
    sections = {
        "number_index": index_of(people[0], 32).tobytes(),
        "numbers": _bytes_of(people[0], "I"),
        "words": _by_turns(people[1], people[2]),
        "document_index": index_of(documents[0], 64).tobytes(),
        "documents": _bytes_of(documents[0], "Q"),
        "document_numbers": _bytes_of(documents[1], "I"),
        "aliases": array("I", (number for pair in sorted(aliases) for number in pair)).tobytes(),
        "venues": pack_lines(venues),
        "devices": pack_lines(devices),
        "tables": b"\n".join(tables),
    }
    body = b"".join(_padded(data, 8) for data in sections.values())
    view = memoryview(body)
    facts = {
        "realm": realm,
        "division": division,
        "number": number,
        "made_at": made_at,
        "known_at_s": known_at_s,
        "ends_s": ends_s,
        "n_people": len(people[0]),
        "tests_count_from": tests_count_from,
    }
    sizes = {name: len(data) for name, data in sections.items()}
    hashes = b"".join(hash_of(view[at : at + CHUNK]) for at in range(0, len(body), CHUNK))
    return pack_head(facts, sizes, hashes, sign) + body


def pack_head(facts: dict[str, Any], sizes: dict[str, int], hashes: bytes, sign: Sign) -> bytes:
    """What stands before the body of a base.

    Its length depends on the facts and sizes alone, so that a body too large for memory may be written first.

    Parameters
    ----------
    facts : the header's `realm`, `division`, `number`, `made_at`, `known_at_s`, `ends_s`, `n_people` and
        `tests_count_from`
    sizes : bytes of each section, in the order of the body
    hashes : 16 bytes for each chunk of the body
    """
    sections = list(_laid_out(sizes))
    header = facts | {
        "format": FORMAT,
        "n_bytes": sum(_to_8(n_bytes) for n_bytes in sizes.values()),
        "hashes": hashlib.blake2b(hashes, digest_size=32).hexdigest(),
        "sections": sections,
    }
    text = json.dumps(header, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    signed = MAGIC + _LENGTH.pack(len(text)) + text
    return _padded(signed + sign(signed), PAGE) + _padded(hashes, PAGE)


def index_of(keys: "array[int]", width: int) -> "array[int]":
    """Where the keys with the same upper bits begin: entry b is the place of the first key ≥ b · 2^(width − bits).

    There are 2^bits + 1 entries, the last of them `len(keys)`; `bits` follows from their number. Keys are drawn at
    random, so that those between two entries are few, and one is found with three or four looks.
    """
    bits = index_bits(len(keys))
    places = array("I", bytes(4 * ((1 << bits) + 1)))
    place = 0
    for bucket in range(1, 1 << bits):
        place = bisect_left(keys, bucket << width - bits, place)
        places[bucket] = place
    places[1 << bits] = len(keys)
    return places


def index_bits(n_keys: int) -> int:
    """How many upper bits of a key its index goes by."""
    return max(0, (n_keys // PEOPLE_TO_A_PLACE).bit_length() - 1)


def _laid_out(sizes: dict[str, int]) -> Iterator[dict[str, Any]]:
    offset = 0
    for name, n_bytes in sizes.items():
        yield {"name": name, "offset": offset, "n_bytes": n_bytes}
        offset += _to_8(n_bytes)


def _to_8(n_bytes: int) -> int:
    return n_bytes + -n_bytes % 8


def _require_ascending(what: str, keys: "array[int]", *columns: "array[int]") -> None:
    if any(len(column) != len(keys) for column in columns):
        raise ValueError(f"{what}: columns of {len(keys)} and {[len(column) for column in columns]} rows")
    if any(a >= b for a, b in pairwise(keys)):
        raise ValueError(f"{what} do not ascend, or one stands twice")


def _bytes_of(column: "array[int]", typecode: str) -> bytes:
    if column.typecode != typecode:
        raise ValueError(f"a column of {typecode!r} was wanted, not of {column.typecode!r}")
    return column.tobytes()


def _by_turns(safety: "array[int]", recent: "array[int]") -> bytes:
    """Both words of a person side by side: one place in memory is read, and one page written, for a person."""
    words = array("Q", bytes(16 * len(safety)))
    words[0::2], words[1::2] = safety, recent
    return words.tobytes()


def _padded(data: bytes, to: int) -> bytes:
    return data + bytes(-len(data) % to)


def _nothing() -> None:
    pass


def read_base(data: memoryview, verify: Verify, *, breathe: Callable[[], None] = _nothing) -> Base:
    """A base read, and proved to its last byte; what is refused is told at `open_base`."""
    base = open_base(data, verify, breathe=breathe)
    base.chunks.prove_all()
    return base


def open_base(data: memoryview, verify: Verify, *, breathe: Callable[[], None] = _nothing) -> Base:
    """A base with its columns unproved: whoever uses them asks its `chunks` first. (file → what is known of everybody)

    The time it takes is that of the venues, devices and tables, which are read and proved, however many people
    there are. `breathe` is called every fraction of a millisecond.

    Raises
    ------
    Refusal
        `snapshot.not_a_base`, `snapshot.cut_short`, `snapshot.signature`, `snapshot.damaged`,
        `tables.unreadable`.
    """
    head = read_head(data, verify)
    if len(data) != head.ends:
        raise (
            cut_short(len(data), head.ends) if len(data) < head.ends else damaged(f"{len(data) - head.ends} bytes more")
        )
    try:
        return _base(head.header, data[head.begins :], head.hashes, breathe)
    except (ValueError, KeyError, TypeError, IndexError) as wrong:  # signed and yet unfit: another program wrote it
        raise damaged(repr(wrong)) from wrong


def read_head(data: memoryview, verify: Verify) -> Head:
    """What stands before the body, proved; `data` need not go further. Refuses as `open_base`."""
    if bytes(data[: len(MAGIC)]) != MAGIC[: len(data)]:
        raise not_a_base(_said(bytes(data[: len(MAGIC)])), FORMAT)
    fixed = len(MAGIC) + _LENGTH.size
    signed = fixed + _LENGTH.unpack_from(_long_enough(data, fixed), len(MAGIC))[0]
    ends = signed + SIGNATURE_BYTES
    if not verify(bytes(_long_enough(data, ends)[:signed]), bytes(data[signed:ends])):
        raise wrong_signature("base")
    try:
        header = json.loads(bytes(data[fixed:signed]))
        n_hashes = n_chunks_of(header["n_bytes"]) * HASH_BYTES
        wanted, format_ = bytes.fromhex(header["hashes"]), header["format"]
    except (ValueError, KeyError, TypeError) as wrong:
        raise damaged(repr(wrong)) from wrong
    if format_ != FORMAT:
        raise not_a_base(str(format_), FORMAT)
    hashes_at = ends + -ends % PAGE
    hashes = _long_enough(data, hashes_at + n_hashes)[hashes_at : hashes_at + n_hashes]
    begins = hashes_at + n_hashes + -n_hashes % PAGE
    if hashlib.blake2b(hashes, digest_size=32).digest() != wanted:
        raise damaged("the list of hashes")
    if any(data[ends:hashes_at]) or any(data[hashes_at + n_hashes : begins]):
        raise damaged("between header and body")
    return Head(header, hashes, begins, begins + header["n_bytes"])


def _long_enough(data: memoryview, wanted: int) -> memoryview:
    if len(data) < wanted:
        raise cut_short(len(data), wanted)
    return data


def _said(magic: bytes) -> str:
    """The beginning of a file as it may be shown: in letters if it is such."""
    letters = magic.rstrip(b"\0")
    return letters.decode() if letters.isascii() and letters.decode().isprintable() else magic.hex()


def _base(header: dict[str, Any], body: memoryview, hashes: memoryview, breathe: Callable[[], None]) -> Base:
    spans = {one["name"]: (one["offset"], one["offset"] + one["n_bytes"]) for one in header["sections"]}
    chunks = Chunks(body, hashes, [(begins, name) for name, (begins, _) in spans.items()])
    pairs = iter(_proved("aliases", body, spans, chunks).cast("I"))
    base = Base(
        realm=str(header["realm"]),
        division=int(header["division"]),
        number=int(header["number"]),
        made_at=str(header["made_at"]),
        known_at_s=int(header["known_at_s"]),
        ends_s=int(header["ends_s"]),
        tests_count_from=str(header["tests_count_from"]),
        number_index=body[slice(*spans["number_index"])].cast("I"),
        numbers=body[slice(*spans["numbers"])].cast("I"),
        words=body[slice(*spans["words"])].cast("Q"),
        document_index=body[slice(*spans["document_index"])].cast("I"),
        documents=body[slice(*spans["documents"])].cast("Q"),
        document_numbers=body[slice(*spans["document_numbers"])].cast("I"),
        aliases=dict(zip(pairs, pairs, strict=True)),
        venues={row.number: row for row in venues_of(_rows("venues", body, spans, chunks, breathe))},
        devices={row.device: row for row in devices_of(_rows("devices", body, spans, chunks, breathe))},
        tables=tuple(_tables(_proved("tables", body, spans, chunks), breathe)),
        chunks=chunks,
        spans=spans,
    )
    n_people, n_documents = len(base.numbers), len(base.documents)
    wanted = [n_people, 2 * n_people, n_documents, _n_index(n_people), _n_index(n_documents)]
    found = [header["n_people"], *map(len, (base.words, base.document_numbers, base.number_index, base.document_index))]
    if found != wanted or not base.tables:
        raise damaged(f"columns of {found} rows for {wanted}, {len(base.tables)} door tables")
    return base


def _n_index(n_keys: int) -> int:
    return (1 << index_bits(n_keys)) + 1


def _proved(name: str, body: memoryview, spans: dict[str, tuple[int, int]], chunks: Chunks) -> memoryview:
    begins, ends = spans[name]
    if begins < ends:
        chunks.prove(begins, ends)
    return body[begins:ends]


def _rows(
    name: str, body: memoryview, spans: dict[str, tuple[int, int]], chunks: Chunks, breathe: Callable[[], None]
) -> Iterator[list[Any]]:
    """The rows of a section that has one a line."""
    lines = bytes(_proved(name, body, spans, chunks)).splitlines()
    for first in range(0, len(lines), LINES_AT_ONCE):
        yield from json.loads(b"[" + b",".join(lines[first : first + LINES_AT_ONCE]) + b"]")
        breathe()


def _tables(section: memoryview, breathe: Callable[[], None]) -> Iterator[DoorTables]:
    for line in bytes(section).splitlines():
        yield DoorTables.from_bytes(line)
        breathe()
