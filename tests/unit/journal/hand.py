"""A journal's files by hand: the writer and the keeper without their threads, one step after another."""

import time
from collections.abc import Callable
from pathlib import Path

from fangxian.core.policy.byte_journal import (
    NOT_DECIDED,
    NOT_TAKEN,
    ScanMark,
    ScanRecord,
    batches_past_damage,
    digest_of_scan,
    pack_record,
    unpack_records,
)
from fangxian.gate import recovery
from fangxian.gate.disk import Disk
from fangxian.gate.keeping import Keeper
from fangxian.gate.segments import SegmentWriter

GATE = 0xA1
NOON_MS = 1_650_340_800_000


def record(n: int) -> ScanRecord:
    return ScanRecord(
        id=n.to_bytes(16, "big"),
        device=7,
        gate_number=1000 + n,
        venue=42,
        door=1,
        marks=ScanMark.LATE | ScanMark.BY_CARD,
        presence=1,
        outcome=2,
        decided=NOT_DECIDED,
        temperature_tenths=NOT_TAKEN,
        scanned_ms=NOON_MS + n,
        received_ms=NOON_MS + n + 5,
        sent_ms=0,
        mask=0b101,
        safety=(1 << 63) - 1,
        recent=3,
        snapshot=9,
        digest=digest_of_scan(str(n).encode()),
        tables=b"abcd",
    )


def body_of(*numbers: int) -> bytes:
    return b"".join(pack_record(record(n)) for n in numbers)


def segments(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.fxj"))


def numbers_in(data: bytes) -> list[int]:
    """The numbers of the records of a segment's bytes."""
    records = (found for batch in batches_past_damage(data) for found in unpack_records(batch.records))
    return [int.from_bytes(found.id, "big") for found in records]


def numbers_on_disk(folder: Path) -> list[int]:
    return [n for path in segments(folder) for n in numbers_in(path.read_bytes())]


class Hand:
    """One opening of a gate's journal."""

    def __init__(
        self,
        folder: Path,
        *,
        disk: Disk | None = None,
        now: list[int] | None = None,
        seconds: Callable[[], float] = time.monotonic,
    ) -> None:
        self.folder, self.disk, self.now = folder, disk or Disk(), now or [NOON_MS]
        self.found = found = recovery.find(self.disk, folder, GATE)
        self.keeper = Keeper(self.disk, folder, GATE, self.county_ms, found=found, seconds=seconds)
        self.writer = SegmentWriter(
            self.disk, self.keeper, GATE, self.county_ms, number=found.next_number, seconds=seconds
        )
        self.keeper.prepare_first()

    def county_ms(self) -> int:
        return self.now[0]

    def write(self, *numbers: int) -> None:
        self.writer.write(body_of(*numbers))

    def keep(self) -> None:
        """Let the keeper do all there is, as if time did not matter."""
        self.keeper.hurry()

    def close(self) -> None:
        self.writer.end()
        self.keeper.finish()


def written(folder: Path, *batches: list[int] | range, now: list[int] | None = None) -> Hand:
    """A journal with these batches in one segment, closed."""
    folder.mkdir(exist_ok=True)
    hand = Hand(folder, now=now)
    for batch in batches:
        hand.write(*batch)
    hand.close()
    return hand
