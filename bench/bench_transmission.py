"""What chains, their picture and their sources cost.

    chains    clusters, circles, generations of n cases          beside n·log n: the ratio should stay as it is
    layout    where each of n cases stands in the picture        the same
    sources   places and gatherings of 200 cases in 28 days of visits of 100,000 people, skewed over 5,000 venues
              beside DuckDB in memory counting the same distinct people by venue and window, which is the part of
              it that a database would do

Each is the best of some rounds in one process; compiling is done before and not counted.
"""

import argparse
import sys
import time
from collections.abc import Callable
from datetime import date, timedelta
from math import log2
from pathlib import Path

import duckdb
import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT)]

from fangxian.core.exposure.chains import Link, trace_chains  # noqa: E402
from fangxian.core.exposure.sources import Attended, Windows, find_gatherings, find_places  # noqa: E402
from fangxian.core.exposure.tree import lay_out  # noqa: E402

DAY = 86_400
N_PEOPLE, N_VENUES, N_DAYS, N_CASES = 100_000, 5_000, 28, 200
INCUBATION_D = 14
FIRST = date(2022, 3, 1)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--visits", type=int, default=10_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    chosen = parser.parse_args()
    print(f"{'':12}{'cases':>9}{'s':>9}{'ns / n·log n':>14}")
    for n in (1_000, 10_000, 100_000):
        infector, days = _forest(n)
        links = [Link(int(above), k) for k, above in enumerate(infector) if above >= 0]
        onset = {k: FIRST + timedelta(days=int(day)) for k, day in enumerate(days)}
        _row("chains", n, _best(chosen.rounds, lambda: trace_chains(range(n), links, onset)))  # noqa: B023
        _row("layout", n, _best(chosen.rounds, lambda: lay_out(infector, days)))  # noqa: B023
    _sources(chosen.visits, chosen.rounds)


def _row(what: str, n: int, seconds: float) -> None:
    print(f"{what:12}{n:>9,}{seconds:>9.3f}{1e9 * seconds / (n * log2(n)):>14.0f}")


def _best(rounds: int, do: Callable[[], object]) -> float:
    took = []
    for _ in range(rounds):
        began = time.perf_counter()
        do()
        took.append(time.perf_counter() - began)
    return min(took)


def _forest(n: int) -> tuple[np.ndarray, np.ndarray]:
    """Each case infected by one of the fifty before it; one in a hundred by nobody known."""
    rng = np.random.default_rng(1)
    infector = np.arange(n) - 1 - rng.integers(0, 50, n)
    infector[(infector < 0) | (rng.random(n) < 0.01)] = -1
    return infector, np.sort(rng.integers(0, 90, n))


def _visits(n: int) -> tuple[Attended, Windows]:
    rng = np.random.default_rng(2)
    popular = 1 / np.arange(1, N_VENUES + 1)
    venue = rng.choice(N_VENUES, n, p=popular / popular.sum())
    person, at_s = rng.integers(0, N_PEOPLE, n), rng.integers(0, N_DAYS * DAY, n)
    onset = rng.integers(INCUBATION_D, N_DAYS, N_CASES) * DAY
    cases = rng.choice(N_PEOPLE, N_CASES, replace=False)
    windows = Windows(person=cases, begins_s=onset - INCUBATION_D * DAY, ends_s=onset)
    return Attended(person=person, thing=venue, at_s=at_s), windows


def _sources(n: int, rounds: int) -> None:
    small, windows = _visits(10_000)
    find_gatherings(small, windows, within_s=7200)  # compiles
    visits, windows = _visits(n)
    n_windows = len(np.unique(windows.begins_s))
    print(f"\n{n:,} visits, {N_CASES} cases, {n_windows} different windows")
    places = _best(rounds, lambda: find_places(visits, windows))
    gatherings = _best(rounds, lambda: find_gatherings(visits, windows, within_s=7200))
    counting = _best(rounds, lambda: _count_in_duckdb(visits, windows))
    for what, seconds in (("places", places), ("gatherings", gatherings), ("DuckDB, counting only", counting)):
        print(f"{what:24}{seconds:>9.2f} s{counting / seconds:>9.1f} ×")


def _count_in_duckdb(visits: Attended, windows: Windows) -> None:
    database = duckdb.connect()
    scans = {"person": visits.person, "venue": visits.thing, "at_s": visits.at_s}
    begins = {"begins_s": np.unique(windows.begins_s)}
    database.register("scans", scans)
    database.register("begins", begins)
    database.execute(
        "SELECT venue, begins_s, count(DISTINCT person) FROM scans JOIN begins "
        f"ON at_s >= begins_s AND at_s < begins_s + {INCUBATION_D * DAY} GROUP BY venue, begins_s"
    ).fetchnumpy()
    database.close()


if __name__ == "__main__":
    main()
