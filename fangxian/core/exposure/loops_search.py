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
DIGIT, DIGITS = 11, (1 << 11) - 1  # bits: the counts of one pass of a sort fit into the nearest cache
ROW_BITS, ROW = 31, (1 << 31) - 1  # of a word that is ranked: the row; above it 32 bits that say where it ranks
MANTISSA = 24  # bits of a weight that are looked at first
ONE = 1023 << 52  # the bits of 1.0
LIGHT, HIGHEST = 1 << 29, (1 << 31) - 1  # possible seconds below, weights above: 64 doublings of a millionth
CASE_BITS, CASES = 31, (1 << 31) - 1  # of a word of a case stay: the case; above it the row
FEW = 32  # rows up to which sorting by insertion is quicker
MOST = 2**62


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
def _by_row(words: Any, n_rows: Any) -> Any:
    """Words in order of the row that stands above `CASE_BITS`, and as they stood where that is the same."""
    shift = CASE_BITS
    while n_rows >> shift - CASE_BITS > 0:
        counts, other = np.zeros((1 << DIGIT) + 1, np.int64), np.empty_like(words)
        for word in words:
            counts[((word >> shift) & DIGITS) + 1] += 1
        for n in range(1 << DIGIT):
            counts[n + 1] += counts[n]
        for word in words:
            digit = (word >> shift) & DIGITS
            other[counts[digit]] = word
            counts[digit] += 1
        words, shift = other, shift + DIGIT
    return words


@compiled
def _in_time(begins_s: Any, of_person: Any, people: Any, times: Any, before: Any) -> Any:
    """The rows of everything that cases did in the time that is searched, each above the number of its case, in order:
    that is by place, and nearly by begin. What is read of them afterwards is read from one end of memory to the other.
    """
    begins_of, rows_of = of_person
    firsts, lasts, n = np.zeros(people.size, np.int64), np.zeros(people.size, np.int64), 0
    for case in range(people.size):
        if people[case] != EMPTY:
            first, last = begins_of[people[case]], begins_of[people[case] + 1]
            firsts[case] = _first_of(rows_of, begins_s, first, last, times[0][case] - before)
            lasts[case] = _first_of(rows_of, begins_s, firsts[case], last, times[1][case] - 1)
            n += lasts[case] - firsts[case]
    words, n = np.empty(n, np.int64), 0
    for case in range(people.size):
        for at in range(firsts[case], lasts[case]):
            words[n] = np.int64(rows_of[at]) << CASE_BITS | case
            n += 1
    return _by_row(words, begins_s.size)


@compiled
def _later(found: Any, one: Any, other: Any) -> Any:
    """Whether a case stay comes after another one."""
    if found[2, one] != found[2, other] or found[3, one] != found[3, other]:
        return found[2, one] == found[2, other] and found[3, one] > found[3, other]
    return found[0, one] > found[0, other]


@compiled
def stays_of_cases(index: Any, of_person: Any, places: Any, people: Any, first: Any, times: Any, rules: Any) -> Any:
    """As `case_stays`: columns of whole numbers (case, person, place, begin, three ends, presence), and the rates.

    `of_person`: begins_of_person, rows_of_person; `places`: begins_of_place, place_of_256th, air, the longest stay at
    any; `people`: row of each case's person or EMPTY; `first`: the number of the first of these cases; `times`: begins,
    ends and onset of cases; `rules`: seconds that linger, the first day and its curve.
    """
    _, begins_s, sure_s, likely_s, possible_s, presence = index
    (begins_of_place, place_of_256th, air, longest), (linger, first_day, curve) = places, rules
    words = _in_time(begins_s, of_person, people, times, longest + linger)
    found, rate, n = np.empty((8, words.size), np.int64), np.empty(words.size), 0
    for at in range(words.size):
        soon, row = words[min(at + AHEAD, words.size - 1)] >> CASE_BITS, words[at] >> CASE_BITS
        case = words[at] & CASES
        fetch(begins_s, soon)
        fetch(sure_s, soon)
        fetch(likely_s, soon)
        fetch(possible_s, soon)
        fetch(presence, soon)
        starts, until_s = begins_s[row], times[1][case]
        begin, possible = max(starts, times[0][case]), min(starts + possible_s[row] + linger, until_s)
        if begin >= possible:
            continue
        place = np.int64(place_of_256th[row >> 8])
        left = place_of_256th[(row >> 8) + 1] - place + 1
        while left > 1:
            half = left >> 1
            place = place + half if begins_of_place[place + half] <= row else place
            left -= half
        found[0, n], found[1, n], found[2, n], found[3, n] = first + case, people[case], place, begin
        found[4, n] = min(starts + sure_s[row], until_s)
        found[5, n], found[6, n] = min(starts + likely_s[row] + linger, until_s), possible
        found[7, n] = presence[row]
        day = (begin - times[2][case]) // DAY_S - first_day
        rate[n] = curve[day] * air[place] / 60 if 0 <= day < curve.size else 0.0
        n += 1
    return _by_place_and_begin(found, rate, n)


@compiled
def _by_place_and_begin(found: Any, rate: Any, n: Any) -> Any:
    """The first n of these columns and rates by place, begin and case; they come by place, and nearly by begin: a stay
    that began before the time that is searched begins with it."""
    order, columns, rates, steps = np.arange(n), np.empty((8, n), np.int64), np.empty(n), 0
    for nth in range(1, n):
        at = nth
        while at > 0 and _later(found, order[at - 1], nth):
            order[at] = order[at - 1]
            at, steps = at - 1, steps + 1
        order[at] = nth
        if steps > FEW * n:
            break
    if steps > FEW * n:  # but not where many began before
        order = ordered(found[0, :n], np.arange(n))
        order = ordered(found[2, :n], ordered(found[3, :n] - found[3, :n].min(), order))
    for column in range(8):
        for at in range(n):
            columns[column, at] = found[column, order[at]]
    for at in range(n):
        rates[at] = rate[order[at]]
    return columns, rates


@compiled
def stays_merged(columns: Any, rates: Any, others: Any, of_others: Any) -> Any:
    """What `stays_of_cases` gave of two parts of all cases, by place and begin."""
    n, one, other = rates.size + of_others.size, 0, 0
    found, rate = np.empty((8, n), np.int64), np.empty(n)
    for at in range(n):
        first = other == of_others.size
        if one < rates.size and not first:
            place, its_place = columns[2, one], others[2, other]
            first = place < its_place or (place == its_place and columns[3, one] <= others[3, other])
        rate[at] = rates[one] if first else of_others[other]
        for column in range(8):
            found[column, at] = columns[column, one] if first else others[column, other]
        one += first
        other += not first
    return found, rate


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
def _cleared(one: Any) -> Any:
    """All zeros again, while it is at hand."""
    one.sure_s, one.likely_s, one.possible_s, one.weight = 0, 0, 0, 0.0
    one.n_meetings, one.n_places, one.place_before = 0, 0, 0
    one.first_likely, one.last_likely, one.first_possible, one.last_possible = 0, 0, 0, 0


@compiled
def _heavy(one: Any) -> Any:
    return np.int64(np.rint(one.weight * 1e6))


@compiled
def _words(sums: Any, rows: Any, low: Any, enough_s: Any) -> Any:
    """Of each of these rows (counted from `low`) who possibly met a case a word: the smaller, the higher it ranks.

    Above, whether likely seconds are enough; then the first bits of the weight in millionths as a floating number,
    whose order is that of its bits; of who has no weight possible seconds. Below, the row: what is alike in the upper
    bits is compared further by `_before`.
    """
    bits, words, n = np.empty(1), np.empty(rows.size, np.int64), 0
    as_bits = bits.view(np.int64)
    for row in rows:
        one = sums[row]
        if one.possible_s > 0:
            bits[0] = np.rint(one.weight * 1e6)
            high = min(one.possible_s, LIGHT - 1)
            if bits[0] > 0:
                high = min(LIGHT + (as_bits[0] - ONE >> 52 - MANTISSA), HIGHEST)
            short = np.int64(one.likely_s < enough_s)
            words[n] = (short * (HIGHEST + 1) + HIGHEST - high) << ROW_BITS | (row + low)
            n += 1
    return words[:n]


@compiled
def _before(one: Any, other: Any, sums: Any) -> Any:
    """Whether the row of a word ranks above another one, or with it."""
    if one >> ROW_BITS != other >> ROW_BITS:
        return one < other
    first, second = sums[one & ROW], sums[other & ROW]
    heavy, other_heavy = _heavy(first), _heavy(second)
    return heavy > other_heavy or (heavy == other_heavy and first.possible_s >= second.possible_s)


@compiled
def _sorted_by_high_bits(words: Any) -> Any:
    """Words by what stands above the row, and as they stood where that is equal."""
    counts, other = np.zeros((3, (1 << DIGIT) + 1), np.int64), np.empty_like(words)
    for word in words:
        for nth in range(3):
            counts[nth, ((word >> ROW_BITS + nth * DIGIT) & DIGITS) + 1] += 1
    for nth in range(3):
        at = counts[nth]
        for n in range(1 << DIGIT):
            at[n + 1] += at[n]
        for word in words:
            digit = (word >> ROW_BITS + nth * DIGIT) & DIGITS
            other[at[digit]] = word
            at[digit] += 1
        words, other = other, words
    return words


@compiled
def ranked(sums: Any, people: Any, low: Any, high: Any, enough_s: Any) -> Any:
    """Of these rows of sums the words of who possibly met a case, as they rank: those with enough likely seconds first,
    then by weight in millionths, possible seconds, both descending, then row of person. `people` of rows, or empty."""
    rows = np.arange(high - low).astype(np.int32)
    if people.size:
        rows = ordered(people[low:high].astype(np.int64), rows)
    words, first = _sorted_by_high_bits(_words(sums[low:high], rows, low, enough_s)), 0
    while first < words.size:
        last = first + 1
        while last < words.size and words[last] >> ROW_BITS == words[first] >> ROW_BITS:
            last += 1
        if HIGHEST - (words[first] >> ROW_BITS & HIGHEST) < LIGHT - 1:
            pass  # no weight, and the same seconds: by row they stand already
        elif last - first > FEW:
            alike = words[first:last].copy()
            possible, heavy = np.empty(alike.size, np.int64), np.empty(alike.size, np.int64)
            for nth in range(alike.size):
                one = sums[alike[nth] & ROW]
                possible[nth], heavy[nth] = MOST - one.possible_s, _heavy(one)
            by_time = ordered(possible - possible.min(), np.arange(alike.size))
            words[first:last] = alike[ordered(heavy.max() - heavy, by_time)]
        else:
            for nth in range(first + 1, last):
                word, at = words[nth], nth
                while at > first and not _before(words[at - 1], word, sums):
                    words[at] = words[at - 1]
                    at -= 1
                words[at] = word
        first = last
    return words


@compiled
def split(words: Any, others: Any, n: Any, sums: Any) -> Any:
    """How many of the first `n` of both, merged, are of the first ones."""
    low, high = max(0, n - others.size), min(n, words.size)
    while low < high:
        half = (low + high) >> 1
        if _before(words[half], others[n - half - 1], sums):
            low = half + 1
        else:
            high = half
    return low


@compiled
def merged(words: Any, others: Any, sums: Any) -> Any:
    """The rows of sums of both, which are as they rank, as they rank together: those of the second are larger."""
    rows, one, other = np.empty(words.size + others.size, np.int32), 0, 0
    for at in range(rows.size):
        first = other == others.size
        if one < words.size and not first:
            first = words[one] < others[other]
            if words[one] >> ROW_BITS == others[other] >> ROW_BITS:
                first = _before(words[one], others[other], sums)
        rows[at] = (words[one] if first else others[other]) & ROW
        one += first
        other += not first
    return rows


@compiled
def in_columns(rows: Any, people: Any, sums: Any, base: Any, columns: Any, weight: Any) -> Any:
    """Rows of sums as columns, in an order: person, three bands, meetings, places, first and last moment; and weights.

    First and last are those of likely meetings; of possible ones where there is no likely one. The rows are zeros then.
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
        _cleared(one)
