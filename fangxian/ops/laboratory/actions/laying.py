"""Laboratories and their machines: added, stopped, taken away."""

from collections.abc import Sequence
from uuid import UUID

from django.db import transaction

from fangxian.core.laboratory.judging import Kit
from fangxian.ops.audit.actions import record
from fangxian.ops.laboratory import refusals
from fangxian.ops.laboratory.models import WELLS, Instrument, Laboratory, Run
from fangxian.ops.laboratory.queries import n_in_hand
from fangxian.ops.laboratory.wire import NewInstrument
from fangxian.ops.realm.current import county_now

LONGEST_RUN_MIN = 24 * 60


@transaction.atomic
def add_laboratory(
    *,
    name: str,
    is_own: bool,
    by: str,
    tubes_a_day: int | None = None,
    open_min: int = 1440,
    instruments: Sequence[NewInstrument] = (),
) -> Laboratory:
    """A laboratory with its machines; of an outside one how many tubes a day it takes is enough.

    Refuses
    -------
    laboratory.laboratory_wrong, laboratory.instrument_wrong
    """
    called = " ".join(name.split())[:60]
    if not called:
        raise refusals.laboratory_wrong("没有名称", "It has no name")
    if Laboratory.objects.filter(name=called).exists():
        raise refusals.laboratory_wrong(f"已有“{called}”", f"There is a “{called}” already")
    if not is_own and not tubes_a_day:
        raise refusals.laboratory_wrong("没有每天能做的管数", "It does not say how many tubes a day")
    row = Laboratory.objects.create(
        name=called, is_own=is_own, tubes_a_day=tubes_a_day, open_min=open_min, added_at=county_now(), added_by=by
    )
    for it in instruments:
        _add(row, it, by)
    facts = {"is_own": is_own, "n_instruments": len(instruments)}
    record("laboratory.added", by=by, about=[f"laboratory:{row.pk}"], facts=facts)
    return row


@transaction.atomic
def change_laboratory(*, laboratory: UUID, tubes_a_day: int | None, is_closed: bool, by: str) -> None:
    """How many tubes a day it takes from now on (None: what its machines do), and whether any is sent there.

    Refuses
    -------
    laboratory.not_found, laboratory.laboratory_wrong, laboratory.tubes_wait_there
    """
    row = Laboratory.objects.select_for_update().filter(pk=laboratory).first()
    if row is None:
        raise refusals.no_laboratory()
    if row.is_own and is_closed and row.closed_at is None and (n := n_in_hand(row)):
        raise refusals.tubes_wait_there(row.name, n)
    if not row.is_own and not tubes_a_day:
        raise refusals.laboratory_wrong("没有每天能做的管数", "It does not say how many tubes a day")
    row.tubes_a_day = tubes_a_day
    row.closed_at = (row.closed_at or county_now()) if is_closed else None
    row.save(update_fields=["tubes_a_day", "closed_at"])
    facts = {"tubes_a_day": tubes_a_day, "is_closed": is_closed}
    record("laboratory.changed", by=by, about=[f"laboratory:{row.pk}"], facts=facts)


@transaction.atomic
def set_kit(*, laboratory: UUID, kit: Kit, by: str) -> None:
    """By which kit its files are judged from now on; what was entered stays as it was judged.

    Refuses
    -------
    laboratory.not_found
    """
    row = Laboratory.objects.select_for_update().filter(pk=laboratory).first()
    if row is None:
        raise refusals.no_laboratory()
    row.kit = kit.told()
    row.save(update_fields=["kit"])
    record("laboratory.kit_set", by=by, about=[f"laboratory:{row.pk}"], facts={"kit": row.kit})


@transaction.atomic
def add_instrument(*, laboratory: UUID, instrument: NewInstrument, by: str) -> Instrument:
    """A machine more.

    Refuses
    -------
    laboratory.not_found, laboratory.instrument_wrong
    """
    row = Laboratory.objects.filter(pk=laboratory).first()
    if row is None:
        raise refusals.no_laboratory()
    made = _add(row, instrument, by)
    facts = {"kind": made.kind, "n_wells": made.n_wells}
    record("laboratory.instrument_added", by=by, about=[f"laboratory:{row.pk}"], facts=facts)
    return made


def _add(row: Laboratory, it: NewInstrument, by: str) -> Instrument:
    called = " ".join(it.name.split())[:40]
    if not called or Instrument.objects.filter(laboratory=row, name=called).exists():
        raise refusals.instrument_wrong("没有名称，或名称已用过", "It has no name, or one that is in use")
    if it.kind not in Instrument.Kind.values or it.n_wells not in WELLS or not 0 < it.run_min <= LONGEST_RUN_MIN:
        raise refusals.instrument_wrong("种类、孔数或每批时间不对", "Its kind, wells or minutes are none there are")
    return Instrument.objects.create(
        laboratory=row, kind=it.kind, name=called, n_wells=it.n_wells, run_min=it.run_min, added_at=county_now(),
        added_by=by,
    )  # fmt: skip


@transaction.atomic
def stop_instrument(*, instrument: UUID, why: str, by: str) -> None:
    """A machine is out of order; what runs in it is broken off by its own action.

    Refuses
    -------
    laboratory.instrument_not_found, laboratory.instrument_busy, laboratory.not_said_why
    """
    row = _there(instrument)
    if not why.strip():
        raise refusals.no_reason()
    _refuse_running(row)
    row.stopped_at, row.stopped_why = row.stopped_at or county_now(), why.strip()[:120]
    row.save(update_fields=["stopped_at", "stopped_why"])
    record("laboratory.instrument_stopped", by=by, about=[f"instrument:{row.pk}"], details={"why": row.stopped_why})


@transaction.atomic
def set_instrument_going(*, instrument: UUID, by: str) -> None:
    """A machine works again.

    Refuses
    -------
    laboratory.instrument_not_found
    """
    row = _there(instrument)
    row.stopped_at, row.stopped_why = None, ""
    row.save(update_fields=["stopped_at", "stopped_why"])
    record("laboratory.instrument_going", by=by, about=[f"instrument:{row.pk}"])


@transaction.atomic
def remove_instrument(*, instrument: UUID, by: str) -> None:
    """A machine is taken away; its runs stay on record.

    Refuses
    -------
    laboratory.instrument_not_found, laboratory.instrument_busy
    """
    row = _there(instrument)
    _refuse_running(row)
    row.removed_at = county_now()
    row.name = f"{row.name[:31]} {row.pk.hex[:8]}"  # so that another may have its name
    row.save(update_fields=["removed_at", "name"])
    record("laboratory.instrument_removed", by=by, about=[f"instrument:{row.pk}"])


def _there(instrument: UUID) -> Instrument:
    row = Instrument.objects.select_for_update().filter(pk=instrument, removed_at=None).first()
    if row is None:
        raise refusals.no_instrument()
    return row


def _refuse_running(row: Instrument) -> None:
    if Run.objects.filter(instrument=row, ended_at=None).exists():
        raise refusals.instrument_busy(row.name)
