"""Tables of the measures room. Who may write them: actions.py."""

import uuid

from django.db import models
from django.db.models import F, Q

from fangxian.ops.realm.privacy import FOR_GOOD, PSEUDONYMOUS, PUBLIC, declare, kept


class PublishedRulebook(models.Model):
    """One row is one published version of one rulebook (规则手册), with the text exactly as published.

    In force at a moment: the highest version of a `book` whose `[effective_from, effective_until)` holds it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    book = models.CharField(max_length=60)
    version = models.PositiveIntegerField()
    disease = models.CharField(max_length=40)
    title_zh = models.CharField(max_length=160)
    title_en = models.CharField(max_length=160)
    text = models.TextField()
    digest = models.CharField(max_length=64)
    effective_from = models.DateTimeField()
    effective_until = models.DateTimeField(null=True, blank=True)
    published_at = models.DateTimeField()
    approval = models.CharField(
        max_length=36, blank=True, default="", help_text="id of the approval; empty for a founding one"
    )
    published_by = models.CharField(max_length=60)

    privacy = declare(
        kept(PUBLIC, FOR_GOOD, "id", "book", "version", "disease", "title_zh", "title_en", "text", "digest"),
        kept(PUBLIC, FOR_GOOD, "effective_from", "effective_until", "published_at", "approval"),
        kept(PSEUDONYMOUS, FOR_GOOD, "published_by"),
    )

    class Meta:
        ordering = ["book", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["book", "version"], name="rulebook_version_once"),
            models.CheckConstraint(
                condition=Q(effective_until__isnull=True) | Q(effective_until__gt=F("effective_from")),
                name="rulebook_period_is_forwards",
            ),
        ]


class ProposedRulebook(models.Model):
    """One row is one text of a rulebook of which somebody asked that it be published; `approval` is the request.

    What two people are shown, what they approve and what is then published are this text.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    approval = models.UUIDField(unique=True, help_text="in another room")
    text = models.TextField()
    encoding = models.CharField(max_length=20)
    digest = models.CharField(max_length=64)
    proposed_at = models.DateTimeField(help_text="county time")
    proposed_by = models.CharField(max_length=60)

    privacy = declare(
        kept(PUBLIC, FOR_GOOD, "id", "approval", "text", "encoding", "digest", "proposed_at"),
        kept(PSEUDONYMOUS, FOR_GOOD, "proposed_by"),
    )

    class Meta:
        ordering = ["-proposed_at", "id"]


class Order(models.Model):
    """One row is one signed order (决定、命令) that allows one measure in one area until its sunset.

    `measure` is a word of the disease's pack, such as `health_code_at_doors`; the area is `area_path` and
    everything in it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    number = models.CharField(max_length=60, unique=True)
    disease = models.CharField(max_length=40)
    measure = models.CharField(max_length=60)
    area_path = models.CharField(max_length=15, db_index=True)
    issuer = models.CharField(max_length=120)
    basis = models.TextField()
    reason = models.TextField(blank=True, default="", help_text="what made it necessary")
    begins_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    lifted_at = models.DateTimeField(null=True, blank=True)
    lifted_why = models.TextField(blank=True, default="")
    signed_by = models.CharField(max_length=60)
    is_demonstration = models.BooleanField(default=False)

    privacy = declare(
        kept(PUBLIC, FOR_GOOD, "id", "number", "disease", "measure", "area_path", "issuer", "basis"),
        kept(PUBLIC, FOR_GOOD, "reason", "begins_at", "ends_at", "lifted_at", "lifted_why", "is_demonstration"),
        kept(PSEUDONYMOUS, FOR_GOOD, "signed_by"),
    )

    class Meta:
        ordering = ["-begins_at", "number"]
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("begins_at")), name="order_has_a_sunset_after_it_begins")
        ]


class ProposedOrder(models.Model):
    """One row is one order of which somebody asked that it be signed; `approval` is the request.

    What two people are shown, what they sign and what is then issued are this.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    approval = models.UUIDField(unique=True, help_text="in another room")
    number = models.CharField(max_length=60)
    disease = models.CharField(max_length=40)
    measure = models.CharField(max_length=60)
    area_path = models.CharField(max_length=15)
    issuer = models.CharField(max_length=120)
    basis = models.TextField()
    reason = models.TextField(blank=True, default="")
    begins_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    is_demonstration = models.BooleanField(default=False)
    proposed_at = models.DateTimeField(help_text="county time")
    proposed_by = models.CharField(max_length=60)

    privacy = declare(
        kept(PUBLIC, FOR_GOOD, "id", "approval", "number", "disease", "measure", "area_path", "issuer", "basis"),
        kept(PUBLIC, FOR_GOOD, "reason", "begins_at", "ends_at", "is_demonstration", "proposed_at"),
        kept(PSEUDONYMOUS, FOR_GOOD, "proposed_by"),
    )

    class Meta:
        ordering = ["-proposed_at", "id"]
