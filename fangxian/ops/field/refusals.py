"""What the field room says when it takes nothing from a phone."""

from collections.abc import Sequence
from datetime import datetime

from django.utils.timezone import localtime

from fangxian.core.refusal import Refusal


def not_readable(what: str) -> Refusal:
    return Refusal(
        "field.not_readable",
        zh="手机送来的记录读不出来（{what}），没有收下。应是本程序的外勤应用写下的记录；记录还在手机里，请更新应用后再送，"
        "仍不行就照手机上显示的内容在电脑上补录。",
        en="What the phone sent cannot be read ({what}), so it was not taken. It should be as this program's field app "
        "writes it. The record is still on the phone: update the app and send again, or enter what it shows at a desk.",
        what=what,
    )


def too_many(found: int, most: int) -> Refusal:
    return Refusal(
        "field.too_many",
        zh="一次送来了 {found} 条记录，没有收下；一次最多收 {most} 条。请分几次送（应用会自己分）。",
        en="{found} records were sent at once, so none was taken; at most {most} are. Send them in parts, as the app "
        "does by itself.",
        found=found,
        most=most,
    )


def not_in_order() -> Refusal:
    return Refusal(
        "field.not_in_order",
        zh="一次送来的记录编号不是从小到大，或有重复，没有收下。记录应按记下的先后送；请更新外勤应用后再送。",
        en="The numbers of the records sent do not rise, so none was taken. They are to be sent in the order in which "
        "they were written: update the field app and send again.",
    )


def app_is_old(protocol: object, spoken: Sequence[int]) -> Refusal:
    return Refusal(
        "field.app_old",
        zh="这部手机上的外勤应用说的是第 {protocol} 版协议，服务器现在只懂第 {spoken} 版，没有收下。记录都还在手机里。"
        "请连着网刷新本页（或关掉再打开）换成新版，然后自动再送。",
        en="The field app on this phone speaks version {protocol} and the server only {spoken}, so nothing was taken. "
        "All records are still on the phone. Reload the page while online, or close and open it, to get the new app; "
        "then they are sent by themselves.",
        protocol=str(protocol)[:12],
        spoken=", ".join(map(str, spoken)),
    )


def device_unknown() -> Refusal:
    return Refusal(
        "field.device_unknown",
        zh="服务器不认识这部手机，没有收下。可能是登记满期已清除，或没有在本县登记过。请在 /field 用自己的账号重新登记"
        "这部手机；没送出的记录还在，登记后自动再送。",
        en="The server does not know this phone, so nothing was taken: its enrolment may have ended, or is another "
        "county's. Sign in at /field and enrol the phone again; what was not sent is still here and is sent then.",
    )


def device_ended(ended_at: datetime) -> Refusal:
    return Refusal(
        "field.device_ended",
        zh="这部手机的登记在 {at} 到期了，没有收下。请登录后打开外勤应用，在「这部手机」里续期；没送出的记录还在，"
        "续期后自动再送。",
        en="The enrolment of this phone ended at {at}, so nothing was taken. Sign in, open the field app and "
        "renew it under “This phone”; what was not sent is still here and is sent then.",
        at=f"{localtime(ended_at):%Y-%m-%d %H:%M}",
    )


def device_cut_off(cut_off_at: datetime) -> Refusal:
    return Refusal(
        "field.cut_off",
        zh="这部手机在 {at} 被停用，里面的资料已清除。停用的手机不能再送记录；找回来的，请登录后重新登记。",
        en="This phone was cut off at {at} and what it held is erased. A phone that is cut off can send nothing; if it "
        "was found again, sign in and enrol it anew.",
        at=f"{localtime(cut_off_at):%Y-%m-%d %H:%M}",
    )


def account_over() -> Refusal:
    return Refusal(
        "field.account_over",
        zh="这部手机所用的账号已停用，或须先改密码，没有收下。请联系开立账号的人；没送出的记录还在手机里。",
        en="The account of this phone is closed, or must first change its password, so nothing was taken. Ask whoever "
        "opened it; what was not sent is still on the phone.",
    )


def not_yours_to_cut_off() -> Refusal:
    return Refusal(
        "field.device.not_yours",
        zh="这部手机不在您名下，您也不是安全管理员，没有停用。只有本人和安全管理员能停用；请找其中一位。",
        en="This phone is not yours and you are no security administrator, so it was not cut off. Only its holder and "
        "a security administrator can: ask one of them.",
    )


def number_taken(number: int) -> Refusal:
    return Refusal(
        "field.number_taken",
        zh="第 {number} 条记录早已收下过，内容和这次的不一样，这次的没有收。一个编号只记一件事；请在手机上照它说的重新"
        "记一条，再把这条去掉。",
        en="Record {number} was taken before with other content, so this one was not. One number is one record: record "
        "anew on the phone what it says, and take this one away.",
        number=number,
    )


def kind_unknown(kind: str) -> Refusal:
    return Refusal(
        "field.kind_unknown",
        zh="服务器不认识「{kind}」这类记录，没有收下。可能应用比服务器新；请等服务器更新后再送，或在电脑上补录。",
        en="The server knows no records of the kind “{kind}”, so it was not taken. The app may be newer than the "
        "server: send it again once that is updated, or enter it at a desk.",
        kind=kind,
    )


def body_wrong(kind: str, what: str) -> Refusal:
    return Refusal(
        "field.body_wrong",
        zh="这条「{kind}」记录缺「{what}」，或写得不对，没有收下。请在手机上打开它，改正后重新记一条。",
        en="“{what}” of this record of the kind “{kind}” is missing or wrong, so it was not taken. Open it on the "
        "phone and record it anew, corrected.",
        kind=kind,
        what=what,
    )
