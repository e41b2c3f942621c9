"""Sources of sheets that count, or are of no person: an area's days, doors that fell silent, tasks that are late."""

from collections.abc import Iterator
from datetime import datetime
from types import SimpleNamespace
from typing import Any

from fangxian.core.refusal import Said
from fangxian.ops.accounts.scope import areas_of, require
from fangxian.ops.realm.areas import below
from fangxian.ops.sheets.sources import PLACE, Asked, Source, SourceColumn, column
from fangxian.ops.sheets.wire import Kind
from fangxian.ops.tasks import queries as tasks

from .area_days import VIEW, AreaDays, Days, area_days
from .sheet_source import WHERE, Near
from .silent_venues import silent_venues

VENUES = "venues.view"


def _figure(name: str, zh: str, en: str, aliases: str = "") -> SourceColumn:
    return column(name, zh, en, lambda it: getattr(it, name), Kind.NUMBER, aliases)


def _of_area(asked: Asked) -> Iterator[AreaDays]:
    days = Days(asked.last_on, asked.n_days, asked.begins_at, asked.ends_at)
    yield from area_days(asked.account, asked.area_path, days, asked.at)


_AREA = (
    column(PLACE, "地区", "area", lambda it: Said(it.place.name_zh, it.place.name_en), Kind.TEXT,
           "乡镇 单位 乡镇名称 村 村（社区） 填报地区 网格 辖区 名称 单位名称"),
    column("place_number", "区划代码", "division code", lambda it: it.place.area_path, Kind.EXACT, "代码"),
    _figure("n_landed", "来返落地", "arrived",
            "今日返乡 今日返乡人数 返回人数 返乡人数 来返人数 落地人数 外地返回 来返人员/落地"),
    _figure("n_expected", "报备未到", "expected", "预计返乡 在途 报备人数 来返人员/在途 预约返乡"),
    _figure("n_left_county", "离县", "left", "外出人数 离县人数 今日离县 离返县/离县"),
    _figure("n_returned", "返回", "came back", "返县 返县人数 离返县/返县"),
    _figure("n_asked", "已核实", "asked", "已排查 排查人数 核实人数 排查核实/已核实 今日排查"),
    _figure("n_to_ask", "待核实", "to ask", "未排查 待排查 排查核实/待核实"),
    _figure("n_followed", "已随访", "followed up", "随访人数 健康随访/已随访"),
    _figure("n_to_follow", "待随访", "to follow up", "健康随访/待随访"),
    _figure("n_rounds", "重点场所已做", "priority places done", "消毒采样检查次数 重点场所已办"),
    _figure("n_rounds_due", "重点场所今天到期", "priority places due today", "重点场所待办"),
    _figure("n_rounds_late", "重点场所逾期", "priority places late"),
    _figure("n_quiet", "有事未办的网格", "grid cells with nothing done", "未上报网格数 未报网格 未报送网格数"),
    _figure("n_done", "任务办结", "tasks done", "办结 办结数 任务/办结"),
    _figure("n_late", "任务逾期", "tasks late", "逾期 逾期数 任务/逾期"),
    column("note", "提醒", "note", lambda it: Said("有事未办", "nothing done yet") if it.is_silent else None,
           Kind.TEXT, "备注"),
)  # fmt: skip
AREA_DAY = Source(
    key="area_day", said=Said("网格日报告（按地区）", "the grids' day, by area"), permission=VIEW, columns=_AREA,
    rows=_of_area, n_days=1,
)  # fmt: skip
AREA_WEEK = Source(
    key="area_week", said=Said("周汇总（按地区）", "the week, by area"), permission=VIEW, columns=_AREA, rows=_of_area,
    n_days=7,
)  # fmt: skip


def _silent(asked: Asked) -> Iterator[Any]:
    own, near = areas_of(asked.account, VENUES), Near(asked.at)
    require(asked.account, VENUES, own[0] if own else asked.area_path)
    for it in silent_venues(asked.at).venues:
        if it.area_path.startswith(asked.area_path) and any(it.area_path.startswith(area) for area in own):
            yield SimpleNamespace(it=it, area_path=it.area_path, near=near, at=asked.at)


def _hours(since: datetime | None, at: datetime) -> float | None:
    return round((at - since).total_seconds() / 3600, 1) if since else None


SILENT = Source(
    key="silent_venues", said=Said("无扫码场所", "venues that fell silent"), permission=VENUES, rows=_silent,
    columns=(
        column("venue", "场所", "venue", lambda row: row.it.name, Kind.TEXT, "场所名称 单位名称 单位"),
        *WHERE,
        column("last_at", "最后扫码时间", "last scan", lambda row: row.it.last_at,
               Kind.MOMENT, "最后扫码 末次扫码时间"),
        column("silent_h", "无扫码小时数", "hours silent", lambda row: _hours(row.it.last_at, row.at), Kind.NUMBER),
    ),
)  # fmt: skip


def _late(asked: Asked) -> Iterator[Any]:
    own, near = areas_of(asked.account, tasks.VIEW), Near(asked.at)
    require(asked.account, tasks.VIEW, own[0] if own else asked.area_path)
    rows = tasks.overdue(asked.at, tasks.within(asked.account)).filter(below(asked.area_path))
    for it in rows.select_related("owner", "unit").order_by("due_at", "id").iterator(500):
        yield SimpleNamespace(it=it, area_path=it.area_path, near=near, at=asked.at)


LATE_TASKS = Source(
    key="late_tasks", said=Said("逾期任务", "tasks that are late"), permission=tasks.VIEW, rows=_late,
    columns=(
        column("task", "任务", "task", lambda row: Said(row.it.title_zh, row.it.title_en), Kind.TEXT,
               "任务内容 事项 工作任务 任务名称"),
        *WHERE,
        column("due_at", "应办时间", "due", lambda row: row.it.due_at, Kind.MOMENT, "截止时间 办理期限 时限"),
        column("opened_at", "派发时间", "opened", lambda row: row.it.opened_at, Kind.MOMENT, "下达时间"),
        column("late_h", "逾期小时数", "hours late", lambda row: _hours(row.it.due_at, row.at), Kind.NUMBER, "逾期"),
        column("owner", "承办人账号", "owner", lambda row: row.it.owner.username if row.it.owner else None, Kind.TEXT,
               "承办人 责任人"),
    ),
)  # fmt: skip
