"""The one realm this process has open, and county time in it."""

import os
import time
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from django.conf import settings

from fangxian.core.refusal import Refusal

from .folder import Realm, open_realm

LOOKED_AT_EVERY_S = 0.2


class _ClockOnDisk:
    """The realm that was opened, with the clock its folder shows now: a demo's or drill's may be set at any time.

    Two threads may look at once; both then read the same card.
    """

    def __init__(self) -> None:
        self._opened: Realm | None = None
        self._current: Realm | None = None
        self._stamp: tuple[int, int] | None = None
        self._next_look = 0.0

    def realm(self) -> Realm:
        opened = settings.REALM
        if opened is not self._opened:
            self._opened, self._current, self._stamp, self._next_look = opened, opened, None, 0.0
        if (now := time.monotonic()) >= self._next_look:
            self._next_look = now + LOOKED_AT_EVERY_S
            self._look(opened)
        return self._current or opened

    def _look(self, opened: Realm) -> None:
        """Take the clock of a card that has changed. One that cannot be read changes nothing: time goes on."""
        try:
            status = (opened.path / "realm.json").stat()
            if self._stamp == (stamp := (status.st_mtime_ns, status.st_ino)):
                return
            clock = open_realm(opened.path).clock
        except (OSError, Refusal):
            return
        self._stamp = stamp
        if self._current and clock != self._current.clock:
            self._current = replace(opened, clock=clock)


_CLOCK_ON_DISK = _ClockOnDisk()


def the_realm() -> Realm:
    """The realm; a clock that another process has set is noticed within LOOKED_AT_EVERY_S."""
    return _CLOCK_ON_DISK.realm()


def county_now() -> datetime:
    """County time now: aware, in the county's zone. Rules run on it; freshness runs on wall time."""
    return the_realm().clock.now()


def county_data() -> Path:
    """The folder with the data files of the realm's county. Whoever installed a county may have left it away."""
    counties = Path(os.environ.get("FANGXIAN_COUNTIES") or settings.BASE_DIR / "counties")
    return counties / the_realm().county
