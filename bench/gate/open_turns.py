"""Turns of the open-loop client, compiled: send what is due, wait for the next, read what is answered, note when.

One scan is under way on each connection, and connections take turns. Moments are nanoseconds of a clock that nobody
sets. A turn sends and reads a few each, so that neither keeps the other waiting for long.

A file of loops uses nothing of another file of ours (`core.compiled` says why).
"""

from typing import Any, Final, NamedTuple

import numpy as np
from numba import types

from fangxian.core.compiled import compiled

AT_ONCE: Final = 16
ANSWER_BYTES: Final = 4096  # the longest answer, with its HTTP, that is understood
NEXT, N_ANSWERED, FIRST_FREE, N_FREE, N_CHOKED, N_GONE = range(6)
N_COUNTS: Final = 6

_MONOTONIC: Final = 1
_NOW: Final = 0x40 | 0x4000  # MSG_DONTWAIT, MSG_NOSIGNAL
_S: Final = 1_000_000_000
_CHOKED_NS: Final = 100_000  # between two tries to send the rest to a server that does not read
_OK: Final = np.frombuffer(b"200", np.uint8)
_END_OF_HEAD: Final = np.frombuffer(b"\r\n\r\n", np.uint8)
_LENGTH: Final = np.frombuffer(b"\r\ncontent-length: ", np.uint8)
_NOT_RECORDED: Final = np.frombuffer(b'"recorded":false', np.uint8)

_clock_gettime: Any = types.ExternalFunction("clock_gettime", types.int32(types.int32, types.voidptr))
_epoll_wait: Any = types.ExternalFunction(  # with a time-out in nanoseconds; the last is no mask of signals
    "epoll_pwait2", types.int32(types.int32, types.voidptr, types.int32, types.voidptr, types.uintp)
)
_recv: Any = types.ExternalFunction("recv", types.ssize_t(types.int32, types.voidptr, types.size_t, types.int32))
_send: Any = types.ExternalFunction("send", types.ssize_t(types.int32, types.voidptr, types.size_t, types.int32))


class Scans(NamedTuple):
    """The scans of a run by number; a moment is 0 while it has not come.

    requests : one row of bytes for each
    due : when it is to be sent
    ready : when it was due and a connection was free for it
    sent, answered : when it was sent, and its answer read to its end
    is_good : whether it was answered with 200 and is on record
    """

    requests: np.ndarray
    due: np.ndarray
    ready: np.ndarray
    sent: np.ndarray
    answered: np.ndarray
    is_good: np.ndarray


class Lines(NamedTuple):
    """The connections by place.

    files, place_of : the number of each one's file, and the place that number has
    asked : the scan that is under way on it, −1 for none
    n_sent, n_read, answers : bytes gone of its request, bytes come of its answer, and these
    free, free_at : a ring of the places where nothing is under way, and since when that is so by place
    """

    files: np.ndarray
    place_of: np.ndarray
    asked: np.ndarray
    n_sent: np.ndarray
    n_read: np.ndarray
    answers: np.ndarray
    free: np.ndarray
    free_at: np.ndarray


@compiled
def go_on(
    epoll: int, event_bytes: int, scans: Scans, lines: Lines, counts: np.ndarray, ends: int, events: np.ndarray,
    times: np.ndarray,
) -> None:  # fmt: skip
    """Until all scans are answered, a connection is gone, or that moment has come.

    An event is 4 bytes of what happened and, at its end, 8 of ours, in which a file's number stands. `times` is room
    for what the system is asked with and answers.
    """
    while counts[N_ANSWERED] < len(scans.due) and not counts[N_GONE]:
        now = _send_due(scans, lines, counts, times)
        if now >= ends:
            return
        until = ends
        if counts[NEXT] < len(scans.due) and counts[N_FREE]:
            until = min(until, scans.due[counts[NEXT]])
        if counts[N_CHOKED]:
            _send_rests(scans, lines, counts)
            until = min(until, now + _CHOKED_NS)
        left = max(until - now, 0)
        times[0], times[1] = left // _S, left % _S
        n = _epoll_wait(np.int32(epoll), events.ctypes, np.int32(AT_ONCE), times.ctypes, np.uint64(0))
        for i in range(max(n, 0)):
            at = event_bytes * (i + 1) - 8
            file = np.int64(events[at]) | np.int64(events[at + 1]) << 8 | np.int64(events[at + 2]) << 16
            _read(lines.place_of[file], scans, lines, counts, times)


@compiled
def now_ns(times: np.ndarray) -> int:
    _clock_gettime(np.int32(_MONOTONIC), times.ctypes)
    return int(times[0] * _S + times[1])


@compiled
def _send_due(scans: Scans, lines: Lines, counts: np.ndarray, times: np.ndarray) -> int:
    """Send a few of those whose moment has come, as long as there is a free connection. What time it is then."""
    now = now_ns(times)
    for _ in range(AT_ONCE):
        number = counts[NEXT]
        if number == len(scans.due) or not counts[N_FREE] or scans.due[number] > now:
            break
        place = lines.free[counts[FIRST_FREE]]
        counts[FIRST_FREE] = (counts[FIRST_FREE] + 1) % len(lines.free)
        counts[N_FREE] -= 1
        counts[NEXT] += 1
        scans.ready[number] = max(scans.due[number], lines.free_at[place])
        lines.asked[place], lines.n_sent[place], lines.n_read[place] = number, 0, 0
        if not _send_rest(place, scans, lines):
            counts[N_CHOKED] += 1
        now = scans.sent[number] = now_ns(times)
    return int(now)


@compiled
def _send_rests(scans: Scans, lines: Lines, counts: np.ndarray) -> None:
    """Try again where the system took a part: the server does not read, so that this is its time and not ours."""
    n_bytes = scans.requests.shape[1]
    for place in range(len(lines.files)):
        if lines.asked[place] >= 0 and lines.n_sent[place] < n_bytes and _send_rest(place, scans, lines):
            counts[N_CHOKED] -= 1


@compiled
def _send_rest(place: int, scans: Scans, lines: Lines) -> bool:
    request, n_sent = scans.requests[lines.asked[place]], lines.n_sent[place]
    left = len(request) - n_sent
    gone = _send(np.int32(lines.files[place]), request[n_sent:].ctypes, np.uint64(left), np.int32(_NOW))
    lines.n_sent[place] = n_sent + max(gone, 0)
    return bool(gone == left)


@compiled
def _read(place: int, scans: Scans, lines: Lines, counts: np.ndarray, times: np.ndarray) -> None:
    """Read once; with the whole answer there, note it and let the connection take its turn again."""
    row, before = lines.answers[place], lines.n_read[place]
    room = len(row) - before
    found = _recv(np.int32(lines.files[place]), row[before:].ctypes, np.uint64(room), np.int32(_NOW))
    number = lines.asked[place]
    if found == 0 or (found > 0 and number < 0):  # it hung up, or says what nobody has asked
        counts[N_GONE] += 1
        return
    lines.n_read[place] = before + max(found, 0)
    body, ends = _parts_of(row, lines.n_read[place])
    if ends == 0 or lines.n_read[place] < ends:
        return
    now = now_ns(times)
    is_whole = lines.n_read[place] == ends
    scans.answered[number] = now
    scans.is_good[number] = is_whole and _is(row[9:12], _OK) and _place_of(row[body:ends], _NOT_RECORDED) < 0
    lines.asked[place], lines.free_at[place] = -1, now
    lines.free[(counts[FIRST_FREE] + counts[N_FREE]) % len(lines.free)] = place
    counts[N_FREE] += 1
    counts[N_ANSWERED] += 1


@compiled
def _parts_of(row: np.ndarray, n: int) -> tuple[int, int]:
    """Where the body of an answer begins and ends of which `n` bytes have come; 0, 0 while its head is not whole."""
    head = _place_of(row[:n], _END_OF_HEAD)
    if head < 0:
        return 0, 0
    at, length = _place_of(row[:head], _LENGTH), 0
    if at >= 0:
        at += len(_LENGTH)
        while at < head and 48 <= row[at] <= 57:
            length, at = 10 * length + np.int64(row[at]) - 48, at + 1
    return head + 4, head + 4 + length


@compiled
def _place_of(row: np.ndarray, word: np.ndarray) -> int:
    """Where a word stands in a row, in small letters or large; −1 for nowhere."""
    for at in range(len(row) - len(word) + 1):
        if _is(row[at : at + len(word)], word):
            return at
    return -1


@compiled
def _is(row: np.ndarray, word: np.ndarray) -> bool:
    for k in range(len(word)):
        byte = row[k]
        if byte != word[k] and (byte | 32) != word[k]:
            return False
    return True
