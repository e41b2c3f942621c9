"""How old the residents are, and when exactly each was born."""

from datetime import date

import numpy as np

from fangxian.core.drill.county.counting import Ints, between, draw, whole_shares
from fangxian.core.drill.county.plan import Census

OLDEST = 120


def people_of_each_age(census: Census, n: int) -> Ints:
    """`n` residents by whole years of age, each age group of the census met by largest remainder.

    Within a group the years share evenly; within the last, open group each year has fewer than the
    one before, in a straight line.

    Returns
    -------
    (OLDEST,) int64
    """
    by_age = np.zeros(OLDEST, dtype=np.int64)
    groups = whole_shares(n, [weight for *_, weight in census.ages])
    for i, (first, last, _) in enumerate(census.ages):
        years = last - first + 1
        is_open = i == len(census.ages) - 1
        weights = np.arange(years, 0, -1) if is_open else np.ones(years, dtype=np.int64)
        by_age[first : last + 1] = whole_shares(int(groups[i]), weights)
    return by_age


def birth_dates(by_age: Ints, on: date, rng: np.random.Generator) -> Ints:
    """A date of birth for every resident, youngest first, so that on day `on` the ages are `by_age`.

    Returns
    -------
    (n,) int64, ordinals, descending
    """
    born = []
    for age in np.flatnonzero(by_age):
        last = _years_before(on, int(age))  # born that day: `age` today
        first = _years_before(on, int(age) + 1) + 1
        born.append(between(rng, first, last, int(by_age[age])))
    return np.sort(np.concatenate(born))[::-1].astype(np.int64)


def _years_before(on: date, years: int) -> int:
    """Ordinal of the same day `years` before; 29 February becomes the 28th in other years."""
    try:
        return on.replace(year=on.year - years).toordinal()
    except ValueError:
        return on.replace(year=on.year - years, day=28).toordinal()


def draw_ages(by_age: Ints, per_mille: Ints, n: int, rng: np.random.Generator) -> Ints:
    """`n` ages drawn as the residents' ages are, each age thinned to `per_mille`."""
    weights = by_age * per_mille
    if not weights.any():
        weights = per_mille
    return draw(rng, weights, n)


def per_mille_by_age(*steps: tuple[int, int]) -> Ints:
    """(first age, per mille) steps as one number an age, each step reaching to the next."""
    levels = np.zeros(OLDEST, dtype=np.int64)
    for first, level in steps:
        levels[first:] = level
    return levels
