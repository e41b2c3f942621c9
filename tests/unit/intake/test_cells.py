"""What a spreadsheet does to a cell: put right where nothing is lost, refused by name where something is."""

import io
import zipfile
from datetime import date, datetime, time

import pytest

from fangxian.core.identity import check_character
from fangxian.core.refusal import Refusal
from fangxian.ops.intake.cells import read_cell, text_of
from fangxian.ops.intake.fields import plain
from fangxian.ops.intake.formats import open_records
from fangxian.ops.intake.kinds import KINDS, kind_of
from fangxian.ops.intake.mapping import propose
from fangxian.ops.intake.reading import read
from fangxian.ops.intake.returning import as_csv, as_xlsx, guarded

PEOPLE = kind_of("people.list")
NAME, NUMBER, PHONE = (PEOPLE.by_name[name] for name in ("name", "identity_number", "phone"))
BORN = PEOPLE.by_name["born_on"]


def refusal_of(cell, field):
    with pytest.raises(Refusal) as refused:
        read_cell(cell, field)
    return refused.value.code


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("  甲\u3000", "甲"),
        ("甲\u200b\ufeff", "甲"),
        ("a\x00b\ud800", "ab"),
        ('="00123"', "00123"),
        ('="', '="'),
        ("=1+1", "=1+1"),
        (15400000000.0, "15400000000"),
        (1.5, "1.5"),
        (True, "true"),
        (None, ""),
        (date(1990, 1, 2), "1990-01-02"),
        (datetime(1990, 1, 2), "1990-01-02"),  # noqa: DTZ001 (a spreadsheet knows no zone)
        (datetime(1990, 1, 2, 8, 30), "1990-01-02 08:30:00"),  # noqa: DTZ001
        (time(8, 30), "08:30:00"),
        (float("inf"), "inf"),
    ],
)
def test_a_cell_has_one_text(cell, text):
    assert text_of(cell) == text


def test_numbers_kept_as_text_keep_their_leading_zeros():
    assert read_cell("00354123456", PHONE) == "00354123456"


def test_a_cell_that_holds_half_a_file_is_refused_by_name_and_not_repeated():
    with pytest.raises(Refusal) as refused:
        read_cell("测试\n" * 5000, NAME)
    assert (refused.value.code, len(refused.value.said.zh) < 200) == ("intake.cell_too_long", True)


def test_an_identity_number_is_left_as_it_was_written():
    assert read_cell("99900119900101001x", NUMBER) == "99900119900101001x"


@pytest.mark.parametrize("cell", [9.99001199001010e17, "9.99001E+17", "1.41E+17", "1e18"])
def test_an_identity_number_in_scientific_notation_is_refused_by_name(cell):
    assert refusal_of(cell, NUMBER) == "intake.number_in_scientific"


def test_a_phone_in_scientific_notation_is_refused_too():
    assert refusal_of("1.54E+10", PHONE) == "intake.number_in_scientific"


def test_a_rounded_identity_number_is_refused_by_name():
    assert refusal_of("999001199001010000", NUMBER) == "intake.number_rounded"


def test_a_number_that_ends_in_000_by_right_is_taken():
    number = next(
        body + "0"
        for day in range(10, 32)
        for tenth in range(10)
        if check_character(body := f"999001199001{day}{tenth}00") == "0"
    )
    assert read_cell(number, NUMBER) == number


def test_an_old_number_of_15_digits_in_a_number_cell_is_whole():
    assert read_cell(999001900101001.0, NUMBER) == "999001900101001"


@pytest.mark.parametrize(
    "cell",
    [
        "1990-01-02", "1990/1/2", "1990.1.2", "1990年1月2日", "19900102", "1990-01-02 00:00:00", "32875", 32875.0,
        date(1990, 1, 2), datetime(1990, 1, 2),  # noqa: DTZ001
    ],
)  # fmt: skip
def test_a_date_has_one_form_however_it_was_written(cell):
    assert read_cell(cell, BORN) == "1990-01-02"


@pytest.mark.parametrize("cell", ["1990", "01/02/90", "1990-02-30", "昨天", "99999999", 1.5, True])
def test_a_date_that_cannot_be_told_for_sure_is_refused(cell):
    assert refusal_of(cell, BORN) == "intake.date_unreadable"


@pytest.mark.parametrize("cell", ["=1+1", "+86", "-1", "@x", "\t=1", "＝1"])
def test_what_could_be_a_formula_is_guarded_and_comes_back_as_it_was(cell):
    assert guarded(cell) == f"'{cell}"
    assert read_cell(f"'{cell.strip()}", NAME) == cell.strip()


def test_neither_file_of_refused_rows_holds_a_formula():
    line = (2, ["=HYPERLINK(1)"], "否。", "No.")
    assert "'=HYPERLINK(1)" in as_csv(["=x"], [line]).decode("utf-8-sig")
    assert as_csv(["=x"], [line]).startswith(b"\xef\xbb\xbf'=x,")
    with zipfile.ZipFile(io.BytesIO(as_xlsx(["=x"], [line]))) as package:
        assert b"<f>" not in package.read("xl/worksheets/sheet1.xml")


def test_reasons_stand_in_columns_of_their_own_even_beside_a_row_that_is_too_long():
    rows = as_csv(["a", "b"], [(2, ["1", "2", "3"], "否。", "No."), (3, ["1"], "否。", "No.")]).decode("utf-8-sig")
    assert rows.splitlines()[1:] == ["1,2 | 3,2,否。,No.", "1,,3,否。,No."]


@pytest.mark.parametrize(
    "header", ["*身份证号 (18位)", "身份证号（必填）", " 身份证 号码", "ID Number", "公民身份号码"]
)
def test_a_header_is_known_however_it_is_dressed(header):
    assert propose([header], PEOPLE, {}) == {header: "identity_number"}


def test_no_two_headers_are_proposed_for_one_field():
    assert propose(["手机", "联系电话", "姓名"], PEOPLE, {}) == {"手机": "phone", "姓名": "name"}


def test_a_header_left_out_before_is_not_proposed_again():
    assert propose(["手机", "联系电话"], PEOPLE, {"手机": "", "联系电话": "phone"}) == {"联系电话": "phone"}


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.name)
def test_no_header_means_two_fields_of_a_kind(kind):
    headers = [plain(h) for f in kind.fields for h in {plain(h) for h in (f.name, f.said.zh, f.said.en, *f.aliases)}]
    assert sorted(headers) == sorted(set(headers))


def reading_of(text):
    reading = read(open_records(text.encode()), kind=PEOPLE, mapping={"姓名": "name", "电话": "phone"})
    return list(reading), [(row.row_number, row.refusal.code) for row in reading.refused]


def test_empty_rows_are_skipped_and_the_numbers_stay_those_of_the_file():
    rows, _ = reading_of("姓名,电话\n\n甲,1\n,\n乙,2\n")
    assert [number for number, _ in rows] == [3, 5]


def test_a_row_without_a_required_cell_is_refused():
    assert reading_of("姓名,电话\n,1\n甲,2\n")[1] == [(2, "intake.cell_missing")]


def test_a_row_with_more_cells_than_the_head_is_refused():
    assert reading_of("姓名,电话\n甲,1,2\n乙,2\n丙,3,\n")[1] == [(2, "intake.too_many_cells")]


def test_a_row_with_a_cell_too_long_is_refused_and_the_rows_after_it_are_read():
    rows, refused = reading_of("姓名,电话\n" + "测" * 5000 + ",1\n乙,2\n")
    assert ([number for number, _ in rows], refused) == ([3], [(2, "intake.cell_too_long")])
