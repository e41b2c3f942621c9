"""Whoever handled a parcel after a case is proposed, with the parcel for a reason, and is no close contact for it."""

import uuid
from datetime import timedelta

import pytest

from fangxian.core.policy.vocabulary import Colour
from fangxian.ops.accounts.models import Account
from fangxian.ops.contacts.queries import of_case
from fangxian.ops.contacts.wire import read_why
from fangxian.ops.movement.queries import evidence_resting_on, health_of
from fangxian.ops.parcels.models import Handling
from fangxian.ops.parcels.queries import staff_of_depot
from fangxian.ops.people.models import Attachment, Person
from fangxian.ops.procedures.confirm_contacts import confirm_contacts
from fangxian.ops.procedures.propose_contacts import propose_contacts
from fangxian.ops.realm.current import county_now

from .case_hand import report
from .parcel_hand import a_trace, as_csv, depot, row_of, upload

pytestmark = pytest.mark.django_db


@pytest.fixture
def two_who_had_one_parcel(small_county):
    """Two residents of two households, the second some hours after the first, within a case's look-back of today."""
    rows = Person.objects.filter(phone_index__isnull=False, household__isnull=False, born_on__lt="1990-01-01")
    one, other = rows.select_related("household").order_by("area_path", "pk")[:900:899]
    received_at = county_now() - timedelta(hours=20)
    trace = a_trace(since_on=(received_at - timedelta(days=1)).date())
    upload(trace, as_csv([row_of(one, at=f"{received_at:%Y-%m-%d %H:%M}")]))
    second = Handling.objects.get(person=one)
    second.pk, second.person_id, second.role = uuid.uuid4(), other.pk, "signer"
    second.touched_at += timedelta(hours=2)
    second._state.adding = True
    second.save()
    return one, other


@pytest.fixture
def proposal(two_who_had_one_parcel):
    one, other = two_who_had_one_parcel
    case = report(one, Account.objects.get(username="laboratory-1")).case
    propose_contacts(case=case, by="program:test")
    return of_case(case).select_related("file").get(person_id=other.pk)


def test_whoever_had_a_parcel_after_a_case_is_proposed_and_not_as_close(proposal):
    assert (proposal.ring, proposal.found_by, proposal.state) == ("co-present", "parcel", "proposed")


def test_the_reason_names_the_depot_and_the_end_of_the_waybill(proposal):
    (why,) = read_why(proposal.file.why)
    assert (why.kind, depot().name in why.place_name, "运单尾号" in why.place_name) == ("parcel", True, True)


def test_whoever_had_it_before_the_case_is_not_proposed(two_who_had_one_parcel):
    one, other = two_who_had_one_parcel
    case = report(other, Account.objects.get(username="laboratory-1")).case
    propose_contacts(case=case, by="program:test")
    assert not of_case(case).filter(person_id=one.pk).exists()


def test_confirmed_it_is_evidence_of_the_parcel_and_the_code_is_yellow_until_a_test(proposal):
    told = {"contacts": [proposal.pk], "ring": "co-present", "reason": "签收了同一件快递"}
    confirm_contacts(by=Account.objects.get(username="investigator-1"), **told)
    (piece,) = evidence_resting_on([proposal.pk])
    assert (piece.kind, piece.source) == ("parcel-contact", "waybill")
    assert health_of(proposal.person_id).colour == Colour.YELLOW


@pytest.fixture
def courier(small_county):
    """Somebody of the largest depot, with colleagues."""
    rows = Attachment.objects.filter(venue__trade="courier_depot").exclude(role__in=("pupil", "keeper", "owner"))
    return rows.select_related("person", "venue").order_by("person_id").first()


def test_the_staff_of_a_depot_at_which_a_case_works_is_proposed(courier):
    colleagues = {one.pk for one in staff_of_depot(courier.venue_id, county_now().date())} - {courier.person_id}
    case = report(courier.person, Account.objects.get(username="laboratory-1")).case
    propose_contacts(case=case, by="program:test")
    assert colleagues <= set(of_case(case).values_list("person_id", flat=True))
