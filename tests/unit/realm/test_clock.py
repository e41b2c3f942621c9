"""County time."""

from datetime import UTC, datetime, timedelta

import pytest

from fangxian.ops.realm.clock import CountyClock

WALL = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)
COUNTY = datetime.fromisoformat("2022-04-19T07:30+08:00")


def clock(rate: float = 1.0) -> CountyClock:
    return CountyClock.starting(COUNTY, rate=rate, zone="Asia/Shanghai", wall_at=WALL)


def test_a_clock_shows_its_start_at_its_start():
    assert clock().at(WALL) == COUNTY


def test_a_fast_clock_runs_its_rate():
    assert clock(600).at(WALL + timedelta(seconds=1)) - COUNTY == timedelta(minutes=10)


def test_county_time_is_in_the_countys_zone():
    assert clock().at(WALL).utcoffset() == timedelta(hours=8)


def test_a_clock_goes_through_its_card_unchanged():
    assert CountyClock.from_card(clock(600).as_card()) == clock(600)


@pytest.mark.parametrize("rate", [1, 600])
def test_the_wall_time_of_a_county_time_is_when_the_clock_shows_it(rate):
    county = COUNTY + timedelta(hours=3)
    assert clock(rate).at(clock(rate).wall_at(county)) == county


def test_the_wall_time_of_a_county_time_before_the_start_is_before_the_start():
    assert clock(600).wall_at(COUNTY - timedelta(minutes=10)) == WALL - timedelta(seconds=1)


def test_a_live_clock_is_the_walls():
    assert CountyClock.of_the_wall("Asia/Shanghai").at(WALL) == WALL


@pytest.mark.parametrize("rate", [0, -1])
def test_a_clock_that_does_not_run_forwards_is_refused(rate):
    with pytest.raises(ValueError, match="forwards"):
        clock(rate)
