"""A disk that does not answer at all keeps nobody waiting, and takes what comes once it answers again."""

import asyncio
import errno
import threading

import pytest

from fangxian.core.policy.byte_journal import pack_record
from fangxian.gate.disk import Disk
from fangxian.gate.journal import LOOKS_BEFORE_STANDSTILL, Journal
from tests.unit.journal.hand import GATE, NOON_MS, numbers_on_disk, record


class Standing(Disk):
    """A disk whose writes of records come to no end while it is told to stand still."""

    def __init__(self):
        self.goes_on, self.is_reached = threading.Event(), threading.Event()
        self.goes_on.set()

    def write_synced(self, file, parts, at):
        if not self.goes_on.is_set():
            self.is_reached.set()
            self.goes_on.wait()
        super().write_synced(file, parts, at)

    def stand_still(self):
        self.is_reached.clear()
        self.goes_on.clear()


class Desk:
    """A gate's loop around a journal on such a disk; what it is told is told in words, in order."""

    def __init__(self, folder):
        self.disk, self.told = Standing(), []
        self.journal = Journal.open(folder, gate_id=GATE, county_ms=lambda: NOON_MS, disk=self.disk)
        self.journal.start(
            asyncio.get_running_loop(),
            on_commit=lambda n: self.told.append(("on disk", n)),
            on_failure=lambda n, error: self.told.append((error.errno, n)),
        )

    def append(self, *numbers):
        self.journal.append(b"".join(pack_record(record(n)) for n in numbers))

    def look(self, times=LOOKS_BEFORE_STANDSTILL):
        for _ in range(times):
            self.journal.look()

    async def until(self, is_so):
        async with asyncio.timeout(60):
            while not is_so():
                await asyncio.sleep(0.001)

    async def stuck_with(self, *numbers):
        """These are with a writer that waits for the disk."""
        self.disk.stand_still()
        self.append(*numbers)
        await self.until(self.disk.is_reached.is_set)

    async def go_on(self):
        self.disk.goes_on.set()
        await self.until(lambda: self.journal.n_waiting == 0 and self.told[-1][0] == "on disk")


@pytest.fixture
def at_the_desk(tmp_path):
    """`at_the_desk(story)`: the desk after a story was played at it and its journal closed."""

    def played(story):
        async def play():
            desk = Desk(tmp_path)
            try:
                await story(desk)
            finally:
                desk.disk.goes_on.set()
                desk.journal.close()
            return desk

        return asyncio.run(play())

    return played


def test_whoever_waits_for_a_disk_that_stands_still_is_told_that_nothing_is_recorded(at_the_desk):
    async def story(desk):
        await desk.stuck_with(1, 2)
        desk.append(3)
        desk.look()
        assert desk.told == [(errno.ETIMEDOUT, 3)]

    at_the_desk(story)


def test_a_disk_that_is_only_slow_is_waited_for(at_the_desk):
    async def story(desk):
        await desk.stuck_with(1)
        desk.look(LOOKS_BEFORE_STANDSTILL - 1)
        await desk.go_on()
        desk.look(LOOKS_BEFORE_STANDSTILL)
        assert desk.told == [("on disk", 1)]

    at_the_desk(story)


def test_whoever_comes_while_it_stands_still_is_told_at_once_and_put_nowhere(at_the_desk, tmp_path):
    async def story(desk):
        await desk.stuck_with(1)
        desk.look()
        desk.append(2, 3)
        await asyncio.sleep(0)
        assert desk.told == [(errno.ETIMEDOUT, 1), (errno.ETIMEDOUT, 2)]
        await desk.go_on()

    at_the_desk(story)
    assert numbers_on_disk(tmp_path) == [1], "the writer had it; the other two can be sent again"


def test_once_it_answers_again_the_next_scan_is_recorded_and_nobody_is_told_twice(at_the_desk, tmp_path):
    async def story(desk):
        await desk.stuck_with(1, 2)
        desk.append(3)
        desk.look()
        await desk.go_on()
        desk.append(1, 4)
        await desk.until(lambda: sum(n for what, n in desk.told if what == "on disk") == 2)
        assert sum(n for what, n in desk.told if what == errno.ETIMEDOUT) == 3

    at_the_desk(story)
    assert numbers_on_disk(tmp_path) == [1, 2, 3, 1, 4]


def test_that_it_answers_again_is_told_even_if_nobody_scans_then(at_the_desk):
    async def story(desk):
        await desk.stuck_with(1)
        desk.look()
        await desk.go_on()
        assert desk.told[-1] == ("on disk", 0)

    at_the_desk(story)


def test_it_may_stand_still_more_than_once(at_the_desk):
    async def story(desk):
        for number in (1, 2, 3):
            await desk.stuck_with(number)
            desk.look()
            assert desk.told.count((errno.ETIMEDOUT, 1)) == number
            await desk.go_on()

    at_the_desk(story)


def test_an_idle_journal_is_not_taken_for_a_disk_that_stands_still(at_the_desk):
    async def story(desk):
        desk.look(3 * LOOKS_BEFORE_STANDSTILL)
        assert desk.told == []

    at_the_desk(story)


def test_the_log_says_when_it_stood_still_and_when_it_answers(at_the_desk, caplog):
    async def story(desk):
        await desk.stuck_with(1)
        desk.look()
        await desk.go_on()

    at_the_desk(story)
    said = [line.getMessage() for line in caplog.records]
    assert said == ["journal: the disk stands still, 1 scans are not recorded", "journal: the disk answers again"]
