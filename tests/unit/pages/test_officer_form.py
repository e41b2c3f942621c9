"""What the officer's form makes of what was scanned, typed and tapped."""

from uuid import UUID

import pytest

from fangxian.core.refusal import Refusal
from fangxian.ops.pages.posts.officer import OfficerForm, counties_called, tenths_of, who_of

POST = UUID(int=1)


@pytest.mark.parametrize(
    ("typed", "tenths"),
    [
        ("36.5", 365),
        ("365", 365),
        ("36。5", 365),
        ("３６．５", 365),
        ("36,5℃", 365),
        ("37", 370),
        ("", None),
        (" ", None),
    ],
)
def test_a_temperature_is_read_however_it_is_typed(typed, tenths):
    assert tenths_of(typed) == tenths


@pytest.mark.parametrize("typed", ["3.65", "12", "500", "x", "33.9", "43.0"])
def test_a_temperature_nobody_has_is_refused(typed):
    with pytest.raises(Refusal) as caught:
        tenths_of(typed)
    assert caught.value.code == "posts.temperature_impossible"


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("https://example.test/c/FXPABCDEFGHIJK23456", {"shown": "FXPABCDEFGHIJK23456"}),
        ("FXCABCDEFGHIJK23456", {"shown": "FXCABCDEFGHIJK23456"}),
        ("999027198003010011", {"document": "999027198003010011"}),
        ("９９９０２７ 19800301 001x", {"document": "99902719800301001X"}),
        ("E12345678", {"document": "E12345678"}),
        ("测试甲 15400000001", {"name": "测试甲", "phone": "15400000001"}),
        ("测试甲，15400000001", {"name": "测试甲", "phone": "15400000001"}),
        ("测试甲", {"name": "测试甲", "phone": ""}),
    ],
)
def test_one_field_takes_a_code_a_number_or_a_name(typed, told):
    assert who_of(typed) == told


def test_a_county_is_found_by_its_name():
    assert counties_called("尧都区") == ["141002"]
    assert counties_called("尧都") == ["141002"]
    assert len(counties_called("鼓楼区")) > 1
    assert counties_called("没有这个县") == []


def form(**more):
    return OfficerForm.of({"who-0": "测试甲", "temperature-0": "365"} | more)


def test_a_car_of_three_is_one_group_and_empty_rows_are_left_out():
    filled = form(**{"who-1": "测试乙", "who-3": "测试丙", "vehicle": "car"})
    told = filled.told(POST)
    assert [it.name for it in told] == ["测试甲", "测试乙", "测试丙"]
    assert len({it.group for it in told}) == 1
    assert told[0].group is not None


def test_what_is_wrong_stands_beside_its_row_and_nothing_is_sent():
    filled = form(**{"who-1": "测试乙", "temperature-1": "99"})
    assert filled.told(POST) == []
    assert [row.fault is not None for row in filled.rows] == [False, True]


def test_a_paper_scanned_where_a_person_belongs_is_nobodys_name():
    filled = form(
        **{"who-0": "FXD1.D141027.56a75aKD44CUMjAyMuOAlTEy5Y-3.AAAAAAAAAAAAAAAAAAAAAA.7.4sKlll", "direction": "out"}
    )
    assert filled.told(POST) == []
    assert "离境许可" in filled.rows[0].fault.zh


def test_an_origin_that_could_be_several_is_asked_about():
    filled = form(**{"origin-other": "鼓楼区"})
    assert filled.told(POST) == []
    assert "鼓楼区" in filled.origin_fault.zh


def test_the_next_form_keeps_the_way_and_nobody_s_data():
    filled = form(vehicle="goods", origin="141002", direction="out", plate="晋L12345")
    assert filled.told(POST)
    following = filled.next_one()
    assert (following.vehicle, following.origin, following.is_out) == ("goods", "141002", True)
    assert (following.rows[0].who, following.plate) == ("", "")
    assert following.device != filled.device
