"""Tables of the tracing room. Who may write them: actions.py."""

import uuid

from django.db import models
from django.db.models import F, Q

from fangxian.ops.realm.privacy import FOR_GOOD, PERSONAL, PSEUDONYMOUS, PUBLIC, Fate, days_after, declare, kept
from fangxian.ops.realm.sealed import SealedText

RECORD_SOURCE = "the rulebooks' retention of contact-tracing: 3 years after closing, which a county must decide"
AFTER_WORK = days_after(1095, "ended_at", source=RECORD_SOURCE, or_with_the_epidemic=True)
AFTER_CLOCK = days_after(1095, "due_at", source=RECORD_SOURCE, or_with_the_epidemic=True)
AFTER_SHIFT = days_after(365, "ends_at", source="个人信息保护法 §19, no longer than needed; a guess: a year of rosters")
AFTER_LEAVING = days_after(
    60, "left_at", fate=Fate.FIELD_BLANKED, source="个人信息保护法 §47: whoever has left need not be rung up"
)


class Team(models.Model):
    """One row is one tracing team (流调小组), with the township it sets out from.

    `load_max` is how much it can hold at once, counted in contacts to trace; a case weighs as many as
    `planning.CASE_LOAD` says.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    number = models.PositiveSmallIntegerField(unique=True)
    name_zh = models.CharField(max_length=40)
    name_en = models.CharField(max_length=80)
    area_path = models.CharField(max_length=15, db_index=True, help_text="where it sets out from: a township")
    load_max = models.PositiveSmallIntegerField()
    founded_at = models.DateTimeField(help_text="county time")
    stood_down_at = models.DateTimeField(null=True, blank=True, help_text="county time; none: it stands")

    privacy = declare(
        kept(PUBLIC, FOR_GOOD, "id", "number", "name_zh", "name_en", "area_path", "load_max"),
        kept(PUBLIC, FOR_GOOD, "founded_at", "stood_down_at"),
    )

    class Meta:
        ordering = ["number"]
        constraints = [models.CheckConstraint(condition=Q(load_max__gte=1), name="team_can_hold_something")]


class Member(models.Model):
    """One row is one person's time in one team, as the kind of unit they are lent by.

    Without an account they work on paper: their lead writes for them.
    """

    class Kind(models.TextChoices):
        CDC = "cdc"
        POLICE = "police"
        TELECOM = "telecom"
        TOWNSHIP = "township"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="members")
    account = models.ForeignKey("accounts.Account", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey("accounts.Unit", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=Kind)
    is_lead = models.BooleanField(default=False)
    name = SealedText(default="")
    phone = SealedText(default="")
    joined_at = models.DateTimeField(help_text="county time")
    left_at = models.DateTimeField(null=True, blank=True, help_text="county time")

    privacy = declare(
        kept(PSEUDONYMOUS, FOR_GOOD, "id", "team", "account", "unit", "kind", "is_lead", "joined_at", "left_at"),
        kept(PERSONAL, AFTER_LEAVING, "name", "phone"),
    )

    class Meta:
        ordering = ["team", "-is_lead", "kind", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["team"], condition=Q(is_lead=True, left_at__isnull=True), name="team_has_one_lead"
            ),
            models.UniqueConstraint(
                fields=["team", "account"],
                condition=Q(left_at__isnull=True, account__isnull=False),
                name="member_once_a_team",
            ),
        ]


class Shift(models.Model):
    """One row is one team's duty for [begins_at, ends_at), county time; over midnight or over days as it may be."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="shifts")
    begins_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    set_by = models.CharField(max_length=60)
    called_off_at = models.DateTimeField(null=True, blank=True)

    privacy = declare(
        kept(PUBLIC, AFTER_SHIFT, "id", "team", "begins_at", "ends_at", "called_off_at"),
        kept(PSEUDONYMOUS, AFTER_SHIFT, "set_by"),
    )

    class Meta:
        ordering = ["begins_at", "team"]
        indexes = [models.Index(fields=["ends_at", "begins_at"], name="shift_by_time")]
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("begins_at")), name="shift_ends_after_it_begins"),
            models.UniqueConstraint(
                fields=["team", "begins_at", "ends_at"],
                condition=Q(called_off_at__isnull=True),
                name="shift_once_a_team",
            ),
        ]


class Assignment(models.Model):
    """One row is one piece of work (a case, or a contact to trace) with one team, from `given_at` until `ended_at`.

    `moved_at` is when something was last done about it. Given to another team, it is another row.
    """

    class Work(models.TextChoices):
        CASE = "case"
        CONTACT = "contact"

    class Why(models.TextChoices):
        DONE = "done"
        MOVED = "moved"
        NOT_NEEDED = "not_needed"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="assignments")
    work = models.CharField(max_length=10, choices=Work)
    about = models.UUIDField(help_text="id of the case or the contact")
    disease = models.CharField(max_length=40)
    area_path = models.CharField(max_length=15, db_index=True)
    due_at = models.DateTimeField()
    given_at = models.DateTimeField()
    given_by = models.CharField(max_length=60)
    moved_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.CharField(max_length=60, blank=True, default="")
    ended_why = models.CharField(max_length=12, choices=Why, blank=True, default="")

    privacy = declare(
        kept(PUBLIC, AFTER_WORK, "id", "team", "work", "disease", "area_path", "due_at", "given_at", "moved_at"),
        kept(PUBLIC, AFTER_WORK, "ended_at", "ended_why"),
        kept(PSEUDONYMOUS, AFTER_WORK, "about", "given_by", "ended_by"),
    )

    class Meta:
        ordering = ["due_at", "id"]
        indexes = [
            models.Index(fields=["team", "due_at"], name="work_of_team", condition=Q(ended_at__isnull=True)),
            models.Index(fields=["about"], name="work_about"),
            models.Index(fields=["ended_at"], name="work_ended"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["work", "about"], condition=Q(ended_at__isnull=True), name="work_with_one_team_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_why="") | (Q(ended_at__isnull=False) & ~Q(ended_why="")),
                name="work_ends_for_a_reason",
            ),
        ]


class TracingClock(models.Model):
    """One row is one clock (时限) of one case: from `starts_at`, by `due_at`, reached at `reached_at`.

    `stopped_at` is for a case that was excluded: the clock needs no reaching any more. Either is written once.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case_id = models.UUIDField()
    disease = models.CharField(max_length=40)
    area_path = models.CharField(max_length=15, db_index=True)
    clock = models.CharField(max_length=40)
    starts_at = models.DateTimeField()
    due_at = models.DateTimeField()
    reached_at = models.DateTimeField(null=True, blank=True)
    reached_by = models.CharField(max_length=60, blank=True, default="")
    stopped_at = models.DateTimeField(null=True, blank=True)

    privacy = declare(
        kept(PUBLIC, AFTER_CLOCK, "id", "disease", "area_path", "clock", "starts_at", "due_at"),
        kept(PUBLIC, AFTER_CLOCK, "reached_at", "stopped_at"),
        kept(PSEUDONYMOUS, AFTER_CLOCK, "case_id", "reached_by"),
    )

    class Meta:
        ordering = ["due_at", "id"]
        indexes = [
            models.Index(
                fields=["due_at"], name="clock_running", condition=Q(reached_at__isnull=True, stopped_at__isnull=True)
            )
        ]
        constraints = [
            models.UniqueConstraint(fields=["case_id", "clock"], name="clock_once_a_case"),
            models.CheckConstraint(
                condition=Q(reached_at__isnull=True) | Q(stopped_at__isnull=True), name="clock_is_reached_or_stopped"
            ),
            models.CheckConstraint(condition=Q(due_at__gte=F("starts_at")), name="clock_is_due_after_it_starts"),
        ]


# The tables that a merge may change, those pointed at first.
MERGED = (TracingClock, Assignment)
