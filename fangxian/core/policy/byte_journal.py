"""The journal's bytes: what a gate writes of each scan before it answers, and how it is read again.

    segment  header 64 | batch | batch | … | seal     `<gate, 8 hex>-<sequence, 8 digits>.fxj`
    header   magic 8 | gate 8 | sequence 8 | created 8 | first number 8 | zeros 20 | crc32 4
    batch    magic 4 | bytes 4 | records 4 | crc32 4 | number of its first record 8 | records of 112 bytes

Everything is little-endian, unlike the codes: these bytes never leave the machine room, and are read in
bulk. A batch is what one write and one sync made durable together. Numbers count a gate's records without
gaps from 0 over all its segments, so a reader can prove that it has missed none. A check sum that fails
costs its own batch and none after it. A segment is filled with zeros before it is written on: until it is sealed
(`byte_seal`), zeros are what is not written yet.
"""

import struct
from collections.abc import Iterator
from enum import IntFlag
from hashlib import blake2b
from typing import Final, NamedTuple
from zlib import crc32

MAGIC: Final = b"FXJRNL1\0"
BATCH_MAGIC: Final = b"FXJB"
HEADER_BYTES: Final = 64
BATCH_HEADER_BYTES: Final = 24
RECORD_BYTES: Final = 112
# A batch is one write; a length past this is not a batch but damage, and is not waited for.
MOST_IN_BATCH: Final = 16_384
# Past this zlib lets go of Python's lock, which a writer beside a busy loop may be long in getting back.
_UNLOCKED_PAST: Final = 5_120
NOT_TAKEN: Final = -1  # a temperature
NOT_DECIDED: Final = 255  # no outcome was given at the door before the gate was asked

_HEADER: Final = struct.Struct("<8sQQQQ20x")
_BATCH: Final = struct.Struct("<4sIIIQ")
_SCAN_DIGEST: Final = blake2b(digest_size=8, person=b"fx scan")
_RECORD: Final = struct.Struct("<16sIIIBBBBBxh4xQQQQQQQ8s4s4x")


class ScanMark(IntFlag):
    """What else is true of a scan; the bits of `ScanRecord.marks`."""

    OUT = 1
    LATE = 2
    COMPANION = 4
    ANONYMOUS = 8
    BY_DOCUMENT = 16
    BY_CARD = 32
    STALE = 64


class ScanRecord(NamedTuple):
    """One scan as the gate decided it.

    Attributes
    ----------
    id : 16 bytes, unique for the device; `digest` is of what was sent under it
    device : the keeper's device or screen, 0 for an anonymous caller
    gate_number : 0 when nobody is known by what was shown
    venue, door : as in venue codes
    presence, outcome, decided : numbers of `vocabulary`; `decided` is NOT_DECIDED or what a door without
        network had answered
    temperature_tenths : tenths of a degree Celsius, or NOT_TAKEN
    scanned_ms, received_ms, sent_ms : county time, Unix milliseconds; `sent_ms` 0 when the caller gave none
    mask : reasons, as bits of the door tables whose digest begins with `tables`; what the gate looked up
    safety, recent : the person's words as they were
    snapshot : number of the newest change the gate knew
    """

    id: bytes
    device: int
    gate_number: int
    venue: int
    door: int
    marks: int
    presence: int
    outcome: int
    decided: int
    temperature_tenths: int
    scanned_ms: int
    received_ms: int
    sent_ms: int
    mask: int
    safety: int
    recent: int
    snapshot: int
    digest: bytes
    tables: bytes


class SegmentHeader(NamedTuple):
    """What a segment says of itself; `first` is the number its first record has or will have."""

    gate: int
    sequence: int
    created_ms: int
    first: int


class Batch(NamedTuple):
    """One whole batch: `first` is the number of its first record, `begins` and `ends` are offsets in the segment."""

    first: int
    n_records: int
    records: bytes
    begins: int
    ends: int


def digest_of_scan(content: bytes) -> bytes:
    """8 bytes that tell a repeat from another scan under the same id; `content` is what was asked, canonical."""
    digest = _SCAN_DIGEST.copy()
    digest.update(content)
    return digest.digest()


pack_fields = _RECORD.pack
"""`pack_fields(*record)`: the fields of a `ScanRecord` one by one, as a gate has them."""


def pack_record(record: ScanRecord) -> bytes:
    return _RECORD.pack(*record)


def is_batch(data: bytes) -> bool:
    """Whether a batch begins here, whole or not: what was filled ahead and is not written yet does not."""
    return data.startswith(BATCH_MAGIC)


def unpack_records(records: bytes | memoryview) -> Iterator[ScanRecord]:
    """The records of a batch, or of any number of records one after another."""
    return map(ScanRecord._make, _RECORD.iter_unpack(records))


def segment_name(gate: int, sequence: int) -> str:
    return f"{gate:08x}-{sequence:08d}.fxj"


def pack_header(header: SegmentHeader) -> bytes:
    packed = _HEADER.pack(MAGIC, *header)
    return packed + struct.pack("<I", crc32(packed))


def read_header(data: bytes) -> SegmentHeader | None:
    """The header at the beginning of a segment; None while it is not whole, or if it is damaged."""
    if len(data) < HEADER_BYTES or data[:8] != MAGIC:
        return None
    if crc32(data[: _HEADER.size]) != int.from_bytes(data[_HEADER.size : HEADER_BYTES], "little"):
        return None
    return SegmentHeader(*_HEADER.unpack_from(data)[1:])


def pack_batch(first: int, records: list[bytes]) -> bytes:
    """A batch of 1 to MOST_IN_BATCH packed records."""
    body = b"".join(records)
    return batch_head(first, body) + body


def batch_head(first: int, body: bytes) -> bytes:
    """What stands before a batch's records, which are one after another in `body`."""
    return _BATCH.pack(BATCH_MAGIC, len(body), len(body) // RECORD_BYTES, _check(first, body), first)


def _check(first: int, body: bytes) -> int:
    check = crc32(first.to_bytes(8, "little"))
    if len(body) <= _UNLOCKED_PAST:
        return crc32(body, check)
    view = memoryview(body)
    for at in range(0, len(body), _UNLOCKED_PAST):
        check = crc32(view[at : at + _UNLOCKED_PAST], check)
    return check


def read_batches(data: bytes, *, begins: int) -> tuple[list[Batch], int]:
    """The whole batches at the beginning of `data`, which stands at offset `begins` of its segment.

    Gives them and how many bytes they take. What follows is not whole yet, or damaged: a reader of a
    segment still being written waits; once it is sealed it reads `batches_past_damage`.
    """
    batches, at = [], 0
    while batch := _batch_at(data, at, begins):
        batches.append(batch)
        at = batch.ends - begins
    return batches, at


def batches_past_damage(data: bytes, *, begins: int = HEADER_BYTES) -> Iterator[Batch]:
    """Every whole batch in a segment's bytes from an offset on, whatever is damaged in between."""
    at = begins
    while at >= 0:
        while batch := _batch_at(data, at, 0):
            yield batch
            at = batch.ends
        at = data.find(BATCH_MAGIC, at + 1)


def _batch_at(data: bytes, at: int, begins: int) -> Batch | None:
    if len(data) - at < BATCH_HEADER_BYTES:
        return None
    magic, n_bytes, n_records, check, first = _BATCH.unpack_from(data, at)
    if magic != BATCH_MAGIC or not 0 < n_records <= MOST_IN_BATCH or n_bytes != n_records * RECORD_BYTES:
        return None
    body = data[at + BATCH_HEADER_BYTES : at + BATCH_HEADER_BYTES + n_bytes]
    if len(body) < n_bytes or _check(first, body) != check:
        return None
    return Batch(first, n_records, body, begins + at, begins + at + BATCH_HEADER_BYTES + n_bytes)
