"""How many people may share a tube where a round is: by the risk areas there that a rulebook counts (混检比例).

A rulebook says of its risk states which levels of listed areas make them; a disease of which none does knows no risk,
and limits nothing.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final

from fangxian.core.parameters import Parameter
from fangxian.core.policy.rulebook import Rulebook
from fangxian.core.refusal import Said

RULE = "pools by risk: low 10:1, medium 5:1, high one to a tube (domain.md §4.2, weak)"
AT_HIGH: Final = Parameter(
    value=1, unit="people", low=1, high=20,
    meaning="How many people share a tube at most where the round reaches into a high-risk area", source=RULE,
)  # fmt: skip
AT_MEDIUM: Final = Parameter(
    value=5, unit="people", low=1, high=20,
    meaning="How many people share a tube at most where the round reaches into a medium-risk area", source=RULE,
)  # fmt: skip
WITHOUT: Final = Parameter(
    value=20, unit="people", low=1, high=20,
    meaning="How many people share a tube at most where no risk area is",
    source="20:1 is for large screening at low risk (January 2022; domain.md §4.2)",
)  # fmt: skip
BY_LEVEL: Final[Mapping[str, Parameter]] = {"high": AT_HIGH, "medium": AT_MEDIUM}
LEVELS_SAID: Final[Mapping[str, Said]] = {
    "high": Said("高风险区", "a high-risk area"),
    "medium": Said("中风险区", "a medium-risk area"),
}


@dataclass(frozen=True, slots=True)
class Mode:
    """How many people share a tube at most, and the level of risk that says so; "": there is none."""

    largest: int
    level: str

    @property
    def said(self) -> Said:
        """Whether twenty to a tube is allowed, and why."""
        if not self.level:
            return Said(f"现在没有风险区，可到 {self.largest} 合 1", f"no risk area now, so up to {self.largest}:1")
        risk = LEVELS_SAID[self.level]
        most = Said(f"最多 {self.largest} 合 1", f"{self.largest}:1 at most")
        if self.largest == 1:
            most = Said("应单采", "one to a tube")
        return Said(f"范围内有{risk.zh}，{most.zh}", f"there is {risk.en} in it, so {most.en}")


def mode_of(rulebook: Rulebook | None, levels: Collection[str]) -> Mode:
    """What is allowed where areas of these levels are, of those that the rulebook counts; the strictest of several."""
    counted = {level for state in rulebook.risk_states for level in state.levels} if rulebook else set()
    there = [level for level in BY_LEVEL if level in levels and level in counted]
    if not there:
        return Mode(int(WITHOUT.value), "")
    strictest = min(there, key=lambda level: BY_LEVEL[level].value)
    return Mode(int(BY_LEVEL[strictest].value), strictest)
