"""A demo's doors at the county's own pace (照常的一天): from now until midnight, day after day, until it is stopped.

1. who goes where today                            day_scans
2. where it is still night, it is morning          set_clock
3. the tests and itinerary cards of this morning   seed_evidence
4. each scan to the gate at its moment             send_scans

Nothing is made up for: who was due while nobody played stayed at home. When a day is played meanwhile at another
pace (play_day), or the clock is set, this stands back and goes on afterwards.
"""

import time
from collections.abc import Iterator, Sequence
from datetime import timedelta
from enum import Enum, auto
from itertools import groupby
from typing import Final

from fangxian.core.refusal import Refusal
from fangxian.ops.realm.current import county_now, the_realm
from fangxian.ops.realm.folder import open_realm

from .day_scans import Day, Requests, lay_out, man_doors
from .day_totals import on_record
from .play_day import (
    Step,
    await_gate,
    gate_address,
    lacks_cards,
    locked,
    refuse_day_without_rules,
    refuse_live_realm,
    set_pace,
)
from .seed_evidence import seed_morning
from .send_scans import send_scans

BLOCK_S: Final = 900
MORNING: Final = timedelta(hours=7, minutes=30)
PLAYING: Final = "day.playing_already"
LOOKED_EVERY_S: Final = 1.0


class End(Enum):
    """Why scans are sent no longer by one plan: the day is over, the clock was set, or we were told to stop."""

    MIDNIGHT = auto()
    CLOCK_SET = auto()
    TOLD = auto()


def go_on(*, n_scans: int, is_tls: bool, by: str, step: Step) -> None:
    """Send today's scans as they come, and tomorrow's; returns when it is told to stop.

    Refuses
    -------
    day.live_realm, day.no_rules, day.too_many, day.gate_silent
    """
    refuse_live_realm()
    end = End.CLOCK_SET
    while end is not End.TOLD:
        # Whoever comes at night sees people at the doors; whoever has watched through midnight sees a night.
        end = _today(n_scans=n_scans, is_tls=is_tls, wakes=end is not End.MIDNIGHT, by=by, step=step)


def _today(*, n_scans: int, is_tls: bool, wakes: bool, by: str, step: Step) -> End:
    """The rest of this day."""
    gate = gate_address(is_tls=is_tls)
    await_gate(gate)
    _await_others()
    on = county_now().date()
    refuse_day_without_rules(on)
    with locked():
        day = lay_out(on, n_scans=n_scans)
        if wakes and county_now() < day.begins_at + MORNING:
            set_pace(day.begins_at + MORNING, 1.0, by)
        if lacks_cards(day):
            seed_morning(at=county_now(), by=by, step=step)
        made = Requests(day, man_doors(day, by=by))
    clock = open_realm(the_realm().path).clock
    now_s = (clock.now() - day.begins_at).total_seconds()
    ids = {row: day.ids_of(row) for row in day.members if day.plan.second[row] > now_s}
    known = on_record((id_ for of_row in ids.values() for id_ in of_row), day.begins_at, day.ends_at)

    def is_set() -> bool:
        return open_realm(the_realm().path).clock != clock

    left = [row for row in ids if known.isdisjoint(ids[row])]
    for block in _blocks(left, day):
        sent = send_scans(
            list(made.of(block)),
            gate=gate,
            due_at=lambda second: clock.wall_at(day.at(second)).timestamp(),
            made_anew=lambda row: next(made.of([row])),
            tell=lambda *_: None,
            is_over=is_set,
        )
        if sent.is_stopped:
            return End.CLOCK_SET if is_set() else End.TOLD
    while county_now() < day.ends_at:
        if is_set():
            return End.CLOCK_SET
        time.sleep(LOOKED_EVERY_S)  # the last have gone home
    return End.MIDNIGHT


def _blocks(rows: Sequence[int], day: Day) -> Iterator[list[int]]:
    """Rows by the quarter of an hour in which they are due: nobody's code is made long before it is shown."""
    return (list(block) for _, block in groupby(rows, key=lambda row: int(day.plan.second[row]) // BLOCK_S))


def _await_others() -> None:
    """Until nobody plays a day."""
    while True:
        try:
            with locked():
                return
        except Refusal as refusal:
            if refusal.code != PLAYING:
                raise
        time.sleep(LOOKED_EVERY_S)
