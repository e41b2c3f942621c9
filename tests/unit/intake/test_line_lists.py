"""Line lists under whatever heads they come: what is understood, what is warned of, what is refused by name."""

import io

import pytest
import xlsxwriter

from fangxian.core.refusal import Refusal
from fangxian.ops.intake.cells import read_cell
from fangxian.ops.intake.damage import Watch
from fangxian.ops.intake.formats import open_records
from fangxian.ops.intake.headers import check_whole, joined_head, table_of
from fangxian.ops.intake.kinds import kind_of
from fangxian.ops.intake.line_lists import CASES, CONTACTS, FOLLOW_UPS, RELATIONSHIPS
from fangxian.ops.intake.mapping import propose
from fangxian.ops.intake.writing import cells_of, csv_pieces, headers_of, workbook

GODATA_CASE = ["uuid", "case_id", "firstName", "lastName", "gender", "age", "classification", "date_of_onset"]
FIELD = {field.name: field for field in CONTACTS.fields}


def refusal_of(call, *args) -> str:
    with pytest.raises(Refusal) as refused:
        call(*args)
    return refused.value.code


def checked(content: bytes, kind=CONTACTS):
    opened = open_records(content)
    table = table_of(opened, kind)
    watch = Watch(table.headers, {header: FIELD[name] for header, name in propose(table.headers, kind, {}).items()})
    return table, check_whole(opened, table, watch), watch.warnings


def merged_workbook() -> bytes:
    """A head of two rows: 接触情况 stands over two columns, the others over both rows."""
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True})
    sheet = book.add_worksheet()
    sheet.merge_range("A1:A2", "姓名")
    sheet.merge_range("B1:C1", "接触情况")
    sheet.write_row("B2", ["密接类型", "最后接触日期"])
    sheet.merge_range("D1:D2", "联系方式")
    sheet.write_row("A3", ["测试", "密接", "2022-04-06", "15400000001"])
    book.close()
    return file.getvalue()


def test_a_head_of_merged_cells_is_one_head():
    table, n_rows, _ = checked(merged_workbook())
    assert table.headers == ("姓名", "密接类型", "最后接触日期", "联系方式")
    assert (table.header_row, n_rows) == (2, 1)


def test_columns_called_alike_in_two_groups_are_called_by_their_groups():
    upper, lower = ["姓名", "首次接触", "", "最后接触", ""], ["", "时间", "地点", "时间", "地点"]
    assert joined_head(upper, lower) == ["姓名", "首次接触时间", "首次接触地点", "最后接触时间", "最后接触地点"]


def test_a_group_of_one_column_is_called_by_what_stands_below_it():
    table, n_rows, _ = checked("姓名,接触,联系方式\n,最后接触日期,\n测试,2022-04-06,15400000001\n".encode())
    assert (table.headers, n_rows) == (("姓名", "最后接触日期", "联系方式"), 1)


def test_a_row_with_one_cell_below_a_whole_head_is_data():
    table, n_rows, _ = checked("姓名,接触,联系方式\n,便民店,\n测试,2022-04-06,15400000001\n".encode())
    assert (table.headers, n_rows) == (("姓名", "接触", "联系方式"), 2)


def test_a_row_of_data_below_a_head_with_a_gap_is_no_head():
    assert joined_head(["姓名", "", "电话"], ["甲", "乙", "1"]) is None
    assert joined_head(["姓名", "情况", "", "电话"], ["", "密接", "15400000001", ""]) is None


def test_a_merged_cell_that_cannot_be_understood_is_refused_by_its_column():
    assert refusal_of(checked, "姓名,,联系方式\n甲,乙,1\n丙,丁,2\n".encode()) == "intake.header_empty"


def test_the_numbering_of_a_statistics_program_needs_no_name():
    table, n_rows, _ = checked(b',"case_id","gender"\n"1","a1","f"\n"7","b2","m"\n', CASES)
    assert (table.headers, n_rows) == (("", "case_id", "gender"), 2)


def test_a_nameless_first_column_of_names_is_still_refused():
    assert refusal_of(checked, ",case_id\n甲,a1\n乙,b2\n".encode(), CASES) == "intake.header_empty"


@pytest.mark.parametrize("n_rows", [65_536, 1_048_576])
def test_a_full_sheet_saved_again_as_text_is_refused(n_rows):
    rows = "姓名,ID\n" + "甲,1\n" * (n_rows - 1)
    assert refusal_of(checked, rows.encode()) == "intake.sheet_full"


def test_an_old_sheet_saved_again_as_a_new_workbook_is_refused():
    content = workbook({"a": (["姓名", "ID"], ([f"甲{n}", str(n)] for n in range(65_535)))})
    assert refusal_of(checked, content) == "intake.sheet_full"


def test_cells_cut_at_255_characters_are_warned_of_and_longer_ones_say_that_none_was():
    cut, longer = "字" * 255, "字" * 300
    assert checked(f"姓名,现住址\n甲,{cut}\n".encode())[2] == ("cells_of_255",)
    assert checked(f"姓名,现住址\n甲,{cut}\n乙,{longer}\n".encode())[2] == ()


@pytest.mark.parametrize(("phone", "is_warned"), [("3571234567", True), ("03571234567", False), ("15400000001", False)])
def test_a_landline_without_its_zero_is_warned_of(phone, is_warned):
    assert bool(checked(f"姓名,联系方式\n甲,{phone}\n".encode())[2]) is is_warned


@pytest.mark.parametrize(
    ("text", "years"),
    [("35", "35"), ("0.9167", "0"), ("11个月", "0"), ("14月", "1"), ("3天", "0"), ("35岁", "35"), ("6 years", "6")],
)
def test_an_age_is_read_as_lists_give_it(text, years):
    assert read_cell(text, FIELD["age"]) == years


@pytest.mark.parametrize("text", ["成人", "-3", "350"])
def test_an_age_that_is_none_is_refused(text):
    assert refusal_of(read_cell, text, FIELD["age"]) == "intake.age_unreadable"


@pytest.mark.parametrize(("text", "word"), [("男", "male"), ("M", "male"), ("FEMALE", "female"), (" f ", "female")])
def test_a_word_is_known_in_its_spellings(text, word):
    assert read_cell(text, FIELD["sex"]) == word


def test_a_word_that_is_none_of_a_fields_is_refused_with_those_it_has():
    with pytest.raises(Refusal) as refused:
        read_cell("不男不女", FIELD["sex"])
    assert "男、女" in refused.value.said.zh


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2022-04-06", "2022-04-06"),
        ("2022/4/6 8:05", "2022-04-06 08:05"),
        ("2022年4月6日 08:05:00", "2022-04-06 08:05"),
    ],
)
def test_a_moment_keeps_its_time(text, moment):
    assert read_cell(text, FIELD["last_exposure_at"]) == moment


def test_the_heads_of_godata_and_of_other_lists_are_known():
    assert list(propose(GODATA_CASE, CASES, {}).values()) == [
        "outer_id", "outer_number", "name", "family_name", "sex", "age", "case_class", "onset_on",
    ]  # fmt: skip
    assert propose(["from", "to", "exposure"], RELATIONSHIPS, {}) == {
        "from": "from_id", "to": "to_id", "exposure": "exposure",
    }  # fmt: skip
    assert propose(["infector", "case_id", "source"], RELATIONSHIPS, {})["source"] == "setting"
    assert propose(["contact_uuid", "followup_status"], FOLLOW_UPS, {})["contact_uuid"] == "contact"


@pytest.mark.parametrize("kind", ["cases.list", "contacts.list", "contacts.relationships", "contacts.follow_ups"])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_our_own_heads_are_known_again_each_as_its_field(kind, language):
    listed = kind_of(kind)
    heads = headers_of(listed, language)
    assert list(propose(heads, listed, {}).values()) == [field.name for field in listed.fields]


def test_a_list_is_written_piece_by_piece_and_its_words_as_lists_have_them():
    row = {"name": "=甲", "sex": "male", "state": "in_quarantine"}
    cells = (cells_of(CONTACTS, row, "zh") for _ in range(1200))
    pieces = list(csv_pieces(headers_of(CONTACTS, "zh"), cells))
    assert len(pieces) == 4
    assert b"".join(pieces).decode("utf-8-sig").splitlines()[1].startswith(",,'=甲,,男,")
