"""A contact is let go before their days are over (提前解除), by the decision of whoever directs the work there.

1. whoever directs where each of them is followed, and has no part in it      accounts, approvals
2. they are released today, with the reason                                   contacts
3. what rested on their confirmation is withdrawn; codes, and gates, follow    movement, recolour
4. nothing is to be done about them any more; who is at a site is taken home   tasks, tracing

Whoever was no contact at all is rejected instead (confirm_contacts): then whoever is one through them is free too.
"""

from collections.abc import Sequence
from uuid import UUID

from django.db import transaction

from fangxian.ops.accounts.models import Account
from fangxian.ops.accounts.scope import require
from fangxian.ops.approvals.rules import refuse_own_matters
from fangxian.ops.contacts import actions as contacts_room
from fangxian.ops.contacts.queries import contacts_with

from .confirm_contacts import AT_ONCE, Decided, set_free
from .contact_tasks import who_is_away

MAY = "cases.direct"


def release_early(*, contacts: Sequence[UUID], reason: str, by: Account) -> Decided:
    """Let contacts go before their days are over; released already, nothing changes. Five hundred at a time.

    Refuses
    -------
    accounts.not_yours, approvals.own_matter, contacts.unknown, contacts.no_reason, contacts.not_now
    """
    require(by, MAY)
    wanted, decided = list(dict.fromkeys(contacts)), Decided(0, 0)
    parts = [wanted[start : start + AT_ONCE] for start in range(0, len(wanted), AT_ONCE)]
    for part in parts:
        rows = contacts_with(part)
        for area_path in sorted({row.area_path for row in rows}):
            require(by, MAY, area_path)
        refuse_own_matters(by, [row.person_id for row in rows if row.person_id])
    for part in parts:
        decided += _release(part, reason, f"account:{by.pk}")
    return decided


@transaction.atomic
def _release(part: Sequence[UUID], reason: str, by: str) -> Decided:
    away = who_is_away(contacts_with(part))
    released = contacts_room.release_early(contacts=part, reason=reason, by=by)
    return Decided(len(released), set_free(released, away=away, reason=reason, by=by) if released else 0)
