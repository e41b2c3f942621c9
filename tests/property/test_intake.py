"""For all files: a no is a refusal and nothing else; what was written is what is read."""

import csv
import io
from contextlib import suppress

import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fangxian.core.refusal import Refusal
from fangxian.ops.intake.cells import read_cell, text_of
from fangxian.ops.intake.formats import open_records
from fangxian.ops.intake.headers import check_whole, table_of
from fangxian.ops.intake.kinds import kind_of
from fangxian.ops.intake.reading import read
from fangxian.ops.intake.returning import as_csv, as_xlsx

PEOPLE = kind_of("people.list")
HEAD, MAPPING = ["姓名", "住址"], {"姓名": "name", "住址": "address"}
MAGIC = [
    b"",
    b"PK\x03\x04",
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
    b"[",
    b"{",
    b"\xff\xfe",
    b"\xef\xbb\xbf",
    "姓名,".encode(),
]
# Letters of a list: Han, Latin, digits, the marks that quoting is about; no spaces at the ends, which are cut.
words = st.text(st.sampled_from("甲乙丙浮山县一二abc019,;\"|\t\n'=+-@ 　〇𠮷"), min_size=1, max_size=12)
cells = words.map(text_of).filter(lambda text: text and not text.startswith("'"))
tables = st.lists(st.tuples(cells, cells), min_size=1, max_size=30)


def read_all(content):
    opened = open_records(content)
    table = table_of(opened, PEOPLE)
    check_whole(opened, table)
    mapping = {header: field for header, field in zip(table.headers, PEOPLE.by_name, strict=False) if header}
    return list(read(open_records(content), kind=PEOPLE, mapping=mapping))


def outcome_of(content):
    """Read, or refused; anything else that is raised fails the test."""
    with suppress(Refusal):
        read_all(content)


def rows_of(content):
    reading = read(open_records(content), kind=PEOPLE, mapping=MAPPING)
    rows = [(fields["name"], fields["address"]) for _, fields in reading]
    assert reading.refused == []
    return rows


def whole_workbook():
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True})
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, HEAD)
    sheet.write_row(1, 0, ["甲", "浮山县"])
    book.close()
    return file.getvalue()


WORKBOOK = whole_workbook()


@settings(deadline=None)  # the guess at an encoding takes long now and then
@given(st.sampled_from(MAGIC), st.binary(max_size=400))
def test_any_bytes_are_read_or_refused(magic, rest):
    outcome_of(magic + rest)


@settings(deadline=None)
@given(st.text(max_size=200))
def test_any_text_is_read_or_refused(text):
    outcome_of(text.encode("utf-8", "surrogatepass"))


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.integers(0, len(WORKBOOK) - 1), st.integers(0, 255), st.integers(0, len(WORKBOOK)))
def test_a_workbook_with_a_byte_changed_or_its_end_cut_is_read_or_refused(at, value, end):
    damaged = bytearray(WORKBOOK)
    damaged[at] = value
    outcome_of(bytes(damaged))
    outcome_of(WORKBOOK[:end])


@given(
    st.one_of(st.text(max_size=30), st.floats(), st.integers(), st.booleans(), st.dates(), st.datetimes(), st.times())
)
def test_any_cell_of_any_field_is_read_or_refused(cell):
    for field in PEOPLE.fields:
        with suppress(Refusal):
            assert isinstance(read_cell(cell, field), str)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@settings(deadline=None)
@given(rows=tables, delimiter=st.sampled_from(",\t;|"))
def test_what_is_written_as_csv_is_read_as_it_was(encoding, rows, delimiter):
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter, quoting=csv.QUOTE_ALL).writerows([HEAD, *rows])
    assert rows_of(text.getvalue().encode(encoding)) == rows


@settings(deadline=None, max_examples=40)
@given(tables)
def test_what_is_written_as_a_workbook_is_read_as_it_was(rows):
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True, "strings_to_formulas": False})
    sheet = book.add_worksheet()
    for number, row in enumerate([HEAD, *rows]):
        for column, cell in enumerate(row):
            sheet.write_string(number, column, cell)
    book.close()
    assert rows_of(file.getvalue()) == rows


@settings(deadline=None, max_examples=40)
@given(tables)
@pytest.mark.parametrize("write", [as_csv, as_xlsx])
def test_what_goes_back_refused_comes_in_again_as_it_was(write, rows):
    lines = [(number, row, "否。", "No.") for number, row in enumerate(rows, start=2)]
    assert rows_of(write(HEAD, lines)) == rows
