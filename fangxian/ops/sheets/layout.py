"""Where the table of a form is: its head of one or more storeys, the rows to be filled in, what stands below."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from xml.dom.minidom import Element

from fangxian.core.refusal import Refusal
from fangxian.ops.intake.fields import plain

from . import refusals
from .limits import MOST_COLUMNS
from .package import Package, elements, parsed, text_of
from .references import CELL, column_number
from .wire import Layout

ROWS_LOOKED_AT = 40
MOST_HEAD_ROW = 200
MOST_EMPTY_ROWS = 60  # ruled and empty, below a table that nothing ends
FOOT = re.compile(
    r"^[\s（(]*(合\s*计|总\s*计|小\s*计|共\s*计|填\s*报|填\s*表|制\s*表|审\s*核|审\s*批|复\s*核|负责人|单位负责|经办|"
    r"联系人|备注?[:：]|附?注[:：\d]|说\s*明|日\s*期[:：]|填写说明|total|sum\b|prepared|checked|approved|notes?:|date:)",
    re.IGNORECASE,
)
COUNTED = re.compile(r"[甲乙丙丁戊己庚]|[（(]?\d{1,2}[)）]?")  # a row that numbers the columns
PATH = "/"
Rectangle = tuple[int, int, int, int]  # first row, first column, last row, last column; from 1


@dataclass(frozen=True, slots=True)
class Cells:
    """A sheet: text by (row, column), where formulas are, which cells are merged, which rows have some."""

    texts: Mapping[tuple[int, int], str]
    formulas: frozenset[tuple[int, int]]
    merged: Sequence[Rectangle]
    rows: frozenset[int]

    @property
    def n_columns(self) -> int:
        return min(MOST_COLUMNS, max((column for _, column in self.texts), default=0))

    def row(self, number: int) -> dict[int, str]:
        """The texts of a row by column."""
        return {column: text for (row, column), text in self.texts.items() if row == number and column <= MOST_COLUMNS}


def cells_of(package: Package, sheet: str) -> Cells:
    """Refuses `sheets.no_such_sheet`."""
    root = parsed(package.parts[package.sheet(sheet).part]).documentElement
    strings = shared_strings(package)
    texts: dict[tuple[int, int], str] = {}
    formulas: set[tuple[int, int]] = set()
    rows: set[int] = set()
    for cell in elements(root, "c"):
        if found := CELL.fullmatch(cell.getAttribute("r")):
            at = (int(found[4]), column_number(found[2]))
            rows.add(at[0])
            if elements(cell, "f"):
                formulas.add(at)
            if text := " ".join(said_in(cell, strings).split()):
                texts[at] = text
    merged = [it for ref in elements(root, "mergeCell") if (it := _rectangle(ref.getAttribute("ref")))]
    return Cells(texts, frozenset(formulas), merged, frozenset(rows))


def shared_strings(package: Package) -> list[str]:
    part = package.parts.get("xl/sharedStrings.xml")
    return [_plain_text(it) for it in elements(parsed(part), "si")] if part else []


def said_in(cell: Element, strings: Sequence[str]) -> str:
    """What a cell says, as it is stored: a number as digits, a date as a number of days."""
    kind = cell.getAttribute("t")
    if kind == "inlineStr":
        return "".join(_plain_text(it) for it in elements(cell, "is"))
    values = elements(cell, "v")
    value = text_of(values[0]) if values else ""
    if kind == "s":
        return strings[int(value)] if value.isdecimal() and int(value) < len(strings) else ""
    return value


def _plain_text(of: Element) -> str:
    """The text of runs, without the readings that stand above them."""
    return "".join(text_of(it) for it in elements(of, "t") if it.parentNode.localName != "rPh")


def _rectangle(ref: str) -> Rectangle | None:
    corners = [CELL.fullmatch(it) for it in ref.split(":")]
    if len(corners) != 2 or not all(corners):
        return None
    (r1, c1), (r2, c2) = ((int(it[4]), column_number(it[2])) for it in corners if it)
    return r1, c1, r2, c2


def sheet_proposed(package: Package, known: Sequence[Mapping[str, object]]) -> str:
    """The sheet in which most heads are known; the first where none is."""
    names = [it.name for it in package.sheets]
    return max(names, key=lambda it: (_most_known(cells_of(package, it), known), -names.index(it)))


def _most_known(cells: Cells, known: Sequence[Mapping[str, object]]) -> int:
    return max((_n_known(cells.row(row), known) for row in range(1, ROWS_LOOKED_AT)), default=0)


def _n_known(row: Mapping[int, str], known: Sequence[Mapping[str, object]]) -> int:
    return max((sum(plain(text) in it for text in row.values()) for it in known), default=0)


def find_layout(package: Package, sheet: str, known: Sequence[Mapping[str, object]]) -> Layout:
    """Where the table is, as far as the form itself tells.

    Parameters
    ----------
    known : for each source that may fill it in what its heads are called, plain

    Refuses
    -------
    sheets.no_such_sheet, sheets.no_head
    """
    cells = cells_of(package, sheet)
    first, last = _head(cells, known)
    while _only_counts(cells.row(last + 1)):
        last += 1
    return _layout(sheet, cells, first, last, _body_last(cells, last))


def _layout(sheet: str, cells: Cells, head_first: int, head_last: int, body_last: int) -> Layout:
    formulas = sorted({column for row, column in cells.formulas if head_last < row <= body_last})
    return Layout(
        sheet=sheet, head_first=head_first, head_last=head_last, body_last=body_last,
        heads=_heads(cells, head_first, head_last), formulas=tuple(formulas),
    )  # fmt: skip


def with_rows(package: Package, layout: Layout, *, head_last: int, body_last: int) -> Layout:
    """The layout with the rows that a person says; refuses `sheets.rows_out_of_order`."""
    if not (0 < head_last <= MOST_HEAD_ROW and head_last <= body_last <= head_last + 5000):
        raise refusals.rows_out_of_order(head_last, body_last)
    if (head_last, body_last) == (layout.head_last, layout.body_last):
        return layout
    cells = cells_of(package, layout.sheet)
    first = layout.head_first if layout.head_first <= head_last == layout.head_last else None
    first = first or _storeys(cells, head_last)[0]
    return _layout(layout.sheet, cells, first, head_last, body_last)


def _head(cells: Cells, known: Sequence[Mapping[str, object]]) -> tuple[int, int]:
    rows = {number: cells.row(number) for number in range(1, ROWS_LOOKED_AT)}
    n_known = {number: _n_known(row, known) for number, row in rows.items()}
    best = max(n_known, key=lambda it: (n_known[it], -it))
    if not n_known[best]:
        several = [it for it, row in rows.items() if len(row) > 1 and not any(map(FOOT.match, row.values()))]
        if not several:
            raise refusals.no_head()
        best = several[0]
    return _storeys(cells, best)


def _storeys(cells: Cells, row: int) -> tuple[int, int]:
    """The rows of the head that has one of them: what is merged with it, and the row above that parts its columns."""
    width = max((column for (at, column) in cells.texts if at == row), default=0)
    titles = [it for it in cells.merged if it[1] == 1 and it[3] >= max(width, 2)]
    first = last = row
    for _ in range(5):
        touching = [it for it in cells.merged if it not in titles and it[0] <= last and it[2] >= first]
        first, last = min([first, *(it[0] for it in touching)]), max([last, *(it[2] for it in touching)])
        beside = [it for it in cells.merged if it not in titles and it[1] != it[3]]
        # A head that is merged over columns has its parts in the row below.
        if any(it[2] == last for it in beside) and len(cells.row(last + 1)) > 1:
            parts = cells.row(last + 1)
            below = [it for it in beside if it[2] == last]
            if all(any(it[1] <= column <= it[3] for it in below) for column in parts):
                last += 1
        if any(it[2] == first - 1 for it in beside) and len(cells.row(first - 1)) > 1:
            first -= 1
    return first, last


def _only_counts(row: Mapping[int, str]) -> bool:
    texts = list(row.values())
    return len(texts) > 2 and all(map(COUNTED.fullmatch, texts)) and _rises(texts)


def _rises(texts: Sequence[str]) -> bool:
    numbers = [int(it.strip("（()）")) for it in texts if it.strip("（()）").isdecimal()]
    return len(numbers) > 1 and all(b == a + 1 for a, b in pairwise(numbers))


def _body_last(cells: Cells, head_last: int) -> int:
    """The last row before what ends the table; without anything that does, the last with something in it."""
    filled = {row for row, _ in cells.texts if row > head_last} | {row for row, _ in cells.formulas if row > head_last}
    for row in sorted(filled):
        if _is_foot(cells, row, head_last):
            ruled = [it for it in cells.rows if head_last < it < row]  # without the gap above what ends it
            return max(ruled, default=row - 1)
    if filled:
        return max(filled)
    return max(head_last, min(max(cells.rows, default=0), head_last + MOST_EMPTY_ROWS))


def _is_foot(cells: Cells, row: int, head_last: int) -> bool:
    texts = cells.row(row)
    if any(FOOT.match(text) for text in texts.values()):
        return True
    wide = any(it[0] <= row <= it[2] and it[3] - it[1] >= 3 and (it[0], it[1]) in cells.texts for it in cells.merged)
    return wide and len(texts) <= 2 and row > head_last + 1


def _heads(cells: Cells, first: int, last: int) -> tuple[str, ...]:
    """What each column is called: the storeys above it from the top, once each."""
    over: dict[tuple[int, int], str] = {}
    for r1, c1, r2, c2 in cells.merged:
        if text := cells.texts.get((r1, c1)):
            over |= {(r, c): text for r in range(r1, min(r2, last) + 1) for c in range(c1, min(c2, MOST_COLUMNS) + 1)}
    heads = []
    for column in range(1, cells.n_columns + 1):
        said = [over.get((row, column)) or cells.texts.get((row, column), "") for row in range(first, last + 1)]
        if last > first and COUNTED.fullmatch(said[-1] or "-"):
            said = said[:-1]
        storeys = [text for n, text in enumerate(said) if text and text not in said[:n]]
        heads.append(PATH.join(storeys)[:200])
    while heads and not heads[-1]:
        heads.pop()
    return tuple(heads)


def propose(heads: Sequence[str], by_header: Mapping[str, str], remembered: Mapping[str, str]) -> list[str]:
    """The field for each column, "" where nothing is known: as it was mapped before, by the whole head, by its parts.

    Parameters
    ----------
    by_header : plain head → field
    remembered : head → field; "" for one that was left empty on purpose
    """
    chosen = [remembered.get(head, "") for head in heads]
    told = [(n, head) for n, head in enumerate(heads) if head and head not in remembered]
    # The whole head first, so that 「县外返回/人数」 is not taken for 「人数」 by whichever column comes first.
    for asked in (lambda head: [head, head.replace(PATH, "")], lambda head: head.split(PATH)[::-1]):
        for n, head in told:
            field = next((by_header[plain(it)] for it in asked(head) if plain(it) in by_header), "")
            if field and field not in chosen and not chosen[n]:
                chosen[n] = field
    return chosen


def printed_order(package: Package, layout: Layout, column: int) -> tuple[str, ...]:
    """What a form has printed in the rows of a column (from 1), in order; () where it is not printed in two or more."""
    cells = cells_of(package, layout.sheet)
    rows = range(layout.body_first, layout.body_last + 1)
    told = [text for row in rows if (text := cells.texts.get((row, column))) and (row, column) not in cells.formulas]
    return tuple(told) if len(told) > 1 else ()


def first_sheet_with_head(package: Package, known: Sequence[Mapping[str, object]]) -> Layout:
    """The layout of the sheet that is most likely meant; refuses `sheets.no_head` where none has a head."""
    likely = sheet_proposed(package, known)
    names = [likely, *(it.name for it in package.sheets if it.name != likely)]
    for n, name in enumerate(names, start=1):
        try:
            return find_layout(package, name, known)
        except Refusal:
            if n == len(names):
                raise
    raise refusals.no_head()
