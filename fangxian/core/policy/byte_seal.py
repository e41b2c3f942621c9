"""A segment's seal: what a gate says of a segment that it will not write on, and how that is held against the bytes.

    seal     magic 8 | records 8 | next number 8 | sealed 8 | marks 4 | cut bytes 4 | rewritten 4 | zeros 4
             | rewritten at 8 | ordered by 8 | salt 16 | previous 32 | at first 32 | now 32 | chain 32
             | zeros 12 | crc32 4

It stands behind the last batch and ends the file. `now` is the salted hash of all bytes before it. `at first` is the
same of the bytes as they were when the gate sealed them, and never changes; the chain is over it and over the counts,
so it stays whole when somebody is erased from a segment. Then `now` is made anew under a new salt and the old salt is
gone: what `at first` was made of cannot be tried out against a guess of who was there.
"""

import struct
from collections.abc import Container, Iterator
from enum import IntFlag, StrEnum
from hashlib import blake2b
from typing import Final, NamedTuple
from zlib import crc32

from .byte_journal import (
    HEADER_BYTES,
    NOT_TAKEN,
    ScanRecord,
    SegmentHeader,
    batches_past_damage,
    pack_batch,
    pack_record,
    read_header,
    unpack_records,
)

SEAL_MAGIC: Final = b"FXJSEAL1"
SEAL_BYTES: Final = 224
SALT_BYTES: Final = 16
# The chain's value before a gate's first segment, and where the one before is not there to be read.
NO_CHAIN: Final = bytes(32)

_SEAL: Final = struct.Struct("<8sQQQIII4xQQ16s32s32s32s32s12x")
_LINK: Final = struct.Struct("<32sQQQQQ32s")


class SealMark(IntFlag):
    """What else is true of a sealed segment; the bits of `Seal.marks`."""

    AFTER_CRASH = 1  # not sealed by the process that wrote it
    ABANDONED = 2  # the disk had refused a write or a sync
    REWRITTEN = 4  # people were erased from it; it holds as many records as before
    EMPTIED = 8  # its records were erased, all of them


class Seal(NamedTuple):
    """What stands behind a segment's last batch.

    Attributes
    ----------
    n_records : whole records in it when it was sealed
    next_number : the number after its last record's, damaged ones counted too
    sealed_ms : county time, Unix milliseconds
    n_cut_bytes : of an unfinished batch behind the last whole one, which nobody was answered for
    n_rewritten, rewritten_ms : how often people were erased from it, and when last (0 never)
    ordered_by : number of the line in the record that asked for the last of them; 0 for none, or its term
    previous : the chain's value of the segment before, NO_CHAIN when there was none to be read
    at_first, now : salted hashes of the bytes before the seal, as the gate sealed them and as they stand
    chain : the chain's value with this segment
    """

    n_records: int
    next_number: int
    sealed_ms: int
    marks: int
    n_cut_bytes: int
    n_rewritten: int
    rewritten_ms: int
    ordered_by: int
    salt: bytes
    previous: bytes
    at_first: bytes
    now: bytes
    chain: bytes


class SealFault(StrEnum):
    """What is wrong with a segment's bytes, its seal being held against them."""

    NOT_SEALED = "not sealed"
    HEADER = "the header is not this segment's"
    ALTERED = "the bytes are not those that were sealed"
    CHAIN = "the seal is not the one that was made"
    PREVIOUS = "it does not follow on the segment before"
    RECORDS = "it holds another number of records than were sealed"


def hash_of_segment(salt: bytes) -> blake2b:
    """A hash to be fed with the bytes before the seal."""
    return blake2b(digest_size=32, salt=salt, person=b"fx journal")


def chain_after(previous: bytes, header: SegmentHeader, n_records: int, next_number: int, at_first: bytes) -> bytes:
    """The chain's value with one more segment."""
    link = _LINK.pack(previous, header.gate, header.sequence, header.first, n_records, next_number, at_first)
    return blake2b(link, digest_size=32, person=b"fx journal chain").digest()


def pack_seal(seal: Seal) -> bytes:
    packed = _SEAL.pack(SEAL_MAGIC, *seal)
    return packed + struct.pack("<I", crc32(packed))


def read_seal(data: bytes) -> Seal | None:
    """The seal in these SEAL_BYTES; None if there is none, or it is damaged."""
    if len(data) != SEAL_BYTES or data[:8] != SEAL_MAGIC:
        return None
    if crc32(data[: _SEAL.size]) != int.from_bytes(data[_SEAL.size :], "little"):
        return None
    return Seal(*_SEAL.unpack_from(data)[1:])


def seal_at_end(data: bytes) -> Seal | None:
    """The seal that ends a whole segment's bytes."""
    return read_seal(data[-SEAL_BYTES:])


def faults_of(data: bytes, *, gate: int, sequence: int, previous: bytes | None) -> list[SealFault]:
    """What is wrong with a segment's bytes; nothing if it is what its gate sealed, or says that people were erased.

    Parameters
    ----------
    previous : the chain's value of the segment before; None when that is not known, and is not asked then
    """
    seal, header = seal_at_end(data), read_header(data)
    if seal is None:
        return [SealFault.NOT_SEALED]
    if header is None or (header.gate, header.sequence) != (gate, sequence):
        return [SealFault.HEADER]
    content = data[:-SEAL_BYTES]
    n_records = sum(batch.n_records for batch in batches_past_damage(content))
    is_rewritten = bool(seal.n_rewritten and seal.marks & (SealMark.REWRITTEN | SealMark.EMPTIED))
    expected = 0 if seal.marks & SealMark.EMPTIED else seal.n_records
    chain = chain_after(seal.previous, header, seal.n_records, seal.next_number, seal.at_first)
    found = {
        SealFault.ALTERED: _hash(content, seal.salt) != seal.now,
        SealFault.CHAIN: chain != seal.chain or (seal.now != seal.at_first and not is_rewritten),
        SealFault.PREVIOUS: previous is not None and previous != seal.previous,
        SealFault.RECORDS: n_records != expected,
    }
    return [fault for fault, is_so in found.items() if is_so]


def without_numbers(
    data: bytes, gate_numbers: Container[int], *, at_ms: int, ordered_by: int, salt: bytes
) -> tuple[bytes, int]:
    """A segment's bytes with nothing left that points at these people, and how many records that changed.

    A record keeps its place, its id, its venue and its time, so that the count goes on and a repeat is known;
    it is then of nobody. What is damaged stays as it is: nobody can read it. The seal is made anew and says so.

    Parameters
    ----------
    at_ms : county time of the erasure
    ordered_by : number of the line in the record that asked for it
    salt : SALT_BYTES, drawn for this and nothing else
    """
    changed, n_changed = bytearray(data), 0
    for batch in batches_past_damage(data):
        records = list(unpack_records(batch.records))
        n_theirs = sum(record.gate_number in gate_numbers for record in records)
        if n_theirs:
            kept = [pack_record(_of_nobody(r) if r.gate_number in gate_numbers else r) for r in records]
            changed[batch.begins : batch.ends] = pack_batch(batch.first, kept)
            n_changed += n_theirs
    seal = seal_at_end(data)
    if not n_changed or seal is None:
        return bytes(changed), n_changed
    return _sealed_anew(bytes(changed[:-SEAL_BYTES]), seal, SealMark.REWRITTEN, at_ms, ordered_by, salt), n_changed


def emptied(data: bytes, *, at_ms: int, salt: bytes) -> bytes:
    """A sealed segment with none of its records, when all are to be forgotten and the gate needs its counts still.

    Raises
    ------
    ValueError
        If it is not sealed.
    """
    seal = seal_at_end(data)
    if seal is None:
        raise ValueError("a segment that is not sealed is its gate's to write on")
    return _sealed_anew(data[:HEADER_BYTES], seal, SealMark.EMPTIED, at_ms, 0, salt)


def brings_somebody_back(data: bytes, before: bytes) -> bool:
    """Whether a state of a segment has somebody in it whom another state of it has not."""
    erased = [record.gate_number == 0 for record in _records_in(before)]
    found = [record.gate_number == 0 for record in _records_in(data)]
    if not found:
        return False
    return len(found) != len(erased) or any(was and not now for was, now in zip(erased, found, strict=True))


def _records_in(data: bytes) -> Iterator[ScanRecord]:
    return (record for batch in batches_past_damage(data) for record in unpack_records(batch.records))


def _sealed_anew(content: bytes, seal: Seal, mark: SealMark, at_ms: int, ordered_by: int, salt: bytes) -> bytes:
    again = seal._replace(
        marks=seal.marks | mark,
        n_rewritten=seal.n_rewritten + 1,
        rewritten_ms=at_ms,
        ordered_by=ordered_by,
        salt=salt,
        now=_hash(content, salt),
    )
    return content + pack_seal(again)


def _hash(content: bytes, salt: bytes) -> bytes:
    hash_ = hash_of_segment(salt)
    hash_.update(content)
    return hash_.digest()


def _of_nobody(record: ScanRecord) -> ScanRecord:
    return record._replace(gate_number=0, safety=0, recent=0, mask=0, temperature_tenths=NOT_TAKEN)
