"""Reading from many connections and writing to them in one call, compiled: `epoll_wait`, `recv`, `send`.

A file of loops uses nothing of another file of ours (`core.exposure.compiled` says why).
"""

from typing import Any, Final

import numpy as np
from numba import types

from fangxian.core.exposure.compiled import compiled

QUICK, OTHER, BUSY, GONE = 0, 1, 2, 3
"""What became of a connection's bytes: read, too many, not asked for since an answer is due, none."""

_NOW: Final = 0x40 | 0x4000  # MSG_DONTWAIT, MSG_NOSIGNAL

_epoll_wait: Any = types.ExternalFunction(
    "epoll_wait", types.int32(types.int32, types.voidptr, types.int32, types.int32)
)
_recv: Any = types.ExternalFunction("recv", types.ssize_t(types.int32, types.voidptr, types.size_t, types.int32))
_send: Any = types.ExternalFunction("send", types.ssize_t(types.int32, types.voidptr, types.size_t, types.int32))


@compiled
def receive(
    epoll: int, events: np.ndarray, event_bytes: int, is_asked: np.ndarray, rows: np.ndarray, most_bytes: int,
    table: np.ndarray,
) -> int:  # fmt: skip
    """Read once of each connection that has something; how many have. `table` gets number, fate and bytes of each.

    An event is 4 bytes of what happened and, at its end, 8 of ours, in which the number stands.
    """
    n = _epoll_wait(np.int32(epoll), events.ctypes, np.int32(len(rows)), np.int32(0))
    for i in range(max(n, 0)):
        at = event_bytes * (i + 1) - 8
        fd = np.int64(events[at]) | np.int64(events[at + 1]) << 8 | np.int64(events[at + 2]) << 16
        table[i, 0], table[i, 2] = fd, 0
        if is_asked[fd]:
            table[i, 1] = BUSY
            continue
        found = _recv(np.int32(fd), rows[i].ctypes, np.uint64(most_bytes), np.int32(_NOW))
        table[i, 1], table[i, 2] = (QUICK if 0 < found < most_bytes else OTHER if found > 0 else GONE), max(found, 0)
        for k in range(table[i, 2], table[i, 2] + 8):
            rows[i, k] = 0
    return int(max(n, 0))


@compiled
def send(fds: np.ndarray, answers: np.ndarray, at: np.ndarray, n: int, left: np.ndarray) -> None:
    """Write to each connection its part of `answers`, which ends where the next one's begins in `at`.

    `left` gets how many bytes of it the kernel would not take.
    """
    for i in range(n):
        n_bytes = at[i + 1] - at[i]
        gone = _send(np.int32(fds[i]), answers[at[i] :].ctypes, np.uint64(n_bytes), np.int32(_NOW))
        left[i] = n_bytes - max(gone, 0)
