"""Two gates at once, each in a process of its own: what they record together, beside each alone."""

import statistics
import subprocess
import sys
from contextlib import ExitStack
from typing import Final

from bench.gate.host import reckoned_together
from bench.gate.pinned import CLIENT, SERVER
from bench.gate.report import Table, ratio_by_rounds
from bench.gate.run import Run
from bench.gate.scans import Scans
from bench.gate.wrk import HERE

N_ROUNDS: Final = 7
ROUND_S: Final = 0.6
RECKONED_S: Final = 0.3


class Worker:
    """One process on a core of its own."""

    def __init__(self, realm: str, scans: Scans, nth: int, core: int) -> None:
        arguments = [HERE / "scaling_worker.py", realm, *scans.arguments, nth, core]
        self._process = subprocess.Popen(
            [sys.executable, *map(str, arguments)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self._read()

    def begin(self, seconds: float) -> None:
        assert self._process.stdin
        self._process.stdin.write(f"{seconds}\n")
        self._process.stdin.flush()

    def n_done(self) -> int:
        return int(self._read())

    def end(self) -> None:
        assert self._process.stdin
        self._process.stdin.close()
        self._process.wait(timeout=30)

    def _read(self) -> str:
        assert self._process.stdout
        line = self._process.stdout.readline().strip()
        if not line:
            raise RuntimeError("a gate ended by itself")
        return line


def measure(run: Run) -> Table:
    """Rounds of one, the other, and both."""
    scans, county = Scans.written(run.prepared, run.folder), run.county("scaling")
    with ExitStack() as stack:
        workers = []
        for nth, core in enumerate((min(SERVER), min(CLIENT)), 1):
            workers.append(Worker(str(county.files.realm), scans, nth, core))
            stack.callback(workers[-1].end)
        _round(workers)  # the first time a door is seen its poster's signature is checked
        alone, both, reckoned = [], [], []
        for _ in range(N_ROUNDS):
            reckoned.append(reckoned_together(RECKONED_S))
            alone.append(statistics.mean(_round([worker]) for worker in workers))
            both.append(_round(workers))
    one, two = statistics.median(alone), statistics.median(both)
    rows = [
        ("one process", f"{one:,.0f}", "1", ""),
        ("two processes", f"{two:,.0f}", ratio_by_rounds(both, alone), "≥ 1.8"),
    ]
    notes = [
        "without sockets: bytes of a request in, decided, recorded on disk in each one's own journal, bytes of the "
        "answer out; 64 at a time",
        f"medians of {N_ROUNDS} rounds of {ROUND_S:g} s, and of their ratios",
        "one process is the mean of each alone on its core",
        "the machine's own: two programs that only reckon, between the rounds, went "
        f"{statistics.median(reckoned):.2f} times as far together as one of them "
        f"({min(reckoned):.2f} to {max(reckoned):.2f})",
    ]
    return Table(
        "scaling", "两个进程 Two gates on two cores", ("in process", "a second", "÷ one", "at least"), rows, notes
    )


def _round(workers: list[Worker]) -> float:
    """Scans a second of them all together."""
    for worker in workers:
        worker.begin(ROUND_S)
    return sum(worker.n_done() for worker in workers) / ROUND_S
