"""Three forms of a demo county (演示数据：表格模板), so that a new user sees one filled in at once.

They are drawn here, in the manner of a county's: a title over all columns, a head of two storeys, ruled rows, a sum,
the line for who filled it in and who checked it. Each is kept and its columns confirmed as a person would, by what is
proposed. No real county's form was copied.
"""

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from fangxian.ops.realm.current import the_realm
from fangxian.ops.sheets.actions import confirm_columns, keep_template
from fangxian.ops.sheets.queries import templates
from fangxian.ops.sheets.sources import PLACE
from fangxian.ops.sheets.wire import ColumnMeaning, read_layout

Head = str | tuple[str, tuple[str, ...]]
ROWS = 12


@dataclass(frozen=True, slots=True)
class Drawn:
    """A form: its name and source, what it says above, its heads (of two storeys where a tuple), sums, widths.

    `fields` are the source's, one a column, "" for one that stays empty; a test holds them to what would be proposed.
    """

    name: str
    source: str
    title: str
    above: tuple[str, str]
    heads: tuple[Head, ...]
    fields: tuple[str, ...]
    summed: tuple[str, ...] = ()
    widths: tuple[int, ...] = ()


FORMS = (
    Drawn(
        "疫情防控工作日报表", "area_day", "{{填报单位}}疫情防控工作日报表", ("填报单位：{{填报单位}}", "{{年月日}}"),
        (
            "序号", "乡镇", ("来返人员", ("落地", "在途")), ("离返县", ("离县", "返县")),
            ("排查核实", ("已核实", "待核实")), ("任务", ("办结", "逾期")), "备注",
        ),
        (
            "row_number", PLACE, "n_landed", "n_expected", "n_left_county", "n_returned", "n_asked", "n_to_ask",
            "n_done", "n_late", "note",
        ),
        summed=("落地", "在途", "离县", "返县", "已核实", "待核实", "办结", "逾期"),
        widths=(6, 14, 9, 9, 9, 9, 9, 9, 9, 9, 16),
    ),
    Drawn(
        "返乡人员台账", "arrivals", "{{填报单位}}返乡人员台账",
        ("填报单位：{{填报单位}}", "{{起始日期}} 至 {{截止日期}}"),
        (
            "序号", "姓名", "性别", "身份证号码", "联系电话", ("现居住", ("乡镇", "村（社区）")), "从何地返回",
            "返乡日期", "管控措施", "解除日期", "包联干部", "备注",
        ),
        (
            "row_number", "name", "sex", "document_number", "phone", "township", "unit", "origin", "arrives_on",
            "measure", "measure_until", "", "",
        ),
        widths=(6, 10, 6, 21, 14, 12, 14, 24, 12, 14, 12, 10, 12),
    ),
    Drawn(
        "重点人员核酸检测台账", "priority_people", "重点人员核酸检测台账（应检尽检）",
        ("填报单位：{{填报单位}}", "制表时间：{{制表时间}}"),
        (
            "序号", "姓名", "身份证号", "联系电话", "工作单位", "人员类别", "检测频次", "最近一次核酸检测日期",
            "下次检测日期", "是否逾期", "逾期天数", "备注",
        ),
        (
            "row_number", "name", "document_number", "phone", "venue", "test_class", "cadence", "sampled_on",
            "due_on", "state", "days_late", "",
        ),
        widths=(6, 10, 21, 14, 24, 16, 12, 14, 14, 10, 9, 12),
    ),
)  # fmt: skip


def seed_sheets(*, by: str) -> int:
    """Keep a demo's forms; how many. Where there are some already, none."""
    if not the_realm().is_synthetic or templates().exists():
        return 0
    for form in FORMS:
        kept = keep_template(content=drawn(form), name=form.name, source=form.source, known=(), by=by)
        layout = read_layout(kept.row.layout)
        columns = [ColumnMeaning(field=it) for it in form.fields]
        confirm_columns(
            version=kept.row.pk, columns=columns, head_last=layout.head_last, body_last=layout.body_last,
            fields=set(form.fields), places={PLACE}, by=by,
        )  # fmt: skip
    return len(FORMS)


def drawn(form: Drawn) -> bytes:
    """The form as a workbook."""
    import xlsxwriter  # read when a workbook is written, not whenever a program starts

    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True})
    sheet = book.add_worksheet(form.name[:31])
    title = book.add_format({"bold": True, "font_size": 18, "align": "center", "valign": "vcenter"})
    head = book.add_format(
        {"bold": True, "border": 1, "align": "center", "valign": "vcenter", "text_wrap": True, "bg_color": "#E7ECF3"}
    )
    cell = book.add_format({"border": 1, "align": "center", "valign": "vcenter", "text_wrap": True})
    plain, right = book.add_format({}), book.add_format({"align": "right"})
    names = _columns(form.heads)
    last = len(names) - 1
    for column, width in enumerate(form.widths):
        sheet.set_column(column, column, width)
    sheet.set_row(0, 36)
    sheet.merge_range(0, 0, 0, last, form.title, title)
    sheet.write(1, 0, form.above[0], plain)
    sheet.write(1, last, form.above[1], right)
    first = _write_heads(form.heads, sheet.merge_range, sheet.write, head)
    for row in range(first, first + ROWS):
        for column in range(last + 1):
            sheet.write_blank(row, column, None, cell)
    below = first + ROWS
    if form.summed:
        _write_sums(sheet, form, names, first, (head, cell))
        below += 1
    sheet.write(below + 1, 0, "填报人：", plain)
    sheet.write(below + 1, max(2, last // 2), "审核人：", plain)
    sheet.write(below + 1, last, "填表日期：{{日期}}", right)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0, first - 1)
    sheet.freeze_panes(first, 2)
    book.close()
    return file.getvalue()


def _write_sums(sheet: Any, form: Drawn, names: Sequence[str], first: int, styles: tuple[Any, Any]) -> None:
    """The line below the rows; `first` is the first of them, counted from 0."""
    head, cell = styles
    below = first + ROWS
    sheet.merge_range(below, 0, below, 1, "合计", head)
    for column, name in enumerate(names[2:], start=2):
        letter = chr(65 + column)
        if name in form.summed:
            sheet.write_formula(below, column, f"=SUM({letter}{first + 1}:{letter}{below})", cell)
        else:
            sheet.write_blank(below, column, None, cell)


def _columns(heads: Sequence[Head]) -> list[str]:
    return [name for head in heads for name in ([head] if isinstance(head, str) else head[1])]


def _write_heads(heads: Sequence[Head], merge: Callable, write: Callable, style: object) -> int:
    """Draw the head in rows 3 and 4, or 3 alone; the number (from 0) of the first row below it."""
    is_two = any(not isinstance(head, str) for head in heads)
    column = 0
    for head in heads:
        if isinstance(head, str):
            if is_two:
                merge(2, column, 3, column, head, style)
            else:
                write(2, column, head, style)
            column += 1
            continue
        merge(2, column, 2, column + len(head[1]) - 1, head[0], style)
        for n, name in enumerate(head[1]):
            write(3, column + n, name, style)
        column += len(head[1])
    return 4 if is_two else 3
