"""The numba engine's one pass over more scans than an index fits into memory for. Held to the plain definition.

Scans come in the order of time of each person. Of everybody one row of `one_pass.STATE` is kept: their last scan, and
the stay that may still go on; a stay that is over is laid beside the case stays at its place, and forgotten. Whoever has
two scans at one moment, or one that comes too late, is odd: nothing of them is counted here.
"""

from typing import Any

import numpy as np

from fangxian.core.exposure.compiled import compiled, fetch

EMPTY = -1
ELSEWHERE, LEFT = -1, -2  # places where no case was; on the way out of wherever
ODD = -2  # as a row of sums
AHEAD = 16
NEVER = 1 << 62


@compiled
def _mixed(person: Any) -> Any:
    return np.int64(person) * np.int64(-7046029254386353131) >> np.int64(29)


@compiled
def _slot(states: Any, person: Any) -> Any:
    mask = states.size - 1
    slot = _mixed(person) & mask
    while states[slot].person != EMPTY and states[slot].person != person:
        slot = (slot + 1) & mask
    return slot


@compiled
def copied(states: Any, bigger: Any) -> Any:
    """Everybody's rows into a table with more room."""
    for old in range(states.size):
        if states[old].person != EMPTY:
            bigger[_slot(bigger, states[old].person)] = states[old]


@compiled
def _place_of(table: Any, venues: Any, venue: Any) -> Any:
    """The row of `venues`, those where cases were, that is this venue; ELSEWHERE for any other."""
    slot = _mixed(venue) & (table.size - 1)
    while table[slot] != EMPTY and venues[table[slot]] != venue:
        slot = (slot + 1) & (table.size - 1)
    return np.int64(table[slot])


@compiled
def table_of(venues: Any, table: Any) -> Any:
    """Fill a hash table with the rows of venues, each once."""
    for row in range(venues.size):
        slot = _mixed(venues[row]) & (table.size - 1)
        while table[slot] != EMPTY:
            slot = (slot + 1) & (table.size - 1)
        table[slot] = row


@compiled
def _meet(one: Any, state: Any, ends: Any, stays: Any, base: Any) -> Any:
    """A stay that is over beside the case stays at its place, into a person's sums; whether they likely met."""
    first_of, longest_of, person, begins, sure, likely, possible, rate = stays
    low, high = first_of[state.place], first_of[state.place + 1]
    row = low + np.searchsorted(begins[low:high], state.begins - longest_of[state.place], side="right")
    n_met = 0
    while row < high and begins[row] < ends[2]:
        start, until = max(state.begins, begins[row]), min(ends[2], possible[row])
        if until > start and person[row] != state.person:
            one.possible_s += until - start
            one.first_possible = max(one.first_possible, np.uint32(base[1] - start))
            one.last_possible = max(one.last_possible, np.uint32(until - base[0]))
            one.sure_s += max(min(ends[0], sure[row]) - start, 0)
            until = min(ends[1], likely[row])
            if until > start:
                one.likely_s += until - start
                one.weight += (until - start) * rate[row]
                one.first_likely = max(one.first_likely, np.uint32(base[1] - start))
                one.last_likely = max(one.last_likely, np.uint32(until - base[0]))
                n_met += 1
        row += 1
    one.n_meetings += n_met
    return n_met > 0


@compiled
def _over(state: Any, until: Any, has_left: Any, usual: Any, stays: Any, base: Any, into: Any, counts: Any) -> Any:
    """A stay is over. `counts`: people with sums, and places noted; false where there is no room for one more."""
    sums, people, met_at = into
    if counts[0] == people.size or counts[1] == met_at.size:
        return False
    at, lasts = state.at, usual[state.place]
    if has_left and until - at <= lasts[2]:
        ends = (until, until, until)
    else:
        ends = (min(at + lasts[0], until), min(at + lasts[1], until), min(at + lasts[2], until))
    row = state.row if state.row != EMPTY else counts[0]
    before = sums[row].possible_s
    if _meet(sums[row], state, ends, stays, base):
        met_at[counts[1]] = (np.int64(row) << 32) | np.int64(state.place)
        counts[1] += 1
    if state.row == EMPTY and sums[row].possible_s > before:
        people[row], state.row = state.person, row
        counts[0] += 1
    return True


@compiled
def _scan(
    state: Any, at: Any, place: Any, usual: Any, stays: Any, base: Any, into: Any, counts: Any, has_left: Any
) -> Any:
    """One more scan of somebody; false where there is no room for what it ends."""
    if state.row == ODD:
        return True
    if at <= state.at:
        if at < state.at or place != state.place or place == LEFT:
            if state.row != EMPTY:
                into[1][state.row] = EMPTY
            state.row, state.place = ODD, ELSEWHERE
        return True
    if state.place >= 0:
        if place == state.place and at - state.at <= usual[place, 1]:
            state.at = at
            return True
        if not _over(state, at, has_left == state.place, usual, stays, base, into, counts):
            return False
    state.at, state.begins, state.place = at, at, place
    return True


@compiled
def one_pass(visits: Any, shown: Any, from_row: Any, part: Any, places: Any, stays: Any, base: Any, states: Any,
             n_states: Any, into: Any, counts: Any) -> Any:  # fmt: skip
    """The scans from a row on, of the people of one part of several; the row that was reached, and how many people.

    It stops where states or sums have no room for one more, and goes on when there is more.
    """
    person, venue, at_s, presence, leaves = visits
    table, venues, usual = places
    for row in range(from_row, person.size):
        one, soon = np.int64(person[row]), _mixed(person[min(row + AHEAD, person.size - 1)])
        if (soon >> 30) & (part[1] - 1) == part[0]:
            fetch(states, soon & (states.size - 1))
        if not shown[presence[row] & 0xFF] or (_mixed(one) >> 30) & (part[1] - 1) != part[0]:
            continue
        place, has_left = _place_of(table, venues, venue[row]), ELSEWHERE
        if leaves[row]:
            place, has_left = LEFT, place
        slot = _slot(states, one)
        state = states[slot]
        if state.person == EMPTY:
            if 2 * n_states >= states.size:
                return row, n_states
            state.person, state.row, state.at, state.begins, state.place = one, EMPTY, at_s[row], at_s[row], place
            n_states += 1
        elif not _scan(state, np.int64(at_s[row]), place, usual, stays, base, into, counts, has_left):
            return row, n_states
    return person.size, n_states


@compiled
def last_stays(states: Any, from_slot: Any, usual: Any, stays: Any, base: Any, into: Any, counts: Any) -> Any:
    """After the last scan: every stay that is still going on. The slot that was reached, as in `one_pass`."""
    for slot in range(from_slot, states.size):
        state = states[slot]
        if state.person != EMPTY and state.place >= 0 and state.row != ODD:
            if not _over(state, NEVER, False, usual, stays, base, into, counts):
                return slot
    return states.size
