"""An invented outbreak among invented people: who falls ill, when, and from whom. (groups, dice → `Outbreak`)

A branching process over households and school classes, of a disease that most people are immune to: each case meets
those of its groups, and infects some of the few who can be. Nothing here says anything of a real county.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from fangxian.core.parameters import Parameter

Column = npt.NDArray[Any]

SERIAL_INTERVAL = Parameter(
    value=11.7,
    unit="days",
    low=9.0,
    high=14.0,
    meaning="From one case's onset to that of whom it infected, measles, on average",
    source="Vink, Bootsma & Wallinga 2014, Am J Epidemiol 180(9): measles, pooled mean 11.7 d",
)
SERIAL_INTERVAL_SD = Parameter(
    value=2.0,
    unit="days",
    low=1.0,
    high=4.0,
    meaning="Standard deviation of that interval",
    source="the same, rounded",
)
SUSCEPTIBLE = Parameter(
    value=0.2,
    unit="fraction",
    low=0.02,
    high=0.5,
    meaning="How many of an invented school's pupils and families can fall ill with measles",
    source="a guess for a demonstration: a class with a gap in vaccination",
)
ATTACK = Parameter(
    value=0.35,
    unit="fraction",
    low=0.2,
    high=0.95,
    meaning="How many of the susceptible in one's household and class one case of measles infects",
    source="a guess for a demonstration, below the 0.9 said of households, since cases stay at home",
)
HOUSEHOLD, SCHOOL_CLASS = "household", "class"
NOBODY = -1


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Some people who meet daily, by their positions among all; `kind` is HOUSEHOLD or SCHOOL_CLASS."""

    kind: str
    members: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outbreak:
    """One row is one case, in the order of onset.

    person : (n,) int64, position among all people
    infector : (n,) int64, row of this table, NOBODY for the first
    group : (n,) int64, position of the group they met in, NOBODY for the first
    onset_d : (n,) int64, days after the first onset
    is_susceptible : (n_people,) bool, who could fall ill
    """

    person: Column
    infector: Column
    group: Column
    onset_d: Column
    is_susceptible: Column

    def __len__(self) -> int:
        return len(self.person)


def simulate_outbreak(
    groups: Sequence[Group], *, n_people: int, first: int, lasts_d: int, n_most: int, rng: np.random.Generator
) -> Outbreak:
    """An outbreak that begins with one person.

    Parameters
    ----------
    first : position of who brings it in
    lasts_d : onsets later than so many days after the first have not happened yet
    n_most : cases at most; the earliest stand
    """
    of_person: dict[int, list[int]] = {}
    for place, group in enumerate(groups):
        for member in group.members:
            of_person.setdefault(member, []).append(place)
    is_susceptible = rng.random(n_people) < SUSCEPTIBLE.value
    rows, ill = [(0, first, NOBODY, NOBODY)], {first}
    done = 0
    while done < len(rows) < n_most:
        onset, person, _, _ = rows[done]
        for place in of_person.get(person, ()):
            for other in groups[place].members:
                if other in ill or not is_susceptible[other] or rng.random() >= ATTACK.value:
                    continue
                later = onset + max(1, round(float(rng.normal(SERIAL_INTERVAL.value, SERIAL_INTERVAL_SD.value))))
                if later <= lasts_d:
                    ill.add(other)
                    rows.append((later, other, done, place))
        done += 1
    return _in_order(rows[:n_most], is_susceptible)


def _in_order(rows: list[tuple[int, int, int, int]], is_susceptible: Column) -> Outbreak:
    """By onset, those who infected before those they infected; `infector` follows its row."""
    order = sorted(range(len(rows)), key=lambda row: (rows[row][0], row))
    place = {row: new for new, row in enumerate(order)}
    columns = np.array([rows[row] for row in order], np.int64).reshape(-1, 4)
    infector = [place[row] if row != NOBODY else NOBODY for row in columns[:, 2].tolist()]
    return Outbreak(
        person=columns[:, 1],
        infector=np.array(infector, np.int64),
        group=columns[:, 3],
        onset_d=columns[:, 0],
        is_susceptible=is_susceptible,
    )
