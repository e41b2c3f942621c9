"""A keeper takes a post with their own phone (值守上岗).

1. the venue at which they were appointed to scan   accounts, places
2. a device of that venue, let in at once           places

The owner's code is for phones of whoever is at hand; a keeper with an appointment has proved already who they are.
"""

from uuid import UUID

from django.db import transaction

from fangxian.ops.accounts.models import Account
from fangxian.ops.places.actions import enrol_device, offer_device
from fangxian.ops.places.models import DoorDevice, Venue
from fangxian.ops.places.queries import venue_for

SCAN = "doors.scan"
EVERY_DOOR = 0


@transaction.atomic
def take_post(*, account: Account, venue_id: UUID, name: str) -> DoorDevice:
    """Let this phone in as a keeper's device for every door of a venue.

    Refuses
    -------
    places.venue.not_found, places.venue.not_yours, places.venue_status
    """
    venue: Venue = venue_for(account, [SCAN], venue_id)
    _, enrolment_code = offer_device(
        venue=venue, door=EVERY_DOOR, kind=DoorDevice.Kind.KEEPER, name=name, by=f"account:{account.pk}"
    )
    return enrol_device(enrolment_code=enrolment_code)
