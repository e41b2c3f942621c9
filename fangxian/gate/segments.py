"""The writer's hand: batches into the segment that is open, and on to the next when it is over."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from fangxian.core.policy.byte_journal import RECORD_BYTES, SegmentHeader, batch_head, pack_header
from fangxian.core.policy.byte_seal import SEAL_BYTES, SealMark

from .disk import Disk
from .keeping import DISK_FULL, Keeper, Prepared
from .sealing import ended_live

OLDEST_SEGMENT_S: Final = 600.0  # by a clock that nobody sets


@dataclass(slots=True)
class Open:
    """The segment being written: `size` bytes of it are acknowledged, or on their way in a first batch (0)."""

    header: SegmentHeader
    file: int
    n_filled: int
    opened_at: float
    size: int = 0


class SegmentWriter:
    """Writes one gate's batches, each on disk when `write` returns; `number` is the next record's."""

    def __init__(
        self,
        disk: Disk,
        keeper: Keeper,
        gate: int,
        county_ms: Callable[[], int],
        *,
        number: int,
        seconds: Callable[[], float] = time.monotonic,
    ) -> None:
        self._seconds = seconds
        self._disk, self._keeper, self._gate, self._county_ms = disk, keeper, gate, county_ms
        self.number = number
        self._open: Open | None = None

    def write(self, body: bytes) -> None:
        """Make a batch durable: packed records, one after another.

        Raises OSError when it is not; then the segment is left for good, and the next batch needs another.
        """
        head = batch_head(self.number, body)
        segment = self._open
        if segment is None or self._is_over(segment, len(head) + len(body)):
            segment = self._next(segment)
        parts = [head, body] if segment.size else [pack_header(segment.header), head, body]
        try:
            self._disk.write_synced(segment.file, parts, segment.size)
        except OSError as error:
            self._leave(segment, error)
            raise
        segment.size += sum(map(len, parts))
        self.number += len(body) // RECORD_BYTES

    def end_if_old(self) -> float | None:
        """Leave a segment that is old enough, though nothing more came; in how many seconds it will be, None if
        none is open."""
        if self._open is None:
            return None
        left_s = self._open.opened_at + OLDEST_SEGMENT_S - self._seconds()
        if left_s > 0:
            return left_s
        self.end()
        return None

    def end(self) -> None:
        """Leave the open segment, to be sealed."""
        segment, self._open = self._open, None
        if segment:
            self._keeper.seal_later(ended_live(segment.header, segment.file, segment.size, self.number))

    def drop(self) -> None:
        """Let go of the open segment as a killed process does: without a seal."""
        segment, self._open = self._open, None
        if segment:
            self._disk.close(segment.file)

    def _is_over(self, segment: Open, n_bytes: int) -> bool:
        """Whether it is old, or full while another is ready. Its seal has room in it, so that a full disk can seal."""
        if segment.size + n_bytes + SEAL_BYTES > segment.n_filled:
            return self._keeper.is_ready
        return self._seconds() - segment.opened_at >= OLDEST_SEGMENT_S

    def _next(self, before: Open | None) -> Open:
        is_old = before is not None and self._seconds() - before.opened_at >= OLDEST_SEGMENT_S
        try:
            prepared = self._keeper.take(before_was_full=before is not None and not is_old)
        except OSError:
            if before is None:
                raise
            return before  # it is old, and good to be written on
        self.end()
        self._open = self._begun(prepared)
        return self._open

    def _begun(self, prepared: Prepared) -> Open:
        header = SegmentHeader(self._gate, prepared.sequence, self._county_ms(), self.number)
        return Open(header, prepared.file, prepared.n_filled, self._seconds())

    def _leave(self, segment: Open, error: OSError) -> None:
        """Give a segment up whose disk failed: what it holds behind the acknowledged bytes is unknown."""
        self._open = None
        ended = ended_live(segment.header, segment.file, segment.size, self.number)
        ended.marks = SealMark.ABANDONED
        ended.is_suspect = error.errno not in DISK_FULL
        self._keeper.seal_later(ended)
