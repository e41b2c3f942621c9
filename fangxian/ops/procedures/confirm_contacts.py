"""An investigator decides on contacts (密接判定): confirmed to a ring, rejected, or open again, with a reason.

Confirmed (`confirm_contacts`):

1. whoever may investigate where each of them is followed, and has no part in it  accounts, approvals
2. each has a ring of the rulebook, and its days from the last exposure on         contacts
3. that is evidence of the investigator's; the rulebook turns the code             movement
4. codes are computed, and gates know them within two seconds                      recolour
5. somebody calls on each of them, and takes those to quarantine who are to go     tasks
6. who is a confirmed case by now is one on this line too: nobody calls on them    cases, contacts
7. who is a contact through somebody who is no close one any more, as 11 below     contacts, propose_contacts

Rejected (`reject_contacts`) or to be decided on anew (`put_back_contacts`), confirmed before or not: 1, then

8. the decision, with its reason; what had rested on it is withdrawn               contacts, movement
9. codes go back, tasks are cancelled, teams are free of them                      recolour, tasks, tracing
10. whoever was taken to a site is taken home again                                tasks
11. who was a contact through them only is to be decided on anew, and looked for   contacts, propose_contacts

Nothing else turns a contact's code: what a program finds is a proposal, and a proposal is no evidence.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from django.db import transaction

from fangxian.core.exposure.columns import Ring
from fangxian.core.exposure.disease import ring_keys
from fangxian.core.policy.contacts import contact_rule
from fangxian.core.policy.presence import counts_as_evidence
from fangxian.core.policy.rulebook import ContactRule, EvidenceKind, Rulebook
from fangxian.core.policy.vocabulary import Presence
from fangxian.core.refusal import Refusal
from fangxian.ops.accounts.models import Account
from fangxian.ops.accounts.scope import require
from fangxian.ops.approvals.rules import refuse_own_matters
from fangxian.ops.cases.queries import CONFIRMED, open_cases_of
from fangxian.ops.contacts import actions as contacts_room
from fangxian.ops.contacts.quality import RINGS_THROUGH_A_CONTACT
from fangxian.ops.contacts.queries import contacts_with, observed_through, within
from fangxian.ops.contacts.wire import DECIDED, read_why
from fangxian.ops.measures.queries import rulebooks_by_disease
from fangxian.ops.movement.actions.evidence import record_evidence, withdraw_what_rests_on
from fangxian.ops.movement.wire import NewEvidence
from fangxian.ops.realm.current import county_now

from .assign_contacts import settle_contacts
from .contact_tasks import cancel_contact_tasks, open_contact_tasks, open_return_tasks, who_is_away
from .parcels_confirm import TOUCHED_ON, kind_of_touch
from .propose_contacts import ask_for_contacts
from .recolour import recolour

MAY = "cases.investigate"
SOURCE, WAYBILL = "investigator", "waybill"
PUSHED_IN = "pushed_in"
BY_PARCEL, LAST_EXPOSURE = "parcel", "last_exposure_on"
NO_VIA = "关联密接已排除，须重新判定 · the contact they were one of was let go: to be decided on anew"
NO_CLOSE_VIA = "关联密接已改判，不再是密接，须重新判定 · the contact they were one of is no close one now: decide anew"
AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Decided:
    """How many contacts the decision changed, how many of their words gates were told anew, and how many of those
    contacts were so through the others and are put back, to be decided on again."""

    n_contacts: int
    n_told: int
    n_through: int = 0

    def __add__(self, other: "Decided") -> "Decided":
        return Decided(self.n_contacts + other.n_contacts, self.n_told + other.n_told, self.n_through + other.n_through)


def confirm_contacts(
    *, contacts: Sequence[UUID], ring: str, reason: str, by: Account, seen_at: datetime | None = None
) -> Decided:
    """Confirm contacts to a ring, or those confirmed already to another. Confirmed to this one: nothing changes.

    Many are confirmed five hundred at a time, each time all or nothing; again, it goes on with the rest.

    Parameters
    ----------
    seen_at : as of when whoever decides saw them, so that what a colleague decided since then stands

    Refuses
    -------
    accounts.not_yours, approvals.own_matter, rulebook.unknown_ring, tracing.no_rulebook, tracing.no_via,
    tracing.presence_not_shown, and whatever `contacts.actions.confirm_contacts` refuses
    """
    rows = theirs_to_decide(contacts, by)
    decided = Decided(0, 0)
    for disease in sorted({row.disease for row in rows}):
        rulebook = rulebook_in_force(disease)
        rule = contact_rule(rulebook, ring, county_now())
        _refuse_unfit(rows, rule, _kind(rulebook, rule), ring_keys(rulebook, county_now())[Ring.CLOSE])
        ids = [row.pk for row in rows if row.disease == disease]
        for chunk in _chunks(ids):
            decided += _confirm(chunk, rulebook, rule, reason, by, seen_at)
    return decided


@transaction.atomic
def _confirm(
    ids: Sequence[UUID], rulebook: Rulebook, rule: ContactRule, reason: str, by: Account, seen_at: datetime | None
) -> Decided:
    actor = f"account:{by.pk}"
    changed = contacts_room.confirm_contacts(
        contacts=ids, ring=rule.ring, reason=reason, rulebook=rulebook, by=actor, seen_at=seen_at
    )
    if not changed:
        return Decided(0, 0)
    rows = contacts_with(changed)
    n_told = renew_evidence(rows, rulebook, rule, reason=reason, by=by)
    cancel_contact_tasks(contacts=changed, reason=reason, by=actor)
    cases = _cases_now(rows, actor)
    open_contact_tasks(rows=[row for row in rows if row.pk not in cases], rule=rule, by=actor)
    decided = Decided(len(changed), n_told)
    keys = ring_keys(rulebook, county_now())
    if Ring.CONTACT_OF_CONTACT in keys and rule.ring != keys[Ring.CLOSE]:
        decided += _take_back_through(changed, actor, NO_CLOSE_VIA)
    return decided


def _cases_now(rows: Sequence, by: str) -> set[UUID]:
    """Those who had become cases before anybody decided on them: nobody's contact any more, as `settle_case` says of
    whoever was one. What they were told stands, so that they are a contact again where the case is excluded.
    """
    found = open_cases_of({row.person_id for row in rows if row.person_id})
    own = {row.pk: case for row in rows if (case := found.get((row.person_id, row.disease)))}
    own = {pk: case.number for pk, case in own.items() if case.state in CONFIRMED}
    for pk, number in own.items():
        contacts_room.note_became_case(contacts=[pk], by=by, reason=number)
    if own:
        settle_contacts(contacts=list(own), by=by)
    return set(own)


def renew_evidence(rows: Sequence, rulebook: Rulebook, rule: ContactRule, *, reason: str, by: Account) -> int:
    """Record what a decision on contacts is evidence of, in place of what rested on them (of whoever was confirmed to
    another ring, or from another day); how many words gates were told anew. For other procedures too.
    """
    actor, kind = f"account:{by.pk}", _kind(rulebook, rule)
    withdraw_what_rests_on(things=[row.pk for row in rows], why=reason, by=actor)
    pieces = [_piece(row, _kind_of(row, kind, rulebook), rulebook, by) for row in rows if row.person_id and kind]
    if pieces:
        record_evidence(pieces=pieces, by=actor)
    return recolour([piece.person for piece in pieces], county_now(), by=actor)


def rulebook_in_force(disease: str) -> Rulebook:
    """The rulebook of a disease that is in force. Refuses `tracing.no_rulebook`."""
    rulebook = rulebooks_by_disease(county_now()).get(disease)
    if rulebook is None:
        raise _no_rulebook(disease)
    return rulebook


def reject_contacts(*, contacts: Sequence[UUID], reason: str, by: Account, seen_at: datetime | None = None) -> Decided:
    """These people were no contacts, proposed or confirmed (排除). Rejected already: nothing changes.

    Refuses
    -------
    accounts.not_yours, approvals.own_matter, and whatever `contacts.actions.reject_contacts` refuses
    """
    ids = [row.pk for row in theirs_to_decide(contacts, by)]
    return _take_back(contacts_room.reject_contacts, ids, reason, f"account:{by.pk}", seen_at)


def put_back_contacts(
    *, contacts: Sequence[UUID], reason: str, by: Account, seen_at: datetime | None = None
) -> Decided:
    """Have these decided on anew: rejected or confirmed by mistake, or new facts came. Proposed already: no change.

    Refuses
    -------
    accounts.not_yours, approvals.own_matter, and whatever `contacts.actions.put_back` refuses
    """
    ids = [row.pk for row in theirs_to_decide(contacts, by)]
    return _take_back(contacts_room.put_back, ids, reason, f"account:{by.pk}", seen_at)


def drop_contacts(*, contacts: Sequence[UUID], reason: str, by: str) -> Decided:
    """Reject contacts for whom it follows from something else that they are none: for other procedures."""
    return _take_back(contacts_room.reject_contacts, contacts, reason, by)


def _take_back(
    decide: Callable[..., tuple[UUID, ...]], ids: Sequence[UUID], reason: str, by: str, seen_at: datetime | None = None
) -> Decided:
    """Decide, and take back all that had followed from them, five hundred at a time."""
    decided = Decided(0, 0)
    for chunk in _chunks(ids):
        with transaction.atomic():
            away = who_is_away(contacts_with(chunk))
            changed = decide(contacts=chunk, reason=reason, by=by, seen_at=seen_at)
            if changed:
                decided += Decided(len(changed), set_free(changed, away=away, reason=reason, by=by))
                decided += _take_back_through(changed, by, NO_VIA)
    return decided


def _take_back_through(contacts: Sequence[UUID], by: str, why: str) -> Decided:
    """Who is a contact through these only is held by nothing now: proposed again, and looked for anew."""
    through = list(observed_through(contacts).values_list("pk", "case_id"))
    if not through:
        return Decided(0, 0)
    decided = _take_back(contacts_room.put_back, [pk for pk, _ in through], why, by)
    for case in sorted({case for _, case in through}):
        ask_for_contacts(case=case, by=by)
    return replace(decided, n_through=decided.n_contacts)


def set_free(contacts: Sequence[UUID], *, away: Sequence, reason: str, by: str) -> int:
    """Take back what followed from a decision on contacts; how many words gates were told anew. For other procedures.

    Parameters
    ----------
    away : those of them who are at a site, or on the way there, and are to be taken home
    """
    persons = withdraw_what_rests_on(things=contacts, why=reason, by=by)
    n_told = recolour(persons, county_now(), by=by)
    cancel_contact_tasks(contacts=contacts, reason=reason, by=by)
    open_return_tasks(rows=[row for row in away if row.pk in set(contacts)], reason=reason, by=by)
    settle_contacts(contacts=contacts, by=by)
    return n_told


def theirs_to_decide(contacts: Sequence[UUID], by: Account) -> list:
    """The contacts, all of them in an area of the account's and none of them its own matter."""
    rows = [row for chunk in _chunks(list(dict.fromkeys(contacts))) for row in contacts_with(chunk)]
    for chunk in _chunks([row.pk for row in rows]):
        mine = set(within(by, MAY).filter(pk__in=chunk).values_list("pk", flat=True))
        for row in rows:
            if row.pk in chunk and row.pk not in mine:
                require(by, MAY, row.area_path)
    require(by, MAY)
    for chunk in _chunks([row.person_id for row in rows if row.person_id]):
        refuse_own_matters(by, chunk)
    return rows


def _refuse_unfit(rows: Iterable, rule: ContactRule, kind: EvidenceKind | None, close: str) -> None:
    """Refuse what would be no evidence, or would lack whom it leads through."""
    rows = list(rows)
    if rule.ring in RINGS_THROUGH_A_CONTACT:
        _refuse_through_nobody(rows, rule, close)
    if kind is None or not kind.presence:
        return
    if n := sum(_presence(row, kind) is None for row in rows if row.person_id and row.found_by != BY_PARCEL):
        raise Refusal(
            "tracing.presence_not_shown",
            zh="所选接触者里有 {n} 名没有到场佐证（值守员扫码、动态码或定位），都没有判定。判为“{ring}”须能证明本人"
            "到过现场；请去掉他们，或凭调查改判为别的圈层。",
            en="For {n} of the chosen contacts nothing shows that they were there in person (a keeper's scan, a "
            "changing code, a position), so nobody was confirmed. “{ring_en}” takes that: leave them out, or choose "
            "another ring on what the investigation found.",
            n=n,
            ring=rule.name.zh,
            ring_en=rule.name.en,
        )


def _refuse_through_nobody(rows: Sequence, rule: ContactRule, close: str) -> None:
    """Refuse a contact of a contact who does not say of whom, or of somebody who is none themselves.

    Of whoever another county handed over the one between is that county's, which decided on them.
    """
    rows = [row for row in rows if row.via is not None or row.origin != PUSHED_IN]
    if n := sum(row.via is None for row in rows):
        raise Refusal(
            "tracing.no_via",
            zh="所选接触者里有 {n} 名没有写明是哪一名密接的密接，都没有判定。判为“{ring}”须关联到那名密接；"
            "请先补上关联密接，或判为别的圈层。",
            en="Of the chosen contacts {n} do not say through which contact they are one, so nobody was confirmed. To "
            "be a “{ring_en}” each names that contact: add it first, or choose another ring.",
            n=n,
            ring=rule.name.zh,
            ring_en=rule.name.en,
        )
    vias = list({row.via for row in rows})
    standing = {row.pk for row in contacts_with(vias) if row.state in DECIDED and row.ring == close}
    if n := sum(row.via not in standing for row in rows):
        raise Refusal(
            "tracing.via_no_contact",
            zh="所选接触者里有 {n} 名的关联密接已经排除、改判为别的圈层或还没有判定，都没有判定。判为“{ring}”须经由一名"
            "已判定的密接；请先判定那名密接，或排除他们。",
            en="For {n} of the chosen contacts, whoever they are a contact of was rejected, is of another ring, or is "
            "not decided on, so nobody was confirmed. A “{ring_en}” is one through a confirmed close contact: decide "
            "on that one first, or reject these.",
            n=n,
            ring=rule.name.zh,
            ring_en=rule.name.en,
        )


def _kind(rulebook: Rulebook, rule: ContactRule) -> EvidenceKind | None:
    return next((kind for kind in rulebook.evidence if kind.kind == rule.evidence), None)


def _kind_of(row, kind: EvidenceKind, rulebook: Rulebook) -> EvidenceKind:
    """What a decision is evidence of: of whoever had a parcel, and was not there, of that, where the rules know it."""
    if row.found_by != BY_PARCEL or not kind.presence:
        return kind
    return kind_of_touch(rulebook) or kind


def _presence(row, kind: EvidenceKind) -> Presence | None:
    """What shows that a contact was there, as far as this kind of evidence asks for it."""
    shown = [why.presence for why in read_why(row.file.why) if why.presence is not None]
    return next((one for one in shown if kind.presence and counts_as_evidence(one, kind.presence)), None)


def _piece(row, kind: EvidenceKind, rulebook: Rulebook, by: Account) -> NewEvidence:
    return NewEvidence(
        person=row.person_id,
        kind=kind.kind,
        disease=rulebook.disease.key,
        from_at=county_now(),
        source=SOURCE if SOURCE in kind.sources else WAYBILL,
        issuer=by.unit.name_zh,
        attributes={name: row.last_exposure_on for name in (LAST_EXPOSURE, TOUCHED_ON) if name in kind.attributes},
        presence=_presence(row, kind),
        rests_on=row.pk,
    )


def _no_rulebook(disease: str) -> Refusal:
    return Refusal(
        "tracing.no_rulebook",
        zh="现在没有“{disease}”的规则手册有效，没有办理。判定接触者、隔离天数都以规则为准；请先发布规则手册。",
        en="No rulebook for “{disease}” is in force, so nothing was done. Rings and days follow from the rules: "
        "publish a rulebook first.",
        disease=disease,
    )


def _chunks(ids: Sequence[UUID]) -> list[Sequence[UUID]]:
    return [ids[start : start + AT_ONCE] for start in range(0, len(ids), AT_ONCE)]
