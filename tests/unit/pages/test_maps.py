import re

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from fangxian.core.refusal import Said
from fangxian.ops.pages import maps
from fangxian.ops.pages.maps import MapArea, shades_of


@pytest.fixture(autouse=True)
def in_chinese():
    with translation.override("zh-hans"):
        yield


SQUARE = [[0, 0], [100, 0], [100, 100], [0, 100]]
TITLE = Said("示意图", "A schematic")


def areas(*values, shape=SQUARE):
    return [
        MapArea(
            name=Said(f"{n}镇", f"Town {n}"),
            shape=[[x + 100 * n, y] for x, y in shape],
            href=f"/areas/{n}",
            value=value,
            told="" if value is None else f"{value}人",
            figure="" if value is None else f"{value}",
        )
        for n, value in enumerate(values)
    ]


@given(st.lists(st.integers(0, 100_000) | st.floats(0, 1), min_size=1, max_size=40))
def test_every_value_lies_in_exactly_one_shade_and_a_larger_value_is_never_lighter(values):
    shades = shades_of(values)
    held = [[shade.share for shade in shades if shade.low <= value <= shade.high] for value in sorted(values)]
    assert all(len(found) == 1 for found in held)
    assert [found[0] for found in held] == sorted(found[0] for found in held)
    assert {found[0] for found in held} == {shade.share for shade in shades}


def test_equal_values_have_one_shade():
    assert [(shade.low, shade.high) for shade in shades_of([7, 7, 7])] == [(7, 7)]


def test_each_area_is_a_link_that_says_its_name_and_value():
    drawn = maps.draw(areas(12, 900), title=TITLE).svg
    assert '<a href="/areas/1" aria-label="1镇 900人">' in drawn.replace("\u2009", "")


def test_an_area_of_which_the_value_is_not_known_is_not_shaded():
    drawn = maps.draw(areas(12, None), title=TITLE).svg
    assert len(re.findall(r'class="area"', drawn)) == 1


def test_a_name_a_little_wider_than_its_area_stands_over_the_edge_and_clear_of_the_others():
    def named(name, west, east):
        return MapArea(name=Said(name, name), shape=[[west, 0], [east, 0], [east, 100], [west, 100]])

    small = named("Dongzhang", 400, 460)
    beside = [named("Beiwang", 0, 400), named("Tiantan", 460, 800)]
    assert ">Dongzhang</text>" in maps.draw([small, *beside], title=TITLE).svg
    between = [named("Beiwang", 330, 400), small, named("Tiantan", 460, 530)]
    assert ">Dongzhang</text>" in maps.draw([named("Far", 0, 330), *between], title=TITLE).svg


def test_areas_that_nobody_has_drawn_make_no_map():
    drawn = maps.draw(areas(1, 2, shape=[]), title=TITLE)
    assert (drawn.svg, drawn.legend) == ("", "")


def test_a_name_that_has_no_room_is_left_to_the_table():
    sliver = [MapArea(name=Said("很长很长很长的名字", "x"), shape=[[0, 0], [4, 0], [4, 900], [0, 900]], value=1)]
    assert "<text" not in maps.draw([*sliver, *areas(3)], title=TITLE).svg.split("1镇")[0].split("</a>")[0]


def test_values_stand_under_the_names_only_where_each_has_room():
    narrow = MapArea(
        name=Said("乙", "B"), shape=[[100, 0], [108, 0], [108, 100], [100, 100]], value=5, figure="5,000,000"
    )
    alone = maps.draw(areas(12), title=TITLE).svg
    together = maps.draw([*areas(12), narrow], title=TITLE).svg
    assert ">12</text>" in alone
    assert ">12</text>" not in together


def test_a_name_is_escaped():
    shown = maps.draw([MapArea(name=Said("<b>", "<b>"), shape=SQUARE, value=1)], title=TITLE).svg
    assert "<b>" not in shown


def test_the_drawing_has_no_style_of_its_own():
    assert "style=" not in maps.draw(areas(1, 2, 3), title=TITLE).markup
