"""The lane: connections that ask the usual, read, answered and written to by compiled loops, a turn of them at once.

    receive → hear → digests, seals → handles opened → judge → the gate's memory and its journal
    … one sync of the disk → send_all

A connection comes here after a scan that went the other way and taught what there is to know of its caller, and is
given back when anything is unusual: `server` then reads its bytes from the first one. While it is here the loop does
not listen to it, and while an answer is due nothing more is read of it.
"""

import errno
import os
import platform
import select
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Final, Protocol

import numpy as np

from fangxian.core.refusal import Refusal

from ..answering import Gate
from ..head import Head
from ..passage import Caller, Moment, Passage, Quick
from . import hearing, sockets
from .scans import Scans
from .turn import MOST, MOST_BYTES, Turn

MOST_FILES: Final = 1 << 16
MOST_DOUBLED: Final = 6  # whoever is given back again and again stays away for 2, 6, … 62 answers
FEW: Final = 16  # of a turn; after more of them the next begins while they are on their way to the disk
_EVENT_BYTES: Final = 12 if platform.machine() == "x86_64" else 16  # packed there
_RECORD_BYTES: Final = 112


class Loop(Protocol):
    """What a lane needs of the event loop."""

    def add_reader(self, fd: int, callback: Callable[[], None], /) -> object: ...

    def remove_reader(self, fd: int, /) -> object: ...

    def call_soon(self, callback: Callable[[], None], /) -> object: ...


class Lane:
    """The lane of one gate, in its loop; `more_for(head)` is what an answer's HTTP says to a page of another origin."""

    def __init__(self, gate: Gate, loop: Loop, *, more_for: Callable[[Head], bytes]) -> None:
        self._gate, self._loop, self._more_for = gate, loop, more_for
        self._scans, self._turn = Scans(), Turn()
        self._epoll = select.epoll()
        self._events = np.zeros(16 * MOST, np.uint8)
        self._is_asked, self._heard_s = np.zeros(MOST_FILES, np.bool_), np.zeros(MOST_FILES)
        self._callers: dict[int, Caller] = {}
        self._due: dict[int, Quick] = {}
        self._n_heard = 0  # of a turn that is not over
        self._joining: list[Caller] = []
        self.is_open, self._is_resting = True, False
        loop.add_reader(self._epoll.fileno(), self._on_ready)

    # ---- who is here ----

    def learn(self, passage: Passage) -> None:
        """A scan that went the other way is let through: what there is to know of its caller and its answer."""
        if self.is_open:
            try:
                self._scans.learn(passage)
            except Exception as error:  # the scan itself is recorded, and to be answered
                self._close_for(error)

    def invite(self, caller: Caller, head: Head) -> None:
        """It was answered, and waits for nothing: it comes if it is known well enough."""
        try:
            is_known = self.is_open and self._scans.knows(head, self._more_for(head))
        except Exception as error:
            self._close_for(error)
            return
        if caller.n_away:
            caller.n_away -= 1
        elif is_known:
            self._joining.append(caller)
            if len(self._joining) == 1:
                self._loop.call_soon(self._let_join)

    def _let_join(self) -> None:
        joining, self._joining = self._joining, []
        for caller in joining if self.is_open else ():
            try:
                self._take_in(caller)
            except Exception as error:  # what goes wrong with one is nobody else's
                self._gate.faults.note(error)

    def _take_in(self, caller: Caller) -> None:
        fd = caller.enter_lane()
        if fd < 0:
            return
        now = time.monotonic()
        try:
            if fd >= MOST_FILES:
                raise OSError(errno.EMFILE, os.strerror(errno.EMFILE))
            self._epoll.register(fd, select.EPOLLIN)
        except OSError:  # the system watches no more files for us, or has a number for it that is too large
            caller.n_back, caller.n_away = MOST_DOUBLED, (1 << MOST_DOUBLED) - 2
            caller.leave_lane(b"", rest=b"", due=None, heard_s=now)
            return
        self._is_asked[fd], self._heard_s[fd], self._callers[fd] = False, now, caller

    def give_back(self, fd: int, data: bytes = b"", *, rest: bytes = b"") -> None:
        """The loop listens to that connection again, which begins with `data`."""
        caller = self._callers.pop(fd)
        with suppress(OSError):  # its file is closed already
            self._epoll.unregister(fd)
        due, self._is_asked[fd] = self._due.pop(fd, None), False
        caller.n_back = min(caller.n_back + 1, MOST_DOUBLED)
        caller.n_away = (1 << caller.n_back) - 2
        try:
            caller.leave_lane(data, rest=rest, due=due, heard_s=float(self._heard_s[fd]))
        except Exception as error:  # what goes wrong with one is nobody else's
            self._gate.faults.note(error)

    def give_back_this(self, caller: Caller, fd: int) -> None:
        """The same of a connection that is about to be closed."""
        if self._callers.get(fd) is caller:
            self.give_back(fd)

    def is_due(self, fd: int) -> bool:
        """Whether an answer is due on that connection."""
        return bool(self._is_asked[fd])

    def heard_s(self, fd: int) -> float:
        """When that connection was last heard."""
        return float(self._heard_s[fd])

    def heard_since(self, at_s: float) -> Iterator[Caller]:
        """Who was heard since, whoever was heard of longest ago first."""
        fds = np.flatnonzero(self._heard_s >= at_s)
        fds = fds[np.argsort(self._heard_s[fds], kind="stable")]
        return (self._callers[fd] for fd in fds.tolist() if fd in self._callers)

    def close(self) -> None:
        """Everybody is given back, and nobody comes any more."""
        if self.is_open:
            self.is_open = False
            self._loop.remove_reader(self._epoll.fileno())
            for fd in tuple(self._callers):
                self.give_back(fd)
            self._epoll.close()

    # ---- a turn ----

    def _on_ready(self) -> None:
        self._n_heard = 0
        try:
            self._take_turn()
        except Exception as error:  # a bug in here must not stand between people and the way that is left
            self._close_for(error)

    def _close_for(self, error: Exception) -> None:
        """After a bug: what was read in this turn and is taken by nobody is read again the other way."""
        self._gate.faults.note(error)
        for place, fd in enumerate(self._turn.heard.table[: self._n_heard, hearing.FD].tolist()):
            if fd in self._callers and fd not in self._due:
                self.give_back(fd, self._turn.bytes_of(place))
        self._n_heard = 0
        self.close()

    def _take_turn(self) -> None:
        turn, began = self._turn, time.monotonic()
        table, rows = turn.heard.table, turn.heard.rows
        n = sockets.receive(self._epoll.fileno(), self._events, _EVENT_BYTES, self._is_asked, rows, MOST_BYTES, table)
        self._n_heard = n
        self._heard_s[table[:n, hearing.FD]] = began
        try:
            now = self._gate.moment()
            is_judged = self._scans.judge(turn, n, now)
        except Refusal:  # there is no snapshot, or no rule: the other way says so
            is_judged = False
        fates = table[:n, hearing.FATE].tolist()
        taken = self._gate.take_quick(self._scans_of(turn, n, fates, now, began)) if is_judged else ()
        due = {scan.fd: scan for scan in taken}
        self._due |= due
        self._is_asked[list(due)] = True
        for place, fd in enumerate(table[:n, hearing.FD].tolist()):
            if fd not in due and fd in self._callers:
                self.give_back(fd, turn.bytes_of(place))  # none of whoever was not read
        self._n_heard = 0
        if 0 < len(due) < FEW:
            self._rest()

    def _rest(self) -> None:
        """Let others gather while the disk is busy with a few: what comes now waits for it in any case, and a turn
        costs for three what it costs for thirty."""
        self._is_resting = True
        self._loop.remove_reader(self._epoll.fileno())

    def go_on(self) -> None:
        """The disk has done its work, or failed to: whoever gathered meanwhile has their turn."""
        if self._is_resting and self.is_open:
            self._is_resting = False
            self._loop.add_reader(self._epoll.fileno(), self._on_ready)

    def _scans_of(self, turn: Turn, n: int, fates: list[int], now: Moment, began: float) -> list[Quick]:
        """Those of a turn that have a record and an answer."""
        judged, callers, heads = turn.judged, self._callers, self._scans.heads
        lines = zip(
            fates,
            turn.heard.table[:n, : hearing.HEAD + 1].tolist(),
            judged.table[:n].tolist(),
            range(0, _RECORD_BYTES * n, _RECORD_BYTES),
            judged.answer_at[:n].tolist(),
            judged.answer_at[1 : n + 1].tolist(),
            strict=True,
        )
        records, answers = judged.records[:n].tobytes(), judged.answers[: judged.answer_at[n]].tobytes()
        scans = []
        for fate, (fd, _, _, head), (device, venue, kept, marks, outcome), at, begins, ends in lines:
            if fate == hearing.QUICK and fd in callers:
                packed = records[at : at + _RECORD_BYTES]
                scan = Quick(
                    (device, packed[:16]), packed[96:104], venue, kept, marks, outcome, packed, answers[begins:ends],
                    now, fd, callers[fd], heads[head], began,
                )  # fmt: skip
                scans.append(scan)
        return scans

    # ---- answers ----

    def send_all(self, scans: list[Quick]) -> None:
        """Answer what is on disk; whoever has left the lane meanwhile was answered the other way."""
        self.go_on()
        due = self._due
        replies = [scan for scan in scans if due.get(scan.fd) is scan]
        if not replies:
            return
        fds, parts = [scan.fd for scan in replies], [scan.response for scan in replies]
        try:
            left = self._turn.send(fds, parts)
        except Exception as error:
            self._gate.faults.note(error)
            left = [len(part) for part in parts]
        now = time.monotonic()
        self._is_asked[fds], self._heard_s[fds] = False, now  # silence begins with the answer
        took = dict[float, int]()
        for scan in replies:
            del due[scan.fd]
            took[scan.began] = took.get(scan.began, 0) + 1
        for began, n in took.items():
            self._gate.metrics.answered(now - began, n)
        for scan, part, n_left in zip(replies, parts, left, strict=True):
            if n_left:
                self.give_back(scan.fd, rest=part[len(part) - n_left :])
            elif scan.caller.n_back:
                scan.caller.n_back = 0
