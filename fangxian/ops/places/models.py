"""Tables of the places room. Who may write them: actions.py."""

import uuid

from django.db import models
from django.db.models import F, Q

from fangxian.ops.realm.privacy import (
    FIELD_WITH_THE_EPIDEMIC,
    FOR_GOOD,
    PERSONAL,
    PSEUDONYMOUS,
    PUBLIC,
    declare,
    kept,
)
from fangxian.ops.realm.sealed import BlindIndex


class Division(models.Model):
    """One row is one administrative division (行政区划) of this county, county and townships included.

    `area_path` is its official code (6, 9 or 12 digits). A division that a later edition gave another code
    keeps its row, with the successor's code: old papers still name it.
    """

    class Kind(models.TextChoices):
        COUNTY = "county"
        TOWNSHIP = "township"
        VILLAGE = "village"
        COMMUNITY = "community"

    area_path = models.CharField(max_length=15, primary_key=True)
    kind = models.CharField(max_length=12, choices=Kind)
    name_zh = models.CharField(max_length=80)
    name_en = models.CharField(max_length=80)
    is_urban = models.BooleanField(default=False)
    edition = models.CharField(max_length=8)
    successor = models.CharField(max_length=15, blank=True, default="")
    shape = models.JSONField(default=list, help_text="schematic outline: [[x, y], …] in a plane of 0..1000, y down")
    label = models.JSONField(default=list, help_text="where its name may stand: [x, y]")

    privacy = declare(
        kept(
            PUBLIC,
            FOR_GOOD,
            "area_path",
            "kind",
            "name_zh",
            "name_en",
            "is_urban",
            "edition",
            "successor",
            "shape",
            "label",
        )
    )

    class Meta:
        ordering = ["area_path"]


class GridCell(models.Model):
    """One row is one grid cell (网格): the households one grid worker looks after."""

    class Kind(models.TextChoices):
        RURAL = "rural"
        COMMUNITY = "community"
        DEDICATED = "dedicated"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    area_path = models.CharField(max_length=15, unique=True)
    kind = models.CharField(max_length=12, choices=Kind)
    name_zh = models.CharField(max_length=80)
    name_en = models.CharField(max_length=120)
    host_unit = models.ForeignKey("accounts.Unit", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    shape = models.JSONField(default=list, help_text="schematic; a dedicated cell has none")
    label = models.JSONField(default=list)

    privacy = declare(
        kept(PUBLIC, FOR_GOOD, "id", "area_path", "kind", "name_zh", "name_en", "host_unit", "shape", "label")
    )

    class Meta:
        ordering = ["area_path"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="dedicated", host_unit__isnull=False) | ~Q(kind="dedicated"),
                name="gridcell_dedicated_has_host_unit",
            )
        ]


class GridDrawing(models.Model):
    """One row is one file of grid cells' outlines (网格边界文件) that was brought, as it was read.

    The file itself is not kept: its outlines are, and its digest says that it is the same. Brought, looked at,
    and then applied at once or never; applied again later, it takes the county back to what it says.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    digest = models.CharField(max_length=64, unique=True, help_text="SHA-256 of the file, in hexadecimal digits")
    file_name = models.CharField(max_length=120, blank=True, default="")
    n_bytes = models.PositiveIntegerField()
    outlines = models.JSONField(
        help_text="[{nth, number, name, area_path, rings, drawn}, …]; area_path: the grid cell it is of, or empty"
    )
    settled = models.JSONField(default=dict, help_text="nth → the grid cell a person said it is of; empty: of none")
    brought_at = models.DateTimeField(help_text="county time")
    brought_by = models.CharField(max_length=60)
    applied_at = models.DateTimeField(null=True, blank=True, help_text="county time, of the last time; none: not yet")
    applied_by = models.CharField(max_length=60, blank=True, default="")

    privacy = declare(
        kept(PUBLIC, FOR_GOOD, "id", "digest", "file_name", "n_bytes", "outlines", "settled"),
        kept(PUBLIC, FOR_GOOD, "brought_at", "applied_at"),
        kept(PSEUDONYMOUS, FOR_GOOD, "brought_by", "applied_by"),
    )

    class Meta:
        ordering = ["-brought_at"]


class GridOutline(models.Model):
    """One row is the outline of one grid cell for a time, as one drawing has it; the one without an end counts."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    grid_cell = models.ForeignKey(GridCell, on_delete=models.CASCADE, related_name="outlines")
    drawing = models.ForeignKey(GridDrawing, on_delete=models.PROTECT, related_name="laid")
    rings = models.JSONField(
        help_text="as the coordinates of a MultiPolygon: [[outer, hole, …], …] of [longitude, latitude], WGS-84"
    )
    drawn = models.JSONField(help_text="the same as rings in the plane of the schematic map, as fine as a page needs")
    begins_at = models.DateTimeField(help_text="county time")
    ends_at = models.DateTimeField(null=True, blank=True, help_text="county time; none: it counts now")

    privacy = declare(kept(PUBLIC, FOR_GOOD, "id", "grid_cell", "drawing", "rings", "drawn", "begins_at", "ends_at"))

    class Meta:
        ordering = ["grid_cell", "begins_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["grid_cell"], condition=Q(ends_at__isnull=True), name="one_outline_of_a_grid_cell_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(ends_at__isnull=True) | Q(ends_at__gte=F("begins_at")), name="outline_ends_after_it_begins"
            ),
        ]


class Venue(models.Model):
    """One row is one venue (场所): a place with a door where a code is scanned.

    applied → verified ⇄ suspended → closed → verified; an application that was refused is closed and has never opened.
    One that moves is closed, and goes on as another row with a number of its own (docs/decisions/0013).
    """

    class Status(models.TextChoices):
        APPLIED = "applied"
        VERIFIED = "verified"
        SUSPENDED = "suspended"
        CLOSED = "closed"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    venue_number = models.BigIntegerField(unique=True)
    name = models.CharField(max_length=120)
    address = models.CharField(max_length=160, blank=True, default="")
    trade = models.CharField(max_length=40)
    venue_class = models.CharField(max_length=40)
    area_path = models.CharField(max_length=15, db_index=True)
    grid_cell = models.ForeignKey(GridCell, on_delete=models.PROTECT, related_name="venues")
    owner = models.ForeignKey("accounts.Account", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    status = models.CharField(max_length=12, choices=Status, default=Status.VERIFIED)
    status_since = models.DateTimeField(null=True, blank=True, help_text="county time; none: always so")
    status_by = models.CharField(max_length=60, blank=True, default="")
    status_because = models.CharField(max_length=200, blank=True, default="", help_text="why refused or suspended")
    opened_at = models.DateTimeField(null=True, blank=True, help_text="county time; none: not verified yet, or never")
    closed_at = models.DateTimeField(null=True, blank=True)
    latitude = models.DecimalField(
        max_digits=8, decimal_places=6, null=True, blank=True, help_text="degrees north, WGS-84; none: not on record"
    )
    longitude = models.DecimalField(
        max_digits=9, decimal_places=6, null=True, blank=True, help_text="degrees east, WGS-84"
    )
    radius_m = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="how far from there its doors and rooms reach; none: the usual radius"
    )
    rest_weekdays = models.CharField(
        max_length=7, blank=True, default="", help_text="weekdays on which it is closed: 1 Monday to 7 Sunday, rising"
    )
    moved_from = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="moved_to",
        help_text="the venue it was at its old address, closed since, with the visits of that time",
    )  # fmt: skip

    privacy = declare(
        kept(
            PUBLIC, FOR_GOOD, "id", "venue_number", "name", "address", "trade", "venue_class", "area_path", "grid_cell"
        ),
        kept(PUBLIC, FOR_GOOD, "status", "status_since", "opened_at", "closed_at"),
        kept(PUBLIC, FOR_GOOD, "latitude", "longitude", "radius_m", "rest_weekdays", "moved_from"),
        kept(PSEUDONYMOUS, FOR_GOOD, "status_by"),
        kept(PERSONAL, FIELD_WITH_THE_EPIDEMIC, "owner", "status_because"),
    )

    class Meta:
        ordering = ["area_path", "name", "venue_number"]
        indexes = [models.Index(fields=["trade", "area_path"])]
        constraints = [
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True) | Q(closed_at__gte=F("opened_at")),
                name="venue_closes_after_it_opens",
            ),
            models.CheckConstraint(  # what is unknown passes a check, so that it is not null is said as well
                condition=Q(latitude__isnull=True, longitude__isnull=True, radius_m__isnull=True)
                | Q(
                    latitude__isnull=False,
                    latitude__range=(-90, 90),
                    longitude__isnull=False,
                    longitude__range=(-180, 180),
                ),
                name="venue_has_a_whole_position_or_none",
            ),
        ]


class VenueNaming(models.Model):
    """One row is one name and address that a venue had on record until they were put right (更正), and why.

    A venue that moves is another row (docs/decisions/0013); this is of one that stands where it stood.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    venue = models.ForeignKey(Venue, on_delete=models.CASCADE, related_name="namings")
    name = models.CharField(max_length=120)
    address = models.CharField(max_length=160, blank=True, default="")
    ended_at = models.DateTimeField(help_text="county time; from then on the next one, or the venue's own, holds")
    ended_by = models.CharField(max_length=60)
    because = models.CharField(max_length=200)

    privacy = declare(
        kept(PUBLIC, FOR_GOOD, "id", "venue", "name", "address", "ended_at"),
        kept(PSEUDONYMOUS, FOR_GOOD, "ended_by"),
        kept(PERSONAL, FIELD_WITH_THE_EPIDEMIC, "because"),
    )

    class Meta:
        ordering = ["venue", "-ended_at"]


class Door(models.Model):
    """One row is one door of one venue: "one door, one code" (一门一码)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    venue = models.ForeignKey(Venue, on_delete=models.CASCADE, related_name="doors")
    number = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=40)
    generation = models.PositiveSmallIntegerField(
        default=1, help_text="1 to 255; raised to withdraw every printed code of the door"
    )

    privacy = declare(kept(PUBLIC, FOR_GOOD, "id", "venue", "number", "name", "generation"))

    class Meta:
        ordering = ["venue", "number"]
        constraints = [
            models.UniqueConstraint(fields=["venue", "number"], name="door_number_once_a_venue"),
            models.CheckConstraint(
                condition=Q(number__range=(1, 255), generation__range=(1, 255)), name="door_fits_a_venue_code"
            ),
        ]


class DoorDevice(models.Model):
    """One row is one device (门口设备): a keeper's phone, or a screen that shows a door's rotating code.

    It is offered with a code that is used once, lives from then on, and ends for good. Its number and
    generation are in its token; the token itself is kept nowhere.
    """

    class Kind(models.TextChoices):
        KEEPER = "keeper"
        SCREEN = "screen"

    id = models.AutoField(primary_key=True)
    venue = models.ForeignKey(
        Venue, null=True, blank=True, on_delete=models.CASCADE, related_name="devices", help_text="none: any venue"
    )
    door = models.PositiveSmallIntegerField(default=0, help_text="the door's number; 0: any door of the venue")
    kind = models.CharField(max_length=10, choices=Kind)
    name = models.CharField(max_length=40)
    generation = models.PositiveSmallIntegerField(default=1)
    offered_by = models.CharField(max_length=60)
    offered_at = models.DateTimeField(help_text="county time")
    enrol_index = BlindIndex(null=True, blank=True, help_text="of the enrolment code, until it is used")
    enrol_until = models.DateTimeField(null=True, blank=True, help_text="county time")
    enrolled_at = models.DateTimeField(null=True, blank=True, help_text="county time")
    ended_at = models.DateTimeField(null=True, blank=True, help_text="county time")

    privacy = declare(
        kept(PUBLIC, FOR_GOOD, "id", "venue", "door", "kind", "name", "generation"),
        kept(PUBLIC, FOR_GOOD, "offered_at", "enrol_index", "enrol_until", "enrolled_at", "ended_at"),
        kept(PSEUDONYMOUS, FOR_GOOD, "offered_by"),
    )

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["enrol_index"], name="enrolment_code_once"),
            models.CheckConstraint(
                condition=Q(generation__range=(1, 255), door__range=(0, 255)), name="device_fits_a_token"
            ),
            models.CheckConstraint(
                condition=~Q(kind="screen") | Q(venue__isnull=False, door__gte=1), name="screen_stands_at_a_door"
            ),
        ]


class SchoolClass(models.Model):
    """One row is one class of a school or kindergarten."""

    class Stage(models.TextChoices):
        KINDERGARTEN = "kindergarten"
        PRIMARY = "primary"
        JUNIOR = "junior"
        SENIOR = "senior"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    venue = models.ForeignKey(Venue, on_delete=models.CASCADE, related_name="school_classes")
    stage = models.CharField(max_length=12, choices=Stage)
    grade = models.PositiveSmallIntegerField(help_text="from 1 within the stage")
    number = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=40)

    privacy = declare(kept(PUBLIC, FOR_GOOD, "id", "venue", "stage", "grade", "number", "name"))

    class Meta:
        ordering = ["venue", "stage", "grade", "number"]
        constraints = [models.UniqueConstraint(fields=["venue", "stage", "grade", "number"], name="school_class_once")]


class NumberSeries(models.Model):
    """One row is a counter of serials that are never given twice (venue numbers, gate numbers)."""

    name = models.CharField(max_length=40, primary_key=True)
    next_serial = models.BigIntegerField(default=1)

    privacy = declare(kept(PUBLIC, FOR_GOOD, "name", "next_serial"))
