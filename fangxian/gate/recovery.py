"""What a journal finds of itself when it is opened: where its count goes on, and what a crash left without a seal.

It writes nothing. A segment that is sealed is not looked into; of those after it every batch that is whole is kept, and
what stands behind the last one was acknowledged to nobody. What counts is synced first: of a process that was killed it
may be seen and not be on disk yet. The keeper seals them, so that this may be killed at any moment and done again.
"""

import re
from collections import deque
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from fangxian.core.policy.byte_journal import (
    BATCH_MAGIC,
    HEADER_BYTES,
    MOST_IN_BATCH,
    RECORD_BYTES,
    ScanRecord,
    SegmentHeader,
    batches_past_damage,
    segment_name,
    unpack_records,
)
from fangxian.core.policy.byte_seal import NO_CHAIN, SEAL_BYTES, SealMark, read_seal, seal_at_end

from .disk import Disk
from .sealing import DRAFT, UNREADABLE_AT_ONCE, Ended, counted_from

SEGMENT: Final = re.compile(r"([0-9a-f]{8})-([0-9]{8})\.fxj")


@dataclass(frozen=True, slots=True)
class Found:
    """A gate's journal as it was found.

    Attributes
    ----------
    next_sequence, next_number, chain : where segments, records and the chain of seals go on
    unsealed : in their order
    n_cut_bytes, n_cut_records : of batches that are not whole; records as far as it can be told
    drafts : files of a sealing that was killed
    """

    next_sequence: int
    next_number: int
    chain: bytes
    unsealed: tuple[Ended, ...]
    n_cut_bytes: int
    n_cut_records: int
    drafts: tuple[Path, ...]


def find(disk: Disk, folder: Path, gate: int) -> Found:
    """Look at a gate's segments. A number that a segment ever had is not given again, even if nothing is in it: a
    reader may have seen there what the power took before it was on disk."""
    sequences = sequences_of(disk, folder, gate)
    if sequences:
        disk.sync_folder(folder)
    number, chain, unread = 0, NO_CHAIN, []
    for place in reversed(range(len(sequences))):
        sequence = sequences[place]
        path = folder / segment_name(gate, sequence)
        is_on_disk = _is_on_disk(disk, path)
        data, is_partial = read_patiently(disk, path)
        seal = seal_at_end(data)
        if seal and is_on_disk:
            number, chain = seal.next_number, seal.chain
            break
        unread.append((sequence, data, is_on_disk, is_partial))
    unsealed, n_cut_records = _left_behind(disk, folder, gate, sequences[: len(sequences) - len(unread)]), 0
    for sequence, data, is_on_disk, is_partial in reversed(unread):
        ended, n_records = _ended(gate, sequence, data, number)
        ended.is_suspect, ended.is_partial = is_partial or not is_on_disk, is_partial
        if is_partial:  # nothing is cut off that may yet be read
            ended.size = max(ended.size, len(data))
        unsealed.append(ended)
        number, n_cut_records = ended.next_number, n_cut_records + n_records
    names = disk.names(folder)
    drafts = tuple(folder / name for name in names if name.startswith(f"{gate:08x}-") and name.endswith(DRAFT))
    return Found(
        next_sequence=sequences[-1] + 1 if sequences else 0,
        next_number=number,
        chain=chain,
        unsealed=tuple(unsealed),
        n_cut_bytes=sum(ended.n_cut_bytes for ended in unsealed),
        n_cut_records=n_cut_records,
        drafts=drafts,
    )


def _left_behind(disk: Disk, folder: Path, gate: int, sequences: list[int]) -> list[Ended]:
    """Segments without a seal though a later one has its own: its sync had failed, and then process and power. They are
    sealed after all, or they could never be erased; the one that follows does not follow on the new seal, and a reader
    says so."""
    found, previous, number = [], NO_CHAIN, 0
    for sequence in sequences:
        path = folder / segment_name(gate, sequence)
        seal = None
        with suppress(OSError):
            seal = read_seal(disk.read_end(path, SEAL_BYTES))
        if seal is None:
            data, is_partial = read_patiently(disk, path)
            ended, _ = _ended(gate, sequence, data, number)
            ended.is_suspect, ended.is_partial, ended.previous = True, is_partial, previous
            ended.size = len(data) if is_partial else ended.size
            found.append(ended)
        previous, number = seal.chain if seal else NO_CHAIN, seal.next_number if seal else number
    return found


def recent_records(disk: Disk, folder: Path, gate: int, most: int) -> list[ScanRecord]:
    """The last records on disk, oldest first, at most so many."""
    found: deque[list[ScanRecord]] = deque()
    n_found = 0
    for sequence in reversed(sequences_of(disk, folder, gate)):
        if n_found >= most:
            break
        data, _ = read_patiently(disk, folder / segment_name(gate, sequence))
        records = [record for batch in batches_past_damage(data) for record in unpack_records(batch.records)]
        found.appendleft(records)
        n_found += len(records)
    return [record for records in found for record in records][-most:] if most else []


def sequences_of(disk: Disk, folder: Path, gate: int) -> list[int]:
    matches = (SEGMENT.fullmatch(name) for name in disk.names(folder))
    return sorted(int(match[2]) for match in matches if match and int(match[1], 16) == gate)


def read_patiently(disk: Disk, path: Path) -> tuple[bytes, bool]:
    """A file's bytes, zeros where the disk does not give them back, and whether that is so anywhere.

    A gate must start with a bad place on its disk; whoever seals the segment tries again to read it.
    """
    with suppress(OSError):
        return disk.read_all(path), False
    file, data, is_partial = disk.open(path), bytearray(), False
    try:
        for at in range(0, disk.size(file), UNREADABLE_AT_ONCE):
            try:
                piece = disk.read(file, UNREADABLE_AT_ONCE, at)
            except OSError:
                piece, is_partial = bytes(UNREADABLE_AT_ONCE), True
            data += piece
    finally:
        disk.close(file)
    return bytes(data), is_partial


def _is_on_disk(disk: Disk, path: Path) -> bool:
    """Whether what is seen of a segment is on disk, so that a count or a seal may go on from it; one that refuses to be
    synced is copied."""
    try:
        disk.sync_path(path)
    except OSError:
        return False
    return True


def _ended(gate: int, sequence: int, data: bytes, number: int) -> tuple[Ended, int]:
    """A segment that a crash left without its seal, and how many records were cut off. `number` is where the count
    stood before it."""
    ended = counted_from(data, SegmentHeader(gate, sequence, 0, number))
    is_begun = not ended.needs_header or ended.size > HEADER_BYTES
    torn = data[ended.size if is_begun else 0 :].rstrip(b"\0")
    if read_seal(data[ended.size : ended.size + SEAL_BYTES]):
        torn = b""  # it was killed between its seal and its being cut to its length
    ended.n_cut_bytes, ended.marks = len(torn), SealMark.AFTER_CRASH
    return ended, _n_records_of(torn)


def _n_records_of(torn: bytes) -> int:
    """How many records an unfinished batch had: what it says, or as many as would fill it."""
    if not torn:
        return 0
    said = int.from_bytes(torn[8:12], "little") if torn.startswith(BATCH_MAGIC) else 0
    return said if 0 < said <= MOST_IN_BATCH else -(-len(torn) // RECORD_BYTES)
