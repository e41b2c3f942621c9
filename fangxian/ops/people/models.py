"""Tables of the people room. Who may write them: actions.py."""

import uuid

from django.db import models
from django.db.models import F, Q

from fangxian.ops.realm.privacy import (
    HEALTH,
    PERSONAL,
    PSEUDONYMOUS,
    PUBLIC,
    WITH_THE_EPIDEMIC,
    days_after,
    declare,
    kept,
)
from fangxian.ops.realm.sealed import BlindIndex, SealedText

VISITOR_TERM = days_after(
    30,
    "ends_at",
    source="as long as the scans a visit left (a guess a county must decide); 个人信息保护法 §19",
    or_with_the_epidemic=True,
)


class Household(models.Model):
    """One row is one household (户): the people of one address."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    area_path = models.CharField(max_length=15)
    number = models.PositiveIntegerField(help_text="running number in its grid cell; on the printed card")
    grid_cell = models.ForeignKey("places.GridCell", on_delete=models.PROTECT, related_name="+")
    address = SealedText()
    on_record_since = models.DateTimeField()

    privacy = declare(
        kept(PUBLIC, WITH_THE_EPIDEMIC, "id", "area_path", "number", "grid_cell", "on_record_since"),
        kept(PERSONAL, WITH_THE_EPIDEMIC, "address"),
    )

    class Meta:
        ordering = ["area_path", "number"]
        constraints = [models.UniqueConstraint(fields=["area_path", "number"], name="household_number_once_a_grid")]


class Person(models.Model):
    """One row is one person on the county's register; `merged_into` names the record that goes on for them."""

    class Sex(models.TextChoices):
        MALE = "male"
        FEMALE = "female"

    class Standing(models.TextChoices):
        """How the county knows somebody: of a visitor nothing, until they declared and their document was seen."""

        RESIDENT = "resident"
        VISITOR = "visitor", "passing through, nothing known yet"
        DECLARED = "declared", "passing through, has declared and shown a document"

    class DocumentKind(models.TextChoices):
        RESIDENT_18 = "resident_18"
        RESIDENT_15 = "resident_15"
        PASSPORT = "passport"
        OTHER = "other"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    gate_number = models.BigIntegerField(unique=True)
    area_path = models.CharField(max_length=15, db_index=True)
    household = models.ForeignKey(Household, null=True, on_delete=models.CASCADE, related_name="members")
    place_in_household = models.PositiveSmallIntegerField(default=0)
    relation = models.CharField(max_length=20, help_text="to the head of the household")
    name = SealedText()
    document_kind = models.CharField(max_length=12, choices=DocumentKind)
    document_number = SealedText()
    document_index = BlindIndex(unique=True, null=True)
    document_tail = BlindIndex(db_index=True, null=True, help_text="of its last six signs: tails.py")
    phone = SealedText(blank=True, default="")
    phone_index = BlindIndex(db_index=True, null=True)
    phone_tail = BlindIndex(db_index=True, null=True, help_text="of its last six digits: tails.py")
    sex = models.CharField(max_length=6, choices=Sex)
    born_on = models.DateField()
    standing = models.CharField(max_length=10, choices=Standing, default=Standing.RESIDENT)
    account = models.OneToOneField(
        "accounts.Account", null=True, blank=True, on_delete=models.SET_NULL, related_name="person"
    )
    merged_into = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.CASCADE, related_name="aliases", db_index=False
    )
    on_record_since = models.DateTimeField()

    privacy = declare(
        kept(PUBLIC, WITH_THE_EPIDEMIC, "id", "on_record_since"),
        kept(PSEUDONYMOUS, WITH_THE_EPIDEMIC, "gate_number", "document_index", "phone_index", "account", "merged_into"),
        kept(PSEUDONYMOUS, WITH_THE_EPIDEMIC, "document_tail", "phone_tail"),
        kept(PERSONAL, WITH_THE_EPIDEMIC, "area_path", "household", "place_in_household", "relation"),
        kept(PERSONAL, WITH_THE_EPIDEMIC, "name", "document_kind", "document_number", "phone", "sex", "born_on"),
        kept(PERSONAL, WITH_THE_EPIDEMIC, "standing"),
    )

    class Meta:
        ordering = ["area_path", "id"]
        # Everything a census asks of the people in use stands in this index; it also finds who merged into whom.
        indexes = [models.Index(fields=["merged_into", "area_path", "sex", "born_on"], name="person_census")]
        constraints = [
            models.CheckConstraint(
                condition=Q(merged_into__isnull=True) | ~Q(merged_into=F("id")), name="person_not_merged_into_itself"
            )
        ]


class GateAlias(models.Model):
    """One row is one gate number that once named a record merged into another; it is never given again."""

    gate_number = models.BigIntegerField(primary_key=True)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="gate_aliases")

    privacy = declare(kept(PSEUDONYMOUS, WITH_THE_EPIDEMIC, "gate_number", "person"))


class TemporaryIdentity(models.Model):
    """One row is one time for which a visitor (过往人员) may show a code, by an address only they were given.

    What was declared is the visitor's own word; empty until they have declared. Who they are is their own word
    too, until somebody who keeps a road post has had the document in hand.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="temporary_identities")
    token_index = BlindIndex(unique=True)
    from_place = SealedText()
    to_place = SealedText()
    declaration = SealedText(blank=True, default="")
    declared_at = models.DateTimeField(null=True, blank=True, help_text="county time")
    seen_at = models.DateTimeField(null=True, blank=True, help_text="county time at which the document was seen")
    begins_at = models.DateTimeField(help_text="county time")
    ends_at = models.DateTimeField(help_text="county time")

    privacy = declare(
        kept(PUBLIC, VISITOR_TERM, "id", "begins_at", "ends_at"),
        kept(PSEUDONYMOUS, VISITOR_TERM, "person", "token_index"),
        kept(HEALTH, VISITOR_TERM, "from_place", "to_place", "declaration", "declared_at", "seen_at"),
    )

    class Meta:
        ordering = ["-begins_at", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("begins_at")), name="temporary_identity_ends_after")
        ]


class Attachment(models.Model):
    """One row is one person's tie to one venue in one role: pupil, teacher, staff, courier, keeper."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="attachments")
    venue = models.ForeignKey("places.Venue", on_delete=models.PROTECT, related_name="+")
    school_class = models.ForeignKey(
        "places.SchoolClass", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    role = models.CharField(max_length=20)
    title = models.CharField(max_length=40, blank=True, default="", help_text="what the person is called there")
    area_path = models.CharField(max_length=15, db_index=True, help_text="the venue's")
    begins_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)

    privacy = declare(
        kept(PUBLIC, WITH_THE_EPIDEMIC, "id"),
        kept(
            PERSONAL,
            WITH_THE_EPIDEMIC,
            "person",
            "venue",
            "school_class",
            "role",
            "title",
            "area_path",
            "begins_on",
            "ends_on",
        ),
    )

    class Meta:
        ordering = ["venue", "school_class", "role", "id"]
        constraints = [
            models.UniqueConstraint(fields=["person", "venue", "role", "begins_on"], name="attachment_once"),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gt=F("begins_on")),
                name="attachment_ends_after_it_begins",
            ),
        ]


# The tables that a merge may change, those pointed at first.
MERGED = (Person, GateAlias, Attachment)
