"""The steps of a case: reported → (held) → confirmed or excluded → in treatment → closed with an outcome."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from itertools import combinations
from uuid import UUID

from django.db import transaction
from django.utils.timezone import localtime

from fangxian.core.laboratory.naming import are_two
from fangxian.ops.audit.actions import record
from fangxian.ops.realm.current import county_now

from ..models import Case, CaseResult
from ..refusals import refusal
from ..rules import check_dates, check_lists, check_result, check_step
from ..wire import NewResult
from .opening import locked, subjects_of

S, FOUND = Case.State, CaseResult.Found


@transaction.atomic
def note_results(*, case: UUID, results: Sequence[NewResult], by: str) -> list[CaseResult]:
    """Put laboratory results of a case on record; the same specimen of the same laboratory again changes nothing.

    Refuses
    -------
    cases.sampled_in_future, cases.resulted_before_sampling, cases.resulted_in_future, cases.not_a_choice
    """
    at, row = county_now(), locked([case])[0]
    known = {(it.laboratory, it.specimen, it.sampled_at): it for it in row.results.all()}
    noted, fresh = [], []
    for new in results:
        check_result(new, at)
        if new.found not in FOUND.values:
            raise refusal("cases.not_a_choice", value=new.found, what_zh="检测结果", what_en="result")
        key = (new.laboratory, new.specimen, new.sampled_at)
        if key not in known:
            known[key] = CaseResult(of_case=row, recorded_at=at, recorded_by=by, **_columns(new))
            fresh.append(known[key])
        noted.append(known[key])
    if fresh:
        CaseResult.objects.bulk_create(fresh)
        _note_first_positive(row, fresh)
        about = subjects_of(row)
        record("cases.results_noted", by=by, about=about, facts={"n_results": len(fresh)})
    return noted


@transaction.atomic
def hold(*, cases: Sequence[UUID], reason: str, by: str) -> list[Case]:
    """Hold cases on a single positive specimen until a second laboratory has tested them; held already: nothing.

    Refuses
    -------
    cases.no_positive, cases.wrong_order
    """

    def step(row: Case) -> None:
        if not _laboratories(row, FOUND.POSITIVE):
            raise refusal("cases.no_positive", number=row.number)

    return _move(cases, S.HELD, reason, by, step)


@transaction.atomic
def confirm(*, cases: Sequence[UUID], reason: str, by: str, case_class: str = "") -> list[Case]:
    """Confirm cases; one that is held only when two laboratories found it positive. Confirmed already: nothing.

    Parameters
    ----------
    reason : what it rests on
    case_class : the class it has from now on; as it was when empty

    Refuses
    -------
    cases.same_laboratory, cases.retest_negative, cases.wrong_order, cases.no_reason
    """
    at = county_now()

    def step(row: Case) -> None:
        if row.state == S.HELD:
            _check_second_laboratory(row)
        row.confirmed_at = at
        row.case_class = case_class or row.case_class

    return _move(cases, S.CONFIRMED, _needed(reason), by, step, "confirmed_at", "case_class")


@transaction.atomic
def exclude(*, cases: Sequence[UUID], reason: str, by: str) -> list[Case]:
    """Say that these are no cases after all, and why.

    Refuses
    -------
    cases.no_reason, cases.wrong_order
    """

    def step(row: Case) -> None:
        row.clock_due_at = None

    return _move(cases, S.EXCLUDED, _needed(reason), by, step, "clock_due_at")


@transaction.atomic
def begin_treatment(*, cases: Sequence[UUID], hospital: str, by: str) -> list[Case]:
    """These confirmed cases are in a hospital.

    Refuses
    -------
    cases.no_reason (without a hospital), cases.wrong_order
    """

    def step(row: Case) -> None:
        row.treated_at_hospital = hospital.strip()

    return _move(cases, S.IN_TREATMENT, _needed(hospital), by, step, "treated_at_hospital")


@transaction.atomic
def close(*, cases: Sequence[UUID], outcome: str, reason: str, by: str, died_on: date | None = None) -> list[Case]:
    """Close cases with their outcome: recovered, died (on a date) or transferred to another county.

    Refuses
    -------
    cases.died_without_date, cases.outcome_before_onset, cases.not_a_choice, cases.wrong_order, the impossible dates
    """
    at = county_now()

    def step(row: Case) -> None:
        row.outcome, row.closed_at = outcome, at
        if outcome == Case.Outcome.DIED:
            if died_on is None and row.died_on is None:
                raise refusal("cases.died_without_date", number=row.number)
            row.died_on = died_on or row.died_on
        check_lists(row)
        check_dates(row, at)
        if row.onset_on and (closed_on := localtime(at).date()) < row.onset_on:
            raise refusal("cases.outcome_before_onset", number=row.number, closed_on=closed_on, onset_on=row.onset_on)

    if not outcome:
        raise refusal("cases.not_a_choice", value=outcome, what_zh="转归", what_en="outcome")
    return _move(cases, S.CLOSED, reason, by, step, "outcome", "closed_at", "died_on")


def _move(
    cases: Sequence[UUID], state: str, reason: str, by: str, step: Callable[[Case], None], *columns: str
) -> list[Case]:
    """Take cases one step further, all of them or none; those that stand there already stay as they are."""
    rows, at = locked(cases), county_now()
    moving = [row for row in rows if row.state != state]
    for row in moving:
        if row.same_as_id:
            raise refusal("cases.merged_already", number=row.number)
        check_step(row, state)
        step(row)
        row.state, row.state_at, row.state_why = state, at, reason.strip()
        row.version += 1
    if moving:
        Case.objects.bulk_update(moving, ["state", "state_at", "state_why", "version", *columns])
        about = [subject for row in moving for subject in subjects_of(row)]
        record(f"cases.{state}", by=by, about=about, facts={"n_cases": len(moving)}, details={"reason": reason})
    return rows


def _needed(reason: str) -> str:
    if not reason.strip():
        raise refusal("cases.no_reason")
    return reason


def _laboratories(row: Case, *found: str) -> set[str]:
    return {it.laboratory for it in row.results.all() if it.found in found}


def _check_second_laboratory(row: Case) -> None:
    """A single positive is not enough, and no laboratory is its own second, whichever way it is spelled.

    The newest word of each counts: one that was unclear and then positive has found it positive.
    """
    newest = {it.laboratory: it for it in row.results.order_by("sampled_at", "resulted_at", "id")}
    positive = {name for name, it in newest.items() if it.found == FOUND.POSITIVE}
    if any(are_two(one, other) for one, other in combinations(positive, 2)):
        return
    others = sorted(set(newest) - positive)
    if others:
        raise refusal("cases.retest_negative", number=row.number, laboratory="、".join(others))
    raise refusal("cases.same_laboratory", number=row.number, laboratory="、".join(sorted(positive)))


def _note_first_positive(row: Case, results: Iterable[CaseResult]) -> None:
    sampled = [it.sampled_at for it in results if it.found == FOUND.POSITIVE]
    if row.first_positive_sampled_at:
        sampled.append(row.first_positive_sampled_at)
    if sampled and min(sampled) != row.first_positive_sampled_at:
        row.first_positive_sampled_at = min(sampled)
        row.version += 1
        row.save(update_fields=["first_positive_sampled_at", "version"])


def _columns(new: NewResult) -> dict[str, object]:
    return {name: getattr(new, name) for name in NewResult.__slots__}
