"""Where each case stands in the picture of a transmission tree: its day to the right, its line downwards.

    ●─ 0001 ────────●─ 0004 ───────●─ 0009
    │               └──────●─ 0007
    └──────●─ 0003 +12

The day decides the column, so that time reads from left to right; a case in the same day as its infector stands a
step further inside the day's own column. The first child with room enough goes on in its infector's row, and
everything under it comes before the next child. So each row belongs to one chain of cases, ever further to the right,
and no two boxes can lie on one another, however many there are.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

NO_DAY = np.iinfo(np.int64).min
Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizes:
    """Of the drawing, in its own units (px at 100%).

    Attributes
    ----------
    box : width kept free for a case, from its dot to the end of its label
    day : width of a day
    step : how much further right than its infector a case of the same day stands
    gap_days : more days than these with nobody are drawn as so many
    """

    box: float = 72.0
    day: float = 18.0
    step: float = 14.0
    gap_days: int = 21


@dataclass(frozen=True, slots=True, kw_only=True)
class TreeLayout:
    """The cases that are drawn, infectors before those they infected, row by row.

    Attributes
    ----------
    node : (n,) int64, which case
    x : (n,) float64, where its box begins
    row : (n,) int64, from 0
    depth : (n,) int64, links from the first case
    n_hidden : (n,) int64, cases folded away under this one; 0 where nothing is
    is_undated : (n,) bool, its day is not known: it stands at its infector's, or at that of the first it infected
    is_backwards : (n,) bool, its day is before its infector's: it stands to the left of it, and is to be marked
    column_day, column_x : (n_days,) the days with somebody in them and where they begin; `NO_DAY` for those whose
        day nothing tells
    width, n_rows : of the whole
    """

    node: Ints
    x: Floats
    row: Ints
    depth: Ints
    n_hidden: Ints
    is_undated: Flags
    is_backwards: Flags
    column_day: Ints
    column_x: Floats
    width: float
    n_rows: int


def lay_out(
    infector: Sequence[int] | Ints,
    day: Sequence[int] | Ints,
    *,
    folded: Sequence[bool] | Flags | None = None,
    sizes: Sizes | None = None,
) -> TreeLayout:
    """The layout of a forest. O(n log n); the same input gives the same picture.

    Parameters
    ----------
    infector : (n,) int64, the place of the infector in these arrays, −1 for a first case; must end for every case
    day : (n,) int64, any count of days; `NO_DAY` where it is not known. Of the same day, the earlier in the arrays
        stands first.
    folded : (n,) bool, whose descendants are not drawn

    Raises
    ------
    ValueError
        If infectors go in a circle; names the first case that is in or after it.
    """
    sizes = sizes or Sizes()
    above = np.asarray(infector, dtype=np.int64)
    told = np.asarray(day, dtype=np.int64)
    hides = np.zeros(len(above), dtype=bool) if folded is None else np.asarray(folded, dtype=bool)
    # Walked case by case they are lists: to ask an array for one number takes as long as ten steps of a walk.
    parents = above.tolist()
    order, depth = _downwards(parents)
    standing = _standing_day(parents, told.tolist(), order)
    at = np.array(standing, dtype=np.int64)
    inner = np.array(_steps_within_day(parents, standing, order), dtype=np.int64)
    columns, begins, width = _columns(at, inner, sizes)
    x = begins[np.searchsorted(columns, at)] + sizes.step * inner if len(at) else np.zeros(0)
    n_under = _n_descendants(parents, order)
    node, row, n_rows = _rows(parents, x, hides, sizes.box)
    before = above[node]
    is_dated = told[node] != NO_DAY
    return TreeLayout(
        node=node,
        x=x[node],
        row=row,
        depth=np.array(depth, dtype=np.int64)[node],
        n_hidden=np.where(hides[node], n_under[node], 0),
        is_undated=~is_dated,
        is_backwards=(before >= 0) & (at[node] < at[before]),
        column_day=columns,
        column_x=begins,
        width=width,
        n_rows=n_rows,
    )


def choose_folded(infector: Sequence[int] | Ints, most: int) -> Flags:
    """Which cases to fold so that at most `most` are drawn: generation after generation, whole families of children.

    First cases are always drawn, so that there may be more than `most` if there are more of those.
    """
    above = np.asarray(infector, dtype=np.int64).tolist()
    children = _children(above)
    folded = np.zeros(len(above), dtype=bool)
    level = [case for case, it in enumerate(above) if it < 0]
    n_shown = len(level)
    while level:
        below: list[int] = []
        # Small families first: more of the tree is seen for the same number of boxes.
        for case in sorted(level, key=lambda it: (len(children[it]), it)):
            if not children[case]:
                continue
            if n_shown + len(children[case]) > most:
                folded[case] = True
            else:
                n_shown += len(children[case])
                below.extend(children[case])
        level = below
    return folded


def _downwards(above: list[int]) -> tuple[list[int], list[int]]:
    """All cases with infectors first, and how many links each is from its first case."""
    depth = [0 if it < 0 else -1 for it in above]
    children = _children(above)
    order = [case for case, it in enumerate(above) if it < 0]
    for case in order:  # grows while it is walked
        for child in children[case]:
            depth[child] = depth[case] + 1
            order.append(child)
    if len(order) < len(above):
        raise ValueError(f"case {depth.index(-1)} is in or after a circle of infectors")
    return order, depth


def _children(above: list[int], order: Iterable[int] | None = None) -> list[list[int]]:
    """Whom each case infected, in an order of all cases; else in their own."""
    found: list[list[int]] = [[] for _ in above]
    for case in range(len(above)) if order is None else order:
        if above[case] >= 0:
            found[above[case]].append(case)
    return found


def _standing_day(above: list[int], told: list[int], order: list[int]) -> list[int]:
    """The day whose column each case stands in: its own, else its infector's, else the first it is known to precede."""
    at = list(told)
    for case in reversed(order):
        # A first case without a day takes the earliest of those it infected: so much is known, that it was not later.
        parent = above[case]
        if parent >= 0 and told[parent] == NO_DAY and at[case] != NO_DAY:
            at[parent] = at[case] if at[parent] == NO_DAY else min(at[parent], at[case])
    for case in order:
        parent = above[case]
        if parent >= 0 and told[case] == NO_DAY and at[parent] != NO_DAY:
            at[case] = at[parent]
    return at


def _steps_within_day(above: list[int], at: list[int], order: list[int]) -> list[int]:
    steps = [0] * len(above)
    for case in order:
        parent = above[case]
        if parent >= 0 and at[parent] == at[case]:
            steps[case] = steps[parent] + 1
    return steps


def _columns(at: Ints, inner: Ints, sizes: Sizes) -> tuple[Ints, Floats, float]:
    days, which = np.unique(at, return_inverse=True)
    if not len(days):
        return days, np.zeros(0), 0.0
    deepest = np.zeros(len(days), dtype=np.int64)
    np.maximum.at(deepest, which, inner)
    widths = sizes.day + sizes.step * deepest
    # Days in between that nobody is in, as Python's integers: NO_DAY is too far away for 64 bits.
    listed = days.tolist()
    empty = [min(b - a, sizes.gap_days + 1) - 1 for a, b in pairwise(listed)]
    begins = np.concatenate(([0.0], np.cumsum(widths[:-1] + sizes.day * np.array(empty, dtype=np.float64))))
    return days, begins, float(begins[-1] + sizes.step * deepest[-1] + sizes.box)


def _n_descendants(above: list[int], order: list[int]) -> Ints:
    n_under = [0] * len(above)
    for case in reversed(order):
        if above[case] >= 0:
            n_under[above[case]] += n_under[case] + 1
    return np.array(n_under, dtype=np.int64)


def _rows(above: list[int], x: Floats, hides: Flags, box: float) -> tuple[Ints, Ints, int]:
    from_the_left = np.argsort(x, kind="stable").tolist()
    children = _children(above, from_the_left)
    waiting = [(case, -1) for case in reversed(from_the_left) if above[case] < 0]
    begins, is_folded = x.tolist(), hides.tolist()
    nodes: list[int] = []
    rows: list[int] = []
    n_rows = 0
    while waiting:
        case, row = waiting.pop()
        if row < 0:
            row, n_rows = n_rows, n_rows + 1
        nodes.append(case)
        rows.append(row)
        if is_folded[case]:
            continue
        going_on = next((child for child in children[case] if begins[child] >= begins[case] + box), -1)
        waiting.extend((child, -1) for child in reversed(children[case]) if child != going_on)
        if going_on >= 0:
            waiting.append((going_on, row))
    return np.array(nodes, dtype=np.int64), np.array(rows, dtype=np.int64), n_rows
