"""A screening round as it is planned: sites with their tables, boxes on their way, laboratories.

Moments are minutes from the midnight before the round begins; nothing is drawn by lot, so that two plans differ only in
what was planned differently.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from typing import Final

from fangxian.core.parameters import Parameter

from .laboratory import Laboratory

DAY_MIN: Final = 24 * 60
AT_A_TABLE: Final = Parameter(
    value=90, unit="people per hour", low=20, high=200,
    meaning="How many people one sampling table gets through",
    source="600 to 800 people a table and day (NHC, 13 May 2022; domain.md §4.1), in a day of 8 hours",
)  # fmt: skip
BETWEEN_PICK_UPS: Final = Parameter(
    value=120, unit="minutes", low=10, high=480,
    meaning="How often the full boxes of a site are fetched", source="every 2 h, a rule of the field (domain.md §4.1)",
)  # fmt: skip
ON_THE_ROAD: Final = Parameter(
    value=40, unit="minutes", low=0, high=600,
    meaning="How long a box is on its way from a site to a laboratory",
    source="guess: a county some 40 km across, with stops",
)  # fmt: skip
PATIENCE: Final = Parameter(
    value=30, unit="minutes", low=0, high=240,
    meaning="How long the first tube of a run that is not full waits for others", source="guess",
)  # fmt: skip
REPORTED_AFTER: Final = Parameter(
    value=30, unit="minutes", low=0, high=240,
    meaning="From the end of an amplification until its results are reviewed and released", source="guess",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """A sampling site.

    Attributes
    ----------
    n_people : who is to come to it
    n_tables : at which they are sampled
    hours : when it is open, each day, minutes after midnight: (begins, ends), in their order
    size : how many share a tube here, such as 1 of key persons; None: as many as in the round
    """

    n_people: int
    n_tables: int
    hours: Sequence[tuple[int, int]] = ((8 * 60, 18 * 60),)
    size: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """A round as planned.

    Attributes
    ----------
    size : how many people share a tube
    laboratories : with how late each gets a box, minutes on the road
    at_a_table : people an hour
    """

    sites: Sequence[Site]
    laboratories: Sequence[Laboratory]
    size: int
    at_a_table: float = AT_A_TABLE.value
    between_pick_ups_min: float = BETWEEN_PICK_UPS.value
    on_the_road_min: float = ON_THE_ROAD.value
    patience_min: float = PATIENCE.value
    reported_after_min: float = REPORTED_AFTER.value

    def __post_init__(self) -> None:
        if (least := min(self.size_at(site) for site in [*self.sites, Site(n_people=0, n_tables=0)])) < 1:
            raise ValueError(f"a tube holds at least one person, not {least}")
        if any(site.n_people and (not site.n_tables or not site.hours) for site in self.sites):
            raise ValueError("a site to which people come needs tables and hours")
        if not any(laboratory.tubes_a_day for laboratory in self.laboratories):
            raise ValueError("no laboratory does any tube")

    @property
    def n_tubes(self) -> int:
        return sum(ceil(site.n_people / self.size_at(site)) for site in self.sites)

    def size_at(self, site: Site) -> int:
        """How many share a tube there."""
        return self.size if site.size is None else site.size


def evenly(n_people: int, n_sites: int, n_tables: int, size: int, laboratories: Sequence[Laboratory]) -> Round:
    """A round at sites of equal size, such as is planned before anybody knows where they are."""
    least, more = divmod(n_people, n_sites)
    sites = [Site(n_people=least + (k < more), n_tables=n_tables) for k in range(n_sites)]
    return Round(sites=sites, laboratories=laboratories, size=size)
