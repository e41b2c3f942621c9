"""All journeys of a county as columns, and what the rules make of them at once."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from fangxian.core.policy.arrivals import NOTHING_ASKED, Plan, Stay, join_measures, plan_measure, strictness_of
from fangxian.core.policy.risk_on import RiskOn
from fangxian.core.policy.rulebook import ArrivalRule, Measure, Rulebook

Days = NDArray[np.int32]  # days as `date.toordinal` counts them
PlaceThere = tuple[str, frozenset[str] | None]  # a division with the listed places somebody was in; None: any of them
_NEVER = 0
_MOST_ROWS = 62  # bits of a number, of which the sign is one


class Journey(NamedTuple):
    """One arrival: on which local day, and the stays before it."""

    arrived_on: date
    stays: Sequence[Stay]


@dataclass(frozen=True, slots=True)
class Journeys:
    """Journeys as columns.

    Attributes
    ----------
    arrived_on : (n_journeys,)
    places : each division with the listed places somebody was in there; None for "any of them"
    surely, possibly : (n_stays,) the place as far as it is known, and as it could be
    of_journey : (n_stays,) whose stay it is; a journey without stays has none
    begins_on, ends_on : (n_stays,) half-open
    """

    arrived_on: Days
    places: Sequence[PlaceThere]
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
    which : (n_journeys,)
    day_zero : (n_journeys,) the day from which the strictest row counts; 0 where none applies
    """

    rules: Sequence[ArrivalRule]
    which: NDArray[np.int64]
    day_zero: Days
    _measures: dict[int, Measure] = field(default_factory=dict, repr=False)
    _plans: dict[tuple[int, int], Plan | None] = field(default_factory=dict, repr=False)

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
        return self.plan_from(int(self.which[n]), int(self.day_zero[n]))

    def plan_from(self, which: int, day_zero: int) -> Plan | None:
        """The measure where these rows apply, on the calendar: the same for all of whom both are the same."""
        if (which, day_zero) not in self._plans:
            measure = self.measure_of(which)
            has_days = which and (measure.stages or measure.test_days)
            self._plans[which, day_zero] = plan_measure(measure, date.fromordinal(day_zero)) if has_days else None
        return self._plans[which, day_zero]


def journeys_in_columns(journeys: Iterable[Journey]) -> Journeys:
    """Turn journeys into columns. Of a hundred thousand most of the time would go here: those are read as columns."""
    places: dict[PlaceThere, int] = {}
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


def decide_journeys(rulebook: Rulebook, journeys: Journeys, risk_on: RiskOn, *, at: datetime) -> tuple[Verdicts, ...]:
    """What is asked of everybody for certain, and what could be. (journeys → verdicts, verdicts)

    The first is `decide_arrival` for all at once, the second `possible_arrival`: whoever was not asked was in every
    listed place there.

    Parameters
    ----------
    at : when rows must be in force

    A table says of each place and day when it last had a state that a row names; then every stay is looked up
    once for each row. A county's people come from some thousand places, however many they are.

    Raises
    ------
    ValueError
        For a rulebook with more than 62 rows in force.
    """
    rules = sorted((rule for rule in rulebook.arrivals if rule.in_force(at)), key=strictness_of, reverse=True)
    if len(rules) > _MOST_ROWS:
        raise ValueError(f"{len(rules)} rows of arrivals are in force; {_MOST_ROWS} can be told apart")
    arrived = journeys.arrived_on[journeys.of_journey]
    until = np.minimum(journeys.ends_on - 1, arrived)
    asked = _Asked(rules, journeys, arrived, until)
    if len(until):
        # No further back than a row asks: somebody may say that they were there all their life.
        reach = max((rule.within.days for rule in rules), default=0)
        first, last = max(int(journeys.begins_on.min()), int(arrived.min()) - reach), int(until.max())
        table, bits = _states(journeys.places, risk_on, first, max(first, last))
        days = np.arange(first, first + table.shape[1], dtype=np.int32)
        for n, rule in enumerate(rules):
            named = sum(bits.get(state, 0) for state in set(rule.risk))
            holds = (table & named) != 0
            if holds.any():
                asked.look_up(n, np.maximum.accumulate(np.where(holds, days, _NEVER), axis=1), holds.any(axis=1), first)
    return tuple(_verdicts(rules, latest, journeys.arrived_on) for latest in (asked.surely, asked.possibly))


class _Asked:
    """The last day by which each row applies to each journey, (n_rules, n_journeys); 0 where it does not."""

    def __init__(self, rules: Sequence[ArrivalRule], journeys: Journeys, arrived: Days, until: Days) -> None:
        self._rules, self._journeys, self._arrived, self._until = rules, journeys, arrived, until
        self.surely = np.zeros((len(rules), len(journeys.arrived_on)), dtype=np.int32)
        self.possibly = np.zeros_like(self.surely)

    def look_up(self, n: int, table: Days, ever: NDArray[np.bool_], first: int) -> None:
        """Of the n-th row; `table` (n_places, n_days) says when it last held, `ever` (n_places,) whether it did."""
        all_of, within = self._journeys, self._rules[n].within.days
        for latest, place in ((self.surely[n], all_of.surely), (self.possibly[n], all_of.possibly)):
            some = np.flatnonzero(ever[place])
            begins, until = np.maximum(all_of.begins_on[some], self._arrived[some] - within), self._until[some]
            is_asked = until >= begins
            some, begins, until = some[is_asked], begins[is_asked], until[is_asked]
            found = table[place[some], until - first]
            counts = found >= begins
            np.maximum.at(latest, all_of.of_journey[some[counts]], found[counts])


def _verdicts(rules: Sequence[ArrivalRule], latest: Days, arrived_on: Days) -> Verdicts:
    which = np.zeros(latest.shape[1], dtype=np.int64)
    day_zero = np.zeros(latest.shape[1], dtype=np.int32)
    for n in range(len(rules) - 1, -1, -1):  # the strictest last: it decides
        applies = latest[n] > _NEVER
        which |= applies.astype(np.int64) << n
        day_zero = np.where(applies, arrived_on if rules[n].day_zero == "arrival" else latest[n], day_zero)
    return Verdicts(rules, which, day_zero)


def _states(
    places: Sequence[PlaceThere], risk_on: RiskOn, first: int, last: int
) -> tuple[NDArray[np.int64], dict[str, int]]:
    """(n_places, n_days) the states of each place from `first` to `last` as bits, and which bit a state is.

    Most places have the same on all days, and most of those the same as one another.
    """
    bits: dict[str, int] = {}
    table = np.zeros((len(places), last - first + 1), dtype=np.int64)
    for n, (division, areas) in enumerate(places):
        turns = {first, *(day for day in map(date.toordinal, risk_on.turns(division, areas)) if first < day <= last)}
        for begins, ends in pairwise([*sorted(turns), last + 1]):
            on = risk_on(division, date.fromordinal(begins), areas)
            if on:
                table[n, begins - first : ends - first] = sum(bits.setdefault(it, 1 << len(bits)) for it in on)
    return table, bits


def alike(*columns: NDArray[Any]) -> tuple[list[tuple[int, ...]], NDArray[np.int64]]:
    """The different rows of these columns, and of each row which it is."""
    numbers = np.zeros(len(columns[0]), dtype=np.int64)
    for column in columns:
        kinds, own = np.unique(column, return_inverse=True)
        _, numbers = np.unique(numbers * max(len(kinds), 1) + own, return_inverse=True)
    _, firsts = np.unique(numbers, return_index=True)
    return [tuple(int(column[n]) for column in columns) for n in firsts], numbers
