"""An area has ended when two lists in a row leave it out, not one."""

from datetime import UTC, datetime, timedelta

import pytest

from fangxian.core.risk_areas.listing import Area, Level, Listing
from fangxian.core.risk_areas.spans import spans_of, take_step

NOON = datetime(2022, 11, 20, 4, tzinfo=UTC)
HERE, THERE = Area("山西省", "临汾市", "浮山县", "甲院"), Area("吉林省", "长春市", "宽城区", "乙院")


def at(hours):
    return NOON + timedelta(hours=hours)


def listing(hours, *areas, level=Level.HIGH, covers=""):
    return Listing(at(hours), dict.fromkeys(areas, level), {}, {}, covers)


def dates(spans):
    return [(span.begins_at, span.ends_at) for span in spans]


def test_an_area_missing_from_one_list_has_not_ended():
    assert dates(spans_of([listing(0, HERE), listing(6), listing(9, HERE)])) == [(at(0), None)]


def test_an_area_missing_from_two_ended_with_the_first_of_them():
    assert dates(spans_of([listing(0, HERE), listing(6), listing(9)])) == [(at(0), at(6))]


def test_while_only_the_newest_list_leaves_it_out_that_is_said():
    (span,) = spans_of([listing(0, HERE), listing(6)])
    assert (span.ends_at, span.missing_since) == (None, at(6))


def test_two_lists_of_one_moment_are_one_and_the_later_counts():
    assert dates(spans_of([listing(0, HERE), listing(6), listing(6), listing(9, HERE)])) == [(at(0), None)]


def test_one_that_comes_back_after_it_ended_begins_anew():
    spans = spans_of([listing(0, HERE), listing(6), listing(9), listing(12, HERE)])
    assert dates(spans) == [(at(0), at(6)), (at(12), None)]


def test_another_level_begins_at_once():
    spans = spans_of([listing(0, HERE), listing(6, HERE, level=Level.LOW)])
    assert [(span.level, span.ends_at) for span in spans] == [(Level.HIGH, at(6)), (Level.LOW, None)]


def test_a_list_of_another_province_says_nothing_of_an_area():
    spans = spans_of([listing(0, HERE, THERE), listing(6, HERE, covers="山西省"), listing(9, HERE, covers="山西省")])
    assert dates(spans) == [(at(0), None), (at(0), None)]


def test_lists_may_come_in_any_order():
    lists = [listing(9), listing(0, HERE), listing(6)]
    assert spans_of(lists) == spans_of(sorted(lists, key=lambda it: it.as_of))


@pytest.mark.parametrize("hours", [0, 5.9])
def test_a_span_holds_from_its_beginning_until_its_end(hours):
    (span,) = spans_of([listing(0, HERE), listing(6), listing(9)])
    assert span.holds_at(at(hours))
    assert not span.holds_at(at(6))


def test_a_step_names_what_it_changed():
    step = take_step(spans_of([listing(0, HERE)]), listing(6, THERE))
    assert [span.area for span in step.begun] == [THERE]
    assert [span.area for span in step.missing] == [HERE]
    assert take_step(step.open(), listing(9, HERE, THERE)).again[0].area == HERE
