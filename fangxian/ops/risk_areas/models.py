"""Tables of the risk_areas room. Who may write them: actions.py."""

import uuid

from django.db import models
from django.db.models import F, Q

from fangxian.core.risk_areas.listing import MOST_NAME, MOST_PLACE, Level
from fangxian.ops.realm.privacy import FOR_GOOD, PSEUDONYMOUS, PUBLIC, declare, kept

LEVELS = [(level.value, level.value) for level in Level]


class RiskList(models.Model):
    """One row is one list as it was taken in, from one moment and of the nation or one province.

    `content` is what stands in it, compressed, without anybody's name: the file itself is not kept, since it may hold
    some. `digest` is of the file, so that the same again is known for a repeat.
    """

    class Form(models.TextChoices):
        FEED = "feed", "the national service's JSON"
        TABLE = "table", "a table"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    as_of = models.DateTimeField(help_text="from when it says it is")
    covers = models.CharField(max_length=MOST_NAME, blank=True, default="", help_text="a province; empty: the nation")
    form = models.CharField(max_length=8, choices=Form)
    n_high = models.PositiveIntegerField()
    n_medium = models.PositiveIntegerField()
    n_low = models.PositiveIntegerField()
    n_names_removed = models.PositiveIntegerField(default=0)
    digest = models.CharField(max_length=64, help_text="SHA-256 of the file, in hexadecimal")
    content = models.BinaryField()
    taken_at = models.DateTimeField(help_text="county time")
    taken_by = models.CharField(max_length=60)
    applied_at = models.DateTimeField(null=True, blank=True, help_text="county time; none: not in effect yet")

    privacy = declare(
        kept(PUBLIC, FOR_GOOD, "id", "as_of", "covers", "form", "n_high", "n_medium", "n_low", "n_names_removed"),
        kept(PUBLIC, FOR_GOOD, "digest", "content", "taken_at", "applied_at"),
        kept(PSEUDONYMOUS, FOR_GOOD, "taken_by"),
    )

    class Meta:
        ordering = ["-as_of", "-taken_at"]
        constraints = [models.UniqueConstraint(fields=["digest", "covers"], name="risk_list_once")]


class ListedAs(models.Model):
    """One row is the names of province, prefecture and county that places are listed under, and the division they mean.

    `division_code` is empty while nobody knows; `settled_by` is who decided it where the names alone did not.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    province = models.CharField(max_length=MOST_NAME)
    city = models.CharField(max_length=MOST_NAME)
    county = models.CharField(max_length=MOST_NAME)
    division_code = models.CharField(max_length=6, blank=True, default="", db_index=True)
    settled_at = models.DateTimeField(null=True, blank=True, help_text="county time")
    settled_by = models.CharField(max_length=60, blank=True, default="")

    privacy = declare(
        kept(PUBLIC, FOR_GOOD, "id", "province", "city", "county", "division_code", "settled_at"),
        kept(PSEUDONYMOUS, FOR_GOOD, "settled_by"),
    )

    class Meta:
        ordering = ["province", "city", "county"]
        constraints = [models.UniqueConstraint(fields=["province", "city", "county"], name="listed_as_once")]


class RiskArea(models.Model):
    """One row is one place as it is listed; `within` is the part of this county it lies in, of one that does."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    listed_as = models.ForeignKey(ListedAs, on_delete=models.PROTECT, related_name="areas")
    place = models.CharField(max_length=MOST_PLACE)
    within = models.CharField(max_length=15, blank=True, default="", db_index=True)

    privacy = declare(kept(PUBLIC, FOR_GOOD, "id", "listed_as", "place", "within"))

    class Meta:
        ordering = ["listed_as", "place"]
        constraints = [models.UniqueConstraint(fields=["listed_as", "place"], name="risk_area_once")]


class RiskSpan(models.Model):
    """One row is one area of one level, `[begins_at, ends_at)`; without an end it is one still.

    `missing_since`, `n_missing` : the newest lists leave it out, which is not enough to have ended. `ended_by` is the
    moment of the list by which it was known that it had.
    """

    id = models.BigAutoField(primary_key=True)
    area = models.ForeignKey(RiskArea, on_delete=models.CASCADE, related_name="spans")
    level = models.CharField(max_length=6, choices=LEVELS)
    begins_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.DateTimeField(null=True, blank=True)
    missing_since = models.DateTimeField(null=True, blank=True)
    n_missing = models.PositiveSmallIntegerField(default=0)

    privacy = declare(
        kept(PUBLIC, FOR_GOOD, "id", "area", "level", "begins_at", "ends_at", "ended_by", "missing_since", "n_missing")
    )

    class Meta:
        ordering = ["area", "begins_at"]
        constraints = [
            models.UniqueConstraint(fields=["area"], condition=Q(ends_at__isnull=True), name="risk_span_one_open"),
            models.CheckConstraint(
                condition=Q(ends_at__isnull=True) | Q(ends_at__gt=F("begins_at")), name="risk_span_is_forwards"
            ),
        ]
        indexes = [
            models.Index(fields=["begins_at"], name="risk_span_begins"),
            models.Index(fields=["ends_at"], name="risk_span_ends"),
            models.Index(fields=["ended_by"], name="risk_span_ended_by"),
        ]


class NamedDivision(models.Model):
    """One row is one division that a person named to have a risk state, `[begins_on, ends_on)`; with all within it.

    For what no list says: a county has cases and its level is not settled yet. `state` is a key of the rulebook's
    risk states. It is never altered: it is ended, and stands with who ended it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    state = models.CharField(max_length=40)
    division_code = models.CharField(max_length=6, help_text="2 digits a province, 4 a prefecture, 6 a county")
    begins_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True, help_text="the first day without it; none: until ended")
    reason = models.CharField(max_length=200, help_text="where it is said, such as a notice and its date; no names")
    named_at = models.DateTimeField(help_text="county time")
    named_by = models.CharField(max_length=60)
    ended_at = models.DateTimeField(null=True, blank=True, help_text="county time at which its end was said")
    ended_by = models.CharField(max_length=60, blank=True, default="")

    privacy = declare(
        kept(PUBLIC, FOR_GOOD, "id", "state", "division_code", "begins_on", "ends_on", "reason", "named_at"),
        kept(PUBLIC, FOR_GOOD, "ended_at"),
        kept(PSEUDONYMOUS, FOR_GOOD, "named_by", "ended_by"),
    )

    class Meta:
        ordering = ["-begins_on", "division_code", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("begins_on")), name="named_division_is_forwards"
            ),
            models.UniqueConstraint(
                fields=["state", "division_code"], condition=Q(ends_on__isnull=True), name="named_division_once_open"
            ),
        ]
