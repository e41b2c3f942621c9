"""Tables of the field room. Who may write them: actions.py."""

import uuid

from django.db import models
from django.db.models import F, Q

from fangxian.ops.realm.privacy import PSEUDONYMOUS, PUBLIC, days_after, declare, kept
from fangxian.ops.realm.sealed import BlindIndex

WHY = "个人信息保护法 §19, no longer than needed; a guess: two months to look into how a record came about"
DEVICE_TERM = days_after(60, "ends_at", source=WHY)
TAKEN_TERM = days_after(60, "taken_at", source=WHY)


class FieldDevice(models.Model):
    """One row is one phone (外勤手机) that acts for one account for [enrolled_at, ends_at), unless it is cut off.

    `clock_ahead_ms` is how far the phone's own clock was ahead of this machine's when it last spoke, `n_waiting` how
    many records it then had still to send. The secret by which it is known is kept as its index only.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    account = models.ForeignKey("accounts.Account", on_delete=models.CASCADE, related_name="field_devices")
    name = models.CharField(max_length=40, help_text="what its holder calls it")
    secret_index = BlindIndex(unique=True)
    app_version = models.CharField(max_length=40, blank=True, default="")
    protocol = models.PositiveSmallIntegerField(default=1)
    enrolled_at = models.DateTimeField(help_text="county time")
    ends_at = models.DateTimeField(help_text="county time")
    heard_at = models.DateTimeField(null=True, blank=True, help_text="county time")
    clock_ahead_ms = models.BigIntegerField(null=True, blank=True)
    n_waiting = models.PositiveIntegerField(default=0)
    cut_off_at = models.DateTimeField(null=True, blank=True, help_text="county time; lost, stolen, or handed back")
    cut_off_by = models.CharField(max_length=60, blank=True, default="")

    privacy = declare(
        kept(PUBLIC, DEVICE_TERM, "id", "app_version", "protocol", "enrolled_at", "ends_at", "heard_at"),
        kept(PUBLIC, DEVICE_TERM, "clock_ahead_ms", "n_waiting", "cut_off_at"),
        kept(PSEUDONYMOUS, DEVICE_TERM, "account", "name", "secret_index", "cut_off_by"),
    )

    class Meta:
        ordering = ["-enrolled_at", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("enrolled_at")), name="field_device_ends_after"),
            models.CheckConstraint(
                condition=Q(cut_off_at__isnull=True) | ~Q(cut_off_by=""), name="field_device_is_cut_off_by_somebody"
            ),
        ]
        indexes = [models.Index(fields=["account", "-enrolled_at"], name="field_device_of_account")]


class IntentTaken(models.Model):
    """One row is one record of one phone that was taken in: its number there and a digest of what it says.

    The record itself stands in the room that it is about. `recorded_at` is county time as the phone knew it,
    `device_at` what the phone's own clock showed, `is_time_sure` whether the phone could vouch for the first.
    """

    device = models.ForeignKey(FieldDevice, on_delete=models.CASCADE, related_name="taken")
    number = models.PositiveBigIntegerField()
    kind = models.CharField(max_length=40)
    digest = BlindIndex()
    recorded_at = models.DateTimeField(help_text="county time")
    device_at = models.DateTimeField(null=True, blank=True)
    is_time_sure = models.BooleanField(default=True)
    taken_at = models.DateTimeField(help_text="county time")

    privacy = declare(
        kept(PUBLIC, TAKEN_TERM, "id", "number", "kind", "recorded_at", "device_at", "is_time_sure", "taken_at"),
        kept(PSEUDONYMOUS, TAKEN_TERM, "device", "digest"),
    )

    class Meta:
        ordering = ["device", "number"]
        constraints = [models.UniqueConstraint(fields=["device", "number"], name="intent_taken_once")]
