"""Follows the journal's segments as gates write them. (segment → `take_in`)

A segment is read in the order it was written, from where the database says; it is finished once the gate
has sealed it, and the seal was held against its bytes. What is not whole at the end of one without a seal is waited
for: zeros are room for what comes, and of the rest the gate is writing it, or cuts it off when it starts again.
"""

import fcntl
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from io import SEEK_END
from pathlib import Path
from typing import BinaryIO

from fangxian.core.policy.byte_journal import (
    BATCH_HEADER_BYTES,
    HEADER_BYTES,
    MOST_IN_BATCH,
    RECORD_BYTES,
    Batch,
    SegmentHeader,
    batches_past_damage,
    is_batch,
    read_batches,
    read_header,
    segment_name,
    unpack_records,
)
from fangxian.core.policy.byte_seal import SEAL_BYTES, read_seal
from fangxian.core.refusal import Refusal

from .actions.taking_in import MOST_AT_ONCE, TakenIn, finish_segment, take_in
from .queries import SegmentPlace, places_read, townships_of
from .wire import Piece, RuleOf

SEGMENT = re.compile(r"([0-9a-f]{8})-([0-9]{8})\.fxj")
READ_BYTES = 2 * MOST_IN_BATCH * RECORD_BYTES  # holds at least one whole batch


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold the journal for one reader: a second one would count every scan twice.

    Refuses
    -------
    journal.read_already
    """
    folder.mkdir(mode=0o700, exist_ok=True)
    with (folder / "ingest.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise Refusal(
                "journal.read_already",
                zh="另一个进程正在读 {folder} 里的扫码日志。同一份日志只能由一个进程读入；"
                "它会继续读，这里无须再做，或先停掉它再运行。",
                en="Another process is reading the journal in {folder}. A journal is taken in by one process: it goes "
                "on, and nothing need be done here; or stop it first, then run this again.",
                folder=folder,
            ) from None
        yield


@dataclass(slots=True)
class Tail:
    """One reader of a folder of segments."""

    folder: Path
    rule_of: RuleOf
    by: str = "program:ingest"
    _townships: dict[int, str] = field(default_factory=dict)
    _places: dict[tuple[int, int], SegmentPlace] = field(default_factory=dict)
    _finished: set[tuple[int, int]] = field(default_factory=set)

    def __post_init__(self) -> None:
        places = places_read()
        self._places = {key: place for key, place in places.items() if not place.is_finished}
        self._finished = {key for key, place in places.items() if place.is_finished}

    def read_on(self, *, at: datetime) -> TakenIn:
        """Take in all that is whole now; what became of it."""
        taken = TakenIn()
        for gate, sequences in self._segments().items():
            for sequence in sequences:
                with suppress(FileNotFoundError):  # one that was prepared, and is not needed
                    taken += self._read_segment(gate, sequence, at=at)
        return taken

    def _segments(self) -> dict[int, list[int]]:
        """Of each gate the segments that are not finished, in order."""
        found: dict[int, list[int]] = {}
        for path in self.folder.iterdir():
            if match := SEGMENT.fullmatch(path.name):
                found.setdefault(int(match[1], 16), []).append(int(match[2]))
        return {
            gate: [sequence for sequence in sorted(sequences) if (gate, sequence) not in self._finished]
            for gate, sequences in found.items()
        }

    def _read_segment(self, gate: int, sequence: int, *, at: datetime) -> TakenIn:
        path, taken = self.folder / segment_name(gate, sequence), TakenIn()
        place = self._places.get((gate, sequence)) or SegmentPlace(HEADER_BYTES, None)
        with path.open("rb") as file:
            is_sealed = _is_sealed(file)
            header = read_header(_read(file, 0, HEADER_BYTES))
            if header is None and not is_sealed:
                return taken  # nothing was written yet
            header = header or SegmentHeader(gate, sequence, 0, place.next_number or 0)
            offset = place.offset
            while batches := _batches(file, offset):
                taken += self._take(header, batches)
                offset = batches[-1].ends
            if is_sealed:
                whole = _read(file, 0, -1)
                taken += self._take(header, list(batches_past_damage(whole, begins=min(offset, len(whole)))))
                self._finish(header, whole, at)
        return taken

    def _take(self, header: SegmentHeader, batches: Sequence[Batch]) -> TakenIn:
        """Take in whole batches, MOST_AT_ONCE records to a transaction, small batches together."""
        taken = TakenIn()
        for piece in pieces_of(header, batches):
            unknown = {found.venue for found in piece.records} - self._townships.keys()
            if unknown:
                self._townships |= townships_of(unknown)
            taken += take_in(piece=piece, townships=self._townships, rule_of=self.rule_of)
            self._places[header.gate, header.sequence] = SegmentPlace(piece.offset, piece.first + len(piece.records))
        return taken

    def _finish(self, header: SegmentHeader, whole: bytes, at: datetime) -> None:
        key = (header.gate, header.sequence)
        if key not in self._places:  # not one record: it still has its place in the count
            piece = Piece(
                gate=header.gate, sequence=header.sequence, created_ms=header.created_ms,
                first_of_segment=header.first, first=header.first, records=(), offset=HEADER_BYTES,
            )  # fmt: skip
            take_in(piece=piece, townships={}, rule_of=self.rule_of)
        finish_segment(gate=header.gate, sequence=header.sequence, whole=whole, at=at, by=self.by)
        self._finished.add(key)
        self._places.pop(key, None)


def _read(file: BinaryIO, offset: int, n_bytes: int) -> bytes:
    file.seek(offset)
    return file.read(n_bytes)


def _batches(file: BinaryIO, offset: int) -> list[Batch]:
    if not is_batch(_read(file, offset, BATCH_HEADER_BYTES)):  # looked at five times a second, mostly for nothing
        return []
    return read_batches(_read(file, offset, READ_BYTES), begins=offset)[0]


def _is_sealed(file: BinaryIO) -> bool:
    n_bytes = file.seek(0, SEEK_END)
    return n_bytes >= SEAL_BYTES and read_seal(_read(file, n_bytes - SEAL_BYTES, SEAL_BYTES)) is not None


def pieces_of(header: SegmentHeader, batches: Sequence[Batch]) -> Iterator[Piece]:
    """Batches cut and joined into pieces of at most MOST_AT_ONCE records that follow on one another."""
    waiting: list[Batch] = []

    def piece(records: list, first: int, offset: int) -> Piece:
        return Piece(
            gate=header.gate, sequence=header.sequence, created_ms=header.created_ms,
            first_of_segment=header.first, first=first, records=records, offset=offset,
        )  # fmt: skip

    def joined() -> Iterator[Piece]:
        if waiting:
            records = [found for batch in waiting for found in unpack_records(batch.records)]
            for cut in range(0, len(records), MOST_AT_ONCE):
                is_last = cut + MOST_AT_ONCE >= len(records)
                # The place only moves past a batch with its last record; until then it says where it begins.
                offset = waiting[-1].ends if is_last else waiting[0].begins
                yield piece(records[cut : cut + MOST_AT_ONCE], waiting[0].first + cut, offset)
            waiting.clear()

    for batch in batches:
        n_waiting = sum(other.n_records for other in waiting)
        follows = waiting and waiting[-1].first + waiting[-1].n_records == batch.first
        if waiting and (not follows or n_waiting + batch.n_records > MOST_AT_ONCE):
            yield from joined()
        waiting.append(batch)
    yield from joined()
