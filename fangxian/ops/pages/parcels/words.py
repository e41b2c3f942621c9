"""The words of tracing parcels: states, and the signs by which somebody was matched."""

from collections.abc import Iterable

from fangxian.core.refusal import Said
from fangxian.ops.pages.words import joined

STATES = {
    "matched": Said("已对上", "matched"),
    "ambiguous": Said("待人工判断", "to be decided"),
    "unmatched": Said("没对上", "unmatched"),
}
TRACED = {
    "found": Said("待判定", "to be confirmed"),
    "confirmed": Said("已判定，待检测", "confirmed, to be tested"),
    "set_aside": Said("已排除", "set aside"),
    "released": Said("已解除", "released"),
}
TESTED = {
    "": Said("还没有检测", "not tested yet"),
    "negative": Said("阴性", "negative"),
    "positive": Said("阳性", "positive"),
    "unclear": Said("不明，须复检", "unclear, to be repeated"),
}
HOW = {
    "received": Said("收了快递", "received one"),
    "sent": Said("寄了快递", "sent one"),
    "touched": Said("搬过、拆过或碰过快递", "carried, opened or touched one"),
}
PEOPLE = {
    "found": Said("待判定的人", "People to be confirmed"),
    "confirmed": Said("已判定、待检测的人", "People confirmed, to be tested"),
    "untested": Said("判定后还没有检测的人", "People not tested since they were confirmed"),
    "released": Said("已解除的人", "People released"),
    "set_aside": Said("已排除的人", "People set aside"),
    "couriers": Said("网点从业人员", "Staff of the depot"),
    "": Said("找到的人", "People found"),
}
WAYBILLS = {
    "matched": Said("已对上的运单", "Waybills matched"),
    "ambiguous": Said("待人工判断的运单", "Waybills to be decided"),
    "unmatched": Said("没对上的运单", "Waybills unmatched"),
    "": Said("全部运单", "All waybills"),
}
DONE = {
    "opened": Said("追查已开始。下一步：上传这个网点的运单清单。", "The trace is open. Next: upload the depot's list."),
    "confirmed": Said(
        "已判定并派单：网格员会上门告知、督促检测。", "Confirmed: grid workers will tell them and see to the test."
    ),
    "confirming": Said(
        "正在后台判定并派单，本页会自己更新。",
        "They are being confirmed in the background; this page follows by itself.",
    ),
    "set_aside": Said(
        "已排除，转过的码已恢复，任务已取消。", "Set aside: their codes are back and their tasks cancelled."
    ),
    "couriers": Said("已下达：转运和采样任务已派出。", "Ordered: tasks to take and to sample them are out."),
    "couriers_again": Said(
        "在册的从业人员都已安排过，没有新派任务。", "All staff on record were ordered before: there are no new tasks."
    ),
    "settled": Said(
        "已记下，以后写法相同的运单都照此办理。", "Noted: whoever is written so from now on is taken for the same."
    ),
    "reopened": Said("已撤销，这种写法重新列入待判断。", "Undone: that way of writing waits to be decided again."),
    "closed": Said("追查已结束，记录保留。", "The trace is closed; what it found stays."),
    "declared": Said("已申报，谢谢。", "Declared. Thank you."),
    "again": Said("这一件您已经申报过，不用再报。", "You have declared this one already; nothing more is needed."),
}


def confirmed_said(job) -> Said:
    """What came of confirming everybody in the background, once that is over."""
    if job.state != "done":
        return Said(
            f"没有全部判定完：{job.said_zh or job.error}。已判定的不受影响；请再按一次“全部判定并派单”，接着办剩下的。",
            f"Not all were confirmed: {job.said_en or job.error}. Those who were stay so; press “Confirm all and open "
            "tasks” once more for the others.",
        )
    told = job.result or {}
    n, n_left = told.get("n_persons", 0), told.get("n_left_for_a_colleague", 0)
    confirmed = Said(f"已判定 {n:,} 人，任务已派出。", f"Confirmed and given tasks: {n:,}.")
    if not n_left:
        return confirmed
    return Said(
        f"{confirmed.zh}另有 {n_left:,} 人是您本人或与您同住，留给同事判定。",
        f"{confirmed.en} Left for a colleague, being yourself or of your household: {n_left:,}.",
    )


# Why somebody was matched: of what, and how it came out. {n}: how many on the register it fits.
SIGNS = {
    ("phone", "own"): Said("手机号就是本人的", "the phone is their own"),
    ("phone", "masked"): Said(
        "手机号露出的几位相符（全县 {n} 人）", "the digits left of the phone fit ({n} in the county)"
    ),
    ("phone", "household"): Said("手机号是同住家人的", "the phone is of one they live with"),
    ("phone", "households_only"): Said("本人没有手机，号码是家人的", "they have no phone; it is their family's"),
    ("phone", "somebody_elses"): Said("手机号是别人的", "the phone is somebody else's"),
    ("phone", "other"): Said("手机号与册上不同", "another phone than on record"),
    ("phone", "has_none"): Said("册上没有本人手机号", "no phone of theirs is on record"),
    ("name", "whole"): Said("姓名一字不差（全县 {n} 人）", "the name is the same ({n} in the county)"),
    ("name", "masked"): Said("露出的字与姓名相符（全县 {n} 人）", "what is left of the name fits ({n} in the county)"),
    ("name", "titled"): Said("姓相符（全县 {n} 人）", "the surname fits ({n} in the county)"),
    ("name", "nearly"): Said("姓名差一个字", "the name but for one character"),
    ("name", "other"): Said("姓名不同", "another name"),
    ("name", "other_mask"): Said("露出的字与姓名不符", "what is left of the name does not fit"),
    ("title", "fits"): Said("称呼与性别相符", "the title fits their sex"),
    ("title", "other"): Said("称呼与性别不符", "the title is of the other sex"),
    ("age", "child"): Said("是儿童", "a child"),
    ("address", "home"): Said("地址是本户（{n} 人）", "the address is their home ({n} live there)"),
    ("address", "recipients"): Said("与收件人同住", "lives with the recipient"),
    ("address", "unit"): Said("地址在同一村、社区", "the address is in their village or community"),
    ("address", "township"): Said("地址在同一乡镇", "the address is in their township"),
    ("address", "other"): Said("地址在县内别处", "the address is elsewhere in the county"),
    ("address", "elsewhere"): Said("地址在县外", "the address is outside the county"),
    ("declared", "self"): Said("本人申报", "their own declaration"),
    ("nobody", "decided"): Said("人工判断：都不是", "decided by a person: none of them"),
    ("nobody", "nothing_given"): Said("没有可用的姓名、电话和地址", "no usable name, phone or address"),
    ("nobody", "too_little"): Said("符合的人太多，分不清是谁", "fits too many to tell who"),
    ("nobody", "not_on_register"): Said("居民名册里没有相符的人", "nobody on the register fits"),
    ("nobody", "elsewhere"): Said("地址在县外", "the address is outside the county"),
}


def why_said(signs: Iterable) -> Said:
    """The signs of a match in one line."""
    told = [
        SIGNS[sign.of, sign.found].with_facts(n=f"{sign.n_fitting:,}")
        for sign in signs
        if (sign.of, sign.found) in SIGNS
    ]
    return joined(told, zh="；", en="; ")


def likely_said(per_mille: int) -> Said:
    """How likely a match is, as a whole percentage: never all and never none of it."""
    percent = min(99, max(1, round(per_mille / 10)))
    return Said(f"{percent}%", f"{percent}%")
