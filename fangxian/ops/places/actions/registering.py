"""The registers themselves: divisions, grid cells, venues as a county file has them, and the numbers they take."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from hashlib import blake2b

from django.db import transaction

from fangxian.core.divisions import Divisions
from fangxian.core.policy.handles import NumberKey, permute
from fangxian.core.refusal import Refusal
from fangxian.ops.audit.actions import record
from fangxian.ops.changes.actions import publish
from fangxian.ops.realm.current import the_realm
from fangxian.ops.realm.keys import Purpose

from ..models import Division, Door, GridCell, NumberSeries, SchoolClass, Venue
from ..queries import town_paths
from ..wire import NEW_BASE, TOPIC

Shapes = Mapping[str, Sequence]
BATCH = 2000
VENUE_NUMBER_BITS = 24


@transaction.atomic
def take_numbers(series: str, count: int, *, bits: int) -> list[int]:
    """`count` fresh numbers of a series: permuted under the realm's key, so that neither order nor size shows.

    Serials are taken from a counter that only grows; a number once taken is never given again, whether or
    not the caller goes on to use it.
    """
    counter, _ = NumberSeries.objects.select_for_update().get_or_create(name=series)
    first = counter.next_serial
    counter.next_serial = first + count
    counter.save(update_fields=["next_serial"])
    secret = the_realm().keys.current(Purpose.GATE_NUMBERS).secret
    key = NumberKey(blake2b(series.encode(), key=secret, digest_size=32).digest(), bits=bits)
    return [permute(serial, key) for serial in range(first, first + count)]


@transaction.atomic
def lay_divisions(
    *, divisions: Divisions, town_codes: Collection[str], shapes: Shapes, labels: Shapes, by: str
) -> None:
    """Put the first edition of the divisions on record.

    Parameters
    ----------
    town_codes : units that a census counts as town, communities or not
    shapes, labels : area path → schematic outline and the place of its name, in a plane of 0..1000

    Refuses
    -------
    places.divisions_exist
        There is an edition already; a later one is a migration.
    """
    if Division.objects.exists():
        raise Refusal(
            "places.divisions_exist",
            zh="区划已经录入（{edition} 年版）。换用新版区划请运行迁移，原有人员和场所会随之转移。",
            en="The divisions are on record already (edition {edition}). A later edition is applied as a migration, "
            "which carries people and venues along.",
            edition=Division.objects.values_list("edition", flat=True).first(),
        )
    Division.objects.bulk_create(_rows_of(divisions, town_codes, shapes, labels), batch_size=BATCH)
    record("places.divisions_laid", by=by, details={"n_divisions": len(divisions.rows), **divisions.as_read})


@transaction.atomic
def succeed_divisions(*, new: Divisions, moves: Mapping[str, str], by: str) -> None:
    """Put a later edition on record. Where a code moved, its old row stays and names the successor.

    The successor of a moved code keeps the old one's place on the schematic map.
    """
    shapes = dict(Division.objects.values_list("area_path", "shape"))
    labels = dict(Division.objects.values_list("area_path", "label"))
    town_codes = {moves.get(code, code) for code in town_paths()}
    for old_code, new_code in moves.items():
        if new_code != old_code:
            shapes.setdefault(new_code, shapes.get(old_code, []))
            labels.setdefault(new_code, labels.get(old_code, []))
            Division.objects.filter(area_path=old_code).update(successor=new_code)
    Division.objects.bulk_create(
        _rows_of(new, town_codes, shapes, labels),
        update_conflicts=True,
        unique_fields=["area_path"],
        update_fields=["kind", "name_zh", "name_en", "is_urban", "edition", "shape", "label"],
    )
    publish(topic=TOPIC, changes=NEW_BASE)
    record("places.divisions_succeeded", by=by, details={"moves": dict(moves), **new.as_read})


def _rows_of(divisions: Divisions, town_codes: Collection[str], shapes: Shapes, labels: Shapes) -> list[Division]:
    return [
        Division(
            area_path=row.code,
            kind=row.kind,
            name_zh=row.name_zh,
            name_en=row.name_en or row.name_zh,
            is_urban=row.code in town_codes or row.setting == "urban",
            edition=divisions.edition,
            shape=shapes.get(row.code, []),
            label=labels.get(row.code, []),
        )
        for row in divisions.rows
    ]


@transaction.atomic
def lay_grid_cells(*, grid_cells: Sequence[GridCell], by: str) -> None:
    """Put grid cells on record."""
    GridCell.objects.bulk_create(grid_cells, batch_size=BATCH)
    record("places.grid_cells_laid", by=by, details={"n_grid_cells": len(grid_cells)})


@transaction.atomic
def register_venues(
    *,
    venues: Sequence[Venue],
    doors: Sequence[Door],
    school_classes: Sequence[SchoolClass],
    opened_at: datetime,
    by: str,
) -> None:
    """Put venues with their doors (and, for schools, classes) on record; each gets its venue number."""
    for venue, number in zip(venues, take_numbers("venue", len(venues), bits=VENUE_NUMBER_BITS), strict=True):
        venue.venue_number, venue.opened_at = number, opened_at
    Venue.objects.bulk_create(venues, batch_size=BATCH)
    Door.objects.bulk_create(doors, batch_size=BATCH)
    SchoolClass.objects.bulk_create(school_classes, batch_size=BATCH)
    publish(topic=TOPIC, changes=NEW_BASE)
    record("places.venues_registered", by=by, details={"n_venues": len(venues), "n_doors": len(doors)})
