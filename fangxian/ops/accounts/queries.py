"""What others may ask of the accounts room."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db.models import F, Q, QuerySet

from fangxian.ops.realm.areas import below
from fangxian.ops.realm.current import county_now

from .models import Account, Appointment, Unit
from .roles import Role, ScopeKind, the_roles

_REMEMBERED = "_appointments_remembered"


RESTING = Q(verified_at__isnull=True, password_by__startswith="account:")
NOT_AWAITING = Q(proposed_by="") | ~Q(confirmed_by="")


def in_force(at: datetime) -> Q:
    """Appointments for which `at` (county time) is in [begins_at, ends_at), and that await no second person."""
    return Q(begins_at__lte=at) & (Q(ends_at__isnull=True) | Q(ends_at__gt=at)) & NOT_AWAITING


def awaiting_confirmation(at: datetime) -> QuerySet[Appointment]:
    """Appointments that one person has proposed and a second must confirm (`actions.confirm_appointment`)."""
    waiting = Appointment.objects.exclude(NOT_AWAITING).filter(Q(ends_at__isnull=True) | Q(ends_at__gt=at))
    return waiting.select_related("account__unit")


def actor(by: str) -> Account | None:
    """The account behind `by`; None for a program."""
    kind, _, name = by.partition(":")
    return Account.objects.select_related("unit").get(pk=UUID(name)) if kind == "account" else None


def appointments_of(account: Account, *, at: datetime | None = None) -> list[Appointment]:
    """What the account is appointed to at a moment (county time, now by default); [] when it is closed.

    [] also while `must_change_password`: somebody else knows its password, so it may do nothing but change it.
    Roles that take two persons rest until its person has been seen again by another than whoever set it: the
    setter could have signed in and changed it too.
    Read once for each `Account` object and remembered on it, since one page asks twenty times: an object
    lives no longer than a request, and the actions forget what they change.
    """
    return _standing(account, _remembered(account), at)


def _remembered(account: Account) -> list[Appointment]:
    if not getattr(account, "is_authenticated", False) or not account.is_active:
        return []
    if account.must_change_password:
        return []
    remembered = account.__dict__.get(_REMEMBERED)
    if remembered is None:
        # Chosen here and not in the statement, which every page asks and which took as long to write as to answer.
        known, held = the_roles().roles.keys(), account.appointments.all()
        remembered = [it for it in held if it.role in known and (not it.proposed_by or it.confirmed_by)]
        account.__dict__[_REMEMBERED] = remembered
    return remembered


def _standing(account: Account, appointments: list[Appointment], at: datetime | None) -> list[Appointment]:
    if not appointments:
        return []
    at, rests = at or county_now(), rests_until_verified(account)
    held = [it for it in appointments if it.begins_at <= at and (it.ends_at is None or at < it.ends_at)]
    return [it for it in held if not (rests and the_roles().roles[it.role].takes_two)]


def rests_until_verified(account: Account) -> bool:
    """Whether an account's hand set the password, and no other has seen the person since: `RESTING`, of one."""
    return account.verified_at is None and account.password_by.startswith("account:")


def forget_appointments(account: Account) -> None:
    account.__dict__.pop(_REMEMBERED, None)


def roles_of(account: Account) -> list[Role]:
    """The roles an account is appointed to now, in the order of roles.toml, each once."""
    held = {appointment.role for appointment in appointments_of(account)}
    return [role for role in the_roles().roles.values() if role.name in held]


def has_administered_since(account: Account, since: datetime) -> bool:
    """Whether the account has held one of the three administrations at or after a moment, or holds one."""
    names = [role.name for role in the_roles().roles.values() if role.is_administration]
    held = account.appointments.filter(NOT_AWAITING, role__in=names, begins_at__lte=county_now())
    return held.exclude(ends_at=F("begins_at")).filter(Q(ends_at__isnull=True) | Q(ends_at__gt=since)).exists()


def permissions_of(account: Account) -> frozenset[str]:
    """Everything an account may do somewhere, now."""
    return frozenset().union(*(role.permissions for role in roles_of(account)))


def appointments_with(account: Account, permission: str) -> list[Appointment]:
    """The account's appointments in force to roles that hold a permission."""
    holding = the_roles().holding(permission)
    return _standing(account, [it for it in _remembered(account) if it.role in holding], None)


def may(account: Account | None, permission: str, area_path: str | None = None, *, team: UUID | None = None) -> bool:
    """Whether an account may do something, anywhere or in one area.

    Parameters
    ----------
    account : None and an anonymous visitor may do nothing
    area_path : without it: is there any area, venue or record of its own for which it may. With it: does an
        appointment over an area (a venue's and one's own do not count) hold the whole of this one.
    team : the tracing team to which what lies in the area was handed; an appointment to that team holds it too
    """
    if account is None:
        the_roles().holding(permission)
        return False
    held = appointments_with(account, permission)
    if area_path is None:
        return bool(held)
    if team is not None and any(it.team == team for it in held):
        return True
    return any(is_over_an_area(it) and area_path.startswith(it.area_path) for it in held)


def is_over_an_area(appointment: Appointment) -> bool:
    return the_roles().roles[appointment.role].scope not in (ScopeKind.VENUE, ScopeKind.SELF)


def appointments_to_team(team: UUID) -> list[Appointment]:
    """The appointments in force by which accounts see what a tracing team is given, with the accounts."""
    held = Appointment.objects.filter(in_force(county_now()), team=team)
    return list(held.select_related("account__unit").order_by("begins_at", "pk"))


def idle_minutes_of(account: Account) -> int:
    """After how many minutes without a request the account is signed out: the shortest of its roles."""
    return min((role.idle_minutes for role in roles_of(account)), default=15)


def accounts_with(permission: str, area_path: str) -> QuerySet[Account]:
    """Open accounts that may do something in the whole of an area, by username."""
    above = [area_path[:digits] for digits in range(1, len(area_path) + 1)]
    areal = [
        name
        for name in the_roles().holding(permission)
        if the_roles().roles[name].scope not in (ScopeKind.VENUE, ScopeKind.SELF)
    ]
    appointed = Appointment.objects.filter(in_force(county_now()), role__in=areal, area_path__in=above)
    return Account.objects.filter(is_active=True, pk__in=appointed.values("account")).select_related("unit")


def account_named(username: str) -> Account | None:
    return Account.objects.filter(username=username).select_related("unit").first()


def accounts_by_id(ids: Iterable[UUID]) -> dict[UUID, Account]:
    """Accounts with their units, by id; for pages that show who did something."""
    return {account.pk: account for account in Account.objects.filter(pk__in=set(ids)).select_related("unit")}


def bys_of_venue(venue: UUID) -> set[str]:
    """Whoever was ever appointed to a venue, as `by` has them."""
    rows = Appointment.objects.filter(venue=venue).order_by()
    return {f"account:{pk}" for pk in rows.values_list("account_id", flat=True)}


def accounts_named_by(bys: Iterable[str]) -> dict[str, Account]:
    """The accounts behind some `by`, by it; a program's is left out."""
    ids = {by: UUID(by.removeprefix("account:")) for by in bys if by.startswith("account:")}
    found = accounts_by_id(ids.values())
    return {by: found[id_] for by, id_ in ids.items() if id_ in found}


def units_in(area_path: str) -> QuerySet[Unit]:
    return Unit.objects.filter(below(area_path))


def separation_breaches() -> list[Account]:
    """Accounts of persons who hold two of the three administrations at once, or one together with an approving role.

    The actions refuse this; whoever finds some here has found rows written past them. Ended ones count too.
    """
    roles = the_roles().roles
    administrations = [name for name, role in roles.items() if role.is_administration]
    apart = [name for name, role in roles.items() if role.is_administration or role.approves]
    one = Appointment.objects.filter(role__in=administrations).exclude(ends_at=F("begins_at"))
    breaching = []
    for held in one.select_related("account"):
        same = Q(account=held.account_id)
        if held.account.identity_index is not None:
            same |= Q(account__identity_index=held.account.identity_index)
        others = Appointment.objects.filter(same, role__in=apart).exclude(role=held.role)
        others = others.exclude(ends_at=F("begins_at")).filter(Q(ends_at__isnull=True) | Q(ends_at__gt=held.begins_at))
        if held.ends_at is not None:
            others = others.filter(begins_at__lt=held.ends_at)
        if others.exists():
            breaching.append(held.account)
    return sorted(set(breaching), key=lambda account: account.username)


def working_in(area_paths: Iterable[str], role: str) -> dict[str, list[tuple[UUID, str]]]:
    """The open accounts that hold a role over exactly these areas, now: their ids and usernames by the area."""
    held = Appointment.objects.filter(
        in_force(county_now()), role=role, area_path__in=list(area_paths), account__is_active=True
    )
    found: dict[str, list[tuple[UUID, str]]] = {}
    for path, pk, username in held.order_by("account__username").values_list(
        "area_path", "account", "account__username"
    ):
        found.setdefault(path, []).append((pk, username))
    return found
