"""Putting right what was declared of an arrival. Each is one transaction and leaves one audit line.

What would ask less of somebody than stands waits as a word of theirs, until whoever looks after their area has asked.
"""

from collections.abc import Collection
from uuid import UUID

from django.db import transaction

from fangxian.ops.audit.actions import record
from fangxian.ops.realm.current import county_now

from .. import refusals
from ..models import Arrival, Correction, Version
from ..wire import Decided, Told, digest_of, told_json
from .rows import Kept, locked, refuse_cancelled, refuse_second_today, write_over, write_version

FOUND_SO = "本人要求更正，核实属实 · asked for by the person, and found to be so"


@transaction.atomic
def correct(*, arrival: UUID, told: Told, decided: Decided, reason: str, is_own: bool, by: str) -> Kept:
    """Put right what was declared; what was said before is kept. Whoever does so for themselves may once a day.

    Refuses
    -------
    arrivals.unknown.not_found, arrivals.cancelled_already, arrivals.corrected_today, arrivals.no_reason
    """
    row = locked(arrival)
    refuse_cancelled(row)
    if _is_told(row, told):
        return Kept(row, is_new=False)
    _refuse_too_little(row, reason, is_own)
    write_over(row=row, told=told, decided=decided, at=county_now())
    write_version(row=row, told=told, why=Version.Why.CORRECTED, is_own=is_own, by=by, reason=reason)
    record("arrivals.corrected", by=by, about=_about(row), details={"version": row.version})
    return Kept(row, is_new=True)


@transaction.atomic
def ask_to_correct(
    *, arrival: UUID, told: Told, decided: Decided, reason: str, is_own: bool, by: str, is_landing: bool = False
) -> Correction:
    """Keep a correction until somebody has asked. Said again it is the same one; said otherwise it is another.

    Parameters
    ----------
    is_landing : said on landing, which nobody is kept from because they corrected it today

    Refuses
    -------
    arrivals.unknown.not_found, arrivals.cancelled_already, arrivals.corrected_today, arrivals.no_reason
    """
    row, said = locked(arrival), told_json(told)
    refuse_cancelled(row)
    waiting = row.corrections.filter(state=Correction.State.WAITING).first()
    if waiting is not None and waiting.content == said:
        return waiting
    if not is_landing:
        _refuse_too_little(row, reason, is_own)
    if waiting is not None:
        _close(waiting, Correction.State.OVERTAKEN, by)
    asked = Correction.objects.create(
        arrival=row, of_version=row.version, content=said, reason=reason.strip(), measure=decided.measure,
        rules=list(decided.rules), is_own=is_own, asked_at=county_now(), asked_by=by,
    )  # fmt: skip
    record("arrivals.correction_asked", by=by, about=_about(row), details={"correction": str(asked.pk)})
    return asked


@transaction.atomic
def confirm_correction(*, correction: UUID, told: Told, decided: Decided, by: str) -> Arrival:
    """It is so: the arrival is what was said, as another version of it.

    Refuses
    -------
    arrivals.correction.not_found, arrivals.correction_answered, arrivals.cancelled_already
    """
    asked = _waiting(correction)
    row = locked(asked.arrival_id)
    refuse_cancelled(row)
    if not _is_told(row, told):
        write_over(row=row, told=told, decided=decided, at=county_now())
        reason = f"{asked.reason}（{FOUND_SO}）" if asked.reason else FOUND_SO
        write_version(row=row, told=told, why=Version.Why.CORRECTED, is_own=False, by=by, reason=reason)
    _close(asked, Correction.State.CONFIRMED, by)
    details = {"correction": str(asked.pk), "version": row.version}
    record("arrivals.correction_confirmed", by=by, about=_about(row), details=details)
    return row


@transaction.atomic
def refuse_correction(*, correction: UUID, why: str, by: str) -> Correction:
    """It is not so, and the arrival stays as it is.

    Refuses
    -------
    arrivals.correction.not_found, arrivals.correction_answered, arrivals.no_reason
    """
    asked = _waiting(correction)
    if not why.strip():
        raise refusals.no_reason("更正不属实", "saying that a correction is not so")
    _close(asked, Correction.State.REFUSED, by, why=why.strip())
    record("arrivals.correction_refused", by=by, about=_about(asked.arrival), details={"correction": str(asked.pk)})
    return asked


@transaction.atomic
def take_correction_back(*, correction: UUID, by: str) -> Correction:
    """Whoever said it does not say so any more; taken back already, nothing changes.

    Refuses
    -------
    arrivals.correction.not_found, arrivals.correction_answered
    """
    asked = _locked(correction)
    if asked.state != Correction.State.WITHDRAWN:
        asked = _waiting(correction)
        _close(asked, Correction.State.WITHDRAWN, by)
        about = _about(asked.arrival)
        record("arrivals.correction_withdrawn", by=by, about=about, details={"correction": str(asked.pk)})
    return asked


@transaction.atomic
def overtake_corrections(*, arrivals: Collection[UUID], by: str) -> list[Correction]:
    """What waits of these arrivals need not be asked about any more: they were called off, or corrected meanwhile."""
    rows = list(
        Correction.objects.select_for_update(of=("self",)).select_related("arrival")
        .filter(arrival__in=arrivals, state=Correction.State.WAITING).order_by("pk")
    )  # fmt: skip
    for row in rows:
        _close(row, Correction.State.OVERTAKEN, by)
    if rows:
        about = sorted({one for row in rows for one in _about(row.arrival)})
        record("arrivals.corrections_overtaken", by=by, about=about, details={"n_corrections": len(rows)})
    return rows


def _is_told(row: Arrival, told: Told) -> bool:
    return bytes(row.digest) == digest_of(row.person_id, told_json(told))


def _refuse_too_little(row: Arrival, reason: str, is_own: bool) -> None:
    if not is_own and not reason.strip():
        raise refusals.no_reason("更正", "the correction")
    if is_own:
        refuse_second_today(row)


def _locked(correction: UUID) -> Correction:
    rows = Correction.objects.select_for_update(of=("self",)).select_related("arrival")
    if (row := rows.filter(pk=correction).first()) is None:
        raise refusals.no_correction()
    return row


def _waiting(correction: UUID) -> Correction:
    row = _locked(correction)
    if row.answered_at is not None:
        raise refusals.correction_answered(row.answered_at)
    return row


def _close(row: Correction, state: str, by: str, why: str = "") -> None:
    row.state, row.answered_at, row.answered_by, row.answered_why = state, county_now(), by, why
    row.save(update_fields=["state", "answered_at", "answered_by", "answered_why"])


def _about(row: Arrival) -> list[str]:
    return [f"person:{row.person_id}"]
