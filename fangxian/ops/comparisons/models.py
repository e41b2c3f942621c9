"""Tables of the comparisons room. Who may write them: actions.py."""

import uuid

from django.db import models
from django.db.models import F, Q

from fangxian.ops.realm.privacy import HEALTH, PERSONAL, PSEUDONYMOUS, PUBLIC, WITH_THE_EPIDEMIC, declare, kept
from fangxian.ops.realm.sealed import BlindIndex, SealedText


class Role(models.TextChoices):
    """What a source is; as core.matching.outcomes.Role."""

    DECLARED = "declared"
    GRID = "grid"
    PUSHED = "pushed"
    REGISTER = "register"


class Sender(models.TextChoices):
    """Whose list it is. The first three are this program's own records."""

    ARRIVALS = "arrivals"
    ENQUIRIES = "enquiries"
    PEOPLE = "people"
    HEALTH = "health"
    POLICE = "police"
    TRANSPORT = "transport"
    TELECOM = "telecom"
    TOWNSHIP = "township"
    OTHER = "other"


OWN = (Sender.ARRIVALS, Sender.ENQUIRIES, Sender.PEOPLE)


class Comparison(models.Model):
    """One row is one comparison (比对): of which area and which days, and how often it has been run.

    `run` is the run whose findings stand; those of an earlier one are gone. `n_left_out` is how many rows shared keys
    that too many rows share, so that these keys told nobody apart.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    title = SealedText(help_text="what it is for, in the words of whoever opened it")
    area_path = models.CharField(max_length=15, db_index=True)
    begins_on = models.DateField()
    ends_on = models.DateField(help_text="the first day that is not compared any more")
    run = models.PositiveIntegerField(default=0)
    compared_at = models.DateTimeField(null=True, blank=True, help_text="county time")
    n_rows = models.PositiveIntegerField(default=0)
    n_people = models.PositiveIntegerField(default=0)
    n_left_out = models.PositiveIntegerField(default=0)
    opened_at = models.DateTimeField(help_text="county time")
    opened_by = models.CharField(max_length=60)

    privacy = declare(
        kept(PUBLIC, WITH_THE_EPIDEMIC, "id", "area_path", "begins_on", "ends_on", "run", "compared_at"),
        kept(PUBLIC, WITH_THE_EPIDEMIC, "n_rows", "n_people", "n_left_out", "opened_at"),
        kept(PSEUDONYMOUS, WITH_THE_EPIDEMIC, "opened_by"),
        kept(PERSONAL, WITH_THE_EPIDEMIC, "title"),
    )

    class Meta:
        ordering = ["-opened_at", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(ends_on__gt=F("begins_on")), name="comparison_ends_after_it_begins")
        ]


class SourceList(models.Model):
    """One row is one source of a comparison: a list that came in, or this program's own records as of a moment."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    comparison = models.ForeignKey(Comparison, on_delete=models.CASCADE, related_name="sources")
    role = models.CharField(max_length=8, choices=Role)
    sender = models.CharField(max_length=9, choices=Sender)
    intake = models.UUIDField(null=True, blank=True, help_text="the file; none of the program's own records")
    as_of = models.DateTimeField(null=True, blank=True, help_text="county time: when it came in, or was read last")
    n_rows = models.PositiveIntegerField(default=0)
    n_different = models.PositiveIntegerField(default=0, help_text="those repeated word for word once")
    n_people = models.PositiveIntegerField(default=0)
    n_refused = models.PositiveIntegerField(default=0)
    added_at = models.DateTimeField(help_text="county time")
    added_by = models.CharField(max_length=60)

    privacy = declare(
        kept(PUBLIC, WITH_THE_EPIDEMIC, "id", "comparison", "role", "sender", "intake", "as_of", "added_at"),
        kept(PUBLIC, WITH_THE_EPIDEMIC, "n_rows", "n_different", "n_people", "n_refused"),
        kept(PSEUDONYMOUS, WITH_THE_EPIDEMIC, "added_by"),
    )

    class Meta:
        ordering = ["added_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["comparison", "intake"], condition=Q(intake__isnull=False), name="source_one_a_file"
            ),
            models.UniqueConstraint(
                fields=["comparison", "sender"], condition=Q(intake__isnull=True), name="source_one_of_own_records"
            ),
        ]


class Finding(models.Model):
    """One row is one person whom the sources of one comparison have, and what came of laying them side by side.

    `conflicts` names the facts that differ, with commas between. `likelihood_per_mille` is that of the weakest pair of
    rows that made them one; 1000 where one row is all there is. `person` is who it is on the register, if anybody.
    """

    class Outcome(models.TextChoices):
        NOT_FOUND = "not_found", "推送未落地"
        NOT_DECLARED = "not_declared", "应报未报"
        MISSED_BY_GRID = "missed_by_grid", "网格漏排"
        CONFLICTING = "conflicting", "信息冲突"
        AGREE = "agree", "一致"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    comparison = models.ForeignKey(Comparison, on_delete=models.CASCADE, related_name="findings")
    run = models.PositiveIntegerField()
    outcome = models.CharField(max_length=14, choices=Outcome)
    roles = models.CharField(max_length=40, help_text="which kinds of source have them, with commas between")
    conflicts = models.CharField(max_length=60, blank=True, default="")
    area_path = models.CharField(max_length=15)
    person = models.ForeignKey("people.Person", null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    name = SealedText(blank=True, default="")
    n_rows = models.PositiveIntegerField(default=1)
    likelihood_per_mille = models.PositiveSmallIntegerField(default=1000)

    privacy = declare(
        kept(PUBLIC, WITH_THE_EPIDEMIC, "id", "comparison", "run", "n_rows", "likelihood_per_mille"),
        kept(PERSONAL, WITH_THE_EPIDEMIC, "area_path", "person", "name"),
        kept(HEALTH, WITH_THE_EPIDEMIC, "outcome", "roles", "conflicts"),
    )

    class Meta:
        ordering = ["comparison", "area_path", "id"]
        indexes = [
            models.Index(fields=["comparison", "run", "outcome", "area_path", "id"], name="finding_of_outcome"),
            models.Index(fields=["comparison", "run", "area_path", "id"], name="finding_of_area"),
            models.Index(fields=["person"], name="finding_of_person"),
        ]


class ListedRow(models.Model):
    """One row is one way in which one source writes somebody, however often it repeats it word for word.

    One who stands on the register alone has no finding, and is kept where a doubtful pair names the row. `written` is
    JSON: name, number, phone, address, born_on, sex, arrived_on, origin. `who` is of name, number, phone,
    address and birth as written, in whatever list: what is decided of two of them holds wherever they stand.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    source = models.ForeignKey(SourceList, on_delete=models.CASCADE, related_name="rows")
    run = models.PositiveIntegerField()
    finding = models.ForeignKey(Finding, null=True, blank=True, on_delete=models.CASCADE, related_name="rows")
    row_number = models.PositiveIntegerField(help_text="the first in the list that is written so")
    n_times = models.PositiveIntegerField(default=1)
    who = BlindIndex()
    written = SealedText()

    privacy = declare(
        kept(PUBLIC, WITH_THE_EPIDEMIC, "id", "source", "run", "finding", "row_number", "n_times"),
        kept(PSEUDONYMOUS, WITH_THE_EPIDEMIC, "who"),
        kept(HEALTH, WITH_THE_EPIDEMIC, "written"),
    )

    class Meta:
        ordering = ["finding", "source", "row_number"]
        indexes = [models.Index(fields=["source", "run"], name="listed_row_of_run")]


class DoubtfulPair(models.Model):
    """One row is two people of one comparison who may be one: the likeliest two rows of theirs, for a person to decide.

    `levels` is JSON, how they compare field by field. `verdict` is what was decided here. `joined` is JSON, what a
    decision made one of, so that it can be taken back; empty where nothing was joined.
    """

    class Why(models.TextChoices):
        UNSURE = "unsure"
        CONTRADICTS = "contradicts"
        RIVALS = "rivals"

    class Verdict(models.TextChoices):
        SAME = "same"
        DIFFERENT = "different"
        CANNOT_SAY = "cannot_say"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    comparison = models.ForeignKey(Comparison, on_delete=models.CASCADE, related_name="doubts")
    run = models.PositiveIntegerField()
    area_path = models.CharField(max_length=15, help_text="where who may decide it must have a say")
    one = models.ForeignKey(ListedRow, on_delete=models.CASCADE, related_name="+")
    other = models.ForeignKey(ListedRow, on_delete=models.CASCADE, related_name="+")
    likelihood_per_mille = models.PositiveSmallIntegerField()
    why = models.CharField(max_length=11, choices=Why)
    levels = SealedText()
    joined = SealedText(blank=True, default="")
    verdict = models.CharField(max_length=10, choices=Verdict, blank=True, default="")
    decided_at = models.DateTimeField(null=True, blank=True, help_text="county time")
    decided_by = models.CharField(max_length=60, blank=True, default="")

    privacy = declare(
        kept(PUBLIC, WITH_THE_EPIDEMIC, "id", "comparison", "run", "likelihood_per_mille", "why", "decided_at"),
        kept(PSEUDONYMOUS, WITH_THE_EPIDEMIC, "one", "other", "decided_by"),
        kept(PERSONAL, WITH_THE_EPIDEMIC, "area_path", "levels", "verdict"),
        kept(HEALTH, WITH_THE_EPIDEMIC, "joined"),
    )

    class Meta:
        ordering = ["comparison", "-likelihood_per_mille", "id"]
        indexes = [
            models.Index(fields=["comparison", "run", "verdict", "-likelihood_per_mille", "id"], name="doubt_to_decide")
        ]


class DecidedPair(models.Model):
    """One row is what a person decided about two ways of being written: whether they are one person.

    `one` and `other` are as `ListedRow.who`, the smaller first. It holds for every list that ever has the two.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    one = BlindIndex()
    other = BlindIndex()
    verdict = models.CharField(max_length=10, choices=DoubtfulPair.Verdict)
    decided_at = models.DateTimeField(help_text="county time")
    decided_by = models.CharField(max_length=60)

    privacy = declare(
        kept(PUBLIC, WITH_THE_EPIDEMIC, "id", "decided_at"),
        kept(PSEUDONYMOUS, WITH_THE_EPIDEMIC, "one", "other", "verdict", "decided_by"),
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["one", "other"], name="decided_pair_once")]


# The tables that a merge may change, those pointed at first.
MERGED = (Finding,)
