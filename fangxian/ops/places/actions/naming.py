"""A venue's name or address is put right where it stands: a spelling, a new sign, a street that is called otherwise.

Number, doors, codes and devices stay: it is the same place. What it was called until then is kept beside it.
"""

from django.db import transaction

from fangxian.ops.audit.actions import record
from fangxian.ops.realm.current import county_now

from .. import refusals
from ..models import Venue, VenueNaming
from ..standing import subject_of, venue_locked

LIVING = (Venue.Status.APPLIED, Venue.Status.VERIFIED, Venue.Status.SUSPENDED)


@transaction.atomic
def correct_naming(*, venue: Venue, name: str, address: str, because: str, by: str) -> VenueNaming:
    """What it is called and where it stands from now on; what it was until now. The gate is not told: it knows numbers.

    Refuses
    -------
    places.venue_status, places.naming_empty, places.naming_same, places.reason_missing, places.venue_exists
    """
    row, name, address = venue_locked(venue, *LIVING), " ".join(name.split()), " ".join(address.split())
    if not name:
        raise refusals.naming_empty(row.name)
    if (name, address) == (row.name, row.address):
        raise refusals.naming_same(row.name)
    if not because.strip():
        raise refusals.reason_missing(row.name)
    same = Venue.objects.filter(grid_cell=row.grid_cell_id, name=name).exclude(pk=row.pk)
    if other := same.exclude(status=Venue.Status.CLOSED).first():
        raise refusals.venue_exists(other.name, other.status)
    was = VenueNaming.objects.create(
        venue=row, name=row.name, address=row.address, ended_at=county_now(), ended_by=by, because=because.strip()[:200]
    )
    row.name, row.address = name, address
    row.save(update_fields=["name", "address"])
    details = {"name": was.name, "address": was.address, "new_name": name, "new_address": address, "because": because}
    record("places.venue_naming_corrected", by=by, about=[subject_of(row)], details=details)
    venue.refresh_from_db()
    return was
