"""Plain workbooks are read as the reader of workbooks reads them; what is not plain is left to it."""

import io
import random
import zipfile
from datetime import date

import pytest
import xlsxwriter

from fangxian.ops.intake.plain_sheets import plain_sheet
from fangxian.ops.intake.workbooks import merged_until, open_sheet, sheet_records

MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PARTS = {
    "[Content_Types].xml": "<Types/>",
    "_rels/.rels": f'<Relationships><Relationship Id="r1" Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/>'
    "</Relationships>",
    "xl/_rels/workbook.xml.rels": f'<Relationships><Relationship Id="r1" Type="{OFFICE}/worksheet" '
    f'Target="worksheets/sheet1.xml"/><Relationship Id="r2" Type="{OFFICE}/sharedStrings" '
    'Target="sharedStrings.xml"/></Relationships>',
    "xl/workbook.xml": f'<workbook {MAIN} xmlns:r="{OFFICE}"><sheets>'
    '<sheet name="名单" sheetId="1" r:id="r1"/></sheets></workbook>',
}
TEXTS = ["姓名", "证件号", "甲", "999001199001010019", " 两边 ", "a&amp;b &lt;c&gt;", "乙"]
ROWS = {1: [("A", 0), ("B", 1)], 2: [("A", 2), ("B", 3)], 3: [("A", 6), ("C", 4)], 7: [("B", 5)]}


SHARED = "".join(
    f'<si><t xml:space="preserve">{it}</t></si>' if it != it.strip() else f"<si><t>{it}</t></si>" for it in TEXTS
)


def row_of(number, cells):
    inner = "".join(f'<c r="{letters}{number}" t="s"><v>{at}</v></c>' for letters, at in cells)
    return f'<row r="{number}">{inner}</row>'


def package(rows="", *, texts=None, after="", book=None, more=()):
    shared = SHARED if texts is None else texts
    rows = rows or "".join(row_of(number, cells) for number, cells in ROWS.items())
    parts = PARTS | {
        "xl/sharedStrings.xml": f"<sst {MAIN}>{shared}</sst>",
        "xl/worksheets/sheet1.xml": f"<worksheet {MAIN}><sheetData>{rows}</sheetData>{after}</worksheet>",
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        for name, text in (parts | ({"xl/workbook.xml": book} if book else {}) | dict(more)).items():
            package.writestr(name, f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n{text}')
    return out.getvalue()


def written(write, **options):
    """A workbook that another program wrote."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, **options}) as book:
        write(book, book.add_worksheet("名单"))
    return out.getvalue()


def by_the_reader(content):
    number, sheet = open_sheet(content, name=None, is_xls=False)
    return number, sheet.name, list(sheet_records(sheet)), merged_until(sheet)


def read_plainly(content):
    sheet = plain_sheet(content, name=None)
    return sheet and (1, sheet.name, list(sheet.records), sheet.merged_until)


def text_and_numbers(book, sheet):
    bold, whole = book.add_format({"bold": True, "border": 1}), book.add_format({"num_format": "0"})
    sheet.write_row(0, 0, ["姓名", "年龄", "电话", "体温"], bold)
    sheet.write_row(1, 0, ["甲", 35, "15400000001"])
    sheet.write_number(1, 3, 36.5)
    sheet.write_row(2, 0, ["乙 & <丙>", -2], bold)
    sheet.write_number(2, 2, 15400000002, whole)
    sheet.write_blank(9, 6, None, bold)


def merged_head(book, sheet):
    sheet.merge_range("A1:D1", "密切接触者一览表")
    sheet.merge_range("A2:A3", "姓名")
    sheet.merge_range("B2:C2", "接触")
    sheet.write_row("B3", ["首次", "末次"])
    sheet.write_row(3, 0, ["甲", "2022-04-01", "2022-04-02"])


def far_from_the_corner(book, sheet):
    sheet.write(4, 3, "姓名")
    sheet.write(6, 5, "甲")
    sheet.write(8, 4, "   ")


@pytest.mark.parametrize("write", [text_and_numbers, merged_head, far_from_the_corner])
def test_what_another_program_wrote_is_read_as_the_reader_reads_it(write):
    content = written(write)
    assert read_plainly(content) == by_the_reader(content) != None  # noqa: E711


def test_texts_gaps_signs_and_spaces_are_read_as_the_reader_reads_them():
    assert read_plainly(package()) == by_the_reader(package())


def test_any_plain_rows_are_read_as_the_reader_reads_them():
    dice = random.Random(7)
    for _ in range(60):
        numbers = sorted(dice.sample(range(1, 40), 8))
        letters = ["A", "B", "C", "Z", "AA", "AZ"]
        rows = {n: [(it, dice.randrange(len(TEXTS))) for it in letters if dice.random() < 0.6] for n in numbers}
        content = package("".join(row_of(n, cells) for n, cells in rows.items()))
        assert read_plainly(content) in (by_the_reader(content), None)


def test_chinese_reading_aids_beside_a_text_are_passed_over():
    aid = '<phoneticPr fontId="1" type="noConversion"/>'
    content = package(texts=SHARED.replace("</t>", f"</t>{aid}"))
    assert read_plainly(content) == by_the_reader(content)


def of_days(book, sheet):
    sheet.write_row(0, 0, ["姓名", "出生日期"])
    sheet.write_datetime(1, 1, date(1990, 1, 31), book.add_format({"num_format": "yyyy-mm-dd"}))


def of_formulas(book, sheet):
    sheet.write_row(0, 0, ["姓名", "年龄"])
    sheet.write_formula(1, 1, "=1+34", value=35)


def of_truths(book, sheet):
    sheet.write_row(0, 0, ["姓名", "核心"])
    sheet.write_boolean(1, 1, True)


def of_rich_text(book, sheet):
    sheet.write_rich_string(0, 0, "姓", book.add_format({"bold": True}), "名")
    sheet.write(1, 0, "甲")


def of_two_sheets(book, sheet):
    sheet.write(0, 0, "姓名")
    book.add_worksheet("另一张").write(0, 0, "姓名")


@pytest.mark.parametrize("write", [of_days, of_formulas, of_truths, of_rich_text, of_two_sheets])
def test_what_is_not_plain_is_left_to_the_reader(write):
    assert plain_sheet(written(write), name=None) is None


HEAD_ROW = row_of(1, ROWS[1])
NOT_PLAIN = {
    "a cell of another row": HEAD_ROW + '<row r="2"><c r="A3" t="s"><v>2</v></c></row>',
    "rows out of order": row_of(2, ROWS[2]) + HEAD_ROW,
    "cells out of order": '<row r="1"><c r="B1" t="s"><v>0</v></c><c r="A1" t="s"><v>1</v></c></row>',
    "a cell twice": '<row r="1"><c r="A1" t="s"><v>0</v></c><c r="A1" t="s"><v>1</v></c></row>',
    "no such text": '<row r="1"><c r="A1" t="s"><v>99</v></c></row>',
    "a text by a number that is none": '<row r="1"><c r="A1" t="s"><v>-1</v></c></row>',
    "a row that is empty and stands alone": HEAD_ROW + '<row r="5"/>' + row_of(6, ROWS[2][:0]),
    "a remark": HEAD_ROW + "<!-- x -->",
    "the last row there can be": HEAD_ROW + '<row r="1048576"></row>',
    "a cell far out": HEAD_ROW + '<row r="2"><c r="XFD2" s="1"/></row><row r="900000"></row>',
    "a text in its cell": '<row r="1"><c r="A1" t="inlineStr"><is><t>甲</t></is></c></row>',
    "an error": '<row r="1"><c r="A1" t="e"><v>#N/A</v></c></row>',
    "a number in scientific notation": '<row r="1"><c r="A1"><v>1.41E+17</v></c></row>',
    "a number with a style that may be a day": '<row r="1"><c r="A1" s="1"><v>44670</v></c></row>',
    "a cell that says no place": "<row r='1'><c t=\"s\"><v>0</v></c></row>",
}


@pytest.mark.parametrize("rows", NOT_PLAIN.values(), ids=list(NOT_PLAIN))
def test_a_sheet_with_anything_else_is_left_to_the_reader(rows):
    assert plain_sheet(package(rows), name=None) is None


@pytest.mark.parametrize(
    "texts",
    [SHARED.replace("乙", "_x000D_"), SHARED.replace("乙", "&#10;"), SHARED.replace("乙", ""), SHARED[:-5],
     SHARED.replace("乙", "&nbsp;"), SHARED.replace("<t>乙", '<t xml:lang="x">乙'),
     SHARED.replace("乙", " 乙")],
)  # fmt: skip
def test_texts_written_otherwise_are_left_to_the_reader(texts):
    assert plain_sheet(package(texts=texts), name=None) is None


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.99])
def test_a_package_that_is_cut_off_is_left_to_the_reader(share):
    content = package()
    assert plain_sheet(content[: int(len(content) * share)], name=None) is None


def test_a_package_that_is_damaged_beside_its_sheet_is_left_to_the_reader():
    content = bytearray(package(more=[("docProps/app.xml", "<x>0123456789</x>")]))
    content[content.index(b"0123456789")] ^= 1
    assert plain_sheet(bytes(content), name=None) is None


def test_a_sheet_of_another_name_is_left_to_the_reader():
    assert plain_sheet(package(), name="别的") is None


def test_a_book_that_counts_days_from_1904_is_left_to_the_reader():
    book = PARTS["xl/workbook.xml"].replace("<sheets>", '<workbookPr date1904="1"/><sheets>')
    assert plain_sheet(package(book=book), name=None) is None


def test_a_number_whose_style_a_book_makes_a_day_of_its_own_is_left_to_the_reader():
    own = '<numFmts count="1"><numFmt numFmtId="{}" formatCode="yyyy-mm-dd"/></numFmts>'
    styles = f'<styleSheet {MAIN}>{own}<cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="1"/></cellXfs></styleSheet>'
    row = '<row r="1"><c r="A1" s="1"><v>44670</v></c></row>'
    assert plain_sheet(package(row, more=[("xl/styles.xml", styles.format(164))]), name=None) is not None
    assert plain_sheet(package(row, more=[("xl/styles.xml", styles.format(1))]), name=None) is None


def test_a_remark_after_the_rows_is_left_to_the_reader():
    assert plain_sheet(package(after='<!-- <mergeCell ref="A1:A9"/> -->'), name=None) is None
