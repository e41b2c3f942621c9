"""The numba engine's look-back: the stays of cases beside those of others. Held to the plain definition.

`stays` are the columns of case stays, by place and begin: place, person, begin, three ends, rate. `index` is person,
begin and three lengths of everybody's. `sums` are rows of `sums.SUM`, all zeros at first; `base` the two moments that
theirs are counted from, so that 0 is none and the largest is kept.
"""

from typing import Any

import numpy as np

from fangxian.core.exposure.compiled import compiled, fetch

EMPTY = -1
DAY_S = 86_400
AHEAD = 16  # rows; by then what was asked of memory has come
DIGIT = 11  # bits: the counts of one pass of a sort fit into the nearest cache
NEVER = 1 << 62


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
def stays_of_cases(index: Any, of_person: Any, places: Any, people: Any, times: Any, rules: Any) -> Any:
    """As `case_stays`: columns of whole numbers (case, person, place, begin, three ends, presence), and the rates.

    `of_person`: begins_of_person, rows_of_person; `places`: begins_of_place, air, the longest stay at any; `people`:
    row of each case's person or EMPTY; `times`: begins, ends and onset of cases; `rules`: seconds that linger, the
    first day and its curve.
    """
    _, begins_s, sure_s, likely_s, possible_s, presence = index
    (begins_of, rows_of), (begins_of_place, air, longest), (linger, first_day, curve) = of_person, places, rules
    room, n = 0, 0
    for one in people:
        room += begins_of[one + 1] - begins_of[one] if one != EMPTY else 0
    found, rate = np.empty((8, room), np.int64), np.empty(room)
    for case in range(people.size):
        if people[case] == EMPTY:
            continue
        from_s, until_s, onset_s = times[0][case], times[1][case], times[2][case]
        last = begins_of[people[case] + 1] - 1
        first = _first_of(rows_of, begins_s, begins_of[people[case]], last + 1, from_s - longest - linger)
        for at in range(first, last + 1):
            soon, row = np.int64(rows_of[min(at + AHEAD, last)]), np.int64(rows_of[at])
            fetch(begins_s, soon)
            fetch(possible_s, soon)
            starts = begins_s[row]
            if starts >= until_s:
                break
            begin, possible = max(starts, from_s), min(starts + possible_s[row] + linger, until_s)
            if begin >= possible:
                continue
            place = np.searchsorted(begins_of_place, row, side="right") - 1
            found[0, n], found[1, n], found[2, n], found[3, n] = case, people[case], place, begin
            found[4, n] = min(starts + sure_s[row], until_s)
            found[5, n], found[6, n] = min(starts + likely_s[row] + linger, until_s), possible
            found[7, n] = presence[row]
            day = (begin - onset_s) // DAY_S - first_day
            rate[n] = curve[day] * air[place] / 60 if 0 <= day < curve.size else 0.0
            n += 1
    found = found[:, :n]
    order = np.arange(n)
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
def exact_rows(begins_of_place: Any, longest_at: Any, begins_s: Any, stays: Any) -> Any:
    """How many rows of others lie where they may overlap a case stay."""
    place, _, begins, _, _, possible, _ = stays
    n_rows = 0
    for row in range(place.size):
        there = begins_s[begins_of_place[place[row]] : begins_of_place[place[row] + 1]]
        first = np.searchsorted(there, begins[row] - longest_at[place[row]], side="right")
        n_rows += max(np.searchsorted(there, possible[row]) - first, 0)
    return n_rows


@compiled
def _slot(table: Any, people: Any, person: Any) -> Any:
    """Where a person stands in an open hash table of positions in `people`, or the free slot where they would."""
    mask = table.size - 1
    slot = (np.int64(person) * np.int64(-7046029254386353131) >> np.int64(33)) & mask
    while table[slot] != EMPTY and people[table[slot]] != person:
        slot = (slot + 1) & mask
    return slot


@compiled
def _row_of(table: Any, people: Any, person: Any, n: Any) -> Any:
    """The row of a person's sums, and how many people there are then."""
    slot = _slot(table, people, person)
    if table[slot] == EMPTY:
        table[slot], people[n] = n, person
        return n, n + 1
    return np.int64(table[slot]), n


@compiled
def _still_there(here: Any, rates: Any, n: Any, moment: Any) -> Any:
    """Drop the stays that are over; how many are left, and when the first of them is over."""
    left, first_end = 0, NEVER
    for one in range(n):
        if here[one, 4] > moment:
            for column in range(5):
                here[left, column] = here[one, column]
            rates[left] = rates[one]
            first_end = min(first_end, here[left, 4])
            left += 1
    return left, first_end


@compiled
def _changed(
    stays: Any, following: Any, begins: Any, longest: Any, here: Any, rates: Any, n: Any, first_end: Any
) -> Any:
    """Case stays that a stay from this moment on may overlap come to be here, and those that are over go: the next to
    come, how many are here, and when the first of them is over."""
    person, case_begins, sure, likely, possible, rate = stays
    while following < person.size and case_begins[following] < begins + longest:
        if possible[following] > begins:
            here[n, 0], here[n, 1], rates[n] = person[following], case_begins[following], rate[following]
            here[n, 2], here[n, 3], here[n, 4] = sure[following], likely[following], possible[following]
            first_end, n = min(first_end, possible[following]), n + 1
        following += 1
    if first_end <= begins:
        n, first_end = _still_there(here, rates, n, begins)
    return following, n, first_end


@compiled
def _first_row(begins_s: Any, row: Any, end: Any, case_begins: Any, following: Any, longest: Any) -> Any:
    """The first row that the next case stay to come may overlap; the end where none comes."""
    if following == case_begins.size:
        return end
    return row + np.searchsorted(begins_s[row:end], case_begins[following] - longest, side="right")


@compiled
def _run(row: Any, last: Any, change: Any, index: Any, here: Any, rates: Any, n_here: Any, place: Any, base: Any,
         into: Any, n_people: Any) -> Any:  # fmt: skip
    """Everybody's stays that begin before the case stays going on change, beside these; the row that was reached."""
    (person, begins_s, sure_s, likely_s, possible_s), (sums, people, table) = index, into
    while row < last and begins_s[row] < change:
        fetch(sums, min(np.int64(person[min(row + AHEAD, last - 1)]), sums.size - 1))
        one, begins, until = np.int64(person[row]), begins_s[row], begins_s[row] + possible_s[row]
        sure, likely, possible, weight, n_met = 0, 0, 0, 0.0, 0
        first_likely, last_likely, first_s, last_s = NEVER, 0, NEVER, 0
        for case in range(n_here):
            if here[case, 1] >= until:
                break
            if here[case, 0] == one:
                continue
            start, over = max(begins, here[case, 1]), min(until, here[case, 4])
            possible += over - start
            first_s, last_s = min(first_s, start), max(last_s, over)
            sure += max(min(begins + sure_s[row], here[case, 2]) - start, 0)
            over = min(begins + likely_s[row], here[case, 3])
            if over > start:
                likely, n_met, weight = likely + (over - start), n_met + 1, weight + (over - start) * rates[case]
                first_likely, last_likely = min(first_likely, start), max(last_likely, over)
        row += 1
        if possible == 0:
            continue
        if table.size > 0:
            one, n_people = _row_of(table, people, one, n_people)
        found = sums[one]
        found.sure_s, found.possible_s = found.sure_s + sure, found.possible_s + possible
        found.first_possible = max(found.first_possible, np.uint32(base[1] - first_s))
        found.last_possible = max(found.last_possible, np.uint32(last_s - base[0]))
        if n_met > 0:
            found.likely_s, found.weight = found.likely_s + likely, found.weight + weight
            found.first_likely = max(found.first_likely, np.uint32(base[1] - first_likely))
            found.last_likely = max(found.last_likely, np.uint32(last_likely - base[0]))
            found.n_meetings, found.n_places = found.n_meetings + n_met, found.n_places + (found.place_before != place)
            found.place_before = place
    return row, n_people


@compiled
def _beside_at(place: Any, rows: Any, longest: Any, index: Any, stays: Any, here: Any, rates: Any, base: Any,
               into: Any, n_people: Any) -> Any:  # fmt: skip
    """One place: everybody's stays in order of time, beside the case stays that are going on."""
    (following, n_here, first_end), (row, last), begins_s = (0, 0, NEVER), rows, index[1]
    while row < last:
        following, n_here, first_end = _changed(
            stays, following, begins_s[row], longest, here, rates, n_here, first_end
        )
        if n_here == 0:
            row = _first_row(begins_s, row, last, stays[1], following, longest)
            continue
        change = first_end
        if following < stays[1].size:
            change = min(first_end, stays[1][following] - longest + 1)
        row, n_people = _run(row, last, change, index, here, rates, n_here, place + 1, base, into, n_people)
    return n_people


@compiled
def beside(begins_of_place: Any, longest_at: Any, index: Any, stays: Any, base: Any, into: Any) -> Any:
    """Place by place, everybody's stays beside those of cases that are there; how many people it were.

    `into`: the sums; the people of their rows and a hash table for them, or an empty one where rows are all people's.
    """
    places, person, begins, sure, likely, possible, rate = stays
    here, rates = np.empty((places.size, 5), np.int64), np.empty(places.size)
    first, n_people = 0, 0
    while first < places.size:
        place, last = places[first], first
        while last < places.size and places[last] == place:
            last += 1
        some = slice(first, last)
        of_cases = (person[some], begins[some], sure[some], likely[some], possible[some], rate[some])
        low, high, longest = begins_of_place[place], begins_of_place[place + 1], longest_at[place]
        low += np.searchsorted(index[1][low:high], begins[first] - longest, side="right")
        n_people = _beside_at(place, (low, high), longest, index, of_cases, here, rates, base, into, n_people)
        first = last
    return n_people


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
