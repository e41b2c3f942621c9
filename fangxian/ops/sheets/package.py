"""A form as a package of parts (.xlsx): opened with care, and without what has no place in a form."""

import io
import re
import zipfile
import zlib
from dataclasses import dataclass
from posixpath import dirname, join, normpath
from xml.dom.minidom import Document, Element, parseString
from xml.parsers import expat

from fangxian.core.refusal import Refusal, Said

from . import refusals
from .limits import FORM_CELLS, FORM_SIZE, FORM_UNPACKED, FORM_XML, MEBIBYTE, MOST_PARTS

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
BOOK, TYPES, HEAD = (
    "xl/workbook.xml",
    "[Content_Types].xml",
    b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n',
)
A_BROKEN_ZIP = (zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError)
ACTIVE = (
    (re.compile(r"vbaProject|macrosheets/", re.I), Said("宏", "macros")),
    (re.compile(r"xl/(activeX|ctrlProps|embeddings)/", re.I), Said("控件或嵌入的对象", "controls or embedded objects")),
    (
        re.compile(r"xl/(connections\.xml|queryTables/|pivotCache/|model/)", re.I),
        Said("外部数据连接或透视表", "data connections or pivot tables"),
    ),
)  # fmt: skip
CELL_OR_ROW = re.compile(rb"<(?:\w+:)?(?:c|row)[\s/>]")
LEFT_OUT = re.compile(r"xl/(externalLinks/|calcChain\.xml)")
CALLS_OUT = re.compile(r"\b(WEBSERVICE|FILTERXML|CALL|REGISTER\.ID|RTD|IMAGE)\s*\(|\|'?[^'!]*'?!", re.I)


@dataclass(frozen=True, slots=True)
class SheetPart:
    """One sheet of a workbook: its name, and the part it lies in."""

    name: str
    part: str


@dataclass(frozen=True, slots=True)
class Package:
    """A form's parts by name, its visible sheets in their order; `days_begin_1904`: how its dates are counted."""

    parts: dict[str, bytes]
    sheets: tuple[SheetPart, ...]
    days_begin_1904: bool = False

    def sheet(self, name: str) -> SheetPart:
        """Refuses `sheets.no_such_sheet`."""
        found = next((it for it in self.sheets if it.name == name), None)
        if found is None:
            raise refusals.no_such_sheet(name, "、".join(it.name for it in self.sheets))
        return found


def open_package(content: bytes) -> Package:
    """The parts of a form, without links to other workbooks.

    Refuses
    -------
    sheets.too_large, sheets.old_format, sheets.not_a_workbook, sheets.unpacks_too_large, sheets.active_content,
    sheets.hidden_sheets, sheets.protected
    """
    if len(content) > FORM_SIZE.value * MEBIBYTE:
        raise refusals.too_large(-(-len(content) // MEBIBYTE), int(FORM_SIZE.value))
    if content.startswith(OLE):
        raise refusals.old_format()
    parts = _unpacked(content)
    if BOOK not in parts or TYPES not in parts:
        raise refusals.not_a_workbook()
    _refuse_many_cells(parts)
    _refuse_active(parts)
    book = parsed(parts[BOOK])
    root = book.documentElement
    if root.namespaceURI != MAIN:
        raise refusals.not_a_workbook()
    sheets = _sheets(root, _targets(parts, BOOK))
    if elements(root, "workbookProtection") or any(_is_protected(parts[it.part]) for it in sheets):
        raise refusals.protected()
    properties = elements(root, "workbookPr")
    counted = properties[0].getAttribute("date1904") if properties else ""
    _leave_out_links(parts, book)
    return Package(parts, sheets, counted in ("1", "true"))


def _unpacked(content: bytes) -> dict[str, bytes]:
    limit = int(FORM_UNPACKED.value) * MEBIBYTE
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            entries = [it for it in package.infolist() if not it.is_dir()]
            # Reading stops at the size an entry declares, and then its checksum is wrong if it lied.
            if len(entries) > MOST_PARTS or sum(it.file_size for it in entries) > limit:
                raise refusals.unpacks_too_large(limit // MEBIBYTE)
            return {it.filename.lstrip("/"): package.read(it) for it in entries}
    except A_BROKEN_ZIP as problem:
        raise refusals.not_a_workbook() from problem


def parsed(part: bytes) -> Document:
    """A part as a tree; refuses `sheets.not_a_workbook` for what is no XML, or declares what no workbook does."""

    def refuse(*_: object) -> None:
        raise refusals.not_a_workbook()

    try:
        looked = expat.ParserCreate()
        looked.StartDoctypeDeclHandler = refuse
        looked.Parse(part, True)
        return parseString(part)
    except Refusal:
        raise
    except (expat.ExpatError, ValueError, LookupError) as problem:
        raise refusals.not_a_workbook() from problem


def elements(of: Element | Document, name: str) -> list[Element]:
    """Those of the spreadsheet's own words below, in their order."""
    return list(of.getElementsByTagNameNS(MAIN, name))


def written(root: Element) -> bytes:
    return HEAD + root.toxml().encode()


def text_of(of: Element) -> str:
    return "".join(it.data for it in of.childNodes if it.nodeType in (it.TEXT_NODE, it.CDATA_SECTION_NODE))


def relations_of(part: str) -> str:
    return join(dirname(part), "_rels", part.rpartition("/")[2] + ".rels")


def _targets(parts: dict[str, bytes], part: str) -> dict[str, str]:
    """Id of a relation → the part it leads to, of those within the package."""
    name = relations_of(part)
    if name not in parts:
        return {}
    return {
        it.getAttribute("Id"): _within(part, it.getAttribute("Target"))
        for it in parsed(parts[name]).getElementsByTagName("Relationship")
        if it.getAttribute("TargetMode") != "External"
    }


def _within(part: str, target: str) -> str:
    return target.lstrip("/") if target.startswith("/") else normpath(join(dirname(part), target))


def related(parts: dict[str, bytes], part: str, folder: str) -> list[str]:
    """The parts in a folder that a part leads to, such as a sheet's drawings."""
    return [it for it in _targets(parts, part).values() if it.startswith(folder) and it in parts]


def _sheets(root: Element, targets: dict[str, str]) -> tuple[SheetPart, ...]:
    told = elements(root, "sheet")
    if hidden := [it.getAttribute("name") for it in told if it.getAttribute("state") in ("hidden", "veryHidden")]:
        raise refusals.hidden_sheets("、".join(hidden))
    found = [SheetPart(it.getAttribute("name"), targets.get(it.getAttributeNS(RELS, "id"), "")) for it in told]
    found = [it for it in found if it.part.startswith("xl/worksheets/")]
    if not found:
        raise refusals.not_a_workbook()
    return tuple(found)


def _is_protected(part: bytes) -> bool:
    return bool(elements(parsed(part), "sheetProtection"))


def _refuse_many_cells(parts: dict[str, bytes]) -> None:
    """Before anything is made a tree of, which takes some twenty times its size."""
    limit, most = int(FORM_CELLS.value), int(FORM_XML.value) * MEBIBYTE
    for name, part in parts.items():
        if not name.endswith((".xml", ".rels")):
            continue
        n = len(CELL_OR_ROW.findall(part)) if name.startswith("xl/worksheets/") else 0
        if n > limit:
            raise refusals.too_many_cells(n, limit)
        if len(part) > most:
            raise refusals.unpacks_too_large(most // MEBIBYTE)


def _refuse_active(parts: dict[str, bytes]) -> None:
    for pattern, what in ACTIVE:
        if any(pattern.search(name) for name in parts):
            raise refusals.active_content(what)
    if b"macroEnabled" in parts[TYPES]:
        raise refusals.active_content(ACTIVE[0][1])
    for name, part in parts.items():
        if name.startswith("xl/worksheets/") and name.endswith(".xml"):
            for formula in elements(parsed(part), "f"):
                # [1]Other!A1 is a link to another workbook, which is left out; this is what fetches or runs.
                if CALLS_OUT.search(re.sub(r'"[^"]*"', "", text_of(formula))):
                    raise refusals.active_content(Said("会连到外面的公式", "formulas that reach outside"))


def _leave_out_links(parts: dict[str, bytes], book: Document) -> None:
    """Take out links to other workbooks, and the order of calculation, which is worked out anew."""
    for name in [it for it in parts if LEFT_OUT.match(it)]:
        del parts[name]
    for it in elements(book, "externalReferences"):
        it.parentNode.removeChild(it)
    parts[BOOK] = written(book.documentElement)
    for name, tag, attribute in ((TYPES, "Override", "PartName"), (relations_of(BOOK), "Relationship", "Target")):
        if name not in parts:
            continue
        told = parsed(parts[name])
        for it in told.getElementsByTagName(tag):
            target = it.getAttribute(attribute).lstrip("/")
            if LEFT_OUT.match(target if target.startswith("xl/") else f"xl/{target}"):
                it.parentNode.removeChild(it)
        parts[name] = written(told.documentElement)
