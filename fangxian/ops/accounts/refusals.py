"""What the accounts room says when it will not."""

from collections.abc import Sequence
from datetime import datetime

from fangxian.core.refusal import Refusal, Said

from .roles import Permission, Role


class Names:
    """Several names in one sentence: `{names:zh}` or `{names:en}`."""

    def __init__(self, names: Sequence[Said]) -> None:
        self._names = names

    def __format__(self, language: str) -> str:
        parting = ", " if language == "en" else "、"
        return parting.join(name.in_language(language or "zh") for name in self._names)


def not_yours(what: Permission, area_path: str | None, areas: Sequence[str]) -> Refusal:
    own = [Said(area, area) for area in areas] or [Said("无", "none")]
    return Refusal(
        "accounts.not_yours",
        zh="您的账号不能在{area:zh}办理“{what:zh}”。您有此权限的辖区：{areas:zh}。请回到自己的辖区，"
        "或联系负责该处的同事；需要新的权限，请联系安全管理员。",
        en="Your account may not {what:en} {area:en}. Areas in which it may: {areas:en}. Go back to your own area or "
        "ask whoever is responsible there; if you need more, ask the security administrator.",
        area=Names([Said(area_path, f"in {area_path}") if area_path else Said("这里", "here")]),
        what=what,
        areas=Names(own),
    )


def account_not_found() -> Refusal:
    return Refusal(
        "accounts.account.not_found",
        zh="没有这个账号，或这项任命。地址由系统给出；请从“账号与任命”里按用户名或角色查找。",
        en="There is no such account or appointment. Its address is given by the system: find it under “Accounts” by "
        "username or role.",
    )


def account_not_yours(username: str) -> Refusal:
    return Refusal(
        "accounts.account.not_yours",
        zh="账号 {username} 不在您的辖区里，没有打开。您可以查看本单位和自己辖区的账号；"
        "如果工作需要，请联系安全管理员。",
        en="The account {username} is not in your area, so it was not opened. You can see the accounts of your own "
        "unit and area: if your work needs this one, ask the security administrator.",
        username=username,
    )


def no_reason() -> Refusal:
    return Refusal(
        "accounts.no_reason",
        zh="没有写明理由，未作决定。不同意一项任命须写明理由，提出的人会看到；请补上理由。",
        en="No reason is given, so nothing was decided. Whoever declines an appointment says why, and its proposer "
        "reads it: add the reason.",
    )


def not_allowed(what: Permission) -> Refusal:
    return Refusal(
        "accounts.not_allowed",
        zh="您的账号没有“{what:zh}”的权限，没有改动任何账号。请由有此权限的人（通常是安全管理员）办理。",
        en="Your account may not {what:en}, and no account was changed. Let somebody do it who may: as a rule the "
        "security administrator.",
        what=what,
    )


def username_unfit(name: str) -> Refusal:
    return Refusal(
        "accounts.username_unfit",
        zh="用户名“{name}”不能用。用户名是岗位而不是姓名或电话：小写字母开头，只含小写字母、数字和单个连字符，"
        "最多 50 个字符，例如 grid-141027100001001。请换一个。",
        en="The username “{name}” cannot be used. A username is a post, not a name or a phone: it begins with a "
        "small letter "
        "and has small letters, digits and single hyphens only, 50 characters at most, such as grid-141027100001001. "
        "Choose another.",
        name=name,
    )


def username_taken(name: str) -> Refusal:
    return Refusal(
        "accounts.username_taken",
        zh="用户名“{name}”已有账号使用，或在这一批里出现两次。每个用户名只属于一个账号；请换一个，这一批尚未开立。",
        en="The username “{name}” belongs to an account already, or stands twice in this batch. A username is one "
        "account's: choose another; nothing of this batch was opened.",
        name=name,
    )


def own_verification() -> Refusal:
    return Refusal(
        "accounts.own_verification",
        zh="您不能核验自己的身份。身份须由另一个人当面核对证件后确认；请找另一位有此权限的同事。",
        en="You cannot verify yourself. Somebody else confirms who you are after seeing your papers: ask another "
        "colleague who may.",
    )


def not_verified_yourself() -> Refusal:
    return Refusal(
        "accounts.not_verified_yourself",
        zh="您自己的身份尚未核验，不能核验别人，也不能提出或确认审批人员和三员的任命。请先由另一位同事核验您的身份。",
        en="Your own identity has not been verified, so you can neither verify others nor propose or confirm who "
        "approves or administers. Have another colleague verify it first.",
    )


def opened_it_yourself(username: str) -> Refusal:
    return Refusal(
        "accounts.opened_it_yourself",
        zh="账号 {username} 是您开立的，或由您设过密码，不能再由您核验本人或确认任命。这两件事须由另一个人办理；"
        "请找另一位有此权限的同事。",
        en="You opened the account {username} or set its password, so it is not you who verifies its person or "
        "confirms its appointments. Another person does: ask a colleague who may.",
        username=username,
    )


def identity_missing(username: str) -> Refusal:
    return Refusal(
        "accounts.identity_missing",
        zh="账号 {username} 没有填写核验时所看证件的号码，没有核验。号码用来确认两个账号是否同一个人；请填上再核验。",
        en="No number of the document seen was given for the account {username}, so nothing was verified. It tells "
        "whether two accounts are one person's: enter it and verify again.",
        username=username,
    )


def not_verified(username: str) -> Refusal:
    return Refusal(
        "accounts.not_verified",
        zh="账号 {username} 的身份尚未核验，不能任命为审批人员或三员。请先由另一个人核验，再任命。",
        en="The person of the account {username} has not been verified, so it cannot be appointed to approve or to "
        "administer. Have another person verify it, then appoint.",
        username=username,
    )


def person_unknown(username: str) -> Refusal:
    return Refusal(
        "accounts.person_unknown",
        zh="账号 {username} 核验时没有登记证件号码，分不清它和别的账号是不是同一个人，不能任命为审批人员或三员。"
        "请由另一个人持其证件重新核验，再任命。",
        en="The account {username} was verified without a document on record, so it cannot be told from another "
        "account of the same person, and it cannot be appointed to approve or to administer. Have another person "
        "verify it again with its papers, then appoint.",
        username=username,
    )


def verified_it_yourself(username: str) -> Refusal:
    return Refusal(
        "accounts.verified_it_yourself",
        zh="账号 {username} 是您核验的，不能再由您提出任命。开户、核验、任命须由不同的人办理；请由另一位同事提出。",
        en="You verified the account {username}, so it is not you who proposes its appointment. Opening, verifying and "
        "appointing are done by different people: let a colleague propose it.",
        username=username,
    )


def proposed_it_yourself() -> Refusal:
    return Refusal(
        "accounts.proposed_it_yourself",
        zh="这项任命是您提出的，不能由您确认。审批人员和三员的任命须两个人；请由另一位安全管理员，"
        "或另一单位有审批权的人确认。",
        en="You proposed this appointment, so you cannot confirm it. Appointing who approves or administers "
        "takes two people: let another security administrator, or an approver of another unit, do it.",
    )


def nothing_to_confirm() -> Refusal:
    return Refusal(
        "accounts.nothing_to_confirm",
        zh="这项任命没有待确认：它已确认、已免去，或本来不需要确认。没有改动；请从待确认的任命里重新打开。",
        en="This appointment awaits no confirmation: it is confirmed, ended, or never needed one. Nothing was changed: "
        "open it again from those that wait.",
    )


def own_appointment() -> Refusal:
    return Refusal(
        "accounts.own_appointment",
        zh="您不能任命自己。任命须由另一个有权的人作出；请找另一位安全管理员，或由上级在服务器上办理。",
        en="You cannot appoint yourself. Another person who may has to do it: ask another security administrator, or "
        "have it done at the server's console.",
    )


def own_unit() -> Refusal:
    return Refusal(
        "accounts.own_unit",
        zh="您不能更改自己所属的单位：它决定您可以参与哪些审批。请由另一位有此权限的同事办理。",
        en="You cannot change your own unit: it decides in which approvals you may take part. Ask another colleague "
        "who may.",
    )


def may_not_appoint(role: Role, area_path: str, by_roles: Sequence[Role]) -> Refusal:
    names = [one.said for one in by_roles]
    return Refusal(
        "accounts.may_not_appoint",
        zh="您不能任命或免去 {area} 的“{role:zh}”。这由辖区包含该处的下列角色办理：{names:zh}。请联系他们。",
        en="You may not appoint or dismiss a {role:en} for {area}. That is done by these roles, where their area "
        "holds "
        "it: {names:en}. Ask one of them.",
        role=role,
        area=area_path or "—",
        names=Names(names),
    )


def role_unknown(name: str) -> Refusal:
    return Refusal(
        "accounts.role_unknown",
        zh="没有名为“{name}”的角色，没有作出任命。可用的角色见 docs/reference/roles.md；请从中选择。",
        en="There is no role “{name}”, and nobody was appointed. docs/reference/roles.md lists the roles: choose one.",
        name=name,
    )


def area_unfit(role: Role, area_path: str, digits: int) -> Refusal:
    return Refusal(
        "accounts.area_unfit",
        zh="“{role:zh}”的任命写的区域是“{area}”，应为 {digits} 位区划编号（县 6、乡镇 9、村 12、网格 15；"
        "场所类角色另须指明场所，居民不填）。请改正后再任命。",
        en="The appointment of a {role:en} is for “{area}”; it should be an area of {digits} digits (county 6, "
        "township 9, "
        "village 12, grid 15; a role at a venue names the venue too, a resident names no area). Mend it and appoint "
        "again.",
        role=role,
        area=area_path or "—",
        digits=digits,
    )


def appointment_period(begins_at: datetime, ends_at: datetime) -> Refusal:
    return Refusal(
        "accounts.appointment_period",
        zh="任命从 {begins} 开始，却在 {ends} 结束。结束应晚于开始，不定期的任命不填结束；请改正。",
        en="The appointment begins {begins} and ends {ends}. The end comes after the beginning, or is left out: "
        "mend it.",
        begins=begins_at.isoformat(" ", "minutes"),
        ends=ends_at.isoformat(" ", "minutes"),
    )


def closed(username: str) -> Refusal:
    return Refusal(
        "accounts.closed",
        zh="账号 {username} 已经停用。停用的账号不能再任命或设密码；请为接任的人另开账号。",
        en="The account {username} is closed. A closed account cannot be appointed or given a password: open another "
        "for whoever takes over.",
        username=username,
    )


def already_appointed(username: str, role: Role, area_path: str) -> Refusal:
    return Refusal(
        "accounts.already_appointed",
        zh="账号 {username} 在这段时间里已是 {area} 的“{role:zh}”。同一角色、同一区域只任命一次；无需再任命，"
        "或先免去原任命。",
        en="The account {username} is {role:en} for {area} during that time already. One role for one area is given "
        "once: leave it, or dismiss the earlier appointment first.",
        username=username,
        role=role,
        area=area_path or "—",
    )


def administration_apart(username: str, one: Role, two: Role) -> Refusal:
    return Refusal(
        "accounts.administration_apart",
        zh="账号 {username} 不能同时是“{one:zh}”和“{two:zh}”。系统、安全、审计三员须是三个人，且都不参与审批；"
        "请另选一人，或先免去其中一个。",
        en="The account {username} cannot be {one:en} and {two:en} at once. System, security and audit "
        "administration are "
        "three different people, none of whom approves: choose somebody else, or dismiss from one first.",
        username=username,
        one=one,
        two=two,
    )


def administrations_of_one_person(username: str, other: str, one: Role, two: Role) -> Refusal:
    return Refusal(
        "accounts.administrations_of_one_person",
        zh="账号 {username} 和账号 {other} 登记的是同一个人的证件，不能分别是“{one:zh}”和“{two:zh}”。系统、安全、审计"
        "三员须是三个人，且都不参与审批；请另选一人，或先免去其中一个。",
        en="The accounts {username} and {other} are one person's by the document on record, and cannot be {one:en} and "
        "{two:en}. System, security and audit administration are three different people, none of whom approves: "
        "choose somebody else, or dismiss from one first.",
        username=username,
        other=other,
        one=one,
        two=two,
    )


def last_security_administrator() -> Refusal:
    return Refusal(
        "accounts.last_security_administrator",
        zh="这样一来就没有安全管理员了，没有作出改动。须至少留一位能任命的人；请先任命接任者。",
        en="That would leave no security administrator, so nothing was changed. Somebody must remain who can appoint: "
        "appoint a successor first.",
    )


WEAKNESSES = {
    "password_too_short": Said("少于 10 个字符", "shorter than 10 characters"),
    "password_too_common": Said("太常见", "too common"),
    "password_entirely_numeric": Said("全是数字", "digits only"),
    "password_too_similar": Said("与用户名太像", "too like the username"),
}


def password_weak(codes: Sequence[str]) -> Refusal:
    found = [WEAKNESSES.get(code, Said(code, code)) for code in codes]
    return Refusal(
        "accounts.password_weak",
        zh="这个密码{weak:zh}，没有保存。密码至少 10 个字符，不全是数字，也不与用户名相近；请换一个，"
        "几个不相干的词连起来最好记。",
        en="This password is {weak:en}, and was not kept. It takes 10 characters or more, not digits only, and not "
        "like the "
        "username: choose another; a few unrelated words in a row are easiest to remember.",
        weak=Names(found),
    )


def password_same() -> Refusal:
    return Refusal(
        "accounts.password_same",
        zh="新密码和别人替您设的密码一样，没有保存。设它的人仍然知道它；请换一个只有您知道的密码。",
        en="The new password is the one that somebody else set for you, and was not kept. Whoever set it still knows "
        "it: choose one that only you know.",
    )


def sign_in_failed() -> Refusal:
    return Refusal(
        "accounts.sign_in_failed",
        zh="用户名或密码不对，没有登录。请检查大小写和输入法后再试；多次不成，请联系安全管理员。",
        en="The username or the password is not right, and you are not signed in. Check capitals and the keyboard "
        "and try "
        "again; if it keeps failing, ask the security administrator.",
    )


def too_many_attempts(minutes: int) -> Refusal:
    return Refusal(
        "accounts.too_many",
        zh="尝试登录的次数太多，已暂停。{minutes} 分钟后可以再试；若忘了密码，请联系安全管理员重设。",
        en="There were too many attempts to sign in, so it is on hold. Try again in {minutes} minutes; if you have "
        "forgotten "
        "the password, ask the security administrator to set a new one.",
        minutes=minutes,
    )


def too_many_visitors(most: int) -> Refusal:
    return Refusal(
        "people.visitors_too_many",
        zh="从这个网络一小时内已登记 {most} 个临时身份，达到上限，这次没有登记。请换一个网络（如关掉 WiFi），"
        "或到公路卡口由值守员登记。",
        en="{most} temporary identities were registered from this network within the hour, which is the most, so this "
        "one was not. Use another network (switch Wi-Fi off), or have the keeper of a road post register you.",
        most=most,
    )


def demo_only() -> Refusal:
    return Refusal(
        "accounts.demo_only",
        zh="一键登录只在演示数据域里有，这里不是演示。请用自己的用户名和密码登录。",
        en="Signing in with one click exists in a demo realm only, and this is none. Sign in with your own username "
        "and "
        "password.",
    )


def demo_role_vacant(name: str) -> Refusal:
    return Refusal(
        "accounts.demo_role_vacant",
        zh="演示里没有人担任“{name}”，无法用它登录。请在登录页上选择列出的角色。",
        en="Nobody in the demo is appointed “{name}”, so you cannot sign in as one. Choose a role that the "
        "sign-in page lists.",
        name=name,
    )
