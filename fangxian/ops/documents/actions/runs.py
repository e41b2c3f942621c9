"""Print runs: planned in parts, each kept as it is made, so that a worker that is killed goes on where it was."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from fangxian.core.refusal import Said
from fangxian.ops.audit.actions import record
from fangxian.ops.realm.current import county_now, the_realm

from ..models import PrintPart, PrintRun


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedPart:
    """A part to be made: its title, what it is about (subjects, in their order), and how many papers that is."""

    title: Said
    subjects: Sequence[str]
    n_sheets: int


@transaction.atomic
def begin_run(*, kind: str, area_path: str, layout: str, is_changed_only: bool, by: str) -> PrintRun:
    """Put a run on record; what is to be printed is planned when the worker takes it up."""
    run = PrintRun.objects.create(
        kind=kind, area_path=area_path, layout=layout, is_changed_only=is_changed_only, n_subjects=0, n_sheets=0,
        asked_by=by, asked_at=county_now(),
    )  # fmt: skip
    details = {"kind": kind, "area": area_path, "layout": layout, "is_changed_only": is_changed_only}
    record("documents.run_asked", by=by, about=[f"print_run:{run.pk}"], details=details)
    return run


def note_job(*, run: PrintRun, job: UUID) -> None:
    """Which job makes the run. No line: the job has its own."""
    run.job = job
    run.save(update_fields=["job"])


@transaction.atomic
def plan_run(*, run: PrintRun, parts: Sequence[PlannedPart], by: str) -> PrintRun:
    """Put its parts on record, none made yet; a run without any has ended. Planned already: nothing changes."""
    row = PrintRun.objects.select_for_update().get(pk=run.pk)
    if row.ended_at is not None or row.parts.exists():
        return row
    row.n_subjects, row.n_sheets = sum(len(it.subjects) for it in parts), sum(it.n_sheets for it in parts)
    row.ended_at = None if parts else county_now()
    row.save(update_fields=["n_subjects", "n_sheets", "ended_at"])
    PrintPart.objects.bulk_create(
        PrintPart(
            run=row, number=number, title_zh=it.title.zh, title_en=it.title.en, subjects=list(it.subjects),
            n_sheets=it.n_sheets,
        )
        for number, it in enumerate(parts, start=1)
    )  # fmt: skip
    details = {"n_parts": len(parts), "n_subjects": row.n_subjects, "n_sheets": row.n_sheets}
    record("documents.run_planned", by=by, about=[f"print_run:{row.pk}"], details=details)
    return row


@transaction.atomic
def keep_part(*, part: PrintPart, pdf: bytes, n_pages: int, n_sheets: int, shows: Mapping[str, str], by: str) -> None:
    """Keep a part that was made; a run whose last part it is has ended. Made already: nothing changes."""
    row = PrintPart.objects.select_for_update().get(pk=part.pk)
    if row.made_at is not None:
        return
    if pdf:
        row.file = the_realm().files.put(pdf)
    row.n_pages, row.n_bytes, row.n_sheets, row.shows = n_pages, len(pdf), n_sheets, dict(shows)
    row.made_at = county_now()
    row.save()
    details = {"part": row.number, "n_sheets": n_sheets, "n_pages": n_pages}
    record("documents.part_printed", by=by, about=[f"print_run:{row.run_id}"], details=details)
    if not PrintPart.objects.filter(run=row.run_id, made_at__isnull=True).exists():
        PrintRun.objects.filter(pk=row.run_id).update(ended_at=row.made_at)


@transaction.atomic
def note_taken(*, run: PrintRun, part: int | None, by: str) -> None:
    """That a file of the run was taken out; `part` None: all of them."""
    record("documents.part_taken", by=by, about=[f"print_run:{run.pk}"], details={"part": part or 0})
