"""What the comparisons room says no to."""

from datetime import date

from fangxian.core.refusal import Refusal


def unknown() -> Refusal:
    return Refusal(
        "comparisons.not_found",
        zh="没有这个比对，或不在您的辖区内。应从比对列表中选择。请重新打开列表。",
        en="There is no such comparison, or it is not within your area. Choose one from the list: open it again.",
    )


def no_title() -> Refusal:
    return Refusal(
        "comparisons.no_title",
        zh="没有写明这次比对是为什么事。应有一句话，好让别人看得懂，如“4月6日起返乡人员”。请填写后再建。",
        en="It is not said what this comparison is for. A few words let others understand it, such as “arrivals since "
        "6 April”. Write them and open it again.",
    )


def bad_days(begins_on: date, ends_on: date, longest: int) -> Refusal:
    return Refusal(
        "comparisons.days_wrong",
        zh="起止日期是 {begins} 至 {ends}。截止应晚于开始，前后不超过 {longest} 天。请改正日期。",
        en="The days run from {begins} to {ends}. The end comes after the beginning, by at most {longest} days. "
        "Correct them.",
        begins=begins_on.isoformat(),
        ends=ends_on.isoformat(),
        longest=longest,
    )


def too_few_sources(n: int) -> Refusal:
    return Refusal(
        "comparisons.too_few_sources",
        zh="这个比对只有{n}个可用的来源，没有开始。应至少有两个，其中一个是申报或网格排查。请先加上来源，确认列名。",
        en="This comparison has {n} sources that can be read, so it was not begun. It takes two, one of them of "
        "declarations or of the grid. Add sources and confirm their columns first.",
        n=n,
    )


def names_nobody() -> Refusal:
    return Refusal(
        "comparisons.row_names_nobody",
        zh="这一行没有姓名、证件号和电话，无从比对。三项应至少有一项。请补上后重新上传这一行。",
        en="This row has no name, no document number and no phone, so nobody can be found by it. One of the three is "
        "needed. Fill it in and upload this row again.",
    )


def columns_name_nobody() -> Refusal:
    return Refusal(
        "comparisons.columns_name_nobody",
        zh="没有一列选作姓名、证件号或电话，无从比对，没有读这份清单。三项应至少有一项；请给列选上再确认。",
        en="No column is said to be the name, the document number or the phone, so nobody could be found and the list "
        "was not read. One of the three is needed: choose its column and confirm again.",
    )


def number_unsound(reason_zh: str, reason_en: str) -> Refusal:
    return Refusal(
        "comparisons.number_unsound",
        zh="证件号不对，已按其他各项比对：{reason_zh}",
        en="the document number cannot be right, so the rest of the row was compared: {reason_en}",
        reason_zh=reason_zh,
        reason_en=reason_en,
    )


def source_there_already() -> Refusal:
    return Refusal(
        "comparisons.source_there_already",
        zh="这个来源已经在这个比对里了，没有再加。每份清单、每种本系统记录只加一次。如清单有更新，请上传新的文件。",
        en="This source is part of the comparison already and was not added again. Each list and each of the "
        "program's own records counts once. If the list has changed, upload the new file.",
    )


def unknown_source() -> Refusal:
    return Refusal(
        "comparisons.source.not_found",
        zh="这个比对里没有这个来源。应从比对页面的来源表中选择。请回到比对页面。",
        en="This comparison has no such source. Choose one from its table of sources: go back to the comparison.",
    )


def unknown_pair() -> Refusal:
    return Refusal(
        "comparisons.pair.not_found",
        zh="没有这一对，或刚刚重新比对过，它已不在。应从待判断的列表中选择。请重新打开列表。",
        en="There is no such pair, or the lists were compared anew and it is gone. Choose one from those to be "
        "decided: open the list again.",
    )


def run_meanwhile() -> Refusal:
    return Refusal(
        "comparisons.run_meanwhile",
        zh="同一个比对刚由另一次运行写入，这一次没有写入。只应有一次在运行。请打开比对页面看结果。",
        en="Another run of the same comparison has just written its findings, so this one wrote nothing. One runs at a "
        "time. Open the comparison to see what came of it.",
    )
