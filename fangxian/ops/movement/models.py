"""Tables of the movement room. Who may write them: actions/."""

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
from fangxian.ops.realm.sealed import SealedText

SAMPLING_TERM = days_after(
    60,
    "sampled_on",
    source="个人信息保护法 §19, no longer than needed; a guess: twice the longest window that counts days (28)",
    or_with_the_epidemic=True,
)


class Evidence(models.Model):
    """One row is one piece of evidence (证据) about one person, from a source, for one disease.

    It is never changed: what turns out wrong is withdrawn, and stands with the time and the reason. A date in
    `attributes` is written {"on": "2022-04-08"}. The ruling's persons are pseudonyms, its units names.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey("people.Person", on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=40, help_text="a kind of the rulebook, such as close-contact")
    disease = models.CharField(max_length=40)
    from_at = models.DateTimeField()
    until_at = models.DateTimeField(null=True, blank=True)
    source = models.CharField(max_length=40, help_text="which sort of source, such as laboratory")
    issuer = models.CharField(max_length=120, help_text="the unit that answers for it, as the person is shown")
    attributes = models.JSONField(default=dict)
    presence = models.PositiveSmallIntegerField(null=True, blank=True, help_text="what proved it, of a scan")
    ruling_first = models.CharField(max_length=60, blank=True, default="")
    ruling_first_unit = models.CharField(max_length=120, blank=True, default="")
    ruling_second = models.CharField(max_length=60, blank=True, default="")
    ruling_second_unit = models.CharField(max_length=120, blank=True, default="")
    ruling_basis = models.TextField(blank=True, default="")
    about = models.ForeignKey("self", null=True, blank=True, on_delete=models.CASCADE, related_name="releases")
    division = models.CharField(max_length=12, blank=True, default="", help_text="who pushed it; empty: our own")
    rests_on = models.UUIDField(
        null=True, blank=True, help_text="what it was recorded for in another room: a contact, a case"
    )
    recorded_at = models.DateTimeField(help_text="county time")
    recorded_by = models.CharField(max_length=60)
    withdrawn_at = models.DateTimeField(null=True, blank=True, help_text="county time")
    withdrawn_by = models.CharField(max_length=60, blank=True, default="")
    withdrawn_why = SealedText(blank=True, default="")

    privacy = declare(
        kept(PUBLIC, WITH_THE_EPIDEMIC, "id", "disease", "recorded_at", "withdrawn_at"),
        kept(PSEUDONYMOUS, WITH_THE_EPIDEMIC, "recorded_by", "withdrawn_by", "ruling_first", "ruling_second"),
        kept(PSEUDONYMOUS, WITH_THE_EPIDEMIC, "rests_on"),
        kept(HEALTH, WITH_THE_EPIDEMIC, "person", "kind", "from_at", "until_at", "source", "issuer", "attributes"),
        kept(HEALTH, WITH_THE_EPIDEMIC, "presence", "about", "division", "withdrawn_why"),
        kept(HEALTH, WITH_THE_EPIDEMIC, "ruling_first_unit", "ruling_second_unit", "ruling_basis"),
    )

    class Meta:
        ordering = ["-from_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(until_at__isnull=True) | Q(until_at__gt=F("from_at")), name="evidence_ends_after_it_begins"
            ),
            models.CheckConstraint(condition=Q(about__isnull=True) | ~Q(about=F("id")), name="evidence_not_of_itself"),
        ]
        indexes = [
            models.Index(fields=["person", "from_at"], name="evidence_counting", condition=Q(withdrawn_at=None)),
            models.Index(fields=["rests_on"], name="evidence_resting_on", condition=Q(rests_on__isnull=False)),
        ]


class TestKnown(models.Model):
    """One row is the newest test known of one person: of two the one sampled later, then the one resulted later.

    A sample without a result is no row: its age beside an older result would read as a fresh negative.
    """

    __test__ = False  # its name begins like a test's

    class Result(models.IntegerChoices):
        NEGATIVE = 1
        POSITIVE = 2
        UNCLEAR = 3

    person = models.OneToOneField("people.Person", primary_key=True, on_delete=models.CASCADE, related_name="+")
    sampled_at = models.DateTimeField()
    resulted_at = models.DateTimeField()
    result = models.PositiveSmallIntegerField(choices=Result)
    source = models.CharField(max_length=120, help_text="the laboratory, as the person is shown")

    privacy = declare(
        kept(HEALTH, WITH_THE_EPIDEMIC, "person", "sampled_at", "resulted_at", "result", "source"),
    )

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(resulted_at__gte=F("sampled_at")), name="test_results_after_sampling")
        ]


class SamplingDay(models.Model):
    """One row is one county day on which a sample of one person was taken whose result is known; the worst of the day.

    For rules that count days: tests on consecutive days, M days within N. A sample without a result is no day yet.
    """

    id = models.BigAutoField(primary_key=True)
    person = models.ForeignKey("people.Person", on_delete=models.CASCADE, related_name="+", db_index=False)
    sampled_on = models.DateField()
    result = models.PositiveSmallIntegerField(choices=TestKnown.Result)

    privacy = declare(
        kept(PUBLIC, SAMPLING_TERM, "id"),
        kept(HEALTH, SAMPLING_TERM, "person", "sampled_on", "result"),
    )

    class Meta:
        ordering = ["person", "sampled_on"]
        constraints = [models.UniqueConstraint(fields=["person", "sampled_on"], name="sampling_day_once")]


class HealthCode(models.Model):
    """One row is one person's health code (健康码) as last computed, and the two words gates have of it.

    `version` grows with whatever may change the code, so that what was computed from older evidence is not
    written over newer. `due_at` is when it must be computed anew; `document` is the gate's hash of the
    document number as a signed number, 0 for none. Values of colour, travel: core.policy.vocabulary.
    """

    person = models.OneToOneField("people.Person", primary_key=True, on_delete=models.CASCADE, related_name="+")
    gate_number = models.BigIntegerField(unique=True)
    colour = models.PositiveSmallIntegerField()
    local = models.PositiveSmallIntegerField(help_text="without what other jurisdictions push")
    rule = models.CharField(max_length=20, blank=True, default="", help_text="number of the rule that decides")
    evidence = models.CharField(max_length=8, blank=True, default="", help_text="reference of the piece that decides")
    begins_at = models.DateTimeField(null=True, blank=True)
    until_at = models.DateTimeField(null=True, blank=True, help_text="when it will next change by itself")
    then = models.PositiveSmallIntegerField(null=True, blank=True, help_text="the colour it will then be")
    travel = models.PositiveSmallIntegerField()
    travel_until = models.DateTimeField(null=True, blank=True)
    exemptions = models.PositiveSmallIntegerField(default=0)
    qr_generation = models.PositiveSmallIntegerField(default=0)
    card_generation = models.PositiveSmallIntegerField(default=0)
    safety = models.BigIntegerField()
    recent = models.BigIntegerField()
    document = models.BigIntegerField(default=0)
    computed_at = models.DateTimeField(help_text="county time")
    due_at = models.DateTimeField(db_index=True, help_text="county time")
    version = models.PositiveIntegerField(default=1)

    privacy = declare(
        kept(PUBLIC, WITH_THE_EPIDEMIC, "computed_at", "due_at", "version"),
        kept(PSEUDONYMOUS, WITH_THE_EPIDEMIC, "gate_number", "document", "qr_generation", "card_generation"),
        kept(HEALTH, WITH_THE_EPIDEMIC, "person", "colour", "local", "rule", "evidence", "begins_at", "until_at"),
        kept(HEALTH, WITH_THE_EPIDEMIC, "then", "travel", "travel_until", "exemptions", "safety", "recent"),
    )

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(colour__lte=3, local__lte=3), name="code_colour_is_known"),
            models.CheckConstraint(
                condition=Q(qr_generation__lte=63, card_generation__lte=63), name="code_generations_fit_the_word"
            ),
        ]


class LeftToCompute(models.Model):
    """One row is people whose codes whoever recorded something of them is computing; if that is cut short, they are due
    from `due_at` on.
    """

    id = models.BigAutoField(primary_key=True)
    persons = models.BinaryField(help_text="their ids, 16 bytes each")
    due_at = models.DateTimeField(help_text="county time")

    privacy = declare(
        kept(PUBLIC, WITH_THE_EPIDEMIC, "id", "due_at"),
        kept(PSEUDONYMOUS, WITH_THE_EPIDEMIC, "persons"),
    )

    class Meta:
        ordering = ["id"]


class Recolouring(models.Model):
    """One row is one computation of everybody's code: under which rulebook, when, how many changed."""

    id = models.BigAutoField(primary_key=True)
    rulebook = models.CharField(max_length=80, help_text="book and version")
    digest = models.CharField(max_length=64)
    at = models.DateTimeField(help_text="county time at which the colours hold")
    ended_at = models.DateTimeField(null=True, blank=True, help_text="county time; empty: not finished")
    n_persons = models.PositiveIntegerField(default=0)
    n_changed = models.PositiveIntegerField(default=0)

    privacy = declare(
        kept(PUBLIC, WITH_THE_EPIDEMIC, "id", "rulebook", "digest", "at", "ended_at", "n_persons", "n_changed")
    )

    class Meta:
        ordering = ["-id"]


class ProposedRuling(models.Model):
    """One row is one ruling (裁定) on a person's code, as its approvers are shown it, before and after.

    `digest` is what they approve. It becomes evidence, which is named in `evidence`, only by two people of two
    units.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey("people.Person", on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=40, help_text="kind of evidence it becomes: ruling or release-ruling")
    disease = models.CharField(max_length=40)
    colour = models.CharField(max_length=8, blank=True, default="", help_text="empty for a release")
    about = models.ForeignKey(Evidence, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    from_at = models.DateTimeField()
    until_at = models.DateTimeField()
    basis = models.TextField()
    reason = SealedText()
    digest = models.CharField(max_length=64)
    approval = models.UUIDField(unique=True)
    evidence = models.OneToOneField(Evidence, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    proposed_at = models.DateTimeField(help_text="county time")
    proposed_by = models.CharField(max_length=60)

    privacy = declare(
        kept(PUBLIC, WITH_THE_EPIDEMIC, "id", "disease", "digest", "approval", "proposed_at"),
        kept(PSEUDONYMOUS, WITH_THE_EPIDEMIC, "proposed_by"),
        kept(HEALTH, WITH_THE_EPIDEMIC, "person", "kind", "colour", "about", "from_at", "until_at", "basis"),
        kept(HEALTH, WITH_THE_EPIDEMIC, "reason", "evidence"),
    )

    class Meta:
        ordering = ["-proposed_at", "id"]
        constraints = [models.CheckConstraint(condition=Q(until_at__gt=F("from_at")), name="ruling_has_a_sunset")]


class Appeal(models.Model):
    """One row is one appeal (申诉) of a person against their code's colour; `due_at` is by the rulebook's clock."""

    class State(models.TextChoices):
        WAITING = "waiting"
        UPHELD = "upheld", "the person was right"
        DISMISSED = "dismissed"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey("people.Person", on_delete=models.CASCADE, related_name="+")
    area_path = models.CharField(max_length=15, db_index=True, help_text="where the person is on record")
    evidence = models.ForeignKey(Evidence, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    colour = models.PositiveSmallIntegerField(help_text="of the code when the person appealed")
    rule = models.CharField(max_length=20, blank=True, default="")
    text = SealedText()
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    asked_at = models.DateTimeField(help_text="county time")
    due_at = models.DateTimeField(help_text="county time")
    answered_at = models.DateTimeField(null=True, blank=True, help_text="county time")
    answered_by = models.CharField(max_length=60, blank=True, default="")
    answer = SealedText(blank=True, default="")

    privacy = declare(
        kept(PUBLIC, WITH_THE_EPIDEMIC, "id", "state", "asked_at", "due_at", "answered_at"),
        kept(PSEUDONYMOUS, WITH_THE_EPIDEMIC, "answered_by"),
        kept(PERSONAL, WITH_THE_EPIDEMIC, "area_path"),
        kept(HEALTH, WITH_THE_EPIDEMIC, "person", "evidence", "colour", "rule", "text", "answer"),
    )

    class Meta:
        ordering = ["-asked_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["person"], name="appeal_one_at_a_time", condition=Q(state="waiting")),
            models.CheckConstraint(
                condition=Q(state="waiting", answered_at__isnull=True)
                | (~Q(state="waiting") & Q(answered_at__isnull=False)),
                name="appeal_is_answered_when_answered",
            ),
        ]
        indexes = [models.Index(fields=["due_at"], name="appeal_waiting", condition=Q(state="waiting"))]


# The tables that a merge may change, those pointed at first.
MERGED = (Evidence, TestKnown, SamplingDay, HealthCode, Appeal)
