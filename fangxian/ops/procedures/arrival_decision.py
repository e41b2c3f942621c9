"""What the rules ask of a journey (来返措施判定). Part of declare_arrival.

1. the rulebook that has a table of arrivals           measures
2. what was at risk on each day of the journey         risk_on_days
3. the rows that apply, the strictest first            core.policy.arrivals
4. stages and tests set on the calendar                core.policy.arrivals
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from math import ceil

from fangxian.core.policy.arrivals import ArrivalDecision, Stay, decide_arrival
from fangxian.core.policy.reading import read_rulebook
from fangxian.core.policy.risk_on import RiskOn
from fangxian.core.policy.rulebook import ArrivalRule, Document, Rulebook
from fangxian.core.refusal import Said
from fangxian.ops.arrivals.wire import Decided, Told, ToldStay
from fangxian.ops.measures.queries import published_versions, rulebooks_by_disease

from .risk_on_days import risk_on_days

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Weighing:
    """A rulebook with what was at risk on the days of some journeys: what a decision is made with."""

    rulebook: Rulebook
    risk_on: RiskOn


@dataclass(frozen=True, slots=True)
class AskedBy:
    """One row of the table that applies to somebody, as they are told of it. `adds`: it decides the measure, or asks a
    test or a paper beside it; else a stricter row stands in its place, and only its number is told.
    """

    number: str
    reason: Said
    advice: Said | None
    document: Document
    adds: bool


def table_of_arrivals(at: datetime) -> Rulebook | None:
    """The rulebook in force that says what is asked of people who arrive; None: nothing is, beyond declaring.

    Of several diseases with such a table the first by name counts; no county of the packs that are shipped has two.
    """
    books = rulebooks_by_disease(at)
    return next((books[key] for key in sorted(books) if books[key].arrivals), None)


def weighing(journeys: Sequence[Told], at: datetime) -> Weighing | None:
    """What these journeys are weighed with: three queries, however many they are."""
    rulebook = table_of_arrivals(at)
    days = [day for told in journeys for stay in told.stays for day in (stay.begins_on, stay.ends_on)]
    if rulebook is None or not days:
        return None
    # Each rule of the table asks the same of a place and a day, and so does whoever else came from there.
    return Weighing(rulebook, cache(risk_on_days(rulebook, min(days), max(days))))


def decide(told: Told, weighed: Weighing | None, *, at: datetime | None = None) -> Decided:
    """What is asked of somebody for a journey; by the rules in force at `at`, else on their arrival."""
    if weighed is None:
        return Decided()
    rulebook = weighed.rulebook
    stays = [_stay(it) for it in told.stays]
    decision = decide_arrival(rulebook, stays, weighed.risk_on, arrived_at=told.arrives_at, at=at)
    return _decided(rulebook, decision, told.arrives_at.astimezone(rulebook.utc_offset).date())


def asked_by(decided: Decided, at: datetime) -> list[AskedBy]:
    """The rows that apply, as people read them, the one that decides first: in the words of the rulebook by which it
    was decided, also where another is in force by now.
    """
    rulebook = table_of_arrivals(at)
    if rulebook is None or named(rulebook) != decided.rulebook:
        rulebook = _as_published(decided.rulebook)
    rows = {rule.number: rule for rule in rulebook.arrivals} if rulebook else {}
    found = [rows[number] for number in decided.rules if number in rows]
    return [AskedBy(it.number, it.reason, it.advice, it.document, n == 0 or _adds(it)) for n, it in enumerate(found)]


def _adds(rule: ArrivalRule) -> bool:
    return rule.measure.landing_test or rule.measure.undertaking or rule.measure.n_tests > 0


def named(rulebook: Rulebook) -> str:
    """By what an arrival names the rulebook it was decided by."""
    return f"{rulebook.id} {rulebook.version}"


def _as_published(name: str) -> Rulebook | None:
    book, _, version = name.rpartition(" ")
    row = published_versions(book).filter(version=version).first() if version.isdecimal() else None
    return read_rulebook(row.text) if row else None


def look_back(at: datetime) -> timedelta:
    """How far back the table in force asks; nothing where there is none."""
    rulebook = table_of_arrivals(at)
    return max((rule.within for rule in rulebook.arrivals), default=timedelta()) if rulebook else timedelta()


def _stay(told: ToldStay) -> Stay:
    return Stay(
        division=told.division,
        begins_on=told.begins_on,
        ends_on=told.ends_on,
        risk_areas=told.risk_areas,
        areas_known=told.areas_known,
    )


def _decided(rulebook: Rulebook, decision: ArrivalDecision, arrived_on: date) -> Decided:
    plan = decision.plan
    stages = tuple((it.place.value, it.begins_on, it.ends_on) for it in plan.stages) if plan else ()
    return Decided(
        disease=rulebook.disease.key,
        rulebook=named(rulebook),
        rules=tuple(match.rule for match in decision.matches),
        measure=stages[0][0] if stages else "",
        stages=stages,
        tests=tuple(tests_due(decision, arrived_on)),
        measure_ends_on=plan.ends_on if plan and stages else None,
        has_landing_test=decision.measure.landing_test,
        needs_undertaking=decision.measure.undertaking,
    )


def tests_due(decision: ArrivalDecision, arrived_on: date) -> Iterator[tuple[date, date]]:
    """From which day until which, both included, each test is due: where one lands, on its day, or spread out.

    "Two within 72 hours of the first" are two distinct days, so the time is divided evenly among them.
    """
    measure = decision.measure
    if measure.landing_test:
        yield arrived_on, arrived_on
    for day in decision.plan.tests_on if decision.plan else ():
        yield day, day
    if measure.n_tests and measure.tests_within is not None:
        begins, n_days = arrived_on + ONE_DAY * measure.landing_test, max(1, ceil(measure.tests_within / ONE_DAY))
        for n in range(1, measure.n_tests + 1):
            due = arrived_on + timedelta(days=ceil(n * n_days / measure.n_tests))
            yield min(begins, due), due
            begins = due + ONE_DAY
