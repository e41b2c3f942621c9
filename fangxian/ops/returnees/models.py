"""Tables of the returnees room. Who may write them: actions.py."""

import uuid

from django.db import models
from django.db.models import Q

from fangxian.ops.realm.privacy import PERSONAL, PSEUDONYMOUS, PUBLIC, WITH_THE_EPIDEMIC, declare, kept
from fangxian.ops.realm.sealed import SealedText


class State(models.TextChoices):
    AWAY = "away"
    BACK = "back"
    NOT_COMING = "not_coming", "stays where they are"


class Why(models.TextChoices):
    WORK = "work"
    STUDY = "study"
    FAMILY = "family", "with family, or for treatment"
    OTHER = "other"


class What(models.TextChoices):
    """What was heard of somebody away."""

    NOTED = "noted", "put on the register"
    BACK = "back"
    NOT_COMING = "not_coming"
    NEW_DATE = "new_date"
    NOT_REACHED = "not_reached"


class Away(models.Model):
    """One row is one time one person of the county is elsewhere (外出): where, why, and until when.

    `area_path` is their home's. `division_code` is of the nation's list, "" where only `place` tells it. `returns_on`
    is when they mean to be back; None: nobody knows. `n_heard` counts what was heard.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey("people.Person", on_delete=models.CASCADE, related_name="+")
    area_path = models.CharField(max_length=15)
    division_code = models.CharField(max_length=6, blank=True, default="")
    place = SealedText(blank=True, default="", help_text="in words, as told")
    why = models.CharField(max_length=6, choices=Why)
    phone = SealedText(blank=True, default="", help_text="at which they can be reached there")
    returns_on = models.DateField(null=True, blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.AWAY)
    n_heard = models.PositiveSmallIntegerField(default=1)
    heard_what = models.CharField(max_length=11, choices=What, default=What.NOTED)
    heard_at = models.DateTimeField(help_text="county time")
    heard_by = models.CharField(max_length=60)
    opened_at = models.DateTimeField(help_text="county time")
    closed_at = models.DateTimeField(null=True, blank=True, help_text="county time")

    privacy = declare(
        kept(PUBLIC, WITH_THE_EPIDEMIC, "id", "state", "n_heard", "heard_what", "heard_at", "opened_at", "closed_at"),
        kept(PSEUDONYMOUS, WITH_THE_EPIDEMIC, "heard_by"),
        kept(PERSONAL, WITH_THE_EPIDEMIC, "person", "area_path", "division_code", "place", "why", "phone"),
        kept(PERSONAL, WITH_THE_EPIDEMIC, "returns_on"),
    )

    class Meta:
        ordering = ["returns_on", "id"]
        constraints = [
            models.UniqueConstraint(fields=["person"], condition=Q(state="away"), name="away_one_open_a_person"),
            models.CheckConstraint(
                condition=Q(state="away", closed_at__isnull=True) | (~Q(state="away") & Q(closed_at__isnull=False)),
                name="away_is_closed_when_closed",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "area_path", "returns_on"], name="away_of_area"),
            models.Index(fields=["person"], name="away_of_person"),
        ]


class Heard(models.Model):
    """One row is one thing that was heard of somebody away; it is never changed."""

    away = models.ForeignKey(Away, on_delete=models.CASCADE, related_name="heard")
    number = models.PositiveSmallIntegerField()
    what = models.CharField(max_length=11, choices=What)
    returns_on = models.DateField(null=True, blank=True)
    note = SealedText(blank=True, default="")
    heard_at = models.DateTimeField(help_text="county time")
    heard_by = models.CharField(max_length=60)

    privacy = declare(
        kept(PUBLIC, WITH_THE_EPIDEMIC, "id", "away", "number", "what", "heard_at"),
        kept(PSEUDONYMOUS, WITH_THE_EPIDEMIC, "heard_by"),
        kept(PERSONAL, WITH_THE_EPIDEMIC, "returns_on", "note"),
    )

    class Meta:
        ordering = ["away", "number"]
        constraints = [models.UniqueConstraint(fields=["away", "number"], name="away_heard_once")]


# The tables that a merge may change, those pointed at first.
MERGED = (Away,)
