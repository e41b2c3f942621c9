"""Accounts as the console founds them, for tests of who may do what to whom."""

from datetime import timedelta
from uuid import uuid4

import pytest

from fangxian.core.refusal import Refusal
from fangxian.ops.accounts.actions import appoint, open_accounts, verify_person
from fangxian.ops.accounts.models import Account, Appointment, Unit
from fangxian.ops.realm.current import county_now

COUNTY, TOWNSHIP, VILLAGE = "141027", "141027100", "141027100200"
PASSWORD = "lantern-bridge-millet"


def unit(kind="department"):
    return Unit.objects.create(name_zh="某单位", name_en="a unit", kind=kind, area_path=COUNTY)


def founded(*roles, area_path=COUNTY, at_unit=None, is_verified=True):
    """An account as the console founds one: a year in its unit, verified, appointed."""
    since = county_now() - timedelta(days=365)
    one = Account(username=f"post-{uuid4().hex[:12]}", unit=at_unit or unit(), unit_since=since)
    open_accounts(accounts=[one], by="program:test")
    if is_verified:
        verify_person(accounts=[one], by="program:test")
    appoint(appointments=[Appointment(account=one, role=role, area_path=area_path) for role in roles], by="program:x")
    return one


def by(account):
    return f"account:{account.pk}"


def security(**more):
    return founded("security_administrator", **more)


def seen(*accounts, number="X1"):
    return {account.pk: f"{number}-{account.pk}" for account in accounts}


def post(account, role="commander", area_path=COUNTY, **more):
    return Appointment(account=account, role=role, area_path=area_path, **more)


def code_of(call, **named):
    with pytest.raises(Refusal) as refused:
        call(**named)
    assert "{" not in refused.value.said.zh + refused.value.said.en
    return refused.value.code


def opened_by(admin):
    one = Account(username=f"post-{uuid4().hex[:12]}", unit=unit())
    open_accounts(accounts=[one], by=by(admin))
    return one
