"""What case work is called on pages: keys in words, trails, sentences after a deed."""

from collections.abc import Mapping

from django.urls import reverse

from fangxian.core.refusal import Said
from fangxian.ops.cases import vocabulary
from fangxian.ops.pages.county.trails import Step
from fangxian.ops.pages.county.words import word

CASES = Said("病例", "Cases")
REPORTS = Said("报告卡", "Report cards")
NOT_ASKED = Said("未填", "not filled in")

# What the rulebooks call their classes of cases; a key of another rulebook is shown as it is.
CLASSES: Mapping[str, Said] = {
    "suspected": Said("疑似", "suspected"),
    "clinical": Said("临床诊断", "clinical"),
    "confirmed": Said("确诊", "confirmed"),
    "asymptomatic": Said("无症状感染者", "asymptomatic"),
    "carrier": Said("携带者", "carrier"),
    "cluster": Said("聚集性疫情", "cluster"),
}
CLOCK_STATES = {
    "overdue": Said("有超时的", "overdue"),
    "in_time": Said("有时限在走，没有超时的", "a clock runs, none overdue"),
    "running": Said("有时限在走", "a clock runs"),
}
INTERVIEWS = {"unfinished": Said("问卷未完成", "not finished")}
DONE: Mapping[str, Said] = {
    "reported": Said("报告卡已报出。", "The card is filed."),
    "taken": Said("收到的报告卡已列入。", "The card that came is on file."),
    "confirm": Said("已确认。", "The case is confirmed."),
    "exclude": Said("已排除；依据它的判定和任务都已撤回。", "Excluded; whatever rested on it is withdrawn."),
    "hold": Said("已列为待复核。", "Held for a second test."),
    "treat": Said("已登记入院治疗。", "Treatment is on record."),
    "close": Said("已结案。", "The case is closed."),
    "result": Said("检测结果已登记。", "The result is on record."),
    "correct": Said("已更正。", "Put right."),
    "stamp": Said("这一步已登记完成。", "The step is stamped."),
    "merge": Said("两个病例已并为一个。", "The two cases are one now."),
    "interview": Said("个案调查已完成。", "The interview is finished."),
    "removed": Said("已从活动记录中去掉。", "Taken off the itinerary."),
    "saved": Said("已保存。", "Saved."),
}


def class_said(key: str) -> Said:
    return word(dict(CLASSES), key)


def state_said(key: str) -> Said:
    return word(dict(vocabulary.STATES), key)


def occupation_said(key: str) -> Said:
    return vocabulary.OCCUPATIONS.get(key, NOT_ASKED)


def case_href(case_id) -> str:
    return reverse("case", args=[case_id])


def trail(*further: Step) -> list[Step]:
    """From the desk down; the last step is this page."""
    return [(CASES, reverse("cases")), *further]


def case_trail(row, here: Said) -> list[Step]:
    """From the desk over a case to a page of it."""
    return trail((Said(row.number, row.number), case_href(row.pk)), (here, ""))


def reports_trail(here: Said | str) -> list[Step]:
    return [(REPORTS, reverse("case-reports")), (here, "")]
