"""The journal writes before it reports, in batches, segment after segment, and knows its own past."""

import asyncio
import errno
import os
import resource
import signal
from contextlib import contextmanager

import pytest

from fangxian.core.policy.byte_journal import (
    HEADER_BYTES,
    NOT_DECIDED,
    NOT_TAKEN,
    RECORD_BYTES,
    ScanMark,
    ScanRecord,
    batches_past_damage,
    digest_of_scan,
    pack_record,
    read_batches,
    read_header,
    segment_name,
    unpack_records,
)
from fangxian.core.refusal import Refusal
from fangxian.gate import journal as module
from fangxian.gate.journal import HOUR_MS, Journal

GATE = 0xA1
NOON_MS = 1_650_340_800_000


def record(n: int) -> ScanRecord:
    return ScanRecord(
        id=n.to_bytes(16, "big"),
        device=7,
        gate_number=1000 + n,
        venue=42,
        door=1,
        marks=ScanMark.LATE | ScanMark.BY_CARD,
        presence=1,
        outcome=2,
        decided=NOT_DECIDED,
        temperature_tenths=NOT_TAKEN,
        scanned_ms=NOON_MS + n,
        received_ms=NOON_MS + n + 5,
        sent_ms=0,
        mask=0b101,
        safety=(1 << 63) - 1,
        recent=3,
        snapshot=9,
        digest=digest_of_scan(str(n).encode()),
        tables=b"abcd",
    )


class Desk:
    """A gate's loop around a journal: what was appended, committed and lost."""

    def __init__(self, folder, *, now=None):
        self.now = now or [NOON_MS]
        self.journal = Journal.open(folder, gate_id=GATE, county_ms=lambda: self.now[0])
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


def segments(folder):
    return sorted(folder.glob("*.fxj"))


def numbers_on_disk(folder):
    found = [scan for path in segments(folder) for batch in batches_past_damage(path.read_bytes())
             for scan in unpack_records(batch.records)]  # fmt: skip
    return [int.from_bytes(scan.id, "big") for scan in found]


def written(folder, *batches, now=None):
    """A journal with these batches, written and closed."""

    async def write():
        desk = Desk(folder, now=now)
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
    batches, _ = read_batches(segments(tmp_path)[0].read_bytes()[HEADER_BYTES:], begins=HEADER_BYTES)
    assert sum(batch.n_records for batch in batches) == 201
    assert len(batches) < 20
    assert [batch.first for batch in batches] == [sum(b.n_records for b in batches[:i]) for i in range(len(batches))]


def test_the_header_says_whose_segment_it_is(tmp_path):
    written(tmp_path, [1])
    header = read_header((tmp_path / segment_name(GATE, 0)).read_bytes())
    assert header == (GATE, 0, NOON_MS, 0)


def test_a_new_county_hour_begins_a_new_segment_and_the_count_goes_on(tmp_path):
    now = [NOON_MS]

    async def write():
        desk = Desk(tmp_path, now=now)
        await desk.write(1, 2)
        now[0] += HOUR_MS
        await desk.write(3)
        desk.journal.close()

    asyncio.run(write())
    headers = [read_header(path.read_bytes()) for path in segments(tmp_path)]
    assert [(header.sequence, header.first) for header in headers] == [(0, 0), (1, 2)]


def test_a_segment_that_is_large_enough_is_followed_by_another(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "LARGEST_SEGMENT_BYTES", 1000)
    written(tmp_path, range(10), [10], [11])
    assert len(segments(tmp_path)) == 2
    assert numbers_on_disk(tmp_path) == list(range(12))


def test_a_journal_opened_again_goes_on_counting_in_a_new_segment(tmp_path):
    written(tmp_path, [1, 2, 3])
    written(tmp_path, [4])
    headers = [read_header(path.read_bytes()) for path in segments(tmp_path)]
    assert [(header.sequence, header.first) for header in headers] == [(0, 0), (1, 3)]
    assert numbers_on_disk(tmp_path) == [1, 2, 3, 4]


def test_an_unfinished_batch_is_cut_off_and_its_length_told(tmp_path):
    written(tmp_path, [1, 2], [3, 4])
    path = segments(tmp_path)[0]
    whole = path.read_bytes()
    first, *_ = batches_past_damage(whole)
    path.write_bytes(whole[:-30])
    journal = Journal.open(tmp_path, gate_id=GATE, county_ms=lambda: NOON_MS)
    journal.close()
    assert journal.n_cut_bytes == len(whole) - 30 - path.stat().st_size > 0
    assert path.stat().st_size >= first.ends
    assert numbers_on_disk(tmp_path)[:1] == [1]


def test_damage_in_the_middle_costs_its_own_batch_and_none_after_it(tmp_path):
    written(tmp_path, [1], [2], [3])
    path = segments(tmp_path)[0]
    damaged = bytearray(path.read_bytes())
    second = list(batches_past_damage(bytes(damaged)))[1]
    damaged[second.begins + 60] ^= 0xFF
    path.write_bytes(damaged)
    written(tmp_path, [4])
    assert numbers_on_disk(tmp_path) == [1, 3, 4]
    assert path.stat().st_size == len(damaged), "what is whole behind the damage was cut off"


def test_a_header_that_a_crash_left_unfinished_is_written_over(tmp_path):
    written(tmp_path, [1, 2])
    (tmp_path / segment_name(GATE, 1)).write_bytes(b"FXJRNL1\0half")
    written(tmp_path, [3])
    assert [path.name for path in segments(tmp_path)] == [segment_name(GATE, 0), segment_name(GATE, 1)]
    assert numbers_on_disk(tmp_path) == [1, 2, 3]


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

    async def write():
        desk = Desk(tmp_path)
        await desk.write(1, 2)
        with largest_file(HEADER_BYTES + 600):
            await desk.write(*range(3, 13))
            lost_at_full, on_disk = desk.lost, numbers_on_disk(tmp_path)
        await desk.write(99)
        desk.journal.close()
        return desk, lost_at_full, on_disk

    desk, lost_at_full, on_disk = asyncio.run(write())
    assert lost_at_full > 0
    assert set(desk.errors) == {errno.EFBIG}
    assert len(on_disk) == 12 - lost_at_full
    assert on_disk[:2] == [1, 2]
    assert numbers_on_disk(tmp_path) == [*on_disk, 99]
    headers = [read_header(path.read_bytes()) for path in segments(tmp_path)]
    assert headers[-1].first == len(on_disk), "the count went on where the last acknowledged record stands"


def test_with_no_number_of_a_file_left_the_old_segment_is_written_on_in(tmp_path, monkeypatch, caplog):
    def no_more(*_):
        raise OSError(errno.EMFILE, os.strerror(errno.EMFILE))

    async def write():
        desk = Desk(tmp_path)
        await desk.write(1, 2)
        desk.now[0] += HOUR_MS
        with monkeypatch.context() as patch:
            patch.setattr(module.os, "open", no_more)
            await desk.write(3)
            await desk.write(4)
        n_segments = len(segments(tmp_path))
        await desk.write(5)
        desk.journal.close()
        return desk, n_segments

    desk, n_segments = asyncio.run(write())
    assert (desk.committed, desk.lost, n_segments, len(segments(tmp_path))) == (5, 0, 1, 2)
    assert numbers_on_disk(tmp_path) == [1, 2, 3, 4, 5]
    said = ["journal: no new segment: Too many open files", "journal: written again"]
    assert [line.getMessage() for line in caplog.records] == said


def test_while_the_disk_cannot_be_written_everybody_who_waits_is_told_and_the_log_says_so_once(
    tmp_path, monkeypatch, caplog
):
    def full(*_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    async def write():
        desk = Desk(tmp_path)
        await desk.write(1)
        with monkeypatch.context() as patch:
            patch.setattr(module.os, "fdatasync", full)
            await desk.write(*range(2, 52))
            await desk.write(52)
        lost = desk.lost
        desk.journal.close()
        return desk, lost

    desk, lost = asyncio.run(write())
    assert (desk.committed, lost) == (1, 51)
    assert set(desk.errors) == {errno.ENOSPC}
    assert numbers_on_disk(tmp_path) == [1]
    assert [line.getMessage() for line in caplog.records] == ["journal: not written: No space left on device"]
