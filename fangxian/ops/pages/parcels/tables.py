"""The tables of tracing parcels."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from django.urls import reverse

from fangxian.core.refusal import Said
from fangxian.ops.intake.wire import STATES as INTAKE_STATES
from fangxian.ops.pages.county.showing import Showing
from fangxian.ops.pages.county.words import place_name, word
from fangxian.ops.pages.parcels.words import HOW, STATES, TESTED, TRACED, likely_said, why_said
from fangxian.ops.pages.tables import Column, Paging, Table
from fangxian.ops.parcels.queries import Counts, TraceSeen
from fangxian.ops.parcels.wire import read_signs


def traces_table(traces: Sequence[TraceSeen], counts: Mapping[UUID, Counts], paging: Paging) -> Table:
    def figure(name: str, zh: str, en: str) -> Column:
        return Column(name, Said(zh, en), kind="number", read=lambda it: getattr(counts[it.id], name))

    columns = (
        Column("depot_name", Said("网点", "Depot")),
        Column("since_on", Said("起算日", "Since"), kind="date"),
        figure("n_waybills", "运单", "Waybills"),
        figure("n_matched", "对上", "Matched"),
        figure("n_ambiguous", "待判断", "To decide"),
        figure("n_unmatched", "没对上", "Unmatched"),
        figure("n_found", "找到的人", "People found"),
        figure("n_confirmed", "已判定", "Confirmed"),
        figure("n_tested", "已检测", "Tested"),
        figure("n_released", "已解除", "Released"),
        Column("opened_at", Said("开始", "Opened"), kind="time"),
        Column("state", Said("状态", "State"), kind="tag", read=lambda it: OVER if it.closed_at else GOING_ON),
    )
    return Table(
        caption=Said("快递追查", "Traces of parcels"),
        columns=columns,
        rows=traces,
        href=lambda it: reverse("parcels-trace", args=[it.id]),
        paging=paging,
        empty=Said("还没有快递追查。", "No parcels are being traced."),
        empty_next=Said("开始一个追查", "Open a trace"),
        empty_href=reverse("parcels-open"),
    )


GOING_ON, OVER = Said("进行中", "open"), Said("已结束", "closed")


def lists_table(trace: TraceSeen, intakes: Sequence) -> Table:
    columns = (
        Column("received_at", Said("收到", "Received"), kind="time"),
        Column("state", Said("状态", "State"), read=lambda it: INTAKE_STATES[it.state]),
        Column("n_rows", Said("行数", "Rows"), kind="number"),
        Column(
            "n_accepted", Said("列入", "Taken"), kind="number", read=lambda it: it.n_accepted if it.closed_at else None
        ),
        Column(
            "n_refused", Said("退回", "Returned"), kind="number", read=lambda it: it.n_refused if it.closed_at else None
        ),
    )
    return Table(
        caption=Said("收到的清单", "Lists received"),
        columns=columns,
        rows=intakes,
        href=lambda it: reverse("parcels-list", args=[trace.id, it.pk]),
        empty=Said(
            "还没有清单。请向网点索要起算日以来的运单清单。",
            "No list yet: ask the depot for its waybills since that day.",
        ),
    )


def waybills_table(rows: Sequence, paging: Paging, shows: Showing) -> Table:
    columns = (
        Column("number", Said("运单号", "Waybill"), read=lambda it: it.waybill.number),
        Column("name", Said("清单写法", "As written"), read=lambda it: _as_written(it, shows)),
        Column("address", Said("地址", "Address"), read=lambda it: shows.masked(it.address, "address"), wide=True),
        Column("touched_at", Said("签收", "Signed for"), kind="time"),
        Column("outcome", Said("是谁", "Who"), read=lambda it: _outcome(it, shows)),
        Column("because", Said("依据", "Why"), read=lambda it: why_said(read_signs(it.because)), wide=True),
    )
    return Table(
        caption=Said("运单", "Waybills"),
        columns=columns,
        rows=rows,
        paging=paging,
        empty=Said("没有这样的运单。", "There are no such waybills."),
    )


def _as_written(row, shows: Showing) -> str | None:
    return " ".join(filter(None, (shows.masked(row.name, "name"), shows.masked(row.phone, "phone")))) or None


def _outcome(row, shows: Showing) -> Said:
    if row.person is None:
        return word(STATES, row.state)
    likely, name = _likely(row), shows.masked(row.person.name, "name")
    return Said(f"{name} · {likely.zh}", f"{name} · {likely.en}")


def _likely(row) -> Said:
    if row.state == "unmatched" or not row.likelihood_per_mille:
        return Said("—", "—")
    return Said("人工判断", "by a person") if row.decided_at else likely_said(row.likelihood_per_mille)


def people_table(trace: TraceSeen, rows: Sequence, places: Mapping, paging: Paging, shows: Showing) -> Table:
    columns = (
        Column("name", Said("姓名", "Name"), read=lambda it: shows.masked(it.person.name, "name")),
        Column("phone", Said("电话", "Phone"), read=lambda it: shows.masked(it.person.phone, "phone")),
        Column("place", Said("在册地", "On record in"), read=lambda it: _place(it, places), wide=True),
        Column("n_parcels", Said("件数", "Parcels"), kind="number"),
        Column("last_on", Said("最近一次", "Last touched"), kind="date"),
        Column("state", Said("状态", "State"), read=lambda it: word(TRACED, it.state)),
        Column("tested", Said("检测", "Test"), read=lambda it: word(TESTED, it.tested)),
    )
    return Table(
        caption=Said("找到的人", "People found"),
        columns=columns,
        rows=rows,
        href=lambda it: reverse("parcels-person", args=[trace.id, it.pk]),
        paging=paging,
        empty=Said("没有这样的人。", "There is nobody like that."),
    )


def _place(row, places: Mapping) -> Said | None:
    found = [places.get(row.area_path[:digits]) for digits in (9, 12)]
    names = [place_name(place) for place in found if place is not None]
    return Said("".join(it.zh for it in names), ", ".join(it.en for it in reversed(names))) if names else None


def handlings_table(rows: Sequence, shows: Showing) -> Table:
    columns = (
        Column("touched_at", Said("时间", "When"), kind="time"),
        Column("role", Said("作为", "As"), read=lambda it: word(ROLES, it.role)),
        Column("number", Said("运单号", "Waybill"), read=lambda it: it.waybill.number if it.waybill else None),
        Column("name", Said("清单写法", "As written"), read=lambda it: _as_written(it, shows)),
        Column("address", Said("地址", "Address"), read=lambda it: shows.masked(it.address, "address"), wide=True),
        Column("likely", Said("可能性", "Likely"), read=_likely),
        Column("because", Said("依据", "Why"), read=lambda it: why_said(read_signs(it.because)), wide=True),
    )
    return Table(
        caption=Said("接触的快递", "Parcels touched"),
        columns=columns,
        rows=rows,
        empty=Said(
            "清单里没有这个人的快递；是作为网点从业人员列入的。", "No list names them; they are of the depot's staff."
        ),
    )


ROLES = {
    "recipient": Said("收件人", "recipient"),
    "signer": Said("签收人", "signed for it"),
    "declarer": Said("本人申报", "declared it"),
}


def staff_table(staff: Sequence, places: Mapping, shows: Showing) -> Table:
    columns = (
        Column("name", Said("姓名", "Name"), read=lambda it: shows.masked(it.name, "name")),
        Column("phone", Said("电话", "Phone"), read=lambda it: shows.masked(it.phone, "phone")),
        Column("place", Said("住在", "Lives in"), read=lambda it: _place(it, places), wide=True),
    )
    return Table(
        caption=Said("网点从业人员", "Staff of the depot"),
        columns=columns,
        rows=staff,
        tall=True,
        empty=Said(
            "册上没有人在这里工作。请先请网点报送名单并登记。",
            "Nobody is on record as working here: get its list first.",
        ),
    )


def own_table(rows: Sequence) -> Table:
    columns = (
        Column("touched_on", Said("日期", "Day"), kind="date"),
        Column("how", Said("做了什么", "What"), read=lambda it: word(HOW, it.how)),
        Column(
            "depot", Said("网点", "Depot"), read=lambda it: it.depot.name if it.depot else Said("说不清", "cannot say")
        ),
        Column("declared_at", Said("申报时间", "Declared"), kind="time"),
    )
    return Table(
        caption=Said("我的快递申报", "My declarations of parcels"),
        columns=columns,
        rows=rows,
        empty=Said("还没有申报过。", "Nothing declared yet."),
    )
