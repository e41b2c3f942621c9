"""The county's own outlines of its grid cells: a file comes, a person settles whose an outline is, it takes effect.

A file changes the cells it has outlines of and no other, all at once; what it replaces keeps its time.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from fangxian.ops.audit.actions import record
from fangxian.ops.realm.current import county_now

from .. import outline_refusals as refusals
from ..models import Division, GridCell, GridDrawing, GridOutline
from ..outlines import by_cell, drawing_with_digest, unsettled

BATCH = 100


@dataclass(frozen=True, slots=True)
class Kept:
    """A file as it was kept; `is_repeat`: the same file had come before."""

    row: GridDrawing
    is_repeat: bool


@dataclass(frozen=True, slots=True)
class Applied:
    """How many cells have an outline that had none, another one than before, and the same."""

    n_new: int
    n_changed: int
    n_same: int


@transaction.atomic
def keep_drawing(*, digest: str, file_name: str, n_bytes: int, outlines: Sequence[Mapping], by: str) -> Kept:
    """Keep what a file says, without effect yet. The same file again is the one that is there."""
    if (known := drawing_with_digest(digest)) is not None:
        return Kept(known, is_repeat=True)
    row = GridDrawing.objects.create(
        digest=digest,
        file_name=file_name[:120],
        n_bytes=n_bytes,
        outlines=list(outlines),
        brought_at=county_now(),
        brought_by=by,
    )
    record(
        "places.drawing_kept",
        by=by,
        about=[subject_of(row)],
        details={"digest": digest, "n_outlines": len(outlines), "n_unsettled": len(unsettled(row))},
    )
    return Kept(row, is_repeat=False)


@transaction.atomic
def settle_outline(*, drawing: UUID, nth: int, area_path: str, by: str) -> None:
    """Say which grid cell an outline of a file is of; "" for none.

    Refuses
    -------
    places.drawing_not_found, places.drawing_applied, places.no_such_outline, places.no_such_cell,
    places.outline_cell_taken
    """
    row = _locked(drawing)
    if row.applied_at is not None:
        raise refusals.drawing_applied()
    if not any(it["nth"] == nth for it in row.outlines):
        raise refusals.no_such_outline(nth)
    if area_path:
        cell = GridCell.objects.filter(area_path=area_path).first()
        if cell is None:
            raise refusals.no_such_cell(area_path)
        holder = by_cell(row).get(area_path)
        if holder is not None and holder["nth"] != nth:
            raise refusals.cell_taken(nth, f"#{holder['nth']} {holder['called']}".strip(), cell.name_zh)
    row.settled[str(nth)] = area_path
    row.save(update_fields=["settled"])
    record("places.outline_settled", by=by, about=[subject_of(row)], details={"nth": nth, "area_path": area_path})


@transaction.atomic
def apply_drawing(*, drawing: UUID, seen: Collection[UUID], by: str) -> Applied:
    """Let a file take effect, whole: until this commits, everybody sees what was before. Once more changes nothing.

    Parameters
    ----------
    seen : the outlines that counted when somebody looked at what this would change

    Refuses
    -------
    places.drawing_not_found, places.outlines_unsettled, places.nothing_to_apply, places.outlines_changed
    """
    list(Division.objects.select_for_update().filter(kind=Division.Kind.COUNTY))  # one file after another
    row = _locked(drawing)
    if left := unsettled(row):
        raise refusals.outlines_unsettled(len(left))
    counting = {it.grid_cell_id: it for it in GridOutline.objects.filter(ends_at__isnull=True).defer("drawn")}
    if {it.pk for it in counting.values()} != set(seen):
        raise refusals.outlines_changed()
    applied = _swap(row, counting)
    row.applied_at, row.applied_by = _after_the_last(), by
    row.save(update_fields=["applied_at", "applied_by"])
    record(
        "places.drawing_applied",
        by=by,
        about=[subject_of(row)],
        details={
            "digest": row.digest,
            "n_new": applied.n_new,
            "n_changed": applied.n_changed,
            "n_same": applied.n_same,
        },
    )
    return applied


def _after_the_last() -> datetime:
    """Now, and later than of every file before: a drill's clock may go back, and it is the newest file that counts."""
    last, now = GridDrawing.objects.aggregate(last=Max("applied_at"))["last"], county_now()
    return now if last is None else max(now, last + timedelta(microseconds=1))


def _swap(row: GridDrawing, counting: Mapping[UUID, GridOutline]) -> Applied:
    told = by_cell(row)
    if not told:
        raise refusals.nothing_to_apply()
    cells = {it.pk: told[it.area_path] for it in GridCell.objects.filter(area_path__in=told).defer("shape")}
    new = [cell for cell in cells if cell not in counting]
    changed = [cell for cell in cells if cell in counting and counting[cell].rings != cells[cell]["rings"]]
    now = max([county_now(), *(counting[cell].begins_at for cell in changed)])  # a drill's clock may go back
    GridOutline.objects.filter(pk__in=[counting[cell].pk for cell in changed]).update(ends_at=now)
    GridOutline.objects.bulk_create(
        [
            GridOutline(
                grid_cell_id=cell, drawing=row, rings=cells[cell]["rings"], drawn=cells[cell]["drawn"], begins_at=now
            )
            for cell in (*new, *changed)
        ],
        batch_size=BATCH,
    )
    return Applied(len(new), len(changed), len(cells) - len(new) - len(changed))


def _locked(drawing: UUID) -> GridDrawing:
    row = GridDrawing.objects.select_for_update().filter(pk=drawing).first()
    if row is None:
        raise refusals.drawing_not_found()
    return row


def subject_of(row: GridDrawing) -> str:
    return f"grid_drawing:{row.pk}"
