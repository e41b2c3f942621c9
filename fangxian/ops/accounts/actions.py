"""The only writers of the accounts room. Each is one transaction and one line in the audit trail.

`by` is "account:<uuid>" or "program:<name>". What an account may not do here is refused here, because
nobody above these actions guards them: appointing is how everything else is guarded.
"""

import re
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F, Q

from fangxian.ops.audit.actions import record
from fangxian.ops.realm.current import county_now

from . import refusals
from .models import Account, Appointment, Unit
from .queries import appointments_of, forget_appointments, in_force, may
from .roles import DIGITS, Role, ScopeKind, the_roles

BATCH = 1000
USERNAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
LONGEST_USERNAME = 50
SECURITY = "security_administrator"


def actor(by: str) -> Account | None:
    """The account behind `by`; None for a program."""
    kind, _, name = by.partition(":")
    return Account.objects.select_related("unit").get(pk=UUID(name)) if kind == "account" else None


def _unit_of(acting: Account | None) -> object:
    return acting.unit_id if acting else ""


def _about(accounts: Sequence[Account]) -> list[str]:
    return [f"account:{account.pk}" for account in accounts]


def _require(by: str, permission: str) -> Account | None:
    acting = actor(by)
    if acting is not None and not may(acting, permission):
        raise refusals.not_allowed(the_roles().permissions[permission])
    return acting


def _locked(accounts: Sequence[Account]) -> dict[UUID, Account]:
    """The accounts as they are now, locked until the end of the transaction, in one order for everybody."""
    rows = Account.objects.select_for_update().filter(pk__in={account.pk for account in accounts}).order_by("pk")
    return {account.pk: account for account in rows}


@transaction.atomic
def open_units(*, units: Sequence[Unit], by: str) -> None:
    """Put units on record. Refuses `accounts.not_allowed`."""
    acting = _require(by, "accounts.open")
    Unit.objects.bulk_create(units, batch_size=BATCH)
    record("accounts.units_opened", by=by, details={"n_units": len(units)}, unit=_unit_of(acting))


@transaction.atomic
def open_accounts(*, accounts: Sequence[Account], by: str) -> None:
    """Open accounts: without a password nobody can sign in to them until one is set.

    `unit_since` is now unless given. A password must have been hashed already; leave it empty otherwise.

    Refuses
    -------
    accounts.not_allowed, accounts.username_unfit, accounts.username_taken
    """
    acting = _require(by, "accounts.open")
    names = [account.username for account in accounts]
    for name in names:
        if len(name) > LONGEST_USERNAME or not USERNAME.fullmatch(name):
            raise refusals.username_unfit(name)
    taken = set(Account.objects.filter(username__in=names).values_list("username", flat=True))
    taken |= {name for name in names if names.count(name) > 1} if len(set(names)) < len(names) else set()
    if taken:
        raise refusals.username_taken(sorted(taken)[0])
    now = county_now()
    for account in accounts:
        account.unit_since = account.unit_since or now
        account.password = account.password or make_password(None)
    Account.objects.bulk_create(accounts, batch_size=BATCH)
    record(
        "accounts.opened",
        by=by,
        about=_about(accounts),
        details={"n_accounts": len(accounts)},
        unit=_unit_of(acting),
    )


@transaction.atomic
def verify_person(*, accounts: Sequence[Account], by: str) -> None:
    """Say that somebody has checked who stands behind each account; only verified people count in approvals.

    Refuses
    -------
    accounts.not_allowed, accounts.own_verification
    """
    acting = _require(by, "accounts.open")
    if acting and acting.pk in {account.pk for account in accounts}:
        raise refusals.own_verification()
    at = county_now()
    Account.objects.filter(pk__in=_locked(accounts)).update(verified_at=at)
    for account in accounts:
        account.verified_at = at
    record("accounts.persons_verified", by=by, about=_about(accounts), unit=_unit_of(acting))


@transaction.atomic
def appoint(*, appointments: Sequence[Appointment], by: str) -> None:
    """Give accounts roles over areas. `begins_at` is now unless given.

    Refuses
    -------
    accounts.own_appointment, accounts.may_not_appoint
        An account appoints where roles.toml says it may, inside its own area, and never itself.
    accounts.role_unknown, accounts.area_unfit, accounts.appointment_period, accounts.closed
    accounts.already_appointed, accounts.administration_apart
    """
    acting, now = actor(by), county_now()
    for appointment in appointments:
        appointment.begins_at = appointment.begins_at or now
        role = _check_shape(appointment)
        _check_may_appoint(acting, appointment, role)
    accounts = _locked([appointment.account for appointment in appointments])
    for account in accounts.values():
        if not account.is_active:
            raise refusals.closed(account.username)
    _check_beside_others(appointments, accounts)
    Appointment.objects.bulk_create(appointments, batch_size=BATCH)
    for appointment in appointments:
        forget_appointments(appointment.account)
    record(
        "accounts.appointed",
        by=by,
        about=_about(list(accounts.values())),
        details={"appointments": [_as_details(appointment) for appointment in appointments]},
        unit=_unit_of(acting),
    )


def _as_details(appointment: Appointment) -> dict:
    return {
        "account": str(appointment.account_id),
        "role": appointment.role,
        "area_path": appointment.area_path,
        "venue": str(appointment.venue or ""),
        "begins_at": appointment.begins_at.isoformat(),
        "ends_at": appointment.ends_at.isoformat() if appointment.ends_at else "",
    }


def _check_shape(appointment: Appointment) -> Role:
    role = the_roles().roles.get(appointment.role)
    if role is None:
        raise refusals.role_unknown(appointment.role)
    area_path, digits = appointment.area_path, DIGITS[role.scope]
    is_fit = len(area_path) == digits and (area_path.isdecimal() or not digits)
    if not is_fit or (role.scope is ScopeKind.VENUE) is not (appointment.venue is not None):
        raise refusals.area_unfit(role, area_path, digits)
    if appointment.ends_at is not None and appointment.ends_at <= appointment.begins_at:
        raise refusals.appointment_period(appointment.begins_at, appointment.ends_at)
    return role


def _check_may_appoint(acting: Account | None, appointment: Appointment, role: Role) -> None:
    if acting is None:
        return
    if acting.pk == appointment.account_id:
        raise refusals.own_appointment()
    for held in appointments_of(acting):
        is_wide_enough = appointment.area_path.startswith(held.area_path)
        is_same_venue = held.venue is None or held.venue == appointment.venue
        if held.role in role.appointed_by and is_wide_enough and is_same_venue:
            return
    by_roles = [the_roles().roles[name] for name in the_roles().roles if name in role.appointed_by]
    raise refusals.may_not_appoint(role, appointment.area_path, by_roles)


def _check_beside_others(appointments: Sequence[Appointment], accounts: dict[UUID, Account]) -> None:
    """Each new appointment beside those the account has already, and beside the others of this batch."""
    held: dict[UUID, list[Appointment]] = {pk: [] for pk in accounts}
    for appointment in Appointment.objects.filter(account__in=accounts).exclude(ends_at=F("begins_at")):
        held[appointment.account_id].append(appointment)
    for new in appointments:
        for other in held[new.account_id]:
            if _overlap(new, other):
                _check_pair(new, other, accounts[new.account_id])
        held[new.account_id].append(new)


def _overlap(one: Appointment, other: Appointment) -> bool:
    def before(ends_at: datetime | None, begins_at: datetime) -> bool:
        return ends_at is not None and ends_at <= begins_at

    return not before(one.ends_at, other.begins_at) and not before(other.ends_at, one.begins_at)


def _check_pair(new: Appointment, other: Appointment, account: Account) -> None:
    roles = the_roles().roles
    if other.role not in roles:
        return
    one, two = roles[new.role], roles[other.role]
    if one == two and (new.area_path, new.venue) == (other.area_path, other.venue):
        raise refusals.already_appointed(account.username, one, new.area_path)
    both_administer = one.is_administration and two.is_administration and one != two
    if both_administer or (one.is_administration and two.approves) or (two.is_administration and one.approves):
        raise refusals.administration_apart(account.username, one, two)


@transaction.atomic
def dismiss(*, appointments: Sequence[Appointment], by: str) -> None:
    """End appointments now; one that has not begun never begins. Anybody may give up a role of their own.

    Refuses
    -------
    accounts.may_not_appoint, accounts.last_security_administrator
    """
    acting, now = actor(by), county_now()
    for appointment in appointments:
        if acting is None or acting.pk != appointment.account_id:
            _check_may_appoint(acting, appointment, _check_shape(appointment))
    _locked([appointment.account for appointment in appointments])
    running = Appointment.objects.filter(pk__in=[appointment.pk for appointment in appointments])
    _end(running, now)
    _refuse_without_security_administrator(now, by)
    for appointment in appointments:
        appointment.refresh_from_db(fields=["ends_at"])
        forget_appointments(appointment.account)
    record(
        "accounts.dismissed",
        by=by,
        about=_about([appointment.account for appointment in appointments]),
        details={"appointments": [_as_details(appointment) for appointment in appointments]},
        unit=_unit_of(acting),
    )


def _end(appointments, now: datetime) -> None:
    going_on = appointments.filter(Q(ends_at__isnull=True) | Q(ends_at__gt=now))
    going_on.filter(begins_at__gt=now).update(ends_at=F("begins_at"))
    going_on.filter(begins_at__lte=now).update(ends_at=now)


def _refuse_without_security_administrator(now: datetime, by: str) -> None:
    """An account may not leave the county without anybody who can appoint; the console may, to start over."""
    left = Appointment.objects.filter(in_force(now), role=SECURITY, account__is_active=True)
    if actor(by) is not None and not left.exists():
        raise refusals.last_security_administrator()


@transaction.atomic
def set_password(*, account: Account, password: str, by: str) -> None:
    """Set a password: one's own, or, by the security administrator, somebody else's. It ends open sessions.

    Refuses
    -------
    accounts.not_allowed, accounts.closed, accounts.password_weak
    """
    acting = actor(by)
    if acting is None or acting.pk != account.pk:
        acting = _require(by, "accounts.open")
    account = _locked([account])[account.pk]
    if not account.is_active:
        raise refusals.closed(account.username)
    try:
        validate_password(password, user=account)
    except ValidationError as error:
        raise refusals.password_weak(sorted(problem.code for problem in error.error_list)) from None
    Account.objects.filter(pk=account.pk).update(password=make_password(password))
    record("accounts.password_set", by=by, about=_about([account]), unit=_unit_of(acting))


@transaction.atomic
def move_to_unit(*, accounts: Sequence[Account], unit: Unit, by: str) -> None:
    """Let accounts act for another unit from now on; `unit_since` starts anew, so approvals wait their day.

    Refuses
    -------
    accounts.not_allowed, accounts.own_unit
    """
    acting = _require(by, "accounts.open")
    if acting and acting.pk in {account.pk for account in accounts}:
        raise refusals.own_unit()
    now = county_now()
    moving = Account.objects.filter(pk__in=_locked(accounts)).exclude(unit=unit)
    moving.update(unit=unit, unit_since=now)
    for account in accounts:
        account.refresh_from_db(fields=["unit", "unit_since"])
    details = {"unit": str(unit.pk)}
    record("accounts.moved", by=by, about=_about(accounts), details=details, unit=_unit_of(acting))


@transaction.atomic
def deactivate(*, accounts: Sequence[Account], by: str) -> None:
    """Close accounts: their appointments end, their sessions are worth nothing, their passwords are gone.

    An account is never deleted: the record names it. Its person's name is erased at its term.

    Refuses
    -------
    accounts.not_allowed, accounts.last_security_administrator
    """
    acting, now = _require(by, "accounts.open"), county_now()
    closing = Account.objects.filter(pk__in=_locked(accounts), is_active=True)
    closing.update(is_active=False, left_at=now, password=make_password(None))
    _end(Appointment.objects.filter(account__in=[account.pk for account in accounts]), now)
    _refuse_without_security_administrator(now, by)
    for account in accounts:
        account.refresh_from_db(fields=["is_active", "left_at", "password"])
        forget_appointments(account)
    record("accounts.closed", by=by, about=_about(accounts), unit=_unit_of(acting))


@transaction.atomic
def note_sign_in(*, account: Account, how: str) -> None:
    """Record that an account has signed in ("password", "demo") or failed to ("failed")."""
    action = "accounts.sign_in_failed" if how == "failed" else "accounts.signed_in"
    by = "program:sign_in" if how == "failed" else f"account:{account.pk}"
    record(action, by=by, about=_about([account]), details={"how": how}, unit=account.unit_id)


@transaction.atomic
def note_sign_out(*, account: Account, why: str) -> None:
    """Record that an account has signed out ("asked") or was ("idle")."""
    record(
        "accounts.signed_out",
        by=f"account:{account.pk}",
        about=_about([account]),
        details={"why": why},
        unit=account.unit_id,
    )
