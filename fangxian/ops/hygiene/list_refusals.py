"""Why a row of a register that came as a file is returned, or a whole file."""

from collections.abc import Sequence
from datetime import date

from fangxian.core.refusal import Refusal

MOST_NAMED = 3


def no_list() -> Refusal:
    return Refusal(
        "hygiene.list.not_found",
        zh="没有这份名册，或不归您管。请从“名册导入”页的列表中打开。",
        en="There is no such file, or it is not in your charge. Open it from the list of files that came.",
    )


def no_name_column() -> Refusal:
    return Refusal(
        "hygiene.list.no_name_column",
        zh="没有一列是名称、所在场所或场所编号，没有导入：不知道每一行是哪里。请指明一列再确认。",
        en="No column is the name, the venue or its number, so nothing was imported: it is not known which place a row "
        "is. Say which column it is, and confirm.",
    )


def row_nameless() -> Refusal:
    return Refusal(
        "hygiene.list.row_nameless",
        zh="这一行没有名称，也没有场所编号，没有登记。场所应写名称或编号，环节应写名称；请补上再传。",
        en="This row has neither a name nor a venue number, so it was not listed. A venue has one of them, a process "
        "its name: fill it in and send it again.",
    )


def name_long(n: int, most: int) -> Refusal:
    return Refusal(
        "hygiene.list.name_long",
        zh="名称有 {n} 个字，没有登记。最多 {most} 个字；请缩短再传。",
        en="The name has {n} characters, so it was not listed. It may have {most}: shorten it and send it again.",
        n=n,
        most=most,
    )


def number_unreadable(found: str) -> Refusal:
    return Refusal(
        "hygiene.list.number_unreadable",
        zh="场所编号“{found}”不是编号，没有登记。应是海报上、场所页上的那串数字，如 00001234；"
        "请核对，不知道的空着、写名称。",
        en="“{found}” is no venue number, so the row was not listed. It is the figures on the poster or the venue's "
        "page, such as 00001234: look again, or leave it empty and give the name.",
        found=found[:30],
    )


def no_such_number(number: int) -> Refusal:
    return Refusal(
        "hygiene.list.no_such_number",
        zh="本县没有编号为 {number} 的场所，没有登记。请与场所页核对编号，或空着编号、写名称和所在村（社区）。",
        en="The county has no venue with the number {number}, so the row was not listed. Compare it with the venue's "
        "page, or leave it empty and give name and village.",
        number=f"{number:08d}",
    )


def other_name(number: int, found: str, on_record: str) -> Refusal:
    return Refusal(
        "hygiene.list.other_name",
        zh="编号 {number} 的场所登记的名称是“{on_record}”，这一行写的是“{found}”，没有登记。名称和编号应是同一个"
        "场所的；请核对后改正其中一个。",
        en="The venue with the number {number} is on record as “{on_record}”, this row has “{found}”, so it was not "
        "listed. Both should be of one venue: compare, and correct one of them.",
        number=f"{number:08d}",
        found=found[:60],
        on_record=on_record,
    )


def no_such_venue(name: str) -> Refusal:
    return Refusal(
        "hygiene.list.no_such_venue",
        zh="在册的场所里没有叫“{name}”的（按写的乡镇、村找），没有登记。重点场所应先有场所码；请核对名称，或写场所编号，"
        "还没有登记场所的先去申请。",
        en="No venue on record is called “{name}” (in the township or village that is given), so the row was not "
        "listed. A priority venue has its venue code first: compare the name, give the number, or have it "
        "registered.",
        name=name[:60],
    )


def several_venues(name: str, numbers: Sequence[int]) -> Refusal:
    shown = [f"{it:08d}" for it in numbers[:MOST_NAMED]]
    return Refusal(
        "hygiene.list.several_venues",
        zh="叫“{name}”的场所有 {n} 个（编号 {numbers}），没有登记。分不清是哪一个；请写场所编号，或写明乡镇、村。",
        en="{n} venues are called “{name}” (numbers {numbers_en}), so the row was not listed, as it is not clear which "
        "is meant. Give the venue's number, or township and village.",
        name=name[:60],
        n=len(numbers),
        numbers="、".join(shown) + ("等" if len(numbers) > MOST_NAMED else ""),
        numbers_en=", ".join(shown) + (" and others" if len(numbers) > MOST_NAMED else ""),
    )


def venue_not_open(name: str, is_applied: bool) -> Refusal:
    return Refusal(
        "hygiene.list.venue_not_open",
        zh="场所“{name}”{state}，没有登记。名册上应是在用的场所；请核对编号，或等它核验、重新启用以后再传。",
        en="The venue “{name}” {state_en}, so the row was not listed. The register is of venues in use: compare the "
        "number, or send it again once it is verified or open again.",
        name=name,
        state="还没有核验" if is_applied else "已停用",
        state_en="is not verified yet" if is_applied else "is closed",
    )


def class_unlike(of_class: str, of_class_en: str, name: str) -> Refusal:
    return Refusal(
        "hygiene.list.class_unlike",
        zh="“{name}”登记的行业和“{of_class}”合不上，没有登记。类别应合场所的行业；请改正类别或编号，拿不准的列为"
        "“其他重点场所”。",
        en="The trade of “{name}” on record does not go with “{of_class_en}”, so the row was not listed. Correct the "
        "class or the number; where in doubt, list it as another priority place.",
        name=name,
        of_class=of_class,
        of_class_en=of_class_en,
    )


def no_such_area(found: str) -> Refusal:
    return Refusal(
        "hygiene.list.no_such_area",
        zh="本县没有叫“{found}”的乡镇、村（社区），没有登记。应写现行区划里的名称或 12 位代码；请核对，"
        "改过名的写新名。",
        en="The county has no township, village or community called “{found}”, so the row was not listed. Give its "
        "name as it is today, or its code of 12 digits.",
        found=found[:60],
    )


def several_areas(found: str, townships: Sequence[str]) -> Refusal:
    return Refusal(
        "hygiene.list.several_areas",
        zh="叫“{found}”的村（社区）有 {n} 个（在{townships}），没有登记。分不清是哪一个；请写明乡镇，或写 12 位代码。",
        en="{n} villages or communities are called “{found}” (in {townships_en}), so the row was not listed, as it is "
        "not clear which is meant. Give the township too, or the code of 12 digits.",
        found=found[:60],
        n=len(townships),
        townships="、".join(townships),
        townships_en=", ".join(townships),
    )


def no_area() -> Refusal:
    return Refusal(
        "hygiene.list.no_area",
        zh="这个环节没有写在哪里，没有登记。应写场所（编号或名称），或村（社区）；请补上再传。",
        en="It does not say where this process is, so it was not listed. Give the venue, by number or name, or the "
        "village: fill it in and send it again.",
    )


def not_your_area(name: str) -> Refusal:
    return Refusal(
        "hygiene.list.not_your_area",
        zh="“{name}”不在您的辖区，没有登记。乡镇、村上传的应是自己辖区的场所和环节；请删去这一行，由所在乡镇或县里上传。",
        en="“{name}” is not of your area, so it was not listed. A township or village brings the places of its own: "
        "take the row out, and have the township there or the county bring it.",
        name=name[:60],
    )


def no_such_unit(found: str) -> Refusal:
    return Refusal(
        "hygiene.list.no_such_unit",
        zh="本县没有叫“{found}”的部门，没有登记。责任单位应是账号页上的部门全称；请改成全称，或空着（由网格员、乡镇负责）。",
        en="The county has no department called “{found}”, so the row was not listed. Give its whole name as it stands "
        "with the accounts, or leave it empty: then the grid worker or the township answers for it.",
        found=found[:60],
    )


def since_ahead(since: date) -> Refusal:
    return Refusal(
        "hygiene.list.since_ahead",
        zh="列入日期写的是 {since}，还没有到，没有登记。应是今天或以前；请改正，或空着（从今天算起）。",
        en="It is said to be listed since {since}, which is still to come, so it was not listed. Give today or an "
        "earlier day, or leave it empty: then it counts from today.",
        since=since.isoformat(),
    )
