"""Whom to look at first: by ring, weight, possible seconds, all descending, then number."""

import numpy as np

from fangxian.core.exposure.columns import Column

RING_BITS = 60  # above every weight in millionths of a minute


def rank_order(ring: Column, weight: Column, possible_s: Column, person: Column) -> Column:
    """The rows in order of rank.

    Weights are compared to the millionth of a minute, since engines add them up in different orders. Most of a long
    list are people who were only possibly there, all of weight 0: sorting whole numbers once is what is quick.
    """
    heavy = _heavy(ring, weight)
    order = np.argsort(-heavy)
    alike = heavy[order][1:] == heavy[order][:-1]
    tied = np.concatenate([[False], alike]) | np.concatenate([alike, [False]])
    rows = order[tied[: len(order)]]
    if len(rows):
        rows = rows[_by_seconds(possible_s[rows], person[rows])]
        order[tied] = rows[np.argsort(-heavy[rows], kind="stable")]
    return order


def is_in_rank_order(ring: Column, weight: Column, possible_s: Column, person: Column) -> bool:
    heavy = _heavy(ring, weight)
    alike = np.flatnonzero(heavy[:-1] <= heavy[1:])  # few: what else is compared is compared of these only
    after = alike + 1
    longer, as_long = possible_s[alike] > possible_s[after], possible_s[alike] == possible_s[after]
    in_order = longer | (as_long & (person[alike] < person[after]))
    return bool(((heavy[alike] == heavy[after]) & in_order).all())


def _heavy(ring: Column, weight: Column) -> Column:
    found: Column = (np.asarray(ring, np.int64) << RING_BITS) + np.rint(weight * 1e6).astype(np.int64)
    return found


def _by_seconds(possible_s: Column, person: Column) -> Column:
    """Longest first, then by number."""
    if person.max() < 1 << 32 and possible_s.max() < 1 << 31:
        found: Column = np.argsort(person - (possible_s << 32))
        return found
    return np.lexsort((person, -possible_s))
