"""How well rows were brought together, against the truth: of all pairs of rows of one person, and of all pairs made."""

from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Score:
    """precision : of the pairs made one, how many are. recall : of the pairs that are one, how many were made."""

    n_true: int
    n_made: int
    n_right: int

    @property
    def precision(self) -> float:
        return self.n_right / self.n_made if self.n_made else 1.0

    @property
    def recall(self) -> float:
        return self.n_right / self.n_true if self.n_true else 1.0


def score(truth: Sequence[Hashable], made: Sequence[Hashable]) -> Score:
    """Of all pairs of rows."""
    of_truth, of_made, of_both = Counter(truth), Counter(made), Counter(zip(truth, made, strict=True))
    return Score(_pairs(of_truth), _pairs(of_made), _pairs(of_both))


def scores_by_way(
    truth: Sequence[Hashable], made: Sequence[Hashable], ways: Sequence[tuple[str, ...]]
) -> Mapping[str, Score]:
    """Of the pairs that have a row written in a way, for each way; "" of rows with nothing done to them."""
    of_truth, of_made, of_both = Counter(truth), Counter(made), Counter(zip(truth, made, strict=True))
    sums: dict[str, list[int]] = {}
    for one, person, done in zip(truth, made, ways, strict=True):
        for way in done or ("",):
            found = sums.setdefault(way, [0, 0, 0])
            found[0] += of_truth[one] - 1
            found[1] += of_made[person] - 1
            found[2] += of_both[one, person] - 1
    return {way: Score(*found) for way, found in sorted(sums.items())}


def _pairs(counted: Counter) -> int:  # type: ignore[type-arg]
    return sum(n * (n - 1) // 2 for n in counted.values())
