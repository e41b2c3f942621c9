"""What becomes of whoever a trace found: confirmed by a person, set aside with a reason, tested, released."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from fangxian.ops.audit.actions import record
from fangxian.ops.people.models import Person
from fangxian.ops.realm.current import county_now

from .. import refusals
from ..models import Traced
from .tracing import BATCH, locked_trace, touches_of


@dataclass(frozen=True, slots=True, kw_only=True)
class TestSeen:
    """A test of somebody traced: `result` as `models.Traced.Tested`."""

    __test__ = False  # its name begins like a test's

    traced: UUID
    sampled_at: datetime
    result: str


def locked_traced(*, trace: UUID, traced: Collection[UUID]) -> list[Traced]:
    """Those people of a trace, locked in one order, for the procedure that decides about them.

    Refuses
    -------
    parcels.unknown_traced
    """
    wanted = sorted(set(traced))
    rows: list[Traced] = []
    for start in range(0, len(wanted), BATCH):
        some = Traced.objects.select_for_update(of=("self",)).filter(trace=trace, pk__in=wanted[start : start + BATCH])
        rows += some.select_related("person").order_by("pk")
    if len(rows) != len(wanted):
        raise refusals.unknown_traced(len(wanted) - len(rows))
    return rows


@transaction.atomic
def confirm_traced(*, trace: UUID, traced: Mapping[UUID, UUID | None], by: str) -> int:
    """People found are confirmed by a person; each with the evidence that was recorded of them, if the rules have it.

    Confirmed already: left as they are. How many were confirmed now.

    Refuses
    -------
    parcels.trace.not_found, parcels.closed, parcels.unknown_traced
    """
    locked_trace(trace, must_be_open=True)
    rows = [
        row
        for row in locked_traced(trace=trace, traced=traced)
        if row.state in (Traced.State.FOUND, Traced.State.SET_ASIDE)
    ]
    at = county_now()
    for row in rows:
        row.state, row.evidence, row.confirmed_at, row.confirmed_by = "confirmed", traced[row.pk], at, by
        row.n_negative = 0
    fields = ["state", "evidence", "confirmed_at", "confirmed_by", "n_negative"]
    Traced.objects.bulk_update(rows, fields, batch_size=BATCH)
    _record("parcels.confirmed", by, trace, rows)
    return len(rows)


@transaction.atomic
def set_aside(*, trace: UUID, traced: Collection[UUID], why: str, by: str) -> list[Traced]:
    """People found did not touch a parcel at risk after all; those whom it changed, as they now are.

    Refuses
    -------
    parcels.no_reason, parcels.trace.not_found, parcels.closed, parcels.unknown_traced
    """
    if not why.strip():
        raise refusals.no_reason()
    locked_trace(trace, must_be_open=True)
    rows = [
        row
        for row in locked_traced(trace=trace, traced=traced)
        if row.state in (Traced.State.FOUND, Traced.State.CONFIRMED)
    ]
    for row in rows:
        row.state, row.set_aside_why = Traced.State.SET_ASIDE, why.strip()
    Traced.objects.bulk_update(rows, ["state", "set_aside_why"], batch_size=BATCH)
    _record("parcels.set_aside", by, trace, rows, why=why.strip())
    return rows


@transaction.atomic
def put_couriers(*, trace: UUID, persons: Sequence[Person], by: str) -> list[Traced]:
    """The staff of a trace's depot as people it found, whether or not a list names them; all of them as they are now.

    Refuses
    -------
    parcels.trace.not_found, parcels.closed
    """
    row, at = locked_trace(trace, must_be_open=True), county_now()
    touches = touches_of(trace=row, persons=[person.pk for person in persons])
    known = {it.person_id: it for it in Traced.objects.select_for_update().filter(trace=row, person__in=persons)}
    fresh = []
    for person in persons:
        found = touches.get(person.pk)
        if (mine := known.get(person.pk)) is None:
            fresh.append(
                Traced(
                    trace=row, person=person, area_path=person.area_path, is_courier=True,
                    n_parcels=found.n if found else 0, first_on=row.since_on, last_on=at.date(),
                )
            )  # fmt: skip
        else:  # whoever works there touched parcels on every day of it
            mine.is_courier, mine.first_on, mine.last_on = True, row.since_on, at.date()
    Traced.objects.bulk_update(list(known.values()), ["is_courier", "first_on", "last_on"])
    Traced.objects.bulk_create(fresh)
    if row.couriers_settled_at is None:
        row.couriers_settled_at = at
        row.save(update_fields=["couriers_settled_at"])
    if fresh:
        _record("parcels.couriers_put", by, trace, fresh)
    return [*known.values(), *fresh]


@transaction.atomic
def note_tests(*, trace: UUID, tests: Sequence[TestSeen], by: str) -> int:
    """Keep the newest test of people traced, and how many in a row were negative; of how many it changed anything."""
    rows = {row.pk: row for row in Traced.objects.select_for_update().filter(pk__in=[it.traced for it in tests])}
    changed = []
    for it in tests:
        row = rows.get(it.traced)
        if row is not None and (row.tested_at, row.tested) != (it.sampled_at, it.result):
            if it.result != Traced.Tested.NEGATIVE:
                row.n_negative = 0
            elif row.tested_at != it.sampled_at or row.tested != it.result:
                row.n_negative += 1
            row.tested_at, row.tested = it.sampled_at, it.result
            changed.append(row)
    Traced.objects.bulk_update(changed, ["tested_at", "tested", "n_negative"], batch_size=BATCH)
    if changed:
        _record("parcels.tests_noted", by, trace, changed)
    return len(changed)


@transaction.atomic
def release(*, trace: UUID, traced: Collection[UUID], by: str) -> int:
    """People confirmed are released; how many were now."""
    rows = [row for row in locked_traced(trace=trace, traced=traced) if row.state == Traced.State.CONFIRMED]
    at = county_now()
    for row in rows:
        row.state, row.released_at = Traced.State.RELEASED, at
    Traced.objects.bulk_update(rows, ["state", "released_at"], batch_size=BATCH)
    if rows:
        _record("parcels.released", by, trace, rows)
    return len(rows)


def _record(action: str, by: str, trace: UUID, rows: Sequence[Traced], **details: str) -> None:
    about = [f"person:{row.person_id}" for row in rows] if len(rows) <= BATCH else []
    record(action, by=by, about=about, details={"trace": str(trace), "n_persons": len(rows)} | details)
