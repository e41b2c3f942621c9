"""Who works where in which shift: as many as are wanted, nobody twice at once, nobody without training."""

from collections import Counter
from datetime import UTC, date, datetime

import pytest

from fangxian.core.screening.rostering import Want, Worker, set_workers

DAY = date(2022, 4, 20)
FULL = {"sampling": DAY, "protection": DAY, "laboratory": DAY}


def at(hour):
    return datetime(2022, 4, 20, hour, tzinfo=UTC)


MORNING, LATE = (at(8), at(12)), (at(11), at(18))


def sampler(name, rank=0, **trained_until):
    return Worker(name, "sampler", rank, FULL | trained_until)


def want(n, site="east", spell=MORNING, job="sampler"):
    return Want(f"{spell[0]:%H}", site, job, *spell, n)


def who(found):
    return [it.worker for it in found]


def test_as_many_are_set_as_are_wanted_and_the_own_team_before_the_reserves():
    assert who(set_workers([want(2)], [sampler("reserve", rank=1), sampler("a"), sampler("b")], {})) == ["a", "b"]


def test_nobody_is_in_two_places_at_once():
    found = set_workers([want(2), want(2, "west"), want(2, "east", LATE)], [sampler(k) for k in range(3)], {})
    assert Counter(who(found)).most_common(1)[0][1] == 1


def test_whoever_is_somewhere_already_is_not_set_elsewhere_meanwhile():
    assert who(set_workers([want(1)], [sampler("a"), sampler("b")], {"a": [LATE]})) == ["b"]


@pytest.mark.parametrize("training", ["sampling", "protection"])
def test_nobody_is_set_whose_training_ran_out_the_day_before(training):
    assert who(set_workers([want(1)], [sampler("a", **{training: date(2022, 4, 19)})], {})) == []


def test_shifts_are_shared():
    spells = [(at(hour), at(hour + 2)) for hour in (8, 10, 12, 14)]
    found = set_workers([want(1, "east", it) for it in spells], [sampler("a"), sampler("b")], {})
    assert Counter(who(found)) == {"a": 2, "b": 2}


def test_a_helper_does_not_sample():
    assert who(set_workers([want(1)], [Worker("a", "helper", 0, FULL)], {})) == []
