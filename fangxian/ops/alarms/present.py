"""`<realm>/live/alarms.json`: what is wrong this moment, as of when; every viewer is served from it."""

import json
import os
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from .finding import Trouble


@dataclass(frozen=True, slots=True, kw_only=True)
class StandingAlarm:
    """One trouble that stands, since when (county time), and how many scans it has left to be checked by hand."""

    trouble: Trouble
    since: datetime
    n_by_hand: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Present:
    """What was wrong at a look: county time, Unix milliseconds of the wall, how many gates were asked."""

    at: datetime
    wall_ms: int
    n_gates: int
    standing: list[StandingAlarm]


def write_present(
    folder: Path, *, at: datetime, n_gates: int, standing: Mapping[Trouble, tuple[datetime, int]]
) -> None:
    """Replace the file; `standing` has since when each stands, and its scans by hand. The oldest comes first."""
    in_order = sorted(standing.items(), key=lambda one: one[1][0])
    written = {
        "at": at.isoformat(),
        "wall_ms": time.time_ns() // 1_000_000,
        "n_gates": n_gates,
        "standing": [[*trouble, since.isoformat(), n] for trouble, (since, n) in in_order],
    }
    path = folder / "alarms.json"
    folder.mkdir(mode=0o700, exist_ok=True)
    draft = path.with_suffix(".new")
    draft.write_text(json.dumps(written, separators=(",", ":")), "utf-8")
    os.replace(draft, path)


def read_present(folder: Path) -> Present | None:
    """What stands there; None before the worker has ever looked."""
    try:
        found = json.loads((folder / "alarms.json").read_text("utf-8"))
    except (FileNotFoundError, ValueError):
        return None
    return Present(
        at=datetime.fromisoformat(found["at"]),
        wall_ms=found["wall_ms"],
        n_gates=found["n_gates"],
        standing=[
            StandingAlarm(trouble=Trouble(kind, source), since=datetime.fromisoformat(since), n_by_hand=n)
            for kind, source, since, n in found["standing"]
        ],
    )
