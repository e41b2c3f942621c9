"""Whatever the people, the venues and the seed, a planned day is one that could have been."""

from bisect import bisect_right

import numpy as np
import pytest
from hypothesis import given, reject, settings
from hypothesis import strategies as st

from fangxian.core.drill.day.columns import (
    DAY_S,
    KEEPER,
    NOBODY,
    NOT_TAKEN,
    PUPIL,
    STAFF,
    DayPeople,
    DayVenues,
)
from fangxian.core.drill.day.fitting import ACROSS_COUNTY_S, SAME_TOWNSHIP_S, SAME_UNIT_S
from fangxian.core.drill.day.habits import BY_TRADE, habits_of
from fangxian.core.drill.day.plan import plan_day
from fangxian.core.refusal import Refusal

TRADES = [*BY_TRADE, "a_trade_of_another_county"]
COUNTY = 141027


def a_town(seed: int, n_people: int, n_venues: int, closed_fraction: float):
    """Some people and venues anywhere in a county of three townships; nothing about them is likely."""
    rng = np.random.default_rng(seed)

    def paths(n):
        township, unit, cell = rng.integers(1, 4, n), rng.integers(1, 6, n), rng.integers(1, 9, n)
        return ((COUNTY * 1000 + 100 + township) * 1000 + 200 + unit) * 1000 + cell

    age = rng.integers(0, 100, n_people)
    is_tied = rng.random(n_people) < 0.4
    people = DayPeople(
        age=age,
        home=paths(n_people),
        household=rng.integers(0, max(n_people // 3, 1), n_people),
        venue=np.where(is_tied, rng.integers(0, n_venues, n_people), NOBODY),
        tie=np.where(is_tied, np.where(age < 18, PUPIL, STAFF), 0),
    )
    venues = DayVenues(
        trade=tuple(TRADES[i] for i in rng.integers(0, len(TRADES), n_venues).tolist()),
        area_path=paths(n_venues),
        n_doors=rng.integers(1, 6, n_venues),
        is_open=rng.random(n_venues) >= closed_fraction,
    )
    return people, venues


@st.composite
def a_day(draw):
    people, venues = a_town(
        draw(st.integers(0, 2**32)), draw(st.integers(60, 250)), draw(st.integers(30, 120)),
        draw(st.sampled_from([0.0, 0.3, 0.8])),
    )  # fmt: skip
    n_scans, seed = draw(st.integers(1, 90)), draw(st.integers(0, 2**32))
    try:
        return people, venues, n_scans, plan_day(people, venues, n_scans=n_scans, rng=np.random.default_rng(seed))
    except Refusal:  # so few people cannot do so much in a day; which they can is asked below
        reject()


few = settings(max_examples=20, deadline=None)


def travel(venues, here, there):
    if here == there:
        return 0
    a, b = int(venues.area_path[here]), int(venues.area_path[there])
    if a // 1000 == b // 1000:
        return SAME_UNIT_S
    return SAME_TOWNSHIP_S if a // 10**6 == b // 10**6 else ACROSS_COUNTY_S


@few
@given(a_day())
def test_the_sum_is_exact_and_the_day_is_in_order(day):
    _, venues, n_scans, plan = day
    assert len(plan) == n_scans
    assert (np.diff(plan.second) >= 0).all()
    assert ((plan.second >= 0) & (plan.second < DAY_S)).all()
    assert ((plan.door >= 1) & (plan.door <= venues.n_doors[plan.venue])).all()


@few
@given(a_day())
def test_nobody_is_in_two_places_within_the_time_it_takes(day):
    people, venues, _, plan = day
    for person in range(len(people.age)):
        rows = np.flatnonzero(plan.person == person)
        for before, after in zip(rows[:-1].tolist(), rows[1:].tolist(), strict=True):
            ready = plan.second[before] + plan.stay_s[before] + travel(venues, plan.venue[before], plan.venue[after])
            assert plan.second[after] >= ready


@few
@given(a_day())
def test_a_closed_venue_has_nobody(day):
    _, venues, _, plan = day
    assert venues.is_open[plan.venue].all()


@few
@given(a_day())
def test_errands_are_run_at_the_trades_hours_by_people_of_its_ages(day):
    people, venues, _, plan = day
    for row in range(len(plan)):
        person, venue = plan.person[row], plan.venue[row]
        if plan.is_out[row] or plan.leader[row] != row or people.venue[person] == venue:
            continue
        habits = habits_of(venues.trade[venue])
        hour = plan.second[row] / 3600
        assert any(begins <= hour <= ends for begins, ends, _ in habits.spans)
        assert habits.ages[0] <= people.age[person] <= habits.ages[1]


@few
@given(a_day())
def test_those_who_come_along_are_of_the_household_and_at_the_same_door_at_the_same_time(day):
    people, _, _, plan = day
    led = np.flatnonzero(plan.leader != np.arange(len(plan)))
    leader = plan.leader[led]
    assert (plan.leader[leader] == leader).all()
    assert (leader < led).all()
    assert (people.household[plan.person[led]] == people.household[plan.person[leader]]).all()
    assert (plan.person[led] != plan.person[leader]).all()
    for column in (plan.second, plan.venue, plan.door, plan.asked_by):
        assert (column[led] == column[leader]).all()


@few
@given(a_day())
def test_a_scan_on_the_way_out_ends_a_visit_that_began(day):
    _, _, _, plan = day
    came = [
        (int(plan.person[row]), int(plan.venue[row]), int(plan.second[row] + plan.stay_s[row]))
        for row in np.flatnonzero(~plan.is_out)
    ]
    came.sort()
    for row in np.flatnonzero(plan.is_out):
        wanted = (int(plan.person[row]), int(plan.venue[row]), int(plan.second[row]))
        assert came[bisect_right(came, wanted) - 1] == wanted


@few
@given(a_day())
def test_only_a_keeper_types_a_number_or_takes_a_temperature_and_one_door_has_one_kind(day):
    _, _, _, plan = day
    is_keepers = plan.asked_by == KEEPER
    assert is_keepers[plan.by_document].all()
    assert is_keepers[plan.temperature_tenths != NOT_TAKEN].all()
    doors = plan.venue * 256 + plan.door
    for door in np.unique(doors):
        assert len(np.unique(plan.asked_by[doors == door])) == 1


def test_the_same_chance_makes_the_same_day():
    people, venues = a_town(3, 300, 80, 0.1)
    first, second = (plan_day(people, venues, n_scans=200, rng=np.random.default_rng(9)) for _ in range(2))
    assert all((getattr(first, name) == getattr(second, name)).all() for name in first.__slots__)


def test_more_than_people_can_do_is_refused_with_what_they_can():
    people, venues = a_town(3, 50, 40, 0.0)
    with pytest.raises(Refusal, match=r"day\.too_many"):
        plan_day(people, venues, n_scans=5_000, rng=np.random.default_rng(9))


def test_a_county_where_everything_is_closed_has_no_day():
    people, venues = a_town(3, 50, 40, 1.0)
    with pytest.raises(Refusal, match=r"day\.too_many"):
        plan_day(people, venues, n_scans=10, rng=np.random.default_rng(9))
