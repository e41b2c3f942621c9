"""No single person makes somebody who approves, acts as another, or ends what is not theirs to end."""

from datetime import timedelta

import pytest

from fangxian.ops.accounts.actions import (
    appoint,
    confirm_appointment,
    decline_appointment,
    dismiss,
    move_to_unit,
    open_accounts,
    set_password,
    verify_person,
)
from fangxian.ops.accounts.models import Account, Appointment
from fangxian.ops.accounts.queries import awaiting_confirmation, may, roles_of
from fangxian.ops.audit.models import AuditLine
from fangxian.ops.audit.queries import told
from fangxian.ops.realm.current import county_now
from tests.integration.founding import (
    COUNTY,
    PASSWORD,
    TOWNSHIP,
    VILLAGE,
    by,
    code_of,
    founded,
    opened_by,
    post,
    security,
    seen,
    unit,
)

pytestmark = pytest.mark.django_db


# Opening, verifying, appointing


def test_what_an_account_opens_has_been_in_its_unit_since_now_and_is_verified_by_nobody():
    long_ago, admin = county_now() - timedelta(days=400), security()
    puppet = Account(
        username="puppet-a", unit=unit(), unit_since=long_ago, verified_at=long_ago, verified_by=by(security()),
        password="argon2$known", identity_index=b"0123456789abcdef",
    )  # fmt: skip
    before = county_now()
    open_accounts(accounts=[puppet], by=by(admin))
    puppet.refresh_from_db()
    assert puppet.unit_since >= before
    assert (puppet.verified_at, puppet.verified_by, puppet.identity_index) == (None, "", None)
    assert not puppet.has_usable_password()
    assert puppet.opened_by == by(admin)


def test_a_program_may_found_an_account_that_has_been_in_its_unit_for_long():
    assert founded().unit_since < county_now() - timedelta(days=300)


def test_whoever_opened_an_account_does_not_verify_it():
    first, second = security(), security()
    one = opened_by(first)
    ask = {"accounts": [one], "identities": seen(one)}
    assert code_of(verify_person, by=by(first), **ask) == "accounts.opened_it_yourself"
    verify_person(by=by(second), **ask)
    assert Account.objects.get(pk=one.pk).verified_by == by(second)


def test_the_second_account_of_whoever_opened_it_does_not_verify_it_either():
    first, second = security(), security()
    verify_person(accounts=[first, second], by="program:test", identities=dict.fromkeys((first.pk, second.pk), "X7"))
    one = opened_by(first)
    refused = code_of(verify_person, accounts=[one], identities=seen(one), by=by(second))
    assert refused == "accounts.opened_it_yourself"


def test_whoever_is_not_verified_verifies_nobody():
    admin, one = security(is_verified=False), founded(is_verified=False)
    refused = code_of(verify_person, accounts=[one], identities=seen(one), by=by(admin))
    assert refused == "accounts.not_verified_yourself"


def test_an_account_verifies_with_the_document_it_has_seen():
    one = founded(is_verified=False)
    assert code_of(verify_person, accounts=[one], by=by(security())) == "accounts.identity_missing"


def test_nobody_verifies_themselves_by_calling_their_id_text():
    admin = security()
    disguised = Account(pk=str(admin.pk))
    refused = code_of(verify_person, accounts=[disguised], identities=seen(admin), by=by(admin))
    assert refused == "accounts.own_verification"


def test_whoever_verified_an_account_does_not_appoint_it_to_approve():
    admin, one = security(), founded(is_verified=False)
    verify_person(accounts=[one], identities=seen(one), by=by(admin))
    assert code_of(appoint, appointments=[post(one)], by=by(admin)) == "accounts.verified_it_yourself"


def test_nobody_is_appointed_to_approve_before_being_verified():
    one = founded(is_verified=False)
    assert code_of(appoint, appointments=[post(one)], by=by(security())) == "accounts.not_verified"


# Two persons appoint


@pytest.mark.parametrize(
    "role", ["commander", "township_approver", "auditor", "security_administrator", "system_administrator"]
)
def test_one_person_only_proposes_and_a_second_puts_it_in_force(role):
    first, second, one = security(), security(), founded()
    proposed = post(one, role, TOWNSHIP if role == "township_approver" else COUNTY)
    appoint(appointments=[proposed], by=by(first))
    assert roles_of(Account.objects.get(pk=one.pk)) == []
    assert list(awaiting_confirmation(county_now())) == [proposed]
    assert code_of(confirm_appointment, appointments=[proposed], by=by(first)) == "accounts.proposed_it_yourself"
    confirm_appointment(appointments=[proposed], by=by(second))
    assert [role.name for role in roles_of(Account.objects.get(pk=one.pk))] == [role]
    assert not awaiting_confirmation(county_now()).exists()
    assert code_of(confirm_appointment, appointments=[proposed], by=by(second)) == "accounts.nothing_to_confirm"


def test_a_proposal_that_says_it_is_confirmed_is_not():
    one = founded()
    appoint(appointments=[post(one, confirmed_by=by(security()))], by=by(security()))
    assert roles_of(Account.objects.get(pk=one.pk)) == []


def test_one_who_approves_for_another_unit_may_confirm_and_one_of_the_same_may_not():
    one, elsewhere = founded(), founded("commander")
    beside = founded("commander", at_unit=one.unit)
    proposed = post(one)
    appoint(appointments=[proposed], by=by(security()))
    assert code_of(confirm_appointment, appointments=[proposed], by=by(beside)) == "accounts.may_not_appoint"
    confirm_appointment(appointments=[proposed], by=by(elsewhere))
    assert may(Account.objects.get(pk=one.pk), "measures.sign", COUNTY)


def test_nobody_confirms_their_own_appointment():
    one = security()
    dismiss(appointments=[*one.appointments.all()], by="program:test")
    proposed = post(one, "security_administrator")
    appoint(appointments=[proposed], by=by(security()))
    assert code_of(confirm_appointment, appointments=[proposed], by=by(one)) == "accounts.own_appointment"


def test_a_role_that_approves_nothing_takes_one_person():
    one = founded()
    appoint(appointments=[post(one, "dispatcher")], by=by(security()))
    assert [role.name for role in roles_of(Account.objects.get(pk=one.pk))] == ["dispatcher"]


def test_an_account_appoints_from_now_on_and_not_from_the_past():
    before, one = county_now(), founded()
    appoint(appointments=[post(one, "dispatcher", begins_at=before - timedelta(days=400))], by=by(security()))
    assert one.appointments.get().begins_at >= before


# Passwords


def test_whoever_sets_anothers_password_gains_nobody_who_approves():
    admin, commander = security(), founded("commander")
    set_password(account=commander, password=PASSWORD, by=by(admin))
    now = Account.objects.get(pk=commander.pk)
    assert (now.verified_at, now.must_change_password) == (None, True)
    assert not may(now, "measures.sign", COUNTY)
    set_password(account=now, password="quilt-river-lantern", by=by(now))
    changed = Account.objects.get(pk=commander.pk)
    assert (changed.verified_at, changed.must_change_password) == (None, False)
    assert not may(changed, "measures.sign", COUNTY)
    refused = code_of(verify_person, accounts=[changed], identities=seen(changed), by=by(admin))
    assert refused == "accounts.opened_it_yourself"
    verify_person(accounts=[changed], identities=seen(changed), by=by(security()))
    assert may(Account.objects.get(pk=commander.pk), "measures.sign", COUNTY)


def test_whoever_sets_an_auditors_password_does_not_read_the_audit_trail():
    admin, auditor = security(), founded("auditor")
    set_password(account=auditor, password=PASSWORD, by=by(admin))
    taken = Account.objects.get(pk=auditor.pk)
    set_password(account=taken, password="quilt-river-lantern", by=by(taken))
    assert not may(Account.objects.get(pk=auditor.pk), "audit.view")


def test_a_grid_workers_forgotten_password_costs_no_second_visit():
    worker = founded("grid_worker", area_path="141027100200001")
    set_password(account=worker, password=PASSWORD, by=by(security()))
    set_password(account=worker, password="quilt-river-lantern", by=by(worker))
    assert may(Account.objects.get(pk=worker.pk), "people.view", "141027100200001")


def test_the_last_who_can_appoint_does_not_leave_while_the_other_rests():
    first, second = security(), security()
    set_password(account=second, password=PASSWORD, by=by(first))
    refused = code_of(dismiss, appointments=[*first.appointments.all()], by=by(first))
    assert refused == "accounts.last_security_administrator"


def test_ones_own_password_leaves_one_verified():
    one = founded("commander")
    set_password(account=one, password=PASSWORD, by=by(one))
    assert Account.objects.get(pk=one.pk).verified_at is not None


def test_a_security_administrator_whose_password_another_set_confirms_nothing():
    first, second, one = security(), security(), founded()
    proposed = post(one)
    appoint(appointments=[proposed], by=by(first))
    set_password(account=second, password=PASSWORD, by=by(first))
    set_password(account=second, password="quilt-river-lantern", by=by(second))
    assert code_of(confirm_appointment, appointments=[proposed], by=by(second)) == "accounts.not_verified_yourself"


# What the caller's objects say is not believed


def test_a_township_approver_cannot_dismiss_a_commander_with_a_forged_object():
    township, commander = founded("township_approver", area_path=TOWNSHIP), founded("commander")
    real = commander.appointments.get()
    forged = Appointment(
        pk=real.pk, account=founded(), role="village_approver", area_path=VILLAGE, begins_at=county_now()
    )
    assert code_of(dismiss, appointments=[forged], by=by(township)) == "accounts.may_not_appoint"
    real.refresh_from_db()
    assert real.ends_at is None


def test_an_appointment_that_claims_to_be_ones_own_is_not():
    township, commander = founded("township_approver", area_path=TOWNSHIP), founded("commander")
    forged = Appointment(pk=commander.appointments.get().pk, account=township, role="grid_worker", area_path="")
    assert code_of(dismiss, appointments=[forged], by=by(township)) == "accounts.may_not_appoint"


def test_nobody_moves_themselves_by_calling_their_id_text():
    admin = security()
    assert code_of(move_to_unit, accounts=[Account(pk=str(admin.pk))], unit=unit(), by=by(admin)) == "accounts.own_unit"


def test_whoever_must_change_a_password_does_not_keep_the_one_another_knows():
    one = founded()
    set_password(account=one, password=PASSWORD, by=by(security()))
    one.refresh_from_db()
    assert code_of(set_password, account=one, password=PASSWORD, by=by(one)) == "accounts.password_same"
    set_password(account=one, password="quilt-river-lantern", by=by(one))
    assert not Account.objects.get(pk=one.pk).must_change_password


# Declining


def test_the_second_person_may_decline_with_a_reason_and_it_never_comes_into_force():
    first, second, one = security(), security(), founded()
    proposed = post(one)
    appoint(appointments=[proposed], by=by(first))
    ask = {"appointments": [proposed], "reason": "another is better placed"}
    assert code_of(decline_appointment, by=by(first), **ask) == "accounts.proposed_it_yourself"
    assert code_of(decline_appointment, by=by(second), **(ask | {"reason": " "})) == "accounts.no_reason"
    decline_appointment(by=by(second), **ask)
    proposed.refresh_from_db()
    assert proposed.ends_at == proposed.begins_at
    assert not awaiting_confirmation(county_now()).exists()
    assert code_of(confirm_appointment, appointments=[proposed], by=by(second)) == "accounts.nothing_to_confirm"
    line = AuditLine.objects.order_by("-id").first()
    assert (line.action, told(line).details["reason"]) == ("accounts.appointment_declined", ask["reason"])


def test_what_was_declined_may_be_proposed_again():
    first, second, one = security(), security(), founded()
    declined, again = post(one), post(one)
    appoint(appointments=[declined], by=by(first))
    decline_appointment(appointments=[declined], by=by(second), reason="not yet")
    appoint(appointments=[again], by=by(first))
    confirm_appointment(appointments=[again], by=by(second))
    assert may(Account.objects.get(pk=one.pk), "measures.sign", COUNTY)
