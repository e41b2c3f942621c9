"""A county's files fit one another: every trade's venues are of a class that its rulebooks know."""

import tomllib
from pathlib import Path

import pytest

from fangxian.core.policy.checking import check
from fangxian.core.policy.door_layout import venue_class_keys
from fangxian.core.policy.doors import compile_doors
from fangxian.core.policy.emergency import read_emergency_classes
from fangxian.core.policy.reading import read_rulebook

ROOT = Path(__file__).resolve().parents[2]
COUNTIES = sorted(path.parent for path in (ROOT / "counties").glob("*/county.toml"))


@pytest.mark.parametrize("folder", COUNTIES, ids=lambda folder: folder.name)
def test_every_trade_is_of_a_venue_class_of_every_rulebook_with_a_gate(folder):
    trades = tomllib.loads((folder / "county.toml").read_text("utf-8"))["trades"]["list"]
    rulebooks = [read_rulebook(path.read_bytes()) for path in sorted((folder / "rulebooks").glob("*.toml"))]
    with_gate = [rulebook for rulebook in rulebooks if rulebook.has_gate]
    assert with_gate, "no rulebook of this county has a gate, so this test could not fail"
    for rulebook in with_gate:
        strangers = {
            trade["id"]: trade["venue_class"]
            for trade in trades
            if trade["venue_class"] not in venue_class_keys(rulebook)
        }
        assert strangers == {}, rulebook.id


@pytest.mark.parametrize("folder", COUNTIES, ids=lambda folder: folder.name)
def test_every_shipped_rulebook_may_be_published(folder):
    classes = read_emergency_classes((folder / "county.toml").read_bytes())
    for path in sorted((folder / "rulebooks").glob("*.toml")):
        rulebook = read_rulebook(path.read_bytes())
        found = check(rulebook, emergency_classes=classes)
        assert [finding.said.en for finding in found if finding.blocks] == []
        if rulebook.has_gate:
            compile_doors(rulebook, emergency_classes=classes)
