"""How many may share a tube: by the rulebook's own rows, and as is usual where it has none."""

from dataclasses import replace
from datetime import timedelta

import pytest

from fangxian.core.screening.modes import Mode, mode_of


@pytest.mark.parametrize(
    ("levels", "mode"),
    [
        ({"high", "medium"}, Mode(1, "high", "G-01")),
        ({"medium"}, Mode(5, "medium", "G-02")),
        ({"low"}, Mode(20, "", "G-03")),
        (set(), Mode(20, "", "G-03")),
    ],
)
def test_the_rulebook_says_how_many_share_a_tube_by_the_risk_there_is(covid, levels, mode):
    assert mode_of(covid, levels, covid.begins_at) == mode


def test_what_a_county_writes_counts(covid):
    rows = tuple(replace(it, largest=3) if it.number == "G-02" else it for it in covid.pools)
    assert mode_of(replace(covid, pools=rows), {"medium"}, covid.begins_at).largest == 3


def test_a_row_that_is_not_yet_in_force_says_nothing(covid):
    later = covid.begins_at + timedelta(days=1)
    rows = tuple(replace(it, begins_at=later) for it in covid.pools)
    assert mode_of(replace(covid, pools=rows), {"medium"}, covid.begins_at) == Mode(5, "medium")


def test_a_rulebook_without_such_rows_is_read_as_is_usual(covid):
    assert mode_of(replace(covid, pools=()), {"high"}, covid.begins_at) == Mode(1, "high")
    assert mode_of(None, {"high"}, covid.begins_at) == Mode(20, "")
