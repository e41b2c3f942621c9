"""Names, identity numbers, phones and addresses of people who do not exist."""

from datetime import date

import numpy as np

from fangxian.core.drill.county.columns import RELATIONS, Texts
from fangxian.core.drill.county.counting import Ints, between, draw
from fangxian.core.drill.county.households import MALE
from fangxian.core.drill.county.plan import CountyPlan, Names
from fangxian.core.drill.county.settling import Settlement
from fangxian.core.identity import CHECK_CHARACTERS, CHECK_WEIGHTS, SYNTHETIC_PHONE_PREFIX
from fangxian.core.refusal import Refusal

TWO_CHARACTERS_PER_MILLE = 780
PHONE_NUMBERS = 100_000_000
NUMBERS_PER_DAY = 500  # sequence numbers a birth date has for either sex
LINE_OF_DESCENT = tuple(RELATIONS.index(r) for r in ("child", "grandchild"))


def people_names(
    names: Names, household: Ints, relation: Ints, sex: Ints, born_on: Ints, rng: np.random.Generator
) -> Texts:
    """A name for every person: men and descendants of a household share a surname, wives keep theirs."""
    n = len(household)
    family = draw(rng, names.surname_weights, int(household.max()) + 1)[household]
    own = draw(rng, names.surname_weights, n)
    in_line = (sex == MALE) | np.isin(relation, LINE_OF_DESCENT)
    surname = np.where(in_line, family, own)
    before = np.array([date(year, 1, 1).toordinal() for year, _, _ in names.given[:-1]])
    taste = np.searchsorted(before, born_on, side="right")
    first, second = between(rng, 0, 2**31 - 1, n), between(rng, 0, 2**31 - 1, n)
    has_two = between(rng, 0, 999, n) < TWO_CHARACTERS_PER_MILLE
    columns = (surname, taste, sex, first, second, has_two)
    return tuple(_name(names, *row) for row in zip(*(c.tolist() for c in columns), strict=True))


def _name(names: Names, surname: int, taste: int, sex: int, first: int, second: int, has_two: bool) -> str:
    _, of_men, of_women = names.given[taste]
    characters = of_men if sex == MALE else of_women
    given = characters[first % len(characters)]
    if has_two:
        given += characters[second % len(characters)]
    return names.surnames[surname] + given


def identity_numbers(prefix: str, born_on: Ints, sex: Ints, rng: np.random.Generator) -> Texts:
    """A resident's identity number for every person, unique, with the right check character.

    Raises
    ------
    Refusal
        `county.too_many_born_on_a_day`: more people of one sex born on one day than there are numbers.
    """
    group = born_on * 2 + (sex == MALE)
    order = np.argsort(group, kind="stable")
    starts = np.flatnonzero(np.diff(group[order], prepend=group[order[0]] - 1))
    sizes = np.diff(starts, append=len(order))
    if sizes.max() > NUMBERS_PER_DAY:
        raise Refusal(
            "county.too_many_born_on_a_day",
            zh="同一天出生的同性别人员有{n}人，证件号顺序码只够{limit}人。请缩小比例，或再声明一个前缀。",
            en="{n} people of one sex share a birthday; sequence numbers reach for {limit}. "
            "Choose a smaller scale or declare another prefix.",
            n=int(sizes.max()),
            limit=NUMBERS_PER_DAY,
        )
    within = np.empty(len(order), dtype=np.int64)
    within[order] = np.arange(len(order)) - np.repeat(starts, sizes)
    shift = np.empty(len(order), dtype=np.int64)
    shift[order] = np.repeat(between(rng, 0, NUMBERS_PER_DAY - 1, len(starts)), sizes)
    sequence = 2 * ((within + shift) % NUMBERS_PER_DAY) + (sex == MALE)
    return _numbers_of(prefix, born_on, sequence)


def _numbers_of(prefix: str, born_on: Ints, sequence: Ints) -> Texts:
    days, day_of = np.unique(born_on, return_inverse=True)
    calendar = np.array([int(date.fromordinal(day).strftime("%Y%m%d")) for day in days.tolist()])
    bodies = (int(prefix) * 10**8 + calendar[day_of]) * 1000 + sequence
    total = np.zeros(len(bodies), dtype=np.int64)
    for position, weight in enumerate(CHECK_WEIGHTS):
        total += bodies // 10 ** (16 - position) % 10 * weight
    checks = (total % 11).tolist()
    return tuple(f"{b:017d}{CHECK_CHARACTERS[c]}" for b, c in zip(bodies.tolist(), checks, strict=True))


def phone_numbers(plan: CountyPlan, born_on: Ints, rng: np.random.Generator) -> Texts:
    """A phone for those who have one, unique, under a prefix no operator was ever given; else ""."""
    years = (plan.reference_on.toordinal() - born_on) // 365
    per_mille = np.zeros(len(born_on), dtype=np.int64)
    for first, last, level in plan.phone_owners_per_mille:
        per_mille[(years >= first) & (years <= last)] = level
    owns = between(rng, 0, 999, len(born_on)) < per_mille
    # A step without a common factor with the count of numbers visits each number once.
    start, step = int(between(rng, 0, PHONE_NUMBERS - 1, 1)[0]), 61_803_399
    numbers = (start + np.arange(len(born_on)) * step) % PHONE_NUMBERS
    return tuple(
        f"{SYNTHETIC_PHONE_PREFIX}{number:08d}" if owner else ""
        for number, owner in zip(numbers.tolist(), owns.tolist(), strict=True)
    )


def addresses(plan: CountyPlan, settlement: Settlement, cell: Ints) -> Texts:
    """An address for every household, unique in its unit: a flat in the town, a house in a village.

    cell : (n_households,) int64, rows of `settlement.cell_path`, ascending
    """
    unit = settlement.cell_unit[cell]
    first_of_unit = np.searchsorted(unit, np.arange(len(settlement.units)))
    number = np.arange(len(cell)) - first_of_unit[unit]
    heads = [_head(plan, d.parent_code) + d.short_zh for d in settlement.units]
    town = settlement.is_town.tolist()
    return tuple(
        heads[u] + (_flat(plan, u, n) if town[u] else _house(n))
        for u, n in zip(unit.tolist(), number.tolist(), strict=True)
    )


def _head(plan: CountyPlan, township_code: str) -> str:
    return plan.name_zh + plan.divisions.by_code[township_code].name_zh


def _flat(plan: CountyPlan, unit: int, n: int) -> str:
    """Flat `n` of a unit: three entrances of six floors with two flats make a building."""
    places = (*plan.streets, *plan.compounds)
    building, flat = divmod(n, 36)
    entrance, door = divmod(flat, 12)
    street = places[(unit + building) % len(places)]
    return f"{street}{building + 1}号楼{entrance + 1}单元{door // 2 + 1}0{door % 2 + 1}室"


def _house(n: int) -> str:
    """House `n` of a village: fifty to a group."""
    return f"第{n // 50 + 1}组{n % 50 + 1}号"
