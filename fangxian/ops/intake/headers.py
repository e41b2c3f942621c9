"""Which row is the head of a table, and what its columns are called."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, islice

from fangxian.core.refusal import Refusal

from .cells import text_of
from .csv_files import refuse_cut_off_end
from .damage import Watch
from .fields import Kind, plain
from .formats import Format, Opened
from .limits import XLS_ROWS, XLSX_ROWS
from .workbooks import refusal_of_nothing, refuse_full_sheet

LOOKS_LIKE_DATA = re.compile(r"\d{6,}[\dXx]*|\d+(\.\d+)?[Ee]\+?\d+")


@dataclass(frozen=True, slots=True)
class Table:
    """A head and the records below it, which can be gone through once.

    Attributes
    ----------
    header_row : number of the head's row; 0 for JSON, whose names stand in each object
    headers : one a column; "" for a column without one
    """

    header_row: int
    headers: tuple[str, ...]
    records: Iterator[tuple[int, list]]


def table_of(opened: Opened, kind: Kind) -> Table:
    """The table in a file of a kind. Titles above the head are passed over.

    Refuses
    -------
    intake.empty, intake.no_header, intake.header_twice
    """
    first = list(islice(opened.records, kind.n_rows_above))
    if not first:
        raise refusal_of_nothing()
    at = _head_among(first, kind)
    header_row, cells = first[at]
    headers = _names(cells)
    if at and (joined := joined_head(_names(first[at - 1][1]), headers)):
        headers = joined
    elif at + 1 < len(first) and (joined := _joined_below(headers, _names(first[at + 1][1]), kind)):
        at, headers = at + 1, joined
        header_row = first[at][0]
    while headers and not headers[-1]:
        headers.pop()
    _refuse_data_as_head(headers, header_row)
    _refuse_twice(headers)
    return Table(header_row, tuple(headers), chain(first[at + 1 :], opened.records))


def _names(cells: list) -> list[str]:
    return [" ".join(text_of(cell).split()) for cell in cells]


def _joined_below(upper: list[str], lower: list[str], kind: Kind) -> list[str] | None:
    """`joined_head`; or of groups of one column each: names of the kind's columns below names that are none."""
    if joined := joined_head(upper, lower):
        return joined
    known, parts = kind.by_header, [index for index, text in enumerate(lower) if text]
    if not parts or parts[-1] >= len(upper):
        return None
    is_head = all(plain(lower[at]) in known and plain(upper[at]) not in known for at in parts)
    lower = lower + [""] * (len(upper) - len(lower))
    return [below or above for above, below in zip(upper, lower, strict=False)] if is_head else None


def joined_head(upper: list[str], lower: list[str]) -> list[str] | None:
    """One head of the two rows that a spreadsheet's merged cells make, or None where the second row is data.

    Merged over columns, a cell stands in the first of them and leaves the next empty, and the row below names each;
    merged over both rows, a cell leaves the one below it empty. So the row below fills every gap of the upper one,
    and nothing that stands alone. What is called alike in several groups is called by its group too: 最后接触时间.
    """
    n = max(len(upper), len(lower))
    upper, lower = upper + [""] * (n - len(upper)), lower + [""] * (n - len(lower))
    parts = [index for index in range(n) if lower[index]]
    gaps = [index for index in range(n) if not upper[index]]
    starts = {max((at for at in range(gap) if upper[at]), default=-1) for gap in gaps}
    is_head = gaps and starts | set(gaps) == set(parts) and -1 not in starts
    if not is_head or any(LOOKS_LIKE_DATA.fullmatch(lower[index]) for index in parts):
        return None
    groups = [max((at for at in range(index + 1) if upper[at]), default=index) for index in range(n)]
    return [
        _in_group(upper[groups[index]], lower[index])
        if lower.count(lower[index]) > 1 and lower[index]
        else lower[index] or upper[index]
        for index in range(n)
    ]


def _in_group(group: str, name: str) -> str:
    return f"{group} {name}" if group.isascii() and name.isascii() else f"{group}{name}"


class _Numbering:
    """Whether a nameless first column only counts the rows, as statistics programs do: 1, 2, 3, …, or with gaps."""

    def __init__(self) -> None:
        self._last, self.is_one = -1, True

    def look(self, text: str) -> None:
        if not self.is_one:
            return
        number = int(text) if text.isdecimal() and len(text) < 10 else -1
        self.is_one, self._last = number > self._last, number


def check_whole(opened: Opened, table: Table, watch: Watch | None = None) -> int:
    """Go through every record once and refuse what cannot be a whole, well-formed file; how many rows it has.

    `watch` looks at each record too, for what is to be warned of.

    Refuses
    -------
    intake.header_only, intake.header_empty, intake.last_row_short, intake.sheet_full, and those of reading
    """
    watch = watch or Watch((), {})
    widths, nameless, numbering = [(table.header_row, len(table.headers))], set(), _Numbering()
    gaps = [index for index, header in enumerate(table.headers) if not header]
    for row_number, cells in table.records:
        widths.append((row_number, len(cells)))
        watch.look(cells)
        if gaps:
            filled = [index for index in gaps if index < len(cells) and text_of(cells[index])]
            nameless.update(filled)
            numbering.look(text_of(cells[0]) if cells else "")
    if len(widths) == 1:
        raise Refusal(
            "intake.header_only",
            zh="文件只有表头（第{header_row}行），下面一条也没有。表头下应每行一条。请检查导出时是否选中了数据。",
            en="The file has a head (row {header_row}) and nothing below it. There should be one entry a row. See "
            "whether the data was selected for export.",
            header_row=table.header_row,
        )
    if numbering.is_one:
        nameless.discard(0)
    _refuse_nameless(nameless, table.header_row)
    if opened.sniffed.format is Format.CSV:
        refuse_cut_off_end(widths, ends_with_newline=opened.ends_with_newline)
    # A file made from a full sheet, saved again as another format, is as incomplete as the sheet was.
    if widths[-1][0] in (XLS_ROWS.value, XLSX_ROWS.value):
        refuse_full_sheet(widths[-1][0], widths[-1][0])
    return len(widths) - 1


def column_letters(index: int) -> str:
    """The name a spreadsheet gives a column: 0 is A, 26 is AA."""
    letters, index = "", index + 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def _head_among(first: list[tuple[int, list]], kind: Kind) -> int:
    """Index of the row with the most headers known for the kind; else of the first with more than one cell."""
    known = kind.by_header
    texts = [[text for text in map(text_of, cells) if text] for _, cells in first]
    n_known = [sum(plain(text) in known for text in row) for row in texts]
    if max(n_known) > 0:
        return n_known.index(max(n_known))
    return next((index for index, row in enumerate(texts) if len(row) > 1), 0)


def _refuse_data_as_head(headers: list[str], header_row: int) -> None:
    if found := next((header for header in headers if LOOKS_LIKE_DATA.fullmatch(header)), None):
        raise Refusal(
            "intake.no_header",
            zh="第{header_row}行应为表头，却有“{found}”，像是数据。第一行应写列名，如“姓名、身份证号”。请加上表头后上传。",
            en="Row {header_row} should be the head, yet has “{found}”, which looks like data. The first row should "
            "name the columns, such as “name, identity number”. Add a head and upload it again.",
            header_row=header_row,
            found=found,
        )


def _refuse_twice(headers: list[str]) -> None:
    if twice := next((header for header in headers if header and headers.count(header) > 1), None):
        columns = [column_letters(index) for index, header in enumerate(headers) if header == twice]
        raise Refusal(
            "intake.header_twice",
            zh="表头“{header}”出现了{n}次（{columns}列），不知道用哪一列。每个列名应只出现一次。请改名或删去多余的列后上传。",
            en="The header “{header}” stands {n} times (columns {columns}), so it is unclear which is meant. Each name "
            "should stand once. Rename or delete the others and upload it again.",
            header=twice,
            n=len(columns),
            columns=", ".join(columns),
        )


def _refuse_nameless(columns: set[int], header_row: int) -> None:
    if columns:
        raise Refusal(
            "intake.header_empty",
            zh="{columns}列有内容，但表头（第{header_row}行）是空的，也可能是合并了单元格。每列应有自己的列名。"
            "请取消合并、补上列名后上传。",
            en="Columns {columns} have content, but the head (row {header_row}) is empty there, perhaps since cells "
            "are merged. Each column should have its own name. Unmerge the cells, add the names and upload it again.",
            columns=", ".join(column_letters(index) for index in sorted(columns)),
            header_row=header_row,
        )
