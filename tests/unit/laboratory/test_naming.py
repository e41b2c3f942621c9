"""One laboratory under two spellings of its name is no second laboratory."""

import pytest

from fangxian.core.laboratory.naming import are_two


@pytest.mark.parametrize(
    "other",
    [
        "县人民医院",
        "浮山县人民医院",
        "县人民医院（检验科）",
        " 县 人民 医院 ",
        "县人民医院检验科（演示）",
        "\u3000县人民医院(PCR)",
        "（检验科）",
        "",
    ],
)
def test_a_laboratory_is_not_another_for_being_spelled_otherwise(other):
    assert not are_two("县人民医院", other)
    assert not are_two(other, "县人民医院")


@pytest.mark.parametrize(
    ("one", "other"),
    [("ＰＣＲ实验室", "pcr 实验室"), ("县疾病预防控制中心", "浮山县疾控中心"), ("实验室（一）", "实验室（二）")],
)
def test_width_case_the_long_word_and_brackets_make_no_other_laboratory(one, other):
    assert not are_two(one, other)


@pytest.mark.parametrize("other", ["市疾控中心", "县疾控中心", "市级实验室", "方舱实验室", "县中医院"])
def test_two_laboratories_are_two(other):
    assert are_two("县人民医院", other)
