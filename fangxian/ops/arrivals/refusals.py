"""What the arrivals room says no to."""

from datetime import date, datetime

from django.utils.timezone import localtime

from fangxian.core.refusal import Refusal


def minute(at: datetime) -> str:
    return f"{localtime(at):%Y-%m-%d %H:%M}"


def unknown() -> Refusal:
    return Refusal(
        "arrivals.unknown.not_found",
        zh="没有这条落地申报，可能已按期清除。应是在册的申报；请回到申报列表重新打开。",
        en="There is no such declaration of an arrival; it may have been erased at its term. Open the list of arrivals "
        "and choose one that is on record.",
    )


def not_yours() -> Refusal:
    return Refusal(
        "arrivals.one.not_yours",
        zh="这条落地申报不在您的权限里，没有打开，也没有显示任何内容。您可以看自己、自己那一户和自己辖区的申报；工作需要的，"
        "请联系负责那里的网格员。",
        en="This declaration is not yours to open, and nothing of it was shown. You can see your own, your household's "
        "and those of your area: if your work needs this one, ask the grid worker there.",
    )


def cancelled(at: datetime) -> Refusal:
    return Refusal(
        "arrivals.cancelled_already",
        zh="这条申报已在 {at} 撤销，没有改动。撤销后不能再改；来了本县的，请重新申报一次。",
        en="This declaration was cancelled at {at}, so nothing was changed. A cancelled one stays as it is: if the "
        "person did come, declare again.",
        at=minute(at),
    )


def declared_already(arrives_at: datetime) -> Refusal:
    return Refusal(
        "arrivals.declared_already",
        zh="这个人 {at} 到达已经申报过，没有再记一次。一次到达只记一条；要改内容，请打开那条申报更正。",
        en="An arrival of this person at {at} is on record, so it was not recorded again. One arrival is one record: "
        "open it and correct what is wrong.",
        at=minute(arrives_at),
    )


def landed_already(arrives_at: datetime) -> Refusal:
    return Refusal(
        "arrivals.landed_already",
        zh="这个人已在 {at} 落地，到达时间不能改到将来，没有更正。到达应是已经过去的时间；"
        "弄错了人的，请撤销这条再重新申报。",
        en="This person landed at {at}, so the arrival cannot be moved into the future, and nothing was corrected. It "
        "should be a time that has passed: if it was somebody else, cancel this one and declare anew.",
        at=minute(arrives_at),
    )


def corrected_today(next_on: date) -> Refusal:
    return Refusal(
        "arrivals.corrected_today",
        zh="今天已经自行更正过一次，这次没有改。自己每天可更正一次，{next} 起可以再改；今天急着改，请打电话给网格员，"
        "由网格员更正。",
        en="You have corrected this today already, so nothing was changed. One may do so once a day, again from "
        "{next}: if it cannot wait, call the grid worker, who may correct it now.",
        next=next_on.isoformat(),
    )


def no_correction() -> Refusal:
    return Refusal(
        "arrivals.correction.not_found",
        zh="没有这条等核实的更正，可能已按期清除，也可能不归您核实，没有改动。应是您辖区里等核实的，或您自己报的；"
        "请回到那条申报重新打开。",
        en="There is no such correction, or it is not yours to answer; it may have been erased at its term. Nothing "
        "was changed. It should be one of your area that waits, or your own: open the declaration again.",
    )


def correction_answered(at: datetime) -> Refusal:
    return Refusal(
        "arrivals.correction_answered",
        zh="这条更正已在 {at} 处理过，没有再改。一条只答复一次；还有要改的，请在那条申报上更正。",
        en="This correction was answered at {at}, so nothing was changed. It is answered once: what is still wrong is "
        "corrected on the declaration.",
        at=minute(at),
    )


def own_correction() -> Refusal:
    return Refusal(
        "arrivals.correction_by_yourself",
        zh="这条更正是您自己报的，不能由您核实，没有改动。报的人和核实的人应是两个人；请让同一网格或村里的另一位核实。",
        en="You said this correction yourself, so you cannot confirm it, and nothing was changed. Whoever says and "
        "whoever confirms should be two people: have a colleague of the cell or village confirm it.",
    )


def cancel_asked() -> Refusal:
    return Refusal(
        "arrivals.cancel_asked",
        zh="人已经到了，按规则还有要做的，本人不能自己撤销，没有改动。撤销应由核实过的人来做；"
        "报错了的，请打电话给网格员；只是写错的，可以更正。",
        en="The person is here and the rules ask something of them, so one cannot cancel it for oneself, and nothing "
        "was changed. Somebody who has asked should: call the grid worker if it is a mistake, or correct what is "
        "wrong.",
    )


def no_reason(what: str, what_en: str) -> Refusal:
    return Refusal(
        "arrivals.no_reason",
        zh="没有写明{what}的原因，没有改动。以后查起来要看为什么；请补上一句。",
        en="No reason was given for {what_en}, so nothing was changed. Whoever looks into it later must see why: add a "
        "sentence.",
        what=what,
        what_en=what_en,
    )


def no_undertaking() -> Refusal:
    return Refusal(
        "arrivals.no_undertaking",
        zh="按现行规则，这次到达不需要签承诺书，没有签。只有规则要求时才签；请回到申报页。",
        en="The rules ask for no undertaking for this arrival, so none was signed. It is signed only where a rule asks "
        "for it: go back to the declaration.",
    )


def no_name() -> Refusal:
    return Refusal(
        "arrivals.no_name",
        zh="没有写姓名，承诺书没有签。签名要写本人或代签人的姓名；请写上姓名再签。",
        en="No name was written, so the undertaking was not signed. Sign with the name of the person, or of whoever "
        "signs for them: write it and sign again.",
    )


def no_proposal() -> Refusal:
    return Refusal(
        "arrivals.proposal.not_found",
        zh="没有这条亲友代报，可能已按期清除，也可能不归您核实。应是本人收到的，或您辖区里等核实的；请回到列表重新打开。",
        en="There is no such report by a relative, or it is not yours to answer; it may have been erased at its term. "
        "It should be one about you, or one of your area: open the list and choose it again.",
    )


def proposal_answered(at: datetime) -> Refusal:
    return Refusal(
        "arrivals.proposal_answered",
        zh="这条亲友代报已在 {at} 处理过，没有再改。一条只答复一次；人确实来了的，请直接落地申报。",
        en="This report by a relative was answered at {at}, so nothing was changed. It is answered once: if the person "
        "did come, declare the arrival itself.",
        at=minute(at),
    )


def proposals_today(most: int) -> Refusal:
    return Refusal(
        "arrivals.proposals_today",
        zh="24 小时内已经替 {most} 个别户的人报过，这次没有收。一个账号每 24 小时最多报 {most} 人；"
        "人多的请告诉网格员，由网格员登记。",
        en="Within 24 hours you have told of {most} people of other households, so this was not taken. One account may "
        "tell of {most}: if there are more, tell the grid worker, who will put them on record.",
        most=most,
    )


def tail_too_short(least: int) -> Refusal:
    return Refusal(
        "arrivals.proposal_number",
        zh="号码写得不对，没有收。应写证件号码或手机号的后 {least} 位以上，只有数字和字母；知道全部的请写全，"
        "网格员找人更快。",
        en="This is no number, so nothing was taken. Write the last {least} or more digits of the document or phone, "
        "digits and letters only: all of it, if you know it, for the grid worker finds them sooner.",
        least=least,
    )


def own_household(name: str) -> Refusal:
    return Refusal(
        "arrivals.proposal_own_household",
        zh="{name} 是您自己户里的人，没有按亲友代报收。自己户里的人由您直接申报，马上生效；"
        "请回到来返申报，勾选这个人。",
        en="{name} is of your own household, so this was not taken as a report of somebody else. You declare for your "
        "household yourself, and it counts at once: go back to declaring an arrival and tick the name.",
        name=name,
    )


def own_proposal() -> Refusal:
    return Refusal(
        "arrivals.proposal_by_yourself",
        zh="这条代报是您自己报的，不能由您核实，没有改动。报的人和核实的人应是两个人；请让同一网格或村里的另一位核实。",
        en="You told of this arrival yourself, so you cannot confirm it, and nothing was changed. Whoever tells and "
        "whoever confirms should be two people: have a colleague of the cell or village confirm it.",
    )
