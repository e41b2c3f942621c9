"""Tables of the arrivals room. Who may write them: actions.py."""

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

PROPOSAL_TERM = days_after(
    60,
    "proposed_at",
    source="as the demo rulebook's R-03 keeps declarations: 60 days; a county must decide",
    or_with_the_epidemic=True,
)


class State(models.TextChoices):
    ANNOUNCED = "announced", "said ahead; not here yet, as far as anybody knows"
    LANDED = "landed", "here"
    CANCELLED = "cancelled", "does not come, or was declared by mistake"


class DeclaredAs(models.TextChoices):
    """Who declared it, which is also who is answered."""

    PERSON = "person"
    RELATIVE = "relative"
    HOTEL = "hotel"
    GRID_WORKER = "grid_worker"
    CHECKPOINT = "checkpoint"
    OUTSIDE = "outside", "a relative or host of another household, as a grid worker found to be so"


class Arrival(models.Model):
    """One row is one arrival (落地) of one person in the county: announced ahead, declared on landing, or both.

    `arrives_at` is when they are expected, and once landed when they came. `area_path` is where in the county they
    stay. `measure` to `tests` are what the rules of `rulebook` made of the journey: the strictest place to be at
    (empty: nothing but declaring), its stages and tests as JSON, `rules` the numbers of the rows that applied, the
    one that decides first. `token` is the form's, `digest` of what is said: either makes a repeat known.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey("people.Person", on_delete=models.CASCADE, related_name="+")
    area_path = models.CharField(max_length=15, help_text="where in the county they stay")
    state = models.CharField(max_length=9, choices=State)
    declared_as = models.CharField(max_length=11, choices=DeclaredAs)
    venue = models.UUIDField(null=True, blank=True, help_text="the hotel or post at which it was declared")
    arrives_at = models.DateTimeField(help_text="county time")
    stays_at = SealedText(blank=True, default="", help_text="the address, as told")
    phone = SealedText(blank=True, default="", help_text="at which they can be reached here")
    version = models.PositiveSmallIntegerField(default=1, help_text="number of the newest version")
    token = models.UUIDField(null=True, blank=True, help_text="of the form it was declared with")
    digest = BlindIndex()
    disease = models.CharField(max_length=40, blank=True, default="")
    rulebook = models.CharField(max_length=80, blank=True, default="", help_text="book and version")
    rules = models.JSONField(default=list)
    measure = models.CharField(max_length=12, blank=True, default="", help_text="central, home, community, …")
    stages = models.JSONField(default=list, help_text="[[place, begins_on, ends_on], …], half-open")
    tests = models.JSONField(default=list, help_text="[[from_on, due_on], …]: a test in each, both days included")
    measure_ends_on = models.DateField(null=True, blank=True, help_text="the first day without it")
    has_landing_test = models.BooleanField(default=False)
    needs_undertaking = models.BooleanField(default=False)
    undertaken_at = models.DateTimeField(null=True, blank=True, help_text="county time")
    undertaken_name = SealedText(blank=True, default="", help_text="as they typed it")
    declared_at = models.DateTimeField(help_text="county time")
    declared_by = models.CharField(max_length=60)
    decided_at = models.DateTimeField(help_text="county time")
    landed_at = models.DateTimeField(null=True, blank=True, help_text="county time: when it was said that they came")
    cancelled_at = models.DateTimeField(null=True, blank=True, help_text="county time")
    cancelled_why = SealedText(blank=True, default="")

    privacy = declare(
        kept(PUBLIC, WITH_THE_EPIDEMIC, "id", "state", "declared_as", "venue", "version", "token", "disease"),
        kept(PUBLIC, WITH_THE_EPIDEMIC, "rulebook", "declared_at", "decided_at", "landed_at", "cancelled_at"),
        kept(PSEUDONYMOUS, WITH_THE_EPIDEMIC, "digest", "declared_by"),
        kept(PERSONAL, WITH_THE_EPIDEMIC, "area_path", "stays_at", "phone", "undertaken_name", "cancelled_why"),
        kept(HEALTH, WITH_THE_EPIDEMIC, "person", "arrives_at", "rules", "measure", "stages", "tests"),
        kept(HEALTH, WITH_THE_EPIDEMIC, "measure_ends_on", "has_landing_test", "needs_undertaking", "undertaken_at"),
    )

    class Meta:
        ordering = ["-arrives_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["person", "token"], condition=Q(token__isnull=False), name="arrival_once"),
            models.UniqueConstraint(
                fields=["person"], condition=Q(state="announced"), name="arrival_one_announced_a_person"
            ),
            models.CheckConstraint(
                condition=Q(state="announced", landed_at__isnull=True, cancelled_at__isnull=True)
                | Q(state="landed", landed_at__isnull=False, cancelled_at__isnull=True)
                | Q(state="cancelled", cancelled_at__isnull=False),
                name="arrival_is_what_its_times_say",
            ),
        ]
        indexes = [
            models.Index(fields=["-arrives_at", "id"], name="arrival_latest"),
            models.Index(fields=["area_path", "-arrives_at"], name="arrival_of_area"),
            models.Index(fields=["venue", "-arrives_at"], name="arrival_at_venue", condition=Q(venue__isnull=False)),
            models.Index(fields=["person", "-arrives_at"], name="arrival_of_person"),
        ]


class Stay(models.Model):
    """One row is one place of a journey, as the newest version has it: `[begins_on, ends_on)` in one county.

    `division_code` is of the nation's list as it is now, whatever older code was given. `risk_areas` are ids of the
    places listed there in those days in which the person was; `areas_known` is False where nobody has said.
    """

    id = models.BigAutoField(primary_key=True)
    arrival = models.ForeignKey(Arrival, on_delete=models.CASCADE, related_name="journey")
    division_code = models.CharField(max_length=6)
    begins_on = models.DateField()
    ends_on = models.DateField()
    risk_areas = models.JSONField(default=list)
    areas_known = models.BooleanField(default=False)

    privacy = declare(
        kept(PUBLIC, WITH_THE_EPIDEMIC, "id", "arrival"),
        kept(HEALTH, WITH_THE_EPIDEMIC, "division_code", "begins_on", "ends_on", "risk_areas", "areas_known"),
    )

    class Meta:
        ordering = ["arrival", "begins_on", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(ends_on__gt=F("begins_on")), name="stay_ends_after_it_begins")
        ]


class Leg(models.Model):
    """One row is one ride of a journey, as the newest version has it. `ride` is the row of the rides room it became."""

    class Transport(models.TextChoices):
        TRAIN = "train"
        FLIGHT = "flight"
        COACH = "coach"
        CAR = "car"
        SHIP = "ship"
        OTHER = "other"

    id = models.BigAutoField(primary_key=True)
    arrival = models.ForeignKey(Arrival, on_delete=models.CASCADE, related_name="legs")
    transport = models.CharField(max_length=6, choices=Transport)
    vehicle = SealedText(blank=True, default="", help_text="flight, train or plate, as written")
    seat = models.CharField(max_length=20, blank=True, default="")
    begins_at = models.DateTimeField(help_text="county time")
    ends_at = models.DateTimeField(help_text="county time")
    ride = models.UUIDField(null=True, blank=True)

    privacy = declare(
        kept(PUBLIC, WITH_THE_EPIDEMIC, "id", "arrival"),
        kept(PSEUDONYMOUS, WITH_THE_EPIDEMIC, "ride"),
        kept(HEALTH, WITH_THE_EPIDEMIC, "transport", "vehicle", "seat", "begins_at", "ends_at"),
    )

    class Meta:
        ordering = ["arrival", "begins_at", "id"]
        constraints = [models.CheckConstraint(condition=Q(ends_at__gt=F("begins_at")), name="leg_ends_after_it_begins")]


class Version(models.Model):
    """One row is one version of an arrival's declaration, whole, and what the rules made of it; it is never changed.

    `content` is JSON as `wire.told_json` writes it. `why` is what brought it about: declared, landed, corrected.
    """

    class Why(models.TextChoices):
        DECLARED = "declared"
        LANDED = "landed"
        CORRECTED = "corrected"
        ENQUIRED = "enquired", "answers to an enquiry after the risk areas changed"

    id = models.BigAutoField(primary_key=True)
    arrival = models.ForeignKey(Arrival, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveSmallIntegerField()
    why = models.CharField(max_length=9, choices=Why)
    content = SealedText()
    reason = SealedText(blank=True, default="", help_text="why it was corrected")
    measure = models.CharField(max_length=12, blank=True, default="")
    rules = models.JSONField(default=list)
    is_own = models.BooleanField(help_text="by whom it is about, or for whom they answer; counts once a day")
    written_at = models.DateTimeField(help_text="county time")
    written_by = models.CharField(max_length=60)

    privacy = declare(
        kept(PUBLIC, WITH_THE_EPIDEMIC, "id", "arrival", "number", "why", "is_own", "written_at"),
        kept(PSEUDONYMOUS, WITH_THE_EPIDEMIC, "written_by"),
        kept(HEALTH, WITH_THE_EPIDEMIC, "content", "reason", "measure", "rules"),
    )

    class Meta:
        ordering = ["arrival", "number"]
        constraints = [models.UniqueConstraint(fields=["arrival", "number"], name="arrival_version_once")]


class Correction(models.Model):
    """One row is one correction that would ask less of somebody, by whom it is about or who answers for them: a word,
    until somebody who looks after their area has asked. Until then the arrival stands as it was.

    `content` is JSON as `wire.told_json` writes it, `measure` and `rules` what the rules would have made of it when it
    was said. `of_version` is the version that it was said of.
    """

    class State(models.TextChoices):
        WAITING = "waiting"
        CONFIRMED = "confirmed", "it is so; the arrival was corrected"
        REFUSED = "refused", "it is not so, as somebody who asked found"
        WITHDRAWN = "withdrawn", "by whoever said it"
        OVERTAKEN = "overtaken", "said anew, corrected by staff or called off meanwhile"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    arrival = models.ForeignKey(Arrival, on_delete=models.CASCADE, related_name="corrections")
    of_version = models.PositiveSmallIntegerField()
    content = SealedText()
    reason = SealedText(blank=True, default="", help_text="why, where another than the person says so")
    measure = models.CharField(max_length=12, blank=True, default="")
    rules = models.JSONField(default=list)
    is_own = models.BooleanField(help_text="by whom it is about, or for whom they answer; counts once a day")
    state = models.CharField(max_length=9, choices=State, default=State.WAITING)
    asked_at = models.DateTimeField(help_text="county time")
    asked_by = models.CharField(max_length=60)
    answered_at = models.DateTimeField(null=True, blank=True, help_text="county time")
    answered_by = models.CharField(max_length=60, blank=True, default="")
    answered_why = SealedText(blank=True, default="", help_text="why it was refused")

    privacy = declare(
        kept(PUBLIC, WITH_THE_EPIDEMIC, "id", "arrival", "of_version", "is_own", "state", "asked_at", "answered_at"),
        kept(PSEUDONYMOUS, WITH_THE_EPIDEMIC, "asked_by", "answered_by"),
        kept(HEALTH, WITH_THE_EPIDEMIC, "content", "reason", "measure", "rules", "answered_why"),
    )

    class Meta:
        ordering = ["arrival", "-asked_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["arrival"], condition=Q(state="waiting"), name="correction_waits_once"),
            models.CheckConstraint(
                condition=Q(state="waiting", answered_at__isnull=True)
                | (~Q(state="waiting") & Q(answered_at__isnull=False)),
                name="correction_is_answered_when_answered",
            ),
        ]


class Proposal(models.Model):
    """One row is one arrival that somebody of another household told of (亲友代报): a word, until it is confirmed.

    `name` and `tail` (the last digits of a number of theirs, or all of it) are as typed; `person` is who that is, once
    it is known, and whoever told is not told. `content` is JSON as `wire.told_json` writes it. `digest` is of who told
    of whom: told again while it waits it is the same. `arrival` is the declaration it became.
    """

    class State(models.TextChoices):
        WAITING = "waiting"
        CONFIRMED = "confirmed", "it became a declaration, or the person declared by themselves"
        REFUSED = "refused", "the person, or a grid worker who asked, says that it is not so"
        WITHDRAWN = "withdrawn", "by whoever told of it"

    class Tie(models.TextChoices):
        """What somebody is to whoever tells of them."""

        RELATIVE = "relative"
        GUEST = "guest"
        WORKER = "worker", "works for whoever tells of them"
        OTHER = "other"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey("people.Person", null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    area_path = models.CharField(max_length=15, help_text="where in the county they are said to stay")
    name = SealedText()
    tail = SealedText(help_text="last digits of a document's number or a phone, or all of it")
    tie = models.CharField(max_length=8, choices=Tie)
    content = SealedText()
    arrives_at = models.DateTimeField(help_text="county time, as told")
    state = models.CharField(max_length=9, choices=State, default=State.WAITING)
    digest = BlindIndex()
    token = models.UUIDField(null=True, blank=True, help_text="of the form it was told with")
    proposed_at = models.DateTimeField(help_text="county time")
    proposed_by = models.CharField(max_length=60)
    answered_at = models.DateTimeField(null=True, blank=True, help_text="county time")
    answered_by = models.CharField(max_length=60, blank=True, default="")
    answered_why = SealedText(blank=True, default="", help_text="why it was refused")
    denied_at = models.DateTimeField(
        null=True,
        blank=True,
        help_text="county time: the person said that it is not so, and the grid worker still asks",
    )
    arrival = models.UUIDField(null=True, blank=True)

    privacy = declare(
        kept(PUBLIC, PROPOSAL_TERM, "id", "state", "tie", "token", "proposed_at", "answered_at", "denied_at"),
        kept(PSEUDONYMOUS, PROPOSAL_TERM, "digest", "proposed_by", "answered_by", "arrival"),
        kept(PERSONAL, PROPOSAL_TERM, "area_path", "name", "tail", "answered_why"),
        kept(HEALTH, PROPOSAL_TERM, "person", "content", "arrives_at"),
    )

    class Meta:
        ordering = ["-proposed_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["digest"], condition=Q(state="waiting"), name="proposal_waits_once"),
            models.UniqueConstraint(
                fields=["proposed_by", "token"], condition=Q(token__isnull=False), name="proposal_once"
            ),
            models.CheckConstraint(
                condition=Q(state="waiting", answered_at__isnull=True)
                | (~Q(state="waiting") & Q(answered_at__isnull=False)),
                name="proposal_is_answered_when_answered",
            ),
            models.CheckConstraint(
                condition=Q(state="confirmed", arrival__isnull=False, person__isnull=False)
                | (~Q(state="confirmed") & Q(arrival__isnull=True)),
                name="proposal_confirmed_is_an_arrival",
            ),
        ]
        indexes = [
            models.Index(fields=["proposed_by", "-proposed_at"], name="proposal_of_teller"),
            models.Index(fields=["state", "area_path"], name="proposal_of_area"),
        ]


# The tables that a merge may change, those pointed at first.
MERGED = (Arrival, Correction, Proposal)
