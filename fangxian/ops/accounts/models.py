"""Tables of the accounts room. Who may write them: actions.py."""

import uuid

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q

from fangxian.ops.realm.privacy import FOR_GOOD, PERSONAL, PSEUDONYMOUS, PUBLIC, Fate, days_after, declare, kept
from fangxian.ops.realm.sealed import BlindIndex, SealedText

AFTER_LEAVING = days_after(
    3 * 365,
    "left_at",
    fate=Fate.FIELD_BLANKED,
    source="个人信息保护法 §56: records of handling at least three years; §47",
)


class Unit(models.Model):
    """One row is one unit (单位): an office, village committee, school or firm that people act for."""

    class Kind(models.TextChoices):
        HEADQUARTERS = "headquarters"
        DEPARTMENT = "department"
        TOWNSHIP = "township"
        VILLAGE = "village"
        COMMUNITY = "community"
        CDC = "cdc"
        HOSPITAL = "hospital"
        HEALTH_CENTRE = "health_centre"
        LABORATORY = "laboratory"
        CLINIC = "clinic"
        SCHOOL = "school"
        POLICE = "police"
        CHECKPOINT = "checkpoint"
        QUARANTINE_SITE = "quarantine_site"
        WAREHOUSE = "warehouse"
        TRANSPORT = "transport"
        ENTERPRISE = "enterprise"
        MEDIA_CENTRE = "media_centre"
        OTHER = "other"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name_zh = models.CharField(max_length=80)
    name_en = models.CharField(max_length=120)
    kind = models.CharField(max_length=20, choices=Kind)
    area_path = models.CharField(max_length=15, db_index=True, help_text="where it stands")

    privacy = declare(kept(PUBLIC, FOR_GOOD, "id", "name_zh", "name_en", "kind", "area_path"))

    class Meta:
        ordering = ["area_path", "name_zh"]


class Account(AbstractBaseUser):
    """One row is one account (账号): one person acting for one unit. Usernames are posts, never names.

    Who opened it, who verified its person and who (not its holder) last set its password stand beside it as
    text ("account:<uuid>"), because none of them may be the next to vouch for it. `identity_index` is that of
    the document seen at verification; null: nobody has said which person this is.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    username = models.CharField(max_length=50, unique=True)
    display_name = SealedText()
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="accounts")
    unit_since = models.DateTimeField(help_text="county time from which the person has belonged to the unit")
    verified_at = models.DateTimeField(null=True, blank=True, help_text="when the person's identity was checked")
    opened_by = models.CharField(max_length=60, blank=True, default="")
    verified_by = models.CharField(max_length=60, blank=True, default="")
    identity_index = BlindIndex(null=True, blank=True, help_text="of the document number seen at verification")
    password_by = models.CharField(max_length=60, blank=True, default="", help_text="who set it for the holder")
    must_change_password = models.BooleanField(default=False, help_text="somebody else knows it; nothing may be done")
    is_active = models.BooleanField(default=True)
    left_at = models.DateTimeField(null=True, blank=True, help_text="county time of leaving; the account is closed")

    objects = BaseUserManager()

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS = []

    privacy = declare(
        kept(PSEUDONYMOUS, FOR_GOOD, "id", "username", "unit", "unit_since", "verified_at", "is_active", "left_at"),
        kept(PSEUDONYMOUS, FOR_GOOD, "password", "last_login", "must_change_password"),
        kept(PSEUDONYMOUS, FOR_GOOD, "opened_by", "verified_by", "password_by"),
        kept(PSEUDONYMOUS, AFTER_LEAVING, "identity_index"),
        kept(PERSONAL, AFTER_LEAVING, "display_name"),
    )

    class Meta:
        ordering = ["username"]


class Appointment(models.Model):
    """One row is one appointment (任命) of one account to one role over one area, for [begins_at, ends_at).

    `venue` narrows it to one venue, for roles whose scope is a venue. `team` widens it by what was handed to one
    tracing team, wherever that lies. One with `proposed_by` takes two persons and is in force only once
    `confirmed_by` names the second.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="appointments")
    role = models.CharField(max_length=40)
    area_path = models.CharField(max_length=15, db_index=True)
    venue = models.UUIDField(null=True, blank=True)
    team = models.UUIDField(null=True, blank=True, help_text="of the tracing room")
    begins_at = models.DateTimeField(help_text="county time")
    ends_at = models.DateTimeField(null=True, blank=True, help_text="county time")
    proposed_by = models.CharField(max_length=60, blank=True, default="")
    confirmed_by = models.CharField(max_length=60, blank=True, default="")

    privacy = declare(
        kept(PSEUDONYMOUS, FOR_GOOD, "id", "account", "role", "area_path", "venue", "team"),
        kept(PSEUDONYMOUS, FOR_GOOD, "begins_at", "ends_at", "proposed_by", "confirmed_by"),
    )

    class Meta:
        ordering = ["account", "role", "begins_at"]
        indexes = [models.Index(fields=["role", "area_path"])]
        constraints = [
            # Equal is allowed: an appointment withdrawn before it began never was in force.
            models.CheckConstraint(
                condition=Q(ends_at__isnull=True) | Q(ends_at__gte=F("begins_at")),
                name="appointment_ends_after_it_begins",
            ),
            models.CheckConstraint(
                condition=Q(proposed_by="") | ~Q(confirmed_by=F("proposed_by")),
                name="appointment_is_confirmed_by_another",
            ),
        ]
