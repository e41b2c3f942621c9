"""Tables of a web page: what many systems, couriers' too, export under the name .xls, and spreadsheets open."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

from fangxian.core.refusal import Refusal

WIDEST = 1000  # cells that one cell may span: a page that says more is not to fill the memory
SILENT = frozenset({"script", "style"})
BREAKS = frozenset({"br", "p", "div"})
ONE_FILE = "mime-version:"  # how a page saved with its pictures in one file begins; its text is written in a code
OPENING = re.compile(
    rf"\s*(?:<(?:!--|(?:!doctype|\?xml|html|head|meta|body|style|script|div|table)\b)|{ONE_FILE})", re.IGNORECASE
)


def is_markup(text: str) -> bool:
    """Whether a text is a web page or XML, and no text with delimiters."""
    return OPENING.match(text) is not None


def html_records(text: str) -> Iterator[tuple[int, list[str]]]:
    """The rows of the largest table of a page, numbered from 1; rows without any text are counted and left out.

    A cell that spans others stands in the first of them and leaves the next empty, as a workbook's merged cells do.

    Refuses
    -------
    intake.no_table
        A page or XML without a table: a sign-in page, or a workbook saved as XML.
    intake.table_cut_off
    """
    if text.lstrip()[: len(ONE_FILE)].lower() == ONE_FILE:
        raise _no_table()
    reader = _Tables()
    reader.feed(text)
    reader.close()
    if reader.open:
        raise _cut_off(max((len(it.rows) for it in reader.open), default=0))
    tables = [it for it in reader.done if it.rows]
    if not tables:
        raise _no_table()
    largest = max(tables, key=lambda it: sum(map(len, it.rows)))
    for row_number, cells in enumerate(largest.rows, start=1):
        if any(cell.strip() for cell in cells):
            yield row_number, cells


@dataclass(slots=True)
class _Table:
    """A table as it is read; `covered` says up to which row each column is covered by a cell from above."""

    rows: list[list[str]] = field(default_factory=list)
    covered: dict[int, int] = field(default_factory=dict)
    text: list[str] | None = None  # of the cell that is open
    is_exact: bool = False
    spans: tuple[int, int] = (1, 1)

    def begin_row(self) -> None:
        self.end_cell()
        self.rows.append([])

    def begin_cell(self, told: dict[str, str | None]) -> None:
        self.end_cell()
        if not self.rows:
            self.rows.append([])
        row, here = self.rows[-1], len(self.rows) - 1
        while self.covered.get(len(row), -1) >= here:
            row.append("")
        self.spans = _span(told.get("colspan")), _span(told.get("rowspan"))
        # A spreadsheet that writes a page says beside a rounded number what it was.
        exact = told.get("x:num")
        self.is_exact, self.text = bool(exact), [exact] if exact else []

    def say(self, text: str) -> None:
        if self.text is not None and not self.is_exact:
            self.text.append(text)

    def end_cell(self) -> None:
        if self.text is None:
            return
        row, (wide, tall) = self.rows[-1], self.spans
        last = len(self.rows) - 1 + tall - 1
        self.covered |= dict.fromkeys(range(len(row), len(row) + wide), last)
        row.extend(["".join(self.text), *[""] * (wide - 1)])
        self.text = None


class _Tables(HTMLParser):
    """Every table of a page, tables within tables apart."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[_Table] = []
        self.done: list[_Table] = []
        self._is_silent = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in SILENT:
            self._is_silent = True
        elif tag == "table":
            self.open.append(_Table())
        elif not self.open:
            return
        elif tag == "tr":
            self.open[-1].begin_row()
        elif tag in ("td", "th"):
            self.open[-1].begin_cell(dict(attrs))
        elif tag in BREAKS:
            self.open[-1].say(" ")

    def handle_endtag(self, tag: str) -> None:
        if tag in SILENT:
            self._is_silent = False
        elif self.open and tag in ("td", "th", "tr", "table"):
            self.open[-1].end_cell()
            if tag == "table":
                self.done.append(self.open.pop())

    def handle_data(self, data: str) -> None:
        if self.open and not self._is_silent:
            self.open[-1].say(data)


def _span(said: str | None) -> int:
    return min(WIDEST, max(1, int(said))) if said and said.strip().isdecimal() and len(said) < 7 else 1


def _no_table() -> Refusal:
    return Refusal(
        "intake.no_table",
        zh="这个文件是网页或 XML，里面没有表格，不能读取。多半是登录过期时下载的页面，或另存成了别的格式。应为 CSV 或 "
        "XLSX。请重新登录原系统导出，或在表格软件中打开后另存为 XLSX，再上传。",
        en="This file is a web page or XML with no table in it, and cannot be read: most likely a page fetched after "
        "the sign-in had lapsed, or a file saved in another format. It should be CSV or XLSX. Sign in to the system "
        "it came from and export it again, or open it in the spreadsheet and save it as XLSX, and upload that.",
    )


def _cut_off(n_rows: int) -> Refusal:
    return Refusal(
        "intake.table_cut_off",
        zh="文件里的表格在第{n_rows}行断开，没有结尾，文件多半没有传完。应为完整的文件。请重新下载或导出后上传。",
        en="The table in the file breaks off at row {n_rows} without its end: the file most likely did not arrive "
        "whole. It should be complete. Fetch or export it again and upload that.",
        n_rows=n_rows,
    )
