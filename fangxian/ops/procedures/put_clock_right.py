"""County time that was left running fast goes at its usual pace again (县时间放回常速). In a demo or drill only.

1. whoever plays fast says so in the data folder, and what time it is, while they do    live/pace.json
2. were they killed, the lock they held is free: nobody plays any more                   play_day
3. the clock goes on at the wall's pace from where it is; after everything had stopped,
   from where it was when that happened, and not before the last thing on record          set_clock, audit

A pace that somebody set by hand (`fangxian realm --rate`) is nobody's who could be gone: it stays.
"""

import json
import os
import time
from datetime import datetime
from pathlib import Path

from fangxian.core.refusal import Refusal
from fangxian.ops.audit.queries import last_recorded_at
from fangxian.ops.realm.current import county_now, keys_changed, the_realm
from fangxian.ops.realm.folder import open_realm

from . import play_day

PLAYING = "day.playing_already"
NOTED_EVERY_S = 1.0


class FastClock:
    """The county's clock in the hands of a program that plays; `by` stands in the record of what it set."""

    def __init__(self, by: str) -> None:
        self._by, self._is_fast, self._noted_at = by, False, 0.0

    def now(self) -> datetime:
        at = county_now()
        if self._is_fast and time.monotonic() - self._noted_at >= NOTED_EVERY_S:
            self._note(at)
        return at

    def set(self, at: datetime, rate: float) -> None:
        self._is_fast = rate != 1
        if self._is_fast:
            self._note(at)  # before: killed between the two, a clock that is not fast is left alone
        play_day.set_pace(at, rate, self._by)
        keys_changed()  # so that this process sees it at once
        if not self._is_fast:
            _pace_file().unlink(missing_ok=True)

    def _note(self, at: datetime) -> None:
        self._noted_at = time.monotonic()
        target = _pace_file()
        target.parent.mkdir(mode=0o700, exist_ok=True)
        draft = target.with_suffix(".new")
        draft.write_text(json.dumps({"by": self._by, "at": at.isoformat()}), "utf-8")
        os.replace(draft, target)


def put_clock_right(*, by: str, has_stopped: bool) -> bool:
    """Slow a clock down that a program left running fast when it was killed; whether it was.

    Parameters
    ----------
    has_stopped : whether nothing of the county has run since: its time then goes on from where it was, and the months
        that a fast clock shows after a night without power never were
    """
    if not the_realm().is_synthetic:
        return False
    try:
        play_day.settle(by=by)  # a day's clock shows again when it was killed: its scans are sent from there
        with play_day.locked():
            return _slowed_down(by, has_stopped)
    except Refusal as refusal:
        if refusal.code != PLAYING:
            raise
        return False


def look_after_clock() -> None:
    """The worker's: cheap while the clock has its usual pace."""
    if the_realm().clock.rate != 1:
        put_clock_right(by="program:worker", has_stopped=False)


def _slowed_down(by: str, has_stopped: bool) -> bool:
    noted, now, clock = _noted(), county_now(), open_realm(the_realm().path).clock
    if noted is None or clock.rate == 1:
        return False
    if has_stopped:
        # Noted once a second of the wall, which may be minutes of the county: others may have gone on recording.
        last = last_recorded_at(since_wall=clock.wall_anchor)
        now = max(min(noted, now), last or noted)
    play_day.set_pace(now, 1.0, by)
    _pace_file().unlink(missing_ok=True)
    return True


def _pace_file() -> Path:
    return the_realm().path / "live" / "pace.json"


def _noted() -> datetime | None:
    """What time it was when whoever played was last there; None: nobody says that they made the clock run fast."""
    try:
        return datetime.fromisoformat(json.loads(_pace_file().read_text("utf-8"))["at"])
    except (OSError, ValueError, KeyError):
        return None
