"""Handing a venue over (场所转让).

1. give it to its new owner       places      (every door's code is issued anew, the old owner's devices end)
2. withdraw the printed posters   documents
3. appoint the new owner          accounts
4. dismiss those who kept it      accounts    (the old owner and the keepers; staff of a school or clinic stay)
"""

from django.db import transaction

from fangxian.core.refusal import Refusal
from fangxian.ops.accounts.actions import appoint, dismiss
from fangxian.ops.accounts.models import Account, Appointment
from fangxian.ops.accounts.queries import account_named, appointments_of, in_force
from fangxian.ops.accounts.roles import the_roles
from fangxian.ops.places.actions import transfer_venue
from fangxian.ops.places.models import Venue
from fangxian.ops.realm.current import county_now

from .open_venue import OWNER, as_owner, keeps
from .print_posters import withdraw_posters

BECAUSE = "场所已转让"
LEAVING = (OWNER, "door_keeper")


@transaction.atomic
def hand_over_venue(*, venue: Venue, username: str, by: str) -> None:
    """Carry it out, all or nothing.

    Refuses
    -------
    venues.successor_unknown
        No open account has that username.
    and what `transfer_venue`, `appoint` and `dismiss` refuse
    """
    owner = account_named(username.strip())
    if owner is None or not owner.is_active:
        raise _successor_unknown(venue.name, username.strip())
    transfer_venue(venue=venue, owner=owner, by=by)
    withdraw_posters(venue=venue, because=BECAUSE, by=by)
    if not keeps(owner, venue):
        appoint(appointments=[as_owner(owner, venue)], by=by)
    held = Appointment.objects.filter(in_force(county_now()), venue=venue.pk, role__in=LEAVING).exclude(account=owner)
    # The one who acts goes last: giving up the own role first would leave nobody to dismiss the others.
    own = [it for it in held.select_related("account") if by == f"account:{it.account_id}"]
    others = [it for it in held.select_related("account") if by != f"account:{it.account_id}"]
    for appointments in filter(None, (others, own)):
        dismiss(appointments=appointments, by=by)


def may_hand_over(account: Account, venue: Venue) -> bool:
    """Whether the account may appoint the venue's next owner."""
    appointing = the_roles().roles[OWNER].appointed_by
    return any(
        held.role in appointing and venue.area_path.startswith(held.area_path) and held.venue in (None, venue.pk)
        for held in appointments_of(account)
    )


def _successor_unknown(name: str, username: str) -> Refusal:
    return Refusal(
        "venues.successor_unknown",
        zh="没有用户名为“{username}”的在用账号，“{name}”没有转让。接手的人要先有账号；请向对方核对用户名，"
        "没有账号的请先到村（社区）开立。",
        en="There is no open account with the username “{username}”, so “{name}” was not handed over. Whoever takes "
        "over needs an account first: check the username with them, or have one opened at the village.",
        username=username,
        name=name,
    )
