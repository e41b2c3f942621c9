"""What a journal finds of itself when it is opened: where its count goes on, and what a crash left without a seal.

It writes nothing. A segment that is sealed is not looked into; of those after it every batch that is whole is kept, and
what stands behind the last one was acknowledged to nobody. What counts is synced first: of a process that was killed it
may be seen and not be on disk yet. The keeper seals them, so that this may be killed at any moment and done again.
"""

import re
from collections import deque
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from fangxian.core.policy.byte_journal import (
    BATCH_MAGIC,
    HEADER_BYTES,
    MOST_IN_BATCH,
    RECORD_BYTES,
    Batch,
    ScanRecord,
    SegmentHeader,
    batches_past_damage,
    read_header,
    segment_name,
    unpack_records,
)
from fangxian.core.policy.byte_seal import NO_CHAIN, SEAL_BYTES, SealMark, read_seal, seal_at_end

from .disk import Disk
from .sealing import DRAFT, Ended

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
    for sequence in reversed(sequences):
        path = folder / segment_name(gate, sequence)
        is_on_disk = _is_on_disk(disk, path)
        data = disk.read_all(path)
        seal = seal_at_end(data)
        if seal and is_on_disk:
            number, chain = seal.next_number, seal.chain
            break
        unread.append((sequence, data, is_on_disk))
    unsealed, n_cut_records = [], 0
    for sequence, data, is_on_disk in reversed(unread):
        ended, n_records = _ended(gate, sequence, data, number)
        ended.is_suspect = not is_on_disk
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


def recent_records(disk: Disk, folder: Path, gate: int, most: int) -> list[ScanRecord]:
    """The last records on disk, oldest first, at most so many."""
    found: deque[list[ScanRecord]] = deque()
    n_found = 0
    for sequence in reversed(sequences_of(disk, folder, gate)):
        if n_found >= most:
            break
        data = disk.read_all(folder / segment_name(gate, sequence))
        records = [record for batch in batches_past_damage(data) for record in unpack_records(batch.records)]
        found.appendleft(records)
        n_found += len(records)
    return [record for records in found for record in records][-most:] if most else []


def sequences_of(disk: Disk, folder: Path, gate: int) -> list[int]:
    matches = (SEGMENT.fullmatch(name) for name in disk.names(folder))
    return sorted(int(match[2]) for match in matches if match and int(match[1], 16) == gate)


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
    header, batches = read_header(data), list(batches_past_damage(data))
    last = batches[-1] if batches else None
    size = last.ends if last else HEADER_BYTES
    torn = data[size:].rstrip(b"\0") if header or last else data.rstrip(b"\0")
    if read_seal(data[size : size + SEAL_BYTES]):
        torn = b""  # it was killed between its seal and its being cut to its length
    first = header.first if header else batches[0].first if batches else number
    ended = Ended(
        header=header or SegmentHeader(gate, sequence, 0, first),
        file=-1,
        size=size,
        n_records=sum(batch.n_records for batch in batches),
        next_number=_after(last, first),
        n_cut_bytes=len(torn),
        marks=SealMark.AFTER_CRASH,
        needs_header=header is None,
    )
    return ended, _n_records_of(torn)


def _after(last: Batch | None, first: int) -> int:
    return last.first + last.n_records if last else first


def _n_records_of(torn: bytes) -> int:
    """How many records an unfinished batch had: what it says, or as many as would fill it."""
    if not torn:
        return 0
    said = int.from_bytes(torn[8:12], "little") if torn.startswith(BATCH_MAGIC) else 0
    return said if 0 < said <= MOST_IN_BATCH else -(-len(torn) // RECORD_BYTES)
