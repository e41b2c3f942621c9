"""Several programs as one: started together, started again when one dies, ended together."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from fangxian.core.refusal import Said

from .console import tell

LOOKED_AFTER_EVERY_S = 0.1
SETTLED_AFTER_S = 10.0  # a program that ran so long is started again at once
FIRST_PAUSE_S = 0.5
LONGEST_PAUSE_S = 30.0
ENDED_WITHIN_S = 10.0
PR_SET_PDEATHSIG = 1


@dataclass(slots=True)
class Child:
    """One program. `is_errand` for one that has an end: it is not started again, and `at_end` is called then.

    A program that dies is started again at once, and then after longer and longer pauses until it stays.
    """

    name: Said
    command: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)
    is_errand: bool = False
    at_end: Callable[[], None] | None = None
    says: Callable[[Said], None] | None = None
    process: subprocess.Popen | None = None
    exit_code: int | None = None
    started_at: float = 0.0
    _n_short_lives: int = 0
    _again_at: float | None = None

    @property
    def is_running(self) -> bool:
        return self.process is not None

    @property
    def has_ended(self) -> bool:
        """Whether it was started and has ended, noticed or not."""
        return self.exit_code is not None if self.process is None else _has_ended(self.process.pid)

    def start(self) -> None:
        # A child dies with us even when we are killed: it must not go on holding its port.
        self.process = subprocess.Popen(
            self.command, env={**os.environ, **self.environment}, preexec_fn=_end_with_parent, process_group=0
        )
        self.started_at, self._again_at = time.monotonic(), None

    def look(self) -> None:
        """Notice an end; start again when it is time."""
        if self.process is not None and _has_ended(self.process.pid):
            self._end_noticed(self.process)
        if self._again_at is not None and time.monotonic() >= self._again_at:
            self.start()

    def _end_noticed(self, process: subprocess.Popen) -> None:
        # While it is not reaped its number is nobody else's, and what it had started has no other parent.
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        self.exit_code, self.process = process.wait(), None
        if self.is_errand:
            if self.at_end:
                self.at_end()
            return
        lived_s = time.monotonic() - self.started_at
        self._n_short_lives = 0 if lived_s >= SETTLED_AFTER_S else self._n_short_lives + 1
        pause_s = min(FIRST_PAUSE_S * 2 ** (self._n_short_lives - 1), LONGEST_PAUSE_S) if self._n_short_lives else 0.0
        self._again_at = time.monotonic() + pause_s
        (self.says or tell)(
            Said(
                "{name_zh}停了（退出码 {code}），{pause:g} 秒后重新启动；其余照常。",
                "{name_en} has ended (exit code {code}) and is started again in {pause:g} s; the others go on.",
            ).with_facts(name_zh=self.name.zh, name_en=self.name.en, code=self.exit_code, pause=pause_s)
        )

    def ask_to_end(self) -> None:
        self._again_at = None
        if self.process is not None:
            self.process.terminate()

    def kill(self) -> None:
        """End it now, whatever it does; `look` starts it again."""
        if self.process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)

    def end(self) -> None:
        """Wait for the end that was asked for, and make it one."""
        if self.process is None:
            return
        deadline = time.monotonic() + ENDED_WITHIN_S
        while time.monotonic() < deadline and not _has_ended(self.process.pid):
            time.sleep(0.05)
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.exit_code, self.process = self.process.wait(), None


def look_after(children: Sequence[Child]) -> None:
    """Keep them running until interrupted; an errand that ends is left at that."""
    while True:
        for child in children:
            child.look()
        time.sleep(LOOKED_AFTER_EVERY_S)


def end_all(children: Sequence[Child]) -> None:
    """Ask all to end, then wait for each."""
    for child in children:
        child.ask_to_end()
    for child in children:
        child.end()


def _has_ended(pid: int) -> bool:
    """Whether the child has ended; it is left to be reaped."""
    return os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None


def _end_with_parent() -> None:
    """Ask Linux to end this process when its parent ends; elsewhere it is left to the parent."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
