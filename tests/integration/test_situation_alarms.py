"""Gate alarms on the situation page and its wall: what stands, what was, and what is said when nobody looks."""

import json
import time
from copy import deepcopy
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from fangxian.ops.alarms.actions import note_troubles
from fangxian.ops.alarms.asking import GateWatch
from fangxian.ops.alarms.finding import Trouble
from fangxian.ops.alarms.present import write_present
from fangxian.ops.realm.current import the_realm
from fangxian.ops.situation.gate_alarms import STALE_AFTER_S
from fangxian.ops.situation.live import LiveSituation, live_path
from tests.integration.two_townships import build, shown, sign_in

NOON = datetime(2022, 4, 19, 14, 5, 3, tzinfo=ZoneInfo("Asia/Shanghai"))
FAILING, CLOCK = Trouble("journal-failing", "1"), Trouble("clock-apart", "127.0.0.1:8102")
pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def county_of_this_file(rows_of_this_file):
    return build()


@pytest.fixture
def county(county_of_this_file, db):
    """With rows in memory that are this test's own."""
    return deepcopy(county_of_this_file)


@pytest.fixture
def folder(tmp_path):
    return tmp_path


def alarms(folder, at=NOON):
    live = LiveSituation(folder, GateWatch(9, folder / "none.pem"))
    live.write(at)
    return json.loads((folder / "live" / "situation.json").read_bytes())["alarms"]


def looked(folder, at=NOON, **standing):
    write_present(folder / "live", at=at, n_gates=1, standing=standing.get("standing", {}))


def pages(client, county, language="zh-hans"):
    """The page and the wall as a commander reads them, with what stands in the realm's own folder."""
    client.cookies["fangxian_language"] = language
    LiveSituation(the_realm().path, GateWatch(9, the_realm().path / "none.pem")).write(NOON)
    if not hasattr(client, "account"):
        sign_in(client, county, "commander")
    return [shown(client.get(address)) for address in ("/situation", "/situation/wall")]


@pytest.fixture
def in_the_realm(county):
    yield the_realm().path
    for path in (the_realm().path / "live" / "alarms.json", live_path(the_realm())):
        path.unlink(missing_ok=True)


def test_before_anybody_has_looked_nothing_is_known_and_that_is_no_all_clear(county, folder):
    found = alarms(folder)
    assert (found["state"], found["at"], found["standing"]) == ("not_yet", None, [])


def test_with_nothing_wrong_the_moment_of_the_last_look_is_told(county, folder):
    looked(folder)
    found = alarms(folder)
    assert (found["state"], found["at"], found["standing"]) == ("ok", "2022-04-19T14:05:03+08:00", [])


def test_the_urgent_come_first_each_with_its_words_and_since_when(county, folder):
    earlier = NOON - timedelta(hours=3)
    looked(folder, standing={CLOCK: (earlier, 0), FAILING: (NOON - timedelta(minutes=3), 312)})
    found = alarms(folder)["standing"]
    assert [(row["kind"], row["is_urgent"], row["n_by_hand"]) for row in found] == [
        ("journal-failing", True, 312), ("clock-apart", False, 0),
    ]  # fmt: skip
    assert found[0]["title"] == {"zh": "扫码记不下来（门岗：1 号）", "en": "Scans are not being recorded (Gate 1)"}
    assert found[1]["title"]["en"].endswith("(Gate 127.0.0.1:8102)")
    assert found[0]["since"] == "2022-04-19T14:02:03+08:00"


def test_one_thing_to_do_is_one_alarm_however_many_gates_have_it(county, folder):
    earlier = NOON - timedelta(minutes=9)
    gates = {Trouble("journal-failing", str(n)): (NOON, 10) for n in (10, 2)}
    looked(folder, standing={Trouble("journal-failing", "127.0.0.1:8109"): (earlier, 1)} | gates)
    (row,) = alarms(folder)["standing"]
    assert row["title"]["en"] == "Scans are not being recorded (Gates 2, 10, 127.0.0.1:8109)"
    assert (row["since"], row["n_by_hand"]) == ("2022-04-19T13:56:03+08:00", 21)


def test_when_nobody_looks_any_more_that_is_said_and_not_that_all_is_well(county, folder, monkeypatch):
    looked(folder)
    later_ns = time.time_ns() + int((STALE_AFTER_S + 1) * 1e9)
    monkeypatch.setattr(time, "time_ns", lambda: later_ns)
    assert alarms(folder)["state"] == "stale"


def test_what_was_wrong_today_is_told_with_the_scans_done_by_hand(county, folder):
    note_troubles(standing={FAILING: 0}, at=NOON - timedelta(minutes=20), by="program:test")
    note_troubles(standing={FAILING: 312}, at=NOON - timedelta(minutes=15), by="program:test")
    note_troubles(standing={}, at=NOON - timedelta(minutes=13), by="program:test")
    looked(folder)
    (row,) = alarms(folder)["over"]
    assert (row["kind"], row["since"], row["until"], row["n_by_hand"]) == (
        "journal-failing", "2022-04-19T13:45:03+08:00", "2022-04-19T13:52:03+08:00", 312,
    )  # fmt: skip
    assert alarms(folder, NOON + timedelta(days=2))["over"] == []


def test_an_alarm_of_a_newer_program_is_shown_all_the_same(county, folder):
    looked(folder, standing={Trouble("gate-on-fire", "1"): (NOON, 0)})
    assert alarms(folder)["standing"][0]["is_urgent"]


def test_the_page_and_the_wall_say_no_alarm_and_as_of_when(client, county, in_the_realm):
    looked(in_the_realm)
    for page in pages(client, county):
        assert "没有门岗报警" in page
        assert "14:05:03" in page


def test_the_page_says_what_to_do_and_the_wall_the_same_in_both_languages(client, county, in_the_realm):
    looked(in_the_realm, standing={FAILING: (NOON - timedelta(minutes=7), 1312)})
    for language, words in (
        ("zh-hans", ("紧急", "扫码记不下来", "腾出空间", "1,312")),
        ("en", ("Act now", "Scans are not being recorded", "once there is room", "1,312", "13:58")),
    ):
        for page in pages(client, county, language):
            assert [word for word in words if word not in page] == []
    assert "docs/operations/" in page
