"""Power or process end at any moment: every acknowledged scan is on record, in order, and the chain of seals whole."""

import pytest

from fangxian.gate import keeping, sealing
from tests.chaos.journal_story import Story

N_SEEDS = 300


@pytest.fixture(autouse=True)
def _small_segments(monkeypatch):
    """Many segments in a short story."""
    monkeypatch.setattr(keeping, "SMALLEST_SEGMENT_BYTES", 3 << 10)
    monkeypatch.setattr(keeping, "LARGEST_SEGMENT_BYTES", 12 << 10)
    monkeypatch.setattr(keeping, "PIECE_BYTES", 2 << 10)
    monkeypatch.setattr(keeping, "FIRST_PIECE_BYTES", 1 << 10)
    monkeypatch.setattr(sealing, "HASHED_AT_ONCE", 1 << 10)


@pytest.mark.parametrize("seed", range(N_SEEDS))
def test_ends_at_any_call(seed):
    story = Story(seed)
    for _ in range(4):
        story.until_it_ends(60, within_calls=story.rng.choice((4, 40, 120)))
    story.end_well()
    story.check()


@pytest.mark.parametrize("seed", range(20))
def test_an_end_in_every_call_of_a_recovery(seed):
    """The same crash is recovered from again and again, each time killed one call later."""
    story = Story(seed)
    story.until_it_ends(80, within_calls=70)
    acknowledged = list(story.acknowledged)
    for n_calls in range(1, 25):
        story.disk.cut_at = story.disk.n_calls + n_calls
        story.until_it_ends(0, within_calls=n_calls)
    assert story.acknowledged == acknowledged
    story.end_well()
    story.check()


def test_a_story_is_the_same_each_time():
    told = []
    for _ in range(2):
        story = Story(7)
        for _ in range(3):
            story.until_it_ends(60, within_calls=50)
        story.end_well()
        told.append((story.acknowledged, story.on_disk(), story.disk.n_calls))
    assert told[0] == told[1]


def test_the_stories_are_worth_telling():
    """That scans were acknowledged, refused batches were cut, and segments followed on one another."""
    stories = []
    for seed in range(30):
        story = Story(seed)
        for _ in range(4):
            story.until_it_ends(60, within_calls=100)
        story.end_well()
        stories.append(story)
    assert sum(len(story.acknowledged) for story in stories) > 1000
    assert sum(len(story._segments()) for story in stories) > 300
    assert any(len(story.on_disk()) > len(story.acknowledged) for story in stories), "none was cut in a write"
