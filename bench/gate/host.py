"""What the machine itself gives: how long it stands still, and what two programs of one kind do together.

    python host.py idle|sync|work CORE SECONDS [FILE]

`idle` looks at the clock again and again; printed: how long it stood still, all together and at most, in ms. `sync`
does the same, with one sync of the disk behind the other between its looks at the clock. `work` reckons
once it is told to, and prints how often it went round.
"""

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Final, NamedTuple

ROOT: Final = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT)]

from bench.gate.journal import N_IN_BATCH  # noqa: E402
from bench.gate.pinned import CLIENT, SERVER  # noqa: E402
from fangxian.core.policy.byte_journal import RECORD_BYTES  # noqa: E402

STILL_S: Final = 0.0005  # nothing of a program's own takes so long between two looks at the clock
SECONDS: Final = 2.0
_ROUND: Final = range(1000)


class Still(NamedTuple):
    """How much of the time a core stood still, and how long at most."""

    part: float
    most_ms: float


def stood_still(folder: Path) -> tuple[Still, Still]:
    """The clients' core while the servers' one does nothing but look at the clock, and while it syncs a disk."""
    file = str(folder / "host-syncs")
    return _beside("idle", file), _beside("sync", file)


def _beside(what: str, file: str) -> Still:
    beside, looking = _started(what, min(SERVER), file), _started("idle", min(CLIENT), file)
    beside.communicate()
    total_ms, most_ms = map(float, looking.communicate()[0].split())
    return Still(total_ms / SECONDS / 1000, most_ms)


def reckoned_together(seconds: float) -> float:
    """What two programs do in a while that only reckon, each on its core: beside the mean of each alone."""
    cores = min(SERVER), min(CLIENT)
    alone = [_gone_round([core], seconds) for core in cores]
    return _gone_round([*cores], seconds) * len(cores) / sum(alone)


def _gone_round(cores: list[int], seconds: float) -> int:
    working = [_started("work", core, seconds=seconds) for core in cores]
    for one in working:
        assert one.stdout
        one.stdout.readline()  # it is there
    for one in working:
        assert one.stdin
        one.stdin.write("\n")
        one.stdin.flush()
    return sum(int(one.communicate()[0]) for one in working)


def _started(what: str, core: int, *file: str, seconds: float = SECONDS) -> subprocess.Popen[str]:
    command = [sys.executable, __file__, what, str(core), str(seconds), *file]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def look_at_the_clock(seconds: float) -> str:
    """The plain loop, and nothing else."""
    last, total, most = time.monotonic(), 0.0, 0.0
    ends = last + seconds
    while last < ends:
        now = time.monotonic()
        if now - last > STILL_S:
            total, most = total + now - last, max(most, now - last)
        last = now
    return f"{total * 1000:.1f} {most * 1000:.2f}"


def sync(seconds: float, path: str) -> str:
    """As many syncs as there is time for."""
    batch, ends, n = os.urandom(N_IN_BATCH * RECORD_BYTES), time.monotonic() + seconds, 0
    file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    while time.monotonic() < ends:
        os.pwrite(file, batch, n % N_IN_BATCH * len(batch))
        os.fdatasync(file)
        n += 1
    os.close(file)
    os.unlink(path)
    return str(n)


def work(seconds: float) -> str:
    """Small numbers, which need no memory but the processor's nearest."""
    print("ready", flush=True)
    sys.stdin.readline()
    ends, n, total = time.monotonic() + seconds, 0, 0
    while time.monotonic() < ends:
        for number in _ROUND:
            total += number * number & 0xFF
        n += 1
    return str(n)


def main() -> None:
    what, core, seconds = sys.argv[1], int(sys.argv[2]), float(sys.argv[3])
    os.sched_setaffinity(0, {core})
    if what == "idle":
        print(look_at_the_clock(seconds))
    elif what == "sync":
        print(sync(seconds, sys.argv[4]))
    else:
        print(work(seconds))


if __name__ == "__main__":
    main()
