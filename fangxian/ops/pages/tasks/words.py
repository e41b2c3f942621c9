"""What tasks are called on a page: their kinds, how they stand, what a button says when it is done."""

from fangxian.core.refusal import Said

KINDS = {
    "tracing.send": Said("派流调小组", "send a team"),
    "tracing.clock.case-scene": Said("到现场", "on the scene"),
    "tracing.clock.case-key-contacts": Said("关键密接", "key contacts"),
    "tracing.clock.case-investigation": Said("调查报告", "full report"),
    "tracing.find_contact": Said("找接触者", "find a contact"),
    "cases.clock": Said("疫情报告", "legal report"),
}
OTHER = Said("任务", "task")
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
# What the finishing button says where “done” would not say enough.
FINISH = {
    "tracing.clock.case-scene": Said("已到现场", "We are on the scene"),
    "tracing.clock.case-key-contacts": Said("关键密接和场所已列出", "Key contacts and places are listed"),
    "tracing.clock.case-investigation": Said("调查已完成", "The investigation is finished"),
    "tracing.find_contact": Said("已找到本人", "Found and spoken to"),
    "cases.clock": Said("已报告", "Reported"),
}
# Kinds that are done on a page of their own, by its route: there they close by themselves.
DONE_AT = {"tracing.send": "tracing-hand-out"}
FINISHED = Said("办结", "Done")


def kind_said(kind: str) -> Said:
    return KINDS.get(kind, OTHER)


def finish_said(kind: str) -> Said:
    return FINISH.get(kind, FINISHED)
