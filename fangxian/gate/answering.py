"""A gate at work: scans in, records to the journal, answers out once they are on disk."""

import time
from collections import deque
from collections.abc import Callable
from typing import Any, Final

import msgspec

from fangxian.core.policy.byte_journal import ScanMark, ScanRecord, pack_record
from fangxian.core.policy.vocabulary import Presence
from fangxian.core.refusal import Refusal

from .contract import (
    AnswerOut,
    ScanIn,
    read_scan,
    read_scans,
    write_answer,
    write_refusal,
    write_results,
)
from .deciding import (
    Moment,
    Sent,
    answer_to,
    asked_of,
    companion_id,
    decide,
    decide_companion,
    digest_of,
    digest_of_companion,
    sent_of,
)
from .faults import Faults
from .following import Follower
from .journal import Journal
from .metrics import Metrics
from .own_process import process_text
from .pace import Pace
from .presence import ReadOnce, asking_device
from .refusals import refuse, status_of
from .repeats import Key, Repeats
from .sentences import DoorSentences

Respond = Callable[[int, bytes], None]
"""`respond(status, body)`: called once, in the loop, when the answer may go out."""

_LATE, _STALE = int(ScanMark.LATE), int(ScanMark.STALE)
AT_ONCE: Final = 25  # scans of a batch to one turn of the loop, so that a person at a door does not wait for it
OLD_S: Final = 10  # heartbeats come each second: older knowledge means that something stands still


class Slot:
    """One record on its way to the disk, or there already; `waiting` are the requests that wait for it."""

    __slots__ = ("age_ms", "doors", "is_failed", "is_settled", "record", "waiting")

    def __init__(self, record: ScanRecord, doors: DoorSentences | None, age_ms: int, *, is_settled: bool) -> None:
        self.record, self.doors, self.age_ms = record, doors, age_ms
        self.is_settled, self.is_failed = is_settled, False
        self.waiting: list[Waiting] = []


class Waiting:
    """One request: how many of its records are not settled yet, and what to do when none is left."""

    __slots__ = ("_finish", "n_left")

    def __init__(self, finish: Callable[[], None]) -> None:
        self._finish, self.n_left = finish, 1

    def wait_for(self, slot: Slot) -> None:
        if not slot.is_settled:
            self.n_left += 1
            slot.waiting.append(self)

    def settle(self) -> None:
        self.n_left -= 1
        if not self.n_left:
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
        self._follower, self._journal, self._repeats = follower, journal, repeats
        self._wall_ms, self._later = wall_ms, later
        self.metrics, self.faults = Metrics(), Faults()
        self._read: ReadOnce | None = None
        self._pace, self._gate_id = pace or Pace(), gate_id
        self._on_their_way: deque[Slot] = deque()
        self._unsettled: dict[Key, Slot] = {}
        self._is_failing = False

    # ---- requests ----

    def scan(self, data: bytes, token: str, respond: Respond) -> None:
        """POST /scan: one scan, with whoever came along."""
        try:
            now = self._now()
            parts = self._ask(read_scan(data), token, now)
        except Exception as error:
            respond(*self._no(error))
            return
        self._when_settled([parts], lambda: respond(*self._answer(parts, now)))

    def scans(self, data: bytes, token: str, respond: Respond) -> None:
        """POST /scans: many scans, each answered or refused in its place."""
        try:
            now, raws = self._now(), read_scans(data)
        except Exception as error:
            respond(*self._no(error))
            return
        many: list[Parts] = []

        def go_on() -> None:
            begins = len(many)
            many.extend(self._try(raw, token, now) for raw in raws[begins : begins + AT_ONCE])
            if len(many) < len(raws):
                self._later(go_on)
            else:
                self._when_settled(many, finish)

        def finish() -> None:
            respond(200, write_results([self._answer(parts, now)[1] for parts in many]))

        go_on()

    def healthz(self, _data: bytes, _token: str, respond: Respond) -> None:
        """GET /healthz: 200 while the gate can answer, however old its knowledge is; 503 if it cannot."""
        health = self._health()
        respond(200 if health["status"] in ("ok", "stale") else 503, msgspec.json.encode(health))

    def measured(self, _data: bytes, _token: str, respond: Respond) -> None:
        """GET /metrics"""
        knowledge, follower = self._follower.knowledge, self._follower
        age_s = follower.age_ms / 1000 if knowledge else -1
        text = self.metrics.text(
            id=self._gate_id,
            people=knowledge.n_people if knowledge else 0,
            snapshot=knowledge.number if knowledge else 0,
            snapshot_age_seconds=age_s,
            snapshot_troubles=len(follower.troubles),
            journal_backlog=self._journal.n_waiting,
            journal_failing=int(self._is_failing),
            connections=self.metrics.n_connections,
            connections_most=self.metrics.most_connections,
        )
        respond(200, (text + process_text()).encode())

    def _health(self) -> dict[str, Any]:
        knowledge, keys = self._follower.knowledge, self._follower.keys
        age_s = self._follower.age_ms // 1000 if knowledge else None
        return {
            "gate": self._gate_id,
            "status": self._status(),
            "snapshot": knowledge.number if knowledge else None,
            "snapshot_age_seconds": age_s,
            "people": knowledge.n_people if knowledge else 0,
            "county_time": _stamp("%Y-%m-%dT%H:%M:%SZ", keys.clock.county_ms(self._wall_ms())) if keys else None,
            "journal_backlog": self._journal.n_waiting,
            "troubles": [
                {"file": part, "refusal": refusal.code, "zh": refusal.said.zh, "en": refusal.said.en}
                for part, refusal in sorted(self._follower.troubles.items())
            ],
        }

    def _status(self) -> str:
        knowledge, keys = self._follower.knowledge, self._follower.keys
        if self._is_failing:
            return "journal_failing"
        if knowledge is None or keys is None:
            return "no_snapshot"
        if knowledge.doors_at(keys.clock.county_ms(self._wall_ms()) // 1000) is None:
            return "no_rules"
        return "ok" if self._follower.age_ms < OLD_S * 1000 else "stale"

    # ---- from a scan to its records ----

    def _now(self) -> Moment:
        keys, knowledge = self._follower.keys, self._follower.knowledge
        if keys is None or knowledge is None:
            missing = "keys.json" if keys is None else "base"
            raise refuse("gate.no_snapshot", file=missing)
        wall_ms = self._wall_ms()
        county_ms = keys.clock.county_ms(wall_ms)
        doors = knowledge.doors_at(county_ms // 1000)
        if doors is None:
            raise refuse("gate.no_rules", at=_stamp("%Y-%m-%dT%H:%MZ", county_ms))
        if self._read is None or self._read.keys is not keys:
            self._read = ReadOnce(keys)
        return Moment(knowledge, keys, self._read, doors, self._pace, county_ms, self._follower.age_ms)

    def _try(self, raw: msgspec.Raw, token: str, now: Moment) -> Parts:
        try:
            return self._ask(read_scan(raw), token, now)
        except Exception as error:
            return [self.faults.refusal_of(error)]

    def _ask(self, scan: ScanIn, token: str, now: Moment) -> Parts:
        """The records of one scan, new ones handed to the journal; a companion's refusal stands in its place."""
        sent = sent_of(scan, asking_device(token, now.read, now.knowledge, now.county_ms), now.keys)
        digest = digest_of(sent)
        slot = self._earlier(sent.device_number, sent.id, digest, now)
        if slot is None:
            slot = self._record(decide(digest, asked_of(sent, now), now), now)
        parts: Parts = [slot]
        for place in range(1, len(sent.shown)):
            try:
                parts.append(self._ask_companion(place, sent, parts, now))
            except Exception as error:
                parts.append(self.faults.refusal_of(error))
        return parts

    def _ask_companion(self, place: int, sent: Sent, before: Parts, now: Moment) -> Slot:
        digest = digest_of_companion(place, sent)
        slot = self._earlier(sent.device_number, companion_id(sent.id, place), digest, now)
        if slot is None:
            twice = refuse("scan.companion_twice", field=f"companions[{place - 1}]")
            if sent.shown[place] in sent.shown[:place]:
                raise twice
            record = decide_companion(place, digest, asked_of(sent, now), now)
            if record.gate_number in {part.record.gate_number for part in before if isinstance(part, Slot)} - {0}:
                if record.presence == Presence.STAFFED:
                    raise twice
                # Nobody else learns that two codes are one person's: what would be answered is, and nothing recorded.
                return Slot(record, now.doors, now.age_ms, is_settled=True)
            slot = self._record(record, now)
        return slot

    def _earlier(self, device: int, id_: bytes, digest: bytes, now: Moment) -> Slot | None:
        record = self._repeats.earlier(device, id_, digest)
        if record is None:
            return None
        self.metrics.n_repeats += 1
        if slot := self._unsettled.get((device, id_)):
            return slot
        return Slot(record, now.knowledge.doors_of(record.tables), now.age_ms, is_settled=True)

    def _record(self, record: ScanRecord, now: Moment) -> Slot:
        slot, packed = Slot(record, now.doors, now.age_ms, is_settled=False), pack_record(record)
        self._journal.append(packed)
        self._on_their_way.append(slot)
        self._unsettled[record.device, record.id] = slot
        self._repeats.remember(record)
        return slot

    # ---- from the journal to the answers ----

    def on_commit(self, n: int) -> None:
        """The `n` oldest records on their way are on disk."""
        self._is_failing = False
        self.metrics.n_commits += 1
        slots = self._settled(n, is_failed=False)
        for slot in slots:
            self._count(slot.record)
        self._tell(slots)

    def on_failure(self, n: int, _error: OSError) -> None:
        """The `n` oldest records on their way are lost; whoever sent them is told so."""
        self._is_failing = True
        self.metrics.n_not_recorded += n
        slots = self._settled(n, is_failed=True)
        for slot in slots:
            self._repeats.forget(slot.record)
        self._tell(slots)

    def _settled(self, n: int, *, is_failed: bool) -> list[Slot]:
        slots = [self._on_their_way.popleft() for _ in range(n)]
        for slot in slots:
            slot.is_settled, slot.is_failed = True, is_failed
            self._unsettled.pop((slot.record.device, slot.record.id), None)
        return slots

    def _tell(self, slots: list[Slot]) -> None:
        """Answer whoever waited for these and for nothing else; what goes wrong with one is nobody else's."""
        for slot in slots:
            for waiting in slot.waiting:
                try:
                    waiting.settle()
                except Exception as error:
                    self.faults.note(error)
            slot.waiting = []

    def _count(self, record: ScanRecord) -> None:
        self.metrics.outcomes[record.outcome] += 1
        self.metrics.n_late += record.marks & _LATE != 0
        self.metrics.n_stale += record.marks & _STALE != 0

    def _when_settled(self, many: list[Parts], finish: Callable[[], None]) -> None:
        waiting = Waiting(finish)
        for parts in many:
            for part in parts:
                if isinstance(part, Slot):
                    waiting.wait_for(part)
        waiting.settle()  # its own share: with nothing to wait for it goes out now

    def _answer(self, parts: Parts, now: Moment) -> tuple[int, bytes]:
        """Status and JSON of one scan, once all its records are settled."""
        try:
            return self._written(parts, now)
        except Exception as error:
            return self._no(error)

    def _written(self, parts: Parts, now: Moment) -> tuple[int, bytes]:
        if any(isinstance(part, Slot) and part.is_failed for part in parts):
            return self._no(refuse("scan.not_recorded"))
        first, *others = parts
        if isinstance(first, Refusal):
            return self._no(first)
        companions = [
            self._refused(part) if isinstance(part, Refusal) else write_answer(self._told(part, now)) for part in others
        ]
        return 200, write_answer(self._told(first, now), companions)

    def _told(self, slot: Slot, now: Moment) -> AnswerOut:
        sample = now.knowledge.counts_from_sample
        return answer_to(slot.record, slot.doors, counts_from_sample=sample, age_ms=slot.age_ms)

    def _no(self, error: Exception) -> tuple[int, bytes]:
        """Status and JSON of a refusal, or of a bug."""
        refusal = self.faults.refusal_of(error)
        return status_of(refusal.code), self._refused(refusal)

    def _refused(self, refusal: Refusal) -> bytes:
        self.metrics.refusals[refusal.code] += 1
        return write_refusal(refusal)


def _stamp(form: str, unix_ms: int) -> str:
    return time.strftime(form, time.gmtime(unix_ms // 1000))
