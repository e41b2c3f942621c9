"""Who was close to a case by vehicle or by parcel (同乘、快递). Part of exposure_of_case.

1. the case's own rides, as the interview has them        cases    (and as the case or a carrier has told: rides)
2. who was in these vehicles at that time, and where      rides    (trains and flights: three rows; cars: one)
3. who had a parcel after the case                        parcels
4. the staff of a depot at which the case works           people, places
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

import numpy as np

from fangxian.core.exposure.columns import UNKNOWN, Cases, Parcels, Rides
from fangxian.core.exposure.usual import NEAR_ROWS
from fangxian.core.parameters import Parameter
from fangxian.core.policy.rulebook import Rulebook
from fangxian.core.refusal import Said
from fangxian.ops.cases.queries import itinerary_of
from fangxian.ops.parcels.queries import handling_columns, parcels_called, staff_of_depot
from fangxian.ops.parcels.vocabulary import DEPOT_TRADES
from fangxian.ops.people.models import Attachment, Person
from fangxian.ops.rides.queries import passengers_in, rides_in, rides_of, vehicle_number
from fangxian.ops.rides.wire import NewRide, runs_on_rows, seat_of

DAY = timedelta(days=1)
RIDE = "ride"
NEAR_ROWS_ON_RAILS = Parameter(
    value=3, unit="rows of seats", low=1, high=5,
    meaning="How many rows before and behind are near in a train or an aircraft",
    source="密接判定: 航班前后三排，列车同车厢前后三排 (aircraft 3 rows; for trains recalled)",
)  # fmt: skip
RIDE_LASTS = Parameter(
    value=2, unit="h", low=0.5, high=8,
    meaning="How long a ride is taken to have lasted of which nobody knows when it ended",
    source="a guess: a coach to the city and a local train take about that",
)  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class CloseBy:
    """Rides and parcels near a case. `near_rows`: the rows that the search takes for near; rows of road vehicles are
    spread so that theirs come to the same. `called`: vehicles and parcels by their number."""

    rides: Rides
    parcels: Parcels
    near_rows: int
    called: Mapping[int, str]
    notes: Sequence[Said]


def close_by(case, person: Person | None, cases: Cases, *, rulebook: Rulebook, at: datetime) -> CloseBy:
    """What is known of a case's vehicles and parcels since the look-back. A case on no register has gate number 0."""
    since = datetime.fromtimestamp(int(cases.near_begins_s.min()), rulebook.utc_offset)
    number = person.gate_number if person else 0
    rides, called, notes = _rides(case, number, since, at)
    touched = handling_columns(begins=since, ends=at)
    parcels = Parcels(person=touched.person, parcel=touched.parcel, at_s=touched.at_s)
    depots = _depots(person)
    for venue, name in depots:
        parcels = parcels.joined(_of_depot(venue, number, since, at))
        called[group_number(venue)] = f"{name} 从业人员 · staff of the depot"
    called |= parcels_called(number, begins=since) if number else {}
    return CloseBy(rides, parcels, round(NEAR_ROWS_ON_RAILS.value), called, notes)


def group_number(id_) -> int:
    """A household's, class's or venue's number in the search: enough of its id to tell it from others."""
    return id_.int & 0x3FFF_FFFF_FFFF


def _rides(case, number: int, since: datetime, at: datetime) -> tuple[Rides, dict[int, str], list[Said]]:
    own = _own(case, since, at)
    if not own:
        return Rides.empty(), {}, []
    told = rides_in([it.vehicle for it in own], begins=since, ends=at)
    rows = [(number, it.vehicle, it.seat, it.begins_at, it.ends_at) for it in own]
    rows += [(it.gate_number, it.written, it.seat, it.begins_at, it.ends_at) for it in told if it.gate_number != number]
    called = {vehicle_number(it.vehicle): it.vehicle for it in own}
    notes = [*_unasked(own, {it.vehicle for it in told if it.gate_number != number}), *_of_no_register(own, since, at)]
    return _as_rides(rows), called, notes


def _own(case, since: datetime, at: datetime) -> list[NewRide]:
    """The case's rides that touch `[since, at)`: the interview's, with the seat that the case or a carrier told before
    where the interview has none; and those that only they told of.
    """
    rides = [
        NewRide(vehicle=it.vehicle, begins_at=it.begins_at, ends_at=_ends(it), seat=it.seat)
        for it in itinerary_of(case.pk)
        if it.kind == RIDE and it.vehicle.strip() and _ends(it) > since and it.begins_at < at
    ]
    if case.person_id is None:
        return rides
    for row in rides_of(case.person_id).filter(ends_at__gt=since, begins_at__lt=at):
        told = NewRide(vehicle=row.vehicle, begins_at=row.begins_at, ends_at=row.ends_at, seat=row.seat)
        same = [place for place, it in enumerate(rides) if _is_same(it, told)]
        for place in same:
            rides[place] = replace(rides[place], seat=rides[place].seat or told.seat)
        if not same:
            rides.append(told)
    return rides


def _is_same(one: NewRide, other: NewRide) -> bool:
    meet = one.begins_at < other.ends_at and one.ends_at > other.begins_at
    return meet and vehicle_number(one.vehicle) == vehicle_number(other.vehicle)


def _ends(entry) -> datetime:
    return entry.ends_at or entry.begins_at + timedelta(hours=RIDE_LASTS.value)


def _as_rides(rows: Sequence[tuple[int, str, str, datetime, datetime]]) -> Rides:
    seats = [_seat(seat, vehicle) for _, vehicle, seat, _, _ in rows]
    return Rides(
        person=_column(row[0] for row in rows), vehicle=_column(vehicle_number(row[1]) for row in rows),
        seat_row=_column(row for row, _ in seats), seat_column=_column(column for _, column in seats),
        begins_s=_column(int(row[3].timestamp()) for row in rows),
        ends_s=_column(int(row[4].timestamp()) for row in rows),
    )  # fmt: skip


def _seat(seat: str, vehicle: str) -> tuple[int, int]:
    """Row and column as the search compares them: in trains and aircraft whole rows count, whatever the column; in a
    car or coach a row counts as three of those."""
    found = seat_of(seat, vehicle)
    if found.row == UNKNOWN or runs_on_rows(vehicle):
        return found.row, UNKNOWN
    return found.row * round(NEAR_ROWS_ON_RAILS.value / NEAR_ROWS.value), found.column


def _of_no_register(own: Sequence[NewRide], since: datetime, at: datetime) -> list[Said]:
    """Whom a carrier's list has aboard and no register here: they cannot be proposed, and must not be forgotten."""
    aboard = [
        it for it in passengers_in([it.vehicle for it in own], begins=since, ends=at)
        if any(_is_same(one, NewRide(vehicle=it.vehicle, begins_at=it.begins_at, ends_at=it.ends_at)) for one in own)
    ]  # fmt: skip
    if not aboard:
        return []
    n, n_near = len(aboard), sum(any(_sits_near(it, one) for one in own) for it in aboard)
    return [
        Said(
            f"承运单位的名单上另有 {n} 名乘客不在本县名册，其中 {n_near} 名坐在病例前后三排以内；请到“同乘名单”页"
            "查看，交给其居住县。",
            f"Of the carriers’ lists {n} passengers are on no register here, {n_near} of them within three rows of the "
            "case: see the page of passenger lists and hand them to the counties they live in.",
        )
    ]


def _sits_near(it, own: NewRide) -> bool:
    one, other = _seat(it.seat, it.vehicle), _seat(own.seat, own.vehicle)
    are_known = UNKNOWN not in (one[0], other[0]) and vehicle_number(it.vehicle) == vehicle_number(own.vehicle)
    return are_known and abs(one[0] - other[0]) <= NEAR_ROWS_ON_RAILS.value


def _unasked(own: Sequence, told: set[int]) -> list[Said]:
    """Rides of which nobody but the case has told: whoever sat there has still to be found."""
    alone = list(dict.fromkeys(it.vehicle for it in own if vehicle_number(it.vehicle) not in told))
    if not alone:
        return []
    names = "、".join(alone)
    return [
        Said(
            f"病例坐过 {names}，还没有别人申报同乘；请向承运单位索要同车名单，并请同乘人员在“申报乘车”里报备。",
            f"The case rode in {', '.join(alone)}, and nobody else has declared that ride: ask the carrier who was "
            "aboard, and ask passengers to declare the ride themselves.",
        )
    ]


def _depots(person: Person | None) -> list[tuple[UUID, str]]:
    """The depots through which parcels go, where a case works."""
    rows = Attachment.objects.filter(person=person, venue__trade__in=DEPOT_TRADES) if person else ()
    return [(row.venue_id, row.venue.name) for row in rows.select_related("venue")] if person else []


def _of_depot(venue: UUID, number: int, since: datetime, at: datetime) -> Parcels:
    """The staff of a depot hand the same parcels on, day by day: as if of each day's parcels the case had one first."""
    others = [one.gate_number for one in staff_of_depot(venue, at.date()) if one.gate_number != number]
    days = [since + DAY * n for n in range(max(1, (at - since).days))]
    people = [number, *others]
    moments = [int(day.timestamp()) + (0 if one == number else 1) for day in days for one in people]
    return Parcels(
        person=_column(people * len(days)), parcel=_column([group_number(venue)] * len(moments)),
        at_s=_column(moments),
    )  # fmt: skip


def _column(values) -> np.ndarray:
    return np.fromiter(values, dtype=np.int64)
