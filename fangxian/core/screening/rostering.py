"""Who works at which site in which shift of a round: nobody twice at once, nobody whose training has run out.

A table takes one who samples and one who helps. First come those of the county's own team, then the reserves; whoever
has worked least so far comes first, so that shifts are shared.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from fangxian.core.parameters import Parameter

LABORATORY_A_SHIFT: Final = Parameter(
    value=8, unit="people", low=1, high=60,
    meaning="How many people work in the county's laboratory in one shift", source="guess: three shifts of eight",
)  # fmt: skip
TRAINING_HOLDS: Final = Parameter(
    value=365, unit="days", low=30, high=1_100,
    meaning="How long a training of sampling staff holds where a list says only when it was passed",
    source="choice: trained and examined once a year",
)  # fmt: skip
SAMPLER, HELPER, LABORATORY = "sampler", "helper", "laboratory"
JOBS: Final = (SAMPLER, HELPER, LABORATORY)
# What somebody must have passed, and not too long ago, for each.
TRAININGS: Final[Mapping[str, tuple[str, ...]]] = {
    SAMPLER: ("sampling", "protection"),
    HELPER: ("protection",),
    LABORATORY: ("laboratory", "protection"),
}


@dataclass(frozen=True, slots=True)
class Worker:
    """Somebody who can work.

    Attributes
    ----------
    rank : 0 the county's own team, 1 the reserves: the lower is asked first
    trained_until : by training, the last day on which it holds
    """

    id: Hashable
    job: str
    rank: int
    trained_until: Mapping[str, date]

    def lacks(self, job: str, on: date) -> list[str]:
        """What of the trainings of a job this person has not, or not any more, on a day."""
        return [it for it in TRAININGS[job] if it not in self.trained_until or self.trained_until[it] < on]


@dataclass(frozen=True, slots=True)
class Want:
    """So many people for a job at one site (None: the laboratory) in one shift."""

    shift: Hashable
    site: Hashable | None
    job: str
    begins_at: datetime
    ends_at: datetime
    n: int


def wants_of(
    shifts: Iterable[tuple[Hashable, datetime, datetime]], tables: Mapping[Hashable, int]
) -> list[Want]:  # fmt: skip
    """What a round's shifts want: for each table of a site one who samples and one who helps, and the laboratory.

    Parameters
    ----------
    tables : of each site that stands
    """
    found = list[Want]()
    for shift, begins, ends in shifts:
        for site, n in tables.items():
            found += [Want(shift, site, job, begins, ends, n) for job in (SAMPLER, HELPER)]
        found.append(Want(shift, None, LABORATORY, begins, ends, int(LABORATORY_A_SHIFT.value)))
    return found


@dataclass(frozen=True, slots=True)
class Set:
    """One person set to one place."""

    worker: Hashable
    shift: Hashable
    site: Hashable | None
    job: str


def overlap(begins: datetime, ends: datetime, spell: tuple[datetime, datetime]) -> bool:
    """Whether two times have a moment in common."""
    return begins < spell[1] and spell[0] < ends


def set_workers(
    wants: Iterable[Want], workers: Sequence[Worker], busy: Mapping[Hashable, Sequence[tuple[datetime, datetime]]]
) -> list[Set]:
    """Fill what is wanted as far as there are people, shift by shift.

    Parameters
    ----------
    busy : by worker, when they are somewhere already
    """
    taken: dict[Hashable, list[tuple[datetime, datetime]]] = defaultdict(list)
    for who, spells in busy.items():
        taken[who] = list(spells)
    found = list[Set]()
    for want in sorted(wants, key=lambda it: (it.begins_at, JOBS.index(it.job))):
        free = [it for it in workers if it.job == want.job and _may(it, want, taken[it.id])]
        free.sort(key=lambda it: (it.rank, len(taken[it.id])))
        for worker in free[: want.n]:
            taken[worker.id].append((want.begins_at, want.ends_at))
            found.append(Set(worker.id, want.shift, want.site, want.job))
    return found


def _may(worker: Worker, want: Want, spells: Iterable[tuple[datetime, datetime]]) -> bool:
    is_free = not any(overlap(want.begins_at, want.ends_at, spell) for spell in spells)
    return is_free and not worker.lacks(want.job, want.ends_at.date())
