"""Tables of the changes room. Who may write them: actions.py."""

from django.db import models
from django.db.models import Q

from fangxian.ops.realm.privacy import FOR_GOOD, HEALTH, PSEUDONYMOUS, PUBLIC, days_after, declare, kept

KEPT_DAYS = 8
TERM = days_after(
    KEPT_DAYS,
    "published_at",
    source="个人信息保护法 §19, no longer than needed; a guess: a reader away for a week asks for a whole base instead",
)


class Series(models.Model):
    """One row is one topic's count: the number its newest change has."""

    topic = models.CharField(max_length=40, primary_key=True)
    last_number = models.PositiveBigIntegerField(default=0)

    privacy = declare(kept(PUBLIC, FOR_GOOD, "topic", "last_number"))


class Change(models.Model):
    """One row is one change that readers are told of: `key` is now as `payload` says, absolutely.

    `number` is empty until the numberer has seen the row committed; then it is the topic's next.
    """

    id = models.BigAutoField(primary_key=True)
    topic = models.CharField(max_length=40)
    key = models.CharField(max_length=80)
    payload = models.JSONField()
    published_at = models.DateTimeField(help_text="county time")
    number = models.PositiveBigIntegerField(null=True, blank=True)

    privacy = declare(
        kept(PUBLIC, TERM, "id", "topic", "published_at", "number"),
        kept(PSEUDONYMOUS, TERM, "key"),
        kept(HEALTH, TERM, "payload"),
    )

    class Meta:
        ordering = ["topic", "number", "id"]
        constraints = [models.UniqueConstraint(fields=["topic", "number"], name="change_number_once_a_topic")]
        indexes = [
            models.Index(fields=["topic", "id"], name="change_not_numbered_yet", condition=Q(number__isnull=True)),
            models.Index(fields=["published_at"], name="change_published_at"),
        ]
