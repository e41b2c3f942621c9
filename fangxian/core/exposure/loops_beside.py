"""The numba engine's look-back: the stays of cases beside those of others. Held to the plain definition.

`stays` are the columns of case stays, by place and begin: place, person, begin, three ends, rate. `index` is person,
begin and three lengths of everybody's. `base`: the two moments that those of sums are counted from, so that 0 is none
and the largest is kept.

Everybody's stays beside case stays are taken into a table that stays in a processor's own cache, a column after the
other: who, where, begin, three ends, then what is added up of each row. Each case stay is laid beside the rows it may
meet without a choice, so that a processor does eight of them in a step. Only when the table is full each row that met
one goes to the sums of its person, which are asked for ahead: those of who likely met one to rows of `sums.SUM`, those
of who only possibly did to rows of `sums.ONLY`, which are a quarter as long. Moments in the table are seconds after
the first of `base`, in 32 bits.

No loop that goes row by row hands an array to another one: each such call counts references, and that took as long as
all the rest.
"""

from typing import Any

import numpy as np

from fangxian.core.compiled import compiled, fetch

EMPTY = -1
ROWS = 2048  # of the table; all of it stays in a processor's own cache
PIECE = 256  # rows that case stays are laid beside while they are in the nearest cache
LANES = 8  # rows in a step of a processor; each piece begins at a multiple
COLUMN = ROWS + 16  # one line more, or the same row of all columns would fall on one another in the cache
EVERY = 64  # of these rows one is in `every_64th`
AHEAD = 48  # rows; by then what was asked of memory has come
MOST = 2**31 - 1  # what a table's column can hold
# Columns of the table.
WHO, WHERE, BEGIN, SURE_END, LIKELY_END, POSSIBLE_END = 0, COLUMN, 2 * COLUMN, 3 * COLUMN, 4 * COLUMN, 5 * COLUMN
SURE, LIKELY, POSSIBLE, MET = 6 * COLUMN, 7 * COLUMN, 8 * COLUMN, 9 * COLUMN
FIRST_LIKELY, LAST_LIKELY, FIRST_POSSIBLE, LAST_POSSIBLE = 10 * COLUMN, 11 * COLUMN, 12 * COLUMN, 13 * COLUMN
NOW, SIZE = 14 * COLUMN, 15 * COLUMN


@compiled
def _first_rows(begins_s: Any, every_64th: Any, lows: Any, highs: Any, moments: Any) -> Any:
    """For each, the first row from `lows` to before `highs` that begins at its moment or later; into `lows`.

    Among every 64th row first, which are few enough to stay near; then among the rows between two of them, which are
    asked for ahead.
    """
    last = begins_s.size - 1
    for one in range(lows.size):
        low = (lows[one] + EVERY - 1) // EVERY
        left, moment = (highs[one] + EVERY - 1) // EVERY - low, moments[one]
        while left > 0:
            half = left >> 1
            before = every_64th[low + half] < moment
            low = low + half + 1 if before else low
            left = left - half - 1 if before else half
        highs[one] = min(highs[one], low * EVERY)
        lows[one] = min(max(lows[one], (low - 1) * EVERY + 1), highs[one])
    for one in range(lows.size):
        soon = lows[min(one + AHEAD, lows.size - 1)]
        for part in range(0, EVERY, EVERY // 4):
            fetch(begins_s, min(soon + part, last))
        low, left, moment = lows[one], highs[one] - lows[one], moments[one]
        while left > 0:
            half = left >> 1
            before = begins_s[low + half] < moment
            low = low + half + 1 if before else low
            left = left - half - 1 if before else half
        lows[one] = low


@compiled
def rows_beside(begins_of_place: Any, longest_at: Any, begins_s: Any, every_64th: Any, stays: Any) -> Any:
    """The rows of others, from and to before, that may overlap each case stay: two rows of numbers."""
    place, _, begins, _, _, possible, _ = stays
    found, ends = np.empty((2, place.size), np.int64), np.empty(place.size, np.int64)
    moments = np.empty(place.size, np.int64)
    for one in range(place.size):
        found[0, one], ends[one] = begins_of_place[place[one]], begins_of_place[place[one] + 1]
        moments[one] = begins[one] - longest_at[place[one]] + 1
    _first_rows(begins_s, every_64th, found[0], ends, moments)
    for one in range(place.size):
        found[1, one], ends[one] = found[0, one], begins_of_place[place[one] + 1]
    _first_rows(begins_s, every_64th, found[1], ends, possible)
    return found


@compiled
def _load(table: Any, weights: Any, index: Any, row: Any, n: Any, place: Any, base: Any) -> Any:
    """`n` rows of everybody's stays into the table, nothing being added up yet; how many with those up to the next
    multiple, which meet nobody."""
    person, begins_s, sure_s, likely_s, possible_s = index
    full = (n + LANES - 1) // LANES * LANES
    for at in range(full):
        table[SURE + at], table[LIKELY + at], table[POSSIBLE + at], table[MET + at] = 0, 0, 0, 0
        table[FIRST_LIKELY + at], table[LAST_LIKELY + at] = 0, 0
        table[FIRST_POSSIBLE + at], table[LAST_POSSIBLE + at] = 0, 0
        table[WHERE + at], weights[at] = place, 0
    who, begin, sure, likely, possible = (
        person[row : row + n], begins_s[row : row + n], sure_s[row : row + n], likely_s[row : row + n],
        possible_s[row : row + n],
    )  # fmt: skip
    for at in range(n):
        begins = np.int32(begin[at] - base)
        table[WHO + at], table[BEGIN + at] = who[at], begins
        table[SURE_END + at] = begins + sure[at]
        table[LIKELY_END + at] = begins + likely[at]
        table[POSSIBLE_END + at] = begins + possible[at]
    for at in range(n, full):
        table[BEGIN + at], table[WHO + at] = MOST, EMPTY
        table[SURE_END + at], table[LIKELY_END + at], table[POSSIBLE_END + at] = 0, 0, 0
    return full


@compiled
def _lay(table: Any, weights: Any, n: Any, case: Any, rate: Any, lasts: Any) -> Any:
    """A case stay (person, begin, three ends) beside these rows of the table."""
    person, begin = np.int32(case[0]), np.int32(case[1])
    sure_end, likely_end, possible_end = np.int32(case[2]), np.int32(case[3]), np.int32(case[4])
    whole, none = np.int32(lasts), np.int32(0)
    for at in range(n):
        start = max(table[BEGIN + at], begin)
        other = table[WHO + at] != person
        over = min(table[POSSIBLE_END + at], possible_end)
        met = other & (over > start)
        table[POSSIBLE + at] += np.int32(over - start) if met else none
        table[FIRST_POSSIBLE + at] = max(table[FIRST_POSSIBLE + at], np.int32(whole - start) if met else none)
        table[LAST_POSSIBLE + at] = max(table[LAST_POSSIBLE + at], over if met else none)
        over = min(table[SURE_END + at], sure_end)
        table[SURE + at] += np.int32(over - start) if other & (over > start) else none
        over = min(table[LIKELY_END + at], likely_end)
        met = other & (over > start)
        now = np.int32(over - start) if met else none
        table[NOW + at] = now
        table[LIKELY + at] += now
        table[MET + at] += np.int32(met)
        table[FIRST_LIKELY + at] = max(table[FIRST_LIKELY + at], np.int32(whole - start) if met else none)
        table[LAST_LIKELY + at] = max(table[LAST_LIKELY + at], over if met else none)
    for at in range(n):
        weights[at] += np.float64(table[NOW + at]) * rate


@compiled
def together(sums: Any, only: Any, n: Any) -> Any:
    """What was only possible to the sums of the same people."""
    for row in range(n):
        one, little = sums[row], only[row]
        one.possible_s += little.possible_s
        one.first_possible, one.last_possible = little.first, little.last


@compiled
def _lay_all(
    table: Any, weights: Any, stays: Any, rows: Any, first: Any, last: Any, row: Any, n: Any, base: Any
) -> Any:
    """Each of these case stays beside those of `n` rows of the table that it may meet; the first was row `row`."""
    _, person, begins, sure, likely, possible, rate = stays
    for one in range(first, last):
        low, high = max(rows[0, one] - row, 0) // LANES * LANES, min(rows[1, one] - row, n)
        if low >= n:
            break
        if low < high:
            n_beside = (high - low + LANES - 1) // LANES * LANES
            case = (
                person[one], begins[one] - base[0], sure[one] - base[0], likely[one] - base[0], possible[one] - base[0],
            )  # fmt: skip
            _lay(table[low:], weights[low:], n_beside, case, rate[one], base[1] - base[0])


@compiled
def _those_met(table: Any, full: Any, met: Any) -> Any:
    """Which rows of the table likely met a case, and which only possibly; how many of both."""
    n_likely, n_only = 0, 0
    for at in range(full):
        met[0, n_likely], met[1, n_only] = at, at
        likely = table[MET + at] > 0
        n_likely += likely
        n_only += (table[POSSIBLE + at] > 0) & (not likely)
    return n_likely, n_only


@compiled
def _rows_of(table: Any, met: Any, n: Any, people: Any, slots: Any, n_people: Any) -> Any:
    """The row of their sums in the place of who it is, for these rows of the table; how many people there are then.

    `slots` is an open hash table of positions in `people`.
    """
    mask = slots.size - 1
    for nth in range(n):
        one = table[WHO + met[nth]]
        slot = (np.int64(one) * np.int64(-7046029254386353131) >> np.int64(33)) & mask
        while slots[slot] != EMPTY and people[slots[slot]] != one:
            slot = (slot + 1) & mask
        if slots[slot] == EMPTY:
            slots[slot], people[n_people] = n_people, one
            n_people += 1
        table[WHO + met[nth]] = slots[slot]
    return n_people


@compiled
def _add_likely(table: Any, weights: Any, met: Any, n: Any, sums: Any) -> Any:
    """What was added up of rows that likely met a case to the sums of their people."""
    for nth in range(min(AHEAD, n)):
        fetch(sums, np.int64(table[WHO + met[nth]]))
    for nth in range(n):
        fetch(sums, np.int64(table[WHO + met[min(nth + AHEAD, n - 1)]]))
        at = np.int64(met[nth])
        found, place = sums[table[WHO + at]], table[WHERE + at]
        found.sure_s, found.likely_s = found.sure_s + table[SURE + at], found.likely_s + table[LIKELY + at]
        found.possible_s, found.weight = found.possible_s + table[POSSIBLE + at], found.weight + weights[at]
        found.first_likely = max(found.first_likely, np.uint32(table[FIRST_LIKELY + at]))
        found.last_likely = max(found.last_likely, np.uint32(table[LAST_LIKELY + at]))
        found.n_meetings += table[MET + at]
        found.n_places += found.place_before != place
        found.place_before = place


@compiled
def _add_only(table: Any, met: Any, n: Any, only: Any) -> Any:
    """The same of rows that only possibly met one."""
    for nth in range(min(AHEAD, n)):
        fetch(only, np.int64(table[WHO + met[nth]]))
    for nth in range(n):
        fetch(only, np.int64(table[WHO + met[min(nth + AHEAD, n - 1)]]))
        at = np.int64(met[nth])
        found = only[table[WHO + at]]
        found.possible_s += table[POSSIBLE + at]
        found.first = max(found.first, np.uint32(table[FIRST_POSSIBLE + at]))
        found.last = max(found.last, np.uint32(table[LAST_POSSIBLE + at]))


@compiled
def _add(table: Any, weights: Any, full: Any, met: Any, into: Any, n_people: Any) -> Any:
    """What was added up of the table to the sums of people; how many people there are."""
    sums, only, people, slots = into
    n_likely, n_only = _those_met(table, full, met)
    if slots.size > 0:
        n_people = _rows_of(table, met[0], n_likely, people, slots, n_people)
        n_people = _rows_of(table, met[1], n_only, people, slots, n_people)
    _add_likely(table, weights, met[0], n_likely, sums)
    _add_only(table, met[1], n_only, only)
    return n_people


@compiled
def _hanging_together(rows: Any, first: Any) -> Any:
    """Up to which case stay the rows of each begin before those of all before it end, and where they end."""
    last, end = first + 1, rows[1, first]
    while last < rows.shape[1] and rows[0, last] < end:
        end = max(end, rows[1, last])
        last += 1
    return last, end


@compiled
def beside(index: Any, stays: Any, rows: Any, base: Any, into: Any) -> Any:
    """Place by place, everybody's stays beside those of cases that are there; how many people it were.

    `rows`: from `rows_beside`; `into`: both kinds of sums, all zeros at first; the people of their rows and a hash
    table for them, or an empty one where rows are all people's.
    """
    table, weights, met = np.empty(SIZE, np.int32), np.empty(COLUMN), np.empty((2, ROWS + 1), np.int32)
    first, n_people, full = 0, 0, 0
    while first < rows.shape[1]:
        row, place = rows[0, first], stays[0][first] + 1
        last, end = _hanging_together(rows, first)
        while row < end:
            if full == ROWS:
                n_people, full = _add(table, weights, full, met, into, n_people), 0
            n = min(end - row, PIECE, ROWS - full)
            n_full = _load(table[full:], weights[full:], index, row, n, place, base[0])
            while rows[1, first] <= row:
                first += 1
            _lay_all(table[full:], weights[full:], stays, rows, first, last, row, n, base)
            row, full = row + n, full + n_full
        first = last
    n_people = _add(table, weights, full, met, into, n_people)
    together(into[0], into[1], n_people if into[3].size else into[0].size)
    return n_people


@compiled
def add_sums(sums: Any, others: Any) -> Any:
    """Sums of the same people at other places, to these."""
    for row in range(sums.size):
        one, other = sums[row], others[row]
        one.sure_s, one.likely_s = one.sure_s + other.sure_s, one.likely_s + other.likely_s
        one.possible_s, one.weight = one.possible_s + other.possible_s, one.weight + other.weight
        one.n_meetings, one.n_places = one.n_meetings + other.n_meetings, one.n_places + other.n_places
        one.first_likely = max(one.first_likely, other.first_likely)
        one.last_likely = max(one.last_likely, other.last_likely)
        one.first_possible = max(one.first_possible, other.first_possible)
        one.last_possible = max(one.last_possible, other.last_possible)
