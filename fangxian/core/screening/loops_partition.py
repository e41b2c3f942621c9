"""The best pools of people in the order of their risk, compiled.

A file of loops uses nothing of another file of ours (`core.compiled` says why).
"""

import numpy as np

from fangxian.core.compiled import compiled


@compiled
def best_ends(risks: np.ndarray, is_allowed: np.ndarray, least: np.ndarray, choices: np.ndarray) -> float:
    """How many tests the best pools of `risks`, which rise, cost in expectation.

    Parameters
    ----------
    risks : (n,) float64, 0..1, rising
    is_allowed : (m + 1,) bool, by size; the first pool of all may have any size up to m
    least : (n + 1,) float64, written: tests of the best pools of the first i people
    choices : (n + 1,) uint16, written: the size of the last of these
    """
    most = len(is_allowed) - 1
    least[0] = 0.0
    for i in range(1, len(risks) + 1):
        without, best, chosen = 1.0, np.inf, 0
        for size in range(1, min(most, i) + 1):
            without *= 1.0 - risks[i - size]
            if is_allowed[size] or size == i:
                tests = least[i - size] + (1.0 if size == 1 else 1.0 + size * (1.0 - without))
                if tests < best:
                    best, chosen = tests, size
        least[i], choices[i] = best, chosen
    return float(least[len(risks)])
