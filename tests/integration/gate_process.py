"""A gate as its own process, over real HTTP; nothing of Django is near it."""

import fcntl
import http.client
import json
import os
import random
import resource
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from functools import cache
from itertools import cycle
from pathlib import Path

from fangxian.core.policy.byte_journal import HEADER_BYTES, batches_past_damage, unpack_records
from tests.unit.gate.gate_files import GateFiles

READY_WITHIN_S = 60
OWN_PORTS = 400  # a port that was used may be unusable for a minute, and chaos uses many
_HELD: list = []  # open files whose locks are this process's until it ends


class GateProcess:
    """`fangxian gate` on a free port of loopback."""

    def __init__(
        self,
        files: GateFiles,
        *arguments: str,
        most_file_bytes: int | None = None,
        most_files: int | None = None,
        program: Sequence[str] = (sys.executable, "-m", "fangxian.cli"),
    ) -> None:
        self.files, self.port = files, free_port()
        self.log = files.realm / "gate.log"

        def limit() -> None:
            if most_file_bytes:
                resource.setrlimit(resource.RLIMIT_FSIZE, (most_file_bytes, most_file_bytes))
            if most_files:
                resource.setrlimit(resource.RLIMIT_NOFILE, (most_files // 2, most_files))

        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [*program, "gate", "--port", str(self.port), *arguments],
                env=os.environ | {"FANGXIAN_DATA": str(files.realm), "FANGXIAN_LANGUAGE": "en"},
                stdout=log, stderr=log, preexec_fn=limit,
            )  # fmt: skip

    def wait_until_answering(self) -> "GateProcess":
        wait_for(lambda: self.answers() or self.process.poll() is not None)
        assert self.process.poll() is None, self.log.read_text()
        return self

    def answers(self) -> bool:
        try:
            socket.create_connection(("127.0.0.1", self.port), timeout=5).close()
        except OSError:
            return False
        return True

    def connect(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)

    def ask(self, scan, token="", *, path="/scan", connection=None, **headers):
        """Status and JSON of one POST."""
        mine = connection or self.connect()
        body = scan if isinstance(scan, bytes) else json.dumps(scan).encode()
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        mine.request("POST", path, body, headers)
        answer = mine.getresponse()
        status, told = answer.status, json.loads(answer.read())
        if connection is None:
            mine.close()
        return status, told

    def get(self, path):
        connection = self.connect()
        connection.request("GET", path)
        answer = connection.getresponse()
        status, text = answer.status, answer.read().decode()
        connection.close()
        return status, text

    def health(self):
        status, text = self.get("/healthz")
        return status, json.loads(text)

    def raw(self, data: bytes) -> bytes:
        """What comes back until the gate hangs up."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=30) as mine:
            mine.sendall(data)
            mine.shutdown(socket.SHUT_WR)
            return b"".join(iter(lambda: mine.recv(65536), b""))

    def recorded(self):
        """Every record on disk, oldest first."""
        return recorded(self.files.realm)

    def stop(self, how=signal.SIGTERM) -> int:
        if self.process.poll() is None:
            self.process.send_signal(how)
        return self.process.wait(timeout=30)


@contextmanager
def gate_running(files: GateFiles, *arguments: str, **limits: int):
    gate = GateProcess(files, *arguments, **limits)
    try:
        yield gate.wait_until_answering()
    finally:
        gate.stop(signal.SIGKILL)


def files_now(realm: Path, **more) -> GateFiles:
    """The files of the test county, in which it is noon at this moment."""
    return GateFiles(realm, noon_wall=datetime.now(UTC), **more).write_all()


def recorded(realm: Path):
    found = []
    for path in sorted((realm / "journal").glob("*.fxj")):
        for batch in batches_past_damage(path.read_bytes(), begins=HEADER_BYTES):
            found += unpack_records(batch.records)
    return found


def free_port(*beyond: int) -> int:
    """A port that is free, as are those so far beyond it.

    It lies below those that the system gives to whoever connects: one of theirs may be taken before it is used. And
    among some that are this process's own for as long as it lives, or another test could take it just as well. No port
    comes again before all others have: two that are drawn before either is used are never the same.
    """
    for port in _in_turn():
        with ExitStack() as held:
            try:
                for offset in (0, *beyond):
                    held.enter_context(socket.socket()).bind(("127.0.0.1", port + offset))
            except OSError:
                continue
            return port
    raise AssertionError("ports come in turn for ever")


@cache
def _in_turn() -> Iterator[int]:
    """The ports of this process, round and round, in an order of its own."""
    first = _own_ports()
    return cycle(random.sample(range(first, first + OWN_PORTS - 110), OWN_PORTS - 110))


@cache
def _own_ports() -> int:
    """The first of OWN_PORTS ports that no other process of tests draws from."""
    folder = Path(tempfile.gettempdir()) / f"fangxian-ports-{os.getuid()}"
    folder.mkdir(exist_ok=True)
    for first in range(15_000, 31_000, OWN_PORTS):
        held = (folder / str(first)).open("w")
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            held.close()
            continue
        _HELD.append(held)
        return first
    raise AssertionError("so many processes of tests run already that there are no ports for another")


def wait_for(is_so, within_s: float = READY_WITHIN_S) -> None:
    """Return as soon as it is so; fail if it never is."""
    deadline = time.monotonic() + within_s
    while not is_so():
        assert time.monotonic() < deadline, "it did not come about"
        time.sleep(0.02)
