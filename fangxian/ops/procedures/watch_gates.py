"""What is wrong with the gates and with what stands behind them (门岗报警).

1. ask each gate how it is                    alarms, over the gate's own /healthz and /metrics
2. damage that the ingest has found           visits
3. whether the ingest goes on, and the disk   the realm's folder
4. what stands, as of this moment             alarms (live/alarms.json)
5. from when until when it stood              alarms (a row, and a line of the record)

Step 4 comes first and writes no row: what is wrong is shown also while none can be written.
"""

import shutil
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path

from fangxian.core.parameters import Parameter
from fangxian.ops.alarms import queries
from fangxian.ops.alarms.actions import note_troubles
from fangxian.ops.alarms.asking import GateWatch, watched_gates
from fangxian.ops.alarms.finding import GateTroubles, Standing, Trouble
from fangxian.ops.alarms.present import write_present
from fangxian.ops.realm.current import county_now, the_realm
from fangxian.ops.visits.counters import counted_at
from fangxian.ops.visits.queries import n_damaged_segments

BY = "program:alarms"
DAMAGE_SHOWN = timedelta(days=1)
DISK_LEFT = Parameter(
    value=1.0,
    unit="GiB",
    low=0.1,
    high=100,
    meaning="How little room on the data folder's disk is an alarm",
    source="a guess: a county's day of 65,000 scans is 10 MB of journal and 60 MB of rows; a week to act",
)
INGEST_BEHIND = Parameter(
    value=30,
    unit="s",
    low=5,
    high=600,
    meaning="How long the ingest may have counted nothing anew before that is an alarm",
    source="a guess: it counts each second, and is back within seconds when it is started again",
)
GIB = 1 << 30


def watch_gates() -> None:
    """Look once: a pulse of the worker."""
    _watcher(the_realm().path).look(county_now(), time.monotonic())


@lru_cache(maxsize=1)
def _watcher(path: Path) -> "Watcher":
    return Watcher(path, watched_gates(the_realm()))


@dataclass(slots=True)
class Watcher:
    """Looks again and again, and remembers what it has seen; what a worker before it began it goes on with."""

    folder: Path
    gates: list[GateWatch]
    _troubles: list[GateTroubles] = field(init=False)
    _heard_at: dict[int, float] = field(default_factory=dict)
    _standing: Standing = field(default_factory=Standing)
    _since: dict[Trouble, datetime] | None = None

    def __post_init__(self) -> None:
        self._troubles = [GateTroubles(f"{gate.host}:{gate.port}") for gate in self.gates]

    def look(self, at: datetime, now: float) -> None:
        """`at` is county time, `now` seconds of a steady clock."""
        if self._since is None:
            self._since = {trouble: row.begins_at for trouble, row in queries.standing().items()}
        standing = self._standing.go_on(self._found(at, now), now)
        self._since = {trouble: self._since.get(trouble, at) for trouble in standing}
        told = {trouble: (self._since[trouble], n) for trouble, n in standing.items()}
        write_present(self.folder / "live", at=at, n_gates=len(self.gates), standing=told)
        on_record = {trouble: row.n_by_hand for trouble, row in queries.standing().items()}
        if on_record.keys() != standing.keys() or any(n > on_record[it] for it, n in standing.items()):
            note_troubles(standing=standing, at=at, by=BY)

    def _found(self, at: datetime, now: float) -> dict[Trouble, int]:
        found: dict[Trouble, int] = {}
        before = [gate.last for gate in self.gates]
        with ThreadPoolExecutor(len(self.gates)) as asking:  # those that hang are waited for together
            heard = list(asking.map(GateWatch.look, self.gates))
        for nth, (troubles, health) in enumerate(zip(self._troubles, heard, strict=True)):
            # A gate is given its time from the first look on: whoever starts last was not silent before.
            if health is not before[nth] or nth not in self._heard_at:
                self._heard_at[nth] = now
            found |= troubles.found(health, silent_s=now - self._heard_at[nth], now=now)
        return found | dict.fromkeys(self._behind_the_gates(at), 0)

    def _behind_the_gates(self, at: datetime) -> list[Trouble]:
        counted = counted_at(self.folder / "live")
        checks = {
            "journal-damaged": n_damaged_segments(since=at - DAMAGE_SHOWN) > 0,
            "ingest-behind": counted is not None and time.time() - counted > INGEST_BEHIND.value,
            "disk-full": shutil.disk_usage(self.folder).free < DISK_LEFT.value * GIB,
        }
        return [Trouble(kind) for kind, is_so in checks.items() if is_so]
