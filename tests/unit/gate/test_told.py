"""A gate is told of what is written, so that it need not look each millisecond."""

import asyncio
import os

import pytest

from fangxian.core.policy.vocabulary import Colour
from fangxian.gate import following
from fangxian.gate.following import Follower
from fangxian.gate.told import Told
from tests.unit.gate import gate_files as county
from tests.unit.gate.gate_files import GREEN


async def rung_by(folder, write) -> bool:
    """Whether that rings within the thirty seconds after which a test gives up."""
    rung = asyncio.Event()
    told = Told(asyncio.get_running_loop(), folder, rung.set)
    try:
        write()
        async with asyncio.timeout(30):
            await rung.wait()
    finally:
        told.close()
    return True


def test_a_write_behind_a_files_end_rings(tmp_path):
    file = tmp_path / "deltas"
    file.write_bytes(b"")
    assert asyncio.run(rung_by(tmp_path, lambda: file.write_bytes(b"frame")))


def test_a_file_that_takes_the_place_of_another_rings(tmp_path):
    new = tmp_path.parent / "new.json"
    new.write_text("{}")
    assert asyncio.run(rung_by(tmp_path, lambda: new.rename(tmp_path / "current.json")))


def test_no_folder_is_refused_and_leaves_nothing_open(tmp_path):
    async def listen():
        Told(asyncio.get_running_loop(), tmp_path / "nowhere", print)

    before = len(os.listdir("/proc/self/fd"))
    with pytest.raises(OSError, match="No such file"):
        asyncio.run(listen())
    assert len(os.listdir("/proc/self/fd")) == before


@pytest.fixture
def _hardly_ever_looks(monkeypatch):
    """So that what is used before the test gives up was told."""
    for name in ("TAIL_EVERY_S", "TAIL_UNTOLD_EVERY_S"):
        monkeypatch.setattr(following, name, 3600)


async def used(doors, is_listened_to) -> bool:
    """Whether somebody who turns red while the gate follows its files is red for it too."""
    follower, red = doors.follower, county.safety_of(Colour.RED)
    async with asyncio.timeout(30):
        going_on = asyncio.create_task(follower.follow())
        while not is_listened_to(follower):
            await asyncio.sleep(0.001)
        doors.files.publish_person(GREEN, red, county.PEOPLE[GREEN][1])
        while follower.knowledge.find(GREEN)[1] != red:
            await asyncio.sleep(0.001)
    going_on.cancel()
    return True


@pytest.mark.usefixtures("_hardly_ever_looks")
def test_a_change_is_used_because_it_was_told(doors):
    assert asyncio.run(used(doors, lambda follower: follower._told is not None))


def test_where_the_system_tells_nothing_a_change_is_found_by_looking(doors, monkeypatch):
    monkeypatch.setattr(Follower, "_listen", lambda self: None)
    assert asyncio.run(used(doors, lambda follower: follower._told is None))
