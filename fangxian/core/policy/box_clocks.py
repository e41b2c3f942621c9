"""Clocks of a transport box (转运箱时限): how long it waits for its carrier, is on its way, and is in the laboratory.

A rulebook names them among its `clocks` (K-07 to K-09 of Fushan's). Where it does not, the usual ones hold, so that no
box is forgotten because a rulebook is silent.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from fangxian.core.parameters import Parameter
from fangxian.core.policy.rulebook import Rulebook
from fangxian.core.refusal import Said

PICKED_UP, TO_LABORATORY, RESULT = "box-picked-up", "box-to-laboratory", "box-result"
USUAL: Final[Mapping[str, Parameter]] = {
    PICKED_UP: Parameter(
        value=2, unit="hours", low=0.5, high=8,
        meaning="How long a sealed box waits for its carrier, where the rulebook does not say",
        source="boxes are fetched every 2 h, a rule of the field, recalled (domain.md §4.1)",
    ),
    TO_LABORATORY: Parameter(
        value=4, unit="hours", low=1, high=12,
        meaning="How long after its first tube a box is at the laboratory, where the rulebook does not say",
        source="transport 2 to 4 h, at room temperature 4 h at most, recalled (domain.md §4.1)",
    ),
    RESULT: Parameter(
        value=6, unit="hours", low=2, high=48,
        meaning="How long after its reception the tubes of a box have results, where the rulebook does not say",
        source="a result within 6 h of receipt, a rule of the field, recalled (domain.md §4.1)",
    ),
}  # fmt: skip
LATE_SAID: Final[Mapping[str, Said]] = {
    PICKED_UP: Said("没人来取", "not fetched"),
    TO_LABORATORY: Said("没到实验室", "not at the laboratory"),
    RESULT: Said("没出结果", "no result"),
}


@dataclass(frozen=True, slots=True)
class BoxClocks:
    """How long each may take, and the number of the rule that says so; "" where it is only usual."""

    within: Mapping[str, timedelta]
    numbers: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class BoxMoments:
    """When what was done with a box; None: not yet, or nobody said. `has_results`: of every tube in it."""

    opened_at: datetime | None
    sealed_at: datetime | None
    handed_at: datetime | None
    received_at: datetime | None
    has_results: bool


@dataclass(frozen=True, slots=True)
class Late:
    """Which clock of a box has run out, and when it did."""

    clock: str
    due_at: datetime


def box_clocks(rulebook: Rulebook | None, at: datetime) -> BoxClocks:
    """The clocks in force at a moment; None: there is no rulebook of the round's disease."""
    rows = {it.clock: it for it in rulebook.clocks if it.in_force(at)} if rulebook else {}
    within = {
        clock: rows[clock].within if clock in rows else timedelta(hours=usual.value) for clock, usual in USUAL.items()
    }
    return BoxClocks(within, {clock: rows[clock].number if clock in rows else "" for clock in USUAL})


def late(clocks: BoxClocks, box: BoxMoments, at: datetime) -> Late | None:
    """The clock that ran out first of those still running; None: the box is in time."""
    begun = {
        PICKED_UP: box.sealed_at if box.handed_at is None and box.received_at is None else None,
        TO_LABORATORY: box.opened_at or box.sealed_at if box.received_at is None else None,
        RESULT: box.received_at if not box.has_results else None,
    }
    due = [Late(clock, since + clocks.within[clock]) for clock, since in begun.items() if since is not None]
    return min((it for it in due if at > it.due_at), key=lambda it: it.due_at, default=None)
