"""The numba engine's look-back: the stays of cases beside those of others. Held to the plain definition."""

from typing import Any

import numpy as np

from fangxian.core.exposure.compiled import compiled

EMPTY = -1


# Columns of a person's sums: seconds of the three bands, meetings, places, the last place counted, and the first and
# last moment of likely, then of possible meetings. One row lies in two lines of the processor's cache.
N_MEETINGS, N_PLACES, LAST_PLACE, MOMENTS, N_COLUMNS = 3, 4, 5, 6, 10


@compiled
def _add(sums: Any, weights: Any, one: Any, place: Any, begins: Any, ends: Any, rate: Any) -> Any:
    """One overlap; `ends` are those of the three bands, at or before `begins` for none."""
    for band in range(3):
        sums[one, band] += max(ends[band] - begins, 0)
    if ends[1] > begins:
        weights[one] += (ends[1] - begins) * rate
        sums[one, N_MEETINGS] += 1
        sums[one, MOMENTS] = min(sums[one, MOMENTS], begins)
        sums[one, MOMENTS + 1] = max(sums[one, MOMENTS + 1], ends[1])
        if sums[one, LAST_PLACE] != place:
            sums[one, LAST_PLACE] = place
            sums[one, N_PLACES] += 1
    sums[one, MOMENTS + 2] = min(sums[one, MOMENTS + 2], begins)
    sums[one, MOMENTS + 3] = max(sums[one, MOMENTS + 3], ends[2])


@compiled
def windows(begins_of_place: Any, longest_at: Any, begins_s: Any, stays: Any) -> Any:
    """As `totals.windows`. `stays`: (n, 5) place, begin, three ends of case stays."""
    found = np.empty((len(stays), 2), np.int64)
    for row in range(len(stays)):
        place = stays[row, 0]
        begin, end = begins_of_place[place], begins_of_place[place + 1]
        there = begins_s[begin:end]
        found[row, 0] = begin + np.searchsorted(there, stays[row, 1] - longest_at[place], side="right")
        found[row, 1] = begin + np.searchsorted(there, stays[row, 4])
    return found


@compiled
def _slot(table: Any, person: Any) -> Any:
    mask = table.size - 1
    slot = (person * np.int64(-7046029254386353131) >> np.int64(33)) & mask
    while table[slot] != EMPTY and table[slot] != person:
        slot = (slot + 1) & mask
    return slot


@compiled
def people_there(index: Any, window: Any, stays: Any, case_person: Any) -> Any:
    """Who possibly was there with a case: the people, and for each row of the windows whose it is, EMPTY for none."""
    person, begins_s, possible_s = index
    room, n_rows, n, at = 64, np.sum(window[:, 1] - window[:, 0]), 0, 0
    while room < 2 * n_rows:
        room *= 2
    table, slot_of = np.full(room, EMPTY, np.int32), np.empty(room, np.int32)
    people, whose = np.empty(room // 2 + 1, np.int32), np.full(n_rows, EMPTY, np.int32)
    for row in range(len(stays)):
        for other in range(window[row, 0], window[row, 1]):
            if begins_s[other] + possible_s[other] > stays[row, 1] and person[other] != case_person[row]:
                slot = _slot(table, person[other])
                if table[slot] == EMPTY:
                    table[slot], slot_of[slot], people[n] = person[other], n, person[other]
                    n += 1
                whose[at] = slot_of[slot]
            at += 1
    return people[:n], whose


@compiled
def beside(index: Any, window: Any, stays: Any, rate: Any, whose: Any, sums: Any, weights: Any) -> Any:
    """Case stays, by place, beside the rows of their windows: added to the sums of the people there, by position."""
    begins_s, sure_s, likely_s, possible_s = index
    at = 0
    for row in range(len(stays)):
        place, case_begins = stays[row, 0], stays[row, 1]
        for other in range(window[row, 0], window[row, 1]):
            if whose[at] != EMPTY:
                starts = begins_s[other]
                sure = min(starts + sure_s[other], stays[row, 2])
                likely = min(starts + likely_s[other], stays[row, 3])
                possible = min(starts + possible_s[other], stays[row, 4])
                ends = (sure, likely, possible)
                _add(sums, weights, whose[at], place, max(starts, case_begins), ends, rate[row])
            at += 1


@compiled
def beside_all(index: Any, window: Any, stays: Any, case_person: Any, rate: Any, sums: Any, weights: Any) -> Any:
    """The same for so many rows that everybody has a place in the sums: by row of person, in one pass."""
    person, begins_s, sure_s, likely_s, possible_s = index
    for row in range(len(stays)):
        place, case_begins, case_ends = stays[row, 0], stays[row, 1], stays[row, 4]
        for other in range(window[row, 0], window[row, 1]):
            starts, one = begins_s[other], person[other]
            if starts + possible_s[other] > case_begins and one != case_person[row]:
                sure = min(starts + sure_s[other], stays[row, 2])
                likely = min(starts + likely_s[other], stays[row, 3])
                possible = min(starts + possible_s[other], case_ends)
                _add(sums, weights, one, place, max(starts, case_begins), (sure, likely, possible), rate[row])


@compiled
def in_columns(order: Any, people: Any, sums: Any, weights: Any, columns: Any, weight: Any) -> Any:
    """Rows of sums as columns, in an order: person, three bands, meetings, places, first and last moment; and weights.

    First and last are those of likely meetings; of possible ones where there is no likely one.
    """
    for at in range(order.size):
        row = order[at]
        moment = MOMENTS if sums[row, N_MEETINGS] > 0 else MOMENTS + 2
        columns[0, at] = people[row]
        for band in range(3):
            columns[1 + band, at] = sums[row, band]
        columns[4, at], columns[5, at] = sums[row, N_MEETINGS], sums[row, N_PLACES]
        columns[6, at], columns[7, at] = sums[row, moment], sums[row, moment + 1]
        weight[at] = weights[row]
