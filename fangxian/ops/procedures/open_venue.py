"""Opening a venue (场所核验登记).

1. verify what the application says   places     (an approver of the village or township; its codes count now)
2. appoint its owner to it            accounts   (who keeps its doors and codes from now on)
"""

from django.db import transaction

from fangxian.ops.accounts.actions import appoint
from fangxian.ops.accounts.models import Account, Appointment
from fangxian.ops.places.actions import verify_venue
from fangxian.ops.places.models import Venue

OWNER = "venue_owner"


@transaction.atomic
def open_venue(*, venue: Venue, by: str) -> None:
    """Carry it out. Refuses what `verify_venue` and `appoint` refuse; then nothing is done."""
    verify_venue(venue=venue, by=by)
    if venue.owner is not None and not keeps(venue.owner, venue):
        appoint(appointments=[as_owner(venue.owner, venue)], by=by)


def as_owner(account: Account, venue: Venue) -> Appointment:
    """The appointment with which an account keeps one venue."""
    return Appointment(account=account, role=OWNER, area_path=venue.area_path, venue=venue.pk)


def keeps(account: Account, venue: Venue) -> bool:
    """Whether the account is appointed to the venue as its owner already."""
    return account.appointments.filter(role=OWNER, venue=venue.pk, ends_at__isnull=True).exists()
