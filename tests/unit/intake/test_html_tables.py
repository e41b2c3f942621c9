"""A table of a web page under the name .xls, as couriers' and hospitals' systems export it."""

import pytest

from fangxian.ops.intake.formats import open_records
from fangxian.ops.intake.headers import check_whole, table_of
from fangxian.ops.intake.kinds import kind_of
from fangxian.ops.intake.reading import read

PEOPLE = kind_of("people.list")
PAGE = """<html xmlns:x="urn:schemas-microsoft-com:office:excel"><head><meta charset="gb2312"><style>td{mso:1}</style>
<body><table><tr><td>查询条件</td></tr></table><table border=1>
<tr><th>姓名<th>身份证号<th>电话</tr>
<tr><td>甲&nbsp;</td><td x:str>999001199001010019</td><td x:num="15400000001">1.54E+10</td></tr>
<tr></tr>
<tr><td>乙<br>乙</td><td>999001199001010019</td><td>1&lt;2<script>var a = "丙";</script></td></tr>
</table></body></html>"""


def records(page: str) -> list[tuple[int, list[str]]]:
    return list(open_records(page.encode()).records)


def rows(cells: str) -> list[list[str]]:
    return [row for _, row in records(f"<table>{cells}</table>")]


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_the_largest_table_of_a_page_is_the_list(encoding):
    opened = open_records(PAGE.encode(encoding))
    table = table_of(opened, PEOPLE)
    found = opened.sniffed.format, opened.sniffed.encoding, table.headers, check_whole(opened, table)
    assert found == ("html", encoding, ("姓名", "身份证号", "电话"), 2)


def test_its_rows_are_read_as_those_of_any_list_with_the_numbers_a_spreadsheet_shows():
    mapping = {"姓名": "name", "身份证号": "identity_number", "电话": "phone"}
    assert list(read(open_records(PAGE.encode()), kind=PEOPLE, mapping=mapping)) == [
        (2, {"name": "甲", "identity_number": "999001199001010019", "phone": "15400000001"}),
        (4, {"name": "乙 乙", "identity_number": "999001199001010019", "phone": "1<2"}),
    ]


def test_a_cell_over_several_columns_leaves_the_next_ones_empty():
    assert rows("<tr><td colspan=2>甲<td>乙<tr><td>1<td>2<td>3") == [["甲", "", "乙"], ["1", "2", "3"]]


def test_a_cell_over_several_rows_leaves_those_below_it_empty():
    body = "<tr><td>甲<td rowspan=2>乙<tr><td>1<tr><td>2<td>3"
    assert rows(body) == [["甲", "乙"], ["1"], ["2", "3"]]
    assert rows("<tr><td rowspan=3>甲<td>乙<tr><td>1<tr><td>2") == [["甲", "乙"], ["", "1"], ["", "2"]]


def test_a_merged_head_is_one_head():
    head = "<tr><th rowspan=2>姓名<th colspan=2>联系<tr><th>电话<th>住址<tr><td>甲<td>1<td>某村"
    assert table_of(open_records(f"<table>{head}</table>".encode()), PEOPLE).headers == ("姓名", "电话", "住址")


def test_a_table_within_a_table_is_not_its_text():
    assert rows("<tr><td>甲<td><table><tr><td>内</table>乙<td>丙<tr><td>1<td>2<td>3")[0] == ["甲", "乙", "丙"]


def test_a_cell_that_says_it_is_endless_is_held_to_a_thousand():
    assert [len(row) for row in rows("<tr><td colspan=999999>甲<td colspan=九>乙<td colspan=99999999999>丙")] == [1002]
