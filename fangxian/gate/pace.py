"""How fast scans may come, so that no device and no venue takes the gate from the others.

Three things have a measure: what one device sends, what comes at one venue from phones that are nobody's device, and
how many people one device looks up by identity number. A code has a seal and cannot be guessed; an identity number
can, and a keeper's phone that was lost would else be the county's register of colours until somebody ends it.

Scans that come late have measures of their own: whoever stands at a door waits for no box, and a box is only sent
again later. Time is the county's, which a drill lets run fast.
"""

import logging
import math
from collections.abc import Iterable
from typing import Final

from fangxian.core.policy.door_pace import (
    DEVICE_PACE,
    LATE_PACE,
    SAVED_UP_LATE_MIN,
    SAVED_UP_MIN,
    VENUE_PACE,
)
from fangxian.core.refusal import Refusal

from .refusals import refuse

MOST_LOOKED_UP: Final = 30  # a minute; with a reader of cards a door makes twenty
SAVED_UP: Final = 60
SAVED_UP_LATE: Final = 500  # a phone's whole box of scans kept without a network
MINUTE_MS: Final = 60_000
LOGGED_EVERY_MS: Final = 3_600_000
MOST_KEPT: Final = 50_000

log = logging.getLogger("fangxian.gate")


class Measure:
    """At most `a_minute`, with `saved_up` at once for whoever has taken none for a while.

    Of each number one moment is kept, the one at which it has everything saved up again; each taking moves it on by a
    step. Numbers are kept in two generations, so that they take little memory and no scan waits for a cleaning up:
    whoever took nothing while 50,000 others did has everything saved up again anyway, or nearly.
    """

    __slots__ = ("_full_at", "_longest_ms", "_older", "_room_ms", "_step_ms", "a_minute")

    def __init__(self, a_minute: float, saved_up: float) -> None:
        self.a_minute = round(a_minute)
        self._step_ms = MINUTE_MS / a_minute
        self._room_ms = (saved_up - 0.5) * self._step_ms  # the half is for sums of fractions
        self._longest_ms = (saved_up + 1) * self._step_ms
        self._full_at: dict[int, float] = {}
        self._older: dict[int, float] = {}

    def take(self, number: int, at_ms: int) -> bool:
        """Whether there is one more for that number; if so it is taken."""
        full_at = self._full_at.get(number)
        if full_at is None:
            full_at = self._found(number)
        if full_at <= at_ms:
            self._full_at[number] = at_ms + self._step_ms
            return True
        if full_at - at_ms < self._room_ms:
            self._full_at[number] = full_at + self._step_ms
            return True
        if full_at - at_ms > self._longest_ms:  # no taking leads so far ahead: the clock was set back
            self._full_at[number] = at_ms + self._step_ms
            return True
        return False

    def take_all(self, numbers: Iterable[int], at_ms: int) -> list[bool]:
        """`take` for each of some, in their order."""
        full_at, step_ms, room_ms, took = self._full_at, self._step_ms, self._room_ms, []
        for number in numbers:
            ahead_ms = full_at.get(number, math.inf) - at_ms
            if ahead_ms < room_ms:  # the usual, for which it needs no call
                full_at[number] = at_ms + step_ms + (ahead_ms if ahead_ms > 0 else 0.0)
                took.append(True)
            else:
                took.append(self.take(number, at_ms))
                full_at = self._full_at  # another, if it was full
        return took

    def _found(self, number: int) -> float:
        if len(self._full_at) >= MOST_KEPT:
            self._full_at, self._older = {}, self._full_at
        return self._older.get(number, 0.0)


class Pace:
    """What each device and each venue has left; `device_pace` and `venue_pace` are scans a minute."""

    def __init__(self, device_pace: float = DEVICE_PACE.value, venue_pace: float = VENUE_PACE.value) -> None:
        late = max(LATE_PACE.value, device_pace), max(LATE_PACE.value, venue_pace)
        self._of_device = Measure(device_pace, device_pace * SAVED_UP_MIN)
        self._of_device_late = Measure(late[0], late[0] * SAVED_UP_LATE_MIN)
        self._at_venue = Measure(venue_pace, venue_pace * SAVED_UP_MIN)
        self._at_venue_late = Measure(late[1], late[1] * SAVED_UP_LATE_MIN)
        self._looked_up = Measure(MOST_LOOKED_UP, SAVED_UP)
        self._looked_up_late = Measure(MOST_LOOKED_UP, SAVED_UP_LATE)
        self._logged_ms: dict[tuple[str, int], int] = {}

    def take_scan(self, device: int, venue: int, at_ms: int, is_late: bool) -> None:
        """One more scan; `device` is 0 for an anonymous caller, `at_ms` county time. Costs 0.3 µs.

        Raises
        ------
        Refusal
            `scan.too_fast_device`, `scan.too_fast_venue`: nothing is lost, it is to be sent again later
        """
        if device:
            measure = self._of_device_late if is_late else self._of_device
            if not measure.take(device, at_ms):
                raise self._too_fast("scan.too_fast_device", "device", device, measure, at_ms)
        else:
            measure = self._at_venue_late if is_late else self._at_venue
            if not measure.take(venue, at_ms):
                raise self._too_fast("scan.too_fast_venue", "venue", venue, measure, at_ms)

    def takes_scans(self, scans: Iterable[tuple[int, int, bool]], at_ms: int) -> list[bool]:
        """`take_scan` of several (device, venue, whether it is late), for whoever has another way to refuse: of each
        whether there was one more; if not, none is taken."""
        took = []
        for device, venue, is_late in scans:
            if device:
                took.append((self._of_device_late if is_late else self._of_device).take(device, at_ms))
            else:
                took.append((self._at_venue_late if is_late else self._at_venue).take(venue, at_ms))
        return took

    def takes_devices(self, devices: Iterable[int], at_ms: int) -> list[bool]:
        """The same of scans of devices, none of them late."""
        return self._of_device.take_all(devices, at_ms)

    def take_one(self, device: int, at_ms: int, *, is_late: bool) -> None:
        """One more identity number asked for; refuses `scan.too_fast`."""
        measure = self._looked_up_late if is_late else self._looked_up
        if not measure.take(device, at_ms):
            raise self._too_fast("scan.too_fast", "device", device, measure, at_ms)

    def _too_fast(self, code: str, whose: str, number: int, measure: Measure, at_ms: int) -> Refusal:
        """The refusal, logged once an hour for each device and venue; neither number is a person's."""
        facts = {whose: number}
        if at_ms - self._logged_ms.get((code, number), -LOGGED_EVERY_MS) >= LOGGED_EVERY_MS:
            self._logged_ms[code, number] = at_ms
            log.warning(f"{code}: {whose} %({whose})d", facts)
        return refuse(code, most=measure.a_minute, **facts)
