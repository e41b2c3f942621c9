"""What the pages of orders say."""

import re
from collections.abc import Sequence
from datetime import datetime

from fangxian.core.refusal import Said

DONE = {"lifted": Said("命令已解除，理由已公布。", "The order is lifted, and the reason stands with it.")}
# What the program itself does by an order; of other measures it is what those who carry them out go by.
MEANINGS = {
    "area-closure": Said(
        "住在那里的人不离境：命令期间的离境申请不批，已发、还没用的许可收回，出口扫码时说明是哪道命令、到几时。"
        "就医急救不受限制。",
        "Whoever lives there does not leave the county: no application for days within the order is granted, permits "
        "not used yet are taken back, and the way out names the order and its end. Emergency care is never held back.",
    ),
    "door-checks": Said(
        "公共场所扫码、测温、登记；海报印上这道命令的编号和期限。",
        "Codes, temperature and registration at public places; posters carry the order's number and end.",
    ),
}
ONLY_BASIS = Said(
    "由负责的人按规则执行，这道命令是他们的依据。",
    "Those in charge carry it out by the rules; the order is what they go by.",
)
WAITS, HOLDS, TO_COME = Said("等签发", "to be signed"), Said("生效中", "in force"), Said("尚未开始", "to come")
LIFTED, LAPSED = Said("已解除", "lifted"), Said("已到期", "lapsed")
_ENDS_IN_NUMBER = re.compile(r"(\d+)(\s*号?)$")


def meaning_of(measure: str) -> Said:
    return MEANINGS.get(measure, ONLY_BASIS)


def state_of(order, at: datetime) -> Said:
    """Whether an order holds, and if not, why not."""
    if order.lifted_at is not None and order.lifted_at <= at:
        return LIFTED
    if order.ends_at <= at:
        return LAPSED
    return HOLDS if order.begins_at <= at else TO_COME


def next_number(numbers: Sequence[str]) -> str:
    """The number after the latest one, where that ends in one; else empty, and it is typed."""
    for number in numbers:
        if found := _ENDS_IN_NUMBER.search(number):
            return f"{number[: found.start()]}{int(found.group(1)) + 1}{found.group(2)}"
    return ""
