"""The tables of posts, shifts, keepers, passings."""

from collections.abc import Callable, Sequence

from django.urls import reverse
from django.utils.timezone import localtime

from fangxian.core.refusal import Said
from fangxian.ops.pages.navigation import addresses_of
from fangxian.ops.pages.posts.words import OUTCOMES, VEHICLES, gap_said
from fangxian.ops.pages.tables import Column, Paging, Table
from fangxian.ops.pages.words import masked

NOBODY_SET = Said("没有排班", "nobody set")
NO_GAP, NOT_YET = Said("不缺", "none"), Said("还没有", "not yet")


def posts_table(lines: Sequence) -> Table:
    address = addresses_of("post")
    columns = (
        Column("name", Said("值守点", "Post"), read=lambda it: it.post.name),
        Column("place", Said("村（社区）", "Village"), read=lambda it: it.place),
        Column("duty", Said("现在当班", "On duty now"), read=_on_duty),
        Column("here", Said("已到岗", "Here"), kind="number", read=lambda it: it.n_here if it.shift else None),
        Column("passed", Said("今天进", "In today"), kind="number", read=lambda it: it.figures.n_in),
        Column("out", Said("今天出", "Out today"), kind="number", read=lambda it: it.figures.n_out),
        Column("stopped", Said("拦下", "Stopped"), kind="number", read=lambda it: it.figures.n_refused),
        Column("gap", Said("缺岗", "Gaps"), read=lambda it: gap_said(it.gaps[0]) if it.gaps else NO_GAP),
        Column("findings", Said("待整改", "To mend"), kind="number", read=lambda it: it.n_findings),
        Column("emergencies", Said("处置中", "Emergencies"), kind="number", read=lambda it: it.n_emergencies),
    )
    return Table(
        caption=Said("值守点", "Posts"),
        columns=columns,
        rows=lines,
        href=lambda it: address(it.post.pk),
        empty=Said("您的辖区里还没有值守点。", "There is no post in your area yet."),
    )


def _on_duty(line) -> Said:
    """By their numbers on the list: whoever stands before the wall need not read names there."""
    if line.shift is None:
        return NOBODY_SET
    numbers = "、".join(str(it.number) for it in line.keepers)
    return Said(f"{numbers} 号", f"No. {numbers.replace('、', ', ')}") if numbers else NOBODY_SET


def keepers_table(rows: Sequence, *, shows_phones: bool) -> Table:
    columns = [
        Column("number", Said("号", "No."), kind="number"),
        Column("name", Said("姓名", "Name"), read=lambda it: it.name if shows_phones else masked(it.name, "name")),
    ]
    if shows_phones:
        columns.append(Column("phone", Said("电话", "Phone"), read=lambda it: it.phone or None))
    columns += [
        Column("kind", Said("身份", "Kind"), read=_kind),
        Column("practised", Said("最近练习", "Practised"), read=lambda it: _practised(it) or NOT_YET),
        Column("signed", Said("签认", "Signed off"), kind="date", read=lambda it: _day(it.signed_off_at)),
    ]
    return Table(
        caption=Said("值守人员", "Keepers"),
        columns=columns,
        rows=rows,
        empty=Said("名单还是空的。", "The list is empty."),
    )


def _day(moment):
    return localtime(moment).date() if moment else None


def _kind(keeper) -> Said:
    return Said("志愿者", "volunteer") if keeper.is_volunteer else Said("村民、干部", "villager, official")


def _practised(keeper) -> str | None:
    last = next(iter(keeper.practices.all()), None)
    return f"{last.n_right}/{last.n_people}" if last else None


def shifts_table(rows: Sequence) -> Table:
    columns = (
        Column("begins_at", Said("上班", "From"), kind="time"),
        Column("ends_at", Said("下班", "To"), kind="time"),
        Column("who", Said("谁", "Who"), read=_who),
        Column("handed", Said("交接", "Handed over"), read=_handed),
    )
    return Table(
        caption=Said("班次", "Shifts"), columns=columns, rows=rows, empty=Said("还没有排班。", "No shift is set yet.")
    )


def _who(shift) -> str:
    return "、".join(f"{it.keeper.number} {masked(it.keeper.name, 'name')}" for it in shift.duties.all()) or "—"


def _handed(shift) -> Said:
    if shift.taken_at:
        return Said(f"{localtime(shift.taken_at):%H:%M} 双方已签", f"both signed at {localtime(shift.taken_at):%H:%M}")
    return Said("已签交，等接班", "signed by one") if shift.handed_at else NOT_YET


def passings_table(rows: Sequence, paging: Paging, place_of: Callable[[str], str]) -> Table:
    columns = (
        Column("passed_at", Said("时间", "When"), kind="time"),
        Column("way", Said("进出", "Way"), read=lambda it: Said("出", "Out") if it.is_out else Said("进", "In")),
        Column("name", Said("姓名", "Name"), read=_name),
        Column("vehicle", Said("方式", "By"), read=lambda it: VEHICLES.get(it.vehicle)),
        Column("plate", Said("车牌", "Plate"), read=lambda it: it.plate or None),
        Column("origin", Said("来源地", "From"), read=lambda it: place_of(it.origin) or None),
        Column("temperature", Said("体温 ℃", "°C"), kind="number", read=_degrees),
        Column("outcome", Said("结论", "Said"), kind="tag", read=lambda it: OUTCOMES.get(it.outcome)),
        Column("rules", Said("依据", "Rules"), read=lambda it: it.rules or None),
    )
    return Table(
        caption=Said("登记", "Registered"),
        columns=columns,
        rows=rows,
        paging=paging,
        empty=Said("还没有登记。", "Nobody has been registered yet."),
    )


def _name(row) -> str | None:
    name = row.person.name if row.person_id else row.name
    return masked(name, "name") if name else None


def _degrees(row) -> float | None:
    return row.temperature_tenths / 10 if row.temperature_tenths is not None else None


def openings_table(rows: Sequence) -> Table:
    columns = (
        Column("exit", Said("出口", "Exit"), read=lambda it: it.exit.name),
        Column("opened_at", Said("打开", "Opened"), kind="time"),
        Column("locked_at", Said("锁上", "Locked"), kind="time"),
        Column("why", Said("原因", "Why"), wide=True),
    )
    return Table(
        caption=Said("应急出口开锁记录", "Openings of locked exits"),
        columns=columns,
        rows=rows,
        empty=Said("没有打开过。", "It has not been opened."),
    )


def post_href(post) -> str:
    return reverse("post", args=[post.pk])
