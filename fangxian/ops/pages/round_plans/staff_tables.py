"""Staff of rounds as tables: stations by shift, gaps, the call-up list, the team with its trainings."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from uuid import UUID

from django.utils.timezone import localtime

from fangxian.core.refusal import Said
from fangxian.core.screening.rostering import TRAININGS as ASKED
from fangxian.ops.pages.navigation import addresses_of
from fangxian.ops.pages.tables import Column, Paging, Table
from fangxian.ops.round_staff.queries import RoundShift, StaffMember
from fangxian.ops.round_staff.words import JOBS, LABORATORY, TEAMS, TRAININGS
from fangxian.ops.situation.round_staffing import CallUp, Missing, Station

NONE = Said("—", "—")
LIST_STATES = {
    "received": Said("待确认列名", "columns to confirm"),
    "mapped": Said("正在导入", "coming in"),
    "closed": Said("已导入", "taken in"),
    "refused": Said("没有收下", "not taken"),
}
SET, FREE = Said("已排", "set"), Said("可以征调", "could come")


def span(shift: RoundShift) -> str:
    """4-20 08:00–13:00."""
    begins, ends = localtime(shift.begins_at), localtime(shift.ends_at)
    until = f"{ends:%H:%M}" if ends.date() == begins.date() else f"{ends:%m-%d %H:%M}"
    return f"{begins:%m-%d %H:%M}–{until}"


def _where(it: Station) -> object:
    return f"{it.site.number} {it.site.name}" if it.site else LABORATORY


def _who(it: Station) -> Said:
    names = "、".join(f"{duty.member.name}（{JOBS[duty.job].zh}）" for duty in it.duties)
    names_en = ", ".join(f"{duty.member.name} ({JOBS[duty.job].en})" for duty in it.duties)
    return Said(names, names_en) if names else NONE


def _short(it: Station) -> Said:
    missing = it.missing
    if it.is_over:
        return Said("已过", "over")
    if not missing:
        return Said("齐", "full")
    return Said(
        "缺" + "、".join(f"{JOBS[job].zh} {n}" for job, n in missing.items()),
        "short of " + ", ".join(f"{n} {JOBS[job].en}" for job, n in missing.items()),
    )


def stations_table(rows: Sequence[Station]) -> Table:
    """Who is where, shift by shift."""
    columns = (
        Column("shift", Said("班次", "Shift"), read=lambda it: span(it.shift)),
        Column("where", Said("采样点", "Site"), read=_where, wide=True),
        Column("short", Said("够不够", "Enough"), kind="tag", read=_short),
        Column("who", Said("谁", "Who"), read=_who, wide=True),
    )
    return Table(
        caption=Said("谁在哪里", "Who is where"), columns=columns, rows=rows,
        empty=Said("还没有班次。", "There are no shifts yet."),
        empty_next=Said("先排班次，再从队伍里补人。", "Make the shifts first, then fill them from the team."),
    )  # fmt: skip


def missing_table(rows: Sequence[Missing]) -> Table:
    """How many are missing of each job in each shift."""
    columns = (
        Column("shift", Said("班次", "Shift"), read=lambda it: span(it.shift)),
        Column("job", Said("做什么", "Job"), read=lambda it: JOBS[it.job]),
        Column("n", Said("还缺", "Missing"), kind="number"),
    )
    return Table(
        caption=Said("还缺多少人", "How many are missing"), columns=columns, rows=rows,
        empty=Said("各班都齐了。", "Every shift is full."),
    )  # fmt: skip


def call_up_table(rows: Sequence[CallUp]) -> Table:
    """Whom to ring up: name, unit, phone, and for which shifts."""
    columns = (
        Column("name", Said("姓名", "Name"), read=lambda it: it.member.name),
        Column("phone", Said("电话", "Phone"), read=lambda it: it.member.phone or NONE),
        Column("unit", Said("单位", "Unit"), read=lambda it: it.member.unit, wide=True),
        Column("job", Said("做什么", "Job"), read=lambda it: JOBS[it.member.job]),
        Column("set", Said("排上没有", "Set"), kind="tag", read=lambda it: SET if it.is_set else FREE),
        Column("shifts", Said("班次", "Shifts"), read=lambda it: "、".join(map(span, it.shifts)), wide=True),
    )
    return Table(
        caption=Said("征调名单", "Call-up list"), columns=columns, rows=rows,
        empty=Said("后备队伍里没有可以征调的人。", "Nobody of the reserves can be called up."),
        empty_next=Said("还缺的请向市里求援。", "Ask the city for those who are missing."),
    )  # fmt: skip


def team_table(
    rows: Sequence[StaffMember], until: Mapping[UUID, Mapping[str, date]], today: date, paging: Paging
) -> Table:
    """The team and the reserves, each with whether their training holds."""
    columns = (
        Column("name", Said("姓名", "Name")),
        Column("team", Said("队伍", "Team"), read=lambda it: TEAMS[it.team]),
        Column("job", Said("做什么", "Job"), read=lambda it: JOBS[it.job]),
        Column("unit", Said("单位", "Unit"), wide=True),
        Column("phone", Said("电话", "Phone"), read=lambda it: it.phone or NONE),
        Column("training", Said("培训", "Training"), kind="tag", read=lambda it: _training(it, until, today)),
    )
    return Table(
        caption=Said("采样检测人员", "Sampling and testing staff"), columns=columns, rows=rows, paging=paging,
        href=lambda it: f"?member={it.pk}#member",
        empty=Said("还没有登记人员。", "Nobody was entered yet."),
        empty_next=Said("在下面登记。", "Enter them below."),
    )  # fmt: skip


def _training(it: StaffMember, until: Mapping[UUID, Mapping[str, date]], today: date) -> Said:
    mine = until.get(it.pk, {})
    lacking = [kind for kind in ASKED[it.job] if kind not in mine or mine[kind] < today]
    if lacking:
        return Said(
            "缺" + "、".join(TRAININGS[kind].zh for kind in lacking),
            "lacks " + ", ".join(TRAININGS[kind].en for kind in lacking),
        )
    first = min(mine[kind] for kind in ASKED[it.job])
    return Said(f"有效至 {first:%Y-%m-%d}", f"until {first:%Y-%m-%d}")


def staff_lists_table(rows: Sequence, paging: Paging, sender: Callable[[object], str]) -> Table:
    """The files that came, the newest first."""
    href = addresses_of("rounds-staff-list")
    columns = (
        Column("sender", Said("哪里来的", "From"), read=sender, wide=True),
        Column("received_at", Said("收到", "Received"), kind="time"),
        Column("state", Said("状态", "State"), kind="tag", read=lambda it: LIST_STATES[it.state]),
        Column("n_rows", Said("行数", "Rows"), kind="number"),
        Column("n_accepted", Said("收下", "Taken"), kind="number"),
        Column("n_refused", Said("退回", "Returned"), kind="number"),
    )
    return Table(
        caption=Said("收到的名单", "Lists that came"), columns=columns, rows=rows, paging=paging,
        href=lambda it: href(it.pk),
        empty=Said("还没有收到名单。", "No list came yet."),
    )  # fmt: skip
