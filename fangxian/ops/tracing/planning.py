"""Who should have which work: a proposal reckoned from places, loads and deadlines. It asks nobody and changes nothing.

The rule, in the order in which it is applied:

1. deadlines first: work is placed in the order of its deadlines, so what is left over is what could wait longest;
2. nobody over capacity, and only teams on duty;
3. balanced: no team gets work while another one that could take it holds less by `spread` or more;
4. nearest first: of the teams that remain, the one whose township is nearest (of a case's contacts, the team that
   has the case); of those equally near the one that holds least; of those the lowest number.
"""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import dist

from fangxian.core.parameters import Parameter

TOWNSHIP_DIGITS = 9
CASE_LOAD = Parameter(
    value=10,
    unit="contacts",
    low=1,
    high=50,
    meaning="How many contacts to trace the investigation of one case counts as in a team's load",
    source="a guess: a case and its questionnaire take a team as long as ten calls to contacts",
)
TEAM_LOAD = Parameter(
    value=40,
    unit="contacts",
    low=5,
    high=500,
    meaning="How much a tracing team of five can hold at once, where the county's data do not say",
    source="a guess: five people, each a call and a visit an hour over a shift of eight hours",
)
SPREAD = Parameter(
    value=20,
    unit="contacts",
    low=1,
    high=100,
    meaning="By how much the nearer of two teams may hold more before the further one is sent",
    source="a guess: two cases' worth, so that a township's own team goes unless it is two cases busier than others, "
    "and a team that has a case gets about ten of its contacts before another helps",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Crew:
    """A team as the planner sees it: where it sets out from, what it holds, and how much it can."""

    key: Hashable
    number: int
    base: str
    load: int
    load_max: int
    is_on_duty: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """One case or contact to be placed; `weight` in contacts, `prefers` the key of a crew that counts as nearest."""

    key: Hashable
    place: str
    due_at: datetime
    weight: int = 1
    prefers: Hashable = None


@dataclass(frozen=True, slots=True)
class Placed:
    """A piece of work with the crew proposed for it; `is_near` when it need not leave its township."""

    work: Work
    crew: Crew
    is_near: bool


@dataclass(frozen=True, slots=True)
class Plan:
    """What is proposed, and what nobody has room for, each in the order of deadlines."""

    placed: tuple[Placed, ...]
    left_over: tuple[Work, ...]


def plan_work(
    works: Sequence[Work], crews: Sequence[Crew], points: Mapping[str, tuple[float, float]], *, spread: int
) -> Plan:
    """Propose a crew for each piece of work by the rule above.

    Parameters
    ----------
    works, crews : in any order; keys are unique, numbers too
    points : by a township's path where it lies, in any plane; a township without a point is as far as any other
    spread : at least 1, in contacts

    Raises
    ------
    ValueError
        For a spread below 1, under which no team could be given anything.
    """
    if spread < 1:
        raise ValueError(f"a spread of {spread} contacts leaves nobody to be given work")
    loads = {crew.key: crew.load for crew in crews}
    on_duty = [crew for crew in crews if crew.is_on_duty]
    placed, left_over = [], []
    for work in sorted(works, key=lambda it: (it.due_at, str(it.key))):
        fitting = [crew for crew in on_duty if loads[crew.key] + work.weight <= crew.load_max]
        if not fitting:
            left_over.append(work)
            continue
        least = min(loads[crew.key] for crew in fitting)
        level = [crew for crew in fitting if loads[crew.key] - least < spread]
        crew = min(level, key=lambda it: (distance(work, it, points), loads[it.key], it.number))
        loads[crew.key] += work.weight
        placed.append(Placed(work, crew, _township(work.place) == crew.base))
    return Plan(tuple(placed), tuple(left_over))


def distance(work: Work, crew: Crew, points: Mapping[str, tuple[float, float]]) -> float:
    """How far a crew is from some work: below 0 for the one it prefers, 0 in its own township, else by the points.

    Work whose township is not known is equally far from everybody.
    """
    if work.prefers is not None and work.prefers == crew.key:
        return -1.0
    here = _township(work.place)
    if here == crew.base:
        return 0.0
    one, other = points.get(here), points.get(crew.base)
    if len(here) < TOWNSHIP_DIGITS or one is None:
        return 0.0
    return dist(one, other) if other is not None else float("inf")


def _township(area_path: str) -> str:
    return area_path[:TOWNSHIP_DIGITS]
