"""Names, phones and addresses as couriers write them."""

import pytest

from fangxian.core.matching.addresses import Address, Gazetteer
from fangxian.core.matching.names import Writing, fits_mask, is_nearly, masks_of, read_name, signer_beside
from fangxian.core.matching.phones import Line, read_phone

COUNTY = Gazetteer(
    {
        "999001": "浮山县",
        "999001100": "天坛镇",
        "999001101": "响水河镇",
        "999001100001": "东街社区居民委员会",
        "999001100200": "东关村村民委员会",
        "999001101201": "东关村村民委员会",
        "999001101202": "南卫村村委会",
    }
)


@pytest.mark.parametrize(
    ("text", "writing", "plain"),
    [
        ("张伟", Writing.WHOLE, "张伟"),
        (" 张 伟（代收）", Writing.WHOLE, "张伟"),
        ("王小明同学", Writing.WHOLE, "王小明"),
        ("欧阳震华", Writing.WHOLE, "欧阳震华"),
        ("张*", Writing.MASKED, "张*"),
        ("张＊＊", Writing.MASKED, "张**"),
        ("李 ××", Writing.MASKED, "李**"),
        ("*伟", Writing.MASKED, "*伟"),
        ("张先生", Writing.TITLED, "张"),
        ("欧阳女士", Writing.TITLED, "欧阳"),
        ("好运来便利店", Writing.NONE, ""),
        ("A零食铺", Writing.NONE, ""),
        ("**", Writing.NONE, ""),
        ("zhang wei", Writing.NONE, ""),
        ("", Writing.NONE, ""),
    ],
)
def test_a_name_is_read_as_what_it_can_prove(text, writing, plain):
    assert (read_name(text).writing, read_name(text).text) == (writing, plain)


@pytest.mark.parametrize(("text", "sex"), [("张先生", "male"), ("张女士", "female"), ("张老师", ""), ("张伟", "")])
def test_a_title_says_the_sex_where_it_does(text, sex):
    assert read_name(text).sex == sex


@pytest.mark.parametrize(
    ("mask", "name", "fits"),
    [
        ("张*", "张伟", True),
        ("张*", "张小伟", True),
        ("张**", "张小伟", True),
        ("张**", "张伟", False),
        ("张*伟", "张小伟", True),
        ("*伟", "张伟", True),
        ("*伟", "张小伟", False),
        ("李*", "张伟", False),
    ],
)
def test_a_mask_hides_some_names_and_no_others(mask, name, fits):
    assert fits_mask(mask, name) is fits


def test_every_mask_of_a_name_is_one_it_fits():
    assert masks_of("张小伟") >= {"张*", "张**", "张*伟", "**伟"}
    assert all(fits_mask(mask, "张小伟") for mask in masks_of("张小伟"))


def test_names_of_two_signs_are_never_nearly_alike():
    assert not is_nearly("张伟", "张杰")
    assert is_nearly("张小伟", "张晓伟")
    assert not is_nearly("张小伟", "张小伟")


@pytest.mark.parametrize(
    ("signer", "recipient", "beside"),
    [
        ("本人", "张伟", ""),
        ("", "张伟", ""),
        ("菜鸟驿站代收", "张伟", ""),
        ("张伟", "张伟", ""),
        ("张小伟", "张**", ""),
        ("张先生", "张伟", ""),
        ("李梅", "张伟", "李梅"),
    ],
)
def test_who_signed_is_somebody_else_only_where_the_list_says_so(signer, recipient, beside):
    assert signer_beside(signer, recipient) == beside


@pytest.mark.parametrize(
    ("text", "line", "head", "tail"),
    [
        ("15412345678", Line.WHOLE, "15412345678", ""),
        ("154-1234-5678", Line.WHOLE, "15412345678", ""),
        ("+86 154 1234 5678", Line.WHOLE, "15412345678", ""),
        ("8615412345678", Line.WHOLE, "15412345678", ""),
        ("１５４１２３４５６７８", Line.WHOLE, "15412345678", ""),
        ("15412345678/15412345679", Line.WHOLE, "15412345678", ""),
        ("154****5678", Line.MASKED, "154", "5678"),
        ("154＊＊＊＊5678", Line.MASKED, "154", "5678"),
        ("154xxxx5678", Line.MASKED, "154", "5678"),
        ("95013123456789转1234", Line.VIRTUAL, "", ""),
        ("170" + "12345678-1234", Line.VIRTUAL, "", ""),
        ("15412345678-1234", Line.VIRTUAL, "", ""),
        ("0357-8123456", Line.NONE, "", ""),
        ("1541234567", Line.NONE, "", ""),
        ("", Line.NONE, "", ""),
    ],
)
def test_a_phone_is_read_as_what_it_can_prove(text, line, head, tail):
    phone = read_phone(text)
    assert (phone.line, phone.head, phone.tail) == (line, head, tail)


@pytest.mark.parametrize(
    "text",
    [
        "浮山县天坛镇东关村第3组12号",
        "天坛镇东关村3组12号",
        "山西省临汾市浮山县天坛镇东关三组十二号",
        "天坛东关村3-12",
        "浮山 天坛镇 东关村 第三组 12 号",
    ],
)
def test_one_house_is_one_house_however_it_is_written(text):
    assert COUNTY.read(text) == COUNTY.read("浮山县天坛镇东关村第3组12号")
    assert COUNTY.read(text).numbers == (3, 12)


def test_a_flat_keeps_its_street_and_all_its_numbers():
    found = COUNTY.read("浮山县天坛镇东街社区尧山路3号楼2单元501室")
    assert (found.street, found.numbers, found.units) == ("尧山路", (3, 2, 501), frozenset({"999001100001"}))
    assert COUNTY.read("东街尧山路3-2-501") == Address(found.units, frozenset(), False, found.street, found.numbers)


def test_a_village_name_that_two_townships_share_means_both_until_the_township_is_named():
    assert COUNTY.read("东关村1号").units == {"999001100200", "999001101201"}
    assert COUNTY.read("响水河镇东关村1号").units == {"999001101201"}


def test_a_unit_misspelt_by_one_sign_is_found_where_the_township_is_sure():
    assert COUNTY.read("响水河镇南尉村3组2号").units == {"999001101202"}
    assert COUNTY.read("南尉村3组2号").units == frozenset()


def test_an_address_outside_the_county_is_elsewhere_and_an_empty_one_says_nothing():
    assert COUNTY.read("山西省临汾市尧都区解放路5号").is_elsewhere
    assert COUNTY.read(" ").says_nothing
