"""One gate inside a process, with its own journal on the disk; told by lines of its input how long to be busy.

    python scaling_worker.py REALM FILE BYTES HEAD_BYTES GATE CORE

Each line is a number of seconds; the answer is how many scans were decided, recorded and answered in them.
"""

import asyncio
import gc
import os
import sys
import time
from collections.abc import Callable, Iterator
from itertools import count, repeat
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT)]

import uvloop  # noqa: E402

from bench.gate.inside import N_CONNECTIONS, Mouth, connected, followed, gate_inside  # noqa: E402
from bench.gate.scans import Prepared  # noqa: E402
from fangxian.gate.journal import Journal  # noqa: E402
from fangxian.gate.running import wall_ms  # noqa: E402

Feed = Callable[[bytes], None]


async def work(realm: Path, prepared: Prepared, gate_id: int) -> None:
    loop = asyncio.get_running_loop()
    journal = Journal.open(realm / "journal", gate_id=gate_id, county_ms=wall_ms)
    gate = gate_inside(followed(realm), journal, later=loop.call_soon)
    journal.start(loop, on_commit=gate.on_commit, on_failure=gate.on_failure)
    scans = map(prepared.request, count(), repeat(gate_id))
    mouths = [Mouth() for _ in range(N_CONNECTIONS)]
    feeds = connected(gate, mouths)
    print("ready", flush=True)
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        gc.collect()
        print(await _busy(float(line), mouths, feeds, scans), flush=True)
    journal.close()


async def _busy(
    seconds: float, mouths: list[Mouth], feeds: list[Callable[[bytes], None]], scans: Iterator[bytes]
) -> int:
    """Each connection asks again as soon as it was answered, until the time is over; how many were answered."""
    loop, ends = asyncio.get_running_loop(), time.monotonic() + seconds
    before, n_asking, done = sum(mouth.n_answered for mouth in mouths), len(mouths), loop.create_future()

    def ask_again(feed: Feed) -> None:
        nonlocal n_asking
        if time.monotonic() < ends:
            feed(next(scans))
            return
        n_asking -= 1
        if not n_asking:
            done.set_result(None)

    for mouth, feed in zip(mouths, feeds, strict=True):
        mouth.heard = lambda feed=feed: loop.call_soon(ask_again, feed)
        ask_again(feed)
    await done
    return sum(mouth.n_answered for mouth in mouths) - before


def main() -> None:
    realm, path, size, head, gate_id, core = sys.argv[1:]
    os.sched_setaffinity(0, {int(core)})
    uvloop.run(work(Path(realm), Prepared.read(Path(path), int(size), int(head)), int(gate_id)))


if __name__ == "__main__":
    main()
