"""All journeys of a county as columns, and what the rules make of them at once."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from fangxian.core.policy.arrivals import NOTHING_ASKED, Plan, Stay, join_measures, plan_measure, strictness_of
from fangxian.core.policy.risk_on import RiskOn
from fangxian.core.policy.rulebook import ArrivalRule, Measure, Rulebook

Days = NDArray[np.int32]  # days as `date.toordinal` counts them
_NEVER = 0


class Journey(NamedTuple):
    """One arrival: on which local day, and the stays before it."""

    arrived_on: date
    stays: Sequence[Stay]


@dataclass(frozen=True, slots=True)
class Journeys:
    """Journeys as columns; stays of one journey lie together, in the order of the journeys.

    Attributes
    ----------
    arrived_on : (n_journeys,)
    places : each division with the listed places somebody was in there; None for "any of them"
    surely, possibly : (n_stays,) the place as far as it is known, and as it could be
    of_journey : (n_stays,) whose stay it is, in rising order; a journey without stays has none
    """

    arrived_on: Days
    places: Sequence[tuple[str, frozenset[str] | None]]
    surely: NDArray[np.int32]
    possibly: NDArray[np.int32]
    of_journey: NDArray[np.int32]
    begins_on: Days
    ends_on: Days


@dataclass(frozen=True, slots=True)
class Verdicts:
    """What the rules make of each journey, as `ArrivalDecision` has it.

    Attributes
    ----------
    rules : the rows that are in force, strictest first; bit n of `which` is that the n-th applies
    latest : (n_rules, n_journeys) the last day by which a row applies; 0 where it does not
    """

    rules: Sequence[ArrivalRule]
    which: NDArray[np.int64]
    latest: Days
    arrived_on: Days
    _measures: dict[int, Measure] = field(default_factory=dict, repr=False)
    _plans: dict[tuple[int, int], Plan] = field(default_factory=dict, repr=False)

    def rules_of(self, which: int) -> tuple[str, ...]:
        """The numbers of the rows that apply, strictest first."""
        return tuple(rule.number for n, rule in enumerate(self.rules) if which >> n & 1)

    def measure_of(self, which: int) -> Measure:
        """What is asked where these rows apply."""
        if which not in self._measures:
            found = [rule.measure for n, rule in enumerate(self.rules) if which >> n & 1]
            self._measures[which] = join_measures(found) if found else NOTHING_ASKED
        return self._measures[which]

    def plan_of(self, n: int) -> Plan | None:
        """The measure of the n-th journey on the calendar; None where nothing has a day."""
        which = int(self.which[n])
        measure = self.measure_of(which)
        if not which or not (measure.stages or measure.test_days):
            return None
        strictest = (which & -which).bit_length() - 1
        is_from_arrival = self.rules[strictest].day_zero == "arrival"
        day_zero = int(self.arrived_on[n] if is_from_arrival else self.latest[strictest, n])
        if (which, day_zero) not in self._plans:
            self._plans[which, day_zero] = plan_measure(measure, date.fromordinal(day_zero))
        return self._plans[which, day_zero]


def journeys_in_columns(journeys: Iterable[Journey]) -> Journeys:
    """Turn journeys into columns. Linear; most of the time of a re-screening is spent here."""
    places: dict[tuple[str, frozenset[str] | None], int] = {}
    arrived: list[int] = []
    rows: list[tuple[int, int, int, int, int]] = []
    for n, (arrived_on, stays) in enumerate(journeys):
        arrived.append(arrived_on.toordinal())
        for stay in stays:
            sure = places.setdefault((stay.division, stay.risk_areas), len(places))
            maybe = sure if stay.areas_known else places.setdefault((stay.division, None), len(places))
            rows.append((sure, maybe, n, stay.begins_on.toordinal(), stay.ends_on.toordinal()))
    columns = np.array(rows, dtype=np.int32).reshape(-1, 5).T
    return Journeys(np.array(arrived, dtype=np.int32), list(places), *columns)


def decide_journeys(
    rulebook: Rulebook, journeys: Journeys, risk_on: RiskOn, *, at: datetime, is_possible: bool = False
) -> Verdicts:
    """What is asked of everybody. (journeys → verdicts) `decide_arrival` for all at once.

    Parameters
    ----------
    at : when rows must be in force
    is_possible : as `possible_arrival`: whoever was not asked was in every listed place there

    A table says of each place and day when it last had a state that a row names; then every stay is looked up
    once for each row.
    """
    rules = sorted((rule for rule in rulebook.arrivals if rule.in_force(at)), key=strictness_of, reverse=True)
    latest = np.zeros((len(rules), len(journeys.arrived_on)), dtype=np.int32)
    place = journeys.possibly if is_possible else journeys.surely
    arrived = journeys.arrived_on[journeys.of_journey]
    until = np.minimum(journeys.ends_on - 1, arrived)
    if len(place):
        first, last = int(journeys.begins_on.min()), int(until.max())
        states = _states(journeys.places, np.unique(place), risk_on, first, last)
        for n, rule in enumerate(rules):
            begins = np.maximum(journeys.begins_on, arrived - rule.within.days)
            _find_latest(latest[n], rule, states, place, begins, until, journeys.of_journey, first)
    which = np.zeros(len(journeys.arrived_on), dtype=np.int64)
    for n in range(len(rules)):
        which |= (latest[n] > _NEVER).astype(np.int64) << n
    return Verdicts(rules, which, latest, journeys.arrived_on)


def _states(
    places: Sequence[tuple[str, frozenset[str] | None]],
    used: NDArray[np.int32],
    risk_on: RiskOn,
    first: int,
    last: int,
) -> Mapping[int, list[Collection[str]]]:
    """Of each place in use the states on every day from `first` to `last`; most places have the same on all."""
    found: dict[int, list[Collection[str]]] = {}
    for n in used.tolist():
        division, areas = places[n]
        turns = {first, *(day for day in map(date.toordinal, risk_on.turns(division, areas)) if first < day <= last)}
        bounds = [*sorted(turns), last + 1]
        days: list[Collection[str]] = []
        for begins, ends in pairwise(bounds):
            days += [risk_on(division, date.fromordinal(begins), areas)] * max(ends - begins, 0)
        found[n] = days
    return found


def _find_latest(
    latest: Days,
    rule: ArrivalRule,
    states: Mapping[int, list[Collection[str]]],
    place: NDArray[np.int32],
    begins: Days,
    until: Days,
    of_journey: NDArray[np.int32],
    first: int,
) -> None:
    """Write into `latest` the last day by which the row applies to each journey."""
    named = frozenset(rule.risk)
    n_days = max((len(days) for days in states.values()), default=0)
    table = np.zeros((max(states, default=-1) + 1, n_days), dtype=np.int32)
    every_day = np.arange(first, first + n_days, dtype=np.int32)
    for n, days in states.items():
        if not named.isdisjoint(set().union(*days)):
            holds = np.fromiter((not named.isdisjoint(on) for on in days), dtype=bool, count=n_days)
            table[n] = np.maximum.accumulate(np.where(holds, every_day, _NEVER))
    is_asked = until >= begins
    found = table[place[is_asked], until[is_asked] - first]
    counts = found >= begins[is_asked]
    np.maximum.at(latest, of_journey[is_asked][counts], found[counts])
