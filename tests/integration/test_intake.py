"""A file coming in: kept, recognised, mapped, read, accounted for and sent back. Runs on both databases."""

import io
import json
import threading
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection
from python_calamine import CalamineWorkbook

from fangxian.core.refusal import Refusal
from fangxian.ops.audit.models import AuditLine
from fangxian.ops.intake import queries
from fangxian.ops.intake.actions import close, map_headers, take_in
from fangxian.ops.intake.models import HeaderMapping, Intake, RefusedRow
from fangxian.ops.intake.reading import RowRefusal
from fangxian.ops.intake.wire import as_json
from fangxian.ops.realm.current import county_now, the_realm
from fangxian.ops.realm.tables import erase_due

pytestmark = pytest.mark.django_db
BY = "program:test"
LIST = (
    "姓名,身份证号,电话,备注\n"
    "甲,999001199001010019,15400000001,=1+1\n"
    "乙,9.99E+17,15400000002,\n"
    "丙,999001199001010035,,\n"
)
MAPPING = {"姓名": "name", "身份证号": "identity_number", "电话": "phone"}


def coming(text=LIST, *, source="unit:a", kind="people.list", **more):
    content = text if isinstance(text, bytes) else text.encode()
    return take_in(content, file_name="名单.csv", kind=kind, source=source, by=BY, **more)


def mapped(text=LIST, **more):
    return map_headers(intake=coming(text, **more).intake.pk, mapping=MAPPING, by=BY)


def closed(text=LIST, **more):
    row = mapped(text, **more)
    reading = queries.read_rows(row)
    n_accepted = len(list(reading))
    return close(intake=row.pk, n_accepted=n_accepted, refused=reading.refused, by=BY)


def code_of(refused):
    return refused.value.code


def actions():
    lines = AuditLine.objects.filter(action__startswith="intake.").order_by("pk")
    return list(lines.values_list("action", flat=True))


def test_a_file_is_kept_as_it_came_with_what_it_is():
    row = coming("\ufeff" + LIST).intake
    assert queries.content_of(row) == b"\xef\xbb\xbf" + LIST.encode()
    assert (row.file_format, row.encoding, row.delimiter, row.header_row, row.n_rows) == ("csv", "utf-8-sig", ",", 1, 3)
    assert queries.headers_of(row) == ["姓名", "身份证号", "电话", "备注"]
    assert (row.state, row.area_path, row.received_by) == ("received", the_realm().division_code, BY)


def test_names_of_files_headers_and_cells_are_unreadable_in_the_database():
    closed()
    with connection.cursor() as cursor:
        for table in ("intake_intake", "intake_refusedrow"):
            cursor.execute(f"SELECT * FROM {table}")
            stored = [bytes(cell) for row in cursor.fetchall() for cell in row if isinstance(cell, bytes | memoryview)]
            assert stored
            assert not any("名单".encode() in cell or "乙".encode() in cell for cell in stored)


def test_the_same_file_again_is_harmless_and_says_what_came_of_it():
    first = closed()
    again = coming()
    assert (again.is_repeat, again.intake.pk, Intake.objects.count()) == (True, first.pk, 1)
    assert "接收2行，退回1行" in again.said.zh
    assert "2 were accepted and 1 refused" in again.said.en


def test_the_same_content_from_another_source_points_to_the_earlier_one():
    first, other = coming().intake, coming(source="unit:b").intake
    assert (other.pk != first.pk, other.earlier_id, other.file) == (True, first.pk, first.file)


def test_a_file_that_cannot_be_read_is_kept_with_the_reason():
    for _ in range(2):
        with pytest.raises(Refusal) as refused:
            coming(LIST + "丁,9990")
        assert code_of(refused) == "intake.last_row_short"
    row = Intake.objects.get()
    assert (row.state, row.refusal_code, actions()) == ("refused", "intake.last_row_short", ["intake.refused"])
    assert "第5行" in row.refusal_zh
    assert "(5)" in row.refusal_en


def test_a_file_refused_once_can_be_taken_later_by_a_program_that_reads_it():
    row = coming().intake
    Intake.objects.filter(pk=row.pk).update(state="refused", refusal_code="intake.cut_off")
    again = coming()
    assert (again.is_repeat, again.intake.state, again.intake.earlier) == (False, "received", None)


def test_an_empty_file_is_refused_and_nothing_is_kept():
    with pytest.raises(Refusal) as refused:
        coming(b"")
    assert (code_of(refused), Intake.objects.count()) == ("intake.empty", 0)


def test_a_kind_nobody_knows_is_refused():
    with pytest.raises(Refusal) as refused:
        coming(kind="people.cats")
    assert code_of(refused) == "intake.unknown_kind"


def test_a_mapping_is_remembered_and_proposed_next_time():
    text = LIST.replace("姓名", "称呼").replace("备注", "现住址")
    row = coming(text).intake
    headers = queries.headers_of(row)
    before = queries.propose_mapping(headers, kind="people.list", source="unit:a")
    chosen = {"称呼": "name", "身份证号": "identity_number", "电话": "phone"}
    assert before == {"身份证号": "identity_number", "电话": "phone", "现住址": "address"}
    map_headers(intake=row.pk, mapping=chosen, by=BY)
    assert queries.propose_mapping(headers, kind="people.list", source="unit:a") == chosen
    assert queries.propose_mapping(headers, kind="people.list", source="unit:b") == before


def test_a_changed_mapping_replaces_the_remembered_one():
    row = mapped()
    map_headers(intake=row.pk, mapping={**MAPPING, "备注": "address"}, by=BY)
    assert HeaderMapping.objects.get(header="备注").field == "address"
    assert HeaderMapping.objects.count() == 4


def test_the_same_mapping_again_changes_nothing():
    row = mapped()
    map_headers(intake=row.pk, mapping=MAPPING, by=BY)
    assert actions() == ["intake.taken_in", "intake.mapped"]


@pytest.mark.parametrize(
    ("mapping", "refusal_code"),
    [
        ({"姓": "name"}, "intake.no_such_header"),
        ({"姓名": "surname"}, "intake.no_such_field"),
        ({"姓名": "name", "身份证号": "name"}, "intake.field_twice"),
        ({"姓名": "name"}, "intake.field_unmapped"),
    ],
)
def test_a_mapping_that_cannot_be_read_by_is_refused(mapping, refusal_code):
    row = coming().intake
    with pytest.raises(Refusal) as refused:
        map_headers(intake=row.pk, mapping=mapping, by=BY)
    assert (code_of(refused), HeaderMapping.objects.count()) == (refusal_code, 0)


def test_rows_are_read_by_the_mapping_and_damaged_ones_kept_apart():
    reading = queries.read_rows(mapped())
    assert list(reading) == [
        (2, {"name": "甲", "identity_number": "999001199001010019", "phone": "15400000001"}),
        (4, {"name": "丙", "identity_number": "999001199001010035", "phone": ""}),
    ]
    assert [(row.row_number, row.refusal.code) for row in reading.refused] == [(3, "intake.number_in_scientific")]


def test_a_file_is_not_read_before_its_headers_are_mapped():
    with pytest.raises(Refusal) as refused:
        queries.read_rows(coming().intake)
    assert code_of(refused) == "intake.unmapped"


def test_every_row_ends_as_accepted_or_refused_with_its_cells_and_reason():
    row = closed()
    refused = queries.refused_rows(row).get()
    assert (row.state, row.n_rows, row.n_accepted, row.n_refused) == ("closed", 3, 2, 1)
    assert (refused.row_number, refused.refusal_code) == (3, "intake.number_in_scientific")
    assert json.loads(refused.cells) == ["乙", "9.99E+17", "15400000002", ""]
    assert "9.99E+17" in refused.zh
    assert "9.99E+17" in refused.en


def test_the_receiving_rooms_own_refusals_go_back_too():
    row = mapped()
    reading = queries.read_rows(row)
    rows = dict(reading)
    own = RowRefusal(4, Refusal("people.no_phone", zh="没有电话。", en="There is no phone."))
    close(intake=row.pk, n_accepted=len(rows) - 1, refused=[own, *reading.refused], by=BY)
    assert list(queries.refused_rows(row).values_list("row_number", flat=True)) == [3, 4]


def test_cells_that_were_kept_while_reading_are_those_that_would_be_read_again():
    row = mapped()
    reading, own = queries.read_rows(row), RowRefusal(4, Refusal("a.b", zh="否。", en="No."))
    for number, _ in reading:
        reading.keep([4] if number == 4 else [])
    close(intake=row.pk, n_accepted=1, refused=[own, *reading.refused], by=BY, cells=reading.cells)
    kept = {number: json.loads(cells) for number, cells in queries.refused_rows(row).values_list("row_number", "cells")}
    assert kept == {3: ["乙", "9.99E+17", "15400000002", ""], 4: ["丙", "999001199001010035", "", ""]}


@pytest.mark.parametrize(
    ("n_accepted", "numbers"), [(3, [3]), (1, [3]), (1, [3, 3]), (2, [99])], ids=["many", "few", "twice", "stranger"]
)
def test_rows_cannot_be_lost_without_notice(n_accepted, numbers):
    row = mapped()
    refused = [RowRefusal(number, Refusal("a.b", zh="否。", en="No.")) for number in numbers]
    with pytest.raises(ValueError, match="row"):
        close(intake=row.pk, n_accepted=n_accepted, refused=refused, by=BY)
    assert RefusedRow.objects.count() == 0


def test_the_database_itself_accounts_for_every_row():
    row = mapped()
    with pytest.raises(IntegrityError):
        Intake.objects.filter(pk=row.pk).update(state="closed", closed_at=county_now(), n_accepted=1)


def test_closing_again_changes_nothing_and_other_counts_are_refused():
    row = closed()
    close(intake=row.pk, n_accepted=2, refused=[], by=BY)
    with pytest.raises(Refusal) as refused:
        close(intake=row.pk, n_accepted=3, refused=[], by=BY)
    assert (code_of(refused), RefusedRow.objects.count()) == ("intake.not_open", 1)
    assert actions() == ["intake.taken_in", "intake.mapped", "intake.closed"]


def test_a_closed_file_is_not_mapped_anew():
    with pytest.raises(Refusal) as refused:
        map_headers(intake=closed().pk, mapping={"姓名": "name"}, by=BY)
    assert code_of(refused) == "intake.not_open"


def test_a_file_that_is_not_there_is_refused():
    with pytest.raises(Refusal) as mapping:
        map_headers(intake=uuid4(), mapping={}, by=BY)
    with pytest.raises(Refusal) as closing:
        close(intake=uuid4(), n_accepted=0, refused=[], by=BY)
    assert {code_of(mapping), code_of(closing)} == {"intake.unknown"}


def test_refused_rows_go_back_as_a_workbook_with_their_cells_numbers_and_reasons():
    book = CalamineWorkbook.from_filelike(io.BytesIO(queries.refused_file(closed())))
    head, row = book.get_sheet_by_index(0).to_python()
    assert head == ["姓名", "身份证号", "电话", "备注", "原行号 row", "退回原因", "reason"]
    assert row[:5] == ["乙", "9.99E+17", "15400000002", "", "3"]
    assert "科学计数" in row[5]
    assert "scientific" in row[6]


def test_a_refused_file_that_was_mended_can_come_in_again():
    back = queries.refused_file(closed(), file_format="csv").decode("utf-8-sig")
    row = mapped(back.replace("9.99E+17", "999001199001010027", 1))
    assert [fields["identity_number"] for _, fields in queries.read_rows(row)] == ["999001199001010027"]


def test_files_are_found_by_source_and_kind():
    coming()
    coming(source="unit:b")
    coming("区划代码,名称\n141027100000,天坛镇\n", kind="places.divisions")
    assert queries.intakes().count() == 3
    assert queries.intakes(source="unit:a").count() == 2
    assert queries.intakes(source="unit:a", kind="people.list").count() == 1


def test_what_crosses_the_boundary_names_nobody():
    wire = json.dumps(as_json(closed()), ensure_ascii=False)
    assert "名单.csv" not in wire
    assert "乙" not in wire


def test_the_content_goes_at_its_term_and_the_counts_stay():
    row = closed()
    list(erase_due(county_now() + timedelta(days=184), epidemic_ended=False))
    row.refresh_from_db()
    assert (row.file, row.file_name, row.headers, row.n_rows, row.n_refused) == ("", "", "", 3, 1)
    assert queries.refused_rows(row).count() == 0
    with pytest.raises(Refusal) as refused:
        queries.read_rows(row)
    assert code_of(refused) == "intake.erased"


def test_characters_no_database_takes_are_left_out():
    text = '[{"姓\\u0000名": "甲\\ud800", "身份证号": "999001199001010019", "电话": 1}]'
    assert [fields["name"] for _, fields in queries.read_rows(mapped(text))] == ["甲"]


@pytest.mark.django_db(transaction=True)
def test_one_file_uploaded_by_four_at_once_is_one_intake():
    answers, start = [], threading.Barrier(4)

    def upload():
        start.wait()
        try:
            answers.append(coming().intake.pk)
        finally:
            connection.close()

    threads = [threading.Thread(target=upload) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(answers), len(set(answers)), Intake.objects.count()) == (4, 1, 1)
