"""A ruling on a code: two people of two units, or nothing. At once at the gate, and gone by its sunset."""

from copy import deepcopy
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from fangxian.core.policy.vocabulary import Colour
from fangxian.core.refusal import Refusal
from fangxian.ops.accounts.models import Account, Appointment, Unit
from fangxian.ops.approvals.actions import reject
from fangxian.ops.approvals.queries import of_subject
from fangxian.ops.movement.queries import evidence_of, health_of, ruling_proposed, rulings_about
from fangxian.ops.people.models import Person
from fangxian.ops.procedures.appeal_code import answer, appeal_code
from fangxian.ops.procedures.recolour import recolour
from fangxian.ops.procedures.rule_on_code import RELEASE, approve_ruling, propose_ruling
from fangxian.ops.realm.current import county_now
from fangxian.ops.situation.code_files import code_file

from .people_with_codes import BY, build_with_codes, know, seen_by_a_gate
from .two_townships import account_of

pytestmark = pytest.mark.django_db
BASIS = "传染病防治法第三十九条"


@pytest.fixture(scope="module")
def county_of_this_file(rows_of_this_file):
    return build_with_codes()


@pytest.fixture
def county(county_of_this_file, db):
    """With rows in memory that are this test's own."""
    return deepcopy(county_of_this_file)


def approver(name, kind="department"):
    """A commander who decides for a unit of a kind, long enough in it and of known identity."""
    since = county_now() - timedelta(days=30)
    unit = Unit.objects.create(name_zh=name, name_en=name, kind=kind, area_path="141027")
    account = Account.objects.create(
        username=f"commander-{name}", display_name=name, unit=unit, unit_since=since, verified_at=since
    )
    Appointment.objects.create(account=account, role="commander", area_path="141027", begins_at=since)
    return account


def ask(county, colour="red", **more):
    dispatcher = account_of(county, "dispatcher")
    told = {"basis": BASIS, "reason": "核酸复核阳性，尚未发报告。"} | more
    return propose_ruling(person=county.head.pk, colour=colour, by=dispatcher, **told)


def request_of(county):
    return of_subject("codes.rule", f"person:{county.head.pk}").first()


def test_a_ruling_turns_nothing_before_the_second_of_two_units(county):
    draft = ask(county)
    request = request_of(county).pk
    assert seen_by_a_gate(county.head)[0] is Colour.GREEN
    assert approve_ruling(approval=request, by=approver("县政府办"), digest=draft.digest) is False
    assert seen_by_a_gate(county.head)[0] is Colour.GREEN
    assert approve_ruling(approval=request, by=approver("县疾控中心", "cdc"), digest=draft.digest) is True
    assert seen_by_a_gate(county.head) == (Colour.RED, "C-14")


def test_two_people_of_one_unit_rule_nothing(county):
    draft, first = ask(county), approver("县疾控中心", "cdc")
    second = approver("旁人", "cdc")
    Account.objects.filter(pk=second.pk).update(unit=first.unit)
    second.refresh_from_db()
    approve_ruling(approval=request_of(county).pk, by=first, digest=draft.digest)
    with pytest.raises(Refusal):
        approve_ruling(approval=request_of(county).pk, by=second, digest=draft.digest)
    assert seen_by_a_gate(county.head)[0] is Colour.GREEN


def test_whoever_saw_something_else_approves_nothing(county):
    ask(county)
    with pytest.raises(Refusal, match=r"approvals\.other_content"):
        approve_ruling(approval=request_of(county).pk, by=approver("县疾控中心", "cdc"), digest="0" * 64)


# Nobody rules on their own days


def tied(account, person):
    """The account is this resident's own."""
    Person.objects.filter(pk=person.pk).update(account=account)
    return account


def verified_with(account, person):
    """The account was verified with this resident's document."""
    index = Person.objects.values_list("document_index", flat=True).get(pk=person.pk)
    Account.objects.filter(pk=account.pk).update(identity_index=index)
    return account


def recorded_twice(account, person):
    """The account is of another record of this resident, merged into the one that goes on."""
    twin = Person.objects.get(pk=person.pk)
    twin.pk, twin.gate_number, twin.household, twin.merged_into = uuid4(), 99_999, None, person
    twin.document_index, twin.account = None, account
    twin.save(force_insert=True)
    return account


def living_together(account, person):
    """The account is somebody's of the same household."""
    other = Person.objects.filter(household=person.household_id).exclude(pk=person.pk).first()
    return tied(account, other)


@pytest.mark.parametrize("is_theirs", [tied, verified_with, recorded_twice, living_together])
def test_whoever_it_is_about_or_lives_with_them_neither_asks_nor_decides(county, is_theirs):
    commander = is_theirs(approver("县疾控中心", "cdc"), county.head)
    draft = ask(county)
    with pytest.raises(Refusal, match=r"approvals\.own_matter"):
        approve_ruling(approval=request_of(county).pk, by=commander, digest=draft.digest)
    with pytest.raises(Refusal, match=r"approvals\.own_matter"):
        reject(request=request_of(county).pk, approver=commander, digest=draft.digest, reason="不同意")


def test_nobody_proposes_a_ruling_on_themselves(county):
    dispatcher = tied(account_of(county, "dispatcher"), county.head)
    with pytest.raises(Refusal, match=r"approvals\.own_matter"):
        propose_ruling(person=county.head.pk, colour=RELEASE, basis=BASIS, reason="误判", by=dispatcher)


def test_nobody_answers_an_appeal_of_their_own(county):
    made = appeal_code(person=county.head, text="不对。", by=BY)
    investigator = tied(account_of(county, "investigator"), county.head)
    with pytest.raises(Refusal, match=r"approvals\.own_matter"):
        answer(appeal_id=made.pk, is_upheld=True, text="属实", by=investigator)


def ruled(county, colour="red", **more):
    draft = ask(county, colour, **more)
    request = request_of(county).pk
    approve_ruling(approval=request, by=approver(f"县政府办{colour}"), digest=draft.digest)
    approve_ruling(approval=request, by=approver(f"县疾控{colour}", "cdc"), digest=draft.digest)
    return request


def test_a_ruling_lapses_by_itself(county):
    request = ruled(county)
    until_at = ruling_proposed(request).until_at
    assert until_at - county_now() <= timedelta(days=7)
    recolour([county.head.pk], until_at, by=BY)
    assert seen_by_a_gate(county.head, until_at) == (Colour.GREEN, "")


def test_the_evidence_names_both_units_and_the_basis_and_no_person(county):
    request = ruled(county)
    piece = evidence_of(county.head.pk).get()
    assert ruling_proposed(request).evidence == piece
    assert {piece.ruling_first_unit, piece.ruling_second_unit} == {"县政府办red", "县疾控red"}
    assert piece.ruling_basis == BASIS
    assert all(UUID(hex=who) for who in (piece.ruling_first, piece.ruling_second))
    assert piece.ruling_first != piece.ruling_second


def test_a_release_of_one_piece_lifts_what_it_turned(county):
    (id_,) = know(county.head)
    ruled(county, RELEASE, about=id_)
    assert seen_by_a_gate(county.head) == (Colour.GREEN, "")
    assert rulings_about(county.head.pk).get().kind == "release-ruling"


def test_a_colour_that_the_rulebook_has_no_ruling_for_is_refused(county):
    with pytest.raises(Refusal, match=r"movement\.ruling_impossible"):
        ask(county, "green")


def test_a_ruling_takes_a_basis(county):
    with pytest.raises(Refusal, match=r"approvals\.no_basis"):
        ask(county, basis=" ")


def test_the_person_can_read_why_in_both_languages(county):
    ruled(county)
    found = code_file(county.head, at=county_now())
    (because,) = found.explanation.because
    assert "县疾控red" in because.basis.zh
    assert "县疾控red" in because.basis.en
    assert found.colour is health_of(county.head.pk).colour is Colour.RED
    assert found.is_settled
