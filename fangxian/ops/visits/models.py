"""Tables of the visits room. Who may write them: actions."""

from django.db import models
from django.db.models import Q

from fangxian.ops.realm.privacy import FOR_GOOD, HEALTH, PSEUDONYMOUS, PUBLIC, days_after, declare, kept

SCANS_KEPT_DAYS = 30
WARM_TENTHS = 370  # the lowest from which a county may call it a fever: those scans are found by themselves
SOURCE = "rulebook R-01 (scans are kept for 30 days, a guess a county must decide); 个人信息保护法 §19, §47"
TERM = days_after(SCANS_KEPT_DAYS, "scanned_at", source=SOURCE, or_with_the_epidemic=True)
TALLY_TERM = days_after(SCANS_KEPT_DAYS, "minute_at", source="as long as the scans that were counted")
# A day's files go with the last of its scans, which is a day younger than the first.
FILE_TERM = days_after(SCANS_KEPT_DAYS + 1, "day_on", source=SOURCE, or_with_the_epidemic=True)
DAY_TERM = days_after(SCANS_KEPT_DAYS, "day_on", source="as long as the scans that were counted")


class JournalSegment(models.Model):
    """One row is one segment of one gate's journal, and how far it has been read.

    `offset` is where the batch begins that holds record `next_number`; both move in the transaction that
    takes the records in. A row outlives its file: without it an erased segment that came back from a copy
    would be read again.
    """

    id = models.BigAutoField(primary_key=True)
    gate = models.BigIntegerField()
    sequence = models.PositiveIntegerField()
    created_at = models.DateTimeField(help_text="county time")
    offset = models.PositiveBigIntegerField()
    first_number = models.PositiveBigIntegerField()
    next_number = models.PositiveBigIntegerField()
    n_new = models.PositiveIntegerField(default=0, help_text="records that became a row")
    n_repeated = models.PositiveIntegerField(default=0, help_text="records on record already, the same")
    n_disputed = models.PositiveIntegerField(default=0, help_text="same id, other content: the first one stands")
    n_erased = models.PositiveIntegerField(default=0, help_text="records of a person erased before they were read")
    n_missing = models.PositiveBigIntegerField(default=0, help_text="numbers the count skips: lost to damage")
    newest_received_at = models.DateTimeField(null=True, blank=True)
    read_at = models.DateTimeField(null=True, blank=True, help_text="when it was read to its end; empty before")
    chain = models.CharField(max_length=64, blank=True, help_text="value of the gate's chain of seals with this one")
    faults = models.CharField(max_length=200, blank=True, help_text="what is wrong with its seal; empty for nothing")
    erased_at = models.DateTimeField(null=True, blank=True, help_text="when its file was erased")

    privacy = declare(
        kept(PUBLIC, FOR_GOOD, "id", "gate", "sequence", "created_at", "offset", "first_number", "next_number"),
        kept(PUBLIC, FOR_GOOD, "n_new", "n_repeated", "n_disputed", "n_erased", "n_missing"),
        kept(PUBLIC, FOR_GOOD, "newest_received_at", "read_at", "chain", "faults", "erased_at"),
    )

    class Meta:
        ordering = ["gate", "sequence"]
        constraints = [models.UniqueConstraint(fields=["gate", "sequence"], name="journal_segment_once")]


class ArchivePart(models.Model):
    """One row is one Parquet file of the archive: an hour of a day, or late scans of a day not merged yet.

    `hour` is empty for a supplement of late scans; `number` then tells the day's supplements apart.
    """

    id = models.BigAutoField(primary_key=True)
    day_on = models.DateField(help_text="the county's day on which it was scanned")
    hour = models.PositiveSmallIntegerField(null=True, blank=True)
    number = models.PositiveIntegerField(default=0)
    n_rows = models.PositiveIntegerField()
    digest = models.CharField(max_length=64, help_text="SHA-256 of the file")
    written_at = models.DateTimeField()

    privacy = declare(kept(PUBLIC, FILE_TERM, "id", "day_on", "hour", "number", "n_rows", "digest", "written_at"))

    class Meta:
        ordering = ["day_on", "hour", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["day_on", "hour"], condition=Q(hour__isnull=False), name="archive_hour_once"
            ),
            models.UniqueConstraint(
                fields=["day_on", "number"], condition=Q(hour__isnull=True), name="archive_supplement_once"
            ),
        ]


class Scan(models.Model):
    """One row is one scan that a gate has decided, acknowledged or about to be.

    `mask` holds the reasons as bits of the door tables whose digest begins with `tables`; `safety` and
    `recent` are the person's words as they were, so that a decision can be replayed.
    """

    id = models.BigAutoField(primary_key=True)
    device = models.BigIntegerField(help_text="0 for an anonymous caller")
    scan_id = models.UUIDField()
    digest = models.CharField(max_length=16)
    gate_number = models.BigIntegerField(help_text="0 when nobody is known by what was shown")
    venue_number = models.IntegerField()
    door = models.PositiveSmallIntegerField()
    marks = models.PositiveSmallIntegerField(help_text="bits of core.policy.byte_journal.ScanMark")
    presence = models.PositiveSmallIntegerField()
    outcome = models.PositiveSmallIntegerField()
    decided = models.PositiveSmallIntegerField(null=True, help_text="the outcome given at a door without network")
    temperature_tenths = models.SmallIntegerField(null=True)
    scanned_at = models.DateTimeField(help_text="county time")
    received_at = models.DateTimeField(help_text="county time")
    sent_at = models.DateTimeField(null=True, help_text="county time")
    mask = models.BigIntegerField()
    tables = models.CharField(max_length=8)
    safety = models.BigIntegerField()
    recent = models.BigIntegerField()
    snapshot = models.BigIntegerField()
    part = models.ForeignKey(
        ArchivePart, null=True, on_delete=models.SET_NULL, related_name="scans", help_text="where it is archived"
    )

    privacy = declare(
        kept(PUBLIC, TERM, "id", "device", "scan_id", "digest", "tables", "snapshot", "part"),
        kept(PSEUDONYMOUS, TERM, "gate_number"),
        kept(HEALTH, TERM, "venue_number", "door", "marks", "presence", "scanned_at", "received_at", "sent_at"),
        kept(HEALTH, TERM, "outcome", "decided", "temperature_tenths", "mask", "safety", "recent"),
    )

    class Meta:
        ordering = ["scanned_at", "id"]
        constraints = [models.UniqueConstraint(fields=["scan_id", "device"], name="scan_once")]
        indexes = [
            models.Index(fields=["venue_number", "scanned_at"], name="scan_at_venue"),
            models.Index(fields=["gate_number", "scanned_at"], name="scan_of_person"),
            models.Index(fields=["scanned_at"], name="scan_scanned_at"),
            models.Index(fields=["scanned_at"], name="scan_not_archived", condition=Q(part__isnull=True)),
            models.Index(fields=["received_at"], name="scan_warm", condition=Q(temperature_tenths__gte=WARM_TENTHS)),
        ]


class ErasedNumber(models.Model):
    """One row is one gate number whose scans are erased; none is taken in any more, and the night rewrites files.

    It says of nobody that they were anywhere, and has to stay as long as a copy of a journal may turn up.
    """

    gate_number = models.BigIntegerField(primary_key=True)
    erased_at = models.DateTimeField()
    rewritten_at = models.DateTimeField(null=True, blank=True, help_text="when archive and journals were rewritten")

    privacy = declare(
        kept(
            PSEUDONYMOUS,
            days_after(SCANS_KEPT_DAYS, "erased_at", source="no copy of a journal is older than the scans may be"),
            "gate_number",
            "erased_at",
            "rewritten_at",
        )
    )


class MinuteTally(models.Model):
    """One row is how many scans one county minute had, by outcome; by when they were scanned."""

    minute_at = models.DateTimeField(primary_key=True)
    n_admit = models.PositiveIntegerField(default=0)
    n_verify = models.PositiveIntegerField(default=0)
    n_refuse = models.PositiveIntegerField(default=0)

    privacy = declare(kept(PUBLIC, TALLY_TERM, "minute_at", "n_admit", "n_verify", "n_refuse"))

    class Meta:
        ordering = ["minute_at"]


class DayTally(models.Model):
    """One row is how many scans one township's doors had on one county day, by outcome.

    `township` is its path as it was on that day (9 digits); empty for venues that are not on record.
    """

    id = models.BigAutoField(primary_key=True)
    day_on = models.DateField()
    township = models.CharField(max_length=9)
    n_admit = models.PositiveIntegerField(default=0)
    n_verify = models.PositiveIntegerField(default=0)
    n_refuse = models.PositiveIntegerField(default=0)
    n_late = models.PositiveIntegerField(default=0)

    privacy = declare(kept(PUBLIC, DAY_TERM, "id", "day_on", "township", "n_admit", "n_verify", "n_refuse", "n_late"))

    class Meta:
        ordering = ["day_on", "township"]
        constraints = [models.UniqueConstraint(fields=["day_on", "township"], name="day_tally_once")]


class ReasonTally(models.Model):
    """One row is how often one rule was the closest reason for an answer on one county day."""

    id = models.BigAutoField(primary_key=True)
    day_on = models.DateField()
    rule = models.CharField(max_length=40, help_text="the rule's number; empty when its tables are not known here")
    outcome = models.PositiveSmallIntegerField()
    n_scans = models.PositiveIntegerField(default=0)

    privacy = declare(kept(PUBLIC, DAY_TERM, "id", "day_on", "rule", "outcome", "n_scans"))

    class Meta:
        ordering = ["day_on", "rule"]
        constraints = [models.UniqueConstraint(fields=["day_on", "rule", "outcome"], name="reason_tally_once")]


class VenueSeen(models.Model):
    """One row is one venue, when it was last scanned at, and how often."""

    venue_number = models.IntegerField(primary_key=True)
    last_scanned_at = models.DateTimeField(db_index=True)
    last_received_at = models.DateTimeField()
    n_scans = models.PositiveBigIntegerField(default=0)

    privacy = declare(kept(PUBLIC, FOR_GOOD, "venue_number", "last_scanned_at", "last_received_at", "n_scans"))
