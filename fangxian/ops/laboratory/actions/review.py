"""Results go out by another person's hand, are sent back, or are withdrawn: always a set, always with who and why."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from uuid import UUID

from django.db import transaction

from fangxian.core.laboratory import reviewing
from fangxian.core.laboratory.judging import Outcome, Standing, standing
from fangxian.core.laboratory.reviewing import Review, Step
from fangxian.ops.audit.actions import record
from fangxian.ops.lab.queries import Tube
from fangxian.ops.laboratory import refusals
from fangxian.ops.laboratory.models import Laboratory, Result
from fangxian.ops.laboratory.queries import standing_of, to_release_everywhere
from fangxian.ops.laboratory.wire import Out
from fangxian.ops.realm.bulk import update_rows
from fangxian.ops.realm.current import county_now

from .entering import as_one

NOT_KNOWN = standing([])


@transaction.atomic
def release(*, results: Sequence[UUID], by: str) -> list[Out]:
    """Results go out, all or none; what holds of each of their tubes from now on, in no order.

    Refuses
    -------
    laboratory.no_results_chosen, laboratory.result_not_found, laboratory.not_at_this_step, laboratory.same_person,
    laboratory.results_disagree
    """
    rows = _locked(results)
    _each(rows, by, lambda review: reviewing.released(review, by=by))
    wanted = [it.pk for it in rows]
    if other := to_release_everywhere(wanted):
        raise refusals.results_disagree(other)
    at = county_now()
    Result.objects.filter(pk__in=wanted).update(step=Step.RELEASED, released_at=at, released_by=by)
    told = _out(rows)
    facts = {"n": len(rows), **Counter(str(it.standing.outcome) for it in told)}
    record("laboratory.released", by=by, about=_about(rows), facts=facts)
    return told


@transaction.atomic
def send_back(*, results: Sequence[UUID], reason: str, by: str) -> int:
    """Results are not let out: to be measured or typed anew; their tubes wait again. How many.

    Refuses
    -------
    laboratory.no_results_chosen, laboratory.result_not_found, laboratory.not_at_this_step, laboratory.no_reason
    """
    rows = _locked(results)
    _each(rows, by, lambda review: reviewing.returned(review, by=by, reason=reason))
    _end(rows, Step.RETURNED, reason, by)
    record("laboratory.sent_back", by=by, about=_about(rows), facts={"n": len(rows)}, details={"why": reason.strip()})
    return len(rows)


@transaction.atomic
def withdraw(*, result: UUID, reason: str, by: str) -> Out:
    """A result that is out is taken back; what holds of its tube without it.

    Refuses
    -------
    laboratory.result_not_found, laboratory.not_at_this_step, laboratory.same_person, laboratory.let_out_by_you,
    laboratory.no_reason
    """
    rows = _locked([result])
    _each(rows, by, lambda review: reviewing.withdrawn(review, by=by, reason=reason))
    _end(rows, Step.WITHDRAWN, reason, by)
    record("laboratory.withdrawn", by=by, about=_about(rows), facts={"n": 1}, details={"why": reason.strip()})
    return _out(rows)[0]


def _locked(results: Sequence[UUID]) -> list[Result]:
    """The results, changed by nobody else until the transaction ends; nor any other of their tubes, since what holds of
    a tube follows from all of them.
    """
    wanted = set(results)
    if not wanted:
        raise refusals.nothing_chosen()
    tubes = set(Result.objects.filter(pk__in=wanted).order_by().values_list("tube", flat=True))
    rows = Result.objects.select_for_update().filter(tube__in=tubes).order_by("id").defer("cycles", "reason")
    found = [it for it in rows if it.pk in wanted]
    if len(found) != len(wanted):
        raise refusals.no_result()
    return found


def _each(rows: Iterable[Result], by: str, move) -> None:
    """Whether the step is one's to take, asked once of all that are alike."""
    one_with = cache(lambda hand: as_one(hand=hand, by=by))
    alike = {(it.step, it.outcome, it.entered_by, it.checked_by, it.released_by) for it in rows}
    for step, outcome, entered_by, checked_by, released_by in alike:
        hands = tuple(one_with(it) for it in (entered_by, checked_by) if it)
        out_by = one_with(released_by) if released_by else ""
        move(Review(outcome=Outcome(outcome), step=Step(step), hands=hands, let_out_by=out_by))


def _end(rows: Iterable[Result], step: Step, reason: str, by: str) -> None:
    same = {"step": str(step), "ended_at": county_now(), "ended_by": by, "reason": reason.strip()[:300]}
    update_rows(Result, ({"id": it.pk, **same} for it in rows))


def _out(rows: Iterable[Result]) -> list[Out]:
    """One of each tube, told by the last of its results that moved; where that says otherwise than what holds of the
    tube now, by the last that does say so.
    """
    last = {it.tube_id: it for it in sorted(rows, key=lambda it: (it.measured_at, it.pk))}
    rounds = dict(Tube.objects.filter(pk__in=[*last]).order_by().values_list("pk", "round"))
    known: dict[UUID, tuple[Standing, int]] = standing_of([*last])
    last |= _speaking({tube: now.outcome for tube, (now, _) in known.items() if now.outcome != last[tube].outcome})
    laboratories = {it.laboratory_id for it in last.values()}
    names = dict(Laboratory.objects.filter(pk__in=laboratories).order_by().values_list("pk", "name"))
    told = []
    for tube, it in last.items():
        now, n_runs = known.get(tube, (NOT_KNOWN, 0))
        told.append(Out(tube, rounds[tube], now, n_runs, it.measured_at, names[it.laboratory_id]))
    return told


def _speaking(outcomes: Mapping[UUID, Outcome]) -> dict[UUID, Result]:
    """Of each tube the last of its results that are out and say this."""
    rows = Result.objects.filter(tube__in=[*outcomes], step=Step.RELEASED).defer("cycles", "reason")
    return {it.tube_id: it for it in rows.order_by("measured_at", "id") if it.outcome == outcomes[it.tube_id]}


def _about(rows: Iterable[Result]) -> list[str]:
    return [f"batch:{it}" for it in sorted({row.batch_id for row in rows})]
