"""What tasks are called on a page: their kinds, how they stand, what a button says when it is done."""

from typing import NamedTuple

from fangxian.core.refusal import Said


class KindWords(NamedTuple):
    """What a kind of task is called, and what its finishing button says."""

    said: Said
    finish: Said


FINISHED = Said("办结", "Done")
OTHER = KindWords(Said("任务", "task"), FINISHED)
KINDS = {
    "tracing.send": KindWords(Said("派流调小组", "send a team"), FINISHED),
    "tracing.clock.case-scene": KindWords(Said("到现场", "on the scene"), Said("已到现场", "We are on the scene")),
    "tracing.clock.case-key-contacts": KindWords(
        Said("关键密接", "key contacts"), Said("关键密接和场所已列出", "Key contacts and places are listed")
    ),
    "tracing.clock.case-investigation": KindWords(
        Said("调查报告", "full report"), Said("调查已完成", "The investigation is finished")
    ),
    "tracing.find_contact": KindWords(Said("找接触者", "find a contact"), Said("已找到本人", "Found and spoken to")),
    "cases.clock": KindWords(Said("疫情报告", "legal report"), Said("已报告", "Reported")),
}
STATES = {
    "open": Said("待接手", "to be taken"),
    "taken": Said("已接手", "taken"),
    "done": Said("已办结", "done"),
    "cancelled": Said("已取消", "cancelled"),
}
DONE = {
    "taken": Said("已接手，任务在您名下。", "Taken: the task is yours."),
    "finished": Said("已办结，时间已记下。", "Done; the time has been written down."),
    "handed_over": Said("已移交，对方在“我的任务”里能看到。", "Handed over; it stands under their “My tasks”."),
}
# Kinds that are done on a page of their own, by its route: there they close by themselves.
DONE_AT = {"tracing.send": "tracing-hand-out"}


def kind_said(kind: str) -> Said:
    return KINDS.get(kind, OTHER).said


def finish_said(kind: str) -> Said:
    return KINDS.get(kind, OTHER).finish
