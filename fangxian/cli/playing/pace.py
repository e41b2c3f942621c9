"""The county's clock while a round is played: it runs fast, and slowly while what is due is not done yet."""

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Protocol

MOST_BEHIND, CAUGHT_UP = timedelta(minutes=10), timedelta(minutes=1)
SLOWER = 30.0
LOOKED_EVERY_S = 0.2


class Pace(Protocol):
    """County time as the player may set it."""

    def now(self) -> datetime: ...

    def set(self, at: datetime, rate: float) -> None: ...


class Clock:
    """Waits until things are due, and has the county wait for whoever is behind; never sets the clock back."""

    def __init__(self, pace: Pace, *, speed: float, watch: Callable[[datetime, float], None]) -> None:
        self._pace, self._speed, self._watch = pace, speed, watch
        self._rate = 0.0
        self.n_slowed = 0

    def now(self) -> datetime:
        return self._pace.now()

    def begin(self, at: datetime) -> None:
        """Run from a moment on, or from now where that is past."""
        self._set(max(at, self._pace.now()), self._speed)

    def until(self, at: datetime) -> None:
        """Return once it is that time; whoever watches is told of each, however far behind."""
        now = self._pace.now()
        self._watch(now, self._rate)
        behind = now - at
        if behind > MOST_BEHIND and self._rate == self._speed > SLOWER:
            self.n_slowed += 1
            self._set(self._pace.now(), max(1.0, self._speed / SLOWER))
        elif behind < CAUGHT_UP and self._rate < self._speed:
            self._set(self._pace.now(), self._speed)
        while (left := (at - self._pace.now()).total_seconds()) > 0:
            time.sleep(min(left / self._rate, LOOKED_EVERY_S))
            self._watch(self._pace.now(), self._rate)

    def end(self) -> None:
        """Back to the wall's pace, from where it is."""
        self._set(self._pace.now(), 1.0)

    def _set(self, at: datetime, rate: float) -> None:
        if rate != self._rate:
            self._pace.set(at, rate)
            self._rate = rate
