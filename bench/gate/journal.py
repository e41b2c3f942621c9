"""What a gate's journal holds, and what one sync of the disk it is on takes by itself."""

import os
import statistics
import time
from pathlib import Path
from typing import Final, NamedTuple

from fangxian.core.policy.byte_journal import BATCH_HEADER_BYTES, RECORD_BYTES, batches_past_damage

N_SYNCS: Final = 400
N_IN_BATCH: Final = 64


class Syncs(NamedTuple):
    """How long one batch's write and fdatasync took, in ms, with nothing else going on."""

    median_ms: float
    p99_ms: float


def n_recorded(realm: Path) -> int:
    """How many records a gate's segments hold."""
    paths = (realm / "journal").glob("*.fxj")
    return sum(batch.n_records for path in paths for batch in batches_past_damage(path.read_bytes()))


def solo_syncs(folder: Path) -> Syncs:
    """Batches of 64 records into a file filled ahead, as a journal's segment is, each synced."""
    batch = os.urandom(BATCH_HEADER_BYTES + N_IN_BATCH * RECORD_BYTES)
    path = folder / "syncs"
    file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        os.write(file, bytes(len(batch) * N_SYNCS))
        os.fsync(file)
        took = sorted(_synced(file, batch, place * len(batch)) for place in range(N_SYNCS))
    finally:
        os.close(file)
        path.unlink()
    return Syncs(statistics.median(took), took[len(took) * 99 // 100])


def _synced(file: int, batch: bytes, offset: int) -> float:
    began = time.perf_counter()
    os.pwrite(file, batch, offset)
    os.fdatasync(file)
    return (time.perf_counter() - began) * 1000
