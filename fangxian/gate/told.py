"""Told by the system that something in a folder was written, instead of looking each millisecond. (Linux's inotify)"""

import ctypes
import errno
import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, Final, Protocol

_NOW_AND_CLOSED: Final = os.O_NONBLOCK | os.O_CLOEXEC  # as IN_NONBLOCK, IN_CLOEXEC
_MODIFIED: Final = 0x2
_MOVED_HERE: Final = 0x80
_ONLY_A_FOLDER: Final = 0x1000000
_MOST_AT_ONCE: Final = 1 << 16

_libc: Any = ctypes.PyDLL(None, use_errno=True)  # keeps Python's lock: neither call waits


class Loop(Protocol):
    """What is needed of the event loop."""

    def add_reader(self, fd: int, callback: Callable[[], None], /) -> object: ...

    def remove_reader(self, fd: int, /) -> object: ...


class Told:
    """Calls `ring` in the loop soon after a file of the folder was written to or moved there.

    May raise OSError when it is made: there is no such folder, or too many are watched. A folder that another machine
    writes (NFS) is watched and never rings, so whoever must hear of a write looks now and then all the same.
    """

    def __init__(self, loop: Loop, folder: Path, ring: Callable[[], None]) -> None:
        self._loop, self._ring = loop, ring
        self.fd = _done(_libc.inotify_init1(_NOW_AND_CLOSED))
        try:
            _done(_libc.inotify_add_watch(self.fd, os.fsencode(folder), _MODIFIED | _MOVED_HERE | _ONLY_A_FOLDER))
        except OSError:
            os.close(self.fd)
            raise
        loop.add_reader(self.fd, self._on_written)

    def close(self) -> None:
        self._loop.remove_reader(self.fd)
        os.close(self.fd)

    def _on_written(self) -> None:
        with suppress(BlockingIOError):
            os.read(self.fd, _MOST_AT_ONCE)  # what was written is found by looking; that something was is all it says
            self._ring()


def _done(answer: int) -> int:
    if answer < 0:
        raise OSError(number := ctypes.get_errno() or errno.EINVAL, os.strerror(number))
    return answer
