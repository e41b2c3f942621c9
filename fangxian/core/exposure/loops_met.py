"""What a look-back added up of people, put together and given: rows of `sums.MET` and `sums.PLACES`.

A moment has the highest bit if the meeting was likely; `base` are the two moments that all are counted from.
"""

from typing import Any

import numpy as np

from fangxian.core.compiled import compiled, fetch

AHEAD = 16  # rows; by then what was asked of memory has come
LINE, FAR, N_COLUMNS = 8, 256, 9  # numbers in a line of memory, rows after which one is written, and columns
MOMENT = (1 << 31) - 1  # without the bit that says that it is likely


@compiled
def _cleared(one: Any, place: Any) -> Any:
    """All zeros again, while it is at hand."""
    one.possible_s, one.likely_s, one.sure_s, one.n_meetings = 0, 0, 0, 0
    one.first, one.last, one.weight = 0, 0, 0.0
    place.place_before, place.n_places = 0, 0


@compiled
def together(sums: Any, places: Any, others: Any, of_others: Any, low: Any, high: Any) -> Any:
    """To these rows of sums those of the same people at other places, which are zeros then."""
    for row in range(low, high):
        one, other = sums[row], others[row]
        one.possible_s, one.likely_s = one.possible_s + other.possible_s, one.likely_s + other.likely_s
        one.sure_s, one.n_meetings = one.sure_s + other.sure_s, one.n_meetings + other.n_meetings
        one.first, one.last = max(one.first, other.first), max(one.last, other.last)
        one.weight += other.weight
        places[row].n_places += of_others[row].n_places
        _cleared(other, of_others[row])


@compiled
def in_columns(rows: Any, people: Any, sums: Any, places: Any, base: Any, low: Any, columns: Any, weight: Any) -> Any:
    """Rows of sums in an order, from the `low`-th on, into columns that lie one after another, as in
    `loops_search.in_columns`; weights into the same memory. The rows are zeros then.

    Lines of what is written are asked for too: nine columns at once are too many for a processor to guess.
    """
    n = columns.size // N_COLUMNS
    for first in range(0, rows.size, LINE):
        for column in range(N_COLUMNS):
            fetch(columns, column * n + min(low + first + FAR, n - 1))
        for nth in range(first, min(first + LINE, rows.size)):
            soon, row, at = np.int64(rows[min(nth + AHEAD, rows.size - 1)]), np.uint64(rows[nth]), np.uint64(low + nth)
            fetch(sums, soon)
            fetch(places, soon)
            one, place = sums[row], places[row]
            columns[at] = people[row] if people.size else np.int64(row)
            columns[at + np.uint64(n)], columns[at + np.uint64(2 * n)] = one.sure_s, one.likely_s
            columns[at + np.uint64(3 * n)], columns[at + np.uint64(4 * n)] = one.possible_s, one.n_meetings
            columns[at + np.uint64(5 * n)] = place.n_places
            columns[at + np.uint64(6 * n)] = base[1] - np.int64(one.first & MOMENT)
            columns[at + np.uint64(7 * n)] = base[0] + np.int64(one.last & MOMENT)
            weight[at + np.uint64(8 * n)] = one.weight
            _cleared(one, place)
