"""The rows of a table as HTML, written without a template: of a page of two hundred rows that took most of the time."""

from collections.abc import Mapping, Sequence

from django.template.loader import render_to_string
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe

from . import words
from .tables import NUMERIC, Column, Table


def written(table: Table, rows: Sequence, most: Mapping[str, float]) -> SafeString:
    """The rows one after another; "" where there is none.

    Parameters
    ----------
    most : of each column of bars the value whose bar is longest
    """
    tick = words.compose("选这一行", "Choose this row") if table.choose else ""
    first, *others = table.columns
    opens = [_open(column) for column in others]
    lines = []
    for row in rows:
        head = _html(first, first.of(row), most)
        if table.href and (href := table.href(row)):
            head = f'<a class="row" href="{conditional_escape(href)}">{head}</a>'
        cells = "".join(
            f"{begin}{_html(column, column.of(row), most)}</td>" for begin, column in zip(opens, others, strict=True)
        )
        box = _tick(table, row, tick) if table.choose else ""
        lines.append(f'\n    <tr>{box}<th scope="row">{head}</th>{cells}</tr>')
    # Safe: every address, key and cell was escaped where it was written.
    return mark_safe("".join(lines))


def cell(column: Column, value: object, most: Mapping[str, float]) -> dict:
    """What components/cell.html writes a cell from."""
    if column.kind == "share" and value is not None:
        value = words.share(value, 1)
    if isinstance(value, words.Said):
        value = words.in_words(value)
    length = 100 * (value or 0) / most[column.name] if column.kind == "bar" and most.get(column.name) else 0
    told = {"kind": column.kind, "numeric": column.kind in NUMERIC, "value": value}
    return told | {"barred": column.name in most, "length": f"{length:.1f}"}


def _open(column: Column) -> str:
    if column.kind in NUMERIC:
        return '<td class="is-number">'
    if column.kind in ("time", "date"):
        return '<td class="is-time">'
    return '<td class="is-long">' if column.wide else "<td>"


def _tick(table: Table, row: object, words_of_it: str) -> str:
    name, key = conditional_escape(table.choose), conditional_escape(table.key(row))
    checked = " checked" if table.is_chosen(row) else ""
    return (
        f'<td class="tick"><label><input type="checkbox" name="{name}" value="{key}"{checked}>'
        f'<span class="only-heard">{words_of_it}</span></label></td>'
    )


def _html(column: Column, value: object, most: Mapping[str, float]) -> str:
    """A cell of the commonest kinds as components/cell.html would write it in ten times the time, others by that."""
    kind = column.kind
    if isinstance(value, words.Said):
        value = words.in_words(value)
    if value is None or value == "":
        return format_html(_UNKNOWN, words.compose("未知", "not known"))
    if kind == "text" and isinstance(value, str):
        return conditional_escape(value)
    if kind == "masked":
        return conditional_escape(words.masked(value, "name"))
    if kind == "tag" and isinstance(value, str):
        return format_html('<span class="tag">{}</span>', value)
    if kind == "number":
        return conditional_escape(words.number(value))
    if kind in ("time", "date"):
        return words.when(value, only="date" if kind == "date" else "")
    return render_to_string("components/cell.html", {"cell": cell(column, value, most)})


_UNKNOWN = '<span class="unknown-cell" aria-hidden="true">—</span><span class="only-heard">{}</span>'
