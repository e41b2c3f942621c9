"""From the file of a base to what can be looked up in it. (gate/base-N.fxs → Base)

A base of a county, up to half a million people, is read into memory of the process: nothing that happens to the file
afterwards reaches the gate. A larger one is mapped: the processes of a machine share its pages, and only those that
deltas write on become a process's own (4 KiB each, 16 bytes a person at the most). What a mapped file must never suffer
is to be cut while it is in use, for then the system ends the process: the worker writes it without the right to write,
and puts each new one beside the old.

Up to four million people a base is proved to its last byte before it is used. To read a province's gigabytes would take
long: its columns are proved as they come to be used, and the rest by and by.
"""

import mmap
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from fangxian.core.policy.byte_snapshot import Base, open_base, read_base
from fangxian.core.policy.person_qr import Verify

from .refusals import refuse

MAPPED_FROM_BYTES: Final = 16 << 20
PROVED_LATER_FROM_BYTES: Final = 128 << 20
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
            n_bytes = os.fstat(file.fileno()).st_size
            held = (_map if n_bytes >= mapped_from else _read)(file.fileno(), n_bytes)
    except OSError as error:
        raise refuse("gate.file_missing", file=path.name, reason=error.strerror or "—") from error
    return (open_base if n_bytes >= proved_later_from else read_base)(held, verify, breathe=breathe)


def _map(file: int, n_bytes: int) -> memoryview:
    return memoryview(mmap.mmap(file, n_bytes, access=mmap.ACCESS_COPY)) if n_bytes else memoryview(b"")


def _read(file: int, n_bytes: int) -> memoryview:
    """The file in pages of its own, which go back to the system with the last view of them."""
    if not n_bytes:
        return memoryview(b"")
    view = memoryview(mmap.mmap(-1, n_bytes, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS))
    n_read = 0
    while n_read < n_bytes and (n := os.readv(file, [view[n_read : n_read + (1 << 20)]])):
        n_read += n
    return view[:n_read]
