"""Why a row of a list of staff is returned, or a whole list."""

from datetime import date

from fangxian.core.refusal import Refusal


def no_list() -> Refusal:
    return Refusal(
        "round_staff.list.not_found",
        zh="没有这份名单。应是“人员名单导入”页列出的一份；请从那里打开。",
        en="There is no such list. It should be one of the page “Lists of staff that came”: open it from there.",
    )


def trained_ahead(training: str, training_en: str, passed_on: date) -> Refusal:
    return Refusal(
        "round_staff.list.trained_ahead",
        zh="“{training}”培训的合格日期写的是 {passed_on}，还没有到，没有登记。应不晚于今天；请核对后再传这一行。",
        en="The training “{training_en}” is said to be passed on {passed_on}, which is still to come, so the row was "
        "not entered. It should be today at the latest: correct it and send the row again.",
        training=training,
        training_en=training_en,
        passed_on=f"{passed_on:%Y-%m-%d}",
    )


def holds_before(training: str, training_en: str, passed_on: date, until: date) -> Refusal:
    return Refusal(
        "round_staff.list.holds_before",
        zh="“{training}”培训有效至 {until}，早于合格日期 {passed_on}，没有登记。应不早于合格日期；请核对后再传这一行。",
        en="The training “{training_en}” holds until {until}, before it was passed on {passed_on}, so the row was not "
        "entered. It should hold from that day on: correct it and send the row again.",
        training=training,
        training_en=training_en,
        passed_on=f"{passed_on:%Y-%m-%d}",
        until=f"{until:%Y-%m-%d}",
    )


def no_day_passed(training: str, training_en: str, until: date) -> Refusal:
    return Refusal(
        "round_staff.list.no_day_passed",
        zh="“{training}”培训只写了有效至 {until}，没有写哪天合格，没有登记。两个日期应都写，或只写合格日期；请补上。",
        en="Of the training “{training_en}” only the day until which it holds is given, {until}, so the row was not "
        "entered. It should say when it was passed, with or without its end: add the day.",
        training=training,
        training_en=training_en,
        until=f"{until:%Y-%m-%d}",
    )


def name_long(n: int, most: int) -> Refusal:
    return Refusal(
        "round_staff.list.name_long",
        zh="姓名或单位有 {n} 个字，没有登记。最多 {most} 个字；请缩短再传这一行。",
        en="The name or the unit has {n} characters, so the row was not entered. It may have {most}: shorten it and "
        "send the row again.",
        n=n,
        most=most,
    )


def job_differs(job: str, job_en: str) -> Refusal:
    return Refusal(
        "round_staff.list.job_differs",
        zh="此人已登记为{job}，与这一行不同，没有改动。一个人登记一种工作；真的换了，请先在人员页点“离队”再传这一行。",
        en="This person is entered already as {job_en}, which this row does not say, so nothing changed. Each has one "
        "job: where it did change, press “Left the team” on their page first and send the row again.",
        job=job,
        job_en=job_en,
    )


def called_twice(n: int) -> Refusal:
    return Refusal(
        "round_staff.list.called_twice",
        zh="同名同单位的有 {n} 人，这一行没有电话，不知道是哪一个，没有登记。应写电话；请补上再传这一行。",
        en="{n} people of that unit have this name and the row has no phone, so it is not known who is meant and "
        "nothing was entered. It should have the phone: add it and send the row again.",
        n=n,
    )
