"""The one realm this process has open, and county time in it."""

import os
import time
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from django.conf import settings

from fangxian.core.refusal import Refusal

from .folder import Realm, open_realm
from .keys import FILE as KEYRING

LOOKED_AT_EVERY_S = 0.2
Stamp = tuple[tuple[int, int], tuple[int, int]]


class _RealmOnDisk:
    """The realm that was opened, with the clock and the keys its folder has now: both may be changed at any time.

    Two threads may look at once; both then read the same files.
    """

    def __init__(self) -> None:
        self._opened: Realm | None = None
        self._current: Realm | None = None
        self._stamp: Stamp | None = None
        self._next_look = 0.0

    def realm(self) -> Realm:
        opened = settings.REALM
        if opened is not self._opened:
            self._opened, self._current, self._stamp, self._next_look = opened, opened, None, 0.0
        if (now := time.monotonic()) >= self._next_look:
            self._next_look = now + LOOKED_AT_EVERY_S
            self._look(opened)
        return self._current or opened

    def look_now(self) -> None:
        """Look when next asked, whenever that is."""
        self._next_look = 0.0

    def _look(self, opened: Realm) -> None:
        """Take what has changed on disk. What cannot be read changes nothing: time goes on, and with the same keys."""
        try:
            stamp = (_stamp(opened.path / "realm.json"), _stamp(opened.path / "keys" / KEYRING))
            if self._stamp == stamp:
                return
            found, current = open_realm(opened.path), self._current or opened
            if found.clock != current.clock or found.keys.to_bytes() != current.keys.to_bytes():
                self._current = replace(opened, clock=found.clock)  # it reads its keys when it is asked for one
        except (OSError, Refusal):
            return
        self._stamp = stamp


def _stamp(path: Path) -> tuple[int, int]:
    status = path.stat()
    return status.st_mtime_ns, status.st_ino


_ON_DISK = _RealmOnDisk()


def the_realm() -> Realm:
    """The realm; a clock that another process has set, or a key it has changed, is noticed in LOOKED_AT_EVERY_S."""
    return _ON_DISK.realm()


def keys_changed() -> None:
    """This process has changed the realm's keys: the realm is read again at once."""
    _ON_DISK.look_now()


def county_now() -> datetime:
    """County time now: aware, in the county's zone. Rules run on it; freshness runs on wall time."""
    return the_realm().clock.now()


def county_data() -> Path:
    """The folder with the data files of the realm's county. Whoever installed a county may have left it away."""
    counties = Path(os.environ.get("FANGXIAN_COUNTIES") or settings.BASE_DIR / "counties")
    return counties / the_realm().county
