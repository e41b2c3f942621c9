"""Gates that begin in a twentieth of the time: each is a process of its own, forked from one that has read the program.

What runs is `fangxian gate --quick` with whatever arguments; only reading the program from disk is done once. A wall
clock that the test sets is the one thing that can be put in place of the gate's own.
"""

import mmap
import os
import resource
import select
import signal
import struct
import subprocess
import sys
from contextlib import suppress

from tests.integration.gate_process import GateProcess, free_port
from tests.unit.gate.gate_files import GateFiles

PROGRAM = """
import mmap, os, signal, struct, sys, time, traceback
from fangxian.cli import main
from fangxian.gate import running, server, site, tls
from fangxian.gate.quick.compiling import compile_loops

compile_loops()
ahead = mmap.mmap(os.open(sys.argv[1], os.O_RDONLY), 8, prot=mmap.PROT_READ)
running.wall_ms = lambda: time.time_ns() // 1_000_000 + struct.unpack("<q", ahead)[0]
exec(sys.argv[2])

def be_a_gate(arguments):
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(2, 1)
    try:
        os._exit(main(["gate", *arguments]))
    except BaseException:
        traceback.print_exc()
        os._exit(70)

running_now = set()
for line in sys.stdin:
    word, *rest = line.split()
    if word == "start":
        pid = os.fork()
        if not pid:
            be_a_gate(rest)
        running_now.add(pid)
        print(pid, flush=True)
    else:
        print(os.waitstatus_to_exitcode(os.waitpid(int(rest[0]), 0)[1]), flush=True)
        running_now.discard(int(rest[0]))
for pid in running_now:
    os.kill(pid, signal.SIGKILL)
"""


class Nursery:
    """Starts gates of one realm; all have ended when it ends. `before` is run once, before any of them begins."""

    def __init__(self, files: GateFiles, before: str = "") -> None:
        self.files, self.log = files, files.realm / "gate.log"
        ahead = files.realm / "wall"
        ahead.write_bytes(bytes(8))
        with ahead.open("r+b") as file:
            self._ahead = mmap.mmap(file.fileno(), 8)
        with self.log.open("ab") as log:
            self._program = subprocess.Popen(
                [sys.executable, "-c", PROGRAM, str(ahead), before],
                env=os.environ | {"FANGXIAN_DATA": str(files.realm), "FANGXIAN_LANGUAGE": "en"},
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True,
            )  # fmt: skip

    def __enter__(self) -> "Nursery":
        return self

    def __exit__(self, *_) -> None:
        self._program.stdin.close()
        self._program.wait(timeout=60)
        self._program.stdout.close()

    def set_wall(self, ahead_ms: int) -> None:
        """From now on these gates' wall clock is so far ahead of everybody's."""
        self._ahead[:] = struct.pack("<q", ahead_ms)

    def start(self, *arguments: str, port: int = 0, own_port: int = 0) -> "NurseryGate":
        """A gate that may not answer yet."""
        gate = NurseryGate(self, port or free_port(), own_port)
        own = ("--own-port", str(own_port), "--one-of-several") if own_port else ()
        gate.process = Forked(self, int(self.told("start", "--quick", "--port", str(gate.port), *own, *arguments)))
        return gate

    def told(self, *words: str) -> str:
        self._program.stdin.write(" ".join(words) + "\n")
        self._program.stdin.flush()
        return self._program.stdout.readline()


class Forked:
    """A process of the nursery, as `subprocess` would show it."""

    def __init__(self, nursery: Nursery, pid: int) -> None:
        self._nursery, self.pid = nursery, pid
        self.returncode: int | None = None
        self._has_ended = os.pidfd_open(pid)

    def poll(self) -> int | None:
        if self.returncode is None and select.select([self._has_ended], [], [], 0)[0]:
            self.wait()
        return self.returncode

    def send_signal(self, number: int) -> None:
        os.kill(self.pid, number)

    def wait(self, timeout: float = 30) -> int:
        if self.returncode is None:
            if not select.select([self._has_ended], [], [], timeout)[0]:
                raise subprocess.TimeoutExpired("gate", timeout)
            self.returncode = int(self._nursery.told("wait", str(self.pid)))
            os.close(self._has_ended)
        return self.returncode


class NurseryGate(GateProcess):
    """One gate of a nursery; `port` it may share with others, `own_port` is its own, 0 for none."""

    def __init__(self, nursery: Nursery, port: int, own_port: int) -> None:
        self.files, self.log, self.port, self.own_port = nursery.files, nursery.log, port, own_port

    def alone(self) -> "NurseryGate":
        """The same gate, asked at its own port."""
        found = NurseryGate.__new__(NurseryGate)
        found.files, found.log, found.port, found.process = self.files, self.log, self.own_port, self.process
        return found

    def until_it_answers(self) -> "NurseryGate":
        (self.alone() if self.own_port else self).wait_until_answering()
        return self

    def kill(self) -> None:
        assert self.stop(signal.SIGKILL) == -signal.SIGKILL, self.log.read_text()

    def set_limit(self, which: int, most: int) -> None:
        hard = resource.prlimit(self.process.pid, which)[1]
        resource.prlimit(self.process.pid, which, (most, hard))

    def memory(self) -> int:
        """Bytes of memory that are its own at this moment."""
        with open(f"/proc/{self.process.pid}/status") as file:
            return next(int(line.split()[1]) << 10 for line in file if line.startswith("VmRSS"))


def raise_number_of_files(wanted: int) -> bool:
    """Whether this process may have so many files open from now on."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < wanted <= hard:
        with suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
            soft = wanted
    return soft >= wanted
