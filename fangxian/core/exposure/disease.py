"""What the search asks of a rulebook: how infectious when, how far back, which ring is which.

The weight of a day is its infectiousness beside the most infectious day's: for a disease with a published curve from
that curve, for others from the rulebook's periods before and after onset.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import exp, lgamma, log
from typing import Final

import numpy as np

from fangxian.core.exposure.columns import Cases, Column, Ring
from fangxian.core.exposure.usual import CO_PRESENT, NEAR_ROWS, NEAR_SEATS, PARCEL_LASTS
from fangxian.core.parameters import Parameter
from fangxian.core.policy.contacts import contact_rule, lookback_begins_at
from fangxian.core.policy.rulebook import Rulebook

_HE: Final = "He et al. 2020 (Nature Medicine 26:672) with the authors' correction of August 2020; recalled"
COVID_SHAPE = Parameter(
    value=20.516508,
    unit="",
    low=1,
    high=200,
    meaning="COVID-19: shape of the gamma curve of infectiousness",
    source=_HE,
)
COVID_RATE = Parameter(
    value=1.592124, unit="a day", low=0.1, high=20,
    meaning="COVID-19: rate of the gamma curve of infectiousness", source=_HE,
)  # fmt: skip
COVID_SHIFT = Parameter(
    value=12.272481, unit="days", low=0, high=30,
    meaning="COVID-19: how long before onset the gamma curve of infectiousness begins", source=_HE,
)  # fmt: skip
BEFORE_D = Parameter(
    value=2, unit="days", low=0, high=14, meaning="Infectious before onset, where a rulebook does not say",
    source="a guess",
)  # fmt: skip
AFTER_D = Parameter(
    value=7, unit="days", low=0, high=30, meaning="Infectious after onset, where a rulebook does not say",
    source="a guess",
)  # fmt: skip
MEASLES_LINGERS = Parameter(
    value=120, unit="min", low=0, high=120,
    meaning="How long measles stays in the air of a place after a case has left",
    source="CDC, Measles: clinical overview: up to two hours",
)  # fmt: skip

_LINGERS: Final[Mapping[str, Parameter]] = {"measles": MEASLES_LINGERS}
_DAY: Final = timedelta(days=1)
_FIRST_DAY, _LAST_DAY = -14, 28
_KEYS: Final = {
    Ring.CLOSE: "close-contact",
    Ring.CONTACT_OF_CONTACT: "secondary-contact",
    Ring.CO_PRESENT: "co-present",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """The numbers of one search.

    Attributes
    ----------
    first_day : the day that `curve` begins with; day 0 is the 24 hours from onset
    curve : (n_days,) float64, 0 to 1, how much a minute on each day counts; days outside count 0
    linger_s : how long whoever comes after a case has left still counts as having been there with them
    co_present_s : likely seconds in one venue or cell from which CO_PRESENT is proposed
    near_rows, near_seats : how far seats of a vehicle may be apart and still be near
    parcel_s : how long after a case whoever handles the same parcel is listed
    """

    first_day: int
    curve: Column
    linger_s: int = 0
    co_present_s: int = round(CO_PRESENT.value * 60)
    near_rows: int = int(NEAR_ROWS.value)
    near_seats: int = int(NEAR_SEATS.value)
    parcel_s: int = round(PARCEL_LASTS.value * 3600)


def rules_of(rulebook: Rulebook) -> Rules:
    """The rules of a rulebook's disease."""
    key = rulebook.disease.key
    lingers = _LINGERS.get(key)
    return Rules(
        first_day=_FIRST_DAY,
        curve=_gamma_curve() if key == "covid-19" else _curve_of_periods(rulebook),
        linger_s=round(lingers.value * 60) if lingers else 0,
    )


def cases_of(rulebook: Rulebook, person: Column, onset_s: Column, ends_s: Column, *, at: datetime) -> Cases:
    """Cases with the time that is searched for each.

    Parameters
    ----------
    person : (n,) int64
    onset_s : (n,) int64, onset, or first positive sample of a case without symptoms
    ends_s : (n,) int64, when each was isolated; `at` for who is not
    at : aware datetime, to choose the rules in force

    Returns
    -------
    Cases. Closeness is looked for from the look-back of the nearest ring, co-presence from that of its own ring,
    where the rulebook has one; both from the beginning of that day of the county.
    """
    keys = ring_keys(rulebook, at)
    nearest = keys[Ring.CLOSE]
    near = [_from(rulebook, nearest, onset, at) for onset in onset_s.tolist()]
    wide = [_from(rulebook, keys.get(Ring.CO_PRESENT, nearest), onset, at) for onset in onset_s.tolist()]
    return Cases(
        person=np.asarray(person, np.int64), begins_s=np.array(wide, np.int64), near_begins_s=np.array(near, np.int64),
        ends_s=np.asarray(ends_s, np.int64), onset_s=np.asarray(onset_s, np.int64),
    )  # fmt: skip


def ring_keys(rulebook: Rulebook, at: datetime) -> dict[Ring, str]:
    """The rulebook's own key of each ring it has. A rulebook that does not call one close has its first ring, the
    nearest, in that place, and none in the others: an investigator chooses among its rings."""
    there = [rule.ring for rule in rulebook.contacts if rule.in_force(at)]
    found = {ring: key for ring, key in _KEYS.items() if key in there}
    if Ring.CLOSE not in found:
        first = there[0] if there else contact_rule(rulebook, _KEYS[Ring.CLOSE], at).ring  # refuses, and says why
        found = {Ring.CLOSE: first, **found}
    return found


def _from(rulebook: Rulebook, ring: str, onset_s: int, at: datetime) -> int:
    onset_at = datetime.fromtimestamp(onset_s, rulebook.utc_offset)
    return int(lookback_begins_at(rulebook, ring, onset_at=onset_at, at=at).timestamp())


def _gamma_curve() -> Column:
    """COVID-19: infectiousness in the middle of each day, beside its highest."""
    shape, rate, shift = COVID_SHAPE.value, COVID_RATE.value, COVID_SHIFT.value
    middles = [day + 0.5 + shift for day in range(_FIRST_DAY, _LAST_DAY)]
    at_peak = shape * log(rate) - lgamma(shape) + (shape - 1) * log((shape - 1) / rate) - (shape - 1)
    logs = [shape * log(rate) - lgamma(shape) + (shape - 1) * log(x) - rate * x if x > 0 else -1e9 for x in middles]
    return np.array([exp(max(one - at_peak, -700)) for one in logs])


def _curve_of_periods(rulebook: Rulebook) -> Column:
    """1 over the usual infectious period, falling to 0 at its furthest on either side.

    A rulebook that names one of the two sides only has said that there is none on the other.
    """
    says = {period.key: (period.usual / _DAY, period.high / _DAY) for period in rulebook.periods}
    sides = ("infectious-before", "infectious-after")
    silent = dict.fromkeys(sides, (0.0, 0.0))
    if not any(side in says for side in sides):
        silent = {side: (one.value, 2 * one.value) for side, one in zip(sides, (BEFORE_D, AFTER_D), strict=True)}
    (before, earliest), (after, latest) = (says.get(side, silent[side]) for side in sides)
    middles = np.arange(_FIRST_DAY, _LAST_DAY) + 0.5
    # A period that ends at once has no slope: a hair's breadth keeps the corners apart.
    corners = [-earliest - 1e-9, -before, after, latest + 1e-9]
    curve: Column = np.interp(middles, corners, [0, 1, 1, 0], left=0, right=0)
    return curve
