"""Tables of the vaccination room. Who may write them: actions.py."""

import uuid

from django.db import models
from django.db.models import Q

from fangxian.ops.realm.privacy import HEALTH, PSEUDONYMOUS, PUBLIC, WITH_THE_EPIDEMIC, declare, kept
from fangxian.ops.realm.sealed import SealedText


class Product(models.TextChoices):
    INACTIVATED = "inactivated"
    ADENOVIRUS = "adenovirus", "adenovirus vector"
    SUBUNIT = "subunit", "recombinant subunit"
    OTHER = "other"


class Source(models.TextChoices):
    """From where a dose is known, the strongest first."""

    AUTHORITY = "authority", "list of the health authority"
    CARD = "card", "a card or screen was seen"
    OWN = "own", "their own word"


STRENGTH = {Source.AUTHORITY: 3, Source.CARD: 2, Source.OWN: 1}


class AnswerKind(models.TextChoices):
    DECLINED = "declined"
    CONTRAINDICATED = "contraindicated", "must not be vaccinated"
    DEFERRED = "deferred", "not now"


class Reason(models.TextChoices):
    """Why not; which go with which answer: `wire.REASONS_OF`."""

    OWN_WISH = "own_wish"
    FAMILY = "family"
    WORRIED = "worried", "afraid of what it does"
    ALLERGY = "allergy"
    NEUROLOGICAL = "neurological"
    CHRONIC = "chronic", "a chronic illness that is out of control"
    ACUTE = "acute", "a fever or an acute illness"
    PREGNANT = "pregnant"
    AWAY = "away", "not in the county"
    OTHER = "other"


class Dose(models.Model):
    """One row is one dose (剂次) of one person as one source tells it; one that was wrong is superseded, never changed.

    `number` is the source's own count, 0 where it says none. `unit` is where it was given.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey("people.Person", on_delete=models.CASCADE, related_name="+")
    given_on = models.DateField()
    product = models.CharField(max_length=11, choices=Product)
    number = models.PositiveSmallIntegerField(default=0)
    unit = SealedText(blank=True, default="")
    source = models.CharField(max_length=9, choices=Source)
    intake = models.UUIDField(null=True, blank=True, help_text="the list it came with")
    recorded_at = models.DateTimeField(help_text="county time")
    recorded_by = models.CharField(max_length=60)
    superseded_at = models.DateTimeField(null=True, blank=True, help_text="county time")
    superseded_by = models.CharField(max_length=60, blank=True, default="")
    superseded_why = SealedText(blank=True, default="")

    privacy = declare(
        kept(PUBLIC, WITH_THE_EPIDEMIC, "id", "source", "intake", "recorded_at", "superseded_at"),
        kept(PSEUDONYMOUS, WITH_THE_EPIDEMIC, "recorded_by", "superseded_by"),
        kept(HEALTH, WITH_THE_EPIDEMIC, "person", "given_on", "product", "number", "unit", "superseded_why"),
    )

    class Meta:
        ordering = ["person", "given_on", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "given_on"], condition=Q(superseded_at__isnull=True), name="dose_once_a_day"
            ),
            models.CheckConstraint(
                condition=Q(superseded_at__isnull=True, superseded_by="")
                | (Q(superseded_at__isnull=False) & ~Q(superseded_by="")),
                name="dose_is_superseded_by_somebody",
            ),
        ]


class VaccineAnswer(models.Model):
    """One row is one time somebody was not vaccinated, and why (不接种原因); the next answer supersedes it.

    `until_on` is the day from which they are asked again; None: not before somebody says so.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey("people.Person", on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=15, choices=AnswerKind)
    reason = models.CharField(max_length=12, choices=Reason)
    until_on = models.DateField(null=True, blank=True)
    note = SealedText(blank=True, default="")
    said_on = models.DateField()
    recorded_at = models.DateTimeField(help_text="county time")
    recorded_by = models.CharField(max_length=60)
    superseded_at = models.DateTimeField(null=True, blank=True, help_text="county time")
    superseded_by = models.CharField(max_length=60, blank=True, default="")

    privacy = declare(
        kept(PUBLIC, WITH_THE_EPIDEMIC, "id", "recorded_at", "superseded_at"),
        kept(PSEUDONYMOUS, WITH_THE_EPIDEMIC, "recorded_by", "superseded_by"),
        kept(HEALTH, WITH_THE_EPIDEMIC, "person", "kind", "reason", "until_on", "note", "said_on"),
    )

    class Meta:
        ordering = ["person", "-recorded_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["person"], condition=Q(superseded_at__isnull=True), name="vaccine_answer_one_stands"
            )
        ]


class Course(models.Model):
    """One row is where one person stands (接种情况), reckoned anew from their doses whenever one of them changes.

    `next_from` is the first day the next dose is due. `answer` is the one that stands and no dose came after; `version`
    counts what was ever recorded, by which a phone is told that somebody else was there first.
    """

    class Stage(models.TextChoices):
        NONE = "none", "no dose known"
        BEGUN = "begun", "the first course is not complete"
        FULL = "full", "the first course is complete"
        BOOSTED = "boosted"

    person = models.OneToOneField(
        "people.Person", on_delete=models.CASCADE, primary_key=True, related_name="vaccination_course"
    )
    stage = models.CharField(max_length=7, choices=Stage, default=Stage.NONE)
    n_doses = models.PositiveSmallIntegerField(default=0)
    last_on = models.DateField(null=True, blank=True)
    last_product = models.CharField(max_length=11, blank=True, default="")
    next_from = models.DateField(null=True, blank=True)
    answer = models.CharField(max_length=15, choices=AnswerKind, blank=True, default="")
    reason = models.CharField(max_length=12, choices=Reason, blank=True, default="")
    answer_until = models.DateField(null=True, blank=True)
    version = models.PositiveIntegerField(default=0)
    changed_at = models.DateTimeField(help_text="county time")
    changed_by = models.CharField(max_length=60)

    privacy = declare(
        kept(PUBLIC, WITH_THE_EPIDEMIC, "version", "changed_at"),
        kept(PSEUDONYMOUS, WITH_THE_EPIDEMIC, "changed_by"),
        kept(HEALTH, WITH_THE_EPIDEMIC, "person", "stage", "n_doses", "last_on", "last_product", "next_from"),
        kept(HEALTH, WITH_THE_EPIDEMIC, "answer", "reason", "answer_until"),
    )

    class Meta:
        ordering = ["person"]


# The tables that a merge may change, those pointed at first.
MERGED = (Dose, VaccineAnswer)
