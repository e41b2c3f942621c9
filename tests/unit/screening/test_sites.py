"""Where sites are best put: as good as trying every choice, and never more than it proves."""

import itertools

import numpy as np
import pytest

from fangxian.core.screening.sites import choose, even_most


def a_land(seed, n=9, m=7):
    """Places with people and candidates strewn over a square of ten kilometres."""
    rng = np.random.default_rng(seed)
    places, candidates = rng.uniform(0, 10, (n, 2)), rng.uniform(0, 10, (m, 2))
    return np.hypot(*(places[:, None] - candidates).transpose(2, 0, 1)), rng.integers(50, 300, n).astype(float)


def shortest_of_all(walks, people, n_sites):
    """Every choice of sites, everybody to the nearest."""
    choices = itertools.combinations(range(walks.shape[1]), n_sites)
    return min(float(people @ walks[:, choice].min(axis=1)) for choice in choices)


@pytest.mark.parametrize("seed", range(4))
def test_no_choice_of_sites_walks_less(seed):
    walks, people = a_land(seed)
    plan = choose(walks, people, 3)
    assert plan.walk == pytest.approx(shortest_of_all(walks, people, 3))
    assert plan.is_best


@pytest.mark.parametrize("seed", range(3))
def test_no_site_holds_more_than_it_may_and_everybody_goes_somewhere(seed):
    walks, people = a_land(seed)
    most = even_most(people, 3, unevenness=1.1)
    plan = choose(walks, people, 3, most=most)
    assert plan.loads.max() <= most
    assert np.array_equal(np.bincount(plan.froms, weights=plan.people), people)
    assert plan.walk == pytest.approx(float(plan.people @ walks[plan.froms, plan.tos]))


def test_even_loads_cost_walking_and_what_is_proved_lies_between():
    walks, people = a_land(5)
    free, even = choose(walks, people, 3), choose(walks, people, 3, most=even_most(people, 3, unevenness=1.05))
    assert free.walk <= even.bound + 1e-6
    assert even.bound <= even.walk


def test_with_room_each_place_goes_to_its_nearest_site_as_a_whole():
    walks, people = a_land(6)
    plan = choose(walks, people, 3)
    assert np.array_equal(plan.froms, np.arange(len(people)))
    assert np.array_equal(walks[plan.froms, plan.tos], walks[:, plan.sites].min(axis=1))


def test_a_site_for_every_candidate_opens_them_all():
    walks, people = a_land(7, m=4)
    assert choose(walks, people, 4).sites.tolist() == [0, 1, 2, 3]


def test_52_sites_of_the_county_may_hold_a_fifth_more_than_the_mean():
    people = np.full(98_833, 1.0)
    assert even_most(people, 52) == 2281
    assert even_most(people, 30) == 3295  # thirty are too few for 3,000 each


@pytest.mark.parametrize(
    ("n_sites", "most", "said"), [(0, np.inf, "one at least"), (8, np.inf, "7 candidates"), (3, 10.0, "hold 30")]
)
def test_what_cannot_be_is_refused_with_its_numbers(n_sites, most, said):
    with pytest.raises(ValueError, match=said):
        choose(*a_land(1), n_sites, most=most)
