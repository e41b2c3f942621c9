"""From people, venues and a source of chance to a whole day of scans."""

from typing import Final

import numpy as np

from fangxian.core.drill.day.columns import (
    KEEPER,
    NOT_TAKEN,
    POSTER,
    SCREEN,
    Column,
    DayPeople,
    DayPlan,
    DayVenues,
    Trips,
)
from fangxian.core.drill.day.fitting import exactly, without_clashes
from fangxian.core.drill.day.habits import habits_of
from fangxian.core.drill.day.trips import on_errands, to_school_and_work
from fangxian.core.refusal import Refusal

ROUTINE_FRACTION: Final = 0.3
SPARE: Final = 1.4  # trips drawn for each that is wanted: some clash, and the sum is to be exact
MOST_ROUNDS: Final = 4
KEEPER_FRACTION: Final = 0.7
SCREEN_FRACTION: Final = 0.1
USUAL_TENTHS: Final = (365, 2.4)  # mean, standard deviation
FEVER_FRACTION: Final = 0.0012
BY_DOCUMENT: Final = ((75, 0.35), (60, 0.08))  # from what age, how often


def plan_day(people: DayPeople, venues: DayVenues, *, n_scans: int, rng: np.random.Generator) -> DayPlan:
    """Exactly `n_scans` scans of one day. The same arguments and state of `rng` give the same day.

    Nobody is in two places within the time it takes from one to the other, nobody comes when a trade has
    nobody coming, and a venue that is not open has none.

    Raises
    ------
    Refusal
        `day.too_many`: so many scans cannot be made by these people at these venues.
    """
    trips = to_school_and_work(people, venues, n=round(n_scans * SPARE * ROUTINE_FRACTION), rng=rng)
    fitting = without_clashes(trips, venues.area_path)
    chosen = None
    for _ in range(MOST_ROUNDS):
        n = max(round(n_scans * SPARE) - len(fitting), n_scans // 4, 1)
        first_group = int(fitting.group.max(initial=-1)) + 1
        more = on_errands(people, venues, n=n, first_group=first_group, rng=rng)
        fitting = without_clashes(fitting.joined(more), venues.area_path)
        if (chosen := exactly(fitting, n_scans, rng)) is not None:
            break
    if chosen is None:
        raise _too_many(n_scans, len(fitting))
    return _dressed(_in_order(chosen), people, venues, rng)


def _too_many(n_scans: int, n_found: int) -> Refusal:
    return Refusal(
        "day.too_many",
        zh="要排 {n_scans} 次扫码，这个县的人一天只排得出约 {n_found} 次。应少于这个数；请用较小的 --scans。",
        en="{n_scans} scans are wanted, but the people of this county make about {n_found} a day. It should be fewer: "
        "give a smaller --scans.",
        n_scans=n_scans,
        n_found=n_found,
    )


def _in_order(trips: Trips) -> Trips:
    """By time, each leader before those who come along."""
    return trips.pick(np.lexsort((~trips.is_leader, trips.group, trips.second)))


def _dressed(trips: Trips, people: DayPeople, venues: DayVenues, rng: np.random.Generator) -> DayPlan:
    """The rows of the day: trips, and the scans with which some of them end."""
    n_doors = venues.n_doors[trips.venue]
    leader_row = np.flatnonzero(trips.is_leader)
    leader = leader_row[np.searchsorted(_first_rows(trips), np.arange(len(trips)), side="right") - 1]
    door = (1 + np.floor(rng.random(len(trips)) ** 2 * n_doors).astype(np.int64))[leader]
    out = np.flatnonzero(trips.ends_with_scan)
    n = len(trips)
    source = np.concatenate([np.arange(n), out])
    second = np.concatenate([trips.second, trips.second[out] + trips.stay_s[out]])
    is_out = np.arange(len(source)) >= n
    leads = np.concatenate([leader, n + np.arange(len(out))])
    order = np.lexsort((np.arange(len(source)) != leads, leads, second))
    new_row = np.empty(len(order), dtype=np.int64)
    new_row[order] = np.arange(len(order))
    source, is_out = source[order], is_out[order]
    asked_by = _asked_by(venues, trips.venue[source], door[source], rng)
    return DayPlan(
        second=second[order],
        person=trips.person[source],
        venue=trips.venue[source],
        door=door[source],
        leader=new_row[leads[order]],
        stay_s=np.where(is_out, 0, trips.stay_s[source]),
        is_out=is_out,
        asked_by=asked_by,
        by_document=_by_document(people.age[trips.person[source]], asked_by, rng),
        temperature_tenths=_temperatures(venues, trips.venue[source], asked_by, is_out, rng),
    )


def _first_rows(trips: Trips) -> Column:
    """Where each group begins, in rows that stand in order."""
    return np.flatnonzero(np.concatenate([[True], trips.group[1:] != trips.group[:-1]]))


def _asked_by(venues: DayVenues, venue: Column, door: Column, rng: np.random.Generator) -> Column:
    """Who asks at each scan's door: a door has a keeper, a screen or only its poster, all day long.

    Keepers stand at the doors of the trades that have them first, until seven scans in ten are theirs.
    """
    doors, place = np.unique(venue * 256 + door, return_inverse=True)
    n_scans = np.bincount(place, minlength=len(doors))
    rank = np.array([habits_of(trade).has_keeper for trade in venues.trade])[doors // 256]
    order = np.lexsort((rng.random(len(doors)), rank))
    before = np.cumsum(n_scans[order]) - n_scans[order] / 2
    asked = np.empty(len(doors), dtype=np.int8)
    limits = np.array([KEEPER_FRACTION, KEEPER_FRACTION + SCREEN_FRACTION]) * len(venue)
    asked[order] = np.array([KEEPER, SCREEN, POSTER], dtype=np.int8)[np.searchsorted(limits, before, side="right")]
    return asked[place]


def _by_document(age: Column, asked_by: Column, rng: np.random.Generator) -> Column:
    """Who shows an identity card instead of a code: old people, where a keeper can type its number."""
    chance = np.zeros(len(age))
    for from_age, fraction in reversed(BY_DOCUMENT):
        chance = np.where(age >= from_age, fraction, chance)
    return np.asarray((rng.random(len(age)) < chance) & (asked_by == KEEPER))


def _temperatures(
    venues: DayVenues, venue: Column, asked_by: Column, is_out: Column, rng: np.random.Generator
) -> Column:
    has_thermometer = np.array([habits_of(trade).takes_temperature for trade in venues.trade])[venue]
    mean, spread = USUAL_TENTHS
    usual = np.clip(np.rint(rng.normal(mean, spread, len(venue))), 358, 371).astype(np.int64)
    taken = np.where(rng.random(len(venue)) < FEVER_FRACTION, rng.integers(373, 392, len(venue)), usual)
    return np.where(has_thermometer & (asked_by == KEEPER) & ~is_out, taken, NOT_TAKEN)
