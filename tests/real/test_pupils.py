"""327 pupils whose badges saw who faced whom: the engine counts what those who gathered the data counted."""

import numpy as np
import pytest

from bench.exposure import diaries
from fangxian.core.exposure.meetings import find_meetings, unbroken
from fangxian.core.exposure.search import find_exposed


@pytest.fixture(scope="module")
def pupils(shared_data):
    return diaries.read(shared_data / "sociopatterns")


@pytest.fixture(scope="module")
def index(pupils):
    return diaries.indexed(pupils)


@pytest.fixture(scope="module")
def meetings(pupils, index):
    return find_meetings(index, diaries.everybody(pupils), rules=diaries.RULES)


def test_as_many_pairs_met(pupils, meetings):
    """Each pair is found from both sides."""
    cases = diaries.everybody(pupils).person[meetings.case]
    pairs = np.unique(np.stack([cases, meetings.person]), axis=1)
    assert (len(np.unique(cases)), pairs.shape[1]) == (327, 2 * 5_818)


def test_they_met_as_often(meetings):
    assert len(unbroken(meetings)) == 2 * 67_613


def test_they_met_for_as_long(meetings):
    assert int(meetings.likely_s.sum()) == int(unbroken(meetings).likely_s.sum()) == 2 * 3_770_160


@pytest.mark.parametrize("engine", ["numpy", "numba"])
def test_each_engine_adds_up_the_same_seconds_without_listing_a_pair(pupils, index, engine):
    found = find_exposed(index, diaries.everybody(pupils), rules=diaries.RULES, engine=engine)
    assert (len(found), int(found.likely_s.sum())) == (327, 2 * 3_770_160)


def test_asking_misses_what_scans_and_asking_find_and_most_of_what_was_short(pupils):
    found, *n_named = diaries.recall_by_duration(pupils)
    for one in found:
        longest = f"{one.until_s / 60:.0f} min" if one.until_s < 10**9 else "more"
        told, scanned, both = (f"{n / one.n:4.0%}" for n in (one.n_interview, one.n_scans, one.n_both))
        print(f"{one.from_s / 60:4.0f} min to {longest:>7}: {one.n:5} contacts; interview only {told}, ", end="")
        print(f"class only {scanned}, scan and interview {both}")
    print(f"named for an average pupil: {n_named[0]} by interview, {n_named[1]} by class, {n_named[2]} by both")
    assert [one.n_both >= max(one.n_interview, one.n_scans) for one in found] == [True] * len(found)
    assert found[-1].n_interview / found[-1].n > 2 * found[0].n_interview / found[0].n
