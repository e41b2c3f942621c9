"""Venues: how many of each trade at a scale, where they stand, what they are called, how many doors."""

from dataclasses import dataclass

import numpy as np

from fangxian.core.divisions import Division, Divisions
from fangxian.core.drill.county.columns import Doors, Texts, Venues
from fangxian.core.drill.county.counting import Ints, between, draw, scaled, whole_shares
from fangxian.core.drill.county.plan import CountyPlan, SchoolPlan, Trade
from fangxian.core.drill.county.settling import FIRST_DEDICATED_CELL, Settlement


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One venue before it has a row: `host` is its position among the dedicated grids' hosts, or -1."""

    trade: int
    unit: int
    cell_path: int
    name: str
    address: str
    n_doors: int
    n_staff: int
    host: int


def kept_schools(plan: CountyPlan, scale_per_million: int) -> tuple[SchoolPlan, ...]:
    """Schools at a scale: at least one of each combination of stages."""
    kinds: dict[tuple[bool, ...], list[SchoolPlan]] = {}
    for school in plan.schools:
        kinds.setdefault(tuple(n > 0 for n in school.pupils), []).append(school)
    kept = [s for of_kind in kinds.values() for s in of_kind[: scaled(len(of_kind), scale_per_million)]]
    return tuple(sorted(kept, key=plan.schools.index))


def make_places(
    plan: CountyPlan,
    settlement: Settlement,
    people_in_unit: Ints,
    scale_per_million: int,
    rng: np.random.Generator,
) -> list[Place]:
    """All venues, ordered by grid cell, then trade; the order is that of the table."""
    hosts = plan.hosts[: scaled(len(plan.hosts), scale_per_million)]
    places = []
    for number, trade in enumerate(plan.trades):
        sites = _sites(plan, trade, settlement, people_in_unit, scale_per_million, rng)
        # Where a scale leaves more venues of a trade than its share, each has fewer staff.
        share = min(trade.n * scale_per_million * 1000 // (len(sites) * 1_000_000), 1000)
        for site in sites:
            host = hosts.index(site.name) if site.name in hosts else -1
            places.append(_place(plan, settlement, number, site, host, share, rng))
    return sorted(places, key=lambda p: (p.cell_path, p.trade, p.name))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Site:
    """A venue with its unit and name; staff and doors where they are given, else -1."""

    unit: int
    name: str
    n_staff: int = -1
    n_doors: int = -1


def _sites(
    plan: CountyPlan,
    trade: Trade,
    settlement: Settlement,
    people_in_unit: Ints,
    scale_per_million: int,
    rng: np.random.Generator,
) -> list[_Site]:
    in_every = _units_with_one(plan, trade, settlement)
    if in_every is not None:
        return [_Site(unit=unit, name=name) for unit, name in in_every]
    listed = _listed_sites(plan, trade, settlement, scale_per_million)
    if trade.place == "listed":
        return listed
    n = max(scaled(trade.n, scale_per_million) - len(listed), 0)
    weights = np.where(settlement.is_town, people_in_unit, 0), np.where(settlement.is_town, 0, people_in_unit)
    n_town = n * trade.town_per_mille // 1000
    units = np.concatenate([draw(rng, weights[0], n_town), draw(rng, weights[1], n - n_town)])
    names = _names(plan, trade, settlement, units, rng)
    return listed + [_Site(unit=u, name=name) for u, name in zip(units.tolist(), names, strict=True)]


def _units_with_one(plan: CountyPlan, trade: Trade, settlement: Settlement) -> list[tuple[int, str]] | None:
    """(unit, name) for a trade that has one venue in every village, town unit or township."""
    rows, word = list(enumerate(settlement.units)), trade.words[0]
    if trade.place == "village":
        return [(i, _name_with(d, word)) for i, d in rows if not settlement.is_town[i]]
    if trade.place == "town_unit":
        return [(i, _name_with(d, word)) for i, d in rows if settlement.is_town[i]]
    if trade.place == "township":
        divisions = plan.divisions
        codes = [(seat_of(divisions, plan.seat_unit_code, t.code), t) for t in divisions.townships]
        seats = ((settlement.unit_near(code), t) for code, t in codes)
        return [(seat, _name_with(t, word)) for seat, t in seats]
    return None


def _name_with(division: Division, word: str) -> str:
    """The division's name and the word; its own full name where that says the word already."""
    return division.name_zh if division.name_zh.endswith(word) else division.short_zh + word


def seat_of(divisions: Divisions, county_seat: str, township_code: str) -> str:
    """Code of the unit a township's offices stand in: the county's seat, the unit of its name, or its first."""
    if county_seat.startswith(township_code):
        return county_seat
    stem = divisions.by_code[township_code].name_zh[:-1]
    units = divisions.units_of(township_code)
    return next((u.code for u in units if u.name_zh.startswith(stem)), units[0].code)


def _listed_sites(plan: CountyPlan, trade: Trade, settlement: Settlement, scale_per_million: int) -> list[_Site]:
    schools = [s for s in kept_schools(plan, scale_per_million) if s.trade == trade.id]
    if schools:
        return [_Site(unit=settlement.unit_near(s.unit_code), name=s.name, n_staff=0) for s in schools]
    listed = [v for v in plan.listed if v.trade == trade.id]
    return [
        _Site(unit=settlement.unit_near(v.unit_code), name=v.name, n_staff=v.n_staff, n_doors=v.n_doors)
        for v in listed[: scaled(trade.n, scale_per_million)]
    ]


def _names(plan: CountyPlan, trade: Trade, settlement: Settlement, units: Ints, rng: np.random.Generator) -> Texts:
    if trade.naming == "number":
        return tuple(f"{plan.name_zh}{trade.words[0]}{i:03d}号" for i in range(1, len(units) + 1))
    if trade.naming == "unit":
        return _unit_names(trade, settlement, units)
    first, second = plan.names.shop_first, plan.names.shop_second
    pairs = rng.permutation(len(first) * len(second))
    names = []
    for i, unit in enumerate(units.tolist()):
        a, b = divmod(int(pairs[i % len(pairs)]), len(second))
        # Each time the pairs are used up the words shift, so that no name comes twice.
        word = trade.words[(i + i // len(pairs)) % len(trade.words)]
        village = "" if settlement.is_town[unit] else settlement.units[unit].short_zh
        names.append(f"{village}{first[a]}{second[b]}{word}")
    return tuple(names)


def _unit_names(trade: Trade, settlement: Settlement, units: Ints) -> Texts:
    """Named for the unit; from the second of a trade in a unit on, with a number."""
    seen: dict[int, int] = {}
    names = []
    for i, unit in enumerate(units.tolist()):
        seen[unit] = seen.get(unit, 0) + 1
        number = "" if seen[unit] == 1 else f"第{seen[unit]}"
        names.append(f"{settlement.units[unit].short_zh}{number}{trade.words[i % len(trade.words)]}")
    return tuple(names)


def _place(
    plan: CountyPlan,
    settlement: Settlement,
    number: int,
    site: _Site,
    host: int,
    staff_per_mille: int,
    rng: np.random.Generator,
) -> Place:
    trade = plan.trades[number]
    n_doors, n_staff = (int(between(rng, *pair, 1)[0]) for pair in (trade.doors, trade.staff))
    n_staff = site.n_staff if site.n_staff >= 0 else n_staff
    cells = settlement.cell_path[settlement.cell_unit == site.unit]
    cell_path = int(cells[int(between(rng, 0, len(cells) - 1, 1)[0])])
    if host >= 0:
        cell_path = int(settlement.unit_code[site.unit]) * 1000 + FIRST_DEDICATED_CELL + host
    house = int(between(rng, 1, 320, 1)[0])
    unit = settlement.units[site.unit]
    road = plan.streets[house % len(plan.streets)] if settlement.is_town[site.unit] else ""
    township = plan.divisions.by_code[unit.parent_code].name_zh
    return Place(
        trade=number,
        unit=site.unit,
        cell_path=cell_path,
        name=site.name,
        address=f"{plan.name_zh}{township}{unit.short_zh}{road}{house}号",
        n_doors=site.n_doors if site.n_doors > 0 else n_doors,
        n_staff=min(n_staff, 1) if n_staff < 2 else max(n_staff * staff_per_mille // 1000, 1),
        host=host,
    )


def venues_table(plan: CountyPlan, places: list[Place], n_staff: Ints) -> Venues:
    """The places as a table. n_staff : (n_venues,) the people who really work there."""
    trades = [plan.trades[p.trade] for p in places]
    return Venues(
        area_path=np.array([p.cell_path for p in places], dtype=np.int64),
        trade=tuple(t.id for t in trades),
        venue_class=tuple(t.venue_class for t in trades),
        name=tuple(p.name for p in places),
        address=tuple(p.address for p in places),
        n_doors=np.array([p.n_doors for p in places], dtype=np.int8),
        n_staff=n_staff.astype(np.int32),
    )


def doors_table(plan: CountyPlan, venues: Venues) -> Doors:
    """One row for each door, with the names that doors of its trade have."""
    n_doors = venues.n_doors.astype(np.int64)
    venue = np.repeat(np.arange(len(venues)), n_doors)
    number = np.arange(len(venue)) - np.repeat(np.cumsum(n_doors) - n_doors, n_doors) + 1
    names = []
    for v, k in zip(venue.tolist(), number.tolist(), strict=True):
        known = plan.own_door_names.get(venues.trade[v], plan.door_names)
        names.append(known[k - 1] if k <= len(known) else f"{k}号门")
    return Doors(venue=venue.astype(np.int32), number=number.astype(np.int8), name=tuple(names))


def scaled_shares(total: int, parts: list[int], scale_per_million: int) -> Ints:
    """`total` at a scale, split as `parts` are, at least 1 for each."""
    return whole_shares(max(scaled(total, scale_per_million), len(parts)), parts, at_least=1)
