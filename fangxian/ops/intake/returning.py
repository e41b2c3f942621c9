"""The refused rows as a file for the sender: the cells as they came, the row's number and the reason.

It can be mended and uploaded as it is: the added columns stand last, and no field is mapped to them.
"""

import csv
import io
from collections.abc import Iterable, Sequence

ADDED = ("原行号 row", "退回原因", "reason")
COULD_BE_A_FORMULA = frozenset("=+-@\t\r＝＋－＠")  # as a cell's first character
LONGEST_CELL = 32_767  # of a workbook
N_ADDED_WIDTHS = (10, 60, 60)

Line = tuple[int, Sequence[str], str, str]  # row number, cells, reason in Chinese, in English


def guarded(cell: str) -> str:
    """A cell that no spreadsheet runs as a formula: an apostrophe stands before what could begin one."""
    return f"'{cell}" if cell[:1] in COULD_BE_A_FORMULA else cell


def guarded_row(cells: Sequence[str]) -> list[str]:
    """Each cell of a row so, in a list of a hundred thousand."""
    return [f"'{cell}" if cell[:1] in COULD_BE_A_FORMULA else cell for cell in cells]


def as_csv(headers: Sequence[str], lines: Iterable[Line]) -> bytes:
    """UTF-8 with byte order mark, which spreadsheets need to read it as UTF-8."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    for row in _rows(headers, lines):
        writer.writerow(guarded_row(row))
    return text.getvalue().encode("utf-8-sig")


def as_xlsx(headers: Sequence[str], lines: Iterable[Line]) -> bytes:
    """A workbook whose every cell is text, so that an identity number stays whole when it is edited."""
    import xlsxwriter  # read when a workbook is written, not whenever a program starts

    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True, "constant_memory": False})
    sheet = book.add_worksheet("退回 refused")
    text, head = book.add_format({"num_format": "@"}), book.add_format({"num_format": "@", "bold": True})
    for row_number, row in enumerate(_rows(headers, lines)):
        for column, cell in enumerate(row):
            sheet.write_string(row_number, column, guarded(cell)[:LONGEST_CELL], text if row_number else head)
    n_columns = sum(header not in ADDED for header in headers)
    sheet.set_column(0, max(n_columns - 1, 0), 20, text)
    for offset, width in enumerate(N_ADDED_WIDTHS):
        sheet.set_column(n_columns + offset, n_columns + offset, width, text)
    sheet.freeze_panes(1, 0)
    book.close()
    return file.getvalue()


def _rows(headers: Sequence[str], lines: Iterable[Line]) -> Iterable[list[str]]:
    """Rows of one width, so that the reasons stand in columns of their own.

    A row with more cells than headers keeps them in its last original column, parted by " | ". The columns of an
    earlier return give way to those of this one: a file may go back and come again as often as it takes.
    """
    n = len(headers)
    kept = [index for index, header in enumerate(headers) if header not in ADDED]
    yield [*(headers[index] for index in kept), *ADDED]
    for row_number, cells, zh, en in lines:
        whole = list(cells[:n]) + [""] * (n - len(cells))
        if len(cells) > n:
            whole[-1] = " | ".join([whole[-1], *cells[n:]])
        yield [*(whole[index] for index in kept), str(row_number), zh, en]
