"""Tables of the sheets room. Who may write them: actions.py."""

import uuid

from django.db import models
from django.db.models import Q

from fangxian.ops.realm.privacy import FOR_GOOD, PSEUDONYMOUS, PUBLIC, declare, kept
from fangxian.ops.realm.sealed import StoredFile


class Template(models.Model):
    """One row is one form of the county's own (表格模板) and the source it is filled in from, whatever its version."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=80)
    source = models.CharField(max_length=40, help_text="a key of situation.sheet_sources")
    kept_at = models.DateTimeField(help_text="county time")
    kept_by = models.CharField(max_length=60)
    withdrawn_at = models.DateTimeField(null=True, blank=True, help_text="county time")
    withdrawn_by = models.CharField(max_length=60, blank=True, default="")
    withdrawn_why = models.CharField(max_length=200, blank=True, default="")

    privacy = declare(
        kept(PUBLIC, FOR_GOOD, "id", "name", "source", "kept_at", "withdrawn_at", "withdrawn_why"),
        kept(PSEUDONYMOUS, FOR_GOOD, "kept_by", "withdrawn_by"),
    )

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["name"], condition=Q(withdrawn_at__isnull=True), name="sheet_once_under_its_name"
            )
        ]


class TemplateVersion(models.Model):
    """One row is one version of a form: its file without what stood in its rows, where its table is, its columns.

    `layout` and `columns` are JSON (wire.Layout, a list of wire.ColumnMeaning by column). Filled in is the newest
    version somebody has confirmed. `digest` is of the file as it was uploaded, so that the same again is known.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    template = models.ForeignKey(Template, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveSmallIntegerField()
    file = StoredFile()
    digest = models.CharField(max_length=64, help_text="SHA-256 of the file, in hexadecimal")
    layout = models.JSONField()
    columns = models.JSONField(default=list)
    uploaded_at = models.DateTimeField(help_text="county time")
    uploaded_by = models.CharField(max_length=60)
    confirmed_at = models.DateTimeField(null=True, blank=True, help_text="county time")
    confirmed_by = models.CharField(max_length=60, blank=True, default="")

    privacy = declare(
        kept(PUBLIC, FOR_GOOD, "id", "template", "number", "file", "digest", "layout", "columns"),
        kept(PUBLIC, FOR_GOOD, "uploaded_at", "confirmed_at"),
        kept(PSEUDONYMOUS, FOR_GOOD, "uploaded_by", "confirmed_by"),
    )

    class Meta:
        ordering = ["template", "-number"]
        constraints = [models.UniqueConstraint(fields=["template", "number"], name="sheet_version_once")]


class HeadMeaning(models.Model):
    """One row is what one head means to one source, as last confirmed by a person; `field` is "" for one left empty."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    source = models.CharField(max_length=40)
    head = models.CharField(max_length=200)
    field = models.CharField(max_length=60, blank=True, default="")
    confirmed_at = models.DateTimeField(help_text="county time")
    confirmed_by = models.CharField(max_length=60)

    privacy = declare(
        kept(PUBLIC, FOR_GOOD, "id", "source", "head", "field", "confirmed_at"),
        kept(PSEUDONYMOUS, FOR_GOOD, "confirmed_by"),
    )

    class Meta:
        ordering = ["source", "head"]
        constraints = [models.UniqueConstraint(fields=["source", "head"], name="sheet_head_once_a_source")]


class Fill(models.Model):
    """One row is one form that somebody took out filled in: for which area and days, and how many rows it had.

    `n_rows` is empty for one that did not arrive whole. `begins_on` and `ends_on` are both within.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    version = models.ForeignKey(TemplateVersion, on_delete=models.CASCADE, related_name="fills")
    area_path = models.CharField(max_length=15)
    begins_on = models.DateField()
    ends_on = models.DateField()
    n_rows = models.PositiveIntegerField(null=True, blank=True)
    filled_at = models.DateTimeField(help_text="county time", db_index=True)
    filled_by = models.CharField(max_length=60)

    privacy = declare(
        kept(PUBLIC, FOR_GOOD, "id", "version", "area_path", "begins_on", "ends_on", "n_rows", "filled_at"),
        kept(PSEUDONYMOUS, FOR_GOOD, "filled_by"),
    )

    class Meta:
        ordering = ["-filled_at", "id"]
