"""Tables of the parcels room. Who may write them: actions/."""

import uuid

from django.db import models
from django.db.models import F, Q

from fangxian.ops.realm.privacy import HEALTH, PERSONAL, PSEUDONYMOUS, PUBLIC, WITH_THE_EPIDEMIC, declare, kept
from fangxian.ops.realm.sealed import BlindIndex, SealedText


class Trace(models.Model):
    """One row is one tracing (追查) of the parcels that went through one depot since one day, for one disease."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    disease = models.CharField(max_length=40)
    depot = models.ForeignKey("places.Venue", on_delete=models.PROTECT, related_name="+")
    area_path = models.CharField(max_length=15, db_index=True, help_text="the depot's")
    since_on = models.DateField(help_text="whoever touched a parcel on that day or later is traced")
    why = SealedText(help_text="what makes the depot one at risk")
    opened_at = models.DateTimeField(help_text="county time")
    opened_by = models.CharField(max_length=60)
    couriers_settled_at = models.DateTimeField(null=True, blank=True, help_text="county time")
    closed_at = models.DateTimeField(null=True, blank=True, help_text="county time")
    closed_by = models.CharField(max_length=60, blank=True, default="")

    privacy = declare(
        kept(PUBLIC, WITH_THE_EPIDEMIC, "id", "disease", "depot", "area_path", "since_on"),
        kept(PUBLIC, WITH_THE_EPIDEMIC, "opened_at", "couriers_settled_at", "closed_at"),
        kept(PSEUDONYMOUS, WITH_THE_EPIDEMIC, "opened_by", "closed_by"),
        kept(PERSONAL, WITH_THE_EPIDEMIC, "why"),
    )

    class Meta:
        ordering = ["-opened_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["depot", "disease"], condition=Q(closed_at__isnull=True), name="trace_one_open_a_depot"
            )
        ]


class Waybill(models.Model):
    """One row is one parcel (运单) as one row of a depot's list has it.

    `digest` is of all that the row says of whom it is for, so that the same row again is known for a repeat, while
    two people under one number stay two rows.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    trace = models.ForeignKey(Trace, on_delete=models.CASCADE, related_name="waybills")
    intake = models.UUIDField(help_text="the list it stands in")
    row_number = models.PositiveIntegerField(help_text="where in the list")
    number = SealedText()
    number_index = BlindIndex(db_index=True, null=True)
    digest = BlindIndex()
    touched_at = models.DateTimeField(help_text="when it was signed for, or the latest it can have been")
    is_time_known = models.BooleanField(default=True)
    courier_name = SealedText(blank=True, default="")
    courier = models.ForeignKey(
        "people.Person", null=True, blank=True, on_delete=models.SET_NULL, related_name="+", help_text="who delivered"
    )
    station = models.CharField(max_length=60, blank=True, default="", help_text="网点, as the list has it")

    privacy = declare(
        kept(PUBLIC, WITH_THE_EPIDEMIC, "id", "trace", "intake", "row_number", "is_time_known", "station"),
        kept(PSEUDONYMOUS, WITH_THE_EPIDEMIC, "number_index", "digest", "courier"),
        kept(PERSONAL, WITH_THE_EPIDEMIC, "number", "touched_at", "courier_name"),
    )

    class Meta:
        ordering = ["trace", "intake", "row_number"]
        constraints = [models.UniqueConstraint(fields=["trace", "digest"], name="waybill_once_a_trace")]
        indexes = [models.Index(fields=["intake"], name="waybill_of_intake")]


class Handling(models.Model):
    """One row is one person's touch of one parcel, as a list or they themselves say; `person` is who that is.

    `who` is of the name, phone and address as written: what is decided about one row holds for all that have it.
    `because` is JSON, the signs by which it was matched; `candidates` is JSON, those it may be. Both name people
    by id only.
    """

    class Role(models.TextChoices):
        RECIPIENT = "recipient", "收件人: whom the parcel is for"
        SIGNER = "signer", "签收人: who took it, where that is somebody else"
        DECLARER = "declarer", "自行申报: who says so themselves"

    class State(models.TextChoices):
        MATCHED = "matched"
        AMBIGUOUS = "ambiguous", "may be one of several, or nobody: a person decides"
        UNMATCHED = "unmatched", "nobody on the register"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    trace = models.ForeignKey(Trace, on_delete=models.CASCADE, related_name="handlings")
    waybill = models.ForeignKey(Waybill, null=True, blank=True, on_delete=models.CASCADE, related_name="handlings")
    declaration = models.UUIDField(null=True, blank=True, help_text="the declaration it stands for")
    role = models.CharField(max_length=10, choices=Role)
    name = SealedText(blank=True, default="")
    phone = SealedText(blank=True, default="")
    address = SealedText(blank=True, default="")
    who = BlindIndex(null=True, blank=True)
    touched_at = models.DateTimeField(help_text="as the waybill's, or the noon of the day declared")
    state = models.CharField(max_length=9, choices=State)
    person = models.ForeignKey("people.Person", null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    area_path = models.CharField(max_length=15, help_text="the person's; where nobody is matched, the depot's")
    likelihood_per_mille = models.PositiveSmallIntegerField(default=0)
    because = SealedText(blank=True, default="")
    candidates = SealedText(blank=True, default="")
    decided_at = models.DateTimeField(null=True, blank=True, help_text="county time; none: the program matched it")
    decided_by = models.CharField(max_length=60, blank=True, default="")

    privacy = declare(
        kept(PUBLIC, WITH_THE_EPIDEMIC, "id", "trace", "waybill", "role", "state", "likelihood_per_mille"),
        kept(PUBLIC, WITH_THE_EPIDEMIC, "decided_at"),
        kept(PSEUDONYMOUS, WITH_THE_EPIDEMIC, "who", "decided_by", "declaration"),
        kept(PERSONAL, WITH_THE_EPIDEMIC, "name", "phone", "address", "person", "area_path"),
        kept(HEALTH, WITH_THE_EPIDEMIC, "touched_at", "because", "candidates"),
    )

    class Meta:
        ordering = ["trace", "-touched_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["waybill", "role"], condition=Q(waybill__isnull=False), name="handling_one_a_role"
            ),
            models.UniqueConstraint(
                fields=["trace", "declaration"],
                condition=Q(declaration__isnull=False),
                name="handling_once_a_declaration",
            ),
            models.CheckConstraint(
                condition=Q(state="matched", person__isnull=False) | (~Q(state="matched") & Q(person__isnull=True)),
                name="handling_is_matched_to_somebody",
            ),
            models.CheckConstraint(
                condition=Q(waybill__isnull=False) | Q(declaration__isnull=False), name="handling_says_where_from"
            ),
        ]
        indexes = [
            models.Index(fields=["trace", "role", "state", "-touched_at", "id"], name="handling_of_trace"),
            models.Index(fields=["trace", "person"], name="handling_of_person"),
            models.Index(fields=["who"], name="handling_by_who"),
        ]


class Declaration(models.Model):
    """One row is one person's own word (申报) that they received, sent or touched a parcel on a day.

    `once` is of who, where, when and which, so that saying it twice is one row. It counts for every open trace of
    that depot; where the depot is not known, for every open trace.
    """

    class How(models.TextChoices):
        RECEIVED = "received"
        SENT = "sent"
        TOUCHED = "touched"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey("people.Person", on_delete=models.CASCADE, related_name="+")
    depot = models.ForeignKey("places.Venue", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    how = models.CharField(max_length=8, choices=How)
    touched_on = models.DateField()
    number = SealedText(blank=True, default="")
    once = BlindIndex(unique=True)
    declared_at = models.DateTimeField(help_text="county time")
    declared_by = models.CharField(max_length=60)

    privacy = declare(
        kept(PUBLIC, WITH_THE_EPIDEMIC, "id", "depot", "declared_at"),
        kept(PSEUDONYMOUS, WITH_THE_EPIDEMIC, "once", "declared_by"),
        kept(HEALTH, WITH_THE_EPIDEMIC, "person", "how", "touched_on", "number"),
    )

    class Meta:
        ordering = ["-touched_on", "-declared_at", "id"]
        indexes = [models.Index(fields=["depot", "touched_on"], name="declaration_of_depot")]


class Traced(models.Model):
    """One row is one person whom one trace found, however many parcels they touched, and what came of it.

    found → confirmed → released, or found → set aside with a reason. `evidence` is what the confirmation put on
    record in the movement room; `tested_at` is when the newest sample after that was taken, `tested` its result.
    """

    class State(models.TextChoices):
        FOUND = "found"
        CONFIRMED = "confirmed"
        SET_ASIDE = "set_aside"
        RELEASED = "released"

    class Tested(models.TextChoices):
        NEGATIVE = "negative"
        POSITIVE = "positive"
        UNCLEAR = "unclear"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    trace = models.ForeignKey(Trace, on_delete=models.CASCADE, related_name="traced")
    person = models.ForeignKey("people.Person", on_delete=models.CASCADE, related_name="+")
    area_path = models.CharField(max_length=15, help_text="where the person is on record")
    is_courier = models.BooleanField(default=False)
    n_parcels = models.PositiveIntegerField(default=0)
    first_on = models.DateField()
    last_on = models.DateField()
    state = models.CharField(max_length=9, choices=State, default=State.FOUND)
    evidence = models.UUIDField(null=True, blank=True)
    confirmed_at = models.DateTimeField(null=True, blank=True, help_text="county time")
    confirmed_by = models.CharField(max_length=60, blank=True, default="")
    set_aside_why = SealedText(blank=True, default="")
    tested_at = models.DateTimeField(null=True, blank=True, help_text="when sampled")
    tested = models.CharField(max_length=8, choices=Tested, blank=True, default="")
    n_negative = models.PositiveSmallIntegerField(default=0, help_text="negative samples since, none positive between")
    released_at = models.DateTimeField(null=True, blank=True, help_text="county time")

    privacy = declare(
        kept(PUBLIC, WITH_THE_EPIDEMIC, "id", "trace", "confirmed_at"),
        kept(PSEUDONYMOUS, WITH_THE_EPIDEMIC, "confirmed_by", "evidence"),
        kept(PERSONAL, WITH_THE_EPIDEMIC, "person", "area_path", "is_courier", "set_aside_why"),
        kept(HEALTH, WITH_THE_EPIDEMIC, "n_parcels", "first_on", "last_on", "state"),
        kept(HEALTH, WITH_THE_EPIDEMIC, "tested_at", "tested", "n_negative", "released_at"),
    )

    class Meta:
        ordering = ["trace", "area_path", "id"]
        constraints = [
            models.UniqueConstraint(fields=["trace", "person"], name="traced_once_a_trace"),
            models.CheckConstraint(condition=Q(last_on__gte=F("first_on")), name="traced_from_first_to_last"),
            models.CheckConstraint(
                condition=~Q(state__in=("confirmed", "released")) | Q(confirmed_at__isnull=False),
                name="traced_is_confirmed_when_confirmed",
            ),
        ]
        indexes = [
            models.Index(fields=["trace", "state", "area_path", "id"], name="traced_in_state"),
            models.Index(fields=["person"], name="traced_person"),
        ]


class SettledMatch(models.Model):
    """One row is what a person decided about one way of being written: who that is, or nobody on the register."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    who = BlindIndex(unique=True)
    person = models.ForeignKey("people.Person", null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    settled_at = models.DateTimeField(help_text="county time")
    settled_by = models.CharField(max_length=60)

    privacy = declare(
        kept(PUBLIC, WITH_THE_EPIDEMIC, "id", "settled_at"),
        kept(PSEUDONYMOUS, WITH_THE_EPIDEMIC, "who", "person", "settled_by"),
    )


# The tables that a merge may change, those pointed at first.
MERGED = (Waybill, Handling, Declaration, Traced)
