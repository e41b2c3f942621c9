"""A moment of the system's to the microsecond: the loop's own timers count whole milliseconds."""

import ctypes
import errno
import os
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Final, Protocol

_MONOTONIC: Final = 1
_NOW_AND_CLOSED: Final = os.O_NONBLOCK | os.O_CLOEXEC  # as TFD_NONBLOCK, TFD_CLOEXEC
_LEAST_NS: Final = 1  # 0 would set nothing

_libc: Any = ctypes.PyDLL(None, use_errno=True)  # keeps Python's lock: neither call waits


class _Moment(ctypes.Structure):
    _fields_ = tuple((name, ctypes.c_long) for name in ("every_s", "every_ns", "in_s", "in_ns"))


class Loop(Protocol):
    """What an alarm needs of the event loop."""

    def add_reader(self, fd: int, callback: Callable[[], None], /) -> object: ...

    def remove_reader(self, fd: int, /) -> object: ...


class Alarm:
    """Calls `ring` in the loop once the time is over for which it was set last. May raise OSError when it is made."""

    def __init__(self, loop: Loop, ring: Callable[[], None]) -> None:
        self._loop, self._ring, self._moment = loop, ring, _Moment()
        self.fd = int(_libc.timerfd_create(_MONOTONIC, _NOW_AND_CLOSED))
        if self.fd < 0:
            raise OSError(number := ctypes.get_errno(), os.strerror(number or errno.EMFILE))
        loop.add_reader(self.fd, self._on_time)

    def set(self, in_s: float) -> None:
        """Ring in so many seconds, and at no moment that was set before."""
        self._moment.in_s, self._moment.in_ns = divmod(max(_LEAST_NS, int(in_s * 1e9)), 1_000_000_000)
        _libc.timerfd_settime(self.fd, 0, ctypes.byref(self._moment), None)

    def close(self) -> None:
        self._loop.remove_reader(self.fd)
        os.close(self.fd)

    def _on_time(self) -> None:
        with suppress(BlockingIOError):  # it was set anew between
            os.read(self.fd, 8)
            self._ring()
