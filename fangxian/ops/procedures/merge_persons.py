"""Two records of one person become one (合并档案).

1. the merged one's gate number becomes an alias          people
2. what was known of it is known of the one that goes on  movement
3. the code of that one is computed                       recolour
4. the merged one has none any more; gates are told of both numbers    movement
5. its cases are cases of the one that goes on            cases
6. so are the cases it was a contact of; of a case of which both were, one line is made of two, and
   what rests on it is of the later exposure             contacts, movement
7. and the parcels it touched, its rides, departures and doses    parcels, rides, departures, enquiries, vaccination,
                                                           returnees, lab
8. nobody is a contact of their own case; whose case is confirmed, of no other's any more    confirm_contacts, contacts
9. what all this moved is written down, so that it can be undone    merges
"""

from collections.abc import Iterable
from dataclasses import replace
from uuid import UUID

from django.db import transaction

from fangxian.core.refusal import Refusal
from fangxian.ops.accounts.models import Account
from fangxian.ops.accounts.scope import require
from fangxian.ops.approvals.rules import refuse_own_matters
from fangxian.ops.arrivals.actions import carry_arrivals_over
from fangxian.ops.arrivals.queries import arrivals
from fangxian.ops.cases.actions import carry_cases_over
from fangxian.ops.cases.queries import cases_of_person
from fangxian.ops.comparisons.actions import carry_findings_over
from fangxian.ops.contacts.actions import carry_contacts_over, unite_contacts
from fangxian.ops.contacts.queries import contacts_with, of_case
from fangxian.ops.contacts.wire import OBSERVED
from fangxian.ops.departures.actions import carry_departures_over
from fangxian.ops.enquiries.actions import carry_enquiries_over
from fangxian.ops.lab.actions import carry_places_over
from fangxian.ops.measures.queries import rulebooks_by_disease
from fangxian.ops.merges.wire import Two
from fangxian.ops.movement.actions.codes import merge_codes
from fangxian.ops.movement.actions.evidence import carry_over, record_evidence, rest_on_others
from fangxian.ops.movement.queries import evidence_again
from fangxian.ops.movement.wire import NewEvidence
from fangxian.ops.parcels.actions.tracing import carry_parcels_over
from fangxian.ops.people.actions import merge
from fangxian.ops.people.models import Person
from fangxian.ops.people.queries import on_record
from fangxian.ops.posts.actions import carry_passings_over
from fangxian.ops.realm.current import county_now
from fangxian.ops.returnees.actions import carry_away_over
from fangxian.ops.rides.actions import carry_rides_over
from fangxian.ops.vaccination.actions import carry_vaccinations_over

from .arrival_lowering import stricter_announced
from .arrival_tasks import cancel_arrival_tasks
from .confirm_contacts import drop_contacts
from .contact_tasks import cancel_contact_tasks
from .departure_tasks import cancel_turn_tasks
from .merge_record import written_down
from .print_arrival import withdraw_papers
from .recolour import recolour
from .settle_case import contacts_became_cases

ITSELF = "与病例是同一个人 · the same person as the case"
ANNOUNCED_TWICE = (
    "合并档案后有两份到达报备，保留要求较严的 · announced twice after a merge; the one that asks more counts"
)
ONE_DAY_TWICE = "合并档案后同日有两份申请 · two applications of one day after a merge"
UNITED = "两条接触记录并为一条 · two lines of one contact became one"
OPEN = ("proposed", "confirmed", "traced", "transferred", "in_quarantine")
EXPOSED_ON = "last_exposure_on"
SEXES = {"male": "男 male", "female": "女 female"}


@transaction.atomic
def merge_persons(*, kept: Person, merged: Person, reason: str, by: str) -> None:
    """Let one record go on for two, with the evidence of both.

    Refuses
    -------
    people.merge_with_itself, people.already_merged
    """
    with written_down(two=Two(kept_person=kept.pk, merged_person=merged.pk), reason=reason, by=by) as united:
        united |= bring_together(kept=kept, merged=merged, reason=reason, by=by)
        for case in cases_of_person(kept.pk).filter(same_as__isnull=True):
            drop_itself(case, by)
            contacts_became_cases(case, by)


def merge_records(*, kept: UUID, merged: UUID, reason: str, by: Account) -> None:
    """Whoever keeps the register where both are on record finds that they are one person.

    Refuses
    -------
    people.merge_of_one_gone, accounts.not_yours, approvals.own_matter, people.merge_no_reason,
    people.merge_of_two_people, people.merge_with_itself, people.already_merged
    """
    rows = on_record([kept, merged])
    if len(rows) < len({kept, merged}):
        raise _gone()
    for row in rows.values():
        require(by, "people.register", row.area_path)
    refuse_own_matters(by, [kept, merged])
    if not reason.strip():
        raise _no_reason()
    _refuse_two_people(rows[kept], rows[merged])
    merge_persons(kept=rows[kept], merged=rows[merged], reason=reason.strip(), by=f"account:{by.pk}")


def bring_together(*, kept: Person, merged: Person, reason: str, by: str) -> dict[UUID, UUID]:
    """All that is on record of the one is of the other; which contacts became one. For merges that write it down."""
    merge(kept=kept, merged=merged, reason=reason, by=by)
    carry_over(kept=kept.pk, merged=merged.pk, by=by)
    carry_cases_over(kept=kept.pk, merged=merged.pk, by=by)
    united = dict(unite_contacts(kept=kept.pk, merged=merged.pk, rulebooks=rulebooks_by_disease(county_now()), by=by))
    rest_on_others(things=united, by=by)
    cancel_contact_tasks(contacts=united, reason=UNITED, by=by)
    carry_contacts_over(kept=kept.pk, merged=merged.pk, by=by)
    follow_later_exposure(united.values(), by)
    carry_parcels_over(kept=kept.pk, merged=merged.pk, by=by)
    carry_rides_over(kept=kept.pk, merged=merged.pk, by=by)
    carry_findings_over(kept=kept.pk, merged=merged.pk, by=by)
    carry_passings_over(kept=kept.pk, merged=merged.pk, by=by)
    goes_on = stricter_announced([kept.pk, merged.pk])
    ended = carry_arrivals_over(kept=kept.pk, merged=merged.pk, by=by, goes_on=goes_on)
    cancel_arrival_tasks(arrivals=ended, reason=ANNOUNCED_TWICE, by=by)
    withdraw_papers(rows=arrivals().filter(pk__in=ended), by=by)
    carry_enquiries_over(kept=kept.pk, merged=merged.pk, by=by)
    carry_vaccinations_over(kept=kept.pk, merged=merged.pk, by=by)
    carry_away_over(kept=kept.pk, merged=merged.pk, by=by)
    carry_places_over(kept=kept.pk, merged=merged.pk, by=by)
    ended = carry_departures_over(kept=kept.pk, merged=merged.pk, by=by)
    cancel_turn_tasks(ended, ONE_DAY_TWICE, by)
    recolour([kept.pk], county_now(), by=by)
    merge_codes(kept=kept.pk, merged=merged.pk, by=by)
    return united


def follow_later_exposure(lines: Iterable[UUID], by: str) -> None:
    """A line made of two may have been exposed later than what rests on it says: then the code follows that day too."""
    newest: dict[UUID, NewEvidence] = {}
    pieces = evidence_again(things=list(set(lines)))  # first, for on most lines of a list nothing rests
    rows = {row.pk: row for row in contacts_with([it.rests_on for it in pieces]) if row.state in OBSERVED}
    for piece in pieces:
        known = newest.get(piece.rests_on)
        if (
            piece.rests_on in rows
            and EXPOSED_ON in piece.attributes
            and (known is None or piece.attributes[EXPOSED_ON] > known.attributes[EXPOSED_ON])
        ):
            newest[piece.rests_on] = piece
    later = [
        replace(piece, from_at=county_now(), attributes={**piece.attributes, EXPOSED_ON: rows[line].last_exposure_on})
        for line, piece in newest.items()
        if piece.attributes[EXPOSED_ON] < rows[line].last_exposure_on
    ]
    if later:
        record_evidence(pieces=later, by=by)
        recolour([piece.person for piece in later], county_now(), by=by)


def drop_itself(case, by: str) -> None:
    """Whoever is on a case's list of contacts as this very person is none."""
    if case.person_id:
        itself = of_case(case.pk).filter(person=case.person_id, state__in=OPEN)
        drop_contacts(contacts=list(itself.values_list("pk", flat=True)), reason=ITSELF, by=by)


def _refuse_two_people(one: Person, other: Person) -> None:
    """Refuse what speaks against these being one person. Of document numbers only the ends are said."""
    if one.pk == other.pk:
        return  # the room says so
    for what, what_en, mine, theirs in _to_agree(one, other):
        if mine != theirs:
            raise Refusal(
                "people.merge_of_two_people",
                zh="两份记录的{what}不同（{mine}，{theirs}），没有合并。同一个人应当一致；请先核对，把写错的一份更正，再合并。"
                "如果本来就是两个人，不要合并。",
                en="The two records differ in {what_en} ({mine}, {theirs}), so they were not merged. Of one person "
                "they would agree: check, correct the one that is wrong, then merge. If these are two people, leave "
                "them apart.",
                what=what,
                what_en=what_en,
                mine=mine,
                theirs=theirs,
            )


def _to_agree(one: Person, other: Person) -> list[tuple[str, str, str, str]]:
    found = [
        ("出生日期", "the date of birth", f"{one.born_on}", f"{other.born_on}"),
        ("性别", "the sex", *(SEXES[it.sex] for it in (one, other))),
    ]
    if one.document_kind == other.document_kind and one.document_index and other.document_index:
        ends = [f"…{it.document_number[-4:]}" for it in (one, other)]
        if one.document_number != other.document_number:
            found.append(("证件号码", "the document number", *ends))
    return found


def _gone() -> Refusal:
    return Refusal(
        "people.merge_of_one_gone",
        zh="两份记录里有一份不在册，或已依规删除，没有合并。应是两份在册的记录；请重新查找另一份。",
        en="One of the two records is not on the register, or was deleted as the rules require, so nothing was merged. "
        "Both should be on record: look for the other one again.",
    )


def _no_reason() -> Refusal:
    return Refusal(
        "people.merge_no_reason",
        zh="没有写明理由，没有合并。合并要写明怎么知道是同一个人，撤销时要看；请补上一句。",
        en="No reason is given, so nothing was merged. Merging says how it is known that this is one person, for "
        "whoever may have to undo it: add a sentence.",
    )
