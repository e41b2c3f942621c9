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
    "contacts.call": KindWords(Said("告知接触者", "tell a contact"), Said("已告知本人", "Told in person")),
    "contacts.transfer": KindWords(Said("转运到隔离点", "take to quarantine"), Said("已送到", "Arrived")),
    "contacts.return": KindWords(Said("送回家", "take home"), Said("已送到家", "Home")),
    "contacts.symptomatic": KindWords(Said("接触者有症状", "a contact has symptoms"), Said("已送诊、采样", "Seen to")),
    "contacts.lost": KindWords(Said("找到失访的接触者", "find a contact lost"), Said("已找到本人", "Found in person")),
    "lab.retest": KindWords(Said("复核标本", "test again"), Said("已检测", "Tested")),
    "lab.kits_missing": KindWords(Said("筛查物资不够", "a round is short of supplies"), Said("已调到", "They came")),
    "lab.kits_ready": KindWords(
        Said("为一轮筛查备货", "make kits ready"), Said("已备好、发出", "Ready and handed out")
    ),
    "lab.box_late": KindWords(Said("转运箱超时", "a box is late"), Said("已找到箱", "The box was found")),
    "lab.result_late": KindWords(Said("标本没按时出结果", "results are late"), Said("已查明", "Looked into")),
    "lab.call_back": KindWords(Said("通知复采", "call somebody back"), Said("已告知本人", "Told in person")),
    "lab.unexplained_pool": KindWords(Said("查混管异常的原因", "look into a pool"), Said("已查明", "Looked into")),
    "lab.withdrawn_of_case": KindWords(
        Said("结果已撤回的病例", "a case whose result is none"), Said("已决定", "Decided")
    ),
    "lab.call_on_held": KindWords(Said("上门告知", "call on somebody"), Said("已告知本人", "Told in person")),
    "parcels.notify": KindWords(
        Said("告知碰过快递的人", "tell who touched a parcel"), Said("已告知本人", "Told in person")
    ),
    "parcels.test": KindWords(Said("督促做核酸", "see to a test"), Said("已采样", "Sampled")),
    "parcels.transfer": KindWords(Said("转运到隔离点", "take to quarantine"), Said("已送到", "Arrived")),
    "parcels.sample": KindWords(Said("采样", "sample"), Said("已采样", "Sampled")),
    "parcels.return": KindWords(Said("送回家", "take home"), Said("已送到家", "Home")),
    "arrivals.expected": KindWords(Said("核实到没到", "find out whether they came"), Said("已核实", "Found out")),
    "arrivals.proposed": KindWords(Said("核实亲友代报", "ask about who is said to come"), FINISHED),
    "arrivals.called_off": KindWords(Said("核实撤销的报备", "ask about one called off"), Said("已核实", "Found out")),
    "enquiries.undeclared": KindWords(
        Said("督促申报行程", "have a journey declared"), Said("已告知，另行申报", "Told; they will declare")
    ),
    "arrivals.correction": KindWords(Said("核实自己更正的行程", "ask about a correction"), FINISHED),
    "arrivals.visit": KindWords(Said("来返人员上门", "call on who arrived"), Said("已告知本人", "Told in person")),
    "arrivals.transfer": KindWords(Said("转运到隔离点", "take to quarantine"), Said("已送到", "Arrived")),
    "handover.find": KindWords(Said("落地核实", "find on the spot"), Said("已找到本人", "Found in person")),
    "handover.take_over": KindWords(Said("接收转出包", "take a package over"), FINISHED),
    "handover.receipt_late": KindWords(Said("催要回执", "call for a receipt"), Said("已打电话", "Called")),
    "departures.decide": KindWords(Said("审批离境", "decide on a departure"), FINISHED),
    "departures.withdrawn": KindWords(Said("告知通行单已收回", "tell of a permit withdrawn"), Said("已告知", "Told")),
    "departures.left_before": KindWords(Said("联系已离境的人", "call who had left"), Said("已联系上", "Spoken to")),
    "departures.stayed": KindWords(Said("看望留下的同行人", "see who stayed behind"), Said("有人照看", "Looked after")),
    "departures.overdue": KindWords(Said("联系逾期未归的人", "call who is overdue"), Said("已联系上", "Spoken to")),
    "posts.emergency": KindWords(Said("值守点应急处置", "emergency at a post"), FINISHED),
    "posts.fetch": KindWords(Said("到值守点接人", "fetch from a post"), Said("已接到", "Fetched")),
    "posts.passed_red": KindWords(Said("找断网时经过的人", "find who passed"), Said("已找到本人", "Found in person")),
    "posts.gap": KindWords(Said("值守缺岗", "a post short of people"), Said("已排上人", "Somebody is set")),
    "posts.nobody_came": KindWords(Said("值守无人到岗", "nobody came to a post"), Said("已到岗", "Somebody is there")),
    "comparisons.not_found": KindWords(Said("核查推送未落地的人", "find who was pushed and not found"), FINISHED),
    "comparisons.not_declared": KindWords(Said("督促补报", "have people declare"), FINISHED),
    "comparisons.missed_by_grid": KindWords(Said("补排漏排的人", "ask whom the grid missed"), FINISHED),
    "comparisons.conflicting": KindWords(Said("核实信息冲突", "clear up what conflicts"), FINISHED),
    "field.problem": KindWords(Said("外勤报来的问题", "a problem from the field"), Said("已处理", "Seen to")),
    "venues.silent": KindWords(Said("看看没有扫码的场所", "see a silent venue"), FINISHED),
    "venues.reprint": KindWords(Said("重印场所码海报", "print a poster anew"), Said("海报已送到贴好", "It hangs")),
    "venues.gone": KindWords(
        Said("决定是否停用场所", "decide on closing a venue"), Said("还开着，不停用", "It stays open")
    ),
    "keys.reprint_card": KindWords(Said("换新纸质卡", "print a card anew"), Said("已换新卡", "Printed")),
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
DONE_AT = {"tracing.send": "tracing-hand-out", "venues.silent": "silent-venues"}
# Kinds that are done on the page of what they are about, and close there.
DONE_THERE = frozenset(
    {"posts.emergency", "handover.take_over", "departures.decide", "arrivals.proposed", "arrivals.correction"}
)


def kind_said(kind: str) -> Said:
    return KINDS.get(kind, OTHER).said


def finish_said(kind: str) -> Said:
    return KINDS.get(kind, OTHER).finish
