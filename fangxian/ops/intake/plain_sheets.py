"""Workbooks as nearly every program saves a list: one sheet of text and plain numbers, read in half the reader's time.

Only what is surely read as the reader of workbooks would read it is read here: one sheet, its rows in their order, its
cells pointing into the table of texts or plain numbers without a style. Anything else, be it a day, a formula, a rich
text or a damaged package, is left to `workbooks`, which knows what to refuse and why. No rectangle is laid out, so a
cell far out costs nothing; what would be refused for it is left to `workbooks` as well.
"""

import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from typing import NamedTuple
from xml.sax.saxutils import unescape

from .cells import says_something
from .limits import MEBIBYTE, SHEET_CELLS, UNPACKED_SIZE, XLSX_ROWS

BOOK, TEXTS, STYLES = "xl/workbook.xml", "xl/sharedStrings.xml", "xl/styles.xml"
SHEETS = re.compile(r"xl/worksheets/[^/]+\.xml")
ONE_SHEET = re.compile(r'<sheet name="([^"&<]+)" sheetId="\d+"(?: state="visible")? r:id="[^"]+"\s*/>')
HEAD = re.compile(
    rb"""(?:\xef\xbb\xbf)?(?:<\?xml version=["']1\.0["'](?: encoding=["'](?:UTF|utf)-8["'])?"""
    rb"""(?: standalone=["'](?:yes|no)["'])?\s*\?>\s*)?"""
)
TEXT = re.compile(r'<si><t( xml:space="preserve")?>([^<]*)</t>(<phoneticPr [^<>]*/>)?</si>')
EMPTY_TEXT = re.compile(r"<t/>|<si/>|<t></t>")
UNREAD = ("_x", "\r", "<!")  # signs that are written out, other ends of lines, remarks
SIGNS = ("&amp;", "&lt;", "&gt;")
A_STYLE_OF_TEXT, STYLE = re.compile(rb' s="\d+"(?= t="s")'), re.compile(r'<xf [^<>]*?\bnumFmtId="(\d+)"')
# General, whole numbers and fractions, their thousands, percents, text: what is no day or hour, by any program.
OF_NUMBERS = ("0", "1", "2", "3", "4", "9", "10", "49")
OWN_OF_NUMBERS = re.compile(rf"""<numFmt [^<>]*?\bnumFmtId=["'](?:{"|".join(OF_NUMBERS)})["']""")  # might be of days
LOOKED_AT_FIRST = 1 << 16
NOT_PLAIN = re.compile(rb'<f[ >/]|<is>|t="(?:str|b|e|d|inlineStr)"')
ROW = re.compile(rb'<row r="([1-9]\d{0,6})"[^<>]*(?<!/)>')
CELL = re.compile(rb'<c r="([A-Z]{1,3})(\d+)"(?: s="(\d+)")?(?: t="(s|n)")?(?:/>|><v>([^<]*)</v></c>)')
NUMBER = re.compile(rb"-?\d{1,15}(?:\.\d{1,15})?")
MERGED = re.compile(rb'<mergeCell ref="[A-Z]+(\d+):[A-Z]+(\d+)"\s*/>')
ROW_BEGINS, ROW_ENDS, BETWEEN, LAST = b"<row ", b"</row>", b'</v></c><c r="', b"</v></c>"
FIRST = b'<c r="'
Record = tuple[int, list]


class PlainSheet(NamedTuple):
    """The only sheet of a workbook: its name, its rows, and the last row that a cell merged over several reaches."""

    name: str
    records: Iterator[Record]
    merged_until: int


class _Other(Exception):
    """Something that is not read here."""


def plain_sheet(content: bytes, *, name: str | None) -> PlainSheet | None:
    """The sheet of an .xlsx workbook that is as plain as that; None: it is to be read by `workbooks`.

    Parameters
    ----------
    name : which sheet is asked for; None: any
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            book, texts, sheet, styles = _parts(package)
        found = _name_of(book)
        return _read(found, _Rows(_texts_of(texts), _plain_styles(styles)), sheet) if name in (None, found) else None
    except Exception:  # whatever is wrong with a package, `workbooks` looks at it from the start and says what
        return None


def _parts(package: zipfile.ZipFile) -> tuple[bytes, bytes, bytes, bytes]:
    """The book, its texts, its only sheet and its styles. The rest is unpacked too, lest it be damaged."""
    entries = package.infolist()
    names = [it.filename for it in entries]
    sheets = [name for name in names if SHEETS.fullmatch(name)]
    is_small = sum(it.file_size for it in entries) <= int(UNPACKED_SIZE.value) * MEBIBYTE
    if len({*names}) < len(names) or len(sheets) != 1 or "xl/workbook.bin" in names or not is_small:
        raise _Other
    with package.open(sheets[0]) as beginning:
        if NOT_PLAIN.search(beginning.read(LOOKED_AT_FIRST)):
            raise _Other
    wanted = (BOOK, TEXTS, *sheets)
    for name in names:
        if name not in (*wanted, STYLES):
            package.read(name)
    book, texts, sheet = (_without_head(package.read(name)) for name in wanted)
    return book, texts, sheet, _without_head(package.read(STYLES)) if STYLES in names else b""


def _without_head(xml: bytes) -> bytes:
    """A part after its first line, which may say that it is UTF-8 and nothing else."""
    begin, at = xml[:200], 0
    if begin.startswith((b"<?xml", b"\xef\xbb\xbf")):
        if not (head := HEAD.match(begin)):
            raise _Other
        at = head.end()
    if xml[at : at + 1] != b"<" or xml[at + 1 : at + 2] in b"?!":
        raise _Other
    return xml[at:]


def _name_of(book: bytes) -> str:
    text = book.decode()
    name = ONE_SHEET.search(text)
    if name is None or text.count("<sheet ") != 1 or "date1904" in text or "<!" in text:
        raise _Other
    return name.group(1)


def _texts_of(xml: bytes) -> list[str]:
    """The table of texts."""
    body = xml.decode()
    begin = body.index(">", body.index("<sst ")) + 1
    body = body[begin : body.rindex("</sst>")]
    n_signs = body.count("&")
    if any(it in body for it in UNREAD) or EMPTY_TEXT.search(body) or n_signs != sum(map(body.count, SIGNS)):
        raise _Other
    found = TEXT.findall(body)
    n_phonetic = sum(1 for *_, it in found if it) if "<phoneticPr" in body else 0
    if body.count("<") != 4 * len(found) + n_phonetic:
        raise _Other
    if any(not is_kept and text != text.strip() for is_kept, text, _ in found):  # whose spaces nobody has to keep
        raise _Other
    texts = [text for _, text, _ in found]
    return [unescape(text) if "&" in text else text for text in texts] if n_signs else texts


def _plain_styles(xml: bytes) -> set[bytes]:
    """The styles, by their numbers, in which a number is a number and no day."""
    text = xml.decode()
    begin, end = text.find("<cellXfs"), text.find("</cellXfs>")
    if begin < 0 or end < 0:
        return set()
    formats = STYLE.findall(text, begin, end)
    if text.count("<xf ", begin, end) != len(formats) or "<!" in text or OWN_OF_NUMBERS.search(text):
        return set()
    return {b"%d" % number for number, it in enumerate(formats) if it in OF_NUMBERS}


def _read(name: str, rows: "_Rows", sheet: bytes) -> PlainSheet:
    begin, end = sheet.index(b"<sheetData>") + len(b"<sheetData>"), sheet.rindex(b"</sheetData>")
    if b"<!" in sheet[:begin] or b"<!" in sheet[end:] or ROW_BEGINS in sheet[:begin] or ROW_BEGINS in sheet[end:]:
        raise _Other
    before, width, at = 0, 0, begin
    records: list[Record] = []
    while (ends := sheet.find(ROW_ENDS, at, end)) >= 0:
        head = ROW.match(sheet, at, ends)
        number = int(head.group(1)) if head else 0
        if head is None or not before < number < XLSX_ROWS.value:
            raise _Other
        if cells := rows.cells(number, sheet[head.end() : ends]):
            records.append((number, cells))
            width = max(width, len(cells))
        before, at = number, ends + len(ROW_ENDS)
    if sheet[at:end].strip() or not records or before * rows.reach > SHEET_CELLS.value:
        raise _Other
    merged = [(int(first), int(last)) for first, last in MERGED.findall(sheet, end)]
    if sheet.count(b"<mergeCell ", end) != len(merged):
        raise _Other
    return PlainSheet(
        name, _all_as_wide(records, width), max((last for first, last in merged if last > first), default=0)
    )


def _all_as_wide(records: Sequence[Record], width: int) -> Iterator[Record]:
    """Each row that says anything, all as wide as the widest, as the reader of workbooks has them."""
    for number, cells in records:
        if (type(cells[0]) is str and cells[0].strip()) or says_something(cells):  # of nearly every row the first does
            yield number, cells if len(cells) == width else cells + [""] * (width - len(cells))


class _Rows:
    """Reads rows. Of most rows all cells are texts in the same columns as in the row before.

    `reach` is the number of the farthest column that was seen, be there anything in it or not.
    """

    def __init__(self, texts: Sequence[str], plain_styles: set[bytes]) -> None:
        self._texts, self._plain_styles, self.reach = texts, plain_styles, 0
        self._places: dict[tuple[bytes, ...], list[int]] = {}
        self._columns: dict[bytes, int] = {}

    def cells(self, number: int, row: bytes) -> list:
        """The cells of a row from column A to its last that has anything."""
        if not row:
            return []
        plain = A_STYLE_OF_TEXT.sub(b"", row) if b' s="' in row else row
        parts = plain.replace(b'%d" t="s"><v>' % number, b" ").replace(BETWEEN, b" ")
        if not (parts.startswith(FIRST) and parts.endswith(LAST)):
            return self._one_by_one(number, row)
        tokens = parts[len(FIRST) : -len(LAST)].split(b" ")
        columns, values = tuple(tokens[::2]), tokens[1::2]
        places = self._places.get(columns) or self._places_of(columns)
        if not places or len(values) != len(places) or not b"".join(values).isdigit():
            return self._one_by_one(number, row)
        found = [*map(self._texts.__getitem__, map(int, values))]
        return found if len(found) == places[-1] + 1 else self._laid(places, found)

    def _places_of(self, columns: tuple[bytes, ...]) -> list[int]:
        """The place of each column; none where they are not columns in their order."""
        if not all(1 <= len(it) <= 3 and it.isalpha() and it.isupper() for it in columns):
            return []
        places = [self._place(it) for it in columns]
        if places != sorted(set(places)):
            return []
        self._places[columns] = places
        return places

    def _place(self, letters: bytes) -> int:
        if letters not in self._columns:
            place = 0
            for letter in letters:
                place = place * 26 + letter - 64
            self._columns[letters] = place - 1
            self.reach = max(self.reach, place)
        return self._columns[letters]

    def _laid(self, places: Sequence[int], found: Sequence[object]) -> list:
        cells: list[object] = [""] * (places[-1] + 1)
        for place, cell in zip(places, found, strict=True):
            cells[place] = cell
        return cells

    def _one_by_one(self, number: int, row: bytes) -> list:
        """Of a row whose cells are not all plain texts: numbers, styles, and cells without anything."""
        cells = CELL.findall(row)
        if row.count(b"<") != sum(4 if value else 1 for *_, value in cells) or any(
            int(it[1]) != number for it in cells
        ):
            raise _Other
        places = [self._place(it[0]) for it in cells]
        if places != sorted(set(places)):
            raise _Other
        given = [(place, self._one(*it[2:])) for place, it in zip(places, cells, strict=True) if it[4]]
        return self._laid([place for place, _ in given], [cell for _, cell in given]) if given else []

    def _one(self, style: bytes, kind: bytes, value: bytes) -> object:
        if kind == b"s" and value.isdigit():
            return self._texts[int(value)]
        if kind == b"s" or (style and style not in self._plain_styles) or not NUMBER.fullmatch(value):
            raise _Other  # with a style it may be a day
        return float(value)
