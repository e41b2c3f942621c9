"""The tables of the grid cells' map: the figure it shows, all figures, the cells that stand on no map."""

from collections.abc import Mapping, Sequence

from fangxian.core.refusal import Said
from fangxian.ops.pages.county.words import CELL_KINDS, place_name, word
from fangxian.ops.pages.grids.figures import LEVELS, MEASURES, grid_href
from fangxian.ops.pages.tables import Column, Paging, Table
from fangxian.ops.pages.words import in_words
from fangxian.ops.places.models import GridCell
from fangxian.ops.realm.areas import GRID_DIGITS, TOWNSHIP_DIGITS, VILLAGE_DIGITS
from fangxian.ops.situation.grids import GridFigures, GridMap

SHOWN_BESIDE, A_PAGE = 12, 50
NONE = Said("这里还没有划分网格。", "This area has not been divided into grid cells.")
NOBODY = Said("没有网格员", "nobody")


def figure_table(request, found: GridMap, by: str) -> Table:
    """The map's own table: each area with the figure it is shaded by, the largest first."""
    lines = sorted(found.lines, key=lambda it: (-it.values[by], it.place.area_path))
    paging = Paging.of(request, total=len(lines), size=SHOWN_BESIDE, asks="beside")
    label = MEASURES[by][0]
    most = max((it.values[by] for it in lines), default=0)
    columns = (
        _name(found),
        Column(by, label, kind="bar", most=most, read=lambda it: it.values[by], total=found.totals[by]),
    )
    return Table(
        caption=label,
        columns=columns,
        rows=lines[paging.slice],
        href=lambda it: grid_href(it.place.area_path),
        paging=paging,
        empty=NONE,
    )


def all_table(request, found: GridMap) -> Table:
    """Every figure the reader may see of every area, in the order asked for by `?sort=`."""
    names = list(found.elsewhere)
    asked = request.GET.get("sort", "")
    key = asked.lstrip("-")
    lines = list(found.lines)
    if key in names:
        lines.sort(key=lambda it: (it.values[key], it.place.area_path), reverse=asked.startswith("-"))
    elif asked == "-name":
        lines.reverse()
    paging = Paging.of(request, total=len(lines), size=A_PAGE)
    columns = [_name(found, sort="name"), *_where(found)]
    columns += [_figure(name, found.totals[name]) for name in names]
    return Table(
        caption=Said(f"各{LEVELS[found.digits].zh}全部数字", f"All figures, by {LEVELS[found.digits].en}"),
        columns=columns,
        rows=lines[paging.slice],
        href=lambda it: grid_href(it.place.area_path),
        paging=paging,
        sorted_by=asked if key in (*names, "name") else "",
        empty=NONE,
    )


def _name(found: GridMap, sort: str = "") -> Column:
    label = {GRID_DIGITS: Said("网格", "Grid cell"), VILLAGE_DIGITS: Said("村、社区", "Village")}
    return Column(
        "name",
        label.get(found.digits, Said("乡镇", "Township")),
        read=lambda it: place_name(it.place),
        sort=sort,
    )


def _where(found: GridMap) -> list[Column]:
    """In which township a grid cell lies, on a map of the county: two villages of one name are usual."""
    if len(found.trail) > 1 or found.digits <= TOWNSHIP_DIGITS:
        return []
    names = {it.area_path: place_name(it) for it in found.around}
    return [Column("town", Said("乡镇", "Township"), read=lambda it: names.get(it.place.area_path[:TOWNSHIP_DIGITS]))]


def _figure(name: str, total: int) -> Column:
    return Column(name, MEASURES[name][0], kind="number", sort=f"-{name}", read=lambda it: it.values[name], total=total)


def undrawn_table(lines: Sequence[GridFigures], by: str, workers: Mapping[str, Sequence[str]]) -> Table:
    """The areas that stand on no map: a dedicated cell is a factory or a market, within another cell."""
    columns = (
        Column("name", Said("网格", "Grid cell"), read=lambda it: place_name(it.place)),
        Column("kind", Said("类别", "Kind"), kind="tag", read=lambda it: in_words(word(CELL_KINDS, it.place.kind))),
        Column("worker", Said("网格员岗位", "Grid worker's post"), read=lambda it: _posts(it.place, workers)),
        Column(by, MEASURES[by][0], kind="number", read=lambda it: it.values[by]),
    )
    return Table(
        caption=Said("没有画在图上的", "Not on the map"),
        columns=columns,
        rows=lines,
        href=lambda it: grid_href(it.place.area_path),
    )


def _posts(cell: GridCell, workers: Mapping[str, Sequence[str]]) -> str | Said:
    named = [*workers.get(cell.area_path, ()), *workers.get(cell.area_path[:VILLAGE_DIGITS], ())]
    return ", ".join(named) or NOBODY
