"""What others may ask of the outlines of grid cells: those that count now, and the files they came with."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Q, QuerySet, Subquery

from fangxian.core.outlines.together import outline_together, simpler
from fangxian.ops.realm.areas import COUNTY_DIGITS, GRID_DIGITS, TOWNSHIP_DIGITS, VILLAGE_DIGITS, below
from fangxian.ops.realm.current import the_realm

from . import outline_refusals as refusals
from .models import Division, GridDrawing, GridOutline

COUNTING = Q(ends_at__isnull=True)
Version = tuple[UUID, datetime, str]
Drawn = list[list[list[float]]]
LATTICE = 0.2  # what `draw_grids` lays the rings in `drawn` on, in units of the map's plane of 1000
# How far a division's outline may be off, by the digits of its path: half a pixel of the map it stands on. The fewer
# corners it has, the sooner a name's place in it is found.
TOLERANCES = {COUNTY_DIGITS: 1.0, TOWNSHIP_DIGITS: 0.7, VILLAGE_DIGITS: 0.25}
MOST_TOGETHER = 2000
# What a process has read of the outlines that count: they change when a file is applied, their paths when the divisions
# do, and so does the version.
_KEPT: dict[Version, Mapping[str, Drawn]] = {}
_TOGETHER: dict[tuple[Version, str, bool], Drawn] = {}


def outlines_now(area_path: str) -> dict[str, GridOutline]:
    """The outlines that count now of the grid cells in an area, by their paths, with the file each came with."""
    rows = GridOutline.objects.filter(COUNTING, below(area_path, "grid_cell__area_path"))
    rows = rows.select_related("grid_cell", "drawing").defer("drawing__outlines", "grid_cell__shape")
    return {row.grid_cell.area_path: row for row in rows.order_by("grid_cell__area_path")}


def drawn_now(area_path: str) -> dict[str, list]:
    """The same as coarse as a map shows them: a cell's rings in the plane of the schematic map."""
    rows = GridOutline.objects.filter(COUNTING, below(area_path, "grid_cell__area_path")).order_by()
    return dict(rows.values_list("grid_cell__area_path", "drawn"))


def version_now() -> Version | None:
    """Which outlines count now: another after every file that is applied, and after every migration of the divisions,
    from which on the cells have other paths; None while the county has none of its own.
    """
    counties = Division.objects.filter(kind=Division.Kind.COUNTY).order_by("area_path")
    applied = GridDrawing.objects.filter(applied_at__isnull=False).order_by("-applied_at")
    applied = applied.annotate(edition=Subquery(counties.values("edition")[:1]))
    return applied.values_list("pk", "applied_at", "edition").first()


def drawn_of(version: Version) -> Mapping[str, Drawn]:
    """`drawn_now` of the whole county, which is read once for a version; it is `version_now`, asked just before."""
    found = _KEPT.get(version)
    if found is None:
        found = drawn_now(the_realm().division_code)
        _KEPT.clear()
        _KEPT[version] = found
    return found


def outline_of(version: Version, area_path: str, *, exact: bool = False) -> Drawn:
    """The rings of an area by the county's own outlines, the largest first: a grid cell's own, a division's around its
    cells together. [] where none of its cells has been drawn.

    exact : so as to stand around the cells themselves; else as exact as among its neighbours
    """
    drawn, digits = drawn_of(version), len(area_path)
    if digits >= GRID_DIGITS:
        return sorted(drawn.get(area_path, []), key=len, reverse=True)
    key = (version, area_path, exact)
    if key not in _TOGETHER:
        if len(_TOGETHER) > MOST_TOGETHER:
            _TOGETHER.clear()
        rings = [ring for path, own in drawn.items() if path.startswith(area_path) for ring in own]
        # Put together on the lattice they were drawn on, on which what two share is the same to the last corner.
        found = outline_together(rings, LATTICE)
        simple = (simpler(ring, TOLERANCES[digits]) for ring in found)
        _TOGETHER[key] = found if exact else [ring for ring in simple if len(ring) > 2]
    return _TOGETHER[key]


def drawings() -> QuerySet[GridDrawing]:
    """Every file that came, the newest first, with how many outlines that count now are from it; no outline is read."""
    now = Count("laid", filter=Q(laid__ends_at__isnull=True))
    return GridDrawing.objects.defer("outlines").annotate(n_now=now).order_by("-brought_at", "id")


def drawing_with(drawing: UUID) -> GridDrawing:
    """Refuses `places.drawing_not_found`."""
    found = GridDrawing.objects.filter(pk=drawing).first()
    if found is None:
        raise refusals.drawing_not_found()
    return found


def drawing_with_digest(digest: str) -> GridDrawing | None:
    return GridDrawing.objects.filter(digest=digest).first()


def last_applied() -> GridDrawing | None:
    """The file that was applied last; None while the county has no outlines of its own."""
    return GridDrawing.objects.defer("outlines").filter(applied_at__isnull=False).order_by("-applied_at").first()


def cell_of(drawing: GridDrawing, outline: Mapping) -> str | None:
    """The grid cell an outline of a file is of: as a person said, else as it was recognised.

    "" where a person said that it is of none; None while it is not settled.
    """
    said = drawing.settled.get(str(outline["nth"]))
    return said if said is not None else outline["area_path"] or None


def unsettled(drawing: GridDrawing) -> list[dict]:
    """The outlines of a file of which nobody knows yet whose they are."""
    return [it for it in drawing.outlines if cell_of(drawing, it) is None]


def by_cell(drawing: GridDrawing) -> dict[str, dict]:
    """The outlines of a file by the grid cells they are of; those that are not settled or of none are left out."""
    return {cell: it for it, cell in _cells(drawing) if cell}


def _cells(drawing: GridDrawing) -> Iterable[tuple[dict, str | None]]:
    return ((it, cell_of(drawing, it)) for it in drawing.outlines)
