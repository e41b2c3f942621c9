"""How soon a red code is refused: from its commit in the office to the gate's answer, under load, in a real realm."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Final

from bench.gate.open_loop import offering, why_void
from bench.gate.pinned import CLIENT, ROOT, free_port, serving_gate
from bench.gate.report import Table
from bench.gate.run import Run
from bench.gate.scans import Scans
from bench.gate.wrk import HERE
from tests.integration.running_county import built, environment, program

N_RED: Final = 100
RATE: Final = 5_000
SECONDS: Final = 14  # as long as people turn red
# A small county sends a province's scans: from 100 devices, faster than any door.
PACE: Final = ("--device-pace", "6000")


def measure(run: Run) -> Table:
    """A small county is built and its worker publishes; people turn red one after another while scans come."""
    realm, port = built(run.folder / "freshness"), free_port()
    with ExitStack() as stack:
        stack.enter_context(serving_gate(realm, port, *PACE))
        stack.enter_context(_beside(program("worker"), realm, run.folder / "worker.log"))
        command = [sys.executable, str(HERE / "freshness_ops.py"), str(run.folder), str(port)]
        office = stack.enter_context(_beside(command, realm, run.folder / "office.log"))
        told = _asked(office)
        scans = Scans(Path(told["path"]), told["size"], told["head"])
        with offering(port, scans, 1, RATE, SECONDS) as load:
            took = sorted(it * 1000 for it in _asked(office, str(N_RED)))
            found = load()
    p50, p99 = took[len(took) // 2], took[len(took) * 99 // 100 - 1]
    void = why_void(found, is_about_time=False)
    row = (f"{RATE:,} scans/s", f"{p50:.0f}", f"{p99:.0f}", f"{took[-1]:.0f}", void or "p99 < 1000")
    notes = [
        f"{N_RED} people of a small county, one after another; from just before the red code is computed and committed "
        "until the gate refuses the person, asked every 10 ms and more",
        "the worker looks for changes each 200 ms, the gate at its files each 100 ms",
        f"the scans meanwhile: p50 {found['p50']:.1f} ms, p99 {found['p99']:.1f} ms",
    ]
    columns = ("under", "p50 ms", "p99 ms", "longest ms", "aim")
    return Table("freshness", "从转红到拦下 From a red code to a refusal", columns, [row], notes)


@contextmanager
def _beside(command: list[str], realm: Path, log: Path) -> Iterator[subprocess.Popen[str]]:
    """A program of the realm, on the clients' core, until the end of the `with`."""
    with log.open("w") as errors:
        process = subprocess.Popen(
            command,
            env=environment(realm),
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            preexec_fn=lambda: os.sched_setaffinity(0, CLIENT),
        )
    try:
        yield process
    except BaseException:
        print(log.read_text()[-2000:], file=sys.stderr)
        raise
    finally:
        process.terminate()
        process.communicate(timeout=30)


def _asked(process: subprocess.Popen[str], said: str = "") -> Any:
    """What it answers, in JSON, to a line."""
    assert process.stdin
    assert process.stdout
    if said:
        process.stdin.write(f"{said}\n")
        process.stdin.flush()
    return json.loads(process.stdout.readline() or "null")
