"""What applying, deciding and leaving say no to, beyond what the departures room itself does."""

from collections.abc import Sequence
from datetime import date, datetime

from django.utils.timezone import localtime

from fangxian.core.policy.departures import Requirement
from fangxian.core.refusal import Refusal, Said
from fangxian.ops.departures.words import LEVELS

from .departure_orders import ORDER

CALLED_OFF = Said("本人取消了这次离境", "the person called this departure off")


def not_limited() -> Refusal:
    return Refusal(
        "departures.not_limited",
        zh="现行规则不限制离县，没有提交申请，您可以直接走。只有规则写明离县条件时才需要申请；以后如有变化，会在本页说明。",
        en="The rules in force do not limit leaving the county, so no application was sent: you may simply go. One is "
        "needed only where the rules ask something of leaving; if that changes, this page says so.",
    )


def requirement_unmet(it: Requirement) -> Refusal:
    if it.requirement == ORDER:
        return area_closed(it)
    when = f"最早可以在 {it.earliest} 离境。" if it.earliest else ""
    when_en = f" The earliest day to leave would be {it.earliest}." if it.earliest else ""
    advice = it.advice or Said("请向村（社区）询问。", "Ask the village.")
    return Refusal(
        "departures.requirement_unmet",
        zh="规则 {rule}：{reason}现在不满足，没有办理。{when}{advice}",
        en="Rule {rule}: {reason_en} This is not met now, so it was not done.{when_en} {advice_en}",
        rule=it.rule,
        reason=it.reason.zh,
        reason_en=it.reason.en,
        when=when,
        when_en=when_en,
        advice=advice.zh,
        advice_en=advice.en,
    )


def companion_may_not(names: Sequence[str], it: Requirement) -> Refusal:
    """`names` as whoever stands at the desk may read them: masked."""
    return Refusal(
        "departures.companion_may_not",
        zh="单上有 {n} 名同行人（{who}）现在不能离境（{rule}：{reason}），还没有登记。其余的人可以走：不能走的留下，"
        "按“其余的人先走”；或者都先不走。",
        en="{n} of those who go along ({who}) may not leave now ({rule}: {reason_en}), so nothing was recorded. The "
        "others may: whoever may not stays, and press “The others leave”; or nobody leaves yet.",
        n=len(names),
        who="、".join(names),
        rule=it.rule,
        reason=it.reason.zh.rstrip("。"),
        reason_en=it.reason.en.rstrip("."),
    )


def companion_unmet(names: Sequence[str], it: Requirement) -> Refusal:
    """`names` as whoever decides may read them: masked."""
    return Refusal(
        "departures.companion_unmet",
        zh="同行人 {who} 现在不能离境（{rule}：{reason}），这件没有办。其余的人可以走：打开这件申请，"
        "按“同意：不能走的留下”；或者写明理由，不同意。",
        en="Of those who go along {who} may not leave now ({rule}: {reason_en}), so this one was not decided. The "
        "others may: open it and press “Agree: who may not leave stays”, or refuse it with a reason.",
        who="、".join(names),
        rule=it.rule,
        reason=it.reason.zh.rstrip("。"),
        reason_en=it.reason.en.rstrip("."),
    )


def fever_on_permit() -> Refusal:
    return Refusal(
        "departures.fever_on_permit",
        zh="同一张通行单上有人发热，还没有登记离境。没有发热的才能走：把发热的人带到临时观察处，其他人再扫一次通行单。",
        en="Somebody on the same permit has a fever, so nobody was recorded as leaving. Those without one may go: lead "
        "whoever has it to the waiting area, then scan the permit of the others again.",
    )


def fever_held() -> Refusal:
    return Refusal(
        "departures.fever_held",
        zh="本人（或单上的申请人）一天内在值守点、门岗量到发热，或正在值守点应急处置，还没有登记离境。应先在临时观察处按流程"
        "处置；复测正常并办结，或医院发热门诊排除以后，再扫一次通行单。去就医的不拦：勾“急着去就医”。",
        en="They, or whoever applied, had a fever at a post or a door within a day, or are on the emergency path of a "
        "post, so nobody was recorded as leaving. The waiting area and its steps come first: once the temperature is "
        "normal when taken again and the path has ended, or a fever clinic has cleared them, scan the permit again. "
        "Nobody on the way to a doctor is held: tick that.",
    )


def area_closed(it: Requirement) -> Refusal:
    advice = it.advice or Said("请向村（社区）询问。", "Ask the village.")
    return Refusal(
        "departures.area_closed",
        zh="{reason}命令有效期间不能离开，没有办理。按命令的期限，最早 {day} 可以离境。{advice}",
        en="{reason_en} Nobody leaves while the order holds, so it was not done. As it stands, the earliest day to "
        "leave would be {day}. {advice_en}",
        reason=it.reason.zh,
        reason_en=it.reason.en,
        day=it.earliest,
        advice=advice.zh,
        advice_en=advice.en,
    )


def unknown_person() -> Refusal:
    return Refusal(
        "departures.person.not_found",
        zh="名册上没有这个人，没有提交。离境申请是为在册居民办的；请先在村（社区）登记，或核对是不是打开了别人的页面。",
        en="This person is not on the register, so nothing was sent. Departures are applied for by residents on "
        "record: have the village register them first, or check whose page this is.",
    )


def not_resident() -> Refusal:
    return Refusal(
        "departures.not_resident",
        zh="您是登记的过往人员，没有提交申请。离境申请只对本县居民；过往人员离开不用申请，出示过往码即可。",
        en="You are on record as passing through, so no application was sent. Residents apply for leaving; whoever "
        "passes through need not and shows the visitor's code.",
    )


def no_destination(found: str) -> Refusal:
    return Refusal(
        "departures.no_destination",
        zh="没有确定去哪个县（市、区）（现在是“{found}”），没有提交。应选定一个县级地方，写旧名或旧代码也可以；"
        "请输入地名后从找到的里面选。",
        en="It is not clear to which county (it reads “{found}”), so nothing was sent. It should be one county, also "
        "by "
        "a name or code it had before: type the place and choose from what is found.",
        found=found[:20] or "—",
    )


def not_away(name: str) -> Refusal:
    return Refusal(
        "departures.not_away",
        zh="去向写的是{name}，就是本县，没有提交。在县内走动不用申请；要出县，请选县外的地方。",
        en="The destination is {name}, which is this county, so nothing was sent. Going about within it takes no "
        "application: to leave it, choose a place outside.",
        name=name,
    )


def no_purpose() -> Refusal:
    return Refusal(
        "departures.no_purpose",
        zh="没有写事由，没有提交。应选一类事由，并用一句话写明，审批的人据此判断；请补上。",
        en="No purpose is given, so nothing was sent. Choose a kind and say it in a sentence, since whoever decides "
        "goes by it: add it.",
    )


def leaves_when(found: date | None, first: date, last: date) -> Refusal:
    return Refusal(
        "departures.leaves_when",
        zh="离境日期写的是 {found}，没有提交。应在 {first} 到 {last} 之间；请核对，更远的日子到时再申请。",
        en="The day of leaving is {found}, so nothing was sent. It should lie between {first} and {last}: check it, "
        "and apply nearer to the day if it is later.",
        found=found.isoformat() if found else "—",
        first=first.isoformat(),
        last=last.isoformat(),
    )


def returns_when(found: date, leaves_on: date, latest: date) -> Refusal:
    return Refusal(
        "departures.returns_when",
        zh="返回日期写的是 {found}，没有提交。应在离境日 {leaves} 当天或以后，最晚 {latest}；请核对，"
        "不打算返回的可以留空。",
        en="The day of return is {found}, so nothing was sent. It should be {leaves}, the day of leaving, or later, "
        "until {latest}: check it, or leave it empty if you do not mean to come back.",
        found=found.isoformat(),
        leaves=leaves_on.isoformat(),
        latest=latest.isoformat(),
    )


def not_a_companion(age: int) -> Refusal:
    return Refusal(
        "departures.companion.not_yours",
        zh="同行人里有人不能写在您的申请上，没有提交。可以带的是同一户里不满 {age} 岁的，和没有手机的；"
        "其他人请各自申请。",
        en="Somebody named as going along cannot be on your application, so nothing was sent. You may take members of "
        "your household under {age}, and those without a phone: others apply themselves.",
        age=age,
    )


def not_your_level(level: str) -> Refusal:
    said = LEVELS[level]
    return Refusal(
        "departures.level.not_yours",
        zh="这件申请现在由{level}审批，您没有那里这一级的任命，没有办。应由申请人所在地这一级的审批员办；请让他们办，"
        "或联系安全管理员。",
        en="This application is with the {level_en} now, and you hold no appointment of that level there, so nothing "
        "was decided. The approver of that level where the person lives decides: leave it to them, or ask the security "
        "administrator.",
        level=said.zh,
        level_en=said.en,
    )


def entered_by_you() -> Refusal:
    return Refusal(
        "departures.entered_by_you",
        zh="这件申请是您填报的，您不能审批。填报和审批应是两个人；请由这一级的另一位同事办，没有别人的由上一级办。",
        en="You entered this application, so you cannot decide on it. Entering and deciding are two people's work: "
        "leave it to a colleague of this level, or where there is none to the level above.",
    )


def decided_before() -> Refusal:
    return Refusal(
        "departures.decided_before",
        zh="这件申请您已经在前面一步审批过，不能再审批这一步。每一级应由不同的人办；请由这一级的另一位同事办，"
        "没有别人的由上一级办。",
        en="You decided on this application at a step before, so you cannot at this one. Each level is another "
        "person: leave it to a colleague of this level, or where there is none to the level above.",
    )


def permit_withdrawn(at: datetime | None, why: str) -> Refusal:
    return Refusal(
        "departures.permit_withdrawn",
        zh="这张通行单 {at} 已撤销（{why}），不能据此离境。应持有效的通行单；请本人在手机上看原因，"
        "情况变了可以重新申请。",
        en="This permit was withdrawn on {at} ({why}) and lets nobody leave. It takes one in force: have the person "
        "look "
        "up why, and apply again if things have changed.",
        at=f"{localtime(at):%Y-%m-%d %H:%M}" if at else "—",
        why=why,
    )


def permit_wrong_day(found: datetime, first: date, last: date) -> Refusal:
    return Refusal(
        "departures.permit_wrong_day",
        zh="这张通行单的离境有效期是 {first} 到 {last}，现在是 {found}，不能据此离境。请在有效期内离境，"
        "或改日期重新申请。",
        en="This permit is for leaving from {first} to {last}, and it is {found} now, so it lets nobody leave. Leave "
        "within those days, or apply again for another.",
        first=first.isoformat(),
        last=last.isoformat(),
        found=f"{localtime(found):%Y-%m-%d %H:%M}",
    )


def permit_of_another(number: str) -> Refusal:
    return Refusal(
        "departures.permit_of_another",
        zh="通行单 {number} 上没有这个人，不能据此离境。通行单只供单上写明的人使用；请核对证件，"
        "本人没有申请的请当场申请。",
        en="Permit {number} does not name this person, so it does not let them leave. It is for those written on it: "
        "compare the document, and have whoever has none apply on the spot.",
        number=number,
    )


def not_a_permit(number: str) -> Refusal:
    return Refusal(
        "departures.not_a_permit",
        zh="这份文书（{number}）是真的，但不是离境通行单，不能据此离境。请出示离境通行单上的二维码。",
        en="This paper ({number}) is genuine but no permit to leave, so it lets nobody leave. Show the QR code of the "
        "permit.",
        number=number,
    )


def permit_unknown(number: str) -> Refusal:
    return Refusal(
        "departures.permit_unknown",
        zh="签名属于本县，但登记簿里没有 {number}，可能已按期清除，不能据此离境。应是登记簿上有的通行单；"
        "请联系县指挥部核对。",
        en="The signature is this county's, but {number} is not on its register: it may have been erased at its term, "
        "so it lets nobody leave. Ask the county's headquarters.",
        number=number,
    )


def not_called_emergency() -> Refusal:
    return Refusal(
        "departures.emergency_without_words",
        zh="没有写去哪里、什么急症，没有登记。人可以先走，不要拦；请补一句登记，如“胸痛，去临汾市人民医院”。",
        en="It does not say where to and what for, so nothing was recorded. Let them go at once, and do not hold them "
        "up; then add a sentence such as “chest pain, to the hospital in Linfen”.",
    )
