"""How people were answered today (核验、止步多少人次), told as of full five minutes of county time.

Who stands at a door while a count moves by one would know from it how that person was answered; so these counts
move together, at fixed moments, and where they are small they are withheld (small_counts.py).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from fangxian.core.policy.vocabulary import Outcome
from fangxian.ops.visits.queries import answers_on, outcomes_by_reason

from .door_words import NO_SENTENCE, door_sentences
from .small_counts import FEW, SOME, Told, hide_sum, told_in_known_total, told_together

TOLD_EVERY = timedelta(minutes=5)
STOPPED = (Outcome.REFUSE, Outcome.VERIFY)
Sums = dict[Outcome, Told]


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
    counted = {path: counts for path, *counts in counters["townships"]}
    rows, n_none = list(dict.fromkeys((*paths, *counted))), [0, 0, 0]
    on = date.fromisoformat(counters["day"]["on"])
    cells = {it: [counted.get(path, n_none)[it] for path in rows] for it in Outcome}
    by_rule = {it: [(rule, n) for rule, kind, n in outcomes_by_reason(on) if kind == it] for it in STOPPED}
    by_township = {it: told_together(counts) for it, counts in cells.items()}
    by_reason = {it: told_together([n for _, n in ruled]) for it, ruled in by_rule.items()}
    sums = _sums(cells, by_township, by_reason)
    told = {it: _parts(parts, sums[it]) for it, (parts, _) in by_township.items()}
    return Answers(
        at=counters["at"],
        wall_ms=counters["wall_ms"],
        sums={it.word: sums[it] for it in Outcome},
        townships={path: list(day) for path, day in zip(rows, zip(*told.values(), strict=True), strict=True)},
        reasons=[
            {"outcome": it.word, "rule": rule, "n": n, "zh": said.zh, "en": said.en}
            for it, ruled in by_rule.items()
            for (rule, _), n in zip(ruled, _parts(by_reason[it][0], sums[it]), strict=True)
            for said in [door_sentences(at).get(rule, NO_SENTENCE)]
        ],
        before=_whole_day(on - timedelta(days=1)),
    )


def _sums(cells: Mapping[Outcome, Sequence[int]], *told: Mapping[Outcome, tuple[Sequence[Told], Told]]) -> Sums:
    """Each outcome's sum, unless it may not be told beside its parts or beside the others.

    How many scans there were in all is told anyway: one sum alone cannot be withheld.
    """
    counts = [sum(cells[it]) for it in Outcome]
    sums = dict(zip(Outcome, told_in_known_total(counts), strict=True))
    for of_parts in told:
        sums |= {it: total for it, (_, total) in of_parts.items() if isinstance(total, str)}
    if sum(isinstance(it, str) for it in sums.values()) == 1:
        left = [sums[it] for it in Outcome if not isinstance(sums[it], str)]
        other = next(it for it in Outcome if sums[it] == min(n for n in left if n or not any(left)))
        sums[other] = FEW if not sums[other] else SOME
    return sums


def _parts(parts: Sequence[Told], total: Told) -> list[Told]:
    return hide_sum(parts) if isinstance(total, str) else list(parts)


def _whole_day(on: date) -> dict[str, Any] | None:
    """The sums of a day that is over, withheld like those of today; None if nobody scanned on it."""
    rows = answers_on(on)
    if not rows:
        return None
    cells = dict(zip(Outcome, zip(*rows, strict=True), strict=True))
    sums = _sums(cells, {it: told_together(counts) for it, counts in cells.items()})
    return {"on": on.isoformat(), "n": sum(map(sum, rows))} | {it.word: told for it, told in sums.items()}
