"""The numba engine's loops from scans to stays, and what they are sorted with. Each is held to the plain definition."""

from typing import Any

import numpy as np

from fangxian.core.compiled import compiled

EMPTY = -1
SHORT = 48  # rows up to which sorting by insertion is quicker


@compiled
def _slot_of(table: Any, values: Any, value: Any) -> Any:
    """Where a value stands in an open hash table of positions in `values`, or the free slot where it would."""
    mask = table.size - 1
    mixed = value ^ (value >> 31)
    slot = (mixed * np.int64(-7046029254386353131) >> np.int64(20)) & mask
    while table[slot] != EMPTY and values[table[slot]] != value:
        slot = (slot + 1) & mask
    return slot


@compiled
def _grown(table: Any, values: Any, n: Any) -> Any:
    """The table and the list of values with twice the room."""
    more_values = np.empty(values.size * 2, np.int64)
    more_values[:n] = values[:n]
    bigger = np.full(table.size * 2, EMPTY, np.int32)
    for position in range(n):
        bigger[_slot_of(bigger, more_values, more_values[position])] = position
    return bigger, more_values


@compiled
def codes_of(column: Any, known: Any, wanted: Any) -> Any:
    """Small numbers for large ones: `known` are 0, 1, …, others follow as they come; -1 where not wanted.

    Returns the codes, (n,) int32, and the number that each code stands for.
    """
    room = 1024
    while room < known.size * 4:
        room *= 2
    table, values = np.full(room, EMPTY, np.int32), np.empty(room // 2, np.int64)
    n = 0
    for value in known:
        table[_slot_of(table, values, value)] = n
        values[n] = value
        n += 1
    codes = np.empty(column.size, np.int32)
    for row in range(column.size):
        if not wanted[row]:
            codes[row] = EMPTY
            continue
        value = np.int64(column[row])
        slot = _slot_of(table, values, value)
        if table[slot] == EMPTY:
            if n == values.size:
                table, values = _grown(table, values, n)
                slot = _slot_of(table, values, value)
            table[slot] = n
            values[n] = value
            n += 1
        codes[row] = table[slot]
    return codes, values[:n].copy()


@compiled
def found_in(column: Any, values: Any) -> Any:
    """Position in `values` (each once) of each of a column, -1 where it is not there: (n,) int32."""
    room = 64
    while room < values.size * 4:
        room *= 2
    table = np.full(room, EMPTY, np.int32)
    for position in range(values.size):
        table[_slot_of(table, values, values[position])] = position
    found = np.empty(column.size, np.int32)
    for row in range(column.size):
        found[row] = table[_slot_of(table, values, np.int64(column[row]))]
    return found


@compiled
def keys_by_person(
    person: Any, venue: Any, at_s: Any, leaves: Any, presence: Any, base_s: Any, first: Any, last: Any
) -> Any:
    """The scans of the people `first` to before `last` as one number each, person after person, in order of time.

    A key is time, venue, way out, presence, from its high bits to its low. Returns where each person's begin.
    """
    begins = np.zeros(last - first + 1, np.int64)
    for one in person:
        if first <= one < last:
            begins[one - first + 1] += 1
    for n in range(last - first):
        begins[n + 1] += begins[n]
    keys, next_free = np.empty(begins[-1], np.int64), begins[:-1].copy()
    for row in range(person.size):
        one = person[row] - first
        if 0 <= one < last - first:
            low = (np.int64(venue[row]) << 4) | (np.int64(leaves[row]) << 3) | np.int64(presence[row])
            keys[next_free[one]] = ((np.int64(at_s[row]) - base_s) << 32) | low
            next_free[one] += 1
    for n in range(last - first):
        _sort(keys[begins[n] : begins[n + 1]])
    return begins, keys


@compiled
def _sort(keys: Any) -> Any:
    if keys.size > SHORT:
        keys.sort()
        return
    for n in range(1, keys.size):
        key, at = keys[n], n
        while at > 0 and keys[at - 1] > key:
            keys[at] = keys[at - 1]
            at -= 1
        keys[at] = key


@compiled
def _end_of_moment(keys: Any, row: Any) -> Any:
    """Where the scans of one moment end, at how many venues they are, and whether one is on the way out."""
    end, n_venues, leaving = row, 0, False
    while end < keys.size and keys[end] >> 32 == keys[row] >> 32:
        leaving |= (keys[end] >> 3) & 1 == 1
        if end == row or (keys[end] & 0xFFFFFFFF) >> 4 != (keys[end - 1] & 0xFFFFFFFF) >> 4:
            n_venues += 1
        end += 1
    return end, n_venues, leaving


@compiled
def _leaves_in(keys: Any, row: Any, end: Any, venue: Any) -> Any:
    found = False
    for other in range(row, end):
        found |= (keys[other] & 0xFFFFFFFF) >> 3 == (venue << 1) | 1
    return found


@compiled
def _end_stay(ends: Any, stay: Any, at: Any, until: Any, left: Any, usual: Any, conflict: Any, begins: Any) -> Any:
    """Sure, likely and possible end of a stay whose last scan was at `at`."""
    for band in range(3):
        end = until if left and until - at <= usual[2] else min(at + usual[band], until)
        ends[stay, band] = begins if band == 0 and conflict else end


@compiled
def stays_of_one(keys: Any, usual: Any, venue_of: Any, begins: Any, ends: Any, presence: Any, n: Any) -> Any:
    """One person's stays, written from row `n` on; how many there are then. Times are as in the keys."""
    row, going_on, conflict = 0, -1, False
    end, n_venues, _ = _end_of_moment(keys, 0)
    while row < keys.size:
        next_end, next_n, next_leaving = _end_of_moment(keys, end) if end < keys.size else (end, 0, False)
        at, until = keys[row] >> 32, keys[end] >> 32 if end < keys.size else np.int64(1) << 40
        carried, carried_conflict = -1, False
        for scan in range(row, end):
            venue = (keys[scan] & 0xFFFFFFFF) >> 4
            again = scan > row and keys[scan] >> 3 == keys[scan - 1] >> 3
            if (keys[scan] >> 3) & 1 or again:
                continue
            stay, clash = going_on, conflict
            if stay < 0:
                stay, clash, n = n, n_venues > 1, n + 1
                venue_of[stay], begins[stay], presence[stay] = venue, at, keys[scan] & 7
            presence[stay] = min(presence[stay], keys[scan] & 7)
            same = next_n == 1 and not next_leaving and (keys[min(end, keys.size - 1)] & 0xFFFFFFFF) >> 4 == venue
            if same and until - at <= usual[venue, 1]:
                carried, carried_conflict = stay, clash
            else:
                left = _leaves_in(keys, end, next_end, venue)
                _end_stay(ends, stay, at, until, left, usual[venue], clash, begins[stay])
        going_on, conflict = carried, carried_conflict
        row, end, n_venues = end, next_end, next_n
    return n


@compiled
def stays_of_all(offsets: Any, keys: Any, usual: Any) -> Any:
    """Everybody's stays: row of the person, of the venue, begin, three ends, presence; in order of person and time."""
    person, venue = np.empty(keys.size, np.int32), np.empty(keys.size, np.int32)
    begins, ends = np.empty(keys.size, np.int64), np.empty((keys.size, 3), np.int64)
    presence, n = np.empty(keys.size, np.int8), 0
    for one in range(offsets.size - 1):
        if offsets[one] == offsets[one + 1]:
            continue
        first = n
        n = stays_of_one(keys[offsets[one] : offsets[one + 1]], usual, venue, begins, ends, presence, n)
        person[first:n] = one
    return person[:n], venue[:n], begins[:n], ends[:n], presence[:n]


@compiled
def order_by(keys: Any, n_keys: Any, order: Any) -> Any:
    """The positions of `order`, sorted by key, and as they stood where keys are equal. One pass of a radix sort."""
    counts = np.zeros(n_keys + 1, np.int64)
    for key in keys:
        counts[key + 1] += 1
    for n in range(n_keys):
        counts[n + 1] += counts[n]
    sorted_ = np.empty(order.size, np.int32)
    for row in order:
        key = keys[row]
        sorted_[counts[key]] = row
        counts[key] += 1
    return sorted_
