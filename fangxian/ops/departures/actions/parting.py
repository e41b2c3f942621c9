"""Undoing a merge of two records of the register."""

from django.db import transaction

from fangxian.ops.audit.actions import record
from fangxian.ops.realm.as_before import Return, Stays, put_back

from ..models import MERGED


@transaction.atomic
def undo_merge(*, back: Return, by: str) -> list[Stays]:
    """The departures that came with a record are its own again; what stays."""
    stays = put_back(back, MERGED)
    if back.returning:
        record("departures.merge_undone", by=by, details={"n_rows": len(back.returning)})
    return stays
