"""Contacts of contacts as a list has them, that says who met whom and not which case that comes from."""

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from django.db import transaction

from fangxian.ops.audit.actions import record
from fangxian.ops.realm.bulk import update_rows

from ..models import Contact, State
from ..wire import ListedMeeting
from .listed_days import take_meetings
from .rows import locked_columns


@transaction.atomic
def take_meetings_through(
    *, meetings: Sequence[ListedMeeting], ring: str, unnamed: UUID, by: str
) -> list[tuple[UUID, bool]]:
    """Put on record that contacts met other contacts (`via`): each is one of that contact's case, through them.

    Through whom somebody is a contact already, stays; so does the ring of whoever was decided on.

    Parameters
    ----------
    ring : what the rulebook calls contacts of contacts; "" where it knows none
    unnamed : as for `take_meetings`; whose contact has no case yet, waits for one with them

    Refuses
    -------
    contacts.unknown
    """
    ends = {end for it in meetings for end in (it.contact, it.via) if end}
    cases = dict(locked_columns(ends, columns=("id", "case_id")))

    def case_of(it: ListedMeeting) -> UUID:
        between = cases[it.via] if it.via else unnamed
        return cases[it.contact] if between == unnamed else between

    taken = take_meetings(meetings=[replace(it, case=case_of(it)) for it in meetings], unnamed=unnamed, by=by)
    vias = {pk: it.via for it, (pk, _) in zip(meetings, taken, strict=True) if it.via and pk != it.via}
    rows = locked_columns(vias, columns=("id", "via", "state", "ring"))
    told = [
        {"id": pk, "via": vias[pk], "ring": ring if ring and state == State.PROPOSED else was}
        for pk, via, state, was in rows
        if via is None
    ]
    update_rows(Contact, told)
    if told:
        record("contacts.listed_through", by=by, facts={"n": len(told)})
    return taken
