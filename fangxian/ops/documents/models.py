"""Tables of the documents room. Who may write them: actions.py."""

import uuid

from django.db import models
from django.db.models import F, Q

from fangxian.ops.realm.privacy import FOR_GOOD, HEALTH, PSEUDONYMOUS, PUBLIC, days_after, declare, kept
from fangxian.ops.realm.sealed import SealedText, StoredFile

TEN_YEARS = days_after(
    3653, "issued_at", source="机关文件材料归档范围和文书档案保管期限规定 (国家档案局令第8号, 2006): ten years"
)


class NumberSeries(models.Model):
    """One row is one series of numbers (发文字号) of one issuer; `pattern` holds {year} and {n}."""

    key = models.CharField(max_length=60, primary_key=True)
    issuer_zh = models.CharField(max_length=80)
    issuer_en = models.CharField(max_length=160)
    pattern = models.CharField(max_length=60)

    privacy = declare(kept(PUBLIC, FOR_GOOD, "key", "issuer_zh", "issuer_en", "pattern"))

    class Meta:
        ordering = ["key"]


class SeriesYear(models.Model):
    """One row is one year of one series: the number its newest document has."""

    id = models.BigAutoField(primary_key=True)
    series = models.ForeignKey(NumberSeries, on_delete=models.PROTECT, related_name="years")
    year = models.PositiveSmallIntegerField()
    last_number = models.PositiveIntegerField(default=0)

    privacy = declare(kept(PUBLIC, FOR_GOOD, "id", "series", "year", "last_number"))

    class Meta:
        ordering = ["series", "year"]
        constraints = [models.UniqueConstraint(fields=["series", "year"], name="series_year_once")]


class Document(models.Model):
    """One row is one issued document (文书), exactly as issued; it can be withdrawn, and never changed.

    `content` is JSON in the shape its template wants; `digest` (SHA-256, hex) covers everything printed;
    `proof` is the signed text in its QR code. `pdf` is empty until it is first printed.
    """

    class State(models.TextChoices):
        ISSUED = "issued"
        WITHDRAWN = "withdrawn"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    series = models.ForeignKey(NumberSeries, on_delete=models.PROTECT, related_name="documents")
    year = models.PositiveSmallIntegerField()
    n = models.PositiveIntegerField()
    number = models.CharField(max_length=80, unique=True)
    kind = models.CharField(max_length=60)
    template = models.CharField(max_length=20)
    title_zh = models.CharField(max_length=160)
    title_en = models.CharField(max_length=240)
    basis = models.TextField()
    about = models.CharField(max_length=60, blank=True, default="", help_text="subject, such as person:<uuid>")
    area_path = models.CharField(max_length=15)
    content = SealedText()
    digest = models.CharField(max_length=64)
    proof = models.TextField()
    approval = models.CharField(max_length=36, blank=True, default="", help_text="id of the approval it rests on")
    issued_at = models.DateTimeField(help_text="county time")
    issued_by = models.CharField(max_length=60)
    state = models.CharField(max_length=10, choices=State, default=State.ISSUED)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.CharField(max_length=60, blank=True, default="")
    withdrawn_because = SealedText(default="")
    pdf = StoredFile(blank=True, default="")

    privacy = declare(
        kept(PUBLIC, TEN_YEARS, "id", "series", "year", "n", "number", "kind", "template", "title_zh", "title_en"),
        kept(PUBLIC, TEN_YEARS, "basis", "area_path", "digest", "proof", "approval"),
        kept(PUBLIC, TEN_YEARS, "issued_at", "state", "withdrawn_at"),
        kept(PSEUDONYMOUS, TEN_YEARS, "about", "issued_by", "withdrawn_by"),
        kept(HEALTH, TEN_YEARS, "content", "withdrawn_because", "pdf"),
    )

    class Meta:
        ordering = ["-issued_at", "-n"]
        constraints = [
            models.UniqueConstraint(fields=["series", "year", "n"], name="document_number_once"),
            models.CheckConstraint(condition=Q(n__gte=1), name="document_numbers_begin_at_one"),
            models.CheckConstraint(
                condition=Q(state="issued", withdrawn_at__isnull=True)
                | Q(state="withdrawn", withdrawn_at__gte=F("issued_at")),
                name="document_withdrawn_when_withdrawn",
            ),
        ]
        indexes = [models.Index(fields=["about"]), models.Index(fields=["area_path", "-issued_at"])]
