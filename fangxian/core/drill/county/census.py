"""The built county beside the census: what was fitted, and what came out by itself."""

from dataclasses import dataclass
from datetime import date

import numpy as np

from fangxian.core.drill.county.columns import SyntheticCounty
from fangxian.core.drill.county.counting import Ints
from fangxian.core.drill.county.households import FEMALE, MALE
from fangxian.core.drill.county.plan import Census, CountyPlan
from fangxian.core.refusal import Said


@dataclass(frozen=True, slots=True, kw_only=True)
class CensusLine:
    """One figure of the census and of the built county.

    digits : decimal places in which the census gives it; to these the two are compared
    fitted : whether the county was made to meet it; otherwise it shows how lifelike the county is
    """

    id: str
    said: Said
    built: float
    published: float
    digits: int
    fitted: bool

    @property
    def agrees(self) -> bool:
        """Whether the two are equal as the census rounds."""
        return abs(self.built - self.published) <= 0.5 * 10**-self.digits + 1e-9


def census_report(plan: CountyPlan, county: SyntheticCounty) -> tuple[CensusLine, ...]:
    """Population, households, ages, sexes and settlement of a built county beside the census.

    A county of a smaller scale is compared in the same shares; only its number of people differs.
    """
    age = _ages(county)
    census, n_people, n_households = plan.census, len(county.persons), len(county.households)
    sex = county.persons.sex
    elders = np.bincount(county.persons.household[age >= 65], minlength=n_households)
    n_generations = np.bincount(county.households.n_generations, minlength=5)
    men, women = int((sex == MALE).sum()), int((sex == FEMALE).sum())
    one_person = int((county.households.n_members == 1).sum())
    lines = [
        _line("n_people", "常住人口", "residents", n_people, census.n_people, 0),
        _line(
            "mean_household_size",
            "户均人数",
            "mean household size",
            n_people / n_households,
            census.mean_household_size,
            2,
        ),
        _line("ages_0_14", "0—14岁占比", "aged 0–14", _share(age <= 14), census.ages_0_14_fraction, 4),
        _line("ages_65", "65岁及以上占比", "aged 65 or more", _share(age >= 65), census.ages_65_fraction, 4),
        _line("urban", "城镇人口占比", "urban residents", _share(_is_urban(plan, county)), census.urban_fraction, 4),
        _line(
            "men_per_100_women", "性别比（女=100）", "men per 100 women", 100 * men / women, census.men_per_100_women, 2
        ),
        _line(
            "one_person",
            "一人户占比",
            "one-person households",
            one_person / n_households,
            census.one_person_fraction,
            4,
        ),
    ]
    lines += [
        _line(
            f"generations_{g}",
            f"{g}代户占比",
            f"households of {g} generations",
            int(n_generations[g]) / n_households,
            census.generation_fractions[g - 1],
            4,
        )
        for g in (1, 2, 3, 4)
    ]
    lines += _age_groups(census, age)
    with_elder = float((elders > 0).sum()) / n_households
    return (
        *lines,
        _line(
            "with_elder",
            "有65岁及以上老人的户占比",
            "households with somebody of 65 or more",
            with_elder,
            census.with_elder_fraction,
            4,
            fitted=False,
        ),
    )


def _age_groups(census: Census, age: Ints) -> list[CensusLine]:
    lines = []
    for first, last, share in census.ages:
        is_open = (first, last) == census.ages[-1][:2]
        zh = f"{first}岁及以上占比" if is_open else f"{first}—{last}岁占比"
        en = f"aged {first} or more" if is_open else f"aged {first}–{last}"
        built = _share((age >= first) & (age <= last))
        lines.append(_line(f"ages_{first}_{last}", zh, en, built, share / 10_000, 4))
    return lines


def _line(id: str, zh: str, en: str, built: float, published: float, digits: int, *, fitted: bool = True) -> CensusLine:
    return CensusLine(id=id, said=Said(zh, en), built=built, published=published, digits=digits, fitted=fitted)


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
