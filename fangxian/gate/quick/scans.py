"""A turn of scans through the compiled steps, with all they look up; and the learning of it."""

from typing import Final

from fangxian.core.policy.byte_journal import ScanMark
from fangxian.core.policy.vocabulary import Presence
from fangxian.core.policy.words import reason_of, words_at_door

from ..head import Head
from ..passage import Moment, Passage
from . import codes, digests, handles, hearing, judging
from .known import DayKeys, KnownAnswers, KnownCallers, doors_of, instant_of, words_of
from .turn import Turn

_STAFFED: Final = int(Presence.STAFFED)
_OTHERWISE_SHOWN: Final = int(ScanMark.BY_CARD | ScanMark.BY_DOCUMENT | ScanMark.COMPANION)


class Scans:
    """What is known of callers and answers, and the steps that use it."""

    def __init__(self) -> None:
        self._callers, self._answers = KnownCallers(), KnownAnswers()
        self.heads: list[Head] = []
        self._of: tuple[object, ...] = ()
        self._rows_of: tuple[object, ...] = ()
        self._aliases_of: tuple[object, ...] = ()
        self._scan_state = digests.state_of(digest_bytes=8, person=b"fx scan")

    # ---- what is learned ----

    def learn(self, passage: Passage) -> None:
        """Who asked, at which door and what was answered; nothing of a scan that this way never takes."""
        now = passage.moment
        scan = passage.scan
        if now is None or passage.marks & _OTHERWISE_SHOWN or scan.companions or passage.at.is_rotating:
            return
        self._keep_current(now)
        self._callers.learn_device(passage.token, passage.device)
        if scan.venue in now.read.posters:  # of any other code its time may be asked, or what it is read as
            self._callers.learn_venue(scan.venue, passage.at, now.doors)
        self._learn_answer(passage, now)

    def _learn_answer(self, passage: Passage, now: Moment) -> None:
        mask = int.from_bytes(passage.packed[64:72], "little")
        from_sample = now.knowledge.counts_from_sample
        colour, _, travel, age_min = words_at_door(passage.safety, passage.recent, now.at_min, from_sample)
        reason, told, code = reason_of(passage.safety) if colour else 0, None, judging.NOT_STAFFED
        if passage.presence == _STAFFED:
            if age_min // 60 >= judging.MOST_HOURS:
                return
            told, code = (colour, travel, age_min // 60), colour << 20 | travel << 16 | age_min // 60 + 1
        self._answers.learn(mask, reason, code, *now.doors.answer(mask, reason, told))

    def knows(self, head: Head, more: bytes) -> bool:
        """Whether requests that begin so can be taken; they are from now on, if their caller is known."""
        if not head.raw:
            return False
        place = self._callers.learn_head(head, more)
        if place == len(self.heads):
            self.heads.append(head)
        return place >= 0

    def _keep_current(self, now: Moment) -> None:
        """Forget what is no longer so: after a change of keys, rules, the day, devices or venues."""
        known, keys, rules = now.knowledge, now.keys, now.doors.tables.digest
        of = keys, rules, now.at_day
        if self._callers.is_full or of != self._of:
            self._callers.forget()
            self.heads = []
            if not self._of or self._of[1] != rules:
                self._answers.forget()
                self._doors = doors_of(now.doors)
            self._keys, self._of = DayKeys(keys.day_keys), of
            self._rows_of = known, known.n_rows_taken
        elif (known, known.n_rows_taken) != self._rows_of:
            self._callers.recheck(known)
            self._rows_of = known, known.n_rows_taken
        if (known, known.n_aliases_taken) != self._aliases_of:
            self._words, self._aliases_of = words_of(known), (known, known.n_aliases_taken)

    # ---- the steps ----

    def judge(self, turn: Turn, n: int, now: Moment) -> bool:
        """Take a turn through the steps; whoever is `QUICK` afterwards has record and answer. False if none can be."""
        self._keep_current(now)
        if not now.knowledge.chunks.is_whole:
            return False
        heard, found, callers, keys = turn.heard, turn.codes, self._callers, self._keys
        hearing.hear(heard, n, callers.heads.arrays, callers.venues.arrays, now.county_ms)
        codes.open_codes(heard.rows, heard.spans, heard.table, n, now.keys.division, found)
        digests.digest_many(self._scan_state, found.contents, heard.table, n, turn.scratch, turn.digests)
        digests.sealed_by(keys.ids, keys.states, heard.table, found.sealed, n, turn.scratch, turn.sealed_by)
        handles.open_all(found.handles, turn.sealed_by, keys.rounds, n, turn.opened)
        judging.judge(
            heard.table, heard.ids, turn.digests, n, turn.opened, callers.arrays, self._words, self._doors,
            self._answers.arrays, instant_of(now), turn.judged,
        )  # fmt: skip
        return True
