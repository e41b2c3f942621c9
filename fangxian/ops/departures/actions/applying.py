"""Drafts, sending an application, and calling it off."""

from collections.abc import Sequence
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef

from fangxian.ops.audit.actions import record
from fangxian.ops.realm.current import county_now

from .. import refusals
from ..models import AWAY, BEFORE_LEAVING, Application, State, Step, Traveller
from ..wire import Turn, Wanted
from .rows import about, close, hold_people, locked, over

LONGEST_TEXT = 300


@transaction.atomic
def keep_draft(*, wants: Wanted, by: str) -> Application:
    """Keep what somebody has typed so far; of each person there is one draft, which this replaces."""
    row = Application.objects.select_for_update().filter(person=wants.person, state=State.DRAFT).first()
    row = _fill(row or Application(person_id=wants.person, entered_at=county_now()), wants, by)
    row.save()
    _set_travellers(row, wants)
    record("departures.draft_kept", by=by, about=about(row), details={"departure": str(row.pk)})
    return row


@transaction.atomic
def submit(
    *, wants: Wanted, levels: Sequence[str], risk: Sequence[str], turn: Turn | None, by: str
) -> tuple[Application, bool]:
    """Send an application to whoever has the first turn; whether it is new. The same sent again is that one.

    Parameters
    ----------
    levels, risk : who has to agree, in order, and the risk states by which that was judged
    turn : the first of them; None where nobody has to

    Refuses
    -------
    departures.still_away, departures.two_of_one_day, departures.too_long
    """
    _refuse_too_long(wants)
    hold_people(persons=[wants.person, *wants.companions])  # two who name one child at once: the second sees the first
    if known := _as_known(wants):
        return known, False
    row = Application.objects.select_for_update().filter(person=wants.person, state=State.DRAFT).first()
    row = _fill(row or Application(person_id=wants.person, entered_at=county_now()), wants, by)
    row.state, row.submitted_at = turn.level if turn else State.SUBMITTED, county_now()
    row.levels, row.risk = list(levels), sorted(risk)
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:  # another writer was a moment sooner
        raise refusals.two_of_one_day(wants.leaves_on) from None
    _set_travellers(row, wants)
    if turn:
        open_step(row=row, kind=Step.Kind.DECISION, turn=turn)
    record("departures.submitted", by=by, about=about(row), details={"departure": str(row.pk), "levels": row.levels})
    return row, True


@transaction.atomic
def cancel(*, application: UUID, why: str, by: str) -> Application:
    """Call an application off before anybody left. Called off already, nothing changes.

    Refuses
    -------
    departures.unknown, departures.too_late_to_cancel
    """
    row = locked(application)
    if row.state == State.CANCELLED:
        return row
    if row.state not in (State.DRAFT, *BEFORE_LEAVING):
        raise refusals.too_late_to_cancel(row.state)
    over(row=row, by=by)
    close(row=row, state=State.CANCELLED, why=why)
    record("departures.cancelled", by=by, about=about(row), details={"departure": str(row.pk)})
    return row


def open_step(*, row: Application, kind: str, turn: Turn, asked: str = "") -> Step:
    """One level has the application from now on. For actions, in their transaction."""
    return Step.objects.create(
        application=row, kind=kind, level=turn.level, asked=asked, opened_at=county_now(), due_at=turn.due_at
    )


def _fill(row: Application, wants: Wanted, by: str) -> Application:
    row.area_path, row.destination, row.place = wants.area_path, wants.destination, wants.place.strip()
    row.purpose, row.why, row.transport = wants.purpose, wants.why.strip(), wants.transport
    row.vehicle, row.leaves_on, row.returns_on = wants.vehicle.strip(), wants.leaves_on, wants.returns_on
    row.entered_by = by
    return row


def _set_travellers(row: Application, wants: Wanted) -> None:
    row.travellers.all().delete()
    companions = [one for one in dict.fromkeys(wants.companions) if one != wants.person]
    Traveller.objects.bulk_create(
        [
            Traveller(application=row, person_id=one, is_applicant=one == wants.person)
            for one in (wants.person, *companions)
        ]
    )


def _as_known(wants: Wanted) -> Application | None:
    """The application that this one repeats.

    Refuses what stands against one more: somebody of them who is out, or asks to leave that day already.
    """
    people = {wants.person, *wants.companions}
    theirs = Traveller.objects.filter(application=OuterRef("pk"), person__in=people, left_out_at=None)
    rows = Application.objects.filter(is_emergency=False)
    if away := rows.filter(Exists(theirs.filter(returned_at=None)), state__in=AWAY).first():
        raise refusals.still_away(away.exited_at)
    days = rows.filter(Exists(theirs), state__in=BEFORE_LEAVING, leaves_on=wants.leaves_on)
    for row in days:
        if row.person_id == wants.person and _is_the_same(row, wants):
            return row
        raise refusals.two_of_one_day(wants.leaves_on)
    return None


def _is_the_same(row: Application, wants: Wanted) -> bool:
    said = (row.destination, row.returns_on, row.purpose)
    return said == (wants.destination, wants.returns_on, wants.purpose)


def _refuse_too_long(wants: Wanted) -> None:
    longest = max(len(wants.place), len(wants.why), len(wants.vehicle))
    if longest > LONGEST_TEXT:
        raise refusals.too_long(longest, LONGEST_TEXT)
