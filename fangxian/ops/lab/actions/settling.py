"""A person settles what does not go together."""

from uuid import UUID

from django.db import transaction

from fangxian.ops.audit.actions import record
from fangxian.ops.lab import refusals
from fangxian.ops.lab.models import Discrepancy
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
    n = 0
    for found in rows.select_for_update():
        found.settled_at, found.settled_by, found.settled_how = county_now(), by, how.strip()
        found.save(update_fields=["settled_at", "settled_by", "settled_how"])
        n += 1
    if n:
        record("lab.settled", by=by, about=[f"round:{round}"], facts={"kind": "late", "n": n})
    return n
