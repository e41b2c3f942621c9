"""Results on their way out: by another's hand, once, back with a reason, and what holds of a tube meanwhile."""

from datetime import timedelta

import pytest

from fangxian.core.laboratory.judging import Fault, Outcome, Standing
from fangxian.core.refusal import Refusal
from fangxian.ops.lab.queries import Tube
from fangxian.ops.laboratory.actions import (
    change_laboratory,
    check_by_hand,
    lay_plate,
    release,
    send_back,
    withdraw,
)
from fangxian.ops.laboratory.queries import Result, batch_with, results_of, results_of_tube, waiting
from fangxian.ops.pages.laboratory.bench_tables import results_table
from fangxian.ops.realm.current import county_now

from .bench_hand import ANNA, BERT, CARL, OWN, a_laboratory, entered, received, results_in
from .lab_hand import a_round
from .two_townships import build

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def of_this_file(rows_of_this_file):
    build()
    there = a_round()
    return a_laboratory(), received(there, "10010001", "10010002", "10010003")


@pytest.fixture
def laboratory(of_this_file, db):
    return of_this_file[0]


@pytest.fixture
def tubes(of_this_file, db):
    return list(of_this_file[1].values())


def refused(call, **given):
    with pytest.raises(Refusal) as caught:
        call(**given)
    return caught.value.code


def test_what_is_released_tells_of_each_tube_what_holds_of_it(laboratory, tubes):
    batch = entered(laboratory, tubes).batch
    told = release(results=results_in(batch), by=BERT)
    assert {it.tube_id for it in told} == {it.pk for it in tubes}
    assert {(it.standing, it.n_runs, it.laboratory) for it in told} == {(Standing(Outcome.NEGATIVE, False), 1, OWN)}
    assert {it.round_id for it in told} == {tubes[0].round_id}


def test_whoever_entered_results_does_not_release_them(laboratory, tubes):
    batch = entered(laboratory, tubes).batch
    assert refused(release, results=results_in(batch), by=ANNA) == "laboratory.same_person"


def test_nothing_goes_out_twice(laboratory, tubes):
    results = results_in(entered(laboratory, tubes).batch)
    release(results=results, by=BERT)
    assert refused(release, results=results, by=BERT) == "laboratory.not_at_this_step"


def test_the_same_results_again_change_nothing(laboratory, tubes):
    at = county_now()
    entered(laboratory, tubes, measured_at=at)
    again = entered(laboratory, tubes, measured_at=at)
    assert (again.batch, again.n_new, again.n_repeats) == (None, 0, 3)


def test_another_result_of_the_same_run_is_refused(laboratory, tubes):
    at = county_now()
    entered(laboratory, tubes, measured_at=at)
    again = entered(laboratory, tubes[:1], "positive", measured_at=at)
    assert [it.code for it in again.refused.values()] == ["laboratory.two_results_of_a_run"]


def test_two_results_that_disagree_wait_until_one_is_sent_back(laboratory, tubes):
    first = results_in(entered(laboratory, tubes[:1], measured_at=county_now() - timedelta(hours=1)).batch)
    second = results_in(entered(laboratory, tubes[:1], "positive").batch)
    assert refused(release, results=first, by=BERT) == "laboratory.results_disagree"
    send_back(results=second, reason="曲线异常", by=BERT)
    assert [it.standing.outcome for it in release(results=first, by=BERT)] == [Outcome.NEGATIVE]


def test_two_results_that_disagree_go_out_together_by_whoever_chose_both(laboratory, tubes):
    first = results_in(entered(laboratory, tubes[:1], measured_at=county_now() - timedelta(hours=1)).batch)
    second = results_in(entered(laboratory, tubes[:1], "positive").batch)
    [told] = release(results=[*first, *second], by=BERT)
    assert (told.standing, told.n_runs) == (Standing(Outcome.POSITIVE, True), 2)


def test_a_positive_is_not_undone_by_a_later_negative(laboratory, tubes):
    earlier = county_now() - timedelta(hours=1)
    release(results=results_in(entered(laboratory, tubes[:1], "positive", measured_at=earlier).batch), by=BERT)
    [told] = release(results=results_in(entered(laboratory, tubes[:1]).batch), by=BERT)
    assert (told.standing, told.n_runs) == (Standing(Outcome.POSITIVE, True), 2)


def test_a_withdrawn_result_leaves_its_tube_untested(laboratory, tubes):
    [result] = results_in(entered(laboratory, tubes[:1]).batch)
    release(results=[result], by=BERT)
    told = withdraw(result=result, reason="放错了孔", by=CARL)
    assert (told.standing.outcome, told.n_runs) == (Outcome.RE_TEST, 0)
    assert [it.reason for it in results_of_tube(tubes[0].pk)] == ["放错了孔"]
    assert tubes[0].pk in {it.pk for it in waiting(laboratory)}


def test_without_what_was_withdrawn_the_laboratory_that_said_the_rest_says_it(laboratory, tubes):
    earlier, other = county_now() - timedelta(hours=1), a_laboratory("市疾控中心", is_own=False, tubes_a_day=500)
    release(results=results_in(entered(laboratory, tubes[:1], measured_at=earlier).batch), by=BERT)
    [wrong] = results_in(entered(other, tubes[:1], "positive").batch)
    release(results=[wrong], by=BERT)
    told = withdraw(result=wrong, reason="放错了孔", by=CARL)
    assert (told.standing, told.laboratory, told.measured_at) == (Standing(Outcome.NEGATIVE, False), OWN, earlier)


def test_whoever_entered_a_result_does_not_take_it_back(laboratory, tubes):
    results = results_in(entered(laboratory, tubes[:1], "positive").batch)
    release(results=results, by=BERT)
    assert refused(withdraw, result=results[0], reason="放错了孔", by=ANNA) == "laboratory.same_person"


def test_whoever_let_a_positive_out_does_not_take_it_back_alone(laboratory, tubes):
    results = results_in(entered(laboratory, tubes[:1], "positive").batch)
    release(results=results, by=BERT)
    assert refused(withdraw, result=results[0], reason="放错了孔", by=BERT) == "laboratory.let_out_by_you"
    assert withdraw(result=results[0], reason="放错了孔", by=CARL).n_runs == 0


def test_without_a_reason_nothing_is_withdrawn_or_sent_back(laboratory, tubes):
    results = results_in(entered(laboratory, tubes[:1]).batch)
    assert refused(send_back, results=results, reason=" ", by=BERT) == "laboratory.no_reason"
    release(results=results, by=BERT)
    assert refused(withdraw, result=results[0], reason="", by=BERT) == "laboratory.no_reason"


def test_a_plate_whose_controls_failed_says_nothing_and_its_tubes_wait_first(laboratory, tubes):
    batch = entered(laboratory, tubes[1:2], faults=[Fault.NEGATIVE_FOUND]).batch
    assert refused(release, results=results_in(batch), by=BERT) == "laboratory.not_at_this_step"
    assert next(iter(waiting(laboratory))).pk == tubes[1].pk


def test_a_run_exported_again_with_its_controls_counts(laboratory, tubes):
    at = county_now()
    entered(laboratory, tubes, measured_at=at, faults=[Fault.CONTROL_ABSENT])
    assert entered(laboratory, tubes, measured_at=at, faults=[Fault.CONTROL_ABSENT]).n_repeats == 3
    assert entered(laboratory, tubes, measured_at=at).n_new == 3


def test_what_said_nothing_twice_is_not_run_a_third_time(laboratory, tubes):
    for hours in (2, 1):
        assert tubes[0].pk in {it.pk for it in waiting(laboratory)}
        at = county_now() - timedelta(hours=hours)
        release(results=results_in(entered(laboratory, tubes[:1], "invalid", measured_at=at).batch), by=BERT)
    assert tubes[0].pk not in {it.pk for it in waiting(laboratory)}


def test_typed_results_are_typed_again_by_another_who_does_not_release_them(laboratory, tubes):
    batch = entered(laboratory, tubes, is_by_hand=True).batch
    same = dict.fromkeys((it.pk for it in tubes), Outcome.NEGATIVE)
    assert refused(release, results=results_in(batch), by=BERT) == "laboratory.not_at_this_step"
    assert refused(check_by_hand, batch=batch, outcomes=same, by=ANNA) == "laboratory.same_person"
    assert check_by_hand(batch=batch, outcomes=same, by=BERT) == (3, 0)
    assert refused(release, results=results_in(batch), by=BERT) == "laboratory.same_person"
    assert len(release(results=results_in(batch), by=CARL)) == 3


def test_what_two_people_typed_differently_is_believed_of_neither(laboratory, tubes):
    batch = entered(laboratory, tubes[:2], is_by_hand=True).batch
    outcomes = {tubes[0].pk: Outcome.NEGATIVE, tubes[1].pk: Outcome.POSITIVE}
    assert check_by_hand(batch=batch, outcomes=outcomes, by=BERT) == (1, 1)
    assert Result.objects.get(batch=batch, tube=tubes[1]).step == "returned"


def test_that_a_tube_is_void_stands_beside_its_result(laboratory, tubes):
    batch = entered(laboratory, tubes).batch
    Tube.objects.filter(pk=tubes[0].pk).update(state="void")
    [how_far] = [it for it in results_table([], None, may_tick=True).columns if it.name == "step"]
    marked = [it.tube_id for it in results_of(batch_with(batch)) if "此管已作废" in how_far.read(it).zh]
    assert marked == [tubes[0].pk]


def test_a_laboratory_is_not_closed_while_tubes_wait_there_or_stand_on_a_plate(laboratory, tubes):
    lay_plate(laboratory=laboratory.pk, n_wells=32, barcodes=["10010001"], by=ANNA)
    with pytest.raises(Refusal, match=r"laboratory\.tubes_wait_there") as caught:
        change_laboratory(laboratory=laboratory.pk, tubes_a_day=None, is_closed=True, by=ANNA)
    assert caught.value.facts["n"] == len(tubes)


def test_a_result_of_the_future_is_refused(laboratory, tubes):
    at = county_now() + timedelta(hours=1)
    assert refused(entered, laboratory=laboratory, tubes=tubes, measured_at=at) == "laboratory.measured_in_future"
