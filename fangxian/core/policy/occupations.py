"""The occupations of the national infectious disease report card (传染病报告卡), and whose unit must be known."""

from collections.abc import Mapping
from dataclasses import dataclass

from fangxian.core.refusal import Said

__all__ = ["OCCUPATIONS", "Occupation", "occupation_named"]


@dataclass(frozen=True, slots=True)
class Occupation:
    """One line of the card's list. `needs_unit`: where they work or learn is where an outbreak would go on."""

    name: Said
    needs_unit: bool = False


# 《传染病信息报告管理规范》, the report card's own list; the English is ours.
OCCUPATIONS: Mapping[str, Occupation] = {
    "nursery": Occupation(Said("幼托儿童", "child in a nursery")),
    "child": Occupation(Said("散居儿童", "child at home")),
    "pupil": Occupation(Said("学生（大中小学）", "pupil or student"), needs_unit=True),
    "teacher": Occupation(Said("教师", "teacher"), needs_unit=True),
    "carer": Occupation(Said("保育员及保姆", "child carer or nanny")),
    "catering": Occupation(Said("餐饮食品业", "catering and food")),
    "trade": Occupation(Said("商业服务", "shops and services")),
    "medical": Occupation(Said("医务人员", "medical staff"), needs_unit=True),
    "worker": Occupation(Said("工人", "worker")),
    "migrant": Occupation(Said("民工", "migrant worker")),
    "farmer": Occupation(Said("农民", "farmer")),
    "herder": Occupation(Said("牧民", "herder")),
    "fisher": Occupation(Said("渔（船）民", "fisher or boatman")),
    "official": Occupation(Said("干部职员", "official or clerk")),
    "retired": Occupation(Said("离退人员", "retired")),
    "home": Occupation(Said("家务及待业", "at home or out of work")),
    "other": Occupation(Said("其他", "another occupation")),
    "unknown": Occupation(Said("不详", "not known")),
}
# How line lists also write them.
_ALSO = {
    "学生": "pupil",
    "保姆": "carer",
    "其他职业": "other",
    "职业不详": "unknown",
    "离退休": "retired",
    "干部": "official",
}
_BY_NAME = _ALSO | {name: key for key, it in OCCUPATIONS.items() for name in (it.name.zh, it.name.en, key)}


def occupation_named(text: str) -> str | None:
    """The key of what a line list calls an occupation, in either language; None: it is not on the list."""
    return _BY_NAME.get(text.strip())
