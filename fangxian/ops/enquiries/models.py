"""Tables of the enquiries room. Who may write them: actions.py."""

import uuid

from django.db import models
from django.db.models import F, Q

from fangxian.ops.realm.privacy import HEALTH, PERSONAL, PSEUDONYMOUS, PUBLIC, WITH_THE_EPIDEMIC, declare, kept
from fangxian.ops.realm.sealed import SealedText


class State(models.TextChoices):
    OPEN = "open"
    ANSWERED = "answered"
    LET_GO = "let_go", "it need not be asked any more"


class Answer(models.TextChoices):
    """What came of asking. The first, second and last close an enquiry; whoever cannot be reached is asked again."""

    WAS_THERE = "was_there", "was in one of the places"
    WAS_NOT = "was_not", "was in none of them"
    NOT_REACHED = "not_reached"
    WRONG_NUMBER = "wrong_number"
    GONE = "gone", "is not in the county any more"


class Why(models.TextChoices):
    """Why somebody is asked."""

    PLACE = "place", "a place was listed where and while they were there"
    STAR = "star", "their itinerary is marked, and they declared no journey"
    AWAY = "away", "they are out of the county, and a place is listed where they are or were"


CLOSING = (Answer.WAS_THERE, Answer.WAS_NOT, Answer.GONE)
TELLING = (Answer.WAS_THERE, Answer.WAS_NOT)


class Rescreening(models.Model):
    """One row is one re-screening (重新筛查) of everybody: because of what, when, and what it brought about.

    `n_people` is everybody in use on the register, `n_judged` those of whom a journey is known, `n_by_hand` how many
    would have had to be asked the old way, by walking every grid.
    """

    class Because(models.TextChoices):
        LIST = "list", "a list of risk areas took effect"
        NAMED = "named", "a division was named by hand, or no longer"
        RULEBOOK = "rulebook"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    because = models.CharField(max_length=8, choices=Because)
    about = models.CharField(max_length=80, help_text="id of the list or the naming, digest of the rulebook")
    rulebook = models.CharField(max_length=64, blank=True, default="", help_text="digest of the rules it went by")
    began_at = models.DateTimeField(help_text="county time")
    ended_at = models.DateTimeField(null=True, blank=True, help_text="county time; none: under way, or overtaken")
    is_overtaken = models.BooleanField(default=False, help_text="a newer one does the rest")
    n_people = models.PositiveIntegerField(default=0)
    n_by_hand = models.PositiveIntegerField(default=0)
    n_judged = models.PositiveIntegerField(default=0)
    n_stricter = models.PositiveIntegerField(default=0, help_text="of whom more is asked than before")
    n_milder = models.PositiveIntegerField(default=0)
    n_opened = models.PositiveIntegerField(default=0)
    n_let_go = models.PositiveIntegerField(default=0)
    lists_ms = models.PositiveIntegerField(
        null=True, blank=True, help_text="by the wall's clock, until every grid's list stood; none: not yet"
    )
    cost_ms = models.PositiveIntegerField(default=0, help_text="of processor")

    privacy = declare(
        kept(PUBLIC, WITH_THE_EPIDEMIC, "id", "because", "about", "rulebook", "began_at", "ended_at", "is_overtaken"),
        kept(PUBLIC, WITH_THE_EPIDEMIC, "n_people", "n_by_hand", "n_judged", "n_stricter", "n_milder", "n_opened"),
        kept(PUBLIC, WITH_THE_EPIDEMIC, "n_let_go", "lists_ms", "cost_ms"),
    )

    class Meta:
        ordering = ["-began_at", "id"]
        indexes = [models.Index(fields=["about", "-began_at"], name="rescreening_about")]


class Enquiry(models.Model):
    """One row is one person to ask about one stay: whether they were in a place that was listed there in those days.

    `rests_on` is what it is asked because of: an arrival (arrivals), whoever left (a traveller, departures), or the
    person, of whom a mark is all that is known; then `division_code` and `areas` are empty. `among` is 2 where they
    meet many others today, 1 some, 0 none that is known, and `met` is JSON, by what that was told.

    `area_path` is where in the county the person is, so that the grid worker there asks. `urgency` 1 is asked first;
    `route` orders the households of one grid as they are walked. `areas` is JSON, ids of the listed places to ask of.
    `at_stake` is where the person would have to be if they were there, until `stake_ends_on`; `asked_now` is what is
    asked of them as things stand. `n_tries` counts calls nobody answered.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    rescreening = models.ForeignKey(Rescreening, on_delete=models.CASCADE, related_name="enquiries")
    person = models.ForeignKey("people.Person", on_delete=models.CASCADE, related_name="+")
    household = models.UUIDField(null=True, blank=True, help_text="one call asks all of a household")
    area_path = models.CharField(max_length=15)
    why = models.CharField(max_length=5, choices=Why, default=Why.PLACE)
    rests_on = models.UUIDField(help_text="in another room")
    division_code = models.CharField(max_length=6, blank=True, default="")
    begins_on = models.DateField()
    ends_on = models.DateField()
    areas = models.JSONField(default=list)
    at_stake = models.CharField(max_length=12, blank=True, default="")
    stake_ends_on = models.DateField(null=True, blank=True)
    asked_now = models.CharField(max_length=12, blank=True, default="")
    urgency = models.PositiveSmallIntegerField()
    among = models.PositiveSmallIntegerField(default=0)
    met = models.JSONField(default=dict)
    route = models.PositiveIntegerField(default=0)
    state = models.CharField(max_length=8, choices=State, default=State.OPEN)
    answer = models.CharField(max_length=12, choices=Answer, blank=True, default="")
    was_in = models.JSONField(default=list, help_text="ids of the places the person was in")
    note = SealedText(blank=True, default="")
    n_tries = models.PositiveSmallIntegerField(default=0)
    opened_at = models.DateTimeField(help_text="county time")
    answered_at = models.DateTimeField(null=True, blank=True, help_text="county time: of the latest answer or try")
    answered_by = models.CharField(max_length=60, blank=True, default="")
    closed_at = models.DateTimeField(null=True, blank=True, help_text="county time")

    privacy = declare(
        kept(PUBLIC, WITH_THE_EPIDEMIC, "id", "rescreening", "urgency", "route", "state", "n_tries", "opened_at"),
        kept(PUBLIC, WITH_THE_EPIDEMIC, "answered_at", "closed_at"),
        kept(PSEUDONYMOUS, WITH_THE_EPIDEMIC, "answered_by", "rests_on"),
        kept(PERSONAL, WITH_THE_EPIDEMIC, "person", "household", "area_path", "note"),
        kept(HEALTH, WITH_THE_EPIDEMIC, "division_code", "begins_on", "ends_on", "areas", "was_in", "answer"),
        kept(HEALTH, WITH_THE_EPIDEMIC, "at_stake", "stake_ends_on", "asked_now", "why", "among", "met"),
    )

    class Meta:
        ordering = ["area_path", "urgency", "-among", "route", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["rests_on", "division_code", "begins_on", "ends_on"],
                condition=Q(state="open"),
                name="enquiry_open_once",
            ),
            models.CheckConstraint(condition=Q(ends_on__gt=F("begins_on")), name="enquiry_stay_is_forwards"),
            models.CheckConstraint(
                condition=Q(state="open", closed_at__isnull=True) | (~Q(state="open") & Q(closed_at__isnull=False)),
                name="enquiry_is_closed_when_closed",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "area_path", "urgency", "-among", "route"], name="enquiry_to_ask"),
            models.Index(fields=["person"], name="enquiry_of_person"),
            models.Index(fields=["rests_on"], name="enquiry_rests_on"),
            models.Index(fields=["area_path", "opened_at"], name="enquiry_of_area"),
        ]


# The tables that a merge may change, those pointed at first.
MERGED = (Enquiry,)
