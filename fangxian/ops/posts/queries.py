"""What others may ask of the posts room. Whose posts: `within`; everything else narrows."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from django.db.models import Count, F, Max, Prefetch, Q, QuerySet
from django.utils.timezone import localtime

from fangxian.ops.accounts.models import Account
from fangxian.ops.accounts.scope import within_scope
from fangxian.ops.realm.as_before import Return, RowChange, how_rows_return

from .gaps import find_gaps, hours_between
from .models import DAY_MIN, MERGED, Duty, Emergency, ExitOpening, Finding, Keeper, Passing, Post, Practice, Shift
from .wire import Gap

KEEP, SEE = "doors.scan", "venues.view"
__all__ = [
    "DAY_MIN", "KEEP", "SEE", "Emergency", "Figures", "Keeper", "Post", "Practice", "Shift", "closed_of",
    "emergency_with", "figures_since", "gaps_of", "keepers_of", "kept_by", "kept_then", "last_passed", "late_shifts",
    "on_duty", "open_findings", "open_posts", "openings_of", "passings_at", "passings_of", "post_of_venue",
    "posts_with", "return_of_merge", "rows_of_merge", "running_emergencies", "shift_before", "shifts_between",
    "strangers_ending", "who_wait", "within",
]  # fmt: skip


def open_posts() -> QuerySet[Post]:
    return Post.objects.filter(closed_at__isnull=True)


def kept_by(account: Account) -> QuerySet[Post]:
    """The open posts at which an account may check people: by its area, or by an appointment to the venue."""
    return within_scope(open_posts(), account, KEEP, venue_field="venue")


def kept_then(account: Account, posts: Collection[UUID]) -> list[Post]:
    """Of these posts, open and closed, those at which an account may check people: a phone may tell of it later."""
    rows = Post.objects.filter(pk__in=list(posts))
    return list(within_scope(rows, account, KEEP, venue_field="venue"))


def closed_of(posts: Collection[UUID]) -> QuerySet[Post]:
    """Of these posts those that are closed."""
    return Post.objects.filter(pk__in=list(posts), closed_at__isnull=False)


def within(account: Account) -> QuerySet[Post]:
    """The posts an account may see: those it keeps, and those of the area whose venues it sees."""
    seen = within_scope(Post.objects.all(), account, SEE, venue_field="venue")
    kept = within_scope(Post.objects.all(), account, KEEP, venue_field="venue")
    return Post.objects.filter(Q(pk__in=seen.values("pk")) | Q(pk__in=kept.values("pk")))


def posts_with(posts: Collection[UUID]) -> dict[UUID, Post]:
    """These posts, open ones only, by id."""
    return open_posts().in_bulk(list(posts))


def post_of_venue(venue: UUID) -> Post | None:
    return open_posts().filter(venue=venue).first()


def keepers_of(post: Post) -> QuerySet[Keeper]:
    """Those on its list, each with when they practised last and how."""
    return post.keepers.filter(left_at__isnull=True).order_by("number").prefetch_related("practices")


def shifts_between(posts: Collection[UUID], begins: datetime, ends: datetime) -> QuerySet[Shift]:
    """The shifts of these posts that touch `[begins, ends)`, with who keeps them."""
    duties = Prefetch("duties", queryset=Duty.objects.select_related("keeper").order_by("keeper__number"))
    rows = Shift.objects.filter(post__in=posts, begins_at__lt=ends, ends_at__gt=begins)
    return rows.select_related("post").prefetch_related(duties).order_by("begins_at", "post_id")


def shift_before(shift: Shift) -> Shift | None:
    """The one that this one takes over from."""
    return Shift.objects.filter(post=shift.post_id, begins_at__lt=shift.begins_at).order_by("-begins_at").first()


def gaps_of(posts: Iterable[Post], begins: datetime, ends: datetime) -> dict[UUID, list[Gap]]:
    """Where the rosters of these posts leave them without enough people in `[begins, ends)`. One query for all."""
    posts = list(posts)
    rows = Shift.objects.filter(post__in=posts, begins_at__lt=ends, ends_at__gt=begins).annotate(n=Count("duties"))
    by_post: dict[UUID, list[tuple[datetime, datetime, int]]] = {}
    for post, from_at, to_at, n in rows.values_list("post_id", "begins_at", "ends_at", "n"):
        by_post.setdefault(post, []).append((from_at, to_at, n))
    since, until = localtime(begins), localtime(ends)
    return {
        it.pk: find_gaps(
            post=it.pk,
            hours=hours_between(it.begins_min, it.ends_min, begins=since, ends=until),
            shifts=by_post.get(it.pk, ()),
            n_a_shift=it.n_a_shift,
        )
        for it in posts
    }


class Figures(NamedTuple):
    """How many passed a post since a moment: in, out, and stopped or checked."""

    n_in: int = 0
    n_out: int = 0
    n_verified: int = 0
    n_refused: int = 0


def figures_since(posts: Collection[UUID], since: datetime) -> dict[UUID, Figures]:
    rows = Passing.objects.filter(post__in=posts, passed_at__gte=since).order_by().values("post")
    found = rows.annotate(
        n_in=Count("pk", filter=Q(is_out=False)),
        n_out=Count("pk", filter=Q(is_out=True)),
        n_verified=Count("pk", filter=Q(outcome="verify")),
        n_refused=Count("pk", filter=Q(outcome="refuse")),
    )
    return {row.pop("post"): Figures(**row) for row in found}


def on_duty(posts: Collection[UUID], at: datetime) -> dict[UUID, Shift]:
    """The shift that each of these posts has now."""
    return {row.post_id: row for row in shifts_between(posts, at, at + timedelta(microseconds=1))}


def running_emergencies(posts: Collection[UUID]) -> QuerySet[Emergency]:
    return Emergency.objects.filter(post__in=posts, ended_at__isnull=True).select_related("post").order_by("opened_at")


def who_wait(persons: Collection[UUID], *, since: datetime, until: datetime) -> set[UUID]:
    """Of these people those who passed in `[since, until)` and are still on the emergency path of that post, which they
    are not on the way to a doctor."""
    rows = Emergency.objects.filter(ended_at__isnull=True, to_hospital=False, passing__person__in=list(persons))
    here = rows.filter(passing__passed_at__gte=since, passing__passed_at__lt=until).order_by()
    return set(here.values_list("passing__person", flat=True))


def emergency_with(emergency: UUID) -> Emergency | None:
    return Emergency.objects.filter(pk=emergency).select_related("post", "passing").prefetch_related("steps").first()


def open_findings(posts: Collection[UUID]) -> QuerySet[Finding]:
    return Finding.objects.filter(post__in=posts, mended_at__isnull=True).order_by("due_at", "id")


def openings_of(post: Post) -> QuerySet[ExitOpening]:
    return ExitOpening.objects.filter(exit__post=post).select_related("exit").order_by("-opened_at")


def passings_at(post: Post) -> QuerySet[Passing]:
    return Passing.objects.filter(post=post).order_by("-passed_at", "-number")


def passing_seen(account: Account, passing: str) -> Passing | None:
    """A passing at a post this account keeps; None of any other, and of what is no passing's id."""
    try:
        row = Passing.objects.select_related("person").filter(pk=UUID(passing)).first()
    except ValueError:
        return None
    return row if row and kept_by(account).filter(pk=row.post_id).exists() else None


def last_passed(post: Post, persons: Collection[UUID]) -> dict[UUID, datetime]:
    """When each of these people passed a post the last time; whoever never did is left out."""
    rows = Passing.objects.filter(post=post, person__in=persons).order_by().values("person")
    return dict(rows.annotate(at=Max("passed_at")).values_list("person", "at"))


def strangers_ending(post: Post, tail: bytes) -> QuerySet[Passing]:
    """Whoever is on no register and was written down at a post with a document or phone that ends so (people.tails)."""
    ends_so = Q(document_tail=tail) | Q(phone_tail=tail)
    return Passing.objects.filter(ends_so, post=post, person=None).order_by("-passed_at", "-number")


def passings_of(person: UUID) -> QuerySet[Passing]:
    """Where somebody was registered at a post, the latest first."""
    return Passing.objects.filter(person=person)


def late_shifts(at: datetime, minutes: float) -> QuerySet[Shift]:
    """Shifts that began so long ago, run still, and to which nobody has come."""
    rows = Shift.objects.filter(begins_at__lte=at - timedelta(minutes=minutes), ends_at__gt=at)
    nobody = rows.filter(post__closed_at__isnull=True).exclude(duties__came_at__isnull=False)
    return nobody.select_related("post").annotate(post_name=F("post__name"))


def rows_of_merge(persons: Collection[UUID]) -> list[QuerySet]:
    """The rows that merging these records may change."""
    return [Passing.objects.filter(person__in=persons)]


def return_of_merge(changes: Sequence[RowChange]) -> Return:
    """How what merging records changed here would be put back now."""
    return how_rows_return(changes, MERGED)
