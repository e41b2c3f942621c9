"""Reads pages as somebody who sees them: tables by their captions, forms as filled in, what they say is wrong."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = frozenset({"input", "br", "img", "meta", "link", "hr", "use", "path", "source", "wbr", "col"})


@dataclass(slots=True)
class Node:
    """An element with what is in it."""

    tag: str
    about: dict[str, str]
    inside: list["Node | str"] = field(default_factory=list)

    def all(self, *tags: str) -> Iterator["Node"]:
        """Every element of these tags below, in the page's order."""
        for it in self.inside:
            if isinstance(it, Node):
                if it.tag in tags:
                    yield it
                yield from it.all(*tags)

    @property
    def text(self) -> str:
        """What is read there, with single spaces."""
        return " ".join(" ".join(self._texts()).split())

    def _texts(self) -> Iterator[str]:
        for it in self.inside:
            if isinstance(it, str):
                yield it
            elif it.tag not in ("script", "style", "svg"):
                yield from it._texts()


class _Builder(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open = [Node("", {})]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        node = Node(tag, {name: value or "" for name, value in attrs})
        self.open[-1].inside.append(node)
        if tag not in VOID:
            self.open.append(node)

    def handle_endtag(self, tag: str) -> None:
        if any(it.tag == tag for it in self.open):
            while self.open.pop().tag != tag:
                continue

    def handle_data(self, data: str) -> None:
        self.open[-1].inside.append(data)


def tree_of(text: str) -> Node:
    """A page."""
    builder = _Builder()
    builder.feed(text)
    return builder.open[0]


@dataclass(slots=True)
class Row:
    """One row of a table: its cells by their headings, and where it leads."""

    cells: dict[str, str]
    hrefs: list[str]


def table_of(text: str, caption: str) -> list[Row]:
    """The rows of the table with this caption; none where the page has no such table, as when there is nothing."""
    for table in tree_of(text).all("table"):
        said = next(table.all("caption"), None)
        if said is None or said.text != caption:
            continue
        heads = [it.text for it in next(table.all("thead")).all("th")]
        rows = []
        for row in next(table.all("tbody")).all("tr"):
            cells = [it for it in row.all("th", "td") if it.about.get("class") != "tick"]
            hrefs = [it.about.get("href", "") for it in row.all("a")]
            rows.append(Row(dict(zip(heads, (it.text for it in cells), strict=False)), hrefs))
        return rows
    return []


def next_page(text: str) -> str:
    """Where the next page of a list is; "" on the last."""
    return next((it.about["href"] for it in tree_of(text).all("a") if it.about.get("rel") == "next"), "")


def facts_of(text: str) -> dict[str, str]:
    """What stands in lists of facts: heading → what is told."""
    found: dict[str, str] = {}
    for term in tree_of(text).all("dl"):
        heads, told = [it.text for it in term.all("dt")], [it.text for it in term.all("dd")]
        found |= dict(zip(heads, told, strict=False))
    return found


def notices_of(text: str) -> list[str]:
    """What a page says is wrong: notices, and what stands beside fields."""
    found = []
    for node in tree_of(text).all("div", "p", "ul", "aside", "section", "span"):
        kinds = node.about.get("class", "").split()
        if {"notice", "error", "errorlist", "field-error"} & set(kinds) or node.about.get("role") == "alert":
            found.append(node.text)
    lead = [it.text for it in tree_of(text).all("main")][:1]
    return found or [it[:300] for it in lead]


@dataclass(slots=True)
class Form:
    """A form as it stands: its fields with what is filled in, and what each select offers.

    Attributes
    ----------
    fields : (name, value) in order, as they would be sent
    choices : select → value → what it says
    """

    fields: list[tuple[str, str]]
    choices: dict[str, dict[str, str]]

    @classmethod
    def of(cls, text: str, **which: str) -> "Form":
        """The first form of a page with these fields, each with the value named, "" for whichever."""
        for node in tree_of(text).all("form"):
            form = cls._read(node)
            if all(form.has(name, value) for name, value in which.items()):
                return form
        raise LookupError(f"no form with {', '.join(which)}")

    def has(self, name: str, value: str) -> bool:
        return name in self.choices or any(it == name and value in ("", of) for it, of in self.fields)

    @classmethod
    def _read(cls, node: Node) -> "Form":
        fields, choices = list[tuple[str, str]](), dict[str, dict[str, str]]()
        for it in node.all("input", "select", "textarea"):
            name = it.about.get("name", "")
            if not name:
                continue
            if it.tag == "select":
                options = list(it.all("option"))
                choices[name] = {one.about.get("value", one.text): one.text for one in options}
                fields += [(name, one.about.get("value", "")) for one in options if "selected" in one.about]
            elif it.about.get("type") in ("checkbox", "radio"):
                if "checked" in it.about:
                    fields.append((name, it.about.get("value", "on")))
            elif it.about.get("type") != "file":
                fields.append((name, it.about.get("value", "") if it.tag == "input" else it.text))
        return cls(fields, choices)
