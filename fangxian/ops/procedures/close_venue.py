"""Closing a venue (场所停用).

1. close it                       places      (its codes and devices are worth nothing from now on)
2. withdraw the printed posters   documents
3. nobody keeps a post there any more, and nobody is looked for who would    posts
"""

from django.db import transaction

from fangxian.ops.places import actions
from fangxian.ops.places.models import Venue
from fangxian.ops.posts.actions import close_post
from fangxian.ops.posts.queries import post_of_venue

from .print_posters import withdraw_posters

BECAUSE = "场所已停用"


@transaction.atomic
def close_venue(*, venue: Venue, because: str = "", by: str) -> None:
    """Carry it out. Refuses `places.venue_status`."""
    actions.close_venue(venue=venue, because=because.strip(), by=by)
    withdraw_posters(venue=venue, because=because.strip() or BECAUSE, by=by)
    if post := post_of_venue(venue.pk):
        close_post(post=post.pk, reason=because.strip() or BECAUSE, by=by)
