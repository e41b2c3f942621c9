"""The form that asks what each column of a list is."""

from django.utils.datastructures import MultiValueDict

from fangxian.core.refusal import Said
from fangxian.ops.pages.columns import ColumnsForm

FIELDS = {"name": Said("姓名", "name"), "phone": Said("电话", "phone")}
HEADERS = ["姓名", "列1", "", "联系电话", "列2"]


def form(data=None):
    proposed = {"姓名": "name", "联系电话": "phone"}
    return ColumnsForm(data, headers=HEADERS, fields=FIELDS, proposed=proposed, samples=None)


def test_columns_that_hold_something_stand_apart_from_those_left_out():
    asked = form()
    assert [column.name for column in asked.used] == ["column_0", "column_3"]
    assert [column.name for column in asked.left_out] == ["column_1", "column_4"]


def test_a_column_chosen_by_hand_stands_with_those_that_are_used():
    asked = form(MultiValueDict({"column_0": ["name"], "column_4": ["phone"]}))
    assert [column.name for column in asked.used] == ["column_0", "column_4"]
    assert asked.is_valid()
    assert asked.mapping == {"姓名": "name", "列2": "phone"}
