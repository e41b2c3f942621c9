"""Names lead to a division where they mean exactly one, and to none otherwise."""

from pathlib import Path

import pytest

from fangxian.core.divisions import read_divisions
from fangxian.core.risk_areas.nation import place_within, read_nation

ROOT = Path(__file__).resolve().parents[3]
NATION = read_nation((ROOT / "fangxian/ops/risk_areas/nation-2021.csv").read_bytes())
FUSHAN = read_divisions((ROOT / "counties/fushan/divisions/2022.csv").read_bytes(), edition="2022")
NAMES = {it.code: it.name_zh for it in FUSHAN.rows}


@pytest.mark.parametrize(
    ("names", "code"),
    [
        (("山西省", "临汾市", "浮山县"), "141027"),
        (("山西", "临汾", "浮山"), "141027"),
        (("上海市", "上海市", "黄浦区"), "310101"),
        (("北京市", "朝阳区", "酒仙桥街道"), "110105"),
        (("河南省", "济源市", ""), "419001"),
        (("广东省", "东莞市", ""), "4419"),
        (("山西省", "临汾市", ""), "1410"),
    ],
)
def test_names_that_mean_one_division_give_its_code(names, code):
    assert NATION.find(names) == code


@pytest.mark.parametrize(
    "names",
    [
        ("山西省", "阳泉市", "高新区"),  # a zone, no division
        ("吉林省", "长春市", "经开区"),
        ("山西省", "太原市", "浮山县"),  # of another prefecture
        ("晋", "临汾市", "浮山县"),
        ("", "", ""),
    ],
)
def test_names_that_mean_none_or_several_give_nothing(names):
    assert NATION.find(names) == ""


def test_what_could_be_meant_is_of_the_same_prefecture_and_the_likeliest_first():
    like = NATION.like(("吉林省", "长春市", "净月区"))
    assert NATION.path(like[0]) == "吉林省长春市长春净月高新技术产业开发区"
    assert all(code.startswith("2201") for code in like)


def test_a_code_is_said_from_the_province_down_without_what_is_no_division():
    assert [NATION.path(code) for code in ("141027", "310101", "419001")] == [
        "山西省临汾市浮山县", "上海市黄浦区", "河南省济源市",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("place", "area_path"),
    [
        ("浮山县张庄镇王家山村岭上自然村道路两侧商铺", "141027102218"),
        ("天坛镇文昌社区文昌街自来水公司家属院", "141027100004"),
        ("北王镇文雷超市片区", "141027103"),
        ("浮山县除高风险区外的其他地区", "141027"),
        ("南庄村", "141027"),
    ],
)
def test_a_place_of_the_county_is_as_narrow_as_its_text_is_sure(place, area_path):
    assert place_within(NAMES, place, "141027") == area_path


def test_of_two_villages_of_one_name_neither_is_guessed():
    township = next(it for it in FUSHAN.townships if sum(u.short_zh == "南庄村" for u in FUSHAN.units_of(it.code)) == 1)
    assert place_within(NAMES, f"{township.name_zh}南庄村", "141027") != township.code
    assert place_within(NAMES, "南庄村卫生所", "141027") == "141027"
