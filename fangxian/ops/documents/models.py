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


PRINTED_TERM = days_after(
    30, "made_at", source="a guess: a print shop has asked for it within a month; it can be asked for anew at any time"
)


class PrintRun(models.Model):
    """One row is one print run (印制批次): many papers of one kind for one area, made by the worker in parts.

    `ended_at` is none until the last part is made. The runs stay when their files are gone: what was printed last is
    how the next run knows what has changed.
    """

    class Layout(models.TextChoices):
        A4 = "a4"
        A5 = "a5"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=60)
    area_path = models.CharField(max_length=15)
    layout = models.CharField(max_length=4, choices=Layout)
    is_changed_only = models.BooleanField(default=False)
    job = models.UUIDField(null=True, blank=True, help_text="of the jobs room, as long as it is kept there")
    n_subjects = models.PositiveIntegerField()
    n_sheets = models.PositiveIntegerField(help_text="papers to be made, without covers")
    asked_by = models.CharField(max_length=60)
    asked_at = models.DateTimeField(help_text="county time")
    ended_at = models.DateTimeField(null=True, blank=True, help_text="county time")

    privacy = declare(
        kept(PUBLIC, FOR_GOOD, "id", "kind", "area_path", "layout", "is_changed_only", "job", "n_subjects", "n_sheets"),
        kept(PUBLIC, FOR_GOOD, "asked_at", "ended_at"),
        kept(PSEUDONYMOUS, FOR_GOOD, "asked_by"),
    )

    class Meta:
        ordering = ["-asked_at", "id"]
        indexes = [models.Index(fields=["kind", "-asked_at"], name="print_run_of_kind")]


class PrintPart(models.Model):
    """One row is one part of a print run: one file. Until `made_at` it is a plan, and a worker that is killed goes on
    with the first that is not made.

    `subjects` is [subject, …] as planned; `shows` is {subject: what its papers show} as made.
    """

    id = models.BigAutoField(primary_key=True)
    run = models.ForeignKey(PrintRun, on_delete=models.PROTECT, related_name="parts")
    number = models.PositiveSmallIntegerField()
    title_zh = models.CharField(max_length=120)
    title_en = models.CharField(max_length=200)
    subjects = models.JSONField(default=list)
    shows = models.JSONField(default=dict)
    n_sheets = models.PositiveIntegerField()
    n_pages = models.PositiveIntegerField(default=0, help_text="with covers and lists; 0: not made yet")
    n_bytes = models.PositiveBigIntegerField(default=0)
    file = StoredFile(blank=True, default="")
    made_at = models.DateTimeField(null=True, blank=True, help_text="county time")

    privacy = declare(
        kept(PUBLIC, FOR_GOOD, "id", "run", "number", "title_zh", "title_en", "subjects", "shows", "n_sheets"),
        kept(PUBLIC, FOR_GOOD, "n_pages", "n_bytes", "made_at"),
        kept(PUBLIC, PRINTED_TERM, "file"),
    )

    class Meta:
        ordering = ["run", "number"]
        constraints = [models.UniqueConstraint(fields=["run", "number"], name="print_part_once")]
