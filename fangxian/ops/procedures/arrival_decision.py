"""What the rules ask of a journey (来返措施判定). Part of declare_arrival.

1. the rulebooks that have a table of arrivals         measures
2. what was at risk on each day of the journey         risk_on_days
3. the rows that apply, the strictest first            core.policy.arrivals
4. stages and tests set on the calendar                core.policy.arrivals
5. of several diseases one measure: the strictest, then what another still asks
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cache, reduce
from math import ceil

from fangxian.core.policy.arrivals import ArrivalDecision, Plan, Stay, decide_arrival, strictness_of
from fangxian.core.policy.reading import read_rulebook
from fangxian.core.policy.risk_on import RiskOn
from fangxian.core.policy.rulebook import ArrivalRule, Document, Measure, Rulebook
from fangxian.core.refusal import Said
from fangxian.ops.arrivals.wire import Decided, Told, ToldStay
from fangxian.ops.measures.queries import published_versions, rulebooks_by_disease

from .risk_on_days import risk_on_days

ONE_DAY = timedelta(days=1)
BOOK_ENDS = "#"  # between a rulebook's name and the number of a row in it


@dataclass(frozen=True, slots=True)
class Weighing:
    """A rulebook with what was at risk on the days of some journeys: what a decision is made with. `others` are those
    of other diseases that ask something of people who arrive as well.
    """

    rulebook: Rulebook
    risk_on: RiskOn
    others: tuple["Weighing", ...] = ()


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


def tables_of_arrivals(at: datetime) -> list[Rulebook]:
    """The rulebooks in force that say what is asked of people who arrive, by disease."""
    books = rulebooks_by_disease(at)
    return [books[key] for key in sorted(books) if books[key].arrivals]


def weighing(journeys: Sequence[Told], at: datetime) -> Weighing | None:
    """What these journeys are weighed with: three queries a disease with such a table, however many they are."""
    found = _weighed(journeys, tables_of_arrivals(at))
    return replace(found[0], others=tuple(found[1:])) if found else None


def others_weighing(journeys: Sequence[Told], but: Rulebook, at: datetime) -> tuple[Weighing, ...]:
    """What these journeys are weighed with beside one rulebook, where several diseases have a table."""
    return tuple(_weighed(journeys, [it for it in tables_of_arrivals(at) if it.disease.key != but.disease.key]))


def _weighed(journeys: Sequence[Told], rulebooks: Sequence[Rulebook]) -> list[Weighing]:
    days = [day for told in journeys for stay in told.stays for day in (stay.begins_on, stay.ends_on)]
    if not days:
        return []
    # Each rule of a table asks the same of a place and a day, and so does whoever else came from there.
    return [Weighing(it, cache(risk_on_days(it, min(days), max(days)))) for it in rulebooks]


def decide(told: Told, weighed: Weighing | None, *, at: datetime | None = None) -> Decided:
    """What is asked of somebody for a journey; by the rules in force at `at`, else on their arrival.

    Of several diseases the strictest gives the place to be at, and what another still asks after that follows it;
    tests and papers are those of all.
    """
    if weighed is None:
        return Decided()
    return joined([_decided_by(it, told, at) for it in (weighed, *weighed.others)])


def joined(found: Sequence[tuple[tuple, Decided]]) -> Decided:
    """What several tables ask together, each given with how strict its closest row is; one at least."""
    asking = sorted((it for it in found if it[1].rules), key=lambda it: it[0], reverse=True)
    return reduce(_joined, (it for _, it in asking)) if asking else found[0][1]


def _decided_by(weighed: Weighing, told: Told, at: datetime | None) -> tuple[tuple, Decided]:
    """How strict the closest row of one table is, and what that table asks."""
    rulebook = weighed.rulebook
    stays = [_stay(it) for it in told.stays]
    decision = decide_arrival(rulebook, stays, weighed.risk_on, arrived_at=told.arrives_at, at=at)
    closest = next((it for match in decision.matches[:1] for it in rulebook.arrivals if it.number == match.rule), None)
    decided = _decided(rulebook, decision, told.arrives_at.astimezone(rulebook.utc_offset).date())
    return strictness_of(closest) if closest else (), decided


def _joined(one: Decided, other: Decided) -> Decided:
    """What two diseases ask together, the stricter first."""
    ends_on, stages = one.measure_ends_on, list(one.stages)
    for place, begins, ends in other.stages:
        if ends_on is None or ends > ends_on:
            stages.append((place, max(begins, ends_on or begins), ends))
            ends_on = ends
    return replace(
        one,
        rules=(*one.rules, *(f"{other.rulebook}{BOOK_ENDS}{number}" for number in other.rules)),
        measure=stages[0][0] if stages else "",
        stages=tuple(stages),
        tests=tuple(sorted({*one.tests, *other.tests})),
        measure_ends_on=ends_on,
        has_landing_test=one.has_landing_test or other.has_landing_test,
        needs_undertaking=one.needs_undertaking or other.needs_undertaking,
    )


def by_book(rulebook: str, rules: Sequence[str]) -> dict[str, list[str]]:
    """Numbers of rows by the rulebook they stand in: an arrival names the book of the strictest once, others each."""
    found: dict[str, list[str]] = {}
    for rule in rules:
        name, _, number = rule.rpartition(BOOK_ENDS)
        found.setdefault(name or rulebook, []).append(number)
    return found


def numbers_of(rules: Sequence[str]) -> list[str]:
    """The numbers of rows alone, as a task says them."""
    return [rule.rpartition(BOOK_ENDS)[2] for rule in rules]


def asked_by(decided: Decided, at: datetime) -> list[AskedBy]:
    """The rows that apply, as people read them, the one that decides first: in the words of the rulebook by which it
    was decided, also where another is in force by now. Of each disease the closest row is told with its reason.
    """
    in_force, found = {named(it): it for it in tables_of_arrivals(at)}, []
    for name, numbers in by_book(decided.rulebook, decided.rules).items():
        rulebook = in_force.get(name) or _as_published(name)
        rows = {rule.number: rule for rule in rulebook.arrivals} if rulebook else {}
        known = [rows[number] for number in numbers if number in rows]
        found += [
            AskedBy(it.number, it.reason, it.advice, it.document, n == 0 or _adds(it)) for n, it in enumerate(known)
        ]
    return found


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
    """How far back the tables in force ask; nothing where there is none."""
    return max((rule.within for it in tables_of_arrivals(at) for rule in it.arrivals), default=timedelta())


def _stay(told: ToldStay) -> Stay:
    return Stay(
        division=told.division,
        begins_on=told.begins_on,
        ends_on=told.ends_on,
        risk_areas=told.risk_areas,
        areas_known=told.areas_known,
    )


def _decided(rulebook: Rulebook, decision: ArrivalDecision, arrived_on: date) -> Decided:
    return decided_as(rulebook, [match.rule for match in decision.matches], decision.measure, decision.plan, arrived_on)


def decided_as(
    rulebook: Rulebook, rules: Sequence[str], measure: Measure, plan: Plan | None, arrived_on: date
) -> Decided:
    """What one table asks where these of its rows apply, the strictest first, on the calendar."""
    stages = tuple((it.place.value, it.begins_on, it.ends_on) for it in plan.stages) if plan else ()
    return Decided(
        disease=rulebook.disease.key,
        rulebook=named(rulebook),
        rules=tuple(rules),
        measure=stages[0][0] if stages else "",
        stages=stages,
        tests=tuple(_tests_due(measure, plan, arrived_on)),
        measure_ends_on=plan.ends_on if plan and stages else None,
        has_landing_test=measure.landing_test,
        needs_undertaking=measure.undertaking,
    )


def tests_due(decision: ArrivalDecision, arrived_on: date) -> Iterator[tuple[date, date]]:
    """From which day until which, both included, each test is due: where one lands, on its day, or spread out.

    "Two within 72 hours of the first" are two distinct days, so the time is divided evenly among them.
    """
    yield from _tests_due(decision.measure, decision.plan, arrived_on)


def _tests_due(measure: Measure, plan: Plan | None, arrived_on: date) -> Iterator[tuple[date, date]]:
    if measure.landing_test:
        yield arrived_on, arrived_on
    for day in plan.tests_on if plan else ():
        yield day, day
    if measure.n_tests and measure.tests_within is not None:
        begins, n_days = arrived_on + ONE_DAY * measure.landing_test, max(1, ceil(measure.tests_within / ONE_DAY))
        for n in range(1, measure.n_tests + 1):
            due = arrived_on + timedelta(days=ceil(n * n_days / measure.n_tests))
            yield min(begins, due), due
            begins = due + ONE_DAY
