"""What the departures room calls things, for papers, pages and sentences alike."""

from fangxian.core.refusal import Said

# Where an application stands, as a sentence says it.
STANDS = {
    "draft": Said("草稿，还没有提交", "a draft, not sent yet"),
    "submitted": Said("已提交，正在出证", "sent, the permit is being issued"),
    "village": Said("在村（社区）审批", "with the village"),
    "township": Said("在乡镇审批", "with the township"),
    "county": Said("在县指挥部审批", "with the county's headquarters"),
    "issued": Said("已出证", "with its permit issued"),
    "exited": Said("已离境", "out of the county"),
    "overdue": Said("逾期未归", "out, and overdue"),
    "returned": Said("已返回", "returned"),
    "refused": Said("未同意", "refused"),
    "cancelled": Said("已取消", "called off"),
    "lapsed": Said("已过期", "lapsed"),
}
LEVELS = {
    "village": Said("村（社区）", "village"),
    "township": Said("乡镇", "township"),
    "county": Said("县指挥部", "county headquarters"),
}
PURPOSES = {
    "work": Said("工作", "work"),
    "medical": Said("看病", "medical care"),
    "study": Said("上学", "study"),
    "family": Said("家事", "family"),
    "goods": Said("购销、货运", "buying, selling, carrying goods"),
    "other": Said("其他", "other"),
}
TRANSPORTS = {
    "car": Said("自驾、乘小车", "car"),
    "coach": Said("客车", "coach"),
    "train": Said("火车", "train"),
    "plane": Said("飞机", "plane"),
    "other": Said("其他", "other"),
}
KINDS = {
    "decision": Said("审批", "decision"),
    "appeal": Said("申诉", "appeal"),
    "review": Said("事后核实", "review afterwards"),
}
VERDICTS = {
    "": Said("等待", "waiting"),
    "approved": Said("同意", "agreed"),
    "refused": Said("不同意", "refused"),
    "over": Said("未办，已结束", "ended without a decision"),
}
