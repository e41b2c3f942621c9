"""What arrivals are called on their pages."""

from fangxian.core.refusal import Said

STATES = {
    "announced": Said("已报备，未到", "announced"),
    "landed": Said("已落地", "landed"),
    "cancelled": Said("已撤销", "cancelled"),
}
DECLARED_AS = {
    "person": Said("本人", "the person"),
    "relative": Said("家人", "a relative"),
    "hotel": Said("宾馆", "a hotel"),
    "grid_worker": Said("网格员", "a grid worker"),
    "checkpoint": Said("卡口", "a checkpoint"),
    "outside": Said("户外亲友，网格员核实", "a relative or host, confirmed by the grid"),
}
MEASURES = {
    "hospital": Said("住院隔离", "hospital"),
    "central": Said("集中隔离", "central quarantine"),
    "home": Said("居家隔离", "quarantine at home"),
    "monitoring": Said("居家健康监测", "monitoring at home"),
    "community": Said("社区管理", "the community's care"),
    "": Said("只需申报", "declaring only"),
}
LANDING_TEST = Said("落地检一次", "one test on landing")
TRANSPORTS = {
    "train": Said("火车", "train"),
    "flight": Said("飞机", "aircraft"),
    "coach": Said("客车", "coach"),
    "car": Said("自驾、出租车", "car or taxi"),
    "ship": Said("轮船", "ship"),
    "other": Said("其他", "other"),
}
WHYS = {
    "declared": Said("申报", "declared"),
    "landed": Said("落地确认", "landed"),
    "corrected": Said("更正", "corrected"),
    "enquired": Said("风险地区或核实结果有变，重新判定", "decided anew: risk areas or an enquiry"),
}
CORRECTIONS = {
    "refused": Said("核实不属实，没有更正", "asked about and not so; not corrected"),
    "withdrawn": Said("本人收回", "taken back"),
    "overtaken": Said("之后另有更正或撤销", "corrected or cancelled otherwise since"),
}
TEST_STATES = {
    "done": Said("已采样", "sampled"),
    "late": Said("已过期，没有采样记录", "overdue, no sample on record"),
    "now": Said("现在可以做", "due now"),
    "later": Said("还没到日子", "later"),
}
DONE = {
    "declared": Said("申报好了。下面是规则要求的。", "Declared. Below is what the rules ask."),
    "again": Said("这次到达已经申报过，没有重复记录。", "This arrival had been declared; it was not recorded twice."),
    "landed": Said("已记下到了。", "Noted: here now."),
    "corrected": Said("已更正，原来写的留作记录。", "Corrected; what was said before is kept on record."),
    "waits": Said(
        "更正收到了。属实的话要求会降低或提前结束，所以先由网格员核实；核实以前，要求和健康码不变。",
        "Your correction has come in. If it is so less is asked of you, or for fewer days, so somebody asks first; "
        "until then what is asked, and the code, stay as they are.",
    ),
    "confirmed": Said(
        "已按更正的内容改好，要求和健康码跟着变。", "Corrected as they said; what is asked, and the code, follow."
    ),
    "refused": Said("已写明不属实，申报没有变。", "Noted that it is not so; the declaration stays."),
    "taken_back": Said("更正已收回，申报没有变。", "The correction is taken back; the declaration stays."),
    "cancelled": Said("已撤销。", "Cancelled."),
    "undertaken": Said("承诺书已签，时间已记下。", "The undertaking is signed, with the time."),
}
