"""Tubes are sent to an outside laboratory, or called back from it."""

from collections.abc import Sequence
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from fangxian.ops.audit.actions import record
from fangxian.ops.laboratory import refusals
from fangxian.ops.laboratory.models import ConsignedTube, Consignment, Laboratory
from fangxian.ops.laboratory.queries import waiting_in
from fangxian.ops.realm.bulk import insert_rows
from fangxian.ops.realm.current import county_now


@transaction.atomic
def send_out(*, laboratory: UUID, sender: UUID, boxes: Sequence[UUID], by: str) -> Consignment:
    """Send the tubes of these boxes that wait at `sender` to an outside laboratory.

    Refuses
    -------
    laboratory.not_found, laboratory.nothing_to_send
    """
    here = Laboratory.objects.select_for_update().filter(pk=sender, is_own=True).first()
    there = Laboratory.objects.filter(pk=laboratory, is_own=False, closed_at=None).first()
    if here is None or there is None:
        raise refusals.no_laboratory()
    tubes = list(waiting_in(here, boxes).values_list("pk", flat=True))
    if not tubes:
        raise refusals.nothing_to_send()
    last = Consignment.objects.filter(laboratory=there).aggregate(n=Max("number"))["n"] or 0
    row = Consignment.objects.create(
        laboratory=there, number=last + 1, n_tubes=len(tubes), sent_at=county_now(), sent_by=by
    )
    insert_rows(ConsignedTube, ({"consignment_id": row.pk, "tube_id": it} for it in tubes))
    about = [f"laboratory:{there.pk}", f"consignment:{row.pk}"]
    record("laboratory.sent_out", by=by, about=about, facts={"number": row.number, "n_tubes": len(tubes)})
    return row


@transaction.atomic
def call_back(*, consignment: UUID, by: str) -> int:
    """What of a consignment has no result is not awaited from there any more, and waits here again. How many.

    Refuses
    -------
    laboratory.consignment_not_found
    """
    row = Consignment.objects.select_for_update().filter(pk=consignment).first()
    if row is None:
        raise refusals.no_consignment()
    n = row.tubes.filter(is_open=True).update(is_open=False)
    if row.closed_at is None:
        row.closed_at, row.closed_by = county_now(), by
        row.save(update_fields=["closed_at", "closed_by"])
    record("laboratory.called_back", by=by, about=[f"consignment:{row.pk}"], facts={"n_tubes": n})
    return n
