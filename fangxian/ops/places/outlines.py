"""What others may ask of the outlines of grid cells: those that count now, and the files they came with."""

from collections.abc import Iterable, Mapping
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from fangxian.ops.realm.areas import below

from . import outline_refusals as refusals
from .models import GridDrawing, GridOutline

COUNTING = Q(ends_at__isnull=True)


def outlines_now(area_path: str) -> dict[str, GridOutline]:
    """The outlines that count now of the grid cells in an area, by their paths, with the file each came with."""
    rows = GridOutline.objects.filter(COUNTING, below(area_path, "grid_cell__area_path"))
    rows = rows.select_related("grid_cell", "drawing").defer("drawing__outlines", "grid_cell__shape")
    return {row.grid_cell.area_path: row for row in rows.order_by("grid_cell__area_path")}


def drawn_now(area_path: str) -> dict[str, list]:
    """The same as coarse as a map shows them: a cell's rings in the plane of the schematic map."""
    rows = GridOutline.objects.filter(COUNTING, below(area_path, "grid_cell__area_path")).order_by()
    return dict(rows.values_list("grid_cell__area_path", "drawn"))


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
