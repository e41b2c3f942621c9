"""The formulas of a form: each written out where it stands, and what is said of rows once they have moved."""

import re
from xml.dom.minidom import Element

from .package import Package, elements, parsed, related, text_of, written
from .references import CELL, Move, column_number, copied_formula, moved_area, moved_formula

OTHER_BOOK = re.compile(r"'?\[\d+\]")
ANCHORS = ("from", "to")
NOTE_ROW = re.compile(rb"(<x:Row>\s*)(\d+)(\s*</x:Row>)")


def write_out(root: Element) -> None:
    """Give every cell its own formula, where spreadsheets let cells share one; those of other workbooks go."""
    shared: dict[str, tuple[str, int, int]] = {}
    for cell in elements(root, "c"):
        place = CELL.fullmatch(cell.getAttribute("r"))
        for f in elements(cell, "f") if place else []:
            row, column = int(place[4]), column_number(place[2])
            if f.getAttribute("t") == "shared":
                number, text = f.getAttribute("si"), text_of(f)
                if text:
                    shared[number] = (text, row, column)
                elif number in shared:
                    of, at_row, at_column = shared[number]
                    _say(f, copied_formula(of, row - at_row, column - at_column))
                for name in ("t", "si", "ref"):
                    if f.hasAttribute(name):
                        f.removeAttribute(name)
            if OTHER_BOOK.search(text_of(f)):  # its last value stays
                cell.removeChild(f)


def move_formula(f: Element, move: Move, *, sheet: str, is_on_sheet: bool = True, row: int = 0, step: int = 0) -> None:
    _say(f, moved_formula(text_of(f), move, sheet=sheet, is_on_sheet=is_on_sheet, row=row, step=step))
    if f.hasAttribute("ref"):
        f.setAttribute("ref", moved_area(f.getAttribute("ref"), move))


def _say(f: Element, text: str) -> None:
    for node in list(f.childNodes):
        f.removeChild(node)
    f.appendChild(f.ownerDocument.createTextNode(text))


def move_around(root: Element, move: Move, sheet: str) -> None:
    """Ranges and formulas of a sheet that stand outside its cells: rules, lists to choose from, links, filters."""
    cells = elements(root, "sheetData")[0]
    for it in root.getElementsByTagName("*"):
        if it is cells or _is_within(it, cells):
            continue
        for name in ("ref", "sqref"):
            if it.hasAttribute(name):
                it.setAttribute(name, moved_area(it.getAttribute(name), move))
        if it.localName in ("formula", "formula1", "formula2"):
            _say(it, moved_formula(text_of(it), move, sheet=sheet, is_on_sheet=True))
        if it.localName == "brk" and it.parentNode.localName == "rowBreaks":
            it.setAttribute("id", str(move.row(int(it.getAttribute("id") or 0))))


def _is_within(it: Element, outer: Element) -> bool:
    while it is not None and it is not outer:
        it = it.parentNode
    return it is outer


def move_elsewhere(package: Package, sheet: str, move: Move) -> dict[str, bytes]:
    """The other parts that speak of the sheet's rows, as they read now: names, other sheets, pictures, notes."""
    own = package.sheet(sheet).part
    changed: dict[str, bytes] = {}
    for it in package.sheets:
        if it.part != own:
            changed[it.part] = _formulas_of_other(package.parts[it.part], sheet, move)
    for folder in ("xl/drawings/", "xl/tables/", "xl/comments", "xl/threadedComments/"):
        for part in related(package.parts, own, folder):
            changed[part] = _moved_part(package.parts[part], part, move)
    return changed


def _formulas_of_other(part: bytes, sheet: str, move: Move) -> bytes:
    root = parsed(part).documentElement
    write_out(root)
    for f in elements(root, "f"):
        move_formula(f, move, sheet=sheet, is_on_sheet=False)
    return written(root)


def _moved_part(part: bytes, name: str, move: Move) -> bytes:
    if name.endswith(".vml"):
        return NOTE_ROW.sub(lambda it: it[1] + str(move.row(int(it[2]) + 1) - 1).encode() + it[3], part)
    root = parsed(part).documentElement
    for it in [root, *root.getElementsByTagName("*")]:
        if it.hasAttribute("ref"):
            it.setAttribute("ref", moved_area(it.getAttribute("ref"), move))
        if it.localName == "row" and it.parentNode.localName in ANCHORS and text_of(it).strip().isdecimal():
            _say(it, str(move.row(int(text_of(it)) + 1) - 1))  # anchors count rows from 0
    return written(root)
