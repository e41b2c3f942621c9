"""Checks of door rules: nothing unknown, nothing silent, nothing that refuses the sick."""

from collections.abc import Iterator
from itertools import combinations, product

from fangxian.core.policy.checking_evidence import overlap, same_time, unknown
from fangxian.core.policy.checking_lifts import find_in_lifts
from fangxian.core.policy.checking_order import find_milder
from fangxian.core.policy.diff import shown_span
from fangxian.core.policy.door_layout import covered_venues, door_values, venue_class_keys
from fangxian.core.policy.doors import hospital_refusals
from fangxian.core.policy.findings import Finding, found
from fangxian.core.policy.rulebook import (
    Conditions,
    DoorRule,
    Rulebook,
    TogetherRule,
)
from fangxian.core.policy.vocabulary import Outcome
from fangxian.core.refusal import Said

# States in which a door does not know: they must never admit without a word.
_NOT_KNOWN = {"freshness": ("unknown", "stale")}


def find_in_doors(rulebook: Rulebook) -> Iterator[Finding]:
    """Findings about doors, cross-terms and exemptions. (`Rulebook` → findings)"""
    values = door_values(rulebook)
    yield from _bands(rulebook)
    for rule in rulebook.doors:
        yield from _words(rulebook, rule)
        yield from _conditions(rule, {rule.input: rule.values}, values)
    for row in rulebook.together:
        yield from _words(rulebook, row)
        yield from _conditions(row, row.when, values)
        yield from _does_something(row)
    yield from find_in_lifts(rulebook)
    yield from _emergency(rulebook)
    yield from _cells(rulebook, values)
    yield from _fail_open(rulebook, values)
    yield from find_milder(rulebook)
    yield from _colour_unseen(rulebook)
    yield from _shadowed(rulebook, values)


def _file(code: str, zh: str, en: str) -> Finding:
    return Finding(code, True, Said(zh, en), "doors")


def _bands(rulebook: Rulebook) -> Iterator[Finding]:
    ages = [band.up_to for band in rulebook.test_bands]
    degrees = [band.from_c for band in rulebook.temperature_bands]
    for section, ascending, is_ordered in (
        ("test_bands", ", ".join(shown_span(age) for age in ages), ages == sorted(set(ages))),
        ("temperature_bands", ", ".join(f"{one:g}" for one in degrees), degrees == sorted(set(degrees))),
    ):
        if not is_ordered:
            yield _file(
                "rulebook.bands_disordered",
                f"[{section}] 的界限应从小到大、不重复，现在是 {ascending}。请重新排列。",
                f"The bounds of [{section}] must rise; they are {ascending}. Put them in order.",
            )


def _words(rulebook: Rulebook, row: DoorRule | TogetherRule) -> Iterator[Finding]:
    known = venue_class_keys(rulebook)
    for word in (*row.venues, *row.except_venues):
        if word not in known and word != "*":
            yield unknown(row, "venues", word, known)
    if not covered_venues(rulebook, row):
        yield found(
            row,
            "rulebook.never_applies",
            "除外后没有任何场所，永远不会起作用。请改 venues 或 except_venues。",
            "no venue class is left for it, so it can never apply. Change venues or except_venues.",
        )


def _conditions(
    row: DoorRule | TogetherRule, when: Conditions, values: dict[str, tuple[str, ...]]
) -> Iterator[Finding]:
    for name, wanted in when.items():
        if name not in values:
            yield unknown(row, "input", name, tuple(values))
            continue
        for value in wanted:
            if value not in values[name]:
                yield unknown(row, name, value, values[name])


def _does_something(row: TogetherRule) -> Iterator[Finding]:
    if not row.when or (row.outcome is None and not row.lifts):
        yield found(
            row,
            "rulebook.never_applies",
            "联合条件没有条件，或既不增加结果也不免去规则，不起作用。请补上 when，以及 outcome 或 lifts。",
            "it has no condition, or neither adds an outcome nor lifts a rule. Give when, and outcome or lifts.",
        )


def _not_known(name: str, values: tuple[str, ...]) -> tuple[str, ...]:
    return _NOT_KNOWN.get(name, values[:1])


def _emergency(rulebook: Rulebook) -> Iterator[Finding]:
    for venue, number in hospital_refusals(rulebook):
        row = rulebook.row(number)
        assert row is not None
        yield found(
            row,
            "rulebook.hospital_refuses",
            f"会让 {venue} 拒绝人。提供急诊的场所不得拒绝任何人。请改为 route（引导），或把 {venue} 除外。",
            f"it would let {venue} refuse people. A place with emergency care refuses nobody. Make it route, or leave "
            f"{venue} out.",
        )
    emergency = {v.key for v in rulebook.venue_classes if v.emergency_care}
    rows: tuple[DoorRule | TogetherRule, ...] = (*rulebook.doors, *rulebook.together)
    for rule in rows:
        held_up = sorted(emergency & set(covered_venues(rulebook, rule)))
        if rule.outcome is Outcome.VERIFY and held_up:
            yield found(
                rule,
                "rulebook.hospital_verifies",
                f"会让 {held_up[0]} 的人停下核验，可能耽误急救。请改为 route（引导）。",
                f"it would stop people at {held_up[0]} for a check and may delay emergency care. Make it route.",
                blocks=False,
            )


def _cells(rulebook: Rulebook, values: dict[str, tuple[str, ...]]) -> Iterator[Finding]:
    """Two rules that speak of one cell: one place would have two answers for one state."""
    covered = {rule.number: set(covered_venues(rulebook, rule)) for rule in rulebook.doors}
    for one, other in combinations(rulebook.doors, 2):
        if (
            one.number != other.number
            and one.input == other.input
            and set(one.values) & set(other.values)
            and covered[one.number] & covered[other.number]
            and same_time(one, other)
        ):
            yield overlap(one, other, one.outcome is other.outcome)


def _fail_open(rulebook: Rulebook, values: dict[str, tuple[str, ...]]) -> Iterator[Finding]:
    """Where an input is checked, not knowing it must be met with at least a check, never with silence."""
    emergency = {v.key for v in rulebook.venue_classes if v.emergency_care}
    for name, of_input in values.items():
        rules = [rule for rule in rulebook.doors if rule.input == name]
        for state in _not_known(name, of_input):
            silent = [
                venue
                for venue in venue_class_keys(rulebook)
                if _checked(rulebook, rules, venue, name)
                and not _met(rulebook, rules, venue, state, venue in emergency)
            ]
            if silent:
                shown = ", ".join(silent[:6]) + (" …" if len(silent) > 6 else "")
                yield _file(
                    "rulebook.fail_open",
                    f"{shown} 检查“{name}”，却在“{state}”时不声不响地放行。不明不是没问题："
                    f"请为 {name} = {state} 加一条 verify（核验）或 refuse。",
                    f"{shown}: {name} is checked, yet {state} is let in without a word. Not known is not the same as "
                    f"good: add a rule for {name} = {state} with verify or refuse.",
                )


def _checked(rulebook: Rulebook, rules: list[DoorRule], venue: str, name: str) -> bool:
    """Whether a class checks an input. Every door with rules at all must know how old its knowledge is."""
    if name == "freshness":
        return any(rule.input == "colour" and venue in covered_venues(rulebook, rule) for rule in rulebook.doors)
    return any(venue in covered_venues(rulebook, rule) for rule in rules)


def _met(rulebook: Rulebook, rules: list[DoorRule], venue: str, state: str, emergency: bool) -> bool:
    """Whether the whole period of the rulebook has a rule for this state; a route is enough in an emergency."""
    spans = sorted(
        (rule.begins_at, rule.until_at)
        for rule in rules
        if state in rule.values
        and venue in covered_venues(rulebook, rule)
        and (emergency or rule.outcome is not Outcome.ADMIT)
    )
    reached = rulebook.begins_at
    for begins_at, until_at in spans:
        if begins_at <= reached:
            reached = max(reached, until_at)
    return reached >= rulebook.until_at


def _colour_unseen(rulebook: Rulebook) -> Iterator[Finding]:
    """Classes whose doors never look at the colour, though the rulebook turns codes."""
    if not (rulebook.has_gate and rulebook.colours):
        return
    looks = {v for rule in rulebook.doors if rule.input == "colour" for v in covered_venues(rulebook, rule)}
    emergency = {v.key for v in rulebook.venue_classes if v.emergency_care}
    others = [key for key in venue_class_keys(rulebook) if key not in emergency]
    if blind := [key for key in others if key not in looks]:
        shown = ", ".join(blind[:6]) + (" …" if len(blind) > 6 else "")
        yield Finding(
            "rulebook.colour_unseen",
            blind == others,
            Said(
                f"规则会转码，{shown} 的门岗却不看健康码，红码也会放行。确需如此请发布人确认，否则请补上 colour 规则。",
                f"The rules turn codes, yet the doors of {shown} never look at the colour and let a red in. The two "
                f"who publish should be sure of it; otherwise add rules for colour.",
            ),
            "doors",
        )


def _shadowed(rulebook: Rulebook, values: dict[str, tuple[str, ...]]) -> Iterator[Finding]:
    """Cross-terms that never decide: wherever they hold, a rule already answers at least as strictly."""
    for row in rulebook.together:
        if row.outcome is None or any(name not in values for name in row.when):
            continue
        states = [[(name, value) for value in wanted] for name, wanted in row.when.items()]
        already = (
            _worst(rulebook, venue, state) for venue in covered_venues(rulebook, row) for state in product(*states)
        )
        if all(outcome is not None and outcome >= row.outcome for outcome in already):
            yield found(
                row,
                "rulebook.never_decides",
                "凡是它成立的地方，别的规则已经同样严或更严，它从不起作用。请删去，或改条件。",
                "wherever it holds, another rule already answers as strictly, so it never decides. Remove it or change "
                "its conditions.",
                blocks=False,
            )


def _worst(rulebook: Rulebook, venue: str, state: tuple[tuple[str, str], ...]) -> Outcome | None:
    outcomes = [
        rule.outcome
        for rule in rulebook.doors
        if any(rule.input == name and value in rule.values for name, value in state)
        and venue in covered_venues(rulebook, rule)
    ]
    return max(outcomes, default=None)
