"""A contact was exposed last on another day than is on record (更正最后接触日期): day 0 moves, and all that follows.

1. whoever may investigate there, and has no part in it                              accounts, approvals
2. the day, with its reason; the days of observation and what is due today follow    contacts
3. the evidence of the day before is withdrawn, that of the right one recorded       movement
4. codes, with their terms and tests, are computed, and gates know them              recolour
5. who had been released too early is called on and fetched again                    tasks
6. who was met earlier than was known is looked for                                  propose_contacts
"""

from datetime import date
from uuid import UUID

from django.db import transaction

from fangxian.core.policy.contacts import contact_rule
from fangxian.ops.accounts.models import Account
from fangxian.ops.contacts import actions as contacts_room
from fangxian.ops.contacts.actions import Corrected
from fangxian.ops.contacts.queries import contact_with
from fangxian.ops.realm.current import county_now

from .confirm_contacts import renew_evidence, rulebook_in_force, theirs_to_decide
from .contact_tasks import open_contact_tasks
from .propose_contacts import ask_for_contacts


@transaction.atomic
def correct_exposure(*, contact: UUID, on: date, reason: str, by: Account) -> Corrected:
    """Correct the day of last exposure of a contact who is decided on. The same day again changes nothing.

    Refuses
    -------
    accounts.not_yours, approvals.own_matter, tracing.no_rulebook, and whatever
    `contacts.actions.correct_last_exposure` refuses
    """
    [row] = theirs_to_decide([contact], by) or [None]
    rulebook = rulebook_in_force(row.disease) if row else None
    actor = f"account:{by.pk}"
    corrected = contacts_room.correct_last_exposure(contact=contact, on=on, reason=reason, rulebook=rulebook, by=actor)
    if not corrected.is_new:
        return corrected
    row, rule = contact_with(contact), contact_rule(rulebook, row.ring, county_now())
    if row.state != "released":
        renew_evidence([row], rulebook, rule, reason=reason, by=by)
    if corrected.is_observed_again:
        open_contact_tasks(rows=[row], rule=rule, by=actor)
    if corrected.is_first_earlier:
        ask_for_contacts(case=row.case_id, by=actor)
    return corrected
