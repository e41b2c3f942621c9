"""The numba engine's sweep: everybody's stays on the timelines of the places cases were at. Linear; no pair is listed.

`line` is the columns of `timeline.Timeline`, `own` those of `co_presence.Own`, as plain tuples. Rows of a timeline at a
place run from `low` to before `high`; `k` is the last row at or before a moment, `low - 1` when there is none. Of a
case, what is its own is taken away again.
"""

from typing import Any

import numpy as np

from fangxian.core.compiled import compiled, fetch

EMPTY = -1
NEAR_BY = 16  # rows within which going on one by one is quicker than halving
LIKELY, POSSIBLE = 1, 2


@compiled
def _row_before(at: Any, high: Any, k: Any, moment: Any) -> Any:
    """The last row before a moment that is not before row `k`."""
    steps = 0
    while k + 1 < high and at[k + 1] < moment:
        k += 1
        steps += 1
        if steps == NEAR_BY:
            return k + np.searchsorted(at[k + 1 : high], moment)
    return k


@compiled
def _own_rows(own: Any, person: Any, place: Any) -> Any:
    """Rows of `own` of this person at this place."""
    first, own_person, own_place, _, _, _ = own
    begin = first[person]
    if begin == EMPTY:
        return 0, 0
    while begin < own_person.size and own_person[begin] == person and own_place[begin] < place:
        begin += 1
    end = begin
    while end < own_person.size and own_person[end] == person and own_place[end] == place:
        end += 1
    return begin, end


@compiled
def _others(line: Any, band: Any, k: Any, own: Any, rows: Any) -> Any:
    """How many cases are there from row k on, without the person's own."""
    _, at, there, _, _, _, _, _, _ = line
    _, _, _, own_begins, own_ends, _ = own
    n = there[k, band]
    for row in range(rows[0], rows[1]):
        n -= own_begins[row] <= at[k] and at[k] < own_ends[row, band]
    return n


@compiled
def _first_of_others(line: Any, band: Any, low: Any, high: Any, k: Any, span: Any, own: Any, rows: Any) -> Any:
    """The first moment of a span at which another case is there; its end for none."""
    at = line[1]
    while k < high and (k < low or at[k] < span[1]):
        if k >= low and _others(line, band, k, own, rows) > 0:
            return max(span[0], at[k])
        k += 1
    return span[1]


@compiled
def _last_of_others(line: Any, band: Any, low: Any, k: Any, span: Any, own: Any, rows: Any) -> Any:
    """The last one, its beginning for none; `k` is the last row before its end."""
    at, until = line[1], span[1]
    while k >= low and until > span[0]:
        if _others(line, band, k, own, rows) > 0:
            return until
        until = at[k]
        k -= 1
    return span[0]


@compiled
def _overlaps(line: Any, low: Any, high: Any, k: Any, begin: Any, ends: Any, found: Any) -> Any:
    """Seconds of the bands and meetings, with all cases, into `found`; weight, and rows before the last two ends."""
    _, at, there, totals, rate, minutes, turns, _, _ = line
    row, before, weight, likely_row = k, max(k, low), 0.0, k
    for band in range(3):
        row = _row_before(at, high, row, ends[band])
        found[band] = 0
        if row >= low:
            found[band] = totals[row, band] + there[row, band] * (ends[band] - at[row])
            found[band] -= totals[before, band]
            if k >= low:
                found[band] -= there[k, band] * (begin - at[k])
        if band == LIKELY:
            likely_row = row
    if found[LIKELY] > 0:
        weight = minutes[likely_row] + rate[likely_row] * (ends[LIKELY] - at[likely_row])
        weight -= minutes[before]
        if k >= low:
            weight -= rate[k] * (begin - at[k])
        found[3] = turns[likely_row, 0] - (turns[k, 1] if k >= 0 else 0)
    return weight, likely_row, row


@compiled
def _without_own(found: Any, weight: Any, begin: Any, ends: Any, own: Any, rows: Any) -> Any:
    _, _, _, own_begins, own_ends, own_rate = own
    for row in range(rows[0], rows[1]):
        start = max(begin, own_begins[row])
        for band in range(3):
            found[band] -= max(0, min(ends[band], own_ends[row, band]) - start)
        seconds = max(0, min(ends[LIKELY], own_ends[row, LIKELY]) - start)
        weight -= seconds * own_rate[row]
        found[3] -= seconds > 0
    return weight


@compiled
def _note_moments(line: Any, low: Any, high: Any, k: Any, begin: Any, end: Any, last: Any, band: Any, own: Any,
                  rows: Any, base: Any, one: Any) -> Any:  # fmt: skip
    """First and last moment with another case into a person's sums; `last` is the row before `end`."""
    _, _, there, _, _, _, _, left, following = line
    if rows[0] < rows[1]:
        first = _first_of_others(line, band, low, high, k, (begin, end), own, rows)
        until = _last_of_others(line, band, low, last, (begin, end), own, rows)
    else:
        first = begin if k >= low and there[k, band] > 0 else following[k + 1, band - 1]
        until = end if there[last, band] > 0 else left[last, band - 1]
    before, after = np.uint32(base[1] - first), np.uint32(until - base[0])
    if band == LIKELY:
        one.first_likely, one.last_likely = max(one.first_likely, before), max(one.last_likely, after)
    else:
        one.first_possible, one.last_possible = max(one.first_possible, before), max(one.last_possible, after)


@compiled
def _lay(line: Any, low: Any, high: Any, k: Any, begin: Any, ends: Any, person: Any, place: Any, own: Any, base: Any,
         sums: Any, found: Any) -> Any:  # fmt: skip
    """One stay on the timeline of its place."""
    weight, likely_row, possible_row = _overlaps(line, low, high, k, begin, ends, found)
    rows = _own_rows(own, person, place)
    if rows[0] < rows[1]:
        weight = _without_own(found, weight, begin, ends, own, rows)
    if found[POSSIBLE] <= 0:
        return
    one = sums[person]
    one.sure_s += found[0]
    one.possible_s += found[POSSIBLE]
    _note_moments(line, low, high, k, begin, ends[POSSIBLE], possible_row, POSSIBLE, own, rows, base, one)
    if found[LIKELY] > 0:
        _note_moments(line, low, high, k, begin, ends[LIKELY], likely_row, LIKELY, own, rows, base, one)
        one.likely_s += found[LIKELY]
        one.weight += weight
        one.n_meetings += found[3]
        if one.place_before != place + 1:
            one.place_before = place + 1
            one.n_places += 1


@compiled
def sweep(begins_of_place: Any, index: Any, line: Any, own: Any, base: Any, sums: Any) -> Any:
    """All stays, place by place, added to the sums of people by row. `index`: person, begins_s, sure_s, likely_s,
    possible_s; `sums`: rows of `sums.SUM`; `base`: what their moments are counted from."""
    person, begins_s, sure_s, likely_s, possible_s = index
    begins_of_line, at, there, _, _, _, _, _, _ = line
    found = np.zeros(4, np.int64)
    for place in range(begins_of_place.size - 1):
        low, high = begins_of_line[place], begins_of_line[place + 1]
        if low == high:
            continue
        k = low - 1
        for row in range(begins_of_place[place], begins_of_place[place + 1]):
            begin = begins_s[row]
            while k + 1 < high and at[k + 1] <= begin:
                k += 1
            if k == high - 1:
                break  # no case comes any more
            if (k >= low and there[k, POSSIBLE] > 0) or begin + possible_s[row] > at[k + 1]:
                ends = (begin + sure_s[row], begin + likely_s[row], begin + possible_s[row])
                fetch(sums, np.int64(person[row]))
                _lay(line, low, high, k, begin, ends, person[row], place, own, base, sums, found)
