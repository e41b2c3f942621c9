"""Two rows that speak of one case: they repeat one another, or they answer differently and only one is looked at."""

from collections import Counter
from collections.abc import Iterator
from itertools import combinations

from fangxian.core.policy.checking_evidence import overlap, same_time
from fangxian.core.policy.diff import shown, shown_span
from fangxian.core.policy.door_layout import covered_venues, door_values, venue_class_keys
from fangxian.core.policy.findings import Finding, at_row, found
from fangxian.core.policy.rulebook import DepartureRule, ReportClock, Row, Rulebook, TogetherRule
from fangxian.core.policy.vocabulary import DOOR_VALUES


def find_twice(rulebook: Rulebook) -> Iterator[Finding]:
    """What is declared, defined or answered twice. (`Rulebook` → findings)

    Door rules, colours, travel, arrivals and contacts are compared where the rest of them is checked.
    """
    yield from _keys(rulebook)
    yield from _definitions(rulebook)
    yield from _cross_terms(rulebook)
    yield from _departures(rulebook)
    yield from _hygiene(rulebook)
    yield from _pools(rulebook)
    yield from _clocks(rulebook)
    yield from _retention(rulebook)


def _keys(rulebook: Rulebook) -> Iterator[Finding]:
    """Words of the rows without a number, which other rows refer to."""
    values = door_values(rulebook)
    words = {
        "documents": tuple(one.key for one in rulebook.documents),
        "venue_classes": venue_class_keys(rulebook),
        "test_bands": values["test_age"],
        "temperature_bands": values["temperature"],
        "door_inputs": (*DOOR_VALUES, *(one.key for one in rulebook.door_inputs)),  # those of every rulebook too
        "risk_states": tuple(one.key for one in rulebook.risk_states),
    }
    for section, keys in words.items():
        for word in sorted(word for word, n in Counter(keys).items() if n > 1):
            yield at_row(
                "rulebook.key_twice",
                True,
                section,
                "",
                None,
                f"代号 {word} 用了两次，或是程序自带的。一个代号只能指一样东西，请给其中一个换一个代号。",
                f"the key {word} is used twice, or is one of the program's own. A key means one thing; give one of "
                f"them another.",
            )


def _definitions(rulebook: Rulebook) -> Iterator[Finding]:
    named: list[tuple[object, Row]] = [(("evidence", row.kind), row) for row in rulebook.evidence]
    named += [(("periods", row.key), row) for row in rulebook.periods]
    named += [(("case_definitions", row.case_class), row) for row in rulebook.case_definitions]
    named += [(("specimens", row.key), row) for row in rulebook.specimens]
    named += [(("measures", row.key), row) for row in rulebook.measures]
    named += [(("exemptions", row.key), row) for row in rulebook.exemptions]
    named += [(("test_classes", row.key), row) for row in rulebook.test_classes]
    named += [(("ceilings", row.on, row.subject, row.document.key), row) for row in rulebook.ceilings]
    first: dict[object, Row] = {}
    for name, row in named:
        if name in first:
            yield found(
                row,
                "rulebook.defined_twice",
                f"与 {first[name].number} 定义的是同一项。一项只能定义一次，请删去一条。",
                f"it defines the same as {first[name].number}. A thing is defined once; remove one of them.",
            )
        first.setdefault(name, row)


def _cross_terms(rulebook: Rulebook) -> Iterator[Finding]:
    """Cross-terms about the same inputs that hold in one cell. What two of them lift apart may be lifted twice over."""
    covered = {row.number: set(covered_venues(rulebook, row)) for row in rulebook.together}
    for one, other in combinations(rulebook.together, 2):
        if same_time(one, other) and covered[one.number] & covered[other.number] and _meet(one, other):
            if one.outcome is not None and other.outcome is not None:
                answers = (one.outcome.word, other.outcome.word)
                yield overlap(one, other, one.outcome is other.outcome, answers)
            elif set(one.lifts) & set(other.lifts):
                yield overlap(one, other, True)


def _meet(one: TogetherRule, other: TogetherRule) -> bool:
    return one.when.keys() == other.when.keys() and all(
        set(values) & set(other.when[name]) for name, values in one.when.items()
    )


def _departures(rulebook: Rulebook) -> Iterator[Finding]:
    """Requirements of one kind for one journey. For some destinations more may be asked than for all."""
    for one, other in combinations(rulebook.departures, 2):
        if one.requirement == other.requirement and same_time(one, other) and _same_journey(one, other):
            yield overlap(one, other, _asked(one) == _asked(other), (_answer(one), _answer(other)))


def _same_journey(one: DepartureRule, other: DepartureRule) -> bool:
    """Whether some journey is under both, and neither row is what is asked on top of the other."""
    if one.when_risk and other.when_risk and not set(one.when_risk) & set(other.when_risk):
        return False
    return not (_adds(one, other) or _adds(other, one))


def _adds(special: DepartureRule, general: DepartureRule) -> bool:
    """Whether a row asks more than another, of some of the other's destinations only."""
    is_within = bool(special.when_risk) and (not general.when_risk or set(special.when_risk) < set(general.when_risk))
    return (
        is_within
        and _asked(special) != _asked(general)
        and special.colour == general.colour
        and special.consecutive_test_days >= general.consecutive_test_days
        and set(special.approvals) >= set(general.approvals)
        and (general.ahead is None or (special.ahead is not None and special.ahead >= general.ahead))
    )


def _asked(row: DepartureRule) -> object:
    return row.colour, row.consecutive_test_days, row.approvals, row.ahead


def _answer(row: DepartureRule) -> str:
    return " ".join(
        shown(value) for value in (row.colour, row.consecutive_test_days, row.approvals, row.ahead) if value
    )


def _hygiene(rulebook: Rulebook) -> Iterator[Finding]:
    """One kind of work at one class of places; more may be asked while the county has a risk area."""
    for one, other in combinations(rulebook.hygiene, 2):
        same = (one.kind, one.only_at_risk) == (other.kind, other.only_at_risk)
        if same and set(one.classes) & set(other.classes) and same_time(one, other):
            asked = [f"{it.n_times} / {it.n_days} d" for it in (one, other)]
            yield overlap(one, other, asked[0] == asked[1], (asked[0], asked[1]))


def _pools(rulebook: Rulebook) -> Iterator[Finding]:
    """One answer for each level of risk, and one where there is none."""
    for one, other in combinations(rulebook.pools, 2):
        if same_time(one, other) and (set(one.levels) & set(other.levels) or one.levels == other.levels):
            yield overlap(one, other, one.largest == other.largest, (f"{one.largest}:1", f"{other.largest}:1"))


def _clocks(rulebook: Rulebook) -> Iterator[Finding]:
    """A clock is known by its key, and by what starts and ends it whatever it is called."""
    for one, other in combinations(rulebook.clocks, 2):
        if same_time(one, other) and (one.clock == other.clock or _events(one) == _events(other)):
            agree = (one.within, _events(one)) == (other.within, _events(other))
            yield overlap(one, other, agree, (shown_span(one.within), shown_span(other.within)))


def _events(row: ReportClock) -> object:
    return row.starts, row.ends, row.owner


def _retention(rulebook: Rulebook) -> Iterator[Finding]:
    for one, other in combinations(rulebook.retention, 2):
        if one.what == other.what and same_time(one, other):
            agree = (one.keep, one.counted_from) == (other.keep, other.counted_from)
            kept = (shown_span(one.keep), shown_span(other.keep))
            yield overlap(one, other, agree, kept if kept[0] != kept[1] else (one.counted_from, other.counted_from))
