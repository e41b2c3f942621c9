"""A trace of a depot's parcels begins (启动快递追查).

1. whoever may trace parcels where the depot stands       accounts
2. the trace                                              parcels
3. what people had declared before belongs to it          parcels
"""

from datetime import date
from uuid import UUID

from django.db import transaction

from fangxian.ops.accounts.models import Account
from fangxian.ops.accounts.scope import require
from fangxian.ops.parcels import refusals
from fangxian.ops.parcels.actions.declaring import draw_in_declarations
from fangxian.ops.parcels.actions.tracing import open_trace
from fangxian.ops.parcels.queries import VIEW, depots


@transaction.atomic
def open_parcel_trace(*, depot: UUID, disease: str, since_on: date, why: str, by: Account) -> UUID:
    """Begin to trace a depot's parcels; the trace.

    Refuses
    -------
    accounts.not_yours, parcels.no_depot, parcels.since_wrong, parcels.no_reason, parcels.open_already
    """
    venue = depots().filter(pk=depot).first()
    if venue is None:
        raise refusals.no_depot("")
    require(by, VIEW, venue.area_path)
    actor = f"account:{by.pk}"
    row = open_trace(disease=disease, depot=venue, since_on=since_on, why=why, by=actor)
    draw_in_declarations(trace=row.pk, by=actor)
    return row.pk
