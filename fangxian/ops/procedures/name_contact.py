"""An investigator puts somebody on record as a contact whom the patient, or somebody else, names (流调询问).

1. whoever investigates the case; nobody is their own contact, and nobody a contact twice   accounts, cases, contacts
2. who it is: a resident by document or by phone with name, else what was written down      people
3. a proposal, as every other: it turns no code until an investigator confirms it           contacts
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from fangxian.core.refusal import Refusal
from fangxian.ops.accounts.models import Account
from fangxian.ops.accounts.scope import require
from fangxian.ops.cases.queries import Case
from fangxian.ops.contacts.actions import propose_contacts
from fangxian.ops.contacts.queries import contact_of_case
from fangxian.ops.contacts.wire import NewContact, Who, Why
from fangxian.ops.contacts.words import STATES, said_of
from fangxian.ops.people.models import Person
from fangxian.ops.people.queries import person_with_document, persons_with_phone
from fangxian.ops.realm.current import county_now, the_realm

MAY = "cases.investigate"
LONGEST_AGO = timedelta(days=90)  # beyond any observation of a rulebook: a slip of the year, not a contact


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """Who was named, and how they met.

    Attributes
    ----------
    ring : a ring of the disease's rulebook; a proposal, which the decision may change
    area_path : where they are to be followed; "" where nobody knows: as the register has it, else the county
    minutes : together, all in all; 0 where nobody can say
    place, words : where, and what was said of it
    """

    who: Who
    ring: str
    first_exposure_at: datetime
    last_exposure_at: datetime
    area_path: str = ""
    relation: str = ""
    minutes: int = 0
    place: str = ""
    words: str = ""


@transaction.atomic
def name_contact(*, case: Case, named: Named, by: Account) -> UUID:
    """Propose a contact of a case; its id.

    Refuses
    -------
    accounts.not_yours, tracing.exposure_impossible, tracing.is_the_patient, tracing.contact_known (its fact `contact`
    is the id of the one on record), contacts.nobody
    """
    require(by, MAY, case.area_path)
    refuse_impossible(named)
    new = contact_named(named)
    refuse_patient(case, new)
    if known := contact_of_case(case.pk, new):
        raise known_already(known)
    unit = by.unit.name_zh if by.unit_id else ""
    proposed = propose_contacts(case=case.pk, disease=case.disease, contacts=[new], by=f"account:{by.pk}", unit=unit)
    return proposed.ids[0]


def contact_named(named: Named) -> NewContact:
    """Who was named, as a proposal: a resident by document or by phone with name, else as it was written down."""
    person = _resident(named.who)
    why = Why(
        kind="interview",
        place_name=named.place,
        begins_at=named.last_exposure_at,
        minutes=named.minutes,
        words=named.words,
    )
    return NewContact(
        ring=named.ring,
        area_path=named.area_path or (person.area_path if person else the_realm().division_code),
        first_exposure_at=named.first_exposure_at,
        last_exposure_at=named.last_exposure_at,
        found_by="interview",
        person=person.pk if person else None,
        who=named.who,
        minutes=named.minutes,
        n_meetings=1,
        weight=float(named.minutes),
        why=(why,),
        relation=named.relation,
    )


def _resident(who: Who) -> Person | None:
    """The resident it is, by document; without one by phone and name, if that is one person."""
    if who.document_number:
        return person_with_document(who.document_number)
    named = [it for it in persons_with_phone(who.phone) if it.name == who.name] if who.phone and who.name else []
    return named[0] if len(named) == 1 else None


def refuse_impossible(named: Named) -> None:
    """Refuses `tracing.exposure_impossible`."""
    at = county_now()
    if at - LONGEST_AGO <= named.first_exposure_at <= named.last_exposure_at <= at:
        return
    raise Refusal(
        "tracing.exposure_impossible",
        zh="接触时间 {first} 至 {last} 不对，没有登记。首次接触不晚于最后接触，最后接触不晚于现在（{now}），"
        "也不早于 {since}。请改正时间后再提交。",
        en="Contact from {first} to {last} cannot be, so nobody was put on record. The first is no later than the "
        "last, the last no later than now ({now}), and neither before {since}: mend the times and send it again.",
        first=f"{named.first_exposure_at:%Y-%m-%d %H:%M}",
        last=f"{named.last_exposure_at:%Y-%m-%d %H:%M}",
        now=f"{at:%Y-%m-%d %H:%M}",
        since=f"{at - LONGEST_AGO:%Y-%m-%d}",
    )


def refuse_patient(case: Case, new: NewContact) -> None:
    """Refuses `tracing.is_the_patient`."""
    same_person = new.person is not None and new.person == case.person_id
    number = new.who.document_number
    if not same_person and not (number and number == case.document_number):
        return
    raise Refusal(
        "tracing.is_the_patient",
        zh="填的证件号码是病例 {number} 本人的，没有登记：病人不是自己的接触者。请核对接触者的证件号码。",
        en="The document is that of case {number} themselves, so nobody was put on record: a patient is no contact "
        "of their own. Check the contact's document number.",
        number=case.number,
    )


def known_already(known) -> Refusal:
    """The refusal `tracing.contact_known` of somebody who is on record; its fact `contact` is the id."""
    state = said_of(STATES, known.state)
    return Refusal(
        "tracing.contact_known",
        zh="此人已是这个病例的接触者（{state_zh}），没有重复登记。请打开已有的那一条，在那里判定、补充或更正最后接触日期。",
        en="This person is a contact of this case already ({state_en}) and was not put on record twice. Open the one "
        "on record: decide, add to it or correct the day of last exposure there.",
        state_zh=state.zh,
        state_en=state.en,
        contact=str(known.pk),
    )
