"""Who may ask, who is one person behind two accounts, and what becomes of an approval when its people go."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from fangxian.core.refusal import Refusal, Said
from fangxian.ops.accounts.actions import appoint, deactivate, dismiss, move_to_unit, set_password
from fangxian.ops.accounts.models import Account, Appointment, Unit
from fangxian.ops.approvals import queries
from fangxian.ops.approvals.actions import approve, request_approval, use
from fangxian.ops.approvals.models import ApprovalRequest
from fangxian.ops.approvals.wire import digest_of
from fangxian.ops.people.models import Person
from fangxian.ops.realm.current import county_now
from fangxian.ops.realm.folder import RealmKind
from fangxian.ops.realm.sealed import index_of

DIGEST = digest_of({"order": 1})
COUNTY, TOWNSHIP = "141027", "141027100"
KIND = "measures.sign"
pytestmark = pytest.mark.django_db


def unit(kind="department"):
    return Unit.objects.create(name_zh="某单位", name_en="a unit", kind=kind, area_path=COUNTY)


def account(at_unit=None, *, role="commander", area_path=COUNTY, document="", verified=True):
    since = county_now() - timedelta(hours=48)
    made = Account.objects.create(
        username=f"post-{uuid4().hex[:12]}",
        unit=at_unit or unit(),
        unit_since=since,
        verified_at=since if verified else None,
        identity_index=index_of("document_number", document),
    )
    if role:
        Appointment.objects.create(account=made, role=role, area_path=area_path, begins_at=since)
    return made


def ask(applicant=None, area_path=COUNTY, kind=KIND):
    return request_approval(
        kind=kind,
        subject="order:1",
        digest=DIGEST,
        title=Said("一道命令", "an order"),
        basis="传染病防治法第四十二条",
        area_path=area_path,
        applicant=applicant or account(role="dispatcher", document="asks"),
    ).pk


def yes(request, approver):
    return approve(request=request, approver=approver, digest=DIGEST)


def code_of(call, *arguments, **named):
    with pytest.raises(Refusal) as refused:
        call(*arguments, **named)
    assert "{" not in refused.value.said.zh + refused.value.said.en
    return refused.value.code


def approved(first, second):
    request = ask()
    yes(request, first)
    assert yes(request, second).state == "approved"
    return request


def spend(request, **more):
    return use(request=request, kind=KIND, digest=DIGEST, by="program:test", **more)


@pytest.fixture
def live(settings):
    settings.REALM = replace(settings.REALM, kind=RealmKind.LIVE)


# Who may ask


@pytest.mark.parametrize(
    ("role", "code"),
    [
        ("sampler", "approvals.not_yours_to_ask"),
        ("commander", "approvals.not_yours_to_ask"),
        ("", "approvals.not_yours_to_ask"),
        ("system_administrator", "approvals.administrator"),
        ("security_administrator", "approvals.administrator"),
        ("auditor", "approvals.administrator"),
    ],
)
def test_only_those_who_propose_or_draft_ask(role, code):
    area_path = TOWNSHIP if role == "sampler" else COUNTY
    assert code_of(ask, account(role=role, area_path=area_path), area_path) == code
    assert not ApprovalRequest.objects.exists()


def test_one_asks_inside_ones_own_area():
    applicant = account(role="township_approver", area_path=TOWNSHIP)
    assert code_of(ask, applicant, COUNTY) == "approvals.not_yours_to_ask"
    assert queries.find(ask(applicant, TOWNSHIP)).area_path == TOWNSHIP


def test_a_request_without_an_area_is_not_made():
    assert code_of(ask, area_path="") == "approvals.area_missing"


def test_an_applicant_is_verified():
    assert code_of(ask, account(role="dispatcher", verified=False)) == "approvals.not_verified"


# One person behind two accounts


def resident_with(*accounts):
    """One resident whose records were merged; each of the merged records had an account."""
    kept = None
    for number, one in enumerate(accounts, start=1):
        made = Person.objects.create(
            gate_number=number,
            area_path=COUNTY,
            relation="head",
            name="甲",
            document_kind="other",
            document_number=f"X{number}",
            sex="female",
            born_on=county_now().date(),
            on_record_since=county_now(),
            account=one,
            merged_into=kept,
        )
        kept = kept or made


def test_two_accounts_of_one_person_count_once():
    first, second = account(), account(unit("cdc"))
    resident_with(first, second)
    request = ask()
    yes(request, first)
    assert code_of(yes, request, second) == "approvals.decided_already"


def test_the_applicants_other_account_may_not_approve():
    applicant, other = account(role="dispatcher"), account(unit("cdc"))
    resident_with(applicant, other)
    assert code_of(yes, ask(applicant), other) == "approvals.applicant"


def test_two_accounts_verified_with_one_document_count_once():
    request = ask()
    yes(request, account(document="X7"))
    assert code_of(yes, request, account(unit("cdc"), document="X7")) == "approvals.decided_already"


def test_an_account_and_one_tied_to_a_resident_of_the_same_document_are_one_person():
    first, second = account(document="X7"), account(unit("cdc"))
    resident_with(second)
    Person.objects.update(document_index=index_of("document_number", "X7"))
    request = ask()
    yes(request, first)
    assert code_of(yes, request, second) == "approvals.decided_already"


@pytest.mark.usefixtures("live")
def test_where_people_are_real_nobody_takes_part_whose_document_is_unknown():
    request = ask()
    assert code_of(yes, request, account(unit("cdc"))) == "approvals.identity_unknown"
    assert code_of(ask, account(role="dispatcher")) == "approvals.identity_unknown"
    assert yes(request, account(unit("cdc"), document="X7")).state == "pending"


# An administrator of yesterday


def test_whoever_was_an_administrator_within_a_day_does_not_approve():
    one = account(unit("cdc"), role="security_administrator")
    account(role="security_administrator")
    dismiss(appointments=[*one.appointments.all()], by="program:test")
    appoint(appointments=[Appointment(account=one, role="commander", area_path=COUNTY)], by="program:test")
    request = ask()
    assert code_of(yes, request, one) == "approvals.administrator_lately"
    then = county_now() - timedelta(hours=25)
    Appointment.objects.filter(account=one, role="security_administrator").update(ends_at=then)
    assert yes(request, one).state == "pending"


# What it is good for


def test_an_approval_is_used_for_the_area_it_is_over():
    request = approved(account(), account(unit("cdc")))
    assert code_of(spend, request, area_path=TOWNSHIP) == "approvals.other_area"
    assert code_of(spend, request, area_path="") == "approvals.other_area"
    assert spend(request, area_path=COUNTY).state == "used"


def closes(approver):
    deactivate(accounts=[approver], by="program:test")


def ends(approver):
    dismiss(appointments=[*approver.appointments.all()], by="program:test")


def takes_over(approver):
    set_password(account=approver, password="lantern-bridge-millet", by="program:test")


@pytest.mark.parametrize("happens", [closes, ends, takes_over])
def test_an_approval_is_worth_nothing_once_one_who_gave_it_no_longer_could(happens):
    approver = account()
    request = approved(approver, account(unit("cdc")))
    happens(approver)
    assert code_of(spend, request) == "approvals.approver_gone"
    assert queries.find(request).state == "approved"


def test_whoever_has_moved_since_still_decided_for_the_unit_they_were_in():
    approver = account()
    request = approved(approver, account(unit("cdc")))
    move_to_unit(accounts=[approver], unit=unit(), by="program:test")
    assert spend(request).state == "used"
