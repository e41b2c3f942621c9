"""What the numba engine adds up of each person: a row of sums that fills one line of a processor's cache.

A search for many cases adds to the sums of a hundred thousand people in no order, and what it waits for is memory: one
line for each person it adds to, where columns would be nine.
"""

from typing import Final, NamedTuple

import numpy as np

from fangxian.core.exposure.columns import Column

LINE: Final = 64  # bytes
PAGE: Final = 1 << 21
# Moments are counted so that all zeros is "none": how long before the last of all moments it began, how long after the
# first of them it ended. `place_before`: the place that was counted last, plus 1.
SUM: Final = np.dtype(
    [
        ("sure_s", "i8"), ("likely_s", "i8"), ("possible_s", "i8"), ("weight", "f8"),
        ("n_meetings", "i4"), ("n_places", "i4"), ("place_before", "i4"), ("unused", "i4"),
        ("first_likely", "u4"), ("last_likely", "u4"), ("first_possible", "u4"), ("last_possible", "u4"),
    ]
)  # fmt: skip

# The same of a look-back, two of them in a line, where what is added lies in the same order (`loops_beside`). A moment
# has the highest bit if it is that of a likely meeting, and is then larger than that of any that was only possible.
MET: Final = np.dtype(
    [
        ("possible_s", "u4"), ("likely_s", "u4"), ("sure_s", "u4"), ("n_meetings", "u4"),
        ("first", "u4"), ("last", "u4"), ("weight", "f8"),
    ]
)  # fmt: skip
PLACES: Final = np.dtype([("place_before", "i4"), ("n_places", "i4")])


class Sums(NamedTuple):
    """Rows of `SUM`, or of `MET` with those of `PLACES`; the row of the person of each (empty: rows are those of
    people); and what moments are counted from."""

    of: Column
    people: Column
    base: tuple[int, int]
    places: Column | None = None


def new_rows(n: int, kind: np.dtype[np.void]) -> Column:
    """Rows of zeros, none of them in more lines than it must. Memory is only taken where something is written."""
    return _from_edge(np.zeros(n * kind.itemsize + LINE, np.uint8), n, kind, LINE)


def rows_to_keep(n: int, kind: np.dtype[np.void]) -> Column:
    """The same in pages as large as there are, of many: a processor has the places of few pages at hand."""
    found = rows_to_fill(n, kind)
    found.view(np.uint8)[:] = 0
    return found


def rows_to_fill(n: int, kind: np.dtype[np.void]) -> Column:
    """The same with whatever the memory holds."""
    return _from_edge(np.empty(n * kind.itemsize + 2 * PAGE, np.uint8), n, kind, PAGE)


def _from_edge(room: Column, n: int, kind: np.dtype[np.void], edge: int) -> Column:
    first = -room.ctypes.data % edge
    found: Column = room[first : first + n * kind.itemsize].view(kind)
    return found


def new_sums(n: int) -> Column:
    """Sums of n people: nothing yet."""
    return new_rows(n, SUM)
