"""Workbooks (.xlsx, .xls): guarded against bombs, silent truncation and rectangles that fill the memory."""

import io
import re
import zipfile
import zlib
from collections.abc import Iterator

import numpy as np
from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    WorksheetNotFound,
    XmlError,
    ZipError,
)

from fangxian.core.refusal import Refusal

from .limits import MEBIBYTE, SHEET_CELLS, UNPACKED_SIZE, XLS_ROWS, XLSX_ROWS

# Where a cell or a row says it stands. A sheet may lie under any name in the package, so all are looked at.
CELL_ANYHOW = re.compile(rb"""\br\s*=\s*["']([A-Za-z]{0,7})(\d{1,9})["']""")
R, EQUALS, QUOTE = b'r="'
IN_A_WORD = np.array([chr(it).isascii() and (chr(it).isalnum() or chr(it) == "_") for it in range(256)])
IS_SPACE = np.array([it in b"\t\n\r\x0b\x0c " for it in range(256)])
# What a character counts where it stands in a column's letters or in a row's digits; −1 where it is neither.
LETTERS = np.array([(it & 31) if chr(it).isascii() and chr(it).isalpha() else -1 for it in range(256)])
DIGITS = np.array([it - 48 if 48 <= it < 58 else -1 for it in range(256)])
LOOKED_AT_ONCE, LONGEST_PLACE = 1 << 20, 64  # bytes; spaces that some program may set are within the latter
BOOK_FILE = "xl/workbook.xml"
OTHER_BOOKS = {"xl/workbook.bin", "content.xml"}  # .xlsb and .ods, whose extent cannot be told beforehand
A_BROKEN_ZIP = (zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError)
A_BROKEN_BOOK = (CalamineError, XmlError, ZipError, OSError, ValueError)


def open_sheet(
    content: bytes, *, name: str | None, is_xls: bool, is_checked: bool = False
) -> tuple[int, CalamineSheet]:
    """The named sheet, or the first with anything in it; and its number from 1.

    Parameters
    ----------
    is_checked : whether this very content was opened here before: to look into the package costs as much as to read it

    Refuses
    -------
    intake.workbook_too_large, intake.sheet_too_wide, intake.sheet_full, intake.workbook_locked,
    intake.workbook_broken, intake.no_such_sheet, intake.empty
    """
    if not (is_xls or is_checked):
        _refuse_unsafe_package(content)
    try:
        number, sheet = _chosen(CalamineWorkbook.from_filelike(io.BytesIO(content)), name)
    except PasswordError:
        raise _locked() from None
    except A_BROKEN_BOOK as problem:
        raise _broken() from problem
    except BaseException as problem:  # the reader's own panics are no Exception
        if type(problem).__name__ != "PanicException":
            raise
        raise _broken() from problem
    limit = int(XLS_ROWS.value if is_xls else XLSX_ROWS.value)
    if sheet.total_height >= limit:
        refuse_full_sheet(sheet.total_height, limit)
    return number, sheet


def sheet_records(sheet: CalamineSheet) -> Iterator[tuple[int, list[object]]]:
    """Each row that has anything in it, its number from 1 and its columns from A, as a spreadsheet shows them."""
    before: list[object] = [""] * (sheet.start[1] if sheet.start else 0)
    for row_number, cells in enumerate(sheet.iter_rows(), start=1):
        # Of nearly every row the first cell tells.
        if cells and ((type(cells[0]) is str and cells[0].strip()) or _says_something(cells)):
            yield row_number, before + cells if before else cells


def merged_until(sheet: CalamineSheet) -> int:
    """The last row, from 1, that a cell merged over several rows reaches; 0 for none."""
    return max((last + 1 for (first, _), (last, _) in sheet.merged_cell_ranges or () if last > first), default=0)


def _says_something(cells: list[object]) -> bool:
    for cell in cells:  # noqa: SIM110  of nearly every row the first tells, and a generator costs more than the look
        if cell != "" and (not isinstance(cell, str) or cell.strip()):
            return True
    return False


def _chosen(book: CalamineWorkbook, name: str | None) -> tuple[int, CalamineSheet]:
    if name is not None and name not in book.sheet_names:
        raise Refusal(
            "intake.no_such_sheet",
            zh="工作簿里没有名为“{name}”的工作表。现有：{sheets}。请选择其中一张。",
            en="The workbook has no sheet called “{name}”. It has {sheets}. Choose one of these.",
            name=name,
            sheets=", ".join(book.sheet_names),
        )
    for number, meta in enumerate(book.sheets_metadata, start=1):
        if meta.typ != SheetTypeEnum.WorkSheet or (name is not None and meta.name != name):
            continue
        try:
            sheet = book.get_sheet_by_name(meta.name)
        except WorksheetNotFound:
            continue
        if name is not None or sheet.height:
            return number, sheet
    raise refusal_of_nothing()


def _refuse_unsafe_package(content: bytes) -> None:
    """Look into the package before the reader does: what it unpacks to, and how far its cells reach."""
    limit = int(UNPACKED_SIZE.value) * MEBIBYTE
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            _refuse_other_books(set(package.namelist()))
            n_bytes = sum(entry.file_size for entry in package.infolist())
            if n_bytes > limit:
                raise Refusal(
                    "intake.workbook_too_large",
                    zh="工作簿展开后有 {found} MiB，超过上限 {limit} MiB，未读取。请去掉图片和多余的工作表，"
                    "或另存为 CSV 后上传。",
                    en="The workbook unpacks to {found} MiB, above the limit of {limit} MiB, and was not read. Take "
                    "out pictures and other sheets, or save it as CSV, and upload that.",
                    found=n_bytes // MEBIBYTE,
                    limit=limit // MEBIBYTE,
                )
            # Reading stops at the size an entry declares and then compares its checksum, so one that
            # unpacks to more than it says is found here, and so is a damaged one.
            for entry in package.infolist():
                _refuse_far_cells(package.read(entry))
    except A_BROKEN_ZIP as problem:
        raise _broken() from problem


def _refuse_other_books(names: set[str]) -> None:
    if BOOK_FILE not in names or names & OTHER_BOOKS:
        raise Refusal(
            "intake.other_package",
            zh="这是压缩包或别的格式的工作簿，不能读取。应为 XLSX、CSV 或 JSON。请在表格软件中另存为 XLSX 后上传。",
            en="This is an archive, or a workbook of another format, and cannot be read. It should be XLSX, CSV or "
            "JSON. Save it as XLSX in the spreadsheet and upload that.",
        )


def _refuse_far_cells(sheet: bytes) -> None:
    # Part by part, for a step of our own for each of some million cells takes longer than to read them.
    starts = range(0, len(sheet), LOOKED_AT_ONCE)
    reaches = [reach_of_cells(sheet[max(start - 1, 0) : start + LOOKED_AT_ONCE + LONGEST_PLACE]) for start in starts]
    n_rows, n_columns = (max(many, default=0) for many in (zip(*reaches, strict=True) if reaches else ((), ())))
    if n_rows >= XLSX_ROWS.value:
        refuse_full_sheet(n_rows, int(XLSX_ROWS.value))
    if n_rows * n_columns > SHEET_CELLS.value:
        raise Refusal(
            "intake.sheet_too_wide",
            zh="工作表占了{n_rows}行、{n_columns}列，超过{limit}格的上限，未读取。多半是很远处有一格误填。"
            "请删除名单以外的行和列后上传。",
            en="The sheet spans {n_rows} rows and {n_columns} columns, more than the limit of {limit} cells, and was "
            "not read. Most likely one cell far out was filled by mistake. Delete the rows and columns outside the "
            "list and upload it again.",
            n_rows=n_rows,
            n_columns=n_columns,
            limit=int(SHEET_CELLS.value),
        )


def reach_anyhow(some: bytes) -> tuple[int, int]:
    """How many rows and columns the cells in a part of a sheet reach, however it is written: the definition."""
    n_rows = n_columns = 0
    for letters, digits in set(CELL_ANYHOW.findall(some)):
        column = 0
        for letter in letters.upper():
            column = column * 26 + letter - 64
        n_rows, n_columns = max(n_rows, int(digits)), max(n_columns, column)
    return n_rows, n_columns


def reach_of_cells(some: bytes) -> tuple[int, int]:
    """The same, all cells at once where every place is written as nearly every program writes it, r="AB12"."""
    text = np.frombuffer(some + bytes(LONGEST_PLACE), np.uint8)
    equals = np.flatnonzero(text == EQUALS)
    before = text[equals - 1]
    if (text[equals + 1] != QUOTE).any() or IS_SPACE[before].any():
        return reach_anyhow(some)
    at = equals[before == R]
    at = at[~IN_A_WORD[text[at - 2]]] + 2  # before the first there is the last, which is no letter
    columns, rows = np.zeros(len(at), np.int64), np.zeros(len(at), np.int64)
    letters = _number_at(text, at, columns, most=7, base=26, places=LETTERS)
    digits = _number_at(text, at + letters, rows, most=9, base=10, places=DIGITS)
    is_place = (digits > 0) & (text[at + letters + digits] == QUOTE)
    return int(rows.max(initial=0, where=is_place)), int(columns.max(initial=0, where=is_place))


def _number_at(text: np.ndarray, at: np.ndarray, found: np.ndarray, *, most: int, base: int, places: np.ndarray):
    """Read into `found` the numbers that begin at these places, and how long each is."""
    length, goes_on = np.zeros(len(at), np.int64), np.ones(len(at), bool)
    for n in range(most):
        value = places[text[at + n]]
        goes_on &= value >= 0
        if not goes_on.any():
            break
        found[:] = np.where(goes_on, found * base + value, found)
        length += goes_on
    return length


def refuse_full_sheet(n_rows: int, limit: int) -> None:
    """Refuse a list that fills a sheet to its last row: what came after it was lost without a word."""
    raise Refusal(
        "intake.sheet_full",
        zh="文件有{n_rows}行，正好到了表格的上限{limit}行，后面的行很可能已经丢失。应为行数少于上限的完整名单。"
        "请从原系统导出 CSV，或分成几个文件上传。",
        en="The file has {n_rows} rows and so reaches the limit of a sheet, {limit}: rows after that were most likely "
        "lost. A complete list stays below the limit. Export CSV from the system it came from, or upload it in parts.",
        n_rows=n_rows,
        limit=limit,
    )


def refusal_of_nothing() -> Refusal:
    return Refusal(
        "intake.empty",
        zh="文件是空的，没有任何一行。应有一行表头，其下每行一条。请检查是否选错了文件。",
        en="The file is empty: it has no row at all. It should have a head and one entry a row. See whether another "
        "file was meant.",
    )


def _locked() -> Refusal:
    return Refusal(
        "intake.workbook_locked",
        zh="工作簿有打开密码，不能读取。应为没有密码的文件。请在表格软件中取消密码后上传。",
        en="The workbook is protected by a password and cannot be read. It should have none. Remove the password in "
        "the spreadsheet and upload it again.",
    )


def _broken() -> Refusal:
    return Refusal(
        "intake.workbook_broken",
        zh="工作簿打不开：多半没有传完，或在传输中损坏。应为完整的 XLSX。请在表格软件中打开原件，另存为 XLSX 后"
        "重新上传；原件也打不开的，请向发来的单位再要一次。",
        en="The workbook cannot be opened: most likely it did not arrive whole, or was damaged on its way. It should "
        "be a whole XLSX. Open the original in the spreadsheet, save it as XLSX and upload that; if it does not open "
        "there either, ask whoever sent it to send it again.",
    )
