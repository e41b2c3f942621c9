"""wrk: as many requests as 64 connections get answered, and how busy wrk itself was."""

import os
import shutil
import subprocess
import time
from pathlib import Path
from typing import Final, NamedTuple

from bench.gate.pinned import CLIENT, cpu_s
from bench.gate.scans import STRIDE, Scans

N_CONNECTIONS: Final = 64
BUSY: Final = 0.97  # of its core: from here on wrk, too, may be what holds things up
HERE: Final = Path(__file__).resolve().parent


class Round(NamedTuple):
    """What one round found.

    n_wrong : answers that were not 2xx, or that did not come
    p50_ms, p99_ms : from the moment of sending
    busy : how much of its core wrk itself needed
    cpu_us : processor time of the server for each, if it was watched
    """

    n: int
    seconds: float
    n_wrong: int
    p50_ms: float
    p99_ms: float
    busy: float = 0.0
    cpu_us: float = 0.0

    @property
    def rate(self) -> float:
        return self.n / self.seconds


def is_there() -> bool:
    return shutil.which("wrk") is not None


def scan_round(
    port: int, scans: Scans, run: int, seconds: int, *, cores: set[int] = CLIENT, server: int | None = None
) -> Round:
    """POST /scan; `run` must be another one each time, or ids come again. `server` is the process to be watched."""
    arguments = ["-s", str(HERE / "scan.lua"), f"http://127.0.0.1:{port}/scan", "--"]
    arguments += [*scans.arguments, str(run * STRIDE), str(run)]
    return _round(arguments, seconds, cores, server)


def hello_round(port: int, seconds: int, *, server: int | None = None) -> Round:
    return _round(["-s", str(HERE / "hello.lua"), f"http://127.0.0.1:{port}/"], seconds, CLIENT, server)


def child_s(before: os.times_result, after: os.times_result) -> float:
    """Processor seconds of the programs that were run and ended between."""
    return after.children_user + after.children_system - before.children_user - before.children_system


def _round(arguments: list[str], seconds: int, cores: set[int], server: int | None) -> Round:
    command = ["wrk", "-t", "1", "-c", str(N_CONNECTIONS), "-d", f"{seconds}s", *arguments]
    before, began, used_before = os.times(), time.monotonic(), cpu_s(server) if server else 0.0
    told = subprocess.run(
        command, capture_output=True, text=True, check=True, preexec_fn=lambda: os.sched_setaffinity(0, cores)
    ).stdout
    after, took, used_after = os.times(), time.monotonic() - began, cpu_s(server) if server else 0.0
    busy = child_s(before, after)
    found = next(line for line in told.splitlines() if line.startswith("FOUND ")).split()[1:]
    n, duration_us, n_status, n_broken = map(int, found[:4])
    p50, p99 = (float(it) / 1000 for it in found[4:])
    cpu_us = (used_after - used_before) / max(1, n) * 1e6
    return Round(n, duration_us / 1e6, n_status + n_broken, p50, p99, busy / took, cpu_us)
