"""The segments that stand in a folder, of whatever gates, and whether each is what was sealed."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from fangxian.core.policy.byte_journal import HEADER_BYTES, batches_past_damage, read_header
from fangxian.core.policy.byte_seal import NO_CHAIN, SEAL_BYTES, Seal, SealFault, faults_of, read_seal

from .disk import Disk
from .recovery import SEGMENT

# Faults that are the bytes' own; the others say what is missing beside them.
OF_THE_BYTES: Final = frozenset({SealFault.NOT_SEALED, SealFault.HEADER, SealFault.ALTERED, SealFault.CHAIN})

SEALED_WITHIN_S: Final = 60.0


@dataclass(frozen=True, slots=True)
class HeldSegment:
    """One file of a folder; `seal` is None while its gate is writing it, or after a crash."""

    path: Path
    gate: int
    sequence: int
    n_bytes: int
    seal: Seal | None


@dataclass(frozen=True, slots=True)
class CheckedSegment:
    """A segment held against its seal: `n_records` are in it, `faults` are wrong with it.

    One that is not sealed, being the newest of its gate, has no fault.
    """

    held: HeldSegment
    n_records: int
    faults: tuple[SealFault, ...]


def held_segments(folder: Path) -> list[HeldSegment]:
    """All segments of a folder, by gate and in order; only the ends of the files are read."""
    disk, found = Disk(), []
    for path in sorted(folder.iterdir()):
        if match := SEGMENT.fullmatch(path.name):
            seal = read_seal(disk.read_end(path, SEAL_BYTES))
            found.append(HeldSegment(path, int(match[1], 16), int(match[2]), path.stat().st_size, seal))
    return found


def checked_segments(folder: Path) -> Iterator[CheckedSegment]:
    """Every segment read whole and held against its seal and the one before it.

    The first of a gate that is here is held to the one before only if it is the gate's first at all.
    """
    held = held_segments(folder)
    newest = {segment.gate: segment.sequence for segment in held}
    before: HeldSegment | None = None
    for segment in held:
        data = segment.path.read_bytes()
        n_records = sum(batch.n_records for batch in batches_past_damage(data))
        is_followed = before is not None and before.gate == segment.gate
        faults = faults_of(data, gate=segment.gate, sequence=segment.sequence, previous=_previous(segment, before))
        if segment.seal is None and not _is_left(segment, newest):
            faults = []
        if is_followed and before is not None and segment.sequence != before.sequence + 1:
            faults.append(SealFault.PREVIOUS)
        yield CheckedSegment(segment, n_records, tuple(dict.fromkeys(faults)))
        before = segment


def _previous(segment: HeldSegment, before: HeldSegment | None) -> bytes | None:
    if before is None or before.gate != segment.gate:
        return NO_CHAIN if segment.sequence == 0 else None
    return before.seal.chain if before.seal else None


def _is_left(segment: HeldSegment, newest: dict[int, int]) -> bool:
    """Whether a segment without a seal was written on, and is not being written or sealed any more: a running gate has
    one open and one prepared, and may be at work on the one before."""
    if segment.sequence >= newest[segment.gate] - 1 or segment.path.stat().st_mtime > time.time() - SEALED_WITHIN_S:
        return False
    with segment.path.open("rb") as file:
        return read_header(file.read(HEADER_BYTES)) is not None
