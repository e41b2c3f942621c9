"""What followed from a result that is none any more is undone (撤回结果). Part of release_results."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from fangxian.core.laboratory.following import Next
from fangxian.core.refusal import Said
from fangxian.ops.cases.queries import unfinished_of_person, with_document
from fangxian.ops.lab.members import places_named
from fangxian.ops.movement.actions.evidence import withdraw_evidence
from fangxian.ops.movement.queries import evidence_of, evidence_resting_on
from fangxian.ops.realm.current import county_now
from fangxian.ops.results import actions as results_room
from fangxian.ops.results.queries import STATES, ToldRow, TubeResult, call_backs_of_tubes, results_with, told_of
from fangxian.ops.tasks.actions import cancel, open_tasks
from fangxian.ops.tasks.queries import unfinished
from fangxian.ops.tasks.wire import NewTask

from .call_back_tasks import LADDER, LEAD, follow_tasks
from .hold_tasks import CALL, RETEST
from .positive_result import HOLD, OPEN_STATES
from .settle_case import drop_contacts_of, enter_excluded

DECIDE = "lab.withdrawn_of_case"
UNCONFIRMED = ("reported", "held")
DECIDED_WITHIN = timedelta(hours=2)


def undo_evidence(over: Sequence[ToldRow], *, why: str, by: str) -> set[UUID]:
    """What rested on these tubes for these people is withdrawn; whose it was."""
    told = {(row.tube, row.person) for row in over}
    pieces = evidence_resting_on({row.tube for row in over})
    wrong = [it for it in pieces if (it.rests_on, it.person_id) in told]
    for it in wrong:
        withdraw_evidence(evidence=it.pk, why=why, by=by)
    return {it.person_id for it in wrong}


def drop_call_backs(over: Sequence[ToldRow], *, by: str) -> None:
    """Nobody is called back for what is told no more."""
    told = {(row.result, row.place) for row in over}
    rows = [it for it in call_backs_of_tubes({row.tube for row in over}) if (it.result_id, it.place) in told]
    for it in rows:
        it.state, it.decided_at, it.dropped_by = STATES.DROPPED, county_now(), ""
    results_room.put_call_backs(rows=rows, by=by)
    follow_tasks(rows, by=by)


def undo_own(over: Sequence[ToldRow], *, why: str, by: str) -> None:
    """Whoever a sample of their own held is held by it no more; a case that rested on nothing else is none.

    One that is confirmed is not undone by a laboratory alone: whoever leads the tracing decides.
    """
    places, results = places_named({row.place for row in over}), results_with({row.result for row in over})
    for row in over:
        _undo_one(row, places[row.place], results[row.result], why, by)


def ask_of_case(tube: UUID, *, by: str) -> None:
    """One of a tube's results was taken back and another stands: of a case that two had confirmed somebody decides."""
    rows = [row for row in told_of([tube]) if row.next == Next.HOLD_AND_SECOND_LABORATORY]
    places = places_named({row.place for row in rows})
    for row in rows:
        case = _case_of(places[row.place], places[row.place].round.disease)
        if case is not None and case.state not in UNCONFIRMED:
            _have_it_decided(case, row, by)


def _undo_one(row: ToldRow, place, result: TubeResult, why: str, by: str) -> None:
    disease = place.round.disease
    case = _case_of(place, disease)
    if case is not None and _rests_on_others(case, row):
        return
    if case is not None and case.state in UNCONFIRMED:
        enter_excluded(case=case.pk, reason=why, by=by)
        drop_contacts_of(case=case.pk, by=by)
    elif case is not None:
        _have_it_decided(case, row, by)
        return
    if place.person_id:
        holds = evidence_of(place.person_id).filter(kind=HOLD, disease=disease, withdrawn_at=None)
        for piece in holds.filter(issuer=result.laboratory):
            withdraw_evidence(evidence=piece.pk, why=why, by=by)
        waiting = unfinished().filter(about=f"person:{place.person_id}", kind__in=(RETEST, CALL))
        cancel(tasks=list(waiting.values_list("pk", flat=True)), reason=why, by=by)


def _case_of(place, disease: str):
    if place.person_id:
        return unfinished_of_person(place.person_id, disease)
    if not place.document_number:
        return None
    found = with_document(place.document_number).filter(disease=disease, same_as__isnull=True)
    return found.filter(state__in=OPEN_STATES).first()


def _rests_on_others(case, row: ToldRow) -> bool:
    """Whether something else was found of the case than in this swab, by whichever laboratory."""
    return case.results.exclude(found="negative").exclude(sampled_at=row.sampled_at).exists()


def _have_it_decided(case, row: ToldRow, by: str) -> None:
    title = Said(
        f"实验室撤回了病例 {case.number} 的结果：请决定是否排除",
        f"The laboratory took back a result of case {case.number}: decide whether it is one",
    )
    task = NewTask(
        kind=DECIDE, unique_key=str(row.id), title=title, area_path=case.area_path,
        due_at=county_now() + DECIDED_WITHIN, role=LEAD, about=f"case:{case.pk}", ladder=LADDER,
    )  # fmt: skip
    open_tasks(tasks=[task], by=by)
