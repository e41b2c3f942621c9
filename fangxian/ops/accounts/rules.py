"""What an account may not do to others' accounts: the refusals, and nothing else. Reads rows, writes none.

No single person can make somebody who approves or administers: who opens an account does not verify its person,
who verifies it does not propose its appointment, and a second person who did not open it confirms. The three
administrations are three different *people*, in however many accounts.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db.models import F, Q, QuerySet

from fangxian.ops.realm.current import the_realm

from . import refusals
from .models import Account, Appointment
from .queries import actor, appointments_of, is_over_an_area
from .roles import DIGITS, Role, ScopeKind, the_roles

SECURITY = "security_administrator"
USERNAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
LONGEST_USERNAME = 50


def is_same_person(text: str, account: Account) -> bool:
    """Whether the one written down as `text` ("account:<uuid>") is the person behind an account."""
    return text == f"account:{account.pk}" or _is_one_person(actor(text), account)


def _is_one_person(one: Account | None, other: Account) -> bool:
    if one is None or one.pk == other.pk:
        return one is not None
    if one.identity_index is None or other.identity_index is None:
        return False
    return bytes(one.identity_index) == bytes(other.identity_index)


def check_usernames(names: Sequence[str]) -> None:
    """Each is a post's, and belongs to nobody yet."""
    for name in names:
        if len(name) > LONGEST_USERNAME or not USERNAME.fullmatch(name):
            raise refusals.username_unfit(name)
    taken = set(Account.objects.filter(username__in=names).values_list("username", flat=True))
    taken |= {name for name in names if names.count(name) > 1} if len(set(names)) < len(names) else set()
    if taken:
        raise refusals.username_taken(sorted(taken)[0])


def check_password(password: str, account: Account) -> None:
    try:
        validate_password(password, user=account)
    except ValidationError as error:
        raise refusals.password_weak(sorted(problem.code for problem in error.error_list)) from None


def check_vouching(acting: Account | None, what: Account) -> None:
    """Whoever vouches for an account is verified, and neither opened it nor knows a password of it."""
    if acting is None:
        return
    if acting.pk == what.pk:
        raise refusals.own_verification()
    if acting.verified_at is None:
        raise refusals.not_verified_yourself()
    if is_same_person(what.opened_by, acting) or is_same_person(what.password_by, acting):
        raise refusals.opened_it_yourself(what.username)


def check_proposing(acting: Account, account: Account) -> None:
    """Proposing for a role that takes two: for a known person, by a verified one that did not verify it."""
    if acting.verified_at is None:
        raise refusals.not_verified_yourself()
    check_known(account)
    if is_same_person(account.verified_by, acting):
        raise refusals.verified_it_yourself(account.username)


def check_known(account: Account) -> None:
    """It is known which person the account is, so that another account of that person can be told.

    Where everybody is invented, what a program founds has no documents to be seen.
    """
    if account.verified_at is None:
        raise refusals.not_verified(account.username)
    if account.identity_index is None and not the_realm().is_synthetic:
        raise refusals.person_unknown(account.username)


def check_confirming(acting: Account | None, appointment: Appointment, role: Role) -> None:
    """A second person confirms: who could have proposed it, or one who approves there for another unit.

    Never whoever opened the account or set its password: they could be signed in as the one they appoint.
    """
    if acting is None:
        return
    proposer = actor(appointment.proposed_by)
    if _is_one_person(appointment.account, acting):
        raise refusals.own_appointment()
    if _is_one_person(proposer, acting):
        raise refusals.proposed_it_yourself()
    for text in (appointment.account.opened_by, appointment.account.password_by):
        if is_same_person(text, acting):
            raise refusals.opened_it_yourself(appointment.account.username)
    if acting.verified_at is None:
        raise refusals.not_verified_yourself()
    if not _approves_elsewhere(acting, appointment, proposer):
        check_may_appoint(acting, appointment, role)


def check_awaiting(appointment: Appointment, now: datetime) -> None:
    """It has been proposed, and is neither confirmed nor over."""
    is_over = appointment.ends_at is not None and appointment.ends_at <= now
    if not appointment.proposed_by or appointment.confirmed_by or is_over:
        raise refusals.nothing_to_confirm()


def _approves_elsewhere(acting: Account, appointment: Appointment, proposer: Account | None) -> bool:
    if acting.unit_id in {appointment.account.unit_id, proposer and proposer.unit_id}:
        return False
    return any(
        the_roles().roles[held.role].approves
        and is_over_an_area(held)
        and appointment.area_path.startswith(held.area_path)
        for held in appointments_of(acting)
    )


def check_shape(appointment: Appointment) -> Role:
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


def check_may_appoint(acting: Account | None, appointment: Appointment, role: Role) -> None:
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


def check_beside_others(
    appointments: Sequence[Appointment], accounts: Mapping[UUID, Account], *, since: datetime | None = None
) -> None:
    """Each appointment beside those its person has already, in whichever account, and beside others of this batch.

    Parameters
    ----------
    since : leave out what has ended by then
    """
    held: dict[object, list[Appointment]] = {}
    for other in _held_by_persons_of(accounts.values()):
        if since is None or other.ends_at is None or since < other.ends_at:
            held.setdefault(_person_of(other.account), []).append(other)
    for new in appointments:
        account = accounts[new.account_id]
        beside = held.setdefault(_person_of(account), [])
        for other in beside:
            if other.pk != new.pk and _overlap(new, other):
                _check_pair(new, other, account)
        beside.append(new)


def check_verified_beside_others(accounts: Mapping[UUID, Account], now: datetime) -> None:
    """What accounts hold, beside what other accounts of the person hold whom somebody has just seen."""
    going_on = Appointment.objects.filter(Q(ends_at__isnull=True) | Q(ends_at__gt=now), account__in=accounts)
    check_beside_others(list(going_on.exclude(ends_at=F("begins_at"))), accounts, since=now)


def _held_by_persons_of(accounts: Iterable[Account]) -> QuerySet[Appointment]:
    """Appointments of accounts and of all other accounts of the same persons, save what was withdrawn unbegun."""
    rows = list(accounts)
    persons = {bytes(account.identity_index) for account in rows if account.identity_index is not None}
    whose = Q(account__in=[account.pk for account in rows]) | Q(account__identity_index__in=persons)
    found = Appointment.objects.filter(whose).exclude(ends_at=F("begins_at"))
    return found.select_related("account").order_by("begins_at", "pk")


def _person_of(account: Account) -> object:
    """What is the same for all accounts of one person; an account that names no person is one by itself."""
    return account.pk if account.identity_index is None else bytes(account.identity_index)


def _overlap(one: Appointment, other: Appointment) -> bool:
    def before(ends_at: datetime | None, begins_at: datetime) -> bool:
        return ends_at is not None and ends_at <= begins_at

    return not before(one.ends_at, other.begins_at) and not before(other.ends_at, one.begins_at)


def _over_what(it: Appointment) -> tuple:
    return it.area_path, it.venue, it.team


def _check_pair(new: Appointment, other: Appointment, account: Account) -> None:
    roles = the_roles().roles
    if other.role not in roles:
        return
    one, two = roles[new.role], roles[other.role]
    is_one_account = other.account_id == account.pk
    if is_one_account and one == two and _over_what(new) == _over_what(other):
        raise refusals.already_appointed(account.username, one, new.area_path)
    both_administer = one.is_administration and two.is_administration and one != two
    if not (both_administer or (one.is_administration and two.approves) or (two.is_administration and one.approves)):
        return
    if is_one_account:
        raise refusals.administration_apart(account.username, one, two)
    raise refusals.administrations_of_one_person(account.username, other.account.username, one, two)
