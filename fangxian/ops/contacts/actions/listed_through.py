"""Contacts of contacts as a list has them, that says who met whom and not which case that comes from."""

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from django.db import transaction

from fangxian.core.policy.rulebook import Rulebook
from fangxian.ops.audit.actions import record
from fangxian.ops.realm.bulk import update_rows

from ..models import OBSERVED, Contact, State
from ..wire import ListedMeeting
from .deciding import DATES, date_by_rulebook
from .listed_days import take_meetings
from .rows import locked, locked_columns, write


@transaction.atomic
def take_meetings_through(
    *, meetings: Sequence[ListedMeeting], ring: str, unnamed: UUID, rulebook: Rulebook, by: str
) -> list[tuple[UUID, bool]]:
    """Put on record that contacts met other contacts (`via`): each is one of that contact's case, through them.

    Through whom somebody is a contact already, stays; so does the ring of whoever was decided on here. Whoever came as
    one who is followed already was given a ring by the list of contacts, which says nothing of rings: theirs is now
    this one, and their days are reckoned by it.

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
    rows = locked_columns(vias, columns=("id", "via", "state", "ring", "decided_at", "proposed_at"))
    fresh = {
        pk: (state, was, decided_at == proposed_at)
        for pk, via, state, was, decided_at, proposed_at in rows
        if via is None
    }
    told = [
        {"id": pk, "via": vias[pk], "ring": ring if ring and (state == State.PROPOSED or as_listed) else was}
        for pk, (state, was, as_listed) in fresh.items()
    ]
    update_rows(Contact, told)
    if ring:
        _date([pk for pk, (state, was, as_listed) in fresh.items() if as_listed and state in OBSERVED], rulebook)
    if told:
        record("contacts.listed_through", by=by, facts={"n": len(told)})
    return taken


def _date(contacts: Sequence[UUID], rulebook: Rulebook) -> None:
    """Reckon the days of these anew, by the ring they have now."""
    if contacts:
        rows = locked(contacts)
        for row in rows:
            date_by_rulebook(row, rulebook=rulebook)
        write(rows, *DATES)
