"""Everybody's journey judged anew (重新判定). Part of rescreen.

1. every arrival of four weeks, as it was last declared               arrivals
2. how far what was answered still holds: not of places listed since  core.rescreening.asking
3. what was at risk on each of those days                             risk_on_days
4. what is asked for certain, and what could be                       core.rescreening.journeys
5. what differs from what stands; what only an answer can decide      here

Somebody of whom no journey is known is judged by nothing, now as before: nothing about them changes. "Everybody" is
everybody on the register; those judged are those who declared.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

import numpy as np

from fangxian.core.parameters import Parameter
from fangxian.core.policy.arrivals import Plan, Stay
from fangxian.core.policy.rulebook import Measure, Rulebook
from fangxian.core.policy.vocabulary import Place
from fangxian.core.rescreening.asking import Listed, areas_by_division, areas_to_ask_of, as_known
from fangxian.core.rescreening.journeys import Journey, Verdicts, decide_journeys, journeys_in_columns
from fangxian.ops.arrivals.queries import Declared, StaySeen, declared_since, said_when
from fangxian.ops.enquiries.queries import answered_when, gone_since
from fangxian.ops.enquiries.wire import Asked
from fangxian.ops.realm.bulk import cycles_sought_between
from fangxian.ops.risk_areas.queries import ListedSpan

from .arrival_decision import table_of_arrivals
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
    is_changed : what stands is not what is certain now
    step : 1 where more is asked than before, -1 less, 0 neither
    doubts : the stays to ask about; `at_stake` is what would be asked then
    """

    declared: Declared
    is_changed: bool
    step: int
    measure: Measure
    doubts: tuple[Doubt, ...]
    at_stake: Measure
    stake_plan: Plan | None


@dataclass(frozen=True, slots=True)
class Judging:
    """All that a re-screening is worked out from."""

    rulebook: Rulebook
    today: date
    declared: Sequence[Declared]
    stays: Sequence[Sequence[Stay]]
    asked_at: Sequence[Sequence[datetime]]
    listed: Mapping[str, Sequence[Listed]]
    gone: frozenset[UUID]
    surely: Verdicts
    possibly: Verdicts


def judge_everybody(at: datetime) -> Judging | None:
    """Judge every arrival of four weeks by the rules and risk areas as they stand; None where no rules ask anything.

    Some reads of all of them, none for each; then a second or two for a hundred thousand.
    """
    with cycles_sought_between():
        return _judge_everybody(at)


def _judge_everybody(at: datetime) -> Judging | None:
    rulebook = table_of_arrivals(at)
    if rulebook is None:
        return None
    since, offset = at - timedelta(days=LOOKS_BACK.value), rulebook.utc_offset
    declared = declared_since(since)
    days = [day for it in declared for stay in it.stays for day in (stay.begins_on, stay.ends_on)]
    begins_on, ends_on = (min(days), max(days)) if days else (at.date(), at.date() + ONE_DAY)
    spans = spans_of_days(rulebook, begins_on, ends_on)
    listed = listed_places(rulebook, spans)
    said, answered = said_when([it.arrival for it in declared if _may_be_stale(it, listed)]), answered_when(since)
    stays, asked_at = [], []
    for one in declared:
        asked = [_asked_at(one, it, said.get(one.arrival, one.arrives_at), answered) for it in one.stays]
        asked_at.append(asked)
        stays.append([_stay(it, moment, listed) for it, moment in zip(one.stays, asked, strict=True)])
    journeys = journeys_in_columns(
        Journey(one.arrives_at.astimezone(offset).date(), of_one) for one, of_one in zip(declared, stays, strict=True)
    )
    risk_on = risk_of(rulebook, spans, begins_on, ends_on)
    return Judging(
        rulebook, at.astimezone(offset).date(), declared, stays, asked_at, listed, frozenset(gone_since(since)),
        surely=decide_journeys(rulebook, journeys, risk_on, at=at),
        possibly=decide_journeys(rulebook, journeys, risk_on, at=at, is_possible=True),
    )  # fmt: skip


def listed_places(rulebook: Rulebook, spans: Sequence[ListedSpan]) -> dict[str, list[Listed]]:
    """The listed places that it matters to have been in, by division."""
    levels = {level for state in rulebook.risk_states if state.reach == "place" for level in state.levels}
    return areas_by_division(
        (it.division, Listed(it.area, *days_of(it, rulebook.utc_offset), it.known_at))
        for it in spans
        if it.level in levels
    )


def _may_be_stale(one: Declared, listed: Mapping[str, Sequence[Listed]]) -> bool:
    """Whether what was answered of a stay may be older than a list: else it need not be known when that was."""
    return any(it.areas_known and (it.division in listed or it.division[:4] in listed) for it in one.stays)


def _asked_at(one: Declared, seen: StaySeen, said_at: datetime, answered: Mapping[Asked, datetime]) -> datetime:
    """When it was last said of a stay in which listed places it was."""
    if not answered:
        return said_at
    return max(said_at, answered.get(Asked(one.arrival, seen.division, seen.begins_on, seen.ends_on), said_at))


def _stay(seen: StaySeen, asked_at: datetime, listed: Mapping[str, Sequence[Listed]]) -> Stay:
    """A stay as far as what was said of it still holds."""
    stay = Stay(seen.division, seen.begins_on, seen.ends_on, frozenset(seen.risk_areas), seen.areas_known)
    return as_known(stay, asked_at, listed) if seen.areas_known else stay


def worth_a_look(judging: Judging) -> Iterator[Judged]:
    """Those of whom something changes, or who have to be asked; in the order of their ids."""
    surely, possibly = judging.surely, judging.possibly
    stored = _stored(judging)
    for n in np.flatnonzero((surely.which != stored) | _may_differ(surely, possibly) | _with_days(judging)).tolist():
        one = _judged(judging, n)
        if one is not None:
            yield one


def _stored(judging: Judging) -> np.ndarray:
    """What stands of each arrival as bits of the rows that apply now; -1 where that cannot be said so."""
    bit = {rule.number: 1 << n for n, rule in enumerate(judging.surely.rules)}
    known: dict[tuple[str, ...], int] = {}
    found = np.empty(len(judging.declared), dtype=np.int64)
    for n, one in enumerate(judging.declared):
        if one.rules not in known:
            known[one.rules] = sum(bit[it] for it in one.rules) if all(it in bit for it in one.rules) else -1
        found[n] = known[one.rules]
    return found


def _may_differ(surely: Verdicts, possibly: Verdicts) -> np.ndarray:
    differs = surely.which != possibly.which
    for n, rule in enumerate(surely.rules):
        if rule.day_zero != "arrival":
            differs |= surely.latest[n] != possibly.latest[n]
    return differs


def _with_days(judging: Judging) -> np.ndarray:
    """Those who have a measure: its length may have changed though its row has the same number."""
    return np.fromiter((bool(it.measure) for it in judging.declared), dtype=bool, count=len(judging.declared))


def _judged(judging: Judging, n: int) -> Judged | None:
    one, which = judging.declared[n], int(judging.surely.which[n])
    measure, plan = judging.surely.measure_of(which), judging.surely.plan_of(n)
    ends_on = plan.ends_on if plan and plan.stages else None
    place = plan.stages[0].place.value if plan and plan.stages else ""
    rules = judging.surely.rules_of(which)
    is_other = (one.rules, one.measure, one.measure_ends_on) != (rules, place, ends_on)
    is_changed = is_other and (_runs(plan, judging.today) or _still(one.measure_ends_on, judging.today))
    doubts = _doubts(judging, n) if one.has_landed and one.arrival not in judging.gone else ()
    if not is_changed and not doubts:
        return None
    stake = judging.possibly.measure_of(int(judging.possibly.which[n]))
    return Judged(one, is_changed, _step(one, place, ends_on), measure, doubts, stake, judging.possibly.plan_of(n))


def _doubts(judging: Judging, n: int) -> tuple[Doubt, ...]:
    """The stays to ask about; none where the answer would change nothing that is still to be done."""
    surely, possibly = judging.surely, judging.possibly
    plan = possibly.plan_of(n)
    if not _runs(plan, judging.today):
        return ()
    sure = surely.measure_of(int(surely.which[n])), surely.plan_of(n)
    if sure == (possibly.measure_of(int(possibly.which[n])), plan):
        return ()
    arrived_on = date.fromordinal(int(possibly.arrived_on[n]))
    reach = max((rule.within for rule in possibly.rules), default=timedelta())
    one, found = judging.declared[n], []
    for stay, seen, asked_at in zip(judging.stays[n], one.stays, judging.asked_at[n], strict=True):
        if stay.areas_known:
            continue
        counts = Stay(stay.division, max(stay.begins_on, arrived_on - reach), min(stay.ends_on, arrived_on + ONE_DAY),
                      stay.risk_areas)  # fmt: skip
        since = asked_at if seen.areas_known else None
        areas = tuple(dict.fromkeys(it.area for it in areas_to_ask_of(counts, judging.listed, since)))
        if areas and counts.begins_on < counts.ends_on:
            found.append(Doubt(Asked(one.arrival, seen.division, seen.begins_on, seen.ends_on), areas))
    return tuple(found)


def _runs(plan: Plan | None, today: date) -> bool:
    """Whether anything of it is still to be done."""
    if plan is None:
        return False
    return (bool(plan.stages) and plan.ends_on > today) or any(on >= today for on in plan.tests_on)


def _still(ends_on: date | None, today: date) -> bool:
    return ends_on is not None and ends_on > today


def _step(one: Declared, place: str, ends_on: date | None) -> int:
    was, now = (_rank(one.measure), one.measure_ends_on or date.min), (_rank(place), ends_on or date.min)
    return (now > was) - (now < was)


def _rank(place: str) -> int:
    """The more it restricts the higher; 0 for no measure."""
    return len(PLACES) - PLACES.index(Place(place)) if place else 0
