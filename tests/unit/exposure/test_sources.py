"""Backward tracing on outbreaks whose source is known, since it was put there."""

import numpy as np
import pytest

from fangxian.core.exposure.columns import EVER
from fangxian.core.exposure.sources import (
    Attended,
    Windows,
    find_attendance,
    find_gatherings,
    find_places,
    find_shared,
    window_of_day,
)

HOUR, DAY = 3600, 86_400
N_PEOPLE, N_PLACES, N_DAYS = 3000, 60, 20
CANTEEN, MARKET, DEPOT = 7, 0, 500


def windows(people, begins_s=0, ends_s=N_DAYS * DAY) -> Windows:
    n = len(people)
    return Windows(person=np.array(people), begins_s=np.full(n, begins_s), ends_s=np.full(n, ends_s))


def attended(*parts) -> Attended:
    person, thing, at_s = (np.concatenate(column) for column in zip(*parts, strict=True))
    return Attended(person=person, thing=thing, at_s=at_s)


def ordinary_life(rng, n_visits=30_000):
    """Visits of everybody: a third of them at the market, and some people go out far more than others."""
    eager = rng.pareto(1.5, N_PEOPLE) + 0.2
    person = rng.choice(N_PEOPLE, n_visits, p=eager / eager.sum())
    place = np.where(rng.random(n_visits) < 0.3, MARKET, rng.integers(1, N_PLACES, n_visits))
    return person, place, rng.integers(0, N_DAYS * DAY, n_visits)


@pytest.fixture(scope="module")
def life():
    return ordinary_life(np.random.default_rng(5))


def test_a_meal_is_found_though_the_canteen_is_full_every_day(life):
    rng, noon = np.random.default_rng(1), 10 * DAY + 12 * HOUR
    pupils = np.arange(400)
    daily = np.concatenate([noon + (day - 10) * DAY + rng.integers(0, HOUR, 400) for day in range(N_DAYS)])
    lunches = np.tile(pupils, N_DAYS), np.full(len(daily), CANTEEN), daily
    # A feast in the evening, where fewer were: these fell ill the next day.
    guests = rng.choice(pupils, 60, replace=False)
    feast = guests, np.full(60, CANTEEN), np.full(60, noon + 6 * HOUR) + rng.integers(0, HOUR // 2, 60)
    begins_s, ends_s = window_of_day(11 * DAY, day_s=DAY, shortest_s=12 * HOUR, longest_s=72 * HOUR)
    found = find_gatherings(attended(life, lunches, feast), windows(guests[:40], begins_s, ends_s), within_s=2 * HOUR)
    first = found.sources.pick(np.arange(1))
    assert first.thing.tolist() == [CANTEEN]
    assert noon + 5 * HOUR <= first.begins_s[0] <= noon + 6 * HOUR + HOUR // 2
    assert (first.n_found[0], first.surprise[0] > 20) == (40, True)


def test_a_market_where_everybody_goes_is_not_surprising_though_most_cases_were_there(life):
    visitors = np.unique(life[0][life[1] == MARKET])
    rng = np.random.default_rng(2)
    found = find_places(attended(life), windows(rng.choice(visitors, 40, replace=False)))
    assert found.sources.thing[np.argmax(found.sources.n_found)] == MARKET
    assert found.sources.surprise[found.sources.thing == MARKET] < 2


def test_people_who_go_out_a_lot_make_no_place_surprising(life):
    person, place, _ = life
    n_places = np.array([len(set(place[person == who])) for who in range(N_PEOPLE)])
    busiest = np.argsort(-n_places, kind="stable")[:200]  # else who ties depends on the processor
    found = find_places(attended(life), windows(np.random.default_rng(3).choice(busiest, 40, replace=False)))
    assert (found.sources.n_found > 2 * len(found.sources) / N_PLACES).any()
    assert found.sources.surprise.max() < 1.3


def test_cases_drawn_blindly_are_called_surprising_no_more_often_than_is_said(life):
    """One time in twenty at most, by accident: log10(19) is the odds of that."""
    rng, n_times = np.random.default_rng(4), 200
    visits = attended(life)
    tops = []
    for _ in range(n_times):
        drawn = windows(rng.choice(N_PEOPLE, 25, replace=False))
        tops.append(find_places(visits, drawn).sources.surprise.max(initial=0))
    # Three standard deviations above 5% of 200.
    assert sum(it > np.log10(19) for it in tops) <= 10 + 3 * np.sqrt(200 * 0.05 * 0.95)


def test_a_depot_is_found_by_the_parcels_of_those_who_never_went_there():
    rng = np.random.default_rng(6)
    receivers = rng.choice(N_PEOPLE, 900, replace=False)
    depots = np.where(rng.random(900) < 0.1, DEPOT, rng.integers(501, 510, 900))
    parcels = attended((receivers, depots, rng.integers(0, N_DAYS * DAY, 900)))
    cases = [*receivers[depots == DEPOT][:12], *rng.choice(N_PEOPLE, 8, replace=False)]
    found = find_shared(parcels, windows(np.array(cases)), everybody=np.arange(N_PEOPLE))
    assert found.sources.thing[0] == DEPOT
    assert (found.sources.n_found[0] >= 12, found.sources.n_expected[0] < 2) == (True, True)
    assert found.sources.surprise[0] > 5


def test_a_class_is_found_where_no_door_is_scanned():
    classes = np.repeat(np.arange(50), 40)
    belongs = attended((np.arange(2000), classes, np.full(2000, EVER)))
    cases = windows(np.array([*range(80, 92), 900, 1500]))
    found = find_shared(belongs, cases, everybody=np.arange(N_PEOPLE))
    assert (found.sources.thing.tolist(), found.sources.n_found.tolist()) == ([2], [12])
    assert found.n_looked_at == 50


def test_a_visit_outside_the_case_own_window_does_not_count():
    visits = attended((np.array([1, 2, 3]), np.array([9, 9, 9]), np.array([50, 50, 50])))
    cases = Windows(person=np.array([1, 2]), begins_s=np.array([0, 51]), ends_s=np.array([51, 99]))
    assert len(find_places(visits, cases).sources) == 0


def test_cases_who_were_nowhere_are_counted_and_said():
    visits = attended((np.array([1, 2, 3]), np.array([9, 9, 8]), np.array([5, 5, 5])))
    found = find_places(visits, windows(np.array([1, 2, 77]), 0, 10))
    assert (found.n_cases, found.n_seen, found.n_everybody, found.n_looked_at) == (3, 2, 4, 2)


def test_without_cases_there_is_nothing_to_share(life):
    found = find_places(attended(life), windows(np.zeros(0, np.int64)))
    assert (len(found.sources), found.n_cases, found.n_looked_at) == (0, 0, 0)


def test_the_evidence_is_each_time_a_case_was_there_in_its_window():
    visits = attended((np.array([1, 1, 2, 3, 1]), np.array([9, 9, 9, 9, 8]), np.array([5, 7, 20, 6, 6])))
    case, at_s = find_attendance(visits, windows(np.array([2, 1]), 0, 10), 9)
    assert (case.tolist(), at_s.tolist()) == ([1, 1], [5, 7])


def test_a_day_of_onset_is_a_window_of_whole_incubations():
    assert window_of_day(10 * DAY, day_s=DAY, shortest_s=12 * HOUR, longest_s=72 * HOUR) == (
        7 * DAY,
        10 * DAY + 12 * HOUR,
    )
