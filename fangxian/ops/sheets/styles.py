"""The styles of a form, with those added that a value needs and the form's cell has not."""

import re

from .package import Package, elements, parsed, written
from .wire import Kind

PART = "xl/styles.xml"
TEXT_FORMAT = 49  # "@"
DATES = frozenset({*range(14, 23), *range(27, 37), 45, 46, 47, *range(50, 59)})
OWN_FORMATS = {Kind.DATE: "yyyy-mm-dd", Kind.MOMENT: "yyyy-mm-dd hh:mm"}
LETTERS_OF_A_DATE = re.compile(r"[ymdhs年月日]", re.IGNORECASE)
NOT_LETTERS = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]')


class Styles:
    """Gives for a style of the form and a kind of value the style to write it in; `part` is what came of it."""

    def __init__(self, package: Package) -> None:
        part = package.parts.get(PART)
        self._root = parsed(part).documentElement if part else None
        self._given: dict[tuple[int, Kind], int] = {}
        self._formats: dict[int, str] = {}
        if self._root:
            told = elements(self._root, "numFmt")
            self._formats = {int(it.getAttribute("numFmtId")): it.getAttribute("formatCode") for it in told}

    @property
    def part(self) -> bytes | None:
        return written(self._root) if self._root else None

    def of(self, style: int, kind: Kind) -> int:
        """The number of the style; the form's own where it suits."""
        key = (style, kind)
        if key not in self._given:
            self._given[key] = self._found(style, kind)
        return self._given[key]

    def _found(self, style: int, kind: Kind) -> int:
        cell_styles = elements(self._root, "cellXfs") if self._root else []
        if not cell_styles or kind in (Kind.TEXT, Kind.NUMBER):
            return style
        all_of = [it for it in cell_styles[0].childNodes if it.nodeType == it.ELEMENT_NODE]
        if style >= len(all_of):
            return style
        format_id = int(all_of[style].getAttribute("numFmtId") or 0)
        if kind is Kind.EXACT:
            return style if format_id == TEXT_FORMAT else self._added(cell_styles[0], all_of[style], TEXT_FORMAT)
        if self._is_date(format_id):
            return style
        return self._added(cell_styles[0], all_of[style], self._format(OWN_FORMATS[kind]))

    def _is_date(self, format_id: int) -> bool:
        said = NOT_LETTERS.sub("", self._formats.get(format_id, ""))
        return format_id in DATES or bool(LETTERS_OF_A_DATE.search(said))

    def _format(self, said: str) -> int:
        """The number of a format of our own, added to the form's where it is not there yet."""
        if known := next((number for number, it in self._formats.items() if it == said), None):
            return known
        number = max([163, *self._formats]) + 1
        self._formats[number] = said
        lists = elements(self._root, "numFmts")
        prefix = f"{self._root.prefix}:" if self._root.prefix else ""
        if not lists:
            lists = [self._root.ownerDocument.createElementNS(self._root.namespaceURI, f"{prefix}numFmts")]
            self._root.insertBefore(lists[0], self._root.firstChild)
        it = self._root.ownerDocument.createElementNS(self._root.namespaceURI, f"{prefix}numFmt")
        it.setAttribute("numFmtId", str(number))
        it.setAttribute("formatCode", said)
        lists[0].appendChild(it)
        lists[0].setAttribute("count", str(len(elements(lists[0], "numFmt"))))
        return number

    def _added(self, cell_styles, like, format_id: int) -> int:
        it = like.cloneNode(deep=True)
        it.setAttribute("numFmtId", str(format_id))
        it.setAttribute("applyNumberFormat", "1")
        cell_styles.appendChild(it)
        number = sum(node.nodeType == node.ELEMENT_NODE for node in cell_styles.childNodes) - 1
        cell_styles.setAttribute("count", str(number + 1))
        return number
