"""A turn of scans through the compiled steps, with all they look up; and the learning of it."""

from typing import Final

from fangxian.core.policy.byte_journal import ScanMark
from fangxian.core.policy.vocabulary import Presence
from fangxian.core.policy.words import reason_of, words_at_door

from ..deciding import has_ended
from ..head import Head
from ..passage import Moment, Passage
from . import codes, digests, handles, hearing, judging
from .known import DayKeys, KnownAnswers, KnownCallers, doors_of, instant_of, words_of
from .memory import Addresses
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
        self._seen_of: tuple[object, ...] = ()

    # ---- what is learned ----

    def learn(self, passage: Passage) -> None:
        """Who asked, at which door and what was answered; nothing of a scan that this way never takes."""
        now = passage.moment
        scan = passage.scan
        if now is None or passage.marks & _OTHERWISE_SHOWN or scan.companions or passage.at.is_rotating:
            return
        if has_ended(passage.device):
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
            self._keys, self._of, self._seen_of = DayKeys(keys.day_keys), of, ()
            self._rows_of = known, known.n_rows_taken
        elif (known, known.n_rows_taken) != self._rows_of:
            self._callers.recheck(known)
            self._rows_of = known, known.n_rows_taken
        if (known, known.n_aliases_taken) != self._aliases_of:
            self._words, self._aliases_of = words_of(known), (known, known.n_aliases_taken)
            self._seen_of = ()

    def _let_see(self, now: Moment) -> None:
        """Let the loops see where everything is, and what time it is but for the milliseconds."""
        callers, answers = self._callers, self._answers.arrays
        texts = callers.heads.arrays, callers.venues.arrays
        # Whatever has grown is longer, and somewhere else.
        lengths = *(len(text.letters) for text in texts), len(callers.arrays.more), len(answers.letters)
        seen_of = now.told, now.at_min, lengths
        if seen_of != self._seen_of:
            self._texts = Addresses(*texts[0], *texts[1])
            self._known = Addresses(*callers.arrays, *self._words, *self._doors, *answers, *instant_of(now))
            self._seen_of = seen_of

    # ---- the steps ----

    def judge(self, turn: Turn, n: int, now: Moment) -> int:
        """Take a turn through the steps; how many have a record and an answer then."""
        self._keep_current(now)
        if not now.knowledge.chunks.is_whole:
            return 0
        self._let_see(now)
        at, keys, at_ms = turn.at.numbers, self._keys.at.numbers, now.county_ms
        hearing.hear(at, self._texts.numbers, n, at_ms)
        codes.open_codes(at, n, now.keys.division)
        digests.digest_all(at, keys, n)
        handles.open_all(at, keys, n)
        return judging.judge(at, self._known.numbers, n, at_ms)
