"""The only writers of the places room. Each is one transaction and one line in the audit trail."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from django.db import transaction

from fangxian.core.policy.handles import permute
from fangxian.core.refusal import Refusal
from fangxian.ops.audit.actions import record
from fangxian.ops.realm.current import the_realm
from fangxian.ops.realm.keys import Purpose

from .models import Division, Door, GridCell, NumberSeries, SchoolClass, Venue

BATCH = 2000


@transaction.atomic
def take_numbers(series: str, count: int) -> list[int]:
    """`count` fresh numbers of a series: permuted under the realm's key, so that neither order nor size shows.

    Serials are taken from a counter that only grows; a number once taken is never given again, whether or
    not the caller goes on to use it.
    """
    counter, _ = NumberSeries.objects.select_for_update().get_or_create(name=series)
    first = counter.next_serial
    counter.next_serial = first + count
    counter.save(update_fields=["next_serial"])
    key = the_realm().keys.newest(Purpose.GATE_NUMBERS).secret + series.encode()
    return [permute(serial, key) for serial in range(first, first + count)]


@transaction.atomic
def lay_divisions(*, divisions: Sequence[Division], by: str) -> None:
    """Put the divisions of one edition on record.

    Refuses
    -------
    places.divisions_exist
        There is one already; a later edition is a migration.
    """
    if Division.objects.exists():
        raise Refusal(
            "places.divisions_exist",
            zh="区划已经录入（{edition} 年版）。换用新版区划请运行迁移，原有人员和场所会随之转移。",
            en="The divisions are on record already (edition {edition}). A later edition is applied as a migration, "
            "which carries people and venues along.",
            edition=Division.objects.values_list("edition", flat=True).first(),
        )
    Division.objects.bulk_create(divisions, batch_size=BATCH)
    record("places.divisions_laid", by=by, details={"n_divisions": len(divisions), "edition": divisions[0].edition})


@transaction.atomic
def succeed_divisions(*, edition: str, successors: Mapping[str, Division], retired: Iterable[str], by: str) -> None:
    """Put the divisions of a later edition on record: old code → its successor (same code when only renamed)."""
    for old_code, new in successors.items():
        if new.area_path != old_code:
            Division.objects.filter(area_path=old_code).update(successor=new.area_path)
    Division.objects.bulk_create(
        successors.values(),
        update_conflicts=True,
        unique_fields=["area_path"],
        update_fields=["kind", "name_zh", "name_en", "edition"],
    )
    retired = sorted(retired)
    Division.objects.exclude(area_path__in=retired).update(edition=edition)
    record(
        "places.divisions_succeeded",
        by=by,
        details={"edition": edition, "successors": {old: new.area_path for old, new in successors.items()}},
    )


@transaction.atomic
def lay_grid_cells(*, grid_cells: Sequence[GridCell], by: str) -> None:
    """Put grid cells on record."""
    GridCell.objects.bulk_create(grid_cells, batch_size=BATCH)
    record("places.grid_cells_laid", by=by, details={"n_grid_cells": len(grid_cells)})


@transaction.atomic
def register_venues(
    *, venues: Sequence[Venue], doors: Sequence[Door], school_classes: Sequence[SchoolClass], opened_at: datetime, by: str
) -> None:
    """Put venues with their doors (and, for schools, classes) on record; each gets its venue number."""
    for venue, number in zip(venues, take_numbers("venue", len(venues)), strict=True):
        venue.venue_number, venue.opened_at = number, opened_at
    Venue.objects.bulk_create(venues, batch_size=BATCH)
    Door.objects.bulk_create(doors, batch_size=BATCH)
    SchoolClass.objects.bulk_create(school_classes, batch_size=BATCH)
    record("places.venues_registered", by=by, details={"n_venues": len(venues), "n_doors": len(doors)})
