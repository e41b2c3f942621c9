"""Tables of the lab room. Who may write them: actions. All times are county time.

A tube or box is one thing under all labels it ever had: its row is the one of its first label, `label` is the one it
bears now, and the rows of its other labels lead to it by `same_as`.
"""

import uuid

from django.db import models
from django.db.models import Q

from fangxian.ops.realm.indexes import CountingIndex
from fangxian.ops.realm.privacy import HEALTH, PERSONAL, PSEUDONYMOUS, PUBLIC, WITH_THE_EPIDEMIC, declare, kept
from fangxian.ops.realm.sealed import BlindIndex, SealedText

BARCODE = 24


def _once(field: str, name: str) -> models.UniqueConstraint:
    """Of one round nobody stands twice under one value, where there is one."""
    return models.UniqueConstraint(fields=[field, "round"], condition=Q(**{f"{field}__isnull": False}), name=name)


class ScreeningRound(models.Model):
    """One row is one screening round (区域核酸筛查): for whom, when, how many share a tube, how far it is."""

    class State(models.TextChoices):
        PREPARED = "prepared"
        OPEN = "open"
        CLOSED = "closed"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=60)
    disease = models.CharField(max_length=40)
    pool_size = models.PositiveSmallIntegerField(help_text="how many people share a tube at most")
    begins_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    state = models.CharField(max_length=8, choices=State, default=State.PREPARED)
    prepared_at = models.DateTimeField()
    prepared_by = models.CharField(max_length=60)
    opened_at = models.DateTimeField(null=True, blank=True)
    opened_by = models.CharField(max_length=60, blank=True, default="")
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.CharField(max_length=60, blank=True, default="")
    closed_because = SealedText(blank=True, default="", help_text="what was said of the differences that were left")
    reopened_at = models.DateTimeField(null=True, blank=True, help_text="the last time it was opened after its end")
    reopened_by = models.CharField(max_length=60, blank=True, default="")
    reopened_because = SealedText(blank=True, default="")

    privacy = declare(
        kept(PUBLIC, WITH_THE_EPIDEMIC, "id", "name", "disease", "pool_size", "begins_at", "ends_at", "state"),
        kept(PUBLIC, WITH_THE_EPIDEMIC, "prepared_at", "opened_at", "closed_at", "reopened_at"),
        kept(PSEUDONYMOUS, WITH_THE_EPIDEMIC, "prepared_by", "opened_by", "closed_by", "reopened_by"),
        kept(PERSONAL, WITH_THE_EPIDEMIC, "closed_because", "reopened_because"),
    )

    class Meta:
        ordering = ["-begins_at", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=models.F("begins_at")), name="screening_round_ends_after"),
            models.CheckConstraint(condition=Q(pool_size__in=(1, 5, 10, 20)), name="screening_round_pool_size"),
        ]


class RoundArea(models.Model):
    """One row is one area that a round covers: a division or a grid cell with all that is in it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    round = models.ForeignKey(ScreeningRound, on_delete=models.CASCADE, related_name="areas")
    area_path = models.CharField(max_length=15)

    privacy = declare(kept(PUBLIC, WITH_THE_EPIDEMIC, "id", "round", "area_path"))

    class Meta:
        ordering = ["round", "area_path"]  # two areas that became one stand here twice, and mean the same
        indexes = [models.Index(fields=["round", "area_path"], name="round_area")]


class RoundGroup(models.Model):
    """One row is one group that a round covers besides its areas, as it was called when the round was prepared."""

    class Kind(models.TextChoices):
        SCHOOL = "school"
        CLASS = "class"
        PARCELS = "parcels", "whom one trace of parcels found"
        PRIORITY = "priority", "N days M tests, by a rule's number"
        VOLUNTARY = "voluntary", "whoever comes"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    round = models.ForeignKey(ScreeningRound, on_delete=models.CASCADE, related_name="groups")
    kind = models.CharField(max_length=9, choices=Kind)
    which = models.CharField(max_length=40, blank=True, default="", help_text="an id, or a rule's number")
    name_zh = models.CharField(max_length=120)
    name_en = models.CharField(max_length=120)

    privacy = declare(kept(PUBLIC, WITH_THE_EPIDEMIC, "id", "round", "kind", "which", "name_zh", "name_en"))

    class Meta:
        ordering = ["round", "kind", "name_zh", "id"]
        constraints = [models.UniqueConstraint(fields=["round", "kind", "which"], name="round_group_once")]


class SamplingSite(models.Model):
    """One row is one sampling site (采样点) of one round, with its tables."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    round = models.ForeignKey(ScreeningRound, on_delete=models.CASCADE, related_name="sites")
    number = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=60)
    area_path = models.CharField(max_length=15, help_text="where it stands")
    n_tables = models.PositiveSmallIntegerField()
    groups = models.JSONField(default=list, help_text="schools, classes, units whose people come here, by name")
    closed_at = models.DateTimeField(null=True, blank=True, help_text="none: it may be chosen")

    privacy = declare(
        kept(PUBLIC, WITH_THE_EPIDEMIC, "id", "round", "number", "name", "area_path", "n_tables", "groups", "closed_at")
    )

    class Meta:
        ordering = ["round", "number"]
        constraints = [models.UniqueConstraint(fields=["round", "number"], name="sampling_site_number_once")]


class SiteArea(models.Model):
    """One row is one area whose people are to come to a site; of two that hold somebody the smaller one counts."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    site = models.ForeignKey(SamplingSite, on_delete=models.CASCADE, related_name="serves")
    area_path = models.CharField(max_length=15)

    privacy = declare(kept(PUBLIC, WITH_THE_EPIDEMIC, "id", "site", "area_path"))

    class Meta:
        ordering = ["site", "area_path"]
        indexes = [models.Index(fields=["site", "area_path"], name="site_area")]


class RosterPlace(models.Model):
    """One row is one person's place on the roster (花名册) of one round, with its token, and how far they are by
    what tables recorded. Whoever is not on the county's register has no `person`, and is who they or a list said they
    are; without a document they are known again by `known_as`, their name with their birth or guardian, or `typed_as`.
    """

    class Stage(models.TextChoices):
        DUE = "due"
        REFUSED = "refused"
        EXEMPT = "exempt"
        SAMPLED = "sampled", "in a tube that is open"
        TUBE = "tube", "in a tube that is sealed"
        BOX = "box"
        TRANSIT = "transit"
        RECEIVED = "received"
        RESULTED = "resulted"

    class Source(models.TextChoices):
        REGISTER = "register"
        LIST = "list"
        TABLE = "table", "came without being on the roster"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    round = models.ForeignKey(ScreeningRound, on_delete=models.CASCADE, related_name="roster", db_index=False)
    number = models.PositiveIntegerField(help_text="running number in the round, household by household")
    person = models.ForeignKey(
        "people.Person", null=True, blank=True, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    name = SealedText(blank=True, default="", help_text="of whoever is not on the register")
    document_number = SealedText(blank=True, default="")
    document_index = BlindIndex(null=True)
    phone = SealedText(blank=True, default="")
    born_on = models.DateField(null=True, blank=True)
    guardian = SealedText(blank=True, default="", help_text="of a child, in words")
    known_as = BlindIndex(null=True)
    typed_as = models.CharField(max_length=60, blank=True, default="")
    group = models.CharField(max_length=60, blank=True, default="", help_text="class or unit, as a list says")
    area_path = models.CharField(
        max_length=15, blank=True, default="", help_text="where they live; empty: nobody knows"
    )
    source = models.CharField(max_length=8, choices=Source)
    token = models.CharField(max_length=10, unique=True)
    site = models.ForeignKey(
        SamplingSite, null=True, blank=True, on_delete=models.SET_NULL, related_name="expected", db_index=False
    )
    stage = models.CharField(max_length=8, choices=Stage, default=Stage.DUE)
    why = models.CharField(max_length=12, blank=True, default="", help_text="a reason of words.REASONS")

    privacy = declare(
        kept(PUBLIC, WITH_THE_EPIDEMIC, "id", "round", "number", "source", "site"),
        kept(PSEUDONYMOUS, WITH_THE_EPIDEMIC, "token", "document_index", "known_as", "typed_as"),
        kept(PERSONAL, WITH_THE_EPIDEMIC, "person", "name", "document_number", "phone", "group", "area_path"),
        kept(PERSONAL, WITH_THE_EPIDEMIC, "born_on", "guardian"),
        kept(HEALTH, WITH_THE_EPIDEMIC, "stage", "why"),
    )

    class Meta:
        ordering = ["round", "number"]
        indexes = [
            CountingIndex(fields=["round", "area_path", "site", "stage"], name="roster_by_area"),
            models.Index(fields=["round", "site"], name="roster_by_site"),
            models.Index(fields=["round", "group"], name="roster_by_group", condition=~Q(group="")),
        ]
        constraints = [
            models.UniqueConstraint(fields=["round", "number"], name="roster_number_once"),
            _once("person", "roster_person_once"),
            _once("document_index", "roster_document_once"),
            _once("known_as", "roster_known_once"),
            models.UniqueConstraint(fields=["typed_as", "round"], condition=~Q(typed_as=""), name="roster_typed_once"),
        ]


class PlaceAlias(models.Model):
    """One row is one code of another system, such as a provincial test QR, that stands for a place: its digest only."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    round = models.ForeignKey(ScreeningRound, on_delete=models.CASCADE, related_name="+", db_index=False)
    place = models.ForeignKey(RosterPlace, on_delete=models.CASCADE, related_name="aliases")
    scanned = BlindIndex()
    taken_in_at = models.DateTimeField()

    privacy = declare(
        kept(PUBLIC, WITH_THE_EPIDEMIC, "id", "round", "taken_in_at"),
        kept(PSEUDONYMOUS, WITH_THE_EPIDEMIC, "place", "scanned"),
    )

    class Meta:
        ordering = ["round", "taken_in_at", "id"]
        constraints = [models.UniqueConstraint(fields=["scanned", "round"], name="place_alias_once")]


class Thing(models.TextChoices):
    """How far a tube or a box is; a tube is never carried: its box is."""

    OPEN = "open"
    SEALED = "sealed"
    CARRIED = "carried"
    RECEIVED = "received"
    VOID = "void", "leaked, lost or not used"
    LABEL = "label", "only another label of one thing"


class Box(models.Model):
    """One row is one transport box (转运箱) on one way from a site to a laboratory."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    round = models.ForeignKey(ScreeningRound, on_delete=models.CASCADE, related_name="boxes", db_index=False)
    barcode = models.CharField(max_length=BARCODE, unique=True)
    label = models.CharField(max_length=BARCODE)
    same_as = models.ForeignKey("self", null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    site = models.ForeignKey(SamplingSite, null=True, blank=True, on_delete=models.SET_NULL, related_name="boxes")
    state = models.CharField(max_length=8, choices=Thing, default=Thing.OPEN)
    opened_at = models.DateTimeField(null=True, blank=True)
    sealed_at = models.DateTimeField(null=True, blank=True)
    handed_at = models.DateTimeField(null=True, blank=True)
    handed_by = models.CharField(max_length=60, blank=True, default="")
    received_at = models.DateTimeField(null=True, blank=True)
    received_by = models.CharField(max_length=60, blank=True, default="")
    laboratory = models.CharField(max_length=60, blank=True, default="")

    privacy = declare(
        kept(PUBLIC, WITH_THE_EPIDEMIC, "id", "round", "barcode", "label", "same_as", "site", "state", "laboratory"),
        kept(PUBLIC, WITH_THE_EPIDEMIC, "opened_at", "sealed_at", "handed_at", "received_at"),
        kept(PSEUDONYMOUS, WITH_THE_EPIDEMIC, "handed_by", "received_by"),
    )

    class Meta:
        ordering = ["round", "barcode"]
        indexes = [models.Index(fields=["round", "state"], name="box_by_state")]


class Tube(models.Model):
    """One row is one tube (采样管): the specimen of one person, or of several who share it. Results rest on it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    round = models.ForeignKey(ScreeningRound, on_delete=models.CASCADE, related_name="tubes", db_index=False)
    barcode = models.CharField(max_length=BARCODE, unique=True)
    label = models.CharField(max_length=BARCODE)
    same_as = models.ForeignKey("self", null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    site = models.ForeignKey(SamplingSite, null=True, blank=True, on_delete=models.SET_NULL, related_name="tubes")
    box = models.ForeignKey(Box, null=True, blank=True, on_delete=models.SET_NULL, related_name="tubes")
    size = models.PositiveSmallIntegerField(help_text="how many people it is for")
    n_people = models.PositiveSmallIntegerField(default=0)
    state = models.CharField(max_length=8, choices=Thing, default=Thing.OPEN)
    opened_at = models.DateTimeField(null=True, blank=True)
    opened_by = models.CharField(max_length=60, blank=True, default="")
    sealed_at = models.DateTimeField(null=True, blank=True)
    voided_at = models.DateTimeField(null=True, blank=True)

    privacy = declare(
        kept(PUBLIC, WITH_THE_EPIDEMIC, "id", "round", "barcode", "label", "same_as", "site", "box", "size"),
        kept(PUBLIC, WITH_THE_EPIDEMIC, "n_people", "state", "opened_at", "sealed_at", "voided_at"),
        kept(PSEUDONYMOUS, WITH_THE_EPIDEMIC, "opened_by"),
    )

    class Meta:
        ordering = ["round", "barcode"]
        indexes = [models.Index(fields=["round", "state"], name="tube_by_state")]


class Swab(models.Model):
    """One row is one person's swab in one tube, as tables left it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    tube = models.ForeignKey(Tube, on_delete=models.CASCADE, related_name="swabs", db_index=False)
    place = models.ForeignKey(RosterPlace, on_delete=models.CASCADE, related_name="swabs")
    taken_at = models.DateTimeField()
    taken_by = models.CharField(max_length=60)

    privacy = declare(
        kept(PUBLIC, WITH_THE_EPIDEMIC, "id"),
        kept(PSEUDONYMOUS, WITH_THE_EPIDEMIC, "taken_by"),
        kept(HEALTH, WITH_THE_EPIDEMIC, "tube", "place", "taken_at"),
    )

    class Meta:
        ordering = ["tube", "taken_at", "id"]
        constraints = [models.UniqueConstraint(fields=["tube", "place"], name="swab_once_in_a_tube")]


class TableEvent(models.Model):
    """One row is one thing done at a table, on the way or at reception, as it came.

    `fault` says why it does not count; such a row is kept, and a person settles it. What came before its round was open
    or after its end waits whole in `came`, and counts from when it is opened (again): else no row is ever changed. Told
    as done before its round it has an `at` within it, and stands in `came` too. `reach`: see wire.NewEvent; "": all.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    round = models.ForeignKey(ScreeningRound, on_delete=models.CASCADE, related_name="events", db_index=False)
    kind = models.CharField(max_length=12, help_text="a key of wire.KINDS")
    at = models.DateTimeField(help_text="when it was done, as the device says, never after it came")
    nth = models.PositiveIntegerField(default=0, help_text="the device's running number: the order within a moment")
    received_at = models.DateTimeField()
    by = models.CharField(max_length=60)
    device = models.CharField(max_length=60)
    site = models.ForeignKey(
        SamplingSite, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    tube = models.CharField(max_length=BARCODE, blank=True, default="")
    box = models.CharField(max_length=BARCODE, blank=True, default="")
    renamed = models.CharField(max_length=BARCODE, blank=True, default="", help_text="the new label")
    place = models.ForeignKey(RosterPlace, null=True, blank=True, on_delete=models.CASCADE, related_name="events")
    size = models.PositiveSmallIntegerField(default=0)
    why = models.CharField(max_length=12, blank=True, default="", help_text="a reason of words.REASONS")
    said = SealedText(blank=True, default="", help_text="the laboratory, a reason in words, what could not be read")
    came = SealedText(blank=True, default="", help_text="JSON, as it came, while it waits for its round")
    reach = models.CharField(max_length=160, blank=True, default="")
    fault = models.CharField(max_length=40, blank=True, default="")
    digest = models.CharField(max_length=32)

    privacy = declare(
        kept(PUBLIC, WITH_THE_EPIDEMIC, "id", "round", "kind", "at", "nth", "received_at", "site", "tube", "box"),
        kept(PUBLIC, WITH_THE_EPIDEMIC, "renamed", "size", "fault", "digest"),
        kept(PSEUDONYMOUS, WITH_THE_EPIDEMIC, "by", "device", "reach"),
        kept(HEALTH, WITH_THE_EPIDEMIC, "place", "why", "said", "came"),
    )

    class Meta:
        ordering = ["round", "at", "device", "nth", "id"]
        indexes = [
            models.Index(fields=["tube"], name="table_event_by_tube"),
            models.Index(fields=["box"], name="table_event_by_box"),
            models.Index(fields=["renamed"], name="table_event_by_new_label"),
            models.Index(fields=["round", "fault"], name="table_event_waiting", condition=~Q(fault="")),
        ]


class Discrepancy(models.Model):
    """One row is one thing of a round that does not go together (待核差异), until it is so no more or was settled.

    `key` says what of: found again, it is the same row, and stays settled.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    round = models.ForeignKey(ScreeningRound, on_delete=models.CASCADE, related_name="discrepancies", db_index=False)
    kind = models.CharField(max_length=20, help_text="a key of words.DISCREPANCIES")
    key = models.CharField(max_length=80)
    tube = models.ForeignKey(Tube, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    box = models.ForeignKey(Box, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    place = models.ForeignKey(RosterPlace, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    event = models.ForeignKey(TableEvent, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    found_at = models.DateTimeField()
    gone_at = models.DateTimeField(null=True, blank=True, help_text="none: it is still so")
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.CharField(max_length=60, blank=True, default="")
    settled_how = SealedText(blank=True, default="")

    privacy = declare(
        kept(PUBLIC, WITH_THE_EPIDEMIC, "id", "round", "kind", "tube", "box", "event", "found_at", "gone_at"),
        kept(PUBLIC, WITH_THE_EPIDEMIC, "settled_at"),
        kept(PSEUDONYMOUS, WITH_THE_EPIDEMIC, "key", "settled_by"),
        kept(HEALTH, WITH_THE_EPIDEMIC, "place", "settled_how"),
    )

    class Meta:
        ordering = ["-found_at", "id"]
        indexes = [models.Index(fields=["round", "gone_at", "settled_at"], name="discrepancy_open")]
        constraints = [models.UniqueConstraint(fields=["round", "key"], name="discrepancy_once")]


# The tables that a merge may change, those pointed at first.
MERGED = (RosterPlace,)
