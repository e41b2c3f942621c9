"""Where families live: which units are kept at a scale, which grid cells they have, who lives in each."""

from dataclasses import dataclass

import numpy as np

from fangxian.core.divisions import Division
from fangxian.core.drill.county.columns import GRID_KINDS
from fangxian.core.drill.county.counting import Ints, between, scaled, whole_shares
from fangxian.core.drill.county.households import Families
from fangxian.core.drill.county.plan import CountyPlan

RURAL, COMMUNITY, DEDICATED = (GRID_KINDS.index(kind) for kind in ("rural", "community", "dedicated"))
FIRST_DEDICATED_CELL = 901
VILLAGE_WEIGHTS = (400, 1400)  # least and most people of a village, in proportion


@dataclass(frozen=True, slots=True, kw_only=True)
class Settlement:
    """The units and grid cells of a county at a scale. Units and cells ordered by code.

    unit_code : (n_units,) int64, 12 digits
    is_town, is_urban : (n_units,) bool
    cell_path : (n_cells,) int64, 15 digits; cells with households only
    cell_unit : (n_cells,) int64, row of the unit
    cell_kind : (n_cells,) int64, position in GRID_KINDS
    """

    units: tuple[Division, ...]
    unit_code: Ints
    is_town: Ints
    is_urban: Ints
    cell_path: Ints
    cell_unit: Ints
    cell_kind: Ints

    def unit_near(self, code: str) -> int:
        """Row of the unit with this code, or of one of the same township where it is not kept."""
        codes = [unit.code for unit in self.units]
        if code in codes:
            return codes.index(code)
        is_same = [c.startswith(code[:9]) for c in codes]
        return is_same.index(True)


def kept_units(plan: CountyPlan, scale_per_million: int) -> tuple[Division, ...]:
    """The units inhabited at a scale: at least one of the town and one village of each township.

    A small county is a part of the whole one, with as many people to a grid cell.
    """
    town = set(plan.town_unit_codes)
    urban = set(plan.urban_village_codes)
    kept = list(plan.town_unit_codes[: scaled(len(town), scale_per_million)])
    for township in plan.divisions.townships:
        villages = [d.code for d in plan.divisions.units_of(township.code) if d.code not in town]
        # Seats and other urban villages stay longest, so that the urban share can be met.
        villages.sort(key=lambda code: (code not in urban, code))
        kept += villages[: scaled(len(villages), scale_per_million)]
    return tuple(plan.divisions.by_code[code] for code in sorted(kept))


def settle(
    plan: CountyPlan, families: Families, scale_per_million: int, rng: np.random.Generator
) -> tuple[Settlement, Ints]:
    """The settlement, and for each household the row of its grid cell."""
    units = kept_units(plan, scale_per_million)
    codes = [unit.code for unit in units]
    is_town = np.array([code in plan.town_unit_codes for code in codes])
    is_urban = is_town | np.array([code in plan.urban_village_codes for code in codes])
    sizes = np.bincount(families.household)
    unit_of = _unit_of_household(plan, families, sizes, is_town, is_urban, rng)
    n_households = np.bincount(unit_of, minlength=len(units))
    cells = _cells_per_unit(plan, is_town, n_households, scale_per_million)
    numbers = np.concatenate([np.arange(1, n + 1) for n in cells])
    cell_unit = np.repeat(np.arange(len(units)), cells)
    unit_code = np.array([int(code) for code in codes], dtype=np.int64)
    settlement = Settlement(
        units=units,
        unit_code=unit_code,
        is_town=is_town,
        is_urban=is_urban,
        cell_path=unit_code[cell_unit] * 1000 + numbers,
        cell_unit=cell_unit,
        cell_kind=np.where(is_town[cell_unit], COMMUNITY, RURAL),
    )
    return settlement, _cell_of_household(unit_of, cells, rng)


def _unit_of_household(
    plan: CountyPlan, families: Families, sizes: Ints, is_town: Ints, is_urban: Ints, rng: np.random.Generator
) -> Ints:
    """A unit for each household: urban people as the census counts them, most of them in the town."""
    n_people = int(sizes.sum())
    order = np.argsort(_countryness(plan, families, rng), kind="stable")
    n_urban = round(n_people * plan.census.urban_fraction)
    has_urban_villages = bool((is_urban & ~is_town).any())
    n_town = n_urban * plan.town_per_mille_of_urban // 1000 if has_urban_villages else n_urban
    # Households fill up the town, then the urban villages, then the rest.
    filled = np.cumsum(sizes[order])
    ends = [int(np.abs(filled - n).argmin()) + 1 for n in (n_town, n_urban)]
    unit_of = np.empty(len(sizes), dtype=np.int64)
    parts = (order[: ends[0]], order[ends[0] : ends[1]], order[ends[1] :])
    places = (is_town, is_urban & ~is_town, ~is_urban)
    if not places[2].any():
        raise ValueError("no rural unit is kept")
    weights = _unit_weights(plan, is_town, rng)
    for part, place in zip(parts, places, strict=True):
        rows = np.flatnonzero(place)
        if len(rows):
            shares = whole_shares(len(part), weights[rows], at_least=1)
            unit_of[rng.permutation(part)] = np.repeat(rows, shares)
    return unit_of


def _countryness(plan: CountyPlan, families: Families, rng: np.random.Generator) -> Ints:
    """A number for each household, lower for those likelier to live in town: by chance, and the young."""
    first = np.flatnonzero(np.diff(families.household, prepend=-1))
    eldest: Ints = np.minimum.reduceat(families.born_on, first)
    years: Ints = (plan.reference_on.toordinal() - eldest) // 365
    likelier: Ints = between(rng, 0, 999, len(first)) + 10 * np.maximum(years - 40, 0)
    return likelier


def _unit_weights(plan: CountyPlan, is_town: Ints, rng: np.random.Generator) -> Ints:
    """How people spread over units of one sort."""
    weights = between(rng, *VILLAGE_WEIGHTS, len(is_town))
    weights[is_town] = between(rng, 900, 1100, int(is_town.sum()))
    return weights


def _cells_per_unit(plan: CountyPlan, is_town: Ints, n_households: Ints, scale_per_million: int) -> Ints:
    """Grid cells of each unit: at least one; the largest villages have a second."""
    cells = np.ones(len(is_town), dtype=np.int64)
    for mask, figure in ((is_town, "n_grids_community"), (~is_town, "n_grids_rural")):
        rows = np.flatnonzero(mask)
        total = max(scaled(plan.figure(figure), scale_per_million), len(rows))
        for _ in range(total - len(rows)):
            # The unit with the most households to a cell is the next to be divided.
            load = n_households[rows] * 1_000_000 // cells[rows]
            cells[rows[int(np.argmax(load))]] += 1
    return cells


def _cell_of_household(unit_of: Ints, cells: Ints, rng: np.random.Generator) -> Ints:
    """The row of each household's cell; a unit's households spread evenly over its cells."""
    first_cell = np.cumsum(cells) - cells
    cell_of = np.empty(len(unit_of), dtype=np.int64)
    for unit, n in enumerate(cells.tolist()):
        mine = rng.permutation(np.flatnonzero(unit_of == unit))
        cell_of[mine] = first_cell[unit] + np.arange(len(mine)) % n
    return cell_of
