"""The tables of risk areas, of lists, and of what a list changed."""

from collections.abc import Callable, Mapping, Sequence

from django.urls import reverse

from fangxian.core.refusal import Said
from fangxian.ops.pages.tables import Column, Paging, Table
from fangxian.ops.risk_areas.queries import NamedDivision, RiskList, RiskSpan

from .words import FORMS, LEFT_OUT, county_of, coverage_of, level_of

_COUNTY = Column("county", Said("省、市、县", "Province, city, county"), read=county_of)
_PLACE = Column("place", Said("区域", "Place"), read=lambda it: it.area.place or None, wide=True)
_LEVEL = Column("level", Said("等级", "Level"), kind="tag", read=level_of)


def areas_table(rows: Sequence[RiskSpan], paging: Paging, *, has_lists: bool) -> Table:
    """What is a risk area now."""
    nothing = Said("没有符合条件的风险地区。", "No risk area answers to that.")
    none_yet = Said("还没有收到风险地区名单。", "No list of risk areas has come yet.")
    columns = (
        _LEVEL,
        _COUNTY,
        _PLACE,
        Column("begins_at", Said("自何时", "Since"), kind="time"),
        Column("note", Said("备注", "Note"), read=lambda it: LEFT_OUT if it.n_missing else None),
    )
    return Table(
        caption=Said("现在的风险地区", "Risk areas now"), columns=columns, rows=rows, paging=paging,
        empty=nothing if has_lists else none_yet,
    )  # fmt: skip


def named_table(rows: Sequence[NamedDivision], names: Mapping[str, Said], path_of: Callable[[str], str]) -> Table:
    """Divisions that were named by hand."""
    columns = (
        Column("state", Said("算作", "Counts as"), kind="tag", read=lambda it: names.get(it.state, it.state)),
        Column("where", Said("区划", "Division"), read=lambda it: f"{path_of(it.division_code)} {it.division_code}"),
        Column("begins_on", Said("自哪天", "From"), kind="date"),
        Column("ends_on", Said("到哪天（不含）", "Until, not itself"), kind="date"),
        Column("reason", Said("依据", "By what"), wide=True),
    )
    nobody = Said("没有人工指定的地方。", "No division is named by hand.")
    return Table(caption=Said("人工指定", "Named by hand"), columns=columns, rows=rows, empty=nobody)


def changes_table(rows: Sequence[RiskSpan], caption: Said, empty: Said, paging: Paging) -> Table:
    """Areas that began, ended or were left out with one list."""
    columns = (
        _LEVEL,
        _COUNTY,
        _PLACE,
        Column("begins_at", Said("自何时", "Since"), kind="time"),
        Column("ends_at", Said("到何时", "Until"), kind="time"),
    )
    return Table(caption=caption, columns=columns, rows=rows, empty=empty, paging=paging)


def lists_table(rows: Sequence[RiskList], paging: Paging) -> Table:
    """The lists that came, the newest moment first."""
    columns = (
        Column("as_of", Said("更新时间", "As of"), kind="time"),
        Column("covers", Said("范围", "Of"), read=coverage_of),
        Column("n_high", Said("高风险", "High"), kind="number"),
        Column("n_medium", Said("中风险", "Medium"), kind="number"),
        Column("n_low", Said("低风险", "Low"), kind="number"),
        Column("form", Said("来自", "From"), read=lambda it: FORMS[it.form]),
        Column("taken_at", Said("收到", "Came"), kind="time"),
    )
    return Table(
        caption=Said("收到的名单", "Lists that came"), columns=columns, rows=rows, paging=paging,
        href=lambda it: reverse("risk-areas-list", args=[it.pk]),
        empty=Said("还没有收到名单。", "No list has come yet."),
    )  # fmt: skip
