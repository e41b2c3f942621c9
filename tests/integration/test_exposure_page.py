"""The page of the search for contacts: what it came to, what of the archive is missing, and looking again."""

from datetime import date

import pytest
from django.urls import reverse

from fangxian.ops.jobs.actions import claim, fail, finish
from fangxian.ops.procedures.propose_contacts import KIND, Put, ask_for_contacts, search_under_way

from .case_hand import build_with_diseases, report, staffed
from .two_townships import shown, sign_in

pytestmark = [pytest.mark.django_db, pytest.mark.once]
GAPS = ({"day": "2022-04-06", "n_lost": 12, "n_recovered": 0, "files": ["hour-08.parquet"]},)
NOTES = ({"zh": "问清同室的人。", "en": "Ask who shared a room."},)


@pytest.fixture(scope="module")
def county_of_this_file(rows_of_this_file):
    return build_with_diseases()


@pytest.fixture
def county(county_of_this_file, db):
    return county_of_this_file


@pytest.fixture
def case(county):
    return report(county.head, staffed(county).laboratory).case


@pytest.fixture
def investigator(client, county):
    return sign_in(client, county, "investigator")


def searched(case, gaps=GAPS):
    """The search that was asked for has come to its end."""
    ask_for_contacts(case=case, by="program:test")
    job = claim(worker="test")
    assert job.kind == KIND
    finish(job=job, result=Put(41, 3, 2, 1, 4, 0, 65_000, 0.21, gaps, NOTES).as_json())


def test_before_it_has_ended_it_says_that_it_is_under_way(investigator, case):
    assert "正在查找" in shown(investigator.get(reverse("case-exposure", args=[case])))


def test_what_it_came_to_is_shown_with_its_figures(investigator, case):
    searched(case)
    page = shown(investigator.get(reverse("case-exposure", args=[case])))
    assert "65,000" in page
    assert "问清同室的人。" in page


def test_a_day_missing_from_the_archive_is_named_and_what_to_do_about_it(investigator, case):
    searched(case)
    page = shown(investigator.get(reverse("case-exposure", args=[case])))
    assert date(2022, 4, 6).isoformat() in page
    assert "有12条扫码找不回来" in page.replace(" ", "")
    assert "请在询问时补问" in page


def test_what_was_read_from_the_table_instead_changes_nothing_for_the_investigator(investigator, case):
    searched(case, ({"day": "2022-04-06", "n_lost": 0, "n_recovered": 7, "files": ["hour-08.parquet"]},))
    page = shown(investigator.get(reverse("case-exposure", args=[case])))
    assert "名单不受影响" in page


def test_it_can_be_looked_again(investigator, case):
    searched(case)
    assert search_under_way(case) is None
    assert investigator.post(reverse("case-exposure", args=[case])).status_code == 302
    assert search_under_way(case) is not None


def failed_for_good(case):
    ask_for_contacts(case=case, by="program:test")
    fail(job=claim(worker="test"), error="bug.KeyError", for_good=True)


def test_a_search_that_was_given_up_says_so_and_not_that_nobody_looked(investigator, case):
    failed_for_good(case)
    page = shown(investigator.get(reverse("case-exposure", args=[case])))
    assert ("接触者可能不全" in page, "还没有查找过" in page) == (True, False)


def test_the_case_says_that_its_search_failed(investigator, case):
    failed_for_good(case)
    assert "接触者没有查成" in shown(investigator.get(reverse("case", args=[case])))


def test_a_search_that_has_ended_since_is_the_last_word(investigator, case):
    failed_for_good(case)
    searched(case)
    assert "接触者可能不全" not in shown(investigator.get(reverse("case-exposure", args=[case])))


def test_the_case_leads_there(investigator, case):
    assert reverse("case-exposure", args=[case]) in shown(investigator.get(reverse("case", args=[case])))


def test_a_laboratory_does_not_see_whom_a_case_met(client, county, case):
    assert sign_in(client, county, "laboratory").get(reverse("case-exposure", args=[case])).status_code in (403, 404)
