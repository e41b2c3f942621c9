"""Tables of the alarms room. Who may write them: actions.py."""

from django.db import models
from django.db.models import Q

from fangxian.ops.realm.privacy import PUBLIC, days_after, declare, kept

KEPT_DAYS = 366
TERM = days_after(KEPT_DAYS, "begins_at", source="a guess: a year, so that a season can be held against the one before")


class Alarm(models.Model):
    """One row is one thing that was wrong, or is: of one kind, with one gate or with none in particular.

    It is over when `ends_at` says so; at most one of a kind and source stands at a time.
    """

    id = models.BigAutoField(primary_key=True)
    kind = models.CharField(max_length=40, help_text="a key of kinds.KINDS")
    source = models.CharField(
        max_length=60, blank=True, default="", help_text="a gate's number, or where it is asked; empty for no gate's"
    )
    begins_at = models.DateTimeField(help_text="county time")
    ends_at = models.DateTimeField(null=True, blank=True, help_text="county time; none: it stands")
    n_by_hand = models.PositiveIntegerField(default=0, help_text="scans meanwhile that were not recorded")

    privacy = declare(kept(PUBLIC, TERM, "id", "kind", "source", "begins_at", "ends_at", "n_by_hand"))

    class Meta:
        ordering = ["-begins_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "source"], condition=Q(ends_at__isnull=True), name="alarm_stands_once"
            )
        ]
        indexes = [models.Index(fields=["ends_at"], name="alarm_ends_at")]
