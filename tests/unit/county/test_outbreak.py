"""The invented outbreak: who falls ill, from whom, and when."""

import numpy as np
import pytest

from fangxian.core.drill.outbreak import HOUSEHOLD, NOBODY, SCHOOL_CLASS, Group, simulate_outbreak

HOMES = [Group(kind=HOUSEHOLD, members=tuple(range(at, at + 4))) for at in range(0, 160, 4)]
CLASSES = [Group(kind=SCHOOL_CLASS, members=tuple(range(start, 160, 4))) for start in range(2)]
GROUPS = [*HOMES, *CLASSES]


def outbreak(seed=3, n_most=30, lasts_d=40):
    return simulate_outbreak(
        GROUPS, n_people=160, first=0, lasts_d=lasts_d, n_most=n_most, rng=np.random.default_rng(seed)
    )


@pytest.mark.parametrize("seed", range(20))
def test_whoever_infects_falls_ill_first_and_meets_whom_they_infect(seed):
    found = outbreak(seed)
    for row, (infector, group) in enumerate(zip(found.infector.tolist(), found.group.tolist(), strict=True)):
        if infector != NOBODY:
            assert found.onset_d[infector] < found.onset_d[row]
            assert {int(found.person[row]), int(found.person[infector])} <= set(GROUPS[group].members)


def test_nobody_falls_ill_twice_and_only_the_first_was_not_infected_here():
    found = outbreak()
    assert len(set(found.person.tolist())) == len(found) > 3
    assert found.infector.tolist().count(NOBODY) == 1
    assert found.person[0] == 0


def test_all_but_the_first_could_fall_ill():
    found = outbreak()
    assert found.is_susceptible[found.person[1:]].all()


def test_it_lasts_no_longer_and_grows_no_larger_than_it_may():
    found = outbreak(n_most=5, lasts_d=20)
    assert len(found) <= 5
    assert found.onset_d.max() <= 20


def test_the_same_seed_makes_the_same_outbreak():
    assert outbreak(7).person.tolist() == outbreak(7).person.tolist()
