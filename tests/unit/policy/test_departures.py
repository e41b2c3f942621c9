"""What leaving takes, at the edges: days of tests, colours, destinations; any case against the plain definition."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fangxian.core.policy.departures import Standing, check_departure, join_checks
from fangxian.core.policy.reading import read_rulebook
from fangxian.core.policy.vocabulary import Colour

from .conftest import FOLDER

TODAY = date(2022, 4, 15)
DAY = timedelta(days=1)
AT_RISK = ("county-with-risk-area",)


def leave(covid, *, colour=Colour.GREEN, tested=(), risk=(), in_days=0, back=None):
    at = datetime(2022, 4, 15, 16, tzinfo=covid.utc_offset)
    return check_departure(
        covid, colour=colour, negative_on=[TODAY + DAY * n for n in tested], risk=risk,
        leaves_on=TODAY + DAY * in_days, returns_on=back, at=at,
    )  # fmt: skip


def standing(check, requirement):
    return next(it.standing for it in check.requirements if it.requirement == requirement)


def test_a_green_code_and_nowhere_at_risk_takes_village_and_township(covid):
    check = leave(covid)
    assert (check.unmet, check.open, check.approvals) == ((), (), ("village", "township"))


def test_a_destination_with_a_risk_area_takes_the_county_too(covid):
    assert leave(covid, risk=AT_RISK).approvals == ("village", "township", "county")


@pytest.mark.parametrize("colour", [Colour.UNKNOWN, Colour.YELLOW, Colour.RED])
def test_no_other_colour_than_green_leaves_today(covid, colour):
    assert standing(leave(covid, colour=colour), "colour") is Standing.UNMET


def test_a_code_may_turn_green_by_a_later_day(covid):
    assert standing(leave(covid, colour=Colour.YELLOW, in_days=3), "colour") is Standing.OPEN


@pytest.mark.parametrize(
    ("tested", "in_days", "expected"),
    [
        ((-3, -2, -1), 0, Standing.MET),
        ((-2, -1, 0), 0, Standing.MET),
        ((-2, -1, 0), 1, Standing.MET),
        ((-2, -1), 0, Standing.OPEN),  # today's test is still to be had
        ((-3, -1), 0, Standing.UNMET),
        ((-4, -3, -2), 0, Standing.UNMET),  # three days, but they ended the day before yesterday
        ((), 2, Standing.OPEN),
        ((), 1, Standing.UNMET),
    ],
)
def test_three_days_of_tests_end_with_the_day_of_leaving_or_the_day_before(covid, tested, in_days, expected):
    assert standing(leave(covid, tested=tested, risk=AT_RISK, in_days=in_days), "tests") is expected


def test_it_says_which_days_are_still_to_be_tested(covid):
    (it,) = leave(covid, tested=(0,), risk=AT_RISK, in_days=3).open
    assert it.days == (TODAY + DAY, TODAY + 2 * DAY)


def test_what_cannot_be_had_names_the_first_day_on_which_it_can(covid):
    (it,) = leave(covid, tested=(-1,), risk=AT_RISK, in_days=0).unmet
    assert it.earliest == TODAY + DAY


def test_a_return_is_to_be_declared_two_days_ahead_and_keeps_nobody_from_leaving(covid):
    check = leave(covid, back=TODAY + 9 * DAY)
    (it,) = [it for it in check.requirements if it.requirement == "declaration"]
    assert (it.days, it.binds_leaving, check.open) == ((TODAY + 7 * DAY,), False, ())


def test_a_disease_that_does_not_limit_leaving_asks_nothing():
    measles = read_rulebook((FOLDER / "measles.toml").read_text("utf-8"))
    at = datetime(2022, 4, 15, 16, tzinfo=measles.utc_offset)
    check = check_departure(
        measles, colour=Colour.UNKNOWN, negative_on=(), risk=AT_RISK, leaves_on=TODAY, returns_on=None, at=at
    )
    assert check.asks_nothing


def test_two_people_take_what_either_takes_once(covid):
    one, other = leave(covid, risk=AT_RISK, tested=(-2, -1, 0)), leave(covid)
    joined = join_checks([one, other])
    assert joined.approvals == ("village", "township", "county")
    assert [it.rule for it in joined.requirements].count("L-01") == 1


DAYS = st.integers(min_value=-9, max_value=9)


@given(tested=st.frozensets(DAYS), in_days=st.integers(min_value=-3, max_value=9), colour=st.sampled_from(Colour))
def test_days_of_tests_stand_as_the_plain_definition_says(covid, tested, in_days, colour):
    """Every set of days that one could still be tested on is tried: met with none of them, open with some, else not."""
    check = leave(covid, tested=tested, risk=AT_RISK, in_days=in_days, colour=colour)
    leaves = max(in_days, 0)

    def enough(days):
        return any(all(last - back in days for back in range(3)) for last in (leaves - 1, leaves))

    could = tested | set(range(leaves + 1))
    expected = Standing.MET if enough(tested) else Standing.OPEN if enough(could) else Standing.UNMET
    assert standing(check, "tests") is expected
    found = next(it for it in check.requirements if it.requirement == "tests")
    if expected is Standing.OPEN:
        assert enough(tested | {(day - TODAY).days for day in found.days})
    if expected is Standing.UNMET:
        plain = next(
            day for day in range(leaves, 15)
            if any(all(last - back in tested | set(range(15)) for back in range(3)) for last in (day - 1, day))
        )  # fmt: skip
        assert found.earliest == TODAY + plain * DAY
