"""Tables of the record. Who may write them: actions.py.

Moments in hashed tables are whole microseconds since 1970 and identifiers are plain text, so that one
value has one representation on both databases: no byte can change without the hash changing.
"""

from datetime import UTC, datetime, timedelta

from django.db import models
from django.db.models import Q

from fangxian.ops.realm.privacy import (
    FOR_GOOD,
    PERSONAL,
    PSEUDONYMOUS,
    PUBLIC,
    Fate,
    days_after,
    declare,
    kept,
)

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
VIEWS_KEPT_DAYS = 184

ON_ORDER = days_after(
    0,
    "erased_at",
    fate=Fate.FIELD_BLANKED,
    source="个人信息保护法 §47: erased by audit.actions.erase_details on an order, which is named in `erased_by`",
)


def moment(us: int) -> datetime:
    """The aware UTC datetime of a stored moment."""
    return EPOCH + timedelta(microseconds=us)


def microseconds(at: datetime) -> int:
    """A datetime as it is stored."""
    return (at - EPOCH) // timedelta(microseconds=1)


class AuditLine(models.Model):
    """One row is one thing done (审计记录): by whom, about whom, when. Never updated, never deleted.

    `commitment` is SHA-256 over the salt and text of its `AuditDetail`; `facts` is canonical JSON that stays
    readable when the detail is erased, so nothing personal may stand in it.
    """

    id = models.BigAutoField(primary_key=True)
    uuid = models.CharField(max_length=32)
    at_us = models.BigIntegerField(help_text="county time, µs since 1970")
    recorded_us = models.BigIntegerField(help_text="wall time, µs since 1970")
    action = models.CharField(max_length=80)
    actor = models.CharField(max_length=32, help_text="pseudonym")
    subjects = models.TextField(help_text="pseudonyms, sorted, parted by spaces")
    unit = models.CharField(max_length=36, help_text="unit of whoever acted, empty for a program")
    commitment = models.BinaryField(max_length=32)
    facts = models.TextField()

    privacy = declare(
        kept(PUBLIC, FOR_GOOD, "id", "uuid", "at_us", "recorded_us", "action", "unit", "commitment", "facts"),
        kept(PSEUDONYMOUS, FOR_GOOD, "actor", "subjects"),
    )

    @property
    def at(self) -> datetime:
        """County time."""
        return moment(self.at_us)

    @property
    def recorded_at(self) -> datetime:
        """Wall time."""
        return moment(self.recorded_us)

    class Meta:
        ordering = ["-id"]


class AuditDetail(models.Model):
    """One row is what one line was told in clear, sealed: who, about whom, with which particulars.

    Erased, `salt` and `sealed` are empty, and the order and the line that recorded the erasure are set.
    """

    line = models.OneToOneField(AuditLine, primary_key=True, on_delete=models.DO_NOTHING, related_name="detail")
    salt = models.BinaryField(max_length=16, blank=True)
    sealed = models.BinaryField(blank=True)
    erased_by = models.CharField(max_length=80, default="", help_text="number of the order")
    erased_in = models.ForeignKey(AuditLine, null=True, on_delete=models.DO_NOTHING, related_name="+", db_index=False)
    erased_at = models.DateTimeField(null=True, help_text="county time, that of the line in `erased_in`")

    privacy = declare(
        kept(PUBLIC, FOR_GOOD, "line", "erased_by", "erased_in", "erased_at"),
        kept(PERSONAL, ON_ORDER, "salt", "sealed"),
    )


class AuditWaiting(models.Model):
    """One row is one committed line that is not sealed yet; the sealer's queue."""

    line = models.OneToOneField(
        AuditLine, primary_key=True, on_delete=models.DO_NOTHING, related_name="+", db_constraint=False
    )

    privacy = declare(kept(PUBLIC, FOR_GOOD, "line"))


class AuditSeal(models.Model):
    """One row is one link of the chain: line number `seq` in the one order, bound to all before it."""

    seq = models.BigIntegerField(primary_key=True)
    line = models.OneToOneField(AuditLine, on_delete=models.DO_NOTHING, related_name="seal")
    sealed_us = models.BigIntegerField(help_text="wall time, µs since 1970")
    line_hash = models.BinaryField(max_length=32)
    previous_hash = models.BinaryField(max_length=32)
    hash = models.BinaryField(max_length=32)

    privacy = declare(kept(PUBLIC, FOR_GOOD, "seq", "line", "sealed_us", "line_hash", "previous_hash", "hash"))

    @property
    def sealed_at(self) -> datetime:
        return moment(self.sealed_us)

    class Meta:
        ordering = ["-seq"]


class AuditSubject(models.Model):
    """One row says that one sealed line is about one subject; written by the sealer, to find lines by."""

    id = models.BigAutoField(primary_key=True)
    subject = models.CharField(max_length=32)
    line = models.ForeignKey(AuditLine, on_delete=models.DO_NOTHING, related_name="+")

    privacy = declare(
        kept(PUBLIC, FOR_GOOD, "id", "line"),
        kept(PSEUDONYMOUS, FOR_GOOD, "subject"),
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["subject", "line"], name="auditsubject_once_a_line")]


class ViewLog(models.Model):
    """One row is one look of one account at one record (查看记录); `line` is the line that covers it."""

    id = models.BigAutoField(primary_key=True)
    viewer = models.UUIDField(help_text="account")
    subject = models.CharField(max_length=32, help_text="pseudonym")
    why = models.CharField(max_length=80, help_text="dotted name of the page or purpose")
    seen_at = models.DateTimeField(help_text="county time")
    line = models.ForeignKey(AuditLine, null=True, on_delete=models.DO_NOTHING, related_name="+")

    privacy = declare(
        kept(
            PSEUDONYMOUS,
            days_after(
                VIEWS_KEPT_DAYS,
                "seen_at",
                source="网络安全法 §21: logs at least six months; 个人信息保护法 §19: no longer",
            ),
            "id",
            "viewer",
            "subject",
            "why",
            "seen_at",
            "line",
        ),
    )

    class Meta:
        ordering = ["-seen_at", "-id"]
        indexes = [
            models.Index(fields=["subject", "-seen_at"], name="viewlog_subject_seen"),
            models.Index(fields=["viewer"], name="viewlog_not_yet_in_a_line", condition=Q(line__isnull=True)),
        ]
