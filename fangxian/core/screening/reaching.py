"""What brings a round to its end in time: the cheapest set of levers, and what each of them is worth.

Sets are tried in the order of their cost, so that the first that ends in time is the cheapest there is. Most are never
played: a plain bound says that they cannot.
"""

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import floor

from .laboratory import Laboratory, Machines
from .levers import Lever, pulled, yuan_of
from .playing import Begun, last_sealed_at
from .rounds import Round
from .telling import Told, told

Steps = Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Way:
    """A set of levers that ends the round in time; with any of them a step less it would not, or cost no less."""

    steps: Steps
    yuan: float
    told: Told


@dataclass(frozen=True, slots=True)
class Worth:
    """What one lever is worth, minutes by which the round ends sooner.

    Attributes
    ----------
    alone_min : with it and nothing else
    together_min : with it, where all others of the way are pulled already: what leaving it out would cost
    """

    name: str
    steps: int
    alone_min: float
    together_min: float


@dataclass(frozen=True, slots=True)
class Reached:
    """What brings it to its end in time.

    Attributes
    ----------
    as_planned : with nothing pulled
    alone : each lever's first step on its own, whichever helps most first: what would move it
    all_pulled : with everything pulled as far as it goes
    ways : the cheapest first; none where nothing of all this is enough
    worths : of the levers of the cheapest way
    n_played : how many sets had to be played through, of `n_sets`
    """

    as_planned: Told
    alone: Mapping[str, Told]
    all_pulled: Told
    ways: Sequence[Way]
    worths: Sequence[Worth]
    n_played: int
    n_sets: int


def reached(
    planned: Round, given: Sequence[Lever], *, by_min: float, begun: Begun | None = None, n_ways: int = 3
) -> Reached:
    """What ends a round by a moment.

    Parameters
    ----------
    by_min : minutes after the midnight before the round
    begun : where it stands; None: before it begins
    n_ways : how many ways to look for, none of which is another one and more
    """
    now = told(planned, begun)
    alone = {lever.name: told(lever.pull(planned, 1), begun) for lever in given}
    ways, n_played, sets = list[Way](), 0, _by_cost(planned, given)
    for yuan, steps in sets:
        if len(ways) == n_ways:
            break
        if any(_holds(steps, way.steps) for way in ways):
            continue
        tried = pulled(planned, steps, given)
        if could_end_by(tried, by_min, begun):
            n_played += 1
            if (comes := told(tried, begun)).ends_min <= by_min:
                ways.append(Way(steps, yuan, comes))
    helps_most_first = dict(sorted(alone.items(), key=lambda item: item[1].ends_min))
    worths = _worths(planned, given, ways[0], now, begun) if ways else []
    everything = told(pulled(planned, {lever.name: lever.most for lever in given}, given), begun)
    return Reached(now, helps_most_first, everything, ways, worths, n_played, len(sets))


def _by_cost(planned: Round, given: Sequence[Lever]) -> list[tuple[float, dict[str, int]]]:
    """Every set of steps with what it costs, of two that cost the same the one with fewer steps first."""
    counts = itertools.product(*(range(lever.most + 1) for lever in given))
    sets = ({lever.name: n for lever, n in zip(given, each, strict=True) if n} for each in counts)
    costed = ((yuan_of(planned, steps, given), steps) for steps in sets)
    return sorted(costed, key=lambda it: (it[0], sum(it[1].values()), sorted(it[1].items())))


def _holds(steps: Steps, less: Steps) -> bool:
    """Whether a set has all that another one has."""
    return all(steps.get(name, 0) >= n for name, n in less.items())


def _worths(planned: Round, given: Sequence[Lever], way: Way, now: Told, begun: Begun | None) -> list[Worth]:
    def ends(steps: Steps) -> float:
        return told(pulled(planned, steps, given), begun).ends_min

    worths = [
        Worth(
            name, n, now.ends_min - ends({name: n}),
            ends({other: k for other, k in way.steps.items() if other != name}) - way.told.ends_min,
        )
        for name, n in way.steps.items()
    ]  # fmt: skip
    return sorted(worths, key=lambda worth: -worth.together_min)


def could_end_by(planned: Round, by_min: float, begun: Begun | None = None) -> bool:
    """Whether a round could end by then if each step had all it needs as soon as the first tube has: a plain bound.

    Where it says no, no round that is played ends by then. It knows no opening hours, full runs or waiting.
    """
    after = planned.reported_after_min
    quickest = min(map(_quickest_min, planned.laboratories))
    last = last_sealed_at(planned, begun)
    if last is not None and last + planned.on_the_road_min + quickest + after > by_min:
        return False
    n_tubes, from_min = _tubes_from(planned, begun)
    n_extracted = begun.extracted if begun else 0
    through = (_most_through(each, by_min - after - from_min, n_extracted) for each in planned.laboratories)
    return sum(through) >= n_tubes


def _tubes_from(planned: Round, begun: Begun | None) -> tuple[int, float]:
    """How many tubes are still to be tested, and from when the first of them can be at a laboratory."""
    if begun:
        left = sum(-(-n // planned.size_at(site)) for n, site in zip(begun.left, planned.sites, strict=True))
        is_there = begun.at_laboratory or begun.extracted
        return left + begun.n_tubes, begun.at_min + (0 if is_there else planned.on_the_road_min)
    opens = min((site.hours[0][0] for site in planned.sites if site.n_people), default=0)
    return planned.n_tubes, opens + planned.on_the_road_min


def _quickest_min(laboratory: Laboratory) -> float:
    extractors, amplifiers = laboratory.extractors, laboratory.amplifiers
    if not extractors or not amplifiers:
        return float("inf")
    return min(it.run_min for it in extractors) + min(it.run_min for it in amplifiers) + laboratory.further_min


def _most_through(laboratory: Laboratory, for_min: float, n_extracted: int) -> int:
    """Tubes that can be through in so many minutes, each machine beginning its first run as soon as it can.

    An extraction ends before the last amplification begins, and an amplification begins after the first extraction,
    unless tubes were extracted before.
    """
    extractors, amplifiers = laboratory.extractors, laboratory.amplifiers
    if not extractors or not amplifiers:
        return 0
    before = 0 if n_extracted else min(it.run_min for it in extractors)
    extracted = n_extracted + _in_runs(extractors, for_min - min(it.run_min for it in amplifiers))
    return min(extracted, _in_runs(amplifiers, for_min - before))


def _in_runs(machines: Sequence[Machines], for_min: float) -> int:
    return sum(it.n * (it.wells - it.controls) * max(floor(for_min / it.run_min), 0) for it in machines)
