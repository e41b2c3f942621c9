"""A county's round as the model wants it, and how far it should be from hour to hour."""

from datetime import datetime

import pytest

from fangxian.core.screening.course import AtSite, at_sites, course_of, hours_of, parted, round_at, should_be
from fangxian.core.screening.laboratory import fushan

DAY = ((8 * 60, 18 * 60),)


def test_whoever_is_excused_is_nobodys_and_whoever_has_no_site_goes_to_any():
    counts = [("a", "due", 10), ("a", "received", 5), ("a", "exempt", 3), (None, "due", 3), ("gone", "tube", 2)]
    assert at_sites(counts, {"a": 2, "b": 1}) == {"a": AtSite(15 + 3, 10 + 2, 2), "b": AtSite(2, 1, 1)}


def test_without_a_site_nobody_is_sampled():
    assert at_sites([(None, "due", 3)], {}) == {}


def test_whoever_has_a_tube_alone_is_taken_from_every_site_and_fills_a_tube_each():
    sites, alone = parted([AtSite(30, 20, 1), AtSite(10, 10, 1)], 8, 4)
    assert alone == AtSite(8, 4, 2)
    assert [(it.n_people, it.n_left) for it in sites] == [(24, 17), (8, 9 - 1)]
    assert round_at(sites, DAY, 10, [fushan()], alone).n_tubes == 3 + 1 + 8


def test_no_more_have_a_tube_alone_than_there_are_people():
    sites, alone = parted([AtSite(3, 1, 1)], 10, 10)
    assert (sites, alone) == ([AtSite(0, 0, 1)], AtSite(3, 1, 1))


def test_where_nobody_has_a_tube_alone_sites_stay_as_they_are():
    assert parted([AtSite(3, 1, 1)], 0, 0) == ([AtSite(3, 1, 1)], None)


@pytest.mark.parametrize(
    ("begins", "ends", "hours"),
    [
        ("2022-04-11T08:00", "2022-04-12T18:00", ((480, 1080),)),
        ("2022-04-11T20:00", "2022-04-12T06:00", ((0, 360), (1200, 1440))),
        ("2022-04-11T08:00", "2022-04-12T00:00", ((480, 1440),)),
    ],
)
def test_the_hours_of_a_day_are_those_between_beginning_and_end(begins, ends, hours):
    assert hours_of(datetime.fromisoformat(begins), datetime.fromisoformat(ends)) == hours


def test_a_course_ends_with_every_tube_released():
    course = course_of(round_at([AtSite(400, 400, 2)] * 3, DAY, 10, [fushan()]), 8 * 60)
    assert course.so_far[-1] == (120, 120, 120)
    assert len(course.holding) == len(course.so_far)


def test_a_round_that_begins_at_noon_has_nothing_before():
    course = course_of(round_at([AtSite(400, 400, 2)], DAY, 10, [fushan()]), 12 * 60)
    assert should_be(course.so_far, 0) == (0, 0, 0)
    assert should_be(course.so_far, -100) == (0, 0, 0)
    assert course.ends_min > 14 * 60


def test_between_two_hours_half_of_what_the_hour_brings_should_be_there():
    assert should_be([(10, 0, 0), (30, 20, 0)], 90) == (20, 10, 0)
    assert should_be([(10, 0, 0), (30, 20, 0)], 6000) == (30, 20, 0)
