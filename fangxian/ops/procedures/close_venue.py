"""Closing a venue (场所停用), and opening it again at the same address (重新启用).

1. close it                       places      (its codes and devices are worth nothing from now on)
2. withdraw the printed posters   documents
3. nobody keeps a post there any more, and nobody is looked for who would    posts
4. nobody need ask any more why it is silent, or whether it is gone          tasks

Scans stay in the archive under its number. Its owner stays appointed, reads on the own page that it is closed and why,
and keeps it again when it opens again; every door's code is then another.
"""

from django.db import transaction

from fangxian.core.refusal import Refusal
from fangxian.ops.accounts.models import Account
from fangxian.ops.accounts.queries import may
from fangxian.ops.places import actions
from fangxian.ops.places.models import Venue
from fangxian.ops.posts.actions import close_post
from fangxian.ops.posts.queries import post_of_venue

from .open_venue import may_open
from .print_posters import withdraw_posters
from .silent_tasks import settle_silence

BECAUSE = "场所已停用"


@transaction.atomic
def close_venue(*, venue: Venue, because: str = "", by: str) -> None:
    """Carry it out. Refuses `places.venue_status`."""
    actions.close_venue(venue=venue, because=because.strip(), by=by)
    withdraw_posters(venue=venue, because=because.strip() or BECAUSE, by=by)
    if post := post_of_venue(venue.pk):
        close_post(post=post.pk, reason=because.strip() or BECAUSE, by=by)
    settle_silence(venues=[venue.pk], reason=because.strip() or BECAUSE, by=by)


def may_reopen(account: Account, venue: Venue) -> bool:
    """Whether the account opens a closed venue again: whoever would verify or register it there."""
    return may(account, "venues.register", venue.area_path) or may_open(account, venue.area_path)


@transaction.atomic
def reopen_venue(*, venue: Venue, because: str, by: Account) -> None:
    """Carry it out.

    Refuses
    -------
    venues.reopen.not_yours, and what `places.reopen_venue` refuses
    """
    if not may_reopen(by, venue):
        raise Refusal(
            "venues.reopen.not_yours",
            zh="“{name}”不由您登记或核验，没有重新启用。请联系那里的村（社区）、乡镇审批员。",
            en="You neither register nor verify “{name}”, so it was not opened again. Ask the village's or township's "
            "approver there.",
            name=venue.name,
        )
    actions.reopen_venue(venue=venue, because=because, by=f"account:{by.pk}")
