"""From a table to rows of named fields, by a mapping. Rows that cannot be read are kept apart with their reason."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice

from fangxian.core.refusal import Refusal

from .cells import text_of, texts_of
from .columns import reader_of
from .fields import Field, Kind
from .formats import Opened
from .headers import Table, column_letters, table_of

AT_ONCE = 500


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
        self._names = [field.name for _, _, field in self._columns]
        self._readers = [(index, reader_of(field)) for index, _, field in self._columns]
        self._table, self._required = table, [field for _, _, field in self._columns if field.required]
        self.refused: list[RowRefusal] = []
        self.cells: dict[int, list[str]] = {}
        self._since: dict[int, list] = {}

    def __iter__(self) -> Iterator[tuple[int, dict[str, str]]]:
        records = iter(self._table.records)
        while some := list(islice(records, AT_ONCE)):
            refused, rows = self._rows([cells for _, cells in some])
            for place, ((row_number, cells), row) in enumerate(zip(some, rows, strict=True)):
                if place in refused:
                    self.refused.append(RowRefusal(row_number, refused[place]))
                    self.cells[row_number] = texts_of(cells)
                else:
                    self._since[row_number] = cells
                    yield row_number, row

    def keep(self, rows: Iterable[int]) -> None:
        """Of the rows read since the last call keep the cells of these, and forget the others."""
        found = ((number, self._since[number]) for number in rows if number in self._since)
        self.cells |= {number: texts_of(cells) for number, cells in found}
        self._since.clear()

    def _rows(self, some: list[list]) -> tuple[dict[int, Refusal], list[dict[str, str]]]:
        """Some rows, read column by column, as a row's own steps would take most of the time; and of those that are
        refused the first reason, by their places.
        """
        n_headers, refused, whole = len(self._table.headers), {}, []
        for place, cells in enumerate(some):
            n_cells = len(cells)
            if n_cells > n_headers and any(text_of(cell) for cell in cells[n_headers:]):
                refused[place] = _too_many_cells(n_headers, cells)
            whole.append(cells if n_cells >= n_headers else [*cells, *[""] * (n_headers - n_cells)])
        by_index, columns = list(zip(*whole, strict=False)), []
        for index, read in self._readers:
            texts, wrong = read(by_index[index])
            for place, refusal in wrong.items():
                refused.setdefault(place, refusal)
            columns.append(texts)
        for field in self._required:
            texts = columns[self._names.index(field.name)]
            if "" in texts:
                for place in [place for place, text in enumerate(texts) if not text]:
                    refused.setdefault(place, self._missing(field))
        names, rows = self._names, zip(*columns, strict=True) if columns else [()] * len(some)
        return refused, [dict(zip(names, texts, strict=True)) for texts in rows]

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


def read(opened: Opened, *, kind: Kind, mapping: Mapping[str, str]) -> Reading:
    """The rows of a file of a kind, by a mapping from header to field."""
    return Reading(table_of(opened, kind), kind, mapping)


def cells_of(opened: Opened, *, kind: Kind, rows: set[int]) -> dict[int, list[str]]:
    """The cells of some rows as they came, by row number."""
    records = table_of(opened, kind).records
    return {number: texts_of(cells) for number, cells in records if number in rows}
