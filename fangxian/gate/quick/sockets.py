"""Reading from many connections and writing to them in one call, compiled: `epoll_wait`, `recv`, `send`.

A file of loops uses nothing of another file of ours (`core.compiled` says why).
"""

import platform
from typing import Any, Final

import numpy as np
from numba import types

from fangxian.core.compiled import compiled

from .memory import array_at, table_at

QUICK, OTHER, BUSY, GONE = 0, 1, 2, 3
"""What became of a connection's bytes: read, too many, not asked for since an answer is due, none."""

_ROWS, _TABLE = 0, 1  # of a turn, as in `turn`
_FD, _FATE, _N_BYTES = 0, 1, 2  # as in `hearing`
_LINE_FD, _LINE_BEGINS, _LINE_ENDS = 0, 2, 3  # as in `passage.QuickLine`
# Of the files, as in `files`.
_EVENTS, _IS_HERE, _WAS_BACK, _DUE, _HEARD_S = range(5)

_EVENT_BYTES: Final = 12 if platform.machine() == "x86_64" else 16  # packed there
_NOW: Final = 0x40 | 0x4000  # MSG_DONTWAIT, MSG_NOSIGNAL

_epoll_wait: Any = types.ExternalFunction(
    "epoll_wait", types.int32(types.int32, types.voidptr, types.int32, types.int32)
)
_recv: Any = types.ExternalFunction("recv", types.ssize_t(types.int32, types.voidptr, types.size_t, types.int32))
_send: Any = types.ExternalFunction("send", types.ssize_t(types.int32, types.voidptr, types.size_t, types.int32))


@compiled
def receive(epoll: int, turn: np.ndarray, files: np.ndarray, now_s: float) -> int:
    """Read once of each connection that has something; how many have. The turn's table gets number, fate and bytes.

    An event is 4 bytes of what happened and, at its end, 8 of ours, in which the number stands.
    """
    rows, lines = table_at(turn, _ROWS, np.uint8), table_at(turn, _TABLE, np.int64)
    events, is_here = array_at(files, _EVENTS, np.uint8), array_at(files, _IS_HERE, np.uint8)
    due, heard_s = array_at(files, _DUE, np.int64), array_at(files, _HEARD_S, np.float64)
    most_bytes = rows.shape[1] - 8
    n = _epoll_wait(np.int32(epoll), events.ctypes, np.int32(len(rows)), np.int32(0))
    for i in range(max(n, 0)):
        at = _EVENT_BYTES * (i + 1) - 8
        fd = np.int64(events[at]) | np.int64(events[at + 1]) << 8 | np.int64(events[at + 2]) << 16
        lines[i, _FD], lines[i, _N_BYTES], heard_s[fd] = fd, 0, now_s
        if due[fd] >= 0 or not is_here[fd]:
            lines[i, _FATE] = BUSY
            continue
        found = _recv(np.int32(fd), rows[i].ctypes, np.uint64(most_bytes), np.int32(_NOW))
        lines[i, _FATE] = QUICK if 0 < found < most_bytes else OTHER if found > 0 else GONE
        lines[i, _N_BYTES] = max(found, 0)
        for k in range(lines[i, _N_BYTES], lines[i, _N_BYTES] + 8):
            rows[i, k] = 0
    return int(max(n, 0))


@compiled
def n_ready(epoll: int, files: np.ndarray, most: int) -> int:
    """How many connections have something, as far as `most`; none is read."""
    events = array_at(files, _EVENTS, np.uint8)
    return int(max(_epoll_wait(np.int32(epoll), events.ctypes, np.int32(most), np.int32(0)), 0))


@compiled
def expect(files: np.ndarray, lines: np.ndarray, number: int) -> None:
    """On each of those connections an answer of that turn is due."""
    due = array_at(files, _DUE, np.int64)
    for i in range(len(lines)):
        due[lines[i, _LINE_FD]] = number


@compiled
def send(
    files: np.ndarray, lines: np.ndarray, answers: np.ndarray, number: int, now_s: float, left: np.ndarray
) -> tuple[int, int]:
    """Write its part of `answers` to each connection on which an answer of that turn is due. How many they are, and for
    how many there is more to be done: `left` gets how many bytes the kernel would not take, −1 for who was back."""
    due, heard_s = array_at(files, _DUE, np.int64), array_at(files, _HEARD_S, np.float64)
    was_back = array_at(files, _WAS_BACK, np.uint8)
    n_due = n_left = 0
    for i in range(len(lines)):
        fd, left[i] = lines[i, _LINE_FD], 0
        if due[fd] != number:
            continue
        begins, ends = lines[i, _LINE_BEGINS], lines[i, _LINE_ENDS]
        gone = _send(np.int32(fd), answers[begins:].ctypes, np.uint64(ends - begins), np.int32(_NOW))
        due[fd], heard_s[fd] = -1, now_s  # silence begins with the answer
        n_due += 1
        if gone < ends - begins:
            left[i] = ends - begins - max(gone, 0)
        elif was_back[fd]:
            left[i] = -1
        n_left += left[i] != 0
    return n_due, n_left
