"""What a laboratory gets through in a day, and what holds it up: machines, their runs, hours and hands.

    tubes a day = min(extraction, amplification, hands)        (domain.md §4.3)

A plain bound, as if tubes were always there: no round that is played may end earlier.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from math import ceil, floor
from typing import Final

DAY_MIN: Final = 24 * 60
USUAL_RUN_MIN: Final = 90


@dataclass(frozen=True, slots=True, kw_only=True)
class Machines:
    """Machines of one kind that do the same.

    Attributes
    ----------
    n : how many
    wells : of one of them
    controls : wells of a run that hold no tube of anybody
    run_min : from the beginning of a run to that of the next, minutes
    """

    n: int
    wells: int
    controls: int = 2
    run_min: int

    def tubes_a_day(self, open_min: int) -> int:
        return self.n * (self.wells - self.controls) * floor(open_min / self.run_min)


@dataclass(frozen=True, slots=True, kw_only=True)
class Laboratory:
    """A laboratory.

    Attributes
    ----------
    open_min : minutes a day in which runs are begun and ended
    hands_a_day : tubes a day that its people can open, pipette and report; None where they hold nothing up
    further_min : how much longer a box is on the road to it than to the county's own, minutes
    """

    name: str
    extractors: Sequence[Machines]
    amplifiers: Sequence[Machines]
    open_min: int = DAY_MIN
    hands_a_day: int | None = None
    further_min: float = 0.0

    def steps(self) -> dict[str, int]:
        """Tubes a day by what does them."""
        steps = {
            "extraction": sum(it.tubes_a_day(self.open_min) for it in self.extractors),
            "amplification": sum(it.tubes_a_day(self.open_min) for it in self.amplifiers),
        }
        return steps if self.hands_a_day is None else {**steps, "hands": self.hands_a_day}

    @property
    def tubes_a_day(self) -> int:
        return min(self.steps().values())

    @property
    def held_up_by(self) -> str:
        """The step that does least, the first of several."""
        steps = self.steps()
        return min(steps, key=steps.__getitem__)


def fushan(*, open_min: int = DAY_MIN) -> Laboratory:
    """Fushan's own of April 2022: one extractor of 96, amplifiers of 32 and 96, two each; more than 1,500 tubes a day.

    Of two readings of its machines (domain.md §4.3) the one in which extraction holds all up.
    """
    return Laboratory(
        name="浮山县人民医院",
        extractors=(Machines(n=1, wells=96, run_min=90),),
        amplifiers=(Machines(n=2, wells=32, run_min=110), Machines(n=2, wells=96, run_min=110)),
        open_min=open_min,
    )


def with_machines(it: Laboratory) -> Laboratory:
    """One of which only is known what it takes a day has as many machines of 96 wells as that needs."""
    if it.extractors or it.amplifiers or not it.hands_a_day:
        return replace(it, extractors=tuple(it.extractors), amplifiers=tuple(it.amplifiers))
    usual = Machines(n=1, wells=96, run_min=USUAL_RUN_MIN)
    machines = (replace(usual, n=ceil(it.hands_a_day / usual.tubes_a_day(it.open_min))),)
    return replace(it, extractors=machines, amplifiers=machines)


def tubes_for(n_people: int, size: int) -> int:
    """How many tubes so many people fill, the last of them perhaps not to its brim."""
    return ceil(n_people / size)


def least_days(n_tubes: int, laboratories: Iterable[Laboratory]) -> float:
    """In how many days so many tubes are through at the earliest, from the first to the last.

    Raises
    ------
    ValueError
        No laboratory does any.
    """
    a_day = sum(it.tubes_a_day for it in laboratories)
    if not a_day:
        raise ValueError("no laboratory does any tube: give one with extractors and amplifiers")
    return n_tubes / a_day


def outside() -> tuple[Laboratory, Laboratory]:
    """Two laboratories a county may ask, until it enters its own: its city's, and a mobile one of 10,000 tubes a day.

    The mobile one is as 泉港's was, eight amplifiers (domain.md §4.3); of the city's nothing is known: a guess.
    """
    city = Laboratory(
        name="市级实验室",
        extractors=(Machines(n=4, wells=96, run_min=90),),
        amplifiers=(Machines(n=6, wells=96, run_min=110),),
        further_min=90,
    )
    mobile = Laboratory(
        name="方舱实验室",
        extractors=(Machines(n=8, wells=96, run_min=90),),
        amplifiers=(Machines(n=8, wells=96, run_min=108),),
        hands_a_day=10_000,
        further_min=30,
    )
    return city, mobile
