"""A bug of the gate's own: answered in words like everything else, and logged by its kind and place alone.

What an exception says may hold a code or a document, so it goes into no log. Where it came from is logged the
first time; how often it came is in the metrics (`refusals_total{refusal="gate.fault"}`).
"""

import logging
from pathlib import Path
from traceback import walk_tb
from typing import Final

from fangxian.core.refusal import Refusal

from .refusals import refuse

MOST_KEPT: Final = 1_000

log = logging.getLogger("fangxian.gate")


class Faults:
    """Which bugs were seen."""

    def __init__(self) -> None:
        self._seen: set[str] = set()

    def refusal_of(self, error: Exception) -> Refusal:
        """What to answer for an exception: itself if it is a refusal, `gate.fault` for anything else."""
        return error if isinstance(error, Refusal) else self.note(error)

    def note(self, error: Exception) -> Refusal:
        """Log a bug, and say it in words."""
        kind, place = type(error).__name__, _place_of(error)
        if f"{kind} {place}" not in self._seen and len(self._seen) < MOST_KEPT:
            self._seen.add(f"{kind} {place}")
            log.error("gate.fault: %(kind)s at %(place)s", {"kind": kind, "place": place})
        return refuse("gate.fault", kind=kind)


def _place_of(error: Exception) -> str:
    place = "—"
    for frame, line in walk_tb(error.__traceback__):
        place = f"{Path(frame.f_code.co_filename).name}:{line}"
    return place
