"""Time slots of a site: households and classes together, no more people than tables get through, old people first."""

from collections import Counter, defaultdict

import numpy as np
import pytest

from fangxian.core.screening.slots import SLOT, Comer, a_slot_holds, slots_at

MORNING = ((8 * 60, 12 * 60), (14 * 60, 18 * 60))


def homes(sizes, age=40):
    return [Comer((home, k), home, "", age) for home, n in enumerate(sizes) for k in range(n)]


def test_a_household_comes_together():
    slots = slots_at(homes([3] * 200), n_tables=1, hours=MORNING)
    of_home = defaultdict(set)
    for (home, _), slot in slots.items():
        of_home[home].add(slot)
    assert {len(it) for it in of_home.values()} == {1}


@pytest.mark.parametrize("n_tables", [1, 4])
def test_no_slot_has_more_people_than_its_tables_get_through(n_tables):
    sizes = np.random.default_rng(7).integers(1, 7, 900).tolist()
    slots = slots_at(homes(sizes), n_tables=n_tables, hours=MORNING)
    assert max(Counter(slots.values()).values()) <= a_slot_holds(n_tables)
    assert len(slots) == sum(sizes)


def test_slots_lie_in_opening_hours_and_go_on_the_next_day():
    slots = slots_at(homes([4] * 150), n_tables=1, hours=MORNING)
    spans = sorted({(it.begins_min, it.ends_min) for it in slots.values()})
    assert all(any(a <= begin % 1440 and (end - 1) % 1440 < b for a, b in MORNING) for begin, end in spans)
    assert spans[-1][0] >= 1440


def test_a_household_with_somebody_old_or_small_comes_before_others():
    comers = [*homes([3] * 50), Comer("old", "last home", "", 83), Comer("son", "last home", "", 50)]
    slots = slots_at(comers, n_tables=1, hours=MORNING)
    assert slots["old"] == slots["son"]
    assert slots["old"].begins_min == 8 * 60
    assert slots["old"].is_first
    assert not slots[(0, 0)].is_first


def test_a_class_larger_than_a_slot_comes_at_once_and_the_slots_behind_it_are_its_own():
    holds = a_slot_holds(1)
    school = [Comer(k, f"home {k}", "三年级一班", 9) for k in range(holds + 5)]
    slots = slots_at([*school, *homes([2] * 20)], n_tables=1, hours=MORNING)
    assert {slots[k].begins_min for k in range(holds + 5)} == {8 * 60}
    second = 8 * 60 + int(SLOT.value)
    assert Counter(it.begins_min for it in slots.values())[second] <= holds - 5


def test_nobody_is_asked_to_come_before_the_moment_slots_are_made():
    slots = slots_at(homes([1] * 10), n_tables=1, hours=MORNING, from_min=10 * 60 + 10)
    assert {it.begins_min for it in slots.values()} == {10 * 60 + 30}


def test_nobody_has_no_slots():
    assert slots_at([], n_tables=1, hours=MORNING) == {}


def test_a_site_open_for_some_minutes_has_one_slot_a_day():
    slots = slots_at(homes([1] * 60), n_tables=1, hours=((480, 485),))
    assert sorted({it.begins_min for it in slots.values()}) == [480, 480 + 1440]
