"""The census's own table of the county, and the county built after it."""

import csv
from pathlib import Path

import numpy as np
import pytest

from fangxian.core.divisions import read_divisions
from fangxian.core.drill.county.build import build_county
from fangxian.core.drill.county.census import census_report
from fangxian.core.drill.county.plan import read_county_plan

COUNTY = Path(__file__).resolve().parents[2] / "counties" / "fushan"
CODE = "141027"
SHARES = {  # line of our report → table and column of the census
    "mean_household_size": ("households", "HHLD_S"),
    "one_person": ("households", "HHLD_1P"),
    "generations_1": ("households", "HHLD_1G"),
    "generations_2": ("households", "HHLD_2G"),
    "generations_3": ("households", "HHLD_3G"),
    "generations_4": ("households", "HHLD_4GP"),
    "with_elder": ("households", "HHLD_65"),
    "n_people": ("population", "POPU"),
    "men_per_100_women": ("population", "POPU_WM"),
    "urban": ("population", "POPU_URB"),
    "ages_0_14": ("ages", "AGES_0-14"),
    "ages_65": ("ages", "AGES_65P"),
    "ages_0_0": ("ages", "AGES_0"),
    "ages_1_4": ("ages", "AGES_1-4"),
    "ages_85_99": ("ages", "AGES_85P"),
    **{f"ages_{first}_{first + 4}": ("ages", f"AGES_{first}-{first + 4}") for first in range(5, 85, 5)},
}


@pytest.fixture(scope="module")
def report():
    divisions = read_divisions((COUNTY / "divisions" / "2021.csv").read_bytes(), edition="2021")
    plan = read_county_plan(
        county=(COUNTY / "county.toml").read_bytes(), names=(COUNTY / "names.toml").read_bytes(), divisions=divisions
    )
    return {line.id: line for line in census_report(plan, build_county(plan, rng=np.random.default_rng(1)))}


@pytest.fixture(scope="module")
def census(shared_data):
    def row(table: str) -> dict[str, str]:
        with (shared_data / "census" / f"{table}.csv").open(encoding="utf-8-sig", newline="") as file:
            return next(r for r in csv.DictReader(file) if r["CODE"] == CODE)

    return {table: row(table) for table in ("households", "population", "ages")}


def test_every_line_of_the_report_is_looked_up(report):
    assert set(report) == set(SHARES)


@pytest.mark.parametrize("line", SHARES)
def test_what_the_county_file_says_is_what_the_census_says(report, census, line):
    table, column = SHARES[line]
    assert report[line].published == pytest.approx(float(census[table][column]), abs=1e-9)


@pytest.mark.parametrize("line", [name for name in SHARES if name != "with_elder"])
def test_the_built_county_reports_the_census_within_rounding(report, census, line):
    table, column = SHARES[line]
    text = census[table][column]
    digits = len(text.partition(".")[2]) if line == "mean_household_size" else report[line].digits
    assert abs(report[line].built - float(text)) <= 0.5 * 10**-digits + 1e-9
