"""Tables of the round_staff room. Who may write them: actions.py. All times are county time."""

import uuid

from django.db import models
from django.db.models import F, Q

from fangxian.ops.realm.privacy import (
    FOR_GOOD,
    HEALTH,
    PERSONAL,
    PSEUDONYMOUS,
    PUBLIC,
    WITH_THE_EPIDEMIC,
    Fate,
    days_after,
    declare,
    kept,
)
from fangxian.ops.realm.sealed import SealedText

AFTER_LEAVING = days_after(
    60, "left_at", fate=Fate.FIELD_BLANKED, source="个人信息保护法 §47: whoever has left need not be rung up"
)


class StaffMember(models.Model):
    """One row is one person who can work in screening rounds, as the unit they come from names them."""

    class Team(models.TextChoices):
        TESTING = "testing", "the county's own testing team"
        RESERVE = "reserve", "called up when that is not enough"

    class Job(models.TextChoices):
        SAMPLER = "sampler"
        HELPER = "helper"
        LABORATORY = "laboratory"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    team = models.CharField(max_length=8, choices=Team)
    job = models.CharField(max_length=10, choices=Job)
    unit = models.CharField(max_length=60, help_text="hospital, health centre or village they come from")
    name = SealedText(default="")
    phone = SealedText(default="")
    joined_at = models.DateTimeField()
    joined_by = models.CharField(max_length=60)
    left_at = models.DateTimeField(null=True, blank=True, help_text="none: can be set")

    privacy = declare(
        kept(PUBLIC, FOR_GOOD, "id", "team", "job", "unit", "joined_at", "left_at"),
        kept(PSEUDONYMOUS, FOR_GOOD, "joined_by"),
        kept(PERSONAL, AFTER_LEAVING, "name", "phone"),
    )

    class Meta:
        ordering = ["team", "unit", "id"]
        indexes = [models.Index(fields=["team", "job"], name="staff_by_team")]


class Training(models.Model):
    """One row is one training that somebody passed, and until when it holds."""

    class Kind(models.TextChoices):
        SAMPLING = "sampling"
        PROTECTION = "protection"
        LABORATORY = "laboratory"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    member = models.ForeignKey(StaffMember, on_delete=models.CASCADE, related_name="trainings")
    kind = models.CharField(max_length=10, choices=Kind)
    passed_on = models.DateField()
    valid_until = models.DateField(help_text="the last day on which it holds")
    noted_at = models.DateTimeField()
    noted_by = models.CharField(max_length=60)

    privacy = declare(
        kept(PUBLIC, FOR_GOOD, "id", "kind", "passed_on", "valid_until", "noted_at"),
        kept(PSEUDONYMOUS, FOR_GOOD, "member", "noted_by"),
    )

    class Meta:
        ordering = ["member", "kind", "-valid_until", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(valid_until__gte=F("passed_on")), name="training_holds_after_passing"),
            models.UniqueConstraint(fields=["member", "kind", "passed_on"], name="training_once_a_day"),
        ]


class RoundShift(models.Model):
    """One row is one shift of a round: a time in which the same people stand at its sites."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    round = models.ForeignKey("lab.ScreeningRound", on_delete=models.CASCADE, related_name="+")
    begins_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    set_by = models.CharField(max_length=60)

    privacy = declare(
        kept(PUBLIC, WITH_THE_EPIDEMIC, "id", "round", "begins_at", "ends_at"),
        kept(PSEUDONYMOUS, WITH_THE_EPIDEMIC, "set_by"),
    )

    class Meta:
        ordering = ["round", "begins_at"]
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("begins_at")), name="round_shift_ends_after"),
            models.UniqueConstraint(fields=["round", "begins_at"], name="round_shift_once"),
        ]


class RoundDuty(models.Model):
    """One row is one person set to one place in one shift; no `site`: the laboratory."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    shift = models.ForeignKey(RoundShift, on_delete=models.CASCADE, related_name="duties", db_index=False)
    member = models.ForeignKey(StaffMember, on_delete=models.CASCADE, related_name="duties")
    site = models.ForeignKey("lab.SamplingSite", null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    job = models.CharField(max_length=10, choices=StaffMember.Job)
    set_at = models.DateTimeField()
    set_by = models.CharField(max_length=60)
    off_at = models.DateTimeField(null=True, blank=True, help_text="none: stands")
    off_why = models.CharField(max_length=100, blank=True, default="")

    privacy = declare(
        kept(PUBLIC, WITH_THE_EPIDEMIC, "id", "shift", "site", "job", "set_at", "off_at"),
        kept(PSEUDONYMOUS, WITH_THE_EPIDEMIC, "member", "set_by"),
        kept(HEALTH, WITH_THE_EPIDEMIC, "off_why"),  # it may be that somebody is ill
    )

    class Meta:
        ordering = ["shift", "site", "job", "id"]
        indexes = [models.Index(fields=["shift", "site"], name="round_duty_by_shift")]
        constraints = [
            models.UniqueConstraint(
                fields=["shift", "member"], condition=Q(off_at__isnull=True), name="round_duty_once_a_shift"
            )
        ]
