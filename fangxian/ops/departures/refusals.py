"""What the departures room says no to."""

from datetime import date, datetime

from django.utils.timezone import localtime

from fangxian.core.refusal import Refusal

from .words import STANDS


def unknown() -> Refusal:
    return Refusal(
        "departures.unknown.not_found",
        zh="没有这件离境申请，或已依规清除，没有改动。请回到列表，从现有的申请里打开。",
        en="There is no such departure, or it was erased as the rules require; nothing was changed. Go back to the "
        "list and open one that is there.",
    )


def still_away(since: datetime) -> Refusal:
    return Refusal(
        "departures.still_away",
        zh="申请里有人 {since} 离境后还没有返回的记录，没有提交。再次离境前，应先有返回的申报；"
        "请先申报返回（落地一申报），"
        "再申请。",
        en="Somebody on this application left the county on {since} and has not been declared as back, so it was not "
        "sent. A return is declared before the next departure: declare it first, then apply.",
        since=f"{localtime(since):%Y-%m-%d %H:%M}",
    )


def two_of_one_day(on: date | None) -> Refusal:
    return Refusal(
        "departures.two_of_one_day",
        zh="申请里有人 {on} 这一天已经有一件离境申请，没有再提交。每人每天只能有一件；要改去向或返回日期，"
        "请先取消原来那件。",
        en="Somebody on this application has asked to leave on {on} already, so it was not sent. Each person has one "
        "a day: to change where to or until when, call the other one off first.",
        on=on.isoformat() if on else "—",
    )


def too_long(n: int, most: int) -> Refusal:
    return Refusal(
        "departures.too_long",
        zh="有一处写了 {n} 个字，没有保存。每处最多 {most} 个字；请写短一些。",
        en="One of the texts has {n} characters, so nothing was kept. Each has {most} at most: make it shorter.",
        n=n,
        most=most,
    )


def too_late_to_cancel(state: str) -> Refusal:
    said = STANDS[state]
    return Refusal(
        "departures.too_late_to_cancel",
        zh="这件申请现在是“{state}”，不能取消。只有离境以前的申请可以取消；已经回来的，请申报返回。",
        en="This application is {state_en}, so it cannot be called off. That can be done before leaving only: if you "
        "are back, declare your return.",
        state=said.zh,
        state_en=said.en,
    )


def decided_meanwhile() -> Refusal:
    return Refusal(
        "departures.decided_meanwhile",
        zh="这一步已经有人办过，或申请已经撤回，没有再改。每一步只办一次；请重新打开，看现在到了哪一步。",
        en="Somebody has decided on this step, or the application was called off; nothing was changed. Each step is "
        "decided once: open it again to see where it stands.",
    )


def refused_without_reason() -> Refusal:
    return Refusal(
        "departures.refused_without_reason",
        zh="没有写不同意的理由，没有办。不同意应写明理由，本人会看到，也可以据此申诉；请补上一句。",
        en="No reason is given for refusing, so nothing was decided. A refusal gives its reason, which the person "
        "reads and may appeal against: add a sentence.",
    )


def nothing_to_appeal() -> Refusal:
    return Refusal(
        "departures.nothing_to_appeal",
        zh="这件申请没有被拒绝，不能申诉。申诉是对“不同意”的；请在本页看它现在到了哪一步。",
        en="This application was not refused, so there is nothing to appeal against. Look on this page where it "
        "stands.",
    )


def appealed_already() -> Refusal:
    return Refusal(
        "departures.appealed_already",
        zh="这件申请已经申诉过，没有再提交。每件申请可以申诉一次；情况有变时，请重新申请，并写明有什么不同。",
        en="An appeal was made for this application already, so this one was not sent. There is one for each: if "
        "things have changed, apply again and say what is different.",
    )


def appeal_without_words(n: int, most: int) -> Refusal:
    return Refusal(
        "departures.appeal_without_words",
        zh="申诉写了 {n} 个字，没有提交。请用 1 到 {most} 个字写明哪里不对，例如“孩子的复诊号是约好的”。",
        en="The appeal has {n} characters, so it was not sent. Say in 1 to {most} characters what is wrong, such as "
        "“the child's appointment is fixed”.",
        n=n,
        most=most,
    )


def not_agreed() -> Refusal:
    return Refusal(
        "departures.not_agreed",
        zh="这件申请还没有全部同意，或已经出过证，没有出证。应在各级都同意后出证一次；请在申请页看到了哪一步。",
        en="Not everybody has agreed on this application, or its permit is out already, so none was issued. It is "
        "issued once, when all have agreed: look on its page where it stands.",
    )


def permit_used(at: datetime) -> Refusal:
    return Refusal(
        "departures.permit_used",
        zh="这张通行单 {at} 已经用过，不能再次离境。每张只能离境一次；再次离开请本人重新申请。",
        en="This permit was used on {at} and does not let anybody leave again. Each serves once: apply again to "
        "leave again.",
        at=f"{localtime(at):%Y-%m-%d %H:%M}",
    )


def no_permit(state: str) -> Refusal:
    said = STANDS[state]
    return Refusal(
        "departures.no_permit",
        zh="这件申请现在是“{state}”，没有有效的通行单。应是已出证、还没有用过的申请；请本人在手机上查看原因，或当场补办。",
        en="This application is {state_en}, so there is no permit in force. It should be one that was issued and not "
        "used: have the person look up why, or apply on the spot.",
        state=said.zh,
        state_en=said.en,
    )


def return_before_leaving(at: datetime) -> Refusal:
    return Refusal(
        "departures.return_before_leaving",
        zh="登记的返回时间是 {at}，而这件申请在那时还没有离境记录，没有改动。应先有离境、后有返回；请核对时间，"
        "或确认是不是另一件申请。",
        en="The return is said to be at {at}, and nobody had left on this application by then, so nothing was changed. "
        "Leaving comes first: check the time, or whether it is another application.",
        at=f"{localtime(at):%Y-%m-%d %H:%M}",
    )
