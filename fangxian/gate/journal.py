"""The journal: every scan on disk before it is answered, many scans to one sync. (record → journal)

The loop appends; one thread writes. It takes all that waits as one batch, writes and syncs it in one call, and calls
back in the loop: the gate answers only then. While a batch is on its way the next one gathers, so a busier gate makes
larger batches, not a longer queue. A second thread, the keeper, prepares segments and seals them.

When a write or a sync fails, nothing that waits is recorded and the gate must say so to everybody. What the
disk holds of that file is then unknown, and a sync that fails once may succeed the next time without having
written anything; so the file is left for good and a later scan goes to another segment.

A disk that does not answer at all (a share that is away, a controller that resets) would keep everybody waiting. After
five seconds of it whoever waits is told the same, and whoever comes meanwhile at once. What the writer has taken may be
on disk in the end: then it stands there as a scan that nobody was told of, and the next time it is sent as its repeat.

The writer's Python is as little as it can be, and without a loop over records: it contends with the loop for Python's
lock. It gives the lock up once for a batch, in the call that writes, and takes it back once.
"""

import asyncio
import errno
import fcntl
import logging
import os
import threading
import time
from bisect import bisect_left
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Final

from fangxian.core.policy.byte_journal import MOST_IN_BATCH, RECORD_BYTES, ScanRecord
from fangxian.core.refusal import Refusal

from . import recovery
from .disk import Disk
from .keeping import Keeper
from .segments import SegmentWriter

RETRY_S: Final = 0.2
AFTER_FAULT_S: Final = 1.0
LOOK_S: Final = 0.5
# Looks of the loop, not seconds: a loop that stands still itself must not blame the disk. A disk that frees blocks may
# take a second or two; a door's phone waits for three and decides by itself then.
LOOKS_BEFORE_STANDSTILL: Final = 10
COMMIT_BOUNDS_S: Final = (0.0001, 0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5, 1.0)
log = logging.getLogger("fangxian.gate")

Report = Callable[[int, OSError | None], None]


class Journal:
    """The journal of one gate, opened by one process. `append` and `start` belong to the loop's thread.

    Attributes
    ----------
    n_cut_bytes, n_cut_records : what a crash had left unfinished when it was opened, and was dropped
    n_unsealed_found : segments the crash had left without a seal; they get it now
    last_sync_s : how long the last batch took to be on disk
    commit_counts : batches on disk, by the first of COMMIT_BOUNDS_S they were not above; the last for all others
    commit_seconds : the sum of all their times
    """

    def __init__(self, folder: Path, gate_id: int, county_ms: Callable[[], int], lock: int, disk: Disk) -> None:
        self._folder, self._gate, self._lock, self._disk = folder, gate_id, lock, disk
        found = recovery.find(disk, folder, gate_id)
        self.n_cut_bytes, self.n_cut_records = found.n_cut_bytes, found.n_cut_records
        self.n_unsealed_found = len(found.unsealed)
        self._keeper = Keeper(disk, folder, gate_id, county_ms, found=found)
        self._writer = SegmentWriter(disk, self._keeper, gate_id, county_ms, number=found.next_number)
        self._keeper.prepare_first()
        self._waiting: list[bytes] = []
        self._n_taken = 0
        self._retry_at, self._failure, self._said = 0.0, OSError(), ""
        self._wake: SimpleQueue[None] = SimpleQueue()
        self._soon: Callable[[Callable[[], object]], object] = lambda call: call()
        self._idle, self._closing = False, False
        self._on_commit: Callable[[int], object] = lambda n: None
        self._on_failure: Callable[[int, OSError], object] = lambda n, error: None
        self._n_unreported = self._n_given_up = self._n_still = 0
        self._stands_still = False
        self._threads: list[threading.Thread] = []
        self.last_sync_s, self.commit_seconds = 0.0, 0.0
        self.commit_counts = [0] * (len(COMMIT_BOUNDS_S) + 1)

    @classmethod
    def open(cls, folder: Path, *, gate_id: int, county_ms: Callable[[], int], disk: Disk | None = None) -> "Journal":
        """Open a gate's journal; what a crash left unfinished is dropped (nobody was answered for it).

        Parameters
        ----------
        gate_id : 32 bits, part of the segments' names
        county_ms : county time now in Unix milliseconds, which segments say of themselves

        Refuses
        -------
        journal.in_use, journal.not_writable
        """
        lock = -1
        try:
            folder.mkdir(mode=0o700, exist_ok=True)
            lock = os.open(folder / f"{gate_id:08x}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return cls(folder, gate_id, county_ms, lock, disk or Disk())
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
        return _n_records(self._waiting) + self._n_taken

    @property
    def n_bytes_filled(self) -> int:
        """Zeros written ahead since the start."""
        return self._keeper.n_bytes_filled

    @property
    def n_unsealed(self) -> int:
        """Segments that are over and wait for their seal."""
        return self._keeper.n_unsealed

    @property
    def free_bytes(self) -> int | None:
        """Room on the journal's disk, looked at every few seconds; None where the system does not say."""
        return self._keeper.free_bytes

    @property
    def trouble(self) -> str:
        """What is wrong though scans may still be recorded, in the system's words; "" for nothing."""
        return self._keeper.trouble

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
                loop.call_soon_threadsafe(self._hear, n, error)

        self._on_commit, self._on_failure = on_commit, on_failure
        # Whatever the loop reads in one turn is one batch: the writer is woken when the turn is over.
        self._soon = loop.call_soon
        self._threads = [
            threading.Thread(target=self._write_on, args=(report,), name="journal", daemon=True),
            threading.Thread(target=self._keep_on, name="journal keeper", daemon=True),
        ]
        for thread in self._threads:
            thread.start()

    def append(self, records: bytes) -> None:
        """Hand packed records, one or several behind one another, to the writer; they are recorded once `on_commit` has
        counted them. What is appended at once is never reported in parts."""
        n, n_over = divmod(len(records), RECORD_BYTES)
        if n_over or not 0 < n <= MOST_IN_BATCH:
            raise ValueError(f"a record has {RECORD_BYTES} bytes, so that {len(records)} are none")
        if self._stands_still:
            self._soon(partial(self._on_failure, n, _standstill()))
            return
        self._n_unreported += n
        self._waiting.append(records)
        if self._idle:
            self._idle = False
            self._soon(self._wake_writer)

    async def watch(self) -> None:
        """Look at the disk's pace for as long as the loop runs."""
        while True:
            await asyncio.sleep(LOOK_S)
            self.look()

    def look(self) -> None:
        """Notice a disk that stands still: to be called each LOOK_S. Whoever waits for it is told that nothing is
        recorded, and so is whoever comes until it answers again."""
        self._n_still = self._n_still + 1 if self._n_unreported else 0
        if self._n_still >= LOOKS_BEFORE_STANDSTILL:
            n, self._n_unreported, self._n_still = self._n_unreported, 0, 0
            self._n_given_up += n
            self._stands_still = True
            log.error("journal: the disk stands still, %(n)d scans are not recorded", {"n": n})
            self._on_failure(n, _standstill())

    def _hear(self, n: int, error: OSError | None) -> None:
        """The writer's report, in the loop: of the records given up before, nobody waits for one any more."""
        if self._stands_still:
            self._stands_still = False
            log.error("journal: the disk answers again")
        self._n_still = 0
        n_given_up = min(n, self._n_given_up)
        self._n_given_up -= n_given_up
        n -= n_given_up
        self._n_unreported -= n
        if error is None:
            self._on_commit(n)
        elif n:
            self._on_failure(n, error)

    def close(self) -> None:
        """Write what waits, seal, then end. What was committed last is still reported to the loop."""
        self._closing = True
        self._wake_writer()
        self._keeper.woken.put(None)
        for thread in self._threads:
            thread.join()
        self._writer.end()
        self._keeper.finish()
        os.close(self._lock)

    def recent_records(self, most: int) -> list[ScanRecord]:
        """The last records on disk, oldest first, at most `most`: what a gate must know of repeats after a restart."""
        return recovery.recent_records(self._disk, self._folder, self._gate, most)

    # ---- the writer's thread ----

    def _write_on(self, report: Report) -> None:
        """The writer's life: batch after batch until closed and empty."""
        waiting = self._waiting
        while True:
            # Each of these is one step of the interpreter: what the loop appends meanwhile stays behind the cut.
            batch = waiting[:MOST_IN_BATCH]
            if batch:
                while (n := _n_records(batch)) > MOST_IN_BATCH:
                    batch = batch[: len(batch) // 2]
                self._n_taken = n
                del waiting[: len(batch)]
                report(*self._commit(batch, n))
            elif self._closing:
                return
            else:
                self._wait()

    def _wait(self) -> None:
        left_s = self._writer.end_if_old()
        self._idle = True
        if not self._waiting and not self._closing:  # else it came between the look and the flag
            with suppress(Empty):  # then the open segment is old
                self._wake.get(timeout=left_s)
        self._idle = False

    def _wake_writer(self) -> None:
        self._wake.put(None)

    def _commit(self, batch: list[bytes], n: int) -> tuple[int, OSError | None]:
        """Make one batch of `n` records durable; when that fails, it and all that waits behind it is given up."""
        began = time.monotonic()
        if began < self._retry_at:
            return self._give_up(n)
        try:
            self._writer.write(b"".join(batch))
        except Exception as error:  # a bug too must not leave everybody waiting
            self._failure = error if isinstance(error, OSError) else OSError(errno.EIO, type(error).__name__)
            self._retry_at = time.monotonic() + RETRY_S
            self._say(f"not written: {self._failure.strerror or type(error).__name__}")
            return self._give_up(n)
        self.last_sync_s = took_s = time.monotonic() - began
        self.commit_seconds += took_s
        self.commit_counts[bisect_left(COMMIT_BOUNDS_S, took_s)] += 1
        self._n_taken = 0
        if self._said or self._keeper.trouble:
            self._say(self._keeper.trouble)
        return n, None

    def _give_up(self, n: int) -> tuple[int, OSError]:
        behind = self._waiting[:]
        del self._waiting[: len(behind)]
        self._n_taken = 0
        return n + _n_records(behind), self._failure

    def _say(self, trouble: str) -> None:
        """Log each change of what is wrong once, by the system's own words."""
        if trouble != self._said:
            self._said = trouble
            log.error("journal: %(trouble)s", {"trouble": trouble or "written again"})

    # ---- the keeper's thread ----

    def _keep_on(self) -> None:
        while not self._closing:
            try:
                wait_s = self._keeper.step()
            except Exception as error:  # a bug of the keeper's must not end in segments that nobody prepares
                log.error("journal.keeper_fault: %(kind)s", {"kind": type(error).__name__})
                wait_s = AFTER_FAULT_S
            if wait_s > 0:
                with suppress(Empty):
                    self._keeper.woken.get(timeout=wait_s)


def _n_records(parts: list[bytes]) -> int:
    return sum(map(len, parts)) // RECORD_BYTES


def _standstill() -> OSError:
    return OSError(errno.ETIMEDOUT, os.strerror(errno.ETIMEDOUT))


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
