"""The numba engine's loops of the search itself. Each is held to the plain definition."""

from typing import Any, NamedTuple

import numpy as np

from fangxian.core.exposure.columns import BEFORE_ALL, EVER
from fangxian.core.exposure.compiled import compiled

EMPTY = -1


class Sums(NamedTuple):
    """One row is one person.

    seconds : (n, 3) sure, likely, possible; moments : (n, 4) first and last of likely, then of possible meetings
    last_place : the last that was counted among the places
    """

    seconds: Any
    weight: Any
    n_meetings: Any
    n_places: Any
    last_place: Any
    moments: Any


class Own(NamedTuple):
    """Each case's own stays by person, place, begin: they are no exposure of that case to itself.

    first : (n_people,) int32, where a person's begin; EMPTY for who is no case
    person, place, begins_s, sure_s, likely_s, possible_s, rate : (n,), ends as in `CaseStays`
    """

    first: Any
    person: Any
    place: Any
    begins_s: Any
    sure_s: Any
    likely_s: Any
    possible_s: Any
    rate: Any


@compiled
def new_sums(n: Any) -> Any:
    moments = np.empty((n, 4), np.int64)
    moments[:, 0::2] = EVER
    moments[:, 1::2] = BEFORE_ALL
    return Sums(
        np.zeros((n, 3), np.int64), np.zeros(n), np.zeros(n, np.int64), np.zeros(n, np.int64),
        np.full(n, EMPTY, np.int64), moments,
    )  # fmt: skip


@compiled
def _add(sums: Any, slot: Any, place: Any, begins: Any, ends: Any, rate: Any) -> Any:
    """One overlap; `ends` are those of the three bands, at or before `begins` for none."""
    for band in range(3):
        sums.seconds[slot, band] += max(ends[band] - begins, 0)
    if ends[1] > begins:
        sums.weight[slot] += (ends[1] - begins) * rate
        sums.n_meetings[slot] += 1
        sums.moments[slot, 0] = min(sums.moments[slot, 0], begins)
        sums.moments[slot, 1] = max(sums.moments[slot, 1], ends[1])
        if sums.last_place[slot] != place:
            sums.last_place[slot] = place
            sums.n_places[slot] += 1
    sums.moments[slot, 2] = min(sums.moments[slot, 2], begins)
    sums.moments[slot, 3] = max(sums.moments[slot, 3], ends[2])


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
def beside(index: Any, window: Any, stays: Any, case_person: Any, rate: Any) -> Any:
    """Case stays, by place, beside the rows of their windows. The people found, their sums, and whether all had room.

    `index`: person, begins_s, sure_s, likely_s, possible_s.
    """
    person, begins_s, sure_s, likely_s, possible_s = index
    room = 64
    while room < 2 * np.sum(window[:, 1] - window[:, 0]) and room < 1 << 22:
        room *= 2
    table = np.full(room, EMPTY, np.int32)
    place_of, n = np.empty(room, np.int32), 0
    sums = new_sums(room // 2)
    people = np.empty(room // 2, np.int32)
    for row in range(len(stays)):
        place, case_begins = stays[row, 0], stays[row, 1]
        for other in range(window[row, 0], window[row, 1]):
            begins = max(begins_s[other], case_begins)
            possible = min(begins_s[other] + possible_s[other], stays[row, 4])
            if possible <= begins or person[other] == case_person[row]:
                continue
            slot = _slot(table, person[other])
            if table[slot] == EMPTY:
                if n == people.size:
                    return people[:0], sums, False  # more people than there is room for: the caller sweeps
                table[slot], place_of[slot], people[n] = person[other], n, person[other]
                n += 1
            sure = min(begins_s[other] + sure_s[other], stays[row, 2])
            likely = min(begins_s[other] + likely_s[other], stays[row, 3])
            _add(sums, place_of[slot], place, begins, (sure, likely, possible), rate[row])
    return people[:n], sums, True
