"""A form filled in: the rows in the place of its empty ones, everything else as it was. Written while rows are read.

The form's own XML is kept and only what has to move is moved; a library that reads a workbook and writes it again
loses what it does not know, and holds a hundred thousand rows in memory.
"""

import io
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import chain
from xml.dom.minidom import Element
from xml.sax.saxutils import escape

from django.utils.timezone import is_aware, localtime

from fangxian.ops.intake.fields import plain
from fangxian.ops.intake.returning import LONGEST_CELL, guarded

from . import refusals
from .formulas import move_around, move_elsewhere, move_formula, write_out
from .layout import said_in, shared_strings
from .package import BOOK, HEAD, MAIN, Package, elements, parsed, text_of, written
from .references import CELL, LAST_ROW, Move, column_number, letters_of, moved_formula
from .styles import PART as STYLES
from .styles import Styles
from .wire import Kind, Layout

ROWS_HERE = "the rows stand here"
PLACEHOLDER = re.compile(r"\{\{\s*([^{}]{1,40}?)\s*\}\}")
SUM = re.compile(r"\s*SUM\(\s*\$?([A-Z]{1,3})\$?(\d+):\$?([A-Z]{1,3})\$?(\d+)\s*\)\s*", re.IGNORECASE)
DAY_0, DAYS_TO_1904, DAY_S = date(1899, 12, 30).toordinal(), 1462, 86_400
ROWS_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Filler:
    """What a column is filled in with: how a value is written, and the value of a row."""

    kind: Kind
    read: Callable[[object], object]


@dataclass(frozen=True, slots=True)
class Template:
    """A form ready to be filled in.

    Attributes
    ----------
    fillers : column (from 1) → what it is filled in with; a column without keeps its formula, or stays empty
    words : placeholder, plain → what stands for `{{placeholder}}` outside the table
    """

    package: Package
    layout: Layout
    fillers: Mapping[int, Filler]
    words: Mapping[str, str]


@dataclass(slots=True)
class _Cell:
    """A column of one of the form's rows to fill in: letters, style, and what comes into it."""

    letters: str
    style: int
    filler: Filler | None
    formula: str


@dataclass(slots=True)
class _Model:
    """One of the form's rows to fill in."""

    attributes: str
    cells: list[_Cell]
    merged: list[tuple[str, str]]


def fill(template: Template, rows: Iterable[object], *, at_end: Callable[[int], object] = int) -> Iterator[bytes]:
    """The workbook, piece by piece. `at_end` hears how many rows there were once the last is written.

    Refuses
    -------
    sheets.too_many_rows
        In the midst of it: what was sent until then is no whole file.
    """
    outflow = _Outflow()
    package = template.package
    part = package.sheet(template.layout.sheet).part
    work = _Sheet(template)
    if work.has_formulas_above:  # these have to know how many rows come below them
        rows = list(rows)
    with zipfile.ZipFile(outflow, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as book:
        with book.open(_entry(part), "w", force_zip64=True) as sheet:
            for piece in work.pieces(rows):
                sheet.write(piece)
                if taken := outflow.taken():
                    yield taken
        changed = work.other_parts()
        for name, content in package.parts.items():
            if name != part:
                book.writestr(_entry(name), changed.get(name, content))
    at_end(work.n_rows)
    yield outflow.taken()


def _entry(name: str) -> zipfile.ZipInfo:
    """A part of the package, compressed: an entry is not, unless it says so. It bears no date of ours."""
    info = zipfile.ZipInfo(name)
    info.compress_type = zipfile.ZIP_DEFLATED
    return info


def emptied(package: Package, layout: Layout) -> bytes:
    """The form without what stood in its rows for show: somebody's name, more often than not."""
    return b"".join(fill(Template(package, layout, {}, {}), ()))


class _Sheet:
    """The sheet while it is written."""

    def __init__(self, template: Template) -> None:
        package, self._layout = template.package, template.layout
        self._package, self._fillers, self._words = package, template.fillers, template.words
        self._strings, self._styles = shared_strings(package), Styles(package)
        self._root = parsed(package.parts[package.sheet(self._layout.sheet).part]).documentElement
        self._p = f"{self._root.prefix}:" if self._root.prefix else ""
        write_out(self._root)
        self._data = elements(self._root, "sheetData")[0]
        told = elements(self._data, "row")
        own = {int(it.getAttribute("r")): it for it in told if it.getAttribute("r").isdecimal()}
        lay = self._layout
        self._above = [it for number, it in own.items() if number <= lay.head_last]
        self._below = [it for number, it in own.items() if number > lay.body_last]
        self._merged = self._take_merged()
        self._models = [self._model(own.get(number), number) for number in range(lay.body_first, lay.body_last + 1)]
        self._models = self._models or [self._model(None, 0)]
        in_body = any(cell.formula for model in self._models for cell in model.cells)
        self.has_formulas_above = in_body or any(elements(it, "f") for it in self._above)
        self.n_rows, self._sums = 0, dict.fromkeys(template.fillers, 0)
        self._move = Move(lay.body_first, lay.body_last, lay.n_body)

    def pieces(self, rows: Iterable[object]) -> Iterator[bytes]:
        lay = self._layout
        if isinstance(rows, list):
            self._move = Move(lay.body_first, lay.body_last, max(len(rows), lay.n_body))
        before = self._before()
        yield before
        yield "".join(self._outside(it, 0) for it in self._above).encode()
        yield from self._body(rows)
        self._move = Move(lay.body_first, lay.body_last, max(self.n_rows, lay.n_body))
        yield "".join(self._outside(it, self._move.shift) for it in self._below).encode()
        yield self._after()

    def other_parts(self) -> dict[str, bytes]:
        """The other parts as they read now."""
        changed = move_elsewhere(self._package, self._layout.sheet, self._move)
        changed[BOOK] = _book(self._package.parts[BOOK], self._layout.sheet, self._move)
        if (styles := self._styles.part) is not None:
            changed[STYLES] = styles
        return changed

    def _before(self) -> bytes:
        while self._data.firstChild:
            self._data.removeChild(self._data.firstChild)
        self._data.appendChild(self._root.ownerDocument.createTextNode(ROWS_HERE))
        for it in elements(self._root, "dimension"):
            it.parentNode.removeChild(it)
        return HEAD + self._root.toxml().encode().partition(ROWS_HERE.encode())[0]

    def _after(self) -> bytes:
        move_around(self._root, self._move, self._layout.sheet)
        self._put_merged()
        return self._root.toxml().encode().partition(ROWS_HERE.encode())[2]

    def _body(self, rows: Iterable[object]) -> Iterator[bytes]:
        """The rows, and as many empty ones as the form has more than there are."""
        left = iter(rows)
        said: list[str] = []
        row, follows = next(left, None), True
        models, n_models = self._models, len(self._models)
        n = 0
        while row is not None:
            following = next(left, None)
            follows = following is not None
            at = n if n < n_models - 1 else max(n_models - 2, 0) if follows or n_models < 2 else n_models - 1
            said.append(self._row(models[at], at, n, row))
            row, n = following, n + 1
            if self._layout.body_first + n + len(self._below) >= LAST_ROW:
                raise refusals.too_many_rows(LAST_ROW - 1)
            if len(said) == ROWS_AT_ONCE:
                yield "".join(said).encode()
                said = []
        self.n_rows = n
        said += [self._row(models[at], at, at, None) for at in range(n, self._layout.n_body)]
        yield "".join(said).encode()

    def _row(self, model: _Model, at: int, n: int, row: object) -> str:
        number, p = self._layout.body_first + n, self._p
        cells = []
        for cell in model.cells:
            place = f'r="{cell.letters}{number}"'
            if cell.filler is not None and row is not None:
                value = cell.filler.read(row)
                cells.append(self._cell(cell, place, value))
            elif cell.formula:
                own = {"row": self._layout.body_first + at, "step": n - at}
                formula = moved_formula(cell.formula, self._move, sheet=self._layout.sheet, is_on_sheet=True, **own)
                cells.append(f'<{p}c {place} s="{cell.style}"><{p}f>{escape(formula)}</{p}f></{p}c>')
            else:
                cells.append(f'<{p}c {place} s="{cell.style}"/>')
        return f'<{p}row r="{number}"{model.attributes}>{"".join(cells)}</{p}row>'

    def _cell(self, cell: _Cell, place: str, value: object) -> str:
        p, style = self._p, cell.style
        if value is None or value == "":
            return f'<{p}c {place} s="{style}"/>'
        if isinstance(value, date):
            style = self._styles.of(style, Kind.MOMENT if isinstance(value, datetime) else Kind.DATE)
            value = _days(value, self._package.days_begin_1904)
        elif isinstance(value, int | float | Decimal) and cell.filler.kind is not Kind.EXACT:
            self._sums[column_number(cell.letters)] += value
        else:
            style = self._styles.of(style, cell.filler.kind) if cell.filler.kind is Kind.EXACT else style
            text = escape(legal(guarded(str(value))[:LONGEST_CELL]))
            said = f'<{p}is><{p}t xml:space="preserve">{text}</{p}t></{p}is>'
            return f'<{p}c {place} s="{style}" t="inlineStr">{said}</{p}c>'
        return f'<{p}c {place} s="{style}"><{p}v>{value}</{p}v></{p}c>'

    def _model(self, row: Element | None, number: int) -> _Model:
        own: dict[int, Element] = {}
        for it in elements(row, "c") if row is not None else []:
            if found := CELL.fullmatch(it.getAttribute("r")):
                own[column_number(found[2])] = it
        cells = []
        for column in sorted(own.keys() | self._fillers.keys()):
            it = own.get(column)
            filler = self._fillers.get(column)
            formulas = elements(it, "f") if it is not None and filler is None else []
            style = int(it.getAttribute("s") or 0) if it is not None else 0
            cells.append(_Cell(letters_of(column), style, filler, text_of(formulas[0]) if formulas else ""))
        told = dict(row.attributes.items()) if row is not None else {}
        kept = "".join(f' {k}="{escape(v)}"' for k, v in told.items() if k not in ("r", "spans"))
        return _Model(kept, cells, self._merged.get(number, []))

    def _outside(self, row: Element, shift: int) -> str:
        """A row above or below the table, where it stands now."""
        number = int(row.getAttribute("r")) + shift
        row.setAttribute("r", str(number))
        for cell in elements(row, "c"):
            if found := CELL.fullmatch(cell.getAttribute("r")):
                cell.setAttribute("r", f"{found[2]}{number}")
            for f in elements(cell, "f"):
                move_formula(f, self._move, sheet=self._layout.sheet)
                self._keep_value(cell, text_of(f))
            self._say_placeholders(cell)
        return row.toxml()

    def _keep_value(self, cell: Element, formula: str) -> None:
        """A sum of a whole column is known here; any other value is worked out when the file is opened."""
        for value in elements(cell, "v"):
            cell.removeChild(value)
        if cell.hasAttribute("t"):
            cell.removeAttribute("t")
        found = SUM.fullmatch(formula)
        column = column_number(found[1]) if found and found[1] == found[3] else 0
        whole = found and (int(found[2]), int(found[4])) == (self._move.first, self._move.new_last)
        if whole and column in self._sums:
            value = self._root.ownerDocument.createElementNS(MAIN, f"{self._p}v")
            value.appendChild(self._root.ownerDocument.createTextNode(str(self._sums[column])))
            cell.appendChild(value)

    def _say_placeholders(self, cell: Element) -> None:
        text = said_in(cell, self._strings)
        if "{{" not in text or elements(cell, "f"):
            return
        filled = PLACEHOLDER.sub(lambda it: self._words.get(plain(it[1]), it[0]), text)
        if filled == text:
            return
        while cell.firstChild:
            cell.removeChild(cell.firstChild)
        cell.setAttribute("t", "inlineStr")
        within = cell.appendChild(self._root.ownerDocument.createElementNS(MAIN, f"{self._p}is"))
        within = within.appendChild(self._root.ownerDocument.createElementNS(MAIN, f"{self._p}t"))
        within.setAttribute("xml:space", "preserve")
        within.appendChild(self._root.ownerDocument.createTextNode(legal(guarded(filled))))

    def _take_merged(self) -> dict[int, list[tuple[str, str]]]:
        """The merged cells within rows to fill in, by row; they are taken out and put into every row that comes."""
        found: dict[int, list[tuple[str, str]]] = {}
        for it in elements(self._root, "mergeCell"):
            corners = [CELL.fullmatch(corner) for corner in it.getAttribute("ref").split(":")]
            if len(corners) != 2 or not all(corners):
                continue
            first, last = int(corners[0][4]), int(corners[1][4])
            if self._layout.body_first <= first and last <= self._layout.body_last:
                it.parentNode.removeChild(it)
                if first == last:
                    found.setdefault(first, []).append((corners[0][2], corners[1][2]))
        return found

    def _put_merged(self) -> None:
        lists = elements(self._root, "mergeCells")
        models = self._models
        n = max(self.n_rows, self._layout.n_body) if any(it.merged for it in models) else 0
        for k in range(n if lists else 0):
            at = k if k < len(models) else max(len(models) - 2, 0)
            for begins, ends in models[at].merged:
                it = self._root.ownerDocument.createElementNS(MAIN, f"{self._p}mergeCell")
                number = self._layout.body_first + k
                it.setAttribute("ref", f"{begins}{number}:{ends}{number}")
                lists[0].appendChild(it)
        for it in lists:
            n_merged = len(elements(it, "mergeCell"))
            it.setAttribute("count", str(n_merged))
            if not n_merged:
                it.parentNode.removeChild(it)


def _book(part: bytes, sheet: str, move: Move) -> bytes:
    """The workbook's own part: names of ranges moved, and everything worked out anew when it is opened."""
    root = parsed(part).documentElement
    for name in elements(root, "definedName"):
        said = moved_formula(text_of(name), move, sheet=sheet, is_on_sheet=False)
        while name.firstChild:
            name.removeChild(name.firstChild)
        name.appendChild(root.ownerDocument.createTextNode(said))
    reckoning = elements(root, "calcPr")
    if not reckoning:
        before = (elements(root, "definedNames") or elements(root, "sheets"))[0]
        prefix = f"{root.prefix}:" if root.prefix else ""
        reckoning = [root.ownerDocument.createElementNS(MAIN, f"{prefix}calcPr")]
        root.insertBefore(reckoning[0], before.nextSibling)
    reckoning[0].setAttribute("fullCalcOnLoad", "1")
    return written(root)


def _days(value: date, begin_1904: bool) -> float | int:
    """A date as spreadsheets count it, in days; a moment in the county's time with a fraction."""
    offset = DAYS_TO_1904 if begin_1904 else 0
    if not isinstance(value, datetime):
        return value.toordinal() - DAY_0 - offset
    moment = localtime(value) if is_aware(value) else value
    seconds = moment.hour * 3600 + moment.minute * 60 + moment.second
    return round(moment.toordinal() - DAY_0 - offset + seconds / DAY_S, 8)


def legal(text: str) -> str:
    """Text without the control characters that XML does not allow."""
    return text if text.isprintable() else "".join(it if it.isprintable() or it in "\t\n" else " " for it in text)


class _Outflow(io.RawIOBase):
    """What a package is written to: it is taken away as it comes, so there is no way back in it."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, part) -> int:
        self._parts.append(bytes(part))
        return len(part)

    def taken(self) -> bytes:
        taken, self._parts = b"".join(self._parts), []
        return taken


def first_rows(template: Template, rows: Iterable[object], n: int) -> list[list[object]]:
    """What the first rows would hold, by column, for whoever checks the columns."""
    width = max([*template.fillers, len(template.layout.heads)], default=0)
    shown = chain(_taken(rows, n))
    return [
        [it.read(row) if (it := template.fillers.get(column)) else None for column in range(1, width + 1)]
        for row in shown
    ]


def _taken(rows: Iterable[object], n: int) -> Iterator[object]:
    for number, row in enumerate(rows):
        if number == n:
            return
        yield row
