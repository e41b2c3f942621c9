"""The numba engine's one pass over more scans than an index fits into memory for. Held to the plain definition.

Scans come in the order of time of each person. Of everybody one row of `one_pass.STATE` is kept: their last scan, and
the stay that may still go on; a stay that is over is laid beside the case stays at its place, and forgotten. Whoever
has two scans at one moment, or one that comes too late, is odd: nothing of them is counted here.

`places` and `stays` are rows of `one_pass.PLACE` and `one_pass.CASE_STAY`.
"""

from typing import Any

import numpy as np

from fangxian.core.compiled import compiled, fetch

EMPTY = -1
ELSEWHERE, LEFT, ODD = -1, -2, -3  # as a place: where no case was; on the way out of wherever; of who is odd
AHEAD = 16  # rows; by then what was asked of memory has come
PART = 30  # bits of a mixed number that say where it stands, below those that say whose part it is
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
def table_of(places: Any, table: Any) -> Any:
    """Fill a hash table with the rows of places by their venue, each once."""
    for row in range(places.size):
        slot = _mixed(places[row].venue) & (table.size - 1)
        while table[slot] != EMPTY:
            slot = (slot + 1) & (table.size - 1)
        table[slot] = row


@compiled
def _place_of(table: Any, places: Any, venue: Any) -> Any:
    """The row of `places`, those where cases were, that is this venue; ELSEWHERE for any other."""
    slot = _mixed(venue) & (table.size - 1)
    while table[slot] != EMPTY and places[table[slot]].venue != venue:
        slot = (slot + 1) & (table.size - 1)
    return np.int64(table[slot])


@compiled
def _goes_on(state: Any, at: Any, place: Any, places: Any) -> Any:
    """Whether one more scan of somebody ends nothing: it says again what is known, renews their stay, or is odd."""
    if state.place == ODD:
        return True
    if at <= state.at:
        if at < state.at or place != state.place or place == LEFT:
            state.place = ODD
        return True
    if place >= 0 and place == state.place and at - state.at <= places[place].usual_s:
        state.at = at
        return True
    return False


@compiled
def _may_meet(state: Any, until: Any, places: Any, stays: Any) -> Any:
    """Whether a stay that is over may overlap a case stay at its place. Most do not."""
    if state.place < 0:
        return False
    here = places[state.place]
    over = min(state.at + here.longest_s, until)
    if state.begins >= here.latest_s or over <= here.earliest_s:
        return False
    low, high = here.first, here.last
    while low < high:
        middle = (low + high) >> 1
        if stays[middle].begins_s > state.begins - here.longest_case_s:
            high = middle
        else:
            low = middle + 1
    return low < here.last and stays[low].begins_s < over


@compiled
def _meet(one: Any, state: Any, ends: Any, here: Any, stays: Any, base: Any) -> Any:
    """A stay that is over beside the case stays at its place, into a person's sums; whether they likely met."""
    n_met = 0
    for row in range(here.first, here.last):
        if stays[row].begins_s >= ends[2]:
            break
        start, until = max(state.begins, stays[row].begins_s), min(ends[2], stays[row].possible_s)
        if until <= start or stays[row].person == state.person:
            continue
        one.possible_s += until - start
        one.first_possible = max(one.first_possible, np.uint32(base[1] - start))
        one.last_possible = max(one.last_possible, np.uint32(until - base[0]))
        one.sure_s += max(min(ends[0], stays[row].sure_s) - start, 0)
        until = min(ends[1], stays[row].likely_s)
        if until > start:
            one.likely_s += until - start
            one.weight += (until - start) * stays[row].rate
            one.first_likely = max(one.first_likely, np.uint32(base[1] - start))
            one.last_likely = max(one.last_likely, np.uint32(until - base[0]))
            n_met += 1
    one.n_meetings += n_met
    return n_met > 0


@compiled
def _over(state: Any, until: Any, has_left: Any, places: Any, stays: Any, base: Any, into: Any, counts: Any) -> Any:
    """A stay is over. `counts`: people with sums, and places noted; false where there is no room for one more."""
    (sums, people, met_at), here, at = into, places[state.place], state.at
    if counts[0] == people.size or counts[1] == met_at.size:
        return False
    ends = (min(at + here.shortest_s, until), min(at + here.usual_s, until), min(at + here.longest_s, until))
    if has_left and until - at <= here.longest_s:
        ends = (until, until, until)
    row = state.row if state.row != EMPTY else counts[0]
    before = sums[row].possible_s
    if _meet(sums[row], state, ends, here, stays, base):
        met_at[counts[1]] = (np.int64(row) << 32) | np.int64(state.place)
        counts[1] += 1
    if state.row == EMPTY and sums[row].possible_s > before:
        people[row], state.row = state.person, row
        counts[0] += 1
    return True


@compiled
def one_pass(visits: Any, shown: Any, from_row: Any, part: Any, table: Any, places: Any, stays: Any, base: Any,
             states: Any, n_states: Any, into: Any, counts: Any) -> Any:  # fmt: skip
    """The scans from a row on, of the people of one part of several; the row that was reached, and how many people.

    It stops where states or sums have no room for one more, and goes on when there is more.
    """
    person, venue, at_s, presence, leaves = visits
    for row in range(from_row, person.size):
        soon = _mixed(person[min(row + AHEAD, person.size - 1)])
        if (soon >> PART) & (part[1] - 1) == part[0]:
            fetch(states, soon & (states.size - 1))
        one, at = np.int64(person[row]), np.int64(at_s[row])
        if (_mixed(one) >> PART) & (part[1] - 1) != part[0] or not shown[presence[row] & 0xFF]:
            continue
        place, left = _place_of(table, places, venue[row]), ELSEWHERE
        if leaves[row]:
            place, left = LEFT, place
        state = states[_slot(states, one)]
        if state.person == EMPTY:
            if 2 * n_states >= states.size:
                return row, n_states
            state.person, state.row = one, EMPTY
            n_states += 1
        elif _goes_on(state, at, place, places):
            continue
        elif _may_meet(state, at, places, stays) and not _over(
            state, at, left == state.place, places, stays, base, into, counts
        ):
            return row, n_states
        state.at, state.begins, state.place = at, at, place
    return person.size, n_states


@compiled
def last_stays(states: Any, from_slot: Any, places: Any, stays: Any, base: Any, into: Any, counts: Any) -> Any:
    """After the last scan: every stay that is still going on. The slot that was reached, as in `one_pass`."""
    for slot in range(from_slot, states.size):
        state = states[slot]
        going_on = state.person != EMPTY and _may_meet(state, NEVER, places, stays)
        if going_on and not _over(state, NEVER, False, places, stays, base, into, counts):
            return slot
    return states.size
