"""The parts of the exposure bench. Each gives one table; nothing is asserted about time."""

import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from functools import cached_property, partial
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np

from bench.exposure.duck import Duck, same
from bench.exposure.visits import DAYS, RULES, Generated, cases_of, generate
from bench.gate.report import VOID, Table, ratio
from fangxian.core.exposure.case_stays import case_stays
from fangxian.core.exposure.co_presence import co_presence
from fangxian.core.exposure.columns import Cases, Ring, Visits
from fangxian.core.exposure.hops import find_two_hops
from fangxian.core.exposure.index import StayIndex, index_stays, index_visits
from fangxian.core.exposure.matter import visits_that_matter
from fangxian.core.exposure.search import find_exposed
from fangxian.core.exposure.stays import coded, stays_of

ROOT: Final = Path(__file__).resolve().parents[2]
GIVE_UP_S: Final = 600
TIMES_ASKED: Final = 3
AIM: Final = "≥ 50"


class Run:
    """What the parts share: the generated visits, their index, and DuckDB with the same stays."""

    def __init__(self, n_rows: int, folder: Path, tell: Callable[[str], None]) -> None:
        self.n_rows, self.folder, self.tell = n_rows, folder, tell

    @cached_property
    def generated(self) -> Generated:
        self.tell(f"generating {self.n_rows:,} visits")
        return generate(self.n_rows)

    @cached_property
    def laid(self) -> tuple[StayIndex, float, float]:
        """The index, and the seconds that stays and their order took, loops being compiled."""
        few = generate(10_000)
        index = index_visits(few.visits, few.venues, engine="numba")
        for way in ("beside", "sweep"):
            co_presence(index, case_stays(index, cases_of(few, 5), RULES, "numba"), "numba", way)
        find_exposed(index, cases_of(few, 200), rules=RULES, engine="numba", n_threads=2)
        generated = self.generated
        self.tell("laying out stays")
        began = time.perf_counter()
        scans = coded(generated.visits, generated.venues)
        stays = stays_of(scans)
        middle = time.perf_counter()
        index = index_stays(stays, scans, "numba")
        return index, middle - began, time.perf_counter() - middle

    @cached_property
    def duck(self) -> Duck:
        self.tell("handing the stays to DuckDB")
        return Duck(self.laid[0])


def took(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def seconds(s: float) -> str:
    return f"{s * 1000:.1f} ms" if s < 1 else f"{s:.1f} s"


class Cost(NamedTuple):
    """What one answer cost: seconds of the clock, and of all processors that worked for it."""

    wall: float
    cpu: float


def cost(work: Callable[[], object]) -> Cost:
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    cpu = time.process_time() - cpu
    return Cost(time.perf_counter() - wall, cpu)


def middle(costs: list[Cost]) -> Cost:
    return Cost(float(np.median([one.wall for one in costs])), float(np.median([one.cpu for one in costs])))


COLUMNS: Final = ("", "took", "DuckDB ÷ it", "processors", "DuckDB ÷ it", "DuckDB by hour ÷ it", "at least")
BESIDE: Final = [
    "DuckDB has the same stays in memory, in the same order, and both cores; ours is one thread of a warm process "
    "where two are not said",
    "medians: of a thousand cases DuckDB is asked three times",
    "both begin with case numbers and windows and end with every exposed person ranked: seconds of three bands, "
    "weight, meetings, places, first and last moment",
    "processors: seconds of all of them. On a busy machine the clock is unkind to who works with two threads; the last "
    "ratio is of processor time too",
    "by hour: stays cut into hours first, so that the join is by place and hour",
]


def measure_few(run: Run) -> Table:
    """One case and ten: by turns, medians."""
    index, rows, notes = run.laid[0], [], []
    for n, rounds in ((1, 15), (10, 7)):
        cases = cases_of(run.generated, n) if n > 1 else _middle_one(run)
        run.tell(f"{n} case(s)")
        told, found = run.duck.ask(cases), find_exposed(index, cases, rules=RULES, engine="numba")
        notes.append(f"{n}: {len(found):,} people exposed; the same answer: {'yes' if same(found, told) else 'NO'}")
        work = {
            "numba": partial(find_exposed, index, cases, rules=RULES, engine="numba"),
            "NumPy": partial(find_exposed, index, cases, rules=RULES, engine="numpy"),
            "DuckDB": partial(run.duck.ask, cases), "DuckDB by hour": partial(run.duck.ask, cases, by_hour=True),
        }  # fmt: skip
        costs: dict[str, list[Cost]] = {name: [] for name in work}
        for _ in range(rounds):
            for name, one in work.items():
                costs[name] += [cost(one) for _ in range(1 if "DuckDB" in name else 5)]
        rows += _rows_of(f"{n} case" + "s" * (n > 1), {name: middle(some) for name, some in costs.items()})
    return Table("few", "一例与十例 One case and ten", COLUMNS, rows, [*notes, *BESIDE])


def _middle_one(run: Run) -> Cases:
    """Of nine cases the one who exposed neither many nor few."""
    nine = cases_of(run.generated, 9)
    alone = [nine.pick(np.array([row])) for row in range(len(nine))]
    return sorted(alone, key=lambda one: len(find_exposed(run.laid[0], one, rules=RULES, engine="numba")))[4]


def _rows_of(what: str, of: dict[str, Cost]) -> list[tuple[str, ...]]:
    duck, hour = of["DuckDB"], of["DuckDB by hour"]
    return [
        (f"{what}, {name}", seconds(one.wall), ratio(duck.wall, one.wall), seconds(one.cpu), ratio(duck.cpu, one.cpu),
         ratio(hour.cpu, one.cpu), AIM if name.startswith("numba") else "")
        for name, one in of.items()
    ]  # fmt: skip


def measure_many(run: Run) -> Table:
    """A thousand cases: the cheaper of look-back and sweep, before and after DuckDB."""
    index, cases = run.laid[0], cases_of(run.generated, 1000)
    ours = {
        name: partial(find_exposed, index, cases, rules=RULES, engine="numba", n_threads=n)
        for name, n in (("numba", 1), ("numba, two threads", 2))
    }  # fmt: skip
    both, stays, told = [one() for one in ours.values()], case_stays(index, cases, RULES, "numba"), []
    costs: dict[str, list[Cost]] = {name: [] for name in ours}

    def ask_ours() -> None:
        for _ in range(10):
            for name, one in ours.items():
                costs[name].append(cost(one))

    ask_ours()
    for name, by_hour in (("DuckDB", False), ("DuckDB by hour", True)):
        run.tell(f"1,000 cases: {name}")
        answer, costs[name] = _asked_of(run.duck, cases, by_hour)
        told.append(answer)
        ask_ours()
    ways = [
        middle([cost(partial(co_presence, index, stays, "numba", way)) for _ in range(3)])
        for way in ("beside", "sweep")
    ]
    rows = _rows_of("1,000 cases", {name: middle(some) for name, some in costs.items()})
    rows = [row if answer is not None else (*row[:-1], f"{VOID}given up after {GIVE_UP_S} s")
            for row, answer in zip(rows, (*both, *told), strict=True)]  # fmt: skip
    alike = ", ".join(
        "given up" if one is None else "yes" if all(same(found, one) for found in both) else "NO" for one in told
    )
    notes = [
        f"{len(both[0]):,} people exposed; the same answer: {alike}",
        f"by look-back {seconds(ways[0].cpu)} of processor, by a sweep over all {len(index):,} stays "
        f"{seconds(ways[1].cpu)}: the cheaper is taken",
        *BESIDE,
    ]
    return Table("many", "一千例 A thousand cases", COLUMNS, rows, notes)


def _asked_of(duck: Duck, cases: Cases, by_hour: bool) -> tuple[dict[str, np.ndarray] | None, list[Cost]]:
    """Its answer, and what it cost three times, as ours are medians too; once it was given up, nobody asks again."""
    told: list[dict[str, np.ndarray] | None] = []
    costs: list[Cost] = []
    while len(costs) < TIMES_ASKED and None not in told[-1:]:
        costs.append(cost(lambda: told.append(duck.ask(cases, GIVE_UP_S, by_hour))))
    return told[-1], costs


def measure_hops(run: Run) -> Table:
    """Ten cases, and everybody whom their co-present people met, beside one sweep of a thousand cases."""
    index, ten = run.laid[0], cases_of(run.generated, 10)
    until = int(run.generated.visits.at_s.max())

    def hop():
        return find_two_hops(index, ten, rules=RULES, until_s=until, through=Ring.CO_PRESENT, engine="numba")

    hops = hop()
    two = middle([cost(hop) for _ in range(3)])
    stays = case_stays(index, cases_of(run.generated, 1000), RULES)
    one = middle([cost(partial(co_presence, index, stays, "numba", "sweep")) for _ in range(3)])
    columns = ("two hops", "took", "processors", "÷ one sweep", "at most")
    rows = [
        ("10 cases, then everybody they were co-present with", seconds(two.wall), seconds(two.cpu),
         ratio(two.cpu, one.cpu), "≤ 5"),
        ("one sweep over all stays, 1,000 cases", seconds(one.wall), seconds(one.cpu), "1", ""),
    ]  # fmt: skip
    notes = [
        f"first hop {len(hops.first):,} people, of whom {len(hops.contacts):,} are followed; second hop "
        f"{len(hops.second):,} more",
        "an investigation follows close contacts only, some dozens; this follows thousands, by scans",
    ]
    return Table("hops", "两跳 Two hops", columns, rows, notes)


def measure_disk(run: Run) -> Table:
    """One case from narrow columns on disk, and from an index on disk; the page cache dropped before each."""
    visits, cases, venues = run.generated.visits, cases_of(run.generated, 1), run.generated.venues
    names = ("person", "venue", "at_s", "presence")
    files = {name: _saved(run.folder, name, getattr(visits, name)) for name in names}
    parts = {name: _saved(run.folder, f"index-{name}", column) for name, column in run.laid[0].columns().items()}

    def from_columns():
        read = Visits.of(*(np.load(files[name], mmap_mode="r") for name in names))
        some = visits_that_matter(read, venues, cases, rules=RULES)
        return find_exposed(index_visits(some, venues), cases, rules=RULES)

    def from_index():
        index = StayIndex.of({name: np.load(path, mmap_mode="r") for name, path in parts.items()})
        return find_exposed(index, cases, rules=RULES)

    rows = []
    for what, work, paths in (("columns, no index", from_columns, files), ("an index", from_index, parts)):
        cold, warm = [], []
        for _ in range(5):
            _forget(paths.values())
            cold.append(took(work))
            warm.append(took(work))
        size = sum(path.stat().st_size for path in paths.values()) / 1e6
        aim = "< 1 s" if paths is files else ""
        rows.append((f"one case from {what} ({size:.0f} MB)", seconds(np.median(cold)), seconds(np.median(warm)), aim))
    columns = ("from disk", "cold page cache", "warm", "at most")
    notes = ["a warm process, NumPy only: nothing is compiled", "the files are this bench's own columns, int32"]
    return Table("disk", "从磁盘 From disk", columns, rows, notes)


def _saved(folder: Path, name: str, column: np.ndarray) -> Path:
    path = folder / f"{name}.npy"
    np.save(path, column)
    return path


def _forget(paths) -> None:
    """Drop files from the page cache: they are on disk, and nobody has them mapped."""
    for path in paths:
        with path.open("rb") as file:
            os.fsync(file.fileno())
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def measure_start(run: Run) -> Table:
    """What a fresh process pays before its first answer."""
    rows = []
    kept = run.folder / "numba"
    for what, engine, cache in (
        ("NumPy", "numpy", kept),
        ("numba, nothing kept: every loop is compiled", "numba", kept),
        ("numba, loops kept on disk", "numba", kept),
    ):
        run.tell(f"a fresh process: {what}")
        script = [sys.executable, str(ROOT / "bench" / "exposure" / "start.py"), engine]
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "NUMBA_CACHE_DIR": str(cache)}
        told = subprocess.run(script, env=environment, capture_output=True, text=True, check=True).stdout.split()
        rows.append((what, *(seconds(float(one)) for one in told)))
    columns = ("a fresh process", "imports", "first answer", "second")
    return Table("start", "新进程 A fresh process", columns, rows, ["10,000 visits: the time is not the search's"])


def measure_large(run: Run) -> Table:
    """10⁸ rows and a thousand cases in a process of its own."""
    rows = run.n_rows * 10
    script = [sys.executable, str(ROOT / "bench" / "exposure" / "large.py"), str(rows), str(run.folder)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    run.tell(f"generating {rows:,} visits on disk")
    subprocess.run([*script, "write"], env=environment, check=True)
    run.tell("searching them")
    told = subprocess.run(
        [*script, "search"], env=environment, capture_output=True, text=True, check=True
    ).stdout.split()
    s, cpu, megabytes, of_files, n = float(told[0]), float(told[1]), int(told[2]), int(told[3]), int(told[4])
    columns = (f"{rows:,} visits", "took", "processors", "memory at most", "at most")
    table_rows = [
        ("1,000 cases, scans not indexed, one pass", f"{s:.0f} s", f"{cpu:.0f} s", f"{megabytes:,} MB", "< 4,000 MB")
    ]
    notes = [
        f"{n:,} people exposed; the memory is all that is resident, the mapped columns ({of_files:,} MB) with it",
        f"{DAYS} days of {rows // (DAYS * 3):,} people; loops were compiled before; two threads at most",
    ]
    return Table("large", "一亿次到访 A hundred million visits", columns, table_rows, notes)


def peak_mb() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10
