"""The numba engine's sweep: everybody's stays on the timelines of the places cases were at. Linear; no pair is listed.

Rows of a timeline at a place run from `low` to before `high`; `k` is the last row at or before a moment, `low - 1` when
there is none. Of a case, what is its own is taken away again.
"""

from typing import Any

import numpy as np

from fangxian.core.exposure.columns import BEFORE_ALL, EVER
from fangxian.core.exposure.compiled import compiled
from fangxian.core.exposure.loops_search import EMPTY, new_sums


@compiled
def _sum_to(total: Any, now: Any, at: Any, low: Any, k: Any, moment: Any) -> Any:
    """A running sum at a moment."""
    return total[low] if k < low else total[k] + now[k] * (moment - at[k])


@compiled
def _row_before(at: Any, low: Any, high: Any, k: Any, moment: Any) -> Any:
    """The last row before a moment, knowing one that is not after it."""
    start = max(k, low)
    return start + np.searchsorted(at[start:high], moment) - 1


@compiled
def _own_rows(own: Any, person: Any, place: Any) -> Any:
    """Rows of `own` of this person at this place."""
    begin = own.first[person]
    if begin == EMPTY:
        return 0, 0
    while begin < own.person.size and own.person[begin] == person and own.place[begin] < place:
        begin += 1
    end = begin
    while end < own.person.size and own.person[end] == person and own.place[end] == place:
        end += 1
    return begin, end


@compiled
def _others(n_there: Any, at: Any, k: Any, own: Any, rows: Any, ends: Any) -> Any:
    """How many cases are there from row k on, without the person's own."""
    n = n_there[k]
    for row in range(rows[0], rows[1]):
        n -= own.begins_s[row] <= at[k] and at[k] < ends[row]
    return n


@compiled
def _first_and_last(
    line: Any, n_there: Any, low: Any, high: Any, k: Any, span: Any, own: Any, rows: Any, ends: Any
) -> Any:
    """First and last moment in `span` at which another case is there."""
    begin, end = span
    first, last = EVER, BEFORE_ALL
    row = k
    while row < high and first == EVER and (row < low or line.at[row] < end):
        if row >= low and _others(n_there, line.at, row, own, rows, ends) > 0:
            first = max(begin, line.at[row])
        row += 1
    row = _row_before(line.at, low, high, k, end)
    until = end
    while row >= low and last == BEFORE_ALL and until > begin:
        if _others(n_there, line.at, row, own, rows, ends) > 0:
            last = until
        until = line.at[row]
        row -= 1
    return first, last


@compiled
def _quick_first_and_last(
    line: Any, n_there: Any, left: Any, following: Any, low: Any, high: Any, k: Any, span: Any
) -> Any:
    """The same for who is no case."""
    first = span[0] if k >= low and n_there[k] > 0 else following[k + 1]
    row = _row_before(line.at, low, high, k, span[1])
    last = span[1] if row >= low and n_there[row] > 0 else left[max(row, low)]
    return first, last


@compiled
def _overlaps(line: Any, low: Any, high: Any, k: Any, begin: Any, ends: Any) -> Any:
    """Seconds of the three bands, weight, and meetings, with all cases."""
    rows = [_row_before(line.at, low, high, k, end) for end in ends]
    sure = _sum_to(line.sum_sure, line.sure, line.at, low, rows[0], ends[0])
    sure -= _sum_to(line.sum_sure, line.sure, line.at, low, k, begin)
    likely = _sum_to(line.sum_likely, line.likely, line.at, low, rows[1], ends[1])
    likely -= _sum_to(line.sum_likely, line.likely, line.at, low, k, begin)
    possible = _sum_to(line.sum_possible, line.possible, line.at, low, rows[2], ends[2])
    possible -= _sum_to(line.sum_possible, line.possible, line.at, low, k, begin)
    weight = _sum_to(line.sum_weight, line.rate, line.at, low, rows[1], ends[1])
    weight -= _sum_to(line.sum_weight, line.rate, line.at, low, k, begin)
    n = (line.n_begun[rows[1]] if rows[1] >= 0 else 0) - (line.n_ended[k] if k >= 0 else 0)
    return sure, likely, possible, weight, n


@compiled
def _without_own(found: Any, begin: Any, ends: Any, own: Any, rows: Any) -> Any:
    sure, likely, possible, weight, n = found
    for row in range(rows[0], rows[1]):
        start = max(begin, own.begins_s[row])
        sure -= max(0, min(ends[0], own.sure_s[row]) - start)
        possible -= max(0, min(ends[2], own.possible_s[row]) - start)
        seconds = max(0, min(ends[1], own.likely_s[row]) - start)
        likely -= seconds
        weight -= seconds * own.rate[row]
        n -= seconds > 0
    return sure, likely, possible, weight, n


@compiled
def _lay(
    line: Any, low: Any, high: Any, k: Any, begin: Any, ends: Any, person: Any, place: Any, own: Any, sums: Any
) -> Any:
    """One stay on the timeline of its place."""
    found = _overlaps(line, low, high, k, begin, ends)
    rows = _own_rows(own, person, place)
    if rows[0] < rows[1]:
        found = _without_own(found, begin, ends, own, rows)
    sure, likely, possible, weight, n = found
    if possible <= 0:
        return
    sums.seconds[person, 0] += sure
    sums.seconds[person, 1] += likely
    sums.seconds[person, 2] += possible
    span, longer = (begin, ends[1]), (begin, ends[2])
    if rows[0] < rows[1]:
        first, last = _first_and_last(line, line.likely, low, high, k, span, own, rows, own.likely_s)
        firsts, lasts = _first_and_last(line, line.possible, low, high, k, longer, own, rows, own.possible_s)
    else:
        first, last = _quick_first_and_last(line, line.likely, line.left_likely, line.next_likely, low, high, k, span)
        firsts, lasts = _quick_first_and_last(
            line, line.possible, line.left_possible, line.next_possible, low, high, k, longer
        )
    sums.moments[person, 2] = min(sums.moments[person, 2], firsts)
    sums.moments[person, 3] = max(sums.moments[person, 3], lasts)
    if likely > 0:
        sums.weight[person] += weight
        sums.n_meetings[person] += n
        sums.moments[person, 0] = min(sums.moments[person, 0], first)
        sums.moments[person, 1] = max(sums.moments[person, 1], last)
        if sums.last_place[person] != place:
            sums.last_place[person] = place
            sums.n_places[person] += 1


@compiled
def sweep(begins_of_place: Any, index: Any, line: Any, own: Any) -> Any:
    """All stays, place by place. `index`: person, begins_s, sure_s, likely_s, possible_s. Sums by row of person."""
    person, begins_s, sure_s, likely_s, possible_s = index
    sums = new_sums(own.first.size)
    for place in range(begins_of_place.size - 1):
        low, high = line.begins_of_place[place], line.begins_of_place[place + 1]
        if low == high:
            continue
        k = low - 1
        for row in range(begins_of_place[place], begins_of_place[place + 1]):
            begin = begins_s[row]
            while k + 1 < high and line.at[k + 1] <= begin:
                k += 1
            if k == high - 1:
                break  # nobody comes any more
            if begin + possible_s[row] > line.at[k + 1] or (k >= low and line.possible[k] > 0):
                ends = (begin + sure_s[row], begin + likely_s[row], begin + possible_s[row])
                _lay(line, low, high, k, begin, ends, person[row], place, own, sums)
    return sums
