"""From scans to stays (停留): a scan has no exit. (archive row → stay)

The definition, person by person, over scans that show presence:

* A scan on the way in begins a stay, unless it goes on with one: the person's moment before it was a scan on the way in
  at the same venue, no longer ago than that venue's usual stay. What goes on keeps its beginning.
* A stay ends at the person's next moment of any scan, or after the shortest (surely), usual (likely) or longest
  (possibly) stay of the venue, counted from its last scan; whichever is first.
* If that next moment is a scan on the way out of the same venue within its longest stay, all three ends are there.
* Scans of one person at two venues at one moment are a contradiction: both stays may be true, neither is sure.

A scan on the way out begins no stay. Its presence is the best that its scans showed.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from fangxian.core.exposure.columns import EVER, UNKNOWN, Column, Table, Venues, Visits
from fangxian.core.exposure.usual import ROOM, STAY_UNKNOWN_CLASS
from fangxian.core.policy.presence import SHOWN

Engine = Literal["numpy", "numba"]
LONGEST_SPAN_S: Final = 2**31  # of all moments that are searched at once; a key has no room for more
MOST_VENUES: Final = 2**27


@dataclass(frozen=True, slots=True, kw_only=True)
class Stays(Table):
    """One row is one stay.

    Attributes
    ----------
    person : (n,) int32, row of the people they were made with
    place : (n,) int32, row of the places they were made with
    begins_s : (n,) int64
    sure_s, likely_s, possible_s : (n,) int32, how long, `0 ≤ sure ≤ likely ≤ possible`
    presence : (n,) int8, the best that its scans showed
    """

    person: Column
    place: Column
    begins_s: Column
    sure_s: Column
    likely_s: Column
    possible_s: Column
    presence: Column


@dataclass(frozen=True, slots=True, kw_only=True)
class Coded:
    """Scans that show presence, with rows instead of numbers; a row of others has person UNKNOWN.

    `people` ascends. `places` begins with the listed venues; those that are only visited follow, and `usual_s`, (n, 3)
    int64, and `air` say how it is there.
    """

    visits: Visits
    person: Column
    venue: Column
    people: Column
    places: Column
    usual_s: Column
    air: Column
    base_s: int


def coded(visits: Visits, venues: Venues, engine: Engine = "numba") -> Coded:
    """Rows of people and of venues for the numbers of scans.

    Raises
    ------
    ValueError
        If the moments lie more than 68 years apart, or there are more than 134 million venues.
    """
    shown = np.zeros(256, bool)
    shown[[int(way) for way in SHOWN]] = True
    wanted = shown[np.asarray(visits.presence).astype(np.uint8)]
    person, people = _codes(visits.person, np.zeros(0, np.int64), wanted, engine)
    order = np.argsort(people, kind="stable")
    rank = np.empty(len(people) + 1, np.int32)
    rank[order], rank[-1] = np.arange(len(people), dtype=np.int32), UNKNOWN
    venue, places = _codes(visits.venue, np.asarray(venues.number, np.int64), wanted, engine)
    if len(places) >= MOST_VENUES:
        raise ValueError(f"{len(places)} venues; {MOST_VENUES - 1} at most")
    usual, air = _of_places(venues, len(places))
    base_s = int(np.min(visits.at_s)) if len(visits) else 0
    if len(visits) and int(np.max(visits.at_s)) - base_s >= LONGEST_SPAN_S:
        raise ValueError(f"moments from {base_s} to {int(np.max(visits.at_s))} s: more than 68 years apart")
    return Coded(
        visits=visits, person=rank[person], venue=venue, people=people[order], places=places, usual_s=usual, air=air,
        base_s=base_s,
    )  # fmt: skip


def _codes(column: Column, known: Column, wanted: Column, engine: Engine) -> tuple[Column, Column]:
    if engine == "numba":
        from fangxian.core.exposure import loops_stays  # compiled when it is first wanted, and not before

        codes, values = loops_stays.codes_of(column, known, wanted)
        return codes, values
    others = np.setdiff1d(column[wanted], known)
    values = np.concatenate([known, others.astype(np.int64)])
    order = np.argsort(values, kind="stable")
    codes = np.full(len(column), UNKNOWN, np.int32)
    codes[wanted] = order[np.searchsorted(values[order], column[wanted])]
    return codes, values


def _of_places(venues: Venues, n_places: int) -> tuple[Column, Column]:
    more = n_places - len(venues)
    stay = STAY_UNKNOWN_CLASS
    unlisted = np.full((more, 3), [60 * stay.low, 60 * stay.value, 60 * stay.high]).astype(np.int64)
    listed = np.stack([venues.shortest_s, venues.usual_s, venues.longest_s], axis=1).astype(np.int64)
    return np.concatenate([listed, unlisted]), np.concatenate([venues.air, np.full(more, ROOM.value)])


def stays_of(scans: Coded, engine: Engine = "numba") -> Stays:
    """All stays, by person, begin, then venue."""
    if engine == "numba":
        return next(stays_by_people(scans, len(scans.people) or 1))
    return _numpy_stays(scans)


def stays_by_people(scans: Coded, n_at_once: int) -> Iterator[Stays]:
    """Stays of so many people at a time, so that a hundred million scans need no second copy. numba only."""
    from fangxian.core.exposure import loops_stays

    visits = scans.visits
    for first in range(0, max(len(scans.people), 1), n_at_once):
        last = min(first + n_at_once, len(scans.people))
        offsets, keys = loops_stays.keys_by_person(
            scans.person, scans.venue, visits.at_s, visits.leaves, visits.presence, scans.base_s, first, last
        )
        person, place, begins, ends, presence = loops_stays.stays_of_all(offsets, keys, scans.usual_s)
        lengths = (ends - begins[:, None]).astype(np.int32)
        yield Stays(
            person=person + np.int32(first), place=place, begins_s=begins + scans.base_s, sure_s=lengths[:, 0],
            likely_s=lengths[:, 1], possible_s=lengths[:, 2], presence=presence,
        )  # fmt: skip


def _numpy_stays(scans: Coded) -> Stays:
    """The same with whole columns at once."""
    person, venue, at, leaves, presence = _scans_in_order(scans)
    n = len(person)
    if n == 0:
        return Stays.empty()
    moment = np.cumsum(np.concatenate([[0], (person[1:] != person[:-1]) | (at[1:] != at[:-1])]))
    begins_of = np.flatnonzero(np.concatenate([[True], moment[1:] != moment[:-1]]))  # first row of each moment
    n_rows = np.diff(np.concatenate([begins_of, [n]]))
    other_venue = np.concatenate([[False], (moment[1:] == moment[:-1]) & (venue[1:] != venue[:-1])])
    clashes = np.bincount(moment, weights=other_venue) > 0
    is_last = np.concatenate([person[begins_of][1:] != person[begins_of][:-1], [True]])
    following = np.minimum(np.arange(len(begins_of)) + 1, len(begins_of) - 1)
    target = begins_of[following][moment]  # first row of the person's next moment, where there is one
    has_next = ~is_last[moment]
    until = np.where(has_next, at[target], EVER)
    alone = (n_rows == 1)[following][moment] & ~leaves[target]
    usual = scans.usual_s[venue]
    goes_on = has_next & alone & (venue[target] == venue) & (until - at <= usual[:, 1]) & ~leaves
    key = moment * len(scans.places) + venue
    left = has_next & np.isin((moment + 1) * len(scans.places) + venue, key[leaves]) & (until - at <= usual[:, 2])
    head, best = _heads(goes_on, target, presence)
    ends = [np.where(left, until, np.minimum(at + usual[:, band], until)) for band in range(3)]
    rows = np.flatnonzero(~goes_on & ~leaves)
    first = head[rows]
    rows = rows[np.lexsort((venue[rows], at[first], person[rows]))]
    first = head[rows]
    sure = np.where(clashes[moment[first]], 0, ends[0][rows] - at[first])
    return Stays(
        person=person[rows], place=venue[rows], begins_s=at[first], sure_s=sure.astype(np.int32),
        likely_s=(ends[1][rows] - at[first]).astype(np.int32),
        possible_s=(ends[2][rows] - at[first]).astype(np.int32), presence=best[rows].astype(np.int8),
    )  # fmt: skip


def _scans_in_order(scans: Coded) -> tuple[Column, Column, Column, Column, Column]:
    """Each different scan once, with the best presence it showed, by person, moment, venue, in before out."""
    rows = np.flatnonzero(scans.person != UNKNOWN)
    columns = (scans.person, scans.venue, scans.visits.at_s, scans.visits.leaves, scans.visits.presence)
    person, venue, at, leaves, presence = (np.asarray(column)[rows] for column in columns)
    order = np.lexsort((presence, leaves, venue, at, person))
    person, venue, at, leaves = person[order], venue[order], at[order].astype(np.int64), leaves[order]
    new = np.ones(len(order), bool)
    same = [column[1:] == column[:-1] for column in (person, venue, at, leaves)]
    new[1:] = ~np.logical_and.reduce(same)
    return person[new], venue[new], at[new], leaves[new], presence[order][new]


def _heads(goes_on: Column, target: Column, presence: Column) -> tuple[Column, Column]:
    """The row that each row's stay began with, and the best presence from there to the row."""
    head = np.arange(len(goes_on))
    best = presence.astype(np.int64)
    head[target[goes_on]] = np.flatnonzero(goes_on)
    while True:  # each step doubles how far back a row has looked
        best = np.minimum(best, best[head])
        further = head[head]
        if np.array_equal(further, head):
            return head, best
        head = further
