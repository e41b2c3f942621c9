"""Signing in and out. Passwords are argon2; django-axes counts failures; sessions are renewed and end by idleness.

A second factor has its place between `authenticate` and `_enter`: `sign_in` would return before the session
exists and ask for it. There is none yet.
"""

from math import ceil
from time import time

from django.conf import settings
from django.contrib.auth import authenticate, login, logout
from django.db import transaction
from django.http import HttpRequest

from fangxian.ops.audit.actions import record
from fangxian.ops.realm.current import the_realm
from fangxian.ops.realm.folder import RealmKind

from . import refusals
from .limits import count_failure, refuse_busy_address
from .models import Account
from .queries import account_named, idle_minutes_of

BACKEND = "django.contrib.auth.backends.ModelBackend"
SEEN, IDLE_MINUTES = "seen_s", "idle_minutes"


def sign_in(request: HttpRequest, *, username: str, password: str) -> Account:
    """Sign in with a password. An unknown name, a wrong password and a closed account read the same.

    Refuses
    -------
    accounts.sign_in_failed, accounts.too_many
    """
    refuse_busy_address(request)
    account = authenticate(request, username=username, password=password)
    if account is None:
        count_failure(request)
        if getattr(request, "axes_locked_out", False):
            raise refusals.too_many_attempts(ceil(settings.AXES_COOLOFF_TIME * 60))
        if known := account_named(username):
            _note_sign_in(account=known, how="failed")
        raise refusals.sign_in_failed()
    return _enter(request, account, how="password")


def enter_demo(request: HttpRequest, account: Account) -> Account:
    """Sign in without a password, in a demo realm and nowhere else.

    Refuses
    -------
    accounts.demo_only
    """
    if the_realm().kind is not RealmKind.DEMO:
        raise refusals.demo_only()
    return _enter(request, account, how="demo")


def _enter(request: HttpRequest, account: Account, *, how: str) -> Account:
    """Begin a session: a new session key, so that one planted before signing in is worth nothing."""
    login(request, account, backend=BACKEND)
    request.session[SEEN] = int(time())
    request.session[IDLE_MINUTES] = idle_minutes_of(account)
    _note_sign_in(account=account, how=how)
    return account


def sign_out(request: HttpRequest, *, why: str = "asked") -> None:
    """End the session and all it held. Nothing happens when nobody is signed in."""
    if request.user.is_authenticated:
        _note_sign_out(account=request.user, why=why)
    logout(request)


@transaction.atomic
def _note_sign_in(*, account: Account, how: str) -> None:
    """Record that an account has signed in ("password", "demo") or failed to ("failed")."""
    action = "accounts.sign_in_failed" if how == "failed" else "accounts.signed_in"
    by = "program:sign_in" if how == "failed" else f"account:{account.pk}"
    record(action, by=by, about=[f"account:{account.pk}"], details={"how": how}, unit=account.unit_id)


@transaction.atomic
def _note_sign_out(*, account: Account, why: str) -> None:
    """Record that an account has signed out ("asked") or was ("idle")."""
    record(
        "accounts.signed_out",
        by=f"account:{account.pk}",
        about=[f"account:{account.pk}"],
        details={"why": why},
        unit=account.unit_id,
    )
