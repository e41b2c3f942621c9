"""Checks of what cross-terms and exemptions lift: never red, never old knowledge, never what is not known."""

from collections.abc import Iterator

from fangxian.core.policy.checking_evidence import unknown
from fangxian.core.policy.door_layout import door_values
from fangxian.core.policy.findings import Finding, found
from fangxian.core.policy.rulebook import Conditions, DoorRule, Exemption, Rulebook, TogetherRule

# States in which a door does not know; an input's first value always is one.
_BLIND = ("unknown", "stale", "none", "not-taken")

# What a person may be unable to show, such as an infant a test: an exemption may answer for its not being
# known. All else that is not known (a colour, a temperature, the door's own knowledge) it may not.
_EXEMPTIBLE = ("test_age", "travel", "permit")


def find_in_lifts(rulebook: Rulebook) -> Iterator[Finding]:
    """Findings about the rules that cross-terms and exemptions lift. (`Rulebook` → findings)"""
    rows: tuple[TogetherRule | Exemption, ...] = (*rulebook.together, *rulebook.exemptions)
    for row in rows:
        yield from _lifts(rulebook, row)


def _lifts(rulebook: Rulebook, row: TogetherRule | Exemption) -> Iterator[Finding]:
    lifted: dict[str, DoorRule | TogetherRule] = {rule.number: rule for rule in rulebook.doors}
    lifted |= {other.number: other for other in rulebook.together if other.outcome is not None}
    for number in row.lifts:
        if number not in lifted or number == row.number:
            yield unknown(row, "lifts", number, tuple(lifted))
            continue
        for name, values in _conditions(lifted[number]).items():
            yield from _judge(rulebook, row, number, name, values)


def _conditions(rule: DoorRule | TogetherRule) -> Conditions:
    return {rule.input: rule.values} if isinstance(rule, DoorRule) else rule.when


def _judge(
    rulebook: Rulebook, row: TogetherRule | Exemption, number: str, name: str, values: tuple[str, ...]
) -> Iterator[Finding]:
    """What is wrong with lifting a rule that speaks of these values of one input."""
    when = row.when if isinstance(row, TogetherRule) else {}
    held = [value for value in values if value in when.get(name, values)]
    if name == "freshness" or (name == "colour" and "red" in held):
        what = "信息过期" if name == "freshness" else "红码"
        yield found(
            row,
            "rulebook.lifts_what_must_stand",
            f"会免去 {number}：{what}的规则任何豁免和联合条件都不能免去。请从 lifts 删去 {number}。",
            f"it would lift {number}: a rule about {name} {'that is old' if name == 'freshness' else 'red'} is lifted "
            f"by no exemption and no cross-term. Take {number} out of lifts.",
        )
    elif any(value in (*_BLIND, *door_values(rulebook).get(name, ())[:1]) for value in held) and not (
        isinstance(row, Exemption) and name in (*_EXEMPTIBLE, *(own.key for own in rulebook.door_inputs))
    ):
        yield found(
            row,
            "rulebook.lifts_unknown",
            f"会在“{name}”不明时免去 {number}：不明不能当作没问题。"
            + ("请从 lifts 删去。" if isinstance(row, Exemption) else "请在 when 写明该项的已知值。"),
            f"it would lift {number} where {name} is not known: not known is not the same as good. "
            + (
                "Take it out of lifts."
                if isinstance(row, Exemption)
                else "Name the known values of that input in when."
            ),
        )
