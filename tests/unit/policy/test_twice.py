"""Two rows that speak of one case are found in every section of the format, naming both."""

from dataclasses import replace
from datetime import timedelta

import pytest

from fangxian.core.policy.checking import check
from fangxian.core.policy.vocabulary import Colour, Outcome

OVERLAP, CONTRADICTION, TWICE = "rulebook.overlap", "rulebook.contradiction", "rulebook.defined_twice"
SECTIONS = {
    "periods": "P-01",
    "case_definitions": "Q-01",
    "specimens": "S-01",
    "contacts": "T-01",
    "measures": "M-01",
    "evidence": "V-01",
    "colours": "C-01",
    "travel": "J-01",
    "doors": "D-01",
    "together": "X-02",
    "exemptions": "E-01",
    "arrivals": "A-01",
    "departures": "L-01",
    "test_classes": "N-01",
    "hygiene": "H-01",
    "pools": "G-01",
    "clocks": "K-01",
    "ceilings": "U-01",
    "retention": "R-01",
}


def again(rulebook, number, **changes):
    """The rulebook with a row a second time, under another number, written otherwise."""
    row = rulebook.row(number)
    other = replace(row, number=f"{number[0]}-91", line=9000, **changes)
    return replace(rulebook, **{row.section: (*getattr(rulebook, row.section), other)})


def found(rulebook, beside_the_shipped, as_findings=False):
    """Codes beside the shipped, without the note that a county's rules about leaving name no basis."""
    findings = [one for one in beside_the_shipped(check(rulebook)) if one.code != "rulebook.restriction_without_basis"]
    return findings if as_findings else [(finding.code, finding.blocks) for finding in findings]


def test_every_section_of_numbered_rows_is_tried_here(covid):
    assert {row.section for row in covid.rows} == set(SECTIONS)


@pytest.mark.parametrize("number", [*SECTIONS.values(), "L-05", "X-01"])
def test_an_exact_copy_is_found_and_both_rows_are_named(covid, beside_the_shipped, number):
    (finding,) = found(again(covid, number), beside_the_shipped, as_findings=True)
    assert finding.code in (OVERLAP, TWICE)
    for said in (finding.said.zh, finding.said.en):
        assert number in said
        assert f"{number[0]}-91" in said
    assert "删去一条" in finding.said.zh
    assert "emove one of them" in finding.said.en


@pytest.mark.parametrize(
    ("number", "changes", "values"),
    [
        ("K-01", {"within": timedelta(hours=9)}, "2 h; 9 h"),
        ("R-01", {"keep": timedelta(days=60)}, "30 d; 60 d"),
        ("R-01", {"counted_from": "closed"}, "scanned; closed"),
        ("L-01", {"colour": Colour.YELLOW}, "green; yellow"),
        ("L-02", {"consecutive_test_days": 5}, "3; 5"),
        ("L-03", {"approvals": ("village",)}, "village, township; village"),
        ("L-05", {"ahead": timedelta(days=3)}, "2 d; 3 d"),
        ("X-02", {"outcome": Outcome.VERIFY}, "refuse; verify"),
    ],
)
def test_two_answers_to_one_case_block_and_are_told_with_both_values(
    covid, beside_the_shipped, number, changes, values
):
    (finding,) = [one for one in beside_the_shipped(check(again(covid, number, **changes))) if one.blocks]
    assert (finding.code, finding.number) == (CONTRADICTION, number)
    assert f"({values})" in finding.said.en
    assert f"{number[0]}-91 (line 9000)" in finding.said.en
    assert f"{number[0]}-91（第 9000 行）" in finding.said.zh


def test_a_clock_called_otherwise_is_still_the_clock_between_these_events(covid, beside_the_shipped):
    renamed = again(covid, "K-01", clock="another", within=timedelta(hours=9))
    assert found(renamed, beside_the_shipped) == [(CONTRADICTION, True)]


@pytest.mark.parametrize("number", ["K-01", "R-01", "L-01", "X-02"])
def test_rows_of_different_times_do_not_meet(covid, beside_the_shipped, number):
    middle = covid.begins_at + timedelta(days=30)
    row = covid.row(number)
    rows = (replace(one, until_at=middle) if one is row else one for one in getattr(covid, row.section))
    split = replace(covid, **{row.section: tuple(rows)})
    later = replace(row, number=f"{number[0]}-91", begins_at=middle)
    split = replace(split, **{row.section: (*getattr(split, row.section), later)})
    assert found(split, beside_the_shipped) == []


def test_for_some_destinations_more_may_be_asked_than_for_all(covid, beside_the_shipped):
    """L-04 asks the county's approval on top of L-03, and is no second answer; less than for all is one."""
    more = again(covid, "L-02", consecutive_test_days=5, when_risk=("risk-area",))
    assert found(more, beside_the_shipped) == []
    less = again(covid, "L-02", consecutive_test_days=1, when_risk=("risk-area",))
    assert found(less, beside_the_shipped) == [(CONTRADICTION, True)]
    the_same = again(covid, "L-01", when_risk=("risk-area",))
    assert found(the_same, beside_the_shipped) == [(OVERLAP, False)]


def test_destinations_that_share_a_state_have_one_answer(covid, beside_the_shipped):
    crossing = again(covid, "L-02", consecutive_test_days=5, when_risk=("risk-area", "affected-prefecture"))
    assert found(crossing, beside_the_shipped) == [(CONTRADICTION, True)]
    apart = again(covid, "L-02", consecutive_test_days=5, when_risk=("affected-prefecture",))
    assert found(apart, beside_the_shipped) == []


def test_cross_terms_of_other_inputs_venues_or_values_do_not_meet(covid, beside_the_shipped):
    for changes in (
        {"when": {"colour": ("yellow",), "permit": ("none",)}},
        {"venues": ("bank",)},
        {"when": {"colour": ("yellow",), "test_age": ("within-72h",)}},
    ):
        assert found(again(covid, "X-02", **changes), beside_the_shipped) == []


def test_cross_terms_may_each_lift_another_rule_in_one_cell(covid, beside_the_shipped):
    lifts_another = again(covid, "X-01", lifts=("D-03",), when={"travel": ("risk",), "test_age": ("within-24h",)})
    assert OVERLAP not in {code for code, _ in found(lifts_another, beside_the_shipped)}
