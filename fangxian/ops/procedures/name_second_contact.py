"""An investigator puts on record whom a contact names: a contact of a contact (次密接), by hand (流调询问).

1. whoever may investigate where the contact is followed, and has no part in it      accounts, approvals
2. the contact is a close one themselves: there are none of others               contacts, measures
3. they met between the contact's first meeting with the case and the contact's quarantine    contacts
4. nobody is their own contact, nor is the patient; who is proposed only as somebody who was there too, or as a
   contact of a contact, is now one through this contact, with all that was known     cases, contacts
5. a proposal, as every other: it turns no code until an investigator confirms it     contacts
"""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from uuid import UUID

from django.db import transaction
from django.utils.timezone import localtime

from fangxian.core.exposure.columns import Ring
from fangxian.core.exposure.disease import ring_keys
from fangxian.core.policy.contacts import contact_rule
from fangxian.core.policy.rulebook import ContactRule, Rulebook
from fangxian.core.refusal import Refusal
from fangxian.ops.accounts.models import Account
from fangxian.ops.cases.queries import case_with
from fangxian.ops.contacts.actions import propose_contacts, renew_proposal
from fangxian.ops.contacts.quality import RINGS_THROUGH_A_CONTACT
from fangxian.ops.contacts.queries import contact_of_case, separated_since
from fangxian.ops.contacts.wire import DECIDED, NewContact, who_of
from fangxian.ops.contacts.words import STATES, said_of
from fangxian.ops.realm.current import county_now

from .confirm_contacts import rulebook_in_force, theirs_to_decide
from .name_contact import Named, contact_named, known_already, refuse_impossible, refuse_patient
from .propose_contacts import met_others_until

STANDING = ("proposed", *(state for state in DECIDED if state != "became_case"))


@dataclass(frozen=True, slots=True)
class Between:
    """When a contact can have made contacts of their own. `ends_at` is now where nothing has kept them apart yet."""

    begins_at: datetime
    ends_at: datetime
    is_over: bool


def second_ring(rulebook: Rulebook | None, at: datetime) -> ContactRule | None:
    """The ring of contacts of contacts that a rulebook has in force; None where it judges none."""
    rules = [it for it in rulebook.contacts if it.in_force(at)] if rulebook else []
    return next((it for it in rules if it.ring in RINGS_THROUGH_A_CONTACT), None)


def may_have_contacts(contact, rulebook: Rulebook | None, at: datetime) -> bool:
    """Whether contacts of this contact are put on record at all: by the ring, the state and the rulebook."""
    if second_ring(rulebook, at) is None:
        return False
    return contact.state in STANDING and contact.ring == ring_keys(rulebook, at)[Ring.CLOSE]


def between_of(contact, rulebook: Rulebook, at: datetime) -> Between:
    """From a contact's first meeting with the case until they met nobody any more, by what is on record."""
    apart = separated_since([contact]).get(contact.pk)
    ends_at = datetime.fromtimestamp(met_others_until(contact, apart or at, rulebook), UTC)
    return Between(contact.first_exposure_at, ends_at, ends_at < at)


@transaction.atomic
def name_second_contact(*, via: UUID, named: Named, by: Account) -> UUID:
    """Propose a contact of a contact; the id of the row. What `named.ring` says is not asked: the rulebook has one.

    Refuses
    -------
    tracing.via_unknown, accounts.not_yours, approvals.own_matter, tracing.no_rulebook, tracing.no_second_ring,
    tracing.third_ring, tracing.via_rejected, tracing.exposure_impossible, tracing.not_between,
    tracing.is_the_contact, tracing.is_the_patient, tracing.contact_known (its fact `contact` is the id of the one on
    record), contacts.nobody
    """
    [row] = theirs_to_decide([via], by) or [None]
    if row is None:
        raise _unknown()
    at, rulebook = county_now(), rulebook_in_force(row.disease)
    rule = _ring_of(row, rulebook, at)
    refuse_impossible(named)
    new = replace(_within(row, named, rulebook, at), ring=rule.ring, via=row.pk)
    _refuse_themselves(row, new)
    if case := case_with(row.case_id):
        refuse_patient(case, new)
    if known := contact_of_case(row.case_id, new):
        _refuse_nearer(known, rulebook, at)
        renew_proposal(contact=known.pk, new=new, by=f"account:{by.pk}")
        return known.pk
    unit = by.unit.name_zh if by.unit_id else ""
    told = {"case": row.case_id, "disease": row.disease, "contacts": [new]}
    return propose_contacts(**told, by=f"account:{by.pk}", unit=unit).ids[0]


def _ring_of(row, rulebook: Rulebook, at: datetime) -> ContactRule:
    rule = second_ring(rulebook, at)
    if rule is None:
        raise _no_second_ring(rulebook)
    if row.ring != ring_keys(rulebook, at)[Ring.CLOSE]:
        raise _third_ring(contact_rule(rulebook, row.ring, at))
    if row.state not in STANDING:
        raise _via_rejected(row)
    return rule


def _within(row, named: Named, rulebook: Rulebook, at: datetime) -> NewContact:
    """What was told, counted from the contact's first meeting with the case on: before it there was nothing to catch.

    Minutes are left as they were told, since nobody knows how many of them lay before.
    """
    between = between_of(row, rulebook, at)
    since = between.begins_at.replace(second=0, microsecond=0)  # a time is told by the minute
    if not since <= named.last_exposure_at <= between.ends_at:
        raise _not_between(named, between)
    begins_at = min(max(named.first_exposure_at, between.begins_at), named.last_exposure_at)
    return contact_named(replace(named, first_exposure_at=begins_at))


def _refuse_nearer(known, rulebook: Rulebook, at: datetime) -> None:
    """Refuse somebody decided on or rejected before, or proposed as nearer to the case than this."""
    less_near = {*RINGS_THROUGH_A_CONTACT, ring_keys(rulebook, at).get(Ring.CO_PRESENT)}
    if known.state != "proposed" or known.ring not in less_near:
        raise known_already(known)


def _refuse_themselves(row, new: NewContact) -> None:
    number = new.who.document_number
    same = new.person is not None and new.person == row.person_id
    if not same and not (number and number == who_of(row, row.file).document_number):
        return
    raise Refusal(
        "tracing.is_the_contact",
        zh="填的证件号码是这名密接本人的，没有登记：本人不是自己的接触者。请核对所说的那个人的证件号码。",
        en="The document is that of this contact themselves, so nobody was put on record: nobody is a contact of "
        "their own. Check the document number of whoever was named.",
    )


def _not_between(named: Named, between: Between) -> Refusal:
    why = ("，此后已隔离", ", in quarantine since") if between.is_over else ("（现在）", " (now)")
    return Refusal(
        "tracing.not_between",
        zh="最后接触 {last} 不在这名密接首次接触病例（{begins}）到 {ends}{why_zh}之间，没有登记。"
        "这段时间里的接触才算次密接；请核对时间，密接的首次接触或隔离时间有误的，先在密接本人页面更正。",
        en="The last contact, {last}, does not lie between this contact's first meeting with the case ({begins}) and "
        "{ends}{why_en}, so nobody was put on record. Only who was met in that time is a contact of a contact: check "
        "the time, or correct the contact's own times first, on their page.",
        last=_moment(named.last_exposure_at),
        begins=_moment(between.begins_at),
        ends=_moment(between.ends_at),
        why_zh=why[0],
        why_en=why[1],
    )


def _third_ring(rule: ContactRule) -> Refusal:
    return Refusal(
        "tracing.third_ring",
        zh="此人自己是“{ring}”，规则里没有再往外一圈，没有登记。此人转为密接或病例以后，才登记他的接触者。",
        en="This person is a “{ring_en}” themselves, and the rules know no ring beyond, so nobody was put on record. "
        "Their contacts are put on record once they are a close contact or a case.",
        ring=rule.name.zh,
        ring_en=rule.name.en,
    )


def _via_rejected(row) -> Refusal:
    state = said_of(STATES, row.state)
    return Refusal(
        "tracing.via_rejected",
        zh="这名接触者现在是“{state_zh}”，没有登记他的接触者。次密接须经由一名待判定或已判定的密接；已转病例的，请在那个病例页登记；排除有误的，请先放回。",
        en="This contact is “{state_en}”, so nobody was put on record as theirs. A contact of a contact is one through "
        "somebody proposed or confirmed. If they became a case, put it on record on that case's page; if the rejection "
        "was wrong, put them back first.",
        state_zh=state.zh,
        state_en=state.en,
    )


def _no_second_ring(rulebook: Rulebook) -> Refusal:
    return Refusal(
        "tracing.no_second_ring",
        zh="“{disease}”现行的规则不判定密接的密接，没有登记。与病例本人有接触的，请在病例页登记。",
        en="The rules in force for {disease_en} judge no contacts of contacts, so nobody was put on record. Whoever "
        "met the patient is put on record on the case's page.",
        disease=rulebook.disease.name.zh,
        disease_en=rulebook.disease.name.en,
    )


def _unknown() -> Refusal:
    return Refusal(
        "tracing.via_unknown",
        zh="没有这名接触者的记录，没有登记。应从一名在册接触者的页面打开；请回到名单重新打开。",
        en="There is no record of this contact, so nobody was put on record. It is opened from the page of a contact: "
        "go back to the list and open it again.",
    )


def _moment(at: datetime) -> str:
    return f"{localtime(at):%Y-%m-%d %H:%M}"
