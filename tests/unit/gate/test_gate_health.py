"""What a gate says of itself: how old its knowledge is by whatever clock, what it waits for, and what it cannot use."""

import asyncio
import json

import pytest

from fangxian.core.policy.byte_journal import ScanMark
from fangxian.gate import following as module
from fangxian.gate import tailing
from fangxian.gate.following import Follower
from tests.unit.gate.doors import Doors, Wall
from tests.unit.gate.gate_files import BASE, GREEN, NOON_MS, REALM, GateFiles


def later(doors, seconds):
    """So much time goes by."""
    doors.wall.ms += seconds * 1000
    doors.steady.ms += seconds * 1000
    doors.follower.look()


def told(doors):
    health = doors.health()[1]
    return health["status"], health["snapshot_age_seconds"], [trouble["refusal"] for trouble in health["troubles"]]


# ---- how old ----


def test_a_gate_whose_clock_is_behind_grows_old_all_the_same(doors):
    doors.files.heartbeat(NOON_MS + 7_200_000)
    later(doors, 0)
    assert told(doors) == ("ok", 0, ["gate.clock_apart"])
    later(doors, 9)
    assert told(doors)[:2] == ("ok", 9)
    later(doors, 3_600)
    assert told(doors)[:2] == ("stale", 3_609)
    doors.files.heartbeat(NOON_MS + 7_200_000 + 3_609_000)
    later(doors, 0)
    assert told(doors)[:2] == ("ok", 0)


def test_a_clock_that_is_set_back_makes_no_knowledge_young(doors):
    later(doors, 100)
    doors.wall.ms -= 3_600_000
    doors.follower.look()
    assert told(doors) == ("stale", 100, ["gate.clock_apart"])


def test_past_stale_after_green_is_checked_whatever_the_wall_says(doors):
    stale_after_s = doors.follower.knowledge.doors[0].tables.stale_after_s
    doors.files.heartbeat(NOON_MS + 86_400_000)
    later(doors, 0)
    doors.steady.ms += stale_after_s * 1000
    _, answer = doors.ask(doors.files.scan(GREEN, temperature_c=36.5), doors.files.token())
    assert (answer["outcome"], answer["snapshot_age_seconds"]) == ("verify", stale_after_s)
    assert doors.journal.records[-1].marks & ScanMark.STALE


def test_reading_the_same_files_again_makes_nothing_younger(doors):
    later(doors, 50)
    doors.files.append(b"\xff" * 200)
    later(doors, 2)
    later(doors, 2)
    assert told(doors) == ("stale", 54, ["snapshot.damaged"])
    doors.files.replace(f"deltas-{BASE}.fxd", b"")
    later(doors, 2)
    assert told(doors) == ("stale", 56, [])


def test_clocks_less_than_a_minute_apart_are_no_trouble(doors):
    doors.files.heartbeat(NOON_MS + 59_000)
    later(doors, 0)
    assert told(doors) == ("ok", 0, [])


def test_a_clock_that_differs_makes_no_base_be_read_again(doors, monkeypatch):
    doors.files.heartbeat(NOON_MS + 7_200_000)
    later(doors, 0)
    monkeypatch.setattr(module, "open_file", None)
    later(doors, 5)
    assert told(doors)[2] == ["gate.clock_apart"]


# ---- the rules ----


def test_where_no_rules_are_in_force_it_says_that_it_cannot_answer(doors):
    tables = doors.follower.knowledge.doors[0].tables
    doors.wall.ms = tables.until_s * 1000 - 1
    assert doors.health()[0] == 200
    doors.wall.ms += 1
    status, health = doors.health()
    assert (status, health["status"]) == (503, "no_rules")
    assert doors.ask(doors.files.scan())[1]["refusal"] == "gate.no_rules"


# ---- files that only a broken disk writes ----


@pytest.mark.parametrize(
    "data", [b'{"number":1e400}', b"[" * 100_000, b'{"number":NaN}', b'{"number":[1]}', b"\xff", b""]
)
def test_a_pointer_that_cannot_be_read_takes_nothing_away(doors, data):
    doors.files.replace("current.json", data)
    later(doors, 0)
    assert told(doors) == ("ok", 0, ["gate.file_missing"])
    assert doors.ask(doors.files.scan())[0] == 200


@pytest.mark.parametrize("rate", [float("inf"), float("nan"), 0, -1, 1e300, "1", None])
def test_a_clock_that_is_none_takes_nothing_away(doors, rate):
    doors.files.write_keys(clock=doors.files.clock | {"rate": rate})
    later(doors, 0)
    assert told(doors) == ("ok", 0, ["gate.keys_unreadable"])
    assert doors.ask(doors.files.scan())[0] == 200


def test_keys_nested_without_end_take_nothing_away(doors):
    doors.files.replace("keys.json", b"[" * 100_000)
    later(doors, 0)
    assert told(doors)[2] == ["gate.keys_unreadable"]


def test_a_bug_in_following_is_said_and_ends_nothing(doors, monkeypatch, caplog):
    async def follow():
        task = asyncio.create_task(doors.follower.follow())
        with monkeypatch.context() as patch:
            patch.setattr(tailing, "next_frame", lambda *_, **__: {}["SECRET"])
            doors.files.publish_person(GREEN, 0, 0)
            while "program" not in doors.follower.troubles:
                await asyncio.sleep(0.01)
            assert told(doors)[2] == ["gate.fault"]
        while doors.follower.knowledge.number == BASE or "program" in doors.follower.troubles:
            await asyncio.sleep(0.01)
        assert told(doors)[2] == []
        task.cancel()

    monkeypatch.setattr(module, "LOOK_EVERY_S", 0.01)
    asyncio.run(asyncio.wait_for(follow(), 30))
    assert "SECRET" not in caplog.text


# ---- what the log says ----


def said(caplog):
    return [line.getMessage() for line in caplog.records]


@pytest.fixture
def spoken(caplog):
    caplog.set_level("INFO", "fangxian.gate")
    return caplog


def test_at_a_first_start_it_waits_and_nothing_is_wrong(tmp_path, spoken):
    files = GateFiles(tmp_path / "realm")
    follower = Follower(files.folder, realm=REALM, wall_ms=Wall())
    follower.look()
    files.write_keys()
    follower.look()
    assert said(spoken) == ["gate.waiting: for the worker's first files"]
    files.write_base()
    follower.look()
    assert said(spoken) == [
        "gate.waiting: for the worker's first files",
        f"gate.base: {BASE} with changes up to {BASE}, 6 people",
    ]


def test_what_is_there_and_cannot_be_used_is_wrong_at_a_first_start_too(tmp_path, spoken):
    files = GateFiles(tmp_path / "realm")
    files.replace("keys.json", b"{")
    follower = Follower(files.folder, realm=REALM, wall_ms=Wall())
    follower.look()
    files.write_all()
    follower.look()
    assert said(spoken)[0] == "gate.file: keys.json is not used: gate.keys_unreadable"
    assert "gate.file: keys.json is in use again" in said(spoken)


def test_what_was_used_and_is_gone_is_said_once(files, spoken):
    doors = Doors(files)
    (files.folder / "current.json").unlink()
    for _ in range(3):
        later(doors, 1)
    files.point_to(BASE)
    later(doors, 1)
    assert said(spoken)[1:] == [
        "gate.file: current.json is not used: gate.file_missing",
        "gate.file: current.json is in use again",
    ]
    assert json.dumps(doors.health()[1]["troubles"]) == "[]"
