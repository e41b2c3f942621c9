"""How fast one device may look people up by identity number: as fast as a door goes, and no faster.

A code has a seal and cannot be guessed; an identity number can. A keeper's phone that was lost would else be the
county's register of colours, until somebody notices and ends it.
"""

import logging
from typing import Final

from .refusals import refuse

MOST_A_MINUTE: Final = 30  # of county time, which a drill lets run fast; with a reader of cards a door makes twenty
SAVED_UP: Final = 60
SAVED_UP_LATE: Final = 500  # a phone's whole box of scans kept without a network
MINUTE_MS: Final = 60_000
LOGGED_EVERY_MS: Final = 3_600_000

log = logging.getLogger("fangxian.gate")


class Pace:
    """What each device has left. Late scans have a measure of their own: whoever stands there waits for none."""

    def __init__(self) -> None:
        self._left: dict[tuple[int, bool], tuple[float, int]] = {}
        self._logged_ms: dict[int, int] = {}

    def take_one(self, device: int, at_ms: int, *, is_late: bool) -> None:
        """One more identity number asked for; refuses `scan.too_fast`."""
        most = SAVED_UP_LATE if is_late else SAVED_UP
        left, before_ms = self._left.get((device, is_late), (most, at_ms))
        left = min(most, left + max(0, at_ms - before_ms) * MOST_A_MINUTE / MINUTE_MS)
        if left < 1:
            self._log(device, at_ms)
            raise refuse("scan.too_fast", device=device, most=MOST_A_MINUTE)
        self._left[device, is_late] = left - 1, at_ms

    def _log(self, device: int, at_ms: int) -> None:
        if at_ms - self._logged_ms.get(device, -LOGGED_EVERY_MS) >= LOGGED_EVERY_MS:
            self._logged_ms[device] = at_ms
            log.warning("scan.too_fast: device %d", device)
