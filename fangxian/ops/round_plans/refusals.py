"""What the round_plans room refuses."""

from fangxian.core.refusal import Refusal
from fangxian.core.screening.words import KITS_SAID


def alone_wrong(n: int) -> Refusal:
    return Refusal(
        "round_plans.alone_wrong",
        zh="单管的人数写的是 {n}，没有记下。应是 0 或更多的整数，不超过这一轮的人数；请改正。",
        en="The number of people with a tube of their own is given as {n}, so it was not recorded. It should be a "
        "whole number from 0, no more than the round has people: correct it.",
        n=n,
    )


def zone_wrong(most: int) -> Refusal:
    return Refusal(
        "round_plans.zone_wrong",
        zh="分区没有记下。应写明每个区在哪里，容纳 1 到 {most} 人，没有的留空；请改正。",
        en="The areas of the site were not recorded. Say where each is and that it holds 1 to {most} people, and leave "
        "empty what there is not: correct it.",
        most=most,
    )


def kit_wrong() -> Refusal:
    return Refusal(
        "round_plans.kit_wrong",
        zh="没有记下。应选一种物资，数量不是 0（出库写负数），并写明从哪里来、到哪里去；请补全。",
        en="Nothing was recorded. Choose a kit, a number other than 0 (below nought where it leaves the stores), and "
        "say where it is from or goes to: complete it.",
    )


def not_in_store(kit: str, there: int, wanted: int) -> Refusal:
    said = KITS_SAID[kit]
    return Refusal(
        "round_plans.not_in_store",
        zh="库里没有预留的{kit}只有 {there}，出库 {wanted} 没有记下。出库不应多于没有预留的；请核对数量，先记入库，"
        "或把预留的退回。",
        en="Of {kit_en} {there} are in the stores and put aside for no round, so taking {wanted} out was not recorded. "
        "No more can leave than that: check the number, record first what came in, or give back what was put aside.",
        kit=said.zh,
        kit_en=said.en,
        there=there,
        wanted=wanted,
    )
