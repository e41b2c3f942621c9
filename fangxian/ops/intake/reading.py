"""From a table to rows of named fields, by a mapping. Rows that cannot be read are kept apart with their reason."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial

from fangxian.core.refusal import Refusal

from .cells import LONGEST_CELL, NUMBERS, read_cell, text_of
from .fields import Field, Form, Kind
from .formats import open_records
from .headers import Table, column_letters, table_of

FEW_DIFFERENT = frozenset({Form.CHOICE, Form.DATE, Form.MOMENT, Form.AGE, Form.DIVISION})
MOST_DIFFERENT = 10_000


@dataclass(frozen=True, slots=True)
class RowRefusal:
    """One row that was not taken, and why."""

    row_number: int
    refusal: Refusal


class Reading:
    """Rows of a file: go through it once for (row number, {field: text}); what could not be read is in `refused`.

    Only mapped fields are there, and every one of them, "" where the cell is empty. Hand `refused` back to
    `actions.close` together with the rows the receiving room refuses, and `cells`, which has theirs as they came if
    the room says now and then which to `keep`: then the file need not be read once more.
    """

    def __init__(self, table: Table, kind: Kind, mapping: Mapping[str, str]) -> None:
        """`mapping` : header → name of a field."""
        fields = kind.by_name
        self._columns = [
            (index, header, fields[mapping[header]])
            for index, header in enumerate(table.headers)
            if header in mapping and mapping[header] in fields
        ]
        self._readers = [(index, field.name, _reader_of(field)) for index, _, field in self._columns]
        self._table, self._required = table, [field for _, _, field in self._columns if field.required]
        self.refused: list[RowRefusal] = []
        self.cells: dict[int, list[str]] = {}
        self._since: dict[int, list] = {}

    def __iter__(self) -> Iterator[tuple[int, dict[str, str]]]:
        for row_number, cells in self._table.records:
            try:
                row = self._row(cells)
            except Refusal as refusal:
                self.refused.append(RowRefusal(row_number, refusal))
                self.cells[row_number] = [text_of(cell) for cell in cells]
            else:
                self._since[row_number] = cells
                yield row_number, row

    def keep(self, rows: Iterable[int]) -> None:
        """Of the rows read since the last call keep the cells of these, and forget the others."""
        found = ((number, self._since[number]) for number in rows if number in self._since)
        self.cells |= {number: [text_of(cell) for cell in cells] for number, cells in found}
        self._since.clear()

    def _row(self, cells: list) -> dict[str, str]:
        n_headers, n_cells = len(self._table.headers), len(cells)
        if n_cells > n_headers and any(text_of(cell) for cell in cells[n_headers:]):
            raise _too_many_cells(n_headers, cells)
        if n_cells < n_headers:
            cells = [*cells, *[""] * (n_headers - n_cells)]
        row = {name: read(cell) if (cell := cells[index]) != "" else "" for index, name, read in self._readers}
        for field in self._required:
            if not row[field.name]:
                raise self._missing(field)
        return row

    def _missing(self, field: Field) -> Refusal:
        index, header = next((index, header) for index, header, mapped in self._columns if mapped is field)
        return Refusal(
            "intake.cell_missing",
            zh="{field:zh}（{column}列“{header}”）是空的。这一项必须填写。请补上后重新上传这一行。",
            en="The {field:en} (column {column}, “{header}”) is empty. It must be given. Fill it in and upload this "
            "row again.",
            field=field,
            column=column_letters(index),
            header=header,
        )


def _reader_of(field: Field) -> Callable[[object], str]:
    """How cells of a column are read: words and days, of which a long list has few, once each; others as `read_cell`
    does, and quicker where there is nothing to put right.
    """
    if field.form in NUMBERS:
        return partial(_number_or_slowly, field)
    if field.form not in FEW_DIFFERENT:
        return partial(_text_or_slowly, field)
    known: dict[object, str] = {}

    def read(cell: object) -> str:
        text = known.get(cell) if isinstance(cell, str) else None
        if text is None:
            text = read_cell(cell, field)
            if isinstance(cell, str) and len(known) < MOST_DIFFERENT:
                known[cell] = text
        return text

    return read


def _text_or_slowly(field: Field, cell: object) -> str:
    if type(cell) is str and (text := cell.strip()) and text[0] not in "'=" and text.isprintable():
        return text if len(text) <= LONGEST_CELL else read_cell(text, field)
    return read_cell(cell, field)


def _number_or_slowly(field: Field, cell: object) -> str:
    """Digits that a spreadsheet has not rounded are as they stand."""
    if type(cell) is str and cell.isdecimal() and not cell.endswith("000"):
        return cell
    return read_cell(cell, field)


def _too_many_cells(n_headers: int, cells: list) -> Refusal:
    found = next(text for text in map(text_of, cells[n_headers:]) if text)
    return Refusal(
        "intake.too_many_cells",
        zh="这一行有{n_found}格，表头只有{n_expected}格，多出“{found}”。可能有一格里含分隔符，各列已错位。"
        "请给该格加上引号，或另存为 XLSX 后上传。",
        en="This row has {n_found} cells where the head has {n_expected}; “{found}” is too many. A cell may contain "
        "the delimiter, so that the columns have shifted. Put that cell in quotation marks, or save the file as XLSX.",
        n_found=len(cells),
        n_expected=n_headers,
        found=found,
    )


def read(
    content: bytes, *, kind: Kind, mapping: Mapping[str, str], sheet: str | None = None, encoding: str | None = None
) -> Reading:
    """The rows of a file of a kind, by a mapping from header to field."""
    return Reading(table_of(open_records(content, sheet=sheet, encoding=encoding), kind), kind, mapping)


def cells_of(
    content: bytes, *, kind: Kind, rows: set[int], sheet: str | None = None, encoding: str | None = None
) -> dict[int, list[str]]:
    """The cells of some rows as they came, by row number."""
    table = table_of(open_records(content, sheet=sheet, encoding=encoding), kind)
    return {number: [text_of(cell) for cell in cells] for number, cells in table.records if number in rows}
