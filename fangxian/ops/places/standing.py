"""What the actions on venues and devices begin with: the row as it stands, locked, or the refusal."""

from . import refusals
from .models import Door, Venue


def venue_locked(venue: Venue, *statuses: str) -> Venue:
    """The venue as it stands on record, locked, if it has one of the statuses."""
    row = Venue.objects.select_for_update().get(pk=venue.pk)
    refuse_status(row, *statuses)
    return row


def refuse_status(venue: Venue, *statuses: str) -> None:
    if venue.status not in statuses:
        raise refusals.venue_status(venue.name, venue.status, statuses)


def door_of(venue: Venue, number: int) -> Door:
    door = venue.doors.select_for_update().filter(number=number).first()
    if door is None:
        raise refusals.door_unknown(venue.name, number, venue.doors.count())
    return door


def subject_of(venue: Venue) -> str:
    return f"venue:{venue.pk}"
