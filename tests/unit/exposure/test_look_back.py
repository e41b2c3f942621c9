"""The compiled look-back where there is more than its table holds: long runs of stays, and sums beyond 32 bits."""

import numpy as np
import pytest

from fangxian.core.exposure import co_presence
from fangxian.core.exposure.case_stays import case_stays
from fangxian.core.exposure.columns import Cases, Venues, Visits
from fangxian.core.exposure.disease import Rules
from fangxian.core.exposure.index import index_visits

BEGINS_S = 1_650_000_000
DAY_S = 86_400
N_PEOPLE = 8000
RULES = Rules(first_day=-2, curve=np.array([0.25, 0.5, 1.0, 0.75]))


def index_of(n_visits, longest_s=3 * 3600):
    """Three days of visits to four venues, the first far busier than the others."""
    rng = np.random.default_rng(5)
    venues = Venues(
        number=np.arange(4), shortest_s=np.full(4, 120), usual_s=np.full(4, 1800), longest_s=np.full(4, longest_s),
        air=np.ones(4), cell=np.full(4, -1),
    )  # fmt: skip
    visits = Visits.of(
        rng.integers(1, N_PEOPLE + 1, n_visits), np.maximum(rng.integers(-8, 4, n_visits), 0),
        np.sort(BEGINS_S + rng.integers(0, 3 * DAY_S, n_visits)), np.ones(n_visits, np.int8),
    )  # fmt: skip
    return index_visits(visits, venues)


def cases_of(n_cases):
    begins = np.full(n_cases, BEGINS_S)
    onset = BEGINS_S + np.arange(n_cases) % 3 * DAY_S
    return Cases(
        person=np.arange(1, n_cases + 1), begins_s=begins, near_begins_s=begins, ends_s=begins + 3 * DAY_S,
        onset_s=onset,
    )  # fmt: skip


def stays_of(index, n_cases):
    return case_stays(index, cases_of(n_cases), RULES)


def sorted_totals(index, stays, engine, way="", n_threads=1):
    found = co_presence.co_presence(index, stays, engine, way, n_threads=n_threads)
    return found.pick(np.argsort(found.person))


@pytest.mark.parametrize(
    ("n_cases", "n_threads"), [(3, 1), (60, 1), (60, 2), (60, 7)],
    ids=["sums of those met", "sums of everybody", "by two threads", "by more threads than places"],
)  # fmt: skip
def test_a_look_back_over_more_stays_than_its_table_holds_sums_what_numpy_sums(n_cases, n_threads):
    index = index_of(16_000)
    stays = stays_of(index, n_cases)
    by_numpy = sorted_totals(index, stays, "numpy")
    by_numba = sorted_totals(index, stays, "numba", "beside", n_threads)
    for name, column in by_numpy.columns().items():
        other = getattr(by_numba, name)
        assert np.allclose(column, other, atol=1e-6) if name == "weight" else np.array_equal(column, other), name


def test_what_32_bits_cannot_count_is_left_to_the_sweep():
    """Nobody is scanned again, so that each stay may last 34 years."""
    index = index_of(150, longest_s=2**30)
    stays = stays_of(index, 60)
    by_numpy, by_numba = sorted_totals(index, stays, "numpy"), sorted_totals(index, stays, "numba", "beside")
    assert by_numpy.possible_s.max() > 0
    for name in ("person", "sure_s", "likely_s", "possible_s", "n_meetings", "n_places"):
        assert np.array_equal(getattr(by_numpy, name), getattr(by_numba, name)), name


def test_seconds_with_many_cases_at_many_places_beyond_32_bits_are_left_to_the_sweep():
    """Seven cases at each of five places, and one person who is nine years at each: forty-two decades of seconds."""
    nine_years, n_places, n_each = 2**28, 5, 7
    stay = np.full(n_places, nine_years)
    venues = Venues(
        number=np.arange(n_places),
        shortest_s=stay,
        usual_s=stay,
        longest_s=stay,
        air=np.ones(n_places),
        cell=stay * 0 - 1,
    )
    at = np.arange(n_places) * nine_years
    person = np.concatenate([np.arange(1, n_places * n_each + 1), np.full(n_places, 99)])
    venue = np.concatenate([np.arange(n_places * n_each) % n_places, np.arange(n_places)])
    index = index_visits(Visits.of(person, venue, at[venue], np.ones(len(person), np.int8)), venues)
    begins = np.zeros(n_places * n_each, np.int64)
    cases = Cases(
        person=person[:-n_places], begins_s=begins, near_begins_s=begins, ends_s=begins + 2**31, onset_s=begins
    )
    stays = case_stays(index, cases, RULES)
    by_numpy, by_numba = sorted_totals(index, stays, "numpy"), sorted_totals(index, stays, "numba", "beside")
    assert by_numpy.possible_s.max() > 2**32
    assert np.array_equal(by_numpy.possible_s, by_numba.possible_s)


@pytest.mark.parametrize("n_cases", [1, 60])
def test_two_threads_find_the_case_stays_that_numpy_finds(n_cases):
    index = index_of(16_000)
    by_numpy, by_two = stays_of(index, n_cases), case_stays(index, cases_of(n_cases), RULES, "numba", 2)
    for name, column in by_numpy.columns().items():
        assert np.allclose(column, getattr(by_two, name), atol=1e-9), name


def test_stays_that_all_begin_with_the_time_that_is_searched_come_by_that_time():
    """Two hundred people come to one place at once; of the later ones an earlier hour is searched."""
    n = 200
    venues = Venues(
        number=np.arange(1), shortest_s=np.full(1, 120), usual_s=np.full(1, 1800), longest_s=np.full(1, 3600),
        air=np.ones(1), cell=np.full(1, -1),
    )  # fmt: skip
    people, begins = np.arange(1, n + 1), BEGINS_S + 1000 - np.arange(n)
    index = index_visits(Visits.of(people, people * 0, people * 0 + BEGINS_S, np.ones(n, np.int8)), venues)
    cases = Cases(person=people, begins_s=begins, near_begins_s=begins, ends_s=begins + DAY_S, onset_s=begins)
    by_numpy = case_stays(index, cases, RULES)
    assert (np.diff(by_numpy.begins_s) > 0).all()
    for n_threads in (1, 2):
        by_numba = case_stays(index, cases, RULES, "numba", n_threads)
        assert np.array_equal(by_numpy.begins_s, by_numba.begins_s)
        assert np.array_equal(by_numpy.case, by_numba.case)
