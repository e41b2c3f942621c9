"""The permit, leaving with it or in an emergency, being back, and what time does to it."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from fangxian.ops.audit.actions import record
from fangxian.ops.realm.current import county_now
from fangxian.ops.tasks import actions as tasks
from fangxian.ops.tasks.queries import unfinished

from .. import refusals
from ..models import AWAY, BEFORE_LEAVING, CLOSED, WITH_A_LEVEL, Application, State, Step, Traveller
from ..wire import Turn, Wanted, subject_of
from .applying import open_step
from .rows import about, close, locked, over

OVERDUE_TASK, STAYED_TASK = "departures.overdue", "departures.stayed"
MERGED_WHY = "合并档案，同日已有一份 · two records became one, with another application for that day"
BATCH = 200


@transaction.atomic
def note_permit(
    *, application: UUID, document: UUID, valid_from: datetime, valid_until: datetime, by: str
) -> Application:
    """An application on which everybody has agreed has its permit, good for `[valid_from, valid_until)`.

    Refuses
    -------
    departures.unknown, departures.not_agreed
    """
    row = locked(application)
    if row.state != State.SUBMITTED:
        raise refusals.not_agreed()
    row.state, row.document, row.valid_from, row.valid_until = State.ISSUED, document, valid_from, valid_until
    row.save(update_fields=["state", "document", "valid_from", "valid_until"])
    record("departures.permit_noted", by=by, about=about(row), details={"departure": str(row.pk)})
    return row


@transaction.atomic
def take_permit_back(*, application: UUID, why: str, by: str) -> Application:
    """The permit does not hold any more, and nobody has left with it. Taken back already, nothing changes.

    Refuses
    -------
    departures.unknown, departures.too_late_to_cancel
    """
    row = locked(application)
    if row.state == State.CANCELLED:
        return row
    if row.state != State.ISSUED:
        raise refusals.too_late_to_cancel(row.state)
    close(row=row, state=State.CANCELLED, why=why)
    record("departures.permit_taken_back", by=by, about=about(row), details={"departure": str(row.pk)})
    return row


@transaction.atomic
def leave_out(*, application: UUID, persons: Collection[UUID], why: str, by: str) -> Application:
    """These of those who go along may not leave any more; the others may, once they have another permit.

    Refuses
    -------
    departures.unknown, departures.too_late_to_cancel
    """
    row = locked(application)
    if row.state != State.ISSUED:
        raise refusals.too_late_to_cancel(row.state)
    going = row.travellers.filter(is_applicant=False, left_out_at=None, person__in=persons)
    n = going.update(left_out_at=county_now())
    row.state, row.document, row.valid_from, row.valid_until = State.SUBMITTED, None, None, None
    row.closed_why = why
    row.save(update_fields=["state", "document", "valid_from", "valid_until", "closed_why"])
    record("departures.left_out", by=by, about=about(row), details={"departure": str(row.pk), "n_people": n})
    return row


@transaction.atomic
def note_exit(
    *, application: UUID, at: datetime, by: str, fell_since: str = "", stay: Collection[UUID] = ()
) -> Application:
    """Its people left at `at`. Whether they may was looked at before.

    Parameters
    ----------
    fell_since : that the permit held at `at` and fell afterwards, and why: then whatever became of the application
        since does not undo that they left
    stay : those who go along and did not leave with the others

    Refuses
    -------
    departures.unknown, departures.permit_used, departures.no_permit
    """
    row = locked(application)
    if row.exited_at is not None:
        raise refusals.permit_used(row.exited_at)
    # A post without a network tells of it late: the permit may have lapsed since, and had not when they left.
    if row.state not in (State.ISSUED, State.LAPSED) and not fell_since:
        raise refusals.no_permit(row.state)
    if fell_since:
        over(row=row, by=by)
        row.closed_why = fell_since
        # Whoever was left out since had left by then with the others.
        row.travellers.filter(left_out_at__gt=at).update(left_out_at=None)
    row.travellers.filter(is_applicant=False, person__in=stay).update(left_out_at=at)
    row.state, row.exited_at, row.exited_by, row.closed_at = State.EXITED, at, by, None
    row.save(update_fields=["state", "exited_at", "exited_by", "closed_at", "closed_why"])
    details = {"departure": str(row.pk), "at": at.isoformat(), "fell_since": bool(fell_since), "n_stay": len(stay)}
    record("departures.left", by=by, about=about(row), details=details)
    return row


@transaction.atomic
def note_emergency(*, wants: Wanted, at: datetime, turn: Turn | None, by: str) -> tuple[Application, bool]:
    """Somebody left at once for care; whether that was not known. Who looks at it afterwards has a turn.

    Refuses nobody: whoever said so within the same day is the same departure.
    """
    row = Application.objects.filter(person=wants.person, is_emergency=True, leaves_on=wants.leaves_on).first()
    if row is not None:
        return row, False
    row = Application.objects.create(
        person_id=wants.person, area_path=wants.area_path, destination=wants.destination, place=wants.place.strip(),
        purpose=Application.Purpose.MEDICAL, why=wants.why.strip(), transport=wants.transport, vehicle=wants.vehicle,
        leaves_on=wants.leaves_on, returns_on=wants.returns_on, state=State.EXITED, is_emergency=True,
        entered_at=county_now(), entered_by=by, submitted_at=county_now(), exited_at=at, exited_by=by,
    )  # fmt: skip
    people = [wants.person, *(one for one in dict.fromkeys(wants.companions) if one != wants.person)]
    Traveller.objects.bulk_create(
        [Traveller(application=row, person_id=one, is_applicant=one == wants.person) for one in people]
    )
    if turn:
        open_step(row=row, kind=Step.Kind.REVIEW, turn=turn)
    record("departures.left_in_emergency", by=by, about=about(row), details={"departure": str(row.pk)})
    return row, True


@transaction.atomic
def close_by_arrival(*, person_ids: Collection[UUID], at: datetime, by: str) -> list[UUID]:
    """These people are back in the county since `at`; the departures that this ends, of which nobody is out any more.

    A departure after `at` is another journey and is left as it is; so is one of which some are still out, whose own
    return is noted. What had to be done because somebody was late need not be done any more. Harmless to repeat.
    """
    out = Traveller.objects.select_for_update().filter(
        person__in=person_ids, returned_at=None, left_out_at=None, application__state__in=AWAY,
        application__exited_at__lt=at,
    )  # fmt: skip
    rows = list(out.order_by("id"))
    if not rows:
        return []
    Traveller.objects.filter(pk__in=[row.pk for row in rows]).update(returned_at=at)
    touched = {row.application_id for row in rows}
    still_out = Traveller.objects.filter(application__in=touched, returned_at=None, left_out_at=None)
    waiting = still_out.values("application")
    ended = list(Application.objects.filter(pk__in=touched).exclude(pk__in=waiting).order_by("pk"))
    Application.objects.filter(pk__in=[row.pk for row in ended]).update(
        state=State.RETURNED, returned_at=at, closed_at=county_now()
    )
    _nobody_is_late(ended, by)
    subjects = sorted({f"person:{row.person_id}" for row in rows} | {subject_of(one) for one in touched})
    record("departures.returned", by=by, about=subjects, details={"n_people": len(rows), "n_ended": len(ended)})
    return [row.pk for row in ended]


def note_overdue(*, before: date, by: str) -> list[Application]:
    """Who is out and should have been back before that day is overdue; those newly so. Chunk by chunk."""
    found: list[Application] = []
    late = Application.objects.filter(state=State.EXITED, returns_on__lt=before)
    while rows := _turned(late, State.OVERDUE, "departures.overdue", by):
        found += rows
    return found


def note_lapsed(*, at: datetime, leaving_before: date, by: str) -> list[Application]:
    """Permits whose window is over, and applications whose day is past without an answer, lapse; those newly so."""
    found: list[Application] = []
    unused = Application.objects.filter(state=State.ISSUED, valid_until__lte=at)
    while rows := _turned(unused, State.LAPSED, "departures.lapsed", by):
        found += rows
    unanswered = Application.objects.filter(state__in=(*WITH_A_LEVEL, State.SUBMITTED), leaves_on__lt=leaving_before)
    while rows := _turned(unanswered, State.LAPSED, "departures.lapsed", by):
        found += rows
    return found


@transaction.atomic
def _turned(found, state: State, action: str, by: str) -> list[Application]:
    rows = list(found.select_for_update(skip_locked=True).order_by("pk")[:BATCH])
    for row in rows:
        over(row=row, by=by)
        row.state = state
    is_closed = {"closed_at": county_now()} if state in CLOSED else {}
    Application.objects.filter(pk__in=[row.pk for row in rows]).update(state=state, **is_closed)
    if rows:
        record(action, by=by, about=[subject_of(row.pk) for row in rows], details={"n_departures": len(rows)})
    return rows


def _nobody_is_late(ended: Sequence[Application], by: str) -> None:
    late = unfinished().filter(kind__in=(OVERDUE_TASK, STAYED_TASK), about__in=[subject_of(row.pk) for row in ended])
    if ids := list(late.values_list("pk", flat=True)):
        tasks.finish(tasks=ids, outcome="returned", by=by)


@transaction.atomic
def carry_departures_over(*, kept: UUID, merged: UUID, by: str) -> list[UUID]:
    """The departures of a merged record are those of the one that goes on; those that this ended.

    Of two applications for one day the one that is further goes on, and the other is called off. Whoever was to go
    along with themselves goes once. A draft of either stays with whom it was of where both have one.
    """
    rows = list(Application.objects.select_for_update().filter(person__in=[kept, merged]).order_by("entered_at", "pk"))
    ended = _doubles(rows)
    for row in ended:
        over(row=row, by=by)
        close(row=row, state=State.CANCELLED, why=MERGED_WHY)
    has_draft = any(row.person_id == kept and row.state == State.DRAFT for row in rows)
    moved = [row for row in rows if row.person_id == merged and not (has_draft and row.state == State.DRAFT)]
    n = Application.objects.filter(pk__in=[row.pk for row in moved]).update(person_id=kept)
    n += _go_once(kept, merged, [row.pk for row in rows if row not in moved and row.person_id == merged])
    if n or ended:
        subjects = [f"person:{kept}", f"person:{merged}", *(subject_of(row.pk) for row in ended)]
        record("departures.carried_over", by=by, about=subjects, details={"n_rows": n, "n_ended": len(ended)})
    return [row.pk for row in ended]


def _doubles(rows: Sequence[Application]) -> list[Application]:
    """Of applications of one day, nobody having left yet, all but the one that is furthest, the oldest of those."""
    days: dict[date | None, list[Application]] = {}
    for row in rows:
        if row.state in BEFORE_LEAVING and not row.is_emergency:
            days.setdefault(row.leaves_on, []).append(row)
    furthest = {it: n for n, it in enumerate(BEFORE_LEAVING)}
    return [row for some in days.values() for row in sorted(some, key=lambda it: -furthest[State(it.state)])[1:]]


def _go_once(kept: UUID, merged: UUID, left: Collection[UUID]) -> int:
    """Who goes along as the merged record goes as the other; where both go, the one that is over is taken off."""
    theirs = Traveller.objects.filter(person_id=merged).exclude(application__in=left)
    both = list(theirs.filter(application__travellers__person=kept).values_list("application", flat=True))
    if both:
        theirs.filter(application__in=both).delete()
        Traveller.objects.filter(person_id=kept, application__in=both, application__person=kept).update(
            is_applicant=True
        )
    return len(both) + theirs.exclude(application__in=both).update(person_id=kept)
