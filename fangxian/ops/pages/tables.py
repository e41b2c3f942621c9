"""What a table is before it is HTML: its columns, its rows, its place in a longer list."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import ceil
from urllib.parse import urlencode

from fangxian.core.refusal import Said

NOTHING_HERE = Said("这里没有记录。", "There are no records here.")
NUMERIC = frozenset({"number", "change", "share", "bar"})
KINDS = ("text", "number", "change", "share", "bar", "time", "date", "health_code", "tag", "masked")


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table.

    Attributes
    ----------
    name : a key or attribute of each row
    label : the heading
    kind : one of `KINDS`; "number", "change", "share" and "bar" stand right-aligned
        text         a string or `Said`
        number       int, float or None (an em dash: not known)
        share        a fraction of 1
        bar          a number with a bar beside it, as long as its part of `most`
        health_code  "green", "yellow", "red" or "unknown"
        tag          a word in a frame
        masked       a name, shown by its first character
    read : the cell from a row, where it is neither key nor attribute
    sort : the value of `?sort=` this heading asks for; with "-" before it, descending
    most : for "bar", the largest value of the column; the table finds it if 0
    total : what stands under the column
    wide : holds long text, such as an address; keeps its width on a phone, where the table scrolls instead
    """

    name: str
    label: Said
    kind: str = "text"
    read: Callable[[object], object] | None = None
    sort: str = ""
    most: float = 0
    total: object = None
    wide: bool = False

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"column {self.name}: kind {self.kind!r} is none of {', '.join(KINDS)}")

    def of(self, row: object) -> object:
        if self.read:
            return self.read(row)
        return row.get(self.name) if isinstance(row, Mapping) else getattr(row, self.name)


@dataclass(frozen=True, slots=True)
class Paging:
    """The place of one page in a longer list.

    Attributes
    ----------
    total : rows in the whole list
    page : from 1
    size : rows a page
    query : the address's other fields, kept from page to page
    asks : the field that names the page; another than "page" where two lists stand on one page
    """

    total: int
    page: int = 1
    size: int = 50
    query: Mapping[str, str | Sequence[str]] = field(default_factory=dict)
    asks: str = "page"

    @classmethod
    def of(cls, request, total: int, size: int = 50, asks: str = "page") -> "Paging":
        """From `?page=` of a request; anything that is no page of this list means the nearest one."""
        query = {key: request.GET.getlist(key) for key in request.GET if key != asks}
        asked = request.GET.get(asks, "")
        page = int(asked) if asked.isdecimal() and len(asked) < 10 else 1
        return cls(total=total, page=max(1, min(page, cls.pages_of(total, size))), size=size, query=query, asks=asks)

    @staticmethod
    def pages_of(total: int, size: int) -> int:
        return max(1, ceil(total / size))

    @property
    def n_pages(self) -> int:
        return self.pages_of(self.total, self.size)

    @property
    def slice(self) -> slice:
        """Which rows of the list are on this page: `rows[paging.slice]`."""
        return slice((self.page - 1) * self.size, self.page * self.size)

    @property
    def first(self) -> int:
        return min(self.total, self.slice.start + 1)

    @property
    def last(self) -> int:
        return min(self.total, self.slice.stop)

    def href(self, page: int) -> str:
        return "?" + urlencode({**self.query, self.asks: page}, doseq=True)

    @property
    def previous(self) -> str:
        return self.href(self.page - 1) if self.page > 1 else ""

    @property
    def next(self) -> str:
        return self.href(self.page + 1) if self.page < self.n_pages else ""

    @property
    def shown(self) -> list[tuple[int, str]]:
        """Pages to offer, with their addresses: the ends and those around this one; 0 stands for a gap."""
        near = {1, self.n_pages, *range(self.page - 1, self.page + 2)}
        pages, before = [], 0
        for page in sorted(p for p in near if 1 <= p <= self.n_pages):
            if page - before > 1 and before:
                pages.append((0, ""))
            pages.append((page, self.href(page)))
            before = page
        return pages


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Rows under columns, with what to say when there are none.

    Attributes
    ----------
    caption : the table's name, always there for those who listen; `show_caption` for those who look
    href : the address of a row's own page; then the whole row is a link
    empty : the sentence for no rows; `empty_next` says what to do, `empty_href` where
    sorted_by : the `?sort=` in force ("name" or "-name")
    tall : keeps the heading in view inside a frame of limited height (for tables within a page)
    query : the address's other fields, kept when sorting; unless there is `paging`, which has them
    choose : the name under which the table's form sends the rows somebody has ticked; then each has a box before it
    key : what a ticked row is sent as, and `is_chosen` whether it was ticked already
    """

    caption: Said
    columns: Sequence[Column]
    rows: Iterable[object]
    href: Callable[[object], str] | None = None
    paging: Paging | None = None
    empty: Said = NOTHING_HERE
    empty_next: Said | None = None
    empty_href: str = ""
    sorted_by: str = ""
    show_caption: bool = False
    tall: bool = False
    query: Mapping[str, str | Sequence[str]] = field(default_factory=dict)
    choose: str = ""
    key: Callable[[object], str] = str
    is_chosen: Callable[[object], bool] = lambda row: False

    @property
    def has_totals(self) -> bool:
        return any(column.total is not None for column in self.columns)

    def heading(self, column: Column) -> dict:
        """How a column's heading is written: its address for sorting and the order in force."""
        plain = column.sort.lstrip("-")
        mine = bool(plain) and self.sorted_by.lstrip("-") == plain
        descending = mine and self.sorted_by.startswith("-")
        ask = column.sort if not mine else plain if descending else f"-{plain}"
        query = {**(self.paging.query if self.paging else self.query), "sort": ask}
        return {
            "column": column,
            "href": "?" + urlencode(query, doseq=True) if plain else "",
            "order": ("descending" if descending else "ascending") if mine else "",
            "numeric": column.kind in NUMERIC,
        }
