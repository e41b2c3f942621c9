"""Everybody's journey judged anew (重新判定). Part of rescreen.

1. every arrival of four weeks, as it was last declared, as columns   arrivals
2. what was at risk on each of those days                             risk_on_days
3. how far what was answered still holds: not of places listed since  core.rescreening.asking
4. what is asked for certain, and what could be                       core.rescreening.journeys
5. what differs from what stands; what only an answer can decide      here

Somebody of whom no journey is known is judged by nothing, now as before: nothing about them changes. "Everybody" is
everybody on the register; those judged are those who declared.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property
from operator import attrgetter
from typing import NamedTuple
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from fangxian.core.parameters import Parameter
from fangxian.core.policy.arrivals import Plan, Stay, strictness_of
from fangxian.core.policy.risk_on import RiskOn
from fangxian.core.policy.rulebook import Measure, Rulebook
from fangxian.core.policy.vocabulary import Place
from fangxian.core.rescreening.asking import Listed, areas_by_division, areas_to_ask_of, newest_to_ask_of
from fangxian.core.rescreening.journeys import Journeys, Verdicts, alike, decide_journeys
from fangxian.ops.arrivals.columns import ArrivalColumns, Standing, arrivals_in_columns
from fangxian.ops.arrivals.queries import said_when, who_came
from fangxian.ops.arrivals.wire import Decided
from fangxian.ops.enquiries.queries import gone_since, places_answered
from fangxian.ops.enquiries.wire import Asked
from fangxian.ops.realm.bulk import cycles_sought_between
from fangxian.ops.risk_areas.queries import ListedSpan

from .arrival_decision import decided_as, joined, tables_of_arrivals
from .risk_on_days import days_of, risk_of, spans_of_days

LOOKS_BACK = Parameter(
    value=28, unit="d", low=21, high=42,
    meaning="Arrivals of how many days are judged anew when risk areas or rules change",
    source="山西省疾控中心 2022-03-21: the longest measure is 14+7 days from arriving; a week more for late lists",
)  # fmt: skip
ONE_DAY = timedelta(days=1)
PLACES = tuple(Place)  # the most restricting first


@dataclass(frozen=True, slots=True)
class Doubt:
    """One stay of which it has to be asked whether somebody was in one of `areas`."""

    about: Asked
    areas: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Judged:
    """One arrival of which something changes for certain, or only an answer can say.

    Attributes
    ----------
    n : which of the columns' arrivals it is
    is_changed : what stands is not what is certain now
    step : 1 where more is asked than before, -1 less, 0 neither
    doubts : the stays to ask about; `at_stake` is what would be asked then
    """

    n: int
    arrival: UUID
    person: UUID
    area_path: str
    is_changed: bool
    step: int
    measure: Measure
    doubts: tuple[Doubt, ...]
    at_stake: Measure
    stake_plan: Plan | None


@dataclass(frozen=True, slots=True)
class Table:
    """One rulebook that asks something of people who arrive, and what it makes of everybody."""

    rulebook: Rulebook
    risk_on: RiskOn
    surely: Verdicts
    possibly: Verdicts


@dataclass(frozen=True)
class Judging:
    """All that a re-screening is worked out from.

    Attributes
    ----------
    said : of a stay, by its number, of which places were listed since somebody said in which they were: what they said
    tables : of each disease with such a rulebook one
    """

    tables: tuple[Table, ...]
    today: date
    columns: ArrivalColumns
    said: Mapping[int, "Said"]
    listed: Mapping[str, Sequence[Listed]]
    gone: frozenset[UUID]
    _of_alike: dict[tuple, Decided] = field(default_factory=dict, repr=False)

    @property
    def rulebook(self) -> Rulebook:
        """The first of the rulebooks; most counties have no other."""
        return self.tables[0].rulebook

    @property
    def n_judged(self) -> int:
        return len(self.columns.ids)

    def version_of(self, n: int) -> int:
        """Which version of the n-th arrival was judged."""
        return int(self.columns.version[n])

    def decided(self, n: int) -> Decided:
        """What is asked of the n-th for certain, worked out once of all of whom it is the same."""
        of_each = tuple((int(it.surely.which[n]), int(it.surely.day_zero[n])) for it in self.tables)
        arrived_on = int(self.columns.arrived_on[n])
        if (of_each, arrived_on) not in self._of_alike:
            asked = [_decided(table, *it, arrived_on) for table, it in zip(self.tables, of_each, strict=True)]
            self._of_alike[of_each, arrived_on] = joined(asked)
        return self._of_alike[of_each, arrived_on]

    @cached_property
    def first_stay(self) -> NDArray[np.int64]:
        """(n + 1,) at which stay those of each arrival begin."""
        return np.searchsorted(self.columns.of_arrival, np.arange(self.n_judged + 1))

    def has_stays(self, n: int) -> bool:
        return bool(self.first_stay[n] < self.first_stay[n + 1])


def judge_everybody(at: datetime) -> Judging | None:
    """Judge every arrival of four weeks by the rules and risk areas as they stand; None where no rules ask anything.

    Some reads of all of them, none for each; then less than a second for a hundred thousand.
    """
    with cycles_sought_between():
        return _judge_everybody(at)


def _judge_everybody(at: datetime) -> Judging | None:
    rulebooks = tables_of_arrivals(at)
    if not rulebooks:
        return None
    since, offset = at - timedelta(days=LOOKS_BACK.value), rulebooks[0].utc_offset
    columns = arrivals_in_columns(since, offset)
    begins_on, ends_on = at.date(), at.date() + ONE_DAY
    if len(columns.place):
        begins_on, ends_on = (date.fromordinal(int(it)) for it in (columns.begins_on.min(), columns.ends_on.max()))
    spans = {it.disease.key: spans_of_days(it, begins_on, ends_on) for it in rulebooks}
    listed = _all_listed([listed_places(it, spans[it.disease.key]) for it in rulebooks])
    said = _stale(columns, listed, since)
    journeys, tables = _journeys(columns, said), []
    for rulebook in rulebooks:
        risk_on = risk_of(rulebook, spans[rulebook.disease.key], begins_on, ends_on)
        tables.append(Table(rulebook, risk_on, *decide_journeys(rulebook, journeys, risk_on, at=at)))
    return Judging(
        tuple(tables), at.astimezone(offset).date(), columns, said, listed, frozenset(gone_since(since))
    )  # fmt: skip


def _all_listed(each: Sequence[dict[str, list[Listed]]]) -> dict[str, list[Listed]]:
    """The listed places that matter to one of several rulebooks, each once."""
    codes = dict.fromkeys(code for one in each for code in one)
    return {code: list(dict.fromkeys(it for one in each for it in one.get(code, ()))) for code in codes}


def listed_places(rulebook: Rulebook, spans: Sequence[ListedSpan]) -> dict[str, list[Listed]]:
    """The listed places that it matters to have been in, by division."""
    levels = {level for state in rulebook.risk_states if state.reach == "place" for level in state.levels}
    return areas_by_division(
        (it.division, Listed(it.area, *days_of(it, rulebook.utc_offset), it.known_at))
        for it in spans
        if it.level in levels
    )


def _journeys(columns: ArrivalColumns, stale: Collection[int]) -> Journeys:
    """The journeys as far as what was said of them still holds."""
    n_told, numbers = len(columns.places), {}
    for it in columns.places:
        numbers.setdefault((it.division, None), n_told + len(numbers))
    places = [*((it.division, it.risk_areas) for it in columns.places), *numbers]
    anywhere = np.array([numbers[it.division, None] for it in columns.places], dtype=np.int32)
    is_open = np.array([not it.areas_known for it in columns.places], dtype=bool)[columns.place]
    is_open[list(stale)] = True
    possibly = np.where(is_open, anywhere[columns.place], columns.place) if len(columns.place) else columns.place
    return Journeys(
        columns.arrived_on, places, columns.place, possibly, columns.of_arrival, columns.begins_on, columns.ends_on
    )


class Said(NamedTuple):
    """When somebody declared in which places of a stay they were, and of which they answered since."""

    at: datetime
    answered: frozenset[str]


def _stale(columns: ArrivalColumns, listed: Mapping[str, Sequence[Listed]], since: datetime) -> dict[int, Said]:
    """Of the stays of which something was said before places were listed there, what and when."""
    counts = np.array([it.areas_known and bool(_around(it.division, listed)) for it in columns.places], dtype=bool)
    some = np.flatnonzero(counts[columns.place]).tolist() if len(columns.place) else []
    ids = {n: _id(columns.ids[n]) for n in {int(columns.of_arrival[stay]) for stay in some}}
    said, answered = said_when(sorted(ids.values())) if ids else {}, places_answered(since)
    newest: dict[tuple[int, int, int], datetime | None] = {}
    found = {}
    for n in some:
        shape, of = _shape(columns, n), int(columns.of_arrival[n])
        if shape not in newest:
            newest[shape] = newest_to_ask_of(_stay(columns, n), listed)
        if (known_at := newest[shape]) is not None:
            at = said.get(ids[of]) or columns.moment_of(of)
            one = Said(at, answered.get(_asked(columns, ids[of], n), frozenset()))
            if known_at > at and (not one.answered or areas_to_ask_of(_stay(columns, n), listed, *one)):
                found[n] = one
    return found


def _around(division: str, listed: Mapping[str, object]) -> bool:
    return division in listed or division[:4] in listed


def _shape(columns: ArrivalColumns, n: int) -> tuple[int, int, int]:
    return int(columns.place[n]), int(columns.begins_on[n]), int(columns.ends_on[n])


def _stay(columns: ArrivalColumns, n: int) -> Stay:
    """The n-th stay as it was told."""
    place, begins_on, ends_on = _shape(columns, n)
    return Stay(columns.places[place].division, date.fromordinal(begins_on), date.fromordinal(ends_on),
                columns.places[place].risk_areas, columns.places[place].areas_known)  # fmt: skip


def _asked(columns: ArrivalColumns, arrival: UUID, n: int) -> Asked:
    stay = _stay(columns, n)
    return Asked(arrival, stay.division, stay.begins_on, stay.ends_on)


def _id(raw: object) -> UUID:
    return raw if isinstance(raw, UUID) else UUID(hex=str(raw))


def worth_a_look(judging: Judging) -> list[Judged]:
    """Those of whom something changes, or who have to be asked; in the order of their ids."""
    found = sorted(_Differing(judging).found(), key=attrgetter("arrival"))
    comers = who_came([it.arrival for it in found])
    return [
        Judged(
            it.n, it.arrival, *comers[it.arrival], it.is_changed, it.step,
            _strictest([one.surely for one in judging.tables], it.sure)[0], it.doubts,
            *_strictest([one.possibly for one in judging.tables], it.maybe),
        )
        for it in found
        if it.arrival in comers
    ]  # fmt: skip


def _strictest(verdicts: Sequence[Verdicts], of_each: Sequence[tuple[int, int]]) -> tuple[Measure, Plan | None]:
    """The strictest measure that one of the tables asks, and that on the calendar."""
    asking = [it for it in zip(verdicts, of_each, strict=True) if it[1][0]]
    if not asking:
        return verdicts[0].measure_of(0), None
    one, (which, day_zero) = max(asking, key=lambda it: strictness_of(it[0].rules[strictest_row(it[1][0])]))
    return one.measure_of(which), one.plan_from(which, day_zero)


def strictest_row(which: int) -> int:
    """The number of the strictest row that applies."""
    return (which & -which).bit_length() - 1


class Found(NamedTuple):
    """One arrival that is worth a look; `sure` and `maybe`: of each table which rows apply, and from which day."""

    n: int
    arrival: UUID
    is_changed: bool
    step: int
    doubts: tuple[Doubt, ...]
    sure: Sequence[tuple[int, int]]
    maybe: Sequence[tuple[int, int]]


class _Differing:
    """Looks for those of whom something differs. What is alike in two people is worked out once."""

    def __init__(self, judging: Judging) -> None:
        self.judging, self.columns, self.today = judging, judging.columns, judging.today
        self._areas: dict[tuple, tuple[str, ...]] = {}
        self._reach = max((rule.within for it in judging.tables for rule in it.possibly.rules), default=timedelta())

    def found(self) -> list[Found]:
        columns, tables = self.columns, self.judging.tables
        sure = [column for it in tables for column in (it.surely.which, it.surely.day_zero)]
        maybe = [column for it in tables for column in (it.possibly.which, it.possibly.day_zero)]
        kinds, numbers = alike(*sure, columns.standing)
        changes = [self._change(_pairs(one[:-1]), one[-1]) for one in kinds]
        is_changed = np.array([it[0] for it in changes], dtype=bool)[numbers]
        both, numbers_too = alike(*sure, *maybe)
        told = [(_pairs(one[: len(sure)]), _pairs(one[len(sure) :])) for one in both]
        is_open = np.array([self._is_open(*one) for one in told], dtype=bool)[numbers_too] & columns.has_landed
        found = []
        for n in np.flatnonzero(is_changed | is_open).tolist():
            doubts = self._doubts(n) if is_open[n] else ()
            if is_changed[n] or doubts:
                found.append(Found(n, _id(columns.ids[n]), *changes[numbers[n]], doubts, *told[numbers_too[n]]))
        return found

    def _change(self, of_each: Sequence[tuple[int, int]], standing: int) -> tuple[bool, int]:
        """Whether what stands is not what is certain now, while anything of either is still to be done; the step."""
        one, tables = self.columns.standings[standing], self.judging.tables
        # Only what stands of an arrival is looked at, which no test is: the day on which they came matters to no more.
        asked = joined(
            [_decided(table, *it, self.today.toordinal()) for table, it in zip(tables, of_each, strict=True)]
        )
        now = Standing(asked.rules, asked.measure, asked.measure_ends_on)
        plans = [table.surely.plan_from(*it) for table, it in zip(tables, of_each, strict=True)]
        is_current = any(runs(it, self.today) for it in plans) or _still(one.measure_ends_on, self.today)
        return one != now and is_current, _step(one, now)

    def _is_open(self, sure: Sequence[tuple[int, int]], maybe: Sequence[tuple[int, int]]) -> bool:
        """Whether an answer would change anything that is still to be done."""
        return any(
            runs(table.possibly.plan_from(*may), self.today)
            and (table.surely.measure_of(is_so[0]), table.surely.plan_from(*is_so))
            != (table.possibly.measure_of(may[0]), table.possibly.plan_from(*may))
            for table, is_so, may in zip(self.judging.tables, sure, maybe, strict=True)
        )

    def _doubts(self, n: int) -> tuple[Doubt, ...]:
        """The stays of an arrival to ask about."""
        arrival, found = _id(self.columns.ids[n]), []
        if arrival in self.judging.gone:
            return ()
        for stay in range(self.judging.first_stay[n], self.judging.first_stay[n + 1]):
            is_known = self.columns.places[self.columns.place[stay]].areas_known
            if is_known and stay not in self.judging.said:
                continue
            areas = self._areas_of(stay, int(self.columns.arrived_on[n]), self.judging.said.get(stay))
            if areas:
                found.append(Doubt(_asked(self.columns, arrival, stay), areas))
        return tuple(found)

    def _areas_of(self, n: int, arrived_on: int, said: Said | None) -> tuple[str, ...]:
        """The places to ask of; only the days count that a row reaches back to."""
        key = (*_shape(self.columns, n), arrived_on, said)
        if key not in self._areas:
            stay, came_on = _stay(self.columns, n), date.fromordinal(arrived_on)
            begins_on, ends_on = max(stay.begins_on, came_on - self._reach), min(stay.ends_on, came_on + ONE_DAY)
            counts = Stay(stay.division, begins_on, ends_on, stay.risk_areas)
            asked = areas_to_ask_of(counts, self.judging.listed, *(said or ())) if begins_on < ends_on else ()
            self._areas[key] = tuple(dict.fromkeys(it.area for it in asked))
        return self._areas[key]


def _pairs(flat: Sequence[int]) -> list[tuple[int, int]]:
    return list(zip(flat[::2], flat[1::2], strict=True))


def _decided(table: Table, which: int, day_zero: int, arrived_on: int) -> tuple[tuple, Decided]:
    """What one table asks where these rows apply, and how strict its closest row is."""
    rules, measure = table.surely.rules_of(which), table.surely.measure_of(which)
    plan = table.surely.plan_from(which, day_zero)
    decided = decided_as(table.rulebook, rules, measure, plan, date.fromordinal(arrived_on))
    return strictness_of(table.surely.rules[strictest_row(which)]) if which else (), decided


def runs(plan: Plan | None, today: date) -> bool:
    """Whether anything of it is still to be done."""
    if plan is None:
        return False
    return (bool(plan.stages) and plan.ends_on > today) or any(on >= today for on in plan.tests_on)


def _still(ends_on: date | None, today: date) -> bool:
    return ends_on is not None and ends_on > today


def _step(one: Standing, now: Standing) -> int:
    was = _rank(one.measure), one.measure_ends_on or date.min
    is_now = _rank(now.measure), now.measure_ends_on or date.min
    return (is_now > was) - (is_now < was)


def _rank(place: str) -> int:
    """The more it restricts the higher; 0 for no measure."""
    return len(PLACES) - PLACES.index(Place(place)) if place else 0
