"""Who it is that arrives (来返人员身份). Part of declare_arrival.

1. the number of the document can be right                               core.identity
2. on the register under it: that record, if the name is the same        people
3. lives here and is not on the register: put on it                      people
4. stays for a while only: an identity for a day, with a code            register_visitor
"""

from dataclasses import dataclass
from datetime import date

from fangxian.core.identity import IdentityKind, IdentityNumber, check_identity_number
from fangxian.core.refusal import Refusal
from fangxian.ops.accounts.models import Account
from fangxian.ops.accounts.scope import require
from fangxian.ops.people.actions import note_document_seen, register_persons
from fangxian.ops.people.models import Person
from fangxian.ops.people.queries import person_with_document
from fangxian.ops.realm.current import county_now, the_realm

from .register_visitor import DOCUMENT_KINDS, Visitor, declare_journey, register_visitor

REGISTER = "people.register"


@dataclass(frozen=True, slots=True, kw_only=True)
class Newcomer:
    """Somebody as whoever has their document before them writes them down.

    `born_on` and `is_male` count where the number does not say them. `lives_here`: comes to live here, or lives here
    and is on no list; else a visitor. `from_place`, `to_place` are in words, for a visitor's own record.
    """

    name: str
    number: str
    kind: IdentityKind = IdentityKind.RESIDENT
    phone: str = ""
    born_on: date | None = None
    is_male: bool = True
    lives_here: bool = False
    from_place: str = ""
    to_place: str = ""


def known_person(newcomer: Newcomer) -> Person | None:
    """Who is on the register under this document; None: nobody.

    Refuses
    -------
    identity.*, arrivals.other_name
    """
    person = person_with_document(_number(newcomer).text)
    if person is not None and _plain(person.name) != _plain(newcomer.name):
        raise Refusal(
            "arrivals.other_name",
            zh="姓名“{name}”和这个证件号码对不上，没有申报。应是同一个人证件上的姓名和号码；请对照证件核对，"
            "都没有错时请找网格员。",
            en="The name “{name}” does not belong to this document number, so nothing was declared. Both should be as "
            "on one person's document: compare with it, and ask the grid worker if both are right.",
            name=newcomer.name[:20],
        )
    return person


def put_on_record(newcomer: Newcomer, *, area_path: str, by: Account, seen_at_venue: int | None) -> tuple[Person, str]:
    """A record for somebody who has none, and of a visitor the token of the address of their code.

    Parameters
    ----------
    seen_at_venue : number of the hotel or post at which the document was seen; None where nobody saw it

    Refuses
    -------
    identity.*, accounts.not_yours, people.visitor_on_record, people.visitor_birth_missing
    """
    if newcomer.lives_here:
        require(by, REGISTER, area_path)
        person = _resident(newcomer, _number(newcomer), area_path)
        register_persons(persons=[person], by=f"account:{by.pk}")
        return person, ""
    identity, token = register_visitor(
        visitor=Visitor(
            name=newcomer.name, phone=newcomer.phone, kind=newcomer.kind, number=newcomer.number,
            from_place=newcomer.from_place, to_place=newcomer.to_place, born_on=newcomer.born_on,
            is_male=newcomer.is_male,
        )
    )  # fmt: skip
    if seen_at_venue is not None:
        actor = f"account:{by.pk}"
        note_document_seen(identity=identity, seen_at=county_now(), venue_number=seen_at_venue, by=actor)
    declare_journey(identity=identity, text=newcomer.from_place)
    return identity.person, token


def _number(newcomer: Newcomer) -> IdentityNumber:
    on = county_now().date()
    return check_identity_number(newcomer.number, demo=the_realm().is_synthetic, kind=newcomer.kind, on=on)


def _plain(name: str) -> str:
    return "".join(name.split()).casefold()


def _resident(newcomer: Newcomer, number: IdentityNumber, area_path: str) -> Person:
    born_on = number.born_on or newcomer.born_on
    if born_on is None:
        raise Refusal(
            "arrivals.birth_missing",
            zh="这种证件的号码里没有出生日期，没有登记。登记居民须有出生日期和性别；请补填。",
            en="The number of such a document does not say when they were born, so they were not registered. A "
            "resident's record has the date of birth and the sex: fill them in.",
        )
    is_male = number.sex == 1 if number.sex else newcomer.is_male
    return Person(
        area_path=area_path,
        relation="",
        name=newcomer.name,
        document_kind=DOCUMENT_KINDS[newcomer.kind],
        document_number=number.text,
        phone=newcomer.phone,
        sex=Person.Sex.MALE if is_male else Person.Sex.FEMALE,
        born_on=born_on,
        on_record_since=county_now(),
    )
