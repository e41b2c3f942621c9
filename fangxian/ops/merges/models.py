"""Tables of the merges room. Who may write them: actions.py."""

import uuid

from django.db import models
from django.db.models import Q

from fangxian.ops.realm.privacy import HEALTH, PSEUDONYMOUS, PUBLIC, WITH_THE_EPIDEMIC, days_after, declare, kept
from fangxian.ops.realm.sealed import SealedText

WHILE_IT_CAN_BE_UNDONE = days_after(
    60,
    "moved_at",
    source="个人信息保护法 §19, no longer than needed; a guess: two months to find out that these were two people",
    or_with_the_epidemic=True,
)


class Merge(models.Model):
    """One row is one merge (合并): of two records of the register, of two cases, or of both at once.

    Where a case was merged the cases are named; where records were, they are. `left` is JSON, a list of {table, key,
    why}: what was not put back when it was undone, for a person to settle. Times are county time.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kept_person = models.UUIDField(null=True, blank=True)
    merged_person = models.UUIDField(null=True, blank=True)
    kept_case = models.UUIDField(null=True, blank=True)
    merged_case = models.UUIDField(null=True, blank=True)
    reason = SealedText()
    united = SealedText(blank=True, default="", help_text="JSON: of two contacts made one the one gone → the one left")
    n_moved = models.PositiveIntegerField(default=0, help_text="how many rows were changed by it")
    merged_at = models.DateTimeField()
    merged_by = models.CharField(max_length=60)
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.CharField(max_length=60, blank=True, default="")
    undone_why = SealedText(blank=True, default="")
    left = SealedText(blank=True, default="")

    privacy = declare(
        kept(PUBLIC, WITH_THE_EPIDEMIC, "id", "n_moved", "merged_at", "undone_at"),
        kept(PSEUDONYMOUS, WITH_THE_EPIDEMIC, "kept_person", "merged_person", "kept_case", "merged_case"),
        kept(PSEUDONYMOUS, WITH_THE_EPIDEMIC, "merged_by", "undone_by"),
        kept(HEALTH, WITH_THE_EPIDEMIC, "reason", "united", "undone_why", "left"),
    )

    class Meta:
        ordering = ["-merged_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kept_person__isnull=False, merged_person__isnull=False)
                | Q(kept_case__isnull=False, merged_case__isnull=False),
                name="merge_is_of_two",
            ),
            models.CheckConstraint(
                condition=Q(undone_at__isnull=True, undone_by="") | (Q(undone_at__isnull=False) & ~Q(undone_by="")),
                name="merge_is_undone_by_somebody",
            ),
        ]
        indexes = [
            models.Index(fields=["kept_case"], name="merge_into_case", condition=Q(kept_case__isnull=False)),
            models.Index(fields=["merged_case"], name="merge_of_case", condition=Q(merged_case__isnull=False)),
            models.Index(fields=["kept_person"], name="merge_into_person", condition=Q(kept_person__isnull=False)),
            models.Index(fields=["merged_person"], name="merge_of_person", condition=Q(merged_person__isnull=False)),
        ]


class MovedRow(models.Model):
    """One row is one row of some room as one merge changed it: which, and what it said before and after.

    `before` and `after` are JSON of the columns that differ; of a row that was taken away or made, of all of it, and
    the other is empty. They are kept while the merge can be undone, and no longer.
    """

    id = models.BigAutoField(primary_key=True)
    merge = models.ForeignKey(Merge, on_delete=models.CASCADE, related_name="moved")
    table = models.CharField(max_length=60)
    key = models.CharField(max_length=40, help_text="the row's own id")
    before = SealedText(blank=True, default="")
    after = SealedText(blank=True, default="")
    moved_at = models.DateTimeField(help_text="county time")

    privacy = declare(
        kept(PUBLIC, WHILE_IT_CAN_BE_UNDONE, "id", "table", "moved_at"),
        kept(PSEUDONYMOUS, WHILE_IT_CAN_BE_UNDONE, "merge", "key"),
        kept(HEALTH, WHILE_IT_CAN_BE_UNDONE, "before", "after"),
    )

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["moved_at"], name="moved_row_at")]
