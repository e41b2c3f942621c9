"""Plans of sites tried one after the other: everybody to what is near and has room, sites to where their people are.

Each is a plan that can be carried out; how far from the best it may be says `relaxing`.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from .solving import Floats, Ints, Links, opened, shared_out

NEAREST: Final = 12  # open sites that a place's people may be sent to, while plans are tried
SLACK: Final = 1e-7
TOGETHER: Final = 5  # neighbouring sites that are chosen anew at once
N_CANDIDATES, N_WAYS, N_NODES = 25, 8, 50  # among which, by how many ways a place, for how long


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Chosen sites.

    Attributes
    ----------
    sites : (p,) candidates, rising
    froms, tos, people : ways walked: so many people of a place to a candidate
    walk : people × length, of all
    bound : no choice of so many sites walks less
    """

    sites: Ints
    froms: Ints
    tos: Ints
    people: Floats
    walk: float
    bound: float

    @property
    def gap(self) -> float:
        """How much of the walk a better plan could save at most, 0..1."""
        return max(self.walk - self.bound, 0.0) / self.walk if self.walk else 0.0

    @property
    def is_best(self) -> bool:
        """Whether it is proved that no plan walks less."""
        return self.gap <= SLACK

    @property
    def loads(self) -> Floats:
        """(p,) people of each site."""
        at = np.searchsorted(self.sites, self.tos)
        return np.asarray(np.bincount(at, weights=self.people, minlength=len(self.sites)), np.float64)


def spread(walks: Floats, people: Floats, n_sites: int) -> Ints:
    """To begin with: one candidate after the other, each that which shortens the walk most."""
    nearest, chosen = np.full(len(people), np.inf), list[int]()
    for _ in range(n_sites):
        saved = people @ np.minimum(walks, nearest[:, None] if chosen else walks.max())
        saved[chosen] = np.inf
        chosen.append(int(saved.argmin()))
        nearest = np.minimum(nearest, walks[:, chosen[-1]])
    return np.array(chosen, np.int64)


def improved(walks: Floats, people: Floats, sites: Ints, most: float) -> Plan:
    """Everybody to a site, each site to where its people are, and again, until nothing gets shorter."""
    plan = assigned(walks, people, sites, most)
    while True:
        tried = assigned(walks, people, _moved(walks, plan), most)
        if tried.walk >= plan.walk * (1 - SLACK):
            return plan
        plan = tried


def _moved(walks: Floats, plan: Plan) -> Ints:
    taken, moved = set(plan.sites.tolist()), []
    for site in plan.sites.tolist():
        mine = plan.tos == site
        cost = plan.people[mine] @ walks[plan.froms[mine]]
        cost[list(taken - {site})] = np.inf
        best = int(cost.argmin()) if mine.any() else site
        taken = taken - {site} | {best}
        moved.append(best)
    return np.array(moved, np.int64)


def assigned(walks: Floats, people: Floats, sites: Ints, most: float) -> Plan:
    """Who goes to which of the sites: to the nearest that still has room for them."""
    sites = np.sort(sites)
    near, n_near, is_limited = walks[:, sites], min(NEAREST, len(sites)), bool(np.isfinite(most))
    while True:
        columns = np.argpartition(near, n_near - 1, axis=1)[:, :n_near] if is_limited else near.argmin(1)[:, None]
        froms = np.repeat(np.arange(len(people)), columns.shape[1])
        links = Links(froms, columns.ravel(), near[froms, columns.ravel()])
        walked = shared_out(links, people, most) if is_limited else people
        if walked is not None:
            break
        n_near = min(2 * n_near, len(sites))
    is_used = walked > 0.5
    froms, tos, walked = froms[is_used], sites[links.tos[is_used]], np.round(walked[is_used])
    return Plan(sites=sites, froms=froms, tos=tos, people=walked, walk=float(walked @ walks[froms, tos]), bound=0.0)


def swapped(walks: Floats, people: Floats, plan: Plan) -> Plan:
    """With room for all at each site: the best swap of one site for another candidate, until none shortens the walk.

    (Teitz and Bart, Heuristic methods for estimating the generalized vertex median, Operations Research 16, 1968.)
    """
    while True:
        tries = []
        for site in plan.sites.tolist():
            others = plan.sites[plan.sites != site]
            without = walks[:, others].min(axis=1, initial=walks.max())
            far = people @ np.minimum(walks, without[:, None])
            tries.append((float(far.min()), np.append(others, far.argmin())))
        walk, sites = min(tries, key=lambda tried: tried[0])
        if walk >= plan.walk * (1 - SLACK):
            return plan
        plan = assigned(walks, people, sites, np.inf)


def chosen_anew(walks: Floats, plan: Plan, most: float, gains: Floats) -> Plan:
    """Neighbouring sites chosen anew together by HiGHS, around each site in turn, until no turn shortens the walk.

    Parameters
    ----------
    gains : (m,), of each candidate as `relaxing` says them: those that gain most are looked at
    """
    while True:
        before = plan.walk
        for site in plan.sites.tolist():
            if site in plan.sites:
                plan = _anew_around(walks, plan, most, gains, site)
        if plan.walk >= before * (1 - SLACK):
            return plan


def _anew_around(walks: Floats, plan: Plan, most: float, gains: Floats, site: int) -> Plan:
    mine = plan.tos == site
    if not mine.any():
        return plan
    away = plan.people[mine] @ walks[np.ix_(plan.froms[mine], plan.sites)]
    group = plan.sites[np.argsort(away, kind="stable")[:TOGETHER]]
    is_theirs = np.isin(plan.tos, group)
    places, at = np.unique(plan.froms[is_theirs], return_inverse=True)
    people = np.asarray(np.bincount(at, weights=plan.people[is_theirs]), np.float64)
    others = np.setdiff1d(plan.sites, group)
    kept = _candidates_around(walks, places, group, others, gains)
    links = _ways(walks[np.ix_(places, kept)], np.isin(kept, group))
    walk = float(plan.people[is_theirs] @ walks[plan.froms[is_theirs], plan.tos[is_theirs]])
    found, shorter, _ = opened(links, people, len(group), most, most_nodes=N_NODES, known=walk * (1 - SLACK))
    if not found or shorter >= walk * (1 - SLACK):
        return plan
    tried = assigned(walks, _people_of(plan), np.concatenate([others, kept[found]]), most)
    return tried if tried.walk < plan.walk else plan


def _people_of(plan: Plan) -> Floats:
    return np.asarray(np.bincount(plan.froms, weights=plan.people), np.float64)


def _candidates_around(walks: Floats, places: Ints, group: Ints, others: Ints, gains: Floats) -> Ints:
    """The sites themselves, and of candidates as near to a place as they are those that gain most."""
    farthest = walks[np.ix_(places, group)].min(axis=1).max()
    is_near = walks[places].min(axis=0) <= farthest
    is_near[others] = False
    near = np.flatnonzero(is_near)
    return np.union1d(near[np.argsort(gains[near], kind="stable")[:N_CANDIDATES]], group)


def _ways(walks: Floats, is_site: np.ndarray) -> Links:
    n_ways = min(N_WAYS, walks.shape[1])
    is_way = np.zeros(walks.shape, np.bool_)
    np.put_along_axis(is_way, np.argpartition(walks, n_ways - 1, axis=1)[:, :n_ways], True, axis=1)
    is_way[:, is_site] = True
    froms, tos = np.nonzero(is_way)
    return Links(froms, tos, walks[froms, tos])
