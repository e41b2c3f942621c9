"""A small county that runs, as `fangxian run` runs it, for tests that ask it and kill parts of it."""

import json
import os
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.integration.gate_process import free_port
from tests.made_once import QUICK_START, made_once

ROOT = Path(__file__).resolve().parents[2]
LONGEST_S = 120
ASKED_AGAIN_AFTER_S = 0.05


@dataclass
class RunningCounty:
    """`fangxian run` on a data folder."""

    folder: Path
    port: int
    log: Path
    process: subprocess.Popen

    @property
    def gate(self) -> str:
        return f"http://127.0.0.1:{self.port + 1}"

    def pid_of(self, word: str) -> int | None:
        """The program started by `fangxian run` that has this word on its command line."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        commands = {int(pid): Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0") for pid in children}
        return next((pid for pid, words in commands.items() if word.encode() in words), None)

    def day(self) -> dict:
        """How far a day is that is being played."""
        try:
            return json.loads((self.folder / "live" / "day.json").read_text())
        except FileNotFoundError:
            return {"n_acknowledged": 0, "state": ""}

    def start(self, *words: str) -> subprocess.Popen:
        return subprocess.Popen(
            program(*words), env=environment(self.folder), cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            text=True,
        )  # fmt: skip

    def until(self, holds: Callable[[], object]) -> None:
        """Ask again and again; the log when it never comes to pass, or when the county has ended."""
        deadline = time.monotonic() + LONGEST_S
        while not holds():
            assert time.monotonic() < deadline, self.log.read_text()
            try:
                self.process.wait(ASKED_AGAIN_AFTER_S)
            except subprocess.TimeoutExpired:
                continue
            raise AssertionError(self.log.read_text())


def program(*words: str) -> list[str]:
    return [sys.executable, "-m", "fangxian.cli", *words]


def environment(folder: Path) -> dict[str, str]:
    kept = {key: value for key, value in os.environ.items() if key not in {"DATABASE_URL", "DJANGO_SETTINGS_MODULE"}}
    told = {"FANGXIAN_DATA": str(folder), "FANGXIAN_LANGUAGE": "en", "PYTHONUNBUFFERED": "1"}
    return kept | told | {"FANGXIAN_COUNTIES": str(ROOT / "counties"), "PYTHONPATH": f"{ROOT}{os.pathsep}{QUICK_START}"}


def built(folder: Path) -> Path:
    """A small county in a new data folder: a copy of the one that is built once in a run of the tests."""
    shutil.copytree(made_once("fushan", build), folder, symlinks=True)
    return folder


def build(folder: Path) -> None:
    """Fushan at 2% of its people, as `fangxian county build` leaves it."""
    done = subprocess.run(
        program("county", "build", "fushan", "--scale", "0.02"), env=environment(folder), cwd=ROOT,
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


@contextmanager
def running(folder: Path, *words: str) -> Iterator[RunningCounty]:
    """The county in a folder, running until the block ends."""
    port, log = free_ports(), folder.with_suffix(".log")
    with log.open("w") as output:
        process = subprocess.Popen(
            program("run", "--port", str(port), *words), env=environment(folder), cwd=ROOT, stdout=output,
            stderr=subprocess.STDOUT,
        )  # fmt: skip
        county = RunningCounty(folder, port, log, process)
        try:
            county.until(lambda: "Ready" in log.read_text())
            yield county
        finally:
            process.terminate()
            process.wait(timeout=60)


def free_ports() -> int:
    """A port that is free, as are the one after it and those that several gate processes have for themselves."""
    return free_port(1, 100, 101, 102, 103)


def answers(address: str) -> bool:
    try:
        urllib.request.urlopen(address, timeout=2).close()
    except urllib.error.HTTPError as answer:
        answer.close()
    except OSError:
        return False
    return True
