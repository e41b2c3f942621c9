"""A gate in this process: its files, its knowledge, a journal that the test settles by hand."""

import json

from fangxian.core.policy.byte_journal import ScanRecord, unpack_records
from fangxian.gate.answering import Gate
from fangxian.gate.following import Follower
from fangxian.gate.health import Health
from fangxian.gate.journal import COMMIT_BOUNDS_S
from fangxian.gate.repeats import Repeats
from tests.unit.gate.gate_files import NOON_MS, REALM, GateFiles


class Wall:
    """Wall time that stands still until it is told."""

    def __init__(self) -> None:
        self.ms = NOON_MS

    def __call__(self) -> int:
        return self.ms


class HeldJournal:
    """A journal whose disk waits for the test: records are kept until they are said to be settled."""

    def __init__(self) -> None:
        self.records: list[ScanRecord] = []
        self.n_waiting = self.n_bytes_filled = self.n_unsealed = 0
        self.commit_counts, self.commit_seconds = [0] * (len(COMMIT_BOUNDS_S) + 1), 0.0
        self.trouble, self.free_bytes = "", None

    def append(self, records: bytes) -> None:
        found = [*unpack_records(records)]
        self.records += found
        self.n_waiting += len(found)


class Doors:
    """A gate with its files, asked as over HTTP."""

    def __init__(self, files: GateFiles) -> None:
        self.files, self.wall, self.steady, self.journal = files, Wall(), Wall(), HeldJournal()
        self.follower = Follower(files.folder, realm=REALM, wall_ms=self.wall, steady_ms=self.steady)
        self.follower.look()
        self.gate = Gate(self.follower, self.journal, Repeats(), wall_ms=self.wall, later=lambda call: call())

    def ask(self, scan, token="", *, address="scan"):
        """Status and answer, the disk having done its work."""
        told = self.ask_without_disk(scan, token, address=address)
        self.settle()
        (answer,) = told
        return answer

    def ask_without_disk(self, scan, token="", *, address="scan"):
        """A list that gets the answer once the journal is settled."""
        told = []
        data = scan if isinstance(scan, bytes) else json.dumps(scan).encode()
        getattr(self.gate, address)(data, token, lambda status, body: told.append((status, json.loads(body))))
        return told

    def answers_to(self, data, *, address="scan"):
        """Every answer to these bytes, the disk having done its work: one, or something is wrong."""
        told = self.ask_without_disk(data, address=address)
        self.settle()
        return told

    def settle(self):
        if n := self.journal.n_waiting:
            self.journal.n_waiting = 0
            self.gate.on_commit(n)

    def fail(self):
        n, self.journal.n_waiting = self.journal.n_waiting, 0
        self.gate.on_failure(n, OSError("disk full"))

    def health(self):
        told = []
        Health(self.gate).healthz(b"", "", lambda status, body: told.append((status, json.loads(body))))
        return told[0]

    def figures(self):
        """What Prometheus reads, by name."""
        told = []
        Health(self.gate).measured(b"", "", lambda status, body: told.append((status, body.decode())))
        ((status, text),) = told
        assert status == 200
        return dict(line.rsplit(" ", 1) for line in text.splitlines() if not line.startswith("#"))
