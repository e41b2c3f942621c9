"""Checks of risk states: a state that holds nowhere would let everybody pass whom a rule names by it."""

from collections.abc import Iterator
from typing import Final

from fangxian.core.policy.findings import Finding, at_row
from fangxian.core.policy.rulebook import RiskState, Rulebook

SECTION: Final = "risk_states"
AROUND: Final = ("place", "county", "other-counties")  # reaches that are reckoned from listed places

# What a state that older rulebooks have by these names most likely means; any other waits for a dispatcher to name it.
_LIKELY: Final = {
    "risk-area": 'reach = "place"; levels = ["high", "medium"]',
    "county-with-risk-area": 'reach = "county"; levels = ["high", "medium"]',
    "affected-prefecture": 'reach = "other-counties"; levels = ["high", "medium"]',
    "out-of-province": 'reach = "other-province"',
}


def find_in_risk_states(rulebook: Rulebook) -> Iterator[Finding]:
    """Findings about where risk states hold. (`Rulebook` → findings)"""
    for state in rulebook.risk_states:
        if not state.reach:
            yield _found(
                "rulebook.reach_missing",
                f"{state.key} 没有写在什么范围内成立（reach），引用它的规则对谁都不起作用。旧版规则没有这一项：在 "
                f'key = "{state.key}" 下面加上 {_likely(state)}，核对后再发布。reach 可写 place 所列地方、'
                f"county 所在县、other-counties 同地市其他县、other-province 省外，或 named 由调度员指定。",
                f"{state.key} does not say where it holds (reach), so rules that name it would apply to nobody. Older "
                f'rulebooks did not: under key = "{state.key}" add {_likely(state)}, look whether that is meant, and '
                f"publish again. A reach is place, county, other-counties, other-province, or named for what a "
                f"dispatcher names.",
            )
        elif state.reach in AROUND and not state.levels:
            yield _found(
                "rulebook.reach_without_levels",
                f"{state.key} 按名单划定范围，却没有写名单上的哪些等级（levels），等于哪里都不成立。"
                f'请补上，如 levels = ["high"]。',
                f"{state.key} reaches around listed places but names none of the list's levels, so it would hold "
                f'nowhere. Add them, such as levels = ["high"].',
            )
        elif state.reach not in AROUND and state.levels:
            yield _found(
                "rulebook.levels_without_reach",
                f"{state.key} 写了等级（levels），但 reach = {state.reach} 不看名单，等级不起作用。"
                f"请删去 levels，或改 reach。",
                f"{state.key} names levels, but with reach = {state.reach} no list is looked at, so they mean "
                f"nothing. Remove levels, or change the reach.",
            )


def find_narrowed(rulebook: Rulebook, before: Rulebook) -> Iterator[Finding]:
    """Risk states that hold in fewer places than in the version before, for those who publish to weigh."""
    then = {state.key: state for state in before.risk_states}
    for state in rulebook.risk_states:
        was = then.get(state.key)
        if was is not None and was.reach and _is_less(state, was):
            yield _found(
                "rulebook.risk_state_narrowed",
                f"{state.key} 的范围比上一版小：{_words(was)} → {_words(state)}。"
                f"从那些地方来的人不再适用相应规则；请两位发布人确认。",
                f"{state.key} holds in fewer places than in the version before: {_words(was)} → {_words(state)}. "
                f"People from the others come under its rules no longer; the two who publish should be sure of it.",
                blocks=False,
            )


def _likely(state: RiskState) -> str:
    return _LIKELY.get(state.key, 'reach = "named"; by_hand = true')


def _is_less(now: RiskState, was: RiskState) -> bool:
    return now.reach != was.reach or bool(set(was.levels) - set(now.levels)) or (was.by_hand and not now.by_hand)


def _words(state: RiskState) -> str:
    return " ".join((state.reach or "—", *state.levels, *(("by_hand",) if state.by_hand else ())))


def _found(code: str, zh: str, en: str, *, blocks: bool = True) -> Finding:
    return at_row(code, blocks, SECTION, "", None, zh, en)
