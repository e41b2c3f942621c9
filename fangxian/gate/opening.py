"""From the file of a base to what can be looked up in it. (gate/base-N.fxs → Base)

A base of a county, up to half a million people, is read into memory of the process: nothing that happens to the file
afterwards reaches the gate. A larger one is mapped: the processes of a machine share its pages, and only those that
deltas write on become a process's own (4 KiB each, 16 bytes a person at the most). What a mapped file must never suffer
is to be cut while it is in use, for then the system ends the process. The worker writes it without the right to write,
and puts each new one beside the old; and the gate has a lease on it: whoever opens it to write, or cuts it, waits (45 s
at the most) until the gate, which looks each 0.1 s, has read it into memory of its own and let go. Where the system
gives no lease (another owner's file, some network disks) a base of up to four million people is read instead of mapped.

Up to four million people a base is proved to its last byte before it is used. To read a province's gigabytes would take
long: its columns are proved as they come to be used, and the rest by and by.
"""

import fcntl
import mmap
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from fangxian.core.policy.byte_snapshot import Base, open_base, read_base
from fangxian.core.policy.person_qr import Verify

from .refusals import refuse

MAPPED_FROM_BYTES: Final = 16 << 20
PROVED_LATER_FROM_BYTES: Final = 128 << 20
NEVER: Final = 1 << 62  # as `mapped_from`: into memory of the process, however large
WORK_S: Final = 0.0005
BREATH_S: Final = 0.0005


class Breath:
    """Lets the loop have the interpreter: called often from a thread, it sleeps a moment after each bit of work."""

    def __init__(self) -> None:
        self._rested = time.perf_counter()

    def __call__(self) -> None:
        if time.perf_counter() - self._rested >= WORK_S:
            time.sleep(BREATH_S)
            self._rested = time.perf_counter()


def open_file(
    path: Path,
    verify: Verify,
    *,
    breathe: Callable[[], None],
    mapped_from: int = MAPPED_FROM_BYTES,
    proved_later_from: int = PROVED_LATER_FROM_BYTES,
) -> Base:
    """The base in that file, proved whole, or as far as it has been read; `breathe` is called all the while.

    Raises
    ------
    Refusal
        `gate.file_missing`, `snapshot.…`, `tables.unreadable`
    """
    try:
        with path.open("rb", buffering=0) as file:
            held = _held(file.fileno(), mapped_from)
    except OSError as error:
        raise refuse("gate.file_missing", file=path.name, reason=error.strerror or "—") from error
    return (open_base if held.nbytes >= proved_later_from else read_base)(held, verify, breathe=breathe)


class Mapped(mmap.mmap):
    """A mapped file. `lease` is the file once more, −1 without one: it and the lease go with the last view."""

    lease: int = -1

    def __del__(self) -> None:
        if self.lease >= 0:
            os.close(self.lease)


def is_asked_back(column: memoryview) -> bool:
    """Whether somebody waits for the file of a base to be let go, given one of its columns."""
    held = column.obj
    if not isinstance(held, Mapped) or held.lease < 0:
        return False
    return fcntl.fcntl(held.lease, fcntl.F_GETLEASE) != fcntl.F_RDLCK


def _held(file: int, mapped_from: int) -> memoryview:
    if (n_bytes := os.fstat(file).st_size) < mapped_from or not n_bytes:
        return _read(file, n_bytes)
    is_leased = _lease(file)
    n_bytes = os.fstat(file).st_size  # from now on it stays so
    if not n_bytes or (not is_leased and n_bytes < PROVED_LATER_FROM_BYTES):
        return _read(file, n_bytes)
    mapped = Mapped(file, n_bytes, access=mmap.ACCESS_COPY)
    mapped.lease = os.dup(file) if is_leased else -1
    return memoryview(mapped)


def _lease(file: int) -> bool:
    """Whether the system has others wait for us before they write into this file. The gate asks, and is told by no
    signal that would end it: this one is passed over where nobody listens."""
    try:
        fcntl.fcntl(file, fcntl.F_SETSIG, signal.SIGURG)
        fcntl.fcntl(file, fcntl.F_SETLEASE, fcntl.F_RDLCK)
    except OSError:
        return False
    return True


def _read(file: int, n_bytes: int) -> memoryview:
    """The file in pages of its own, which go back to the system with the last view of them."""
    if not n_bytes:
        return memoryview(b"")
    view = memoryview(mmap.mmap(-1, n_bytes, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS))
    n_read = 0
    while n_read < n_bytes and (n := os.readv(file, [view[n_read : n_read + (1 << 20)]])):
        n_read += n
    return view[:n_read]
