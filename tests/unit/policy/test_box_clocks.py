"""Clocks of a transport box: what the rulebook says, and what is usual where it says nothing."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from fangxian.core.policy.box_clocks import (
    PICKED_UP,
    RESULT,
    TO_LABORATORY,
    BoxMoments,
    Late,
    box_clocks,
    late,
)

NOON = datetime(2022, 4, 20, 12, tzinfo=UTC)
UNTOUCHED = BoxMoments(opened_at=None, sealed_at=None, handed_at=None, received_at=None, has_results=False)


def hours(n):
    return timedelta(hours=n)


def at_noon(covid, **moments):
    return late(box_clocks(covid, NOON), replace(UNTOUCHED, **moments), NOON)


def test_the_countys_rulebook_says_how_long_a_box_may_take(covid):
    clocks = box_clocks(covid, NOON)
    assert clocks.within == {PICKED_UP: hours(2), TO_LABORATORY: hours(4), RESULT: hours(6)}
    assert clocks.numbers == {PICKED_UP: "K-07", TO_LABORATORY: "K-08", RESULT: "K-09"}


def test_a_rulebook_that_says_another_time_is_followed(covid):
    rows = [replace(it, within=hours(1)) if it.clock == PICKED_UP else it for it in covid.clocks]
    assert box_clocks(replace(covid, clocks=tuple(rows)), NOON).within[PICKED_UP] == hours(1)


def test_where_no_rulebook_says_it_the_usual_time_holds():
    clocks = box_clocks(None, NOON)
    assert clocks.within[TO_LABORATORY] == hours(4)
    assert clocks.numbers[TO_LABORATORY] == ""


@pytest.mark.parametrize(
    ("moments", "clock", "due"),
    [
        ({"opened_at": NOON - hours(3), "sealed_at": NOON - hours(2.5)}, PICKED_UP, NOON - hours(0.5)),
        ({"opened_at": NOON - hours(5), "sealed_at": NOON - hours(1)}, TO_LABORATORY, NOON - hours(1)),
        ({"opened_at": NOON - hours(5), "handed_at": NOON - hours(1)}, TO_LABORATORY, NOON - hours(1)),
        ({"received_at": NOON - hours(7)}, RESULT, NOON - hours(1)),
    ],
)
def test_the_clock_that_ran_out_first_is_named(covid, moments, clock, due):
    assert at_noon(covid, **moments) == Late(clock, due)


@pytest.mark.parametrize(
    "moments",
    [
        {},
        {"opened_at": NOON - hours(4)},
        {"opened_at": NOON - hours(9), "sealed_at": NOON - hours(8), "received_at": NOON - hours(5)},
        {"received_at": NOON - hours(30), "has_results": True},
    ],
)
def test_a_box_in_time_is_not_late(covid, moments):
    assert at_noon(covid, **moments) is None
