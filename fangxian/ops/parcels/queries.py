"""What others may ask of the parcels room. Whose rows: `traces_within`; everything else is of a trace seen there."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

import numpy as np
from django.db.models import QuerySet

from fangxian.ops.accounts.models import Account
from fangxian.ops.accounts.scope import within_scope

from .models import Declaration, Handling, Trace, Waybill

VIEW = "parcels.trace"
PARCEL_BITS = 63


class HandlingColumns(NamedTuple):
    """Who touched which parcel when, one entry a touch, in the order of time.

    person : (n,) int64, gate numbers
    parcel : (n,) int64, `parcel_number` of the waybill, or of the declaration where no waybill is known
    depot : (n,) int64, venue numbers of the depots
    at_s : (n,) int64, seconds since 1970 UTC; of a declaration, the noon of its day in county time
    """

    person: np.ndarray
    parcel: np.ndarray
    depot: np.ndarray
    at_s: np.ndarray


def handling_columns(
    *, disease: str | None = None, begins: datetime | None = None, ends: datetime | None = None
) -> HandlingColumns:
    """Every touch by somebody on the register, couriers' included, within `[begins, ends)` where that is given."""
    handlings = Handling.objects.filter(person__isnull=False)
    couriers = Waybill.objects.filter(courier__isnull=False)
    if disease is not None:
        handlings, couriers = handlings.filter(trace__disease=disease), couriers.filter(trace__disease=disease)
    if begins is not None:
        handlings, couriers = handlings.filter(touched_at__gte=begins), couriers.filter(touched_at__gte=begins)
    if ends is not None:
        handlings, couriers = handlings.filter(touched_at__lt=ends), couriers.filter(touched_at__lt=ends)
    depot = "trace__depot__venue_number"
    rows = list(
        handlings.order_by().values_list("person__gate_number", "waybill_id", "declaration", depot, "touched_at")
    )
    rows += [
        (person, waybill, None, number, at)
        for person, waybill, number, at in couriers.order_by().values_list(
            "courier__gate_number", "pk", depot, "touched_at"
        )
    ]
    rows.sort(key=lambda row: (row[4], row[0]))
    return HandlingColumns(
        np.array([row[0] for row in rows], dtype=np.int64),
        np.array([parcel_number(row[1] or row[2]) for row in rows], dtype=np.int64),
        np.array([row[3] for row in rows], dtype=np.int64),
        np.array([int(row[4].timestamp()) for row in rows], dtype=np.int64),
    )


def parcel_number(waybill: UUID) -> int:
    """A waybill's id as a number that fits a column; two of a county are never alike by chance."""
    return waybill.int >> (128 - PARCEL_BITS)


def traces_within(account: Account | None) -> QuerySet[Trace]:
    """The traces an account may see, the newest first."""
    return within_scope(Trace.objects.select_related("depot"), account, VIEW)


def declarations_of(person: UUID) -> QuerySet[Declaration]:
    """What a person has declared, the latest touch first."""
    return Declaration.objects.filter(person_id=person).select_related("depot")
