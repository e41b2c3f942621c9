"""A workbook is read once: what comes after has its rows as they were kept beside it. Runs on both databases."""

import io
import os
from datetime import timedelta

import pytest
import xlsxwriter

from fangxian.ops.intake import actions, queries
from fangxian.ops.intake.actions import close, map_headers, take_in
from fangxian.ops.intake.formats import open_records
from fangxian.ops.intake.writing import workbook
from fangxian.ops.realm.current import county_now, the_realm
from fangxian.ops.realm.tables import erase_due, erase_left_over

pytestmark = pytest.mark.django_db
BY = "program:test"
HEAD = ["姓名", "身份证号", "电话"]
ROWS = [["甲", "999001199001010019", "15400000001"], ["乙", "9.99E+17", ""], ["丙", "999001199001010035", ""]]
LONG_AGO, LATER = 1_000_000_000, 1_000_000_001  # seconds since 1970
MAPPING = {"姓名": "name", "身份证号": "identity_number", "电话": "phone"}


@pytest.fixture
def mapped():
    """A workbook whose columns are confirmed."""
    book = workbook({"名单": (HEAD, ROWS)})
    row = take_in(book, file_name="名单.xlsx", kind="people.list", source="unit:kept-rows", by=BY).intake
    return map_headers(intake=row.pk, mapping=MAPPING, by=BY)


def as_read(row):
    reading = queries.read_rows(row)
    return list(reading), [(it.row_number, it.refusal.code) for it in reading.refused], reading.cells


def test_the_kept_rows_are_those_of_the_workbook(mapped):
    content = the_realm().files.get(mapped.file)
    assert list(queries.opened_again(mapped).records) == list(open_records(content).records)


def test_a_job_does_not_open_the_workbook_again(mapped, monkeypatch):
    monkeypatch.setattr(queries, "open_records", None)
    rows, refused, _ = as_read(mapped)
    assert ([number for number, _ in rows], refused) == ([2, 4], [(3, "intake.number_in_scientific")])


def test_kept_rows_that_are_lost_are_read_from_the_workbook(mapped):
    before = as_read(mapped)
    the_realm().files.erase(mapped.rows_file)
    assert as_read(mapped) == before


def test_refused_rows_have_the_cells_they_came_with(mapped):
    reading = queries.read_rows(mapped)
    close(intake=mapped.pk, n_accepted=len(list(reading)), refused=reading.refused, by=BY)
    assert [row.cells for row in queries.refused_rows(mapped)] == ['["乙","9.99E+17",""]']


def test_kept_rows_go_with_their_workbook(mapped):
    list(erase_due(county_now() + timedelta(days=184), epidemic_ended=False))
    assert [the_realm().files.erase(name) for name in (mapped.file, mapped.rows_file)] == [False, False]


def test_text_has_no_kept_rows():
    text = ("\n".join(",".join(row) for row in [HEAD, *ROWS])).encode()
    assert not take_in(text, file_name="名单.csv", kind="people.list", source="unit:kept-rows", by=BY).intake.rows_file


def put_long_ago(name):
    os.utime(the_realm().path / "files" / name[:2] / name, (LONG_AGO, LONG_AGO))


def erased_of(*names):
    """Of these files those that are erased as left over."""
    for name in names:
        put_long_ago(name)
    list(erase_left_over(before=LATER))
    return [name for name in names if not the_realm().files.erase(name)]


def test_what_an_upload_that_failed_left_is_erased(monkeypatch):
    def fails(*_, **__):
        raise RuntimeError("the disk is full")

    names = []
    stored = actions._stored
    monkeypatch.setattr(actions, "_stored", lambda content: names.append(stored(content)) or names[-1])
    monkeypatch.setattr(actions, "_record", fails)
    book = workbook({"名单": (HEAD, [["丁", "", "15400000002"]])})
    with pytest.raises(RuntimeError):
        take_in(book, file_name="名单.xlsx", kind="people.list", source="unit:kept-rows", by=BY)
    assert len(names) == 2
    assert erased_of(*names) == names


def test_files_that_a_row_names_are_not_left_over(mapped):
    assert erased_of(mapped.file, mapped.rows_file) == []


def test_a_file_put_again_waits_for_its_row_anew():
    name = the_realm().files.put(b"left over once")
    put_long_ago(name)
    the_realm().files.put(b"left over once")
    list(erase_left_over(before=LATER))
    assert the_realm().files.erase(name)


@pytest.mark.parametrize(("merged", "warned"), [("A2:A3", ["merged_rows"]), ("A1:B1", [])])
def test_cells_merged_over_rows_of_data_are_warned_of(merged, warned):
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True})
    sheet = book.add_worksheet()
    for number, row in enumerate([[*HEAD, merged], *ROWS]):
        sheet.write_row(number, 0, row)
    sheet.merge_range(merged, "姓名")
    sheet.write_row("B1", ["身份证号"])
    book.close()
    taken = take_in(file.getvalue(), file_name="名单.xlsx", kind="people.list", source="unit:kept-rows", by=BY)
    assert taken.intake.warnings == warned
