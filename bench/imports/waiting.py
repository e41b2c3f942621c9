"""Another writer beside an import: somebody who saves a form every twentieth of a second, and how long they wait."""

import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
EVERY_S, PATIENCE_S = 0.05, 120
TABLE = "bench_other_writer"


class Waits:
    """How often the other writer wrote meanwhile, and the longest it waited for its turn, in seconds."""

    n = 0
    longest_s = 0.0


@contextmanager
def another_writer(database: Path) -> Iterator[Waits]:
    """Write into a table of its own, in a process of its own, for as long as this lasts."""
    waits = Waits()
    command = [sys.executable, "-m", "bench.imports.waiting", str(database)]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as writer:
        writer.stdout.readline()  # it has begun
        try:
            yield waits
        finally:
            told, _ = writer.communicate("")
            n, longest_s = told.split()
            waits.n, waits.longest_s = int(n), float(longest_s)


def main(database: str) -> None:
    base = sqlite3.connect(database, timeout=PATIENCE_S, isolation_level=None)
    base.execute(f"CREATE TABLE IF NOT EXISTS {TABLE} (at REAL)")
    over = threading.Event()
    threading.Thread(target=lambda: (sys.stdin.read(), over.set()), daemon=True).start()
    print("begun", flush=True)
    n, longest_s = 0, 0.0
    while not over.wait(EVERY_S):
        began = time.monotonic()
        base.execute("BEGIN IMMEDIATE")
        base.execute(f"INSERT INTO {TABLE} VALUES (?)", (began,))
        base.execute("COMMIT")
        n, longest_s = n + 1, max(longest_s, time.monotonic() - began)
    print(n, longest_s, flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
