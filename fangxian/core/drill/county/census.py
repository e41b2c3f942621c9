"""The built county beside the census: what was fitted, and what came out by itself."""

from dataclasses import dataclass
from datetime import date

import numpy as np

from fangxian.core.drill.county.columns import Ints, SyntheticCounty
from fangxian.core.drill.county.counting import scaled
from fangxian.core.drill.county.households import FEMALE, MALE
from fangxian.core.drill.county.plan import Census, CountyPlan
from fangxian.core.refusal import Said


@dataclass(frozen=True, slots=True, kw_only=True)
class CensusLine:
    """One figure of the census and of the built county.

    digits : decimal places in which the census gives it
    grain : what one person or household makes of the figure; two figures within it cannot be nearer
    fitted : whether the county was made to meet it; otherwise it shows how lifelike the county is
    """

    id: str
    said: Said
    built: float
    published: float
    digits: int
    grain: float
    fitted: bool

    @property
    def agrees(self) -> bool:
        """Whether the two are equal as the census rounds, or as near as whole people allow."""
        return abs(self.built - self.published) <= max(0.5 * 10.0**-self.digits, self.grain) + 1e-9


def census_report(plan: CountyPlan, county: SyntheticCounty) -> tuple[CensusLine, ...]:
    """Population, households, ages, sexes and settlement of a built county beside the census.

    A county of a smaller scale is compared in the same shares, its population at its scale.
    """
    age = _ages(county)
    return (*_people_lines(plan, county, age), *_household_lines(plan.census, county, age), *_age_lines(plan, age))


def _people_lines(plan: CountyPlan, county: SyntheticCounty, age: Ints) -> list[CensusLine]:
    census, n, sex = plan.census, len(county.persons), county.persons.sex
    men, women = int((sex == MALE).sum()), int((sex == FEMALE).sum())
    published = scaled(census.n_people, county.scale_per_million)
    ratio = census.men_per_100_women

    def line(id: str, zh: str, en: str, mask: Ints, share: float) -> CensusLine:
        return CensusLine(
            id=id, said=Said(zh, en), built=_share(mask), published=share, digits=4, grain=1 / n, fitted=True
        )

    return [
        CensusLine(
            id="n_people",
            said=Said("常住人口", "residents"),
            built=n,
            published=published,
            digits=0,
            grain=0,
            fitted=True,
        ),
        CensusLine(
            id="men_per_100_women",
            said=Said("性别比（女=100）", "men per 100 women"),
            built=100 * men / women,
            published=ratio,
            digits=2,
            grain=400 / n,
            fitted=True,
        ),
        line("urban", "城镇人口占比", "urban residents", _is_urban(plan, county), census.urban_fraction),
        line("ages_0_14", "0—14岁占比", "aged 0–14", age <= 14, census.ages_0_14_fraction),
        line("ages_65", "65岁及以上占比", "aged 65 or more", age >= 65, census.ages_65_fraction),
    ]


def _household_lines(census: Census, county: SyntheticCounty, age: Ints) -> list[CensusLine]:
    n = len(county.households)
    elders = np.bincount(county.persons.household[age >= 65], minlength=n)
    generations = county.households.n_generations

    def line(id: str, zh: str, en: str, built: float, published: float, *, fitted: bool = True) -> CensusLine:
        digits = 2 if id == "mean_household_size" else 4
        return CensusLine(
            id=id, said=Said(zh, en), built=built, published=published, digits=digits, grain=1 / n, fitted=fitted
        )

    mean, one = len(county.persons) / n, _share(county.households.n_members == 1)
    return [
        line("mean_household_size", "户均人数", "mean household size", mean, census.mean_household_size),
        line("one_person", "一人户占比", "one-person households", one, census.one_person_fraction),
        *(
            line(f"generations_{g}", f"{g}代户占比", f"households of {g} generations", _share(generations == g), share)
            for g, share in enumerate(census.generation_fractions, start=1)
        ),
        line(
            "with_elder",
            "有65岁及以上老人的户占比",
            "households with somebody of 65 or more",
            _share(elders > 0),
            census.with_elder_fraction,
            fitted=False,
        ),
    ]


def _age_lines(plan: CountyPlan, age: Ints) -> list[CensusLine]:
    lines = []
    last_group = plan.census.ages[-1]
    for first, last, share in plan.census.ages:
        is_open = first == last_group[0]
        zh = f"{first}岁及以上占比" if is_open else f"{first}—{last}岁占比"
        en = f"aged {first} or more" if is_open else f"aged {first}–{last}"
        lines.append(
            CensusLine(
                id=f"ages_{first}_{last}",
                said=Said(zh, en),
                built=_share((age >= first) & (age <= last)),
                published=share / 10_000,
                digits=4,
                grain=1 / len(age),
                fitted=True,
            )
        )
    return lines


def _share(mask: Ints) -> float:
    return float(mask.sum()) / len(mask)


def _is_urban(plan: CountyPlan, county: SyntheticCounty) -> Ints:
    urban = [int(code) for code in (*plan.town_unit_codes, *plan.urban_village_codes)]
    return np.isin(county.persons.area_path // 1000, urban)


def _ages(county: SyntheticCounty) -> Ints:
    """Whole years of age of every resident on the reference day, by the calendar."""
    on = date.fromordinal(county.reference_on)
    days, day_of = np.unique(county.persons.born_on, return_inverse=True)
    born = [date.fromordinal(day) for day in days.tolist()]
    ages = [on.year - b.year - ((on.month, on.day) < (b.month, b.day)) for b in born]
    return np.array(ages, dtype=np.int64)[day_of]
