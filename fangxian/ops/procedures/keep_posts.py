"""A post is set up at a venue, or kept no more (设值守点、撤值守点).

1. whoever hands out work where the venue stands, and
   answers for who comes and goes there                accounts, places
2. the venue is in use, and has no post                places, posts
3. hours, people a shift, ways and the key              posts
4. closed: shifts to come and what was to be done for
   its roster need not be any more                      posts, tasks

What passed at a post stays on record; a phone may still tell of what it registered before the post was closed.
"""

from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from fangxian.ops.accounts.models import Account
from fangxian.ops.accounts.scope import require, within_scope
from fangxian.ops.places.models import Venue
from fangxian.ops.posts import actions, refusals
from fangxian.ops.posts.queries import Post, open_posts, posts_with
from fangxian.ops.posts.wire import NewExit, NewPost
from fangxian.ops.tasks.actions import cancel
from fangxian.ops.tasks.queries import unfinished

from .watch_posts import GAP, NOBODY_CAME

MANAGE, REVIEW = "tasks.assign", "movement.review"
CLOSED = "值守点已撤销 · the post is closed"


def venues_for_posts(account: Account) -> QuerySet[Venue]:
    """The venues in use of an account's areas at which there is no post."""
    rows = Venue.objects.filter(status=Venue.Status.VERIFIED).exclude(pk__in=open_posts().values("venue"))
    return within_scope(within_scope(rows, account, MANAGE), account, REVIEW).order_by("area_path", "venue_number")


@transaction.atomic
def set_up_post(
    *, venue: UUID, begins_min: int, ends_min: int, n_a_shift: int, phone: str, exits: tuple[NewExit, ...], by: Account
) -> Post:
    """Set up a post at a venue; one that was closed there is kept again.

    Refuses
    -------
    posts.venue_unfit, posts.there_already, posts.hours, posts.key_nobody
    """
    # Two who set one up at a venue at once: the second finds it there.
    list(Venue.objects.select_for_update().filter(pk=venue).values_list("pk"))
    if (there := open_posts().filter(venue=venue).first()) is not None:
        raise refusals.post_there(there.name)
    row = venues_for_posts(by).filter(pk=venue).first()
    if row is None:
        raise refusals.no_venue()
    for it in exits:
        if it.is_locked and not it.key_holder.strip():
            raise refusals.key_nobody(it.name)
    new = NewPost(
        venue=row.pk, name=row.name, venue_class=row.venue_class, area_path=row.area_path, begins_min=begins_min,
        ends_min=ends_min, n_a_shift=n_a_shift, phone=phone.strip(), exits=exits,
    )  # fmt: skip
    return actions.set_up_posts(posts=[new], by=f"account:{by.pk}")[0]


@transaction.atomic
def end_post(*, post: UUID, reason: str, by: Account) -> None:
    """A post is kept no more.

    Refuses
    -------
    accounts.not_yours, posts.unknown, posts.close_why, posts.closing_meanwhile
    """
    row = posts_with([post]).get(post)
    for permission in (MANAGE, REVIEW):
        require(by, permission, row.area_path if row else None)
    actions.close_post(post=post, reason=reason, by=f"account:{by.pk}")
    waiting = unfinished().filter(about=f"post:{post}", kind__in=(GAP, NOBODY_CAME))
    if ids := list(waiting.values_list("pk", flat=True)):
        cancel(tasks=ids, reason=CLOSED, by=f"account:{by.pk}")
