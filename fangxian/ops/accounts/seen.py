"""What of other people's accounts an account may see, and what it may do there. Reads; the actions decide again.

Seen are the accounts of one's own unit, those of units that stand in an area over which one may see accounts,
and those appointed there. Each `may_…` asks the very rules the actions ask, so that a page offers no button
that would be refused, and says in the rule's own words why there is none.
"""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from fangxian.core.refusal import Refusal
from fangxian.ops.realm.current import county_now

from . import refusals
from .models import Account, Appointment
from .queries import appointments_of, awaiting_confirmation, in_force, may
from .roles import Role, ScopeKind, the_roles
from .rules import check_confirming, check_may_appoint, check_proposing, check_shape, check_vouching
from .scope import require, widest, within_scope

VIEW, OPEN, APPOINT = "accounts.view", "accounts.open", "accounts.appoint"
STATES = ("unverified", "unappointed", "waiting", "password", "closed")


def accounts_seen_by(viewer: Account) -> QuerySet[Account]:
    """The accounts an account may see, by username. Refuses `accounts.not_yours` where it may see none anywhere."""
    require(viewer, VIEW)
    standing = within_scope(_not_over(county_now()), viewer, VIEW, venue_field="venue")
    at_units = within_scope(Account.objects.all(), viewer, VIEW, "unit__area_path")
    seen = Q(unit=viewer.unit_id) | Q(pk__in=at_units.values("pk")) | Q(pk__in=standing.values("account"))
    return Account.objects.filter(seen).select_related("unit")


def _not_over(now: datetime) -> QuerySet[Appointment]:
    return Appointment.objects.filter(Q(ends_at__isnull=True) | Q(ends_at__gt=now))


def accounts_filtered(
    accounts: QuerySet[Account], *, name: str = "", role: str = "", state: str = ""
) -> QuerySet[Account]:
    """Those of some accounts with a text in the username, a role in force, or a state of `STATES`.

    Closed accounts are left out unless they are asked for, by their state or by name.
    """
    now = county_now()
    held = Appointment.objects.filter(in_force(now), account=OuterRef("pk"))
    waiting = awaiting_confirmation(now).filter(account=OuterRef("pk"))
    wanted = {
        "": Q() if name else Q(is_active=True),
        "unverified": Q(is_active=True, verified_at__isnull=True),
        "unappointed": Q(is_active=True) & ~Exists(held),
        "waiting": Exists(waiting),
        "password": Q(is_active=True, must_change_password=True),
        "closed": Q(is_active=False),
    }
    found = accounts.filter(wanted[state])
    if name:
        found = found.filter(username__icontains=name)
    return found.filter(Exists(held.filter(role=role))) if role else found


def account_seen_by(viewer: Account, account_id: UUID) -> Account:
    """One account.

    Refuses
    -------
    accounts.not_yours, accounts.account.not_found, accounts.account.not_yours
    """
    seen = accounts_seen_by(viewer)
    if account := seen.filter(pk=account_id).first():
        return account
    known = Account.objects.filter(pk=account_id).first()
    raise refusals.account_not_yours(known.username) if known else refusals.account_not_found()


def appointment_seen_by(viewer: Account, appointment_id: UUID) -> Appointment:
    """One appointment of an account that may be seen. Refuses as `account_seen_by`."""
    appointment = Appointment.objects.filter(pk=appointment_id).select_related("account__unit").first()
    if appointment is None:
        require(viewer, VIEW)
        raise refusals.account_not_found()
    account_seen_by(viewer, appointment.account_id)
    return appointment


def proposals_seen_by(viewer: Account) -> QuerySet[Appointment]:
    """What awaits a second person, for accounts the viewer may see; the longest waiting first."""
    waiting = awaiting_confirmation(county_now()).filter(account__in=accounts_seen_by(viewer).values("pk"))
    return waiting.order_by("begins_at", "pk")


def roles_to_appoint(viewer: Account) -> list[Role]:
    """The roles to which an account may appoint somewhere, in the order of roles.toml."""
    held = {it.role for it in appointments_of(viewer)}
    known = [role for role in the_roles().roles.values() if role.scope is not ScopeKind.SELF]
    return [role for role in known if held & role.appointed_by]


def areas_to_appoint(viewer: Account, role: Role) -> list[str]:
    """The areas inside which an account may appoint to a role over an area; the widest only."""
    held = [it for it in appointments_of(viewer) if it.role in role.appointed_by and it.venue is None]
    return widest(it.area_path for it in held)


def venues_to_appoint(viewer: Account, role: Role) -> list[UUID]:
    """The single venues at which an account may appoint to a role, besides those of its areas."""
    held = [it for it in appointments_of(viewer) if it.role in role.appointed_by]
    return [it.venue for it in held if it.venue is not None]


def why_not_confirm(viewer: Account, appointment: Appointment) -> Refusal | None:
    """Why an account may not be the second person of a proposal; None if it may."""
    return _refusal_of(lambda: check_confirming(viewer, appointment, check_shape(appointment)))


def why_not_appoint(viewer: Account, account: Account, role: Role) -> Refusal | None:
    """Why an account may not appoint another to a role, wherever it be; None if nothing stands against it yet."""
    if viewer.pk == account.pk:
        return refusals.own_appointment()
    if not account.is_active:
        return refusals.closed(account.username)
    return _refusal_of(lambda: check_proposing(viewer, account)) if role.takes_two else None


def why_not_end(viewer: Account, appointment: Appointment) -> Refusal | None:
    """Why an account may not end an appointment; None if it may. One's own anybody may give up."""
    if viewer.pk == appointment.account_id:
        return None
    return _refusal_of(lambda: check_may_appoint(viewer, appointment, check_shape(appointment)))


def why_not_verify(viewer: Account, account: Account) -> Refusal | None:
    """Why an account may not vouch for who stands behind another; None if it may."""
    if not may(viewer, OPEN):
        return refusals.not_allowed(the_roles().permissions[OPEN])
    return _refusal_of(lambda: check_vouching(viewer, account))


def who_may_confirm(appointment: Appointment) -> list[Account]:
    """Who could be the second person of a proposal, by username."""
    role, area_path = check_shape(appointment), appointment.area_path
    names = [it.name for it in the_roles().roles.values() if it.approves or it.name in role.appointed_by]
    above = [area_path[:digits] for digits in range(1, len(area_path) + 1)]
    held = Appointment.objects.filter(in_force(county_now()), role__in=names, area_path__in=above)
    candidates = Account.objects.filter(pk__in=held.values("account"), is_active=True).select_related("unit")
    return [account for account in candidates if why_not_confirm(account, appointment) is None]


def _refusal_of(ask: Callable[[], object]) -> Refusal | None:
    try:
        ask()
    except Refusal as refusal:
        return refusal
    return None
