"""The only writers of the merges room."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from fangxian.ops.audit.actions import record
from fangxian.ops.realm.as_before import RowChange, Stays
from fangxian.ops.realm.bulk import insert_rows
from fangxian.ops.realm.current import county_now

from . import refusals
from .models import Merge, MovedRow
from .wire import Two, left_text, said_of, two_of, united_text


@transaction.atomic
def write_merge_down(
    *, two: Two, changes: Sequence[RowChange], united: Mapping[UUID, UUID], reason: str, at: datetime, by: str
) -> Merge:
    """Keep what a merge did to each row, within the transaction that did it.

    Parameters
    ----------
    united : of two contacts that were made one the one that is gone → the one that stays
    at : county time at which it began
    """
    row = Merge.objects.create(
        kept_person=two.kept_person,
        merged_person=two.merged_person,
        kept_case=two.kept_case,
        merged_case=two.merged_case,
        reason=reason,
        united=united_text(united),
        n_moved=len(changes),
        merged_at=at,
        merged_by=by,
    )
    insert_rows(
        MovedRow,
        (
            {
                "merge_id": row.pk, "table": it.table, "key": it.key, "before": said_of(it.before),
                "after": said_of(it.after), "moved_at": at,
            }
            for it in changes
        ),
    )  # fmt: skip
    details = {"n_rows": len(changes), "tables": dict(Counter(it.table for it in changes))}
    record("merges.written_down", by=by, about=two.subjects, details=details)
    return row


def locked_merge(*, merge: UUID) -> Merge:
    """A merge that is to be undone: of two who undo it at once the second finds it done.

    Refuses
    -------
    merges.unknown, merges.undone_already
    """
    row = Merge.objects.select_for_update().filter(pk=merge).first()
    if row is None:
        raise refusals.unknown()
    if row.undone_at is not None:
        raise refusals.undone_already(row.undone_at)
    return row


@transaction.atomic
def note_undone(*, merge: UUID, left: Sequence[Stays], n_returned: int, reason: str, by: str) -> Merge:
    """A merge is undone: what it had moved is kept no longer, what was left is, for a person to settle.

    Refuses
    -------
    merges.unknown, merges.undone_already
    """
    row = locked_merge(merge=merge)
    row.undone_at, row.undone_by, row.undone_why, row.left = county_now(), by, reason, left_text(left)
    row.save(update_fields=["undone_at", "undone_by", "undone_why", "left"])
    MovedRow.objects.filter(merge=row).delete()
    details = {"n_returned": n_returned, "n_left": len(left), "reason": reason}
    record("merges.undone", by=by, about=two_of(row).subjects, details=details)
    return row
