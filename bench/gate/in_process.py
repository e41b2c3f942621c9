"""What the gate itself costs: scans through its connections, without sockets and without a disk.

    .venv/bin/python bench/gate/in_process.py [-n 100000] [--profile]

The journal takes records and calls them committed 64 at a time, as 64 connections would have it. Printed: µs of
processor time for a scan, median of five parts; with --profile, where they go, which costs several times as much.
"""

import argparse
import cProfile
import gc
import os
import pstats
import statistics
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT)]

from bench.gate.county import N_DOORS, County  # noqa: E402
from bench.gate.inside import N_CONNECTIONS, Mouth, connected, followed, gate_inside  # noqa: E402
from bench.gate.scans import Prepared  # noqa: E402
from fangxian.core.policy.byte_journal import RECORD_BYTES  # noqa: E402

N_PARTS = 5


class NoDisk:
    """A journal that forgets."""

    def __init__(self) -> None:
        self.n_waiting = 0

    def append(self, records: bytes) -> None:
        self.n_waiting += len(records) // RECORD_BYTES


class Bench:
    """A gate with its connections, and a journal that is told to commit."""

    def __init__(self, realm: Path) -> None:
        self._journal, self._due = NoDisk(), []
        self._gate = gate_inside(followed(realm), self._journal, later=self._due.append)
        self.mouths = [Mouth() for _ in range(N_CONNECTIONS)]
        self._feeds = connected(self._gate, self.mouths)

    def run(self, requests: list[bytes]) -> float:
        """Seconds of processor time for them all."""
        began = time.process_time()
        for begins in range(0, len(requests), N_CONNECTIONS):
            for feed, request in zip(self._feeds, requests[begins : begins + N_CONNECTIONS], strict=False):
                feed(request)
            self._settle()
        return time.process_time() - began

    def _settle(self) -> None:
        """The turn of the loop ends, what waited for that runs, and the journal commits."""
        while self._due:
            due, self._due[:] = self._due[:], []
            for call in due:
                call()
        n, self._journal.n_waiting = self._journal.n_waiting, 0
        self._gate.on_commit(n)

    @property
    def n_answered(self) -> int:
        return sum(mouth.n_answered for mouth in self.mouths)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("-n", type=int, default=100_000, help="how many scans")
    parser.add_argument("--profile", action="store_true", help="say where the time goes")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="fangxian-bench-") as folder:
        realm = Path(folder) / "realm"
        prepared = County(realm).prepared()
        os.sched_setaffinity(0, {0})
        bench = Bench(realm)
        bench.run([prepared.request(number) for number in range(N_DOORS)])
        _measure(bench, prepared, chosen)


def _measure(bench: Bench, prepared: Prepared, chosen: argparse.Namespace) -> None:
    each = chosen.n // N_PARTS
    parts = [[prepared.request(N_DOORS + part * each + place) for place in range(each)] for part in range(N_PARTS)]
    gc.collect()
    before = bench.n_answered
    profile = cProfile.Profile() if chosen.profile else None
    if profile:
        profile.enable()
    took = [bench.run(part) / each * 1e6 for part in parts]
    if profile:
        profile.disable()
        pstats.Stats(profile).sort_stats("tottime").print_stats(40)
    print(bench.mouths[0].last.decode())
    print(f"{bench.n_answered - before:,} of {N_PARTS * each:,} scans answered with 200")
    print(f"{statistics.median(took):.2f} µs a scan (parts: {' '.join(f'{it:.2f}' for it in took)})")


if __name__ == "__main__":
    main()
