"""Segments of a journal for tests, written by the gate's own writer; no test here makes bytes of its own."""

import asyncio
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
from fangxian.gate.journal import Journal

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
    """One more segment of a gate's journal, closed; the path of the newest."""

    async def write() -> None:
        journal = Journal.open(folder, gate_id=gate, county_ms=lambda: ms(at))
        committed = asyncio.Event()
        n_open = [0]

        def done(n: int) -> None:
            n_open[0] -= n
            if not n_open[0]:
                committed.set()

        def failed(n: int, error: OSError) -> None:
            raise error

        journal.start(asyncio.get_running_loop(), on_commit=done, on_failure=failed)
        for batch in batches:
            committed.clear()
            n_open[0] = len(batch)
            for record in batch:
                journal.append(pack_record(record))
            await committed.wait()
        journal.close()

    asyncio.run(write())
    return max(folder.glob(f"{gate:08x}-*.fxj"))
