"""One contact with everything its page shows: the case, the chain it stands in, what it was told and by whom."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from fangxian.core.refusal import Refusal
from fangxian.ops.accounts.models import Account
from fangxian.ops.accounts.queries import accounts_by_id, may
from fangxian.ops.cases.queries import may_see as may_see_case
from fangxian.ops.cases.queries import unfinished_of_person
from fangxian.ops.contacts.queries import (
    FOLLOW,
    VIEW,
    changes_of,
    contact_with,
    contacts_of,
    follow_ups_of,
    same_people,
    whole,
    within,
)
from fangxian.ops.contacts.wire import Who, Why, read_why, who_of
from fangxian.ops.places.queries import path_down_to

from .contact_lists import Around, around


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactFile:
    """A contact as its page shows it.

    Attributes
    ----------
    via : the contact through whom they are one; None for none, or one erased
    via_case : the case which that contact became; None where it did not, or the reader may not see it
    through : those who are contacts through this one, with their files
    elsewhere : the same person as a contact of other cases
    by : units and posts behind `changes`, by "account:<id>"
    """

    row: object
    who: Who
    why: Sequence[Why]
    trail: Sequence
    via: object | None
    via_case: UUID | None
    through: Sequence
    elsewhere: Sequence
    changes: Sequence
    by: Mapping[str, str]
    follow_ups: Sequence
    around: Around
    at: datetime


def contact_file(contact: UUID, account: Account, *, at: datetime) -> ContactFile:
    """A contact's page for an account that may see it, or follow it up.

    Refuses
    -------
    contacts.not_yours
        Also for one that does not exist: who may not see a contact is not told that there is one.
    """
    row = contact_with(contact)
    if row is None or not (may_see(account, contact) or may(account, FOLLOW, row.area_path, team=row.team)):
        raise _not_yours()
    through = list(whole(contacts_of(contact))[:200])
    via = contact_with(row.via) if row.via else None
    elsewhere = same_people([row]).get(row.pk, [])
    changes = list(changes_of(contact))
    return ContactFile(
        row=row,
        who=who_of(row, row.file),
        why=read_why(row.file.why),
        trail=path_down_to(row.area_path),
        via=via,
        via_case=_case_of(via, account),
        through=through,
        elsewhere=elsewhere,
        changes=changes,
        by=_posts(changes),
        follow_ups=list(follow_ups_of(contact)),
        around=around([row, *through, *elsewhere], at=at),
        at=at,
    )


def _case_of(via, account: Account) -> UUID | None:
    """The case that a contact became."""
    if via is None or via.state != "became_case" or via.person_id is None:
        return None
    case = unfinished_of_person(via.person_id, via.disease)
    return case.pk if case is not None and may_see_case(account, case.pk) else None


def may_see(account: Account, contact: UUID) -> bool:
    """Whether an account may see a contact's file, as those who investigate do."""
    return may(account, VIEW) and within(account).filter(pk=contact).exists()


def _posts(changes: Sequence) -> dict[str, str]:
    ids = {UUID(it.by.partition(":")[2]) for it in changes if it.by.startswith("account:")}
    return {f"account:{pk}": account.username for pk, account in accounts_by_id(ids).items()}


def _not_yours() -> Refusal:
    return Refusal(
        "contacts.not_yours",
        zh="这名接触者不在您的辖区，或没有这条记录。只能看自己辖区里的；请从名单里打开。",
        en="This contact is not in your area, or there is no such record. Only those of your own area can be seen: "
        "open one from the list.",
    )
