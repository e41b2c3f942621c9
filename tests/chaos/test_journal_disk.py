"""A disk that is full, that refuses a call, that gives back less or other than was written to it."""

import errno
import random

import pytest

from fangxian.core.policy.byte_journal import RECORD_BYTES, batches_past_damage, segment_name
from fangxian.gate import keeping, recovery, sealing
from tests.chaos.forgetful_disk import ForgetfulDisk
from tests.chaos.journal_story import FOLDER, Story
from tests.unit.journal.hand import GATE, Hand, numbers_in

N_RECORDS_AT = 8  # where a batch says how many records it has
FIRST = FOLDER / segment_name(GATE, 0)


@pytest.fixture(autouse=True)
def _small_segments(monkeypatch):
    """Many segments in a short story."""
    monkeypatch.setattr(keeping, "SMALLEST_SEGMENT_BYTES", 3 << 10)
    monkeypatch.setattr(keeping, "LARGEST_SEGMENT_BYTES", 12 << 10)
    monkeypatch.setattr(keeping, "PIECE_BYTES", 2 << 10)
    monkeypatch.setattr(keeping, "FIRST_PIECE_BYTES", 1 << 10)
    monkeypatch.setattr(sealing, "HASHED_AT_ONCE", 1 << 10)


def n_calls_of(story: Story) -> int:
    """How many calls a story makes of its disk when nothing goes wrong."""
    story.open()
    story.live(80)
    story.hand.close()
    return story.disk.n_calls


@pytest.mark.parametrize("code", [errno.EIO, errno.ENOSPC, errno.EDQUOT])
@pytest.mark.parametrize("seed", range(3))
def test_an_error_in_every_call_loses_nothing_acknowledged_and_the_next_scan_is_recorded(seed, code):
    for at in range(1, n_calls_of(Story(seed)) + 1):
        story = Story(seed)
        story.disk.errors = {at: code}
        story.open()
        story.live(80)
        story.hand.close()
        story.disk.power_returns()  # what was acknowledged after a failed sync must not rest on it
        story.end_well()
        story.check()
        assert story.acknowledged[-1] == story.n_scans - 1


@pytest.mark.parametrize("seed", range(40))
def test_a_disk_that_refuses_now_and_then_for_an_hour(seed):
    story = Story(seed)
    codes = [errno.EIO, errno.ENOSPC]
    story.disk.errors = {at: story.rng.choice(codes) for at in range(1, 400) if story.rng.random() < 0.15}
    for _ in range(3):
        story.until_it_ends(60, within_calls=120)
    story.end_well()
    story.check(is_counted=False)
    assert story.acknowledged[-1] == story.n_scans - 1


@pytest.mark.parametrize("room", range(0, 24_000, 200))
def test_a_disk_that_is_full_at_any_byte_refuses_what_does_not_fit_and_recovers_when_there_is_room(room):
    story = Story(room)
    story.disk.capacity = room
    story.open()
    story.live(120)
    n_refused = story.n_refused
    story.hand.close()
    assert n_refused or room > 12_000
    story.disk.capacity = None
    story.second += 10
    story.open()
    story.live(40)
    assert story.n_refused == n_refused, "there is room again"
    story.hand.close()
    story.end_well()
    story.check()


def test_a_full_disk_is_written_again_without_a_restart_as_soon_as_there_is_room():
    story = Story(1)
    story.open()
    story.disk.capacity = 5_000
    while not story.n_refused:
        story.live(1)
    n_segments = len(recovery.sequences_of(story.disk, FOLDER, GATE))
    for _ in range(50):
        story.second += 1
        story.hand.keeper.step()
        story.write(1)
    assert len(recovery.sequences_of(story.disk, FOLDER, GATE)) <= n_segments + 1, "each try left a file"
    story.disk.capacity = None
    story.second += 1
    story.hand.keeper.step()
    before = len(story.acknowledged)
    story.write(1)
    assert len(story.acknowledged) == before + 1
    story.hand.close()
    story.end_well()
    story.check()


def test_a_filled_segment_can_be_sealed_on_a_full_disk():
    story = Story(2)
    story.open()
    story.hand.keep()
    story.disk.capacity = sum(len(inode.seen) for inode in story.disk._seen.values())
    while story.hand.writer.number < 20:
        story.write(2)
    story.hand.keep()
    assert story.n_refused == 0
    assert story.hand.keeper.n_unsealed == 0
    story.disk.capacity = None
    story.hand.close()
    story.end_well()
    story.check()


def crashed() -> tuple[bytes, int, int]:
    """A segment that a killed gate left with three batches, and where its last batch begins and ends."""
    disk = ForgetfulDisk(random.Random(0))
    hand = Hand(FOLDER, disk=disk)
    for batch in ([0, 1, 2], [3], [4, 5]):
        hand.write(*batch)
    data = disk.read_all(FIRST)
    last = list(batches_past_damage(data))[-1]
    return data, last.begins, last.ends


def recovered(data: bytes) -> tuple[Hand, list[int]]:
    """What the next gate finds of a segment with these bytes, and the records in it once it is sealed."""
    disk = ForgetfulDisk(random.Random(0))
    disk.write(disk.create(FIRST), data, 0)
    hand = Hand(FOLDER, disk=disk)
    hand.write(99)
    hand.close()
    found = [n for path in (FIRST, FOLDER / segment_name(GATE, 1)) for n in numbers_in(disk.look(path))]
    story = Story(0)
    story.disk = disk
    story.check_seals()
    return hand, found


@pytest.mark.parametrize("filled", [True, False], ids=["zeros behind", "file ends"])
def test_cut_at_every_byte_of_the_last_batch_all_before_it_is_kept_and_the_loss_is_told(filled):
    data, begins, ends = crashed()
    for cut in range(begins, ends):
        rest = bytes(len(data) - cut) if filled else b""
        hand, found = recovered(data[:cut] + rest)
        if data[:cut] + rest == data:
            assert found == [0, 1, 2, 3, 4, 5, 99]
            continue
        torn = data[begins:cut].rstrip(b"\0")
        assert found == [0, 1, 2, 3, 99]
        assert hand.found.n_cut_bytes == len(torn)
        if cut - begins > N_RECORDS_AT:
            assert hand.found.n_cut_records == 2, "it says how many records it was to have"
        else:
            assert hand.found.n_cut_records == (1 if torn else 0)


def test_with_any_bit_of_the_last_batch_turned_all_before_it_is_kept_and_none_is_invented():
    data, begins, ends = crashed()
    for bit in range(begins * 8, ends * 8):
        turned = bytearray(data)
        turned[bit // 8] ^= 1 << bit % 8
        hand, found = recovered(bytes(turned))
        assert found == [0, 1, 2, 3, 99]
        assert hand.found.n_cut_bytes > RECORD_BYTES


def test_a_disk_that_only_says_that_it_syncs_is_found_out():
    """The stories would notice if a batch were acknowledged before it is on disk."""

    class Lying(ForgetfulDisk):
        def write_synced(self, file, parts, at):
            self.write(file, b"".join(parts), at)

    n_found_out = 0
    for seed in range(10):
        story = Story(seed)
        story.disk = Lying(story.rng)
        story.until_it_ends(60, within_calls=100)
        story.disk.power_returns()
        story.end_well()
        n_found_out += not set(story.acknowledged) <= set(story.on_disk())
    assert n_found_out > 0
