"""What the places room says when it will not: of venues, their doors and the devices that stand at them."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from fangxian.core.refusal import Refusal, Said

STATUS = {
    "applied": Said("待核验", "waiting to be verified"),
    "verified": Said("已核验", "verified"),
    "suspended": Said("暂停", "suspended"),
    "closed": Said("已停用", "closed"),
}


def _zh(statuses: Sequence[str]) -> str:
    return "、".join(STATUS[status].zh for status in statuses)


def _en(statuses: Sequence[str]) -> str:
    return " or ".join(STATUS[status].en for status in statuses)


def venue_not_found() -> Refusal:
    return Refusal(
        "places.venue.not_found",
        zh="没有这个场所。场所的地址由系统给出；请从场所列表按名称、乡镇或行业查找。",
        en="There is no such venue. Find it in the list of venues, by name, township or trade.",
    )


def venue_not_yours(name: str) -> Refusal:
    return Refusal(
        "places.venue.not_yours",
        zh="“{name}”不在您的辖区里，没有打开。您可以查看自己辖区的场所；如果工作需要，请联系负责那里的同事。",
        en="“{name}” is not in your area, so it was not opened. You can see the venues of your own area: if your "
        "work needs this one, ask the colleague responsible there.",
        name=name,
    )


def venue_exists(name: str, status: str) -> Refusal:
    return Refusal(
        "places.venue_exists",
        zh="这个网格里已经有“{name}”（{status_zh}），没有再登记一次。一个场所只登记一次；"
        "如果是另一家，请在名称里写出区别，例如分店或位置。",
        en="This grid cell already has “{name}” ({status_en}), so it was not put on record again. A venue is "
        "registered once: if this is another one, say so in its name, such as the branch or where it stands.",
        name=name,
        status_zh=STATUS[status].zh,
        status_en=STATUS[status].en,
    )


def venue_status(name: str, status: str, wanted: Sequence[str]) -> Refusal:
    return Refusal(
        "places.venue_status",
        zh="“{name}”现在是“{status_zh}”，这一步没有办。办这一步的场所应是：{wanted_zh}。请刷新页面，看过现在的状态再决定。",
        en="“{name}” is {status_en} now, so this was not done. It can be done to a venue that is {wanted_en}. Reload "
        "the page, look at how things stand, and decide again.",
        name=name,
        status_zh=STATUS[status].zh,
        status_en=STATUS[status].en,
        wanted_zh=_zh(wanted),
        wanted_en=_en(wanted),
    )


def township_needed(name: str) -> Refusal:
    return Refusal(
        "places.township_needed",
        zh="“{name}”申请的是急救诊疗场所、公路卡口或车站：前者的门岗对谁都不拒绝，后两者核对外来人员的证件，"
        "村（社区）一级不能核验。应由乡镇或县的审批人员核验；请转给他们。",
        en="“{name}” applies as a place of emergency care, whose doors refuse nobody, or as a road post or station, "
        "which vouches for strangers, so a village or community cannot verify it. An approver of the township or the "
        "county should: pass it on to them.",
        name=name,
    )


def own_application(name: str) -> Refusal:
    return Refusal(
        "places.own_application",
        zh="“{name}”是您自己申请的，不能由您自己核验。核验要由另一位审批员办理；请等村（社区）或乡镇的其他审批员。",
        en="You applied for “{name}” yourself, so you cannot verify it. Another approver does: wait for one of the "
        "village or the township.",
        name=name,
    )


def reason_missing(name: str) -> Refusal:
    return Refusal(
        "places.reason_missing",
        zh="没有写明原因，“{name}”的状态没有变。拒绝、暂停要告诉负责人为什么；请写上原因再办。",
        en="No reason was given, so nothing changed for “{name}”. Whoever is refused or suspended is told why: write "
        "the reason and try again.",
        name=name,
    )


def door_count(n_doors: int, most: int) -> Refusal:
    return Refusal(
        "places.door_count",
        zh="这里要登记 {n} 扇门，没有登记。一个场所至少 1 扇、至多 {most} 扇门。"
        "请改正门的数量；门更多的，请分成几个场所登记。",
        en="{n} doors were given, so nothing was registered. A venue has 1 to {most} doors: mend the number, or "
        "register the place as several venues.",
        n=n_doors,
        most=most,
    )


def door_unknown(name: str, number: int, n_doors: int) -> Refusal:
    return Refusal(
        "places.door_unknown",
        zh="“{name}”没有第 {number} 号门，没有办理。它登记了 {n_doors} 扇门；请从门的列表里选，或先添加这扇门。",
        en="“{name}” has no door {number}, so nothing was done. It has {n_doors} on record: choose one of those, or "
        "add the door first.",
        name=name,
        number=number,
        n_doors=n_doors,
    )


def door_codes_used_up(name: str, number: int) -> Refusal:
    return Refusal(
        "places.door_codes_used_up",
        zh="“{name}”第 {number} 号门的场所码已经换发 255 次，不能再换。一扇门最多 255 代场所码；"
        "请添加一扇新门，改贴新门的码。",
        en="The code of door {number} of “{name}” has been issued 255 times and cannot be replaced again; a door has "
        "255 generations at most. Add a new door and put its code up instead.",
        name=name,
        number=number,
    )


def position_wrong(latitude: Decimal | None, longitude: Decimal | None) -> Refusal:
    return Refusal(
        "places.position_wrong",
        zh="位置没有保存：纬度 {latitude}，经度 {longitude}。纬度在 -90 到 90 之间，经度在 -180 到 180 之间，"
        "两个要一起填，也可以都空着。请核对有没有填反，或站在门口按“用本机位置”。",
        en="The position was not saved: latitude {latitude}, longitude {longitude}. Latitude lies between -90 and 90, "
        "longitude between -180 and 180; both are given, or neither. See whether they were swapped, or stand at the "
        "door and press “Use this device's position”.",
        latitude="—" if latitude is None else latitude,
        longitude="—" if longitude is None else longitude,
    )


def radius_wrong(radius_m: int, least: int, most: int) -> Refusal:
    return Refusal(
        "places.radius_wrong",
        zh="位置没有保存：半径 {radius} 米。半径在 {least} 到 {most} 米之间，空着就按通常的半径。"
        "更大的院落请分成几个场所登记，各有各的位置。",
        en="The position was not saved: a radius of {radius} m. It lies between {least} and {most} m, and left empty "
        "it is the usual one. Register larger grounds as several venues, each with its own position.",
        radius=radius_m,
        least=least,
        most=most,
    )


def same_owner(name: str, username: str) -> Refusal:
    return Refusal(
        "places.same_owner",
        zh="“{name}”的负责人已经是 {username}，没有转让。转让要填另一个账号的用户名；请核对后再办。",
        en="{username} is the owner of “{name}” already, so nothing was handed over. Give the username of another "
        "account: check it and try again.",
        name=name,
        username=username,
    )


def screen_needs_a_door() -> Refusal:
    return Refusal(
        "places.screen_needs_a_door",
        zh="没有选门，屏幕没有登记。屏幕显示的是某一扇门的动态码，要选定一扇门；请选门后再添加。",
        en="No door was chosen, so the screen was not added. A screen shows the code of one door: choose it and add "
        "the screen again.",
    )


def enrolment_wrong(length: int, wanted: int) -> Refusal:
    return Refusal(
        "places.enrolment_wrong",
        zh="登记码不对，或已经用过（读到 {length} 个字符，应为 {wanted} 个），设备没有登记。登记码只能用一次；"
        "请对照负责人页面上的码重新输入，或请负责人重新添加设备。",
        en="This enrolment code is wrong or was used before ({length} characters read, {wanted} expected), so the "
        "device was not enrolled. A code works once: compare it with the owner's page, or have the device added anew.",
        length=length,
        wanted=wanted,
    )


def enrolment_over(ended_at: datetime, minutes: int) -> Refusal:
    return Refusal(
        "places.enrolment_over",
        zh="登记码已于 {ended_at:%Y-%m-%d %H:%M} 过期，设备没有登记。登记码在给出后 {minutes} 分钟内有效；"
        "请负责人重新添加设备。",
        en="This enrolment code ran out at {ended_at:%Y-%m-%d %H:%M}, so the device was not enrolled. It works for "
        "{minutes} minutes: have the owner add the device anew.",
        ended_at=ended_at,
        minutes=minutes,
    )


def device_over(device_id: int) -> Refusal:
    return Refusal(
        "places.device_over",
        zh="第 {number} 号设备已经停用，或凭证已被换掉，没有给出场所码。设备要在负责人的列表里、没有停用；"
        "请在本机重新登记。",
        en="Device {number} has been ended or its token replaced, so no code was given. It must be on the owner's "
        "list and in use: enrol this device again.",
        number=device_id,
    )


def device_unknown(device_id: int) -> Refusal:
    return Refusal(
        "places.device.not_found",
        zh="这个场所没有第 {number} 号设备，没有办理。请从设备列表里选。",
        en="This venue has no device {number}, so nothing was done. Choose one from its list of devices.",
        number=device_id,
    )


def moved_nowhere(name: str) -> Refusal:
    return Refusal(
        "places.moved_nowhere",
        zh="新地址和“{name}”现在的地址、网格相同，或没有填写，没有迁址。请填写搬去的地址，选它所在的网格。",
        en="The new address is empty, or is the address and grid where “{name}” stands now, so it was not moved. Enter "
        "the address it moves to and choose the grid there.",
        name=name,
    )


def naming_empty(name: str) -> Refusal:
    return Refusal(
        "places.naming_empty",
        zh="没有写新名称，“{name}”没有更正。场所总有一个名称；不改名称的照原样写。",
        en="No name is given, so “{name}” was not corrected. A venue has a name: leave it as it was if it stays.",
        name=name,
    )


def naming_same(name: str) -> Refusal:
    return Refusal(
        "places.naming_same",
        zh="名称和地址都和“{name}”登记的一样，没有更正。请改好再交；没有要改的就不用交。",
        en="Name and address are those on record for “{name}”, so nothing was corrected. Change one of them, or "
        "leave it.",
        name=name,
    )


def never_moved(name: str) -> Refusal:
    return Refusal(
        "places.never_moved",
        zh="“{name}”不是迁来的，没有可以撤回的迁址。请看场所页上的“从哪里迁来”。",
        en="“{name}” did not move here, so there is no move to take back. See “moved from” on the venue's page.",
        name=name,
    )


def moved_away(name: str) -> Refusal:
    return Refusal(
        "places.moved_away",
        zh="“{name}”是迁走的，在新地址照常开着，旧址没有重新启用。迁址有误的，请在新址的页面上撤回。",
        en="“{name}” moved and is open at its new address, so the old place was not opened again. If the move was a "
        "mistake, take it back on the page of the new place.",
        name=name,
    )


def never_opened(name: str) -> Refusal:
    return Refusal(
        "places.never_opened",
        zh="“{name}”的申请没有通过，从未启用，不能重新启用。请负责人重新申请。",
        en="The application for “{name}” was refused and it never opened, so it cannot open again. Its owner applies "
        "anew.",
        name=name,
    )


def weekdays(typed: str) -> Refusal:
    return Refusal(
        "places.weekdays",
        zh="每周休息日写的是“{typed}”，没有保存。应是周一到周日里的几天（1 到 7），不能七天都休；长期关门的请停用。",
        en="The weekly closing days read “{typed}” and were not saved. They are some of Monday to Sunday (1 to 7), not "
        "all seven: a place that stays shut is closed instead.",
        typed=typed[:20],
    )
