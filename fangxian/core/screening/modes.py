"""How many people may share a tube where a round is: by the risk areas there, as a rulebook says (混检比例).

A rulebook says it among its `pools` (G-01 to G-03 of Fushan's). Where one has none, what is usual holds at the levels
that its risk states count; a disease of which none does knows no risk, and limits nothing.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from fangxian.core.parameters import Parameter
from fangxian.core.policy.rulebook import PoolRule, Rulebook
from fangxian.core.policy.vocabulary import RISK_LEVELS
from fangxian.core.refusal import Said

RULE = "pools by risk: low 10:1, medium 5:1, high one to a tube (domain.md §4.2, weak)"
AT_HIGH: Final = Parameter(
    value=1, unit="people", low=1, high=20,
    meaning="How many people share a tube at most where a round touches a high-risk area, if the rulebook is silent",
    source=RULE,
)  # fmt: skip
AT_MEDIUM: Final = Parameter(
    value=5, unit="people", low=1, high=20,
    meaning="How many people share a tube at most where a round touches a medium-risk area, if the rulebook is silent",
    source=RULE,
)  # fmt: skip
WITHOUT: Final = Parameter(
    value=20, unit="people", low=1, high=20,
    meaning="How many people share a tube at most where no risk area is, if the rulebook is silent",
    source="20:1 is for large screening at low risk (January 2022; domain.md §4.2)",
)  # fmt: skip
BY_LEVEL: Final[Mapping[str, Parameter]] = {"high": AT_HIGH, "medium": AT_MEDIUM}
LEVELS_SAID: Final[Mapping[str, Said]] = {
    "high": Said("高风险区", "a high-risk area"),
    "medium": Said("中风险区", "a medium-risk area"),
    "low": Said("低风险区", "a low-risk area"),
}


@dataclass(frozen=True, slots=True)
class Mode:
    """How many people share a tube at most, the level of risk that says so ("": there is none), and the number of the
    rule ("": it is only usual).
    """

    largest: int
    level: str
    number: str = ""

    @property
    def said(self) -> Said:
        """How many to a tube are allowed, and why."""
        rule = Said(f"（{self.number}）", f" ({self.number})") if self.number else Said("", "")
        if not self.level:
            zh, en = f"现在没有风险区，可到 {self.largest} 合 1", f"no risk area now, so up to {self.largest}:1"
            return Said(zh + rule.zh, en + rule.en)
        risk = LEVELS_SAID[self.level]
        most = Said(f"最多 {self.largest} 合 1", f"{self.largest}:1 at most")
        if self.largest == 1:
            most = Said("应单采", "one to a tube")
        return Said(f"范围内有{risk.zh}，{most.zh}{rule.zh}", f"there is {risk.en} in it, so {most.en}{rule.en}")


def mode_of(rulebook: Rulebook | None, levels: Collection[str], at: datetime) -> Mode:
    """What is allowed where areas of these levels are; the strictest of several."""
    rows = [it for it in rulebook.pools if it.in_force(at)] if rulebook else []
    if not rows:
        return _usual(rulebook, levels)
    there = [_by(it, level) for it in rows for level in RISK_LEVELS if level in it.levels and level in levels]
    there = there or [_by(it, "") for it in rows if not it.levels]
    return min(there, key=lambda it: it.largest, default=Mode(int(WITHOUT.value), ""))


def _by(row: PoolRule, level: str) -> Mode:
    return Mode(row.largest, level, row.number)


def _usual(rulebook: Rulebook | None, levels: Collection[str]) -> Mode:
    counted = {level for state in rulebook.risk_states for level in state.levels} if rulebook else set()
    there = [level for level in BY_LEVEL if level in levels and level in counted]
    if not there:
        return Mode(int(WITHOUT.value), "")
    strictest = min(there, key=lambda level: BY_LEVEL[level].value)
    return Mode(int(BY_LEVEL[strictest].value), strictest)
