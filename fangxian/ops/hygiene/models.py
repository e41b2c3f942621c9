"""Tables of the hygiene room. Who may write them: actions.py. All times are county time."""

import uuid

from django.db import models
from django.db.models import Q

from fangxian.ops.realm.privacy import PERSONAL, PSEUDONYMOUS, PUBLIC, WITH_THE_EPIDEMIC, declare, kept
from fangxian.ops.realm.sealed import SealedText


class PriorityPlace(models.Model):
    """One row is one priority venue (重点场所) or one process (重点环节) on the register, in one class.

    A process is at a venue, or belongs to an area. `unit` answers for it where that is not the grid it lies in.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    venue = models.ForeignKey("places.Venue", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    area_path = models.CharField(max_length=15, db_index=True)
    of_class = models.CharField(max_length=40, help_text="a key of core.policy.hygiene.CLASSES")
    name = models.CharField(max_length=120, help_text="the venue's, or what the process is")
    unit = models.ForeignKey("accounts.Unit", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    listed_at = models.DateTimeField()
    listed_by = models.CharField(max_length=60)
    struck_at = models.DateTimeField(null=True, blank=True, help_text="none: on the register")
    struck_by = models.CharField(max_length=60, blank=True, default="")
    struck_because = SealedText(blank=True, default="")
    carried_from = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="carried_to",
        help_text="the entry at the address from which its venue moved here; what was done there stays there",
    )  # fmt: skip

    privacy = declare(
        kept(PUBLIC, WITH_THE_EPIDEMIC, "id", "venue", "area_path", "of_class", "name", "unit", "listed_at"),
        kept(PUBLIC, WITH_THE_EPIDEMIC, "struck_at", "carried_from"),
        kept(PSEUDONYMOUS, WITH_THE_EPIDEMIC, "listed_by", "struck_by"),
        kept(PERSONAL, WITH_THE_EPIDEMIC, "struck_because"),
    )

    class Meta:
        ordering = ["area_path", "name", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["venue", "of_class", "name"],
                condition=Q(struck_at__isnull=True, venue__isnull=False),
                name="priority_place_once_at_a_venue",
            ),
            models.UniqueConstraint(
                fields=["area_path", "of_class", "name"],
                condition=Q(struck_at__isnull=True, venue__isnull=True),
                name="priority_place_once_in_an_area",
            ),
        ]


class Round(models.Model):
    """One row is one inspection, disinfection or environmental sampling at a priority place, as it was told.

    `replaces` is what it corrects; what another row replaces counts no more. `is_void` says that it was not done at
    all. `answers` is of an inspection, by item: ok, fault or not_here.
    """

    class Kind(models.TextChoices):
        INSPECTION = "inspection"
        DISINFECTION = "disinfection"
        SAMPLING = "sampling"

    id = models.UUIDField(primary_key=True, editable=False)
    place = models.ForeignKey(PriorityPlace, on_delete=models.CASCADE, related_name="rounds")
    kind = models.CharField(max_length=12, choices=Kind)
    done_at = models.DateTimeField()
    done_on = models.DateField(help_text="the county's day of done_at")
    done_by = SealedText(blank=True, default="", help_text="who did it, where that is not who wrote it down")
    recorded_at = models.DateTimeField()
    recorded_by = models.CharField(max_length=60)
    answers = models.JSONField(default=dict)
    agent = models.CharField(max_length=40, blank=True, default="")
    concentration_mg_l = models.PositiveIntegerField(null=True, blank=True)
    area_m2 = models.PositiveIntegerField(null=True, blank=True)
    n_samples = models.PositiveSmallIntegerField(null=True, blank=True)
    spots = models.CharField(max_length=300, blank=True, default="", help_text="where swabs were taken")
    note = SealedText(blank=True, default="")
    replaces = models.OneToOneField("self", null=True, blank=True, on_delete=models.CASCADE, related_name="replaced_by")
    because = SealedText(blank=True, default="", help_text="why it was corrected")
    is_void = models.BooleanField(default=False)

    privacy = declare(
        kept(PUBLIC, WITH_THE_EPIDEMIC, "id", "place", "kind", "done_at", "done_on", "recorded_at", "answers", "agent"),
        kept(PUBLIC, WITH_THE_EPIDEMIC, "concentration_mg_l", "area_m2", "n_samples", "spots", "replaces", "is_void"),
        kept(PSEUDONYMOUS, WITH_THE_EPIDEMIC, "recorded_by"),
        kept(PERSONAL, WITH_THE_EPIDEMIC, "done_by", "note", "because"),
    )

    class Meta:
        ordering = ["-done_at", "-recorded_at", "id"]
        indexes = [
            models.Index(fields=["place", "kind", "-done_on"], name="hygiene_round_of_place"),
            models.Index(fields=["done_on"], name="hygiene_round_day"),
        ]


class HygieneFault(models.Model):
    """One row is one thing that an inspection found not in order: what is to be done and until when, until it was
    found mended.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="faults")
    item = models.CharField(max_length=40)
    remedy = SealedText()
    mend_by_on = models.DateField()
    mended_at = models.DateTimeField(null=True, blank=True)
    mended_by = models.CharField(max_length=60, blank=True, default="")

    privacy = declare(
        kept(PUBLIC, WITH_THE_EPIDEMIC, "id", "round", "item", "mend_by_on", "mended_at"),
        kept(PSEUDONYMOUS, WITH_THE_EPIDEMIC, "mended_by"),
        kept(PERSONAL, WITH_THE_EPIDEMIC, "remedy"),
    )

    class Meta:
        ordering = ["mend_by_on", "id"]
        constraints = [models.UniqueConstraint(fields=["round", "item"], name="hygiene_fault_once_a_round")]


class SampleResult(models.Model):
    """One row is one result of a round of environmental sampling. What another row replaces counts no more."""

    class Word(models.TextChoices):
        NEGATIVE = "negative"
        POSITIVE = "positive"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="results")
    result = models.CharField(max_length=8, choices=Word)
    n_positive = models.PositiveSmallIntegerField(default=0)
    spots = models.CharField(max_length=300, blank=True, default="", help_text="which swabs were positive")
    reported_at = models.DateTimeField()
    reported_by = models.CharField(max_length=60)
    replaces = models.OneToOneField("self", null=True, blank=True, on_delete=models.CASCADE, related_name="replaced_by")
    because = SealedText(blank=True, default="", help_text="why it was corrected")

    privacy = declare(
        kept(PUBLIC, WITH_THE_EPIDEMIC, "id", "round", "result", "n_positive", "spots", "reported_at", "replaces"),
        kept(PSEUDONYMOUS, WITH_THE_EPIDEMIC, "reported_by"),
        kept(PERSONAL, WITH_THE_EPIDEMIC, "because"),
    )

    class Meta:
        ordering = ["-reported_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["round"], condition=Q(replaces__isnull=True), name="hygiene_result_first_once"
            ),
            models.CheckConstraint(
                condition=Q(result="negative", n_positive=0) | Q(result="positive", n_positive__gte=1),
                name="hygiene_result_counts_positives",
            ),
        ]
