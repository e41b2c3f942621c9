"""Rows of any number of lists in, people out."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from fangxian.core.matching.blocking import find_pairs
from fangxian.core.matching.clusters import People, Verdict, find_people
from fangxian.core.matching.counts import Counts, count
from fangxian.core.matching.levels import FIELDS
from fangxian.core.matching.pairs import WeighedPairs, weigh_pairs
from fangxian.core.matching.rows import Row

N_STEPS = len(FIELDS) + 2


@dataclass(frozen=True, slots=True)
class Matching:
    """Who is who, the pairs it rests on, and what was left out of them because too many rows share a key."""

    people: People
    pairs: WeighedPairs
    counts: Counts
    n_blocks_left_out: int
    n_rows_left_out: int


def match(
    rows: Sequence[Row],
    *,
    decided: Mapping[tuple[int, int], Verdict] | None = None,
    step: Callable[[int], None] = lambda _: None,
) -> Matching:
    """Which of these rows are one person: 200,000 rows take some twenty seconds of one processor.

    Parameters
    ----------
    rows : of all lists together, each way of being written once
    decided : what a person decided before about two rows, the smaller position first
    step : told how many of `N_STEPS` are done
    """
    n_done = 0

    def done(_: str = "") -> None:
        nonlocal n_done
        n_done += 1
        step(n_done)

    pairs = find_pairs(rows)
    done()
    counts = count(rows)
    weighed = weigh_pairs(rows, pairs, counts, done)
    people = find_people(rows, weighed, decided or {})
    done()
    return Matching(people, weighed, counts, pairs.n_blocks_left_out, pairs.n_rows_left_out)
