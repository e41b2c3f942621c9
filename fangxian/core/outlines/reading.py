"""From the text of a GeoJSON file to checked outlines, each with what the file says of it.

The standard: RFC 7946. A FeatureCollection whose features are Polygons or MultiPolygons in longitude and latitude; a
feature without a geometry says nothing and is left out, as our own export has those that nobody has drawn.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from fangxian.core.refusal import Said

from . import refusals
from .limits import BEYOND_KM, MOST_CORNERS, MOST_CORNERS_A_RING, MOST_OUTLINES, OVERLAP, WITHIN
from .plane import KM_TO_A_DEGREE, Outline, Ring, area_km2, box_of, contains, crossing_in, overlap_km2, rings_of

LONGEST_SHOWN = 40  # characters of a file's own text that a sentence repeats
DATUMS = ("CRS84", "EPSG::4326", "EPSG:4326", "EPSG::4490", "EPSG:4490")
LEAST_CORNERS = 4  # of a ring: a triangle, closed
NAMED_BY = ("网格编号", "area_path", "number", "网格名称", "name_zh", "name", "名称", "NAME")


@dataclass(frozen=True, slots=True)
class Feature:
    """One outline of a file.

    Attributes
    ----------
    nth : its place in the file, from 1
    told : everything the file says of it, by name
    outline : its polygons, checked
    """

    nth: int
    told: Mapping[str, str]
    outline: Outline

    @property
    def said(self) -> str:
        """How a sentence in either language names it: its place, and what the file calls it."""
        return said_of(self.nth, self.called)

    @property
    def called(self) -> str:
        """What the file calls it: its number and its name, where it has them."""
        found = [self.told[name][:LONGEST_SHOWN] for name in NAMED_BY if self.told.get(name)]
        return " ".join(dict.fromkeys(found))[: 2 * LONGEST_SHOWN]


def said_of(nth: int, called: str) -> str:
    return f"#{nth} {called}".strip()


def read_outlines(text: str, *, county: Ring) -> list[Feature]:
    """The outlines of a file, in its order.

    Parameters
    ----------
    county : the county's own outline, closed, in degrees

    Refuses
    -------
    outlines.cut_off, .not_json, .not_a_collection, .other_crs, .none, .too_many, .other_geometry, .not_positions,
    .unclosed, .crosses_itself, .hole_outside, .swapped, .not_degrees, .outside, .overlapping
        The first that is wrong, in the file's order; overlaps last.
    """
    told = _json_of(text)
    _refuse_other_crs(told)
    listed = [it for it in told["features"] if isinstance(it, dict)]
    drawn = [(nth, it) for nth, it in enumerate(listed, 1) if it.get("geometry") is not None]
    if not drawn:
        raise refusals.no_outlines(len(told["features"]))
    if len(drawn) > MOST_OUTLINES.value:
        raise refusals.too_many(Said("面", "outlines"), len(drawn), int(MOST_OUTLINES.value))
    found, n_corners = [], 0
    for nth, it in drawn:
        feature = Feature(nth, _told_of(it), _outline_of(it["geometry"], said_of(nth, "")))
        n_corners += sum(map(len, rings_of(feature.outline)))
        if n_corners > MOST_CORNERS.value:
            raise refusals.too_many(Said("顶点", "corners"), n_corners, int(MOST_CORNERS.value))
        found.append(feature)
    for feature in found:
        _refuse_elsewhere(feature, county)
        _refuse_knots(feature)
        _refuse_outside(feature, county)
    if pair := next(overlapping_pairs([it.outline for it in found]), None):
        one, other, fraction = pair
        raise refusals.overlapping(found[one].said, found[other].said, percent(fraction))
    return found


def _json_of(text: str) -> dict[str, list[object]]:
    try:
        told = json.loads(text, parse_constant=_no_number)
    except json.JSONDecodeError as error:
        is_cut = error.pos >= len(text.rstrip()) or error.msg.startswith("Unterminated string")
        if is_cut and text.lstrip().startswith("{"):
            raise refusals.cut_off(text.count("\n") + 1) from None
        raise refusals.not_json(error.lineno, error.colno) from None
    except (ValueError, RecursionError):  # NaN, a number of 5,000 digits, brackets within brackets without end
        raise refusals.not_json(1, 1) from None
    kind = told.get("type") if isinstance(told, dict) else type(told).__name__
    if kind != "FeatureCollection" or not isinstance(told.get("features"), list):
        raise refusals.not_a_collection(str(kind))
    return told  # type: ignore[no-any-return]


def _no_number(text: str) -> float:
    raise ValueError(text)


def _refuse_other_crs(told: Mapping[str, object]) -> None:
    """Some programs still write which datum it is; without it, it is WGS-84."""
    named = told.get("crs")
    if named is None:
        return
    properties = named.get("properties") if isinstance(named, dict) else None
    name = str(properties.get("name", "") if isinstance(properties, dict) else named)
    if not any(name.endswith(known) for known in DATUMS):
        raise refusals.other_crs(name)


def _told_of(feature: Mapping[str, object]) -> dict[str, str]:
    """What the file says of a feature, as text; its own id among it."""
    properties = feature.get("properties")
    told = dict(properties) if isinstance(properties, dict) else {}
    if "id" in feature:
        told.setdefault("id", feature["id"])
    as_text = {str(name): _as_text(value) for name, value in told.items()}
    return {name: text for name, text in as_text.items() if text}


def _as_text(value: object) -> str:
    """A spreadsheet's numbers come as 141027100001001.0; longer text than a name has is none."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value).strip()[:200] if isinstance(value, str | int) and not isinstance(value, bool) else ""


def _outline_of(geometry: object, said: str) -> Outline:
    kind = geometry.get("type") if isinstance(geometry, dict) else type(geometry).__name__
    if not isinstance(geometry, dict) or kind not in ("Polygon", "MultiPolygon"):
        raise refusals.other_geometry(said, str(kind))
    parts = geometry.get("coordinates")
    polygons = [parts] if kind == "Polygon" else parts
    if not isinstance(polygons, list) or not polygons:
        raise refusals.not_positions(said)
    return [_polygon_of(polygon, said) for polygon in polygons]


def _polygon_of(polygon: object, said: str) -> list[Ring]:
    if not isinstance(polygon, list) or not polygon:
        raise refusals.not_positions(said)
    return [_ring_of(ring, said) for ring in polygon]


def _ring_of(ring: object, said: str) -> Ring:
    if not isinstance(ring, list) or len(ring) < LEAST_CORNERS or not all(map(_is_position, ring)):
        raise refusals.not_positions(said)
    if len(ring) > MOST_CORNERS_A_RING.value:
        raise refusals.too_many(Said("一圈的顶点", "corners in one ring"), len(ring), int(MOST_CORNERS_A_RING.value))
    corners = np.array([corner[:2] for corner in ring], dtype=np.float64)  # a height, if there is one, is left out
    if not np.isfinite(corners).all():
        raise refusals.not_positions(said)
    if (corners[0] != corners[-1]).any():
        raise refusals.unclosed(said, point(corners[0]), point(corners[-1]))
    return corners


def _is_position(corner: object) -> bool:
    return isinstance(corner, list) and len(corner) >= 2 and all(type(it) in (int, float) for it in corner[:2])


def _refuse_elsewhere(feature: Feature, county: Ring) -> None:
    """Far from the county; two usual mistakes are named as what they are."""
    corners = np.concatenate(rings_of(feature.outline))
    if _is_near(corners, county):
        return
    if _is_near(corners[:, ::-1], county):
        raise refusals.swapped(feature.said, point(corners[0]))
    if (np.abs(corners) > (180, 90)).any():
        raise refusals.not_degrees(feature.said, point(corners[0]))
    raise refusals.outside(feature.said, point(corners[0]), _span(county))


def _is_near(corners: Ring, county: Ring) -> bool:
    beyond = BEYOND_KM.value / KM_TO_A_DEGREE
    low, high = county.min(axis=0) - beyond, county.max(axis=0) + beyond
    return bool(((corners >= low) & (corners <= high)).all())


def _refuse_outside(feature: Feature, county: Ring) -> None:
    size = area_km2(feature.outline)
    if size <= 0 or overlap_km2(feature.outline, [[county]]) < WITHIN.value * size:
        raise refusals.outside(feature.said, point(feature.outline[0][0][0]), _span(county))


def _refuse_knots(feature: Feature) -> None:
    for ring in rings_of(feature.outline):
        if where := crossing_in(ring):
            raise refusals.crosses_itself(feature.said, point(where))
    for polygon in feature.outline:
        if not all(contains([polygon[:1]], *map(float, corner)) for hole in polygon[1:] for corner in hole):
            raise refusals.hole_outside(feature.said)
    pieces = [[polygon] for polygon in feature.outline]
    for one, other, fraction in overlapping_pairs(pieces):
        first, second = (f"{feature.said} ({piece + 1})" for piece in (one, other))
        raise refusals.overlapping(first, second, percent(fraction))


def overlapping_pairs(
    ones: Sequence[Outline], others: Sequence[Outline] | None = None
) -> Iterator[tuple[int, int, float]]:
    """Which of `ones` and `others` have more ground in common than borders drawn by hand explain, and which fraction
    of the smaller; without `others` which of `ones` among themselves.
    """
    among = others is None
    others = ones if others is None else others
    if not ones or not others:
        return
    mine, theirs = np.array([box_of(it) for it in ones]), np.array([box_of(it) for it in others])
    sizes_mine, sizes_theirs = [area_km2(it) for it in ones], [area_km2(it) for it in others]
    for one, box in enumerate(mine):
        touches = (theirs[:, 0] < box[2]) & (theirs[:, 2] > box[0]) & (theirs[:, 1] < box[3]) & (theirs[:, 3] > box[1])
        for other in map(int, np.flatnonzero(touches)):
            if among and other <= one:
                continue
            smaller = min(sizes_mine[one], sizes_theirs[other])
            fraction = overlap_km2(ones[one], others[other]) / smaller if smaller > 0 else 0.0
            if fraction > OVERLAP.value:
                yield one, other, min(fraction, 1.0)


def percent(fraction: float) -> str:
    """2.4, 31: of a hundred, as a sentence has it."""
    return f"{100 * fraction:.0f}" if fraction >= 0.1 else f"{100 * fraction:.1f}"


def point(corner: Sequence[float] | Ring) -> str:
    return f"{float(corner[0]):.5f}, {float(corner[1]):.5f}"


def _span(county: Ring) -> str:
    (west, south), (east, north) = county.min(axis=0), county.max(axis=0)
    return f"{west:.2f}–{east:.2f}°E, {south:.2f}–{north:.2f}°N"
