"""A laboratory's result (阳性处置): held at once, tested again by a second laboratory, then a case or none.

One's own sample was positive or unclear (`report_result`):

1. whoever may report for a laboratory, and has no part in it              accounts, approvals
2. the newest test known of the person                                     movement
3. a positive opens a case with this result; it is held                    cases      (two laboratories confirm)
4. the hold is evidence; the rulebook turns the code                       movement
5. codes are computed, and gates know them within two seconds              recolour
   … so far at once, as nobody may wait for what follows; cut short after it, the same result again goes on …
6. a second laboratory is to test, a grid worker to call                   tasks
7. the clocks of law and investigation run, a team is to be sent           case_clocks
8. contacts are looked for in the background                               propose_contacts  (an investigator decides)

Another laboratory's result on somebody who is held:

9. positive: the case is confirmed                                         settle_case
10. negative, of a sample no older: the hold ends, the case is excluded,
    its contacts are none                                                  movement, settle_case

Where a disease's rulebook has no hold (measles, norovirus) no code turns and no second laboratory is needed: a positive
opens a case with its result, and an investigator confirms it by the case definition.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from django.db import transaction

from fangxian.core.laboratory.naming import are_two
from fangxian.core.policy.rulebook import EvidenceKind, Rulebook
from fangxian.core.policy.words import LastResult
from fangxian.core.refusal import Said
from fangxian.ops.accounts.models import Account
from fangxian.ops.accounts.scope import require
from fangxian.ops.approvals.rules import refuse_own_matter
from fangxian.ops.cases import actions as cases_room
from fangxian.ops.cases.queries import case_with, unfinished_of_person, with_document
from fangxian.ops.cases.wire import NewCase, NewResult
from fangxian.ops.movement.actions.evidence import record_evidence, record_tests
from fangxian.ops.movement.queries import evidence_of, tests_of
from fangxian.ops.movement.wire import NewEvidence, NewTest
from fangxian.ops.people.models import Person
from fangxian.ops.people.queries import kind_on_cards
from fangxian.ops.realm.current import county_now, the_realm

from .call_backs import free_by_own_negative
from .case_clocks import begin_case_clocks
from .hold_tasks import finish_retest, open_hold_tasks
from .propose_contacts import ask_for_contacts
from .recolour import recolour, rules_of_codes
from .result_checks import rulebook_for
from .settle_case import drop_contacts_of, enter_confirmed, enter_excluded, kind_of

MAY = "lab.report"
SOURCE = "laboratory"
HOLD, SECOND_NEGATIVE = "single-hold", "second-negative"
SUSPECTED = "suspected"
TO_BE_TESTED_AGAIN = "初筛阳性，待第二家实验室复核 · one laboratory found it positive; a second is to test"
OPEN_STATES = ("reported", "held", "confirmed", "in_treatment")


class Found(StrEnum):
    """What a laboratory found in a sample of one person."""

    POSITIVE = "positive"
    GREY = "grey"
    SINGLE_TARGET = "single-target"
    NEGATIVE = "negative"


class Came(StrEnum):
    """What came of a result."""

    HELD = "held"  # from now on, or as before: another laboratory is to test
    REPORTED = "reported"  # a case for an investigator to confirm
    CONFIRMED = "confirmed"
    RELEASED = "released"  # a second laboratory found nothing
    NOTED = "noted"  # on record, and nothing follows
    OLDER = "older"  # a second laboratory found nothing, in a sample from before the one that was positive


@dataclass(frozen=True, slots=True, kw_only=True)
class Sampled:
    """Whose sample it was. Somebody on the register is `person`; anybody else is who they are said to be.

    `case` is the case that the sample is known to be of, as of a second test.
    """

    person: Person | None = None
    case: UUID | None = None
    name: str = ""
    document_kind: str = ""
    document_number: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """One laboratory result of one person's own sample. Times are county time, aware.

    Attributes
    ----------
    specimen : a key of the rulebook's specimens
    remark : number of the tube, Ct values
    found_by : how the person came to be tested, a key of the cases room's list
    """

    disease: str
    found: Found
    specimen: str
    sampled_at: datetime
    resulted_at: datetime
    remark: str = ""
    found_by: str = "screening"


@dataclass(frozen=True, slots=True)
class Reported:
    """What came of it, and the case, if there is one: its id and number."""

    came: Came
    case: UUID | None = None
    number: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reporter:
    """Whose result it is. `actor` as the audit knows them; `laboratory` as people are shown it."""

    actor: str
    laboratory: str
    laboratory_en: str = ""


def report_result(*, sampled: Sampled, result: Result, by: Account) -> Reported:
    """A laboratory reports a result; what came of it. The same result again changes nothing.

    Refuses
    -------
    accounts.not_yours, approvals.own_matter, lab.no_rulebook, lab.specimen_unknown, lab.sampled_in_future,
    lab.resulted_before_sampling, and what the cases room refuses of a case
    """
    require(by, MAY, the_realm().division_code)
    if sampled.person is not None:
        refuse_own_matter(by, f"person:{sampled.person.pk}")
    reporter = Reporter(actor=f"account:{by.pk}", laboratory=by.unit.name_zh, laboratory_en=by.unit.name_en)
    told = enter_result(sampled=sampled, result=result, by=reporter)
    if result.found is Found.NEGATIVE and sampled.person is not None and told.came is not Came.OLDER:
        is_second = told.came is Came.RELEASED
        free_by_own_negative(
            person=sampled.person.pk, sampled_at=result.sampled_at, laboratory=reporter.laboratory,
            is_second=is_second, by=reporter.actor,
        )  # fmt: skip
    return told


def enter_result(*, sampled: Sampled, result: Result, by: Reporter) -> Reported:
    """The same for other procedures, which have seen to who may."""
    rulebook = rulebook_for(result)
    told = _report(sampled, result, rulebook, by)
    if told.came in (Came.HELD, Came.REPORTED):
        _send(told, sampled, result, by)
    if told.came is Came.RELEASED and told.case:
        drop_contacts_of(case=told.case, by=by.actor)
    return told


@transaction.atomic
def _send(told: Reported, sampled: Sampled, result: Result, by: Reporter) -> None:
    """Who is to do what now about somebody who is held or reported."""
    actor, case = by.actor, case_with(told.case) if told.case else None
    if told.came is Came.HELD:
        laboratory = Said(by.laboratory, by.laboratory_en or by.laboratory)
        open_hold_tasks(person=sampled.person, name=sampled.name, case=case, laboratory=laboratory, by=actor)
    if case is not None:
        begin_case_clocks(case=case.pk, found_at=result.resulted_at, by=actor)
        ask_for_contacts(case=case.pk, by=actor)


@transaction.atomic
def _report(sampled: Sampled, result: Result, rulebook: Rulebook, by: Reporter) -> Reported:
    at, actor = county_now(), by.actor
    case, hold = _open_case(sampled, result.disease), _hold(sampled.person, rulebook, at)
    _note_test(sampled.person, result, by)
    if case is not None or result.found is Found.POSITIVE:
        case = _with_result(case, sampled, result, rulebook, by)
    if result.found is Found.NEGATIVE:
        told = _negative(sampled, result, case, hold, by)
    elif case is not None and case.state == "held" and _other_laboratory_found(case, by):
        enter_confirmed(case=case.pk, reason=f"{by.laboratory} 复核阳性", source=SOURCE, issuer=by.laboratory, by=actor)
        finish_retest(case=case.pk, person=case.person_id, outcome="positive", by=actor)
        told = Reported(Came.CONFIRMED, case.pk, case.number)
    else:
        told = _not_negative(sampled, result, case, hold, rulebook, by)
    if sampled.person is not None:
        recolour([sampled.person.pk], county_now(), by=actor)  # later than the evidence that was just recorded
    return told


def _not_negative(sampled: Sampled, result: Result, case, hold, rulebook: Rulebook, by: Reporter) -> Reported:
    """Hold the person until another laboratory has tested; where the rulebook has no hold, report."""
    actor, kind = by.actor, kind_of(rulebook, HOLD)
    if case is not None and case.state in ("confirmed", "in_treatment"):
        return Reported(Came.NOTED, case.pk, case.number)
    if case is not None and kind is not None and result.found is Found.POSITIVE:
        [case] = cases_room.hold(cases=[case.pk], reason=TO_BE_TESTED_AGAIN, by=actor)
    if kind is None:
        return Reported(Came.REPORTED, case.pk, case.number) if case is not None else Reported(Came.NOTED)
    if sampled.person is not None and (hold is None or _is_worse(result, hold)):
        piece = _hold_piece(sampled.person, result, kind, case, by)
        record_evidence(pieces=[piece], by=actor)
    return Reported(Came.HELD, case.pk if case else None, case.number if case else "")


def _negative(sampled: Sampled, result: Result, case, hold, by: Reporter) -> Reported:
    """Another laboratory's negative ends a hold; the same one's, or without a hold, is on record and no more."""
    actor, unit = by.actor, by.laboratory
    is_second_of_case = case is not None and case.state == "held" and _other_laboratory_found(case, by)
    is_second_of_hold = hold is not None and are_two(hold.issuer, unit)
    known = Reported(Came.NOTED, case.pk if case else None, case.number if case else "")
    if not (is_second_of_case or (case is None and is_second_of_hold)):
        return known
    if _is_older(case, sampled.person, result):
        return replace(known, came=Came.OLDER)
    if hold is not None and is_second_of_hold:
        record_evidence(pieces=[_release_piece(hold, result, by)], by=actor)
    finish_retest(case=case.pk if case else None, person=hold.person_id if hold else None, outcome="negative", by=actor)
    if case is None:
        return Reported(Came.RELEASED)
    kept = (HOLD, SECOND_NEGATIVE)
    enter_excluded(case=case.pk, reason=f"{unit} 复核阴性 · negative at a second laboratory", by=actor, was_true=kept)
    return Reported(Came.RELEASED, case.pk, case.number)


def _is_older(case, person: Person | None, result: Result) -> bool:
    """Whether a negative's sample was taken before the one that holds the person: it cannot speak about that one."""
    if case is not None:
        return case.results.exclude(found="negative").filter(sampled_at__gt=result.sampled_at).exists()
    newest = tests_of([person.pk]).get(person.pk) if person else None
    return newest is not None and newest.result != LastResult.NEGATIVE and newest.sampled_at > result.sampled_at


def _open_case(sampled: Sampled, disease: str):
    """The unfinished case of this person and disease."""
    known = case_with(sampled.case) if sampled.case else None
    if known is not None and known.disease == disease and known.state in OPEN_STATES:
        return known
    if sampled.person is not None:
        return unfinished_of_person(sampled.person.pk, disease)
    if not sampled.document_number:
        return None
    found = with_document(sampled.document_number).filter(disease=disease, same_as__isnull=True)
    return found.filter(state__in=OPEN_STATES).first()


def _with_result(case, sampled: Sampled, result: Result, rulebook: Rulebook, by: Reporter):
    """The case, opened if need be, with this result on record."""
    actor = by.actor
    if case is None:
        case = cases_room.open_case(new=_new_case(sampled, result, rulebook), by=actor)
    told = {Found.POSITIVE: "positive", Found.NEGATIVE: "negative"}.get(result.found, "unclear")
    noted = NewResult(
        laboratory=by.laboratory,
        specimen=result.specimen,
        sampled_at=result.sampled_at,
        resulted_at=result.resulted_at,
        found=told,
        remark=result.remark,
    )
    cases_room.note_results(case=case.pk, results=[noted], by=actor)
    return case_with(case.pk)


def _new_case(sampled: Sampled, result: Result, rulebook: Rulebook) -> NewCase:
    person = sampled.person
    classes = [row.case_class for row in rulebook.case_definitions]
    home = person.household if person and person.household_id else None
    return NewCase(
        disease=result.disease,
        area_path=person.area_path if person else the_realm().division_code,
        name=person.name if person else sampled.name,
        found_by=result.found_by,
        case_class=SUSPECTED if SUSPECTED in classes or not classes else classes[0],
        person=person and person.pk,
        document_kind=kind_on_cards(person.document_kind) if person else sampled.document_kind,
        document_number=person.document_number if person else sampled.document_number,
        phone=person.phone if person else sampled.phone,
        address=home.address if home else "",
        sex=person.sex if person else "",
        born_on=person.born_on if person else None,
        first_positive_sampled_at=result.sampled_at,
    )


def _other_laboratory_found(case, by: Reporter) -> bool:
    """Whether a laboratory other than this one has found the case positive, whichever way either is spelled."""
    names = case.results.filter(found="positive").order_by().values_list("laboratory", flat=True).distinct()
    return any(are_two(it, by.laboratory) for it in names)


def _note_test(person: Person | None, result: Result, by: Reporter) -> None:
    """Doors ask for the newest test of the disease that codes are about; others are on the case alone."""
    rules = rules_of_codes(county_now())
    if person is None or rules is None or rules.rulebook.disease.key != result.disease:
        return
    found = {Found.POSITIVE: LastResult.POSITIVE, Found.NEGATIVE: LastResult.NEGATIVE}
    test = NewTest(
        person=person.pk,
        sampled_at=result.sampled_at,
        resulted_at=result.resulted_at,
        result=found.get(result.found, LastResult.UNCLEAR),
        source=by.laboratory,
    )
    record_tests(tests=[test], by=by.actor)


def _hold(person: Person | None, rulebook: Rulebook, at: datetime):
    """The hold that this person is under now, the newest; None without one."""
    kind = kind_of(rulebook, HOLD)
    if person is None or kind is None:
        return None
    rows = evidence_of(person.pk).filter(kind=HOLD, disease=rulebook.disease.key, withdrawn_at=None)
    lasting = [row for row in rows if kind.longest is None or at < row.from_at + kind.longest]
    released = evidence_of(person.pk).filter(kind=SECOND_NEGATIVE, withdrawn_at=None).first()
    return next((row for row in lasting if released is None or released.from_at < row.from_at), None)


def _is_worse(result: Result, hold) -> bool:
    return result.found is Found.POSITIVE and hold.attributes.get("result") != Found.POSITIVE


def _hold_piece(person: Person, result: Result, kind: EvidenceKind, case, by: Reporter) -> NewEvidence:
    return NewEvidence(
        person=person.pk,
        kind=kind.kind,
        disease=result.disease,
        from_at=county_now(),
        source=SOURCE,
        issuer=by.laboratory,
        attributes={"result": result.found.value},
        rests_on=case and case.pk,
    )


def _release_piece(hold, result: Result, by: Reporter) -> NewEvidence:
    return NewEvidence(
        person=hold.person_id,
        kind=SECOND_NEGATIVE,
        disease=result.disease,
        from_at=county_now(),
        source=SOURCE,
        issuer=by.laboratory,
        rests_on=hold.rests_on,
    )
