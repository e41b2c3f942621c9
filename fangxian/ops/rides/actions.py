"""The only writers of the rides room."""

from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.utils.timezone import localtime

from fangxian.core.parameters import Parameter
from fangxian.core.refusal import Refusal
from fangxian.ops.audit.actions import record
from fangxian.ops.people.models import Person
from fangxian.ops.realm.as_before import Return, Stays, put_back
from fangxian.ops.realm.current import county_now
from fangxian.ops.realm.sealed import index_of

from .models import MERGED, Passenger, Ride
from .wire import KNOWN, LISTED_BEFORE, NEW, SEAT_DIFFERS, UNMATCHED, ListedPassenger, NewRide, vehicle_key

VEHICLE, ONCE, PASSENGER = "ride_vehicle", "ride_once", "ride_passenger"
LONGEST_BACK = Parameter(
    value=28, unit="days", low=14, high=60,
    meaning="How long ago a ride may lie that is declared",
    source="a guess: twice the look-back of co-presence; what lies further back is a mistyped date",
)  # fmt: skip
LONGEST_RIDE = Parameter(
    value=48, unit="h", low=12, high=72,
    meaning="How long one ride may last",
    source="the longest trains of the country run two days",
)  # fmt: skip


@transaction.atomic
def declare_ride(*, person: Person, ride: NewRide, source: str, by: str) -> tuple[Ride, bool]:
    """Keep that somebody was in a vehicle; whether it is new. Said again it is the same, with the newest seat.

    Refuses
    -------
    rides.no_vehicle, rides.times
    """
    refuse_impossible(ride)
    key = vehicle_key(ride.vehicle)
    once = index_of(ONCE, f"{person.pk}|{key}|{ride.begins_at.isoformat()}")
    columns = {
        "person": person, "vehicle": ride.vehicle.strip(), "vehicle_index": index_of(VEHICLE, key),
        "seat": ride.seat.strip(), "begins_at": ride.begins_at, "ends_at": ride.ends_at,
        "source": Ride.Source(source), "declared_at": county_now(), "declared_by": by,
    }  # fmt: skip
    row, is_new = Ride.objects.get_or_create(once=once, defaults=columns)
    told = (ride.seat.strip(), ride.ends_at)
    if not is_new and (row.seat, row.ends_at) != told:
        row.seat, row.ends_at = told
        row.save(update_fields=["seat", "ends_at"])
        record("rides.corrected", by=by, about=[f"person:{person.pk}"], details={"ride": str(row.pk)})
    if is_new:
        record("rides.declared", by=by, about=[f"person:{person.pk}"], details={"ride": str(row.pk)})
    return row, is_new


@transaction.atomic
def take_passengers(*, passengers: Sequence[ListedPassenger], intake: UUID, by: str) -> list[str]:
    """Put rows of a carrier's list on record, some hundred at once: what became of each, a word of wire, in order.

    A ride on record whose seat nobody knew gets the list's; one under another seat keeps it. Who is on no register is
    kept as a passenger, once a vehicle and day; registered since, they have a ride and are no such passenger any more.
    The rides are those that `refuse_impossible` lets pass.
    """
    listing = _Listing(passengers, intake, by)
    words = [listing.ride(it) if it.person else listing.passenger(it) for it in passengers]
    listing.write()
    about = sorted({f"person:{row.person_id}" for row in listing.rides})
    facts = dict(Counter(words))
    record("rides.listed", by=by, about=about, facts=facts, details={"intake": str(intake)})
    return words


class _Listing:
    """The rows of one part of a list, and what is on record of the same people in the same vehicles."""

    def __init__(self, passengers: Sequence[ListedPassenger], intake: UUID, by: str) -> None:
        self._intake, self._by, self._at = intake, by, county_now()
        self._vehicles = {it.ride.vehicle: index_of(VEHICLE, vehicle_key(it.ride.vehicle)) for it in passengers}
        self._known: dict[tuple, list[Ride]] = defaultdict(list)
        persons, vehicles = {it.person for it in passengers if it.person}, {*self._vehicles.values()}
        for row in Ride.objects.select_for_update().filter(person_id__in=persons, vehicle_index__in=vehicles):
            self._known[row.person_id, bytes(row.vehicle_index)].append(row)
        once = {key for it in passengers if (key := self._once(it))}
        self._listed = {bytes(it) for it in Passenger.objects.filter(once__in=once).values_list("once", flat=True)}
        self.rides: list[Ride] = []
        self._seated: list[Ride] = []
        self._passengers: list[Passenger] = []
        self._registered: list[bytes] = []

    def ride(self, it: ListedPassenger) -> str:
        if (once := self._once(it)) in self._listed:
            self._registered.append(once)
        ride, vehicle = it.ride, self._vehicles[it.ride.vehicle]
        rows = self._known[it.person, vehicle]
        row = next((one for one in rows if one.begins_at < ride.ends_at and one.ends_at > ride.begins_at), None)
        if row is None:
            key = f"{it.person}|{vehicle_key(ride.vehicle)}|{ride.begins_at.isoformat()}"
            row = Ride(
                person_id=it.person, vehicle=ride.vehicle.strip(), vehicle_index=vehicle, seat=ride.seat.strip(),
                begins_at=ride.begins_at, ends_at=ride.ends_at, source=Ride.Source.CARRIER, once=index_of(ONCE, key),
                declared_at=self._at, declared_by=self._by,
            )  # fmt: skip
            rows.append(row)
            self.rides.append(row)
            return NEW
        if ride.seat and not row.seat:
            row.seat = ride.seat.strip()
            if row not in self.rides:
                self._seated.append(row)
        return KNOWN if not ride.seat or row.seat == ride.seat.strip() else SEAT_DIFFERS

    def passenger(self, it: ListedPassenger) -> str:
        once, ride = self._once(it), it.ride
        if once in self._listed:
            return LISTED_BEFORE
        self._listed.add(once)
        self._passengers.append(
            Passenger(
                intake=self._intake,
                row_number=it.row_number,
                vehicle=ride.vehicle.strip(),
                vehicle_index=self._vehicles[ride.vehicle],
                seat=ride.seat.strip(),
                begins_at=ride.begins_at,
                ends_at=ride.ends_at,
                from_station=it.from_station,
                to_station=it.to_station,
                name=it.name,
                document_number=it.document_number,
                phone=it.phone,
                once=once,
                listed_at=self._at,
                listed_by=self._by,
            )
        )
        return UNMATCHED

    def write(self) -> None:
        Ride.objects.bulk_create(self.rides)
        Ride.objects.bulk_update(self._seated, ["seat"])
        Passenger.objects.bulk_create(self._passengers)
        Passenger.objects.filter(once__in=self._registered).delete()

    @staticmethod
    def _once(it: ListedPassenger) -> bytes:
        day = localtime(it.ride.begins_at).date()
        return index_of(PASSENGER, f"{vehicle_key(it.ride.vehicle)}|{day}|{it.who or it.ride.seat}") or b""


@transaction.atomic
def take_rides_back(*, rides: Collection[UUID], by: str) -> int:
    """What turned out not to have been ridden is no longer on record; how many. Gone already, nothing changes."""
    rows = list(Ride.objects.select_for_update().filter(pk__in=rides).values_list("pk", "person_id"))
    Ride.objects.filter(pk__in=[pk for pk, _ in rows]).delete()
    if rows:
        about = sorted({f"person:{person}" for _, person in rows})
        record("rides.taken_back", by=by, about=about, details={"rides": [str(pk) for pk, _ in rows]})
    return len(rows)


@transaction.atomic
def carry_rides_over(*, kept: UUID, merged: UUID, by: str) -> None:
    """The rides of a merged record are those of the one that goes on."""
    if n := Ride.objects.filter(person_id=merged).update(person_id=kept):
        record("rides.carried_over", by=by, about=[f"person:{kept}", f"person:{merged}"], details={"n_rides": n})


@transaction.atomic
def undo_merge(*, back: Return, by: str) -> list[Stays]:
    """The rides that came with a record are its own again; what stays."""
    stays = put_back(back, MERGED)
    if back.returning:
        record("rides.merge_undone", by=by, details={"n_rows": len(back.returning)})
    return stays


def refuse_impossible(ride: NewRide) -> None:
    """Refuse a ride in no vehicle, or at a time at which it cannot have been.

    Refuses
    -------
    rides.no_vehicle, rides.times
    """
    if not vehicle_key(ride.vehicle):
        raise Refusal(
            "rides.no_vehicle",
            zh="没有写明坐的是什么车，没有记下。应写航班、车次或车牌，如 D1234、晋A12345；请补上。",
            en="It does not say in which vehicle, so it was not recorded. Write the flight, the train or the plate, "
            "such as D1234: add it.",
        )
    at, longest = county_now(), int(LONGEST_BACK.value)
    hours = int(LONGEST_RIDE.value)
    is_right = ride.begins_at < ride.ends_at <= ride.begins_at + timedelta(hours=hours)
    if not is_right or not at - timedelta(days=longest) <= ride.begins_at <= at:
        raise Refusal(
            "rides.times",
            zh="乘车时间写的是 {begins} 到 {ends}，没有记下。应在最近 {days} 天内上车，下车晚于上车，且不超过 {hours} "
            "小时；请核对两个时间。",
            en="The ride is said to be from {begins} to {ends}, so it was not recorded. It should begin within the "
            "last {days} days, end after that, and last {hours} hours at most: check both times.",
            begins=f"{localtime(ride.begins_at):%Y-%m-%d %H:%M}",
            ends=f"{localtime(ride.ends_at):%Y-%m-%d %H:%M}",
            days=longest,
            hours=hours,
        )
