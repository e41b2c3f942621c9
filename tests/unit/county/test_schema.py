"""spec/schemas/county.schema.json tells an editor what a county.toml holds, and agrees with the reader."""

import copy
import json
import tomllib
from datetime import date
from pathlib import Path

import jsonschema
import pytest

ROOT = Path(__file__).resolve().parents[3]
SCHEMA = json.loads((ROOT / "spec" / "schemas" / "county.schema.json").read_text("utf-8"))
COUNTIES = sorted(ROOT.glob("counties/*/county.toml"))


def as_json(value):
    """TOML as JSON can say it: dates as text."""
    if isinstance(value, dict):
        return {key: as_json(v) for key, v in value.items()}
    if isinstance(value, list):
        return [as_json(v) for v in value]
    return value.isoformat() if isinstance(value, date) else value


@pytest.fixture(scope="module")
def told():
    return as_json(tomllib.loads(COUNTIES[0].read_text("utf-8")))


def test_the_schema_is_one():
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("path", COUNTIES, ids=lambda p: p.parent.name)
def test_every_county_that_is_shipped_keeps_to_the_schema(path):
    jsonschema.validate(as_json(tomllib.loads(path.read_text("utf-8"))), SCHEMA)


@pytest.mark.parametrize("section", SCHEMA["required"])
def test_a_missing_section_is_noticed(told, section):
    left = {key: value for key, value in told.items() if key != section}
    with pytest.raises(jsonschema.ValidationError, match=section):
        jsonschema.validate(left, SCHEMA)


@pytest.mark.parametrize(
    ("section", "key", "wrong"),
    [
        ("county", "synthetic_identity_prefix", "110105"),
        ("county", "code", "14102"),
        ("census", "urban_fraction", 42.7),
        ("settlement", "town_per_mille_of_urban", 1001),
        ("schools", "year_begins", "1 September"),
        ("sources", "census", "2020 national census"),
    ],
)
def test_a_value_out_of_range_is_noticed(told, section, key, wrong):
    changed = copy.deepcopy(told)
    changed[section][key] = wrong
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(changed, SCHEMA)


def test_every_figure_names_a_source_that_is_listed(told):
    named = {section["source"] for section in told.values() if "source" in section and section is not told["venues"]}
    named |= {figure["source"] for figure in told["figures"].values()}
    assert named <= set(told["sources"])
