"""The day's counts as one small JSON file a second: what any number of viewers are served from."""

import json
import os
import time
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from django.utils.timezone import localtime

from . import queries
from .models import DayTally, MinuteTally

N_MINUTES = 120
N_REASONS = 12
SEEN_WITHIN = timedelta(minutes=5)
EVERY_S = 1.0
COUNT_ROWS_EVERY_S = 10.0


@dataclass(slots=True)
class Counters:
    """Writes `<realm>/live/counters.json`, at most once a second of wall time.

    Counting two million rows takes longer than a second may, so rows are counted now and then, and what was
    taken in since is added.
    """

    folder: Path
    _written_at: float = field(default=-EVERY_S)
    _counted_at: float = field(default=-COUNT_ROWS_EVERY_S)
    _n_hot: int = 0
    _lag_ms: int | None = None

    @property
    def path(self) -> Path:
        return self.folder / "counters.json"

    def note(self, *, n_new: int, lag_ms: int | None) -> None:
        """Some scans were taken in; the newest had been received `lag_ms` of wall time before."""
        self._n_hot += n_new
        self._lag_ms = lag_ms

    def write_when_due(self, at: datetime) -> bool:
        now = time.monotonic()
        if now - self._written_at < EVERY_S:
            return False
        self._written_at = now
        if now - self._counted_at >= COUNT_ROWS_EVERY_S:
            self._counted_at, self._n_hot = now, queries.n_hot()
        self.folder.mkdir(mode=0o700, exist_ok=True)
        draft = self.path.with_suffix(".new")
        draft.write_text(json.dumps(self.as_json(at), separators=(",", ":")), "utf-8")
        os.replace(draft, self.path)
        return True

    def as_json(self, at: datetime) -> dict:
        """What stands in the file; docs/reference/journal.md says what each figure means."""
        day = localtime(at).date()
        townships = queries.townships_on(day)
        return {
            "at": localtime(at).isoformat(timespec="seconds"),
            "wall_ms": time.time_ns() // 1_000_000,
            "day": {
                "on": day.isoformat(),
                "admit": sum(row.n_admit for row in townships),
                "verify": sum(row.n_verify for row in townships),
                "refuse": sum(row.n_refuse for row in townships),
            },
            "minutes": [
                [localtime(row.minute_at).isoformat(timespec="minutes"), *_outcomes(row)]
                for row in queries.minutes_until(at, N_MINUTES)
            ],
            "reasons": [list(pair) for pair in queries.reasons_on(day, N_REASONS)],
            "townships": [[row.township, *_outcomes(row)] for row in townships],
            "venues_seen_5min": queries.n_venues_seen(since=at - SEEN_WITHIN, until=at),
            "lag_ms": self._lag_ms,
            "n_hot": self._n_hot,
            "n_archived": queries.n_archived(),
            "late": sum(row.n_late for row in townships),
        }


def counted_at(folder: Path) -> float | None:
    """When the ingest last wrote its counts, in wall seconds since 1970; None before it has ever run."""
    try:
        return json.loads((folder / "counters.json").read_text("utf-8"))["wall_ms"] / 1000
    except (FileNotFoundError, ValueError):
        return None


def _outcomes(row: DayTally | MinuteTally) -> list[int]:
    return [row.n_admit, row.n_verify, row.n_refuse]
