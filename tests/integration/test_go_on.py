"""A demo's doors at the county's own pace, once its day is played."""

import json
import signal
from datetime import datetime, timedelta

import pytest

from fangxian.ops.realm.clock import CountyClock
from fangxian.ops.realm.folder import open_realm

from .gate_process import recorded
from .running_county import built, running

pytestmark = pytest.mark.sqlite  # the county has a data folder of its own
NIGHT = datetime.fromisoformat("2022-04-20T00:07:00+08:00")
MORNING = datetime.fromisoformat("2022-04-20T07:30:00+08:00")


def played(folder):
    """The county, a little after the midnight of the day that was played in it."""
    (folder / "live").mkdir(exist_ok=True)
    (folder / "live" / "day.json").write_text(json.dumps({"on": "2022-04-19", "state": "done"}))
    open_realm(folder).with_clock(CountyClock.starting(NIGHT, zone="Asia/Shanghai"))
    return folder


def times_of(folder):
    return [datetime.fromtimestamp(record.scanned_ms / 1000, MORNING.tzinfo) for record in recorded(folder)]


def test_after_the_day_it_is_morning_and_scans_come_at_their_own_pace_and_a_day_played_meanwhile_goes_first(tmp_path):
    folder = played(built(tmp_path / "data"))
    with running(folder, "--no-day") as county:
        going = county.start("day", "--go-on", "--in-background", "--scans", "5000")
        county.until(lambda: times_of(folder) or going.poll() is not None)
        assert going.poll() is None, going.stdout.read()
        assert all(MORNING <= at < MORNING + timedelta(minutes=30) for at in times_of(folder))
        assert open_realm(folder).clock.rate == 1

        told = county.start("day", "--date", "2022-04-21", "--speed", "3600", "--scans", "300").communicate()[0]
        assert "300 scans sent = acknowledged = queryable = archived" in told, told
        n = len(times_of(folder))
        county.until(lambda: len(times_of(folder)) > n)
        assert times_of(folder)[-1] >= MORNING + timedelta(days=2), "the day played ended in the night of the 22nd"

        going.send_signal(signal.SIGTERM)
        told, _ = going.communicate(timeout=60)
        assert (going.returncode, "at the county's own pace" in told) == (0, True)
