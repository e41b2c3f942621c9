"""The tables of sheets: the forms there are, what was taken out, the first rows of one being checked."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.urls import reverse
from django.utils.timezone import localtime

from fangxian.core.refusal import Said
from fangxian.ops.intake.headers import column_letters
from fangxian.ops.pages.navigation import addresses_of
from fangxian.ops.pages.tables import Column, Paging, Table
from fangxian.ops.sheets.queries import Fill, Template, TemplateVersion

IN_USE, NOT_CONFIRMED, WITHDRAWN = (
    Said("在用", "in use"),
    Said("待核对各列", "to be checked"),
    Said("已撤下", "withdrawn"),
)


def templates_table(
    rows: Sequence[Template], versions: Mapping[UUID, TemplateVersion], sources: Mapping[str, Said], paging: Paging
) -> Table:
    """The forms; of each the version that is filled in and when it last was."""
    href = addresses_of("sheet")

    def state(it: Template) -> Said:
        return WITHDRAWN if it.withdrawn_at else IN_USE if it.pk in versions else NOT_CONFIRMED

    def source(it: Template) -> Said | str:
        return sources.get(it.source, it.source)

    def filled(it: Template) -> str | None:
        if it.pk not in versions:
            return None
        columns = versions[it.pk].columns
        return f"{sum(bool(c['field'] or c['text']) for c in columns)} / {len(columns)}"

    columns = (
        Column("name", Said("表格", "Form"), wide=True),
        Column(
            "source", Said("数据来源", "Filled in from"), read=lambda it: sources.get(it.source, it.source), wide=True
        ),
        Column("columns", Said("填的列", "Columns filled"), read=filled),
        Column("filled_at", Said("上次导出", "Last taken out"), kind="time"),
        Column("state", Said("状态", "State"), kind="tag", read=state),
    )
    return Table(
        caption=Said("表格模板", "Forms"), columns=columns, rows=rows, href=lambda it: href(it.pk), paging=paging,
        empty=Said("还没有表格模板。", "There is no form yet."),
        empty_next=Said(
            "请把县里要填的空白表格（.xlsx）上传一次，核对各列，以后就能一键导出。",
            "Upload an empty form of the county's (.xlsx) once and check its columns: from then on it fills itself in.",
        ),
    )  # fmt: skip


def fills_table(rows: Sequence[Fill], places: Mapping[str, Said], who: Callable[[str], str], paging: Paging) -> Table:
    """What was taken out, by whom."""
    columns = (
        Column("filled_at", Said("导出时间", "Taken out"), kind="time"),
        Column("area", Said("地区", "Area"), read=lambda it: places.get(it.area_path, it.area_path)),
        Column("begins_on", Said("自", "From"), kind="date"),
        Column("ends_on", Said("到", "Up to"), kind="date"),
        Column("n_rows", Said("行数", "Rows"), kind="number"),
        Column("version", Said("版本", "Version"), kind="number", read=lambda it: it.version.number),
        Column("by", Said("导出人账号", "By"), read=lambda it: who(it.filled_by)),
    )
    return Table(
        caption=Said("导出记录", "What was taken out"), columns=columns, rows=rows, paging=paging,
        empty=Said("还没有人导出过这张表。", "Nobody has taken this form out yet."),
    )  # fmt: skip


def versions_table(rows: Sequence[TemplateVersion], in_use: TemplateVersion | None) -> Table:
    """Every version of a form is kept."""
    columns = (
        Column("number", Said("版本", "Version"), kind="number"),
        Column("uploaded_at", Said("上传", "Uploaded"), kind="time"),
        Column("confirmed_at", Said("核对", "Checked"), kind="time"),
        Column(
            "use", Said("状态", "State"), kind="tag", read=lambda it: IN_USE if in_use and it.pk == in_use.pk else None
        ),
    )
    return Table(caption=Said("各版本", "Versions"), columns=columns, rows=rows)


def preview_table(heads: Sequence[str], rows: Sequence[Sequence[object]]) -> Table:
    """The first rows as they would stand in the form."""

    def cell(n: int) -> Callable[[Sequence[object]], str | None]:
        return lambda row: _written(row[n]) if n < len(row) else None

    columns = tuple(
        Column(f"c{n}", Said(f"{column_letters(n)} {head}", f"{column_letters(n)} {head}"), read=cell(n))
        for n, head in enumerate(heads)
    )
    return Table(
        caption=Said("填好的前几行", "The first rows filled in"), columns=columns, rows=rows,
        empty=Said("这个地区、这几天还没有数据；表格会是空的。", "There is nothing of this area and these days yet."),
    )  # fmt: skip


def _written(value: object) -> str | None:
    if isinstance(value, datetime):
        return f"{localtime(value):%Y-%m-%d %H:%M}"
    return None if value is None or value == "" else str(value)


def sheet_trail(row: Template, last: Said | None = None) -> list[tuple[Said, str]]:
    """The way down to a form's page, or to one below it."""
    here = reverse("sheet", args=[row.pk]) if last else ""
    trail = [(Said("报表模板", "Sheets"), reverse("sheets")), (Said(row.name, row.name), here)]
    return [*trail, (last, "")] if last else trail
