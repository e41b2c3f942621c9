"""Tables of the tasks room. Who may write them: actions.py."""

import uuid

from django.db import models
from django.db.models import Q

from fangxian.ops.realm.privacy import PERSONAL, PSEUDONYMOUS, PUBLIC, WITH_THE_EPIDEMIC, days_after, declare, kept
from fangxian.ops.realm.sealed import SealedText

TERM = days_after(
    60,
    "closed_at",
    source="个人信息保护法 §19, no longer than needed; a guess: two months to look into how it was done",
)


class State(models.TextChoices):
    OPEN = "open"
    TAKEN = "taken"
    DONE = "done"
    CANCELLED = "cancelled"


UNFINISHED, CLOSED = (State.OPEN, State.TAKEN), (State.DONE, State.CANCELLED)


class Task(models.Model):
    """One row is one thing to do, in one area, by one account or by whoever holds a role there, until `due_at`.

    `ladder` is [[minutes after due_at, role], …], rising; `raised_to` is the role of the rung it has climbed
    to, whose holders over the task's area see it from then on. All times are county time.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=60)
    unique_key = models.CharField(max_length=120, blank=True, default="")
    title_zh = SealedText()
    title_en = SealedText()
    about = models.CharField(max_length=60, blank=True, default="", help_text="subject, such as person:<uuid>")
    area_path = models.CharField(max_length=15)
    venue = models.UUIDField(null=True, blank=True)
    owner = models.ForeignKey("accounts.Account", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=40, blank=True, default="")
    unit = models.ForeignKey("accounts.Unit", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    opened_at = models.DateTimeField()
    due_at = models.DateTimeField()
    taken_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    ladder = models.JSONField(default=list)
    n_rungs_climbed = models.PositiveSmallIntegerField(default=0)
    raised_to = models.CharField(max_length=40, blank=True, default="")
    next_rung_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=40, blank=True, default="")
    note = SealedText(default="")

    privacy = declare(
        kept(PUBLIC, TERM, "id", "kind", "area_path", "venue", "role", "unit", "state", "opened_at", "due_at"),
        kept(
            PUBLIC, TERM, "taken_at", "closed_at", "ladder", "n_rungs_climbed", "raised_to", "next_rung_at", "outcome"
        ),
        kept(PSEUDONYMOUS, TERM, "unique_key", "owner"),
        kept(PSEUDONYMOUS, WITH_THE_EPIDEMIC, "about"),
        kept(PERSONAL, WITH_THE_EPIDEMIC, "title_zh", "title_en", "note"),
    )

    class Meta:
        ordering = ["due_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "unique_key"], condition=~Q(unique_key=""), name="task_once"),
            models.CheckConstraint(condition=Q(owner__isnull=False) | ~Q(role=""), name="task_has_an_owner"),
            models.CheckConstraint(condition=~Q(state=State.TAKEN) | Q(owner__isnull=False), name="task_taken_by_one"),
            models.CheckConstraint(
                condition=Q(state__in=UNFINISHED, closed_at__isnull=True)
                | Q(state__in=CLOSED, closed_at__isnull=False),
                name="task_closes_when_closed",
            ),
        ]
        indexes = [
            models.Index(fields=["area_path", "due_at"], name="task_open_in_area", condition=Q(state__in=UNFINISHED)),
            models.Index(fields=["owner", "due_at"], name="task_open_of_owner", condition=Q(state__in=UNFINISHED)),
            models.Index(fields=["role", "area_path"], name="task_open_of_role", condition=Q(state__in=UNFINISHED)),
            models.Index(fields=["next_rung_at"], name="task_next_rung", condition=Q(next_rung_at__isnull=False)),
            models.Index(fields=["about"], name="task_about"),
            models.Index(fields=["closed_at"], name="task_closed_at"),
        ]


# The tables that a merge may change, those pointed at first.
MERGED = (Task,)
