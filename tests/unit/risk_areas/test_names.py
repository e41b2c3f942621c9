"""Nobody's name or number gets past the reading of a list, and places keep theirs."""

import pytest

from fangxian.core.risk_areas.names import without_people

NAMED = [
    ("张庄镇东郭村孙某军家库房片区", "张庄镇东郭村某家库房片区"),
    ("县城公园对面小二楼杨某某住所，东至新建北路", "县城公园对面小二楼某住所，东至新建北路"),
    ("寺北村九组曲某某所在巷道", "寺北村九组某所在巷道"),
    ("东关村张*家", "东关村某家"),
    ("东关村李**住所", "东关村某住所"),
    ("东关村王xx家及周边", "东关村某家及周边"),
    ("北关欧阳某家", "北关某家"),
    ("刘某某、王某某家", "某、某家"),
    ("联系15412345678", "联系"),
    ("身份证110105194912310021的住处", "身份证的住处"),
]
PLACES = [
    "建设路某小区",
    "幸福路某某小区3号楼",
    "天坛镇文昌社区文昌街自来水公司家属院",
    "浮山县除高风险区外的其他地区",
    "张庄某部队",
    "团山街道小南街社区XX号楼",
]


@pytest.mark.parametrize(("text", "left"), NAMED)
def test_a_name_or_number_is_taken_out_and_the_place_stays(text, left):
    assert without_people(text) == left


@pytest.mark.parametrize("place", PLACES)
def test_a_place_that_names_nobody_is_left_as_it_is(place):
    assert without_people(place) == place
