"""A form filled in: what is put in, what moves, what stays."""

from datetime import date

import pytest

from fangxian.core.refusal import Refusal
from fangxian.ops.sheets.filling import Filler, Template, emptied, fill
from fangxian.ops.sheets.layout import find_layout, propose
from fangxian.ops.sheets.package import open_package
from fangxian.ops.sheets.references import Move, moved_area, moved_formula
from fangxian.ops.sheets.wire import Kind
from tests.integration.sheet_hand import cells, form, part, with_parts

NUMBER = "99902719900101123X"
SHEET = "xl/worksheets/sheet1.xml"
FILLERS = {
    1: Filler(Kind.NUMBER, lambda row: row[0]),
    2: Filler(Kind.TEXT, lambda row: row[1]),
    3: Filler(Kind.EXACT, lambda row: NUMBER),
    4: Filler(Kind.NUMBER, lambda row: row[0]),
    6: Filler(Kind.DATE, lambda row: date(2022, 4, 14)),
}


def people(n):
    return [(k, f"测试{k}") for k in range(1, n + 1)]


def filled(rows, content=None, fillers=FILLERS):
    package = open_package(content or form())
    layout = find_layout(package, "台账", [])
    return b"".join(fill(Template(package, layout, fillers, {"填报单位": "浮山县", "日期": "2022-04-14"}), iter(rows)))


def test_a_head_of_two_storeys_is_found_with_its_rows():
    layout = find_layout(open_package(form()), "台账", [])
    assert (layout.head_first, layout.head_last, layout.body_last) == (3, 4, 9)
    assert layout.heads == ("序号", "姓名", "身份证号", "人数/落地", "人数/在途", "返乡日期", "占比")


def test_a_column_is_known_by_its_whole_head_by_its_lower_storey_or_as_it_was_confirmed_before():
    known = {"姓名": "name", "落地": "landed", "返乡日期": "came_on"}
    heads = ("姓名", "人数/落地", "人数/在途", "返乡日期")
    assert propose(heads, known, {"人数/在途": "expected", "返乡日期": ""}) == ["name", "landed", "expected", ""]


def test_fewer_rows_than_the_form_has_leave_its_empty_ones():
    rows = cells(filled(people(2)))
    assert [row[1] for row in rows[4:9]] == ["测试1", "测试2", "", "", ""]
    assert rows[9][0] == "合计"


def test_more_rows_push_what_stands_below_down():
    rows = cells(filled(people(12)))
    assert rows[16][0] == "合计"
    assert rows[18][0].startswith("填报人")


def test_the_sum_grows_with_the_rows():
    content = filled(people(12))
    assert "SUM(D5:D16)" in part(content, SHEET)
    assert cells(content)[16][3] == 78


def test_a_formula_in_a_row_goes_on_in_every_row():
    assert "<f>D16/D17</f>" in part(filled(people(12)), SHEET)


def test_a_formula_of_another_sheet_follows_the_sum():
    content = filled(people(12), form(second_sheet=True))
    assert "台账!D17" in part(content, "xl/worksheets/sheet2.xml")


def test_the_print_area_takes_the_rows_in():
    assert "$A$1:$G$19" in part(filled(people(12)), "xl/workbook.xml")


def test_the_merged_line_below_moves_with_its_row():
    assert 'ref="A19:C19"' in part(filled(people(12)), SHEET)


def test_a_date_is_a_date_and_an_identity_number_stays_text():
    row = cells(filled(people(1)))[4]
    assert (row[5], row[2]) == (date(2022, 4, 14), NUMBER)


def test_the_cell_of_an_identity_number_is_text_for_whoever_edits_it():
    assert 'numFmtId="49"' in part(filled(people(1)), "xl/styles.xml")


@pytest.mark.parametrize("name", ["=cmd|' /C calc'!A0", "+1", "@SUM(A1)", "-2", "\t=1"])
def test_what_somebody_typed_never_runs_as_a_formula(name):
    content = filled([(1, name)])
    assert cells(content)[4][1].startswith("'")
    assert "calc" not in part(content, SHEET).partition("<f>")[2].partition("</f>")[0]


def test_a_control_character_leaves_the_file_whole():
    assert cells(filled([(1, "测\x00试")]))[4][1] == "测 试"


def test_placeholders_outside_the_table_are_said():
    rows = cells(filled(people(1)))
    assert (rows[1][0], rows[11][5]) == ("填报单位：浮山县", "2022-04-14")


def test_no_row_at_all_gives_the_form_as_it_was():
    assert [row[0] for row in cells(filled([]))][8:10] == ["", "合计"]


def test_what_stood_in_the_rows_for_show_is_not_kept():
    package = open_package(form(example="测试某"))
    assert "测试某" not in str(cells(emptied(package, find_layout(package, "台账", []))))


def test_a_long_sheet_is_compressed():
    assert len(filled(people(5_000))) < 5_000 * 60


def test_what_is_kept_can_be_filled_in_again():
    package = open_package(form())
    assert cells(filled(people(12), emptied(package, find_layout(package, "台账", []))))[16][3] == 78


@pytest.mark.parametrize(
    ("formula", "said"),
    [
        ("SUM(C5:C9)", "SUM(C5:C29)"),
        ("SUM($C$5:$C$7)", "SUM($C$5:$C$29)"),
        ("C10*2", "C30*2"),
        ("A1&\"C10\"", "A1&\"C10\""),
        ("SUM(C3:C4)", "SUM(C3:C4)"),
        ("其他!C10", "其他!C10"),
        ("LOG10(C10)", "LOG10(C30)"),
    ],
)  # fmt: skip
def test_a_formula_below_says_the_same_after_twenty_rows_came(formula, said):
    assert moved_formula(formula, Move(5, 9, 25), sheet="台账", is_on_sheet=True) == said


def test_a_range_that_reaches_to_the_sheets_last_row_stays():
    assert moved_area("C5:C1048576", Move(5, 9, 25)) == "C5:C1048576"


def changed(content, name, before, after):
    """The form with a text of one of its parts changed."""
    return with_parts(content, {name: part(content, name).replace(before, after).encode()})


REFUSED = {
    "sheets.old_format": lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 100,
    "sheets.not_a_workbook": lambda: "姓名,电话".encode(),
    "sheets.too_large": lambda: b"PK" + b"x" * (40 << 20),
    "sheets.unpacks_too_large": lambda: with_parts(form(), {"xl/media/image1.png": b"0" * (60 << 20)}),
    "sheets.too_many_cells": lambda: with_parts(form(), {SHEET: b"<row><c/>" * 20_000}),
    "sheets.active_content": lambda: with_parts(form(), {"xl/vbaProject.bin": b"x"}),
    "sheets.protected": lambda: changed(form(), SHEET, "<sheetData>", "<sheetProtection/><sheetData>"),
    "sheets.hidden_sheets": lambda: changed(
        form(second_sheet=True), "xl/workbook.xml", 'sheetId="2"', 'sheetId="2" state="hidden"'
    ),
}


@pytest.mark.parametrize("refusal", REFUSED)
def test_what_is_no_form_is_refused_in_words(refusal):
    with pytest.raises(Refusal) as refused:
        open_package(REFUSED[refusal]())
    assert refused.value.code == refusal


def test_a_formula_that_reaches_outside_is_refused():
    with pytest.raises(Refusal) as refused:
        open_package(changed(form(), SHEET, "SUM(D5:D9)", "WEBSERVICE(D5)"))
    assert refused.value.code == "sheets.active_content"


def test_a_part_that_declares_entities_is_refused():
    with pytest.raises(Refusal) as refused:
        open_package(with_parts(form(), {SHEET: b'<!DOCTYPE x [<!ENTITY a "b">]><worksheet/>'}))
    assert refused.value.code == "sheets.not_a_workbook"


def test_a_link_to_another_workbook_is_left_out():
    linked = changed(form(), SHEET, "SUM(D5:D9)</f>", "[1]其他!A1</f>")
    content = with_parts(linked, {"xl/externalLinks/externalLink1.xml": b"<externalLink/>"})
    assert "[1]" not in part(filled(people(1), content), SHEET)


def test_a_sheet_without_a_head_is_refused():
    empty = with_parts(
        form(), {SHEET: part(form(), SHEET).partition("<sheetData>")[0].encode() + b"<sheetData/></worksheet>"}
    )
    with pytest.raises(Refusal) as refused:
        find_layout(open_package(empty), "台账", [])
    assert refused.value.code == "sheets.no_head"
