"""The county's own outlines of its grid cells come in (网格边界导入).

1. the file is read whole and checked, or refused                   core.outlines
2. whose each outline is: by number, else by a name of one cell     core.outlines
3. it is kept, without effect                                       places
4. a person settles whose the doubtful ones are                     places
5. a person looks at what would change, and applies it at once      places

Coordinates are WGS-84 or CGCS2000, which is the same to a hand's width. Whoever brings a file says so. GCJ-02 and
BD-09, the shifted ones of online maps, are refused and not converted: their shift is not published, undoing it by
guess moves a border by metres, and surveying law keeps it for those who are licensed.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from uuid import UUID

import numpy as np

from fangxian.core.drill.county.schematic import Plane, plane_of, read_outline
from fangxian.core.outlines import refusals as outline_refusals
from fangxian.core.outlines.limits import MOST_BYTES
from fangxian.core.outlines.plane import Outline, Ring, area_km2, coarse
from fangxian.core.outlines.reading import Feature, overlapping_pairs, percent, read_outlines
from fangxian.core.outlines.whose import Cell, Recognised, recognise
from fangxian.core.refusal import Refusal
from fangxian.ops.accounts.models import Account
from fangxian.ops.accounts.scope import require
from fangxian.ops.intake.decoding import decode
from fangxian.ops.places.actions import apply_drawing, keep_drawing, settle_outline
from fangxian.ops.places.actions.grids import Applied, Kept
from fangxian.ops.places.models import GridCell, GridDrawing
from fangxian.ops.places.outline_refusals import outlines_changed
from fangxian.ops.places.outlines import by_cell, drawing_with, drawing_with_digest, outlines_now
from fangxian.ops.places.queries import division_names, grid_cells_in_order
from fangxian.ops.realm.areas import TOWNSHIP_DIGITS, VILLAGE_DIGITS
from fangxian.ops.realm.current import county_data, the_realm

DRAW = "grids.draw"
MEBIBYTE = 2**20
DECIMALS = 7  # of a degree: a centimetre
DRAWN_STEP = 0.2  # of the plane's 1000: about 9 metres of a county of 45 km
WGS84, SHIFTED = "wgs84", ("gcj02", "bd09")


@dataclass(frozen=True, slots=True)
class Change:
    """What a file does to one grid cell: `new`, `changed`, `same` or `kept` (the file does not have it).

    km2, was_km2 : square kilometres; None for no outline
    """

    cell: GridCell
    kind: str
    km2: float | None
    was_km2: float | None


def bring_drawing(*, content: bytes, file_name: str, datum: str, by: Account) -> Kept:
    """Read, check and keep a file. The same file again is the one that is there.

    Parameters
    ----------
    datum : what whoever brings it says of its coordinates: "wgs84" (CGCS2000 too), "gcj02" or "bd09"

    Refuses
    -------
    accounts.not_yours, outlines.shifted, outlines.too_large, intake.cut_off, county.no_outline, and
    what `core.outlines.reading` and `.whose` refuse
    """
    require_drawing(by)
    if datum in SHIFTED:
        raise _shifted(datum)
    require_size(len(content))
    digest = sha256(content).hexdigest()
    if (known := drawing_with_digest(digest)) is not None:
        return Kept(known, is_repeat=True)
    county, plane = _county()
    features = read_outlines(_text_of(content), county=county)
    whose = recognise(features, _cells())
    return keep_drawing(
        digest=digest,
        file_name=file_name,
        n_bytes=len(content),
        outlines=[_kept(feature, one, plane) for feature, one in zip(features, whose, strict=True)],
        by=f"account:{by.pk}",
    )


def settle_whose(*, drawing: UUID, nth: int, area_path: str, by: Account) -> None:
    """Say which grid cell an outline is of. Refuses accounts.not_yours and what the room refuses."""
    require_drawing(by)
    settle_outline(drawing=drawing, nth=nth, area_path=area_path, by=f"account:{by.pk}")


def changes_by(drawing: GridDrawing) -> list[Change]:
    """What a file would change, a line for each grid cell of the county, in their order."""
    counting, told = outlines_now(the_realm().division_code), by_cell(drawing)
    return [_change(cell, told.get(cell.area_path), counting.get(cell.area_path)) for cell in grid_cells_in_order()]


def state_now() -> str:
    """A word for the outlines that count now: another one as soon as any of them is another."""
    return _word_for(_counting())


def _counting() -> list[UUID]:
    return sorted(it.pk for it in outlines_now(the_realm().division_code).values())


def _word_for(counting: Iterable[UUID]) -> str:
    return sha256(b"".join(it.bytes for it in counting)).hexdigest()[:16]


def apply_outlines(*, drawing: UUID, seen: str, by: Account) -> Applied:
    """Let a file take effect.

    Parameters
    ----------
    seen : `state_now` when somebody looked at what the file would change

    Refuses
    -------
    accounts.not_yours, outlines.overlapping, and what the room refuses
        The outlines that stay, since the file does not have them, may overlap those that come.
    """
    require_drawing(by)
    row = drawing_with(drawing)
    counting = _counting()
    if _word_for(counting) != seen:
        raise outlines_changed()
    _refuse_overlaps(by_cell(row))
    return apply_drawing(drawing=row.pk, seen=counting, by=f"account:{by.pk}")


def require_drawing(account: Account) -> None:
    """Whoever draws the grid cells does so for the whole county."""
    require(account, DRAW, the_realm().division_code)


def require_size(n_bytes: int) -> None:
    """Refuses `outlines.too_large`, before anything of a file is read."""
    if n_bytes > MOST_BYTES.value * MEBIBYTE:
        raise outline_refusals.too_large(-(-n_bytes // MEBIBYTE), int(MOST_BYTES.value))


def as_geojson(cells: Sequence[GridCell]) -> bytes:
    """Grid cells as GeoJSON (RFC 7946, WGS-84), a feature each; one that nobody has drawn has no geometry.

    What comes out can be brought in again: the cells are known by their numbers.
    """
    counting = outlines_now(the_realm().division_code)

    def geometry(path: str) -> dict | None:
        rings = counting[path].rings if path in counting else None
        return rings and {"type": "MultiPolygon", "coordinates": rings}

    features = [
        {
            "type": "Feature",
            "id": cell.area_path,
            "properties": {
                "网格编号": cell.area_path,
                "网格名称": cell.name_zh,
                "name_en": cell.name_en,
                "kind": cell.kind,
                "host_unit": cell.host_unit and cell.host_unit.name_zh,
            },
            "geometry": geometry(cell.area_path),
        }
        for cell in cells
    ]
    return json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False).encode()


def _text_of(content: bytes) -> str:
    """The text of a file; what is no text at all, such as a shapefile in a ZIP, is no JSON either."""
    try:
        return decode(content).text
    except Refusal as refusal:
        if refusal.code == "intake.cut_off":
            raise
        raise outline_refusals.not_json(1, 1) from refusal


def _county() -> tuple[Ring, Plane]:
    """The county's own outline, closed, and the plane its maps are drawn in."""
    try:
        degrees = read_outline((county_data() / "outline.geojson").read_bytes())
    except OSError as error:
        raise Refusal(
            "county.no_outline",
            zh="县数据里没有县界文件 outline.geojson，无法核对网格是不是在本县，没有收下。"
            "应有县界文件；请先由系统管理员补上。",
            en="The county's data have no outline.geojson, so it cannot be checked that the cells lie in the county, "
            "and nothing was taken. Have the system administrator add the county's outline first.",
        ) from error
    return np.array([*degrees, degrees[0]], dtype=np.float64), plane_of(degrees)


def _cells() -> list[Cell]:
    names = {it.area_path: (it.name_zh, it.name_en) for it in division_names()}

    def around(path: str) -> tuple[str, ...]:
        return (*names.get(path[:VILLAGE_DIGITS], ()), *names.get(path[:TOWNSHIP_DIGITS], ()), path[:VILLAGE_DIGITS])

    return [
        Cell(it.area_path, (it.name_zh, it.name_en), around(it.area_path))
        for it in grid_cells_in_order().defer("shape")
    ]


def _kept(feature: Feature, whose: Recognised, plane: Plane) -> dict:
    """An outline as a drawing keeps it; outer rings counter-clockwise and holes clockwise, as the standard has them."""
    outline = [
        [_wound(ring, counter_clockwise=not place) for place, ring in enumerate(polygon)] for polygon in feature.outline
    ]
    rings = [[np.round(ring, DECIMALS).tolist() for ring in polygon] for polygon in outline]
    drawn = [coarse([plane.to_plane(*c) for c in ring], DRAWN_STEP) for polygon in rings for ring in polygon]
    return {
        "nth": feature.nth,
        "called": feature.called,
        "area_path": whose.area_path,
        "by": whose.by,
        "likely": list(whose.likely),
        "rings": rings,
        "drawn": [ring for ring in drawn if ring],
        "km2": round(area_km2(outline), 4),
    }


def _wound(ring: Ring, *, counter_clockwise: bool) -> Ring:
    doubled = float((ring[:-1, 0] * ring[1:, 1] - ring[1:, 0] * ring[:-1, 1]).sum())
    return ring if (doubled > 0) == counter_clockwise else ring[::-1]


def _change(cell: GridCell, told: Mapping | None, counting) -> Change:
    was_km2 = area_km2(_outline(counting.rings)) if counting else None
    if told is None:
        return Change(cell, "kept", was_km2, was_km2)
    is_same = counting is not None and counting.rings == told["rings"]
    return Change(cell, "same" if is_same else "changed" if counting else "new", told["km2"], was_km2)


def _outline(rings: Sequence) -> Outline:
    return [[np.array(ring, dtype=np.float64) for ring in polygon] for polygon in rings]


def _refuse_overlaps(told: Mapping[str, Mapping]) -> None:
    """An outline of the file over one of a cell that the file does not have, whose outline stays."""
    stays = {path: it for path, it in outlines_now(the_realm().division_code).items() if path not in told}
    ones, others = list(told.values()), list(stays.values())
    pairs = overlapping_pairs([_outline(it["rings"]) for it in ones], [_outline(it.rings) for it in others])
    for one, other, fraction in pairs:
        cell = others[other].grid_cell
        said = f"#{ones[one]['nth']} {ones[one]['called']}".strip()
        raise outline_refusals.overlapping(said, f"{cell.name_zh} {cell.area_path}", percent(fraction))


def _shifted(datum: str) -> Refusal:
    return Refusal(
        "outlines.shifted",
        zh="您选的坐标系是 {datum}，没有收下。应为 WGS-84 或 CGCS2000 的经纬度：{datum} 是加了偏移的坐标，"
        "直接用会差几百米，本系统也不做还原。请向测绘或自然资源部门要 CGCS2000 的网格图层。",
        en="You said that the coordinates are {datum}, so nothing was taken. They should be longitude and latitude in "
        "WGS-84 or CGCS2000: {datum} is shifted by some hundred metres, and is not converted here. Ask the surveyors "
        "or the natural resources bureau for the layer in CGCS2000.",
        datum={"gcj02": "GCJ-02", "bd09": "BD-09"}[datum],
    )
