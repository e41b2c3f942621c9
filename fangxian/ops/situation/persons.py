"""A person's record as its page shows it, and finding one by what is on a document, a phone or a card."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from fangxian.core.identity import SYNTHETIC_PREFIX_BEGINS, IdentityKind, check_identity_number
from fangxian.core.refusal import Refusal
from fangxian.ops.accounts.models import Account
from fangxian.ops.accounts.scope import require, within_scope
from fangxian.ops.people.models import Attachment, Household, Person
from fangxian.ops.people.queries import attachments_of, members_of, person_with_document, persons_with_phone
from fangxian.ops.places.models import Division, GridCell
from fangxian.ops.places.queries import path_down_to
from fangxian.ops.realm.current import county_now, the_realm

from .households import household_with_card, read_card_number

PHONE = re.compile(r"(?:\+?86)?(1\d{10})")
# Reasons for showing a record in full. What is logged is "people.person_shown." and the reason.
REASONS = ("verify", "contact", "tracing", "correct", "asked")
OPENED, SHOWN = "people.person_page", "people.person_shown"


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonFile:
    """A person with what hangs on the record; `others` are the household's other members."""

    person: Person
    others: list[Person]
    attachments: list[Attachment]
    merged: list[Person]
    trail: list[Division | GridCell]
    at: datetime


def person_file(person_id: UUID, account: Account, *, at: datetime) -> PersonFile:
    """A person's record.

    Refuses
    -------
    people.person.not_found, people.person.not_yours
    """
    person = Person.objects.filter(pk=person_id).select_related("household", "merged_into").first()
    if person is None:
        raise Refusal(
            "people.person.not_found",
            zh="没有这个人的记录，或者记录已经依规删除。记录的地址由系统给出；请用证件号码、手机号或户卡编号查找。",
            en="There is no record of this person, or it was deleted as the rules require. Find the person by document "
            "number, phone or household card.",
        )
    if not _mine(account).filter(pk=person_id).exists():
        # The sentence names no area: where somebody lives is not for whoever may not see them.
        raise Refusal(
            "people.person.not_yours",
            zh="这份档案不在您的权限里，没有打开，也没有显示任何内容。您可以查看自己辖区居民的档案；"
            "如果工作需要，请联系负责那里的网格员。",
            en="This record is not yours to open, and nothing of it was shown. You can see the residents of your own "
            "area: if your work needs this record, ask the grid worker there.",
        )
    household = person.household
    others = [it for it in members_of(household) if it.pk != person.pk] if household else []
    return PersonFile(
        person=person,
        others=others,
        attachments=list(attachments_of(person)),
        merged=list(person.aliases.order_by("on_record_since", "pk")),
        trail=path_down_to(person.area_path),
        at=at,
    )


def somebody_registered(person_id: UUID, account: Account) -> Person:
    """Somebody for whom an account may declare what they cannot themselves: it keeps the register where they live.

    Refuses
    -------
    people.person.not_found, people.person.not_yours, accounts.not_yours
    """
    person = person_file(person_id, account, at=county_now()).person
    person = person.merged_into or person
    require(account, "people.register", person.area_path)
    return person


def own_record(account: Account) -> Person | None:
    """The record of the person an account belongs to, if the account may see it."""
    return _mine(account).filter(account=account, merged_into__isnull=True).first()


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a search found: people or a household, of those the reader may see. `by` says what was understood."""

    by: str
    persons: list[Person]
    household: Household | None = None


def find_people(text: str, account: Account, *, at: datetime) -> Found:
    """Who is meant by a document number, a phone or a household card number.

    What is outside the reader's area is as if it were not there, so that a search tells nothing of it.

    Refuses
    -------
    identity.*
        The text can be no document number; says what is wrong with it.
    accounts.not_yours
    """
    require(account, "people.view")
    if read_card_number(text):
        return Found(by="card", persons=[], household=household_with_card(text, account))
    if phone := read_phone(text):
        asked = [person.pk for person in persons_with_phone(phone)]
        mine = _mine(account).filter(pk__in=asked).select_related("household")
        return Found(by="phone", persons=list(mine.order_by("area_path", "place_in_household")))
    number = check_identity_number(text, demo=the_realm().is_synthetic, kind=kind_of_number(text), on=at.date())
    person = person_with_document(number.text)
    mine = _mine(account).filter(pk=person.pk).select_related("household") if person else ()
    return Found(by="document", persons=list(mine))


def read_phone(text: str) -> str | None:
    """The 11 digits of a typed mobile number, or None if the text does not look like one."""
    plain = re.sub(r"[\s\-‐-―()（）]", "", unicodedata.normalize("NFKC", text))
    read = PHONE.fullmatch(plain)
    return read[1] if read else None


def kind_of_number(text: str) -> IdentityKind:
    """What a number that begins with a letter, or with the 9 of a foreigner's card, stands on; anything else is taken
    for a resident's."""
    plain = unicodedata.normalize("NFKC", text).strip().upper()
    if plain.startswith("9") and not plain.startswith(SYNTHETIC_PREFIX_BEGINS):
        return IdentityKind.PERMANENT_RESIDENCE
    if not plain[:1].isascii() or not plain[:1].isalpha():
        return IdentityKind.RESIDENT
    return IdentityKind.TRAVEL_PERMIT if re.fullmatch(r"[HM]\d{8,10}", plain) else IdentityKind.PASSPORT


def _mine(account: Account):
    return within_scope(Person.objects.all(), account, "people.view", self_field="account")
