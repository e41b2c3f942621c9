"""Leaving the county and coming back (离境登记).

1. the paper's text is this county's, a permit that still holds                         verify_permit
2. it is of this person, of this day, and nobody has left with it                       departures
3. what the rulebook asks is met now, when they leave                                   departure_checks
   nobody who goes waits at a post with a fever, however it was told                    clear_fever
4. they have left; the same scan again is the same exit                                 departures
   whoever was to go along and stays is seen by the grid worker: who looks after them?  departure_tasks
5. told late by a post without a network, of whoever has declared their return since: they are back since then
                                                                                         arrivals, departures
6. told late of a permit that was withdrawn since: they have left all the same, and whoever looks after them has a
   task while they are out                                                              departure_tasks

Emergency care waits for none of it: it is declared on leaving and looked at afterwards. The way back is closed by the
arrival's own declaration (procedures/declare_arrival), or at the desk.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.timezone import localtime

from fangxian.core.matching.names import read_name
from fangxian.core.parameters import Parameter
from fangxian.core.risk_areas.finding import county_today
from fangxian.ops.accounts.models import Account
from fangxian.ops.accounts.scope import require
from fangxian.ops.arrivals.queries import landed_after
from fangxian.ops.departures import actions as departures
from fangxian.ops.departures.queries import STATES, application_with, left_since, stayed_behind, step_with
from fangxian.ops.departures.refusals import permit_used, return_before_leaving
from fangxian.ops.departures.wire import Wanted
from fangxian.ops.people.queries import person_with, person_with_document
from fangxian.ops.posts.queries import passings_of
from fangxian.ops.realm.current import county_now
from fangxian.ops.risk_areas.wire import the_nation, the_renamed

from . import departure_refusals as refusals
from .apply_to_leave import levels_for
from .clear_fever import held_with_fever
from .departure_checks import look_at_departure, rulebooks_that_limit
from .departure_permits import WINDOW, window_of
from .departure_tasks import REVIEW, open_left_task, open_stayed_tasks, open_turn_task, turn_of
from .hand_over import masked_name
from .verify_permit import Permit, verified_permit

SCAN, REGISTER = "doors.scan", "movement.review"
REPEATED_WITHIN = Parameter(
    value=10, unit="min", low=1, high=60,
    meaning="Within how long a permit that is scanned again at a post counts as the same exit",
    source="a guess: a bad network sends twice, a family passes a desk in a few minutes",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Exit:
    """Who left, and whether it was on record already."""

    application: object
    is_repeat: bool


@transaction.atomic
def record_exit(
    *, permit_text: str, at: datetime, by: Account, person: UUID | None = None, document_number: str = "",
    name: str = "", others_leave: bool = False, one_by_one: bool = False, is_care: bool = False,
) -> Exit:  # fmt: skip
    """Its people leave the county with a permit at `at`. The same scan again is the same exit.

    Parameters
    ----------
    permit_text : what the paper's QR code holds
    at : county time of the scan, which may be sent later
    person, document_number : who stands at the desk, where whoever scans has seen it
    name : what they say they are called, where that is all there is
    others_leave : those who go along and may not leave now stay here, and the others leave
    one_by_one : everybody is met by themselves, as at a post: whoever stands there is told of nobody but themselves
    is_care : on the way to a doctor, where no fever holds anybody

    Refuses
    -------
    accounts.not_yours, what `verified_permit` refuses, departures.permit_unknown, departures.not_a_permit,
    departures.permit_of_another, departures.permit_withdrawn, departures.permit_used, departures.permit_wrong_day,
    departures.requirement_unmet, departures.area_closed, departures.companion_may_not, departures.no_permit,
    departures.fever_held, departures.fever_on_permit
    """
    require(by, SCAN)
    permit = verified_permit(permit_text, at)
    row = permit.row
    person = _refuse_another(row, permit.number, person, document_number, name)
    opens, ends = (row.valid_from, row.valid_until) if row.valid_from else window_of(row)
    if row.exited_at is not None:
        if _is_same_exit(row, at, person if one_by_one and opens <= at < ends else None):
            return Exit(row, True)
        raise permit_used(row.exited_at)
    if not opens <= at < ends:
        raise refusals.permit_wrong_day(at, localtime(opens).date(), localtime(ends - timedelta(minutes=1)).date())
    has_fallen, actor = permit.fell_at is not None, f"account:{by.pk}"
    met = person if one_by_one else None
    others_leave = others_leave or met is not None
    stay = [] if is_care else _who_is_ill(row, at, person, others_leave)
    if not has_fallen:
        stay += _who_stays(row, at, met, others_leave)
    fell_since = _fell_since(permit, at) if has_fallen else ""
    departures.note_exit(application=row.pk, at=at, by=actor, fell_since=fell_since, stay=stay)
    row = _back_since(row.pk, at, actor)
    if row.state == STATES.EXITED:
        open_stayed_tasks(row, stayed_behind(row.pk), actor)
        if has_fallen:
            open_left_task(row, actor)
    return Exit(row, False)


@transaction.atomic
def leave_in_emergency(*, wants: Wanted, at: datetime, by: str):
    """Somebody leaves for emergency care at once; the village looks at it afterwards. Said again, it is the same.

    Nothing is asked of them and nobody is refused; a record needs a sentence, and whoever is on no register needs none.

    Refuses
    -------
    departures.emergency_without_words, departures.person.not_found
    """
    person = person_with(wants.person)
    if person is None:
        raise refusals.unknown_person()
    if not wants.why.strip():
        raise refusals.not_called_emergency()
    code = county_today(the_nation(), the_renamed(), wants.destination)
    companions = [one for one in wants.companions if person_with(one) is not None]
    wants = replace(
        wants, person=person.pk, area_path=person.area_path, destination=code, companions=companions,
        leaves_on=localtime(at).date(), returns_on=None,
    )  # fmt: skip
    level = levels_for(["village", "township", "county"], person.area_path)[0]
    turn = turn_of(level, REVIEW, rulebooks_that_limit(at), county_now())
    row, is_new = departures.note_emergency(wants=wants, at=at, turn=turn, by=by)
    row = _back_since(row.pk, at, by)
    if is_new:
        open_turn_task(row, step_with(row.pk), by)
    return row, is_new


@transaction.atomic
def record_return(*, application: UUID, at: datetime, by: Account):
    """Its people are back, as somebody who looks after declarations there says.

    Refuses
    -------
    departures.unknown, accounts.not_yours, departures.return_before_leaving
    """
    row = application_with(application)
    require(by, REGISTER, row.area_path if row else None)
    if row is None or row.exited_at is None or at <= row.exited_at:
        raise return_before_leaving(at)
    persons: Collection[UUID] = [it.person_id for it in row.people]
    departures.close_by_arrival(person_ids=persons, at=at, by=f"account:{by.pk}")
    return application_with(application)


def _back_since(application: UUID, at: datetime, by: str):
    """The application of whoever left at `at`, closed by those who have declared since that they came back."""
    row = application_with(application)
    for person, back_at in landed_after([it.person_id for it in row.people], at).items():
        departures.close_by_arrival(person_ids=[person], at=back_at, by=by)
    return application_with(application)


def _fell_since(permit: Permit, at: datetime) -> str:
    """That they left with a permit that held, what became of it since, and why."""
    left, fell = (f"{localtime(it):%m-%d %H:%M}" for it in (at, permit.fell_at))
    why = permit.row.closed_why or permit.fell_why
    return f"{left} 离境时通行单有效，{fell} 才收回 · left on {left} before the permit fell on {fell}: {why}"


def _refuse_another(row, number: str, person: UUID | None, document_number: str, name: str) -> UUID | None:
    """Whom of those on the permit somebody has before them, where they have seen it or heard a name."""
    if person is None and name and not document_number.strip():
        called_so = [it.person_id for it in row.people if _plain(it.person.name) == _plain(name)]
        if not called_so:
            raise refusals.permit_of_another(number)
        return called_so[0] if len(called_so) == 1 else None
    if document_number.strip():
        found = person_with_document(document_number.strip().upper())
        if found is None:
            raise refusals.permit_of_another(number)
        person = found.pk
    if person is not None and person not in {it.person_id for it in row.people}:
        raise refusals.permit_of_another(number)
    return person


def _plain(name: str) -> str:
    return read_name(name).text or "".join(name.split())


def _is_same_exit(row, at: datetime, met: UUID | None) -> bool:
    """The scan again; or at a post somebody of the party whom none saw on the way out yet: they come in another car."""
    near = timedelta(minutes=REPEATED_WITHIN.value)
    if abs(at - row.exited_at) <= near:
        return True
    if not any(it.person_id == met and it.returned_at is None for it in row.people):
        return False
    first, last = min(at, row.exited_at) - near, max(at, row.exited_at) + near
    seen = passings_of(met).filter(is_out=True, passed_at__gte=first, passed_at__lte=last)
    return not seen.exclude(passed_at=at).exists()


def _who_is_ill(row, at: datetime, person: UUID | None, others_leave: bool) -> list[UUID]:
    """Of those who go along, who waits with a fever; `person` stands there and is not one of them."""
    ill = held_with_fever([it.person_id for it in row.people], at)
    if row.person_id in ill or person in ill:
        raise refusals.fever_held()
    if ill and not others_leave:
        raise refusals.fever_on_permit()
    return sorted(ill)


def back_from_the_post(*, persons: Collection[UUID], at: datetime, by: str) -> None:
    """On record as leaving, told by another of their permit, they stand at the post with a fever: they are not out."""
    since = at - timedelta(days=WINDOW.value)
    if left := left_since(persons, since):
        departures.close_by_arrival(person_ids=left, at=at, by=by)


def _who_stays(row, at: datetime, met: UUID | None, others_leave: bool) -> list[UUID]:
    """Of those who go along, who may not leave when the others do; `met` is not one of them.

    What has to be met to leave has to be met when somebody leaves, whenever it was agreed to.
    """
    looked = look_at_departure(
        [it.person_id for it in row.people], destination=row.destination, leaves_on=localtime(at).date(),
        returns_on=row.returns_on, at=at,
    )  # fmt: skip
    unmet = dict(reversed(looked.not_met))
    for one in (row.person_id, met):
        if one in unmet:
            raise refusals.requirement_unmet(unmet[one])
    if unmet and not others_leave:
        names = [masked_name(it.person.name) for it in row.people if it.person_id in unmet]
        raise refusals.companion_may_not(names, looked.not_met[0][1])
    return list(unmet)
