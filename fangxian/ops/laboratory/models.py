"""Tables of the laboratory room. Who may write them: actions. All times are county time."""

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
    declare,
    kept,
)
from fangxian.ops.realm.sealed import SealedText

BARCODE = 24
WELLS = (32, 96)


class Laboratory(models.Model):
    """One row is one laboratory (检测实验室): the county's own, or an outside one that tubes are sent to."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=60, unique=True)
    is_own = models.BooleanField()
    tubes_a_day = models.PositiveIntegerField(null=True, blank=True, help_text="as agreed; none: what its machines do")
    open_min = models.PositiveSmallIntegerField(default=1440, help_text="minutes a day in which it works")
    kit = models.JSONField(default=dict, blank=True, help_text="its amplification kit: judging.Kit.told")
    added_at = models.DateTimeField()
    added_by = models.CharField(max_length=60)
    closed_at = models.DateTimeField(null=True, blank=True, help_text="none: tubes may be sent to it")

    privacy = declare(
        kept(PUBLIC, FOR_GOOD, "id", "name", "is_own", "tubes_a_day", "open_min", "kit", "added_at", "closed_at"),
        kept(PSEUDONYMOUS, FOR_GOOD, "added_by"),
    )

    class Meta:
        ordering = ["-is_own", "name"]


class RoundLaboratory(models.Model):
    """One row is one outside laboratory that tests tubes of one round, and how many a day it takes for it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    round = models.ForeignKey("lab.ScreeningRound", on_delete=models.CASCADE, related_name="+", db_index=False)
    laboratory = models.ForeignKey(Laboratory, on_delete=models.CASCADE, related_name="asked_for")
    tubes_a_day = models.PositiveIntegerField(help_text="above nought")
    further_min = models.PositiveSmallIntegerField(help_text="minutes on the road beyond the way to the county's own")
    said_at = models.DateTimeField()
    said_by = models.CharField(max_length=60)

    privacy = declare(
        kept(PUBLIC, WITH_THE_EPIDEMIC, "id", "round", "laboratory", "tubes_a_day", "further_min", "said_at"),
        kept(PSEUDONYMOUS, WITH_THE_EPIDEMIC, "said_by"),
    )

    class Meta:
        ordering = ["round", "laboratory"]
        constraints = [models.UniqueConstraint(fields=["round", "laboratory"], name="laboratory_of_round_once")]


class Instrument(models.Model):
    """One row is one machine of a laboratory: an extractor (提取仪) or an amplifier (扩增仪)."""

    class Kind(models.TextChoices):
        EXTRACTOR = "extractor"
        AMPLIFIER = "amplifier"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    laboratory = models.ForeignKey(Laboratory, on_delete=models.CASCADE, related_name="instruments", db_index=False)
    kind = models.CharField(max_length=9, choices=Kind)
    name = models.CharField(max_length=40)
    n_wells = models.PositiveSmallIntegerField()
    run_min = models.PositiveSmallIntegerField(help_text="from the beginning of a run to that of the next")
    added_at = models.DateTimeField()
    added_by = models.CharField(max_length=60)
    stopped_at = models.DateTimeField(null=True, blank=True, help_text="none: it works")
    stopped_why = models.CharField(max_length=120, blank=True, default="")
    removed_at = models.DateTimeField(null=True, blank=True, help_text="none: it is there")

    privacy = declare(
        kept(PUBLIC, FOR_GOOD, "id", "laboratory", "kind", "name", "n_wells", "run_min", "added_at", "stopped_at"),
        kept(PUBLIC, FOR_GOOD, "stopped_why", "removed_at"),
        kept(PSEUDONYMOUS, FOR_GOOD, "added_by"),
    )

    class Meta:
        ordering = ["laboratory", "-kind", "name"]
        constraints = [
            models.UniqueConstraint(fields=["laboratory", "name"], name="instrument_name_once"),
            models.CheckConstraint(condition=Q(n_wells__in=WELLS), name="instrument_wells"),
            models.CheckConstraint(condition=Q(run_min__gt=0), name="instrument_runs_take_time"),
        ]


class Plate(models.Model):
    """One row is one plate (反应板) of a laboratory, from its filling to its results. Its controls are its layout's."""

    class State(models.TextChoices):
        LAID = "laid"
        EXTRACTING = "extracting"
        EXTRACTED = "extracted"
        AMPLIFYING = "amplifying"
        AMPLIFIED = "amplified"
        READ = "read", "its results came"
        FAILED = "failed", "its controls failed: every tube is tested again"
        VOID = "void", "given up before it was read"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    laboratory = models.ForeignKey(Laboratory, on_delete=models.CASCADE, related_name="plates", db_index=False)
    number = models.PositiveIntegerField()
    n_wells = models.PositiveSmallIntegerField()
    n_tubes = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=10, choices=State, default=State.LAID)
    laid_at = models.DateTimeField()
    laid_by = models.CharField(max_length=60)
    read_at = models.DateTimeField(null=True, blank=True)
    why = models.CharField(max_length=120, blank=True, default="", help_text="why it was given up")

    privacy = declare(
        kept(PUBLIC, WITH_THE_EPIDEMIC, "id", "laboratory", "number", "n_wells", "n_tubes", "state", "laid_at"),
        kept(PUBLIC, WITH_THE_EPIDEMIC, "read_at", "why"),
        kept(PSEUDONYMOUS, WITH_THE_EPIDEMIC, "laid_by"),
    )

    class Meta:
        ordering = ["laboratory", "-number"]
        indexes = [models.Index(fields=["laboratory", "state"], name="plate_by_state")]
        constraints = [
            models.UniqueConstraint(fields=["laboratory", "number"], name="plate_number_once"),
            models.CheckConstraint(condition=Q(n_wells__in=WELLS), name="plate_wells"),
        ]


class Well(models.Model):
    """One row is one tube in one well of a plate; `tube` is empty while its site's records have not come in."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    plate = models.ForeignKey(Plate, on_delete=models.CASCADE, related_name="wells", db_index=False)
    position = models.CharField(max_length=3, help_text="A1")
    nth = models.PositiveSmallIntegerField(help_text="the order in which wells are filled, from 0")
    barcode = models.CharField(max_length=BARCODE, db_index=True, help_text="as it was scanned")
    tube = models.ForeignKey("lab.Tube", null=True, blank=True, on_delete=models.CASCADE, related_name="+")

    privacy = declare(kept(PUBLIC, WITH_THE_EPIDEMIC, "id", "plate", "position", "nth", "barcode", "tube"))

    class Meta:
        ordering = ["plate", "nth"]
        constraints = [
            models.UniqueConstraint(fields=["plate", "nth"], name="well_once"),
            models.UniqueConstraint(fields=["plate", "barcode"], name="well_tube_once_a_plate"),
        ]


class Run(models.Model):
    """One row is one run of an instrument with one plate."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    instrument = models.ForeignKey(Instrument, on_delete=models.CASCADE, related_name="runs")
    plate = models.ForeignKey(Plate, on_delete=models.CASCADE, related_name="runs")
    began_at = models.DateTimeField()
    began_by = models.CharField(max_length=60)
    due_at = models.DateTimeField(help_text="when it is through, by the instrument's own time")
    ended_at = models.DateTimeField(null=True, blank=True, help_text="none: it runs")
    ended_by = models.CharField(max_length=60, blank=True, default="")
    broken_why = models.CharField(max_length=120, blank=True, default="", help_text="why it did not get through")

    privacy = declare(
        kept(PUBLIC, WITH_THE_EPIDEMIC, "id", "instrument", "plate", "began_at", "due_at", "ended_at", "broken_why"),
        kept(PSEUDONYMOUS, WITH_THE_EPIDEMIC, "began_by", "ended_by"),
    )

    class Meta:
        ordering = ["-began_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["instrument"], condition=Q(ended_at=None), name="one_run_an_instrument"),
            models.UniqueConstraint(fields=["plate"], condition=Q(ended_at=None), name="one_run_a_plate"),
        ]


class Consignment(models.Model):
    """One row is one lot of tubes that is sent to an outside laboratory (外送)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    laboratory = models.ForeignKey(Laboratory, on_delete=models.CASCADE, related_name="consignments", db_index=False)
    number = models.PositiveIntegerField()
    n_tubes = models.PositiveIntegerField()
    sent_at = models.DateTimeField()
    sent_by = models.CharField(max_length=60)
    closed_at = models.DateTimeField(null=True, blank=True, help_text="none: results are awaited")
    closed_by = models.CharField(max_length=60, blank=True, default="")

    privacy = declare(
        kept(PUBLIC, WITH_THE_EPIDEMIC, "id", "laboratory", "number", "n_tubes", "sent_at", "closed_at"),
        kept(PSEUDONYMOUS, WITH_THE_EPIDEMIC, "sent_by", "closed_by"),
    )

    class Meta:
        ordering = ["-sent_at", "id"]
        constraints = [models.UniqueConstraint(fields=["laboratory", "number"], name="consignment_number_once")]


class ConsignedTube(models.Model):
    """One row is one tube of a consignment; `is_open` until its result came or it was called back."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    consignment = models.ForeignKey(Consignment, on_delete=models.CASCADE, related_name="tubes", db_index=False)
    tube = models.ForeignKey("lab.Tube", on_delete=models.CASCADE, related_name="+", db_index=False)
    is_open = models.BooleanField(default=True)

    privacy = declare(kept(PUBLIC, WITH_THE_EPIDEMIC, "id", "consignment", "tube", "is_open"))

    class Meta:
        ordering = ["consignment", "tube"]
        constraints = [
            models.UniqueConstraint(fields=["consignment", "tube"], name="consigned_once"),
            models.UniqueConstraint(fields=["tube"], condition=Q(is_open=True), name="consigned_to_one"),
        ]


class ResultBatch(models.Model):
    """One row is one lot of results that came together: of an instrument's file, an outside laboratory's, or typed."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    laboratory = models.ForeignKey(Laboratory, on_delete=models.CASCADE, related_name="batches", db_index=False)
    plate = models.ForeignKey(Plate, null=True, blank=True, on_delete=models.SET_NULL, related_name="batches")
    intake = models.ForeignKey("intake.Intake", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    is_by_hand = models.BooleanField()
    measured_at = models.DateTimeField(help_text="when the run ended")
    entered_at = models.DateTimeField()
    entered_by = models.CharField(max_length=60)
    n_results = models.PositiveIntegerField()
    faults = models.JSONField(default=list, help_text="what was wrong with its controls: judging.Fault")

    privacy = declare(
        kept(PUBLIC, WITH_THE_EPIDEMIC, "id", "laboratory", "plate", "intake", "is_by_hand", "measured_at"),
        kept(PUBLIC, WITH_THE_EPIDEMIC, "entered_at", "n_results", "faults"),
        kept(PSEUDONYMOUS, WITH_THE_EPIDEMIC, "entered_by"),
    )

    class Meta:
        ordering = ["-entered_at", "id"]
        indexes = [models.Index(fields=["laboratory", "-entered_at"], name="result_batch_by_time")]


class Result(models.Model):
    """One row is what one run said of one tube (检测结果), and how far it is on its way out; none is ever changed."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    batch = models.ForeignKey(ResultBatch, on_delete=models.CASCADE, related_name="results", db_index=False)
    tube = models.ForeignKey("lab.Tube", on_delete=models.CASCADE, related_name="+")
    laboratory = models.ForeignKey(Laboratory, on_delete=models.CASCADE, related_name="+", db_index=False)
    plate = models.ForeignKey(Plate, null=True, blank=True, on_delete=models.SET_NULL, related_name="results")
    measured_at = models.DateTimeField()
    outcome = models.CharField(max_length=16, help_text="judging.Outcome")
    cycles = models.JSONField(default=dict, help_text="channel → Ct, null where no curve rose; {} where none was told")
    step = models.CharField(max_length=10, help_text="reviewing.Step")
    entered_by = models.CharField(max_length=60)
    checked_by = models.CharField(max_length=60, blank=True, default="", help_text="who typed it a second time")
    released_at = models.DateTimeField(null=True, blank=True)
    released_by = models.CharField(max_length=60, blank=True, default="")
    ended_at = models.DateTimeField(null=True, blank=True, help_text="when it was sent back or withdrawn")
    ended_by = models.CharField(max_length=60, blank=True, default="")
    reason = SealedText(blank=True, default="", help_text="why it was")

    privacy = declare(
        kept(PUBLIC, WITH_THE_EPIDEMIC, "id", "batch", "laboratory", "plate", "measured_at", "step"),
        kept(PUBLIC, WITH_THE_EPIDEMIC, "released_at", "ended_at"),
        kept(PSEUDONYMOUS, WITH_THE_EPIDEMIC, "entered_by", "checked_by", "released_by", "ended_by"),
        kept(HEALTH, WITH_THE_EPIDEMIC, "tube", "outcome", "cycles"),
        kept(PERSONAL, WITH_THE_EPIDEMIC, "reason"),
    )

    class Meta:
        ordering = ["batch", "id"]
        indexes = [
            models.Index(fields=["batch", "step"], name="result_by_batch"),
            models.Index(fields=["step", "outcome"], name="result_by_step"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["tube", "laboratory", "measured_at"],
                condition=~Q(step__in=("returned", "withdrawn")),
                name="result_once_a_run",
            )
        ]
