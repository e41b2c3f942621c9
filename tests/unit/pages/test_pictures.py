"""Where the bars stand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fangxian.core.refusal import Said
from fangxian.ops.pages.pictures import Bar, BarChart, round_up


def chart(*bars: Bar) -> BarChart:
    return BarChart(title=Said("图", "Chart"), unit=Said("人", "people"), label_title=Said("日", "Day"), bars=bars)


@given(st.floats(0, 1e9))
def test_the_scale_holds_every_value_wastes_less_than_half_and_halves_evenly(value):
    top = round_up(value)
    assert top >= value
    assert top % 2 == 0
    assert value <= 2 or top < 2 * value + 1e-6


@pytest.mark.parametrize(("value", "top"), [(0, 2), (7, 8), (10, 10), (11, 12), (23, 24), (101, 120), (2_001, 2_400)])
def test_scales(value, top):
    assert round_up(value) == top


def test_bars_start_at_zero_and_are_as_high_as_their_part_of_the_scale():
    places = chart(Bar("a", 0), Bar("b", 5), Bar("c", 10)).places
    assert [(p["y"], p["height"]) for p in places] == [("100.00", "0.00"), ("50.00", "50.00"), ("0.00", "100.00")]


def test_a_value_that_is_not_known_leaves_a_gap():
    assert chart(Bar("a", None), Bar("b", 10)).places[0]["height"] == "0.00"


def test_a_band_above_every_bar_still_fits():
    places = chart(Bar("a", 1, low=2, high=10)).places
    assert (places[0]["band_y"], places[0]["band_height"]) == ("0.00", "80.00")


def test_at_most_eight_labels_are_written():
    labels = [p["label"] for p in chart(*(Bar(str(n), n) for n in range(30))).places]
    assert sum(bool(label) for label in labels) == 8
