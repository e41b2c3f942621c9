"""The journal writes before it reports, in batches, and recovers by itself when the disk does."""

import asyncio
import errno
import os
import resource
import signal
from contextlib import contextmanager

import pytest

from fangxian.core.policy.byte_journal import (
    HEADER_BYTES,
    RECORD_BYTES,
    pack_record,
    read_batches,
    read_header,
    segment_name,
    unpack_records,
)
from fangxian.core.policy.byte_seal import seal_at_end
from fangxian.core.refusal import Refusal
from fangxian.gate import journal as module
from fangxian.gate import keeping
from fangxian.gate.disk import Disk
from fangxian.gate.journal import Journal
from fangxian.gate.journal_text import journal_text
from tests.unit.journal.hand import GATE, NOON_MS, numbers_on_disk, record, segments


class Desk:
    """A gate's loop around a journal: what was appended, committed and lost."""

    def __init__(self, folder, *, disk=None):
        self.journal = Journal.open(folder, gate_id=GATE, county_ms=lambda: NOON_MS, disk=disk)
        self.committed, self.lost, self.errors, self._reported = 0, 0, [], asyncio.Event()
        self.journal.start(asyncio.get_running_loop(), on_commit=self._commit, on_failure=self._fail)

    def _commit(self, n):
        self.committed += n
        self._reported.set()

    def _fail(self, n, error):
        self.lost += n
        self.errors.append(error.errno)
        self._reported.set()

    async def write(self, *numbers):
        wanted = self.committed + self.lost + len(numbers)
        for n in numbers:
            self.journal.append(pack_record(record(n)))
        while self.committed + self.lost < wanted:
            self._reported.clear()
            await self._reported.wait()

    async def write_until_recorded(self, n):
        """As somebody who sends again what was not recorded."""
        before = self.committed
        while self.committed == before:
            await self.write(n)


def written(folder, *batches):
    """A journal with these batches, written and closed."""

    async def write():
        desk = Desk(folder)
        for batch in batches:
            await desk.write(*batch)
        desk.journal.close()
        return desk

    return asyncio.run(write())


def test_a_record_is_112_bytes_and_comes_back_as_it_was():
    packed = pack_record(record(5))
    assert len(packed) == RECORD_BYTES
    assert list(unpack_records(packed)) == [record(5)]


def test_what_is_reported_as_committed_is_in_the_file(tmp_path):
    async def write():
        desk = Desk(tmp_path)
        await desk.write(1, 2, 3)
        on_disk = numbers_on_disk(tmp_path)
        desk.journal.close()
        return desk, on_disk

    desk, on_disk = asyncio.run(write())
    assert (desk.committed, desk.lost, desk.journal.n_waiting) == (3, 0, 0)
    assert on_disk == [1, 2, 3]


def test_scans_that_wait_together_are_one_batch(tmp_path):
    written(tmp_path, range(200), [200])
    (path,) = segments(tmp_path)
    batches, _ = read_batches(path.read_bytes()[HEADER_BYTES:], begins=HEADER_BYTES)
    assert sum(batch.n_records for batch in batches) == 201
    assert len(batches) < 20
    assert [batch.first for batch in batches] == [sum(b.n_records for b in batches[:i]) for i in range(len(batches))]


def test_what_is_appended_at_once_is_never_parted_and_no_batch_is_too_large(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "MOST_IN_BATCH", 5)

    async def write():
        desk = Desk(tmp_path)
        for first in range(0, 12, 3):
            desk.journal.append(b"".join(pack_record(record(first + k)) for k in range(3)))
        assert desk.journal.n_waiting == 12
        while desk.committed < 12:
            desk._reported.clear()
            await desk._reported.wait()
        desk.journal.close()

    asyncio.run(write())
    (path,) = segments(tmp_path)
    batches, _ = read_batches(path.read_bytes()[HEADER_BYTES:], begins=HEADER_BYTES)
    assert [batch.n_records for batch in batches] == [3] * 4
    assert numbers_on_disk(tmp_path) == list(range(12))


def test_the_header_says_whose_segment_it_is(tmp_path):
    written(tmp_path, [1])
    header = read_header((tmp_path / segment_name(GATE, 0)).read_bytes())
    assert header == (GATE, 0, NOON_MS, 0)


def test_a_journal_opened_again_goes_on_counting_in_a_new_segment(tmp_path):
    written(tmp_path, [1, 2, 3])
    written(tmp_path, [4])
    headers = [read_header(path.read_bytes()) for path in segments(tmp_path)]
    assert [(header.sequence, header.first) for header in headers] == [(0, 0), (1, 3)]
    assert numbers_on_disk(tmp_path) == [1, 2, 3, 4]


def test_the_newest_records_are_there_for_repeats(tmp_path):
    written(tmp_path, [1, 2, 3])
    written(tmp_path, [4, 5])
    journal = Journal.open(tmp_path, gate_id=GATE, county_ms=lambda: NOON_MS)
    recent = journal.recent_records(3)
    journal.close()
    assert recent == [record(3), record(4), record(5)]


def test_two_processes_cannot_write_one_gates_journal(tmp_path):
    journal = Journal.open(tmp_path, gate_id=GATE, county_ms=lambda: NOON_MS)
    with pytest.raises(Refusal) as refused:
        Journal.open(tmp_path, gate_id=GATE, county_ms=lambda: NOON_MS)
    assert refused.value.code == "journal.in_use"
    Journal.open(tmp_path, gate_id=GATE + 1, county_ms=lambda: NOON_MS).close()
    journal.close()
    Journal.open(tmp_path, gate_id=GATE, county_ms=lambda: NOON_MS).close()


def test_a_folder_that_cannot_be_is_refused_in_words(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(Refusal) as refused:
        Journal.open(tmp_path / "file" / "journal", gate_id=GATE, county_ms=lambda: NOON_MS)
    assert refused.value.code == "journal.not_writable"


def test_something_that_is_no_record_never_reaches_the_file(tmp_path):
    journal = Journal.open(tmp_path, gate_id=GATE, county_ms=lambda: NOON_MS)
    with pytest.raises(ValueError, match="112 bytes"):
        journal.append(b"short")
    with pytest.raises(ValueError, match="112 bytes"):
        journal.append(b"")
    journal.close()


@contextmanager
def largest_file(n_bytes):
    """A disk that is full at `n_bytes` a file: the kernel's own limit."""
    before, ignored = resource.getrlimit(resource.RLIMIT_FSIZE), signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (n_bytes, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, ignored)


def test_a_full_disk_loses_nothing_that_was_acknowledged_and_acknowledges_nothing_else(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "RETRY_S", 0.0)
    monkeypatch.setattr(keeping, "RETRY_S", 0.001)

    async def write():
        with largest_file(keeping.FIRST_PIECE_BYTES):
            desk = Desk(tmp_path)
            await desk.write(1, 2)
            await desk.write(*range(3, 103))
            lost_at_full, on_disk = desk.lost, numbers_on_disk(tmp_path)
        await desk.write_until_recorded(999)
        desk.journal.close()
        return desk, lost_at_full, on_disk

    desk, lost_at_full, on_disk = asyncio.run(write())
    assert lost_at_full > 0
    assert set(desk.errors) <= {errno.EFBIG, errno.EAGAIN}
    assert len(on_disk) == 102 - lost_at_full
    assert on_disk[:2] == [1, 2]
    assert numbers_on_disk(tmp_path) == [*on_disk, 999]
    assert read_header(segments(tmp_path)[-1].read_bytes()).first <= len(on_disk), "the count goes on where it stood"


class Failing(Disk):
    """A disk whose every sync of a batch fails while `error` is set."""

    error = None

    def write_synced(self, file, parts, at):
        super().write_synced(file, parts, at)
        if self.error:
            raise OSError(self.error, os.strerror(self.error))


def test_while_the_disk_cannot_be_written_everybody_who_waits_is_told_and_the_log_says_so_once(tmp_path, caplog):
    async def write():
        disk = Failing()
        desk = Desk(tmp_path, disk=disk)
        await desk.write(1)
        disk.error = errno.EIO
        await desk.write(*range(2, 52))
        await desk.write(52)
        lost, disk.error = desk.lost, None
        await desk.write_until_recorded(53)
        desk.journal.close()
        return desk, lost

    desk, lost = asyncio.run(write())
    assert (desk.committed, lost) == (2, 51)
    assert numbers_on_disk(tmp_path) == [1, 53]
    said = [line.getMessage() for line in caplog.records]
    assert (said[0], said[-1]) == ("journal: not written: Input/output error", "journal: written again")
    assert len(said) == len(set(said))


def test_a_bug_of_the_writer_is_told_as_a_failure_and_the_next_scan_is_recorded(tmp_path, monkeypatch):
    async def write():
        desk = Desk(tmp_path)
        with monkeypatch.context() as patch:
            patch.setattr(desk.journal._writer, "number", "none")
            await desk.write(1)
        await desk.write_until_recorded(2)
        desk.journal.close()
        return desk

    assert asyncio.run(write()).errors[0] == errno.EIO
    assert numbers_on_disk(tmp_path) == [2]


def test_a_bug_of_the_keeper_stops_neither_the_keeper_nor_the_journal(tmp_path, caplog, monkeypatch):
    monkeypatch.setattr(module, "AFTER_FAULT_S", 0.001)

    class Buggy(Disk):
        n_bugs = 3

        def free_bytes(self, folder):
            self.n_bugs -= 1
            if self.n_bugs >= 0:
                raise ValueError("a bug")
            return super().free_bytes(folder)

    async def write():
        disk = Buggy()
        monkeypatch.setattr(keeping, "LOOK_S", 0.0)
        desk = Desk(tmp_path, disk=disk)
        n = 0
        while disk.n_bugs > 0 or desk.journal.free_bytes is None:
            await desk.write(n)
            n += 1
        desk.journal.close()
        return n

    n = asyncio.run(write())
    assert numbers_on_disk(tmp_path) == list(range(n))
    assert [line.getMessage() for line in caplog.records].count("journal.keeper_fault: ValueError") == 3


def test_each_batch_is_in_one_of_the_counts_of_how_long_it_took(tmp_path):
    journal = written(tmp_path, [1], [2], [3]).journal
    assert sum(journal.commit_counts) == 3
    assert journal.commit_seconds >= journal.last_sync_s > 0


def test_a_journal_says_how_much_room_its_disk_has_and_what_it_filled_ahead(tmp_path):
    journal = written(tmp_path, [1]).journal
    assert journal.free_bytes > 0
    assert journal.n_bytes_filled >= keeping.FIRST_PIECE_BYTES
    assert (journal.trouble, journal.n_unsealed) == ("", 0)


def test_when_it_is_closed_every_segment_is_sealed_and_none_is_left_that_was_only_prepared(tmp_path):
    written(tmp_path, [1, 2], [3])
    (path,) = segments(tmp_path)
    assert seal_at_end(path.read_bytes()).n_records == 3
    assert path.stat().st_mode & 0o777 == 0o400


def test_its_figures_are_told_as_prometheus_reads_them(tmp_path):
    lines = journal_text(written(tmp_path, [1], [2, 3]).journal).splitlines()
    assert 'fangxian_gate_commit_seconds_bucket{le="+Inf"} 2' in lines
    assert "fangxian_gate_commit_seconds_count 2" in lines
    assert "fangxian_gate_journal_unsealed 0" in lines
    assert "fangxian_gate_journal_troubled 0" in lines
    assert any(line.startswith("fangxian_gate_journal_free_bytes ") for line in lines)
