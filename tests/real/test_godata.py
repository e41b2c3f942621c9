"""WHO Go.Data's own export comes in whole: 56 cases, 66 contacts, 437 follow-ups, 100 relationships."""

import csv
import io
from collections import Counter

import pytest

from fangxian.ops.procedures.export_lists import export_list
from tests.integration.list_hand import in_force, somebody, taken_in

pytestmark = pytest.mark.django_db
SOURCE = "Go.Data 2020"
FILES = (
    ("cases.list", "cases_clean.csv", 56),
    ("contacts.list", "contacts_clean.csv", 66),
    ("contacts.follow_ups", "followups_clean.csv", 437),
    ("contacts.relationships", "relationships_clean.csv", 100),
)


@pytest.fixture
def files(shared_data):
    return {kind: (shared_data / "godata" / name).read_bytes() for kind, name, _ in FILES}


@pytest.fixture
def lead():
    in_force("covid19-2022-04")
    return somebody("tracing_lead")


def rows_of(content: bytes) -> list[dict]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))


def all_taken_in(files, lead):
    return {kind: taken_in(files[kind], kind, by=lead, source=SOURCE) for kind, _, _ in FILES}


def test_every_row_of_the_four_files_is_accounted_for(files, lead):
    taken = all_taken_in(files, lead)
    for kind, _, n_rows in FILES:
        row, counts = taken[kind]
        print(kind, counts)
        assert (row.n_rows, row.n_accepted + row.n_refused) == (n_rows, n_rows)
    assert {kind: taken[kind][0].n_refused for kind, _, _ in FILES} == {
        "cases.list": 0,
        "contacts.list": 0,
        "contacts.follow_ups": 0,
        "contacts.relationships": 14,  # 13 begin with a person who is in neither list, one ends with one
    }


def test_the_whole_again_changes_nothing(files, lead):
    all_taken_in(files, lead)
    again = all_taken_in({kind: content + b"\n" for kind, content in files.items()}, lead)
    assert {kind: counts["n_new"] for kind, (_, counts) in again.items()} == dict.fromkeys(files, 0)


def exported(kind, lead, shape="godata"):
    return b"".join(export_list(kind=kind, shape=shape, disease="covid-19", by=lead).pieces)


def test_what_goes_out_in_its_shape_has_the_same_people_and_ids(files, lead):
    all_taken_in(files, lead)
    for kind, _, _ in FILES[:3]:
        out = {row["uuid"] for row in rows_of(exported(kind, lead))}
        assert out == {row["uuid"] for row in rows_of(files[kind])}, kind
    pairs = {(row["source_uuid"], row["target_uuid"]) for row in rows_of(files["contacts.relationships"])}
    out = {(row["source_uuid"], row["target_uuid"]) for row in rows_of(exported("contacts.relationships", lead))}
    assert out < pairs
    assert len(out) == 86


def test_states_of_contacts_and_days_are_counted_as_they_came(files, lead):
    all_taken_in(files, lead)
    for kind, column in (("contacts.list", "contact_status"), ("contacts.follow_ups", "followup_status")):
        came, out = (Counter(row[column] for row in rows_of(text)) for text in (files[kind], exported(kind, lead)))
        assert out == came
