"""What others may ask of the rides room."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, QuerySet

from fangxian.ops.realm.as_before import Return, RowChange, how_rows_return
from fangxian.ops.realm.sealed import index_of

from .actions import VEHICLE
from .models import MERGED, Passenger, Ride
from .wire import vehicle_key

BITS = 62


@dataclass(frozen=True, slots=True)
class RideSeen:
    """One ride of somebody on the register. `vehicle` is a number that is the same for one vehicle."""

    gate_number: int
    vehicle: int
    seat: str
    written: str
    begins_at: datetime
    ends_at: datetime


def rides_in(vehicles: Collection[str], *, begins: datetime, ends: datetime) -> list[RideSeen]:
    """Everybody's rides in these vehicles (as written) that touch `[begins, ends)`."""
    indices = {index_of(VEHICLE, vehicle_key(one)) for one in vehicles}
    rows = Ride.objects.filter(vehicle_index__in=indices, begins_at__lt=ends, ends_at__gt=begins)
    return [
        RideSeen(row.person.gate_number, vehicle_number(row.vehicle), row.seat, row.vehicle, row.begins_at, row.ends_at)
        for row in rows.filter(person__merged_into__isnull=True).select_related("person").order_by("id")
    ]


def passengers_in(vehicles: Collection[str], *, begins: datetime, ends: datetime) -> list[Passenger]:
    """Those on carriers' lists who are on no register here, in these vehicles (as written) while `[begins, ends)`."""
    indices = {index_of(VEHICLE, vehicle_key(one)) for one in vehicles}
    return list(Passenger.objects.filter(vehicle_index__in=indices, begins_at__lt=ends, ends_at__gt=begins))


def unmatched_of(intake: UUID) -> QuerySet[Passenger]:
    """The passengers of a list who are on no register here, in its order. Not limited by rights."""
    return Passenger.objects.filter(intake=intake).order_by("row_number")


def n_unmatched(intakes: Collection[UUID]) -> dict[UUID, int]:
    """How many they are, by list."""
    rows = Passenger.objects.filter(intake__in=intakes).order_by().values_list("intake")
    return dict(rows.annotate(n=Count("id")))


def vehicle_number(vehicle: str) -> int:
    """A number for a vehicle as written; two of a county are never alike by chance."""
    return int.from_bytes(index_of(VEHICLE, vehicle_key(vehicle)) or b"", "big") & ((1 << BITS) - 1)


def rides_of(person: UUID) -> QuerySet[Ride]:
    """The rides a person declared, or somebody for them, the latest first."""
    return Ride.objects.filter(person_id=person)


def n_rides_of(persons: Collection[UUID], *, since: datetime) -> dict[UUID, int]:
    """How many rides of some hundred people began since then, or went on; whoever had none is not in it."""
    rows = Ride.objects.filter(person__in=persons, ends_at__gte=since).order_by()
    return dict(rows.values_list("person_id").annotate(n=Count("pk")))


def rides_meanwhile(
    persons: Collection[UUID], *, begins: datetime, ends: datetime
) -> list[tuple[UUID, datetime, datetime, str]]:
    """(person, begin, end, vehicle) of every ride of some hundred people that touches `[begins, ends)`, in no order."""
    rows = Ride.objects.filter(person__in=persons, begins_at__lt=ends, ends_at__gt=begins).order_by()
    return list(rows.values_list("person_id", "begins_at", "ends_at", "vehicle"))


def rows_of_merge(persons: Collection[UUID]) -> list[QuerySet]:
    """The rows that merging these records may change."""
    return [Ride.objects.filter(person__in=persons)]


def return_of_merge(changes: Sequence[RowChange]) -> Return:
    """How what merging records changed here would be put back now."""
    return how_rows_return(changes, MERGED)
