"""Tables of the contacts room. Who may write them: actions/."""

import uuid

from django.db import models
from django.db.models import F, Q

from fangxian.ops.realm.privacy import HEALTH, PERSONAL, PSEUDONYMOUS, PUBLIC, WITH_THE_EPIDEMIC, declare, kept
from fangxian.ops.realm.sealed import BlindIndex, SealedText


class State(models.TextChoices):
    """proposed → confirmed → traced → transferred → in_quarantine → released | became_case | handed_over; rejected."""

    PROPOSED = "proposed"
    REJECTED = "rejected"
    CONFIRMED = "confirmed"
    TRACED = "traced", "found and spoken to: it is known where they are"
    TRANSFERRED = "transferred", "on the way to where they are observed"
    IN_QUARANTINE = "in_quarantine", "where they are observed"
    RELEASED = "released"
    BECAME_CASE = "became_case"
    HANDED_OVER = "handed_over", "lives elsewhere; that place has them now"


class Mode(models.TextChoices):
    """How a contact is observed (医学观察方式)."""

    CENTRAL = "central"
    AWAITING_TRANSFER = "awaiting_transfer"
    HOME = "home"
    HOSPITAL = "hospital"
    MONITORING = "monitoring", "at liberty, health watched: rings that ask no quarantine"


class Belongs(models.TextChoices):
    """Whose a contact is, by where they live: ours, another district's, another city's, another province's."""

    HERE = "here"
    DISTRICT = "district"
    CITY = "city"
    PROVINCE = "province"


class Origin(models.TextChoices):
    OWN = "own", "found here"
    PUSHED_IN = "pushed_in", "another place told us"


OBSERVED = (State.CONFIRMED, State.TRACED, State.TRANSFERRED, State.IN_QUARANTINE)
LISTED = ("area_path", "state", "ring", "id")  # what follows the sorted column in an index and in an order
NARROWED = (
    "mode", "belongs", "origin", "disease", "faults", "release_on", "follow_up_due_at", "team", "case_id",
)  # fmt: skip
# What the index of each order holds too, so that no row is read of those that are walked past. The rows of one case are
# found by the case.
WALKED = tuple(it for it in NARROWED if it != "case_id")
DECIDED = (*OBSERVED, State.RELEASED, State.BECAME_CASE, State.HANDED_OVER)


class Contact(models.Model):
    """One row is one person as a contact of one case, in what a list of them is filtered and sorted by.

    Plain and narrow, so that a hundred thousand are counted in one pass; names and reasons are in `file`. Of a person
    on the register the register has the name. `release_on` is the last day of observation (应解除观察日期), which ends
    at its midnight, as stated; `release_computed_on` is what the rulebook says; `watched_until_on` is the last day of
    all stages, monitoring included. `faults` are bits of quality.Fault, computed by whatever action wrote the row.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case_id = models.UUIDField(help_text="of the cases room")
    disease = models.CharField(max_length=40)
    ring = models.CharField(max_length=40, help_text="a ring of the rulebook, such as close-contact")
    via = models.UUIDField(null=True, blank=True, help_text="the contact of whom this is a contact")
    person = models.ForeignKey("people.Person", null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    who_key = BlindIndex(help_text="who it is, so that one case has each person once")
    area_path = models.CharField(max_length=15, help_text="where they are followed; the county's own: township unknown")
    belongs = models.CharField(max_length=10, choices=Belongs, default=Belongs.HERE)
    destination = models.CharField(max_length=12, blank=True, default="", help_text="division they live in, elsewhere")
    origin = models.CharField(max_length=10, choices=Origin, default=Origin.OWN)
    pushed_by = models.CharField(max_length=12, blank=True, default="", help_text="division that told us")
    state = models.CharField(max_length=14, choices=State, default=State.PROPOSED)
    found_by = models.CharField(max_length=20, help_text="how they were found, a key of wire.FOUND_BY")
    relation = models.CharField(max_length=20, blank=True, default="", help_text="to the case, a key of wire.RELATIONS")
    is_core = models.BooleanField(default=False, help_text="a core contact (核心密接): first to be fetched")
    minutes = models.PositiveIntegerField(default=0, help_text="together, all meetings")
    n_meetings = models.PositiveIntegerField(default=0)
    weight = models.FloatField(default=0, help_text="of exposure, by infectiousness and place; what ranks proposals")
    first_exposure_at = models.DateTimeField()
    last_exposure_at = models.DateTimeField()
    last_exposure_on = models.DateField(help_text="the county's day of last_exposure_at: day 0")
    release_on = models.DateField(null=True, blank=True)
    release_computed_on = models.DateField(null=True, blank=True)
    watched_until_on = models.DateField(null=True, blank=True)
    is_traced = models.BooleanField(null=True, blank=True, help_text="是否追踪到; none: nobody has said")
    mode = models.CharField(max_length=18, choices=Mode, blank=True, default="")
    home_reason = models.CharField(max_length=20, blank=True, default="", help_text="a key of wire.HOME_REASONS")
    site = models.CharField(max_length=80, blank=True, default="", help_text="hotel, ward or site they were taken to")
    checked_in_on = models.DateField(null=True, blank=True)
    occupation = models.CharField(max_length=40, blank=True, default="", help_text="as given; QC asks for the list")
    sex = models.CharField(max_length=6, blank=True, default="")
    born_on = models.DateField(null=True, blank=True)
    team = models.UUIDField(null=True, blank=True, help_text="of the tracing room")
    entered_by = models.CharField(max_length=120, blank=True, default="", help_text="unit that entered the row")
    faults = models.PositiveIntegerField(default=0)
    follow_up_due_at = models.DateTimeField(
        null=True, blank=True, help_text="of today's follow-up while it is not done"
    )
    proposed_at = models.DateTimeField(help_text="county time")
    decided_at = models.DateTimeField(null=True, blank=True, help_text="county time of confirming or rejecting")
    decided_by = models.CharField(max_length=60, blank=True, default="")
    state_since = models.DateTimeField(help_text="county time")

    privacy = declare(
        kept(PUBLIC, WITH_THE_EPIDEMIC, "id", "disease", "faults", "proposed_at", "decided_at", "state_since"),
        kept(PUBLIC, WITH_THE_EPIDEMIC, "team", "entered_by", "pushed_by", "origin"),
        kept(PSEUDONYMOUS, WITH_THE_EPIDEMIC, "case_id", "via", "person", "who_key", "decided_by"),
        kept(PERSONAL, WITH_THE_EPIDEMIC, "area_path", "belongs", "destination", "occupation", "sex", "born_on"),
        kept(HEALTH, WITH_THE_EPIDEMIC, "ring", "state", "found_by", "relation", "is_core", "minutes", "n_meetings"),
        kept(HEALTH, WITH_THE_EPIDEMIC, "weight", "first_exposure_at", "last_exposure_at", "last_exposure_on"),
        kept(HEALTH, WITH_THE_EPIDEMIC, "release_on", "release_computed_on", "watched_until_on", "follow_up_due_at"),
        kept(HEALTH, WITH_THE_EPIDEMIC, "is_traced", "mode", "home_reason", "site", "checked_in_on"),
    )

    class Meta:
        ordering = ["-weight", "id"]
        constraints = [
            models.UniqueConstraint(fields=["case_id", "who_key"], name="contact_once_a_case"),
            models.CheckConstraint(
                condition=Q(last_exposure_at__gte=F("first_exposure_at")), name="contact_exposure_ends_after_it_begins"
            ),
            models.CheckConstraint(condition=Q(via__isnull=True) | ~Q(via=F("id")), name="contact_not_via_itself"),
        ]
        indexes = [
            models.Index(fields=["person"], name="contact_of_person", condition=Q(person__isnull=False)),
            models.Index(fields=["via"], name="contact_via", condition=Q(via__isnull=False)),
            models.Index(fields=["faults", "area_path"], name="contact_faults", condition=Q(faults__gt=0)),
            models.Index(
                fields=["follow_up_due_at", "area_path"],
                name="contact_follow_up",
                condition=Q(follow_up_due_at__isnull=False),
            ),
            # All that a list is narrowed and sorted by, so that SQLite counts a narrowed list, and finds the first of
            # a short one, without reading the rows.
            models.Index(fields=[*LISTED, *NARROWED, "weight", "last_exposure_at"], name="contact_list"),
            # A team's own, wherever they lie: counted for whoever is of the team, and for whoever asks for its list.
            models.Index(
                fields=["team", "area_path", "state", "release_on", "faults", "follow_up_due_at"],
                name="contact_of_team",
                condition=Q(team__isnull=False),
            ),
            # The little by which most are counted: whoever is there, those in some states, those to be released.
            models.Index(fields=["state", "release_on", "area_path", "team"], name="contact_by_state"),
            # One for each order of the list, with what lists are narrowed by: a page far down is counted off here.
            models.Index(fields=["weight", *LISTED, *WALKED], name="contact_by_weight"),
            models.Index(fields=["last_exposure_at", *LISTED, *WALKED], name="contact_by_exposure"),
            models.Index(
                fields=["release_on", *LISTED, *(it for it in WALKED if it != "release_on")], name="contact_by_release"
            ),
        ]


class ContactFile(models.Model):
    """One row is what is written of one contact under seal: who they are where no register says so, and why.

    `why` is JSON, a list of wire.Why. Empty fields of somebody on the register are the register's.
    """

    contact_row = models.OneToOneField(Contact, primary_key=True, on_delete=models.CASCADE, related_name="file")
    name = SealedText(blank=True, default="")
    document_kind = models.CharField(max_length=12, blank=True, default="")
    document_number = SealedText(blank=True, default="")
    document_index = BlindIndex(null=True, db_index=True)
    phone = SealedText(blank=True, default="")
    phone_index = BlindIndex(null=True, db_index=True)
    address = SealedText(blank=True, default="")
    nationality = models.CharField(max_length=40, blank=True, default="")
    workplace = SealedText(blank=True, default="")
    whereabouts = SealedText(blank=True, default="", help_text="where they are now (目前所处位置)")
    key_place = SealedText(blank=True, default="", help_text="the venue the outbreak is about (关联重点场所)")
    is_case_imported = models.BooleanField(null=True, blank=True, help_text="是否境外输入病例; none: not said")
    why = SealedText(blank=True, default="")
    note = SealedText(blank=True, default="")

    privacy = declare(
        kept(PSEUDONYMOUS, WITH_THE_EPIDEMIC, "contact_row", "document_index", "phone_index"),
        kept(PERSONAL, WITH_THE_EPIDEMIC, "name", "document_kind", "document_number", "phone", "address"),
        kept(PERSONAL, WITH_THE_EPIDEMIC, "nationality", "workplace"),
        kept(HEALTH, WITH_THE_EPIDEMIC, "whereabouts", "key_place", "is_case_imported", "why", "note"),
    )


class StateChange(models.Model):
    """One row is one change of one contact's state, or a new decision on their ring, with its reason."""

    id = models.BigAutoField(primary_key=True)
    whose = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="changes")
    before = models.CharField(max_length=14, choices=State)
    after = models.CharField(max_length=14, choices=State)
    ring = models.CharField(max_length=40)
    at = models.DateTimeField(help_text="county time")
    by = models.CharField(max_length=60)
    reason = SealedText(blank=True, default="")

    privacy = declare(
        kept(PUBLIC, WITH_THE_EPIDEMIC, "id", "at"),
        kept(PSEUDONYMOUS, WITH_THE_EPIDEMIC, "whose", "by"),
        kept(HEALTH, WITH_THE_EPIDEMIC, "before", "after", "ring", "reason"),
    )

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["at"], name="state_change_at")]


class FollowUp(models.Model):
    """One row is one contact's symptom follow-up of one day: due, then done or missed.

    `symptoms` are keys of wire.SYMPTOMS; `found` says whether the contact was seen, only spoken to, or not found.
    """

    class State(models.TextChoices):
        DUE = "due"
        DONE = "done"
        MISSED = "missed"

    class Found(models.TextChoices):
        SEEN = "seen"
        SPOKEN = "spoken", "by phone or through the door"
        NOT_FOUND = "not_found"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    whose = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="follow_ups")
    area_path = models.CharField(max_length=15, help_text="the contact's")
    on = models.DateField(help_text="the county's day")
    due_at = models.DateTimeField(help_text="county time")
    state = models.CharField(max_length=6, choices=State, default=State.DUE)
    found = models.CharField(max_length=10, choices=Found, blank=True, default="")
    temperature_c = models.DecimalField(max_digits=3, decimal_places=1, null=True, blank=True)
    symptoms = models.JSONField(default=list)
    is_symptomatic = models.BooleanField(default=False)
    note = SealedText(blank=True, default="")
    done_at = models.DateTimeField(null=True, blank=True, help_text="county time")
    done_by = models.CharField(max_length=60, blank=True, default="")

    privacy = declare(
        kept(PUBLIC, WITH_THE_EPIDEMIC, "id", "on", "due_at", "state", "done_at"),
        kept(PSEUDONYMOUS, WITH_THE_EPIDEMIC, "whose", "done_by"),
        kept(PERSONAL, WITH_THE_EPIDEMIC, "area_path"),
        kept(HEALTH, WITH_THE_EPIDEMIC, "found", "temperature_c", "symptoms", "is_symptomatic", "note"),
    )

    class Meta:
        ordering = ["-on", "id"]
        constraints = [
            models.UniqueConstraint(fields=["whose", "on"], name="follow_up_once_a_day"),
            models.CheckConstraint(
                condition=Q(state="done", done_at__isnull=False) | (~Q(state="done") & Q(done_at__isnull=True)),
                name="follow_up_is_done_when_done",
            ),
        ]
        indexes = [models.Index(fields=["on", "area_path"], name="follow_up_of_day")]


# The tables that a merge may change, those pointed at first.
MERGED = (Contact, ContactFile, StateChange, FollowUp)
