"""A gate at work: scans in, records to the journal, answers out once they are on disk.

    Gate.scan → _ask → (deciding) → _record → Journal … one sync of the disk … on_commit → respond

Everything here is in one event loop, and nothing in it waits; what takes time is the disk, in the journal's thread.
"""

import time
from collections import deque
from collections.abc import Callable
from typing import Final

from msgspec import Raw, Struct

from fangxian.core.refusal import Refusal

from .contract import ScanIn, read_scan, read_scans, with_companions, write_refusal, write_results
from .deciding import (
    Decision,
    Moment,
    Sent,
    answer_unrecorded,
    asked_of,
    companion_id,
    decide,
    decided_before,
    digest_of,
    sent_of,
)
from .faults import Faults
from .following import Follower
from .journal import Journal
from .metrics import Metrics
from .pace import Pace
from .presence import ReadOnce, asking_device
from .refusals import refuse, status_of
from .repeats import Key, Repeats

Respond = Callable[[int, bytes], None]
"""`respond(status, body)`: called once, in the loop, when the answer may go out."""

AT_ONCE: Final = 25  # scans of a batch to one turn of the loop, so that a person at a door does not wait for it


class Slot(Struct):
    """One person's decision at some moment. Its answer may go out once it is settled; `waiting` are whom it goes to."""

    decision: Decision
    moment: Moment
    is_settled: bool
    answer: bytes
    waiting: list[Respond] = []


class Together:
    """Waits for the answers to several people, then calls `finish`."""

    __slots__ = ("_finish", "_n_left")

    def __init__(self, finish: Callable[[], None]) -> None:
        self._finish, self._n_left = finish, 1

    def wait_for(self, slot: Slot) -> None:
        if not slot.is_settled:
            self._n_left += 1
            slot.waiting.append(self.one_less)

    def one_less(self, _status: int = 200, _body: bytes = b"") -> None:
        """To be called once more than was waited for: with nothing to wait for, that finishes it."""
        self._n_left -= 1
        if not self._n_left:
            self._finish()


Parts = list[Slot | Refusal]  # the person first, then each companion


class Gate:
    """Joins what is known, what is remembered and the journal; everything in one event loop.

    `later(call)` lets other callers have their turn before `call`.
    """

    def __init__(
        self,
        follower: Follower,
        journal: Journal,
        repeats: Repeats,
        *,
        wall_ms: Callable[[], int],
        later: Callable[[Callable[[], None]], object],
        pace: Pace | None = None,
        gate_id: int = 1,
    ) -> None:
        self.follower, self.journal, self.wall_ms, self.gate_id = follower, journal, wall_ms, gate_id
        self._repeats, self._later, self._pace = repeats, later, pace or Pace()
        self.metrics, self.faults = Metrics(), Faults()
        self.is_failing = False
        self._read: ReadOnce | None = None
        self._moment: Moment | None = None
        self._on_their_way: deque[Slot] = deque()
        self._unsettled: dict[Key, Slot] = {}

    # ---- requests ----

    def scan(self, data: bytes, token: str, respond: Respond) -> None:
        """POST /scan: one scan, with whoever came along."""
        try:
            now, scan = self._now(), read_scan(data)
            slot, sent = self._ask(scan, token, now)
        except Exception as error:
            respond(*self._no(error))
            return
        if scan.companions:
            parts = [slot, *self._ask_companions(sent, slot, now)]
            self._when_settled([parts], lambda: respond(200, self._joined(parts)))
        elif slot.is_settled:
            respond(200, slot.answer)
        else:
            slot.waiting.append(respond)

    def scans(self, data: bytes, token: str, respond: Respond) -> None:
        """POST /scans: many scans, each answered or refused in its place."""
        try:
            self._now()
            raws = read_scans(data)
        except Exception as error:
            respond(*self._no(error))
            return
        many: list[Parts] = []

        def go_on() -> None:
            begins = len(many)
            many.extend(self._try(raw, token) for raw in raws[begins : begins + AT_ONCE])
            if len(many) < len(raws):
                self._later(go_on)
            else:
                self._when_settled(many, lambda: respond(200, write_results([self._joined(parts) for parts in many])))

        go_on()

    # ---- from a scan to its records ----

    def _now(self) -> Moment:
        """One moment for all scans of one turn of the loop, unless what is known changes meanwhile."""
        keys, knowledge, now = self.follower.keys, self.follower.knowledge, self._moment
        if now is not None and now.knowledge is knowledge and now.number == knowledge.number and now.keys is keys:
            return now
        if keys is None or knowledge is None:
            missing = "keys.json" if keys is None else "base"
            raise refuse("gate.no_snapshot", file=missing)
        county_ms = keys.clock.county_ms(self.wall_ms())
        doors = knowledge.doors_at(county_ms // 1000)
        if doors is None:
            raise refuse("gate.no_rules", at=time.strftime("%Y-%m-%dT%H:%MZ", time.gmtime(county_ms // 1000)))
        if self._read is None or self._read.keys is not keys:
            self._read = ReadOnce(keys)
        age_ms = self.follower.age_ms
        now = Moment.of(knowledge, keys, self._read, doors, self._pace, county_ms=county_ms, age_ms=age_ms)
        self._moment = now
        self._later(self._end_moment)
        return now

    def _end_moment(self) -> None:
        self._moment = None

    def _ask(self, scan: ScanIn, token: str, now: Moment) -> tuple[Slot, Sent]:
        """The answer to whoever was scanned, a new record handed to the journal."""
        sent = sent_of(scan, asking_device(token, now.read, now.knowledge, now.at_day), now.keys)
        key, digest = (sent.device_number, sent.id), digest_of(0, sent)
        slot = self._earlier(key, digest, now)
        if slot is None:
            slot = self._record(key, decide(0, digest, asked_of(sent, now), now), now)
        return slot, sent

    def _ask_companions(self, sent: Sent, first: Slot, now: Moment) -> Parts:
        """The answers to those who came along; a refusal stands in its place."""
        parts: Parts = [first]
        for place in range(1, len(sent.shown)):
            try:
                parts.append(self._ask_companion(place, sent, parts, now))
            except Exception as error:
                parts.append(self.faults.refusal_of(error))
        return parts[1:]

    def _ask_companion(self, place: int, sent: Sent, before: Parts, now: Moment) -> Slot:
        key, digest = (sent.device_number, companion_id(sent.id, place)), digest_of(place, sent)
        slot = self._earlier(key, digest, now)
        if slot is not None:
            return slot
        twice = refuse("scan.companion_twice", field=f"companions[{place - 1}]")
        if sent.shown[place] in sent.shown[:place]:
            raise twice
        decision = decide(place, digest, asked_of(sent, now), now)
        if decision.gate_number in {part.decision.gate_number for part in before if isinstance(part, Slot)} - {0}:
            if decision.is_staffed:
                raise twice
            # Nobody else learns that two codes are one person's: what would be answered is, and nothing recorded.
            return Slot(decision, now, True, decision.answer)
        return self._record(key, decision, now)

    def _try(self, raw: Raw, token: str) -> Parts:
        try:
            now, scan = self._now(), read_scan(raw)
            slot, sent = self._ask(scan, token, now)
        except Exception as error:
            return [self.faults.refusal_of(error)]
        return [slot, *self._ask_companions(sent, slot, now)] if scan.companions else [slot]

    def _earlier(self, key: Key, digest: bytes, now: Moment) -> Slot | None:
        record = self._repeats.earlier(key, digest)
        if record is None:
            return None
        self.metrics.n_repeats += 1
        if slot := self._unsettled.get(key):
            return slot
        decision = decided_before(record, now)
        return Slot(decision, now, True, decision.answer)

    def _record(self, key: Key, decision: Decision, now: Moment) -> Slot:
        slot = Slot(decision, now, False, decision.answer)
        self.journal.append(decision.packed)
        self._on_their_way.append(slot)
        self._unsettled[key] = slot
        self._repeats.remember(key, decision.packed)
        return slot

    # ---- from the journal to the answers ----

    def on_commit(self, n: int) -> None:
        """The `n` oldest records on their way are on disk: whoever waits for them is answered."""
        self.is_failing = False
        self.metrics.n_commits += 1
        for _ in range(n):
            slot = self._settle_next()
            self.metrics.count(slot.decision.outcome, slot.decision.marks)
            self._tell(slot)

    def on_failure(self, n: int, _error: OSError) -> None:
        """The `n` oldest records on their way are lost: the door is told to check by hand, and may send them again."""
        self.is_failing = True
        self.metrics.n_not_recorded += n
        for slot in [self._settle_next() for _ in range(n)]:
            decision = slot.decision
            self._repeats.forget((decision.device, decision.id), decision.packed)
            slot.answer = answer_unrecorded(decision, slot.moment)
            self._tell(slot)

    def _settle_next(self) -> Slot:
        slot = self._on_their_way.popleft()
        slot.is_settled = True
        self._unsettled.pop((slot.decision.device, slot.decision.id), None)
        return slot

    def _tell(self, slot: Slot) -> None:
        """Answer whoever waited for this; what goes wrong with one of them is nobody else's."""
        for respond in slot.waiting:
            try:
                respond(200, slot.answer)
            except Exception as error:
                self.faults.note(error)

    def _when_settled(self, many: list[Parts], finish: Callable[[], None]) -> None:
        together = Together(finish)
        for parts in many:
            for part in parts:
                if isinstance(part, Slot):
                    together.wait_for(part)
        together.one_less()

    def _joined(self, parts: Parts) -> bytes:
        """JSON of one scan, its records settled: the person's answer, with those of whoever came along."""
        first, *others = [part.answer if isinstance(part, Slot) else self._refused(part) for part in parts]
        return with_companions(first, others)

    def _no(self, error: Exception) -> tuple[int, bytes]:
        """Status and JSON of a refusal, or of a bug."""
        refusal = self.faults.refusal_of(error)
        return status_of(refusal.code), self._refused(refusal)

    def _refused(self, refusal: Refusal) -> bytes:
        self.metrics.refusals[refusal.code] += 1
        return write_refusal(refusal)
