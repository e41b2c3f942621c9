"""Tables of the documents room. Who may write them: actions.py. (The lead is writing this room.)"""

import uuid

from django.db import models
from django.db.models import Q

from fangxian.ops.realm.privacy import (
    FIELD_WITH_THE_EPIDEMIC,
    FOR_GOOD,
    HEALTH,
    PSEUDONYMOUS,
    PUBLIC,
    declare,
    kept,
)
from fangxian.ops.realm.sealed import SealedText, StoredFile


class SeriesYear(models.Model):
    """One row is one series of numbers in one year, such as 浮防指 of 2022; `next_number` is the next to be given."""

    series = models.CharField(max_length=40)
    year = models.PositiveSmallIntegerField()
    next_number = models.PositiveIntegerField(default=1)

    privacy = declare(kept(PUBLIC, FOR_GOOD, "id", "series", "year", "next_number"))

    class Meta:
        constraints = [models.UniqueConstraint(fields=["series", "year"], name="document_series_once_a_year")]


class Document(models.Model):
    """One row is one numbered paper, with exactly what it says; never changed, only withdrawn."""

    class State(models.TextChoices):
        ISSUED = "issued"
        WITHDRAWN = "withdrawn"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    series = models.CharField(max_length=40)
    year = models.PositiveSmallIntegerField()
    number = models.PositiveIntegerField()
    number_text = models.CharField(max_length=60, unique=True)
    template = models.CharField(max_length=40)
    title = models.CharField(max_length=160)
    issuer = models.CharField(max_length=120)
    basis = models.TextField()
    area_path = models.CharField(max_length=15, db_index=True)
    about = models.CharField(max_length=80, blank=True, default="", help_text="the subject, “kind:<id>”")
    content = SealedText(help_text="JSON, as the template takes it")
    digest = models.CharField(max_length=64, help_text="SHA-256 of what the paper says, its number included")
    seal = models.CharField(max_length=200, help_text="the signed text in its QR")
    pdf = StoredFile(blank=True, default="")
    state = models.CharField(max_length=12, choices=State, default=State.ISSUED)
    issued_at = models.DateTimeField(help_text="county time")
    issued_by = models.CharField(max_length=60)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_because = SealedText(blank=True, default="")

    privacy = declare(
        kept(PUBLIC, FOR_GOOD, "id", "series", "year", "number", "number_text", "template", "title", "issuer", "basis"),
        kept(PUBLIC, FOR_GOOD, "area_path", "digest", "seal", "state", "issued_at", "withdrawn_at"),
        kept(PSEUDONYMOUS, FOR_GOOD, "issued_by"),
        kept(PSEUDONYMOUS, FIELD_WITH_THE_EPIDEMIC, "about"),
        kept(HEALTH, FIELD_WITH_THE_EPIDEMIC, "content", "pdf", "withdrawn_because"),
    )

    class Meta:
        ordering = ["-issued_at", "series", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["series", "year", "number"], name="document_number_once"),
            models.CheckConstraint(
                condition=Q(state="issued", withdrawn_at__isnull=True) | Q(state="withdrawn", withdrawn_at__isnull=False),
                name="document_withdrawn_at_a_moment",
            ),
        ]
