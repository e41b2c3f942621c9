"""Tables of the hand-over room. Who may write them: actions.py."""

import uuid

from django.db import models
from django.db.models import Q

from fangxian.ops.realm.privacy import (
    FOR_GOOD,
    HEALTH,
    PERSONAL,
    PSEUDONYMOUS,
    PUBLIC,
    WITH_THE_EPIDEMIC,
    Fate,
    days_after,
    declare,
    kept,
)
from fangxian.ops.realm.sealed import BlindIndex, SealedText, StoredFile

from .words import Subject

TEN_YEARS = days_after(
    3653,
    "made_at",
    source="机关文件材料归档范围和文书档案保管期限规定 (国家档案局令第8号, 2006): as its letter",
)


HOW_IT_WAS_VERIFIED = days_after(
    1096,
    "decided_at",
    source="个人信息保护法 §19: no longer than needed; three years, as a case file (传染病信息报告管理规范 2015)",
    fate=Fate.FIELD_BLANKED,
)
SUBJECTS = [(str(it), str(it)) for it in Subject]


class CountyKey(models.Model):
    """One row is one public key with which another county signs what it sends.

    `public_key` is 32 bytes of Ed25519 in hex. It counts once a second person has confirmed it with that county.
    """

    class State(models.TextChoices):
        NOTED = "noted"
        CONFIRMED = "confirmed"
        REJECTED = "rejected"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    division_code = models.CharField(max_length=12, help_text="the county that says the key is its own")
    county_zh = models.CharField(max_length=80)
    county_en = models.CharField(max_length=160)
    realm_kind = models.CharField(max_length=10, help_text="live, demo or drill: what the people in its packages are")
    key_id = models.PositiveSmallIntegerField(help_text="the key's number in its own county")
    public_key = models.CharField(max_length=64)
    state = models.CharField(max_length=10, choices=State, default=State.NOTED)
    noted_at = models.DateTimeField(help_text="county time")
    noted_by = models.CharField(max_length=60)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.CharField(max_length=60, blank=True, default="")
    decided_because = SealedText(default="")

    privacy = declare(
        kept(PUBLIC, FOR_GOOD, "id", "division_code", "county_zh", "county_en", "realm_kind", "key_id", "public_key"),
        kept(PUBLIC, FOR_GOOD, "state", "noted_at", "decided_at"),
        kept(PSEUDONYMOUS, FOR_GOOD, "noted_by", "decided_by"),
        kept(PERSONAL, HOW_IT_WAS_VERIFIED, "decided_because"),
    )

    class Meta:
        ordering = ["division_code", "-noted_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["division_code", "public_key"], name="county_key_once"),
            models.CheckConstraint(
                condition=Q(state="noted", decided_at__isnull=True) | (~Q(state="noted") & Q(decided_at__isnull=False)),
                name="county_key_decided_when_decided",
            ),
        ]


class Package(models.Model):
    """One row is one hand-over package (转出包), of ours to another county or of another's to us.

    `id` and `number` are its sender's. `division_code` and `county_*` name the other county. `file` is the zip as
    it was made or came; `digest` (SHA-256, hex) that of its signed content.
    """

    class Direction(models.TextChoices):
        OUT = "out"
        IN = "in"

    class State(models.TextChoices):
        PREPARED = "prepared"
        SENT = "sent"
        ANSWERED = "answered"
        WITHDRAWN = "withdrawn"
        HELD = "held"
        RECEIVED = "received"
        TAKEN_OVER = "taken_over"
        REJECTED = "rejected"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    direction = models.CharField(max_length=3, choices=Direction)
    number = models.CharField(max_length=80)
    disease = models.CharField(max_length=40)
    division_code = models.CharField(max_length=12)
    county_zh = models.CharField(max_length=80)
    county_en = models.CharField(max_length=160)
    area_path = models.CharField(max_length=15, help_text="of ours, for whose eyes it is")
    n_rows = models.PositiveIntegerField()
    file = StoredFile()
    digest = models.CharField(max_length=64)
    reason = SealedText(default="")
    state = models.CharField(max_length=10, choices=State)
    document = models.UUIDField(null=True, blank=True, help_text="the covering letter of ours")
    signer = models.ForeignKey(CountyKey, null=True, blank=True, on_delete=models.PROTECT, related_name="packages")
    made_at = models.DateTimeField(help_text="when it was made here, or came here; county time")
    made_by = models.CharField(max_length=60)
    sent_at = models.DateTimeField(null=True, blank=True)
    sent_by = models.CharField(max_length=60, blank=True, default="")
    due_at = models.DateTimeField(
        null=True, blank=True, help_text="when the receipt is due: theirs to us, ours to them"
    )
    closed_at = models.DateTimeField(null=True, blank=True)

    privacy = declare(
        kept(PUBLIC, TEN_YEARS, "id", "direction", "number", "disease", "division_code", "county_zh", "county_en"),
        kept(PUBLIC, TEN_YEARS, "area_path", "n_rows", "digest", "state", "document", "signer"),
        kept(PUBLIC, TEN_YEARS, "made_at", "sent_at", "due_at", "closed_at"),
        kept(PSEUDONYMOUS, TEN_YEARS, "made_by", "sent_by"),
        kept(HEALTH, WITH_THE_EPIDEMIC, "file", "reason"),
    )

    class Meta:
        ordering = ["-made_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(direction="out", signer__isnull=True) | Q(direction="in", signer__isnull=False),
                name="package_has_the_signer_it_came_with",
            ),
            models.CheckConstraint(
                condition=~Q(state="sent") | Q(sent_at__isnull=False, due_at__isnull=False),
                name="package_sent_has_a_clock",
            ),
        ]
        indexes = [
            models.Index(fields=["area_path", "direction", "-made_at"], name="package_of_area"),
            models.Index(fields=["due_at"], name="package_waits", condition=Q(closed_at__isnull=True)),
        ]


class PackageRow(models.Model):
    """One row is one person of a package, and what came of them where it arrived.

    `outer_id` is the sender's id of the case or contact, `subject_id` ours: of a package of ours they are the same.
    """

    class Outcome(models.TextChoices):
        NONE = ""
        NEW = "new"
        MERGED = "merged"
        KNOWN = "known"
        REFUSED = "refused"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    package = models.ForeignKey(Package, on_delete=models.CASCADE, related_name="rows")
    row_number = models.PositiveIntegerField()
    kind = models.CharField(max_length=10, choices=SUBJECTS)
    outer_id = models.UUIDField()
    subject_id = models.UUIDField(null=True, blank=True)
    content = SealedText(help_text="the row as it was signed: JSON")
    outcome = models.CharField(max_length=8, choices=Outcome, blank=True, default="")
    said_zh = SealedText(default="")
    said_en = SealedText(default="")

    privacy = declare(
        kept(PUBLIC, WITH_THE_EPIDEMIC, "id", "package", "row_number", "kind", "outcome"),
        kept(PSEUDONYMOUS, WITH_THE_EPIDEMIC, "outer_id", "subject_id"),
        kept(HEALTH, WITH_THE_EPIDEMIC, "content", "said_zh", "said_en"),
    )

    class Meta:
        ordering = ["package", "row_number"]
        constraints = [models.UniqueConstraint(fields=["package", "row_number"], name="package_row_once")]
        indexes = [models.Index(fields=["subject_id"], name="package_row_subject")]


class Receipt(models.Model):
    """One row is the signed answer to one package: of the other county to ours, or of ours to theirs."""

    package = models.OneToOneField(Package, primary_key=True, on_delete=models.CASCADE, related_name="receipt")
    file = StoredFile()
    digest = models.CharField(max_length=64)
    n_new = models.PositiveIntegerField()
    n_merged = models.PositiveIntegerField()
    n_known = models.PositiveIntegerField()
    n_refused = models.PositiveIntegerField()
    signed_at = models.DateTimeField(help_text="as its signer says; county time")
    kept_at = models.DateTimeField(help_text="county time")
    kept_by = models.CharField(max_length=60)

    privacy = declare(
        kept(PUBLIC, WITH_THE_EPIDEMIC, "package", "digest", "n_new", "n_merged", "n_known", "n_refused"),
        kept(PUBLIC, WITH_THE_EPIDEMIC, "signed_at", "kept_at"),
        kept(PSEUDONYMOUS, WITH_THE_EPIDEMIC, "kept_by"),
        kept(HEALTH, WITH_THE_EPIDEMIC, "file"),
    )

    class Meta:
        ordering = ["-kept_at"]


class OuterRecord(models.Model):
    """One row is what a record of ours is called where it came from, so that it is known when it comes again.

    `source` is whose list it was, such as division:<code> or unit:<uuid>; the id may be a person's name.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    source = models.CharField(max_length=80)
    kind = models.CharField(max_length=10, choices=SUBJECTS)
    outer_index = BlindIndex()
    outer_id = SealedText()
    outer_number = SealedText(blank=True, default="")
    subject_id = models.UUIDField()
    noted_at = models.DateTimeField(help_text="county time")

    privacy = declare(
        kept(PUBLIC, WITH_THE_EPIDEMIC, "id", "source", "kind", "noted_at"),
        kept(PSEUDONYMOUS, WITH_THE_EPIDEMIC, "outer_index", "subject_id"),
        kept(PERSONAL, WITH_THE_EPIDEMIC, "outer_id", "outer_number"),
    )

    class Meta:
        ordering = ["source", "kind", "noted_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["source", "kind", "outer_index"], name="outer_record_once"),
        ]
        indexes = [models.Index(fields=["subject_id"], name="outer_record_subject")]
