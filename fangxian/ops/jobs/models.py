"""Tables of the jobs room. Who may write them: actions.py."""

import uuid

from django.db import models
from django.db.models import F, Q

from fangxian.ops.realm.privacy import PERSONAL, PSEUDONYMOUS, PUBLIC, days_after, declare, kept
from fangxian.ops.realm.sealed import SealedText

TERM = days_after(
    30, "ended_at", source="个人信息保护法 §19, no longer than needed; a guess: a month to ask what became of it"
)


class State(models.TextChoices):
    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


ALIVE_OR_DONE = (State.QUEUED, State.RUNNING, State.DONE)


class Job(models.Model):
    """One row is one piece of work somebody asked for.

    `attempt` grows each time a worker takes it; worker and attempt together are the lease's name, so a
    worker that was thought dead cannot write over its successor. `arguments` hold ids, never names.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=60)
    arguments = models.JSONField(default=dict)
    owner = models.CharField(max_length=60, help_text="account:<uuid> or program:<name>")
    unique_key = models.CharField(max_length=120, blank=True, default="")
    state = models.CharField(max_length=10, choices=State, default=State.QUEUED)
    asked_at = models.DateTimeField(help_text="county time")
    ended_at = models.DateTimeField(null=True, blank=True, help_text="county time")
    n_done = models.PositiveIntegerField(default=0)
    n_total = models.PositiveIntegerField(default=0)
    said_zh = SealedText(default="")
    said_en = SealedText(default="")
    attempt = models.PositiveIntegerField(default=0)
    n_failures = models.PositiveSmallIntegerField(default=0, help_text="attempts that ended badly; sets the pause")
    next_try_at = models.DateTimeField(help_text="wall time")
    worker = models.CharField(max_length=80, blank=True, default="")
    lease_until = models.DateTimeField(null=True, blank=True, help_text="wall time")
    is_cancel_asked = models.BooleanField(default=False)
    result = models.JSONField(null=True, blank=True)
    error = models.CharField(max_length=80, blank=True, default="", help_text="code of the last thing that went wrong")

    privacy = declare(
        kept(PUBLIC, TERM, "id", "kind", "state", "asked_at", "ended_at", "n_done", "n_total"),
        kept(PUBLIC, TERM, "attempt", "n_failures", "next_try_at", "worker", "lease_until", "is_cancel_asked", "error"),
        kept(PSEUDONYMOUS, TERM, "arguments", "owner", "unique_key", "result"),
        kept(PERSONAL, TERM, "said_zh", "said_en"),
    )

    class Meta:
        ordering = ["-asked_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "unique_key"],
                condition=Q(state__in=ALIVE_OR_DONE) & ~Q(unique_key=""),
                name="job_once_under_its_key",
            ),
            models.CheckConstraint(
                condition=Q(state=State.RUNNING, lease_until__isnull=False)
                | (~Q(state=State.RUNNING) & Q(lease_until__isnull=True)),
                name="job_runs_under_a_lease",
            ),
            models.CheckConstraint(
                condition=Q(state__in=(State.QUEUED, State.RUNNING), ended_at__isnull=True)
                | Q(state__in=(State.DONE, State.FAILED, State.CANCELLED), ended_at__isnull=False),
                name="job_ends_when_it_ends",
            ),
            models.CheckConstraint(condition=Q(n_done__lte=F("n_total")), name="job_done_within_total"),
        ]
        indexes = [
            models.Index(fields=["next_try_at"], name="job_waiting", condition=Q(state=State.QUEUED)),
            models.Index(fields=["lease_until"], name="job_under_lease", condition=Q(state=State.RUNNING)),
            models.Index(fields=["owner", "-asked_at"], name="job_of_owner"),
        ]
