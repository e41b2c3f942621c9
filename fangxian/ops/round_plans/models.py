"""Tables of the round_plans room. Who may write them: actions."""

import uuid

from django.db import models

from fangxian.ops.realm.privacy import FOR_GOOD, PERSONAL, PSEUDONYMOUS, PUBLIC, WITH_THE_EPIDEMIC, declare, kept


class KeptPlan(models.Model):
    """One row is the plan of one screening round as it was when the round began, to be compared with what came.

    `so_far` lists tubes sealed, received and released by the end of each hour since `from_at`, all since it began;
    `holding` what holds the round up in each of these hours, a key of core.screening.words.STEPS_SAID.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    round = models.OneToOneField("lab.ScreeningRound", on_delete=models.CASCADE, related_name="+")
    from_at = models.DateTimeField(help_text="county time")
    ends_at = models.DateTimeField(help_text="county time")
    n_people = models.PositiveIntegerField()
    n_sites = models.PositiveSmallIntegerField()
    n_tables = models.PositiveIntegerField()
    n_tubes = models.PositiveIntegerField()
    tubes_a_day = models.PositiveIntegerField(help_text="of all laboratories")
    held_up_by = models.CharField(max_length=20, blank=True, default="")
    so_far = models.JSONField(default=list)
    holding = models.JSONField(default=list)
    kept_at = models.DateTimeField(help_text="county time")
    kept_by = models.CharField(max_length=60)

    privacy = declare(
        kept(PUBLIC, WITH_THE_EPIDEMIC, "id", "round", "from_at", "ends_at", "n_people", "n_sites", "n_tables"),
        kept(PUBLIC, WITH_THE_EPIDEMIC, "n_tubes", "tubes_a_day", "held_up_by", "so_far", "holding", "kept_at"),
        kept(PSEUDONYMOUS, WITH_THE_EPIDEMIC, "kept_by"),
    )

    class Meta:
        ordering = ["from_at", "id"]


class RoundSingles(models.Model):
    """One row is how many people of one round whose tubes are shared have one of their own (单管), as was last said."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    round = models.OneToOneField("lab.ScreeningRound", on_delete=models.CASCADE, related_name="+")
    n = models.PositiveIntegerField()
    said_at = models.DateTimeField(help_text="county time")
    said_by = models.CharField(max_length=60)

    privacy = declare(
        kept(PUBLIC, WITH_THE_EPIDEMIC, "id", "round", "n", "said_at"),
        kept(PSEUDONYMOUS, WITH_THE_EPIDEMIC, "said_by"),
    )

    class Meta:
        ordering = ["round"]


class PlaceSlot(models.Model):
    """One row is the time at which one person of a round's roster is asked to come to their site (时段)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    round = models.ForeignKey("lab.ScreeningRound", on_delete=models.CASCADE, related_name="+", db_index=False)
    place = models.OneToOneField("lab.RosterPlace", on_delete=models.CASCADE, related_name="+")
    site = models.ForeignKey(
        "lab.SamplingSite", on_delete=models.CASCADE, related_name="+",
        help_text="sent to another since, the slot counts no more",
    )  # fmt: skip
    begins_at = models.DateTimeField(help_text="county time")
    ends_at = models.DateTimeField(help_text="county time")
    is_first = models.BooleanField(help_text="whether somebody of the household goes before others")

    privacy = declare(
        kept(PUBLIC, WITH_THE_EPIDEMIC, "id", "round", "site", "begins_at", "ends_at"),
        kept(PERSONAL, WITH_THE_EPIDEMIC, "place", "is_first"),
    )

    class Meta:
        ordering = ["round", "site", "begins_at", "id"]
        constraints = [
            models.CheckConstraint(condition=models.Q(ends_at__gt=models.F("begins_at")), name="slot_ends_after")
        ]
        indexes = [models.Index(fields=["round", "site", "begins_at"], name="slot_by_site")]


class SiteZone(models.Model):
    """One row is where one area of one sampling site is (分区): where people wait, are registered and sampled, where
    samplers change, where whoever falls ill is kept apart.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    site = models.ForeignKey("lab.SamplingSite", on_delete=models.CASCADE, related_name="+", db_index=False)
    zone = models.CharField(max_length=12, help_text="of core.screening.words.ZONES_SAID")
    where = models.CharField(max_length=60)
    n_holds = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="how many may be in it, a metre apart; none: nobody said"
    )
    said_at = models.DateTimeField(help_text="county time")
    said_by = models.CharField(max_length=60)

    privacy = declare(
        kept(PUBLIC, WITH_THE_EPIDEMIC, "id", "site", "zone", "where", "n_holds", "said_at"),
        kept(PSEUDONYMOUS, WITH_THE_EPIDEMIC, "said_by"),
    )

    class Meta:
        ordering = ["site", "zone"]
        constraints = [models.UniqueConstraint(fields=["site", "zone"], name="zone_of_site_once")]


class KitMovement(models.Model):
    """One row is one change of what the county has of a kit, or of what a round has reserved of it.

    What there is and what is reserved are sums of `n`; nothing is edited, a mistake is put right by another movement.
    """

    class Kind(models.TextChoices):
        STORE = "store", "came into the county's stores, or left them"
        RESERVE = "reserve", "put aside for a round, or given free again"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=8, choices=Kind)
    kit = models.CharField(max_length=20, help_text="of core.screening.staffing.KITS")
    n = models.IntegerField(help_text="below nought: out of the stores, or free again")
    round = models.ForeignKey(
        "lab.ScreeningRound", null=True, blank=True, on_delete=models.CASCADE, related_name="+", db_index=False,
        help_text="none: of the stores",
    )  # fmt: skip
    said = models.CharField(max_length=100, blank=True, default="")
    at = models.DateTimeField(help_text="county time")
    by = models.CharField(max_length=60)

    privacy = declare(
        kept(PUBLIC, FOR_GOOD, "id", "kind", "kit", "n", "round", "said", "at"),
        kept(PSEUDONYMOUS, FOR_GOOD, "by"),
    )

    class Meta:
        ordering = ["-at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind="store", round=None) | models.Q(kind="reserve", round__isnull=False),
                name="kit_reserved_for_a_round",
            )
        ]
        indexes = [models.Index(fields=["round", "kit"], name="kit_of_round")]
