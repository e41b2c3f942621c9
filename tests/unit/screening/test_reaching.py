"""What brings a round to its end in time, and what each lever is worth."""

import itertools
from dataclasses import replace

import pytest

from fangxian.core.screening.laboratory import Laboratory, Machines, fushan
from fangxian.core.screening.levers import levers, pulled, yuan_of
from fangxian.core.screening.reaching import could_end_by, reached
from fangxian.core.screening.rounds import Round, Site
from fangxian.core.screening.telling import told

CITY = Laboratory(
    name="市级实验室",
    extractors=(Machines(n=4, wells=96, run_min=90),),
    amplifiers=(Machines(n=6, wells=96, run_min=110),),
    further_min=90,
)
MOBILE = Laboratory(
    name="方舱",
    extractors=(Machines(n=8, wells=96, run_min=90),),
    amplifiers=(Machines(n=8, wells=96, run_min=108),),
    further_min=30,
)
OPENS = 8 * 60
IN_A_DAY = OPENS + 24 * 60


def small(n_people=3_000, **changed):
    """Six sites and a tenth of the county's laboratory: a round that is played in no time."""
    own = Laboratory(
        name="", extractors=(Machines(n=1, wells=32, run_min=90),), amplifiers=(Machines(n=1, wells=32, run_min=110),)
    )
    sites = [Site(n_people=n_people // 6, n_tables=1) for _ in range(6)]
    return Round(sites=sites, laboratories=[own], size=10, **changed)


def county():
    sites = [Site(n_people=98_833 // 52 + (k < 98_833 % 52), n_tables=3) for k in range(52)]
    return Round(sites=sites, laboratories=[fushan()], size=10)


@pytest.fixture(scope="module")
def of_county():
    planned = county()
    return reached(planned, levers(planned, outside=[CITY, MOBILE]), by_min=IN_A_DAY, n_ways=2)


def test_the_county_takes_days_and_a_laboratory_outside_with_fuller_tubes_brings_it_to_one(of_county):
    assert of_county.as_planned.takes_min > 6.6 * 1440
    assert of_county.ways[0].steps == {"pool_20": 1, "outside": 1}
    assert of_county.ways[0].told.takes_min <= 24 * 60


def test_without_fuller_tubes_it_takes_both_laboratories(of_county):
    assert of_county.ways[1].steps == {"outside": 2}


def test_what_would_move_it_most_comes_first_and_tables_move_little(of_county):
    assert next(iter(of_county.alone)) == "outside"
    ends = of_county.as_planned.ends_min
    assert ends - of_county.alone["tables"].ends_min < 0.1 * ends


def test_each_lever_is_worth_something_alone_and_cannot_be_left_out(of_county):
    assert {worth.name for worth in of_county.worths} == {"pool_20", "outside"}
    for worth in of_county.worths:
        assert worth.alone_min > 0
        assert of_county.ways[0].told.ends_min + worth.together_min > IN_A_DAY


def test_most_sets_are_never_played(of_county):
    assert of_county.n_played < of_county.n_sets / 10


def test_it_is_the_cheapest_of_all_sets():
    planned = small()
    given = levers(planned, outside=[CITY], extractors=1, amplifiers=1, tables=1, pick_ups=1)
    by = told(planned).ends_min - 600
    sets = [
        {lever.name: n for lever, n in zip(given, each, strict=True) if n}
        for each in itertools.product(*(range(lever.most + 1) for lever in given))
    ]
    in_time = [yuan_of(planned, it, given) for it in sets if told(pulled(planned, it, given)).ends_min <= by]
    assert reached(planned, given, by_min=by).ways[0].yuan == min(in_time)


@pytest.mark.parametrize("hours", [4, 8, 12, 24])
@pytest.mark.parametrize("changed", [{}, {"between_pick_ups_min": 30.0}, {"patience_min": 0.0}])
def test_where_the_bound_says_no_no_round_that_is_played_ends_by_then(hours, changed):
    for n_people in (300, 1_200, 3_000):
        planned = small(n_people, **changed)
        if not could_end_by(planned, OPENS + hours * 60):
            assert told(planned).ends_min > OPENS + hours * 60


def test_a_round_that_ends_in_time_needs_nothing():
    planned = small(300)
    assert reached(planned, levers(planned), by_min=IN_A_DAY).ways[0].steps == {}


def test_where_all_of_it_is_not_enough_no_way_is_told():
    planned = small()
    assert not reached(planned, levers(planned, extractors=0, may_pool_20=False), by_min=OPENS + 60).ways


def test_shifts_can_be_pulled_only_where_hands_or_hours_hold_it_up():
    planned = small()
    short = replace(planned, laboratories=[replace(planned.laboratories[0], open_min=480)])
    assert "shift" not in {lever.name for lever in levers(planned)}
    shift = next(lever for lever in levers(short) if lever.name == "shift")
    assert told(shift.pull(short, 1)).ends_min < told(short).ends_min


def test_a_laboratory_farther_away_gets_its_tubes_later():
    near = replace(small(), laboratories=[MOBILE])
    far = replace(small(), laboratories=[replace(MOBILE, further_min=150)])
    assert told(far).ends_min == told(near).ends_min + 120
