"""Whole numbers only: shares turned into counts, and draws by weight.

Floats are kept out of what decides a person, so that every machine makes the same county.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]


def whole_shares(total: int, weights: Sequence[int] | Ints, *, at_least: int = 0) -> Ints:
    """`total` split in proportion to `weights` by largest remainder.

    Ties go to the earlier entry. Where `at_least` would be undercut, the largest entries give.

    Parameters
    ----------
    weights : (n,) non-negative int, not all zero unless total is 0

    Returns
    -------
    (n,) int64, summing to `total` (to more only if `total < n * at_least`)
    """
    parts = np.asarray(weights, dtype=np.int64)
    whole = max(int(parts.sum()), 1)
    shares = parts * total // whole
    left = total - int(shares.sum())
    order = np.argsort(-(parts * total % whole), kind="stable")
    shares[order[:left]] += 1
    shares = np.maximum(shares, at_least)
    for _ in range(int(shares.sum()) - total):
        giver = int(np.argmax(shares))
        if shares[giver] > at_least:
            shares[giver] -= 1
    return shares


def draw(rng: np.random.Generator, weights: Sequence[int] | Ints, n: int) -> Ints:
    """`n` positions drawn with replacement, each in proportion to its whole-number weight."""
    ends = np.cumsum(np.asarray(weights, dtype=np.int64))
    return np.searchsorted(ends, rng.integers(0, ends[-1], n), side="right").astype(np.int64)


def between(rng: np.random.Generator, low: int, high: int, n: int) -> Ints:
    """`n` whole numbers from `low` to `high`, both included, each as likely."""
    return rng.integers(low, high + 1, n, dtype=np.int64)


def scaled(n: int, scale_per_million: int) -> int:
    """`n` at a smaller scale, at least 1; rounds half up."""
    return max(1, (n * scale_per_million + 500_000) // 1_000_000)
