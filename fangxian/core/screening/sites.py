"""Where sampling sites are best put: few of many candidates, so that walking is short and no site is overrun.

    a plan tried (trying) → prices and a bound (relaxing) → sites that gain most → neighbours chosen anew by HiGHS
    → what could still be in a better plan, to HiGHS (solving) → the plan, and the walk that none can beat

The p-median problem with capacities. A place's people may go to two sites, as two ends of a village do; with no
capacity all of a place go to the nearest. What is left out before HiGHS is left out by proof: with it no plan would
walk less than the one at hand.
"""

from dataclasses import replace
from math import ceil
from typing import Final

import numpy as np

from fangxian.core.parameters import Parameter

from .relaxing import Offered, relaxed
from .solving import Floats, Ints, Links, opened
from .trying import Plan, assigned, chosen_anew, improved, spread, swapped

MOST_AT_A_SITE: Final = Parameter(
    value=3_000, unit="people", low=200, high=10_000,
    meaning="The most people that one sampling site is for",
    source="one site for 2,000 to 3,000 people (national guideline on regional screening, 3rd edition; domain.md §4.1)",
)  # fmt: skip
UNEVENNESS: Final = Parameter(
    value=1.2, unit="ratio", low=1, high=3,
    meaning="How much larger than the mean a site's share of the people may be", source="choice: a fifth more",
)  # fmt: skip
FIRST_ROUNDS: Final = 150  # of relaxation, which say what candidates gain; the rest is for the bound
MOST_LINKS: Final = 60_000  # more is left to the bound: HiGHS would take minutes


def even_most(people: Floats, n_sites: int, unevenness: float = UNEVENNESS.value) -> float:
    """The most people for a site so that loads are even, and no more than the guideline allows where that is enough."""
    mean = float(people.sum()) / n_sites
    return float(max(ceil(mean), min(ceil(mean * unevenness), int(MOST_AT_A_SITE.value))))


def choose(
    walks: Floats, people: Floats, n_sites: int, *, most: float = np.inf, most_nodes: int = 0,
    most_links: int = MOST_LINKS,
) -> Plan:  # fmt: skip
    """The sites that make all walk least, as far as the search came, and what it proved.

    Parameters
    ----------
    walks : (n, m) ≥ 0, length of the way of one person of each place to each candidate
    people : (n,) > 0, of each place, whole
    most : people that one site may hold
    most_nodes : of the branching search, 0 for as many as it takes

    Raises
    ------
    ValueError
        Fewer candidates than sites, or sites that cannot hold everybody.
    """
    walks, people = np.asarray(walks, np.float64), np.asarray(people, np.float64)
    _refuse_impossible(walks, people, n_sites, most)
    plan = improved(walks, people, spread(walks, people, n_sites), most)
    offer = relaxed(walks, people, n_sites, most, aim=plan.walk, n_rounds=FIRST_ROUNDS)
    plans = [plan, improved(walks, people, offer.best, most)]
    if np.isfinite(most):
        plans = [chosen_anew(walks, each, most, offer.gains) for each in plans]
    else:
        plans = [swapped(walks, people, each) for each in plans]
    plan = min(plans, key=lambda each: each.walk)
    offer = relaxed(walks, people, n_sites, most, aim=plan.walk, prices=offer.prices)
    return _searched(walks, people, most, _with_bound(plan, offer.bound), offer, most_nodes, most_links)


def _refuse_impossible(walks: Floats, people: Floats, n_sites: int, most: float) -> None:
    if not 1 <= n_sites <= walks.shape[1]:
        raise ValueError(f"{n_sites} sites of {walks.shape[1]} candidates: give one at least, and no more than these")
    if not len(people) or people.min() <= 0 or walks.min() < 0:
        raise ValueError("a place has people, and a way a length")
    if people.sum() > n_sites * most:
        raise ValueError(f"{n_sites} sites of {most:g} people hold {n_sites * most:g}, not {people.sum():g}")


def _with_bound(plan: Plan, bound: float) -> Plan:
    return replace(plan, bound=min(bound, plan.walk))


def _searched(
    walks: Floats, people: Floats, most: float, plan: Plan, offer: Offered, most_nodes: int, most_links: int
) -> Plan:
    """What HiGHS makes of the candidates and ways that a shorter plan could use."""
    kept, is_open, links = _could_be_better(walks, people, plan, offer)
    if plan.is_best or len(links.froms) > most_links:
        return plan
    sites, _, proved = opened(
        links, people, len(plan.sites), most, is_open=is_open, most_nodes=most_nodes, known=plan.walk
    )  # fmt: skip
    if sites:
        tried = assigned(walks, people, kept[sites], most)
        plan = tried if tried.walk < plan.walk else plan
    return _with_bound(plan, max(offer.bound, proved) if np.isfinite(proved) else np.inf)


def _could_be_better(walks: Floats, people: Floats, plan: Plan, offer: Offered) -> tuple[Ints, list[int], Links]:
    """Candidates that are not proved to be closed, those of them proved to be open, and ways not proved unwalked."""
    room = plan.walk - offer.bound
    in_order = np.sort(offer.gains)
    n_sites = len(plan.sites)
    is_best = np.zeros(walks.shape[1], np.bool_)
    is_best[offer.best] = True
    costs_to_open = np.where(is_best, 0.0, offer.gains - in_order[n_sites - 1])
    next_gain = in_order[n_sites] if n_sites < len(in_order) else np.inf
    costs_to_close = np.where(is_best, next_gain - offer.gains, 0.0)
    kept = np.flatnonzero(costs_to_open <= room)
    is_open = np.flatnonzero(costs_to_close[kept] > room)
    worth = walks[:, kept] - offer.prices[:, None] - offer.last[kept]
    dearer = np.maximum(worth, 0.0) * people[:, None] + costs_to_open[kept]
    froms, tos = np.nonzero(dearer <= room)
    return kept, is_open.tolist(), Links(froms, tos, walks[froms, kept[tos]])
