"""Undoing a merge on either database: everything as it was, and a place that was taken meanwhile."""

import pytest

from fangxian.ops.contacts.queries import contact_with, of_case
from fangxian.ops.merges.models import Merge
from fangxian.ops.merges.wire import two_of
from fangxian.ops.procedures.merge_persons import merge_persons
from fangxian.ops.procedures.same_case import same_case

from .case_hand import build_with_diseases, staffed
from .case_room_hand import BY, a_case
from .merge_hand import confirmed, contact_of, filled, on_record, the_merge, undone
from .people_with_codes import know

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def county_of_this_file(rows_of_this_file):
    return build_with_diseases()


@pytest.fixture
def county(county_of_this_file, db):
    return county_of_this_file


@pytest.fixture
def posts(county):
    return staffed(county)


@pytest.fixture
def twice(county):
    """Two cases of what was taken for one person."""
    return a_case(1, person=county.head.pk), a_case(1, document_kind="passport", document_number="E12345678", phone="")


def merged(twice, posts):
    same_case(kept=twice[0].pk, merged=twice[1].pk, reason="同一人", by=posts.investigator)
    return the_merge(case=twice[0].pk)


def test_two_cases_are_as_they_were(twice, county, posts):
    filled(twice, county, posts)
    two = two_of(Merge(kept_case=twice[0].pk, merged_case=twice[1].pk))
    before = on_record(two)
    assert undone(merged(twice, posts), posts.investigator) == []
    assert on_record(two) == before


def test_two_records_are_as_they_were(county, posts):
    kept, other = county.head, county.persons[3]
    know(other)
    case = a_case(5)
    confirmed(contact_of(case, other), posts)
    contact_of(case, kept, days_ago=1)
    two = two_of(Merge(kept_person=kept.pk, merged_person=other.pk))
    before = on_record(two)
    merge_persons(kept=kept, merged=other, reason="同一人", by=BY)
    assert undone(the_merge(person=kept.pk), posts.investigator) == []
    assert on_record(two) == before


def test_where_the_place_was_taken_meanwhile_the_row_stays_and_is_named(twice, county, posts):
    row, other = contact_of(twice[1], county.stranger), contact_of(twice[1], county.persons[2])
    merge = merged(twice, posts)
    contact_of(twice[1], county.stranger)
    [left] = undone(merge, posts.investigator)
    assert (left.key, left.why) == (str(row.pk), "in_use")
    assert (contact_with(row.pk).case_id, contact_with(other.pk).case_id) == (twice[0].pk, twice[1].pk)
    assert of_case(twice[1].pk).count() == 2
