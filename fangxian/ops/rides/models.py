"""Tables of the rides room. Who may write them: actions.py."""

import uuid

from django.db import models
from django.db.models import F, Q

from fangxian.ops.realm.privacy import HEALTH, PSEUDONYMOUS, PUBLIC, WITH_THE_EPIDEMIC, declare, kept
from fangxian.ops.realm.sealed import BlindIndex, SealedText


class Ride(models.Model):
    """One row is one person in one vehicle once. `once` is of who, which vehicle and when, so that saying it twice is
    one row. `vehicle_index` is of the vehicle as it is compared (`wire.vehicle_key`), its carriage left out.
    """

    class Source(models.TextChoices):
        OWN = "own", "their own word"
        GRID_WORKER = "grid_worker", "somebody who looks after them says so"
        CHECKPOINT = "checkpoint", "written down at a road post or station"
        CARRIER = "carrier", "a carrier's list of passengers"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey("people.Person", on_delete=models.CASCADE, related_name="+")
    vehicle = SealedText(help_text="flight, train or plate, as written")
    vehicle_index = BlindIndex(db_index=True)
    seat = models.CharField(max_length=20, blank=True, default="")
    begins_at = models.DateTimeField(help_text="county time")
    ends_at = models.DateTimeField(help_text="county time")
    source = models.CharField(max_length=12, choices=Source)
    once = BlindIndex(unique=True)
    declared_at = models.DateTimeField(help_text="county time")
    declared_by = models.CharField(max_length=60)

    privacy = declare(
        kept(PUBLIC, WITH_THE_EPIDEMIC, "id", "source", "declared_at"),
        kept(PSEUDONYMOUS, WITH_THE_EPIDEMIC, "vehicle_index", "once", "declared_by"),
        kept(HEALTH, WITH_THE_EPIDEMIC, "person", "vehicle", "seat", "begins_at", "ends_at"),
    )

    class Meta:
        ordering = ["-begins_at", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("begins_at")), name="ride_ends_after_it_begins")
        ]
        indexes = [models.Index(fields=["begins_at"], name="ride_begins")]


class Passenger(models.Model):
    """One row is one passenger of a carrier's list who is on no register here: not a ride of anybody, and not lost.

    `once` is of who, which vehicle and which day, so that a passenger of two lists is one row. A list that says only
    the day has the whole day as its time.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    intake = models.UUIDField(help_text="the list, of the intake room", db_index=True)
    row_number = models.PositiveIntegerField()
    vehicle = SealedText(help_text="flight, train or plate, as written")
    vehicle_index = BlindIndex(db_index=True)
    seat = models.CharField(max_length=20, blank=True, default="")
    begins_at = models.DateTimeField(help_text="county time")
    ends_at = models.DateTimeField(help_text="county time")
    from_station = SealedText(blank=True, default="")
    to_station = SealedText(blank=True, default="")
    name = SealedText(blank=True, default="")
    document_number = SealedText(blank=True, default="")
    phone = SealedText(blank=True, default="")
    once = BlindIndex(unique=True)
    listed_at = models.DateTimeField(help_text="county time")
    listed_by = models.CharField(max_length=60)

    privacy = declare(
        kept(PUBLIC, WITH_THE_EPIDEMIC, "id", "intake", "row_number", "listed_at"),
        kept(PSEUDONYMOUS, WITH_THE_EPIDEMIC, "vehicle_index", "once", "listed_by"),
        kept(HEALTH, WITH_THE_EPIDEMIC, "vehicle", "seat", "begins_at", "ends_at", "from_station", "to_station"),
        kept(HEALTH, WITH_THE_EPIDEMIC, "name", "document_number", "phone"),
    )

    class Meta:
        ordering = ["intake", "row_number"]
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("begins_at")), name="passenger_ride_ends_after_it_begins")
        ]


# The tables that a merge may change, those pointed at first.
MERGED = (Ride,)
