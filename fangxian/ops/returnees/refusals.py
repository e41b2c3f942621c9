"""What the returnees room refuses."""

from datetime import date, datetime

from fangxian.core.refusal import Refusal, Said


def heard_by_another(what: Said, at: datetime) -> Refusal:
    return Refusal(
        "returnees.heard_by_another",
        zh="您取资料以后，别人在 {at} 已登记这个人“{what}”，和您记的不一样，没有覆盖。应以核对过的为准；"
        "请取最新资料，确认后再记一次。",
        en="Since you took the list along somebody else recorded at {at} that this person {what_en}, otherwise than "
        "you did; theirs was not overwritten. What is right is to be checked: fetch the newest list and record it "
        "again if need be.",
        what=what.zh,
        what_en=what.en,
        at=f"{at:%Y-%m-%d %H:%M}",
    )


def day_wrong(today: date) -> Refusal:
    return Refusal(
        "returnees.day_wrong",
        zh="要回来的日子应是今天（{today}）起一年以内，没有登记。请改一个日子；还说不准的，选“没联系上”或空着。",
        en="The day of coming back should be between today ({today}) and a year from now, so nothing was recorded. "
        "Give another day, or none if it is not known.",
        today=today.isoformat(),
    )


def what_wrong() -> Refusal:
    return Refusal(
        "returnees.what_wrong",
        zh="没有选是“已经回来、不回来了、改了日子、没联系上”中的哪一种，没有登记。请选一项。",
        en="It does not say whether they are back, are not coming, come another day or were not reached, so nothing "
        "was recorded. Choose one.",
    )


def nobody() -> Refusal:
    return Refusal(
        "returnees.unknown.not_found",
        zh="册上没有这个人，没有登记。应是在册、没有并入别处的人；请在“居民”里查到本人再登记。",
        en="There is no such person on the register, so nothing was recorded. It should be somebody on record who was "
        "not merged into another: find them under “Residents” first.",
    )
