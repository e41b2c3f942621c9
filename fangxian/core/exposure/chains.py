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
    told = _numbered(cases, links, onset or {})
    circle = _circles_of([[told.ends[nth][1] for nth in links] for links in told.infects])
    likeliest = [sorted(links, key=lambda it: _rank(it, told, circle)) for links in told.named]
    infector, broken = _forest([told.ends[links[0]][0] if links else -1 for links in likeliest], told.day)
    key = told.cases
    return Chains(
        cases=key,
        onset=dict(zip(key, told.day, strict=True)),
        links=told.links,
        infectors=_by_key(told, likeliest),
        infected=_by_key(told, told.infects),
        infector={it: None if above < 0 else key[above] for it, above in zip(key, infector, strict=True)},
        generation=dict(zip(key, _generations(infector, broken), strict=True)),
        clusters=tuple(tuple(key[case] for case in cluster) for cluster in _clusters(told)),
        circles=tuple(tuple(key[case] for case in members) for members in _rounds(told, circle)),
        undecided=frozenset(it for it, links in zip(key, told.named, strict=True) if _is_undecided(told, links)),
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


@dataclass(frozen=True, slots=True)
class _Told(Generic[Key]):
    """Cases and links by number, the place in `cases` and in `links`: of keys some are slow to hash and to compare.

    `ends` of a link: infector and infected; `infects` and `named` of a case: the links in which it is either.
    """

    cases: tuple[Key, ...]
    day: list[date | None]
    links: tuple[Link[Key], ...]
    ends: list[tuple[int, int]]
    infects: list[list[int]]
    named: list[list[int]]


def _numbered(cases: Iterable[Key], links: Iterable[Link[Key]], onset: Mapping[Key, date | None]) -> _Told[Key]:
    """Each pair once, with its surest belief."""
    place: dict[Key, int] = {}
    for key in cases:
        place.setdefault(key, len(place))
    kept: dict[tuple[int, int], Link[Key]] = {}
    for link in links:
        pair = (place.setdefault(link.infector, len(place)), place.setdefault(link.infected, len(place)))
        if pair not in kept or kept[pair].certainty < link.certainty:
            kept[pair] = link
    everybody = tuple(place)
    infects: list[list[int]] = [[] for _ in everybody]
    named: list[list[int]] = [[] for _ in everybody]
    for nth, (infector, infected) in enumerate(kept):
        infects[infector].append(nth)
        named[infected].append(nth)
    days = [onset.get(key) for key in everybody]
    return _Told(everybody, days, tuple(kept.values()), list(kept), infects, named)


def _by_key(told: _Told[Key], links: Sequence[Sequence[int]]) -> dict[Key, tuple[Link[Key], ...]]:
    return {key: tuple([told.links[nth] for nth in some]) for key, some in zip(told.cases, links, strict=True)}


def _rank(link: int, told: _Told[Key], circle: Sequence[int]) -> tuple[bool, int, int]:
    """Sorting is stable, so what is equal here stays in the order in which it was recorded."""
    infector, infected = told.ends[link]
    first, then = told.day[infector], told.day[infected]
    doubt = 1 if first is None or then is None else 0 if first <= then else 2
    return circle[infector] >= 0 and circle[infector] == circle[infected], -told.links[link].certainty, doubt


def _is_undecided(told: _Told[Key], links: Sequence[int]) -> bool:
    if len(links) < 2:
        return False
    certainties = [told.links[nth].certainty for nth in links]
    return certainties.count(max(certainties)) > 1


def _clusters(told: _Told[Key]) -> list[list[int]]:
    beside: list[list[int]] = [[] for _ in told.cases]
    for infector, infected in told.ends:
        beside[infector].append(infected)
        beside[infected].append(infector)
    is_seen = [False] * len(beside)
    found: list[list[int]] = []
    for first in range(len(beside)):
        if is_seen[first]:
            continue
        is_seen[first] = True
        members = [first]
        for case in members:  # grows while it is walked
            for other in beside[case]:
                if not is_seen[other]:
                    is_seen[other] = True
                    members.append(other)
        found.append(sorted(members))
    return sorted(found, key=lambda cluster: (-len(cluster), cluster[0]))


def _circles_of(ahead: Sequence[Sequence[int]]) -> list[int]:
    """The number of the circle each case is in, -1 for none: strongly connected sets, as Tarjan (1972) finds them.

    Without recursion, since a chain may be longer than Python's stack.
    """
    n_found, n_circles = 0, 0
    order, low = [-1] * len(ahead), [0] * len(ahead)
    circle = [-1] * len(ahead)
    stack: list[int] = []
    is_on = [False] * len(ahead)
    for root in range(len(ahead)):
        waiting = [root] if order[root] < 0 else []
        nexts: list[Iterator[int]] = []
        while waiting:
            case = waiting[-1]
            if order[case] < 0:
                order[case] = low[case] = n_found
                n_found += 1
                stack.append(case)
                is_on[case] = True
                nexts.append(iter(ahead[case]))
            for other in nexts[-1]:
                if order[other] < 0:
                    waiting.append(other)
                    break
                if is_on[other]:
                    low[case] = min(low[case], order[other])
            else:
                waiting.pop()
                nexts.pop()
                if waiting:
                    low[waiting[-1]] = min(low[waiting[-1]], low[case])
                if low[case] == order[case]:
                    n_circles += _take_off(case, stack, is_on, ahead, circle, n_circles)
    return circle


def _take_off(
    case: int, stack: list[int], is_on: list[bool], ahead: Sequence[Sequence[int]], circle: list[int], number: int
) -> bool:
    """Take a set off the stack; whether it is a circle, which then has that number."""
    members = [stack.pop()]
    while members[-1] != case:
        members.append(stack.pop())
    for member in members:
        is_on[member] = False
    is_circle = len(members) > 1 or case in ahead[case]
    if is_circle:
        for member in members:
            circle[member] = number
    return is_circle


def _rounds(told: _Told[Key], circle: Sequence[int]) -> list[tuple[int, ...]]:
    """The shortest round from the first case of each circle back to it."""
    firsts: dict[int, int] = {}
    for case, number in enumerate(circle):
        if number >= 0:
            firsts.setdefault(number, case)
    return [_round(first, told, circle) for first in firsts.values()]


def _round(first: int, told: _Told[Key], circle: Sequence[int]) -> tuple[int, ...]:
    came_from: dict[int, int] = {}
    waiting = deque([first])
    while waiting:
        case = waiting.popleft()
        for nth in told.infects[case]:
            other = told.ends[nth][1]
            if other == first:
                path = [case]
                while path[-1] != first:
                    path.append(came_from[path[-1]])
                return tuple(reversed(path))
            if circle[other] == circle[first] and other not in came_from:
                came_from[other] = case
                waiting.append(other)
    raise AssertionError("a circle closes")


def _forest(likeliest: list[int], day: Sequence[date | None]) -> tuple[list[int], set[int]]:
    """The likeliest infector of each case, -1 for none, and the members of circles that had to be cut for it."""
    infector = list(likeliest)
    is_done = [False] * len(infector)
    broken: set[int] = set()
    for start in range(len(infector)):
        path: dict[int, None] = {}
        at = start
        while at >= 0 and not is_done[at] and at not in path:
            path[at] = None
            at = infector[at]
        if at in path:
            members = list(path)[list(path).index(at) :]
            infector[min(members, key=lambda it: (day[it] or date.max, it))] = -1
            broken.update(members)
        for case in path:
            is_done[case] = True
    return infector, broken


def _generations(infector: Sequence[int], broken: set[int]) -> list[int | None]:
    found: list[int | None] = [None] * len(infector)
    is_done = [False] * len(infector)
    for start in range(len(infector)):
        path: list[int] = []
        at = start
        while at >= 0 and not is_done[at]:
            path.append(at)
            is_done[at] = True
            at = infector[at]
        for case in reversed(path):
            if case not in broken:
                above = found[infector[case]] if infector[case] >= 0 else -1
                found[case] = None if above is None else above + 1
    return found
