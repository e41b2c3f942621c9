"""`fangxian` without its start: a command run by a process that has read the whole program already.

Three quarters of what a short command takes is reading the program, a second of processor, and here hundreds are run.
So one process in each worker of the tests reads everything once and, for each command, makes a copy of itself (fork)
that opens the data folder of the command and does what `python -m fangxian.cli` does from there on: same words, same
environment, a process of its own, its exit status and what it printed. What it leaves out is the start, and a hash
seed of its own: whatever asks for these starts the real program (`running_county.program`).
"""

import contextlib
import gc
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LONGEST_REQUEST = 1 << 20


class _WarmProgram:
    """Started when it is first asked; ends with whoever asks."""

    def __init__(self) -> None:
        self._line: socket.socket | None = None
        self._process: subprocess.Popen | None = None

    def run(self, words: Sequence[str], environment: Mapping[str, str]) -> subprocess.CompletedProcess:
        """What `subprocess.run` would return for `fangxian` and these words; ["-c", text] is a program of Python."""
        line = self._line = self._line or self._start()
        asked = json.dumps({"words": list(words), "environment": dict(environment)}).encode()
        with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
            try:
                socket.send_fds(line, [asked], [out.fileno(), err.fileno()])
                status = int(line.recv(LONGEST_REQUEST) or b"-9")
            except BaseException:  # a test out of time: its answer must not be taken for the next one's
                line.close()
                self._line = None
                raise
            said = [file.seek(0) or file.read().decode() for file in (out, err)]
        return subprocess.CompletedProcess(list(words), status, *said)

    def end(self) -> None:
        """Wait for its end, so that what it took is counted as this process's."""
        if self._line and self._process:
            self._line.close()
            self._process.wait()
            self._line = None

    def _start(self) -> socket.socket:
        ours, its = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with its:
            command = [sys.executable, "-m", "tests.integration.warm_program"]
            self._process = subprocess.Popen(command, stdin=its, cwd=ROOT)
        return ours


warm_program = _WarmProgram()


def _serve(line: socket.socket) -> list[str]:
    """Answer until nobody is there; in the copy that is to be a command, return its words."""
    while True:
        message, handles, _, _ = socket.recv_fds(line, LONGEST_REQUEST, 2)
        if not message:
            sys.exit(0)
        if (pid := os.fork()) == 0:
            line.close()
            return _become(json.loads(message), handles)
        for handle in handles:
            os.close(handle)
        _, status = os.waitpid(pid, 0)
        with contextlib.suppress(BrokenPipeError):
            line.send(str(os.waitstatus_to_exitcode(status)).encode())


def _become(asked: dict, handles: Sequence[int]) -> list[str]:
    with open(os.devnull) as nothing:
        os.dup2(nothing.fileno(), 0)
    for handle, own in zip(handles, (1, 2), strict=True):
        os.dup2(handle, own)
        os.close(handle)
    os.environ.clear()
    os.environ.update(asked["environment"])
    _forget_the_realm()
    return asked["words"]


def _forget_the_realm() -> None:
    """The settings are read anew from the command's own data folder, as in a process that has just begun."""
    from django.conf import settings
    from django.core.cache import caches
    from django.db import connections
    from django.utils import timezone
    from django.utils.functional import empty

    settings._wrapped = empty
    del sys.modules["fangxian.ops.config.settings"]
    timezone.get_default_timezone.cache_clear()
    for handler in (connections, caches):
        handler.__dict__.pop("settings", None)
        handler.__init__()


def _read_the_program(folder: Path) -> None:
    """All that a command would read, with a realm that no command sees."""
    from importlib import import_module

    from fangxian.ops.realm.clock import CountyClock
    from fangxian.ops.realm.folder import create_realm

    clock = CountyClock.of_the_wall("Asia/Shanghai")
    create_realm(folder, kind="demo", county="fushan", division_code="141027", clock=clock)
    os.environ |= {"FANGXIAN_DATA": str(folder), "DJANGO_SETTINGS_MODULE": "fangxian.ops.config.settings"}
    import django

    django.setup()
    from fangxian.cli import _parser
    from fangxian.ops.jobs.kinds import CHORES, KINDS, PULSES

    _parser()
    names = [*KINDS.values(), *(it.function for it in (*PULSES, *CHORES))]
    for module in sorted({name.rpartition(".")[0] for name in names}):
        import_module(module)
    for module in ("rich.console", "rich.progress", "rich.table", "fangxian.ops.audit.verification"):
        import_module(module)


def _main() -> int:
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    with tempfile.TemporaryDirectory() as folder:
        _read_the_program(Path(folder) / "data")
    # What is never looked at by the collector is never copied: else each command would first make all of it its own.
    gc.collect()
    gc.freeze()
    line = socket.socket(fileno=os.dup(0))
    words = _serve(line)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    if words[0] == "-c":
        exec(compile(words[1], "<a test's program>", "exec"), {"__name__": "__main__"})
        return 0
    from fangxian.cli import main

    return main(words)


if __name__ == "__main__":
    sys.exit(_main())
