"""Lists of a county's people who do not exist, for measuring and testing how rows are brought together."""

from datetime import date
from functools import cache, lru_cache
from pathlib import Path

import numpy as np

from fangxian.core.divisions import read_divisions
from fangxian.core.drill.county.build import build_county
from fangxian.core.drill.county.plan import read_county_plan
from fangxian.core.drill.lists.noise import DECLARED, GRID, PUSHED
from fangxian.core.drill.lists.writing import Listed, WrittenList, WrittenRow, write_list
from fangxian.core.matching.addresses import Gazetteer
from fangxian.core.matching.rows import Row, read_row

FOLDER = Path(__file__).resolve().parents[1] / "counties" / "fushan"
WAYS = {"declared": DECLARED, "grid": GRID, "pushed": PUSHED}
ON = date(2022, 4, 8)


@cache
def divisions():
    return read_divisions((FOLDER / "divisions" / "2021.csv").read_bytes(), edition="2021")


@cache
def people(scale: float, seed: int = 7) -> tuple[Listed, ...]:
    """Everybody of the county, or of a part of its people as large."""
    plan = read_county_plan(
        county=(FOLDER / "county.toml").read_bytes(), names=(FOLDER / "names.toml").read_bytes(), divisions=divisions()
    )
    made = build_county(plan, rng=np.random.default_rng(seed), scale=scale)
    persons, addresses = made.persons, made.households.address
    homes = persons.household.tolist()
    family: dict[int, list[str]] = {}
    for home, phone in zip(homes, persons.phone, strict=True):
        if phone:
            family.setdefault(home, []).append(phone)
    found = []
    columns = (
        persons.name,
        persons.identity_number,
        persons.phone,
        homes,
        persons.born_on.tolist(),
        persons.sex.tolist(),
    )
    for name, number, phone, home, born_on, sex in zip(*columns, strict=True):
        day = date.fromordinal(born_on)
        born = (day.year, day.month, day.day)
        found.append(Listed(name, number, phone, addresses[home], born, sex, tuple(family.get(home, ()))))
    return tuple(found)


def write(roles: tuple[str, ...], *, n: int, scale: float = 1.0, seed: int = 1) -> dict[str, WrittenList]:
    """A list of `n` rows for each role, of people of whom most stand in several."""
    everybody, rng = people(scale), np.random.default_rng(seed)
    # Of those the lists are about each list has most: a list of 0.6 n people chosen from a quarter more.
    about = rng.permutation(len(everybody))[: min(len(everybody), round(n * 0.6 * 1.25))]
    return {
        role: write_list(everybody, chosen=rng.permutation(about).tolist(), n=n, ways=WAYS[role], rng=rng)
        for role in roles
    }


def read(rows: list[WrittenRow]) -> list[Row]:
    """Rows as they are compared."""
    read_address = lru_cache(maxsize=131_072)(Gazetteer({it.code: it.name_zh for it in divisions().rows}).read)
    return [
        read_row(
            name=row.name, number=row.number, phone=row.phone, address=row.address,
            born_on=date(*row.born) if row.born[2] else None, born_year=row.born[0], sex=row.sex, on=ON, demo=True,
            read_address=read_address,
        )
        for row in rows
    ]  # fmt: skip


def once_each(written: list[WrittenRow], rows: list[Row]) -> tuple[list[Row], list[int]]:
    """Each way of being written once, and of every row its place among them; a name alone is a way of its own."""
    seen: dict[object, int] = {}
    ways: list[Row] = []
    places = []
    for number, (text, row) in enumerate(zip(written, rows, strict=True)):
        key = text if row.tells_apart else (text, number)
        place = seen.setdefault(key, len(ways))
        if place == len(ways):
            ways.append(row)
        places.append(place)
    return ways, places
