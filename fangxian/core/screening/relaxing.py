"""A walk that no choice of sites can beat, found without choosing: Lagrangian relaxation.

Each place is offered a price for each of its people; a candidate that is opened takes those whose walk is shorter than
their price, the best first, until it is full. Whatever the prices, no plan walks less than prices paid less what the
best candidates gain (Beasley, Lagrangean heuristics for location problems, EJOR 65, 1993). Prices follow who was taken
too often or not at all.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from .solving import Floats, Ints

N_ROUNDS: Final = 400
PATIENCE: Final = 12  # rounds without a better bound, after which prices move half as far
FIRST_PACE, LEAST_PACE = 1.5, 0.01
PAST_AIM: Final = 1.002
NOTHING: Final = 1e-9


@dataclass(frozen=True, slots=True)
class Offered:
    """What comes of one set of prices.

    Attributes
    ----------
    bound : no plan walks less, people × length
    gains : (m,) ≤ 0, what each candidate would gain if opened
    last : (m,) ≤ 0, walk less price of the last whom a full candidate takes; 0 where it is not full
    taken : (n,) how many times the people of each place are taken by the best candidates
    best : (p,) the candidates that gain most
    """

    prices: Floats
    bound: float
    gains: Floats
    last: Floats
    taken: Floats
    best: Ints


def offered(walks: Floats, people: Floats, n_sites: int, most: float, prices: Floats) -> Offered:
    """What the candidates make of prices.

    Parameters
    ----------
    walks : (n, m), from each place to each candidate
    people : (n,) of each place
    most : that one site may hold; infinite where it may hold all
    """
    n, m = walks.shape
    worth = walks - prices[:, None]
    i, j = np.nonzero(worth < 0)
    values = worth[i, j]
    order = np.lexsort((values, j))
    i, j, values = i[order], j[order], values[order]
    first = np.searchsorted(j, np.arange(m))
    before = np.cumsum(people[i]) - people[i]
    before -= before[first[j]] if len(j) else 0
    takes = np.clip(most - before, 0, people[i])
    gains = np.bincount(j, weights=takes * values, minlength=m)
    # Whoever is left standing at a full site would have to push out the last it takes.
    is_last = (takes > 0) & (before + people[i] >= most)
    last = np.zeros(m)
    last[j[is_last]] = values[is_last]
    best = np.argpartition(gains, n_sites - 1)[:n_sites]
    is_best = np.zeros(m, np.bool_)
    is_best[best] = True
    taken = np.bincount(i, weights=takes * is_best[j], minlength=n) / people
    bound = float(prices @ people + gains[best].sum())
    return Offered(prices, bound, np.asarray(gains, np.float64), last, np.asarray(taken, np.float64), best)


def relaxed(
    walks: Floats, people: Floats, n_sites: int, most: float, *, aim: float, prices: Floats | None = None,
    n_rounds: int = N_ROUNDS,
) -> Offered:  # fmt: skip
    """The best prices found.

    Parameters
    ----------
    aim : a walk that is possible, which says how far prices should move
    prices : to begin with; None: the walk to the second nearest candidate
    """
    if prices is None:
        second = min(1, walks.shape[1] - 1)
        prices = np.partition(walks, second, axis=1)[:, second]
    best, pace, stalled = offered(walks, people, n_sites, most, prices), FIRST_PACE, 0
    now = best
    for _ in range(n_rounds):
        slope = 1 - now.taken
        steepness = float(people @ slope**2)
        if pace < LEAST_PACE or steepness <= NOTHING or best.bound >= aim * (1 - NOTHING):
            break
        # Moved by part, not by person, so that a large place moves no further than a small one.
        step = pace * max(aim * PAST_AIM - now.bound, NOTHING) / steepness
        now = offered(walks, people, n_sites, most, now.prices + step * slope)
        stalled += 1
        if now.bound > best.bound:
            best, stalled = now, 0
        if stalled >= PATIENCE:
            now, pace, stalled = best, pace / 2, 0
    return best
