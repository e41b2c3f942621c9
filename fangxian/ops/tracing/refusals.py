"""Every no of the tracing room."""

from collections.abc import Sequence
from datetime import datetime

from django.utils.timezone import localtime

from fangxian.core.refusal import Refusal


def team_unknown(n_missing: int) -> Refusal:
    return Refusal(
        "tracing.team_unknown",
        zh="所选小组里有 {n_missing} 个不在名册上，没有派出任何工作。请刷新页面，从现有的小组里选。",
        en="Of the teams chosen {n_missing} are not on the roll, so nothing was given out. Reload the page and choose "
        "from the teams that stand.",
        n_missing=n_missing,
    )


def team_stood_down(name_zh: str, name_en: str, at: datetime) -> Refusal:
    return Refusal(
        "tracing.team_stood_down",
        zh="{name_zh}已于 {at} 撤出，没有派出任何工作。工作只能派给在册的小组；请另选一个小组。",
        en="{name_en} stood down at {at}, so nothing was given out. Work goes to a team that stands: choose another.",
        name_zh=name_zh,
        name_en=name_en,
        at=_moment(at),
    )


def team_holds_work(name_zh: str, name_en: str, n_held: int) -> Refusal:
    return Refusal(
        "tracing.team_holds_work",
        zh="{name_zh}手上还有 {n_held} 件工作，没有撤出。撤出的小组手上不能有工作，否则没有人看得到；请先在小组页面"
        "把它们改派给别的小组。",
        en="{name_en} holds {n_held} pieces of work, so it was not stood down. A team that stands down holds "
        "nothing, or nobody would see it: give its work to another team on its page first.",
        name_zh=name_zh,
        name_en=name_en,
        n_held=n_held,
    )


def number_taken(numbers: Sequence[int]) -> Refusal:
    return Refusal(
        "tracing.number_taken",
        zh="第 {numbers} 小组已经在册，没有新建任何小组。每个编号只用一次；请换一个编号，或更改原来的小组。",
        en="Team {numbers} is on the roll already, so none was founded. Each number is used once: choose another, or "
        "change the team that has it.",
        numbers=", ".join(map(str, numbers)),
    )


def no_lead(number: int, n_leads: int) -> Refusal:
    return Refusal(
        "tracing.no_lead",
        zh="第 {number} 小组有 {n_leads} 个组长，没有新建任何小组。每个小组应有一个组长；请指明由谁负责。",
        en="Team {number} has {n_leads} leads, so none was founded. A team has one lead: say who answers for it.",
        number=number,
        n_leads=n_leads,
    )


def member_unknown() -> Refusal:
    return Refusal(
        "tracing.member_unknown",
        zh="这位组员不在名册上，或已经离开小组，没有改动。请刷新页面，从现有的组员里选。",
        en="This member is not on the roll, or has left the team, so nothing was changed. Reload the page and choose "
        "from those there are.",
    )


def already_member(number: int) -> Refusal:
    return Refusal(
        "tracing.already_member",
        zh="所选的人里有人已经在第 {number} 小组，没有加入任何人。一个人在一个小组里只登记一次；请去掉后再试。",
        en="Somebody chosen is in team {number} already, so nobody was added. A person is in a team once: leave them "
        "out and try again.",
        number=number,
    )


def shift_backwards(begins_at: datetime, ends_at: datetime) -> Refusal:
    return Refusal(
        "tracing.shift_backwards",
        zh="值班从 {begins_at} 到 {ends_at}，结束不晚于开始，没有排班。跨过零点的班，结束要写第二天的日期；请改正后"
        "再排。",
        en="The shift is from {begins_at} to {ends_at}, which does not end after it begins, so none was set. A shift "
        "over midnight ends on the next day's date: correct it and set it again.",
        begins_at=_moment(begins_at),
        ends_at=_moment(ends_at),
    )


def shift_too_long(hours: float, most: float) -> Refusal:
    return Refusal(
        "tracing.shift_too_long",
        zh="这一班长 {hours:g} 小时，没有排班。一班最多 {most:g} 小时，人要休息；请分成几班。",
        en="This shift is {hours:g} hours long, so it was not set. A shift has {most:g} hours at most, for people must "
        "sleep: divide it.",
        hours=round(hours, 1),
        most=most,
    )


def clock_unknown(clock: str) -> Refusal:
    return Refusal(
        "tracing.clock_unknown",
        zh="这个病例没有“{clock}”这项时限，没有记录。请先开始调查，再记录到达的时间。",
        en="This case has no clock “{clock}”, so nothing was stamped. Begin its investigation first, then say when it "
        "was reached.",
        clock=clock,
    )


def clock_stopped(clock: str, at: datetime) -> Refusal:
    return Refusal(
        "tracing.clock_stopped",
        zh="这个病例的“{clock}”时限已于 {at} 停止（病例已排除），没有记录。病例若重新成立，请重新报告。",
        en="The clock “{clock}” of this case was stopped at {at}, when the case was excluded; nothing was stamped. If "
        "it is a case after all, report it anew.",
        clock=clock,
        at=_moment(at),
    )


def reached_before_it_began(at: datetime, starts_at: datetime) -> Refusal:
    return Refusal(
        "tracing.reached_before_it_began",
        zh="填的完成时间是 {at}，早于起算时间 {starts_at}，没有记录。完成时间应在起算之后、现在之前；请核对后再填。",
        en="The time given is {at}, before the clock began at {starts_at}, so it was not stamped. It should lie after "
        "the beginning and not in the future: check it and try again.",
        at=_moment(at),
        starts_at=_moment(starts_at),
    )


def _moment(at: datetime) -> str:
    return f"{localtime(at):%Y-%m-%d %H:%M}"
