"""wrk: as many requests as 64 connections get answered, and how busy wrk itself was."""

import os
import shutil
import subprocess
import time
from pathlib import Path
from typing import Final, NamedTuple

from bench.gate.pinned import CLIENT
from bench.gate.scans import STRIDE, Scans

N_CONNECTIONS: Final = 64
BUSY: Final = 0.97  # of its core: from here on wrk, too, may be what holds things up
HERE: Final = Path(__file__).resolve().parent


class Round(NamedTuple):
    """What one round found; `n_wrong` answers were not 2xx, or none came. Latencies from the moment of sending."""

    n: int
    seconds: float
    n_wrong: int
    p50_ms: float
    p99_ms: float
    busy: float

    @property
    def rate(self) -> float:
        return self.n / self.seconds


def is_there() -> bool:
    return shutil.which("wrk") is not None


def scan_round(port: int, scans: Scans, run: int, seconds: int, cores: set[int] = CLIENT) -> Round:
    """POST /scan; `run` must be another one each time, or ids come again."""
    arguments = ["-s", str(HERE / "scan.lua"), f"http://127.0.0.1:{port}/scan", "--"]
    arguments += [*scans.arguments, str(run * STRIDE), str(run)]
    return _round(arguments, seconds, cores)


def hello_round(port: int, seconds: int) -> Round:
    return _round(["-s", str(HERE / "hello.lua"), f"http://127.0.0.1:{port}/"], seconds, CLIENT)


def _round(arguments: list[str], seconds: int, cores: set[int]) -> Round:
    command = ["wrk", "-t", "1", "-c", str(N_CONNECTIONS), "-d", f"{seconds}s", *arguments]
    before, began = os.times(), time.monotonic()
    told = subprocess.run(
        command, capture_output=True, text=True, check=True, preexec_fn=lambda: os.sched_setaffinity(0, cores)
    ).stdout
    after, took = os.times(), time.monotonic() - began
    used = after.children_user + after.children_system - before.children_user - before.children_system
    found = next(line for line in told.splitlines() if line.startswith("FOUND ")).split()[1:]
    n, duration_us, n_status, n_broken = map(int, found[:4])
    p50, p99 = (float(it) / 1000 for it in found[4:])
    return Round(n, duration_us / 1e6, n_status + n_broken, p50, p99, used / took)
