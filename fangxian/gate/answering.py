"""A gate at work: scans in, records to the journal, answers out once they are on disk.

    Gate.scan … end of the loop's turn → _let_in → _let_through (the steps of `deciding`) → Journal
    … one sync of the disk → on_commit → respond

Whoever asks within one turn of the loop is let through together, step by step: a processor that does one thing many
times needs two thirds of the time of one that does many things once. Everything here is in that one loop, and nothing
in it waits; what takes time is the disk, in the journal's thread.
"""

import time
from collections import deque
from collections.abc import Callable, Sequence
from typing import Final

from fangxian.core.policy.byte_journal import ScanMark

from .contract import read_scan, read_scans, write_refusal, write_results
from .deciding import (
    answer_again,
    answer_unrecorded,
    decide,
    decide_again,
    identify,
    is_of_another,
    locate,
    look_up,
    open_handles_of,
    read_code,
)
from .faults import Faults
from .following import Follower
from .journal import Journal
from .metrics import Metrics
from .pace import Pace
from .party import Asked, Party, Together
from .passage import MARKS_AT, OUTCOME_AT, VENUE_AT, Lane, Moment, Passage, Quick, QuickTurn, Respond, keys_of
from .presence import ReadOnce
from .refusals import refuse, status_of
from .repeats import Repeats

_LATE: Final = int(ScanMark.LATE)
MOST_IN_TURN: Final = 256  # so that a thousand who come at once do not keep the heartbeats waiting
AT_ONCE: Final = 25  # scans of a batch to one turn, so that a person at a door does not wait for it


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
        self._turn: list[Asked] = []
        self._to_disk: deque[Passage | QuickTurn] = deque()
        self._under_way: dict[bytes, Passage] = {}
        self._turns_under_way: deque[QuickTurn] = deque()
        self.lane: Lane | None = None  # of whoever has one
        self.is_lane_wanted = False

    # ---- requests ----

    def scan(self, data: bytes, token: str, respond: Respond) -> None:
        """POST /scan: one scan, with whoever came along."""
        self._turn.append(Asked(data, token, respond))
        if len(self._turn) == 1:
            self._later(self._end_turn)

    def scans(self, data: bytes, token: str, respond: Respond) -> None:
        """POST /scans: many scans, each answered or refused in its place."""
        try:
            self.moment()
            raws = read_scans(data)
        except Exception as error:
            respond(*self._no(error))
            return
        if not raws:
            respond(200, write_results([]))
            return
        together = Together(len(raws), lambda bodies: respond(200, write_results(bodies)))
        asked = deque(Asked(raw, token, together.at(place)) for place, raw in enumerate(raws))

        def go_on() -> None:
            self._let_in([asked.popleft() for _ in range(min(len(asked), AT_ONCE))])
            if asked:
                self._later(go_on)

        go_on()

    # ---- from a scan to its records ----

    def _end_turn(self) -> None:
        turn, self._turn = self._turn[:MOST_IN_TURN], self._turn[MOST_IN_TURN:]
        if self._turn:
            self._later(self._end_turn)
        self._let_in(turn)

    def _let_in(self, turn: Sequence[Asked]) -> None:
        try:
            now = self.moment()
        except Exception as error:
            for asked in turn:
                self._say(asked.respond, *self._no(error))
            return
        passages, parties = self._read_scans(turn)
        self._let_through(passages, now)
        if parties:
            self._let_through([companion for party in parties for companion in party.companions()], now)

    def _read_scans(self, turn: Sequence[Asked]) -> tuple[list[Passage], list[Party]]:
        passages, parties = [], []
        for asked in turn:
            try:
                scan = read_scan(asked.data)
            except Exception as error:
                self._say(asked.respond, *self._no(error))
                continue
            if scan.companions:
                parties.append(Party(scan, asked))
                passages.append(parties[-1].first)
            else:
                passages.append(Passage(scan, asked.token, [asked.respond]))
        return passages, parties

    def _let_through(self, passages: list[Passage], now: Moment) -> None:
        """Each through all steps to the journal, unless a step refuses them or they were there before."""
        passages = self._stepped(identify, passages, now)
        passages = [passage for passage in passages if self._is_new(passage, now)]
        passages = self._stepped(read_code, self._stepped(locate, passages, now), now)
        try:
            open_handles_of(passages)
        except Exception as error:
            for passage in passages:
                self._refuse(passage, error)
            return
        passages = self._stepped(decide, self._stepped(look_up, passages, now), now)
        self._stepped(self._record, passages, now)

    def _stepped(self, step: Callable[[Passage, Moment], None], passages: list[Passage], now: Moment) -> list[Passage]:
        """Those whom a step does not refuse; the others are answered."""
        left = []
        for passage in passages:
            try:
                step(passage, now)
            except Exception as error:
                self._refuse(passage, error)
            else:
                left.append(passage)
        return left

    def _is_new(self, passage: Passage, now: Moment) -> bool:
        """Whether the scan was not sent before; if it was, it is answered as then."""
        key = passage.key
        try:
            if first := self._found_under_way(key):
                if first.digest != passage.digest:
                    raise refuse("scan.id_taken", id=passage.id_text)
                passage.kept = first.kept
                first.waiting.extend(passage.waiting)
            elif record := self._repeats.earlier(key, passage.digest):
                passage.kept = record.gate_number
                if decide_again(passage, record, now):
                    self._under_way[key] = passage
                    self.journal.append(passage.packed)
                    self._to_disk.append(passage)
                else:
                    self._tell(passage.waiting, 200, answer_again(record, now, passage.device))
            else:
                self._under_way[key] = passage
                return True
            self.metrics.n_repeats += 1
        except Exception as error:
            self._tell(passage.waiting, *self._no(error))
        return False

    def _found_under_way(self, key: bytes) -> Passage | Quick | None:
        """The scan of that key which waits for the disk."""
        if found := self._under_way.get(key):
            return found
        return next((turn.of(key) for turn in self._turns_under_way if key in turn.keys), None)

    def _record(self, passage: Passage, _now: Moment) -> None:
        if passage.place and is_of_another(passage):
            # Nobody but a keeper learns that two codes are one person's: they are answered, and nothing is recorded.
            self._end(passage)
            self._tell(passage.waiting, 200, passage.answer)
            return
        self.journal.append(passage.packed)
        self._to_disk.append(passage)
        if self.lane:
            self.lane.learn(passage)

    def take_quick(self, turn: QuickTurn) -> QuickTurn:
        """Go on with scans that came by the lane; those left out go the other way, where there is a word for it.

        What is asked of each is asked of all of them in one call: Python is slow at doing little often.
        """
        turn = self._in_pace(self._new_of(turn))
        if not len(turn):
            return turn
        self.journal.append(turn.packed)
        self._turns_under_way.append(turn)
        self._to_disk.append(turn)  # in step with the journal, which tells how many
        return turn

    def _new_of(self, turn: QuickTurn) -> QuickTurn:
        """Those that were not sent before."""
        keys = turn.keys.keys()
        is_known = not (self._under_way.keys().isdisjoint(keys) and self._repeats.has_none(keys))
        is_known |= any(not other.keys.keys().isdisjoint(keys) for other in self._turns_under_way)
        if turn.has_each_once and not is_known:
            return turn
        first = {key: place for place, key in reversed([*enumerate(keys_of(turn.packed))])}
        return turn.only([place for key, place in first.items() if not self._knows(key)])

    def _knows(self, key: bytes) -> bool:
        """Whether a scan of that key was sent before."""
        return bool(self._found_under_way(key)) or self._repeats.has(key)

    def _in_pace(self, turn: QuickTurn) -> QuickTurn:
        """Those that do not come too fast."""
        devices, marks = turn.devices, turn.column(MARKS_AT)
        if all(devices) and not any(mark & _LATE for mark in set(marks)):
            takes = self._pace.takes_devices(devices, turn.moment.county_ms)
        else:
            records = [Quick(turn, place).packed for place in range(len(turn))]
            venues = [int.from_bytes(record[VENUE_AT : VENUE_AT + 4], "little") for record in records]
            late = [mark & _LATE != 0 for mark in marks]
            takes = self._pace.takes_scans(zip(devices, venues, late, strict=True), turn.moment.county_ms)
        return turn if all(takes) else turn.only([place for place, is_taken in enumerate(takes) if is_taken])

    def _refuse(self, passage: Passage, error: Exception) -> None:
        self._end(passage)
        passage.kept = 0
        self._tell(passage.waiting, *self._no(error))

    def _end(self, passage: Passage) -> None:
        """It is under way no more."""
        if self._under_way.get(passage.key) is passage:
            del self._under_way[passage.key]

    # ---- from the journal to the answers ----

    def on_commit(self, n: int) -> None:
        """The `n` records appended longest ago are on disk: whoever waits for them is answered."""
        self.is_failing = False
        self.metrics.n_commits += 1
        passages, turns = self._off_disk(n)
        for turn in turns:
            self._is_recorded(turn.keys, turn.column(OUTCOME_AT), turn.column(MARKS_AT))
        if passages:
            self._are_recorded(passages)
        for turn in turns:
            self._answer_turn(turn)
        for passage in passages:
            self._tell(passage.waiting, 200, passage.answer)
        if self.lane:
            self.lane.go_on()

    def _off_disk(self, n: int) -> tuple[list[Passage], list[QuickTurn]]:
        """Those whose `n` records the journal has told of; it tells of a turn's all at once."""
        passages: list[Passage] = []
        turns: list[QuickTurn] = []
        while n > 0:
            kept = self._to_disk.popleft()
            if isinstance(kept, QuickTurn):
                turns.append(self._turns_under_way.popleft())
            else:
                passages.append(kept)
            n -= len(kept) if isinstance(kept, QuickTurn) else 1
        return passages, turns

    def _is_recorded(self, records: dict[bytes, bytes], outcomes: bytes, marks: bytes) -> None:
        self._repeats.remember_all(records)
        self.metrics.count_all(outcomes, marks)

    def _are_recorded(self, passages: Sequence[Passage]) -> None:
        counted = [passage for passage in passages if not passage.is_told_before]
        self._is_recorded(
            {passage.key: passage.packed for passage in passages},
            bytes([passage.outcome for passage in counted]),
            bytes([passage.marks for passage in counted]),
        )
        for passage in passages:
            self._end(passage)

    def _answer_turn(self, turn: QuickTurn) -> None:
        for place, waiting in turn.waiting.items():
            self._tell(waiting, 200, Quick(turn, place).answer)
        if self.lane:
            self.lane.send_all(turn)

    def on_failure(self, n: int, _error: OSError) -> None:
        """They are lost: the door is told to check by hand, and may send them again."""
        self.is_failing = True
        self.metrics.n_not_recorded += n
        passages, turns = self._off_disk(n)
        for passage in passages:
            self._end(passage)
            if passage.is_told_before:  # the scan itself is on record
                self._tell(passage.waiting, 200, passage.answer)
            else:
                self._say_unrecorded(passage)
        for turn in turns:
            if self.lane:
                self.lane.give_back_due(turn)  # what is to be said now is not usual
            for place in range(len(turn)):
                self._say_unrecorded(Quick(turn, place))
        if self.lane:
            self.lane.go_on()

    def _say_unrecorded(self, scan: Passage | Quick) -> None:
        assert scan.moment is not None
        device = scan.device if isinstance(scan, Passage) else None  # none that has ended comes by the lane
        self._tell(scan.waiting, 200, answer_unrecorded(scan.packed, scan.moment, device))

    # ---- answers ----

    def _tell(self, waiting: Sequence[Respond], status: int, body: bytes) -> None:
        for respond in waiting:
            self._say(respond, status, body)

    def _say(self, respond: Respond, status: int, body: bytes) -> None:
        """What goes wrong with one who is answered is nobody else's."""
        try:
            respond(status, body)
        except Exception as error:
            self.faults.note(error)

    def _no(self, error: Exception) -> tuple[int, bytes]:
        """Status and JSON of a refusal, or of a bug."""
        refusal = self.faults.refusal_of(error)
        self.metrics.refusals[refusal.code] += 1
        return status_of(refusal.code), write_refusal(refusal)

    def moment(self) -> Moment:
        """What the gate has and when it is. Refuses `gate.no_snapshot`, `gate.no_rules`."""
        keys, knowledge = self.follower.keys, self.follower.knowledge
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
        return Moment.of(knowledge, keys, self._read, doors, self._pace, county_ms=county_ms, age_ms=age_ms)
