"""The journal: every scan on disk before it is answered, many scans to one sync. (record → journal)

The loop appends; one thread writes. It takes all that waits as one batch, writes it and syncs it, and calls
back in the loop: the gate answers only then. While a batch is on its way the next one gathers, so a busier
gate makes larger batches, not a longer queue.

When a write or a sync fails, nothing that waits is recorded and the gate must say so to everybody. What the
disk holds of that file is then unknown, and a sync that fails once may succeed the next time without having
written anything; so the file is left for good and a later scan opens a new segment.
"""

import asyncio
import fcntl
import logging
import os
import re
import threading
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import Final

from fangxian.core.policy.byte_journal import (
    HEADER_BYTES,
    MOST_IN_BATCH,
    RECORD_BYTES,
    Batch,
    ScanRecord,
    SegmentHeader,
    batches_past_damage,
    pack_batch,
    pack_header,
    read_header,
    segment_name,
    unpack_records,
)
from fangxian.core.refusal import Refusal

LARGEST_SEGMENT_BYTES: Final = 64 << 20
OLDEST_SEGMENT_S: Final = 600.0  # wall time; a county hour ends a segment too
HOUR_MS: Final = 3_600_000
RETRY_S: Final = 0.2
log = logging.getLogger("fangxian.gate")
SEGMENT: Final = re.compile(r"([0-9a-f]{8})-([0-9]{8})\.fxj")


class Journal:
    """The journal of one gate, opened by one process.

    Attributes
    ----------
    n_cut_bytes : how much of an unfinished batch was cut off when the journal was opened
    """

    def __init__(self, folder: Path, gate_id: int, county_ms: Callable[[], int], lock: int) -> None:
        self._folder, self._gate, self._county_ms, self._lock = folder, gate_id, county_ms, lock
        self._sequence, self._number, self.n_cut_bytes = _recover(folder, gate_id)
        self._file = -1
        self._size, self._hour, self._opened_at = 0, 0, 0.0
        self._retry_at, self._failure, self._said = 0.0, OSError(), ""
        self._waiting: deque[bytes] = deque()
        self._n_taken = 0
        self._wake, self._idle, self._closing = threading.Semaphore(0), False, False
        self._thread: threading.Thread | None = None

    @classmethod
    def open(cls, folder: Path, *, gate_id: int, county_ms: Callable[[], int]) -> "Journal":
        """Open a gate's journal, cutting off a batch that a crash left unfinished (nobody was answered for it).

        Parameters
        ----------
        gate_id : 32 bits, part of the segments' names
        county_ms : county time now in Unix milliseconds; a new county hour begins a new segment

        Refuses
        -------
        journal.in_use, journal.not_writable
        """
        lock = -1
        try:
            folder.mkdir(mode=0o700, exist_ok=True)
            lock = os.open(folder / f"{gate_id:08x}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return cls(folder, gate_id, county_ms, lock)
        except BlockingIOError as error:
            os.close(lock)
            raise _in_use(folder, gate_id) from error
        except OSError as error:
            if lock >= 0:
                os.close(lock)
            raise _not_writable(folder, error) from error

    @property
    def n_waiting(self) -> int:
        """How many records are appended and neither committed nor failed yet."""
        return len(self._waiting) + self._n_taken

    def start(
        self,
        loop: asyncio.AbstractEventLoop,
        *,
        on_commit: Callable[[int], object],
        on_failure: Callable[[int, OSError], object],
    ) -> None:
        """Begin writing. Both are called in the loop, for the `n` records appended longest ago that were not
        reported yet: they are on disk, or none of them is recorded and each must be refused."""

        def report(n: int, error: OSError | None) -> None:
            if not loop.is_closed():
                if error is None:
                    loop.call_soon_threadsafe(on_commit, n)
                else:
                    loop.call_soon_threadsafe(on_failure, n, error)

        self._thread = threading.Thread(target=self._write_on, args=(report,), name="journal", daemon=True)
        self._thread.start()

    def append(self, record: bytes) -> None:
        """Hand a packed record to the writer; it is recorded once `on_commit` has counted it."""
        if len(record) != RECORD_BYTES:
            raise ValueError(f"a record has {RECORD_BYTES} bytes, not {len(record)}")
        self._waiting.append(record)
        if self._idle:
            self._idle = False
            self._wake.release()

    def close(self) -> None:
        """Write what waits, then end. What was committed last is still reported to the loop."""
        self._closing = True
        self._wake.release()
        if self._thread:
            self._thread.join()
        if self._file >= 0:
            os.close(self._file)
        os.close(self._lock)

    def recent_records(self, most: int) -> list[ScanRecord]:
        """The last records on disk, oldest first, at most about `most`: what a gate must know of repeats after
        a restart."""
        found: deque[list[ScanRecord]] = deque()
        n_found = 0
        for sequence in sorted(_sequences(self._folder, self._gate), reverse=True):
            if n_found >= most:
                break
            data = (self._folder / segment_name(self._gate, sequence)).read_bytes()
            records = [record for batch in batches_past_damage(data) for record in unpack_records(batch.records)]
            found.appendleft(records)
            n_found += len(records)
        return [record for records in found for record in records][-most:] if most else []

    def _write_on(self, report: Callable[[int, OSError | None], None]) -> None:
        """The writer's life: batch after batch until closed and empty."""
        while True:
            batch = self._take()
            if batch:
                report(*self._commit(batch))
                continue
            if self._closing:
                return
            self._idle = True
            if not self._waiting and not self._closing:  # else it came between the look and the flag
                self._wake.acquire()
            self._idle = False

    def _take(self) -> list[bytes]:
        n = min(len(self._waiting), MOST_IN_BATCH)
        batch = [self._waiting.popleft() for _ in range(n)]
        self._n_taken = n
        return batch

    def _commit(self, batch: list[bytes]) -> tuple[int, OSError | None]:
        """Make one batch durable; when that fails, it and all that waits behind it is given up."""
        if time.monotonic() < self._retry_at:
            return self._give_up(batch)
        try:
            trouble = self._begin_segment_if_due()
            packed = pack_batch(self._number, batch)
            _write_all(self._file, packed)
            os.fdatasync(self._file)
        except OSError as error:
            self._failure, self._retry_at = error, time.monotonic() + RETRY_S
            self._leave_segment()
            self._say(f"not written: {error.strerror or type(error).__name__}")
            return self._give_up(batch)
        self._size += len(packed)
        self._number += len(batch)
        self._n_taken = 0
        self._say(trouble)
        return len(batch), None

    def _give_up(self, batch: list[bytes]) -> tuple[int, OSError]:
        n_lost = len(batch)
        while self._waiting:
            n_lost += len(self._take())
        self._n_taken = 0
        return n_lost, self._failure

    def _say(self, trouble: str) -> None:
        """Log each change of what is wrong once, by the system's own words."""
        if trouble != self._said:
            self._said = trouble
            log.error("journal: %s", trouble or "written again")

    def _begin_segment_if_due(self) -> str:
        """What hinders a new segment where an old one is good to be written on in; raises OSError if there is none."""
        if self._file < 0:
            self._begin_segment()
        elif self._is_over():
            try:
                self._begin_segment()
            except OSError as error:  # no number of a file is free, or no room for one
                return f"no new segment: {error.strerror or type(error).__name__}"
        return ""

    def _is_over(self) -> bool:
        return (
            self._size >= LARGEST_SEGMENT_BYTES
            or self._county_ms() // HOUR_MS != self._hour
            or time.monotonic() - self._opened_at >= OLDEST_SEGMENT_S
        )

    def _begin_segment(self) -> None:
        """Open the next segment, its header on disk before any record is; the old one is let go only then."""
        created_ms, path = self._county_ms(), self._folder / segment_name(self._gate, self._sequence)
        header = SegmentHeader(self._gate, self._sequence, created_ms, self._number)
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND | os.O_CLOEXEC, 0o600)
        try:
            _write_all(file, pack_header(header))
            os.fsync(file)
            _sync_folder(self._folder)
        except OSError:
            os.close(file)
            path.unlink(missing_ok=True)
            raise
        if self._file >= 0:
            os.close(self._file)
        self._file = file
        self._sequence += 1
        self._size, self._hour, self._opened_at = HEADER_BYTES, created_ms // HOUR_MS, time.monotonic()

    def _leave_segment(self) -> None:
        """Give up a file that failed, cut back to what is known to be on disk if the disk still allows it."""
        if self._file < 0:
            return
        try:
            os.ftruncate(self._file, self._size)
            os.close(self._file)
        except OSError:
            pass  # a reader finds the unfinished batch by its check sum
        self._file = -1


def _recover(folder: Path, gate: int) -> tuple[int, int, int]:
    """The sequence of the next segment, the number of the next record, and how many bytes were cut off.

    A last segment without a record is written over, never removed: with it would go the count of records.
    """
    n_cut = 0
    for sequence in sorted(_sequences(folder, gate), reverse=True):
        path = folder / segment_name(gate, sequence)
        data = path.read_bytes()
        header, last = read_header(data), _last_batch(data)
        if last:
            return sequence + 1, last.first + last.n_records, n_cut + _cut(path, last.ends, len(data))
        n_cut += max(0, len(data) - HEADER_BYTES)
        if header:
            return sequence, header.first, n_cut
    return 0, 0, n_cut


def _last_batch(data: bytes) -> Batch | None:
    last = deque(batches_past_damage(data), maxlen=1)
    return last[0] if last else None


def _cut(path: Path, end: int, size: int) -> int:
    if end == size:
        return 0
    with path.open("r+b") as file:
        file.truncate(end)
        os.fsync(file.fileno())
    return size - end


def _sequences(folder: Path, gate: int) -> list[int]:
    found = (SEGMENT.fullmatch(name) for name in os.listdir(folder))
    return [int(match[2]) for match in found if match and int(match[1], 16) == gate]


def _write_all(file: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(file, view) :]


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _in_use(folder: Path, gate_id: int) -> Refusal:
    return Refusal(
        "journal.in_use",
        zh="另一个进程正在写门岗 {gate} 的日志（{folder}）。一个门岗的日志只能由一个进程写；"
        "请先停掉那个进程，或给这个门岗另一个编号。",
        en="Another process is writing the journal of gate {gate} in {folder}. One gate's journal is written by one "
        "process: stop the other one first, or give this gate an id of its own.",
        gate=f"{gate_id:08x}",
        folder=folder,
    )


def _not_writable(folder: Path, error: OSError) -> Refusal:
    return Refusal(
        "journal.not_writable",
        zh="门岗日志文件夹 {folder} 不能写入（{reason}）。每次扫码须先写进日志才能回答，所以门岗没有启动；"
        "请更改文件夹的权限或腾出磁盘空间后再启动。",
        en="The journal's folder {folder} cannot be written ({reason}). A scan is answered only once it is written "
        "down, so the gate did not start: change the folder's permissions or free some disk, then start it again.",
        folder=folder,
        reason=error.strerror or str(error),
    )
