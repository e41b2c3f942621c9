"""The line lists that epidemiologists pass around come in as they are, and go out with the same people and dates."""

import csv
import gzip
import io

import pytest

from fangxian.ops.cases.models import Case, CaseLink
from fangxian.ops.procedures.export_lists import export_list
from tests.integration.list_hand import in_force, somebody, taken_in

pytestmark = pytest.mark.django_db
EBOLA_CASES, EBOLA_PAIRS = 5829, 3800
EBOLA_STRANGERS = 1684  # pairs of which one end is in no row of the list of cases


@pytest.fixture
def lead():
    in_force("covid19-2022-04")
    return somebody("tracing_lead")


def rows_of(content: bytes) -> list[dict]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))


def exported(lead, kind="cases.list") -> list[dict]:
    return rows_of(b"".join(export_list(kind=kind, shape="godata", disease="covid-19", by=lead).pieces))


@pytest.fixture
def mers(shared_data):
    folder = shared_data / "outbreaks"
    return [(folder / f"mers_korea_2015__{name}.csv").read_bytes() for name in ("linelist", "contacts")]


def test_the_162_cases_of_mers_come_in_with_the_98_pairs(mers, lead):
    cases, pairs = mers
    row, counts = taken_in(cases, "cases.list", by=lead, source="MERS")
    print("MERS", counts)
    assert (row.n_rows, row.n_accepted) == (162, 162)
    assert Case.objects.filter(outcome="died").count() == 19
    row, counts = taken_in(pairs, "contacts.relationships", by=lead, source="MERS")
    assert (row.n_rows, row.n_accepted, CaseLink.objects.count()) == (98, 98, 98)


def test_mers_goes_out_with_the_days_it_came_with(mers, lead):
    taken_in(mers[0], "cases.list", by=lead, source="MERS")
    came = {(row["id"], row["age"], row["dt_onset"], row["dt_report"]) for row in rows_of(mers[0])}
    out = exported(lead)
    assert {(row["uuid"], row["age"], row["date_of_onset"], row["date_of_reporting"]) for row in out} == came


def test_ebola_comes_in_whole_under_the_numbering_of_a_statistics_program(shared_data, lead):
    folder = shared_data / "outbreaks"
    cases = gzip.decompress((folder / "ebola_sim_clean__linelist.csv.gz").read_bytes())
    row, counts = taken_in(cases, "cases.list", by=lead, source="Ebola")
    print("Ebola", counts, row.n_remarked)
    assert (row.n_rows, row.n_accepted) == (EBOLA_CASES, EBOLA_CASES)
    pairs = gzip.decompress((folder / "ebola_sim_clean__contacts.csv.gz").read_bytes())
    row, counts = taken_in(pairs, "contacts.relationships", by=lead, source="Ebola")
    print("Ebola pairs", counts)
    assert (row.n_rows, row.n_accepted) == (EBOLA_PAIRS, EBOLA_PAIRS - EBOLA_STRANGERS)
    assert set(row.refused_rows.values_list("refusal_code", flat=True)) == {"lists.end_not_here"}
    came = {(row["case_id"], row["date_of_onset"]) for row in rows_of(cases)}
    assert {(row["uuid"], row["date_of_onset"]) for row in exported(lead)} == came
