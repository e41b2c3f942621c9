"""When which dose is due, by hand: the guide's own sentences."""

from datetime import date, timedelta

import pytest

from fangxian.ops.vaccination.schedule import stands

ADULT, ELDER = date(1980, 1, 1), date(1950, 1, 1)
DAY = date(2021, 6, 1)


def after(days: int) -> date:
    return DAY + timedelta(days=days)


def test_of_whoever_had_none_nothing_is_reckoned():
    found = stands([], ADULT)
    assert (found.stage, found.next_number, found.next_from) == ("none", 1, None)


@pytest.mark.parametrize(("product", "days", "stage", "next_from"), [
    ("inactivated", (0,), "begun", 21),
    ("inactivated", (0, 21), "full", 21 + 180),
    ("inactivated", (0, 21, 210), "boosted", None),
    ("adenovirus", (0,), "full", 180),
    ("adenovirus", (0, 180), "boosted", None),
    ("subunit", (0,), "begun", 28),
    ("subunit", (0, 28), "begun", 56),
    ("subunit", (0, 28, 56), "full", 56 + 180),
    ("other", (0, 30), "full", 30 + 180),
    ("of another county", (0, 30), "full", 30 + 180),
])  # fmt: skip
def test_a_course_is_as_long_as_its_product_asks(product, days, stage, next_from):
    found = stands([(after(it), product) for it in days], ADULT)
    assert (found.stage, found.next_from) == (stage, after(next_from) if next_from is not None else None)


def test_the_old_are_boosted_sooner():
    doses = [(DAY, "inactivated"), (after(21), "inactivated")]
    assert stands(doses, ELDER).next_from == after(21 + 90)
    assert stands(doses, ADULT).next_from == after(21 + 180)


def test_whoever_is_too_young_is_boosted_once_they_are_grown_up():
    born_on = date(2005, 6, 15)
    doses = [(DAY, "inactivated"), (after(21), "inactivated")]
    assert abs(stands(doses, born_on).next_from - date(2023, 6, 15)) <= timedelta(days=1)


def test_a_dose_that_came_too_soon_does_not_count_and_is_asked_again():
    found = stands([(DAY, "inactivated"), (after(10), "inactivated")], ADULT)
    assert (found.stage, found.n_counted, found.n_early, found.next_number) == ("begun", 1, 1, 2)


def test_the_order_in_which_doses_are_told_does_not_matter():
    doses = [(after(30), "subunit"), (DAY, "subunit"), (after(60), "subunit")]
    assert stands(doses, ADULT) == stands(sorted(doses), ADULT)


def test_the_product_of_the_first_dose_says_how_long_the_course_is():
    assert stands([(DAY, "adenovirus"), (after(60), "inactivated")], ADULT).stage == "boosted"
    assert stands([(DAY, "inactivated"), (after(60), "adenovirus")], ADULT).stage == "full"
