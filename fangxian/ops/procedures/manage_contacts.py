"""What an investigator notes of contacts between the decision and the end (接触者管理).

1. whoever may investigate there, and has no part in it          accounts, approvals
2. the step: traced, on the way, under observation, released     contacts
3. the days, by the rulebook of their disease in force           measures
4. work that a team held on somebody who is found is done        tracing
"""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from django.db import transaction

from fangxian.core.policy.rulebook import Rulebook
from fangxian.ops.accounts.models import Account
from fangxian.ops.accounts.scope import require
from fangxian.ops.approvals.rules import refuse_own_matters
from fangxian.ops.contacts import actions as room
from fangxian.ops.contacts.queries import contacts_with, within
from fangxian.ops.contacts.wire import Noted
from fangxian.ops.measures.queries import rulebooks_by_disease
from fangxian.ops.realm.current import county_now
from fangxian.ops.tracing.actions import end_work
from fangxian.ops.tracing.wire import CONTACT, Why

MAY = "cases.investigate"


@transaction.atomic
def note_contact(*, contact: UUID, noted: Noted, by: Account) -> None:
    """Write down what was found out about one contact.

    Refuses
    -------
    accounts.not_yours, approvals.own_matter, contacts.unknown
    """
    for rulebook in _rulebooks([contact], by).values():
        room.note_details(contact=contact, noted=noted, by=f"account:{by.pk}", rulebook=rulebook)


@transaction.atomic
def trace_contacts(*, contacts: Sequence[UUID], reason: str, by: Account) -> None:
    """They were found (落地): refuses as `contacts.actions.note_traced`, accounts.not_yours,
    approvals.own_matter."""
    _rulebooks(contacts, by)
    actor = f"account:{by.pk}"
    room.note_traced(contacts=contacts, reason=reason, by=actor)
    end_work(works=[(CONTACT, contact) for contact in contacts], why=Why.DONE, by=actor)


@transaction.atomic
def transfer_contacts(*, contacts: Sequence[UUID], site: str, reason: str, by: Account) -> None:
    """They are on the way: refuses as `contacts.actions.note_transferred`, accounts.not_yours,
    approvals.own_matter."""
    _rulebooks(contacts, by)
    room.note_transferred(contacts=contacts, site=site, reason=reason, by=f"account:{by.pk}")


@transaction.atomic
def place_contacts(
    *,
    contacts: Sequence[UUID],
    mode: str,
    by: Account,
    site: str = "",
    checked_in_on: date | None = None,
    home_reason: str = "",
    reason: str = "",
) -> None:
    """They are where they are observed: refuses as `contacts.actions.note_in_quarantine`, accounts.not_yours,
    approvals.own_matter."""
    by_disease = _rulebooks(contacts, by)
    actor, rows = f"account:{by.pk}", contacts_with(contacts)
    for disease, rulebook in by_disease.items():
        room.note_in_quarantine(
            contacts=[row.pk for row in rows if row.disease == disease],
            mode=mode,
            site=site,
            checked_in_on=checked_in_on,
            home_reason=home_reason,
            reason=reason,
            rulebook=rulebook,
            by=actor,
        )
    end_work(works=[(CONTACT, contact) for contact in contacts], why=Why.DONE, by=actor)


@transaction.atomic
def release_contacts(*, contacts: Sequence[UUID], reason: str, by: Account) -> None:
    """Their observation is over: refuses as `contacts.actions.release_contacts`, accounts.not_yours,
    approvals.own_matter."""
    _rulebooks(contacts, by)
    room.release_contacts(contacts=contacts, reason=reason, by=f"account:{by.pk}")


def _rulebooks(contacts: Sequence[UUID], by: Account) -> dict[str, Rulebook | None]:
    """The rulebook of each disease among these contacts, once it is clear that all of them are the account's."""
    rows = contacts_with(contacts)
    mine = set(within(by, MAY).filter(pk__in=contacts).values_list("pk", flat=True))
    for row in rows:
        if row.pk not in mine:
            require(by, MAY, row.area_path)
    require(by, MAY)
    refuse_own_matters(by, [row.person_id for row in rows if row.person_id])
    in_force = rulebooks_by_disease(county_now())
    return {disease: in_force.get(disease) for disease in sorted({row.disease for row in rows})}
