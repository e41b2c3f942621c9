"""Who goes into which tube, where some are likelier to be positive than others.

Of all ways to divide people into pools one of the best puts them in the order of their risk, the least likely into the
largest (Hwang, A generalized binomial group testing problem, 1975): so only places where a pool ends are to be found.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

import numpy as np

from .loops_partition import best_ends

ALLOWED: Final = (1, 5, 10, 20)  # 单采、5合1、10合1、20合1 (domain.md §4.2)
_ANY: Final = 100


@dataclass(frozen=True, slots=True)
class Pools:
    """People in pools.

    Attributes
    ----------
    order : (n,) int, places of the people in what was given, pool after pool, whoever is least likely positive first
    ends : (k,) int, where in `order` each pool ends
    tests : how many tests they cost in expectation, those after a pool that was not negative with them
    """

    order: np.ndarray
    ends: np.ndarray
    tests: float

    @property
    def sizes(self) -> np.ndarray:
        return np.diff(self.ends, prepend=0)


def best_pools(risks: np.ndarray, *, sizes: Collection[int] = ALLOWED) -> Pools:
    """The pools that cost fewest tests, by a test that never errs.

    Parameters
    ----------
    risks : (n,) float, the probability of each person to be positive, 0..1
    sizes : those allowed; one pool may be smaller, or somebody would be left over

    Raises
    ------
    ValueError
        A risk that is none, or no size.
    """
    risks = np.asarray(risks, np.float64)
    if not np.all((risks >= 0) & (risks <= 1)):
        raise ValueError("a risk is a probability, 0 to 1")
    if not sizes or min(sizes) < 1 or max(sizes) > _ANY:
        raise ValueError(f"a pool holds 1 to {_ANY} people")
    order = np.argsort(risks, kind="stable")
    is_allowed = np.zeros(max(sizes) + 1, np.bool_)
    is_allowed[list(sizes)] = True
    least, choices = np.empty(len(risks) + 1), np.zeros(len(risks) + 1, np.uint16)
    tests = best_ends(risks[order], is_allowed, least, choices)
    return Pools(order, _ends(choices), tests)


def _ends(choices: np.ndarray) -> np.ndarray:
    ends, at = [], len(choices) - 1
    while at:
        ends.append(at)
        at -= int(choices[at])
    return np.array(ends[::-1], np.int64)
