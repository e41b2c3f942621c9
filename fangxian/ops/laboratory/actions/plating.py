"""Plates are filled, run and given up."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from fangxian.core.laboratory.plates import LAYOUTS, plates_of
from fangxian.core.laboratory.plates import Plate as Layout
from fangxian.ops.audit.actions import record
from fangxian.ops.lab.barcodes import barcode_of
from fangxian.ops.laboratory import refusals
from fangxian.ops.laboratory.models import Instrument, Laboratory, Plate, Run, Well
from fangxian.ops.laboratory.queries import fit_for_a_plate, tubes_by_barcode, waiting, why_not_on_a_plate
from fangxian.ops.laboratory.words import PLATES
from fangxian.ops.realm.bulk import insert_rows
from fangxian.ops.realm.current import county_now

STATES = Plate.State
MOST_AT_ONCE = 2000  # tubes, some twenty plates
# Kind of the instrument → from which states a run begins, the state while it runs, the one after.
STEPS = {
    "extractor": ((STATES.LAID,), STATES.EXTRACTING, STATES.EXTRACTED),
    "amplifier": ((STATES.EXTRACTED,), STATES.AMPLIFYING, STATES.AMPLIFIED),
}


@transaction.atomic
def lay_plate(*, laboratory: UUID, n_wells: int, by: str, barcodes: Sequence[str] = ()) -> Plate:
    """Fill a plate: with what waits, the most urgent first, or with the tubes that were scanned, in their order.

    A tube scanned that is not on record yet, as its site was offline, has its well all the same.

    Refuses
    -------
    laboratory.not_found, laboratory.nothing_to_lay, laboratory.tube_not_for_a_plate, laboratory.plate_full,
    laboratory.tube_twice_on_plate, and what a barcode is refused for
    """
    row = _locked_laboratory(laboratory)
    layout = LAYOUTS.get(n_wells)
    if layout is None:
        raise refusals.instrument_wrong("没有这种孔数的板", "There is no plate of so many wells")
    tubes = _scanned(barcodes) if barcodes else [(it.label, it.pk) for it in waiting(row)[: len(layout.for_tubes)]]
    if not tubes:
        raise refusals.nothing_to_lay()
    plate = _put_down(row, Layout(layout, tuple(label for label, _ in tubes)), dict(tubes), by)
    facts = {"number": plate.number, "n_wells": n_wells, "n_tubes": len(tubes)}
    record("laboratory.plate_laid", by=by, about=[f"plate:{plate.pk}"], facts=facts)
    return plate


@transaction.atomic
def lay_all(*, laboratory: UUID, by: str) -> list[Plate]:
    """Fill so many plates that all that waits stands on one, of the kinds that its amplifiers take.

    Refuses
    -------
    laboratory.not_found, laboratory.nothing_to_lay
    """
    row = _locked_laboratory(laboratory)
    machines = Instrument.objects.filter(laboratory=row, removed_at=None, stopped_at=None, kind="amplifier")
    kinds = sorted(set(machines.values_list("n_wells", flat=True))) or sorted(LAYOUTS)
    tubes = {it.label: it.pk for it in waiting(row)[:MOST_AT_ONCE]}
    if not tubes:
        raise refusals.nothing_to_lay()
    plates = [_put_down(row, it, tubes, by) for it in plates_of(list(tubes), wells=kinds)]
    facts = {"n_plates": len(plates), "n_tubes": len(tubes)}
    record("laboratory.plates_laid", by=by, about=[f"laboratory:{row.pk}"], facts=facts)
    return plates


def _put_down(row: Laboratory, layout: Layout, tubes: Mapping[str, UUID | None], by: str) -> Plate:
    """A plate with these tubes, by label, and a number of its own."""
    last = Plate.objects.filter(laboratory=row).aggregate(n=Max("number"))["n"] or 0
    plate = Plate.objects.create(
        laboratory=row, number=last + 1, n_wells=layout.layout.n_wells, n_tubes=len(layout.tubes),
        laid_at=county_now(), laid_by=by,
    )  # fmt: skip
    insert_rows(
        Well,
        [
            {"plate_id": plate.pk, "position": position, "nth": nth, "barcode": label, "tube_id": tubes[label]}
            for nth, (position, label) in enumerate(layout.tube_of.items())
        ],
    )
    return plate


def _scanned(barcodes: Sequence[str]) -> list[tuple[str, UUID | None]]:
    """(label, tube) of what was scanned; None where it is not on record yet."""
    labels = [barcode_of(it) for it in barcodes]
    known, found = tubes_by_barcode(set(labels)), []
    fit = fit_for_a_plate([it.pk for it in known.values()])
    for label in labels:
        tube = known.get(label)
        if tube is not None and tube.pk not in fit:
            raise refusals.not_for_a_plate(label, *why_not_on_a_plate(tube))
        found.append((tube.label if tube else label, tube.pk if tube else None))
    strangers = [label for label, tube in found if tube is None]
    taken = Well.objects.filter(barcode__in=strangers, tube=None, plate__state__in=("laid", "extracting", "extracted"))
    if (double := taken.values_list("barcode", flat=True).first()) is not None:
        raise refusals.not_for_a_plate(double, "已在一块板上", "stands on a plate already")
    return found


def _locked_laboratory(laboratory: UUID) -> Laboratory:
    """The laboratory; two people who fill plates at once do not take the same tubes."""
    row = Laboratory.objects.select_for_update().filter(pk=laboratory, closed_at=None, is_own=True).first()
    if row is None:
        raise refusals.no_laboratory()
    return row


@transaction.atomic
def begin_run(*, plate: UUID, instrument: UUID, by: str) -> Run:
    """A plate goes into an instrument.

    Refuses
    -------
    laboratory.plate_not_found, laboratory.instrument_not_found, laboratory.instrument_stopped,
    laboratory.instrument_busy, laboratory.plate_does_not_fit, laboratory.plate_not_at_this_step
    """
    row = _locked_plate(plate)
    machine = Instrument.objects.select_for_update().filter(pk=instrument, removed_at=None).first()
    if machine is None or machine.laboratory_id != row.laboratory_id:
        raise refusals.no_instrument()
    if machine.stopped_at is not None:
        raise refusals.instrument_stopped(machine.name, machine.stopped_why)
    if Run.objects.filter(instrument=machine, ended_at=None).exists():
        raise refusals.instrument_busy(machine.name)
    if machine.n_wells < row.n_wells:
        raise refusals.too_few_wells(machine.name, machine.n_wells, row.n_wells)
    before, during, _ = STEPS[machine.kind]
    if row.state not in before and not _needs_no_extraction(row, machine):
        raise refusals.plate_step(*_said(row))
    at = county_now()
    run = Run.objects.create(
        instrument=machine, plate=row, began_at=at, began_by=by, due_at=at + timedelta(minutes=machine.run_min)
    )
    _move(row, during)
    record("laboratory.run_begun", by=by, about=[f"plate:{row.pk}"], facts={"kind": machine.kind, "number": row.number})
    return run


def _needs_no_extraction(row: Plate, machine: Instrument) -> bool:
    """A laboratory without an extractor amplifies what it laid: its kit opens the virus by itself."""
    there = Instrument.objects.filter(laboratory=row.laboratory_id, kind="extractor", removed_at=None)
    return machine.kind == "amplifier" and row.state == STATES.LAID and not there.exists()


@transaction.atomic
def end_run(*, plate: UUID, by: str) -> None:
    """A run is through.

    Refuses
    -------
    laboratory.plate_not_found, laboratory.plate_not_at_this_step
    """
    row = _locked_plate(plate)
    run = _running(row)
    run.ended_at, run.ended_by = county_now(), by
    run.save(update_fields=["ended_at", "ended_by"])
    _move(row, STEPS[run.instrument.kind][2])
    facts = {"kind": run.instrument.kind, "number": row.number}
    record("laboratory.run_ended", by=by, about=[f"plate:{row.pk}"], facts=facts)


@transaction.atomic
def break_run_off(*, plate: UUID, why: str, by: str) -> None:
    """A run did not get through; the plate stands where it stood before it.

    Refuses
    -------
    laboratory.plate_not_found, laboratory.plate_not_at_this_step, laboratory.not_said_why
    """
    row = _locked_plate(plate)
    run = _running(row)
    if not why.strip():
        raise refusals.no_reason()
    run.ended_at, run.ended_by, run.broken_why = county_now(), by, why.strip()[:120]
    run.save(update_fields=["ended_at", "ended_by", "broken_why"])
    was_extracted = row.runs.filter(instrument__kind="extractor", broken_why="").exclude(ended_at=None).exists()
    _move(row, STATES.EXTRACTED if was_extracted else STATES.LAID)
    facts = {"kind": run.instrument.kind, "number": row.number}
    record("laboratory.run_broken_off", by=by, about=[f"plate:{row.pk}"], facts=facts, details={"why": run.broken_why})


@transaction.atomic
def give_plate_up(*, plate: UUID, why: str, by: str) -> None:
    """A plate is lost, as when it was dropped: its tubes wait again.

    Refuses
    -------
    laboratory.plate_not_found, laboratory.plate_not_at_this_step, laboratory.not_said_why
    """
    row = _locked_plate(plate)
    if row.state not in (STATES.LAID, STATES.EXTRACTED, STATES.AMPLIFIED):
        raise refusals.plate_step(*_said(row))
    if not why.strip():
        raise refusals.no_reason()
    row.why = why.strip()[:120]
    _move(row, STATES.VOID)
    facts = {"number": row.number}
    record("laboratory.plate_given_up", by=by, about=[f"plate:{row.pk}"], facts=facts, details={"why": row.why})


def _locked_plate(plate: UUID) -> Plate:
    row = Plate.objects.select_for_update().filter(pk=plate).first()
    if row is None:
        raise refusals.no_plate()
    return row


def _running(row: Plate) -> Run:
    run = row.runs.filter(ended_at=None).select_related("instrument").first()
    if run is None:
        raise refusals.plate_step(*_said(row))
    return run


def _said(row: Plate) -> tuple[str, str]:
    return PLATES[row.state].zh, PLATES[row.state].en


def _move(row: Plate, state: str) -> None:
    row.state = state
    row.save(update_fields=["state", "why"])
