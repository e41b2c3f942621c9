"""Lists going out as a kind of file, in the shape in which they may come in: streamed CSV, or a workbook of text."""

import csv
import io
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from .fields import Form, Kind
from .limits import XLSX_ROWS
from .returning import LONGEST_CELL, guarded, guarded_row

LINES_A_PIECE = 500
NO_WORDS: Mapping[str, str] = {}
BOM = b"\xef\xbb\xbf"

Row = Mapping[str, str]


def headers_of(kind: Kind, language: str) -> list[str]:
    """The heads of a kind's columns, as its own reading knows them."""
    return [field.said.in_language(language) for field in kind.fields]


def cells_of(kind: Kind, row: Row, language: str) -> list[str]:
    """The cells of a row of named fields; its words as they are written in Chinese lists, or as they are."""
    return cells_in(kind, language)(row)


def cells_in(kind: Kind, language: str) -> Callable[[Row], list[str]]:
    """The same for many rows: what gives the cells of each."""
    chinese = not language.startswith("en")
    words = [field.as_written if chinese and field.form is Form.CHOICE else NO_WORDS for field in kind.fields]
    columns = [(field.name, it) for field, it in zip(kind.fields, words, strict=True)]

    def cells(row: Row) -> list[str]:
        return [words.get(text := row.get(name, ""), text) if words else row.get(name, "") for name, words in columns]

    return cells


def csv_pieces(headers: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[bytes]:
    """UTF-8 with byte order mark, some hundred lines at a time, however many rows there are."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(guarded_row(headers))
    yield BOM + text.getvalue().encode()
    text.seek(0), text.truncate()
    for n, row in enumerate(rows, start=1):
        writer.writerow(guarded_row(row))
        if n % LINES_A_PIECE == 0:
            yield text.getvalue().encode()
            text.seek(0), text.truncate()
    if text.tell():
        yield text.getvalue().encode()


def workbook(sheets: Mapping[str, tuple[Sequence[str], Iterable[Sequence[str]]]]) -> bytes:
    """A workbook whose every cell is text: sheet → (headers, rows). Rows are written as they come, not held.

    Raises
    ------
    ValueError
        For more rows than a sheet holds; rows are never left out.
    """
    import xlsxwriter  # read when a workbook is written, not whenever a program starts

    with tempfile.TemporaryFile() as file:
        book = xlsxwriter.Workbook(file, {"constant_memory": True, "strings_to_urls": False})
        text, head = book.add_format({"num_format": "@"}), book.add_format({"num_format": "@", "bold": True})
        for name, (headers, rows) in sheets.items():
            sheet = book.add_worksheet(name)
            sheet.set_column(0, max(len(headers) - 1, 0), 18, text)
            sheet.freeze_panes(1, 0)
            _write(sheet, 0, headers, head)
            for number, row in enumerate(rows, start=1):
                if number >= XLSX_ROWS.value - 1:  # a full sheet would not be believed where it arrives
                    raise ValueError(f"{name}: a sheet does not hold row {number}")
                _write(sheet, number, row, text)
        book.close()
        file.seek(0)
        return file.read()


def _write(sheet, number: int, cells: Sequence[str], style) -> None:
    for column, cell in enumerate(cells):
        if cell:
            sheet.write_string(number, column, guarded(cell)[:LONGEST_CELL], style)
