"""Whoever handled a parcel after a case is told of by number, and proposed as no contact for that alone."""

import uuid
from datetime import timedelta

import pytest

from fangxian.ops.accounts.models import Account
from fangxian.ops.contacts.queries import of_case
from fangxian.ops.parcels.models import Handling
from fangxian.ops.people.models import Person
from fangxian.ops.procedures.propose_contacts import propose_contacts
from fangxian.ops.realm.current import county_now

from .case_hand import report
from .parcel_hand import a_trace, as_csv, row_of, upload

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


def test_whoever_had_a_parcel_after_a_case_is_counted_and_not_proposed(two_who_had_one_parcel):
    one, other = two_who_had_one_parcel
    case = report(one, Account.objects.get(username="laboratory-1")).case
    told = propose_contacts(case=case, by="program:test")
    assert any("另有 1 人在病例之后经手过同一件快递" in note["zh"] for note in told.notes)
    assert not of_case(case).filter(person_id=other.pk).exists()
