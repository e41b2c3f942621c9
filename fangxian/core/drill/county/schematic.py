"""A schematic map of the county: townships, units and grid cells that fill its outline.

No boundary below the county is published. What is drawn here is an invention that keeps the county's
outline and which unit lies in which township, and nothing else; every page that shows it says so.
"""

import json
import math
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from fangxian.core.divisions import Divisions
from fangxian.core.drill.county.columns import Grids
from fangxian.core.drill.county.places import seat_of
from fangxian.core.drill.county.plane import (
    Point,
    Ring,
    area,
    centroid,
    divide,
    scatter,
    settle_sites,
    stitch,
)
from fangxian.core.drill.county.settling import FIRST_DEDICATED_CELL
from fangxian.core.refusal import Refusal, Said

SIDE = 1000
MARGIN = 10
KM_TO_A_DEGREE = 111.32
DECIMALS = 1
TOWN_STEPS = 3  # few, so that the gates stay on their sides
TOWN_SIZE = 1.6  # how much larger the county town is drawn than a village

NOTICE = Said(
    "示意图：县界为简化轮廓，乡镇、村和网格的界线是示意，不代表实际位置。",
    "Schematic: the county's outline is simplified; borders of townships, villages and grid cells are invented.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class MapSeed:
    """Where a township is drawn: about `at` (longitude, latitude), its borders pushed out by `weight` km."""

    code: str
    at: Point
    weight: float


@dataclass(frozen=True, slots=True, kw_only=True)
class MapPlan:
    """What the map is drawn from. `town_places`: each town unit's side of the town's middle, east and north."""

    divisions: Divisions
    seat_unit_code: str
    seeds: tuple[MapSeed, ...]
    town_places: Mapping[str, Point]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plane:
    """The map's plane, 0..1000 with y downwards, and the way to and from longitude and latitude."""

    west: float
    north: float
    x_per_degree: float
    y_per_degree: float
    width: float
    height: float

    def to_plane(self, longitude: float, latitude: float) -> Point:
        return (
            MARGIN + (longitude - self.west) * self.x_per_degree,
            MARGIN + (self.north - latitude) * self.y_per_degree,
        )

    def to_degrees(self, x: float, y: float) -> Point:
        """Longitude and latitude of a point of the plane: good for the outline, invented within."""
        return self.west + (x - MARGIN) / self.x_per_degree, self.north - (y - MARGIN) / self.y_per_degree


@dataclass(frozen=True, slots=True, kw_only=True)
class SchematicMap:
    """Rings by area path, corners to one decimal, counter-clockwise as seen with y upwards.

    shapes : county, townships, units and grid cells; a dedicated cell has none, only a label
    labels : a point inside each shape where its name may stand; for a dedicated cell its place
    """

    plane: Plane
    shapes: Mapping[str, Ring]
    labels: Mapping[str, Point]
    notice: Said


def read_map_plan(county: bytes, divisions: Divisions) -> MapPlan:
    """The map's part of a county.toml.

    Raises
    ------
    Refusal
        `county.map_missing`: an entry is missing or wrong, or a township has no seed.
    """
    try:
        told = tomllib.loads(county.decode("utf-8"))
        seeds = tuple(
            MapSeed(code=t["code"], at=(t["seed"][0], t["seed"][1]), weight=t["weight"])
            for t in told["map"]["townships"]
        )
        if {s.code for s in seeds} != {t.code for t in divisions.townships}:
            raise ValueError("map.townships does not list every township once")
        return MapPlan(
            divisions=divisions,
            seat_unit_code=told["county"]["seat_unit_code"],
            seeds=seeds,
            town_places={u["code"]: (u["at"][0], u["at"][1]) for u in told["map"]["town_units"]},
        )
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, KeyError, TypeError, ValueError, IndexError) as error:
        raise Refusal(
            "county.map_missing",
            zh="县数据的 [map] 一节有误：{reason}。每个乡镇应有一个位置，县城各单元应有方位。请补上后重试。",
            en="The section [map] of the county's file is wrong: {reason}. Every township should have a seed and "
            "every unit of the town its side. Add them and try again.",
            reason=f"{type(error).__name__}: {error}",
        ) from None


def schematic_shapes(county: bytes, outline: bytes, divisions: Divisions, grids: Grids) -> dict[str, list[list[float]]]:
    """The shapes of `draw_schematic` as lists that JSON can hold, by area path."""
    drawn = draw_schematic(read_map_plan(county, divisions), outline, grids.area_path.tolist())
    return {path: [list(corner) for corner in ring] for path, ring in drawn.shapes.items()}


def draw_schematic(plan: MapPlan, outline: bytes, grid_paths: Iterable[int]) -> SchematicMap:
    """The map of a county. Nothing about it is drawn by lot: the same plan gives the same map.

    Parameters
    ----------
    outline : GeoJSON with one Feature whose geometry is a Polygon or MultiPolygon in degrees
    grid_paths : area paths of the grid cells, 15 digits

    Raises
    ------
    Refusal
        `county.outline_unreadable`
    """
    degrees = read_outline(outline)
    plane = plane_of(degrees)
    county = tuple(plane.to_plane(*p) for p in degrees)
    county = county if area(county) > 0 else county[::-1]
    shapes: dict[str, Ring] = {plan.divisions.county.code: county}
    townships = _townships(plan, plane, county)
    shapes |= townships
    for code, ring in townships.items():
        shapes |= _units(plan, plane, code, ring)
    cells, dedicated = _cells(shapes, sorted(grid_paths))
    shapes |= cells
    joined = stitch(list(shapes.values()))
    rounded = {path: _rounded(ring) for path, ring in zip(shapes, joined, strict=True)}
    labels = {path: _label(ring) for path, ring in rounded.items()}
    labels |= _dedicated_labels(labels, dedicated)
    return SchematicMap(plane=plane, shapes=rounded, labels=labels, notice=NOTICE)


def read_outline(data: bytes) -> Ring:
    """The outer ring of a county in degrees, the largest if it has several."""
    try:
        geometry = json.loads(data)["features"][0]["geometry"]
        parts = geometry["coordinates"]
        polygons = [parts] if geometry["type"] == "Polygon" else parts
        rings = [tuple((float(x), float(y)) for x, y, *_ in polygon[0]) for polygon in polygons]
        ring = max(rings, key=lambda r: abs(area(r)))
        return ring[:-1] if ring[0] == ring[-1] else ring
    except (ValueError, KeyError, IndexError, TypeError) as error:
        raise Refusal(
            "county.outline_unreadable",
            zh="县界文件读不懂：{reason}。应为 GeoJSON，含一个 Polygon 或 MultiPolygon。请换用正确的文件。",
            en="The outline cannot be read: {reason}. It should be GeoJSON with one Polygon or MultiPolygon. "
            "Give such a file.",
            reason=f"{type(error).__name__}: {error}",
        ) from None


def plane_of(degrees: Ring) -> Plane:
    """The plane in which a county of this outline is drawn."""
    west, east = min(p[0] for p in degrees), max(p[0] for p in degrees)
    south, north = min(p[1] for p in degrees), max(p[1] for p in degrees)
    narrowing = math.cos(math.radians((south + north) / 2))
    width, height = (east - west) * narrowing, north - south
    per_degree = (SIDE - 2 * MARGIN) / max(width, height)
    return Plane(
        west=west,
        north=north,
        x_per_degree=per_degree * narrowing,
        y_per_degree=per_degree,
        width=round(width * per_degree + 2 * MARGIN, DECIMALS),
        height=round(height * per_degree + 2 * MARGIN, DECIMALS),
    )


def _townships(plan: MapPlan, plane: Plane, county: Ring) -> dict[str, Ring]:
    per_km = plane.y_per_degree / KM_TO_A_DEGREE
    sites = [plane.to_plane(*seed.at) for seed in plan.seeds]
    weights = [seed.weight * per_km * abs(seed.weight * per_km) for seed in plan.seeds]
    return dict(zip((s.code for s in plan.seeds), divide(county, sites, weights), strict=True))


def _units(plan: MapPlan, plane: Plane, township: str, ring: Ring) -> dict[str, Ring]:
    """Cells for the units of a township; those of the county town share one cell and divide it."""
    units = [u.code for u in plan.divisions.units_of(township)]
    town = [code for code in units if code in plan.town_places]
    singles = [code for code in units if code not in town]
    sites = scatter(ring, len(singles))
    seat = seat_of(plan.divisions, plan.seat_unit_code, township)
    seed = next(plane.to_plane(*s.at) for s in plan.seeds if s.code == township)
    if seat in singles:
        sites.insert(singles.index(seat), seed)
        sites = sites[: len(singles)]
    weights = [0.0] * len(singles)
    if town:
        spacing = abs(area(ring)) / len(singles)
        sites, weights = [*sites, seed], [*weights, spacing * (TOWN_SIZE - 1) / 2]
    fixed = frozenset({len(singles)} if town else ())
    sites = settle_sites(ring, sites, weights, fixed=fixed)
    cells = divide(ring, sites, weights)
    shapes = dict(zip(singles, cells, strict=False))
    if town:
        shapes |= _town(plan, town, cells[-1])
    return shapes


def _town(plan: MapPlan, codes: Sequence[str], ring: Ring) -> dict[str, Ring]:
    """The county town divided among its units, each on the side that the county's file gives it."""
    x, y = centroid(ring)
    reach = abs(area(ring)) ** 0.5 / 2
    sites = [(x + reach * plan.town_places[c][0], y - reach * plan.town_places[c][1]) for c in codes]
    weights = [0.0] * len(codes)
    return dict(zip(codes, divide(ring, settle_sites(ring, sites, weights, steps=TOWN_STEPS), weights), strict=True))


def _cells(shapes: Mapping[str, Ring], grid_paths: Sequence[int]) -> tuple[dict[str, Ring], list[str]]:
    """Cells for the grids of each unit, and the paths of dedicated cells."""
    of_unit: dict[str, list[str]] = {}
    dedicated = []
    for path in map(str, grid_paths):
        if int(path[12:]) >= FIRST_DEDICATED_CELL:
            dedicated.append(path)
        else:
            of_unit.setdefault(path[:12], []).append(path)
    cells: dict[str, Ring] = {}
    for unit, paths in of_unit.items():
        weights = [0.0] * len(paths)
        sites = settle_sites(shapes[unit], scatter(shapes[unit], len(paths)), weights)
        cells |= dict(zip(paths, divide(shapes[unit], sites, weights), strict=True))
    return cells, dedicated


def _rounded(ring: Ring) -> Ring:
    corners = [(round(x, DECIMALS), round(y, DECIMALS)) for x, y in ring]
    return tuple(p for p, q in zip(corners, corners[-1:] + corners[:-1], strict=True) if p != q)


def _label(ring: Ring) -> Point:
    x, y = centroid(ring)
    return round(x, DECIMALS), round(y, DECIMALS)


def _dedicated_labels(labels: Mapping[str, Point], dedicated: Sequence[str]) -> dict[str, Point]:
    """Dedicated cells of a unit side by side about its middle."""
    of_unit: dict[str, list[str]] = {}
    for path in dedicated:
        of_unit.setdefault(path[:12], []).append(path)
    return {
        path: (round(labels[unit][0] + 6 * (i - (len(paths) - 1) / 2), DECIMALS), labels[unit][1])
        for unit, paths in of_unit.items()
        for i, path in enumerate(paths)
    }
