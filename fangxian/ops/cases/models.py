"""Tables of the cases room. Who may write them: actions/."""

import uuid

from django.db import models
from django.db.models import F, Q

from fangxian.ops.realm.privacy import (
    FOR_GOOD,
    HEALTH,
    PSEUDONYMOUS,
    PUBLIC,
    WITH_THE_EPIDEMIC,
    days_after,
    declare,
    kept,
)
from fangxian.ops.realm.sealed import BlindIndex, SealedText

# What belongs to a case goes with its case; its own term is the order that ends the epidemic.
CASE_TERM = days_after(
    1095,
    "closed_at",
    source="传染病信息报告管理规范 (2015): cards and their register are kept for three years; rulebooks R-01",
    or_with_the_epidemic=True,
)
WITH_THE_CASE = WITH_THE_EPIDEMIC


class CaseSeries(models.Model):
    """One row is one year's running number of cases; the number the newest case of that year has."""

    year = models.PositiveSmallIntegerField(primary_key=True)
    last_number = models.PositiveIntegerField(default=0)

    privacy = declare(kept(PUBLIC, FOR_GOOD, "year", "last_number"))


# What the list of cases is narrowed by, and the id it is shown by. Last the column on which all these indexes are
# conditional: without it SQLite reads the row of each entry, to see what the index says already.
NARROWED = ("state", "area_path", "disease", "investigated_at", "clock_due_at", "team", "id", "same_as")
LISTED = Q(same_as__isnull=True)  # those merged into another stand in no list


class Case(models.Model):
    """One row is one case (病例): one person ill, or found positive, with one disease once.

    The identity is the case's own, sealed, so that it stands without the register; `person` names the resident
    when there is one. `case_class` is a key of the rulebook's case definitions. `same_as` points from a case that
    turned out to be the same illness of the same person to the one that goes on. `clock_due_at` is computed by whatever
    action changes its clocks; on an excluded or merged case none runs. All times are county time.
    """

    class State(models.TextChoices):
        REPORTED = "reported"
        HELD = "held", "a single positive, waiting for a second laboratory"
        CONFIRMED = "confirmed"
        IN_TREATMENT = "in_treatment"
        EXCLUDED = "excluded"
        CLOSED = "closed"

    class Outcome(models.TextChoices):
        RECOVERED = "recovered"
        DIED = "died"
        TRANSFERRED = "transferred", "to another county"

    class Sex(models.TextChoices):
        MALE = "male"
        FEMALE = "female"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    number = models.CharField(max_length=20, unique=True, help_text="such as 141027-2022-0001")
    disease = models.CharField(max_length=40)
    area_path = models.CharField(max_length=15, help_text="where the person lives now; the county when elsewhere")
    person = models.ForeignKey("people.Person", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    name = SealedText()
    document_kind = models.CharField(max_length=20, blank=True, default="", help_text="core.identity.IdentityKind")
    document_number = SealedText(blank=True, default="")
    document_index = BlindIndex(db_index=True, null=True, blank=True)
    phone = SealedText(blank=True, default="")
    phone_index = BlindIndex(db_index=True, null=True, blank=True)
    address = SealedText(blank=True, default="")
    workplace = SealedText(blank=True, default="")
    sex = models.CharField(max_length=6, choices=Sex, blank=True, default="")
    born_on = models.DateField(null=True, blank=True)
    occupation = models.CharField(max_length=30, blank=True, default="", help_text="a key of the card's list")
    found_by = models.CharField(max_length=30, help_text="how the case was found: vocabulary.FOUND_BY")
    case_class = models.CharField(max_length=40)
    state = models.CharField(max_length=12, choices=State, default=State.REPORTED)
    state_at = models.DateTimeField(help_text="since when it is in this state")
    state_why = SealedText(blank=True, default="", help_text="the reason given for the last step")
    onset_on = models.DateField(null=True, blank=True, help_text="empty for somebody without symptoms")
    first_positive_sampled_at = models.DateTimeField(null=True, blank=True)
    reported_at = models.DateTimeField()
    reported_by = models.CharField(max_length=60)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    investigated_at = models.DateTimeField(null=True, blank=True, help_text="when the questionnaire was finished")
    treated_at_hospital = SealedText(blank=True, default="")
    outcome = models.CharField(max_length=12, choices=Outcome, blank=True, default="")
    died_on = models.DateField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    clock_due_at = models.DateTimeField(
        null=True, blank=True, help_text="when the first of its running clocks is due; empty while none runs"
    )
    team = models.UUIDField(null=True, blank=True, help_text="which tracing team has it now; of the tracing room")
    same_as = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="aliases", db_index=False
    )
    version = models.PositiveIntegerField(default=1)

    privacy = declare(
        kept(PUBLIC, CASE_TERM, "id", "number", "disease", "reported_at", "team", "version"),
        kept(PSEUDONYMOUS, CASE_TERM, "document_index", "phone_index", "reported_by", "same_as"),
        kept(HEALTH, CASE_TERM, "area_path", "person", "name", "document_kind", "document_number", "phone", "address"),
        kept(HEALTH, CASE_TERM, "workplace", "sex", "born_on", "occupation", "found_by", "case_class", "state"),
        kept(HEALTH, CASE_TERM, "state_at", "state_why", "onset_on", "first_positive_sampled_at", "confirmed_at"),
        kept(HEALTH, CASE_TERM, "investigated_at", "treated_at_hospital", "outcome", "died_on", "closed_at"),
        kept(PUBLIC, CASE_TERM, "clock_due_at"),
    )

    class Meta:
        ordering = ["-reported_at", "-number"]
        constraints = [
            models.CheckConstraint(condition=Q(same_as__isnull=True) | ~Q(same_as=F("id")), name="case_not_itself"),
            models.CheckConstraint(
                condition=Q(born_on__isnull=True) | Q(died_on__isnull=True) | Q(died_on__gte=F("born_on")),
                name="case_dies_after_birth",
            ),
            models.CheckConstraint(
                condition=Q(onset_on__isnull=True) | Q(died_on__isnull=True) | Q(died_on__gte=F("onset_on")),
                name="case_falls_ill_before_death",
            ),
            models.CheckConstraint(
                condition=Q(state="closed") & ~Q(outcome="") & Q(closed_at__isnull=False)
                | ~Q(state="closed") & Q(outcome=""),
                name="case_closes_with_an_outcome",
            ),
        ]
        indexes = [
            # Everything a list filters and counts by stands in this one: of 100,000 cases it reads no row but those it
            # shows. State before area: it is what the desk counts by.
            models.Index(
                fields=["state", "area_path", "disease", "investigated_at", "team", "id", "same_as"],
                name="case_lists",
                condition=LISTED,
            ),
            models.Index(
                fields=["disease", "state", "area_path", "team", "investigated_at", "same_as"],
                name="case_by_disease",
                condition=LISTED,
            ),
            # One for each order of the list, with what it is narrowed by: a page far down is counted off here.
            models.Index(fields=["number", *NARROWED], name="case_by_number", condition=LISTED),
            models.Index(fields=["reported_at", "number", *NARROWED], name="case_by_report", condition=LISTED),
            models.Index(fields=["onset_on", "number", *NARROWED], name="case_by_onset", condition=LISTED),
            models.Index(
                fields=["state", "number", *(it for it in NARROWED if it != "state")],
                name="case_by_state",
                condition=LISTED,
            ),
            # What the desk counts of clocks, without reading one.
            models.Index(
                fields=["clock_due_at", "area_path", "team", "id", "same_as"],
                name="case_clock_due",
                condition=LISTED & Q(clock_due_at__isnull=False),
            ),
            models.Index(fields=["same_as"], name="case_merged", condition=Q(same_as__isnull=False)),
            models.Index(fields=["born_on", "disease"], name="case_by_birth"),
        ]


class CaseResult(models.Model):
    """One row is one laboratory result of one case (检测结果): which laboratory found what in which specimen."""

    class Found(models.TextChoices):
        POSITIVE = "positive"
        NEGATIVE = "negative"
        UNCLEAR = "unclear"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    of_case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="results")
    laboratory = models.CharField(max_length=120)
    specimen = models.CharField(max_length=40, help_text="a specimen's key of the rulebook")
    sampled_at = models.DateTimeField(help_text="county time")
    resulted_at = models.DateTimeField(help_text="county time")
    found = models.CharField(max_length=10, choices=Found)
    remark = SealedText(blank=True, default="", help_text="Ct values and the like")
    recorded_at = models.DateTimeField(help_text="county time")
    recorded_by = models.CharField(max_length=60)

    privacy = declare(
        kept(PUBLIC, WITH_THE_CASE, "id", "recorded_at"),
        kept(PSEUDONYMOUS, WITH_THE_CASE, "of_case", "recorded_by"),
        kept(HEALTH, WITH_THE_CASE, "laboratory", "specimen", "sampled_at", "resulted_at", "found", "remark"),
    )

    class Meta:
        ordering = ["sampled_at", "resulted_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["of_case", "laboratory", "specimen", "sampled_at"], name="result_once"),
            models.CheckConstraint(condition=Q(resulted_at__gte=F("sampled_at")), name="case_result_after_sampling"),
        ]


class CaseReport(models.Model):
    """One row is one 传染病报告卡 as it was filed, and never changed: what is wrong is corrected by another card.

    `content` is the card's fields as JSON (wire.Card); `digest` its SHA-256, printed on the card.
    """

    class Kind(models.TextChoices):
        FIRST = "first"
        CORRECTED = "corrected"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    of_case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="reports")
    card_number = models.CharField(max_length=24, unique=True)
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.FIRST)
    corrects = models.ForeignKey("self", null=True, blank=True, on_delete=models.CASCADE, related_name="corrections")
    area_path = models.CharField(max_length=15)
    venue = models.UUIDField(null=True, blank=True, db_index=True, help_text="the clinic or hospital that filed it")
    unit_name = models.CharField(max_length=120, help_text="the reporting unit, as printed")
    content = SealedText()
    digest = models.CharField(max_length=64)
    filed_at = models.DateTimeField(help_text="county time")
    filed_by = models.CharField(max_length=60)

    privacy = declare(
        kept(PUBLIC, WITH_THE_CASE, "id", "card_number", "kind", "digest", "filed_at", "venue", "unit_name"),
        kept(PSEUDONYMOUS, WITH_THE_CASE, "of_case", "corrects", "filed_by"),
        kept(HEALTH, WITH_THE_CASE, "area_path", "content"),
    )

    class Meta:
        ordering = ["-filed_at", "-card_number"]
        indexes = [models.Index(fields=["area_path", "-filed_at"], name="case_report_in_area")]


class CaseClock(models.Model):
    """One row is one clock of the rulebook running on one case: from when, until when, met when and by whom.

    The words are the rulebook's as it stood when the clock began, so that a later rulebook does not change what
    was owed. `chain` orders the steps of a report; 0 is a clock that runs by itself.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    of_case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="clocks")
    clock = models.CharField(max_length=40, help_text="a clock's key of the rulebook")
    chain = models.PositiveSmallIntegerField(default=0)
    rulebook = models.CharField(max_length=80, help_text="book, version and row")
    within_min = models.PositiveIntegerField(help_text="minutes allowed")
    words = models.JSONField(help_text="starts, ends, owner: each {zh, en}")
    area_path = models.CharField(max_length=15)
    venue = models.UUIDField(null=True, blank=True, help_text="whose step it is, when it is a clinic's or hospital's")
    begins_at = models.DateTimeField(null=True, blank=True, help_text="empty while the step before is not done")
    due_at = models.DateTimeField(null=True, blank=True)
    met_at = models.DateTimeField(null=True, blank=True)
    met_by = models.CharField(max_length=60, blank=True, default="")
    remark = SealedText(blank=True, default="", help_text="how it was reported, to whom")

    privacy = declare(
        kept(PUBLIC, WITH_THE_CASE, "id", "clock", "chain", "rulebook", "within_min", "words", "venue"),
        kept(PUBLIC, WITH_THE_CASE, "begins_at", "due_at", "met_at"),
        kept(PSEUDONYMOUS, WITH_THE_CASE, "of_case", "met_by"),
        kept(HEALTH, WITH_THE_CASE, "area_path", "remark"),
    )

    class Meta:
        ordering = ["chain", "begins_at", "clock"]
        constraints = [
            models.UniqueConstraint(fields=["of_case", "clock"], name="case_clock_once"),
            models.CheckConstraint(condition=Q(met_at__isnull=True) | ~Q(met_by=""), name="case_clock_met_by_somebody"),
            models.CheckConstraint(
                condition=Q(begins_at__isnull=True, due_at__isnull=True)
                | Q(begins_at__isnull=False, due_at__gte=F("begins_at")),
                name="case_clock_due_after_it_begins",
            ),
        ]
        indexes = [
            models.Index(
                fields=["area_path", "due_at", "begins_at", "of_case"],
                name="case_clock_running",
                condition=Q(met_at__isnull=True),
            ),
        ]


class Answer(models.Model):
    """One row is one answer of one case's questionnaire, in its newest version; an empty value is an answer taken back.

    `value` is JSON, of the kind its question has.
    """

    id = models.BigAutoField(primary_key=True)
    of_case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="answers")
    question = models.CharField(max_length=60, help_text="section.question of the questionnaire")
    value = SealedText(blank=True, default="")
    version = models.PositiveIntegerField(default=1)
    saved_at = models.DateTimeField(help_text="county time")
    saved_by = models.CharField(max_length=60)

    privacy = declare(
        kept(PUBLIC, WITH_THE_CASE, "id", "question", "version", "saved_at"),
        kept(PSEUDONYMOUS, WITH_THE_CASE, "of_case", "saved_by"),
        kept(HEALTH, WITH_THE_CASE, "value"),
    )

    class Meta:
        ordering = ["question"]
        constraints = [models.UniqueConstraint(fields=["of_case", "question"], name="answer_once")]


class ItineraryEntry(models.Model):
    """One row is one stay or one ride of a case, as the interview has it; `removed_at` takes it off the timeline.

    A stay is at a place, a ride in a vehicle with a seat. `id` is given by whoever enters it, so that sending it
    again is harmless. Times are county time; `ends_at` empty: not known.
    """

    class Kind(models.TextChoices):
        STAY = "stay"
        RIDE = "ride"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    of_case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="itinerary")
    kind = models.CharField(max_length=5, choices=Kind, default=Kind.STAY)
    begins_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)
    place = SealedText(blank=True, default="", help_text="as the person says it; of a ride: from where to where")
    venue = models.UUIDField(null=True, blank=True, help_text="the venue on the register, when it is one")
    vehicle = models.CharField(max_length=60, blank=True, default="", help_text="flight, train or plate")
    seat = models.CharField(max_length=20, blank=True, default="")
    crowd = models.CharField(max_length=10, blank=True, default="", help_text="vocabulary.CROWDS")
    ventilation = models.CharField(max_length=10, blank=True, default="", help_text="vocabulary.VENTILATIONS")
    masked = models.CharField(max_length=10, blank=True, default="", help_text="vocabulary.MASKS")
    remark = SealedText(blank=True, default="", help_text="with whom, what was done")
    version = models.PositiveIntegerField(default=1)
    saved_at = models.DateTimeField(help_text="county time")
    saved_by = models.CharField(max_length=60)
    removed_at = models.DateTimeField(null=True, blank=True)

    privacy = declare(
        kept(PUBLIC, WITH_THE_CASE, "id", "version", "saved_at", "removed_at"),
        kept(PSEUDONYMOUS, WITH_THE_CASE, "of_case", "saved_by"),
        kept(HEALTH, WITH_THE_CASE, "kind", "begins_at", "ends_at", "place", "venue", "vehicle", "seat"),
        kept(HEALTH, WITH_THE_CASE, "crowd", "ventilation", "masked", "remark"),
    )

    class Meta:
        ordering = ["begins_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__isnull=True) | Q(ends_at__gt=F("begins_at")), name="itinerary_ends_after"
            )
        ]
        indexes = [models.Index(fields=["venue"], name="itinerary_at_venue", condition=Q(venue__isnull=False))]


class CaseLink(models.Model):
    """One row is one belief of who infected whom (传播链), with what it rests on."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    infector = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="infected")
    infected = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="infectors")
    setting = models.CharField(max_length=30, help_text="where it happened: vocabulary.SETTINGS")
    certainty = models.CharField(max_length=10, help_text="vocabulary.CERTAINTIES")
    basis = SealedText(help_text="what it rests on")
    linked_at = models.DateTimeField(help_text="county time")
    linked_by = models.CharField(max_length=60)

    privacy = declare(
        kept(PUBLIC, WITH_THE_CASE, "id", "linked_at"),
        kept(PSEUDONYMOUS, WITH_THE_CASE, "infector", "infected", "linked_by"),
        kept(HEALTH, WITH_THE_CASE, "setting", "certainty", "basis"),
    )

    class Meta:
        ordering = ["linked_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["infector", "infected"], name="case_link_once"),
            models.CheckConstraint(condition=~Q(infector=F("infected")), name="case_not_infected_by_itself"),
        ]


# The tables that a merge may change, those pointed at first.
MERGED = (Case, Answer, CaseResult, CaseReport, ItineraryEntry, CaseLink)
