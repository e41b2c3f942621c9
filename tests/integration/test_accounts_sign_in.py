"""Signing in: one answer for every failure, a pause after five, a new session, an end by idleness; the demo's click."""

from datetime import timedelta
from importlib import import_module
from time import time

import pytest
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpResponse
from django.test import RequestFactory

from fangxian.core.refusal import Refusal
from fangxian.ops.accounts.actions import appoint, deactivate, open_accounts, set_password
from fangxian.ops.accounts.demo import demo_accounts, sign_in_as
from fangxian.ops.accounts.idle import IdleMiddleware
from fangxian.ops.accounts.models import Account, Appointment, Unit
from fangxian.ops.accounts.sign_in import enter_demo, sign_in, sign_out
from fangxian.ops.audit.queries import lines, told
from fangxian.ops.realm.current import the_realm
from fangxian.ops.realm.folder import RealmKind

pytestmark = pytest.mark.django_db

PASSWORD = "correct horse battery"


@pytest.fixture
def account():
    unit = Unit.objects.create(name_zh="甲", name_en="A", kind="other", area_path="141027")
    account = Account(username="dispatch-1", display_name="", unit=unit)
    open_accounts(accounts=[account], by="program:cli")
    appoint(appointments=[Appointment(account=account, role="dispatcher", area_path="141027")], by="program:cli")
    set_password(account=account, password=PASSWORD, by=f"account:{account.pk}")
    account.refresh_from_db()
    return account


@pytest.fixture
def request_from():
    """A request with a session of its own, from an address."""

    def make(address="192.0.2.1"):
        request = RequestFactory().post("/sign-in", REMOTE_ADDR=address)
        request.session = import_module(settings.SESSION_ENGINE).SessionStore()
        request.session.create()
        request.user = AnonymousUser()
        return request

    return make


def refusal_of(act, *arguments, **named):
    with pytest.raises(Refusal) as refused:
        act(*arguments, **named)
    return refused.value


def test_the_right_password_signs_in_and_is_recorded(account, request_from):
    request = request_from()
    assert sign_in(request, username="dispatch-1", password=PASSWORD) == account
    assert request.user == account
    line = lines(action="accounts.signed_in")[0]
    assert told(line).by == f"account:{account.pk}"


def test_the_session_key_changes_on_signing_in(account, request_from):
    request = request_from()
    planted = request.session.session_key
    sign_in(request, username="dispatch-1", password=PASSWORD)
    assert request.session.session_key != planted


def test_every_failure_reads_the_same(account, request_from):
    closed = Account(username="closed-1", display_name="", unit=account.unit)
    open_accounts(accounts=[closed], by="program:cli")
    deactivate(accounts=[closed], by="program:cli")
    said = {
        refusal_of(sign_in, request_from(), username=username, password=PASSWORD + "!").said
        for username in ("dispatch-1", "closed-1", "nobody-1", "", "李明")
    }
    assert len(said) == 1


def test_a_closed_account_with_its_old_password_reads_like_any_failure(account, request_from):
    deactivate(accounts=[account], by="program:cli")
    refused = refusal_of(sign_in, request_from(), username="dispatch-1", password=PASSWORD)
    assert refused.code == "accounts.sign_in_failed"


def test_a_failure_on_a_known_account_is_recorded_and_a_guess_at_a_name_is_not(account, request_from):
    refusal_of(sign_in, request_from(), username="dispatch-1", password="wrong")
    refusal_of(sign_in, request_from(), username="nobody-1", password="wrong")
    assert [told(line).about for line in lines(action="accounts.sign_in_failed")] == [(f"account:{account.pk}",)]


def test_after_five_failures_even_the_right_password_has_to_wait(account, request_from):
    codes = [refusal_of(sign_in, request_from(), username="dispatch-1", password="wrong").code for _ in range(5)]
    assert codes == ["accounts.sign_in_failed"] * 4 + ["accounts.too_many"]
    assert refusal_of(sign_in, request_from(), username="dispatch-1", password=PASSWORD).code == "accounts.too_many"
    assert lines(action="accounts.signed_in").count() == 0


def test_one_address_locked_out_does_not_lock_out_another(account, request_from):
    for _ in range(5):
        refusal_of(sign_in, request_from("192.0.2.1"), username="dispatch-1", password="wrong")
    assert sign_in(request_from("192.0.2.2"), username="dispatch-1", password=PASSWORD) == account


def test_signing_out_empties_the_session_and_is_recorded(account, request_from):
    request = request_from()
    sign_in(request, username="dispatch-1", password=PASSWORD)
    sign_out(request)
    assert request.user.is_anonymous
    assert not request.session.keys()
    assert lines(action="accounts.signed_out").count() == 1
    sign_out(request)
    assert lines(action="accounts.signed_out").count() == 1


def idle_for(request, seconds):
    request.session["seen_s"] = int(time()) - seconds
    IdleMiddleware(lambda _: HttpResponse())(request)
    return request


def test_whoever_is_idle_too_long_is_signed_out(account, request_from):
    request = request_from()
    sign_in(request, username="dispatch-1", password=PASSWORD)  # a dispatcher: 30 minutes
    assert idle_for(request, 29 * 60).user == account
    assert idle_for(request, 31 * 60).user.is_anonymous
    assert told(lines(action="accounts.signed_out")[0]).details == {"why": "idle"}


def test_a_request_within_the_minute_does_not_write_the_session(account, request_from):
    request = request_from()
    sign_in(request, username="dispatch-1", password=PASSWORD)
    request.session.save()
    request.session.modified = False
    IdleMiddleware(lambda _: HttpResponse())(request)
    assert not request.session.modified
    assert idle_for(request, 61).session.modified


def test_an_anonymous_visitor_is_let_through(request_from):
    request = request_from()
    assert IdleMiddleware(lambda _: HttpResponse("ok"))(request).content == b"ok"


# The demo's one click


@pytest.fixture
def realm_of(monkeypatch):
    """The session's realm, for a test, as one of another kind."""
    realm = the_realm()

    def become(kind):
        monkeypatch.setitem(realm.__dict__, "kind", RealmKind(kind))

    return become


def test_the_demo_lists_one_account_for_each_role_that_somebody_has(account):
    assert [(it.role.name, it.account) for it in demo_accounts()] == [("dispatcher", account)]


def test_one_click_signs_in_and_is_recorded_as_such(account, request_from):
    request = request_from()
    assert sign_in_as(request, role="dispatcher") == account
    assert request.user == account
    assert told(lines(action="accounts.signed_in")[0]).details == {"how": "demo"}


@pytest.mark.parametrize("role", ["commander", "king", ""])
def test_a_role_that_nobody_has_cannot_be_clicked(account, request_from, role):
    assert refusal_of(sign_in_as, request_from(), role=role).code == "accounts.demo_role_vacant"


@pytest.mark.parametrize("kind", ["live", "drill"])
def test_outside_a_demo_realm_nothing_is_listed_and_every_way_in_is_refused(account, request_from, realm_of, kind):
    realm_of(kind)
    request = request_from()
    assert demo_accounts() == []
    assert refusal_of(sign_in_as, request, role="dispatcher").code == "accounts.demo_only"
    assert refusal_of(enter_demo, request, account).code == "accounts.demo_only"
    assert request.user.is_anonymous
    assert lines(action="accounts.signed_in").count() == 0


def test_an_ended_appointment_is_not_clicked(account):
    row = account.appointments.get()
    Appointment.objects.filter(pk=row.pk).update(ends_at=row.begins_at + timedelta(microseconds=1))
    assert demo_accounts() == []
