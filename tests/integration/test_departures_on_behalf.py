"""Somebody without a phone calls off and appeals by the grid worker: on record, and on the paper."""

import pytest
from django.urls import reverse

from fangxian.ops.departures.queries import application_with
from fangxian.ops.documents.queries import find, verify
from fangxian.ops.procedures.departure_on_behalf import LONGEST, appeal_for_somebody, call_off_for_somebody
from fangxian.ops.tasks.queries import unfinished

from .departure_hand import a_county, applied, decided, issued
from .founding import code_of
from .two_townships import OTHER_UNIT, account_of, shown

pytestmark = pytest.mark.django_db
SAID = "本人来村委会说不去了"


@pytest.fixture(scope="module")
def people(rows_of_this_file):
    county = a_county()
    county.worker = account_of(county, "grid_worker")
    county.worker_elsewhere = account_of(county, "grid_worker", OTHER_UNIT)
    return county


@pytest.fixture
def county(people, db):
    return people


@pytest.fixture
def refused(county):
    return decided(county, applied(county), "village", is_approved=False, reason="先做核酸")


def test_called_off_for_the_person_the_permit_holds_no_longer(county):
    row = issued(county)
    call_off_for_somebody(application=row.pk, why=SAID, by=county.worker)
    row = application_with(row.pk)
    assert (row.state, SAID in row.closed_why) == ("cancelled", True)
    assert verify(find(row.document).proof).outcome.name == "WITHDRAWN"


def test_whoever_verifies_the_permit_reads_by_whom_it_was_called_off_and_nothing_of_how_they_asked(county):
    row = issued(county)
    call_off_for_somebody(application=row.pk, why=SAID, by=county.worker)
    because = find(row.document).withdrawn_because
    assert (county.worker.unit.name_zh in because, SAID in because) == (True, False)


def test_as_long_as_the_form_allows_an_appeal_is_put_and_a_longer_one_is_refused(county, refused):
    told = {"application": refused.pk, "by": county.worker}
    assert code_of(appeal_for_somebody, text="号" * (LONGEST + 1), **told) == "departures.appeal_without_words"
    assert appeal_for_somebody(application=refused.pk, text="号" * LONGEST, by=county.worker).state == "township"


def test_the_form_says_how_long_it_may_be(county, refused, client):
    client.force_login(county.worker, backend="django.contrib.auth.backends.ModelBackend")
    page = shown(client.post(reverse("departure", args=[refused.pk]), {"do": "appeal", "said": "号" * (LONGEST + 1)}))
    assert ("最多200字" in page, "超过200字" in page) == (True, True)


def test_while_it_waits_nobody_need_decide_any_more(county):
    row = applied(county)
    call_off_for_somebody(application=row.pk, why=SAID, by=county.worker)
    assert not unfinished().filter(about=f"departure:{row.pk}").exists()


def test_an_appeal_put_for_the_person_is_answered_by_the_level_above(county, refused):
    row = appeal_for_somebody(application=refused.pk, text="孩子的复诊号不能改期", by=county.worker)
    assert (row.state, row.turns[-1].kind, "代本人提出" in row.turns[-1].asked) == ("township", "appeal", True)


def test_it_is_put_once(county, refused):
    appeal_for_somebody(application=refused.pk, text="号不能改期", by=county.worker)
    again = {"application": refused.pk, "text": "再说一遍", "by": county.worker}
    assert code_of(appeal_for_somebody, **again) == "departures.appealed_already"


def test_whoever_decides_there_puts_no_appeal(county, refused):
    told = {"application": refused.pk, "text": "号不能改期", "by": county.township}
    assert code_of(appeal_for_somebody, **told) == "departures.appeal_by_decider"


def test_whoever_decides_there_is_shown_no_form_but_who_may_put_the_appeal(county, refused, client):
    client.force_login(county.village, backend="django.contrib.auth.backends.ModelBackend")
    page = shown(client.get(reverse("departure", args=[refused.pk])))
    assert ('value="appeal"' in page, "请让网格员代为提出" in page) == (False, True)


@pytest.mark.parametrize(("call", "text"), [(call_off_for_somebody, "why"), (appeal_for_somebody, "text")])
def test_nobody_does_so_for_another_area(county, refused, call, text):
    told = {"application": refused.pk, text: SAID, "by": county.worker_elsewhere}
    assert code_of(call, **told) == "accounts.not_yours"


def test_without_a_word_of_how_they_asked_nothing_is_called_off(county):
    told = {"application": applied(county).pk, "why": " ", "by": county.worker}
    assert code_of(call_off_for_somebody, **told) == "departures.on_behalf_without_words"


def test_on_its_page_the_grid_worker_puts_the_appeal(county, refused, client):
    client.force_login(county.worker, backend="django.contrib.auth.backends.ModelBackend")
    here = reverse("departure", args=[refused.pk])
    assert "替本人申诉" in shown(client.get(here))
    answer = client.post(here, {"do": "appeal", "said": "号不能改期"})
    assert (answer.status_code, application_with(refused.pk).state) == (302, "township")


def test_what_was_applied_for_by_staff_says_so_on_the_permit(county):
    row = issued(county, by=f"account:{county.worker.pk}")
    assert "代办" in find(row.document).content
