"""The rows of a table as HTML, written without a template: of a page of two hundred rows that took most of the time."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date

from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

from . import words
from .tables import NUMERIC, Column, Table
from .words import escaped

Write = Callable[[object], str]


def written(table: Table, rows: Sequence, most: Mapping[str, float]) -> SafeString:
    """The rows one after another; "" where there is none.

    Parameters
    ----------
    most : of each column of bars the value whose bar is longest
    """
    tick = words.compose("选这一行", "Choose this row") if table.choose else ""
    head, *others = [_writer(column, most) for column in table.columns]
    first, *rest = table.columns
    cells = [(_open(column), column.read or column.of, write) for column, write in zip(rest, others, strict=True)]
    lines = []
    for row in rows:
        name = head(first.of(row))
        if table.href and (href := table.href(row)):
            name = f'<a class="row" href="{escaped(href)}">{name}</a>'
        box = _tick(table, row, tick) if table.choose else ""
        told = "".join([f"{begin}{write(of(row))}</td>" for begin, of, write in cells])
        lines.append(f'\n    <tr>{box}<th scope="row">{name}</th>{told}</tr>')
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
    name, key = escaped(table.choose), escaped(table.key(row))
    checked = " checked" if table.is_chosen(row) else ""
    return (
        f'<td class="tick"><label><input type="checkbox" name="{name}" value="{key}"{checked}>'
        f'<span class="only-heard">{words_of_it}</span></label></td>'
    )


def _writer(column: Column, most: Mapping[str, float]) -> Write:
    """How the cells of a column are written: those of the commonest kinds as components/cell.html would write them in
    ten times the time, others by that. What many rows say is written once.
    """
    told: dict[object, str] = {}
    unknown = _UNKNOWN.format(words.compose("未知", "not known"))

    def write(value: object) -> str:
        if value is None or value == "":
            return unknown
        if not isinstance(value, _KEPT):
            return _html(column, value, most, unknown)
        key = (type(value), value)
        html = told.get(key)
        if html is None:
            html = told[key] = _html(column, value, most, unknown)
        return html

    return write


_KEPT = (str, words.Said, int, float, date)  # equal ones of one type are written alike
_UNKNOWN = '<span class="unknown-cell" aria-hidden="true">—</span><span class="only-heard">{}</span>'


def _html(column: Column, value: object, most: Mapping[str, float], unknown: str) -> str:
    kind = column.kind
    if isinstance(value, words.Said) and not (value := words.in_words(value)):
        return unknown
    if kind == "text" and isinstance(value, str):
        return escaped(value)
    if kind == "masked":
        return escaped(words.masked(value, "name"))
    if kind == "tag" and isinstance(value, str):
        return f'<span class="tag">{escaped(value)}</span>'
    if kind == "number":
        return escaped(words.number(value))
    if kind in ("time", "date"):
        return words.when(value, only="date" if kind == "date" else "")
    return render_to_string("components/cell.html", {"cell": cell(column, value, most)})
