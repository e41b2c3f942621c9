"""Contacts of two that were taken for one are each one's own again."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from fangxian.core.policy.rulebook import Rulebook
from fangxian.ops.realm.as_before import RowChange, Stays, put_back, values_of
from fangxian.ops.realm.current import county_now

from ..models import MERGED, OBSERVED, Contact, ContactFile, State, StateChange
from ..parting import CONTACT, UNDECIDED, Line, Parting
from .deciding import date_by_rulebook
from .rows import locked, note_line, write

DATES = ("release_on", "release_computed_on", "watched_until_on")


@transaction.atomic
def undo_merge(*, parting: Parting, rulebooks: Mapping[str, Rulebook], reason: str, by: str) -> list[Stays]:
    """Contacts go back to whose they were, and their days follow from their own last exposure; what stays.

    Parameters
    ----------
    rulebooks : by disease; days are left as they were where there is none
    """
    moved = [change for change in parting.back.returning if change.table == CONTACT]
    stays = put_back(parting.back, MERGED)
    at = county_now()
    made = [pk for line in parting.proposals if (pk := _make(line, at, reason, by)) is not None]
    there = Contact.objects.filter(pk__in=[UUID(change.key) for change in moved]).values_list("pk", flat=True)
    rows = locked([*there, *made])
    _tell_states(rows, parting.back.columns, at, reason, by)
    touched = {change.key for change in moved if {"last_exposure_on", "case_id"} & set(change.before or ())}
    for row in rows:
        if str(row.pk) in touched and row.state in OBSERVED and row.disease in rulebooks:
            date_by_rulebook(row, rulebook=rulebooks[row.disease])
    write(rows, *DATES)
    note_line("contacts.merge_undone", rows=rows, by=by, n_proposed=len(made), n_left=len(stays))
    return stays


def _make(line: Line, at: datetime, reason: str, by: str) -> UUID | None:
    """A line as a proposal; None where that case has a line of the person meanwhile."""
    was = State(str(line.contact["state"]))
    row = Contact(**values_of(Contact, {**line.contact, **UNDECIDED}))
    row.state_since = at
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        return None
    ContactFile(**values_of(ContactFile, line.file)).save(force_insert=True)
    if was is not State.PROPOSED:
        StateChange.objects.create(whose=row, before=was, after=row.state, ring=row.ring, at=at, by=by, reason=reason)
    return row.pk


def _tell_states(
    rows: Sequence[Contact], written: Sequence[tuple[RowChange, tuple[str, ...]]], at: datetime, reason: str, by: str
) -> None:
    """Whose state was changed by the merge and is as before again: their history says so."""
    was = {change.key: change.after["state"] for change, names in written if "state" in names and change.after}
    StateChange.objects.bulk_create(
        [
            StateChange(whose=row, before=was[str(row.pk)], after=row.state, ring=row.ring, at=at, by=by, reason=reason)
            for row in rows
            if str(row.pk) in was
        ]
    )
