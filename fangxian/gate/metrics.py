"""What a gate counts of itself, as Prometheus reads it. No figure names a person, a venue or a device."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator
from typing import Final

from fangxian.core.policy.byte_journal import ScanMark
from fangxian.core.policy.vocabulary import Outcome

BOUNDS_S: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5)

_LATE, _STALE = int(ScanMark.LATE), int(ScanMark.STALE)
_LATE_OR_STALE: Final = _LATE | _STALE


class Metrics:
    """Counts since the process began."""

    def __init__(self) -> None:
        self.outcomes = [0] * len(Outcome)
        self.refusals: Counter[str] = Counter()
        self.n_repeats = self.n_late = self.n_stale = self.n_commits = self.n_not_recorded = 0
        self.n_connections = self.most_connections = self.n_dropped = 0
        self._buckets = [0] * (len(BOUNDS_S) + 1)
        self._answer_s, self._n_answers = 0.0, 0

    def count_all(self, outcomes: bytes, marks: bytes) -> None:
        """So many persons more are recorded; a byte of each."""
        for outcome in set(outcomes):
            self.outcomes[outcome] += outcomes.count(outcome)
        for mark in set(marks):
            if mark & _LATE_OR_STALE:
                n = marks.count(mark)
                self.n_late += n if mark & _LATE else 0
                self.n_stale += n if mark & _STALE else 0

    def answered(self, seconds: float, n: int = 1) -> None:
        """A request was answered after so long, the journal's sync included; or `n` were."""
        self._buckets[bisect_left(BOUNDS_S, seconds)] += n
        self._answer_s += n * seconds
        self._n_answers += n

    def text(self, **gauges: float) -> str:
        """The Prometheus text, format 0.0.4; `gauges` are figures of the moment by name."""
        return "\n".join([*self._counters(), *self._histogram(), *_gauges(gauges)]) + "\n"

    def _counters(self) -> Iterator[str]:
        yield from _head("fangxian_gate_scans_total", "counter", "Persons decided on and recorded, by outcome.")
        for outcome in Outcome:
            yield f'fangxian_gate_scans_total{{outcome="{outcome.word}"}} {self.outcomes[outcome]}'
        yield from _head("fangxian_gate_refusals_total", "counter", "Requests or scans not answered, by refusal.")
        for code, n in sorted(self.refusals.items()):
            yield f'fangxian_gate_refusals_total{{refusal="{code}"}} {n}'
        for name, n, said in (
            ("repeats", self.n_repeats, "Scans that were sent before and answered as then."),
            ("late", self.n_late, "Scans received more than 15 min after they were made."),
            ("stale", self.n_stale, "Scans decided on knowledge older than the rulebook allows."),
            ("commits", self.n_commits, "Batches the journal has on disk."),
            ("dropped", self.n_dropped, "Connections that asked nothing, closed to make room for another."),
            ("not_recorded", self.n_not_recorded, "Records the journal could not write."),
        ):
            yield from _head(f"fangxian_gate_{name}_total", "counter", said)
            yield f"fangxian_gate_{name}_total {n}"

    def _histogram(self) -> Iterator[str]:
        name = "fangxian_gate_answer_seconds"
        yield from _head(name, "histogram", "From a whole request to its answer, the sync included.")
        total = 0
        for bound, n in zip((*BOUNDS_S, "+Inf"), self._buckets, strict=True):
            total += n
            yield f'{name}_bucket{{le="{bound}"}} {total}'
        yield f"{name}_sum {self._answer_s:.6f}"
        yield f"{name}_count {self._n_answers}"


def _gauges(gauges: dict[str, float]) -> Iterator[str]:
    for name, value in gauges.items():
        yield from _head(f"fangxian_gate_{name}", "gauge", "See docs/reference/gate.md.")
        yield f"fangxian_gate_{name} {value:g}"


def _head(name: str, kind: str, said: str) -> Iterator[str]:
    yield f"# HELP {name} {said}"
    yield f"# TYPE {name} {kind}"
