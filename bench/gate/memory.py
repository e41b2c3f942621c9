"""How much memory a gate takes for a million people; of a whole province, how soon its base and a change are in use."""

import shutil
import socket
import time
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, NamedTuple
from uuid import uuid4

from bench.gate.inside import followed
from bench.gate.lockstep import read_answer, said
from bench.gate.pinned import CLIENT, SERVER, free_port, serving_gate
from bench.gate.province import write_province
from bench.gate.report import Table
from bench.gate.run import Run
from bench.gate.scans import ID_BYTES, request_of
from fangxian.core.policy.byte_snapshot_rows import FrameKind, PersonRow
from fangxian.core.policy.vocabulary import Colour
from tests.unit.gate.gate_files import KEEPER, NOON_AT, GateFiles, recent_of, safety_of

FEW: Final = 1_000
MANY: Final = 1_000_000
PROVINCE: Final = 100_000_000
N_ASKED: Final = 500
N_CHANGES: Final = 60
NEEDED_BYTES: Final = 10 << 30
PACE: Final = ("--device-pace", "6000")


class Memory(NamedTuple):
    """What a process holds, in MB: pages of its own, and of files, which all processes that read them share."""

    own: float
    of_files: float

    @classmethod
    def of(cls, pid: int) -> "Memory":
        rows = (line.split() for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:])
        found = {row[0].rstrip(":"): int(row[1]) / 1024 for row in rows}
        return cls(found["Anonymous"], found["Rss"] - found["Anonymous"])


class Asker:
    """Scans at one gate, of whoever is named."""

    def __init__(self, files: GateFiles, port: int) -> None:
        self._files, self._line = files, socket.create_connection(("127.0.0.1", port), timeout=60)
        self._poster, self._token = files.poster(), files.token(KEEPER)

    def outcome(self, number: int) -> str:
        return self.outcome_of(self.request(number))

    def request(self, number: int) -> bytes:
        at = NOON_AT.isoformat(timespec="milliseconds")
        return request_of(token=self._token, code=self._files.qr(number), venue=self._poster, at=at, place=0)

    def outcome_of(self, request: bytes) -> str:
        self.send(request)
        return self.answer()

    def send(self, request: bytes) -> None:
        self._line.sendall(request.replace(b"0" * ID_BYTES, str(uuid4()).encode()))

    def answer(self) -> str:
        return said(read_answer(self._line))


def measure(run: Run) -> Table:
    """An empty gate and one with a million people, each asked about some of them."""
    few, many = (_of_people(run.folder / f"memory-{n}", n) for n in (FEW, MANY))
    more = f"{many.own - few.own:.1f} + {many.of_files - few.of_files:.1f}"
    rows = [
        (f"{FEW:,} people", f"{few.own:.1f}", f"{few.of_files:.1f}", "", ""),
        (f"{MANY:,} people", f"{many.own:.1f}", f"{many.of_files:.1f}", more, "sum < 40"),
    ]
    columns = ("a gate's process with", "of its own, MB", "of files, MB", "more than the first", "aim")
    notes = [
        f"once each was asked about {N_ASKED} people; pages of files (the base, the programs) are there once for all "
        "processes of a machine, and the system takes them back when it needs them"
    ]
    return Table("memory", "一百万人占多少内存 Memory for a million people", columns, rows, notes)


def measure_province(run: Run) -> Table:
    """100 million people: two processes that map one base."""
    title = "一个省 A province: 100 million people"
    if shutil.disk_usage(run.folder).free < NEEDED_BYTES:
        return Table("province", title, ("", ""), [], ["not measured: it needs 10 GB of free disk"])
    run.tell("writing a base of 100 million people …")
    realm = run.folder / "province"
    files = GateFiles(realm, noon_wall=datetime.now(UTC))
    files.write_keys()
    shown = write_province(files, n_people=PROVINCE)
    size = (files.folder / f"base-{files.base}.fxs").stat().st_size
    began = time.perf_counter()
    held = followed(realm)
    opened_s = time.perf_counter() - began
    assert held.knowledge
    del held
    ports = free_port(), free_port()
    with ExitStack() as stack:
        pids = [
            stack.enter_context(serving_gate(realm, port, "--id", str(nth), *PACE, cores=cores))
            for nth, (port, cores) in enumerate(zip(ports, (SERVER, CLIENT), strict=True), 1)
        ]
        askers = [Asker(files, port) for port in ports]
        for number in shown[:N_ASKED]:
            askers[0].outcome(number)
        took = sorted(it * 1000 for it in _changes(files, askers, shown[N_ASKED:]))
        memory = [Memory.of(pid) for pid in pids]
    rows = [
        ("opened", f"{opened_s * 1000:.0f} ms", "< 1000 ms"),
        ("a changed word used by both processes, p50", f"{took[len(took) // 2]:.1f} ms", ""),
        ("the same, longest", f"{took[-1]:.1f} ms", "< 10 ms"),
        *(
            (f"memory of process {nth}: its own + of files", f"{one.own:.0f} + {one.of_files:.0f} MB", "")
            for nth, one in enumerate(memory, 1)
        ),
    ]
    notes = [
        f"a base of {size / 1e9:.1f} GB, in the system's cache of files; opened: from the file to the first question",
        f"{N_CHANGES} changes, from before the frame is appended until both gates, asked at once, refuse the person",
    ]
    return Table("province", title, ("", "", "aim"), rows, notes)


def _of_people(realm: Path, n: int) -> Memory:
    files, port = GateFiles(realm, noon_wall=datetime.now(UTC)), free_port()
    files.write_keys()
    shown = write_province(files, n_people=n)
    with serving_gate(realm, port, *PACE) as pid:
        asker = Asker(files, port)
        for number in shown[:N_ASKED]:
            asker.outcome(number)
        return Memory.of(pid)


def _changes(files: GateFiles, askers: list[Asker], numbers: list[int]) -> list[float]:
    """Seconds for each of some people who were let in, until every gate refuses them."""
    took: list[float] = []
    red, recent = safety_of(Colour.RED), recent_of()
    for number in numbers:
        request = askers[0].request(number)
        if any(asker.outcome_of(request) != "admit" for asker in askers):
            continue
        now_ms = int(time.time() * 1000)
        frame = files.frame(FrameKind.PEOPLE, [PersonRow(number, red, recent)], known_at_ms=now_ms)
        began = time.perf_counter()
        files.append(frame)
        while _outcomes(askers, request) != {"refuse"}:
            pass
        took.append(time.perf_counter() - began)
        if len(took) == N_CHANGES:
            break
        time.sleep(0.02)  # so that changes do not fall into step with the gates' looking
    return took


def _outcomes(askers: list[Asker], request: bytes) -> set[str]:
    """What all gates answer, asked at the same time: a question to one is not to wait for the other's disk."""
    for asker in askers:
        asker.send(request)
    return {asker.answer() for asker in askers}
