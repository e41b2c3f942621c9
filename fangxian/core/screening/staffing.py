"""How many sites, samplers and tables a round needs by the guideline, and for how many rounds the stores last."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil
from typing import Final

from fangxian.core.parameters import Parameter

from .sites import MOST_AT_A_SITE

LEAST_AT_A_SITE: Final = Parameter(
    value=2_000, unit="people", low=100, high=10_000,
    meaning="How many people one sampling site is for at least", source="the same guideline (domain.md §4.1)",
)  # fmt: skip
A_SAMPLER: Final = Parameter(
    value=360, unit="people", low=50, high=2_000,
    meaning="How many people there are to one sampler: population / 360",
    source="national guideline on regional screening, 3rd edition, 22 March 2022 (domain.md §4.1)",
)  # fmt: skip
A_TABLE: Final = Parameter(
    value=700, unit="people", low=100, high=2_000,
    meaning="How many people there are to one sampling table",
    source="600 to 800 (press conference, 13 May 2022; domain.md §4.1)",
)  # fmt: skip
SUITS_A_SAMPLER: Final = Parameter(
    value=2, unit="suits", low=1, high=6,
    meaning="Suits that a sampler and the helper wear out in a round", source="guess: one each (domain.md §7)",
)  # fmt: skip
SUITS_A_SHIFT: Final = Parameter(
    value=1, unit="suits", low=1, high=4,
    meaning="Suits that one person wears out in a shift", source="guess: one each (domain.md §7)",
)  # fmt: skip
SUITS_OF_LABORATORY: Final = Parameter(
    value=24, unit="suits a day", low=0, high=200,
    meaning="Suits that a laboratory wears out in a day", source="guess: three shifts of eight",
)  # fmt: skip
SPARE: Final = Parameter(
    value=0.05, unit="fraction", low=0, high=0.5,
    meaning="How much more of each kit is reserved than is counted on: leaks, controls, repeats", source="guess",
)  # fmt: skip
KITS: Final = ("tubes", "swabs", "extraction_kits", "amplification_kits", "suits")


@dataclass(frozen=True, slots=True)
class Staffing:
    """What a round needs by the guideline.

    Attributes
    ----------
    least_sites, most_sites : at 3,000 and at 2,000 people each
    people_a_site : of the sites that there are
    samplers_short : how many must be called up beside those on the team
    """

    least_sites: int
    most_sites: int
    people_a_site: int
    samplers: int
    samplers_short: int
    tables: int
    tables_a_site: int

    @property
    def sites_asked(self) -> str:
        """How many sites the guideline asks for: from … to, or the one number."""
        least, most = sorted((self.least_sites, self.most_sites))
        return f"{least:,}" if least == most else f"{least:,}–{most:,}"

    @property
    def is_within(self) -> bool:
        """Whether a site has 2,000 to 3,000 people: with fewer the county has more sites than it must."""
        return LEAST_AT_A_SITE.value <= self.people_a_site <= MOST_AT_A_SITE.value


def staffing(n_people: int, n_sites: int, *, n_samplers: int = 0) -> Staffing:
    """What so many people at so many sites need.

    Parameters
    ----------
    n_samplers : on the team
    """
    if n_people < 1 or n_sites < 1:
        raise ValueError(f"a round has people and sites, not {n_people} and {n_sites}")
    samplers, tables = ceil(n_people / A_SAMPLER.value), ceil(n_people / A_TABLE.value)
    return Staffing(
        least_sites=ceil(n_people / MOST_AT_A_SITE.value),
        most_sites=max(int(n_people // LEAST_AT_A_SITE.value), 1),
        people_a_site=ceil(n_people / n_sites),
        samplers=samplers,
        samplers_short=max(samplers - n_samplers, 0),
        tables=tables,
        tables_a_site=ceil(tables / n_sites),
    )


def kits_of(
    n_people: int, n_tubes: int, *, n_samplers: int, lab_days: float = 1.0, controls_fraction: float = 2 / 94
) -> dict[str, int]:
    """What a round reserves of each kit, spares with it.

    Parameters
    ----------
    controls_fraction : wells of controls to one of a tube; they take an extraction and an amplification too
    """
    spare, tests = 1 + SPARE.value, n_tubes * (1 + controls_fraction)
    suits = n_samplers * SUITS_A_SAMPLER.value + ceil(lab_days) * SUITS_OF_LABORATORY.value
    needs = (n_tubes * spare, n_people * spare, tests * spare, tests * spare, suits * spare)
    return dict(zip(KITS, (ceil(round(need, 6)) for need in needs), strict=True))


def kits_used(
    *,
    n_tubes: int,
    n_swabs: int,
    n_extracted: int,
    n_amplified: int,
    n_shifts_stood: int,
    n_days_at_tables: int,
    n_laboratory_days: int,
) -> dict[str, int]:
    """What a round has used of each kit, by what happened in it.

    Parameters
    ----------
    n_extracted, n_amplified : wells that were run, controls with them
    n_shifts_stood : people in shifts that began
    n_days_at_tables, n_laboratory_days : tables (each with its helper) and laboratories, day by day, on days on which
        nobody stood there in a shift
    """
    suits = n_shifts_stood * SUITS_A_SHIFT.value + n_days_at_tables * SUITS_A_SAMPLER.value
    suits += n_laboratory_days * SUITS_OF_LABORATORY.value
    used = (n_tubes, n_swabs, n_extracted, n_amplified, ceil(suits))
    return dict(zip(KITS, used, strict=True))


@dataclass(frozen=True, slots=True)
class Covered:
    """For how many rounds the stores last.

    Attributes
    ----------
    rounds : by kit, whole and part; infinite of what a round does not take
    scarcest : the kit that runs out first
    missing : by kit, what one round lacks
    """

    rounds: Mapping[str, float]
    scarcest: str
    missing: Mapping[str, int]

    @property
    def n_rounds(self) -> float:
        return self.rounds[self.scarcest]


def covered(stores: Mapping[str, int], needed: Mapping[str, int]) -> Covered:
    """As many as the scarcest kit: fifty thousand tubes without a swab are no round.

    Parameters
    ----------
    stores : by kit; what is not named is not there
    """
    if not needed:
        raise ValueError("a round that takes nothing is covered for ever: say what it takes")
    rounds = {kit: stores.get(kit, 0) / n if n else float("inf") for kit, n in needed.items()}
    missing = {kit: n - stores.get(kit, 0) for kit, n in needed.items() if stores.get(kit, 0) < n}
    return Covered(rounds, min(rounds, key=rounds.__getitem__), missing)
