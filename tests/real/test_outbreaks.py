"""Chains of two outbreaks and of a Go.Data export that nobody here wrote; the figures are the data's README's."""

import csv
import gzip
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from fangxian.core.exposure.chains import Link, chain_figures, serial_interval_days, trace_chains

# Go.Data says how sure a relationship is as "3 - High".
GODATA_CERTAINTY = {"1 - Low": 1, "2 - Medium": 2, "3 - High": 3}


def rows(path: Path) -> list[dict[str, str]]:
    opened = gzip.open if path.suffix == ".gz" else open
    with opened(path, "rt", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def days(found: list[dict[str, str]], key: str, onset: str) -> dict[str, date | None]:
    return {row[key]: date.fromisoformat(row[onset]) if row[onset] else None for row in found}


@pytest.fixture(scope="module")
def mers(shared_data):
    onset = days(rows(shared_data / "outbreaks" / "mers_korea_2015__linelist.csv"), "id", "dt_onset")
    links = rows(shared_data / "outbreaks" / "mers_korea_2015__contacts.csv")
    return trace_chains(onset, [Link(row["from"], row["to"]) for row in links], onset)


@pytest.fixture(scope="module")
def ebola(shared_data):
    folder = shared_data / "outbreaks"
    onset = days(rows(folder / "ebola_sim_clean__linelist.csv.gz"), "case_id", "date_of_onset")
    links = rows(folder / "ebola_sim_clean__contacts.csv.gz")
    return trace_chains(onset, [Link(row["infector"], row["case_id"]) for row in links], onset)


@pytest.fixture(scope="module")
def godata(shared_data):
    folder = shared_data / "godata"
    onset = days(rows(folder / "cases_clean.csv"), "uuid", "date_of_onset")
    links = [
        Link(row["source_uuid"], row["target_uuid"], GODATA_CERTAINTY[row["certainty_level"]])
        for row in rows(folder / "relationships_clean.csv")
    ]
    return trace_chains(onset, links, onset)


def test_mers_in_korea_has_67_clusters_the_largest_of_94_and_one_who_infected_38(mers):
    figures = chain_figures(mers)
    assert (len(mers.onset), figures.n_links) == (162, 98)
    assert (figures.n_clusters, figures.largest, figures.most_infected) == (67, 94, 38)


def test_mers_intervals_are_those_of_the_data_itself(mers, shared_data):
    told = {
        (row["from"], row["to"]): int(row["diff_dt_onset"])
        for row in rows(shared_data / "outbreaks" / "mers_korea_2015__contacts.csv")
    }
    assert {(it.infector, it.infected): serial_interval_days(mers, it) for it in mers.links} == told


def test_mers_cases_with_several_infectors_are_those_named_several_times(mers):
    assert {key: len(links) for key, links in mers.infectors.items() if len(links) > 1} == {"SK_39": 3, "SK_107": 2}
    assert mers.undecided == {"SK_39", "SK_107"}


def test_ebola_has_3247_clusters_the_largest_of_14_and_intervals_of_9_days_in_the_median_11_06_in_the_mean(ebola):
    figures = chain_figures(ebola)
    assert (figures.n_clusters, figures.largest) == (3247, 14)
    assert figures.interval_median_days == 9
    assert figures.interval_mean_days == pytest.approx(11.06, abs=0.005)


def test_ebola_infectors_who_are_on_no_line_list_are_carried_as_unknown(ebola):
    figures = chain_figures(ebola)
    assert (figures.n_cases, figures.n_links) == (5829 + 1218, 3800)
    assert (figures.n_intervals, figures.n_unknown_intervals, figures.n_circles) == (2116, 1684, 0)


def test_godata_has_100_relationships_of_which_each_pair_is_read_once(godata, shared_data):
    told = rows(shared_data / "godata" / "relationships_clean.csv")
    pairs = {(row["source_uuid"], row["target_uuid"]) for row in told}
    assert len(told) == 100
    assert {(it.infector, it.infected) for it in godata.links} == pairs


def test_godata_certainties_are_97_high_2_medium_1_low_and_no_case_infected_itself(godata):
    assert Counter(it.certainty for it in godata.links) == {3: 97, 2: 2, 1: 1}
    assert godata.circles == ()


def test_godata_names_an_infector_for_the_cases_that_have_one(godata, shared_data):
    cases = {row["uuid"] for row in rows(shared_data / "godata" / "cases_clean.csv")}
    targets = {row["target_uuid"] for row in rows(shared_data / "godata" / "relationships_clean.csv")}
    assert {key for key in cases if godata.infector[key] is not None} == cases & targets
