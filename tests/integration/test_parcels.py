"""A waybill list becomes people who are found: every row counted once, matches right, twice harmless."""

import pytest

from fangxian.ops.intake.queries import refused_file, refused_rows
from fangxian.ops.parcels.models import Handling, Traced, Waybill
from fangxian.ops.parcels.queries import counts_of, handling_columns, parcel_number
from fangxian.ops.people.models import Person

from .parcel_hand import a_dirty_list, a_trace, as_csv, row_of, upload

pytestmark = pytest.mark.django_db


def with_phone(n=1):
    rows = Person.objects.exclude(phone="").exclude(phone_index=None).select_related("household").order_by("pk")
    return rows[:n]


def test_a_dirty_list_is_matched_and_its_truth_found(small_county):
    trace, dirty = a_trace(), a_dirty_list(400)
    upload(trace, dirty.content)
    counts = counts_of([trace.id])[trace.id]
    assert counts.n_matched + counts.n_ambiguous + counts.n_unmatched == counts.n_waybills == 400
    matched = Handling.objects.filter(role="recipient", state="matched").select_related("waybill")
    right = sum(dirty.truth[it.waybill.row_number] == it.person_id for it in matched)
    n_residents = sum(person is not None for person in dirty.truth.values())
    print(f"precision {right / len(matched):.3f}, recall {right / n_residents:.3f}")
    assert right / len(matched) > 0.98
    assert right / n_residents > 0.75
