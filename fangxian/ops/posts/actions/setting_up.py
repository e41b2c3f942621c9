"""Writers of what a post is: its hours and exits, its key, its end."""

from collections.abc import Sequence
from uuid import UUID

from django.db import transaction

from fangxian.ops.audit.actions import record
from fangxian.ops.posts import refusals
from fangxian.ops.posts.models import Emergency, Exit, ExitOpening, Post
from fangxian.ops.posts.wire import NewPost
from fangxian.ops.realm.current import county_now


@transaction.atomic
def set_up_posts(*, posts: Sequence[NewPost], by: str) -> list[Post]:
    """Posts at venues; a venue that has one keeps it as it is. One that was closed is kept again, as is told now.

    Refuses
    -------
    posts.hours
    """
    at = county_now()
    for it in posts:
        _refuse_hours(it.begins_min, it.ends_min, it.n_a_shift)
    again = [row for it in posts if (row := _kept_again(it, by)) is not None]
    known = set(Post.objects.filter(venue__in=[it.venue for it in posts]).values_list("venue", flat=True))
    new = [it for it in posts if it.venue not in known]
    rows = [
        Post(
            venue=it.venue, name=it.name, venue_class=it.venue_class, area_path=it.area_path, begins_min=it.begins_min,
            ends_min=it.ends_min, n_a_shift=it.n_a_shift, phone=it.phone, set_up_at=at, set_up_by=by,
        )
        for it in new
    ]  # fmt: skip
    Post.objects.bulk_create(rows)
    Exit.objects.bulk_create(
        Exit(
            post=row, number=number, name=way.name, is_locked=way.is_locked, key_holder=way.key_holder,
            key_phone=way.key_phone,
        )
        for row, it in zip(rows, new, strict=True)
        for number, way in enumerate(it.exits, start=1)
    )  # fmt: skip
    if rows:
        record("posts.set_up", by=by, about=[f"post:{row.pk}" for row in rows], details={"n_posts": len(rows)})
    return [*rows, *again]


def _kept_again(it: NewPost, by: str) -> Post | None:
    """A post that was closed, open again with what is told of it; its register, people and ways are those it had."""
    row = Post.objects.select_for_update().filter(venue=it.venue, closed_at__isnull=False).first()
    if row is None:
        return None
    for name in ("name", "venue_class", "area_path", "begins_min", "ends_min", "n_a_shift", "phone"):
        setattr(row, name, getattr(it, name))
    row.closed_at = None
    row.save()
    for number, way in enumerate(it.exits, start=1):
        told = {
            "name": way.name, "is_locked": way.is_locked, "key_holder": way.key_holder, "key_phone": way.key_phone,
        }  # fmt: skip
        Exit.objects.update_or_create(post=row, number=number, defaults=told)
    record("posts.kept_again", by=by, about=[f"post:{row.pk}"])
    return row


@transaction.atomic
def change_hours(*, post: UUID, begins_min: int, ends_min: int, n_a_shift: int, by: str) -> None:
    """When a post is kept, and by how many at a time.

    Refuses
    -------
    posts.unknown, posts.hours
    """
    row = open_post(post)
    _refuse_hours(begins_min, ends_min, n_a_shift)
    row.begins_min, row.ends_min, row.n_a_shift = begins_min, ends_min, n_a_shift
    row.save(update_fields=["begins_min", "ends_min", "n_a_shift"])
    record("posts.hours_changed", by=by, about=[f"post:{post}"], details={"begins": begins_min, "ends": ends_min})


@transaction.atomic
def close_post(*, post: UUID, reason: str, by: str) -> None:
    """A post is kept no more. What passed there stays; the shifts still to come are called off, and the one that is
    being kept ends now.

    Refuses
    -------
    posts.unknown, posts.close_why, posts.closing_meanwhile
    """
    row, at = open_post(post), county_now()
    if not reason.strip():
        raise refusals.close_why(row.name)
    runs = Emergency.objects.filter(post=row, ended_at__isnull=True).exists()
    if runs or ExitOpening.objects.filter(exit__post=row, locked_at__isnull=True).exists():
        raise refusals.closing_meanwhile(row.name)
    row.closed_at = at
    row.save(update_fields=["closed_at"])
    row.shifts.filter(begins_at__gte=at).delete()
    row.shifts.filter(ends_at__gt=at).update(ends_at=at)
    record("posts.closed", by=by, about=[f"post:{post}"], details={"reason": reason.strip()})


@transaction.atomic
def keep_key(*, exit: UUID, holder: str, phone: str, by: str) -> None:
    """Who has the key of a locked exit from now on.

    Refuses
    -------
    posts.exit_unknown, posts.key_nobody
    """
    row = _locked_exit(exit)
    if not holder.strip():
        raise refusals.key_nobody(row.name)
    row.key_holder, row.key_phone = holder.strip(), phone.strip()
    row.save(update_fields=["key_holder", "key_phone"])
    record("posts.key_given", by=by, about=[f"post:{row.post_id}"], details={"exit": row.number})


@transaction.atomic
def open_exit(*, exit: UUID, why: str, by: str) -> ExitOpening:
    """A locked exit was opened; one that stands open already is told of.

    Refuses
    -------
    posts.exit_unknown, posts.exit_why, posts.exit_stands_open
    """
    row = _locked_exit(exit)
    if not why.strip():
        raise refusals.exit_why(row.name)
    if row.openings.filter(locked_at__isnull=True).exists():
        raise refusals.exit_stands_open(row.name)
    opening = ExitOpening.objects.create(exit=row, opened_at=county_now(), opened_by=by, why=why.strip())
    record("posts.exit_opened", by=by, about=[f"post:{row.post_id}"], details={"exit": row.number, "why": why.strip()})
    return opening


@transaction.atomic
def lock_exit(*, exit: UUID, by: str) -> None:
    """It is locked again; locked already, nothing changes.

    Refuses
    -------
    posts.exit_unknown
    """
    row = _locked_exit(exit)
    if row.openings.filter(locked_at__isnull=True).update(locked_at=county_now(), locked_by=by):
        record("posts.exit_locked", by=by, about=[f"post:{row.post_id}"], details={"exit": row.number})


def _refuse_hours(begins_min: int, ends_min: int, n_a_shift: int) -> None:
    if not 0 <= begins_min < ends_min <= 24 * 60 or not 1 <= n_a_shift <= 20:
        raise refusals.hours(begins_min, ends_min)


def open_post(post: UUID) -> Post:
    """The post, locked; refuses one that is none or is closed."""
    row = Post.objects.select_for_update().filter(pk=post, closed_at__isnull=True).first()
    if row is None:
        raise refusals.post_unknown()
    return row


def _locked_exit(exit: UUID) -> Exit:
    row = Exit.objects.select_for_update().filter(pk=exit, is_locked=True, post__closed_at__isnull=True).first()
    if row is None:
        raise refusals.exit_unknown()
    return row
