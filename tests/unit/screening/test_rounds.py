"""A planned round played: it ends no earlier than it can, and says what holds it up."""

import itertools
from dataclasses import replace

import numpy as np
import pytest

from fangxian.core.screening.laboratory import Laboratory, Machines, fushan
from fangxian.core.screening.playing import play, runs
from fangxian.core.screening.rounds import Round, Site
from fangxian.core.screening.telling import changes, told

MOBILE = Laboratory(
    name="方舱",
    extractors=(Machines(n=8, wells=96, run_min=90),),
    amplifiers=(Machines(n=8, wells=96, run_min=108),),
)


def county(size=10, **changed):
    """52 sites of three tables for the county's residents, its own laboratory."""
    sites = [Site(n_people=98_833 // 52 + (k < 98_833 % 52), n_tables=3) for k in range(52)]
    return Round(sites=sites, laboratories=[fushan()], size=size, **changed)


@pytest.mark.parametrize(("size", "days"), [(10, 6.6), (20, 3.3)])
def test_the_county_alone_takes_its_laboratory_days_and_a_little_more(size, days):
    plan = told(county(size))
    assert plan.least_min / 1440 == pytest.approx(days, abs=0.05)
    assert plan.least_min < plan.takes_min < plan.least_min + 12 * 60


def test_what_holds_the_county_up_is_its_extractor():
    assert told(county()).held_up_by == "extraction"


def test_a_mobile_laboratory_whose_machines_do_the_countys_tubes_in_a_day_is_not_a_round_of_a_day():
    """Tubes come from the second hour on and leave the last machine hours after they came."""
    both = replace(county(), laboratories=[fushan(), MOBILE])
    assert told(both).least_min < 24 * 60 < told(both).takes_min
    assert told(replace(both, size=20)).takes_min < 24 * 60


def test_one_more_extractor_and_fuller_tubes_move_the_end_and_more_tables_do_not():
    plan, tried = told(county()), changes(county(), outside=MOBILE)
    assert next(iter(tried)) == "outside"
    assert tried["extractor"] < 0.6 * plan.takes_min
    assert tried["twice_as_many_to_a_tube"] < 0.6 * plan.takes_min
    assert tried["tables"] > 0.95 * plan.takes_min


def test_where_tables_are_few_sampling_holds_it_up():
    planned = Round(sites=[Site(n_people=5_000, n_tables=1)], laboratories=[fushan(), MOBILE], size=10)
    assert told(planned).held_up_by == "sampling"


def test_the_schools_round_of_april_2022_takes_a_day_and_a_half_at_most():
    """13,546 people of 27 schools, of whom 251 are tested alone (domain.md §4.3)."""
    pupils = [Site(n_people=13_295 // 27 + (k < 13_295 % 27), n_tables=2) for k in range(27)]
    planned = Round(sites=pupils, laboratories=[fushan()], size=10)
    assert told(planned).takes_min < 36 * 60


def test_each_tube_goes_through_all_steps_in_their_order():
    played = play(county())
    steps = (
        played.sealed,
        played.brought,
        played.extracted_from,
        played.extracted,
        played.amplified_from,
        played.released,
    )
    for before, after in itertools.pairwise(steps):
        assert (before <= after).all()
    assert len(played.sealed) == county().n_tubes


def test_every_tube_is_counted_in_one_step_or_is_through():
    played = play(county())
    for at in np.linspace(0, played.ends_min, 50):
        waiting = played.waiting(at)
        assert min(waiting.values()) >= 0
        assert sum(waiting.values()) == np.count_nonzero(played.amplified_from > at)


def test_a_site_that_closes_at_noon_goes_on_where_it_stopped():
    planned = Round(
        sites=[Site(n_people=800, n_tables=1, hours=((480, 660), (840, 1020)))], laboratories=[fushan()], size=10
    )
    played = play(planned)
    minute = played.sealed % 1440
    assert ((minute > 480) & (minute <= 660) | (minute > 840) & (minute <= 1020)).all()
    assert played.sealed[-1] == pytest.approx(1440 + 480 + (800 / 90 * 60 - 360))


def test_a_run_waits_for_more_until_the_first_has_waited_long_enough():
    begun, done = runs(np.array([0.0, 10.0, 50.0]), (Machines(n=2, wells=4, controls=2, run_min=60),), MOBILE, 30)
    assert begun.tolist() == [10, 10, 50]
    assert done.tolist() == [70, 70, 110]


def test_a_laboratory_further_off_brings_no_round_to_a_later_end():
    far = replace(fushan(), name="far", further_min=240)
    for n_people in (300, 3_000, 30_000):
        near = Round(sites=[Site(n_people=n_people, n_tables=20)], laboratories=[fushan()], size=10)
        both = replace(near, laboratories=[fushan(), far])
        assert told(both).ends_min <= told(near).ends_min


def test_a_laboratory_that_closes_begins_no_run_it_cannot_end():
    by_day = replace(MOBILE, open_min=480)  # from 8 to 16 h
    begun, _ = runs(np.array([900.0]), (Machines(n=1, wells=4, run_min=90),), by_day, 0)
    assert begun.tolist() == [1440 + 480]


def test_nobody_is_a_round_that_is_over_at_once():
    plan = told(Round(sites=[], laboratories=[fushan()], size=10))
    assert (plan.n_tubes, plan.takes_min, plan.hours) == (0, 0, [])


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"size": 0}, "at least one person"),
        ({"sites": [Site(n_people=1, n_tables=0)]}, "needs tables"),
        ({"laboratories": []}, "no laboratory"),
    ],
)
def test_a_round_that_cannot_be_is_refused_in_words(changed, said):
    with pytest.raises(ValueError, match=said):
        replace(county(), **changed)
