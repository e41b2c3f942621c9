"""What the hygiene room refuses."""

from datetime import date

from fangxian.core.refusal import Refusal


def class_unknown(of_class: str) -> Refusal:
    return Refusal(
        "hygiene.class_unknown",
        zh="类别“{of_class}”本程序不认识，没有登记。应从名单里选重点场所或重点环节的类别；请重选。",
        en="The class “{of_class}” is not known here, so nothing was listed. Choose one of the classes of priority "
        "venues and processes.",
        of_class=of_class[:40],
    )


def nameless() -> Refusal:
    return Refusal(
        "hygiene.nameless",
        zh="没有写名称，没有登记。应写清是哪里、哪个环节，例如“南关冷库卸货口”；请补上。",
        en="No name is given, so nothing was listed. Say which place or process it is, such as “the cold store's "
        "loading dock”.",
    )


def venue_missing(of_class: str) -> Refusal:
    return Refusal(
        "hygiene.venue_missing",
        zh="“{of_class}”是场所的类别，却没有选场所，没有登记。重点场所应是已登记的场所；请先选场所，或改选环节的类别。",
        en="“{of_class}” is a class of venues, but no venue was chosen, so nothing was listed. A priority venue is one "
        "on record: choose it first, or choose a class of processes.",
        of_class=of_class,
    )


def place_unknown() -> Refusal:
    return Refusal(
        "hygiene.place.not_found",
        zh="没有这个重点场所或环节，或不归您管，没有改动。请从“重点场所、环节”名单里打开。",
        en="There is no such priority place, or it is not in your charge, so nothing was changed. Open it from the "
        "list of priority places.",
    )


def struck(name: str) -> Refusal:
    return Refusal(
        "hygiene.struck",
        zh="“{name}”已从名册上销去，没有记录。只记名册上的；要恢复的，请重新登记。",
        en="“{name}” was struck off the register, so nothing was recorded. List it again if it is to be looked after.",
        name=name,
    )


def why_missing() -> Refusal:
    return Refusal(
        "hygiene.why_missing",
        zh="没有写原因，没有改动。更正、销去都要写明为什么；请补上一句。",
        en="No reason is given, so nothing was changed. A correction or a striking says why: add a few words.",
    )


def in_the_future(done_on: date) -> Refusal:
    return Refusal(
        "hygiene.in_the_future",
        zh="做的时间写的是 {done_on}，还没有到，没有记录。应写实际做的时间；请改正。",
        en="It reads as done on {done_on}, which is still to come, so nothing was recorded. Write when it was done.",
        done_on=done_on.isoformat(),
    )


def long_ago(done_on: date, n_days: int) -> Refusal:
    return Refusal(
        "hygiene.long_ago",
        zh="做的时间写的是 {done_on}，超过 {n_days} 天以前，没有记录。请核对日期；确要补记更早的，请找县里。",
        en="It reads as done on {done_on}, more than {n_days} days ago, so nothing was recorded. Look at the date "
        "again; for something older ask the county.",
        done_on=done_on.isoformat(),
        n_days=n_days,
    )


def nothing_told() -> Refusal:
    return Refusal(
        "hygiene.nothing_told",
        zh="填的不够，没有记录。检查至少填一项结论；消毒要写消毒剂、浓度和面积；采样要写采了几份、采在哪里。请补上再交。",
        en="Too little is told, so nothing was recorded. An inspection answers at least one item; a disinfection names "
        "agent, concentration and area; a sampling how many swabs and where. Fill it in and send it again.",
    )


def impossible_amount(what: str, low: int, high: int) -> Refusal:
    return Refusal(
        "hygiene.impossible_amount",
        zh="“{what}”不像是对的，没有记录。应在 {low} 到 {high} 之间；请核对后重填。",
        en="“{what}” cannot be right, so nothing was recorded. It is between {low} and {high}: look again.",
        what=what,
        low=low,
        high=high,
    )


def remedy_missing(n: int) -> Refusal:
    return Refusal(
        "hygiene.remedy_missing",
        zh="有 {n} 项不合格没有写怎么整改、到哪天，没有记录。每一项不合格都要写整改办法和期限；请补上。",
        en="{n} items are not in order without a remedy and a day for it, so nothing was recorded. Write for each what "
        "is to be done and by when.",
        n=n,
    )


def round_unknown() -> Refusal:
    return Refusal(
        "hygiene.round_unknown",
        zh="没有这条记录，没有改动。请刷新页面，从现有记录里选。",
        en="There is no such record, so nothing was changed. Reload the page and choose from the records there.",
    )


def corrected_already() -> Refusal:
    return Refusal(
        "hygiene.corrected_already",
        zh="这条记录已被更正过，没有再改。只能更正最新的那一条；请刷新页面，在最新的记录上更正。",
        en="This record was corrected already, so nothing was changed. Only the newest can be corrected: reload the "
        "page and correct that one.",
    )


def others_record() -> Refusal:
    return Refusal(
        "hygiene.others_record",
        zh="这条记录不是您写的，或采样结果已经报出，没有更正。谁写的谁更正，报了结果的不再由采样人改；请联系乡镇或行业部门更正。",
        en="You did not write this record, or the result of its samples is reported, so it was not corrected. Whoever "
        "wrote a record corrects it until its result is there: ask the township or the department.",
    )


def second_look() -> Refusal:
    return Refusal(
        "hygiene.second_look",
        zh="这里有别人查出来的不合格项，整改没有记为完成。别人查出来的由网格、村、乡镇或行业部门来人复查；请联系他们。",
        en="Somebody else found some of these, so they were not recorded as mended. What others found is looked at "
        "again by the grid, the village, the township or the department: ask them to come.",
    )


def no_samples() -> Refusal:
    return Refusal(
        "hygiene.no_samples",
        zh="这条记录不是环境采样，没有结果可填。请在环境采样的记录上填结果。",
        en="This record is no environmental sampling, so it has no result. Enter the result at the sampling.",
    )


def own_samples() -> Refusal:
    return Refusal(
        "hygiene.own_samples",
        zh="采样是您登记的，结果要由另一个人填，没有记录。请实验室或乡镇、县里填写结果。",
        en="You wrote down this sampling, so somebody else enters its result; nothing was recorded. Ask the "
        "laboratory, the township or the county.",
    )


def result_impossible(n_positive: int, n_samples: int) -> Refusal:
    return Refusal(
        "hygiene.result_impossible",
        zh="结果写的是 {n_positive} 份阳性，采了 {n_samples} 份，对不上，没有记录。阴性应为 0 份，阳性应为 1 到 "
        "{n_samples} 份；请核对。",
        en="The result reads {n_positive} positive of {n_samples}, which do not agree, so nothing was recorded. "
        "Negative means 0, positive 1 to {n_samples}: look again.",
        n_positive=n_positive,
        n_samples=n_samples,
    )


def fault_unknown() -> Refusal:
    return Refusal(
        "hygiene.fault_unknown",
        zh="选的整改项里有不存在的，没有改动。请刷新页面再选。",
        en="Some of the faults chosen do not exist, so nothing was changed. Reload the page and choose again.",
    )


def not_yours(name: str) -> Refusal:
    return Refusal(
        "hygiene.place.not_yours",
        zh="“{name}”这件事不归您的岗位办，没有改动。做了什么由网格员、村、行业部门或场所自己记，名册由乡镇、行业部门管，"
        "结果由实验室或乡镇填；请联系他们。",
        en="Your post does not do this at “{name}”, so nothing was changed. Grid workers, villages, departments and "
        "venues record what they did; townships and departments keep the register; laboratories and townships enter "
        "results: ask them.",
        name=name,
    )
