"""What a file is, told by its content alone, and the files that are refused by name."""

import io
import zipfile

import pytest
import xlsxwriter

from fangxian.core.refusal import Refusal
from fangxian.ops.intake.formats import open_records, sniff
from fangxian.ops.intake.headers import check_whole, column_letters, table_of
from fangxian.ops.intake.kinds import kind_of
from fangxian.ops.intake.reading import read

PEOPLE = kind_of("people.list")
HEAD = "姓名,身份证号,电话\n"
ROW = "甲,999001199001010019,15400000001\n"


def workbook(*sheets, options=None):
    """Sheets, each a list of (row, column, value) from 0, named 表1, 表2 …"""
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True, **(options or {})})
    for number, cells in enumerate(sheets, start=1):
        sheet = book.add_worksheet(f"表{number}")
        for row, column, value in cells:
            sheet.write(row, column, value)
    book.close()
    return file.getvalue()


def looked_into(content, **more):
    opened = open_records(content if isinstance(content, bytes) else content.encode(), **more)
    table = table_of(opened, PEOPLE)
    return opened.sniffed, table.header_row, list(table.headers), check_whole(opened, table)


def refusal_of(content, **more):
    with pytest.raises(Refusal) as refused:
        looked_into(content, **more)
    return refused.value.code


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_the_encoding_is_told_by_the_bytes(encoding):
    assert (sniff((HEAD + ROW).encode(encoding)).encoding, sniff((HEAD + ROW).encode(encoding)).warnings) == (
        encoding,
        (),
    )


def test_what_a_spreadsheet_calls_unicode_text_is_read():
    sniffed, _, headers, n_rows = looked_into((HEAD + ROW).replace(",", "\t").encode("utf-16"))
    assert (sniffed.encoding, sniffed.delimiter, headers[0], n_rows) == ("utf-16", "\t", "姓名", 1)


def test_another_encoding_is_guessed_with_a_warning():
    latin = ("name,id number,address\n" + "Rene,999001199001010019,Café à côté de l'église Saint-André\n" * 5).encode(
        "cp1252"
    )
    assert sniff(latin).warnings == ("encoding_is_a_guess",)


@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|"])
def test_the_delimiter_is_the_one_that_parts_rows_evenly(delimiter):
    text = (HEAD + ROW * 3).replace(",", delimiter)
    assert sniff(text.encode()).delimiter == delimiter


def test_commas_inside_quotes_do_not_part():
    text = '姓名;住址\n甲;"一村,二组,3号"\n乙;"二村,一组"\n'
    assert sniff(text.encode()).delimiter == ";"


def test_a_file_of_one_column_is_a_table():
    assert looked_into("姓名\n甲\n乙\n")[2:] == (["姓名"], 2)


def test_the_first_sheet_with_anything_in_it_is_read_or_the_one_named():
    book = workbook([], [(0, 0, "姓名"), (1, 0, "甲")], [(0, 0, "姓名"), (1, 0, "乙"), (2, 0, "丙")])
    assert looked_into(book)[0].sheet == "表2"
    assert looked_into(book, sheet="表3")[3] == 2
    assert refusal_of(book, sheet="表9") == "intake.no_such_sheet"


def test_columns_and_rows_are_numbered_as_the_spreadsheet_shows_them():
    book = workbook([(2, 1, "姓名"), (2, 2, "备注"), (5, 1, "甲")])
    assert looked_into(book)[1:] == (3, ["", "姓名", "备注"], 1)
    assert [number for number, _ in read(open_records(book), kind=PEOPLE, mapping={"姓名": "name"})] == [6]


def test_a_title_above_the_head_is_passed_over():
    assert looked_into("天坛镇人员名单,,\n\n" + HEAD + ROW)[1:3] == (3, ["姓名", "身份证号", "电话"])


def test_a_head_in_unknown_words_is_the_first_row_with_several_cells():
    assert looked_into("某镇名单,\n甲栏,乙栏\n1,2\n")[1:3] == (2, ["甲栏", "乙栏"])


def test_json_comes_as_a_list_of_objects_or_one_object_a_line():
    as_list = '[{"姓名": "甲", "电话": 15400000001}, {"姓名": "乙", "住址": null}]'
    as_lines = '{"姓名": "甲", "电话": 15400000001}\n\n{"姓名": "乙", "住址": null}\n'
    assert looked_into(as_list)[1:] == looked_into(as_lines)[1:] == (0, ["姓名", "电话", "住址"], 2)
    mapping = {"姓名": "name", "电话": "phone"}
    assert [number for number, _ in read(open_records(as_lines.encode()), kind=PEOPLE, mapping=mapping)] == [1, 3]


def test_a_long_number_in_json_keeps_every_digit():
    text = b'[{"id": 999001199001010019}]'
    assert list(read(open_records(text), kind=PEOPLE, mapping={"id": "identity_number"})) == [
        (1, {"identity_number": "999001199001010019"})
    ]


@pytest.mark.parametrize(
    ("content", "refusal_code"),
    [
        ("", "intake.empty"),
        (" \n\n", "intake.empty"),
        (",,\n,,\n", "intake.empty"),
        ("[]", "intake.empty"),
        (HEAD, "intake.header_only"),
        (HEAD + ROW + "乙,99900119900101", "intake.last_row_short"),
        (HEAD + ROW + "乙,99900119900101\n", "intake.last_row_short"),
        (HEAD + ROW + '乙,"99900119900101', "intake.csv_broken"),
        (HEAD + "甲\x00,9,1\n", "intake.not_text"),
        ((HEAD + ROW + "乙").encode()[:-1], "intake.cut_off"),
        ((HEAD + ROW * 20).encode()[:1] + (HEAD + ROW * 20).encode()[2:], "intake.cut_off"),
        ("姓名,姓名\n甲,乙\n", "intake.header_twice"),
        ("姓名,,电话\n甲,乙,1\n", "intake.header_empty"),
        (ROW + ROW, "intake.no_header"),
        ('[{"姓名": "甲"}, {"姓名"', "intake.json_broken"),
        ('{"姓名": "甲"}\n{"姓名": ', "intake.json_broken"),
        ("[" * 100_000, "intake.json_broken"),
        ("[1, 2]", "intake.json_not_objects"),
        ('[{"姓名": "甲", "姓名": "乙"}]', "intake.json_name_twice"),
        ('[{"姓名": ["甲"]}]', "intake.json_nested"),
        ("<html><body><form>请重新登录</form></body></html>", "intake.no_table"),
        ('<?xml version="1.0"?><Workbook><Table><Row/></Table></Workbook>', "intake.no_table"),
        ("MIME-Version: 1.0\n\n<table><tr><td>=E5</td></tr></table>", "intake.no_table"),
        ("<table><tr><td>姓名</td></tr><tr><td>甲</td></tr><tr><td>乙", "intake.table_cut_off"),
        (b"PK\x03\x04 and no more", "intake.workbook_broken"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "intake.workbook_broken"),
    ],
)
def test_a_file_that_is_not_whole_is_refused_by_name(content, refusal_code):
    assert refusal_of(content) == refusal_code


def test_an_empty_column_without_a_header_is_let_pass():
    assert looked_into("姓名,,电话\n甲,,1\n")[3] == 1


def test_rows_without_their_last_empty_cells_are_let_pass_in_a_file_that_ends():
    assert looked_into("姓名,电话\n甲\n乙,1\n丙\n")[3] == 3


@pytest.mark.parametrize("n_rows", [65_536, 1_048_576])
def test_a_text_made_from_a_full_sheet_is_refused(n_rows):
    assert refusal_of("姓名\n" + "甲\n" * (n_rows - 1)) == "intake.sheet_full"


def test_a_list_one_row_short_of_an_old_sheet_is_taken():
    assert looked_into("姓名\n" + "甲\n" * 65_534)[3] == 65_534


def test_a_workbook_filled_to_its_last_row_is_refused():
    assert refusal_of(workbook([(0, 0, "姓名"), (1_048_575, 0, "甲")])) == "intake.sheet_full"


def test_a_cell_far_out_does_not_fill_the_memory():
    assert refusal_of(workbook([(0, 0, "姓名"), (900_000, 16_000, "甲")])) == "intake.sheet_too_wide"


def test_a_workbook_that_unpacks_to_too_much_is_refused_unread():
    bomb = io.BytesIO(workbook([(0, 0, "姓名")]))
    with (
        zipfile.ZipFile(bomb, "a", zipfile.ZIP_DEFLATED, compresslevel=1) as package,
        package.open("xl/media/zeros.bin", "w", force_zip64=True) as entry,
    ):
        for _ in range(520):
            entry.write(bytes(1 << 20))
    assert refusal_of(bomb.getvalue()) == "intake.workbook_too_large"


def test_a_workbook_that_lies_about_its_size_is_refused():
    whole = workbook([(0, 0, "姓名"), (1, 0, "甲")])
    with zipfile.ZipFile(io.BytesIO(whole)) as package:
        size = package.getinfo("xl/worksheets/sheet1.xml").file_size.to_bytes(4, "little")
    assert refusal_of(whole.replace(size, (1).to_bytes(4, "little"))) == "intake.workbook_broken"


def test_a_workbook_cut_in_half_is_refused():
    whole = workbook([(0, 0, "姓名"), (1, 0, "甲")])
    assert refusal_of(whole[: len(whole) // 2]) == "intake.workbook_broken"


@pytest.mark.parametrize(("index", "letters"), [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (702, "AAA")])
def test_a_column_is_called_as_the_spreadsheet_calls_it(index, letters):
    assert column_letters(index) == letters


def package(**entries):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as made:
        for name, content in entries.items():
            made.writestr(name.replace("__", "/").replace("_dot_", "."), content)
    return file.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        package(readme_dot_txt="x"),
        package(content_dot_xml="<office/>", mimetype="application/vnd.oasis.opendocument.spreadsheet"),
        package(xl__workbook_dot_xml="<x/>", content_dot_xml="<office/>"),
        package(xl__workbook_dot_bin="x"),
    ],
    ids=["an archive", "ods", "two in one", "xlsb"],
)
def test_another_kind_of_package_is_refused(content):
    assert refusal_of(content) == "intake.other_package"


def test_a_far_cell_is_found_however_it_is_written():
    whole = workbook([(0, 0, "姓名"), (1, 0, "甲")])
    far = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(whole)) as old, zipfile.ZipFile(far, "w") as new:
        for entry in old.infolist():
            text = old.read(entry).replace(b'<c r="A2"', b"<c r = 'XFD900000'")
            new.writestr(entry.filename, text)
    assert refusal_of(far.getvalue()) == "intake.sheet_too_wide"
