"""A person settles what does not go together."""

from uuid import UUID

from django.db import transaction

from fangxian.ops.audit.actions import record
from fangxian.ops.lab import refusals
from fangxian.ops.lab.models import Discrepancy
from fangxian.ops.realm.bulk import update_rows
from fangxian.ops.realm.current import county_now


@transaction.atomic
def settle(*, round: UUID, discrepancy: UUID, how: str, by: str) -> None:
    """Somebody looked into it and says what is right; what was recorded stays as it is.

    Refuses
    -------
    lab.settled_without_words, lab.discrepancy.not_found
    """
    if not how.strip():
        raise refusals.settled_without_words()
    rows = Discrepancy.objects.filter(pk=discrepancy, round=round, gone_at=None, settled_at=None)
    found = rows.select_for_update().first()
    if found is None:
        raise refusals.no_discrepancy()
    found.settled_at, found.settled_by, found.settled_how = county_now(), by, how.strip()
    found.save(update_fields=["settled_at", "settled_by", "settled_how"])
    record("lab.settled", by=by, about=[f"round:{round}"], facts={"kind": found.kind}, details={"key": found.key})


@transaction.atomic
def settle_what_came_late(*, round: UUID, how: str, by: str) -> int:
    """Of all that came after the round's end somebody says why it need not count; how many.

    Refuses
    -------
    lab.settled_without_words
    """
    if not how.strip():
        raise refusals.settled_without_words()
    rows = Discrepancy.objects.filter(round=round, kind="late", gone_at=None, settled_at=None)
    said = {"settled_at": county_now(), "settled_by": by, "settled_how": how.strip()}
    late = list(rows.select_for_update().order_by("pk").values_list("pk", flat=True))
    update_rows(Discrepancy, ({"id": it, **said} for it in late))
    if late:
        record("lab.settled", by=by, about=[f"round:{round}"], facts={"kind": "late", "n": len(late)})
    return len(late)
