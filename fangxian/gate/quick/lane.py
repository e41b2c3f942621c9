"""The lane: connections that ask the usual, read, answered and written to by compiled loops, a turn of them at once.

    receive → hear → digests, seals → handles opened → judge → the gate's memory and its journal
    … one sync of the disk → send_all

A connection comes here after a scan that went the other way and taught what there is to know of its caller, and is
given back when anything is unusual: `server` then reads its bytes from the first one. While it is here the loop does
not listen to it, and while an answer is due nothing more is read of it.
"""

import errno
import os
import select
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Final, Protocol

import numpy as np

from fangxian.core.refusal import Refusal

from ..answering import Gate
from ..head import Head
from ..passage import Caller, Moment, Passage, Quick, QuickLine, QuickTurn, keys_of
from . import sockets
from .alarm import Alarm
from .files import MOST_FILES, NOTHING, Files
from .scans import Scans
from .turn import Turn

MOST_DOUBLED: Final = 6  # whoever is given back again and again stays away for 2, 6, … 62 answers
# From the beginning of one turn to that of the next. A turn costs the processor as much for itself as for ten scans,
# and so does a sync: thousands of them a second kept it from those who came next. After a pause nobody waits, nor do so
# many that a turn is worth it, not even for those who are on their way to the disk.
EACH_S: Final = 0.0008
ENOUGH: Final = 24
_SOON_S: Final = 0.00002  # what setting an alarm takes
_FD, _HEAD, _BEGINS, _ENDS, _DEVICE = range(len(QuickLine._fields))


class Loop(Protocol):
    """What a lane needs of the event loop."""

    def add_reader(self, fd: int, callback: Callable[[], None], /) -> object: ...

    def remove_reader(self, fd: int, /) -> object: ...

    def call_soon(self, callback: Callable[[], None], /) -> object: ...


class Lane:
    """The lane of one gate, in its loop; `more_for(head)` is what an answer's HTTP says to a page of another origin."""

    def __init__(
        self,
        gate: Gate,
        loop: Loop,
        *,
        more_for: Callable[[Head], bytes],
        each_s: float = EACH_S,
        seconds: Callable[[], float] = time.monotonic,
    ) -> None:
        self._gate, self._loop, self._more_for = gate, loop, more_for
        self._each_s, self._seconds, self._next_s = each_s, seconds, 0.0
        self._scans, self._turn, self._files = Scans(), Turn(), Files()
        self._epoll = select.epoll()
        self._callers: dict[int, Caller] = {}
        self._under_way: dict[int, QuickTurn] = {}  # by their numbers
        self._n_turns = 0
        self._n_heard = 0  # of a turn that is not over
        self._joining: list[Caller] = []
        self.is_open, self._is_listening, self._is_resting = True, False, False
        self._alarm = Alarm(loop, self._end_rest)
        self._listen(is_to=True)

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
        elif is_known and caller.wait_for_lane():
            self._joining.append(caller)
            if len(self._joining) == 1:
                self._loop.call_soon(self._let_join)

    def _let_join(self) -> None:
        joining, self._joining = self._joining, []
        for caller in joining:
            try:
                if self.is_open:
                    self._take_in(caller)
                else:
                    caller.leave_lane(b"", rest=b"", due=None, heard_s=time.monotonic())
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
        self._callers[fd] = caller
        self._files.enter(fd, now, was_back=caller.n_back > 0)

    def give_back(self, fd: int, data: bytes = b"", *, rest: bytes = b"") -> None:
        """The loop listens to that connection again, which begins with `data`."""
        caller = self._callers.pop(fd)
        with suppress(OSError):  # its file is closed already
            self._epoll.unregister(fd)
        due = self._due(fd, self._files.leave(fd))
        caller.n_back = min(caller.n_back + 1, MOST_DOUBLED)
        caller.n_away = (1 << caller.n_back) - 2
        try:
            caller.leave_lane(data, rest=rest, due=due, heard_s=self.heard_s(fd))
        except Exception as error:  # what goes wrong with one is nobody else's
            self._gate.faults.note(error)

    def _due(self, fd: int, number: int) -> Quick | None:
        """The scan of the turn of that number for which an answer is due on a connection."""
        turn = self._under_way.get(number)
        return Quick(turn, turn.lines[:, _FD].tolist().index(fd)) if turn else None

    def give_back_due(self, turn: QuickTurn) -> None:
        """Everybody who waits for an answer of that turn is given back: it is lost."""
        for fd in turn.lines[:, _FD].tolist():
            if self._files.due[fd] == turn.number:
                self.give_back(fd)
        self._under_way.pop(turn.number, None)

    def give_back_this(self, caller: Caller, fd: int) -> None:
        """The same of a connection that is about to be closed."""
        if self._callers.get(fd) is caller:
            self.give_back(fd)

    def is_due(self, fd: int) -> bool:
        """Whether an answer is due on that connection."""
        return bool(self._files.due[fd] >= 0)

    def heard_s(self, fd: int) -> float:
        """When that connection was last heard."""
        return float(self._files.heard_s[fd])

    def heard_since(self, at_s: float) -> Iterator[Caller]:
        """Who was heard since, whoever was heard of longest ago first."""
        heard_s = self._files.heard_s
        fds = np.flatnonzero(heard_s >= at_s)
        fds = fds[np.argsort(heard_s[fds], kind="stable")]
        return (self._callers[fd] for fd in fds.tolist() if fd in self._callers)

    def close(self) -> None:
        """Everybody is given back, and nobody comes any more."""
        if self.is_open:
            self.is_open = False
            self._listen(is_to=False)
            for fd in tuple(self._callers):
                self.give_back(fd)
            self._epoll.close()
            self._alarm.close()

    # ---- a turn ----

    def _rest(self) -> bool:
        """Whether it is too early for a turn; then whoever is there waits with whoever comes until it is not."""
        left_s = self._next_s - self._seconds()
        self._is_resting = left_s > _SOON_S and self._n_ready() < ENOUGH
        if self._is_resting:
            self._listen(is_to=False)
            self._alarm.set(left_s)
        return self._is_resting

    def _n_ready(self) -> int:
        return sockets.n_ready(self._epoll.fileno(), self._files.at.numbers, ENOUGH) if self.is_open else 0

    def _end_rest(self) -> None:
        if self.is_open and self._is_resting:
            self._on_ready()

    def _on_ready(self) -> None:
        if self._rest():
            return
        try:
            self._take_turn()
        except Exception as error:  # a bug in here must not stand between people and the way that is left
            self._close_for(error)
        self._n_heard = 0

    def _close_for(self, error: Exception) -> None:
        """After a bug: what was read in this turn and is taken by nobody is read again the other way."""
        self._gate.faults.note(error)
        self._give_back_rest(self._n_heard)
        self.close()

    def _give_back_rest(self, n: int) -> None:
        """Of the `n` that spoke, those for whom nobody has an answer under way that they did not wait for before."""
        for place, (fd, fate) in enumerate(self._turn.table[:n, :2].tolist()):
            if fd in self._callers and (fate == sockets.BUSY or self._files.due[fd] < 0):
                self.give_back(fd, self._turn.bytes_of(place))  # none of whoever was not read

    def _take_turn(self) -> None:
        turn, began = self._turn, time.monotonic()
        n = sockets.receive(self._epoll.fileno(), turn.at.numbers, self._files.at.numbers, began)
        self._n_heard = n
        if not n:  # as often as not, once those before are on disk
            self._listen(is_to=True)
            return
        self._next_s = self._seconds() + self._each_s
        try:
            now = self._gate.moment()
            n_judged = self._scans.judge(turn, n, now)
        except Refusal:  # there is no snapshot, or no rule: the other way says so
            n_judged = 0
        n_taken = self._take(self._judged(n_judged, now, began)) if n_judged else 0
        if n_taken < n:
            self._give_back_rest(n)
        self._listen(is_to=not n_taken or self._n_ready() >= ENOUGH)

    def _judged(self, n: int, now: Moment, began: float) -> QuickTurn:
        """The first `n` records and answers that the loops have written, to be kept."""
        turn = self._turn
        packed, lines = turn.records[:n].tobytes(), turn.lines[:n].copy()
        return QuickTurn(
            packed,
            dict.fromkeys(keys_of(packed), packed),
            lines[:, _DEVICE].tolist(),
            lines,
            turn.answers[: lines[-1, _ENDS]].copy(),
            self._scans.heads,
            now,
            began,
        )

    def _take(self, turn: QuickTurn) -> int:
        """The gate goes on with them; with how many."""
        turn = self._gate.take_quick(turn)
        if len(turn):
            turn.number = self._n_turns = self._n_turns + 1
            self._under_way[turn.number] = turn
            sockets.expect(self._files.at.numbers, turn.lines, turn.number)
        return len(turn)

    def _listen(self, *, is_to: bool) -> None:
        """Behind a turn a few others gather while the disk is busy with it: what comes now waits for it in any case,
        and a turn costs for three what it costs for thirty."""
        if (is_to := is_to and self.is_open) != self._is_listening:
            self._is_listening = is_to
            if is_to:
                self._loop.add_reader(self._epoll.fileno(), self._on_ready)
            else:
                self._loop.remove_reader(self._epoll.fileno())

    def go_on(self) -> None:
        """The disk has done its work, or failed to: whoever gathered meanwhile has their turn."""
        if self.is_open and not self._is_listening and not self._is_resting:
            self._on_ready()

    # ---- answers ----

    def send_all(self, turn: QuickTurn) -> None:
        """Answer what is on disk; whoever has left the lane meanwhile was answered the other way."""
        files, now = self._files, time.monotonic()
        try:
            n_due, n_left = sockets.send(files.at.numbers, turn.lines, turn.answers, turn.number, now, files.left)
        except Exception as error:
            self._gate.faults.note(error)
            n_due = n_left = self._leave_all(turn)
        self._under_way.pop(turn.number, None)
        if n_due:
            self._gate.metrics.answered(now - turn.began, n_due)
        if n_left:
            self._look_after(turn)

    def _leave_all(self, turn: QuickTurn) -> int:
        """Nothing of the answers was sent; how many are due."""
        files, fds = self._files, turn.lines[:, _FD]
        is_due = files.due[fds] == turn.number
        files.left[: len(turn)] = (turn.lines[:, _ENDS] - turn.lines[:, _BEGINS]) * is_due
        files.due[fds[is_due]] = NOTHING
        return int(np.count_nonzero(is_due))

    def _look_after(self, turn: QuickTurn) -> None:
        """Those of whose answer the kernel did not take all, and those who were away and have had one here now."""
        for place, n_left in enumerate(self._files.left[: len(turn)].tolist()):
            fd = int(turn.lines[place, _FD])
            if n_left > 0:
                self.give_back(fd, rest=Quick(turn, place).response[-n_left:])
            elif n_left < 0:
                self._callers[fd].n_back, self._files.was_back[fd] = 0, False
