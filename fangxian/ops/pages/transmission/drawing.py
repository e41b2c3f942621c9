"""The transmission tree as SVG on the page, where styles give it its colours. The files of it: sheets.py.

`TreeLayout` → `Drawing` → SVG, or the JSON that the page's island draws from. Both come from the same boxes.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from uuid import UUID

import numpy as np
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from fangxian.core.exposure.tree import NO_DAY, Sizes, TreeLayout, choose_folded, lay_out
from fangxian.ops.pages.transmission.words import doubts_said, infector_said
from fangxian.ops.pages.words import in_words, said
from fangxian.ops.situation.transmission import Branch, ChainCase, SeenChains

SIZES = Sizes()
ROW, TOP, MARGIN = 26, 34, 16  # height of a row, of the axis above them, and what is left free at the sides
LEAST_DAY = 2.0  # width of a day in a file, however long it went on
LABEL_EVERY = 52  # a day's label needs so much room


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """A laid out tree with what its boxes mean. `keys[layout.node[nth]]` is the case of the nth box."""

    seen: SeenChains
    branch: Branch
    layout: TreeLayout

    @property
    def width(self) -> int:
        return int(self.layout.width) + 2 * MARGIN

    @property
    def height(self) -> int:
        return TOP + ROW * self.layout.n_rows + MARGIN

    def case(self, nth: int) -> ChainCase:
        return self.seen.cases[self.branch.keys[int(self.layout.node[nth])]]

    def place(self, nth: int) -> tuple[float, float]:
        """The middle of a box's dot."""
        return MARGIN + float(self.layout.x[nth]) + 6, TOP + ROW * (int(self.layout.row[nth]) + 0.5)


def draw(seen: SeenChains, branch: Branch, *, most: int | None = None, widest: float | None = None) -> Drawing:
    """The tree of some cases.

    Parameters
    ----------
    most : folded so that about so many are drawn
    widest : its days are narrower where it would be wider than that; with many steps within one day it still may be
    """
    folded = None if most is None else choose_folded(branch.infector, most)
    layout = lay_out(branch.infector, branch.day, folded=folded, sizes=SIZES)
    if widest is not None and layout.width > widest:
        narrow = replace(SIZES, day=max(LEAST_DAY, SIZES.day * widest / layout.width))
        layout = lay_out(branch.infector, branch.day, folded=folded, sizes=narrow)
    return Drawing(seen=seen, branch=branch, layout=layout)


def short_numbers(cases: Mapping[UUID, ChainCase]) -> dict[UUID, str]:
    """Of each case as little of its number as tells it apart: without the county, and the year if there is only one."""
    parts = {key: case.number.split("-") for key, case in cases.items() if case.number}
    years = {found[-2] for found in parts.values() if len(found) > 1}
    is_one = len(years) < 2
    return {key: found[-1] if is_one else "-".join([found[-2][-2:], found[-1]]) for key, found in parts.items()}


def as_svg(drawing: Drawing, *, title: str, folded_href: str) -> str:
    """SVG for a page; `folded_href` + id opens what is folded."""
    size = f'viewBox="0 0 {drawing.width} {drawing.height}" width="{drawing.width}" height="{drawing.height}"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" class="tree" {size}>'
    name = f"<title>{escape(title)}</title>"
    return "".join([head, name, *_axis(drawing), *_links(drawing), *_boxes(drawing, folded_href), "</svg>"])


def as_data(drawing: Drawing, folded: np.ndarray) -> dict:
    """What the island draws from: every box, and which are folded at first."""
    layout, places = drawing.layout, {int(node): nth for nth, node in enumerate(drawing.layout.node)}
    numbers = short_numbers(drawing.seen.cases)
    above = drawing.branch.infector[layout.node]
    boxes = []
    for nth in range(len(layout.node)):
        case = drawing.case(nth)
        x, _ = drawing.place(nth)
        boxes.append([
            "" if case.is_elsewhere else str(case.id), label_of(case, numbers), round(x, 1), int(layout.row[nth]),
            places.get(int(above[nth]), -1), _dot(case), line_of(drawing, nth), _told(drawing, nth),
        ])  # fmt: skip
    return {
        "row": ROW, "top": TOP, "width": drawing.width, "margin": MARGIN,
        "days": [[round(x, 1), name] for x, name in _days(drawing)],
        "boxes": boxes,
        "folded": [nth for nth, node in enumerate(layout.node) if folded[node]],
    }  # fmt: skip


def label_of(case: ChainCase, numbers: Mapping[UUID, str]) -> str:
    return said("外地", "elsewhere") if case.is_elsewhere else numbers[case.id]


def _dot(case: ChainCase) -> str:
    if case.is_elsewhere:
        return "is-elsewhere"
    return "" if case.onset_on else "is-hollow"


def line_of(drawing: Drawing, nth: int) -> str:
    key = drawing.case(nth).id
    above = drawing.seen.chains.infector[key]
    if above is None or (above, key) not in drawing.seen.links:
        return ""
    certainty = drawing.seen.links[above, key].certainty
    return f"is-{certainty}" + (" is-backwards" if drawing.layout.is_backwards[nth] else "")


def _told(drawing: Drawing, nth: int) -> str:
    """A box in words, for those who listen or point."""
    case = drawing.case(nth)
    number = case.number or said("外地病例", "a case elsewhere")
    day = f"{case.stands_on:%Y-%m-%d}" if case.stands_on else said("日期不明", "day not known")
    if case.is_by_sample:
        day = said(f"{day} 采样，无发病日期", f"sampled {day}, no onset")
    parts = [number, day, infector_said(drawing.seen, case.id), *doubts_said(drawing.seen, case.id)]
    return said("，", ", ").join(in_words(part) for part in parts if part)


def days_between(drawing: Drawing, left: float, right: float) -> Iterator[tuple[float, str]]:
    """Where a day begins, counted from `left`, and what is written there, as far as there is room, up to `right`."""
    free_from, year = left - 1.0, 0
    for ordinal, x in zip(drawing.layout.column_day.tolist(), drawing.layout.column_x.tolist(), strict=True):
        if x < free_from or x > right:
            continue
        free_from = x + LABEL_EVERY
        if ordinal == NO_DAY:
            yield x - left, said("不明", "unknown")
            continue
        day = date.fromordinal(ordinal)
        name = f"{day:%m-%d}" if day.year == year else f"{day:%Y-%m-%d}"
        if day.year != year:
            free_from += 28
        year = day.year
        yield x - left, name


def _days(drawing: Drawing) -> Iterator[tuple[float, str]]:
    for x, name in days_between(drawing, 0.0, drawing.layout.width):
        yield MARGIN + x, name


def _axis(drawing: Drawing) -> Iterator[str]:
    for x, name in _days(drawing):
        yield f'<path class="day" d="M{x:.1f} {TOP - 6}V{drawing.height}"/>'
        yield f'<text class="day-name" x="{x:.1f}" y="{TOP - 14}">{escape(name)}</text>'


def _links(drawing: Drawing) -> Iterator[str]:
    layout = drawing.layout
    place = {int(node): nth for nth, node in enumerate(layout.node)}
    for nth, node in enumerate(layout.node.tolist()):
        above = place.get(int(drawing.branch.infector[node]))
        if above is None:
            continue
        (from_x, from_y), (x, y) = drawing.place(above), drawing.place(nth)
        down = "" if from_y == y else f"V{y:.1f}"
        yield f'<path class="link {line_of(drawing, nth)}" d="M{from_x:.1f} {from_y:.1f}{down}H{x:.1f}"/>'


def box_drawn(drawing: Drawing, nth: int, at: tuple[float, float], numbers: Mapping[UUID, str]) -> str:
    """A box: its dot at `at`, its number beside it, and in words for whoever points at it."""
    case, (x, y) = drawing.case(nth), at
    dot = f'<circle class="dot {_dot(case)}" cx="{x:.1f}" cy="{y:.1f}" r="5"/>'
    label = f'<text class="label" x="{x + 9:.1f}" y="{y + 4:.1f}">{escape(label_of(case, numbers))}</text>'
    return f"<g><title>{escape(_told(drawing, nth))}</title>{dot}{label}</g>"


def _boxes(drawing: Drawing, folded_href: str) -> Iterator[str]:
    numbers = short_numbers(drawing.seen.cases)
    for nth in range(len(drawing.layout.node)):
        case, (x, y) = drawing.case(nth), drawing.place(nth)
        n_hidden = int(drawing.layout.n_hidden[nth])
        box = box_drawn(drawing, nth, (x, y), numbers)
        if not case.is_elsewhere:
            box = f'<a href="/cases/{case.id}" aria-label="{escape(_told(drawing, nth))}">{box}</a>'
        yield box
        if n_hidden:
            more = f'<text class="label more" x="{x + 42:.1f}" y="{y + 4:.1f}">+{n_hidden}</text>'
            opens = escape(said(f"展开之后的 {n_hidden} 例", f"open the {n_hidden} after it"))
            yield f'<a href="{escape(folded_href)}{case.id}" aria-label="{opens}">{more}</a>'


@dataclass(frozen=True)
class Picture:
    """What the page shows of the tree before any script: a folded drawing, and how much of it that is."""

    drawing: Drawing
    title: str
    folded_href: str

    @cached_property
    def svg(self) -> SafeString:
        # Safe: every text and address in it was escaped where it was written.
        return mark_safe(as_svg(self.drawing, title=self.title, folded_href=self.folded_href))

    @property
    def n_all(self) -> int:
        return len(self.drawing.branch.keys)

    @property
    def n_shown(self) -> int:
        return len(self.drawing.layout.node)
