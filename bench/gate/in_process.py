"""What the gate itself costs: scans through `Connection.data_received`, without sockets and without a disk.

    .venv/bin/python bench/gate/in_process.py [-n 100000] [--profile]

The journal takes records and calls them committed 64 at a time, as 64 connections would have it. Printed: µs of
processor time for a scan, median of five parts; with --profile, where
they go, which itself costs several times as much.
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

from bench.gate.county import N_DOORS, County, Prepared  # noqa: E402
from fangxian.gate.answering import Gate  # noqa: E402
from fangxian.gate.following import Follower  # noqa: E402
from fangxian.gate.repeats import Repeats  # noqa: E402
from fangxian.gate.running import realm_card, wall_ms  # noqa: E402
from fangxian.gate.server import Connection  # noqa: E402
from fangxian.gate.site import Site  # noqa: E402

N_CONNECTIONS = 64
N_PARTS = 5


class Mouth:
    """A transport that counts answers and keeps the last."""

    def __init__(self) -> None:
        self.n_written, self.last = 0, b""

    def write(self, data: bytes) -> None:
        self.n_written += data.count(b"HTTP/1.1 200 ")
        self.last = data

    def writelines(self, parts) -> None:
        self.write(b"".join(parts))

    def is_closing(self) -> bool:
        return False

    def get_extra_info(self, _name, default=None):
        return default

    def pause_reading(self) -> None: ...

    def resume_reading(self) -> None: ...

    def close(self) -> None: ...

    def abort(self) -> None: ...

    def can_write_eof(self) -> bool:
        return False


class NoDisk:
    """A journal that forgets."""

    def __init__(self) -> None:
        self.n_waiting = 0

    def append(self, _record: bytes) -> None:
        self.n_waiting += 1


class Bench:
    """A gate with its connections; `scan` sends one request on the next of them."""

    def __init__(self, folder: Path) -> None:
        self.journal, self.due = NoDisk(), []
        follower = Follower(folder / "gate", realm=realm_card(folder)["id"], wall_ms=wall_ms)
        follower.look()
        self.gate = Gate(follower, self.journal, Repeats(), wall_ms=wall_ms, later=self.due.append)
        site = Site(self.gate, origins=(), most=N_CONNECTIONS)
        self.mouths = [Mouth() for _ in range(N_CONNECTIONS)]
        self.connections = [Connection(site) for _ in self.mouths]
        for connection, mouth in zip(self.connections, self.mouths, strict=True):
            connection.connection_made(mouth)

    def run(self, requests: list[bytes]) -> float:
        """Seconds of processor time for them all."""
        began = time.process_time()
        feed = [connection.data_received for connection in self.connections]
        for begins in range(0, len(requests), N_CONNECTIONS):
            for take, request in zip(feed, requests[begins : begins + N_CONNECTIONS], strict=False):
                take(request)
            self._settle()
        return time.process_time() - began

    def _settle(self) -> None:
        n, self.journal.n_waiting = self.journal.n_waiting, 0
        self.gate.on_commit(n)
        while self.due:
            self.due.pop(0)()

    @property
    def n_answered(self) -> int:
        return sum(mouth.n_written for mouth in self.mouths)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("-n", type=int, default=100_000, help="how many scans")
    parser.add_argument("--profile", action="store_true", help="say where the time goes")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="fangxian-bench-") as folder:
        prepared = County(Path(folder) / "realm").prepared()
        os.sched_setaffinity(0, {0})
        bench = Bench(Path(folder) / "realm")
        bench.run([prepared.request(number) for number in range(N_DOORS)])
        _measure(bench, prepared, chosen)


def _measure(bench: Bench, prepared: Prepared, chosen) -> None:
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
    answered = bench.n_answered - before
    print(bench.mouths[0].last.decode())
    print(f"{answered:,} of {N_PARTS * each:,} scans answered with 200")
    print(f"{statistics.median(took):.2f} µs a scan (parts: {' '.join(f'{it:.2f}' for it in took)})")


if __name__ == "__main__":
    main()
