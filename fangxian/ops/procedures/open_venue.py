"""Opening a venue (场所核验登记).

1. verify what the application says   places     (an approver of the village or township; its codes count now)
2. appoint its owner to it            accounts   (who keeps its doors and codes from now on)
"""

from django.db import transaction

from fangxian.ops.accounts.actions import appoint
from fangxian.ops.accounts.models import Account, Appointment
from fangxian.ops.accounts.queries import actor, appointments_of, may
from fangxian.ops.accounts.roles import the_roles
from fangxian.ops.measures.queries import emergency_classes
from fangxian.ops.places.actions import verify_venue
from fangxian.ops.places.models import Venue
from fangxian.ops.places.refusals import township_needed
from fangxian.ops.realm.areas import TOWNSHIP_DIGITS

from .settle_visitors import ROAD_POSTS

OWNER = "venue_owner"


@transaction.atomic
def open_venue(*, venue: Venue, by: str) -> None:
    """Carry it out.

    Refuses
    -------
    places.township_needed, and what `verify_venue` and `appoint` refuse; then nothing is done
    """
    _refuse_village_alone(venue, actor(by))
    verify_venue(venue=venue, by=by)
    if venue.owner is not None and not keeps(venue.owner, venue):
        appoint(appointments=[as_owner(venue.owner, venue)], by=by)


def _refuse_village_alone(venue: Venue, approver: Account | None) -> None:
    """Emergency care refuses nobody, a road post vouches for strangers: whoever makes one answers for a township."""
    if approver is None or venue.venue_class not in emergency_classes().union(ROAD_POSTS):
        return
    if not may(approver, "approvals.decide", venue.area_path[:TOWNSHIP_DIGITS]):
        raise township_needed(venue.name)


def may_open(account: Account, area_path: str | None = None) -> bool:
    """Whether the account verifies venues, there or anywhere: it approves there and may appoint a venue's owner."""
    appointing = the_roles().roles[OWNER].appointed_by
    appoints = any(
        held.role in appointing and held.venue is None and (area_path or held.area_path).startswith(held.area_path)
        for held in appointments_of(account)
    )
    return appoints and may(account, "approvals.decide", area_path)


def as_owner(account: Account, venue: Venue) -> Appointment:
    """The appointment with which an account keeps one venue."""
    return Appointment(account=account, role=OWNER, area_path=venue.area_path, venue=venue.pk)


def keeps(account: Account, venue: Venue) -> bool:
    """Whether the account is appointed to the venue as its owner already."""
    return account.appointments.filter(role=OWNER, venue=venue.pk, ends_at__isnull=True).exists()
