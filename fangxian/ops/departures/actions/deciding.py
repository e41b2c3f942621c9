"""What the levels say, one after another; and what is said against a refusal."""

from collections.abc import Collection, Sequence
from uuid import UUID

from django.db import transaction

from fangxian.ops.audit.actions import record
from fangxian.ops.realm.current import county_now

from .. import refusals
from ..models import WITH_A_LEVEL, Application, State, Step
from ..wire import Turn
from .applying import LONGEST_TEXT, open_step
from .rows import about, close, locked, open_step_of


@transaction.atomic
def decide(
    *, application: UUID, step: UUID, is_approved: bool, reason: str, turn: Turn | None, levels: Sequence[str],
    risk: Sequence[str], by: str, left_out: Collection[UUID] = (), note: str = "",
) -> Application:  # fmt: skip
    """What the level says whose turn it is. Refused, the application is closed; else `turn` is next, if any.

    Parameters
    ----------
    step : the turn as whoever decides was shown it; another may have decided meanwhile
    levels, risk : who has to agree and by which risk states, as things stand now
    left_out, note : those who go along for whom it is not agreed to, and what the history says of it

    Refuses
    -------
    departures.unknown, departures.decided_meanwhile, departures.refused_without_reason, departures.too_long
    """
    row = locked(application)
    found = _open(row, step)
    _refuse_without_reason(is_approved, reason)
    verdict = Step.Verdict.APPROVED if is_approved else Step.Verdict.REFUSED
    _decide(found, verdict, f"{reason.strip()}\n{note}", by)
    row.travellers.filter(is_applicant=False, person__in=left_out).update(left_out_at=county_now())
    if found.kind != Step.Kind.REVIEW:
        if not is_approved:
            close(row=row, state=State.REFUSED, why=reason.strip())
        else:
            row.levels, row.risk = list(levels), list(risk)
            _go_on(row, turn)
    details = {"departure": str(row.pk), "level": found.level, "kind": found.kind, "verdict": verdict}
    details |= {"n_left_out": len(left_out)} if left_out else {}
    record("departures.decided", by=by, about=about(row), details=details)
    return row


@transaction.atomic
def appeal(*, application: UUID, text: str, turn: Turn, by: str) -> Application:
    """Somebody says that they were refused wrongly; `turn` has to answer. Once an application.

    Refuses
    -------
    departures.unknown, departures.nothing_to_appeal, departures.appealed_already, departures.appeal_without_words
    """
    row = locked(application)
    if row.steps.filter(kind=Step.Kind.APPEAL).exists():
        raise refusals.appealed_already()
    if row.state != State.REFUSED:
        raise refusals.nothing_to_appeal()
    if not text.strip() or len(text) > LONGEST_TEXT:
        raise refusals.appeal_without_words(len(text.strip()), LONGEST_TEXT)
    open_step(row=row, kind=Step.Kind.APPEAL, turn=turn, asked=text.strip())
    row.state, row.closed_at = turn.level, None
    row.save(update_fields=["state", "closed_at"])
    record("departures.appealed", by=by, about=about(row), details={"departure": str(row.pk), "level": turn.level})
    return row


@transaction.atomic
def ask_again(*, application: UUID, levels: list[str], risk: list[str], turn: Turn, why: str, by: str) -> Application:
    """The destination has become one for which another level has to agree: it is that level's turn; a permit falls.

    Refuses
    -------
    departures.unknown
    """
    row = locked(application)
    if row.state not in (*WITH_A_LEVEL, State.SUBMITTED, State.ISSUED):
        return row
    row.levels, row.risk = levels, sorted(risk)
    if row.state in (State.ISSUED, State.SUBMITTED):
        open_step(row=row, kind=Step.Kind.DECISION, turn=turn)
        row.state, row.document, row.valid_from, row.valid_until = turn.level, None, None, None
        row.closed_why = why
    row.save()
    record("departures.asked_again", by=by, about=about(row), details={"departure": str(row.pk), "levels": levels})
    return row


def _open(row: Application, step: UUID) -> Step:
    found = open_step_of(row)
    if found is None or found.pk != step:
        raise refusals.decided_meanwhile()
    return found


def _decide(step: Step, verdict: str, reason: str, by: str) -> None:
    step.verdict, step.reason, step.decided_at, step.decided_by = verdict, reason.strip(), county_now(), by
    step.save(update_fields=["verdict", "reason", "decided_at", "decided_by"])


def _go_on(row: Application, turn: Turn | None) -> None:
    row.state, row.closed_why = (turn.level if turn else State.SUBMITTED), ""
    row.save(update_fields=["state", "closed_why", "levels", "risk"])
    if turn:
        open_step(row=row, kind=Step.Kind.DECISION, turn=turn)


def _refuse_without_reason(is_approved: bool, reason: str) -> None:
    if len(reason) > LONGEST_TEXT:
        raise refusals.too_long(len(reason), LONGEST_TEXT)
    if not is_approved and not reason.strip():
        raise refusals.refused_without_reason()
