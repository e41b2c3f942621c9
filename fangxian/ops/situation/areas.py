"""What stands in each area: people, households, grid cells, venues; and what a census would say of the people."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.db.models import Count, Q, QuerySet

from fangxian.core.refusal import Refusal, Said
from fangxian.ops.accounts.models import Account
from fangxian.ops.accounts.scope import require, within_scope
from fangxian.ops.people.models import Household, Person
from fangxian.ops.places.models import Division, GridCell, Venue
from fangxian.ops.places.outlines import Version, outline_of, version_now
from fangxian.ops.places.queries import children_of, path_down_to
from fangxian.ops.realm.areas import COUNTY_DIGITS, GRID_DIGITS, VILLAGE_DIGITS, below

from .ages import CHILDREN_UNDER, ELDERS_FROM, latest_birthday


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """How many of what stand in an area; sums of cells."""

    n_persons: int = 0
    n_men: int = 0
    n_children: int = 0
    n_elders: int = 0
    n_households: int = 0
    n_grid_cells: int = 0
    n_venues: int = 0

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(**{name: getattr(self, name) + getattr(other, name) for name in self.__slots__})


@dataclass(frozen=True, slots=True, kw_only=True)
class Area:
    """One division or grid cell, with what the reader may see in it.

    kind : of Division or GridCell
    shape : [[x, y], …] in a plane of 0..1000; empty when nobody has drawn it
    more : further rings of an area of several pieces, or with holes
    """

    area_path: str
    kind: str
    name: Said
    shape: list
    tally: Tally
    more: Sequence = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaSituation:
    """An area, the areas in it, those beside it (for the map; not counted), the way down, and the time.

    trail : the county, township, unit … that lead here, the area itself last; not counted
    cells : of every grid cell path in the area, what stands in it
    is_own : whether it is drawn by the county's own outlines, not by the schematic map's
    at : county time of the counts
    """

    area: Area
    parts: list[Area]
    beside: list[Area]
    trail: list[Area]
    cells: Mapping[str, Tally]
    at: datetime
    is_own: bool = False


def area_situation(area_path: str, account: Account, *, at: datetime) -> AreaSituation:
    """The area and its parts: townships of a county, units of a township, grid cells of a unit.

    A fixed number of queries, whatever the area's size.

    Refuses
    -------
    places.area.not_found, accounts.not_yours
    """
    trail = path_down_to(area_path)
    if not trail or trail[-1].area_path != area_path:
        raise no_such_area(area_path)
    require(account, "area.view", area_path)
    cells = tallies_by_cell(area_path, account, on=at.date())
    parts = children_of(area_path) if len(area_path) < GRID_DIGITS else []
    found = AreaSituation(
        area=_area(trail[-1], sum(cells.values(), Tally())),
        parts=[_area(part, tally_below(part.area_path, cells)) for part in parts],
        beside=_beside(trail),
        trail=[_area(place, Tally()) for place in trail],
        cells=cells,
        at=at,
    )
    version = version_now()
    return found if version is None else _by_own_outlines(found, version)


def _by_own_outlines(found: AreaSituation, version: Version) -> AreaSituation:
    """The same, drawn by the county's own outlines where they are of every part that stands on the map.

    Of a map half of which is the county's own, and half schematic, the halves would not meet.
    """
    drawn = {it.area_path: outline_of(version, it.area_path) for it in found.parts or [found.area]}
    if not all(drawn[it.area_path] or not it.shape for it in found.parts or [found.area]) or not any(drawn.values()):
        return found

    def own(it: Area, exact: bool = False) -> Area:
        # The county's own border is official, and finer than what its cells say together.
        is_county = len(it.area_path) == COUNTY_DIGITS
        rings = [it.shape] if is_county else outline_of(version, it.area_path, exact=exact)
        return replace(it, shape=rings[0] if rings else [], more=tuple(rings[1:]))

    return replace(
        found,
        area=own(found.area, exact=len(found.area.area_path) == VILLAGE_DIGITS),
        parts=[own(it) for it in found.parts],
        beside=[own(it) for it in found.beside],
        trail=[own(it, exact=len(it.area_path) == VILLAGE_DIGITS) for it in found.trail],
        is_own=True,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class TownshipsDrawn:
    """How townships are drawn: the rings of each by its path, the largest first; whether they are the county's own."""

    rings: Mapping[str, Sequence]
    is_own: bool


def townships_drawn(county: str) -> TownshipsDrawn:
    """By the county's own outlines where these are of every township on the map, else as the schematic map has them."""
    rings = {it.area_path: [it.shape] if it.shape else [] for it in children_of(county)}
    version = version_now()
    if version is not None:
        own = {path: outline_of(version, path) for path in rings}
        if any(own.values()) and all(own[path] or not rings[path] for path in rings):
            return TownshipsDrawn(rings=own, is_own=True)
    return TownshipsDrawn(rings=rings, is_own=False)


def no_such_area(area_path: str) -> Refusal:
    return Refusal(
        "places.area.not_found",
        zh="没有编号为 {area_path} 的地区。编号应为本县的区划代码：乡镇 9 位、村和社区 12 位、网格 15 位。"
        "请从全县页面逐级打开。",
        en="There is no area {area_path}. It should be a division code of this county: 9 digits for a township, 12 for "
        "a village or community, 15 for a grid cell. Open it from the county's page, level by level.",
        area_path=area_path[:20],
    )


def _beside(trail: list[Division | GridCell]) -> list[Area]:
    if len(trail) < 2:
        return []
    here = trail[-1].area_path
    return [_area(place, Tally()) for place in children_of(trail[-2].area_path) if place.area_path != here]


def _area(place: Division | GridCell, tally: Tally) -> Area:
    name = Said(place.name_zh, place.name_en)
    return Area(area_path=place.area_path, kind=place.kind, name=name, shape=place.shape, tally=tally)


def tally_below(area_path: str, cells: Mapping[str, Tally]) -> Tally:
    """The sum over the cells of an area."""
    return sum((tally for path, tally in cells.items() if path.startswith(area_path)), Tally())


def tallies_by_cell(area_path: str, account: Account, *, on: date) -> dict[str, Tally]:
    """Grid cell path → what stands in it, for all cells of an area that the reader may see. Four queries.

    A row that stands on a unit rather than on a cell counts under the unit's own path.
    """

    def mine(model) -> QuerySet:
        return within_scope(model.objects.filter(below(area_path)), account, "area.view")

    found: dict[str, Tally] = {
        path: Tally(n_persons=n, n_men=men, n_children=children, n_elders=elders)
        for path, n, men, children, elders in _persons_by_cell(mine(Person), on)
    }
    for name, model in (("n_households", Household), ("n_grid_cells", GridCell), ("n_venues", Venue)):
        for path, n in mine(model).order_by().values_list("area_path").annotate(n=Count("pk")):
            found[path] = replace(found.get(path, Tally()), **{name: n})
    return found


def _persons_by_cell(persons: QuerySet, on: date) -> Iterable[tuple[str, int, int, int, int]]:
    is_child = Q(born_on__gt=latest_birthday(CHILDREN_UNDER, on))
    is_elder = Q(born_on__lte=latest_birthday(ELDERS_FROM, on))
    return (
        persons.filter(merged_into__isnull=True)
        .order_by()
        .values_list("area_path")
        .annotate(
            n=Count("*"),
            n_men=Count("sex", filter=Q(sex=Person.Sex.MALE)),
            n_children=Count("sex", filter=is_child),
            n_elders=Count("sex", filter=is_elder),
        )
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Census:
    """What a census would say of the people on record, to hold beside the census itself.

    A mean, a fraction or a ratio of nobody is None.
    """

    n_persons: int
    n_households: int
    mean_household_persons: float | None
    aged_0_14_fraction: float | None
    aged_65_over_fraction: float | None
    town_fraction: float | None
    men_per_100_women: float | None


def census_of_record(area_path: str, *, on: date, town_paths: Iterable[str]) -> Census:
    """Counts over the people on record in an area at a date, whoever asks.

    Parameters
    ----------
    town_paths : area paths of 12 digits that count as town
    """
    persons = Person.objects.filter(below(area_path))
    cells = {
        path: Tally(n_persons=n, n_men=men, n_children=children, n_elders=elders)
        for path, n, men, children, elders in _persons_by_cell(persons, on)
    }
    n_households = Household.objects.filter(below(area_path)).count()
    return census_of(cells, n_households=n_households, town_paths=town_paths)


def census_of(cells: Mapping[str, Tally], *, n_households: int, town_paths: Iterable[str]) -> Census:
    """The census of areas already counted; `cells` as of `tallies_by_cell`."""
    whole, towns = sum(cells.values(), Tally()), set(town_paths)
    n_in_town = sum(tally.n_persons for path, tally in cells.items() if path[:VILLAGE_DIGITS] in towns)

    def of_all(n: int) -> float | None:
        return n / whole.n_persons if whole.n_persons else None

    n_women = whole.n_persons - whole.n_men
    return Census(
        n_persons=whole.n_persons,
        n_households=n_households,
        mean_household_persons=whole.n_persons / n_households if n_households else None,
        aged_0_14_fraction=of_all(whole.n_children),
        aged_65_over_fraction=of_all(whole.n_elders),
        town_fraction=of_all(n_in_town),
        men_per_100_women=100 * whole.n_men / n_women if n_women else None,
    )
