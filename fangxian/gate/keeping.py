"""The journal's keeper: segments filled ahead of their use, and sealed after it, never in a batch's way.

A batch that is written into space which is on disk already needs one write of data; one that lengthens its file also
changes the file system's own books, and takes twice as long. So the next segment is there beforehand: created, its
name on disk, zeros written and synced, in pieces. It grows with the traffic: a gate that is idle all night keeps 1 MiB.

The keeper's steps are small, and it never holds what the writer needs for longer than one. It opens nothing in a hurry:
with no segment prepared nothing can be recorded, and one is prepared as soon as the disk takes a piece of zeros.
"""

import errno
import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue
from typing import Final

from fangxian.core.policy.byte_journal import segment_name

from .disk import Disk
from .recovery import Found
from .sealing import Ended, SealingUnderWay

SMALLEST_SEGMENT_BYTES: Final = 1 << 20
LARGEST_SEGMENT_BYTES: Final = 64 << 20
FIRST_PIECE_BYTES: Final = 4 << 10  # a segment with so much room is good to be begun
PIECE_BYTES: Final = 256 << 10
PAUSE_S: Final = 0.01  # between pieces: the disk is the writer's
HASH_PAUSE_S: Final = 0.002
RETRY_S: Final = 0.2
LOOK_S: Final = 5.0  # at how much room the disk has
SEAL_AGAIN_S: Final = 5.0
DISK_FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_ZEROS: Final = bytes(PIECE_BYTES)


@dataclass(slots=True)
class Prepared:
    """A segment that nothing was written to yet: so many zeros are on disk, of so many that shall be."""

    file: int
    sequence: int
    n_filled: int
    n_wanted: int


class Keeper:
    """Prepares segments for one writer and seals those it has left.

    Attributes
    ----------
    woken : told of each segment that is taken or ended, so that a thread can wait for more to do
    trouble : what hinders it, in the system's words; "" when nothing does
    n_bytes_filled, n_sealed : zeros written ahead, and segments sealed, since the start
    free_bytes : room on the disk when it was last looked at; None before, or where the system does not say
    """

    def __init__(
        self,
        disk: Disk,
        folder: Path,
        gate: int,
        county_ms: Callable[[], int],
        *,
        found: Found,
        seconds: Callable[[], float] = time.monotonic,
    ) -> None:
        self._seconds = seconds
        self._disk, self._folder, self._gate, self._county_ms = disk, folder, gate, county_ms
        self._next_sequence, self._chain, self._drafts = found.next_sequence, found.chain, found.drafts
        self._lock = threading.Lock()  # held while zeros are written: a segment must not be taken under them
        self._prepared: Prepared | None = None
        self._ended: deque[Ended] = deque(found.unsealed)
        self._sealing: SealingUnderWay | None = None
        self._wanted = SMALLEST_SEGMENT_BYTES
        self._fill_at = self._seal_at = self._look_at = 0.0
        self._fill_error: OSError | None = None
        self._seal_error: OSError | None = None
        self.woken: SimpleQueue[None] = SimpleQueue()
        self.n_bytes_filled = self.n_sealed = 0
        self.free_bytes: int | None = None

    @property
    def trouble(self) -> str:
        if self._fill_error:
            return f"no new segment: {_words(self._fill_error)}"
        return f"not sealed: {_words(self._seal_error)}" if self._seal_error else ""

    @property
    def n_unsealed(self) -> int:
        """Segments that are over and wait for their seal."""
        return len(self._ended)

    # ---- what the writer asks, from its own thread ----

    @property
    def is_usable(self) -> bool:
        """Whether a segment is there that a batch can be written to."""
        return self._prepared is not None and self._prepared.n_filled >= FIRST_PIECE_BYTES

    @property
    def is_ready(self) -> bool:
        """Whether a segment is prepared, as far as it will be for now."""
        prepared = self._prepared
        if prepared is None or not self.is_usable:
            return False
        return prepared.n_filled >= prepared.n_wanted or self._fill_error is not None

    def take(self, *, before_was_full: bool) -> Prepared:
        """The segment that was prepared; waits for one piece of zeros at the most.

        Raises OSError, what hinders preparing one, when there is none.
        """
        with self._lock:
            prepared = self._prepared
            if prepared is None or not self.is_usable:
                raise self._fill_error or OSError(errno.EAGAIN, "no segment is prepared yet")
            self._prepared, self._fill_at = None, 0.0
            self._next_sequence += 1
            grown = prepared.n_wanted * 2 if before_was_full else SMALLEST_SEGMENT_BYTES
            self._wanted = min(grown, LARGEST_SEGMENT_BYTES)
        self.woken.put(None)
        return prepared

    def seal_later(self, ended: Ended) -> None:
        """Seal this segment, after those handed over before it."""
        self._ended.append(ended)
        self.woken.put(None)

    # ---- the keeper's own steps ----

    def step(self) -> float:
        """Do the next small thing; in how many seconds there is another, if it is not woken before."""
        now = self._seconds()
        return min(self._fill_step(now), self._seal_step(now), self._look_step(now))

    def prepare_first(self) -> None:
        """Before anything is written: a segment with room, if the disk gives one, and no drafts of killed sealings."""
        for draft in self._drafts:
            with suppress(OSError):  # one that cannot be removed is in nobody's way
                self._disk.remove(draft)
        while self._fill_step(0.0) == 0.0 and not self.is_usable:
            pass

    def hurry(self) -> None:
        """Do all there is to do now, without pauses; what the disk refuses stays undone."""
        self._fill_at = self._seal_at = 0.0
        while self._fill_step(0.0) < RETRY_S:
            self._fill_at = 0.0
        while self._ended and self._seal_step(0.0) < SEAL_AGAIN_S:
            pass

    def finish(self) -> None:
        """Seal what can be sealed now and leave nothing prepared behind. The writer has ended."""
        self._seal_at = 0.0
        while self._ended and self._seal_step(0.0) < SEAL_AGAIN_S:
            pass
        if self._sealing:
            self._sealing.give_up()
        prepared, self._prepared = self._prepared, None
        if prepared:
            self._drop(prepared)

    def _fill_step(self, now: float) -> float:
        if now < self._fill_at:
            return self._fill_at - now
        try:
            with self._lock:
                wait = self._fill()
            self._fill_error = None
        except OSError as error:
            self._fill_error, wait = error, RETRY_S
        self._fill_at = now + wait
        return wait

    def _fill(self) -> float:
        """Create the next segment, or put one more piece of zeros into it."""
        prepared = self._prepared = self._prepared or self._create()
        n_bytes = min(PIECE_BYTES if prepared.n_filled else FIRST_PIECE_BYTES, prepared.n_wanted - prepared.n_filled)
        if n_bytes <= 0:
            return LOOK_S
        try:
            self._disk.write_synced(prepared.file, [_ZEROS[:n_bytes]], prepared.n_filled)
        except OSError:
            if prepared.n_filled < FIRST_PIECE_BYTES:  # it may lie on a bad place of the disk
                self._prepared = None
                self._drop(prepared)
            raise
        prepared.n_filled += n_bytes
        self.n_bytes_filled += n_bytes
        return PAUSE_S if prepared.n_filled > FIRST_PIECE_BYTES else 0.0

    def _create(self) -> Prepared:
        prepared = Prepared(self._disk.create(self._path(self._next_sequence)), self._next_sequence, 0, self._wanted)
        try:
            self._disk.sync_folder(self._folder)
        except OSError:
            self._drop(prepared)
            raise
        return prepared

    def _drop(self, prepared: Prepared) -> None:
        """Remove a segment that was never begun; its number is free again."""
        with suppress(OSError):
            self._disk.close(prepared.file)
            self._disk.remove(self._path(prepared.sequence))

    def _seal_step(self, now: float) -> float:
        if not self._ended:
            return LOOK_S
        if now < self._seal_at:
            return self._seal_at - now
        if self._sealing is None:
            ended, at = self._ended[0], self._county_ms()
            previous = self._chain if ended.previous is None else ended.previous
            self._sealing = SealingUnderWay(self._disk, self._folder, ended, previous=previous, sealed_ms=at)
        try:
            seal = self._sealing.step()
        except OSError as error:
            self._sealing.give_up()
            self._sealing, self._seal_error, self._seal_at = None, error, now + SEAL_AGAIN_S
            self._ended[0].is_suspect |= error.errno not in DISK_FULL
            return SEAL_AGAIN_S
        if seal is None:
            return HASH_PAUSE_S
        self._sealing, self._seal_error = None, None
        if self._ended.popleft().previous is None:
            self._chain = seal.chain
        self.n_sealed += 1
        return 0.0

    def _look_step(self, now: float) -> float:
        if now < self._look_at:
            return self._look_at - now
        self._look_at = now + LOOK_S
        with suppress(OSError):
            self.free_bytes = self._disk.free_bytes(self._folder)
        return LOOK_S

    def _path(self, sequence: int) -> Path:
        return self._folder / segment_name(self._gate, sequence)


def _words(error: OSError) -> str:
    return error.strerror or type(error).__name__
