"""Generated visits: people with habits over 28 days, venues of very unequal size. Nobody in it exists."""

from itertools import pairwise
from typing import Final, NamedTuple

import numpy as np

from fangxian.core.exposure.columns import Cases, Venues, Visits
from fangxian.core.exposure.disease import Rules
from fangxian.core.exposure.usual import BY_CLASS, venues_of

DAYS: Final = 28
VISITS_A_DAY: Final = 3
BEGINS_S: Final = 1_648_742_400  # 2022-04-01 00:00 in the county
CURVE: Final = (0.37, 0.63, 0.86, 0.98, 0.98, 0.87, 0.70, 0.51, 0.34, 0.22, 0.13, 0.07)  # from four days before onset
RULES: Final = Rules(first_day=-4, curve=np.array(CURVE))
SHORT_MIN: Final = 60
ROWS_A_VENUE: Final = 2171  # 10 million rows have the 4,606 venues that Fushan has given codes to


class Generated(NamedTuple):
    visits: Visits
    venues: Venues
    n_people: int


def generate(n_rows: int, seed: int = 1) -> Generated:
    """So many scans, in order of time as an archive has them, as narrow columns.

    A person has about three scans a day for 28 days. Half of them are at one of six venues of the person's own, the
    others anywhere; a venue of rank r is as busy as 1 ÷ (r + 10), so that the busiest of 4,606 (for 10 million rows)
    has one scan in 61: markets, gates, stations, shops. Where people stay for hours (schools, factories, hotels) is
    among the less busy nine tenths. One scan in twenty shows no presence.
    """
    rng = np.random.default_rng(seed)
    n_people = max(n_rows // (DAYS * VISITS_A_DAY), 1)
    n_venues = max(n_rows // ROWS_A_VENUE, 50)
    busy = 1 / (np.arange(n_venues) + 10.0)
    edges = np.cumsum(busy / busy.sum())
    own = np.searchsorted(edges, rng.random((n_people, 6))).astype(np.int32)
    person, venue, at_s = (np.empty(n_rows, np.int32) for _ in range(3))
    presence = np.empty(n_rows, np.int8)
    edge_of_day = [n_rows * day // DAYS for day in range(DAYS + 1)]
    for day, (first, end) in enumerate(pairwise(edge_of_day)):
        n, part = end - first, slice(first, end)
        who = rng.integers(0, n_people, n, dtype=np.int32)
        anywhere = np.searchsorted(edges, rng.random(n)).astype(np.int32)
        venue[part] = np.where(rng.random(n) < 0.5, own[who, rng.integers(0, 6, n)], anywhere)
        person[part] = who
        at_s[part] = _moments(rng, n, day)
        presence[part] = rng.choice(np.array([0, 1, 2, 3], np.int8), n, p=(0.05, 0.35, 0.45, 0.15))
    of_class = _classes(rng, n_venues)
    # Numbers are scattered over 31 bits, as gate numbers are.
    spread = np.int32(1_000_003)
    person = (person.astype(np.int64) * spread % (2**31 - 1)).astype(np.int32)
    return Generated(Visits.of(person, venue, at_s, presence), venues_of(np.arange(n_venues), of_class), n_people)


def _classes(rng: np.random.Generator, n_venues: int) -> list[str]:
    short = [key for key, (stay, _) in BY_CLASS.items() if stay.value <= SHORT_MIN]
    every = list(BY_CLASS)
    picks = rng.integers(0, 10**6, n_venues).tolist()
    among = [short if rank < n_venues // 10 else every for rank in range(n_venues)]
    return [some[pick % len(some)] for some, pick in zip(among, picks, strict=True)]


def _moments(rng: np.random.Generator, n: int, day: int) -> np.ndarray:
    """Ascending moments of one day: mornings and evenings are busy."""
    second = np.where(rng.random(n) < 0.5, rng.normal(9.5, 2, n), rng.normal(17.5, 2.5, n)) * 3600
    return np.sort(BEGINS_S + day * 86_400 + np.clip(second, 0, 86_399)).astype(np.int32)


def cases_of(generated: Generated, n: int, seed: int = 2) -> Cases:
    """So many cases who fell ill on the 14th to the 24th day, searched from four days before to two after."""
    rng = np.random.default_rng(seed)
    people = np.unique(generated.visits.person[rng.integers(0, len(generated.visits), 4 * n)])
    person = rng.permutation(people)[:n].astype(np.int64)
    onset = BEGINS_S + rng.integers(14, 25, len(person)) * 86_400
    begins = onset - 4 * 86_400
    return Cases(person=person, begins_s=begins, near_begins_s=begins, ends_s=onset + 2 * 86_400, onset_s=onset)
