"""Tables of the results room. Who may write them: actions. All times are county time.

`tube`, `round` and `place` are ids of the lab room, `person` is whoever stood there when it was told, if the register
knew them.
"""

import uuid

from django.db import models
from django.db.models import Q

from fangxian.core.laboratory.following import Next
from fangxian.core.laboratory.judging import Outcome
from fangxian.ops.realm.privacy import HEALTH, PERSONAL, PSEUDONYMOUS, PUBLIC, WITH_THE_EPIDEMIC, declare, kept
from fangxian.ops.realm.sealed import SealedText

OUTCOMES = [(it.value, it.value) for it in Outcome]
NEXTS = [(it.value, it.value) for it in Next]


class TubeResult(models.Model):
    """One row is one result of one tube as it was told; it is over when it was withdrawn or another came.

    `outcome` is what holds of the tube after all its runs.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    tube = models.UUIDField()
    round = models.UUIDField()
    outcome = models.CharField(max_length=13, choices=OUTCOMES)
    is_disputed = models.BooleanField(default=False, help_text="two runs said different things")
    n_runs = models.PositiveSmallIntegerField()
    n_members = models.PositiveSmallIntegerField(help_text="whose swabs were in it when it was told last")
    measured_at = models.DateTimeField()
    laboratory = models.CharField(max_length=120, help_text="as people are shown")
    released_at = models.DateTimeField()
    released_by = models.CharField(max_length=60)
    ended_at = models.DateTimeField(null=True, blank=True, help_text="none: it counts")
    ended_by = models.CharField(max_length=60, blank=True, default="")
    ended_why = SealedText(blank=True, default="", help_text="empty where another result came")

    privacy = declare(
        kept(PUBLIC, WITH_THE_EPIDEMIC, "id", "tube", "round", "n_runs", "n_members", "measured_at", "laboratory"),
        kept(PUBLIC, WITH_THE_EPIDEMIC, "released_at", "ended_at"),
        kept(PSEUDONYMOUS, WITH_THE_EPIDEMIC, "released_by", "ended_by"),
        kept(HEALTH, WITH_THE_EPIDEMIC, "outcome", "is_disputed", "ended_why"),
    )

    class Meta:
        ordering = ["-released_at", "id"]
        indexes = [models.Index(fields=["round", "outcome"], name="tube_result_of_round")]
        constraints = [
            models.UniqueConstraint(fields=["tube"], condition=Q(ended_at=None), name="tube_result_one_counts"),
        ]


class Told(models.Model):
    """One row is what one person was told of one tube (告知), and what followed for them, until it was taken back."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    result = models.ForeignKey(TubeResult, on_delete=models.CASCADE, related_name="told", db_index=False)
    tube = models.UUIDField(db_index=True)
    place = models.UUIDField()
    person = models.UUIDField(null=True, blank=True, help_text="none: a list knew them, the register did not")
    sampled_at = models.DateTimeField()
    next = models.CharField(max_length=26, choices=NEXTS)
    told_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True, help_text="none: it holds")

    privacy = declare(
        kept(PUBLIC, WITH_THE_EPIDEMIC, "id", "result", "told_at", "ended_at"),
        kept(HEALTH, WITH_THE_EPIDEMIC, "tube", "place", "person", "sampled_at", "next"),
    )

    class Meta:
        ordering = ["-told_at", "id"]
        indexes = [models.Index(fields=["place"], name="told_by_place")]
        constraints = [
            models.UniqueConstraint(fields=["result", "place"], condition=Q(ended_at=None), name="told_once"),
        ]


class CallBack(models.Model):
    """One row is one person to be sampled anew in an own tube (召回复采) because of one tube, and how far it is.

    `hold` is the evidence that holds them meanwhile; none where nothing does. A tube of their own is any that holds
    their swab alone, of whichever round and table, taken no earlier than the one that calls them back. With
    `dropped_by` it is "dropped" because somebody said why nobody fetches them any more (moved away, died).
    """

    class State(models.TextChoices):
        AWAITED = "awaited"
        SAMPLED = "sampled"
        FREE = "free", "their own was negative"
        HELD = "held", "their own was not, and goes to a second laboratory"
        DROPPED = (
            "dropped",
            "the result that called them back is none any more",
        )

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    result = models.ForeignKey(TubeResult, on_delete=models.CASCADE, related_name="call_backs", db_index=False)
    tube = models.UUIDField(db_index=True)
    round = models.UUIDField()
    place = models.UUIDField(db_index=True)
    person = models.UUIDField(null=True, blank=True)
    area_path = models.CharField(max_length=15)
    sampled_at = models.DateTimeField(help_text="when the swab was taken that is in the tube")
    is_held = models.BooleanField(help_text="whether a hold belongs to it; a tube that said nothing twice holds nobody")
    hold = models.UUIDField(null=True, blank=True)
    state = models.CharField(max_length=7, choices=State, default=State.AWAITED)
    opened_at = models.DateTimeField()
    due_at = models.DateTimeField()
    called_at = models.DateTimeField(null=True, blank=True)
    called_by = models.CharField(max_length=60, blank=True, default="")
    own_tube = models.UUIDField(null=True, blank=True, db_index=True)
    own_sampled_at = models.DateTimeField(null=True, blank=True)
    n_silent = models.PositiveSmallIntegerField(default=0, help_text="how many tubes of their own said nothing")
    decided_at = models.DateTimeField(null=True, blank=True)
    elsewhere_at = models.DateTimeField(
        null=True, blank=True, help_text="when a negative sample of their own was taken outside of any round"
    )
    dropped_by = models.CharField(max_length=60, blank=True, default="", help_text="empty: nobody ended it by hand")
    dropped_why = SealedText(blank=True, default="")

    privacy = declare(
        kept(PUBLIC, WITH_THE_EPIDEMIC, "id", "result", "round", "opened_at", "due_at"),
        kept(PSEUDONYMOUS, WITH_THE_EPIDEMIC, "called_by", "dropped_by"),
        kept(PERSONAL, WITH_THE_EPIDEMIC, "area_path"),
        kept(HEALTH, WITH_THE_EPIDEMIC, "tube", "place", "person", "sampled_at", "is_held", "hold", "state"),
        kept(HEALTH, WITH_THE_EPIDEMIC, "called_at", "own_tube", "own_sampled_at", "decided_at", "elsewhere_at"),
        kept(HEALTH, WITH_THE_EPIDEMIC, "n_silent", "dropped_why"),
    )

    class Meta:
        ordering = ["due_at", "id"]
        indexes = [
            models.Index(fields=["round", "state", "area_path"], name="call_back_of_round"),
            models.Index(fields=["state", "due_at"], name="call_back_waiting"),
        ]
        constraints = [models.UniqueConstraint(fields=["result", "place"], name="called_back_once")]
