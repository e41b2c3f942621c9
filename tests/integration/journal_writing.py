"""Segments of a journal for tests, written by the gate's own writer; no test here makes bytes of its own."""

from datetime import datetime
from pathlib import Path
from uuid import UUID

from fangxian.core.policy.byte_journal import (
    NOT_DECIDED,
    NOT_TAKEN,
    ScanMark,
    ScanRecord,
    digest_of_scan,
    pack_record,
)
from fangxian.core.policy.vocabulary import Outcome
from fangxian.gate import recovery
from fangxian.gate.disk import Disk
from fangxian.gate.keeping import Keeper
from fangxian.gate.segments import SegmentWriter

GATE = 0xA1


def ms(at: datetime) -> int:
    return round(at.timestamp() * 1000)


def a_scan(n: int, at: datetime, *, venue: int = 42, outcome: Outcome = Outcome.ADMIT, **more) -> ScanRecord:
    """Scan number n, at a moment of county time; two scans of one n are the same scan."""
    values = {
        "id": UUID(int=n).bytes,
        "device": 7,
        "gate_number": 1000 + n,
        "venue": venue,
        "door": 1,
        "marks": ScanMark(0),
        "presence": 1,
        "outcome": outcome,
        "decided": NOT_DECIDED,
        "temperature_tenths": NOT_TAKEN,
        "scanned_ms": ms(at),
        "received_ms": ms(at) + 40,
        "sent_ms": 0,
        "mask": 0,
        "safety": 1 << 60,
        "recent": 1 << 60,
        "snapshot": 9,
        "digest": digest_of_scan(str(n).encode()),
        "tables": b"\0\1\2\3",
    }
    return ScanRecord(**(values | more))


def write_segment(folder: Path, *batches: list[ScanRecord], at: datetime, gate: int = GATE) -> Path:
    """One more segment of a gate's journal, sealed; the path of the newest."""
    folder.mkdir(exist_ok=True)
    keeper, writer = _opened(folder, at, gate)
    for batch in batches:
        writer.write(b"".join(map(pack_record, batch)))
    writer.end()
    keeper.finish()
    return max(folder.glob(f"{gate:08x}-*.fxj"))


def write_open_segment(folder: Path, *batches: list[ScanRecord], at: datetime, gate: int = GATE) -> Path:
    """A segment as it is while its gate is writing, or was killed: filled with zeros, and without a seal."""
    folder.mkdir(exist_ok=True)
    _, writer = _opened(folder, at, gate)
    for batch in batches:
        writer.write(b"".join(map(pack_record, batch)))
    writer.drop()
    return max(folder.glob(f"{gate:08x}-*.fxj"))


def seal_what_was_left(folder: Path, *, at: datetime, gate: int = GATE) -> None:
    """What a gate does first when it is started after it was killed."""
    keeper, _ = _opened(folder, at, gate)
    keeper.finish()


def _opened(folder: Path, at: datetime, gate: int) -> tuple[Keeper, SegmentWriter]:
    disk, now = Disk(), ms(at)
    found = recovery.find(disk, folder, gate)
    keeper = Keeper(disk, folder, gate, lambda: now, found=found)
    keeper.prepare_first()
    return keeper, SegmentWriter(disk, keeper, gate, lambda: now, number=found.next_number)
