"""What the round_staff room refuses."""

from fangxian.core.refusal import Refusal


def member_wrong() -> Refusal:
    return Refusal(
        "round_staff.member_wrong",
        zh="姓名、单位没有写全，没有登记。应写清是谁、哪个单位、做什么；请补上。",
        en="Name or unit is missing, so nobody was entered. It should say who it is, from which unit, and what they "
        "do: add it.",
    )


def no_member() -> Refusal:
    return Refusal(
        "round_staff.member.not_found",
        zh="没有这名人员，或已离队，没有改动。应是“采样检测人员”页列出的人；请从那里选。",
        en="There is nobody like that, or they left the team, so nothing changed. It should be somebody listed on the "
        "page “Sampling and testing staff”: choose there.",
    )


def training_wrong() -> Refusal:
    return Refusal(
        "round_staff.training_wrong",
        zh="培训的日期对不上，没有登记。合格日期不晚于今天，有效期不早于合格日期；请核对后改正。",
        en="The dates of the training do not fit, so it was not entered. It should be passed today at the latest, and "
        "hold from that day on: correct them.",
    )


def shifts_wrong() -> Refusal:
    return Refusal(
        "round_staff.shifts_wrong",
        zh="班次的时间不对，没有改动。应在这一轮的时间以内，结束晚于开始，互不重叠；请改好再提交。",
        en="The times of the shift are wrong, so nothing changed. It should lie within the round, end after it begins "
        "and overlap no other: correct them.",
    )


def no_shift() -> Refusal:
    return Refusal(
        "round_staff.shift.not_found",
        zh="没有这个班次或采样点，没有改动。应是本轮“排班”页上的；请刷新后再选。",
        en="There is no such shift or site, so nothing changed. It should be one on this round's page “Shifts”: load "
        "it anew.",
    )


def untrained(training: str, training_en: str, day: str) -> Refusal:
    return Refusal(
        "round_staff.untrained",
        zh="这名人员的“{training}”培训没有记录，或到 {day} 已过期，没有排班。应先培训合格；请登记培训，或换一个人。",
        en="The training “{training_en}” of this person is not on record or will have run out on {day}, so they were "
        "not set. They should be trained first: enter the training, or choose somebody else.",
        training=training,
        training_en=training_en,
        day=day,
    )


def elsewhere(site: str, site_en: str, begins: str, ends: str) -> Refusal:
    return Refusal(
        "round_staff.elsewhere",
        zh="这名人员 {begins} 至 {ends} 已排在{site}，没有再排。一个人同一时间只能在一处；请先撤下，或换一个人。",
        en="This person is set to {site_en} from {begins} to {ends}, so they were not set again. Nobody can be in two "
        "places at once: take them off there first, or choose somebody else.",
        site=site,
        site_en=site_en,
        begins=begins,
        ends=ends,
    )


def no_duty() -> Refusal:
    return Refusal(
        "round_staff.duty.not_found",
        zh="没有这一条排班，或已撤下，没有改动。应是本轮“排班”页上的一条；请刷新后再试。",
        en="There is no such duty, or it was taken off, so nothing changed. It should be one on this round's page "
        "“Shifts”: load it anew and try again.",
    )


def other_job(job: str, job_en: str) -> Refusal:
    return Refusal(
        "round_staff.other_job",
        zh="这名人员登记的是{job}，没有排班。应排其登记的工作；请换一个人，或重新登记。",
        en="This person is entered as {job_en}, so they were not set. They should be set to that: choose somebody "
        "else, or enter them anew.",
        job=job,
        job_en=job_en,
    )
