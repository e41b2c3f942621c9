"""A list that calls somebody otherwise than the record does: nothing of such a row goes without a word."""

import csv
import io
from datetime import timedelta

import pytest

from fangxian.ops.intake.queries import refused_file, refused_rows
from fangxian.ops.realm.current import county_now
from tests.integration.list_hand import in_force, somebody, taken_in

pytestmark = pytest.mark.django_db
CASE = ["编号", "姓名", "联系方式", "证件号", "病例分类", "转归日期", "发病日期", "职业"]
CONTACT = ["ID", "姓名", "联系方式", "密接类型", "最后接触日期"]
NUMBER, OTHER = "999027198003010014", "999027198003010022"


@pytest.fixture
def lead():
    in_force("covid19-2022-04")
    return somebody("tracing_lead")


def content(head, *rows) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows([head, *([*row, *[""] * (len(head) - len(row))] for row in rows)])
    return text.getvalue().encode()


def told(intake) -> list[tuple]:
    return list(refused_rows(intake).values_list("row_number", "was_taken", "refusal_code"))


def test_one_id_under_two_names_in_one_list_is_not_taken_twice(lead):
    list_ = content(CASE, ["B-1", "试甲", "", NUMBER], ["B-1", "试乙", "", OTHER])
    intake, counts = taken_in(list_, "cases.list", by=lead)
    assert told(intake) == [(3, False, "lists.id_of_another")]
    assert counts["n_new"] == 1


def test_one_document_under_two_names_is_one_case_and_said_so(lead):
    intake, _ = taken_in(content(CASE, ["B-1", "试甲", "", NUMBER], ["B-2", "试乙", "", NUMBER]), "cases.list", by=lead)
    assert told(intake) == [(3, True, "lists.name_differs")]
    assert "“试甲”" in refused_rows(intake).get().zh


def test_one_document_under_two_ids_and_one_name_is_one_case_without_a_word(lead):
    intake, counts = taken_in(
        content(CASE, ["B-1", "试甲", "", NUMBER], ["B-2", "试甲", "", NUMBER]), "cases.list", by=lead
    )
    assert (told(intake), counts["n_known"]) == ([], 1)


def test_a_contact_known_by_document_under_another_name_is_said_so(lead):
    head = [*CONTACT, "证件号"]
    met_on = f"{county_now() - timedelta(days=3):%Y-%m-%d}"
    rows = [[id_, name, "", "密切接触者", met_on, NUMBER] for id_, name in (("C1", "试甲"), ("C2", "试乙"))]
    intake, _ = taken_in(content(head, *rows), "contacts.list", by=lead)
    assert told(intake) == [(3, True, "lists.name_differs")]


def test_all_that_a_row_was_taken_without_goes_back_and_in_words(lead):
    row = ["B-1", "试甲", "", NUMBER, "临床诊断", "2022-03-01", "2022-03-10", "宇航员"]
    intake, _ = taken_in(content(CASE, row), "cases.list", by=lead)
    said = refused_rows(intake).get()
    for part in ("转归日期 2022-03-01 早于", "“临床诊断病例”不在“新型冠状病毒肺炎”", "记作“疑似病例”", "职业“宇航员”"):
        assert part in said.zh
    assert "Also, the occupation" in said.en


def test_rows_sent_back_twice_have_the_columns_of_their_reasons_once(lead):
    broken = content(CASE, ["B-1", "试甲", "", "123"])
    for again in range(2):
        intake, _ = taken_in(broken, "cases.list", by=lead)
        broken = refused_file(intake, file_format="csv")
        assert broken.decode("utf-8-sig").splitlines()[0] == ",".join([*CASE, "原行号 row,退回原因,reason"]), again
