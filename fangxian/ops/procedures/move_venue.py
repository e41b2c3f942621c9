"""Moving a venue to another address, grid or division (场所迁址), and taking a mistaken move back.

1. only by whoever registers or verifies venues at both ends     accounts
2. close it here, open it there under a number of its own        places      (visits stay with the old one's)
3. withdraw the posters with the old address                     documents
4. appoint there who keeps it here, and dismiss them here        accounts
5. people who belong to it belong there from today               people
6. nobody need ask any more why the old door is silent           tasks
7. its post is kept there, with its people and the shifts to come    posts       (passings stay with the old one's)
8. a priority place is one there, where all is due at once        hygiene (hygiene_moves)
"""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db import transaction
from django.utils.timezone import localtime

from fangxian.core.refusal import Refusal
from fangxian.ops.accounts.actions import appoint, dismiss
from fangxian.ops.accounts.models import Account, Appointment
from fangxian.ops.accounts.queries import in_force, may
from fangxian.ops.measures.queries import emergency_classes
from fangxian.ops.people.actions import carry_attachments
from fangxian.ops.places import actions
from fangxian.ops.places.models import GridCell, SchoolClass, Venue
from fangxian.ops.places.refusals import township_needed
from fangxian.ops.posts.actions import carry_post
from fangxian.ops.realm.areas import TOWNSHIP_DIGITS
from fangxian.ops.realm.current import county_now
from fangxian.ops.visits.queries import last_seen

from .hygiene_moves import carry_hygiene, carry_hygiene_back
from .open_venue import may_open
from .print_posters import withdraw_posters
from .settle_visitors import ROAD_POSTS
from .silent_tasks import settle_silence

REGISTER = "venues.register"
BY = "program:venue_move"
BECAUSE, TAKEN_BACK = "场所已迁址", "迁址有误，已撤回"


@dataclass(frozen=True, slots=True)
class Moved:
    """Where the venue goes on, and how many of its devices have to be enrolled there."""

    venue: Venue
    n_devices: int


def may_move(account: Account, venue: Venue, area_path: str) -> bool:
    """Whether the account may put this venue at an area, or take it away from there."""
    return may(account, REGISTER, area_path) or may_open(account, area_path)


@transaction.atomic
def move_venue(*, venue: Venue, cell: GridCell, address: str, by: Account) -> Moved:
    """Carry it out, all or nothing.

    Refuses
    -------
    venues.move.not_yours, posts.emergency_runs, places.township_needed, and what `places.move_venue` refuses
    """
    _refuse_elsewhere(venue, cell.area_path, by)
    n_devices = venue.devices.filter(ended_at__isnull=True, enrolled_at__isnull=False).count()
    new, classes = actions.move_venue(venue=venue, cell=cell, address=address, by=f"account:{by.pk}")
    withdraw_posters(venue=venue, because=BECAUSE, by=f"account:{by.pk}")
    _carry(venue, new, classes)
    carry_post(from_venue=venue.pk, to_venue=new.pk, area_path=new.area_path, by=f"account:{by.pk}")
    carry_hygiene(old=venue, new=new, by=f"account:{by.pk}")
    return Moved(new, n_devices)


@transaction.atomic
def take_move_back(*, venue: Venue, by: Account) -> Venue:
    """It never moved: `venue`, the new one, is closed, and the old one is as it was. Gives the old one.

    Refuses
    -------
    venues.move.not_yours, posts.emergency_runs, venues.visited_there, and what `places.move_back` refuses
    """
    old = venue.moved_from
    if old is not None:
        _refuse_elsewhere(old, venue.area_path, by)
    if last_seen([venue.venue_number]):
        raise _visited_there(venue.name)
    old, classes = actions.move_back(venue=venue, by=f"account:{by.pk}")
    withdraw_posters(venue=venue, because=TAKEN_BACK, by=f"account:{by.pk}")
    _carry(venue, old, classes)
    if (named := venue.namings.first()) is not None and venue.name != old.name:
        # Its name was put right there meanwhile: the sign over the door is the same here.
        told = {"name": venue.name, "address": old.address, "because": named.because or TAKEN_BACK}
        actions.correct_naming(venue=old, by=f"account:{by.pk}", **told)
    carry_post(from_venue=venue.pk, to_venue=old.pk, area_path=old.area_path, by=f"account:{by.pk}")
    carry_hygiene_back(there=venue, here=old, by=f"account:{by.pk}")
    return old


def _carry(old: Venue, new: Venue, classes: Mapping[SchoolClass, SchoolClass]) -> None:
    """Whoever keeps it and whoever belongs to it goes along; the program does it, as the move is what was decided."""
    at = county_now()
    held = list(Appointment.objects.filter(in_force(at), venue=old.pk).select_related("account"))
    there = [
        Appointment(account=it.account, role=it.role, area_path=new.area_path, venue=new.pk, ends_at=it.ends_at)
        for it in held
        if it.account.is_active
    ]
    if held:
        dismiss(appointments=held, by=BY, reason=BECAUSE)
    if there:
        appoint(appointments=there, by=BY)
    carry_attachments(old=old, new=new, classes=classes, from_on=localtime(at).date(), by=BY)
    settle_silence(venues=[old.pk], reason=BECAUSE, by=BY)


def _refuse_elsewhere(venue: Venue, area_path: str, by: Account) -> None:
    if not (may_move(by, venue, venue.area_path) and may_move(by, venue, area_path)):
        raise _not_yours(venue.name)
    is_grave = venue.venue_class in emergency_classes().union(ROAD_POSTS)
    decides = may(by, "approvals.decide", area_path[:TOWNSHIP_DIGITS])
    if is_grave and not (decides or may(by, REGISTER, area_path)):
        raise township_needed(venue.name)


def _not_yours(name: str) -> Refusal:
    return Refusal(
        "venues.move.not_yours",
        zh="“{name}”的旧址或新址不在您的辖区里，没有迁址。跨村的请乡镇办理，跨乡镇的请县里办理。",
        en="The old or the new address of “{name}” is not in your area, so it was not moved. Between villages the "
        "township does it, between townships the county.",
        name=name,
    )


def _visited_there(name: str) -> Refusal:
    return Refusal(
        "venues.visited_there",
        zh="“{name}”的新码已经有人扫过，迁址没有撤回：撤回会让这些到访没有着落。请再迁一次，迁到对的地址。",
        en="The new codes of “{name}” have been scanned, so the move was not taken back: those visits would stand "
        "nowhere. Move it once more, to the right address.",
        name=name,
    )
