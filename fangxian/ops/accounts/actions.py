"""The only writers of the accounts room. Each is one transaction and one line in the audit trail.

`by` is "account:<uuid>" or "program:<name>". What an account may not do here is refused here, because
nobody above these actions guards them: appointing is how everything else is guarded.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.db.models import F, Q

from fangxian.ops.audit.actions import record
from fangxian.ops.realm.current import county_now
from fangxian.ops.realm.sealed import index_of

from . import refusals
from .models import Account, Appointment, Unit
from .queries import RESTING, actor, forget_appointments, in_force, may
from .roles import the_roles
from .rules import (
    SECURITY,
    check_awaiting,
    check_beside_others,
    check_confirming,
    check_known,
    check_may_appoint,
    check_password,
    check_proposing,
    check_shape,
    check_usernames,
    check_verified_beside_others,
    check_vouching,
)

BATCH = 1000


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


def _show(accounts: Sequence[Account], rows: Mapping[UUID, Account], *fields: str) -> None:
    """Let the caller's objects show what is now on record; nothing was decided by what they said."""
    for account in accounts:
        for field in fields:
            setattr(account, field, getattr(rows[account.pk], field))


@transaction.atomic
def open_units(*, units: Sequence[Unit], by: str) -> None:
    """Put units on record. Refuses `accounts.not_allowed`."""
    acting = _require(by, "accounts.open")
    Unit.objects.bulk_create(units, batch_size=BATCH)
    record("accounts.units_opened", by=by, details={"n_units": len(units)}, unit=_unit_of(acting))


@transaction.atomic
def open_accounts(*, accounts: Sequence[Account], by: str) -> None:
    """Open accounts: without a password nobody can sign in to them until one is set.

    A program may give `unit_since`, `verified_at` and a hashed password, and says so for what it founds. What
    an account opens has been in its unit since now and is verified by nobody; leave its password empty.

    Refuses
    -------
    accounts.not_allowed, accounts.username_unfit, accounts.username_taken
    """
    acting = _require(by, "accounts.open")
    check_usernames([account.username for account in accounts])
    now = county_now()
    for account in accounts:
        account.opened_by, account.verified_by, account.identity_index = by, "", None
        if acting is not None:
            account.unit_since, account.verified_at, account.password = now, None, ""
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
def verify_person(
    *,
    accounts: Sequence[Account],
    by: str,
    identities: Mapping[UUID, str] | None = None,
    seen_at: datetime | None = None,
) -> None:
    """Say that somebody has checked who stands behind each account; only verified people count in approvals.

    Parameters
    ----------
    identities : number of the document seen, by account id. Only its blind index is kept, the same as the
        register's, so that two accounts of one person are known to be one. A program may leave it out.
    seen_at : now unless a program gives a past one

    Refuses
    -------
    accounts.not_allowed, accounts.own_verification, accounts.not_verified_yourself
    accounts.opened_it_yourself
        Whoever opened an account, or set its password for its holder, is not the one who vouches for it.
    accounts.identity_missing, accounts.administrations_of_one_person
    """
    acting, now, seen = _require(by, "accounts.open"), county_now(), identities or {}
    at = now if acting or seen_at is None else seen_at
    rows = _locked(accounts)
    for row in rows.values():
        check_vouching(acting, row)
        number = seen.get(row.pk, "").strip().upper()
        if acting is not None and not number:
            raise refusals.identity_missing(row.username)
        row.verified_at, row.verified_by, row.identity_index = at, by, index_of("document_number", number)
    fields = ["verified_at", "verified_by", "identity_index"]
    Account.objects.bulk_update(rows.values(), fields, batch_size=BATCH)
    check_verified_beside_others(rows, at)
    _show(accounts, rows, *fields)
    record("accounts.persons_verified", by=by, about=_about(accounts), unit=_unit_of(acting))


@transaction.atomic
def appoint(*, appointments: Sequence[Appointment], by: str) -> None:
    """Give accounts roles over areas. `begins_at` is now unless given; only a program gives a past one.

    To a role that approves, or to one of the three administrations, an account only *proposes*: it is in
    force when a second person confirms it (`confirm_appointment`). A program appoints at once.

    Refuses
    -------
    accounts.own_appointment, accounts.may_not_appoint
        An account appoints where roles.toml says it may, inside its own area, and never itself.
    accounts.not_verified_yourself, accounts.not_verified, accounts.person_unknown, accounts.verified_it_yourself
        For a role that takes two persons.
    accounts.role_unknown, accounts.area_unfit, accounts.appointment_period, accounts.closed
    accounts.already_appointed, accounts.administration_apart, accounts.administrations_of_one_person
    """
    acting, now = actor(by), county_now()
    accounts = _locked([appointment.account for appointment in appointments])
    for account in accounts.values():
        if not account.is_active:
            raise refusals.closed(account.username)
    for appointment in appointments:
        begins_at = appointment.begins_at or now
        appointment.begins_at = max(begins_at, now) if acting else begins_at
        appointment.proposed_by = appointment.confirmed_by = ""
        role = check_shape(appointment)
        check_may_appoint(acting, appointment, role)
        if acting is not None and role.takes_two:
            check_proposing(acting, accounts[appointment.account_id])
            appointment.proposed_by = by
    check_beside_others(appointments, accounts)
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
        "team": str(appointment.team or ""),
        "begins_at": appointment.begins_at.isoformat(),
        "ends_at": appointment.ends_at.isoformat() if appointment.ends_at else "",
        "awaits_confirmation": bool(appointment.proposed_by and not appointment.confirmed_by),
    }


@transaction.atomic
def confirm_appointment(*, appointments: Sequence[Appointment], by: str, reason: str = "") -> None:
    """Be the second person: what another has proposed is in force from now on, or from its beginning if later.

    The second is one who could have proposed it, or one who approves there for a unit that is neither the
    proposer's nor the appointed person's.

    Refuses
    -------
    accounts.nothing_to_confirm, accounts.proposed_it_yourself, accounts.own_appointment
    accounts.opened_it_yourself
        Nor does whoever opened the account or set its password confirm what it is appointed to.
    accounts.not_verified_yourself, accounts.may_not_appoint, accounts.closed
    accounts.not_verified, accounts.person_unknown, accounts.administrations_of_one_person
        The person may have been seen again since it was proposed.
    """
    acting, now = actor(by), county_now()
    rows = _locked_appointments(appointments)
    for row in rows:
        check_awaiting(row, now)
        if not row.account.is_active:
            raise refusals.closed(row.account.username)
        check_known(row.account)
        check_confirming(acting, row, check_shape(row))
        row.confirmed_by, row.begins_at = by, max(row.begins_at, now)
    check_beside_others(rows, {row.account_id: row.account for row in rows})
    Appointment.objects.bulk_update(rows, ["confirmed_by", "begins_at"], batch_size=BATCH)
    _show_appointments(appointments)
    record(
        "accounts.appointment_confirmed",
        by=by,
        about=_about([row.account for row in rows]),
        details={"appointments": [_as_details(row) for row in rows], "reason": reason},
        unit=_unit_of(acting),
    )


@transaction.atomic
def decline_appointment(*, appointments: Sequence[Appointment], by: str, reason: str) -> None:
    """Be the second person and say no: what another has proposed never comes into force. The reason is on record.

    Refuses
    -------
    accounts.no_reason, accounts.nothing_to_confirm, and who may not confirm, as `confirm_appointment` does
    """
    acting, now = actor(by), county_now()
    if not reason.strip():
        raise refusals.no_reason()
    rows = _locked_appointments(appointments)
    for row in rows:
        check_awaiting(row, now)
        check_confirming(acting, row, check_shape(row))
    Appointment.objects.filter(pk__in=[row.pk for row in rows]).update(ends_at=F("begins_at"))
    _show_appointments(appointments)
    record(
        "accounts.appointment_declined",
        by=by,
        about=_about([row.account for row in rows]),
        details={"appointments": [_as_details(row) for row in rows], "reason": reason},
        unit=_unit_of(acting),
    )


def _locked_appointments(appointments: Sequence[Appointment]) -> list[Appointment]:
    """The appointments as they stand on record, whatever the caller's objects say; their accounts locked first."""
    rows = Appointment.objects.filter(pk__in={appointment.pk for appointment in appointments})
    _locked([row.account for row in rows.select_related("account")])
    return list(rows.select_for_update(of=("self",)).select_related("account__unit").order_by("pk"))


def _show_appointments(appointments: Sequence[Appointment]) -> None:
    for appointment in appointments:
        appointment.refresh_from_db(fields=["begins_at", "ends_at", "proposed_by", "confirmed_by"])
        forget_appointments(appointment.account)


@transaction.atomic
def dismiss(*, appointments: Sequence[Appointment], by: str, reason: str = "") -> None:
    """End appointments now; one that has not begun never begins. Anybody may give up a role of their own.

    Whoever proposed one that still awaits a second person takes it back in the same way.

    Refuses
    -------
    accounts.may_not_appoint, accounts.last_security_administrator
    """
    acting, now = actor(by), county_now()
    rows = _locked_appointments(appointments)
    for row in rows:
        if acting is not None and acting.pk != row.account_id:
            check_may_appoint(acting, row, check_shape(row))
    _end(Appointment.objects.filter(pk__in=[row.pk for row in rows]), now)
    _refuse_without_security_administrator(now, by)
    _show_appointments(appointments)
    record(
        "accounts.dismissed",
        by=by,
        about=_about([row.account for row in rows]),
        details={"appointments": [_as_details(row) for row in appointments], "reason": reason},
        unit=_unit_of(acting),
    )


def _end(appointments, now: datetime) -> None:
    going_on = appointments.filter(Q(ends_at__isnull=True) | Q(ends_at__gt=now))
    going_on.filter(begins_at__gt=now).update(ends_at=F("begins_at"))
    going_on.filter(begins_at__lte=now).update(ends_at=now)


def _refuse_without_security_administrator(now: datetime, by: str) -> None:
    """An account may not leave the county without anybody who can appoint; the console may, to start over."""
    able = Account.objects.filter(is_active=True).exclude(RESTING)
    left = Appointment.objects.filter(in_force(now), role=SECURITY, account__in=able)
    if actor(by) is not None and not left.exists():
        raise refusals.last_security_administrator()


@transaction.atomic
def set_password(*, account: Account, password: str, by: str) -> None:
    """Set a password: one's own, or, by the security administrator, somebody else's. It ends open sessions.

    Whoever sets somebody else's could act as them. So the account is then verified by nobody, until another
    than the setter has seen the person, and may do nothing until its holder has changed the password.

    Refuses
    -------
    accounts.not_allowed, accounts.closed, accounts.password_weak
    accounts.password_same
        One's own, while somebody else knows the present one: kept, it would protect nobody.
    """
    acting = actor(by)
    if acting is None or acting.pk != account.pk:
        acting = _require(by, "accounts.open")
    account = _locked([account])[account.pk]
    if not account.is_active:
        raise refusals.closed(account.username)
    check_password(password, account)
    is_own = acting is not None and acting.pk == account.pk
    if is_own and account.must_change_password and account.check_password(password):
        raise refusals.password_same()
    changed = {"password": make_password(password), "must_change_password": not is_own}
    if not is_own:
        changed |= {"password_by": by, "verified_at": None, "verified_by": "", "identity_index": None}
    Account.objects.filter(pk=account.pk).update(**changed)
    details = {"is_own": is_own, "was_verified": account.verified_at is not None}
    record("accounts.password_set", by=by, about=_about([account]), details=details, unit=_unit_of(acting))


@transaction.atomic
def move_to_unit(*, accounts: Sequence[Account], unit: Unit, by: str) -> None:
    """Let accounts act for another unit from now on; `unit_since` starts anew, so approvals wait their day.

    Refuses
    -------
    accounts.not_allowed, accounts.own_unit
    """
    acting, rows = _require(by, "accounts.open"), _locked(accounts)
    if acting and acting.pk in rows:
        raise refusals.own_unit()
    now = county_now()
    moving = Account.objects.filter(pk__in=rows).exclude(unit=unit.pk)
    moving.update(unit=unit.pk, unit_since=now)
    for account in accounts:
        account.refresh_from_db(fields=["unit", "unit_since"])
    details = {"unit": str(unit.pk)}
    record("accounts.moved", by=by, about=_about(accounts), details=details, unit=_unit_of(acting))


@transaction.atomic
def deactivate(*, accounts: Sequence[Account], by: str, reason: str = "") -> None:
    """Close accounts: their appointments end, their sessions are worth nothing, their passwords are gone.

    An account is never deleted: the record names it. Its person's name is erased at its term.

    Refuses
    -------
    accounts.not_allowed, accounts.last_security_administrator
    """
    acting, now = _require(by, "accounts.open"), county_now()
    rows = _locked(accounts)
    closing = Account.objects.filter(pk__in=rows, is_active=True)
    closing.update(is_active=False, left_at=now, password=make_password(None))
    _end(Appointment.objects.filter(account__in=rows), now)
    _refuse_without_security_administrator(now, by)
    for account in accounts:
        account.refresh_from_db(fields=["is_active", "left_at", "password"])
        forget_appointments(account)
    record("accounts.closed", by=by, about=_about(accounts), details={"reason": reason}, unit=_unit_of(acting))
