"""The tree to take away: one picture in columns (SVG, PNG), or sheets of paper to hang side by side (PDF).

Each column has its own days above it. A link that comes from an earlier column is a short line with the infector's
number before it; one that goes on in a later column runs to the column's foot and ends in an arrow. A file carries its
own styles, black on white, what its signs mean, and from when it is.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from django.utils.html import escape

from fangxian.core.refusal import Refusal
from fangxian.ops.pages.transmission.columns import Column, Rows, by_sheets, for_one_sheet
from fangxian.ops.pages.transmission.drawing import (
    MARGIN,
    SIZES,
    TOP,
    Drawing,
    box_drawn,
    days_between,
    label_of,
    line_of,
    short_numbers,
)
from fangxian.ops.pages.words import in_words, said

FILE_ROW = 16  # nobody touches a file with a thumb
STUB = 62  # left of a column: the number of an infector in an earlier one
GAP = 18  # between columns
HEAD = 78  # of the whole: title, from when, what the signs mean
FOOT = 16  # of a column: arrows to later ones
LEAST_WIDTH = 760  # what the signs are explained on
LEAST_SHARP = 0.7  # of a PNG: a letter is 12 units high, and with fewer than 8 dots nobody can read it
# A3 on its side in points, less margins; and how large a unit is on it: letters of 8 pt, smaller for a long outbreak.
PAPER = (1190.55, 841.89)
PAPER_MARGIN = 34.0
UNIT_PT = 2 / 3
WIDEST = 1500.0  # of a column, in units: so that one has room on a sheet
HEAD_GROWS = 1600  # the head is larger above a picture wider than that, or it would be lost on a wall
STYLE = (
    "svg{background:#fff;font:12px 'Noto Sans CJK SC','PingFang SC','Microsoft YaHei',sans-serif}"
    ".head{fill:#16191d;font-size:20px;font-weight:700}.sub{fill:#4d525a}.mark{fill:#9a1523;font-weight:700}"
    ".day{stroke:#dbdbd3}.day-name{fill:#4d525a;font-size:11px}.part{stroke:#16191d}"
    ".link{fill:none;stroke:#16191d;stroke-width:1.2}"
    ".link.is-possible{stroke-dasharray:2 3}.link.is-proved{stroke-width:2.4}.link.is-backwards{stroke:#9a1523}"
    ".dot{fill:#25418f;stroke:#25418f;stroke-width:1.6}.dot.is-hollow{fill:#fff}"
    ".dot.is-elsewhere{fill:#fff;stroke:#4d525a;stroke-dasharray:2 2}.down{fill:#16191d}"
    "text.label{fill:#16191d;paint-order:stroke;stroke:#fff;stroke-width:4px;stroke-linejoin:round}"
    "text.from{fill:#4d525a;font-size:11px;text-anchor:end}"
)


@dataclass(frozen=True, kw_only=True)
class Told:
    """What stands above a picture. `mark`: whose people these are, where nobody in it is real; else empty."""

    title: str
    as_of: str
    mark: str


@dataclass(frozen=True, kw_only=True)
class Sheets:
    """A tree as files."""

    drawing: Drawing
    told: Told

    @cached_property
    def above(self) -> np.ndarray:
        """(n,) int64: which box is the infector of each box; −1 where it is not drawn."""
        layout, infector = self.drawing.layout, self.drawing.branch.infector
        place = np.full(len(infector) + 1, -1, dtype=np.int64)  # one more, so that −1 leads to −1
        place[layout.node] = np.arange(len(layout.node))
        return place[infector[layout.node]]

    @cached_property
    def rows(self) -> Rows:
        return Rows(self.drawing.layout, self.above, SIZES.box)

    @cached_property
    def columns(self) -> list[Column]:
        """Of the one picture."""
        return for_one_sheet(self.rows, row=FILE_ROW, around=STUB + GAP, above=HEAD + TOP + FOOT)

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the one picture, in its units."""
        columns = self.columns
        width = max(int(2 * MARGIN + sum(it.width + STUB + GAP for it in columns)), LEAST_WIDTH)
        rows = FILE_ROW * max((it.n_rows for it in columns), default=0)
        return width, int(HEAD * _head_scale(width) + TOP + rows + FOOT + MARGIN)

    def picture(self) -> str:
        """All of it as one SVG."""
        return self._svg(self.columns, *self.size, self.told.as_of)

    def papers(self) -> list[str]:
        """SVGs, one for each sheet of A3, of its shape."""
        widest = max((it.width for it in self.rows.cut(self.rows.layout.n_rows)), default=0.0)
        across, down = PAPER[0] - 2 * PAPER_MARGIN, PAPER[1] - 2 * PAPER_MARGIN
        unit = min(UNIT_PT, across / (widest + STUB + GAP + 2 * MARGIN))
        width, height = across / unit, down / unit
        columns = self.rows.cut(int((height - HEAD - TOP - FOOT - MARGIN) // FILE_ROW))
        sheets = by_sheets(columns, width=width - 2 * MARGIN, around=STUB + GAP)
        told = [
            said(
                f"{self.told.as_of}　第 {nth} 张，共 {len(sheets)} 张",
                f"{self.told.as_of} · sheet {nth} of {len(sheets)}",
            )
            for nth in range(1, len(sheets) + 1)
        ]
        return [self._svg(sheet, int(width), int(height), line) for sheet, line in zip(sheets, told, strict=True)]

    def _svg(self, columns: Sequence[Column], width: int, height: int, line: str) -> str:
        scale = _head_scale(width)
        size = f'viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
        parts = [
            f'<svg xmlns="http://www.w3.org/2000/svg" class="tree" {size}>',
            f"<title>{escape(self.told.title)}</title><style>{STYLE}</style>",
            f'<rect width="{width}" height="{height}" fill="#fff"/>',
            f'<g transform="scale({scale:.2f})">',
            *_head(self.told, line),
            "</g>",
        ]
        x = float(MARGIN)
        for column in columns:
            parts += self._column(column, x + STUB, HEAD * scale)
            x += column.width + STUB + GAP
        return "".join([*parts, "</svg>"])

    def _column(self, column: Column, x: float, y: float) -> Iterator[str]:
        """One column, its cases' leftmost at `x`, its days at `y`."""
        bottom = TOP + FILE_ROW * column.n_rows
        is_in = (self.drawing.layout.row >= column.first) & (self.drawing.layout.row < column.after)
        nths = np.flatnonzero(is_in).tolist()
        yield f'<g transform="translate({x:.1f} {y:.1f})">'
        for day_x, name in days_between(self.drawing, column.left, column.right):
            yield f'<path class="day" d="M{day_x:.1f} {TOP - 6}V{bottom}"/>'
            yield f'<text class="day-name" x="{day_x:.1f}" y="{TOP - 14}">{escape(name)}</text>'
        yield f'<path class="part" d="M0 {TOP - 8}H{column.width:.1f}"/>'
        yield from self._links(column, nths)
        yield from self._going_on(column, nths, bottom)
        for nth in nths:
            yield box_drawn(self.drawing, nth, self._place(column, nth), self._numbers)
        yield "</g>"

    @cached_property
    def _numbers(self) -> dict:
        return short_numbers(self.drawing.seen.cases)

    def _place(self, column: Column, nth: int) -> tuple[float, float]:
        layout = self.drawing.layout
        row = int(layout.row[nth]) - column.first
        return float(layout.x[nth]) - column.left + 6, TOP + FILE_ROW * (row + 0.5)

    def _links(self, column: Column, nths: list[int]) -> Iterator[str]:
        row, above = self.drawing.layout.row, self.above
        for nth in nths:
            before = int(above[nth])
            if before < 0:
                continue
            x, y = self._place(column, nth)
            kind = line_of(self.drawing, nth)
            if row[before] >= column.first:
                from_x, from_y = self._place(column, before)
                down = "" if from_y == y else f"V{y:.1f}"
                yield f'<path class="link {kind}" d="M{from_x:.1f} {from_y:.1f}{down}H{x:.1f}"/>'
            else:
                number = escape(label_of(self.drawing.case(before), self._numbers))
                yield f'<path class="link {kind}" d="M{x - 22:.1f} {y:.1f}H{x:.1f}"/>'
                yield f'<text class="label from" x="{x - 25:.1f}" y="{y + 4:.1f}">{number}</text>'

    def _going_on(self, column: Column, nths: list[int], bottom: float) -> Iterator[str]:
        """Down to the foot from whoever infected somebody in a later column."""
        row = self.drawing.layout.row
        later = np.flatnonzero((row >= column.after) & (self.above >= 0))
        for nth in sorted(set(self.above[later].tolist()) & set(nths)):
            x, y = self._place(column, nth)
            yield f'<path class="link" d="M{x:.1f} {y:.1f}V{bottom + 4}"/>'
            yield f'<path class="down" d="M{x - 4:.1f} {bottom + 3}h8l-4 8z"/>'


def _head_scale(width: float) -> float:
    return max(1.0, width / HEAD_GROWS)


def _head(told: Told, line: str) -> Iterator[str]:
    yield f'<text class="head" x="{MARGIN}" y="28">{escape(told.title)}</text>'
    mark = f'<tspan class="mark" dx="16">{escape(told.mark)}</tspan>' if told.mark else ""
    yield f'<text class="sub" x="{MARGIN}" y="48">{escape(line)}{mark}</text>'
    x = float(MARGIN)
    for sign, words in _signs():
        text = in_words(words)
        yield f'<g transform="translate({x:.0f} 64)">{sign}<text class="sub" x="34" y="4">{escape(text)}</text></g>'
        x += 34 + 22 + sum(12 if ord(letter) > 0x2E80 else 6.5 for letter in text)


def _signs() -> Iterator[tuple[str, str]]:
    yield '<circle class="dot" cx="20" r="5"/>', said("按发病日", "by day of onset")
    yield '<circle class="dot is-hollow" cx="20" r="5"/>', said("按采样日，或不明", "by day of sampling, or not known")
    yield '<circle class="dot is-elsewhere" cx="20" r="5"/>', said("外地病例", "a case elsewhere")
    yield '<path class="link is-proved" d="M4 0H28"/>', said("确定", "proved")
    yield '<path class="link is-likely" d="M4 0H28"/>', said("很可能", "likely")
    yield '<path class="link is-possible" d="M4 0H28"/>', said("可能", "possible")
    yield '<path class="link is-backwards" d="M4 0H28"/>', said("比来源先发病", "before its infector")
    yield '<path class="down" d="M12 -4h8l-4 8z"/>', said("后面的栏还有", "goes on in a later column")


def refuse_unreadable(sharpness: float, n: int) -> None:
    """Refuses `transmission.too_fine` where a PNG's letters could not be read."""
    if sharpness < LEAST_SHARP:
        raise Refusal(
            "transmission.too_fine",
            zh="{n} 例画成一张 PNG，编号小得认不出。应分成几张，或存成能放大的图；请存为 PDF（A3 分张）或 SVG，"
            "或先在“传播链”里选一条再存。",
            en="As one PNG the numbers of {n} cases would be too small to read. It should be several sheets, or a "
            "picture that can be enlarged: save it as PDF (sheets of A3) or SVG, or choose one of the clusters first.",
            n=n,
        )
