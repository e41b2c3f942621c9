"""Somebody passes through on the provincial road (过往人员登记).

1. the number of the document can be right            core.identity
2. a record, known for nothing but who they are       people
3. an address with a code, for a day                  people
4. the code: unknown until they declare               recolour

and, when they declare where they come from and go:

5. the declaration, in their own words                people
6. the code anew, if their document was seen as well  people, recolour (settle_visitors.py)
"""

from dataclasses import dataclass
from datetime import date

from django.db import transaction

from fangxian.core.identity import IdentityKind, IdentityNumber, check_identity_number
from fangxian.core.parameters import Parameter
from fangxian.core.refusal import Refusal
from fangxian.ops.people.actions import give_temporary_identity, put_declaration, register_persons, settle_standing
from fangxian.ops.people.models import Person, TemporaryIdentity
from fangxian.ops.people.queries import person_with_document, temporary_identity
from fangxian.ops.realm.current import county_now, the_realm

from .recolour import recolour

BY = "program:visitors"
HOURS = Parameter(
    value=24,
    unit="h",
    low=6,
    high=72,
    meaning="How long a visitor's temporary identity lasts",
    source="issue 3 (the loop): a day on the provincial road; a guess a county must decide",
)
# A phone may name any kind of document there is.
DOCUMENT_KINDS = dict.fromkeys(IdentityKind, Person.DocumentKind.OTHER) | {
    IdentityKind.RESIDENT: Person.DocumentKind.RESIDENT_18,
    IdentityKind.PASSPORT: Person.DocumentKind.PASSPORT,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitor:
    """What a visitor tells. `born_on` and `is_male` count where the document's number does not say them."""

    name: str
    phone: str
    kind: IdentityKind
    number: str
    from_place: str
    to_place: str
    born_on: date | None = None
    is_male: bool = True


def register_visitor(*, visitor: Visitor) -> tuple[TemporaryIdentity, str]:
    """A temporary identity, and the token of its address.

    Whoever comes again gets a new one for the same record, if name and phone are those given before.

    Refuses
    -------
    identity.*, people.visitor_on_record, people.visitor_birth_missing
    """
    at = county_now()
    number = check_identity_number(visitor.number, demo=the_realm().is_synthetic, kind=visitor.kind, on=at.date())
    with transaction.atomic():
        person = person_with_document(number.text)
        if person is None:
            person = _person(visitor, number)
            register_persons(persons=[person], by=BY)
        elif not _is_same(person, visitor):
            raise _on_record()
        found = give_temporary_identity(
            person=person, from_place=visitor.from_place, to_place=visitor.to_place, hours=HOURS.value, by=BY
        )
        settle_standing(persons=[person.pk], by=BY)
    recolour([person.pk], at, by=BY)
    return found


def declare_journey(*, identity: TemporaryIdentity, text: str) -> None:
    """The visitor declares; once a road post has seen their document too, the rules decide their colour.

    Refuses
    -------
    people.declaration_empty
    """
    if not text.strip():
        raise Refusal(
            "people.declaration_empty",
            zh="还没有写去过哪里，没有申报。请写明近 14 天到过的市县，例如“临汾市尧都区，4 月 10 日起”。",
            en="Nothing was written of where you have been, so nothing was declared. Name the places of the last 14 "
            "days, such as “Yaodu, Linfen, since 10 April”.",
        )
    with transaction.atomic():
        put_declaration(identity=identity, text=text.strip(), by=BY)
        recolour(settle_standing(persons=[identity.person_id], by=BY), county_now(), by=BY)


def visitor_of(token: str) -> TemporaryIdentity:
    """The temporary identity of an address, while it lasts.

    Refuses
    -------
    people.visitor.not_found, people.visitor_over
    """
    found = temporary_identity(token)
    if found is None:
        raise Refusal(
            "people.visitor.not_found",
            zh="没有这个临时码的地址，或已按期清除。地址在登记时给出，逐字有效。请核对链接，或重新登记。",
            en="There is no temporary code at this address, or it was erased at its term. The address is given when "
            "you register and must be whole: check the link, or register again.",
        )
    if county_now() >= found.ends_at:
        raise Refusal(
            "people.visitor_over",
            zh="临时身份已在 {ends} 到期。每次有效 {hours} 小时。还在本县的话，请重新登记。",
            en="This temporary identity ended at {ends}. Each lasts {hours} hours. Register again if you are still in "
            "the county.",
            ends=found.ends_at.strftime("%Y-%m-%d %H:%M"),
            hours=HOURS.value,
        )
    return found


def _person(visitor: Visitor, number: IdentityNumber) -> Person:
    born_on = number.born_on or visitor.born_on
    if born_on is None:
        raise Refusal(
            "people.visitor_birth_missing",
            zh="这种证件的号码里没有出生日期，还没有登记。请补填出生日期和性别。",
            en="The number of such a document does not say when you were born, so you were not registered. Fill in "
            "the date of birth and the sex.",
        )
    is_male = number.sex == 1 if number.sex else visitor.is_male
    return Person(
        area_path=the_realm().division_code,
        relation="",
        name=visitor.name,
        document_kind=DOCUMENT_KINDS[visitor.kind],
        document_number=number.text,
        phone=visitor.phone,
        sex=Person.Sex.MALE if is_male else Person.Sex.FEMALE,
        born_on=born_on,
        standing=Person.Standing.VISITOR,
        on_record_since=county_now(),
    )


def _is_same(person: Person, visitor: Visitor) -> bool:
    is_visitor = person.standing != Person.Standing.RESIDENT
    return is_visitor and (person.name, person.phone) == (visitor.name, visitor.phone)


def _on_record() -> Refusal:
    """One sentence for a resident and for another's data: it tells nobody whose number is on record as what."""
    return Refusal(
        "people.visitor_on_record",
        zh="用这些信息不能登记临时身份。临时身份只给不在本县登记的过往人员，再次登记时姓名和手机号须与上次一致。"
        "本县居民请用自己的健康码或纸质卡；其他情况请找卡口值守员。",
        en="These particulars cannot be given a temporary identity. It is for people passing through who are not on "
        "the county's register, and a second one needs the same name and phone. Residents use their own code or paper "
        "card; otherwise ask the keeper of the checkpoint.",
    )
