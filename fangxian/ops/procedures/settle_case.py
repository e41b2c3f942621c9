"""A case is confirmed, or turns out to be none (确认、排除病例).

Confirmed (`confirm_case`):

1. whoever may investigate there, and has no part in it                   accounts, approvals
2. the case; one that was held, only if two laboratories found it         cases
3. that is evidence; the rulebook turns the code, and gates know it       movement, recolour
4. whoever was somebody's contact before is a case now                    contacts
5. who was a contact through them is proposed as the case's own           nearer_by_case

Excluded (`exclude_case`): 1, then

6. the case, with the reason                                              cases
7. what rested on it is withdrawn; the code goes back                     movement, recolour
8. whose contact they had been, they are again                            contacts
9. its clocks stop, nobody has to investigate it any more                 case_clocks
10. its contacts are none either: rejected, evidence withdrawn, codes back confirm_contacts

An exclusion that was cut short goes on where it was when it is asked for again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from fangxian.core.policy.rulebook import EvidenceKind, Rulebook
from fangxian.ops.accounts.models import Account
from fangxian.ops.accounts.scope import require
from fangxian.ops.approvals.rules import refuse_own_matter
from fangxian.ops.cases import actions as cases_room
from fangxian.ops.cases.queries import case_with, unfinished_of_person
from fangxian.ops.cases.refusals import refusal
from fangxian.ops.contacts.actions import note_became_case, note_no_case
from fangxian.ops.contacts.queries import decided_of, of_person, proposed_of
from fangxian.ops.measures.queries import rulebooks_by_disease
from fangxian.ops.movement.actions.evidence import record_evidence, withdraw_what_rests_on
from fangxian.ops.movement.wire import NewEvidence
from fangxian.ops.realm.current import county_now
from fangxian.ops.tasks.actions import cancel
from fangxian.ops.tasks.queries import unfinished

from .assign_contacts import settle_contacts
from .case_clocks import exclude_cases
from .confirm_contacts import MAY, Decided, drop_contacts
from .nearer_by_case import propose_nearer
from .recolour import recolour

CASE = "case"  # the kind of evidence that a confirmed case is, where a rulebook has one
CDC = "cdc"
WITHOUT_SIGNS, CONFIRMED = "asymptomatic", "confirmed"
STILL_OPEN = ("confirmed", "traced", "transferred", "in_quarantine", "released")
NAMED_OTHERS = ("proposed", *STILL_OPEN, "handed_over")  # of whom contacts of contacts may be on record
NO_CASE = "关联病例已排除 · the case was excluded"


@dataclass(frozen=True, slots=True)
class Excluded:
    """What an exclusion undid: how many contacts, and how many words gates were told anew."""

    n_contacts: int
    n_told: int


def confirm_case(*, case: UUID, reason: str, by: Account, case_class: str = ""):
    """An investigator confirms a case; the row. Confirmed already: nothing changes.

    Parameters
    ----------
    case_class : a key of the rulebook's case definitions; empty for the one that follows from onset or none

    Refuses
    -------
    cases.unknown, accounts.not_yours, approvals.own_matter, and whatever `cases.actions.confirm` refuses
    """
    require_investigator(case, by)
    return enter_confirmed(
        case=case, reason=reason, case_class=case_class, source=CDC, issuer=by.unit.name_zh, by=f"account:{by.pk}"
    )


@transaction.atomic
def enter_confirmed(*, case: UUID, reason: str, source: str, issuer: str, by: str, case_class: str = ""):
    """A case is confirmed, and what follows from it: for other procedures. `source`: which sort of source says so."""
    at, row = county_now(), case_with(case)
    if row is None or row.state in ("confirmed", "in_treatment", "closed"):
        return row
    rulebook = rulebooks_by_disease(at).get(row.disease)
    wanted = case_class or class_of(rulebook, has_onset=row.onset_on is not None)
    [row] = cases_room.confirm(cases=[case], reason=reason, case_class=wanted, by=by)
    if row.person_id is None:
        return row
    if kind := kind_of(rulebook, CASE):
        record_evidence(pieces=[_piece(row, kind, source, issuer)], by=by)
        recolour([row.person_id], county_now(), by=by)
    contacts_became_cases(row, by)
    return row


def contacts_became_cases(row, by: str) -> None:
    """Whoever is confirmed as a case is nobody's contact any more: they are a case now. For other procedures too."""
    if row.person_id is None or row.state not in ("confirmed", "in_treatment"):
        return
    lines = of_person(row.person_id).filter(disease=row.disease, state__in=NAMED_OTHERS)
    states = dict(lines.values_list("pk", "state"))
    if ids := [pk for pk, state in states.items() if state in STILL_OPEN]:
        note_became_case(contacts=ids, by=by, reason=row.number)
        settle_contacts(contacts=ids, by=by)
    if states:
        propose_nearer(case=row, vias=list(states), by=by)


def exclude_case(*, case: UUID, reason: str, by: Account) -> Excluded:
    """An investigator finds that this is no case. Excluded already: what is left of its contacts is undone.

    Refuses
    -------
    cases.unknown, accounts.not_yours, approvals.own_matter, cases.no_reason, cases.wrong_order
    """
    require_investigator(case, by)
    actor = f"account:{by.pk}"
    n_told = enter_excluded(case=case, reason=reason, by=actor)
    dropped = drop_contacts_of(case=case, by=actor)
    return Excluded(dropped.n_contacts, n_told + dropped.n_told)


@transaction.atomic
def enter_excluded(*, case: UUID, reason: str, by: str, was_true: Sequence[str] = ()) -> int:
    """A case is excluded, and what rested on it is withdrawn: for other procedures; how many words changed.

    Its contacts are `drop_contacts_of`, after this, in transactions of their own.

    Parameters
    ----------
    was_true : kinds of evidence that stay, as they were right when they were recorded and something ends them
    """
    exclude_cases(excluded=[case], reason=reason, by=by)
    persons = withdraw_what_rests_on(things=[case], why=reason, by=by, kept=was_true)
    row = case_with(case)
    if row and row.person_id and row.confirmed_at and unfinished_of_person(row.person_id, row.disease) is None:
        note_no_case(person=row.person_id, disease=row.disease, since=row.confirmed_at, by=by, reason=reason)
    waiting = unfinished().filter(about=f"case:{case}")
    cancel(tasks=list(waiting.values_list("pk", flat=True)), reason=NO_CASE, by=by)
    return recolour(persons, county_now(), by=by)


def drop_contacts_of(*, case: UUID, by: str) -> Decided:
    """The contacts of an excluded case are none: rejected one set after another. For other procedures."""
    undone = [*proposed_of(case).values_list("pk", flat=True), *_observed_of(case)]
    return drop_contacts(contacts=undone, reason=NO_CASE, by=by)


def _observed_of(case: UUID) -> list[UUID]:
    return list(decided_of(case).filter(state__in=STILL_OPEN).values_list("pk", flat=True))


def require_investigator(case: UUID, by: Account) -> None:
    """Go on only for an investigator of the case's area who has no part in it.

    Refuses
    -------
    cases.unknown, accounts.not_yours, approvals.own_matter
    """
    row = case_with(case)
    require(by, MAY, row.area_path if row else None)
    if row is None:
        raise refusal("cases.unknown", n_missing=1)
    if row.person_id:
        refuse_own_matter(by, f"person:{row.person_id}")


def class_of(rulebook: Rulebook | None, *, has_onset: bool) -> str:
    """The class a confirmed case has: without signs where there are none and the rulebook tells them apart; "" where
    it defines none."""
    keys = [row.case_class for row in rulebook.case_definitions] if rulebook else []
    if not has_onset and WITHOUT_SIGNS in keys:
        return WITHOUT_SIGNS
    return CONFIRMED if CONFIRMED in keys else ""


def kind_of(rulebook: Rulebook | None, kind: str) -> EvidenceKind | None:
    """The rulebook's kind of evidence of that name; None where it has none."""
    return next((row for row in rulebook.evidence if row.kind == kind), None) if rulebook else None


def _piece(row, kind: EvidenceKind, source: str, issuer: str) -> NewEvidence:
    statuses = kind.attributes.get("status", ())
    status = row.case_class if row.case_class in statuses else CONFIRMED
    return NewEvidence(
        person=row.person_id,
        kind=kind.kind,
        disease=row.disease,
        from_at=county_now(),
        source=source,
        issuer=issuer,
        attributes={"status": status} if statuses else {},
        rests_on=row.pk,
    )
