"""The numba engine's look-back: the stays of cases beside those of others. Held to the plain definition.

Case stays come as the columns of `CaseStays.for_loops`, by place and begin, and are then rows of 32 bytes. `blocks` are
those of `index.Blocks`: everybody's stays, sixteen to a block, in each block a column after the other, so that a
processor does eight of them in a step and reads one stretch of memory. Moments are counted from the first of all, and
those of sums so that 0 is none and the largest is kept.

Each case stay is laid beside the blocks it may meet without a choice. What is added up of each row goes to a table that
stays in a processor's own cache. Only when the table is full each row that met a case stay goes to the sums of its
person, which are asked for ahead: those of who likely met one to rows of `sums.SUM`, those of who only possibly did to
rows of `sums.ONLY`, which are a quarter as long.

Only what is called once a case stay, takes arrays one by one and calls nobody is a loop of its own: other calls count
references to arrays, and that took a fifth of the time. What the innermost loops read is cut out of larger arrays
first, or its position has no sign: otherwise each look-up asks whether it counts from the end, and nothing is done
eight at a time.
"""

from typing import Any

import numpy as np

from fangxian.core.compiled import compiled, fetch

EMPTY = -1
LANES = 16  # rows of a block
WHO, BEGIN, SURE_END, LIKELY_END, POSSIBLE_END, BLOCK = 0, 16, 32, 48, 64, 80  # columns of a block, and its size
# Columns of what is added up beside a block, and its size.
SURE, LIKELY, POSSIBLE, MET, FIRST_LIKELY, LAST_LIKELY = 0, 16, 32, 48, 64, 80
FIRST_POSSIBLE, LAST_POSSIBLE, SUMS = 96, 112, 128
# Columns of case stays: who, begin, three ends, the blocks each may meet from and to before, and the place, plus 1.
PERSON, BEGINS, SURELY, LIKELY_TO, POSSIBLY_TO, FROM, TO, PLACE = 0, 1, 2, 3, 4, 5, 6, 7
FULL = 128  # blocks of the table; all of it stays in a processor's own cache
PIECE = 32  # blocks that case stays are laid beside while they are in the nearest cache
AHEAD = 48  # rows; by then what was asked of memory has come
MOST = 2**31 - 1  # what a column can hold
LOW = 2**32 - 1  # of a row of a list: who it is above, where it stands in the table below


@compiled
def first_blocks(begins_of_place: Any) -> Any:
    """The first block of each place, where each has blocks of its own, and how many there are."""
    firsts = np.zeros(begins_of_place.size, np.int64)
    for place in range(begins_of_place.size - 1):
        n = begins_of_place[place + 1] - begins_of_place[place]
        firsts[place + 1] = firsts[place] + (n + LANES - 1) // LANES
    return firsts


@compiled
def into_blocks(begins_of_place: Any, firsts: Any, index: Any, since: Any, begins: Any, blocks: Any) -> Any:
    """Everybody's stays into blocks. Rows that fill a place's last block up meet nobody."""
    person, begins_s, sure_s, likely_s, possible_s = index
    for place in range(begins_of_place.size - 1):
        row, end = begins_of_place[place], begins_of_place[place + 1]
        for block in range(firsts[place], firsts[place + 1]):
            begins[block] = begins_s[row] - since
            for at in range(block * BLOCK, block * BLOCK + LANES):
                if row == end:
                    blocks[at + WHO], blocks[at + BEGIN] = EMPTY, MOST
                    blocks[at + SURE_END], blocks[at + LIKELY_END], blocks[at + POSSIBLE_END] = 0, 0, 0
                    continue
                begin = begins_s[row] - since
                blocks[at + WHO], blocks[at + BEGIN], blocks[at + SURE_END] = person[row], begin, begin + sure_s[row]
                blocks[at + LIKELY_END], blocks[at + POSSIBLE_END] = begin + likely_s[row], begin + possible_s[row]
                row += 1


@compiled
def _first_block(begins: Any, low: Any, high: Any, moment: Any) -> Any:
    """The first of these blocks that begins at a moment or later."""
    left = high - low
    while left > 0:
        half = left >> 1
        before = begins[low + half] < moment
        low = low + half + 1 if before else low
        left = left - half - 1 if before else half
    return low


@compiled
def blocks_beside(firsts: Any, begins: Any, longest_at: Any, stays: Any, since: Any) -> Any:
    """Each case stay with the blocks, from and to before, in which rows of others may overlap it: (n, 8) int32."""
    place, person, begin, sure, likely, possible, _ = stays
    found = np.empty((place.size, 8), np.int32)
    for one in range(place.size):
        low, high, at = firsts[place[one]], firsts[place[one] + 1], found[one]
        after = _first_block(begins, low, high, begin[one] - longest_at[place[one]] + 1 - since)
        at[PERSON], at[BEGINS], at[SURELY] = person[one], begin[one] - since, sure[one] - since
        at[LIKELY_TO], at[POSSIBLY_TO], at[PLACE] = likely[one] - since, possible[one] - since, place[one] + 1
        far, until = 1, possible[one] - since
        while after + far < high and begins[after + far] < until:  # few blocks: from where it begins, not by halving
            far <<= 1
        at[FROM], at[TO] = max(after - 1, low), _first_block(begins, after + far // 2, min(after + far, high), until)
    return found


@compiled
def _lay(
    blocks: Any, table: Any, nows: Any, weights: Any, cases: Any, one: Any, rate: Any, first: Any, full: Any, n: Any,
    whole: Any,
) -> Any:  # fmt: skip
    """A case stay beside each row of some blocks: the first, where in the table, how many."""
    person, begin, sure_end = cases[one, PERSON], cases[one, BEGINS], cases[one, SURELY]
    likely_end, possible_end = cases[one, LIKELY_TO], cases[one, POSSIBLY_TO]
    none = np.int32(0)
    for block in range(n):
        rows = blocks[(first + block) * BLOCK : (first + block + 1) * BLOCK]
        sums = table[(full + block) * SUMS : (full + block + 1) * SUMS]
        now = nows[block * LANES : (block + 1) * LANES]
        for at in range(LANES):
            start = max(rows[BEGIN + at], begin)
            other = rows[WHO + at] != person
            over = min(rows[POSSIBLE_END + at], possible_end)
            met = other & (over > start)
            sums[POSSIBLE + at] += np.int32(over - start) if met else none
            sums[FIRST_POSSIBLE + at] = max(sums[FIRST_POSSIBLE + at], np.int32(whole - start) if met else none)
            sums[LAST_POSSIBLE + at] = max(sums[LAST_POSSIBLE + at], over if met else none)
            over = min(rows[SURE_END + at], sure_end)
            sums[SURE + at] += np.int32(over - start) if other & (over > start) else none
            over = min(rows[LIKELY_END + at], likely_end)
            met = other & (over > start)
            now[at] = np.int32(over - start) if met else none
            sums[LIKELY + at] += now[at]
            sums[MET + at] += np.int32(met)
            sums[FIRST_LIKELY + at] = max(sums[FIRST_LIKELY + at], np.int32(whole - start) if met else none)
            sums[LAST_LIKELY + at] = max(sums[LAST_LIKELY + at], over if met else none)
    heavy = weights[full * LANES : (full + n) * LANES]
    for at in range(n * LANES):
        heavy[at] += np.float64(nows[at]) * rate


@compiled
def _those_met(blocks: Any, table: Any, of: Any, full: Any, likely: Any, only: Any) -> Any:
    """Which rows of the table likely met a case, and which only possibly; how many of both."""
    n_likely, n_only = np.uint64(0), np.uint64(0)
    for block in range(full):
        who, sums = np.uint64(of[0, block] * BLOCK), np.uint64(block * SUMS)
        for at in range(LANES):
            row = np.int64(blocks[who + np.uint64(at)]) << 32 | (block * LANES + at)
            likely[n_likely], only[n_only] = row, row
            met = table[sums + np.uint64(MET + at)] > 0
            n_likely += np.uint64(met)
            n_only += np.uint64((table[sums + np.uint64(POSSIBLE + at)] > 0) & (not met))
    return np.int64(n_likely), np.int64(n_only)


@compiled
def _rows_of(met: Any, n: Any, people: Any, slots: Any, n_people: Any) -> Any:
    """The row of their sums in the place of who it is, for these rows of a list; how many people there are then.

    `slots` is an open hash table of positions in `people`.
    """
    mask = slots.size - 1
    for nth in range(n):
        one = met[nth] >> 32
        slot = (one * np.int64(-7046029254386353131) >> np.int64(33)) & mask
        while slots[slot] != EMPTY and people[slots[slot]] != one:
            slot = (slot + 1) & mask
        if slots[slot] == EMPTY:
            slots[slot], people[n_people] = n_people, one
            n_people += 1
        met[nth] = np.int64(slots[slot]) << 32 | (met[nth] & LOW)
    return n_people


@compiled
def _add_likely(table: Any, weights: Any, of: Any, met: Any, n: Any, sums: Any) -> Any:
    """What was added up of rows that likely met a case to the sums of their people."""
    for nth in range(min(AHEAD, n)):
        fetch(sums, met[nth] >> 32)
    for nth in range(n):
        fetch(sums, met[min(nth + AHEAD, n - 1)] >> 32)
        row = met[nth] & LOW
        found, place = sums[np.uint64(met[nth] >> 32)], of[1, row // LANES]
        at = np.uint64(row // LANES * SUMS + row % LANES)
        found.sure_s += table[at + np.uint64(SURE)]
        found.likely_s += table[at + np.uint64(LIKELY)]
        found.possible_s += table[at + np.uint64(POSSIBLE)]
        found.weight += weights[np.uint64(row)]
        found.first_likely = max(found.first_likely, np.uint32(table[at + np.uint64(FIRST_LIKELY)]))
        found.last_likely = max(found.last_likely, np.uint32(table[at + np.uint64(LAST_LIKELY)]))
        found.n_meetings += table[at + np.uint64(MET)]
        found.n_places += found.place_before != place
        found.place_before = place


@compiled
def _add_only(table: Any, met: Any, n: Any, only: Any) -> Any:
    """The same of rows that only possibly met one."""
    for nth in range(min(AHEAD, n)):
        fetch(only, met[nth] >> 32)
    for nth in range(n):
        fetch(only, met[min(nth + AHEAD, n - 1)] >> 32)
        row = met[nth] & LOW
        found, at = only[np.uint64(met[nth] >> 32)], np.uint64(row // LANES * SUMS + row % LANES)
        found.possible_s += table[at + np.uint64(POSSIBLE)]
        found.first = max(found.first, np.uint32(table[at + np.uint64(FIRST_POSSIBLE)]))
        found.last = max(found.last, np.uint32(table[at + np.uint64(LAST_POSSIBLE)]))


@compiled
def _emptied(blocks: Any, table: Any, weights: Any, of: Any, full: Any, lists: Any, into: Any, n_people: Any) -> Any:
    """What was added up of the table to the sums of people; how many people there are."""
    (sums, only, people, slots), (met, met_only) = into, lists
    n_likely, n_only = _those_met(blocks, table, of, full, met, met_only)
    if slots.size > 0:
        n_people = _rows_of(met, n_likely, people, slots, n_people)
        n_people = _rows_of(met_only, n_only, people, slots, n_people)
    _add_likely(table, weights, of, met, n_likely, sums)
    _add_only(table, met_only, n_only, only)
    return n_people


@compiled
def _cleared(column: Any, low: Any, high: Any) -> Any:
    part = column[low:high]
    for at in range(part.size):
        part[at] = 0


@compiled
def _hanging_together(cases: Any, first: Any) -> Any:
    """Up to which case stay the blocks of each begin before those of all before it end, and where they end."""
    last, end = first + 1, np.int64(cases[first, TO])
    while last < cases.shape[0] and cases[last, FROM] < end:
        end = max(end, cases[last, TO])
        last += 1
    return last, end


@compiled
def _ask_for_next(blocks: Any, cases: Any, row: Any, end: Any, last: Any) -> Any:
    """Has the blocks brought near that come after these: a run of them is too short for a processor to guess it."""
    if row >= end:
        if last == cases.shape[0]:
            return
        row, end = np.int64(cases[last, FROM]), np.int64(cases[last, TO])
    for line in range(row * BLOCK, min(end, row + PIECE) * BLOCK, LANES):
        fetch(blocks, line)


@compiled
def look_back(blocks: Any, cases: Any, rates: Any, whole: Any, into: Any) -> Any:
    """Place by place, everybody's stays beside those of cases that are there; how many people it were.

    `cases`: from `blocks_beside`; `whole`: the last moment of all; `into`: both kinds of sums, all zeros at first; the
    people of their rows and a hash table for them, or an empty one where rows are all people's.
    """
    table, weights, nows = np.empty(FULL * SUMS, np.int32), np.empty(FULL * LANES), np.empty(PIECE * LANES, np.int32)
    of, lists = (
        np.empty((2, FULL), np.int32),
        (np.empty(FULL * LANES + 1, np.int64), np.empty(FULL * LANES + 1, np.int64)),
    )
    first, n_people, full = 0, 0, 0
    while first < cases.shape[0]:
        row = np.int64(cases[first, FROM])
        last, end = _hanging_together(cases, first)
        while row < end:
            if full == FULL:
                n_people, full = _emptied(blocks, table, weights, of, full, lists, into, n_people), 0
            n = min(end - row, PIECE, FULL - full)
            for block in range(n):
                of[0, full + block], of[1, full + block] = row + block, cases[first, PLACE]
            _ask_for_next(blocks, cases, row + n, end, last)
            _cleared(table, full * SUMS, (full + n) * SUMS)
            _cleared(weights, full * LANES, (full + n) * LANES)
            while cases[first, TO] <= row:
                first += 1
            for one in range(first, last):
                low, high = max(cases[one, FROM] - row, 0), min(cases[one, TO] - row, n)
                if low >= n:
                    break
                if low < high:
                    _lay(blocks, table, nows, weights, cases, one, rates[one], row + low, full + low, high - low, whole)
            row, full = row + n, full + n
        first = last
    return _emptied(blocks, table, weights, of, full, lists, into, n_people)
