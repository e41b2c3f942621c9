"""WHO Go.Data's own export comes in whole: 56 cases, 66 contacts, 437 follow-ups, 100 relationships."""

import csv
import io

import pytest

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
