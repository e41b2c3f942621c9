"""An alarm rings once for the moment that was set last."""

import select

import pytest

from fangxian.gate.quick.alarm import Alarm
from tests.unit.gate.lanes import Turns

HOUR_S = 3600.0


@pytest.fixture
def rung():
    return []


@pytest.fixture
def loop():
    return Turns()


@pytest.fixture
def alarm(loop, rung):
    made = Alarm(loop, lambda: rung.append(True))
    yield made
    made.close()


def _is_time(alarm, within_s):
    return bool(select.select([alarm.fd], [], [], within_s)[0])


def test_it_rings_when_its_time_is_over(alarm, loop, rung):
    alarm.set(0.000_001)
    assert _is_time(alarm, 30)
    loop.readers[alarm.fd]()
    assert rung == [True]


def test_a_moment_set_anew_takes_the_place_of_the_one_before(alarm, loop, rung):
    alarm.set(0.0)
    assert _is_time(alarm, 30)
    alarm.set(HOUR_S)
    loop.readers[alarm.fd]()
    assert rung == []


def test_a_closed_alarm_is_listened_to_no_more(loop, rung):
    alarm = Alarm(loop, rung.clear)
    alarm.close()
    assert loop.readers == {}
