"""Tables of the posts room. Who may write them: actions/. All times are county time."""

import uuid
from datetime import datetime

from django.db import models
from django.db.models import F, Q

from fangxian.ops.realm.privacy import (
    HEALTH,
    PERSONAL,
    PSEUDONYMOUS,
    PUBLIC,
    WITH_THE_EPIDEMIC,
    days_after,
    declare,
    kept,
)
from fangxian.ops.realm.sealed import BlindIndex, SealedText

DAY_MIN = 24 * 60
TERM = days_after(
    30,
    "passed_at",
    source="the county's rulebook: checkpoint-record, 30 d (a guess there, twice the incubation)",
    or_with_the_epidemic=True,
)


class Post(models.Model):
    """One row is one post (值守点) at one venue. `begins_min` to `ends_min` are its hours, minutes of the county's day;
    0 to 1440 is around the clock.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    venue = models.UUIDField(unique=True, help_text="the venue whose code and door it has")
    name = models.CharField(max_length=120, help_text="the venue's, as it was when the post was set up")
    venue_class = models.CharField(max_length=40, help_text="as the door rules know it")
    area_path = models.CharField(max_length=15, db_index=True)
    begins_min = models.PositiveSmallIntegerField(default=0)
    ends_min = models.PositiveSmallIntegerField(default=DAY_MIN)
    n_a_shift = models.PositiveSmallIntegerField(default=4, help_text="how many people keep it at a time")
    phone = models.CharField(max_length=40, blank=True, default="", help_text="the post's own, where it has one")
    set_up_at = models.DateTimeField()
    set_up_by = models.CharField(max_length=60)
    closed_at = models.DateTimeField(null=True, blank=True)

    privacy = declare(
        kept(PUBLIC, WITH_THE_EPIDEMIC, "id", "venue", "name", "venue_class", "area_path", "begins_min", "ends_min"),
        kept(PUBLIC, WITH_THE_EPIDEMIC, "n_a_shift", "phone", "set_up_at", "closed_at"),
        kept(PSEUDONYMOUS, WITH_THE_EPIDEMIC, "set_up_by"),
    )

    def was_open(self, at: datetime) -> bool:
        """Whether it was not closed yet at a moment."""
        return self.closed_at is None or at < self.closed_at

    class Meta:
        ordering = ["area_path", "name", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(begins_min__lt=F("ends_min"), ends_min__lte=DAY_MIN), name="post_closes_after_it_opens"
            ),
            models.CheckConstraint(condition=Q(n_a_shift__range=(1, 20)), name="post_is_kept_by_somebody"),
        ]


class Exit(models.Model):
    """One row is one way through a post. A locked one (应急出口) has a key, and somebody who holds it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="exits")
    number = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=40)
    is_locked = models.BooleanField(default=False)
    key_holder = SealedText(blank=True, default="")
    key_phone = SealedText(blank=True, default="")

    privacy = declare(
        kept(PUBLIC, WITH_THE_EPIDEMIC, "id", "post", "number", "name", "is_locked"),
        kept(PERSONAL, WITH_THE_EPIDEMIC, "key_holder", "key_phone"),
    )

    class Meta:
        ordering = ["post", "number"]
        constraints = [models.UniqueConstraint(fields=["post", "number"], name="exit_number_once_a_post")]


class ExitOpening(models.Model):
    """One row is one time a locked exit was opened: for what, by whom, and when it was locked again."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    exit = models.ForeignKey(Exit, on_delete=models.CASCADE, related_name="openings")
    opened_at = models.DateTimeField()
    opened_by = models.CharField(max_length=60)
    why = SealedText()
    locked_at = models.DateTimeField(null=True, blank=True, help_text="none: it stands open")
    locked_by = models.CharField(max_length=60, blank=True, default="")

    privacy = declare(
        kept(PUBLIC, WITH_THE_EPIDEMIC, "id", "exit", "opened_at", "locked_at"),
        kept(PSEUDONYMOUS, WITH_THE_EPIDEMIC, "opened_by", "locked_by"),
        kept(PERSONAL, WITH_THE_EPIDEMIC, "why"),
    )

    class Meta:
        ordering = ["-opened_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["exit"], condition=Q(locked_at__isnull=True), name="exit_stands_open_once"),
        ]


class Keeper(models.Model):
    """One row is one person who keeps at a post, villager, volunteer or official; with an account or without.

    `signed_off_at` says when the cadre stationed there found that they know the steps; without it they should not
    keep alone.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="keepers")
    number = models.PositiveSmallIntegerField(help_text="on the post's list; printed where a name need not be")
    name = SealedText()
    phone = SealedText(blank=True, default="")
    account = models.ForeignKey("accounts.Account", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    is_volunteer = models.BooleanField(default=False)
    signed_off_at = models.DateTimeField(null=True, blank=True)
    signed_off_by = models.CharField(max_length=60, blank=True, default="")
    left_at = models.DateTimeField(null=True, blank=True)

    privacy = declare(
        kept(PUBLIC, WITH_THE_EPIDEMIC, "id", "post", "number", "is_volunteer", "signed_off_at", "left_at"),
        kept(PSEUDONYMOUS, WITH_THE_EPIDEMIC, "account", "signed_off_by"),
        kept(PERSONAL, WITH_THE_EPIDEMIC, "name", "phone"),
    )

    class Meta:
        ordering = ["post", "number"]
        constraints = [models.UniqueConstraint(fields=["post", "number"], name="keeper_number_once_a_post")]


class Shift(models.Model):
    """One row is one shift (班次) of a post, `[begins_at, ends_at)`. `note` is what it leaves to the next one; it is
    handed over when one of each has signed.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="shifts")
    area_path = models.CharField(max_length=15, db_index=True)
    begins_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    note = SealedText(blank=True, default="")
    handed_at = models.DateTimeField(null=True, blank=True, help_text="signed by one who leaves")
    handed_by = models.CharField(max_length=60, blank=True, default="")
    taken_at = models.DateTimeField(null=True, blank=True, help_text="signed by one who comes")
    taken_by = models.CharField(max_length=60, blank=True, default="")

    privacy = declare(
        kept(PUBLIC, WITH_THE_EPIDEMIC, "id", "post", "area_path", "begins_at", "ends_at", "handed_at", "taken_at"),
        kept(PSEUDONYMOUS, WITH_THE_EPIDEMIC, "handed_by", "taken_by"),
        kept(PERSONAL, WITH_THE_EPIDEMIC, "note"),
    )

    class Meta:
        ordering = ["begins_at", "post", "id"]
        constraints = [
            models.UniqueConstraint(fields=["post", "begins_at"], name="post_shift_begins_once"),
            models.CheckConstraint(condition=Q(ends_at__gt=F("begins_at")), name="post_shift_ends_after_it_begins"),
        ]
        indexes = [models.Index(fields=["ends_at"], name="post_shift_ends")]


class Duty(models.Model):
    """One row is one keeper in one shift; `came_at` once they are there."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    shift = models.ForeignKey(Shift, on_delete=models.CASCADE, related_name="duties")
    keeper = models.ForeignKey(Keeper, on_delete=models.CASCADE, related_name="duties")
    came_at = models.DateTimeField(null=True, blank=True)

    privacy = declare(kept(PSEUDONYMOUS, WITH_THE_EPIDEMIC, "id", "shift", "keeper", "came_at"))

    class Meta:
        ordering = ["shift", "keeper"]
        constraints = [models.UniqueConstraint(fields=["shift", "keeper"], name="duty_once_a_shift")]


class Practice(models.Model):
    """One row is one round of practice (练习) of a keeper with invented people: how many steps were right, how long."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    keeper = models.ForeignKey(Keeper, on_delete=models.CASCADE, related_name="practices")
    practised_at = models.DateTimeField()
    n_people = models.PositiveSmallIntegerField()
    n_right = models.PositiveSmallIntegerField()
    seconds = models.PositiveIntegerField()
    wrong = models.JSONField(default=list, help_text="keys of the invented people who were let through wrongly or held")

    privacy = declare(
        kept(PUBLIC, WITH_THE_EPIDEMIC, "id", "practised_at", "n_people", "n_right", "seconds", "wrong"),
        kept(PSEUDONYMOUS, WITH_THE_EPIDEMIC, "keeper"),
    )

    class Meta:
        ordering = ["-practised_at", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(n_right__lte=F("n_people")), name="practice_right_of_those_asked")
        ]


class Inspection(models.Model):
    """One row is one look at a post by the checklist (标准化检查). `answers` is by item: ok, fault or not_here."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="inspections")
    inspected_at = models.DateTimeField()
    inspected_by = models.CharField(max_length=60)
    answers = models.JSONField(default=dict)

    privacy = declare(
        kept(PUBLIC, WITH_THE_EPIDEMIC, "id", "post", "inspected_at", "answers"),
        kept(PSEUDONYMOUS, WITH_THE_EPIDEMIC, "inspected_by"),
    )

    class Meta:
        ordering = ["-inspected_at", "id"]


class Finding(models.Model):
    """One row is one thing an inspection found wrong at a post, until somebody looked again and found it mended."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="findings")
    inspection = models.ForeignKey(Inspection, on_delete=models.CASCADE, related_name="findings")
    item = models.CharField(max_length=40)
    what = SealedText(blank=True, default="")
    found_at = models.DateTimeField()
    due_at = models.DateTimeField()
    mended_at = models.DateTimeField(null=True, blank=True, help_text="when a second look found it mended")
    mended_by = models.CharField(max_length=60, blank=True, default="")

    privacy = declare(
        kept(PUBLIC, WITH_THE_EPIDEMIC, "id", "post", "inspection", "item", "found_at", "due_at", "mended_at"),
        kept(PSEUDONYMOUS, WITH_THE_EPIDEMIC, "mended_by"),
        kept(PERSONAL, WITH_THE_EPIDEMIC, "what"),
    )

    class Meta:
        ordering = ["due_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["post", "item"], condition=Q(mended_at__isnull=True), name="finding_open_once_an_item"
            )
        ]


class Passing(models.Model):
    """One row is one person registered at a post (登记) on the way in or out, and what was decided.

    (`device`, `number`) is one passing however often it is sent; `digest` is of its content. `group` is of those in
    one vehicle. `rules` are the numbers of the rules that spoke, the closest first.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="passings")
    shift = models.ForeignKey(Shift, null=True, blank=True, on_delete=models.SET_NULL, related_name="passings")
    area_path = models.CharField(max_length=15)
    device = models.UUIDField()
    number = models.PositiveIntegerField()
    digest = BlindIndex()
    passed_at = models.DateTimeField(help_text="county time, as the device had it")
    received_at = models.DateTimeField(help_text="county time")
    received_by = models.CharField(max_length=60)
    is_out = models.BooleanField(default=False)
    group = models.UUIDField(null=True, blank=True)
    vehicle = models.CharField(max_length=20, blank=True, default="", help_text="foot, bicycle, car, coach or goods")
    plate = SealedText(blank=True, default="")
    person = models.ForeignKey("people.Person", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    name = SealedText(blank=True, default="")
    document = SealedText(blank=True, default="")
    phone = SealedText(blank=True, default="")
    document_tail = BlindIndex(null=True, help_text="its last six signs; only of who is on no register")
    phone_tail = BlindIndex(null=True, help_text="the same of the phone")
    origin = models.CharField(max_length=6, blank=True, default="", help_text="county of the nation's list")
    destination = SealedText(blank=True, default="")
    temperature_tenths = models.SmallIntegerField(null=True, blank=True, help_text="none: not taken")
    colour = models.CharField(max_length=10, blank=True, default="")
    outcome = models.CharField(max_length=10)
    rules = models.CharField(max_length=200, blank=True, default="")
    decided_at_post = models.CharField(max_length=10, blank=True, default="", help_text="the phone's own, offline")

    privacy = declare(
        kept(PUBLIC, TERM, "id", "post", "shift", "area_path", "device", "number", "passed_at", "received_at"),
        kept(PUBLIC, TERM, "is_out", "outcome", "rules", "decided_at_post"),
        kept(PSEUDONYMOUS, TERM, "digest", "received_by", "group", "document_tail", "phone_tail"),
        kept(PERSONAL, TERM, "vehicle", "plate", "person", "name", "document", "phone"),
        kept(HEALTH, TERM, "origin", "destination", "temperature_tenths", "colour"),
    )

    class Meta:
        ordering = ["-passed_at", "id"]
        constraints = [models.UniqueConstraint(fields=["device", "number"], name="passing_once_a_device")]
        indexes = [
            models.Index(fields=["post", "-passed_at"], name="passing_at_post"),
            models.Index(fields=["passed_at"], name="passing_passed_at"),
            models.Index(
                fields=["document_tail"], name="passing_document_tail", condition=Q(document_tail__isnull=False)
            ),
            models.Index(fields=["phone_tail"], name="passing_phone_tail", condition=Q(phone_tail__isnull=False)),
        ]


class Emergency(models.Model):
    """One row is one person on the emergency path (应急处置) of a post: a fever, a red code, or taken ill."""

    class Why(models.TextChoices):
        FEVER = "fever"
        RED = "red"
        ILL = "ill"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="emergencies")
    passing = models.OneToOneField(Passing, null=True, blank=True, on_delete=models.SET_NULL, related_name="emergency")
    area_path = models.CharField(max_length=15)
    why = models.CharField(max_length=8, choices=Why)
    to_hospital = models.BooleanField(default=False, help_text="on the way to care: goes on at once, nobody is held")
    opened_at = models.DateTimeField()
    opened_by = models.CharField(max_length=60)
    ended_at = models.DateTimeField(null=True, blank=True)
    end = models.CharField(max_length=20, blank=True, default="", help_text="key of an end of the path")

    privacy = declare(
        kept(PUBLIC, WITH_THE_EPIDEMIC, "id", "post", "area_path", "opened_at", "ended_at"),
        kept(PSEUDONYMOUS, WITH_THE_EPIDEMIC, "opened_by"),
        kept(HEALTH, WITH_THE_EPIDEMIC, "passing", "why", "to_hospital", "end"),
    )

    class Meta:
        ordering = ["-opened_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, end="") | (Q(ended_at__isnull=False) & ~Q(end="")),
                name="emergency_ends_somehow",
            )
        ]
        indexes = [models.Index(fields=["post"], name="emergency_open", condition=Q(ended_at__isnull=True))]


class EmergencyStep(models.Model):
    """One row is one step of an emergency path that was done, when and by whom."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    emergency = models.ForeignKey(Emergency, on_delete=models.CASCADE, related_name="steps")
    step = models.CharField(max_length=20)
    done_at = models.DateTimeField()
    done_by = models.CharField(max_length=60)
    note = SealedText(blank=True, default="")

    privacy = declare(
        kept(PUBLIC, WITH_THE_EPIDEMIC, "id", "emergency", "step", "done_at"),
        kept(PSEUDONYMOUS, WITH_THE_EPIDEMIC, "done_by"),
        kept(HEALTH, WITH_THE_EPIDEMIC, "note"),
    )

    class Meta:
        ordering = ["done_at", "id"]
        constraints = [models.UniqueConstraint(fields=["emergency", "step"], name="emergency_step_once")]


# The tables that a merge may change, those pointed at first.
MERGED = (Passing,)
