"""A round planned anew while it runs, from what has happened so far.

What is told each hour is how many tubes have been sampled, received and resulted, and who is still to come. From that
the pace at which tables and laboratories really work is measured, and the rest is played at that pace.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import numpy.typing as npt

from fangxian.core.parameters import Parameter

from .laboratory import Machines
from .levers import Lever
from .playing import Begun, shared_out, through, worked_by
from .reaching import Reached, reached
from .rounds import Round, Site
from .telling import Told, told

HOUR_MIN: Final = 60
SLOWEST: Final = Parameter(
    value=4, unit="ratio", low=1, high=20,
    meaning="How many times slower than planned a round is believed to be, and as many times quicker",
    source="choice: one bad hour should not make a plan of weeks",
)  # fmt: skip
HALVINGS: Final = 8
ENOUGH_TUBES: Final = 20  # before so many, a pace is not measured but planned


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """What has happened.

    Attributes
    ----------
    at_min : now, minutes after the midnight before the round
    sampled, received, resulted : tubes by hour of the round's first day and those after it, (24 × days,): those sealed
        at a table, received by a laboratory, and released
    left : by site, people still to come
    extracted : tubes that have left an extractor and are not released; 0 where nobody knows
    from_min : when sampling began: opening hours before it were not worked
    """

    at_min: float
    sampled: Sequence[int]
    received: Sequence[int]
    resulted: Sequence[int]
    left: Sequence[int]
    extracted: int = 0
    from_min: float = 0.0

    def __post_init__(self) -> None:
        sampled, received, resulted = sum(self.sampled), sum(self.received), sum(self.resulted)
        if not sampled >= received >= resulted + self.extracted:
            raise ValueError(
                f"{sampled} tubes sampled, {received} received, {resulted} resulted and {self.extracted} extracted: "
                "no tube comes further before it came as far"
            )

    @property
    def begun(self) -> Begun:
        n_received = sum(self.received)
        return Begun(
            at_min=self.at_min,
            left=self.left,
            in_transit=sum(self.sampled) - n_received,
            at_laboratory=n_received - sum(self.resulted) - self.extracted,
            extracted=self.extracted,
        )


def state_of_totals(
    planned: Round, *, at_min: float, n_sampled: int, n_received: int, n_resulted: int, n_left: int
) -> State:
    """What has happened where only sums are known, as they are told over the telephone: tubes, and people left.

    Tubes are taken to have come evenly since the sites opened, and people to be left at every site alike.

    Raises
    ------
    ValueError
        No tube comes further before it came as far.
    """
    opens = min((site.hours[0][0] for site in planned.sites if site.n_people), default=0)
    hours = range(opens // HOUR_MIN, max(int(at_min // HOUR_MIN), opens // HOUR_MIN + 1))
    left = _shared_evenly(n_left, len(planned.sites))
    sampled, received, resulted = (_by_hour(n, hours) for n in (n_sampled, n_received, n_resulted))
    return State(at_min=at_min, sampled=sampled, received=received, resulted=resulted, left=left)


def _by_hour(n: int, hours: range) -> list[int]:
    return [0] * hours.start + _shared_evenly(n, len(hours))


def _shared_evenly(n: int, parts: int) -> list[int]:
    return [n // parts + (k < n % parts) for k in range(parts)]


@dataclass(frozen=True, slots=True)
class Pace:
    """How a round goes beside its plan; 1 as planned, 0.5 half as quick.

    Attributes
    ----------
    tables : people at a table
    laboratories : tubes through a laboratory
    """

    tables: float
    laboratories: float


def pace_of(planned: Round, state: State) -> Pace:
    """How quick tables and laboratories were, each in the hours in which they had enough to do."""
    return Pace(_pace_of_tables(planned, state), _pace_of_laboratories(planned, state))


def _pace_of_tables(planned: Round, state: State) -> float:
    """By the sites at which somebody is still to come: the others may have waited for people, not people for them."""
    busy = [(site, left) for site, left in zip(planned.sites, state.left, strict=True) if left > 0]
    could = sum(site.n_tables * planned.at_a_table * _worked(state, site) / HOUR_MIN for site, _ in busy)
    came = sum(site.n_people - left for site, left in busy)
    return _believed(came, could, ENOUGH_TUBES * planned.size)


def _worked(state: State, site: Site) -> float:
    """Minutes for which a site has been open since sampling began."""
    return worked_by(state.at_min, site.hours) - worked_by(state.from_min, site.hours)


def _pace_of_laboratories(planned: Round, state: State) -> float:
    """The pace at which as many would have been released by now of the tubes that were received, had they been played.

    Machines that waited for tubes are not taken for slow: at their own pace they would have released no more.
    """
    came = _moments(state.received)
    n_released = sum(state.resulted)
    batch = max(each.wells for laboratory in planned.laboratories for each in laboratory.extractors)
    if abs(_n_released(planned, came, state.at_min) - n_released) <= batch:
        return 1.0
    slow, quick = 1 / SLOWEST.value, SLOWEST.value
    for _ in range(HALVINGS):
        middle = (slow * quick) ** 0.5
        if _n_released(at_pace(planned, Pace(1.0, middle)), came, state.at_min) < n_released:
            slow = middle
        else:
            quick = middle
    return float((slow * quick) ** 0.5)


def _moments(by_hour: Sequence[int]) -> npt.NDArray[np.float64]:
    """When each tube came, those of an hour evenly over it."""
    hours = [np.arange(n) / n + hour for hour, n in enumerate(by_hour) if n]
    return np.concatenate([*hours, np.empty(0)]) * HOUR_MIN


def _n_released(planned: Round, came: npt.NDArray[np.float64], at_min: float) -> int:
    here = np.zeros(len(came), np.bool_)
    each = (through(came[mine], here[mine], it, planned)[-1] for it, mine in shared_out(came, planned))
    return sum(int(np.count_nonzero(released <= at_min)) for released in each)


def _believed(did: float, could: float, enough: float) -> float:
    if could < enough:
        return 1.0
    slowest = SLOWEST.value
    return min(max(did / could, 1 / slowest), slowest)


def at_pace(planned: Round, pace: Pace) -> Round:
    """The round as it really goes."""
    laboratories = [
        replace(
            each,
            extractors=_paced(each.extractors, pace.laboratories),
            amplifiers=_paced(each.amplifiers, pace.laboratories),
        )
        for each in planned.laboratories
    ]
    return replace(planned, at_a_table=planned.at_a_table * pace.tables, laboratories=laboratories)


def _paced(machines: Sequence[Machines], pace: float) -> list[Machines]:
    return [replace(each, run_min=max(round(each.run_min / pace), 1)) for each in machines]


def replanned(planned: Round, state: State) -> Told:
    """When a round that has begun will end, at the pace it really has."""
    return told(at_pace(planned, pace_of(planned, state)), state.begun)


def reached_anew(planned: Round, given: Sequence[Lever], state: State, *, by_min: float) -> Reached:
    """What would still bring it to its end by then."""
    return reached(at_pace(planned, pace_of(planned, state)), given, by_min=by_min, begun=state.begun)
