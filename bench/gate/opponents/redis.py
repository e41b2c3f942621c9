"""Redis with a sync at every write: SET of as many bytes as a scan's record has."""

import csv
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from bench.gate.pinned import CLIENT, SERVER, free_port, serving
from bench.gate.wrk import N_CONNECTIONS, Round, child_s
from fangxian.core.policy.byte_journal import RECORD_BYTES

CLIENT_PROGRAM: Final = "redis-benchmark"
N_KEYS: Final = 1_000_000


def server_program() -> str | None:
    """Debian's redis-tools hold the server under the name of one of its tools, and install no service."""
    return shutil.which("redis-server") or shutil.which("redis-check-rdb")


def is_there() -> bool:
    return server_program() is not None and shutil.which(CLIENT_PROGRAM) is not None


@contextmanager
def redis(folder: Path) -> Iterator[int]:
    """Its port; on the server's core, as the gate is."""
    port, home = free_port(), folder / "redis"
    home.mkdir()
    options = {"port": port, "bind": "127.0.0.1", "dir": home, "save": "", "appendonly": "yes", "appendfsync": "always"}
    options |= {"auto-aof-rewrite-percentage": 0}  # it would write its whole file anew while it is measured
    command = ["redis-server", *(part for name, value in options.items() for part in (f"--{name}", str(value)))]
    log = folder / "redis.log"
    with serving(command, port, cores=SERVER, log=log, program=server_program()):
        yield port


def set_round(port: int, n: int) -> Round:
    """`n` SETs over 64 connections, one at a time on each."""
    command = [CLIENT_PROGRAM, "-p", str(port), "-c", str(N_CONNECTIONS), "-n", str(n), "-t", "set", "--csv"]
    command += ["-d", str(RECORD_BYTES), "-r", str(N_KEYS)]
    before = os.times()
    told = subprocess.run(
        command, capture_output=True, text=True, check=True, preexec_fn=lambda: os.sched_setaffinity(0, CLIENT)
    ).stdout
    row = next(csv.DictReader(told.splitlines()))
    seconds = n / float(row["rps"])
    busy = child_s(before, os.times()) / seconds
    return Round(n, seconds, 0, float(row["p50_latency_ms"]), float(row["p99_latency_ms"]), busy)
