"""County time that a program left running fast when it was killed."""

import json
from datetime import timedelta

import pytest

from fangxian.ops.audit.actions import record
from fangxian.ops.procedures.play_day import locked, set_pace, settle
from fangxian.ops.procedures.put_clock_right import FastClock, look_after_clock, put_clock_right
from fangxian.ops.realm.clock import CountyClock
from fangxian.ops.realm.current import county_now, keys_changed, the_realm
from fangxian.ops.realm.folder import open_realm

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]
HOUR = timedelta(hours=1)


@pytest.fixture
def killed():
    """A clock that a scenario had set to ×600 when it was killed; put back afterwards."""
    realm = the_realm()
    FastClock("program:scenario").set(county_now(), 600)
    yield realm
    for it in ("pace.json", "day.json"):
        (realm.path / "live" / it).unlink(missing_ok=True)
    realm.with_clock(realm.clock)
    keys_changed()


def rate():
    return open_realm(the_realm().path).clock.rate


def test_the_worker_slows_it_down_where_it_is(killed):
    before = county_now()
    look_after_clock()
    assert rate() == 1
    keys_changed()
    assert before <= county_now() < before + HOUR


def test_while_somebody_plays_it_stays_fast(killed):
    with locked():
        look_after_clock()
    assert rate() == 600


def test_after_a_night_without_power_time_goes_on_from_when_it_stopped(killed):
    stopped_at = county_now()
    killed.with_clock(CountyClock.starting(stopped_at + 99 * HOUR, rate=600, zone="Asia/Shanghai"))
    keys_changed()
    assert put_clock_right(by="program:cli", has_stopped=True)
    keys_changed()
    assert county_now() < stopped_at + HOUR


def test_time_does_not_go_back_behind_what_was_recorded_after_the_program_was_last_there(killed):
    (killed.path / "live" / "pace.json").write_text(json.dumps({"by": "x", "at": county_now().isoformat()}), "utf-8")
    killed.with_clock(CountyClock.starting(county_now() + HOUR / 10, rate=600, zone="Asia/Shanghai"))
    keys_changed()
    record("people.registered", by="account:somebody")
    recorded_at = county_now()
    record("people.registered", by="account:somebody")
    assert put_clock_right(by="program:cli", has_stopped=True)
    keys_changed()
    assert recorded_at <= county_now() < recorded_at + HOUR


def test_after_a_killed_day_time_does_not_go_back_behind_what_was_recorded(killed):
    noted = {"on": f"{county_now():%Y-%m-%d}", "state": "playing", "at": (county_now() - HOUR).isoformat()}
    (killed.path / "live" / "day.json").write_text(json.dumps(noted), "utf-8")
    record("people.registered", by="account:somebody")
    recorded_at = county_now()
    record("people.registered", by="account:somebody")
    settle(by="program:cli")
    keys_changed()
    assert rate() == 1
    assert recorded_at <= county_now() < recorded_at + HOUR


def test_a_pace_set_by_hand_is_left_alone(killed):
    FastClock("program:scenario").set(county_now(), 1.0)
    set_pace(county_now(), 60, "account:somebody")
    keys_changed()
    look_after_clock()
    assert rate() == 60
