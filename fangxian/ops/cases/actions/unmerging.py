"""Two cases that were taken for one illness of one person are two again."""

from collections.abc import Sequence
from uuid import UUID

from django.db import transaction

from fangxian.ops.audit.actions import record
from fangxian.ops.realm.as_before import Return, Stays, put_back

from ..models import MERGED
from .opening import locked, subjects_of
from .reports import note_first_due


@transaction.atomic
def undo_merge(*, back: Return, cases: Sequence[UUID], by: str) -> list[Stays]:
    """What came from the one case goes back to it, and its clocks run on; what stays.

    Parameters
    ----------
    cases : the two; none where only records of the register had been merged
    """
    locked(cases)
    stays = put_back(back, MERGED)
    rows = locked(cases)
    for row in rows:
        note_first_due(row)
    if back.returning:
        about = sorted({subject for row in rows for subject in subjects_of(row)})
        record("cases.merge_undone", by=by, about=about, details={"n_rows": len(back.returning)})
    return stays
