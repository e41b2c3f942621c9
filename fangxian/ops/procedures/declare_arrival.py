"""Somebody arrives in the county, or says that they will (落地一申报).

1. the journey can be true: forwards, without a hole, of counties there are    arrival_journey
2. whoever declares may: for themselves, their household, their area, a guest  accounts, people
3. each ride is one that a search for passengers sees                          rides
4. what the rules ask, by the lists valid on each day                          arrival_decision
5. it goes on record once, however often a bad network sends it                arrivals
6. what is asked is evidence, and the code follows                             arrival_evidence
7. the grid worker has a task with a clock; whoever is expected is looked for  arrival_tasks
8. an application to leave that is still open is closed: they are back         departures
9. what somebody of another household told of it is confirmed                  arrivals, arrival_tasks

Announced ahead and declared on landing are one record. A correction goes through the same steps; what was said stays.
Somebody's own correction that would ask less of them waits for a grid worker (confirm_correction): until then the
arrival stands as it was, and so does the code. One that asks more holds at once. A hotel, and staff in a matter of
their own, have no more say than the person.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.timezone import localtime

from fangxian.core.refusal import Refusal
from fangxian.ops.accounts.models import Account
from fangxian.ops.accounts.queries import may
from fangxian.ops.approvals.rules import refuse_own_matters
from fangxian.ops.arrivals import actions as room
from fangxian.ops.arrivals import refusals
from fangxian.ops.arrivals.actions import Kept
from fangxian.ops.arrivals.queries import (
    DECLARED_AS,
    REVIEW,
    STATES,
    announced_of,
    decided_of,
    proposals_waiting,
    said_when,
    told_by,
    told_of,
    waiting_of,
)
from fangxian.ops.arrivals.wire import Decided, NewArrival, Told, with_rides
from fangxian.ops.departures.actions.leaving import close_by_arrival
from fangxian.ops.enquiries.actions import let_go
from fangxian.ops.enquiries.queries import is_being_asked, open_of_marks
from fangxian.ops.people.models import Person
from fangxian.ops.realm.current import county_now
from fangxian.ops.rides.actions import LONGEST_BACK, declare_ride, take_rides_back
from fangxian.ops.rides.wire import NewRide, vehicle_key

from .arrival_decision import decide, weighing
from .arrival_evidence import settle_evidence
from .arrival_journey import has_landed, journey_checked
from .arrival_lowering import asks_less, asks_more, tells_another_journey
from .arrival_tasks import (
    NO_LONGER,
    called_off_in_doubt,
    cancel_arrival_tasks,
    cancel_correction_tasks,
    finish_asking,
    have_calling_off_asked,
    have_correction_asked,
    settle_tasks,
)
from .print_arrival import withdraw_papers

OWN_WORD = "本人申报"
OWN = (DECLARED_AS.PERSON, DECLARED_AS.RELATIVE)
OTHERWISE = "申报与报备的行程不同 · declared otherwise than announced"
RIDES_SAID_BY = {DECLARED_AS.PERSON: "own", DECLARED_AS.RELATIVE: "own", DECLARED_AS.CHECKPOINT: "checkpoint"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Comer:
    """One of those who arrive together: who, where in the county they stay, and who declares for them."""

    person: Person
    area_path: str
    declared_as: str


@transaction.atomic
def declare_arrival(
    *, comers: Sequence[Comer], told: Told, by: Account, token: UUID | None = None, venue: UUID | None = None
) -> list[Kept]:
    """Declare that these people arrive or will; in their order. Whether the caller may is asked before.

    Whoever announced a journey of which more is asked, and tells another now, has come as announced; the rest waits. So
    it does where they called it off, and nobody has found out yet whether they came.

    Refuses
    -------
    arrivals.*, rides.times
    """
    persons = {it.person.pk for it in comers}
    room.hold_people(persons=persons)  # of two forms at once the second is compared with what the first left
    announced = called_off_in_doubt(persons, told.arrives_at) | announced_of(persons)
    of_announced = [it for it in comers if it.person.pk in announced]
    waiting = {it.person.pk: announced[it.person.pk] for it in of_announced if not _may_lower(it, by)}
    return _declare_or_wait(comers, told, waiting, by, token, venue)


def _may_lower(comer: Comer, by: Account) -> bool:
    """Whether whoever declares is one whose word is enough where it asks less: of the area, in no matter of theirs."""
    if comer.declared_as in OWN or not may(by, REVIEW, comer.area_path):
        return False
    try:
        refuse_own_matters(by, [comer.person.pk])
    except Refusal:
        return False
    return True


def _declare_or_wait(
    comers: Sequence[Comer], told: Told, waiting: Mapping[UUID, Any], by: Account, token: UUID | None,
    venue: UUID | None,
) -> list[Kept]:  # fmt: skip
    """Declare; of those who are announced and whose word alone is not enough, one that would ask less waits."""
    told = journey_checked(told, at=county_now())
    less = {pk: row for pk, row in waiting.items() if _asks_less(row, told)}
    found = {it.row.person_id: it for it in _declare([it for it in comers if it.person.pk not in less], told, by, token,
                                                     venue)}  # fmt: skip
    for it in comers:
        if (row := less.get(it.person.pk)) is not None:
            found[it.person.pk] = _come_as_announced(row, it, told, by, token, venue)
    return [found[it.person.pk] for it in comers]


def _declare(comers: Sequence[Comer], told: Told, by: Account, token: UUID | None, venue: UUID | None) -> list[Kept]:
    if not comers:
        return []
    at, actor = county_now(), f"account:{by.pk}"
    decided, landed = decide(told, weighing([told], at)), has_landed(told, at)
    new = [
        NewArrival(
            person=it.person.pk,
            area_path=it.area_path,
            declared_as=it.declared_as,
            has_landed=landed,
            told=_ridden(it.person, told, it.declared_as, actor) if landed else told,
            decided=decided,
            token=token,
            venue=venue,
            is_own=it.declared_as in OWN,
        )
        for it in comers
    ]
    kept = room.declare(arrivals=new, by=actor)
    _follow([it.row for it in kept if it.is_new], by)
    own = [it.row for it in kept if it.row.declared_as in OWN]
    confirm_proposals(rows=[it.row for it in kept], but=tell_more(own), by=actor)
    # What a mark on their itinerary was about is told now: the journey is judged, nobody need ask.
    if asked := open_of_marks({it.person.pk for it in comers}):
        let_go(enquiries=asked, by=actor)
    return kept


def _asks_less(row, told: Told) -> bool:
    """Whether less would be asked for a journey than for the one announced, had that come at the same time."""
    announced = _as_announced(row, told.arrives_at)
    weighed = weighing([announced, told], county_now())
    return asks_less(decide(announced, weighed), decide(told, weighed), localtime(told.arrives_at).date())


def _as_announced(row, at: datetime) -> Told:
    """The announced journey, ended when they came: whoever announced it was not here yet when they did."""
    return until(told_of(row), max(at, said_when([row.pk])[row.pk]))


def _come_as_announced(row, comer: Comer, told: Told, by: Account, token: UUID | None, venue: UUID | None) -> Kept:
    """They have come, if they say so, by the journey as it was announced; what they say now waits."""
    is_landing = has_landed(told, county_now())
    if is_landing or row.state == STATES.CANCELLED:
        here = Comer(person=row.person, area_path=comer.area_path, declared_as=row.declared_as)
        cancel_arrival_tasks(arrivals=[row.pk], reason=NO_LONGER, by=f"account:{by.pk}")
        row = _declare([here], _as_announced(row, told.arrives_at), by, token, venue)[0].row
    decided, own = decide(told, weighing([told], county_now())), comer.declared_as in OWN
    return _wait(row, told, decided, "" if own else OTHERWISE, is_own=own, is_landing=is_landing, by=by)


@transaction.atomic
def say_landed(*, arrival: UUID, at: datetime | None = None, by: Account) -> Kept:
    """Whoever was announced is here, with the journey as it was told; here already, nothing changes.

    Refuses
    -------
    arrivals.unknown.not_found, arrivals.cancelled_already, and what declaring refuses
    """
    row = _held(arrival)
    if row.state == STATES.CANCELLED:
        raise refusals.cancelled(row.cancelled_at)
    if row.state == STATES.LANDED:
        return Kept(row, is_new=False)
    told = until(told_of(row), min(at or county_now(), county_now()))
    comer = Comer(person=row.person, area_path=row.area_path, declared_as=row.declared_as)
    return _declare([comer], journey_checked(told, at=county_now()), by, row.token, row.venue)[0]


@transaction.atomic
def correct_arrival(*, arrival: UUID, told: Told, reason: str = "", is_own: bool, by: Account) -> Kept:
    """Put right what was declared, once a day where one does so for oneself.

    What would ask less of somebody waits, unless whoever corrects looks after their area: confirm_correction.

    Refuses
    -------
    arrivals.*, rides.times, approvals.own_matter
    """
    at = county_now()
    row = _held(arrival)
    if not is_own:
        refuse_own_matters(by, [row.person_id])
    told = journey_checked(told, at=at)
    if row.state == STATES.LANDED and not has_landed(told, at):
        raise refusals.landed_already(row.arrives_at)
    may_lower = not is_own and may(by, REVIEW, row.area_path)
    if row.state == STATES.ANNOUNCED and has_landed(told, at):
        comer = Comer(person=row.person, area_path=row.area_path, declared_as=row.declared_as)
        waiting = {} if may_lower else {row.person_id: row}
        return _declare_or_wait([comer], told, waiting, by, None, row.venue)[0]
    decided = decide(told, weighing([told], at), at=at if row.state == STATES.LANDED else None)
    if not may_lower and row.state != STATES.CANCELLED and _must_wait(row, told, decided):
        return _wait(row, told, decided, reason, is_own=is_own, by=by)
    kept = write_correction(
        row, told, lambda ridden: room.correct(
            arrival=arrival, told=ridden, decided=decided, reason=reason, is_own=is_own, by=f"account:{by.pk}"
        ), by,
    )  # fmt: skip
    if kept.is_new:
        overtake_corrections([row.pk], by)
    return kept


def _held(arrival: UUID):
    """One arrival, which nobody else changes meanwhile: what stands is compared with what is told now."""
    for row in room.hold(arrivals=[arrival]):
        return row
    raise refusals.unknown()


def write_correction(row, told: Told, write: Callable[[Told], Kept], by: Account, *, is_asked: bool = False) -> Kept:
    """Let `write` keep what was told, its rides made rows; rides that are told no longer are taken back. `is_asked`:
    somebody has just asked whether it is so."""
    actor = f"account:{by.pk}"
    ridden_before = {it.ride for it in told_of(row).legs if it.ride}
    if row.state == STATES.LANDED:
        told = _ridden(row.person, told, row.declared_as, actor)
    kept = write(told)
    take_rides_back(rides=ridden_before - {it.ride for it in told.legs}, by=actor)
    _follow([kept.row] if kept.is_new else [], by, is_asked=is_asked)
    return kept


def _must_wait(row, told: Told, decided: Decided) -> bool:
    """Whether a correction would ask less, or say otherwise of a journey that a grid worker is asking about."""
    if row.state == STATES.ANNOUNCED:
        return _asks_less(row, told)
    both, today = (decided_of(row), decided), localtime(county_now()).date()
    is_alike = not asks_more(*both, today) and is_being_asked(row.pk)
    return asks_less(*both, today) or (is_alike and tells_another_journey(told_of(row), told))


def _wait(
    row, told: Told, decided: Decided, reason: str, *, is_own: bool, by: Account, is_landing: bool = False
) -> Kept:
    """What somebody says is kept, and asked about; what stands, stands."""
    actor = f"account:{by.pk}"
    before = waiting_of(row.pk)
    asked = room.ask_to_correct(
        arrival=row.pk, told=told, decided=decided, reason=reason, is_own=is_own, is_landing=is_landing, by=actor
    )
    if before is not None and before.pk != asked.pk:
        cancel_correction_tasks(corrections=[before.pk], reason=NO_LONGER, by=actor)
    have_correction_asked(row=row, correction=asked.pk, by=actor)
    return Kept(row, is_new=before is None or before.pk != asked.pk, waits=True)


def overtake_corrections(arrivals: Sequence[UUID], by: Account) -> None:
    """What waits of these arrivals need not be asked about any more."""
    if gone := room.overtake_corrections(arrivals=arrivals, by=f"account:{by.pk}"):
        cancel_correction_tasks(corrections=[it.pk for it in gone], reason=NO_LONGER, by=f"account:{by.pk}")


@transaction.atomic
def cancel_arrival(*, arrivals: Sequence[UUID], why: str, by: Account, is_own: bool = False) -> None:
    """They do not come, or it was declared by mistake: nothing rests on it any more.

    Whoever is here and has something to do does not take that from themselves: a grid worker who asked does. Of whoever
    was only announced, and would have something to do, the grid worker asks afterwards whether they came; so they do
    where a hotel calls it off.

    Refuses
    -------
    arrivals.no_reason, arrivals.cancel_asked, approvals.own_matter
    """
    actor = f"account:{by.pk}"
    found = room.hold(arrivals=arrivals)
    unasked = [row for row in found if is_own or not may(by, REVIEW, row.area_path)]
    doubtful = [row for row in unasked if row.state == STATES.ANNOUNCED and row.rules]
    if not all(map(own_may_cancel, unasked)):
        raise refusals.cancel_asked()
    if not is_own:
        refuse_own_matters(by, [row.person_id for row in found])
    rows = room.cancel(arrivals=arrivals, why=why, by=actor)
    overtake_corrections([row.pk for row in rows], by)
    take_rides_back(rides={it.ride for row in rows for it in told_of(row).legs if it.ride}, by=actor)
    _follow(rows, by)
    for row in doubtful:
        have_calling_off_asked(row=row, by=actor)


def own_may_cancel(row) -> bool:
    """Whether the person, or who declared for them, may call an arrival off: nobody has come, or nothing is asked."""
    return row.state != STATES.LANDED or not row.rules


def sign_undertaking(*, arrival: UUID, name: str, by: Account) -> None:
    """The person, or whoever answers for them, undertakes what the rules ask. Refuses what the room refuses."""
    room.undertake(arrival=arrival, name=name, by=f"account:{by.pk}")


@transaction.atomic
def answer_arrivals(*, answers: dict[UUID, Told], by: Account) -> list:
    """What an enquiry found out about stays: decided anew, and all that rests on it follows. The rows that changed."""
    at = county_now()
    weighed = weighing(list(answers.values()), at)
    decisions = {pk: (told, decide(told, weighed, at=at)) for pk, told in answers.items()}
    rows = room.decide_anew(decisions=decisions, by=f"account:{by.pk}")
    _follow(rows, by, is_declared=False, is_asked=True)
    return rows


def tell_more(rows: Sequence) -> list[UUID]:
    """What others told of these people of a place that they leave out themselves, of which more would be asked: the
    grid worker still asks about it."""
    of_person = {row.person_id: row for row in rows}
    found = []
    for it in proposals_waiting(of_person):
        row, told = of_person[it.person_id], until(told_by(it), of_person[it.person_id].arrives_at)
        if {one.division for one in told.stays} <= {one.division for one in told_of(row).stays}:
            continue
        decided = decide(told, weighing([told], county_now()))
        if asks_more(decided_of(row), decided, localtime(row.arrives_at).date()):
            found.append(it.pk)
    return found


def confirm_proposals(*, rows: Sequence, by: str, but: Collection[UUID] = ()) -> None:
    """What others told of these arrivals is declared now, and nobody need ask any more; `but` of these they do."""
    if confirmed := room.confirm_by(arrivals=rows, but=but, by=by):
        finish_asking(proposals=[it.pk for it in confirmed], outcome="confirmed", by=by)


def _follow(rows: Sequence, by: Account, *, is_declared: bool = True, is_asked: bool = False) -> None:
    """Everything that rests on these arrivals is as they are now."""
    if not rows:
        return
    actor = f"account:{by.pk}"
    settle_evidence(rows=rows, issuer=_issuer(rows[0].declared_as, by), by=actor)
    settle_tasks(rows=rows, by=actor, is_declared=is_declared, is_asked=is_asked)
    withdraw_papers(rows=[row for row in rows if row.version > 1 or row.state == STATES.CANCELLED], by=actor)
    for arrives_at in sorted({row.arrives_at for row in rows if row.state == STATES.LANDED}):
        here = [row.person_id for row in rows if row.state == STATES.LANDED and row.arrives_at == arrives_at]
        close_by_arrival(person_ids=here, at=arrives_at, by=actor)


def _issuer(declared_as: str, by: Account) -> str:
    return OWN_WORD if declared_as in OWN or by.unit is None else by.unit.name_zh


def _ridden(person: Person, told: Told, declared_as: str, by: str) -> Told:
    """Each ride in a vehicle that is named becomes one of the rides room; what lies too far back is told only."""
    oldest = county_now() - timedelta(days=int(LONGEST_BACK.value))
    rides = []
    for leg in told.legs:
        is_known = vehicle_key(leg.vehicle) and leg.begins_at >= oldest
        ride = NewRide(vehicle=leg.vehicle, begins_at=leg.begins_at, ends_at=leg.ends_at, seat=leg.seat)
        source = RIDES_SAID_BY.get(declared_as, "grid_worker")
        rides.append(declare_ride(person=person, ride=ride, source=source, by=by)[0].pk if is_known else None)
    return with_rides(told, rides)


def until(told: Told, at: datetime) -> Told:
    """The same journey, ended at `at`: the last stay lasts until the day of the real arrival."""
    on = localtime(at).date()
    day = timedelta(days=1)
    stays = [replace(it, ends_on=min(it.ends_on, on + day)) for it in told.stays if it.begins_on <= on]
    if stays and max(it.ends_on for it in stays) < on:
        last = max(range(len(stays)), key=lambda n: stays[n].ends_on)
        stays[last] = replace(stays[last], ends_on=on)
    legs = tuple(it for it in told.legs if it.begins_at < at)
    return replace(told, arrives_at=at, stays=tuple(stays), legs=legs)
