"""A long tree cut into columns that stand beside one another, as a newspaper's do, so that it can be hung on a wall.

A row belongs to one chain and is never cut, so that only its first case can have its infector in an earlier column.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from fangxian.core.exposure.tree import TreeLayout

ENDS_EARLY = 0.15  # so much of a column is left empty for a chain to begin in the next one rather than be cut
A_SERIES = 2**0.5  # width to height of a sheet on its side
MOST_COLUMNS = 60


@dataclass(frozen=True, slots=True)
class Column:
    """Rows [first, after) of a layout, and where its cases stand: from `left` to `right`, in the layout's units."""

    first: int
    after: int
    left: float
    right: float

    @property
    def n_rows(self) -> int:
        return self.after - self.first

    @property
    def width(self) -> float:
        return self.right - self.left


@dataclass(frozen=True)
class Rows:
    """A layout as its rows: what is asked again for each way of cutting it.

    Attributes
    ----------
    above : (n,) int64, which box is the infector of each box; −1 for none
    box : width of a box
    """

    layout: TreeLayout
    above: np.ndarray
    box: float

    @cached_property
    def begins(self) -> np.ndarray:
        """(n_rows,) bool: a row in which a chain begins, with a first case."""
        found = np.zeros(self.layout.n_rows, dtype=bool)
        found[self.layout.row[self.above < 0]] = True
        return found

    @cached_property
    def _leftmost(self) -> np.ndarray:
        found = np.full(self.layout.n_rows, np.inf)
        np.minimum.at(found, self.layout.row, self.layout.x)
        return found

    @cached_property
    def _rightmost(self) -> np.ndarray:
        found = np.full(self.layout.n_rows, -np.inf)
        np.maximum.at(found, self.layout.row, self.layout.x + self.box)
        return found

    def cut(self, n_rows: int) -> list[Column]:
        """Columns of at most so many rows, where it costs little at the beginning of a chain."""
        return list(self._cut(max(1, n_rows)))

    def _cut(self, n_rows: int) -> Iterator[Column]:
        first = 0
        while first < self.layout.n_rows:
            after = min(first + n_rows, self.layout.n_rows)
            if after < self.layout.n_rows:
                early = max(first + 1, after - int(ENDS_EARLY * n_rows))
                chains = np.flatnonzero(self.begins[early : after + 1])
                after = early + int(chains[-1]) if len(chains) else after
            left, right = self._leftmost[first:after].min(), self._rightmost[first:after].max()
            yield Column(first, after, float(left), float(right))
            first = after


def for_one_sheet(rows: Rows, *, row: float, around: float, above: float) -> list[Column]:
    """As many columns as give the whole about the shape of a sheet on its side.

    Parameters
    ----------
    row : height of a row
    around : width that each column needs beside its cases
    above : height that each needs above its rows
    """
    best: tuple[float, list[Column]] = (np.inf, [])
    for n_columns in range(1, MOST_COLUMNS + 1):
        columns = rows.cut(-(-rows.layout.n_rows // n_columns))
        if not columns:
            return []
        shape = sum(it.width + around for it in columns) / (above + row * max(it.n_rows for it in columns))
        off = abs(np.log(shape / A_SERIES))
        if off >= best[0]:
            break
        best = off, columns
    return best[1]


def by_sheets(columns: list[Column], *, width: float, around: float) -> list[list[Column]]:
    """Columns onto sheets, in their order, as many beside one another as there is room for; one always."""
    sheets: list[list[Column]] = []
    free = 0.0
    for column in columns:
        needs = column.width + around
        if not sheets or needs > free:
            sheets.append([])
            free = width
        sheets[-1].append(column)
        free -= needs
    return sheets
