"""Open loop: how long a scan takes when so many come a second, whether or not those before are answered."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final

from bench.gate.county import first_of_each_door
from bench.gate.freshly import kept_fresh
from bench.gate.host import stood_still
from bench.gate.journal import solo_syncs
from bench.gate.lockstep import ask_all
from bench.gate.pinned import CLIENT, SERVER, free_port, serving_gate, serving_granian
from bench.gate.report import VOID, Table
from bench.gate.run import Run
from bench.gate.scans import Scans
from bench.gate.wrk import HERE

RATES: Final = (5_000, 10_000, 23_300)  # the last is the peak at which a province's service stood still in 2022
SECONDS: Final = 4
MOST_LAG_MS: Final = 1.0
AIMS: Final = {10_000: 20}  # times one sync of the disk
GATES: Final = {False: "the gate", True: "with --quick"}
HELLO: Final = "a bare hello"  # writes nothing and decides nothing: later than this nobody is by his own fault


def measure(run: Run) -> Table:
    """Each rate once, against a gate as it is, one with --quick and a bare hello, all warm."""
    scans, rows = Scans.written(run.prepared, run.folder), []
    sync_ms, (idle, syncing) = solo_syncs(run.folder).median_ms, stood_still(run.folder)
    for is_quick, said in GATES.items():
        county, port = run.county(f"open-{'quick' if is_quick else 'plain'}"), free_port()
        with kept_fresh(county), serving_gate(county.files.realm, port, is_quick=is_quick):
            ask_all(port, first_of_each_door(run.prepared))
            for nth, rate in enumerate(RATES, 1):
                rows.append(_row(said, rate, offered(port, scans, nth, rate, SECONDS), sync_ms))
    port = free_port()
    with serving_granian("bench.gate.hello:app", "rsgi", port, folder=run.folder, cores=SERVER):
        offered(port, scans, 1, RATES[0], 1)
        for nth, rate in enumerate(RATES, 2):
            rows.append(_row(HELLO, rate, offered(port, scans, nth, rate, SECONDS), sync_ms))
    columns = ("", "scans a second", "p50 ms", "p99 ms", "p99.9 ms", "p99 ÷ one sync", "client's lag, p99 ms", "aim")
    notes = [
        f"{SECONDS} s each at random moments fixed beforehand, 512 connections that take turns and have asked before; "
        "time runs from when a scan was due",
        f"one fdatasync of 64 records alone, just before: {sync_ms:.2f} ms",
        "the client is one compiled loop, sleeps while nothing is due, and goes before all others on its core "
        "(SCHED_FIFO) where that is allowed",
        f"{HELLO}: the closed loop's, asked the same way; what it takes is the part of the machine, the loopback and "
        "HTTP in the gate's times, without a disk or a decision",
        f"the host: a plain loop on the client's core that only looks at the clock stood still for {idle.part:.1%} of "
        f"the time (at most {idle.most_ms:.1f} ms) beside another such loop, and for {syncing.part:.1%} (at most "
        f"{syncing.most_ms:.1f} ms) beside one sync after the other on the servers' core",
    ]
    return Table("open", "给定速率下要多久 How long a scan takes at a rate (open loop)", columns, rows, notes)


Found = dict[str, Any]


@contextmanager
def offering(port: int, scans: Scans, run: int, rate: int, seconds: float) -> Iterator[Callable[[], Found]]:
    """A client at work from the beginning of the `with`; what is called to wait for its end and for what it found.

    `run` must be another one each time.
    """
    arguments = [HERE / "open_client.py", port, *scans.arguments, run, rate, seconds]
    process = subprocess.Popen(
        [sys.executable, *map(str, arguments)],
        stdout=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: os.sched_setaffinity(0, CLIENT),
    )
    assert process.stdout
    try:
        if not process.stdout.readline():
            raise RuntimeError("the client did not begin")
        yield lambda: json.loads(process.communicate()[0])
    finally:
        process.kill()
        process.wait()


def offered(port: int, scans: Scans, run: int, rate: int, seconds: float) -> Found:
    """What a client found that had the core for itself, in ms."""
    with offering(port, scans, run, rate, seconds) as found:
        return found()


def why_void(found: Found, *, is_about_time: bool = True) -> str:
    """Why what was found counts for nothing; a client that was late itself matters only where its times do."""
    if found["n_answered"] < found["n"]:
        return f"{VOID}not borne, {found['n'] - found['n_answered']:,} of {found['n']:,} unanswered"
    if found["n_wrong"]:
        return f"{VOID}{found['n_wrong']:,} answers were not 200"
    if is_about_time and found["lag_p99"] > MOST_LAG_MS:
        return f"{VOID}the client itself was late"
    return ""


def _row(said: str, rate: int, found: Found, sync_ms: float) -> tuple[str, ...]:
    times = found["p99"] / sync_ms
    aim = f"< {AIMS[rate]}" if rate in AIMS and said != HELLO else ""
    cells = (f"{found[name]:.2f}" for name in ("p50", "p99", "p99_9"))
    return (said, f"{rate:,}", *cells, f"{times:.1f}", f"{found['lag_p99']:.2f}", why_void(found) or aim)
