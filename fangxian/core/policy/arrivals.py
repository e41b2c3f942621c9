"""From a journey and the risk states valid on each of its days to the measure on arrival 落地一申报."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Protocol

from fangxian.core.policy.rulebook import ArrivalRule, Measure, Rulebook, Stage
from fangxian.core.policy.vocabulary import Place


class RiskOn(Protocol):
    """The risk states that hold on a day for whoever was in a division (`risk_on.find_risk_on` makes one).

    `areas` are the listed places of it that the person was in; None means any of them.
    """

    def __call__(self, division: str, day: date, areas: frozenset[str] | None = ..., /) -> Collection[str]: ...


@dataclass(frozen=True, slots=True)
class Stay:
    """Days somebody was in a division: `[begins_on, ends_on)`; a day's visit ends the day after.

    `risk_areas` are ids of the listed places there that the person was in. Empty with `areas_known` it was none of
    them; without, nobody has asked yet: then what holds for the whole division is certain, and no more.
    """

    division: str
    begins_on: date
    ends_on: date
    risk_areas: frozenset[str] = frozenset()
    areas_known: bool = False


@dataclass(frozen=True, slots=True)
class PlannedStage:
    """One stage of a measure with its dates, `[begins_on, ends_on)`."""

    place: Place
    begins_on: date
    ends_on: date


@dataclass(frozen=True, slots=True)
class Plan:
    """A measure set on the calendar. Day 0 is `day_zero`; `ends_on` is the first day without it."""

    day_zero: date
    stages: tuple[PlannedStage, ...]
    tests_on: tuple[date, ...]
    ends_on: date


@dataclass(frozen=True, slots=True)
class ArrivalMatch:
    """One row of the table that applies, with the stay and the last day that brought it about."""

    rule: str
    risk: str
    stay: Stay
    day: date


@dataclass(frozen=True, slots=True)
class ArrivalDecision:
    """What somebody arriving is asked. Everything empty: nothing beyond declaring.

    `matches` are strictest first: `matches[0]` gives `measure`'s stages and `plan`. Tests, the
    undertaking and the landing test are joined from all rows that apply.
    """

    matches: tuple[ArrivalMatch, ...]
    measure: Measure
    plan: Plan | None


def decide_arrival(
    rulebook: Rulebook, stays: Sequence[Stay], risk_on: RiskOn, *, arrived_at: datetime, at: datetime | None = None
) -> ArrivalDecision:
    """The measure for one person who arrives. (stays → measure)

    Parameters
    ----------
    stays : the journey in any order; days after the arrival do not count
    risk_on : the risk states of a division on a day; the list *valid on that day*, not today's
    arrived_at : aware datetime
    at : at which moment rules must be in force; the arrival's unless another is given, as when somebody who is here
        already is judged anew by rules that hold now

    The days counted run from `within` before the arrival's calendar day up to it, so that "14 days"
    reaches back to the same weekday two weeks ago. A stay before the day its division became a risk
    area does not match. Which listed places somebody was in counts as far as it is known: `possible_arrival` says
    what it could be.
    """
    return _decide(rulebook, stays, risk_on, arrived_at, at or arrived_at, are_unknown_anywhere=False)


def possible_arrival(
    rulebook: Rulebook, stays: Sequence[Stay], risk_on: RiskOn, *, arrived_at: datetime, at: datetime | None = None
) -> ArrivalDecision:
    """The measure if somebody of whom it is not known was in every listed place there. (stays → measure)

    Where it differs from `decide_arrival`, asking the person would decide it; nothing is done by it alone.
    """
    return _decide(rulebook, stays, risk_on, arrived_at, at or arrived_at, are_unknown_anywhere=True)


def _decide(
    rulebook: Rulebook,
    stays: Sequence[Stay],
    risk_on: RiskOn,
    arrived_at: datetime,
    at: datetime,
    *,
    are_unknown_anywhere: bool,
) -> ArrivalDecision:
    arrived_on = arrived_at.astimezone(rulebook.utc_offset).date()
    found: list[tuple[ArrivalRule, ArrivalMatch]] = []
    for rule in rulebook.arrivals:
        if rule.in_force(at):
            matches = _matches(rule, stays, risk_on, arrived_on, are_unknown_anywhere)
            latest = max(matches, key=lambda match: (match.day, match.risk), default=None)
            if latest is not None:
                found.append((rule, latest))
    found.sort(key=lambda pair: strictness_of(pair[0]), reverse=True)
    if not found:
        return ArrivalDecision((), NOTHING_ASKED, None)
    rule, match = found[0]
    day_zero = arrived_on if rule.day_zero == "arrival" else match.day
    measure = join_measures([rule.measure for rule, _ in found])
    plan = plan_measure(measure, day_zero) if measure.stages or measure.test_days else None
    return ArrivalDecision(tuple(match for _, match in found), measure, plan)


NOTHING_ASKED = Measure(stages=(), test_days=(), n_tests=0, tests_within=None, landing_test=False, undertaking=False)


def _matches(
    rule: ArrivalRule, stays: Sequence[Stay], risk_on: RiskOn, arrived_on: date, are_unknown_anywhere: bool
) -> Iterator[ArrivalMatch]:
    first = arrived_on - rule.within
    for stay in stays:
        areas = None if are_unknown_anywhere and not stay.areas_known else stay.risk_areas
        day = max(stay.begins_on, first)
        while day < stay.ends_on and day <= arrived_on:
            for risk in risk_on(stay.division, day, areas):
                if risk in rule.risk:
                    yield ArrivalMatch(rule.number, risk, stay, day)
            day += timedelta(days=1)


def strictness_of(rule: ArrivalRule) -> tuple[int, int, int, int, str]:
    """By which of several rows that apply the strictest is known; the number decides between equals."""
    measure = rule.measure
    return measure.central_days, measure.isolation_days, measure.lasts_days, measure.n_tests, rule.number


def join_measures(measures: Sequence[Measure]) -> Measure:
    """The first one's stages, which is the strictest, with the tests and papers that any of them asks for."""
    tests = [m for m in measures if m.n_tests]
    return Measure(
        stages=measures[0].stages,
        test_days=measures[0].test_days,
        n_tests=max((m.n_tests for m in tests), default=0),
        tests_within=min((m.tests_within for m in tests if m.tests_within is not None), default=None),
        landing_test=any(m.landing_test for m in measures),
        undertaking=any(m.undertaking for m in measures),
    )


def plan_measure(measure: Measure, day_zero: date, from_on: date | None = None) -> Plan:
    """A measure on the calendar. (measure, day 0 → dates)

    The first stage is days 1 to n, so it begins on `day_zero` + 1 and ends at the midnight that ends
    day n. `from_on` (the day somebody is really placed) cuts off what is already past.
    """
    stages: list[PlannedStage] = []
    day = day_zero + timedelta(days=1)
    for stage in measure.stages:
        stages.append(_dated(stage, day))
        day = stages[-1].ends_on
    if from_on is not None:
        stages = [PlannedStage(s.place, max(s.begins_on, from_on), s.ends_on) for s in stages if s.ends_on > from_on]
    tests = tuple(day_zero + timedelta(days=n) for n in measure.test_days)
    return Plan(day_zero, tuple(stages), tuple(on for on in tests if from_on is None or on >= from_on), day)


def _dated(stage: Stage, day: date) -> PlannedStage:
    return PlannedStage(stage.place, day, day + timedelta(days=stage.lasts_days))
