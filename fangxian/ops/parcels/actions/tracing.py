"""Opening and closing a trace, and who is found by it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Count, Max, Min, Q
from django.utils.timezone import localtime

from fangxian.core.parameters import Parameter
from fangxian.ops.audit.actions import record
from fangxian.ops.people.queries import areas_of
from fangxian.ops.places.models import Venue
from fangxian.ops.realm.as_before import Return, Stays, put_back
from fangxian.ops.realm.current import county_now

from .. import refusals
from ..models import MERGED, Declaration, Handling, Trace, Traced, Waybill
from ..vocabulary import DEPOT_TRADES

BATCH = 500
FURTHER = [Traced.State.SET_ASIDE, Traced.State.FOUND, Traced.State.RELEASED, Traced.State.CONFIRMED]
LONGEST_LOOK_BACK = Parameter(
    value=60, unit="days", low=7, high=180,
    meaning="How far back a trace of parcels may count, and a declaration may lie",
    source="a guess: four incubation periods; what was touched before that is a mistyped date",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Touches:
    """How often one person touched parcels of a trace, and from when to when."""

    n: int
    first_on: date
    last_on: date

    def with_more(self, other: "Touches") -> "Touches":
        return Touches(self.n + other.n, min(self.first_on, other.first_on), max(self.last_on, other.last_on))


def open_trace(*, disease: str, depot: Venue, since_on: date, why: str, by: str) -> Trace:
    """Begin to trace who touched a depot's parcels since a day.

    Refuses
    -------
    parcels.no_depot, parcels.since_wrong, parcels.no_reason, parcels.open_already
    """
    at = county_now()
    if depot.trade not in DEPOT_TRADES:
        raise refusals.no_depot(depot.trade)
    if not why.strip():
        raise refusals.no_reason()
    longest = int(LONGEST_LOOK_BACK.value)
    if not at.date() - timedelta(days=longest) <= since_on <= at.date():
        raise refusals.bad_since(since_on, at.date(), longest)
    try:
        with transaction.atomic():
            row = Trace.objects.create(
                disease=disease, depot=depot, area_path=depot.area_path, since_on=since_on, why=why.strip(),
                opened_at=at, opened_by=by,
            )  # fmt: skip
            record("parcels.trace_opened", by=by, about=[f"venue:{depot.pk}"], details=_told(row))
    except IntegrityError:
        open_one = Trace.objects.filter(depot=depot, disease=disease, closed_at=None).first()
        if open_one is None:
            raise
        raise refusals.open_already(open_one.since_on) from None
    return row


@transaction.atomic
def close_trace(*, trace: UUID, by: str) -> Trace:
    """End a trace; closed already, nothing changes. What it found stays."""
    row = locked_trace(trace)
    if row.closed_at is None:
        row.closed_at, row.closed_by = county_now(), by
        row.save(update_fields=["closed_at", "closed_by"])
        record("parcels.trace_closed", by=by, details=_told(row))
    return row


def locked_trace(trace: UUID, *, must_be_open: bool = False) -> Trace:
    row = Trace.objects.select_for_update(of=("self",)).select_related("depot").filter(pk=trace).first()
    if row is None:
        raise refusals.unknown_trace()
    if must_be_open and row.closed_at is not None:
        raise refusals.closed(localtime(row.closed_at).date())
    return row


def count_touches(*, trace: Trace, persons: Collection[UUID]) -> int:
    """Bring who is found by a trace in line with who touched its parcels; how many people were found anew.

    Within a transaction of the action that changed a touch; it leaves no line of its own. Whoever was only found and
    has touched nothing after all is found no more; whoever was confirmed stays until a person sets them aside.
    """
    n_new, wanted = 0, list(dict.fromkeys(persons))
    for start in range(0, len(wanted), BATCH):
        n_new += _count_some(trace, wanted[start : start + BATCH])
    return n_new


def _count_some(trace: Trace, persons: Sequence[UUID]) -> int:
    touches = touches_of(trace=trace, persons=persons)
    known = {row.person_id: row for row in Traced.objects.select_for_update().filter(trace=trace, person__in=persons)}
    areas = areas_of([person for person in touches if person not in known])
    changed = []
    for person, row in known.items():
        if (found := touches.get(person)) is None:
            continue
        if (row.n_parcels, row.first_on, row.last_on) != (found.n, found.first_on, found.last_on):
            _keep(row, found)
            changed.append(row)
    Traced.objects.bulk_update(changed, ["n_parcels", "first_on", "last_on", "state"])
    fresh = [
        Traced(
            trace=trace, person_id=person, area_path=areas[person], n_parcels=found.n, first_on=found.first_on,
            last_on=found.last_on,
        )
        for person, found in touches.items()
        if person not in known and person in areas
    ]  # fmt: skip
    Traced.objects.bulk_create(fresh)
    gone = [row.pk for person, row in known.items() if person not in touches]
    Traced.objects.filter(pk__in=gone, state=Traced.State.FOUND, is_courier=False).delete()
    return len(fresh)


def _keep(row: Traced, found: Touches) -> None:
    """A later touch than was confirmed is a new one: a person confirms it, or sets it aside, anew."""
    row.n_parcels = found.n
    if row.is_courier:  # at the depot every day, whatever a list says
        return
    if found.last_on > row.last_on and row.state in (Traced.State.CONFIRMED, Traced.State.RELEASED):
        row.state = Traced.State.FOUND
    row.first_on, row.last_on = found.first_on, found.last_on


def touches_of(*, trace: Trace, persons: Collection[UUID]) -> dict[UUID, Touches]:
    """Of each of these people what they touched, as whom a parcel was for, who signed, or who carried it."""
    counted = {"n": Count("pk"), "first": Min("touched_at"), "last": Max("touched_at")}
    rows = Handling.objects.filter(trace=trace, person__in=persons).order_by().values("person").annotate(**counted)
    found = {row["person"]: _touches(row["n"], row["first"], row["last"]) for row in rows}
    carried = Waybill.objects.filter(trace=trace, courier__in=persons).order_by().values("courier").annotate(**counted)
    for row in carried:
        more = _touches(row["n"], row["first"], row["last"])
        mine = found.get(row["courier"])
        found[row["courier"]] = mine.with_more(more) if mine else more
    return found


def _touches(n: int, first: datetime, last: datetime) -> Touches:
    return Touches(n, localtime(first).date(), localtime(last).date())


@transaction.atomic
def carry_parcels_over(*, kept: UUID, merged: UUID, by: str) -> None:
    """What a merged record touched, the one that goes on touched."""
    Handling.objects.filter(person_id=merged).update(person_id=kept)
    Waybill.objects.filter(courier_id=merged).update(courier_id=kept)
    Declaration.objects.filter(person_id=merged).update(person_id=kept)
    rows = list(Traced.objects.select_for_update().filter(person__in=[kept, merged]).order_by("pk"))
    for trace in {row.trace_id for row in rows}:
        further, *others = sorted((row for row in rows if row.trace_id == trace), key=_how_far, reverse=True)
        Traced.objects.filter(pk__in=[row.pk for row in others]).delete()
        Traced.objects.filter(pk=further.pk).update(person_id=kept)  # its evidence rests on it, so it is the one kept
    for one in Trace.objects.filter(pk__in={row.trace_id for row in rows}):
        count_touches(trace=one, persons=[kept])
    record("parcels.carried_over", by=by, about=[f"person:{kept}", f"person:{merged}"])


@transaction.atomic
def undo_merge(*, back: Return, persons: Collection[UUID], by: str) -> list[Stays]:
    """What came with a record is its own again, and who touched what is counted anew of both; what stays."""
    stays = put_back(back, MERGED)
    if back.returning:
        touched = Trace.objects.filter(Q(traced__person__in=persons) | Q(handlings__person__in=persons)).distinct()
        for one in touched.order_by("pk"):
            count_touches(trace=one, persons=persons)
        record("parcels.merge_undone", by=by, details={"n_rows": len(back.returning)})
    return stays


def _how_far(row: Traced) -> int:
    return FURTHER.index(row.state)


def _told(row: Trace) -> dict[str, str]:
    return {"trace": str(row.pk), "disease": row.disease, "since_on": row.since_on.isoformat()}
