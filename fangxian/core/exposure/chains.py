"""Who infected whom (传播链): clusters, degrees, generations, serial intervals, and what contradicts itself.

One link → chains → layout (tree.py) → a picture. Believed links are evidence of uneven worth: two infectors may
be named for one case, dates may be missing, and a circle may have been recorded. Nothing of that is corrected
here. What is not known stays unknown, and what cannot be is named.
"""

from collections import deque
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from statistics import fmean, median
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Link(Generic[Key]):
    """One belief: `infector` infected `infected`. Of two beliefs the larger `certainty` is the surer."""

    infector: Key
    infected: Key
    certainty: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Chains(Generic[Key]):
    """The graph of all beliefs, and the forest of the likeliest ones.

    Attributes
    ----------
    cases : everybody, as given; after them whoever only a link names
    links : each pair once, with its surest belief, in the order given
    infectors : of each case, the links that name one, the likeliest first: those outside a circle, then the surest,
        then those whose dates fit (then unknown, then contradicting), then the first recorded
    infected : of each case, the links that say whom it infected
    infector : the likeliest infector, None for a first case. Following it always ends: a circle that nothing from
        outside breaks is cut at the case that fell ill first.
    generation : 0 for a first case, else one more than the likeliest infector's; None in a circle and after it
    clusters : who is linked with whom in any way, the largest first; a case without a link is one by itself
    circles : one for each set of cases that would have infected one another, as a round: the last infected the first
    undecided : cases for which several links are equally the surest
    """

    cases: tuple[Key, ...]
    onset: Mapping[Key, date | None]
    links: tuple[Link[Key], ...]
    infectors: Mapping[Key, tuple[Link[Key], ...]]
    infected: Mapping[Key, tuple[Link[Key], ...]]
    infector: Mapping[Key, Key | None]
    generation: Mapping[Key, int | None]
    clusters: tuple[tuple[Key, ...], ...]
    circles: tuple[tuple[Key, ...], ...]
    undecided: frozenset[Key]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainFigures:
    """What an investigator says of chains in one breath. Days are onset to onset.

    `n_linked_clusters` counts those of two and more; `n_contradicting` links whose infected fell ill first;
    median and mean are None where no link has both dates.
    """

    n_cases: int
    n_links: int
    n_clusters: int
    n_linked_clusters: int
    largest: int
    most_infected: int
    n_generations: int
    n_circles: int
    n_undecided: int
    n_intervals: int
    n_unknown_intervals: int
    n_contradicting: int
    interval_median_days: float | None
    interval_mean_days: float | None


def trace_chains(
    cases: Iterable[Key], links: Iterable[Link[Key]], onset: Mapping[Key, date | None] | None = None
) -> Chains[Key]:
    """The chains that these links tell of. O(n log n) in cases and links.

    A case may be named twice, a pair may be linked twice, and a link may name a case that is not among `cases`:
    it is then one of them, of which nothing else is known. A case linked to itself is a circle of one.
    """
    surest = _surest(links)
    ends = (key for link in surest for key in (link.infector, link.infected))
    everybody = tuple(dict.fromkeys([*cases, *ends]))
    known = onset or {}
    days = {key: known.get(key) for key in everybody}
    infected: dict[Key, list[Link[Key]]] = {key: [] for key in everybody}
    named: dict[Key, list[Link[Key]]] = {key: [] for key in everybody}
    for link in surest:
        infected[link.infector].append(link)
        named[link.infected].append(link)
    circle_of = _circles_of(everybody, infected)
    infectors = {key: tuple(sorted(named[key], key=lambda it: _rank(it, circle_of, days))) for key in everybody}
    infector, broken = _forest(everybody, infectors, days)
    return Chains(
        cases=everybody,
        onset=days,
        links=tuple(surest),
        infectors=infectors,
        infected={key: tuple(found) for key, found in infected.items()},
        infector=infector,
        generation=_generations(everybody, infector, broken),
        clusters=_clusters(everybody, infected, named),
        circles=_rounds(everybody, infected, circle_of),
        undecided=frozenset(key for key in everybody if _is_undecided(named[key])),
    )


def serial_interval_days(chains: Chains[Key], link: Link[Key]) -> int | None:
    """From the infector's onset to the infected's; negative where the infected fell ill first, None if not known."""
    first, then = chains.onset[link.infector], chains.onset[link.infected]
    return None if first is None or then is None else (then - first).days


def chain_figures(chains: Chains[Key]) -> ChainFigures:
    found = [serial_interval_days(chains, link) for link in chains.links]
    days = [it for it in found if it is not None]
    generations = [it for it in chains.generation.values() if it is not None]
    return ChainFigures(
        n_cases=len(chains.cases),
        n_links=len(chains.links),
        n_clusters=len(chains.clusters),
        n_linked_clusters=sum(len(cluster) > 1 for cluster in chains.clusters),
        largest=max((len(cluster) for cluster in chains.clusters), default=0),
        most_infected=max((len(links) for links in chains.infected.values()), default=0),
        n_generations=max(generations, default=-1) + 1,
        n_circles=len(chains.circles),
        n_undecided=len(chains.undecided),
        n_intervals=len(days),
        n_unknown_intervals=len(found) - len(days),
        n_contradicting=sum(it < 0 for it in days),
        interval_median_days=float(median(days)) if days else None,
        interval_mean_days=fmean(days) if days else None,
    )


def _surest(links: Iterable[Link[Key]]) -> list[Link[Key]]:
    kept: dict[tuple[Key, Key], Link[Key]] = {}
    for link in links:
        pair = (link.infector, link.infected)
        if pair not in kept or kept[pair].certainty < link.certainty:
            kept[pair] = link
    return list(kept.values())


def _rank(link: Link[Key], circle_of: Mapping[Key, int], days: Mapping[Key, date | None]) -> tuple[bool, int, int]:
    """Sorting is stable, so what is equal here stays in the order in which it was recorded."""
    first, then = days[link.infector], days[link.infected]
    doubt = 1 if first is None or then is None else 0 if first <= then else 2
    return _is_within(link, circle_of), -link.certainty, doubt


def _is_within(link: Link[Key], circle_of: Mapping[Key, int]) -> bool:
    return link.infector in circle_of and circle_of[link.infector] == circle_of.get(link.infected)


def _is_undecided(links: Sequence[Link[Key]]) -> bool:
    best = max((link.certainty for link in links), default=0)
    return sum(link.certainty == best for link in links) > 1


def _clusters(
    everybody: Sequence[Key], infected: Mapping[Key, list[Link[Key]]], named: Mapping[Key, list[Link[Key]]]
) -> tuple[tuple[Key, ...], ...]:
    place = {key: nth for nth, key in enumerate(everybody)}
    seen: set[Key] = set()
    found: list[tuple[Key, ...]] = []
    for first in everybody:
        if first in seen:
            continue
        seen.add(first)
        members, waiting = [first], deque([first])
        while waiting:
            key = waiting.popleft()
            for other in (*(it.infected for it in infected[key]), *(it.infector for it in named[key])):
                if other not in seen:
                    seen.add(other)
                    members.append(other)
                    waiting.append(other)
        found.append(tuple(sorted(members, key=place.__getitem__)))
    return tuple(sorted(found, key=lambda cluster: (-len(cluster), place[cluster[0]])))


def _circles_of(everybody: Sequence[Key], infected: Mapping[Key, list[Link[Key]]]) -> dict[Key, int]:
    """The number of the circle each case is in, for those in one: strongly connected sets, as Tarjan (1972) finds them.

    Without recursion, since a chain may be longer than Python's stack.
    """
    order: dict[Key, int] = {}
    low: dict[Key, int] = {}
    stack: list[Key] = []
    is_on: set[Key] = set()
    circle_of: dict[Key, int] = {}
    for root in everybody:
        if root in order:
            continue
        walk: list[tuple[Key, Iterator[Link[Key]]]] = [(root, iter(infected[root]))]
        order[root] = low[root] = len(order)
        stack.append(root)
        is_on.add(root)
        while walk:
            key, links = walk[-1]
            ahead = next(links, None)
            if ahead is None:
                walk.pop()
                if walk:
                    low[walk[-1][0]] = min(low[walk[-1][0]], low[key])
                if low[key] == order[key]:
                    _take_off(key, stack, is_on, infected, circle_of)
            elif ahead.infected not in order:
                order[ahead.infected] = low[ahead.infected] = len(order)
                stack.append(ahead.infected)
                is_on.add(ahead.infected)
                walk.append((ahead.infected, iter(infected[ahead.infected])))
            elif ahead.infected in is_on:
                low[key] = min(low[key], order[ahead.infected])
    return circle_of


def _take_off(
    key: Key,
    stack: list[Key],
    is_on: set[Key],
    infected: Mapping[Key, list[Link[Key]]],
    circle_of: dict[Key, int],
) -> None:
    members = [stack.pop()]
    while members[-1] != key:
        members.append(stack.pop())
    is_on.difference_update(members)
    if len(members) > 1 or any(link.infected == key for link in infected[key]):
        circle_of.update(dict.fromkeys(members, len(circle_of)))


def _rounds(
    everybody: Sequence[Key], infected: Mapping[Key, list[Link[Key]]], circle_of: Mapping[Key, int]
) -> tuple[tuple[Key, ...], ...]:
    """The shortest round from the first case of each circle back to it."""
    firsts: dict[int, Key] = {}
    for key in everybody:
        if key in circle_of:
            firsts.setdefault(circle_of[key], key)
    return tuple(_round(first, infected, circle_of) for first in firsts.values())


def _round(first: Key, infected: Mapping[Key, list[Link[Key]]], circle_of: Mapping[Key, int]) -> tuple[Key, ...]:
    came_from: dict[Key, Key] = {}
    waiting = deque([first])
    while waiting:
        key = waiting.popleft()
        for link in infected[key]:
            if link.infected == first:
                path = [key]
                while path[-1] != first:
                    path.append(came_from[path[-1]])
                return tuple(reversed(path))
            if _is_within(link, circle_of) and link.infected not in came_from:
                came_from[link.infected] = key
                waiting.append(link.infected)
    raise AssertionError("a circle closes")


def _forest(
    everybody: Sequence[Key], infectors: Mapping[Key, tuple[Link[Key], ...]], days: Mapping[Key, date | None]
) -> tuple[dict[Key, Key | None], set[Key]]:
    """The likeliest infector of each case, and the members of circles that had to be cut for it."""
    likeliest: dict[Key, Key | None] = {key: links[0].infector if links else None for key, links in infectors.items()}
    place = {key: nth for nth, key in enumerate(everybody)}
    done: set[Key] = set()
    broken: set[Key] = set()
    for start in everybody:
        path: dict[Key, None] = {}
        at: Key | None = start
        while at is not None and at not in done and at not in path:
            path[at] = None
            at = likeliest[at]
        if at is not None and at in path:
            members = list(path)[list(path).index(at) :]
            likeliest[min(members, key=lambda it: (days[it] or date.max, place[it]))] = None
            broken.update(members)
        done.update(path)
    return likeliest, broken


def _generations(
    everybody: Sequence[Key], infector: Mapping[Key, Key | None], broken: set[Key]
) -> dict[Key, int | None]:
    found: dict[Key, int | None] = {}
    for start in everybody:
        path: list[Key] = []
        at: Key | None = start
        while at is not None and at not in found:
            path.append(at)
            at = infector[at]
        for key in reversed(path):
            before = infector[key]
            if key in broken:
                found[key] = None
            elif before is None:
                found[key] = 0
            else:
                above = found[before]
                found[key] = None if above is None else above + 1
    return found
