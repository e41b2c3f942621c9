"""Checks of arrivals, contacts and departures."""

from collections.abc import Iterator
from itertools import combinations

from fangxian.core.policy.checking_evidence import overlap, same_time, unknown
from fangxian.core.policy.departures import LEVELS
from fangxian.core.policy.findings import Finding, found
from fangxian.core.policy.rulebook import ArrivalRule, ContactRule, DepartureRule, Row, Rulebook


def find_in_measures(rulebook: Rulebook) -> Iterator[Finding]:
    """Findings about what people are asked to do. (`Rulebook` → findings)"""
    states = tuple(state.key for state in rulebook.risk_states)
    for arrival in rulebook.arrivals:
        yield from (unknown(arrival, "risk", word, states) for word in arrival.risk if word not in states)
        yield from _measure(arrival)
    kinds = tuple(kind.kind for kind in rulebook.evidence)
    for ring in rulebook.contacts:
        if ring.evidence and ring.evidence not in kinds:
            yield unknown(ring, "evidence", ring.evidence, kinds)
        yield from _measure(ring)
    for departure in rulebook.departures:
        yield from (unknown(departure, "when_risk", word, states) for word in departure.when_risk if word not in states)
        yield from _departure(departure)
    for one, other in combinations(rulebook.arrivals, 2):
        if set(one.risk) & set(other.risk) and same_time(one, other):
            yield overlap(one, other, _asked(one) == _asked(other))
    for ring, again in combinations(rulebook.contacts, 2):
        if ring.ring == again.ring and same_time(ring, again):
            yield overlap(ring, again, _asked(ring) == _asked(again))


def _asked(row: ArrivalRule | ContactRule) -> object:
    """All that a row makes of a case: what is asked, from which day, and of how far back."""
    back = row.within if isinstance(row, ArrivalRule) else row.lookback
    return row.measure, row.day_zero, back


def _measure(row: ArrivalRule | ContactRule) -> Iterator[Finding]:
    measure = row.measure
    if measure.n_tests and measure.tests_within is None:
        yield _lacks(row, "n_tests 有次数而没有 tests_within", "n_tests is given without tests_within", "tests_within")
    late = [day for day in measure.test_days if measure.stages and day > measure.lasts_days]
    if late:
        yield found(
            row,
            "rulebook.test_after_end",
            f"第 {late} 天的检测在管理期（{measure.lasts_days} 天）之后。请改检测日或延长阶段。",
            f"the tests of days {late} come after the measure ends (day {measure.lasts_days}). Change the days or the "
            f"stages.",
        )


def _departure(row: DepartureRule) -> Iterator[Finding]:
    needs = {"colour": row.colour is not None, "tests": row.consecutive_test_days > 0, "approval": bool(row.approvals)}
    field = {"colour": "colour", "tests": "consecutive_test_days", "approval": "approvals"}
    if not needs.get(row.requirement, True):
        name = field[row.requirement]
        yield _lacks(
            row, f"要求是 {row.requirement} 而没有 {name}", f"it requires {row.requirement} without {name}", name
        )
    in_order = tuple(level for level in LEVELS if level in row.approvals)
    if row.approvals != in_order:
        yield found(
            row,
            "rulebook.approvals_out_of_order",
            f"approvals 写的是 {'、'.join(row.approvals)}。审批自下而上，每级一次；请写成 {'、'.join(in_order)}。",
            f"approvals reads {', '.join(row.approvals)}. Levels are asked from below, each once: write "
            f"{', '.join(in_order)}.",
        )


def _lacks(row: Row, zh: str, en: str, field: str) -> Finding:
    return found(row, "rulebook.field_missing", f"{zh}，请补上 {field}。", f"{en}; add {field}.")
