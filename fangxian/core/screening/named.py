"""The rounds that a county has names for, from its published figures: its schools, and everybody at 52 sites.

How their people are spread is not published: sites are alike. Whoever knows better, as a scenario does that plays a
round with invented people, gives its own stands to `round_at_stands`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Final

from fangxian.core.refusal import Said

from .laboratory import Laboratory
from .rounds import Round, Site

HOURS: Final = ((8 * 60, 12 * 60), (14 * 60, 18 * 60))
PEOPLE_A_TABLE: Final = 600  # so that a table is done in a day of eight hours
POOLED, TWICE_POOLED = 10, 20
SCHOOLS_ROUND, COUNTY_ROUND = "学校核酸筛查", "全县核酸演练"  # how the names of these rounds begin on record


@dataclass(frozen=True, slots=True)
class Stand:
    """One site: who shares tubes there, who has one alone, at how many tables."""

    n_pooled: int
    n_alone: int
    n_tables: int


@dataclass(frozen=True, slots=True)
class Named:
    """A round with a name.

    Attributes
    ----------
    key : by which it is asked for
    within_h : hours in which the county did it, or wants it, from eight o'clock to the last result
    """

    key: str
    said: Said
    stands: tuple[Stand, ...]
    size: int
    within_h: float

    @property
    def n_people(self) -> int:
        return sum(it.n_pooled + it.n_alone for it in self.stands)

    def planned(self, laboratories: Sequence[Laboratory]) -> Round:
        return round_at_stands(self.stands, self.size, laboratories)


def round_at_stands(
    stands: Sequence[Stand], size: int, laboratories: Sequence[Laboratory], hours: Sequence[tuple[int, int]] = HOURS
) -> Round:
    """The round as it is played. Whoever has a tube alone is sampled at a table beside the others."""
    pooled = [Site(n_people=it.n_pooled, n_tables=it.n_tables, hours=hours) for it in stands]
    alone = [Site(n_people=it.n_alone, n_tables=1, hours=hours, size=1) for it in stands if it.n_alone]
    return Round(sites=[*pooled, *alone], laboratories=laboratories, size=size)


def named_rounds(figures: Mapping[str, float], n_residents: int) -> list[Named]:
    """The rounds of a county of these figures (county.toml); [] where it has none of them.

    Parameters
    ----------
    figures : what is published: n_teachers, n_pupils, n_school_support, n_schools, n_kindergartens, school_round_days,
        n_drill_sites
    """
    found = list[Named]()
    n_schools = int(figures.get("n_schools", 0) + figures.get("n_kindergartens", 0))
    n_pooled = int(figures.get("n_teachers", 0) + figures.get("n_pupils", 0))
    if n_schools and n_pooled:
        stands = stands_alike(n_pooled, int(figures.get("n_school_support", 0)), n_schools)
        said = Said(f"学校一轮，{POOLED} 合 1，重点人员单采", f"the schools, {POOLED}:1, key persons alone")
        found.append(Named("school-round", said, stands, POOLED, 24.0 * figures.get("school_round_days", 1.5)))
    if n_residents and (n_sites := int(figures.get("n_drill_sites", 0))):
        for size in (POOLED, TWICE_POOLED):
            said = Said(f"全县一轮，{size} 合 1", f"the county, {size}:1")
            found.append(Named(f"county-{size}", said, stands_alike(n_residents, 0, n_sites), size, 24.0))
    return found


def stands_alike(n_pooled: int, n_alone: int, n_sites: int) -> tuple[Stand, ...]:
    """Sites of equal size, with a table for every 600 people of each."""
    each = zip(_evenly(n_pooled, n_sites), _evenly(n_alone, n_sites), strict=True)
    return tuple(Stand(a, b, max(ceil((a + b) / PEOPLE_A_TABLE), 1)) for a, b in each)


def _evenly(n: int, parts: int) -> list[int]:
    return [n // parts + (k < n % parts) for k in range(parts)]


def key_of_round(name: str, size: int) -> str:
    """Which named round a round on record is, by its name and size; "" for any other."""
    if name.startswith(SCHOOLS_ROUND):
        return "school-round"
    return f"county-{size}" if name.startswith(COUNTY_ROUND) else ""
