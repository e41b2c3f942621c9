"""Contacts who were taken for cases and are none: contacts again, where they stood before."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from fangxian.ops.realm.current import county_now

from ..models import Contact, State, StateChange
from .rows import locked, move, note_line, write


@transaction.atomic
def note_no_case(*, person: UUID, disease: str, since: datetime, by: str, reason: str) -> tuple[UUID, ...]:
    """A case of this person turned out to be none: whose contact they were, they are again; ids of those rows.

    They had been near somebody, whatever their own sample says: their days go on from where they stood.

    Parameters
    ----------
    since : when that case was confirmed; who became a case before stays one
    """
    were = Contact.objects.filter(person=person, disease=disease, state=State.BECAME_CASE, state_since__gte=since)
    rows = locked(were.values_list("pk", flat=True))
    turned = StateChange.objects.filter(whose__in=rows, after=State.BECAME_CASE).order_by("id")
    before = dict(turned.values_list("whose_id", "before"))
    move(rows, after=lambda row: before.get(row.pk, State.PROPOSED), at=county_now(), by=by, reason=reason)
    write(rows, "state", "state_since")
    note_line("contacts.no_case", rows=rows, by=by, reason=reason)
    return tuple(row.pk for row in rows)
