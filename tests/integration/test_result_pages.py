"""What people and headquarters read of a round's results: one's own page, a slip that verifies, who is called back."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from fangxian.ops.documents.queries import about, verify
from fangxian.ops.procedures.merge_persons import merge_persons
from fangxian.ops.procedures.release_results import follow_members
from fangxian.ops.realm.current import county_now
from fangxian.ops.results.queries import CallBack, Told
from fangxian.ops.tasks.queries import unfinished

from .case_hand import build_with_diseases
from .lab_hand import Device, a_round
from .result_hand import BY, OWN, fill, let_out, withdraw
from .two_townships import NAME, account_of

pytestmark = pytest.mark.django_db
POOL, SINGLE = "10010001", "10010002"
BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture(scope="module")
def there_of_this_file(rows_of_this_file):
    county = build_with_diseases()
    there = a_round()
    there.county = county
    county.head.account = account_of(county, "resident")
    county.head.save(update_fields=["account"])
    return there


@pytest.fixture
def there(there_of_this_file, db):
    return there_of_this_file


@pytest.fixture
def phone(there):
    return Device(there)


def signed_in(account):
    client = Client()
    client.force_login(account, backend=BACKEND)
    return client


def own(there):
    return signed_in(there.county.head.account).get(reverse("my-results")).content.decode()


def test_a_swab_without_a_result_is_awaited_and_its_result_is_there_once_it_is_out(there, phone):
    fill(phone, POOL, NAME, "李静")
    assert "还在等结果" in own(there)
    let_out(there, POOL, "negative")
    html = own(there)
    assert "还在等结果" not in html
    assert [it in html for it in ("阴性", OWN, POOL)] == [True] * 3


def test_whoever_was_in_a_pool_reads_what_to_do_and_that_it_is_no_infection(there, phone):
    fill(phone, POOL, NAME, "李静")
    let_out(there, POOL, "positive")
    assert "这不代表您已感染" in own(there)


def test_what_was_told_of_a_record_that_became_theirs_stands_on_their_page(there, phone):
    fill(phone, POOL, "王老", "李静")
    let_out(there, POOL, "grey")
    merge_persons(kept=there.county.head, merged=there.county.persons[3], reason="同一个人", by=BY)
    assert "不代表您已感染" in own(there)


def test_nobody_reads_anothers_result(there, phone):
    fill(phone, POOL, "李静", "王老")
    let_out(there, POOL, "positive")
    told = Told.objects.first()
    assert "还没有筛查的检测结果" in own(there)
    answer = signed_in(there.county.head.account).post(reverse("my-results"), {"told": told.pk, "do": "code"})
    assert answer.status_code == 404


def test_a_slip_verifies_until_its_result_is_taken_back(there, phone):
    fill(phone, SINGLE, NAME, size=1)
    let_out(there, SINGLE, "negative")
    told = Told.objects.get()
    client = signed_in(there.county.head.account)
    assert client.post(reverse("my-results"), {"told": told.pk, "do": "code"}).status_code == 302
    paper = about(f"told:{told.pk}").get()
    assert "没有网络也能核验真伪" in own(there)
    assert verify(paper.proof).outcome == "genuine"
    withdraw(there, SINGLE)
    assert verify(paper.proof).outcome == "withdrawn"
    assert "已撤回" in own(there)


def test_whoever_is_called_back_is_on_the_list_of_their_own_grid_only(there, phone):
    fill(phone, POOL, NAME, "赵远")
    let_out(there, POOL, "grey")
    address = reverse("round-results", args=[there.round.pk])
    here = signed_in(account_of(there.county, "grid_worker")).get(address)
    assert [it.place.person.name for it in here.context["table"].rows] == [NAME]
    everywhere = signed_in(account_of(there.county, "dispatcher")).get(address)
    assert len(everywhere.context["table"].rows) == 2


def test_whom_somebody_reached_is_on_record_and_not_of_others_areas(there, phone):
    fill(phone, POOL, NAME, "赵远")
    let_out(there, POOL, "grey")
    client = signed_in(account_of(there.county, "grid_worker"))
    who = [str(it.pk) for it in CallBack.objects.all()]
    client.post(reverse("round-results", args=[there.round.pk]), {"do": "called", "who": who})
    assert CallBack.objects.exclude(called_at=None).count() == 1


def test_a_laboratory_sees_numbers_and_prints_a_slip_for_whoever_shows_theirs(there, phone):
    fill(phone, POOL, NAME, "李静")
    let_out(there, POOL, "negative")
    client, address = (
        signed_in(account_of(there.county, "laboratory", "141027")),
        reverse("round-results", args=[there.round.pk]),
    )
    found = client.post(address, {"do": "find", "whom": there.tokens[NAME]})
    [it] = found.context["found"]["told"]
    paper = client.post(address, {"do": "slip", "whom": there.tokens[NAME], "told": it["row"].pk})
    assert paper["Content-Type"] == "application/pdf"
    assert client.post(address, {"do": "find", "whom": "AAAAAAAAAA"}).status_code == 400


def test_the_page_asks_as_often_for_many_as_for_one(there, phone, django_assert_max_num_queries):
    fill(phone, POOL, NAME, "李静", "孟小", "王老", "赵远")
    let_out(there, POOL, "positive")
    client = signed_in(account_of(there.county, "dispatcher"))
    with django_assert_max_num_queries(45):
        client.get(reverse("round-results", args=[there.round.pk]))


def test_whoever_nobody_can_fetch_is_fetched_no_more_with_a_reason_and_still_counts_should_they_come(there, phone):
    fill(phone, POOL, NAME, "赵远")
    let_out(there, POOL, "grey")
    client = signed_in(account_of(there.county, "grid_worker"))
    address = reverse("round-results", args=[there.round.pk])
    who = [str(it.pk) for it in CallBack.objects.all()]
    assert client.post(address, {"do": "end", "who": who, "why": " "}).status_code == 400
    assert client.post(address, {"do": "called", "who": who, "why": "已迁走"}).status_code == 400
    assert client.post(address, {"do": "end", "who": who, "why": "已迁走"}).status_code == 302
    assert sorted(CallBack.objects.values_list("state", flat=True)) == ["awaited", "dropped"], "of others' areas nobody"
    assert unfinished().filter(kind="lab.call_back").count() == 1
    assert "已迁走" in client.get(address, {"state": "dropped"}).content.decode()
    follow_members(at=county_now(), by="program:worker")
    assert CallBack.objects.filter(state="dropped").count() == 1
    fill(phone, SINGLE, NAME, size=1)
    let_out(there, SINGLE, "negative")
    assert sorted(CallBack.objects.values_list("state", flat=True)) == ["awaited", "free"]


def test_the_list_and_ones_own_page_say_until_when_a_hold_stands_and_that_it_lapsed(there, phone, monkeypatch):
    fill(phone, POOL, NAME, "李静")
    let_out(there, POOL, "grey")
    client = signed_in(account_of(there.county, "dispatcher"))
    address, later = reverse("round-results", args=[there.round.pk]), county_now() + timedelta(days=3, hours=1)
    assert "到期" not in own(there)
    monkeypatch.setattr("fangxian.ops.situation.own_results.county_now", lambda: later)
    monkeypatch.setattr("fangxian.ops.pages.views.round_results.county_now", lambda: later)
    assert "请仍到任一采样点单独采一管" in own(there)
    assert client.get(address).content.decode().count("到期</") == 2
