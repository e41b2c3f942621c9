"""The grid cells on a map, shaded by a figure: on the schematic map, or by the county's own outlines."""

from collections.abc import Sequence

from django import forms
from django.urls import reverse

from fangxian.core.drill.county.plane import area as size_of
from fangxian.core.outlines.plane import coarse
from fangxian.core.refusal import Said
from fangxian.ops.pages import maps
from fangxian.ops.pages.county.words import place_name, short_name
from fangxian.ops.pages.maps import MapArea, SchematicMap
from fangxian.ops.pages.words import both, number, said
from fangxian.ops.realm.areas import COUNTY_DIGITS, GRID_DIGITS, TOWNSHIP_DIGITS, VILLAGE_DIGITS
from fangxian.ops.situation.grids import GridFigures, GridMap, levels_of

# Figure → what it is called, its unit.
MEASURES = {
    "n_persons": (Said("居民", "Residents"), Said("人", "people")),
    "n_households": (Said("户", "Households"), Said("户", "households")),
    "n_due": (Said("今天到期和逾期的任务", "Tasks due today or late"), Said("件", "tasks")),
    "n_to_ask": (Said("待核实", "To ask"), Said("条", "enquiries")),
    "n_came": (Said("14 天内来返", "Came in 14 days"), Said("人次", "arrivals")),
    "n_expected": (Said("报备未到", "Expected"), Said("人次", "arrivals")),
    "n_to_follow": (Said("今天待随访", "To follow up today"), Said("人", "people")),
}
LEVELS = {
    GRID_DIGITS: Said("网格", "grid cells"),
    VILLAGE_DIGITS: Said("村、社区", "villages"),
    TOWNSHIP_DIGITS: Said("乡镇", "townships"),
}
MOST_BY_KEY = 40  # areas of a map that somebody without a pointer goes through; of more the table is shorter
MOST_CORNERS, A_PIXEL = 6000, 1.8  # more corners than that are drawn as fine as a screen shows them


class MapForm(forms.Form):
    """What the map is shaded by, by which level, from which outlines. What is no choice means the first."""

    by = forms.ChoiceField(label=both("看哪个数字", "The map shows"), required=False)
    level = forms.ChoiceField(label=both("分到", "By"), required=False)
    map = forms.ChoiceField(
        label=both("底图", "Outlines"),
        required=False,
        choices=(("", both("本县自己的边界", "the county's own")), ("schematic", both("示意图", "schematic"))),
    )

    def __init__(self, *args, area_path: str, figures: Sequence[str], **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["by"].choices = [(it, both(MEASURES[it][0].zh, MEASURES[it][0].en)) for it in figures]
        levels = levels_of(area_path)
        self.fields["level"].choices = [(str(it), both(LEVELS[it].zh, LEVELS[it].en)) for it in levels]

    def chosen(self, name: str) -> str:
        """What was chosen; the first choice for anything else."""
        asked, choices = self.data.get(name, ""), [key for key, _ in self.fields[name].choices]
        return asked if asked in choices else choices[0]


def told(by: str, value: int) -> str:
    """A figure with its unit."""
    unit = MEASURES[by][1]
    return f"{number(value)}{said(unit.zh, ' ' + unit.en)}"


def grid_href(area_path: str) -> str:
    return reverse("grids") if len(area_path) == COUNTY_DIGITS else reverse("grids-area", args=[area_path])


def map_of(found: GridMap, by: str) -> SchematicMap:
    """The parts of an area, each a link. Their names stand on it where they are few, else those of the larger areas."""
    here = found.trail[-1]
    step = _step(found.lines)
    areas = [_drawn(it, by, step) for it in found.lines]
    is_crowded = found.digits == GRID_DIGITS and len(here.area_path) < VILLAGE_DIGITS
    label = MEASURES[by][0]
    return maps.draw(
        areas,
        title=Said(
            f"{here.name_zh}各{LEVELS[found.digits].zh}：{label.zh}。数字见旁边的表",
            f"{here.name_en} by {LEVELS[found.digits].en}: {label.en}. The numbers are in the table beside it",
        ),
        outline=here.shape if found.drawing is None or len(here.area_path) == COUNTY_DIGITS else (),
        borders=[_border(it) for it in found.around] if is_crowded and found.drawing is None else (),
        named=_named(found) if is_crowded else None,
        is_crowded=len(areas) > MOST_BY_KEY,
    )


def _drawn(line: GridFigures, by: str, step: float) -> MapArea:
    rings = [kept for ring in line.rings if (kept := coarse(ring, step) if step else ring)]
    rings.sort(key=lambda ring: -abs(size_of(ring)))
    value = line.values[by]
    return MapArea(
        name=short_name(place_name(line.place)),
        shape=rings[0] if rings else (),
        more=rings[1:],
        href=grid_href(line.place.area_path),
        value=value,
        told=told(by, value),
        figure=number(value),
    )


def _step(lines: Sequence[GridFigures]) -> float:
    """How coarse the rings are drawn, in units of their plane; 0 for as they are."""
    rings = [ring for line in lines for ring in line.rings]
    if sum(map(len, rings)) <= MOST_CORNERS:
        return 0
    xs = [corner[0] for ring in rings for corner in ring]
    return max(0.2, (max(xs) - min(xs)) / maps.WIDTH * A_PIXEL)


def _border(place) -> MapArea:
    return MapArea(name=short_name(place_name(place)), shape=place.shape)


def _named(found: GridMap) -> list[MapArea]:
    """The larger areas, each with a ring in which its name may stand: its own, or a box around its grid cells."""
    if found.drawing is None:
        return [_border(it) for it in found.around]
    named = []
    for place in found.around:
        corners = [
            corner
            for line in found.lines
            if line.place.area_path.startswith(place.area_path)
            for ring in line.rings
            for corner in ring
        ]
        if corners:
            named.append(MapArea(name=short_name(place_name(place)), shape=_box(corners)))
    return named


def _box(corners: Sequence[Sequence[float]]) -> list[list[float]]:
    xs, ys = [corner[0] for corner in corners], [corner[1] for corner in corners]
    west, east, north, south = min(xs), max(xs), min(ys), max(ys)
    return [[west, north], [east, north], [east, south], [west, south]]
