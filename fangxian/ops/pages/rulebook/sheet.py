"""A rulebook as an official reads it: for each question the answer first, then the rule it stands on."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from fangxian.core.policy.cadence import cadence_said, lane_said
from fangxian.core.policy.hygiene import CLASSES, KINDS, how_often_said
from fangxian.core.policy.rulebook import (
    ArrivalRule,
    Ceiling,
    ColourRule,
    ContactRule,
    DepartureRule,
    Measure,
    PoolRule,
    RetentionTerm,
    RiskState,
    Row,
    Rulebook,
    TravelRule,
)
from fangxian.core.policy.vocabulary import Strength
from fangxian.core.refusal import Said
from fangxian.core.screening.modes import LEVELS_SAID
from fangxian.ops.pages.rulebook.words import (
    COLOURS,
    OUTCOMES,
    PLACES,
    RETAINED,
    SECTIONS,
    days_said,
    input_said,
    input_values,
    key_said,
    span_said,
)
from fangxian.ops.pages.words import joined

UNTIL_RELEASED = Said("直到解除", "until released")
NOT_ASKED = Said("不要求", "nothing asked")
NOTHING = Said("", "")
ONLY_AT_RISK = Said("本县有风险区时", "only while the county has a risk area")


@dataclass(frozen=True, slots=True)
class ColourLine:
    """One kind of evidence: the colours it gives one after another, from when, and what ends it.

    `then` are the rules of releasing evidence that gives a colour of its own, as a discharge does.
    """

    situation: Said
    phases: tuple[tuple[str, Said], ...]
    then: tuple[str, ...]
    counted_from: Said
    ended_by: Said
    row: ColourRule


@dataclass(frozen=True, slots=True)
class Day:
    """One day of a measure's strip: its place among the days, the stage's number, whether there is a test."""

    number: int
    stage: int
    has_test: bool

    @property
    def x(self) -> int:
        return self.number * 10

    @property
    def is_numbered(self) -> bool:
        return self.has_test or self.number % 7 == 0


@dataclass(frozen=True, slots=True)
class MeasureLine:
    """Whom a measure is for and what is asked; `days` is its picture."""

    who: Said
    definition: Said
    within: Said
    day_zero: Said
    stages: tuple[tuple[str, Said], ...]
    tests: Said
    days: tuple[Day, ...]
    row: Row

    @property
    def width(self) -> int:
        return 10 * len(self.days)


@dataclass(frozen=True, slots=True)
class Line:
    """A plain answer: what is asked about, the answer, its rule."""

    about: Said
    answer: Said
    row: Row
    also: Said = NOTHING


def colour_lines(rulebook: Rulebook) -> list[ColourLine]:
    """Red before yellow, in the rulebook's own order within a colour."""
    lines = [_colour_line(rulebook, row) for row in rulebook.colours]
    return sorted(lines, key=lambda line: line.phases[0][0] != "red")


def _colour_line(rulebook: Rulebook, row: ColourRule) -> ColourLine:
    phases = tuple(
        (phase.colour.word, span_said(phase.lasts, days=True) if phase.lasts else UNTIL_RELEASED)
        for phase in row.phases
    )
    kinds = {kind.kind: kind.name for kind in rulebook.evidence}
    ended_by = joined([kinds.get(kind) or key_said(kind) for kind in row.ended_by])
    then = tuple(rule.number for rule in rulebook.colours if rule.evidence in row.ended_by)
    return ColourLine(_evidence(rulebook, row), phases, then, _anchor(row.anchor), ended_by, row)


def _anchor(anchor: str) -> Said:
    """Day 0 of what is counted; a date ends at its midnight."""
    named = key_said(anchor)
    if anchor == "from":
        return named
    return Said(f"{named.zh}为第 0 天", f"{named.en} is day 0")


def _evidence(rulebook: Rulebook, row: ColourRule | TravelRule) -> Said:
    name = next((kind.name for kind in rulebook.evidence if kind.kind == row.evidence), key_said(row.evidence))
    values = joined([key_said(value) for allowed in row.when.values() for value in allowed])
    return Said(f"{name.zh}：{values.zh}", f"{name.en}: {values.en}") if row.when else name


def travel_lines(rulebook: Rulebook) -> list[Line]:
    states = input_values(rulebook)["travel"]
    return [
        Line(_evidence(rulebook, row), states[row.state.word], row, span_said(row.lasts)) for row in rulebook.travel
    ]


def contact_lines(rulebook: Rulebook) -> list[MeasureLine]:
    return [
        _measure_line(row.name, row.definition, span_said(row.lookback, days=True), row) for row in rulebook.contacts
    ]


def arrival_lines(rulebook: Rulebook) -> list[MeasureLine]:
    return [
        _measure_line(risk_said(rulebook, row.risk), NOTHING, span_said(row.within, days=True), row)
        for row in rulebook.arrivals
    ]


REACHES = {
    "place": Said("名单所列的地方", "the listed places themselves"),
    "county": Said("所列地方所在的县", "the county a listed place is in"),
    "other-counties": Said("所列地方同地市的其他县", "the other counties of its prefecture"),
    "other-province": Said("省外", "outside the province"),
    "named": Said("只在调度员指定的地方", "only where the dispatcher names a division"),
    "": Said("没有写明", "not said"),
}
LISTED = {"high": Said("高风险", "high"), "medium": Said("中风险", "medium"), "low": Said("低风险", "low")}
ALSO_NAMED = Said("调度员也可指定", "a dispatcher may name more")


def risk_lines(rulebook: Rulebook) -> list[tuple[Said, Said]]:
    """Each risk state with where it holds."""
    return [(state.name, reach_said(state)) for state in rulebook.risk_states]


def reach_said(state: RiskState) -> Said:
    parts = [REACHES[state.reach]]
    if state.levels:
        levels = joined([LISTED[level] for level in state.levels])
        parts.append(Said(f"等级：{levels.zh}", f"levels: {levels.en}"))
    if state.by_hand and state.reach != "named":
        parts.append(ALSO_NAMED)
    return joined(parts, "；", "; ")


def risk_said(rulebook: Rulebook, keys: tuple[str, ...]) -> Said:
    names = {one.key: one.name for one in rulebook.risk_states}
    return joined([names.get(key) or key_said(key) for key in keys])


def _measure_line(who: Said, definition: Said, within: Said, row: ArrivalRule | ContactRule) -> MeasureLine:
    measure = row.measure
    stages = tuple((str(n), stage_said(stage)) for n, stage in enumerate(measure.stages, 1))
    return MeasureLine(
        who, definition, within, key_said(row.day_zero), stages, tests_said(measure), _days(measure), row
    )


def stage_said(stage) -> Said:
    place, days = PLACES[stage.place], days_said(stage.lasts_days)
    return Said(f"{place.zh} {days.zh}", f"{place.en} for {days.en}")


def tests_said(measure: Measure) -> Said:
    """When tests are taken, and papers signed."""
    parts = []
    if measure.landing_test:
        parts.append(Said("到达时 1 次", "once on arrival"))
    if measure.test_days:
        days = joined([Said(str(day), str(day)) for day in measure.test_days])
        parts.append(Said(f"第 {days.zh} 天", f"on days {days.en}"))
    if measure.n_tests:
        within = span_said(measure.tests_within) if measure.tests_within else None
        zh = f"{within.zh}内再做 {measure.n_tests} 次" if within else f"{measure.n_tests} 次"
        en = f"{measure.n_tests} more within {within.en}" if within else f"{measure.n_tests} times"
        parts.append(Said(zh, en))
    if measure.undertaking:
        parts.append(Said("签承诺书", "an undertaking is signed"))
    return joined(parts, "；", "; ") if parts else NOT_ASKED


def _days(measure: Measure) -> tuple[Day, ...]:
    """Day 0 to the last of the stages or tests; without either there is no picture."""
    last = max((measure.lasts_days, *measure.test_days), default=0)
    if not last:
        return ()
    stages = [0] + [n for n, stage in enumerate(measure.stages, 1) for _ in range(stage.lasts_days)]
    stages += [0] * (last + 1 - len(stages))
    return tuple(Day(number, stages[number], number in measure.test_days) for number in range(last + 1))


def departure_lines(rulebook: Rulebook) -> list[Line]:
    return [Line(_destination(rulebook, row), requirement_said(row), row) for row in rulebook.departures]


def _destination(rulebook: Rulebook, row: DepartureRule) -> Said:
    if row.requirement == "declaration":
        return Said("返回本县", "Coming back")
    if not row.when_risk:
        return Said("离开本县", "Leaving the county")
    risk = risk_said(rulebook, row.when_risk)
    return Said(f"前往{risk.zh}", f"Going to: {risk.en}")


def requirement_said(row: DepartureRule) -> Said:
    if row.requirement == "colour" and row.colour is not None:
        return COLOURS[row.colour]
    if row.requirement == "tests":
        n = row.consecutive_test_days
        return Said(f"连续 {n} 天核酸阴性", f"negative tests on {n} consecutive days")
    if row.requirement == "approval":
        by = joined([key_said(level) for level in row.approvals])
        return Said(f"{by.zh}同意", f"approval of {by.en}")
    ahead = span_said(row.ahead, days=True) if row.ahead else None
    return Said(f"提前 {ahead.zh}申报", f"declared {ahead.en} ahead") if ahead else Said("申报", "declaration")


def cadence_lines(rulebook: Rulebook) -> list[Line]:
    return [Line(row.name, cadence_said(row), row, lane_said(row)) for row in rulebook.test_classes]


def hygiene_lines(rulebook: Rulebook) -> list[Line]:
    return [
        Line(
            joined([CLASSES[key] for key in row.classes]),
            how_often_said(row),
            row,
            KINDS[row.kind] if not row.only_at_risk else joined([KINDS[row.kind], ONLY_AT_RISK]),
        )
        for row in rulebook.hygiene
    ]


def pool_lines(rulebook: Rulebook) -> list[Line]:
    return [
        Line(pools_where(row), Said(f"{row.largest} 合 1", f"{row.largest}:1") if row.largest > 1 else ALONE, row)
        for row in rulebook.pools
    ]


ALONE = Said("单采", "one to a tube")
NO_RISK = Said("没有风险区", "no risk area")


def pools_where(row: PoolRule) -> Said:
    return joined([LEVELS_SAID[level] for level in row.levels]) if row.levels else NO_RISK


def clock_lines(rulebook: Rulebook) -> list[Line]:
    return [
        Line(
            Said(f"{row.starts.zh} → {row.ends.zh}", f"{row.starts.en} → {row.ends.en}"),
            span_said(row.within),
            row,
            row.owner,
        )
        for row in rulebook.clocks
    ]


def retention_lines(rulebook: Rulebook) -> list[Line]:
    return [
        Line(_retained(row), span_said(row.keep, days=True), row, _retained_from(row)) for row in rulebook.retention
    ]


def _retained(row: RetentionTerm) -> Said:
    return RETAINED.get(row.what) or key_said(row.what)


def _retained_from(row: RetentionTerm) -> Said:
    return RETAINED.get(row.counted_from) or key_said(row.counted_from)


def period_lines(rulebook: Rulebook) -> list[Line]:
    return [
        Line(
            key_said(row.key),
            Said(f"通常 {usual.zh}", f"usually {usual.en}"),
            row,
            Said(f"{low.zh}至 {high.zh}", f"{low.en} to {high.en}"),
        )
        for row in rulebook.periods
        for low, usual, high in [[span_said(span, days=True) for span in (row.low, row.usual, row.high)]]
    ]


def ceiling_lines(rulebook: Rulebook) -> list[Line]:
    return [
        Line(_ceiling_subject(rulebook, row), ceiling_said(row), row, SECTIONS[row.on]) for row in rulebook.ceilings
    ]


def _ceiling_subject(rulebook: Rulebook, row: Ceiling) -> Said:
    input_, equals, value = row.subject.partition("=")
    if equals:
        values = input_values(rulebook).get(input_, {})
        name, said = input_said(input_, rulebook), values.get(value) or key_said(value)
        return Said(f"{name.zh}：{said.zh}", f"{name.en}: {said.en}")
    named = {kind.kind: kind.name for kind in rulebook.evidence} | {one.key: one.name for one in rulebook.risk_states}
    named |= {row.ring: row.name for row in rulebook.contacts}
    return named.get(row.subject) or key_said(row.subject)


def ceiling_said(row: Ceiling) -> Said:
    parts = []
    if row.at_most_outcome is not None:
        word = OUTCOMES[row.at_most_outcome.word][1]
        parts.append(Said(f"最严为“{word.zh}”", f"at most “{word.en}”"))
    if row.at_most_colour is not None:
        colour = COLOURS[row.at_most_colour]
        parts.append(Said(f"至多{colour.zh}", f"at most {colour.en}"))
    if row.at_most_days is not None:
        parts.append(_at_most(row.at_most_days, "隔离", "of isolation"))
    if row.at_most_central_days is not None and row.at_most_central_days != row.at_most_days:
        parts.append(_at_most(row.at_most_central_days, "集中隔离", "of central quarantine"))
    return joined(parts, "，")


def _at_most(days: int, zh: str, en: str) -> Said:
    if not days:
        return Said(f"不得{zh}", f"no day {en}")
    return Said(f"{zh}至多 {days} 天", f"at most {days_said(days).en} {en}")


@dataclass(frozen=True, slots=True)
class RuleEntry:
    """One rule in full. `period` is None where it is the rulebook's own."""

    row: Row
    period: tuple[datetime, datetime] | None


def rule_entries(rulebook: Rulebook) -> list[tuple[str, Said, list[RuleEntry]]]:
    """Every rule, by section, in the order of the file."""
    sections: dict[str, list[RuleEntry]] = {}
    for row in rulebook.rows:
        own = (row.begins_at, row.until_at)
        is_own = own != (rulebook.begins_at, rulebook.until_at)
        sections.setdefault(row.section, []).append(RuleEntry(row, own if is_own else None))
    return [(section, SECTIONS.get(section) or key_said(section), rows) for section, rows in sections.items()]


def strengths(rulebook: Rulebook) -> Iterator[tuple[Strength, int]]:
    """How many rules have a source of each strength, the surest first."""
    count = Counter(row.strength for row in rulebook.rows)
    return ((strength, count[strength]) for strength in Strength if count[strength])


def undecided(rulebook: Rulebook) -> list[Row]:
    """Rules without any source, which the county must decide."""
    return [row for row in rulebook.rows if row.strength is Strength.GUESS]
