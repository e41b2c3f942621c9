"""What people say themselves: that they received, sent or touched a parcel."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils.timezone import localtime

from fangxian.ops.audit.actions import record
from fangxian.ops.people.models import Person
from fangxian.ops.places.models import Venue
from fangxian.ops.realm.current import county_now

from .. import refusals
from ..models import Declaration, Handling, Trace
from ..wire import NOON, once_of
from .tracing import LONGEST_LOOK_BACK, count_touches, locked_trace

CERTAIN = 1000


@transaction.atomic
def declare_parcel(
    *, person: Person, how: str, touched_on: date, depot: Venue | None = None, number: str = "", by: str
) -> tuple[Declaration, bool]:
    """Keep somebody's word that they touched a parcel, for every open trace it concerns; whether it is new.

    Said again it is the same declaration.

    Refuses
    -------
    parcels.declared_day
    """
    at = county_now()
    longest = int(LONGEST_LOOK_BACK.value)
    if not at.date() - timedelta(days=longest) <= touched_on <= at.date():
        raise refusals.declared_day(touched_on, at.date(), longest)
    once = once_of(person.pk, depot.pk if depot else None, touched_on, how, number)
    row, is_new = Declaration.objects.get_or_create(
        once=once,
        defaults={
            "person": person, "depot": depot, "how": Declaration.How(how), "touched_on": touched_on,
            "number": number.strip(), "declared_at": at, "declared_by": by,
        },
    )  # fmt: skip
    if is_new:
        record("parcels.declared", by=by, about=[f"person:{person.pk}"], details={"declaration": str(row.pk)})
        open_ones = Trace.objects.filter(closed_at=None, since_on__lte=touched_on)
        for trace in open_ones.filter(depot=depot) if depot else open_ones:
            _draw_in(trace, [row])
    return row, is_new


@transaction.atomic
def draw_in_declarations(*, trace: UUID, by: str) -> int:
    """Give a trace what people had declared before it was opened; of how many. Repeated, of none.

    Refuses
    -------
    parcels.trace.not_found, parcels.closed
    """
    row = locked_trace(trace, must_be_open=True)
    said = Declaration.objects.filter(Q(depot=row.depot_id) | Q(depot=None), touched_on__gte=row.since_on)
    known = Handling.objects.filter(trace=row, declaration__isnull=False).values("declaration")
    fresh = list(said.exclude(pk__in=known).select_related("person"))
    _draw_in(row, fresh)
    if fresh:
        record("parcels.declarations_drawn_in", by=by, details={"trace": str(trace), "n": len(fresh)})
    return len(fresh)


def _draw_in(trace: Trace, declarations: Sequence[Declaration]) -> None:
    Handling.objects.bulk_create(
        [
            Handling(
                trace=trace,
                declaration=row.pk,
                role=Handling.Role.DECLARER,
                touched_at=_noon_of(row.touched_on),
                state=Handling.State.MATCHED,
                person_id=row.person_id,
                area_path=row.person.area_path,
                likelihood_per_mille=CERTAIN,
                because='[["declared","self",0]]',
            )
            for row in declarations
        ],
        ignore_conflicts=True,
    )
    count_touches(trace=trace, persons=[row.person_id for row in declarations])


def _noon_of(on: date) -> datetime:
    return datetime.combine(on, NOON, localtime(county_now()).tzinfo)
