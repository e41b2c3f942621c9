"""What stands in a journal's folder, and whether it is what was sealed."""

import os

import pytest

from fangxian.core.policy.byte_journal import segment_name
from fangxian.core.policy.byte_seal import SealFault
from fangxian.gate.held import checked_segments, held_segments
from tests.unit.journal.hand import GATE, Hand, written


@pytest.fixture
def folder(tmp_path):
    """Three sealed segments, one that a gate is writing, and one that it has prepared."""
    for n in range(3):
        written(tmp_path, [n])
    hand = Hand(tmp_path)
    hand.write(3, 4)
    hand.keep()
    yield tmp_path
    hand.close()


def faults(folder):
    return [checked.faults for checked in checked_segments(folder)]


def test_each_segment_is_listed_with_its_seal_and_the_two_of_a_running_gate_without(folder):
    held = held_segments(folder)
    assert [segment.sequence for segment in held] == [0, 1, 2, 3, 4]
    assert [segment.seal.n_records if segment.seal else None for segment in held] == [1, 1, 1, None, None]


def test_with_a_gate_at_work_nothing_is_wrong_and_what_it_has_written_is_counted(folder):
    assert faults(folder) == [()] * 5
    assert [checked.n_records for checked in checked_segments(folder)] == [1, 1, 1, 2, 0]


def test_a_segment_that_has_lost_its_seal_is_found_and_one_that_is_being_sealed_is_not(folder):
    path = folder / segment_name(GATE, 1)
    path.chmod(0o600)
    path.write_bytes(path.read_bytes()[:-1])
    assert faults(folder)[1] == ()
    os.utime(path, times=(0, 0))
    assert faults(folder) == [(), (SealFault.NOT_SEALED,), (), (), ()]


def test_a_segment_that_is_gone_is_missed_by_the_one_behind_it(folder):
    (folder / segment_name(GATE, 1)).unlink()
    assert faults(folder) == [(), (SealFault.PREVIOUS,), (), ()]


def test_the_first_ones_may_be_forgotten(folder):
    (folder / segment_name(GATE, 0)).unlink()
    (folder / segment_name(GATE, 1)).unlink()
    assert faults(folder) == [()] * 3
