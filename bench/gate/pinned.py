"""Programs held to their cores: servers on the first, clients on the second; and what they used of them."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[2]
CORES: Final = tuple(sorted(os.sched_getaffinity(0)))
SERVER: Final = {CORES[0]}
CLIENT: Final = {CORES[-1]}
BOTH: Final = set(CORES)
READY_WITHIN_S: Final = 300  # a gate's loops are compiled when it starts for the first time
_TICKS: Final = os.sysconf("SC_CLK_TCK")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def serving(
    arguments: list[str], port: int, *, cores: set[int], log: Path, program: str | None = None, **environment: str
) -> Iterator[int]:
    """A server as a process on those cores, from when its port answers until the end of the `with`. (→ its pid)

    `program` is what is run if that is another file than the first argument names.
    """
    with log.open("ab") as out:
        process = subprocess.Popen(
            arguments,
            executable=program,
            cwd=ROOT,
            env=os.environ | environment,
            stdout=out,
            stderr=out,
            preexec_fn=lambda: os.sched_setaffinity(0, cores),
        )
    try:
        wait_for(lambda: process.poll() is not None or answers(port))
        if process.poll() is not None:
            raise RuntimeError(f"{arguments} ended: {log.read_text()[-2000:]}")
        yield process.pid
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
        try:
            process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def serving_gate(folder: Path, port: int, *arguments: str, cores: set[int] = SERVER, is_quick: bool = True):
    """`fangxian gate` in its real form: its journal is on the disk that `folder` is on."""
    command = [sys.executable, "-m", "fangxian.cli", "gate", "--port", str(port), *["--quick"] * is_quick, *arguments]
    return serving(
        command, port, cores=cores, log=folder / "gate.log", FANGXIAN_DATA=str(folder), FANGXIAN_LANGUAGE="en"
    )


def serving_granian(app: str, interface: str, port: int, *, folder: Path, cores: set[int], **environment: str):
    """One worker of Granian, on uvloop, without logs of what it answers."""
    command = [sys.executable, "-m", "granian", "--interface", interface, "--workers", "1", "--loop", "uvloop"]
    command += ["--no-log", "--port", str(port), app]
    return serving(command, port, cores=cores, log=folder / "granian.log", **environment)


def answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=5).close()
    except OSError:
        return False
    return True


def wait_for(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + READY_WITHIN_S
    while not is_so():
        if time.monotonic() > deadline:
            raise RuntimeError("it did not come about")
        time.sleep(0.02)


def cpu_s(pid: int) -> float:
    """Processor seconds of a process and all that it has started."""
    pids, seconds = [pid], 0.0
    while pids:
        one = pids.pop()
        try:
            stat = Path(f"/proc/{one}/stat").read_text().rsplit(")", 1)[1].split()
            pids += [int(child) for child in Path(f"/proc/{one}/task/{one}/children").read_text().split()]
        except FileNotFoundError:
            continue
        seconds += (int(stat[11]) + int(stat[12])) / _TICKS
    return seconds
