"""Approvals: who may, who may not, and what an approval is good for. Reads as the rules; runs on both databases."""

import threading
from datetime import timedelta
from itertools import product
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction

from fangxian.core.refusal import Refusal, Said
from fangxian.ops.accounts.models import Account, Appointment, Unit
from fangxian.ops.accounts.roles import the_roles
from fangxian.ops.approvals import queries
from fangxian.ops.approvals.actions import approve, expire_overdue, reject, request_approval, use, withdraw
from fangxian.ops.approvals.models import ApprovalRequest, Decision
from fangxian.ops.approvals.requirements import HEALTH_UNITS, REQUIREMENTS, Requirement
from fangxian.ops.approvals.rules import still_needed
from fangxian.ops.approvals.wire import as_json, digest_of
from fangxian.ops.realm.current import county_now

KIND = "rulebook.publish"  # two persons of two units, one of them a health unit
DIGEST = digest_of({"rule": 1})
COUNTY, ELSEWHERE = "141027", "141028"
pytestmark = pytest.mark.django_db


def unit(kind="department"):
    return Unit.objects.create(name_zh="某单位", name_en="a unit", kind=kind, area_path=COUNTY)


def account(at_unit=None, *, role="commander", area_path=COUNTY, hours=48, verified=True, **more):
    since = county_now() - timedelta(hours=hours)
    made = Account.objects.create(
        username=f"post-{uuid4().hex[:12]}",
        unit=at_unit or unit(),
        unit_since=since,
        verified_at=since if verified else None,
        **more,
    )
    if role:
        Appointment.objects.create(account=made, role=role, area_path=area_path, begins_at=since)
    return made


def ask(applicant=None, kind=KIND):
    return request_approval(
        kind=kind,
        subject="rulebook:covid:2",
        digest=DIGEST,
        title=Said("新版规则手册", "a new rulebook"),
        basis="传染病防治法第四十二条",
        area_path=COUNTY,
        applicant=applicant or account(role="dispatcher"),
    ).pk


def yes(request, approver, digest=DIGEST):
    return approve(request=request, approver=approver, digest=digest)


def code_of(call, *arguments, **named):
    with pytest.raises(Refusal) as refused:
        call(*arguments, **named)
    assert refused.value.said.zh
    assert "{" not in refused.value.said.zh + refused.value.said.en
    return refused.value.code


def approved():
    request = ask()
    yes(request, account())
    yes(request, account(unit("cdc")))
    return request


# What makes an approval


def test_two_verified_persons_of_two_units_one_of_them_a_health_unit_approve():
    request = ask()
    assert yes(request, account()).state == "pending"
    assert yes(request, account(unit("cdc"))).state == "approved"


def test_the_order_does_not_matter():
    request = ask()
    assert yes(request, account(unit("hospital"))).state == "pending"
    assert yes(request, account()).state == "approved"


def test_one_no_ends_it_and_says_why():
    request = ask()
    yes(request, account())
    assert (
        reject(request=request, approver=account(unit("cdc")), digest=DIGEST, reason="第三条过严").state == "rejected"
    )
    assert code_of(yes, request, account(unit("cdc"))) == "approvals.settled"
    assert as_json(queries.find(request))["decisions"][1]["reason"] == "第三条过严"


def test_whoever_approved_may_change_their_mind_while_it_is_pending():
    request, first = ask(), account()
    yes(request, first)
    assert reject(request=request, approver=first, digest=DIGEST, reason="看错了").state == "rejected"
    assert Decision.objects.filter(request=request).count() == 1


# Who may not


def nobody(**how):
    """An approver with one thing wrong."""
    return lambda _: account(unit("cdc"), **how)


def closed(_):
    return account(unit("cdc"), is_active=False)


def the_applicant(request):
    applicant = queries.find(request).applicant
    Appointment.objects.create(account=applicant, role="commander", area_path=COUNTY, begins_at=applicant.unit_since)
    return applicant


FORBIDDEN = {
    "the applicant": (the_applicant, "approvals.applicant"),
    "a system administrator": (nobody(role="system_administrator"), "approvals.administrator"),
    "a security administrator": (nobody(role="security_administrator"), "approvals.administrator"),
    "an auditor": (nobody(role="auditor"), "approvals.administrator"),
    "a closed account": (closed, "approvals.account_closed"),
    "somebody not verified": (nobody(verified=False), "approvals.not_verified"),
    "somebody 23 hours in the unit": (nobody(hours=23), "approvals.unit_too_new"),
    "somebody with another role": (nobody(role="dispatcher"), "approvals.not_appointed"),
    "somebody with no role": (nobody(role=""), "approvals.not_appointed"),
    "somebody of another county": (nobody(area_path=ELSEWHERE), "approvals.not_appointed"),
    "somebody of one township only": (nobody(area_path=COUNTY + "100"), "approvals.not_appointed"),
}


@pytest.mark.parametrize("who", FORBIDDEN)
def test_these_may_neither_approve_nor_reject(who):
    make, code = FORBIDDEN[who]
    request = ask()
    person = make(request)
    assert code_of(yes, request, person) == code
    assert code_of(reject, request=request, approver=person, digest=DIGEST, reason="不同意") == code
    assert queries.needed(queries.find(request)).n_persons == 2


def test_an_administrator_may_not_approve_even_when_also_appointed_to_approve():
    both = account(unit("cdc"), role="system_administrator")
    Appointment.objects.create(account=both, role="commander", area_path=COUNTY, begins_at=both.unit_since)
    assert code_of(yes, ask(), both) == "approvals.administrator"


def test_whoever_moved_to_a_new_unit_since_they_signed_in_is_judged_by_the_new_one():
    approver = account(unit("cdc"))
    Account.objects.filter(pk=approver.pk).update(unit=unit("cdc"), unit_since=county_now() - timedelta(hours=1))
    assert code_of(yes, ask(), approver) == "approvals.unit_too_new"


def test_one_person_counts_once():
    request, person = ask(), account(unit("cdc"))
    yes(request, person)
    assert code_of(yes, request, person) == "approvals.decided_already"


def test_a_second_person_of_the_same_unit_adds_nothing():
    request, health = ask(), unit("cdc")
    yes(request, account(health))
    assert code_of(yes, request, account(health)) == "approvals.same_unit"


def test_the_last_one_must_bring_the_health_unit_that_is_missing():
    request = ask()
    yes(request, account())
    assert code_of(yes, request, account()) == "approvals.kind_missing"


# What they have seen


def test_whoever_saw_other_content_approves_nothing():
    request = ask()
    assert code_of(yes, request, account(), digest_of({"rule": 2})) == "approvals.other_content"


@pytest.mark.parametrize("digest", ["", "x" * 64, DIGEST[:63], DIGEST.upper()])
def test_what_is_no_digest_is_a_bug(digest):
    with pytest.raises(ValueError, match="64 hex"):
        request_approval(
            kind=KIND, subject="s", digest=digest, title=Said("甲", "a"), basis="法", area_path=COUNTY,
            applicant=account(),
        )  # fmt: skip


def test_a_request_without_a_basis_is_not_made():
    call = {"kind": KIND, "subject": "s", "digest": DIGEST, "title": Said("甲", "a"), "area_path": COUNTY}
    assert code_of(request_approval, **call, basis="  ", applicant=account()) == "approvals.no_basis"


def test_asking_again_for_the_same_is_the_same_request():
    applicant = account(role="dispatcher")
    assert ask(applicant) == ask(applicant)
    assert ApprovalRequest.objects.count() == 1


def test_a_no_without_a_reason_is_no_decision():
    request = ask()
    no_reason = {"request": request, "approver": account(), "digest": DIGEST, "reason": " "}
    assert code_of(reject, **no_reason) == "approvals.no_reason"


# What it is good for


def test_an_approval_is_used_once():
    request = approved()
    assert use(request=request, kind=KIND, digest=DIGEST, by="program:test").state == "used"
    assert code_of(use, request=request, kind=KIND, digest=DIGEST, by="program:test") == "approvals.used"


def test_an_approval_comes_back_when_the_action_that_used_it_fails():
    request = approved()
    with transaction.atomic():
        use(request=request, kind=KIND, digest=DIGEST, by="program:test")
        transaction.set_rollback(True)
    assert queries.find(request).state == "approved"


def test_an_approval_is_for_its_kind_and_content_only():
    request = approved()
    assert code_of(use, request=request, kind="measures.sign", digest=DIGEST, by="x") == "approvals.other_kind"
    assert code_of(use, request=request, kind=KIND, digest="0" * 64, by="x") == "approvals.other_content"


def test_what_is_pending_or_rejected_licenses_nothing():
    request = ask()
    assert code_of(use, request=request, kind=KIND, digest=DIGEST, by="x") == "approvals.not_approved"
    reject(request=request, approver=account(), digest=DIGEST, reason="不同意")
    assert code_of(use, request=request, kind=KIND, digest=DIGEST, by="x") == "approvals.not_approved"


def test_there_is_no_approval_that_nobody_asked_for():
    assert code_of(use, request=uuid4(), kind=KIND, digest=DIGEST, by="x") == "approvals.unknown"


def let_it_expire(request):
    row = queries.find(request)
    row.asked_at, row.expires_at = county_now() - timedelta(days=9), county_now() - timedelta(seconds=1)
    row.save()


def test_what_has_expired_can_be_neither_decided_nor_used_before_and_after_the_worker_marks_it():
    pending, ready = ask(), approved()
    let_it_expire(pending)
    let_it_expire(ready)
    assert code_of(yes, pending, account()) == "approvals.expired"
    assert code_of(use, request=ready, kind=KIND, digest=DIGEST, by="x") == "approvals.expired"
    assert expire_overdue(at=county_now(), by="program:worker") == 2
    assert expire_overdue(at=county_now(), by="program:worker") == 0
    assert code_of(yes, pending, account()) == "approvals.settled"
    assert code_of(use, request=ready, kind=KIND, digest=DIGEST, by="x") == "approvals.not_approved"


def test_the_applicant_and_nobody_else_withdraws():
    applicant = account(role="dispatcher")
    request = ask(applicant)
    assert code_of(withdraw, request=request, applicant=account()) == "approvals.not_yours"
    assert withdraw(request=request, applicant=applicant).state == "withdrawn"
    assert withdraw(request=request, applicant=applicant).state == "withdrawn"
    assert code_of(yes, request, account()) == "approvals.settled"


def test_what_was_used_cannot_be_withdrawn():
    request = approved()
    use(request=request, kind=KIND, digest=DIGEST, by="program:test")
    applicant = queries.find(request).applicant
    assert code_of(withdraw, request=request, applicant=applicant) == "approvals.settled"


# Lists


def test_an_approver_is_shown_what_waits_for_them_and_not_their_own():
    request, approver = ask(), account()
    assert [row.pk for row in queries.waiting_for(approver, county_now())] == [request]
    assert list(queries.waiting_for(account(role="dispatcher"), county_now())) == []
    yes(request, approver)
    assert list(queries.waiting_for(approver, county_now())) == []


# Every combination


@pytest.mark.parametrize("kind", REQUIREMENTS)
def test_a_request_is_approved_by_exactly_those_combinations_that_meet_its_requirement(kind):
    """Every sequence of three persons of three units: what `still_needed` says against the plain definition."""
    requirement = REQUIREMENTS[kind]
    units = [("a", "department"), ("b", "department"), ("c", "cdc")]
    for n_persons in range(4):
        for chosen in product(units, repeat=n_persons):
            enough = len(chosen) >= requirement.n_persons and len({u for u, _ in chosen}) >= requirement.n_units
            kinds = not requirement.one_of or any(kind in HEALTH_UNITS for _, kind in chosen)
            assert still_needed(requirement, chosen).is_met == (enough and kinds)


@pytest.mark.parametrize(("n_persons", "n_units"), [(1, 1), (2, 1), (2, 3)])
def test_no_requirement_can_be_met_by_one_person_or_one_unit(n_persons, n_units):
    with pytest.raises(ValueError, match="two units"):
        Requirement(said=Said("甲", "a"), permission="x", n_persons=n_persons, n_units=n_units)


@pytest.mark.parametrize("kind", REQUIREMENTS)
def test_a_requirement_asks_for_a_permission_that_approves(kind):
    """Roles with such a permission are closed to the three administrators by the roles' own rules."""
    assert the_roles().permissions[REQUIREMENTS[kind].permission].approves


# The database itself


def test_the_database_refuses_the_applicants_own_decision_and_a_second_of_one_person():
    request, approver = queries.find(ask()), account()
    row = {"request": request, "unit": approver.unit, "unit_kind": "cdc", "verdict": "approve", "digest": DIGEST}
    row |= {"decided_at": county_now(), "applicant": request.applicant}
    with pytest.raises(IntegrityError), transaction.atomic():
        Decision.objects.create(**row, approver=request.applicant)
    Decision.objects.create(**row, approver=approver)
    with pytest.raises(IntegrityError), transaction.atomic():
        Decision.objects.create(**row, approver=approver)


def at_once(*calls):
    outcomes = []

    def run(call):
        try:
            outcomes.append(call().state)
        except Refusal as refusal:
            outcomes.append(refusal.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(call,)) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(outcomes)


@pytest.mark.django_db(transaction=True)
def test_of_three_who_approve_at_once_exactly_two_count():
    request = ask()
    people = [account(unit("cdc")) for _ in range(3)]
    outcomes = at_once(*(lambda person=person: yes(request, person) for person in people))
    assert outcomes == ["approvals.settled", "approved", "pending"]
    assert Decision.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_of_four_who_use_it_at_once_one_may():
    request = approved()
    outcomes = at_once(*[lambda: use(request=request, kind=KIND, digest=DIGEST, by="program:test")] * 4)
    assert outcomes == ["approvals.used"] * 3 + ["used"]
