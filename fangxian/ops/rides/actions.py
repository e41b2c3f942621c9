"""The only writers of the rides room."""

from collections.abc import Collection
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

from .models import MERGED, Ride
from .wire import NewRide, vehicle_key

VEHICLE, ONCE = "ride_vehicle", "ride_once"
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
    _refuse(ride)
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


def _refuse(ride: NewRide) -> None:
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
