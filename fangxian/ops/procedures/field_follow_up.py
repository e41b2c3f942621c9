"""A contact's day, asked at their door without a network (外勤随访).

1. somebody else has written another answer for that day: theirs stands, and this one says so    contacts
2. how the contact was that day, and what follows from it                                        follow_contact
"""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from django.utils.timezone import localtime

from fangxian.core.refusal import Refusal
from fangxian.ops.accounts.models import Account
from fangxian.ops.contacts.queries import follow_ups_of
from fangxian.ops.contacts.wire import NOT_FOUND, OneDay
from fangxian.ops.contacts.words import FOUND, SYMPTOMS
from fangxian.ops.field.reading import decimal_of, one_of, text_of, uuid_of
from fangxian.ops.field.refusals import body_wrong
from fangxian.ops.field.wire import Intent, Outcome

from .follow_contact import follow_contact

COLDEST, HOTTEST, LONGEST_NOTE = 34, 43, 300


def take(intents: Sequence[Intent], by: Account) -> list[Outcome]:
    """Each is one contact's day; body: contact, found, temperature_c, symptoms, note.

    Refuses
    -------
    field.body_wrong, field.followed_by_another, and as `follow_contact`
    """
    return [_take_one(it, by) for it in intents]


def _take_one(intent: Intent, by: Account) -> Outcome:
    contact, how = uuid_of(intent, "contact"), _how(intent)
    on = localtime(intent.recorded_at).date()
    _refuse_over_another(contact, on, how, by)
    follow_contact(contact=contact, on=on, how=how, asked_at=intent.recorded_at, by=by)
    return Outcome(intent.number, "taken")


def _how(intent: Intent) -> OneDay:
    symptoms = intent.body.get("symptoms", [])
    if not isinstance(symptoms, list) or not all(isinstance(it, str) and it in SYMPTOMS for it in symptoms):
        raise body_wrong(intent.kind, "symptoms")
    found = one_of(intent, "found", FOUND)
    degrees = decimal_of(intent, "temperature_c", COLDEST, HOTTEST)
    if found == NOT_FOUND and (symptoms or degrees is not None):
        raise body_wrong(intent.kind, "found")
    note = text_of(intent, "note", LONGEST_NOTE, may_be_empty=True)
    return OneDay(found=found, temperature_c=degrees, symptoms=sorted(set(symptoms)), note=note)


def _refuse_over_another(contact: UUID, on: date, how: OneDay, by: Account) -> None:
    """Two phones with the same contact: the second does not write over what the first found."""
    written = follow_ups_of(contact).filter(on=on, state="done").first()
    if written is None or written.done_by == f"account:{by.pk}":
        return
    told = (written.found, written.temperature_c, sorted(written.symptoms))
    if told != (how.found, how.temperature_c, list(how.symptoms)):
        raise Refusal(
            "field.followed_by_another",
            zh="这名接触者 {on} 的随访已由别人在 {at} 记下，和您记的不一样，没有覆盖。应以核对过的为准：请联系对方；"
            "要改的，在「今天的随访」里打开更正。",
            en="Somebody else recorded this contact's follow-up of {on} at {at}, and otherwise than you did; theirs "
            "was not overwritten. What is right is to be checked: speak to them, and correct it under “Follow-ups” if "
            "need be.",
            on=on.isoformat(),
            at=f"{localtime(written.done_at):%H:%M}",
        )
