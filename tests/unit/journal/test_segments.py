"""Segments: filled ahead, written on, sealed in a chain, found again after a crash."""

import errno
import os

import pytest

from fangxian.core.policy.byte_journal import HEADER_BYTES, batches_past_damage, read_header, segment_name
from fangxian.core.policy.byte_seal import NO_CHAIN, SEAL_BYTES, SealFault, SealMark, faults_of, seal_at_end
from fangxian.gate import keeping, sealing
from fangxian.gate import segments as module
from fangxian.gate.disk import Disk
from tests.unit.journal.hand import GATE, NOON_MS, Hand, numbers_in, numbers_on_disk, segments, written


def headers(folder):
    return [(header.sequence, header.first) for path in segments(folder) if (header := read_header(path.read_bytes()))]


def faults(folder):
    """Of every segment what is wrong with it, each held against the one before."""
    found, previous = [], NO_CHAIN
    for path in segments(folder):
        data = path.read_bytes()
        found.append(faults_of(data, gate=GATE, sequence=int(path.stem[9:]), previous=previous))
        previous = seal_at_end(data).chain if seal_at_end(data) else None
    return found


def leave(hand):
    """End as a killed process does: nothing is done any more."""
    hand.writer.drop()
    if hand.keeper._prepared:
        hand.disk.close(hand.keeper._prepared.file)


def test_a_segment_is_there_and_filled_before_it_is_begun(tmp_path):
    hand = Hand(tmp_path)
    hand.keep()
    data = (tmp_path / segment_name(GATE, 0)).read_bytes()
    assert data == bytes(keeping.SMALLEST_SEGMENT_BYTES)
    hand.write(1)
    data = (tmp_path / segment_name(GATE, 0)).read_bytes()
    assert len(data) == keeping.SMALLEST_SEGMENT_BYTES, "a batch into filled space does not lengthen the file"
    assert numbers_in(data) == [1]
    hand.close()


def test_a_full_segment_is_followed_by_one_twice_as_long(tmp_path, monkeypatch):
    monkeypatch.setattr(keeping, "SMALLEST_SEGMENT_BYTES", 8 << 10)
    hand = Hand(tmp_path)
    lengths = []
    for n in range(0, 400, 20):
        hand.keep()
        hand.write(*range(n, n + 20))
        lengths.append(max(path.stat().st_size for path in segments(tmp_path)))
    hand.close()
    assert sorted(set(lengths)) == [8 << 10, 16 << 10, 32 << 10, 64 << 10]
    assert numbers_on_disk(tmp_path) == list(range(400))
    assert not any(faults(tmp_path))


def test_with_no_other_prepared_a_full_segment_is_written_on(tmp_path, monkeypatch):
    monkeypatch.setattr(keeping, "SMALLEST_SEGMENT_BYTES", 8 << 10)
    hand = Hand(tmp_path)
    for n in range(0, 400, 20):
        hand.write(*range(n, n + 20))
    hand.close()
    assert headers(tmp_path) == [(0, 0)]
    assert numbers_on_disk(tmp_path) == list(range(400))


def test_an_old_segment_is_sealed_though_nothing_comes(tmp_path, monkeypatch):
    hand = Hand(tmp_path)
    hand.write(1)
    assert 0 < hand.writer.end_if_old() <= module.OLDEST_SEGMENT_S
    monkeypatch.setattr(module, "OLDEST_SEGMENT_S", 0.0)
    assert hand.writer.end_if_old() is None
    hand.keep()
    assert seal_at_end((tmp_path / segment_name(GATE, 0)).read_bytes()).n_records == 1
    hand.write(2)
    hand.close()
    assert headers(tmp_path) == [(0, 0), (1, 1)]
    assert faults(tmp_path) == [[], []]


def test_the_county_clock_may_jump_back_and_forth_without_a_new_segment_for_each_jump(tmp_path):
    now = [NOON_MS]
    hand = Hand(tmp_path, now=now)
    for n, jump in enumerate([0, 7_200_000, -90_000_000, 86_400_000, -1]):
        now[0] += jump
        hand.write(n)
    hand.close()
    assert headers(tmp_path) == [(0, 0)]
    assert numbers_on_disk(tmp_path) == list(range(5))


def test_a_seal_says_how_many_records_were_sealed_and_when(tmp_path):
    written(tmp_path, [1, 2], [3])
    (path,) = segments(tmp_path)
    seal = seal_at_end(path.read_bytes())
    assert (seal.n_records, seal.next_number, seal.sealed_ms, seal.marks) == (3, 3, NOON_MS, 0)
    assert (seal.previous, seal.at_first) == (NO_CHAIN, seal.now)


def test_a_missing_an_altered_and_an_exchanged_segment_are_found(tmp_path):
    for n in range(4):
        written(tmp_path, [n])
    assert faults(tmp_path) == [[], [], [], []]
    paths = segments(tmp_path)
    second = bytearray(paths[1].read_bytes())
    second[HEADER_BYTES + 30] ^= 1
    paths[1].chmod(0o600)
    paths[1].write_bytes(second)
    assert faults(tmp_path) == [[], [SealFault.ALTERED, SealFault.RECORDS], [], []]
    paths[1].unlink()
    assert faults(tmp_path) == [[], [SealFault.PREVIOUS], []]
    paths[2].rename(paths[1])
    assert faults(tmp_path) == [[], [SealFault.HEADER], []]


def test_a_killed_process_leaves_a_filled_tail_which_is_cut_and_sealed_by_the_next(tmp_path):
    hand = Hand(tmp_path)
    hand.write(1, 2)
    hand.keep()
    leave(hand)
    assert [path.stat().st_size for path in segments(tmp_path)] == [4096, keeping.SMALLEST_SEGMENT_BYTES]
    again = Hand(tmp_path)
    assert (again.found.n_cut_bytes, again.found.n_cut_records) == (0, 0)
    again.write(3)
    again.close()
    assert headers(tmp_path) == [(0, 0), (1, 2), (2, 2)]
    assert numbers_on_disk(tmp_path) == [1, 2, 3]
    assert faults(tmp_path) == [[], [], []]
    marks = [seal_at_end(path.read_bytes()).marks for path in segments(tmp_path)]
    assert marks == [SealMark.AFTER_CRASH, SealMark.AFTER_CRASH, 0]


def test_an_unfinished_batch_is_dropped_and_it_is_said_how_much_it_was(tmp_path):
    hand = Hand(tmp_path)
    hand.write(1, 2)
    hand.write(3, 4)
    leave(hand)
    path = segments(tmp_path)[0]
    data = path.read_bytes()
    first, last = batches_past_damage(data)
    path.write_bytes(data[: last.ends - 30] + bytes(len(data) - last.ends + 30))
    again = Hand(tmp_path)
    assert again.found.n_cut_records == 2
    assert last.ends - last.begins - 60 < again.found.n_cut_bytes < last.ends - last.begins
    again.close()
    assert numbers_on_disk(tmp_path) == [1, 2]
    seal = seal_at_end(path.read_bytes())
    assert (seal.n_records, seal.next_number, seal.n_cut_bytes) == (2, 2, again.found.n_cut_bytes)
    assert path.stat().st_size == first.ends + SEAL_BYTES


def test_damage_in_the_middle_costs_its_own_batch_and_none_after_it(tmp_path):
    hand = Hand(tmp_path)
    for n in (1, 2, 3):
        hand.write(n)
    leave(hand)
    path = segments(tmp_path)[0]
    damaged = bytearray(path.read_bytes())
    second = list(batches_past_damage(bytes(damaged)))[1]
    damaged[second.begins + 60] ^= 0xFF
    path.write_bytes(damaged)
    again = Hand(tmp_path)
    again.write(4)
    again.close()
    assert numbers_on_disk(tmp_path) == [1, 3, 4]
    assert seal_at_end(path.read_bytes()).n_records == 2
    assert faults(tmp_path) == [[], []]


def test_a_number_of_a_segment_is_never_given_again_even_if_nothing_is_in_it(tmp_path):
    written(tmp_path, [1, 2])
    (tmp_path / segment_name(GATE, 1)).write_bytes(b"FXJRNL1\0half")
    hand = Hand(tmp_path)
    hand.write(3)
    hand.close()
    assert headers(tmp_path) == [(0, 0), (1, 2), (2, 2)]
    assert numbers_on_disk(tmp_path) == [1, 2, 3]
    assert faults(tmp_path) == [[], [], []]


def test_a_sealing_that_was_killed_is_done_again(tmp_path):
    hand = Hand(tmp_path)
    hand.write(1)
    leave(hand)
    whole = (tmp_path / segment_name(GATE, 0)).read_bytes()
    (tmp_path / segment_name(GATE, 0)).with_suffix(".new").write_bytes(whole[:100])
    hand = Hand(tmp_path)
    hand.close()
    sealed = (tmp_path / segment_name(GATE, 0)).read_bytes()
    (tmp_path / segment_name(GATE, 0)).unlink()
    (tmp_path / segment_name(GATE, 0)).write_bytes(sealed + bytes(4096))  # killed before it was cut to its length
    hand = Hand(tmp_path)
    assert hand.found.n_cut_bytes == 0
    hand.keep()
    assert not list(tmp_path.glob("*.new"))
    hand.close()
    assert faults(tmp_path) == [[]]
    assert numbers_on_disk(tmp_path) == [1]


class Failing(Disk):
    """A disk that fails the next write of a batch, having written it or not, or all fillings."""

    error = None
    fill_error = None

    def write_synced(self, file, parts, at):
        is_filling = len(parts) == 1
        super().write_synced(file, parts, at)
        if error := self.fill_error if is_filling else self.error:
            raise OSError(error, os.strerror(error))


def test_a_segment_whose_sync_failed_is_left_for_good_and_copied_as_far_as_it_was_acknowledged(tmp_path):
    disk = Failing()
    hand = Hand(tmp_path, disk=disk)
    hand.write(1)
    inode = segments(tmp_path)[0].stat().st_ino
    hand.keep()
    disk.error = errno.EIO
    with pytest.raises(OSError, match="Input"):
        hand.write(2)
    disk.error = None
    hand.write(3)
    hand.close()
    assert headers(tmp_path) == [(0, 0), (1, 1)]
    assert numbers_on_disk(tmp_path) == [1, 3]
    assert segments(tmp_path)[0].stat().st_ino != inode
    assert seal_at_end(segments(tmp_path)[0].read_bytes()).marks == SealMark.ABANDONED
    assert faults(tmp_path) == [[], []]


def test_a_disk_full_for_zeros_is_no_failure_while_the_batch_fits(tmp_path):
    disk = Failing()
    hand = Hand(tmp_path, disk=disk)
    hand.write(1)
    disk.fill_error = errno.ENOSPC
    hand.keep()
    assert hand.keeper.trouble == "no new segment: No space left on device"
    for n in range(2, 12):
        hand.write(n)
    disk.fill_error = None
    hand.keep()
    assert hand.keeper.trouble == ""
    hand.close()
    assert numbers_on_disk(tmp_path) == list(range(1, 12))


def test_while_no_segment_can_be_prepared_none_is_begun_and_no_number_is_used_up(tmp_path):
    disk = Failing()
    disk.fill_error = errno.ENOSPC
    hand = Hand(tmp_path, disk=disk)
    for _ in range(5):
        with pytest.raises(OSError, match="No space"):
            hand.write(1)
        hand.keep()
    assert segments(tmp_path) == []
    disk.fill_error = None
    hand.keep()
    hand.write(1)
    hand.close()
    assert headers(tmp_path) == [(0, 0)]


class Unreadable(Failing):
    """A disk that does not give back one place of a file."""

    n_failing = 0

    def read(self, file, n_bytes, at):
        if self.n_failing and at == 4096:
            self.n_failing -= 1
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        return super().read(file, n_bytes, at)


def with_an_unreadable_place(folder, n_failing):
    """What is wrong with a segment of sixty records that was copied from a disk of which one place failed so often."""
    disk = Unreadable()
    hand = Hand(folder, disk=disk)
    hand.keep()
    for n in range(60):
        hand.write(n)
    disk.error, disk.n_failing = errno.EIO, n_failing
    with pytest.raises(OSError, match="Input"):
        hand.write(60)
    for _ in range(sealing.TRIES_TO_READ):
        hand.keep()
    hand.close()
    return faults(folder)


def test_a_place_that_cannot_be_read_for_a_while_costs_nothing(tmp_path):
    assert with_an_unreadable_place(tmp_path, sealing.TRIES_TO_READ - 1) == [[]]
    assert numbers_on_disk(tmp_path) == list(range(60))


def test_a_place_that_cannot_be_read_at_all_costs_the_batches_on_it_and_no_seal(tmp_path):
    assert with_an_unreadable_place(tmp_path, 10_000) == [[SealFault.RECORDS]], "it says that there were more"
    kept = numbers_on_disk(tmp_path)
    assert 20 < len(kept) < 60
    assert kept == [n for n in range(60) if n in kept]


class UnreadableAtStart(Unreadable):
    def read_all(self, path):
        raise OSError(errno.EIO, os.strerror(errno.EIO))


def test_a_gate_starts_with_a_bad_place_on_its_disk_and_drops_nothing_behind_it(tmp_path):
    hand = Hand(tmp_path)
    hand.keep()
    for n in range(60):
        hand.write(n)
    leave(hand)
    disk = UnreadableAtStart()
    disk.n_failing = 3
    again = Hand(tmp_path, disk=disk)
    for _ in range(5):
        again.keep()
    again.write(60)
    again.close()
    assert numbers_on_disk(tmp_path) == list(range(61))
