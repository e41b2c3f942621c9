"""Sends people out: to school and work, and on errands near home, at the hours of each trade."""

from typing import Final

import numpy as np

from fangxian.core.drill.day.columns import DAY_S, NOBODY, PUPIL, STAFF, Column, DayPeople, DayVenues, Trips
from fangxian.core.drill.day.habits import Habits, habits_of

UNIT, TOWNSHIP = 10**3, 10**6  # what is cut off a path of 15 digits
MINUTE_S: Final = 60
HOUR_S: Final = 3600
EARLY_S: Final = 50 * MINUTE_S  # those who work somewhere come up to so long before they begin
AFTER_NOON_S: Final = 14 * HOUR_S + 20 * MINUTE_S
MORNING_ENDS_S: Final = 11 * HOUR_S + 40 * MINUTE_S
SCHOOL_ENDS_S: Final = 17 * HOUR_S
SHIFT_S: Final = 8 * HOUR_S
HOME_AT_NOON: Final = 0.4
A_SECOND_COMES_ALONG: Final = 0.2
NEEDS_COMPANY: Final = (12, 75)  # younger than the first, or as old as the second
# First age, how readily people of it go out: of a thousand.
READINESS: Final = ((0, 0), (6, 150), (12, 500), (18, 1000), (60, 750), (75, 300), (90, 60))


def to_school_and_work(people: DayPeople, venues: DayVenues, *, n: int, rng: np.random.Generator) -> Trips:
    """About `n` arrivals of pupils and staff at their open venues; some go home at noon and come again."""
    tied = np.flatnonzero(people.venue != NOBODY)
    tied = tied[venues.is_open[people.venue[tied]]]
    wanted = round(n / (1 + HOME_AT_NOON))
    tied = rng.permutation(tied)[:wanted]
    starts = np.where(
        people.tie[tied] == PUPIL, _school_begins(people, tied, rng), _shift_begins(people, venues, tied, rng)
    )
    at_noon = rng.random(len(tied)) < HOME_AT_NOON
    at_noon &= (starts < MORNING_ENDS_S - HOUR_S) & ~((people.tie[tied] == PUPIL) & (people.age[tied] < 6))
    long_stay = np.where(people.tie[tied] == STAFF, SHIFT_S, np.maximum(SCHOOL_ENDS_S - starts, HOUR_S))
    stay = np.where(at_noon, MORNING_ENDS_S - starts, long_stay)
    again = tied[at_noon]
    back = AFTER_NOON_S - rng.integers(0, EARLY_S, len(again))
    return _alone(
        np.concatenate([tied, again]),
        np.concatenate([starts, back]),
        np.concatenate([people.venue[tied], people.venue[again]]),
        np.concatenate([stay, SCHOOL_ENDS_S + 30 * MINUTE_S - back]),
        venues,
        rng,
    )


def on_errands(people: DayPeople, venues: DayVenues, *, n: int, first_group: int, rng: np.random.Generator) -> Trips:
    """`n` errands, most of them near home, and whoever comes along; groups are numbered from `first_group`."""
    trades = sorted({trade for trade, is_open in zip(venues.trade, venues.is_open.tolist(), strict=True) if is_open})
    weights = np.array([habits_of(trade).weight for trade in trades])
    if not weights.sum():
        none = np.zeros(0, dtype=np.int64)
        return _alone(none, none, none, none, venues, rng)
    drawn = _drawn(rng, weights, n)
    of_trade = np.array(venues.trade)
    parts = []
    for number, trade in enumerate(trades):
        of_this = np.flatnonzero((of_trade == trade) & venues.is_open)
        k = int((drawn == number).sum())
        parts.append(_errands_to(habits_of(trade), of_this, people, venues, k, rng))
    person, second, venue, stay = (np.concatenate(column) for column in zip(*parts, strict=True))
    leaders = _alone(person, second, venue, stay, venues, rng, first_group=first_group)
    return leaders.joined(*_companions(leaders, people, venues, rng))


def _errands_to(
    habits: Habits, of_trade: Column, people: DayPeople, venues: DayVenues, n: int, rng: np.random.Generator
) -> tuple[Column, Column, Column, Column]:
    """(person, second, venue, stay) of `n` errands to venues of one trade."""
    weights = np.where((people.age >= habits.ages[0]) & (people.age <= habits.ages[1]), _readiness(people.age), 0)
    if not weights.any():
        n = 0
    person = _drawn(rng, weights, n)
    low, high = habits.stay_min
    stay = rng.integers(low * MINUTE_S, high * MINUTE_S + 1, n)
    return person, _times(habits, n, rng), _near(habits, of_trade, people.home[person], venues, rng), stay


def _near(habits: Habits, of_trade: Column, home: Column, venues: DayVenues, rng: np.random.Generator) -> Column:
    """For each home one of these venues: in the own unit, else in the own township, else anywhere in the county."""
    of_trade = of_trade[np.argsort(venues.area_path[of_trade], kind="stable")]
    paths = venues.area_path[of_trade]
    level = rng.integers(0, 1000, len(home))
    in_unit, in_township = habits.near_per_mille
    low, high = np.zeros(len(home), dtype=np.int64), np.full(len(home), len(of_trade))
    for cut, reach in ((TOWNSHIP, in_unit + in_township), (UNIT, in_unit)):
        begins, ends = (np.searchsorted(paths // cut, home // cut, side=side) for side in ("left", "right"))
        is_here = (level < reach) & (ends > begins)
        low, high = np.where(is_here, begins, low), np.where(is_here, ends, high)
    return of_trade[low + (rng.random(len(home)) * (high - low)).astype(np.int64)]


def _times(habits: Habits, n: int, rng: np.random.Generator) -> Column:
    """Seconds of the day within the trade's spans."""
    begins, ends, weights = (np.array(column) for column in zip(*habits.spans, strict=True))
    span = _drawn(rng, (weights * (ends - begins) * 100).astype(np.int64), n)
    second = (begins[span] + rng.random(n) * (ends - begins)[span]) * HOUR_S
    return np.asarray(np.minimum(second.astype(np.int64), DAY_S - 1))


def _school_begins(people: DayPeople, rows: Column, rng: np.random.Generator) -> Column:
    """Pupils come in the hour before school, most of them late; kindergarten children half an hour later."""
    latest = np.where(people.age[rows] < 6, 8 * HOUR_S + 30 * MINUTE_S, 7 * HOUR_S + 50 * MINUTE_S)
    early = np.abs(rng.normal(24, 13, len(rows))) * MINUTE_S
    return np.asarray(latest - np.minimum(early, 55 * MINUTE_S)).astype(np.int64)


def _shift_begins(people: DayPeople, venues: DayVenues, rows: Column, rng: np.random.Generator) -> Column:
    shifts = [habits_of(venues.trade[venue]).shifts for venue in people.venue[rows].tolist()]
    which = rng.random(len(rows)).tolist()
    begins = np.array([of[int(r * len(of))] for of, r in zip(shifts, which, strict=True)], dtype=float)
    return (begins * HOUR_S).astype(np.int64) - rng.integers(0, EARLY_S, len(rows))


def _alone(
    person: Column, second: Column, venue: Column, stay: Column, venues: DayVenues, rng: np.random.Generator,
    first_group: int = 0,
) -> Trips:  # fmt: skip
    """Trips of one person each, some of which end with a scan; none of those after midnight."""
    per_mille = np.array([habits_of(trade).out_per_mille for trade in venues.trade], dtype=np.int64)
    ends_with_scan = rng.integers(0, 1000, len(person)) < per_mille[venue]
    return Trips(
        group=first_group + np.arange(len(person)),
        second=second.astype(np.int64),
        person=person,
        venue=venue,
        stay_s=stay.astype(np.int64),
        is_leader=np.ones(len(person), dtype=bool),
        ends_with_scan=ends_with_scan & (second + stay < DAY_S),
    )


def _companions(leaders: Trips, people: DayPeople, venues: DayVenues, rng: np.random.Generator) -> list[Trips]:
    """Children and the very old of the leader's household who come along: none, one, or two."""
    young, old = NEEDS_COMPANY
    led = np.flatnonzero((people.age < young) | (people.age >= old))
    led = led[np.argsort(people.household[led], kind="stable")]
    of_household = people.household[led]
    per_mille = np.array([habits_of(trade).with_others_per_mille for trade in venues.trade], dtype=np.int64)
    comes = rng.integers(0, 1000, len(leaders)) < per_mille[leaders.venue]
    household = people.household[leaders.person]
    begins, ends = (np.searchsorted(of_household, household, side=side) for side in ("left", "right"))
    size = ends - begins
    first = np.flatnonzero(comes & (size > 0))
    place = (rng.random(len(first)) * size[first]).astype(np.int64)
    second = (size[first] > 1) & (rng.random(len(first)) < A_SECOND_COMES_ALONG)
    found = [(first, led[begins[first] + place])]
    found += [(first[second], led[begins[first] + (place + 1) % size[first]][second])]
    return [_along(leaders.pick(rows), person) for rows, person in found]


def _along(leaders: Trips, person: Column) -> Trips:
    """These people on the trips of their leaders; nobody leads himself."""
    nobody = np.zeros(len(person), dtype=bool)
    trips = Trips(
        group=leaders.group,
        second=leaders.second,
        person=person,
        venue=leaders.venue,
        stay_s=leaders.stay_s,
        is_leader=nobody,
        ends_with_scan=nobody,
    )
    return trips.pick(person != leaders.person)


def _readiness(age: Column) -> Column:
    ages, readiness = (np.array(column) for column in zip(*READINESS, strict=True))
    return readiness[np.searchsorted(ages, age, side="right") - 1]


def _drawn(rng: np.random.Generator, weights: Column, n: int) -> Column:
    """`n` positions, each in proportion to its weight; all weights may be 0 only if n is."""
    ends = np.cumsum(weights)
    return np.searchsorted(ends, rng.integers(0, max(int(ends[-1]), 1), n), side="right").astype(np.int64)
