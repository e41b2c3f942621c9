"""Closing a venue (场所停用).

1. close it                       places      (its codes and devices are worth nothing from now on)
2. withdraw the printed posters   documents
"""

from django.db import transaction

from fangxian.ops.places import actions
from fangxian.ops.places.models import Venue

from .print_posters import withdraw_posters

BECAUSE = "场所已停用"


@transaction.atomic
def close_venue(*, venue: Venue, because: str = "", by: str) -> None:
    """Carry it out. Refuses `places.venue_status`."""
    actions.close_venue(venue=venue, because=because.strip(), by=by)
    withdraw_posters(venue=venue, because=because.strip() or BECAUSE, by=by)
