"""A county's files fit one another: every trade's venues are of a class that its rulebooks know."""

import re
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
RULEBOOKS = sorted((ROOT / "counties").glob("*/rulebooks/*.toml"))


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


@pytest.mark.parametrize("path", RULEBOOKS, ids=lambda path: path.stem)
def test_what_a_rule_says_is_true_wherever_it_is_heard(path):
    """At a door nothing stands "below", and whoever is told that its knowledge is old may well be yellow or red."""
    rulebook = read_rulebook(path.read_bytes())
    said = [sentence for row in rulebook.rows for sentence in (row.reason, row.advice) if sentence is not None]
    assert said, "no rule says anything, so this test could not fail"
    assert [it for it in said if re.search("[上下][方面]|\\b(below|above)\\b", f"{it.zh} {it.en}")] == []
    of_old_knowledge = [row.reason for row in rulebook.doors if row.input == "freshness"]
    assert [it for it in of_old_knowledge if re.search("绿码|green", f"{it.zh} {it.en}")] == []
