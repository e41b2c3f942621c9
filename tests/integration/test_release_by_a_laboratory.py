"""From what a laboratory entered to whoever is in the tube: released by another hand, once, and taken back."""

import pytest

from fangxian.core.laboratory.judging import Outcome
from fangxian.core.policy.vocabulary import Colour
from fangxian.core.refusal import Refusal
from fangxian.ops.procedures.release_results import release_results, withdraw_result

from .bench_hand import a_laboratory, entered, received, results_in
from .case_hand import build_with_diseases, officer
from .lab_hand import a_round
from .people_with_codes import seen_by_a_gate
from .result_hand import call_backs, kinds_of
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
def positive(there):
    """The ids of what a laboratory entered of a tube that holds one person."""
    tubes = received(there, TUBE, whom=NAME)
    return results_in(entered(a_laboratory(), tubes.values(), Outcome.POSITIVE).batch)


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


def test_what_is_withdrawn_holds_nobody_any_more(there, reviewer, positive):
    release_results(results=positive, account=reviewer)
    [result] = positive
    assert withdraw_result(result=result, reason="曲线异常", account=reviewer).n_taken_back == 1
    assert seen_by_a_gate(there.county.head) == (Colour.GREEN, "")
    assert call_backs(there, TUBE) == {}


def test_whoever_has_no_part_in_a_laboratory_releases_nothing(there, positive):
    somebody = officer(there.county, "investigator", "县疾控中心", "cdc")
    with pytest.raises(Refusal) as refusal:
        release_results(results=positive, account=somebody)
    assert refusal.value.code.startswith("accounts.")
