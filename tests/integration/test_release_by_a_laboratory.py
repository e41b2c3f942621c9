"""From what a laboratory entered to whoever is in the tube: released by another hand, once, and taken back."""

import pytest
from django.test import Client
from django.urls import reverse

from fangxian.core.laboratory.judging import Outcome
from fangxian.core.policy.vocabulary import Colour
from fangxian.core.refusal import Refusal
from fangxian.ops.cases.queries import unfinished_of_person
from fangxian.ops.lab.queries import tube_with
from fangxian.ops.laboratory.queries import Result
from fangxian.ops.procedures.release_results import release_results, withdraw_result
from fangxian.ops.procedures.run_laboratory import send_back
from fangxian.ops.tasks.queries import unfinished

from .bench_hand import a_laboratory, entered, received, results_in
from .case_hand import build_with_diseases, officer
from .lab_hand import Device, a_round
from .people_with_codes import seen_by_a_gate
from .result_hand import call_backs, fill, kinds_of, let_out
from .two_townships import NAME

pytestmark = pytest.mark.django_db
TUBE = "10010001"


@pytest.fixture(scope="module")
def there_of_this_file(rows_of_this_file):
    county = build_with_diseases()
    there = a_round()
    there.county = county
    return there


@pytest.fixture
def there(there_of_this_file, db):
    return there_of_this_file


@pytest.fixture
def reviewer(there):
    return officer(there.county, "laboratory", "县人民医院", "hospital")


@pytest.fixture
def of_the_cdc(there):
    return officer(there.county, "tracing_lead", "县疾控中心", "cdc")


@pytest.fixture
def positive(there):
    """The ids of what a laboratory entered of a tube that holds one person."""
    tubes = received(there, TUBE, whom=NAME)
    return results_in(entered(a_laboratory(), tubes.values(), Outcome.POSITIVE).batch)


def is_now(person, account):
    person.account = account
    person.save(update_fields=["account"])


def test_what_another_hand_releases_holds_whoever_is_in_the_tube(there, reviewer, positive):
    assert release_results(results=positive, account=reviewer).n_told == 1
    assert seen_by_a_gate(there.county.head) == (Colour.RED, "C-18")


def test_the_same_release_again_is_refused_and_changes_nothing(there, reviewer, positive):
    release_results(results=positive, account=reviewer)
    before = kinds_of(there.county.head)
    with pytest.raises(Refusal) as refusal:
        release_results(results=positive, account=reviewer)
    assert refusal.value.code == "laboratory.not_at_this_step"
    assert kinds_of(there.county.head) == before


def test_what_the_cdc_withdraws_for_a_small_laboratory_holds_nobody_any_more(there, reviewer, of_the_cdc, positive):
    release_results(results=positive, account=reviewer)
    [result] = positive
    assert withdraw_result(result=result, reason="曲线异常", account=of_the_cdc).n_taken_back == 1
    assert seen_by_a_gate(there.county.head) == (Colour.GREEN, "")
    assert call_backs(there, TUBE) == {}


def test_the_cdc_finds_by_its_barcode_what_everybody_of_a_laboratory_had_a_hand_in(
    there, reviewer, of_the_cdc, positive
):
    release_results(results=positive, account=reviewer)
    client, page = Client(), reverse("laboratory-withdraw")
    client.force_login(of_the_cdc, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get(page, {"tube": "1001000O"}).context["is_unknown"]
    found = client.get(page, {"tube": TUBE}).url
    assert client.post(found, {"result": str(positive[0]), "reason": "放错了孔"}).status_code == 302
    assert Result.objects.get(pk=positive[0]).step == "withdrawn"


def test_a_second_laboratory_that_finds_nothing_out_confirms_nothing(there, reviewer, positive):
    release_results(results=positive, account=reviewer)
    other = a_laboratory("市疾控中心", is_own=False, tubes_a_day=500)
    silent = results_in(entered(other, [tube_with(there.round, TUBE)], Outcome.INVALID).batch)
    release_results(results=silent, account=reviewer)
    assert unfinished_of_person(there.county.head.pk, "covid-19").state == "held"


@pytest.mark.parametrize("taken_back", [[0], [1], [1, 0]])
def test_of_a_confirmed_case_somebody_decides_when_a_result_is_withdrawn(
    there, reviewer, of_the_cdc, positive, taken_back
):
    release_results(results=positive, account=reviewer)
    other = a_laboratory("市疾控中心", is_own=False, tubes_a_day=500)
    second = results_in(entered(other, [tube_with(there.round, TUBE)], Outcome.POSITIVE).batch)
    release_results(results=second, account=reviewer)
    assert unfinished_of_person(there.county.head.pk, "covid-19").state == "confirmed"
    for nth in taken_back:
        withdraw_result(result=[*positive, *second][nth], reason="曲线异常", account=of_the_cdc)
    assert unfinished().filter(kind="lab.withdrawn_of_case").count() == 1


def test_nobody_takes_back_what_holds_themselves(there, reviewer, of_the_cdc, positive):
    release_results(results=positive, account=reviewer)
    is_now(there.county.head, of_the_cdc)
    [result] = positive
    with pytest.raises(Refusal) as refusal:
        withdraw_result(result=result, reason="曲线异常", account=of_the_cdc)
    assert refusal.value.code == "approvals.own_matter"
    assert seen_by_a_gate(there.county.head) == (Colour.RED, "C-18")


def test_nobody_sends_back_their_own_positive_before_it_is_out(there, reviewer, positive):
    is_now(there.county.head, reviewer)
    batch = Result.objects.get(pk=positive[0]).batch_id
    with pytest.raises(Refusal) as refusal:
        send_back(batch=batch, results=None, reason="曲线异常", by=reviewer)
    assert refusal.value.code == "approvals.own_matter"


def test_nobody_lets_themselves_go_by_their_own_negative(there, reviewer):
    phone = Device(there)
    fill(phone, "10010002", NAME, "李静")
    let_out(there, "10010002", "grey")
    again = received(there, "10010003", whom=NAME, device=phone, size=1)
    results = results_in(entered(a_laboratory(), again.values()).batch)
    is_now(there.county.head, reviewer)
    with pytest.raises(Refusal) as refusal:
        release_results(results=results, account=reviewer)
    assert refusal.value.code == "approvals.own_matter"
    assert seen_by_a_gate(there.county.head) == (Colour.YELLOW, "C-11")


def test_whoever_has_no_part_in_a_laboratory_releases_nothing(there, positive):
    somebody = officer(there.county, "investigator", "县疾控中心", "cdc")
    with pytest.raises(Refusal) as refusal:
        release_results(results=positive, account=somebody)
    assert refusal.value.code.startswith("accounts.")
