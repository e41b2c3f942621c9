"""A person is one person in all of their accounts, and no single one becomes administrator twice."""

from dataclasses import replace

import pytest

from fangxian.ops.accounts.actions import appoint, confirm_appointment, dismiss, set_password, verify_person
from fangxian.ops.accounts.models import Account
from fangxian.ops.accounts.queries import may, separation_breaches
from fangxian.ops.realm.folder import RealmKind
from tests.integration.founding import PASSWORD, by, code_of, founded, opened_by, post, security, seen

pytestmark = pytest.mark.django_db


def test_one_security_administrator_alone_does_not_become_auditor_too():
    """Opens an account, sets its password, appoints it, signs in as it: each step but the first needs another."""
    alone = security()
    one = opened_by(alone)
    set_password(account=one, password=PASSWORD, by=by(alone))
    set_password(account=one, password="quilt-river-lantern", by=by(one))
    one.refresh_from_db()
    assert code_of(appoint, appointments=[post(one, "auditor")], by=by(alone)) == "accounts.not_verified"
    refused = code_of(verify_person, accounts=[one], identities=seen(one), by=by(alone))
    assert refused == "accounts.opened_it_yourself"
    assert not may(Account.objects.get(pk=one.pk), "audit.view")


@pytest.mark.parametrize("deed", ["opened", "password"])
def test_whoever_opened_an_account_or_set_its_password_does_not_confirm_its_appointment(deed):
    first, second, third = security(), security(), security()
    one = opened_by(first if deed == "opened" else third)
    if deed == "password":
        set_password(account=one, password=PASSWORD, by=by(first))
    verify_person(accounts=[one], identities=seen(one), by=by(second))
    proposed = post(one, "auditor")
    appoint(appointments=[proposed], by=by(third))
    assert code_of(confirm_appointment, appointments=[proposed], by=by(first)) == "accounts.opened_it_yourself"
    confirm_appointment(appointments=[proposed], by=by(second))
    assert one.appointments.get().confirmed_by == by(second)


def test_two_security_administrators_are_enough_for_a_new_auditor():
    first, second = security(), security()
    one = opened_by(first)
    verify_person(accounts=[one], identities=seen(one), by=by(second))
    proposed = post(one, "auditor")
    assert code_of(appoint, appointments=[post(one, "auditor")], by=by(second)) == "accounts.verified_it_yourself"
    appoint(appointments=[proposed], by=by(first))
    confirm_appointment(appointments=[proposed], by=by(second))
    assert may(Account.objects.get(pk=one.pk), "audit.view")


def of_one_person(*roles):
    """An account for each role, all verified with one document."""
    accounts = [founded(*([role] if role else [])) for role in roles]
    verify_person(accounts=accounts, by="program:test", identities=dict.fromkeys([it.pk for it in accounts], "X9"))
    return accounts


@pytest.mark.parametrize(
    ("held", "wanted"),
    [("security_administrator", "auditor"), ("auditor", "system_administrator"), ("system_administrator", "commander"),
     ("commander", "auditor")],
)  # fmt: skip
def test_the_second_account_of_a_person_holds_no_second_administration(held, wanted):
    one, other = of_one_person(held, "")
    refused = code_of(appoint, appointments=[post(other, wanted)], by=by(security()))
    assert refused == "accounts.administrations_of_one_person"
    assert code_of(appoint, appointments=[post(other, wanted)], by="program:test") == refused
    dismiss(appointments=[*one.appointments.all()], by="program:test")
    appoint(appointments=[post(other, wanted)], by="program:test")


def test_a_person_found_to_be_another_administrator_too_is_not_verified():
    auditor, other, document = founded("auditor"), founded("system_administrator"), "X9"
    verify_person(accounts=[auditor], by="program:test", identities={auditor.pk: document})
    ask = {"accounts": [other], "identities": {other.pk: document}, "by": by(security())}
    assert code_of(verify_person, **ask) == "accounts.administrations_of_one_person"


def test_a_proposal_is_not_confirmed_once_the_person_turns_out_to_be_another_administrator():
    auditor, other, first, second = founded("auditor"), founded(), security(), security()
    proposed = post(other, "system_administrator")
    appoint(appointments=[proposed], by=by(first))
    index = b"0123456789abcdef"
    Account.objects.filter(pk__in=[auditor.pk, other.pk]).update(identity_index=index)
    refused = code_of(confirm_appointment, appointments=[proposed], by=by(second))
    assert refused == "accounts.administrations_of_one_person"


def test_rows_that_give_one_person_two_administrations_are_found():
    one, other = founded("auditor"), founded("system_administrator")
    assert separation_breaches() == []
    Account.objects.filter(pk__in=[one.pk, other.pk]).update(identity_index=b"0123456789abcdef")
    assert set(separation_breaches()) == {one, other}


def test_in_a_live_realm_nobody_is_appointed_to_administer_whose_papers_nobody_saw(settings):
    one = founded()
    settings.REALM = replace(settings.REALM, kind=RealmKind.LIVE)
    assert code_of(appoint, appointments=[post(one, "auditor")], by=by(security())) == "accounts.person_unknown"
