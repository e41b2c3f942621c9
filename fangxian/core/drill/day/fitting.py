"""Makes trips fit: each person in one place at a time, and as many scans as are wanted, not one more."""

from typing import Final

import numpy as np

from fangxian.core.drill.day.columns import Column, Trips

SAME_UNIT_S: Final = 8 * 60
SAME_TOWNSHIP_S: Final = 20 * 60
ACROSS_COUNTY_S: Final = 35 * 60
UNIT, TOWNSHIP = 10**3, 10**6  # what is cut off a path of 15 digits


def travel_s(here: Column, there: Column, area_path: Column) -> Column:
    """Shortest time from one venue to another, in seconds: by whether unit, township or only the county is one.

    Parameters
    ----------
    here, there : (n,) rows of venues
    area_path : (n_venues,) int64, 15 digits
    """
    a, b = area_path[here], area_path[there]
    within_county = np.where(a // TOWNSHIP == b // TOWNSHIP, SAME_TOWNSHIP_S, ACROSS_COUNTY_S)
    within = np.where(a // UNIT == b // UNIT, SAME_UNIT_S, within_county)
    return np.where(here == there, 0, within)


def without_clashes(trips: Trips, area_path: Column) -> Trips:
    """The trips that can be made: of two of one person for which time is too short, the later one falls out.

    When a leader cannot come, nobody of the group does; when somebody who comes along cannot, the others go.
    """
    trips = trips.pick(np.lexsort((trips.group, trips.second, trips.person)))
    while True:
        same = trips.person[1:] == trips.person[:-1]
        ready = trips.second[:-1] + trips.stay_s[:-1] + travel_s(trips.venue[:-1], trips.venue[1:], area_path)
        clashes = np.concatenate([[False], same & (trips.second[1:] < ready)])
        # Of a run of clashes only every other falls out at once: without the one before it the next may do.
        falls_out = clashes & ~np.concatenate([[False], clashes[:-1]])
        if not falls_out.any():
            return trips
        left_alone = np.isin(trips.group, trips.group[falls_out & trips.is_leader])
        trips = trips.pick(~(falls_out | left_alone))


def exactly(trips: Trips, n: int, rng: np.random.Generator) -> Trips | None:
    """Groups drawn from the trips that make `n` scans, scans on the way out included; None if there are too few."""
    groups, place = np.unique(trips.group, return_inverse=True)
    cost = np.bincount(place, weights=1 + trips.ends_with_scan, minlength=len(groups)).astype(np.int64)
    order = rng.permutation(len(groups))
    ends = np.cumsum(cost[order])
    n_whole = int(np.searchsorted(ends, n, side="right"))
    missing = n - (int(ends[n_whole - 1]) if n_whole else 0)
    singles = order[n_whole:][cost[order[n_whole:]] == 1]
    if len(singles) < missing:
        return None
    taken = np.zeros(len(groups), dtype=bool)
    taken[order[:n_whole]] = taken[singles[:missing]] = True
    return trips.pick(taken[place])
