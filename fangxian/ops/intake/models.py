"""Tables of the intake room. Who may write them: actions.py."""

import uuid

from django.db import models
from django.db.models import F, Q

from fangxian.ops.realm.privacy import FOR_GOOD, PERSONAL, PSEUDONYMOUS, PUBLIC, Fate, days_after, declare, kept
from fangxian.ops.realm.sealed import SealedText, StoredFile

HALF_A_YEAR = days_after(
    183,
    "received_at",
    source="网络安全法 §21(3): what shows how the network was used is kept six months; 个人信息保护法 §19: no longer",
    fate=Fate.FIELD_BLANKED,
)
A_MONTH = days_after(
    30,
    "refused_at",
    source="个人信息保护法 §19: the shortest time needed, here to send the refused rows back and have them mended",
)


class State(models.TextChoices):
    RECEIVED = "received"
    MAPPED = "mapped"
    CLOSED = "closed"
    REFUSED = "refused"


class Intake(models.Model):
    """One row is one file that came in, of one kind, from one source (for a workbook, one of its sheets).

    `sheet_number` counts from 1, 0 for text and for a file that could not be opened. `headers` and `mapping`
    are JSON: a list by column, and header → field. `n_rows` counts the rows below the head that have anything
    in them; each ends as accepted or refused. `earlier` is the first intake of the same content from another
    source, as another kind or sheet. All times are county time.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=60)
    source = models.CharField(max_length=80, help_text="who sends it, such as unit:<uuid>")
    area_path = models.CharField(max_length=15, db_index=True)
    file = StoredFile(default="", blank=True, db_index=True)
    rows_file = StoredFile(default="", blank=True, help_text="a workbook's rows as they were read: kept_rows")
    file_name = SealedText(default="")
    n_bytes = models.BigIntegerField()
    file_format = models.CharField(max_length=4, blank=True, default="")
    encoding = models.CharField(max_length=20, blank=True, default="")
    delimiter = models.CharField(max_length=1, blank=True, default="")
    sheet = SealedText(default="")
    sheet_number = models.IntegerField(default=0)
    warnings = models.JSONField(default=list, help_text="names of wire.WARNINGS")
    header_row = models.IntegerField(default=0)
    headers = SealedText(default="")
    mapping = SealedText(default="")
    n_rows = models.IntegerField(default=0)
    n_accepted = models.IntegerField(default=0)
    n_refused = models.IntegerField(default=0)
    n_remarked = models.IntegerField(default=0, help_text="of those accepted, how many were taken without something")
    state = models.CharField(max_length=8, choices=State, default=State.RECEIVED)
    refusal_code = models.CharField(max_length=60, blank=True, default="")
    refusal_zh = SealedText(default="")
    refusal_en = SealedText(default="")
    received_at = models.DateTimeField()
    received_by = models.CharField(max_length=60)
    closed_at = models.DateTimeField(null=True, blank=True)
    earlier = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL, related_name="later")

    privacy = declare(
        kept(PUBLIC, FOR_GOOD, "id", "kind", "source", "area_path", "n_bytes", "file_format", "encoding", "delimiter"),
        kept(PUBLIC, FOR_GOOD, "sheet_number", "warnings", "header_row", "n_rows", "n_accepted", "n_refused"),
        kept(PUBLIC, FOR_GOOD, "n_remarked"),
        kept(PUBLIC, FOR_GOOD, "state", "refusal_code", "received_at", "closed_at", "earlier"),
        kept(PSEUDONYMOUS, FOR_GOOD, "received_by"),
        kept(PERSONAL, HALF_A_YEAR, "rows_file"),
        kept(PERSONAL, HALF_A_YEAR, "file", "file_name", "sheet", "headers", "mapping", "refusal_zh", "refusal_en"),
    )

    class Meta:
        ordering = ["-received_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "source", "file", "sheet_number"],
                condition=~Q(file="") & ~Q(state=State.REFUSED),
                name="intake_once_a_file",
            ),
            models.CheckConstraint(
                condition=~Q(state=State.CLOSED) | Q(n_rows=F("n_accepted") + F("n_refused"), closed_at__isnull=False),
                name="intake_accounts_for_every_row",
            ),
            models.CheckConstraint(
                condition=Q(state=State.REFUSED) | Q(refusal_code=""), name="intake_is_refused_when_refused"
            ),
        ]
        indexes = [models.Index(fields=["source", "kind", "-received_at"], name="intake_by_source")]


class HeaderMapping(models.Model):
    """One row is what one header of one source means in one kind of file, as last confirmed by a person.

    `field` is "" for a header that was left out on purpose.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    source = models.CharField(max_length=80)
    kind = models.CharField(max_length=60)
    header = models.CharField(max_length=200)
    field = models.CharField(max_length=60, blank=True, default="")
    mapped_at = models.DateTimeField(help_text="county time")
    mapped_by = models.CharField(max_length=60)

    privacy = declare(
        kept(PUBLIC, FOR_GOOD, "id", "source", "kind", "header", "field", "mapped_at"),
        kept(PSEUDONYMOUS, FOR_GOOD, "mapped_by"),
    )

    class Meta:
        ordering = ["source", "kind", "header"]
        constraints = [models.UniqueConstraint(fields=["source", "kind", "header"], name="mapping_once_a_header")]


class RefusedRow(models.Model):
    """One row is one row of a file that was not taken, or not wholly: its number, why, and its cells (JSON list)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    intake = models.ForeignKey(Intake, on_delete=models.CASCADE, related_name="refused_rows")
    row_number = models.IntegerField()
    was_taken = models.BooleanField(default=False, help_text="taken, without what is said here")
    refusal_code = models.CharField(max_length=60)
    zh = SealedText()
    en = SealedText()
    cells = SealedText()
    refused_at = models.DateTimeField(help_text="county time")

    privacy = declare(
        kept(PUBLIC, A_MONTH, "id", "intake", "row_number", "was_taken", "refusal_code", "refused_at"),
        kept(PERSONAL, A_MONTH, "zh", "en", "cells"),
    )

    class Meta:
        ordering = ["intake", "row_number"]
        constraints = [models.UniqueConstraint(fields=["intake", "row_number"], name="refused_once_a_row")]
