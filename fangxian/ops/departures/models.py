"""Tables of the departures room. Who may write them: actions/."""

import uuid

from django.db import models
from django.db.models import F, Q

from fangxian.ops.realm.privacy import PERSONAL, PSEUDONYMOUS, PUBLIC, WITH_THE_EPIDEMIC, declare, kept
from fangxian.ops.realm.sealed import SealedText


class Level(models.TextChoices):
    """Who may be asked to agree, in this order."""

    VILLAGE = "village"
    TOWNSHIP = "township"
    COUNTY = "county"


class State(models.TextChoices):
    """Where an application stands; that of a level says that this level has it now."""

    DRAFT = "draft"
    SUBMITTED = "submitted", "sent; nobody, or nobody any more, has to agree"
    VILLAGE = "village"
    TOWNSHIP = "township"
    COUNTY = "county"
    ISSUED = "issued", "there is a permit"
    EXITED = "exited"
    OVERDUE = "overdue", "out, and not back when said"
    RETURNED = "returned"
    REFUSED = "refused"
    CANCELLED = "cancelled", "called off, or the permit was taken back"
    LAPSED = "lapsed", "nobody left within the permit's window"


WITH_A_LEVEL = (State.VILLAGE, State.TOWNSHIP, State.COUNTY)
BEFORE_LEAVING = (State.SUBMITTED, *WITH_A_LEVEL, State.ISSUED)
AWAY = (State.EXITED, State.OVERDUE)
CLOSED = (State.RETURNED, State.REFUSED, State.CANCELLED, State.LAPSED)


class Application(models.Model):
    """One row is one application (离境申请) of one person for one journey, also of those who go along.

    `levels` is JSON, the levels that have to agree, in order; `risk` is JSON, the risk states of the destination by
    which that was judged. A draft may have neither destination nor day. `document` is the permit. An emergency has no
    permit: it was declared on leaving, and is looked at afterwards.
    """

    class Purpose(models.TextChoices):
        WORK = "work"
        MEDICAL = "medical"
        STUDY = "study"
        FAMILY = "family"
        GOODS = "goods", "buying, selling, carrying"
        OTHER = "other"

    class Transport(models.TextChoices):
        CAR = "car"
        COACH = "coach"
        TRAIN = "train"
        PLANE = "plane"
        OTHER = "other"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey("people.Person", on_delete=models.CASCADE, related_name="+")
    area_path = models.CharField(max_length=15, help_text="where the person is on record")
    destination = models.CharField(max_length=6, blank=True, default="", help_text="a county of the nation, by code")
    place = SealedText(blank=True, default="", help_text="street, unit, hospital, as written")
    purpose = models.CharField(max_length=8, choices=Purpose, blank=True, default="")
    why = SealedText(blank=True, default="")
    transport = models.CharField(max_length=8, choices=Transport, blank=True, default="")
    vehicle = SealedText(blank=True, default="", help_text="plate, train or flight, as written")
    leaves_on = models.DateField(null=True, blank=True)
    returns_on = models.DateField(null=True, blank=True, help_text="none: not to be expected back")
    state = models.CharField(max_length=9, choices=State, default=State.DRAFT)
    levels = models.JSONField(default=list)
    risk = models.JSONField(default=list)
    is_emergency = models.BooleanField(default=False)
    entered_at = models.DateTimeField(help_text="county time")
    entered_by = models.CharField(max_length=60)
    submitted_at = models.DateTimeField(null=True, blank=True, help_text="county time")
    document = models.UUIDField(null=True, blank=True, unique=True)
    valid_from = models.DateTimeField(null=True, blank=True, help_text="county time")
    valid_until = models.DateTimeField(null=True, blank=True, help_text="county time")
    exited_at = models.DateTimeField(null=True, blank=True, help_text="county time")
    exited_by = models.CharField(max_length=60, blank=True, default="")
    returned_at = models.DateTimeField(
        null=True, blank=True, help_text="county time at which the last of them was back"
    )
    closed_at = models.DateTimeField(null=True, blank=True, help_text="county time")
    closed_why = SealedText(blank=True, default="")

    privacy = declare(
        kept(PUBLIC, WITH_THE_EPIDEMIC, "id", "state", "levels", "risk", "is_emergency", "entered_at"),
        kept(PUBLIC, WITH_THE_EPIDEMIC, "submitted_at", "closed_at"),
        kept(PSEUDONYMOUS, WITH_THE_EPIDEMIC, "entered_by", "exited_by", "document"),
        kept(PERSONAL, WITH_THE_EPIDEMIC, "person", "area_path", "destination", "place", "purpose", "why", "transport"),
        kept(PERSONAL, WITH_THE_EPIDEMIC, "vehicle", "leaves_on", "returns_on", "valid_from", "valid_until"),
        kept(PERSONAL, WITH_THE_EPIDEMIC, "exited_at", "returned_at", "closed_why"),
    )

    class Meta:
        ordering = ["-entered_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["person"], condition=Q(state="draft"), name="departure_one_draft"),
            models.UniqueConstraint(
                fields=["person", "leaves_on"],
                condition=Q(is_emergency=False, state__in=[it.value for it in BEFORE_LEAVING]),
                name="departure_one_a_day",
            ),
            models.CheckConstraint(
                condition=Q(state="draft") | Q(leaves_on__isnull=False), name="departure_has_its_day"
            ),
            models.CheckConstraint(
                condition=Q(returns_on__isnull=True) | Q(leaves_on__isnull=True) | Q(returns_on__gte=F("leaves_on")),
                name="departure_returns_after_leaving",
            ),
            models.CheckConstraint(
                condition=~Q(state="issued") | Q(document__isnull=False, valid_until__gt=F("valid_from")),
                name="departure_issued_has_its_permit",
            ),
            models.CheckConstraint(
                condition=Q(returned_at__isnull=True) | Q(returned_at__gt=F("exited_at")),
                name="departure_left_before_it_returned",
            ),
        ]
        indexes = [
            models.Index(fields=["area_path", "state", "leaves_on"], name="departure_of_area"),
            models.Index(fields=["state", "valid_until"], name="departure_lapsing"),
            models.Index(fields=["state", "returns_on"], name="departure_returning"),
        ]


class Traveller(models.Model):
    """One row is one person whom one application is for: who applies, and each who goes along.

    Whoever was left out may not leave with its permit any more, which went on for the others.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="travellers")
    person = models.ForeignKey("people.Person", on_delete=models.CASCADE, related_name="+")
    is_applicant = models.BooleanField(default=False)
    returned_at = models.DateTimeField(null=True, blank=True, help_text="county time")
    left_out_at = models.DateTimeField(null=True, blank=True, help_text="county time")

    privacy = declare(
        kept(PUBLIC, WITH_THE_EPIDEMIC, "id"),
        kept(PERSONAL, WITH_THE_EPIDEMIC, "application", "person", "is_applicant", "returned_at", "left_out_at"),
    )

    class Meta:
        ordering = ["application", "-is_applicant", "id"]
        constraints = [models.UniqueConstraint(fields=["application", "person"], name="traveller_once_an_application")]


class Step(models.Model):
    """One row is one turn of one level: from when it had the application, until when it should say, what it said."""

    class Kind(models.TextChoices):
        DECISION = "decision"
        APPEAL = "appeal", "against the refusal of the level before"
        REVIEW = "review", "of an emergency, after it"

    class Verdict(models.TextChoices):
        APPROVED = "approved"
        REFUSED = "refused"
        OVER = "over", "nothing was decided: called off, lapsed"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="steps")
    kind = models.CharField(max_length=8, choices=Kind)
    level = models.CharField(max_length=8, choices=Level)
    asked = SealedText(blank=True, default="", help_text="what the person says against a refusal")
    opened_at = models.DateTimeField(help_text="county time")
    due_at = models.DateTimeField(help_text="county time")
    verdict = models.CharField(max_length=8, choices=Verdict, blank=True, default="")
    reason = SealedText(blank=True, default="")
    decided_at = models.DateTimeField(null=True, blank=True, help_text="county time")
    decided_by = models.CharField(max_length=60, blank=True, default="")

    privacy = declare(
        kept(PUBLIC, WITH_THE_EPIDEMIC, "id", "application", "kind", "level", "opened_at", "due_at", "verdict"),
        kept(PUBLIC, WITH_THE_EPIDEMIC, "decided_at"),
        kept(PSEUDONYMOUS, WITH_THE_EPIDEMIC, "decided_by"),
        kept(PERSONAL, WITH_THE_EPIDEMIC, "asked", "reason"),
    )

    class Meta:
        ordering = ["application", "opened_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["application"], condition=Q(decided_at__isnull=True), name="step_one_open_an_application"
            ),
            models.CheckConstraint(
                condition=Q(decided_at__isnull=True, verdict="") | (Q(decided_at__isnull=False) & ~Q(verdict="")),
                name="step_is_decided_when_decided",
            ),
        ]
        indexes = [models.Index(fields=["due_at"], name="step_open_due", condition=Q(decided_at__isnull=True))]


# The tables that a merge may change, those pointed at first.
MERGED = (Application, Traveller, Step)
