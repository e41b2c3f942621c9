"""The posts of an area as they stand now: who keeps each, where people are missing, what happens there."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.timezone import localtime

from fangxian.core.refusal import Said
from fangxian.ops.accounts.models import Account
from fangxian.ops.places.queries import places_at
from fangxian.ops.posts.queries import (
    Emergency,
    Figures,
    Keeper,
    Post,
    Shift,
    figures_since,
    gaps_of,
    on_duty,
    open_findings,
    running_emergencies,
    within,
)
from fangxian.ops.posts.wire import Gap

LOOKS_AHEAD = timedelta(hours=24)
VILLAGE_DIGITS = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class PostLine:
    """One post. `shift` is the one of now, None where nobody is set; `gaps` are those of the next 24 hours."""

    post: Post
    place: Said
    shift: Shift | None
    figures: Figures
    gaps: Sequence[Gap]
    n_emergencies: int
    n_findings: int

    @property
    def keepers(self) -> list[Keeper]:
        return [duty.keeper for duty in self.shift.duties.all()] if self.shift else []

    @property
    def n_here(self) -> int:
        return sum(1 for duty in self.shift.duties.all() if duty.came_at) if self.shift else 0

    @property
    def is_signed_off(self) -> bool:
        """Whether one of the shift at least was signed off. A post that nobody keeps now is no such post."""
        return not self.keepers or any(it.signed_off_at for it in self.keepers)


@dataclass(frozen=True, slots=True, kw_only=True)
class PostsBoard:
    """All of them, with what runs."""

    at: datetime
    lines: Sequence[PostLine]
    emergencies: Sequence[Emergency]

    @property
    def n_with_gaps(self) -> int:
        return sum(1 for line in self.lines if line.gaps)

    @property
    def n_passed(self) -> int:
        return sum(line.figures.n_in + line.figures.n_out for line in self.lines)


def posts_board(account: Account, at: datetime) -> PostsBoard:
    """The open posts that an account may see. The same few queries, however many they are."""
    posts = list(within(account).filter(closed_at__isnull=True).order_by("area_path", "name"))
    ids = [it.pk for it in posts]
    midnight = localtime(at).replace(hour=0, minute=0, second=0, microsecond=0)
    shifts, gaps, figures = on_duty(ids, at), gaps_of(posts, at, at + LOOKS_AHEAD), figures_since(ids, midnight)
    emergencies = list(running_emergencies(ids))
    n_running = Counter(it.post_id for it in emergencies)
    n_findings = Counter(open_findings(ids).values_list("post_id", flat=True))
    places = places_at({it.area_path[:VILLAGE_DIGITS] for it in posts})
    lines = [
        PostLine(
            post=it,
            place=_said(places.get(it.area_path[:VILLAGE_DIGITS])),
            shift=shifts.get(it.pk),
            figures=figures.get(it.pk, Figures()),
            gaps=gaps[it.pk],
            n_emergencies=n_running[it.pk],
            n_findings=n_findings[it.pk],
        )
        for it in posts
    ]
    return PostsBoard(at=at, lines=lines, emergencies=emergencies)


def _said(place) -> Said:
    return Said(place.name_zh, place.name_en) if place else Said("", "")
