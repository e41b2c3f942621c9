"""A laboratory's result: held at once, tested again by a second laboratory, then a case or none."""

from datetime import timedelta

import pytest

from fangxian.core.policy.vocabulary import Colour
from fangxian.core.refusal import Refusal
from fangxian.ops.cases.queries import case_with, clocks_of, results_of
from fangxian.ops.jobs.queries import unfinished as jobs_waiting
from fangxian.ops.movement import queries as movement
from fangxian.ops.movement.queries import evidence_of
from fangxian.ops.procedures.positive_result import Came, Found, Sampled, report_result
from fangxian.ops.procedures.settle_case import confirm_case, exclude_case
from fangxian.ops.tasks.queries import about
from fangxian.ops.tracing.queries import clocks_of as tracing_clocks

from .case_hand import build_with_diseases, officer, report, result, staffed
from .people_with_codes import seen_by_a_gate
from .two_townships import account_of

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def county_of_this_file(rows_of_this_file):
    return build_with_diseases()


@pytest.fixture
def county(county_of_this_file, db):
    return county_of_this_file


@pytest.fixture
def posts(county):
    return staffed(county)


def refused(do, **told):
    with pytest.raises(Refusal) as refusal:
        do(**told)
    return refusal.value.code


def kinds_about(case):
    return {row.kind for row in about(f"case:{case}") if row.state in ("open", "taken")}


# Held at once


def test_a_single_positive_is_held_and_its_code_is_red_before_anybody_is_sent(county, posts):
    told = report(county.head, posts.laboratory)
    assert told.came is Came.HELD
    assert case_with(told.case).state == "held"
    assert seen_by_a_gate(county.head) == (Colour.RED, "C-18")


def test_what_the_person_is_told_is_that_it_is_not_a_diagnosis(county, posts):
    report(county.head, posts.laboratory)
    piece = evidence_of(county.head.pk).get()
    assert (piece.kind, piece.source, piece.issuer) == ("single-hold", "laboratory", "县人民医院")
    assert piece.attributes == {"result": "positive"}


def test_a_second_laboratory_is_to_test_and_a_grid_worker_to_call_and_the_clocks_run(county, posts):
    told = report(county.head, posts.laboratory)
    assert {"lab.retest", "lab.call_on_held", "tracing.send"} <= kinds_about(told.case)
    assert clocks_of(told.case)
    assert tracing_clocks([told.case])[told.case]


def test_contacts_are_looked_for_in_the_background_once_however_often_it_is_reported(county, posts):
    told = report(county.head, posts.laboratory)
    report(county.head, posts.laboratory)
    assert [job.arguments for job in jobs_waiting().filter(kind="procedures.propose_contacts")] == [
        {"case": str(told.case)}
    ]


def test_the_same_result_again_is_the_same_case_and_the_same_hold(county, posts):
    sampled, found = Sampled(person=county.head), result()
    first = report_result(sampled=sampled, result=found, by=posts.laboratory)
    assert report_result(sampled=sampled, result=found, by=posts.laboratory) == first
    assert len(results_of(first.case)) == 1
    assert evidence_of(county.head.pk).count() == 1


def test_the_same_laboratory_cannot_be_its_own_second(county, posts):
    told = report(county.head, posts.laboratory)
    again = report(county.head, posts.laboratory, hours_ago=1)
    assert (again.came, again.case) == (Came.HELD, told.case)
    assert case_with(told.case).state == "held"


@pytest.mark.parametrize(("found", "came"), [(Found.POSITIVE, Came.HELD), (Found.NEGATIVE, Came.NOTED)])
def test_a_laboratory_whose_name_is_spelled_otherwise_is_no_second(county, posts, found, came):
    told = report(county.head, posts.laboratory)
    same = officer(county, "laboratory", "浮山县人民医院（检验科）", "hospital")
    assert report(county.head, same, found, hours_ago=1).came is came
    assert case_with(told.case).state == "held"
    assert seen_by_a_gate(county.head) == (Colour.RED, "C-18")


def test_an_unclear_result_holds_too_and_opens_no_case(county, posts):
    told = report(county.head, posts.laboratory, Found.GREY)
    assert (told.came, told.case) == (Came.HELD, None)
    assert seen_by_a_gate(county.head) == (Colour.YELLOW, "C-19")


def test_a_positive_after_an_unclear_result_turns_the_code_further(county, posts):
    report(county.head, posts.laboratory, Found.SINGLE_TARGET)
    report(county.head, posts.second)
    assert seen_by_a_gate(county.head) == (Colour.RED, "C-18")


def test_a_negative_of_somebody_who_is_not_held_is_the_newest_test_and_no_more(county, posts):
    told = report(county.head, posts.laboratory, Found.NEGATIVE)
    assert (told.came, told.case) == (Came.NOTED, None)
    assert movement.test_of(county.head.pk).source == "县人民医院"
    assert seen_by_a_gate(county.head)[0] is Colour.GREEN


def test_somebody_who_is_not_on_the_register_has_a_case_and_no_code(county, posts):
    who = Sampled(name="过路人", document_kind="other", document_number="X1234567")
    told = report_result(sampled=who, result=result(), by=posts.laboratory)
    row = case_with(told.case)
    assert (told.came, row.person_id, row.name) == (Came.HELD, None, "过路人")
    assert report_result(sampled=who, result=result(hours_ago=1), by=posts.second).came is Came.CONFIRMED


# The second laboratory


def test_the_second_laboratorys_positive_confirms_the_case(county, posts):
    held = report(county.head, posts.laboratory)
    told = report(county.head, posts.second, hours_ago=1)
    row = case_with(held.case)
    assert (told.came, row.state, row.case_class) == (Came.CONFIRMED, "confirmed", "asymptomatic")
    assert seen_by_a_gate(county.head) == (Colour.RED, "C-01")
    assert not {"lab.retest", "lab.call_on_held"} & kinds_about(held.case)


def test_the_second_laboratorys_negative_releases_at_once(county, posts):
    held = report(county.head, posts.laboratory)
    told = report(county.head, posts.second, Found.NEGATIVE, hours_ago=1)
    assert (told.came, case_with(held.case).state) == (Came.RELEASED, "excluded")
    assert seen_by_a_gate(county.head)[0] is Colour.GREEN
    assert kinds_about(held.case) == set()


def test_what_had_been_right_stays_on_record_after_a_release(county, posts):
    report(county.head, posts.laboratory)
    report(county.head, posts.second, Found.NEGATIVE, hours_ago=1)
    assert [(row.kind, row.withdrawn_at) for row in evidence_of(county.head.pk)] == [
        ("second-negative", None), ("single-hold", None),
    ]  # fmt: skip


def test_the_first_laboratorys_own_negative_releases_nobody(county, posts):
    held = report(county.head, posts.laboratory)
    assert report(county.head, posts.laboratory, Found.NEGATIVE, hours_ago=1).came is Came.NOTED
    assert case_with(held.case).state == "held"
    assert seen_by_a_gate(county.head)[0] is Colour.RED


def test_a_negative_of_an_older_sample_releases_nobody(county, posts):
    held = report(county.head, posts.laboratory)
    assert report(county.head, posts.second, Found.NEGATIVE, hours_ago=72).came is Came.OLDER
    assert case_with(held.case).state == "held"
    assert seen_by_a_gate(county.head)[0] is Colour.RED


def test_an_unclear_result_is_not_released_by_a_negative_of_an_older_sample(county, posts):
    report(county.head, posts.laboratory, Found.GREY)
    assert report(county.head, posts.second, Found.NEGATIVE, hours_ago=72).came is Came.OLDER
    assert seen_by_a_gate(county.head)[0] is not Colour.GREEN


def test_an_unclear_result_is_released_by_another_laboratorys_negative(county, posts):
    report(county.head, posts.laboratory, Found.GREY)
    assert report(county.head, posts.second, Found.NEGATIVE, hours_ago=1).came is Came.RELEASED
    assert seen_by_a_gate(county.head)[0] is Colour.GREEN


def test_whoever_was_released_and_is_positive_again_is_held_again(county, posts):
    report(county.head, posts.laboratory)
    report(county.head, posts.second, Found.NEGATIVE, hours_ago=1)
    told = report(county.head, posts.laboratory, hours_ago=0)
    assert told.came is Came.HELD
    assert seen_by_a_gate(county.head) == (Colour.RED, "C-18")


# An investigator


def test_an_investigator_excludes_a_case_and_the_code_goes_back_with_the_reason(county, posts):
    told = report(county.head, posts.laboratory)
    exclude_case(case=told.case, reason="标本贴错标签", by=posts.investigator)
    assert seen_by_a_gate(county.head)[0] is Colour.GREEN
    assert evidence_of(county.head.pk).get().withdrawn_why == "标本贴错标签"


def test_a_held_case_is_not_confirmed_by_an_investigator_before_the_second_laboratory(county, posts):
    told = report(county.head, posts.laboratory)
    assert refused(confirm_case, case=told.case, reason="症状典型", by=posts.investigator) == "cases.same_laboratory"


def test_nobody_confirms_or_excludes_their_own_case(county, posts):
    told = report(county.head, posts.laboratory)
    county.head.account = posts.investigator
    county.head.save(update_fields=["account"])
    assert refused(exclude_case, case=told.case, reason="我没病", by=posts.investigator) == "approvals.own_matter"


# What is refused


def test_only_a_laboratory_reports_results(county, posts):
    assert refused(report, person=county.head, by=posts.investigator) == "accounts.not_yours"


def test_nobody_reports_a_result_of_their_own_household(county, posts):
    county.persons[1].account = posts.laboratory
    county.persons[1].save(update_fields=["account"])
    assert refused(report, person=county.head, by=posts.laboratory) == "approvals.own_matter"


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"specimen": "blood"}, "lab.specimen_unknown"),
        ({"disease": "plague"}, "lab.no_rulebook"),
        ({"hours_ago": -1}, "lab.resulted_in_future"),
    ],
)
def test_a_result_that_cannot_be_is_refused_in_words(county, posts, changed, code):
    assert refused(report, person=county.head, by=posts.laboratory, **changed) == code


def test_a_result_before_its_sample_is_refused(county, posts):
    told = result()
    wrong = {"sampled_at": told.resulted_at + timedelta(hours=1)}
    assert refused(report, person=county.head, by=posts.laboratory, **wrong) == "lab.resulted_before_sampling"


# Where there is no gate and no colour


@pytest.mark.parametrize(("disease", "specimen"), [("measles", "serum"), ("norovirus", "stool")])
def test_without_a_hold_in_the_rulebook_a_positive_is_a_case_that_an_investigator_confirms(
    county, posts, disease, specimen
):
    told = report(county.head, posts.laboratory, disease=disease, specimen=specimen)
    assert (told.came, case_with(told.case).state) == (Came.REPORTED, "reported")
    assert seen_by_a_gate(county.head)[0] is Colour.GREEN
    assert confirm_case(case=told.case, reason="符合病例定义", by=posts.investigator).state == "confirmed"
    assert seen_by_a_gate(county.head)[0] is Colour.GREEN


def test_a_grid_worker_of_elsewhere_cannot_confirm(county, posts):
    told = report(county.head, posts.laboratory)
    worker = account_of(county, "grid_worker")
    assert refused(confirm_case, case=told.case, reason="是", by=worker) == "accounts.not_yours"
    assert officer(county, "investigator", "县疾控中心", "cdc").unit == posts.investigator.unit
