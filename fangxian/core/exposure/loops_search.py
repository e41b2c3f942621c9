"""What the numba engine does before and after everybody's stays are passed: the stays of cases, and who ranks where.

`stays` are the columns of case stays, by place and begin: place, person, begin, three ends, rate. `sums` are rows of
`sums.SUM`; `base` the two moments that theirs are counted from, so that 0 is none and the largest is kept.
"""

from typing import Any

import numpy as np

from fangxian.core.compiled import compiled, fetch

EMPTY = -1
DAY_S = 86_400
AHEAD = 16  # rows; by then what was asked of memory has come
DIGIT = 11  # bits: the counts of one pass of a sort fit into the nearest cache


@compiled
def ordered(keys: Any, order: Any) -> Any:
    """The positions of `order`, sorted by key (0 or more), and as they stood where keys are equal."""
    largest, shift = np.int64(0), 0
    for key in keys:
        largest = max(largest, key)
    while largest >> shift > 0:
        counts = np.zeros((1 << DIGIT) + 1, np.int64)
        for key in keys:
            counts[((key >> shift) & ((1 << DIGIT) - 1)) + 1] += 1
        for n in range(1 << DIGIT):
            counts[n + 1] += counts[n]
        sorted_ = np.empty_like(order)
        for row in order:
            digit = (keys[row] >> shift) & ((1 << DIGIT) - 1)
            sorted_[counts[digit]] = row
            counts[digit] += 1
        order, shift = sorted_, shift + DIGIT
    return order


@compiled
def _first_of(rows_of: Any, begins_s: Any, first: Any, last: Any, moment: Any) -> Any:
    """Of one person's stays, in the order in which they begin, the first that begins after a moment."""
    while first < last:
        middle = (first + last) >> 1
        if begins_s[rows_of[middle]] <= moment:
            first = middle + 1
        else:
            last = middle
    return first


@compiled
def _in_time(begins_s: Any, of_person: Any, people: Any, times: Any, before: Any) -> Any:
    """The rows of everything that cases did in the time that is searched, and of which case each is."""
    begins_of, rows_of = of_person
    firsts, lasts, n = np.zeros(people.size, np.int64), np.zeros(people.size, np.int64), 0
    for case in range(people.size):
        if people[case] != EMPTY:
            first, last = begins_of[people[case]], begins_of[people[case] + 1]
            firsts[case] = _first_of(rows_of, begins_s, first, last, times[0][case] - before)
            lasts[case] = _first_of(rows_of, begins_s, firsts[case], last, times[1][case] - 1)
            n += lasts[case] - firsts[case]
    rows, of, n = np.empty(n, np.int64), np.empty(n, np.int64), 0
    for case in range(people.size):
        for at in range(firsts[case], lasts[case]):
            rows[n], of[n] = rows_of[at], case
            n += 1
    return rows, of


@compiled
def stays_of_cases(index: Any, of_person: Any, places: Any, people: Any, times: Any, rules: Any) -> Any:
    """As `case_stays`: columns of whole numbers (case, person, place, begin, three ends, presence), and the rates.

    `of_person`: begins_of_person, rows_of_person; `places`: begins_of_place, air, the longest stay at any; `people`:
    row of each case's person or EMPTY; `times`: begins, ends and onset of cases; `rules`: seconds that linger, the
    first day and its curve.
    """
    _, begins_s, sure_s, likely_s, possible_s, presence = index
    (begins_of_place, air, longest), (linger, first_day, curve) = places, rules
    rows, of = _in_time(begins_s, of_person, people, times, longest + linger)
    found, rate, n = np.empty((8, rows.size), np.int64), np.empty(rows.size), 0
    for at in range(rows.size):
        soon, row, case = rows[min(at + AHEAD, rows.size - 1)], rows[at], of[at]
        fetch(begins_s, soon)
        fetch(sure_s, soon)
        fetch(likely_s, soon)
        fetch(possible_s, soon)
        fetch(presence, soon)
        starts, until_s = begins_s[row], times[1][case]
        begin, possible = max(starts, times[0][case]), min(starts + possible_s[row] + linger, until_s)
        if begin >= possible:
            continue
        place, left = 0, begins_of_place.size - 1
        while left > 1:
            half = left >> 1
            place = place + half if begins_of_place[place + half] <= row else place
            left -= half
        found[0, n], found[1, n], found[2, n], found[3, n] = case, people[case], place, begin
        found[4, n] = min(starts + sure_s[row], until_s)
        found[5, n], found[6, n] = min(starts + likely_s[row] + linger, until_s), possible
        found[7, n] = presence[row]
        day = (begin - times[2][case]) // DAY_S - first_day
        rate[n] = curve[day] * air[place] / 60 if 0 <= day < curve.size else 0.0
        n += 1
    found, order = found[:, :n], np.arange(n)
    if n:
        order = ordered(found[2], ordered(found[3] - found[3].min(), order))
    return found[:, order], rate[:n][order]


@compiled
def expected_rows(begins_of_place: Any, longest_at: Any, begins_s: Any, stays: Any) -> Any:
    """About how many rows of others lie beside case stays, if there are as many in every hour of a place."""
    place, _, begins, _, _, possible, _ = stays
    n_rows = 0.0
    for row in range(place.size):
        begin, end = begins_of_place[place[row]], begins_of_place[place[row] + 1]
        lasts = max(begins_s[end - 1] - begins_s[begin], 1) if begin < end else 1
        span = possible[row] - begins[row] + longest_at[place[row]]
        n_rows += min(span / lasts, 1.0) * (end - begin)
    return n_rows


@compiled
def ranked(sums: Any, people: Any, enough_s: Any) -> Any:
    """Rows of the sums of who possibly met a case: those with enough likely seconds first, then by weight in
    millionths, possible seconds, both descending, then row of person. `people` of rows, or empty."""
    n, room = 0, sums.size
    rows, heavy, possible = np.empty(room, np.int32), np.empty(room, np.int64), np.empty(room, np.int64)
    short = np.empty(room, np.int64)
    for row in range(room):
        if sums[row].possible_s > 0:
            rows[n], possible[n] = row, sums[row].possible_s
            heavy[n], short[n] = np.int64(np.rint(sums[row].weight * 1e6)), sums[row].likely_s < enough_s
            n += 1
    order = np.arange(n).astype(np.int32)
    if n == 0:
        return order
    if people.size:
        order = ordered(people[rows[:n]].astype(np.int64), order)
    order = ordered(possible[:n].max() - possible[:n], order)
    return rows[ordered(short[:n], ordered(heavy[:n].max() - heavy[:n], order))]


@compiled
def in_columns(rows: Any, people: Any, sums: Any, base: Any, columns: Any, weight: Any) -> Any:
    """Rows of sums as columns, in an order: person, three bands, meetings, places, first and last moment; and weights.

    First and last are those of likely meetings; of possible ones where there is no likely one.
    """
    for at in range(rows.size):
        fetch(sums, np.int64(rows[min(at + AHEAD, rows.size - 1)]))
        one = sums[rows[at]]
        columns[0, at] = people[rows[at]] if people.size else rows[at]
        columns[1, at], columns[2, at], columns[3, at] = one.sure_s, one.likely_s, one.possible_s
        columns[4, at], columns[5, at] = one.n_meetings, one.n_places
        first, last = (one.first_likely, one.last_likely)
        if one.n_meetings == 0:
            first, last = (one.first_possible, one.last_possible)
        columns[6, at], columns[7, at], weight[at] = base[1] - first, base[0] + last, one.weight
