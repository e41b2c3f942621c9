"""What is wrong with a period is said once, where it is written."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from fangxian.core.policy.checking import check, check_text

UNTIL = "until = 2022-06-28T00:00:00+08:00"
EMPTY, REVERSED = "rulebook.period_empty", "rulebook.period_reversed"


@pytest.mark.parametrize(("until", "code"), [("2022-04-01", EMPTY), ("2022-03-01", REVERSED)])
def test_a_wrong_period_of_the_whole_is_one_finding(written, beside_the_shipped, until, code):
    _, findings = check_text(written((UNTIL, f"until = {until}T00:00:00+08:00")))
    (finding,) = beside_the_shipped(findings)
    assert (finding.code, finding.blocks, finding.number) == (code, True, "")


def test_a_period_without_length_does_not_end_before_it_begins(written, beside_the_shipped):
    (finding,) = beside_the_shipped(check_text(written((UNTIL, "until = 2022-04-01T00:00:00+08:00")))[1])
    assert "先止后起" not in finding.said.zh
    assert "同一时刻" in finding.said.zh
    assert "ends before it begins" not in finding.said.en
    assert "both are one moment" in finding.said.en


def test_what_else_is_wrong_is_found_beside_a_wrong_period(written, beside_the_shipped):
    _, findings = check_text(
        written(
            (UNTIL, "until = 2022-04-01T00:00:00+08:00"),
            ('number = "C-05"', 'number = "C-04"'),
            ('values = ["not-taken"]\nvenues = ["village-post"', 'values = ["normal"]\nvenues = ["village-post"'),
        )
    )
    codes = {finding.code for finding in beside_the_shipped(findings)}
    assert {EMPTY, "rulebook.number_twice", "rulebook.fail_open"} <= codes


def test_a_rule_s_own_period_without_length_is_the_rule_s_finding(written, beside_the_shipped):
    own = 'number = "A-02"\nfrom = 2022-05-01T00:00:00+08:00\nuntil = 2022-05-01T00:00:00+08:00'
    (finding,) = beside_the_shipped(check_text(written(('number = "A-02"', own)))[1])
    assert (finding.code, finding.number) == (EMPTY, "A-02")
    assert "both are one moment" in finding.said.en


def test_a_rule_that_takes_half_its_period_from_a_wrong_whole_is_not_blamed(covid, beside_the_shipped):
    later = covid.begins_at + timedelta(days=9)
    wrong = replace(covid, until_at=covid.begins_at)
    rows = tuple(replace(row, begins_at=later, until_at=covid.begins_at) for row in covid.clocks)
    findings = beside_the_shipped(check(replace(wrong, clocks=rows)))
    assert [finding.code for finding in findings if finding.number.startswith("K")] == []


def test_a_rulebook_at_the_end_of_all_time_is_still_judged(covid):
    last = datetime(9999, 12, 31, tzinfo=UTC)
    assert EMPTY in {finding.code for finding in check(replace(covid, begins_at=last, until_at=last))}
