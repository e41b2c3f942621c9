"""How people were answered today (核验、止步多少人次), told as of full five minutes of county time.

Who stands at a door while a count moves by one would know from it how that person was answered; so these counts
move together, at fixed moments, and where they are small they are withheld (small_counts.py).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

from fangxian.core.policy.reading import read_rulebook
from fangxian.core.policy.vocabulary import Outcome
from fangxian.core.refusal import Said
from fangxian.ops.measures.queries import rulebooks_in_force
from fangxian.ops.visits.models import DayTally
from fangxian.ops.visits.queries import outcomes_by_reason, townships_on

from .small_counts import Told, told_together

TOLD_EVERY = timedelta(minutes=5)
NO_SENTENCE = Said("依据的规则本机不认识", "by a rule that is not known here")


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """The answers of a county day up to a moment, as they are told.

    Attributes
    ----------
    at : county time of the counts, ISO
    wall_ms : when they were counted, Unix milliseconds
    sums : by outcome's word
    townships : path → told counts in the order of `Outcome`
    reasons : each rule by which people were stopped, the gravest outcome first
    before : the whole of the day before; None if nobody scanned on it
    """

    at: str
    wall_ms: int
    sums: Mapping[str, Told]
    townships: Mapping[str, list[Told]]
    reasons: Sequence[Mapping[str, Any]]
    before: Mapping[str, Any] | None


@dataclass(slots=True)
class AnswersTold:
    """Keeps what is told until the next full five minutes of county time, or until the clock is set elsewhere."""

    _period: tuple[str, int] | None = None
    _answers: Answers | None = None

    def as_of(self, at: datetime, counters: Mapping, paths: Sequence[str]) -> Answers:
        # A new day's counts come a little after midnight: the last of yesterday's must not be told as today's.
        period = (counters["day"]["on"], int(at.timestamp() // TOLD_EVERY.total_seconds()))
        if self._answers is None or period != self._period:
            self._period, self._answers = period, _answers_now(at, counters, paths)
        return self._answers


def _answers_now(at: datetime, counters: Mapping, paths: Sequence[str]) -> Answers:
    by_township = {path: counts for path, *counts in counters["townships"]}
    rows, n_none = list(dict.fromkeys((*paths, *by_township))), [0, 0, 0]
    told, totals = [], []
    for outcome in Outcome:
        parts, total = told_together([by_township.get(path, n_none)[outcome] for path in rows])
        told.append(parts)
        totals.append(total)
    on = date.fromisoformat(counters["day"]["on"])
    reasons, sums = _reasons(outcomes_by_reason(on), at)
    return Answers(
        at=counters["at"],
        wall_ms=counters["wall_ms"],
        sums={it.word: _narrower(totals[it], sums.get(it, totals[it])) for it in Outcome},
        townships={path: list(day) for path, day in zip(rows, zip(*told, strict=True), strict=True)},
        reasons=reasons,
        before=_whole_day(on - timedelta(days=1)),
    )


def _narrower(one: Told, other: Told) -> Told:
    """A sum that may not be told beside its townships or beside its reasons is not told."""
    return one if isinstance(one, str) else other if isinstance(other, str) else one


def _reasons(reasons: Sequence[tuple[str, int, int]], at: datetime) -> tuple[list[dict[str, Any]], dict[Outcome, Told]]:
    """Each rule by which people were stopped today, the gravest outcome first; and the sums by outcome."""
    sentences, written, sums = _sentences(at), [], {}
    for outcome in (Outcome.REFUSE, Outcome.VERIFY):
        rows = [(rule, n) for rule, kind, n in reasons if kind == outcome]
        parts, sums[outcome] = told_together([n for _, n in rows])
        written += [
            {"outcome": outcome.word, "rule": rule, "n": n, "zh": said.zh, "en": said.en}
            for (rule, _), n in zip(rows, parts, strict=True)
            for said in [sentences.get(rule, NO_SENTENCE)]
        ]
    return written, sums


def _sentences(at: datetime) -> dict[str, Said]:
    """What the door rules in force say, by the rule's number."""
    return {number: reason for row in rulebooks_in_force(at) for number, reason in _door_sentences(row.text)}


@lru_cache(maxsize=16)
def _door_sentences(text: str) -> tuple[tuple[str, Said], ...]:
    """Published text never changes."""
    rulebook = read_rulebook(text)
    return tuple((row.number, row.reason) for row in (*rulebook.doors, *rulebook.together))


def _whole_day(on: date) -> dict[str, Any] | None:
    """The sums of a day that is over, withheld like those of today; None if nobody scanned on it."""
    rows = townships_on(on)
    if not rows:
        return None
    sums = {it: told_together([_n_answered(row, it) for row in rows])[1] for it in Outcome}
    n = sum(_n_answered(row, it) for row in rows for it in Outcome)
    return {"on": on.isoformat(), "n": n} | {it.word: told for it, told in sums.items()}


def _n_answered(row: DayTally, outcome: Outcome) -> int:
    return (row.n_admit, row.n_verify, row.n_refuse)[outcome]
