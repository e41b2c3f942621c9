"""Fushan, its plan, the whole county and a fiftieth of it, each made once."""

from pathlib import Path

import numpy as np
import pytest

from fangxian.core.divisions import read_divisions
from fangxian.core.drill.county.build import build_county
from fangxian.core.drill.county.plan import read_county_plan

FOLDER = Path(__file__).resolve().parents[3] / "counties" / "fushan"


@pytest.fixture(scope="session")
def folder():
    return FOLDER


@pytest.fixture(scope="session")
def divisions():
    return read_divisions((FOLDER / "divisions" / "2021.csv").read_bytes(), edition="2021")


@pytest.fixture(scope="session")
def plan(divisions):
    return read_county_plan(
        county=(FOLDER / "county.toml").read_bytes(),
        names=(FOLDER / "names.toml").read_bytes(),
        divisions=divisions,
    )


@pytest.fixture(scope="session")
def county(plan):
    return build_county(plan, rng=np.random.default_rng(1))


@pytest.fixture(scope="session")
def small(plan):
    return build_county(plan, rng=np.random.default_rng(1), scale=0.02)
