"""Where sampling sites are best put, of the county's venues: who lives where, what stands where, how far it is.

A grid cell's people are taken to live evenly over it, in parts of 150; a venue without a position of its own to stand
somewhere in its cell. So distances are the map's, in a straight line: schematic where the map is. A cell of which the
county brought an outline of its own is where that says.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice, zip_longest

import numpy as np

from fangxian.core.drill.county.plane import Point, scatter
from fangxian.core.drill.county.schematic import KM_TO_A_DEGREE, NOTICE, Plane, plane_of, read_outline
from fangxian.core.refusal import Refusal, Said
from fangxian.core.screening.sites import Plan, choose, even_most
from fangxian.ops.people.queries import n_by_grid
from fangxian.ops.places.models import GridCell, Venue
from fangxian.ops.places.outlines import drawn_now
from fangxian.ops.places.queries import grid_cells_in_order, venues_in_order
from fangxian.ops.realm.current import county_data, the_realm

PEOPLE_A_PART = 150
BY_OWN_OUTLINES = Said(
    "按本县自己的网格边界推算；路程是直线，山路更长。",
    "By the county's own outlines of its grid cells; ways are straight lines, real ones are longer.",
)
Rings = Mapping[str, Sequence[Sequence[Sequence[float]]]]
# Trades whose venues have a yard or a hall of their own, as a site with a queue needs; others only where these are few.
SUITED = frozenset({
    "school", "kindergarten", "training_school", "government_office", "township_government", "village_committee",
    "community_committee", "service_hall", "farmers_market", "public_culture", "gym", "cinema", "scenic_spot",
    "residential_compound", "cooperative", "office_company", "factory", "supermarket", "hotel", "logistics_yard",
    "coach_station",
})  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """One site: a venue, how many people are to come to it, how far they have to walk on average.

    Attributes
    ----------
    at : where it stands, in the plane of the grid cells' shapes
    serves : the grid cells of which more people walk to it than to any other site
    """

    name: str
    area_path: str
    n_people: int
    mean_walk_km: float
    at: Point
    serves: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class SitePlan:
    """Chosen sites in the order of their grid cells.

    Attributes
    ----------
    bound_km : no choice of so many sites walks less on average
    notice : how far the map can be believed
    """

    chosen: Sequence[Chosen]
    n_people: int
    mean_walk_km: float
    bound_km: float
    gap: float
    notice: Said


def plan_sites(*, n_sites: int, n_candidates: int) -> SitePlan:
    """The county's people to so many of its venues. Takes half a minute of a processor for 98,833 people and 52 sites.

    Refuses
    -------
    screening.no_places, screening.too_few_venues
    """
    cells, plane = list(grid_cells_in_order()), plane_of(read_outline((county_data() / "outline.geojson").read_bytes()))
    own = drawn_now(the_realm().division_code)
    homes, people, paths = _homes(cells, n_by_grid(), own)
    venues = list(_mixed(n_candidates))
    if not len(people):
        raise _no_places()
    if len(venues) < n_sites:
        raise _too_few(len(venues), n_sites)
    positions = _positions(venues, {cell.pk: cell for cell in cells}, plane, own)
    walks = _walks_km(homes, positions, plane)
    plan = choose(walks, people, n_sites, most=even_most(people, n_sites))
    serves = _served(plan, paths)
    chosen = [_chosen(venues[at], positions[at], serves[at], walks, plan, at) for at in plan.sites.tolist()]
    n_people = int(people.sum())
    return SitePlan(
        chosen=sorted(chosen, key=lambda each: each.area_path),
        n_people=n_people,
        mean_walk_km=plan.walk / n_people,
        bound_km=plan.bound / n_people,
        gap=plan.gap,
        notice=BY_OWN_OUTLINES if own and all(it.area_path in own for it in cells if it.shape) else NOTICE,
    )


def _served(plan: Plan, paths: Sequence[str]) -> Mapping[int, list[str]]:
    """Of each site the grid cells of which most go to it; a cell whose people part belongs to one all the same."""
    going = defaultdict[str, dict[int, float]](lambda: defaultdict(float))
    for home, site, n in zip(plan.froms.tolist(), plan.tos.tolist(), plan.people.tolist(), strict=True):
        going[paths[home]][site] += n
    found = defaultdict[int, list[str]](list)
    for path, sites in sorted(going.items()):
        found[max(sites, key=lambda site: (sites[site], -site))].append(path)
    return found


def _chosen(
    venue: Venue, where: Point, serves: Sequence[str], walks: np.ndarray, plan: Plan, at: int
) -> Chosen:  # fmt: skip
    ways = plan.tos == at
    people, walked = plan.people[ways], walks[plan.froms[ways], at]
    return Chosen(
        name=venue.name,
        area_path=venue.area_path,
        n_people=int(people.sum()),
        mean_walk_km=float(people @ walked / people.sum()) if len(people) else 0.0,
        at=where,
        serves=serves,
    )


def _homes(
    cells: Sequence[GridCell], n_people: Mapping[str, int], own: Rings
) -> tuple[list[Point], np.ndarray, list[str]]:
    """Where people live, a point a part, how many of them do, and the path of their grid cell."""
    homes, people, paths = list[Point](), list[int](), list[str]()
    for cell in cells:
        n = n_people.get(cell.area_path, 0)
        n_parts = -(-n // PEOPLE_A_PART)
        if n:
            homes += _points_in(cell, n_parts, own)
            people += [n // n_parts + (k < n % n_parts) for k in range(n_parts)]
            paths += [cell.area_path] * n_parts
    return homes, np.array(people, float), paths


def _points_in(cell: GridCell, n: int, own: Rings) -> list[Point]:
    """So many points of a cell, by its own outline if it has one; of a dedicated one, which has no shape, its label,
    all of them.
    """
    largest = max(own.get(cell.area_path, ()), key=len, default=cell.shape)
    ring = tuple((x, y) for x, y in largest)
    return scatter(ring, n) if ring else [tuple(cell.label or (0.0, 0.0))] * n


def _mixed(n: int) -> Iterator[Venue]:
    """So many open venues, suited ones first; of these a first of every grid cell, then a second, and so on."""
    of_cell = defaultdict[tuple[bool, str], list[Venue]](list)
    for venue in venues_in_order().filter(status=Venue.Status.VERIFIED):
        of_cell[venue.trade not in SUITED, venue.area_path].append(venue)
    both = ([venues for (is_other, _), venues in of_cell.items() if is_other == wanted] for wanted in (False, True))
    in_turn = (venue for cells in both for turn in zip_longest(*cells) for venue in turn if venue is not None)
    return islice(in_turn, n)


def _positions(venues: Sequence[Venue], cells: Mapping[object, GridCell], plane: Plane, own: Rings) -> list[Point]:
    n_in = defaultdict[object, int](int)
    for venue in venues:
        n_in[venue.grid_cell_id] += 1
    strewn = {pk: iter(_points_in(cells[pk], n, own)) for pk, n in n_in.items()}
    return [
        next(strewn[venue.grid_cell_id])
        if venue.longitude is None
        else plane.to_plane(float(venue.longitude), float(venue.latitude))
        for venue in venues
    ]


def _walks_km(homes: Sequence[Point], candidates: Sequence[Point], plane: Plane) -> np.ndarray:
    here, there = np.array(homes), np.array(candidates)
    km = KM_TO_A_DEGREE / plane.y_per_degree
    return np.hypot(*(here[:, None] - there[None]).transpose(2, 0, 1)) * km


def _no_places() -> Refusal:
    return Refusal(
        "screening.no_places",
        zh="没有任何网格有居民，无法选采样点。应先有网格和居民。请先建立县数据或导入人员名单。",
        en="No grid cell has residents, so no sites can be chosen. There should be cells and people. Build the county "
        "or import its people first.",
    )


def _too_few(n_venues: int, n_sites: int) -> Refusal:
    return Refusal(
        "screening.too_few_venues",
        zh="要选 {n_sites} 个采样点，但只有 {n_venues} 个正常开放的场所可选。候选应不少于采样点。"
        "请减少采样点，或先登记场所。",
        en="{n_sites} sites are to be chosen, and {n_venues} open venues are there to choose from. There should be as "
        "many at least. Ask for fewer sites, or register venues first.",
        n_sites=n_sites,
        n_venues=n_venues,
    )
