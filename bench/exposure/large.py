"""10⁸ visits: `write` them as narrow columns, or `search` a thousand cases in them with nothing else in memory."""

import sys
import time
from pathlib import Path

import numpy as np

from bench.exposure.parts import peak_mb
from bench.exposure.visits import RULES, cases_of, generate
from fangxian.core.exposure.columns import Cases, Venues, Visits
from fangxian.core.exposure.one_pass import find_exposed_in_one_pass

NAMES = ("person", "venue", "at_s", "presence")


def main() -> None:
    n_rows, folder, what = int(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]
    (write if what == "write" else search)(n_rows, folder)


def write(n_rows: int, folder: Path) -> None:
    generated = generate(n_rows)
    for name in NAMES:
        np.save(folder / f"large-{name}.npy", getattr(generated.visits, name))
    np.savez(folder / "large-venues.npz", **generated.venues.columns())
    np.savez(folder / "large-cases.npz", **cases_of(generated, 1000).columns())


def search(n_rows: int, folder: Path) -> None:
    few = generate(10_000)
    find_exposed_in_one_pass(few.visits, few.venues, cases_of(few, 200), rules=RULES)
    paths = [folder / f"large-{name}.npy" for name in NAMES]
    visits = Visits.of(*(np.load(path, mmap_mode="r") for path in paths))
    venues = Venues(**dict(np.load(folder / "large-venues.npz")))
    cases = Cases(**dict(np.load(folder / "large-cases.npz")))
    began, busy = time.perf_counter(), time.process_time()
    found = find_exposed_in_one_pass(visits, venues, cases, rules=RULES, n_threads=2)
    took, busy = time.perf_counter() - began, time.process_time() - busy
    mapped = sum(path.stat().st_size for path in paths) // 10**6
    print(took, busy, peak_mb(), mapped, len(found))


if __name__ == "__main__":
    main()
