"""A new base while people are scanned: how long scans take while it is read and taken, beside scans without it."""

import http.client
import json
import time
from typing import Final

from bench.gate.county import County, first_of_each_door
from bench.gate.freshly import kept_fresh
from bench.gate.lockstep import ask_all
from bench.gate.open_loop import Found, offering, why_void
from bench.gate.pinned import free_port, serving_gate, wait_for
from bench.gate.report import Table, ratio
from bench.gate.run import Run
from bench.gate.scans import Scans

RATE: Final = 5_000
SECONDS: Final = 5
NUMBERS: Final = (2_000, 3_000, 4_000, 5_000)


def measure(run: Run) -> Table:
    """The same rate twice; the second time a base of 100,000 people comes each second, and is in use within it."""
    scans, county, port = Scans.written(run.prepared, run.folder), run.county("swap"), free_port()
    bases = {number: county.files.base_bytes(number, **county.contents) for number in NUMBERS}
    with kept_fresh(county), serving_gate(county.files.realm, port):
        ask_all(port, first_of_each_door(run.prepared))
        with offering(port, scans, 1, RATE, SECONDS) as load:
            without = load()
        with offering(port, scans, 2, RATE, SECONDS) as load:
            took = [_swapped(county, number, bases[number], port) for number in NUMBERS]
            during = load()
    rows = [_row("none", without, without), _row(f"{len(NUMBERS)} new bases", during, without)]
    notes = [
        f"{RATE:,} scans/s for {SECONDS} s each; a base of 100,000 people, 16,000 venues and devices",
        f"from the pointer to the new base until the gate answers by it: at most {max(took) * 1000:.0f} ms",
    ]
    columns = ("swaps", "p50 ms", "p99 ms", "p99.9 ms", "longest ms", "p99 ÷ without", "")
    return Table("swap", "换基础快照时不停 A new base without a pause", columns, rows, notes)


def _swapped(county: County, number: int, base: bytes, port: int) -> float:
    """Seconds until the gate says that it uses the base; the next comes a second after this one did."""
    files, begins = county.files, time.monotonic()
    files.base = files.last = number
    files.replace(f"base-{number}.fxs", base)
    files.replace(f"deltas-{number}.fxd", b"")
    files.point_to(number)
    wait_for(lambda: _snapshot(port) >= number)
    took = time.monotonic() - begins
    time.sleep(max(0.0, 1.0 - took))
    return took


def _snapshot(port: int) -> int:
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    line.request("GET", "/healthz")
    found = json.loads(line.getresponse().read())["snapshot"]
    line.close()
    return int(found or 0)


def _row(said: str, found: Found, without: Found) -> tuple[str, ...]:
    figures = (f"{found[name]:.2f}" for name in ("p50", "p99", "p99_9", "most"))
    return (said, *figures, ratio(found["p99"], without["p99"]), why_void(found))
