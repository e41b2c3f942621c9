"""The transmission page over cases and links on record: who sees what of it, what it says, what it costs."""

import csv
import io
import re
from copy import deepcopy
from datetime import date
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from fangxian.ops.accounts.models import Account, Appointment
from fangxian.ops.audit.models import ViewLog
from fangxian.ops.cases import queries as case_rows
from fangxian.ops.cases.actions.steps import exclude
from fangxian.ops.measures.actions import found_rulebooks
from fangxian.ops.realm.current import county_now
from fangxian.ops.situation.transmission import chains_seen_by
from tests.integration import outbreak, two_townships

pytestmark = pytest.mark.django_db
RULEBOOKS = Path(__file__).resolve().parents[2] / "counties" / "fushan" / "rulebooks"
HERE, THERE = two_townships.CELL, two_townships.OTHER_CELL


def account(role: str, area_path: str, unit) -> Account:
    found = Account.objects.create(
        username=f"t-{role}-{area_path}", display_name="测试", unit=unit, unit_since=county_now()
    )
    Appointment.objects.create(account=found, role=role, area_path=area_path, begins_at=county_now())
    return found


def browser(of: Account) -> Client:
    client = Client(headers={"Accept-Language": "en"})
    client.force_login(of, backend="django.contrib.auth.backends.ModelBackend")
    client.cookies["fangxian_language"] = "en"
    return client


@pytest.fixture(scope="module")
def county_of_this_file(rows_of_this_file):
    """Two chains: 1 → 2 → 3 with 4 from 1, and 5 → 6; 7 is alone. 6 lives in the other township."""
    found = two_townships.build()
    found_rulebooks(texts=[path.read_bytes() for path in sorted(RULEBOOKS.glob("*.toml"))], by="program:test")
    lead = account("tracing_lead", "141027", found.unit)
    here = outbreak.cases([0, 3, 5, 2, 1, None], area_path=HERE)
    there = outbreak.cases([8], area_path=THERE)
    one, two, three, four, five, seven = here
    outbreak.link([(one, two), (one, four)], certainty="proved", setting="household")
    outbreak.link([(two, three), (five, there[0])])
    return SimpleNamespace(
        lead=lead, unit=found.unit, one=one, two=two, three=three, four=four, five=five, six=there[0], seven=seven
    )


@pytest.fixture
def county(county_of_this_file, db):
    """With rows in memory that are this test's own."""
    return deepcopy(county_of_this_file)


def number(case) -> str:
    return case_rows.case_with(case).number


def test_the_page_counts_clusters_and_says_the_serial_interval(county):
    html = browser(county.lead).get("/transmission").content.decode()
    assert re.search(r"Serial interval \(median\).*?3\b", html, re.DOTALL)
    assert "6" in html
    assert f"{number(county.one)} and others, 4 cases" in html


def test_the_table_has_a_row_for_each_linked_case_in_the_order_of_the_picture(county):
    html = browser(county.lead).get("/transmission").content.decode()
    rows = re.findall(r'<a class="row" href="/cases/([0-9a-f-]+)"', html)
    assert rows == [str(it) for it in (county.one, county.four, county.two, county.three, county.five, county.six)]


def test_a_case_without_any_link_is_in_the_list_of_what_is_to_be_settled(county):
    html = browser(county.lead).get("/transmission?doubt=unlinked").content.decode()
    assert re.findall(r'<a class="row" href="/cases/([0-9a-f-]+)"', html) == [str(county.seven)]


def test_a_cluster_is_shown_by_itself(county):
    html = browser(county.lead).get(f"/transmission?cluster={number(county.five)}").content.decode()
    assert re.findall(r'<a class="row" href="/cases/([0-9a-f-]+)"', html) == [str(county.five), str(county.six)]


def test_what_comes_after_a_case_is_shown_by_itself(county):
    html = browser(county.lead).get(f"/transmission?from={county.two}").content.decode()
    assert re.findall(r'<a class="row" href="/cases/([0-9a-f-]+)"', html) == [str(county.two), str(county.three)]


def test_a_setting_keeps_only_its_own_links(county):
    seen = chains_seen_by(county.lead, "covid-19", setting="household")
    assert set(seen.links) == {(county.one, county.two), (county.one, county.four)}


def test_a_case_outside_the_readers_area_is_there_without_number_or_day(county):
    reader = account("tracing_lead", two_townships.TOWN, county.unit)
    seen = chains_seen_by(reader, "covid-19")
    assert (seen.cases[county.six].number, seen.cases[county.six].stands_on) == ("", None)
    answer = browser(reader).get("/transmission")
    assert number(county.six) not in answer.content.decode()
    assert str(county.six) not in answer.content.decode()


def test_a_link_between_two_cases_elsewhere_is_not_there(county):
    reader = account("tracing_lead", two_townships.OTHER_TOWN, county.unit)
    assert set(chains_seen_by(reader, "covid-19").links) == {(county.five, county.six)}


def test_a_link_of_an_excluded_case_is_left_out_and_counted(county):
    exclude(cases=[county.two], reason="复核阴性", by="program:test")
    seen = chains_seen_by(county.lead, "covid-19")
    assert (county.two in seen.cases, seen.n_with_excluded) == (False, 2)


def test_diseases_are_not_mixed(county):
    a, b = outbreak.cases([0, 2], disease="norovirus", area_path=HERE)
    outbreak.link([(a, b)])
    assert set(chains_seen_by(county.lead, "norovirus").links) == {(a, b)}
    html = browser(county.lead).get("/transmission?disease=norovirus").content.decode()
    assert f"{number(a)} and others, 2 cases" in html


def test_the_page_opens_where_nobody_is_ill(county):
    html = browser(county.lead).get("/transmission?disease=measles").content.decode()
    assert "No link between cases is on record." in html


def test_the_csv_has_a_row_for_each_link_and_nobodys_name(county):
    answer = browser(county.lead).get("/transmission/links.csv")
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [row[:2] for row in rows[1:2]] == [[number(county.one), "2022-03-01"]]
    assert {(row[0], row[2], row[4]) for row in rows[1:]} == {
        (number(county.one), number(county.two), "3"), (number(county.one), number(county.four), "2"),
        (number(county.two), number(county.three), "2"), (number(county.five), number(county.six), "7"),
    }  # fmt: skip
    assert "测试" not in answer.content.decode()


def test_svg_and_png_are_pictures_of_the_whole(county):
    client = browser(county.lead)
    svg = client.get("/transmission/tree.svg").content.decode()
    assert svg.count("<g><title>") == 6
    assert svg.startswith("<svg xmlns=")
    assert client.get("/transmission/tree.png").content.startswith(b"\x89PNG")


def test_the_sheets_to_print_are_a_pdf_with_every_case_once(county):
    answer = browser(county.lead).get("/transmission/tree.pdf")
    assert answer.content.startswith(b"%PDF-")
    assert answer["Content-Type"] == "application/pdf"


def test_a_picture_in_columns_has_everybody_once_and_says_who_stands_in_an_earlier_one(county):
    """One infected eighty: some of them stand in columns that the first does not stand in."""
    first, *others = outbreak.cases([0, *[2] * 80], disease="measles", area_path=HERE)
    outbreak.link([(first, other) for other in others])
    svg = browser(county.lead).get("/transmission/tree.svg?disease=measles").content.decode()
    labels = re.findall(r'<text class="label" [^>]*>(\d+)</text>', svg)
    assert len(labels) == len(set(labels)) == 81
    before = set(re.findall(r'<text class="label from" [^>]*>(\d+)</text>', svg))
    assert before == {number(first).split("-")[-1]}
    assert svg.count('class="down"') > 1  # one explains the sign, the others show where it goes on
    width, height = map(int, re.search(r'viewBox="0 0 (\d+) (\d+)"', svg).groups())
    assert 0.5 < width / height < 3


def test_a_png_whose_numbers_nobody_could_read_is_refused_with_what_to_save_instead(county, monkeypatch):
    monkeypatch.setattr("fangxian.ops.documents.typesetting.MOST_PIXELS", 50_000)
    answer = browser(county.lead).get("/transmission/tree.png")
    assert answer.status_code == 409
    assert "save it as PDF" in answer.content.decode()


def test_an_outbreak_of_a_year_is_no_wider_than_a_sheet(county):
    found = outbreak.cases(range(0, 360, 4), disease="norovirus", area_path=HERE, first_on=date(2021, 4, 1))
    outbreak.link(list(pairwise(found)))
    svg = browser(county.lead).get("/transmission/tree.svg?disease=norovirus").content.decode()
    assert int(re.search(r'viewBox="0 0 (\d+)', svg)[1]) < 1800


def test_taking_a_file_away_goes_on_the_record_of_who_looked(county):
    browser(county.lead).get("/transmission/links.csv")
    assert ViewLog.objects.filter(viewer=county.lead.pk, why="transmission.export").count() == 6


def test_the_data_of_the_island_has_every_box_with_its_infector_before_it(county):
    found = browser(county.lead).get("/transmission/tree.json").json()
    ids = [box[0] for box in found["boxes"]]
    assert ids[0] == str(county.one)
    assert [ids[box[4]] if box[4] >= 0 else "" for box in found["boxes"]] == [
        "", str(county.one), str(county.one), str(county.two), "", str(county.five),
    ]  # fmt: skip
    assert found["folded"] == []


def test_a_link_is_put_on_record_from_the_page_and_recorded_again_is_as_sure_as_said_last(county):
    client = browser(county.lead)
    told = {"infector": number(county.three), "infected": number(county.seven), "setting": "meal", "basis": "同桌"}
    for certainty in ("possible", "proved"):
        answer = client.post("/transmission/link", told | {"certainty": certainty})
        assert answer.headers["Location"] == f"/transmission?disease=covid-19&from={county.three}&done=linked"
    found = [it for it in case_rows.links("covid-19") if it.infected == county.seven]
    assert [(it.infector, it.certainty) for it in found] == [(county.three, "proved")]


def test_a_circle_is_refused_beside_the_field(county):
    told = {"infector": number(county.three), "infected": number(county.one), "setting": "meal", "basis": "同桌"}
    answer = browser(county.lead).post("/transmission/link", told | {"certainty": "likely"})
    assert answer.status_code == 400
    assert number(county.two) in answer.content.decode()


def test_a_case_that_one_does_not_investigate_cannot_be_linked_and_is_not_told_from_none(county):
    reader = account("tracing_lead", two_townships.TOWN, county.unit)
    told = {"infector": number(county.one), "setting": "meal", "basis": "同桌", "certainty": "likely"}
    answers = [
        browser(reader).post("/transmission/link", told | {"infected": it}).content.decode()
        for it in (number(county.six), "141027-2022-9999")
    ]
    assert all("Among the cases you investigate there is none" in it for it in answers)
    assert (county.one, county.six) not in {(it.infector, it.infected) for it in case_rows.links("covid-19")}


def test_the_page_asks_as_many_queries_for_ten_cases_as_for_a_hundred(county):
    client = browser(county.lead)

    def n_queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert client.get("/transmission").status_code == 200
        return len(asked)

    few = n_queries()
    more = outbreak.cases([nth // 3 for nth in range(90)], area_path=HERE)
    outbreak.link([(county.one, more[0]), *pairwise(more)])
    assert n_queries() == few
    assert few <= 16


def test_dates_that_contradict_a_link_are_marked_in_picture_and_table(county):
    (early,) = outbreak.cases([1], area_path=HERE)
    outbreak.link([(county.three, early)])
    html = browser(county.lead).get("/transmission?doubt=backwards").content.decode()
    assert re.findall(r'<a class="row" href="/cases/([0-9a-f-]+)"', html) == [str(early)]
    assert "is-backwards" in html
    assert date(2022, 3, 2).isoformat() in html
