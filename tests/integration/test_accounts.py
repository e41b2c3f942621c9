"""Who may open, appoint, dismiss and move whom; and what the record says of it."""

from datetime import timedelta
from uuid import uuid4

import pytest

from fangxian.core.refusal import Refusal
from fangxian.ops.accounts.actions import (
    appoint,
    deactivate,
    dismiss,
    move_to_unit,
    open_accounts,
    open_units,
    set_password,
    verify_person,
)
from fangxian.ops.accounts.models import Account, Appointment, Unit
from fangxian.ops.accounts.queries import (
    accounts_with,
    appointments_of,
    idle_minutes_of,
    may,
    permissions_of,
    roles_of,
    separation_breaches,
)
from fangxian.ops.audit.queries import lines, told
from fangxian.ops.realm.current import county_now

pytestmark = pytest.mark.django_db

COUNTY, TOWNSHIP, VILLAGE, GRID = "141027", "141027100", "141027100001", "141027100001003"
CLI = "program:cli"


@pytest.fixture
def unit():
    unit = Unit(name_zh="天坛镇", name_en="Tiantan Town", kind=Unit.Kind.TOWNSHIP, area_path=TOWNSHIP)
    open_units(units=[unit], by=CLI)
    return unit


@pytest.fixture
def person(unit):
    """Open an account, appointed to a role where one is named."""

    def open_one(username, role=None, area_path=COUNTY, **more):
        account = Account(username=username, display_name="无名", unit=unit)
        open_accounts(accounts=[account], by=CLI)
        if role:
            appoint(appointments=[Appointment(account=account, role=role, area_path=area_path, **more)], by=CLI)
        return account

    return open_one


@pytest.fixture
def security(person):
    return person("security-1", "security_administrator")


def by(account):
    return f"account:{account.pk}"


def refused(code, act, **arguments):
    with pytest.raises(Refusal) as refusal:
        act(**arguments)
    assert refusal.value.code == code


# Opening


def test_an_account_opens_without_a_password_nobody_can_guess(person):
    account = person("grid-141027100001003")
    assert not account.has_usable_password()
    assert account.unit_since is not None
    assert account.verified_at is None


def test_a_name_is_sealed_in_the_table(person):
    person("grid-1")
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT display_name FROM accounts_account")
        assert "无名".encode() not in bytes(cursor.fetchone()[0])
    assert Account.objects.get(username="grid-1").display_name == "无名"


@pytest.mark.parametrize(
    "username", ["", "Li", "15400000000", "li ming", "李明", "grid_1", "-grid", "grid-", "a@b", "g" * 51]
)
def test_a_username_that_may_be_a_name_or_a_phone_is_refused(unit, username):
    account = Account(username=username, display_name="", unit=unit)
    refused("accounts.username_unfit", open_accounts, accounts=[account], by=CLI)


def test_a_username_is_given_once(unit, person):
    person("grid-1")
    refused("accounts.username_taken", person, username="grid-1")
    two = [Account(username="grid-2", display_name="", unit=unit) for _ in range(2)]
    refused("accounts.username_taken", open_accounts, accounts=two, by=CLI)
    assert not Account.objects.filter(username="grid-2").exists()


def test_a_grid_worker_opens_no_accounts_and_no_units(unit, person):
    worker = person("grid-1", "grid_worker", GRID)
    account = Account(username="grid-2", display_name="", unit=unit)
    refused("accounts.not_allowed", open_accounts, accounts=[account], by=by(worker))
    refused("accounts.not_allowed", open_units, units=[Unit(name_zh="甲", name_en="A")], by=by(worker))


def test_opening_a_hundred_accounts_is_one_line_in_the_record(unit):
    accounts = [Account(username=f"grid-{number}", display_name="", unit=unit) for number in range(100)]
    before = lines().count()
    open_accounts(accounts=accounts, by=CLI)
    assert lines().count() == before + 1
    assert told(lines()[0]).details == {"n_accounts": 100}


def test_a_verified_account_says_since_when_and_nobody_verifies_themselves(person, security):
    account = person("grid-1")
    verify_person(accounts=[account], by=CLI)
    assert Account.objects.get(pk=account.pk).verified_at == account.verified_at is not None
    refused("accounts.own_verification", verify_person, accounts=[security], by=by(security))


# Appointing


def test_what_one_may_follows_from_the_appointment_and_its_area(person):
    worker = person("grid-1", "grid_worker", GRID)
    assert may(worker, "people.view")
    assert may(worker, "people.view", GRID)
    assert not may(worker, "people.view", VILLAGE)
    assert not may(worker, "people.view", GRID[:-1] + "4")
    assert not may(worker, "approvals.decide")
    assert [role.name for role in roles_of(worker)] == ["grid_worker"]
    assert "tasks.do" in permissions_of(worker)


def test_a_wider_area_holds_the_narrower_ones(person):
    approver = person("township-1", "township_approver", TOWNSHIP)
    assert may(approver, "approvals.decide", GRID)
    assert not may(approver, "approvals.decide", COUNTY)
    assert not may(approver, "approvals.decide", "141027101")


def test_nobody_anonymous_or_closed_may_do_anything(person, security):
    from django.contrib.auth.models import AnonymousUser

    worker = person("grid-1", "grid_worker", GRID)
    deactivate(accounts=[worker], by=by(security))
    for nobody in (None, AnonymousUser(), worker, Account.objects.get(pk=worker.pk)):
        assert not may(nobody, "people.view")


def test_an_appointment_holds_from_its_beginning_and_not_at_its_end(person):
    now = county_now()
    worker = person("grid-1", "grid_worker", GRID, begins_at=now, ends_at=now + timedelta(hours=1))
    assert [it.role for it in appointments_of(worker, at=now)] == ["grid_worker"]
    assert appointments_of(worker, at=now - timedelta(microseconds=1)) == []
    assert appointments_of(worker, at=now + timedelta(hours=1)) == []


def test_twenty_questions_about_one_account_are_one_query(person, django_assert_num_queries):
    worker = Account.objects.get(pk=person("grid-1", "grid_worker", GRID).pk)
    with django_assert_num_queries(1):
        for _ in range(20):
            may(worker, "people.view", GRID)


def test_an_account_is_signed_out_by_its_strictest_role(person):
    worker = person("grid-1", "grid_worker", GRID)
    assert idle_minutes_of(worker) == 720
    appoint(appointments=[Appointment(account=worker, role="village_approver", area_path=VILLAGE)], by=CLI)
    assert idle_minutes_of(worker) == 60
    assert idle_minutes_of(person("nobody-1")) == 15


def test_the_security_administrator_appoints(person, security):
    worker = person("grid-1")
    appoint(appointments=[Appointment(account=worker, role="grid_worker", area_path=GRID)], by=by(security))
    assert may(worker, "people.view", GRID)
    assert told(lines(action="accounts.appointed")[0]).details["appointments"][0]["role"] == "grid_worker"


def test_nobody_appoints_themselves(security):
    one = Appointment(account=security, role="dispatcher", area_path=COUNTY)
    refused("accounts.own_appointment", appoint, appointments=[one], by=by(security))


def test_an_approver_appoints_inside_the_own_area_only(person):
    approver, helper = person("township-1", "township_approver", TOWNSHIP), person("helper-1")
    appoint(appointments=[Appointment(account=helper, role="volunteer", area_path=GRID)], by=by(approver))
    elsewhere = Appointment(account=helper, role="volunteer", area_path="141027101001001")
    refused("accounts.may_not_appoint", appoint, appointments=[elsewhere], by=by(approver))
    above = Appointment(account=helper, role="dispatcher", area_path=COUNTY)
    refused("accounts.may_not_appoint", appoint, appointments=[above], by=by(approver))


def test_a_venue_owner_appoints_keepers_for_the_own_venue_only(person):
    mine, other = uuid4(), uuid4()
    owner, keeper = person("venue-1", "venue_owner", GRID, venue=mine), person("keeper-1")
    one = Appointment(account=keeper, role="door_keeper", area_path=GRID, venue=other)
    refused("accounts.may_not_appoint", appoint, appointments=[one], by=by(owner))
    appoint(appointments=[Appointment(account=keeper, role="door_keeper", area_path=GRID, venue=mine)], by=by(owner))
    assert may(keeper, "doors.scan")
    assert not may(keeper, "doors.scan", GRID)


@pytest.mark.parametrize(
    ("role", "area_path", "venue"),
    [
        ("commander", TOWNSHIP, None),
        ("grid_worker", VILLAGE, None),
        ("grid_worker", "14102710000100x", None),
        ("grid_worker", GRID, uuid4()),
        ("door_keeper", GRID, None),
        ("resident", COUNTY, None),
    ],
)
def test_an_area_that_does_not_fit_the_role_is_refused(person, role, area_path, venue):
    one = Appointment(account=person("one-1"), role=role, area_path=area_path, venue=venue)
    refused("accounts.area_unfit", appoint, appointments=[one], by=CLI)


def test_an_unknown_role_and_a_period_that_ends_before_it_begins_are_refused(person):
    account, now = person("one-1"), county_now()
    one = Appointment(account=account, role="king", area_path=COUNTY)
    refused("accounts.role_unknown", appoint, appointments=[one], by=CLI)
    one = Appointment(account=account, role="dispatcher", area_path=COUNTY, begins_at=now, ends_at=now)
    refused("accounts.appointment_period", appoint, appointments=[one], by=CLI)


def test_the_same_appointment_is_not_given_twice_at_once(person):
    worker = person("grid-1", "grid_worker", GRID)
    one = Appointment(account=worker, role="grid_worker", area_path=GRID)
    refused("accounts.already_appointed", appoint, appointments=[one], by=CLI)


def test_a_closed_account_is_not_appointed(person, security):
    worker = person("grid-1")
    deactivate(accounts=[worker], by=by(security))
    one = Appointment(account=worker, role="grid_worker", area_path=GRID)
    refused("accounts.closed", appoint, appointments=[one], by=by(security))


# Three different people

ADMINISTRATIONS = ("auditor", "security_administrator", "system_administrator")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (one, other)
        for one in ADMINISTRATIONS
        for other in [*ADMINISTRATIONS, "commander", "township_approver", "village_approver"]
        if one != other
    ],
)
def test_an_administration_goes_with_no_other_and_with_nothing_that_approves(person, one, other):
    areas = {"township_approver": TOWNSHIP, "village_approver": VILLAGE}
    for first, second in ((one, other), (other, one)):
        account = person(f"{first.replace('_', '-')}-{second.replace('_', '-')}", first, areas.get(first, COUNTY))
        appointment = Appointment(account=account, role=second, area_path=areas.get(second, COUNTY))
        refused("accounts.administration_apart", appoint, appointments=[appointment], by=CLI)
    assert separation_breaches() == []


def test_two_administrations_in_one_batch_are_refused(person):
    account = person("one-1")
    both = [Appointment(account=account, role=role, area_path=COUNTY) for role in ADMINISTRATIONS[:2]]
    refused("accounts.administration_apart", appoint, appointments=both, by=CLI)
    assert not account.appointments.exists()


def test_one_administration_after_another_has_ended_is_allowed(person):
    account = person("one-1", "system_administrator")
    dismiss(appointments=list(account.appointments.all()), by=CLI)
    appoint(appointments=[Appointment(account=account, role="auditor", area_path=COUNTY)], by=CLI)
    assert [role.name for role in roles_of(account)] == ["auditor"]
    assert separation_breaches() == []


def test_rows_written_past_the_actions_are_found(person):
    account = person("one-1", "auditor")
    Appointment.objects.create(account=account, role="commander", area_path=COUNTY, begins_at=county_now())
    assert separation_breaches() == [account]


# Ending


def test_a_dismissal_ends_at_once_and_one_not_begun_never_begins(person, security):
    now = county_now()
    worker = person("grid-1", "grid_worker", GRID)
    later = Appointment(account=worker, role="volunteer", area_path=GRID, begins_at=now + timedelta(days=1))
    appoint(appointments=[later], by=CLI)
    dismiss(appointments=list(worker.appointments.all()), by=by(security))
    assert appointments_of(worker) == []
    assert appointments_of(worker, at=now + timedelta(days=2)) == []


def test_a_role_of_ones_own_can_be_given_up(person, security):
    worker = person("grid-1", "grid_worker", GRID)
    dismiss(appointments=list(worker.appointments.all()), by=by(worker))
    assert appointments_of(worker) == []


def test_the_last_security_administrator_cannot_go(security):
    refused(
        "accounts.last_security_administrator",
        dismiss,
        appointments=list(security.appointments.all()),
        by=by(security),
    )
    refused("accounts.last_security_administrator", deactivate, accounts=[security], by=by(security))
    assert may(Account.objects.get(pk=security.pk), "accounts.appoint")


def test_a_closed_account_keeps_its_row_and_loses_everything_else(person, security):
    worker = person("grid-1", "grid_worker", GRID)
    set_password(account=worker, password="correct horse battery", by=by(security))
    deactivate(accounts=[worker], by=by(security))
    kept = Account.objects.get(pk=worker.pk)
    assert (kept.is_active, kept.has_usable_password(), kept.left_at is not None) == (False, False, True)
    assert appointments_of(kept) == []


def test_moving_to_another_unit_starts_the_membership_anew(person, security, unit):
    worker = person("grid-1")
    since = worker.unit_since
    other = Unit(name_zh="东张乡", name_en="Dongzhang", kind=Unit.Kind.TOWNSHIP, area_path="141027101")
    open_units(units=[other], by=CLI)
    move_to_unit(accounts=[worker], unit=other, by=by(security))
    assert (worker.unit, worker.unit_since > since) == (other, True)
    moved_at = worker.unit_since
    move_to_unit(accounts=[worker], unit=other, by=by(security))
    assert worker.unit_since == moved_at
    refused("accounts.own_unit", move_to_unit, accounts=[security], unit=other, by=by(security))


# Passwords


@pytest.mark.parametrize("password", ["short", "1234567890123", "grid-worker-1", "password123"])
def test_a_weak_password_is_refused(person, password):
    worker = person("grid-worker-1")
    refused("accounts.password_weak", set_password, account=worker, password=password, by=by(worker))


def test_ones_own_password_can_be_set_and_anothers_only_by_the_security_administrator(person, security):
    worker, other = person("grid-1", "grid_worker", GRID), person("grid-2")
    set_password(account=worker, password="correct horse battery", by=by(worker))
    assert Account.objects.get(pk=worker.pk).check_password("correct horse battery")
    assert Account.objects.get(pk=worker.pk).password.startswith("argon2")
    refused("accounts.not_allowed", set_password, account=other, password="correct horse", by=by(worker))
    set_password(account=other, password="correct horse battery", by=by(security))


def test_no_password_is_ever_in_the_record(person):
    worker = person("grid-1")
    set_password(account=worker, password="correct horse battery", by=by(worker))
    assert "correct horse battery" not in str(told(lines(action="accounts.password_set")[0]))


def test_who_may_decide_for_an_area_is_found(person):
    one, _ = person("township-1", "township_approver", TOWNSHIP), person("township-2", "township_approver", "141027101")
    two = person("village-1", "village_approver", VILLAGE)
    assert list(accounts_with("approvals.decide", GRID)) == [one, two]
    assert list(accounts_with("approvals.decide", TOWNSHIP)) == [one]
