"""Results of a round's tubes go out: who is told, who is held, called back, free again, and told once more."""

from datetime import date, timedelta

import pytest

from fangxian.core.policy.vocabulary import Colour
from fangxian.core.policy.words import LastResult
from fangxian.ops.cases.queries import unfinished_of_person
from fangxian.ops.lab.queries import tube_with, unsettled
from fangxian.ops.movement.actions import leaving
from fangxian.ops.movement.actions.leaving import leave, make_left_due
from fangxian.ops.movement.queries import due
from fangxian.ops.movement.queries import test_of as newest_test
from fangxian.ops.procedures.call_back_tasks import call_again
from fangxian.ops.procedures.merge_persons import merge_persons
from fangxian.ops.procedures.pool_evidence import lapses_of
from fangxian.ops.procedures.positive_result import Found
from fangxian.ops.procedures.recolour import recolour_due
from fangxian.ops.procedures.release_results import follow_labels, follow_members
from fangxian.ops.procedures.result_following import follow
from fangxian.ops.procedures.result_tests import OWN_TURN
from fangxian.ops.realm.clock import CountyClock
from fangxian.ops.realm.current import county_now, keys_changed, the_realm
from fangxian.ops.results.actions import put_results
from fangxian.ops.results.queries import CallBack, Told, TubeResult, waiting_or_held
from fangxian.ops.tasks.actions import finish
from fangxian.ops.tasks.queries import unfinished

from .case_hand import build_with_diseases, report, staffed
from .lab_hand import Device, a_round, stages
from .people_with_codes import seen_by_a_gate
from .result_hand import BY, OTHER, OWN, call_backs, fill, kinds_of, let_out, out, withdraw
from .two_townships import NAME, document, person

pytestmark = pytest.mark.django_db
HOME = [NAME, "李静", "孟小"]
POOL, SINGLE, AGAIN = "10010001", "10010002", "10010003"


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
def phone(there):
    return Device(there)


def waiting(kind):
    return [it.title_zh for it in unfinished().filter(kind=kind)]


def test_a_negative_tube_is_a_test_of_everybody_in_it_and_the_gate_knows(there, phone):
    fill(phone, POOL, *HOME)
    let_out(there, POOL, "negative")
    for one in there.county.persons[:3]:
        test = newest_test(one.pk)
        assert (test.result, test.source) == (LastResult.NEGATIVE, OWN)
    assert [stages(there)[it] for it in HOME] == ["resulted"] * 3
    assert stages(there)["王老"] == "due"


def test_everybody_in_a_pool_that_is_not_negative_is_yellow_and_called_back_with_a_task(there, phone):
    fill(phone, POOL, *HOME)
    told = let_out(there, POOL, "grey")
    assert (told.n_told, told.n_called_back) == (3, 3)
    assert [seen_by_a_gate(it) for it in there.county.persons[:3]] == [(Colour.YELLOW, "C-11")] * 3
    assert call_backs(there, POOL) == dict.fromkeys(HOME, "awaited")
    assert len(waiting("lab.call_back")) == 3


def test_whoever_a_grid_worker_says_to_have_told_is_called(there, phone):
    fill(phone, POOL, *HOME)
    let_out(there, POOL, "grey")
    [task, *_] = unfinished().filter(kind="lab.call_back").values_list("pk", flat=True)
    finish(tasks=[task], outcome="done", by=BY)
    follow_members(at=county_now(), by="program:worker")
    assert CallBack.objects.exclude(called_at=None).count() == 1


def test_an_own_negative_frees_without_anybodys_pen(there, phone):
    fill(phone, POOL, *HOME)
    let_out(there, POOL, "positive")
    fill(phone, SINGLE, NAME, size=1)
    follow_labels(labels=[SINGLE], by=BY)
    let_out(there, SINGLE, "negative")
    assert call_backs(there, POOL) == {NAME: "free", "李静": "awaited", "孟小": "awaited"}
    assert seen_by_a_gate(there.county.head) == (Colour.GREEN, "")
    assert newest_test(there.county.head.pk).result == LastResult.NEGATIVE
    assert len(waiting("lab.call_back")) == 2
    assert not unsettled(there.round).exists()


def test_a_pool_of_which_everybody_is_negative_is_the_laboratorys_to_explain(there, phone):
    fill(phone, POOL, NAME, "李静")
    let_out(there, POOL, "positive")
    for tube, whom in ((SINGLE, NAME), (AGAIN, "李静")):
        assert not waiting("lab.unexplained_pool")
        fill(phone, tube, whom, size=1)
        let_out(there, tube, "negative")
    assert len(waiting("lab.unexplained_pool")) == 1


def test_an_own_positive_is_held_and_goes_to_a_second_laboratory(there, phone):
    fill(phone, POOL, *HOME)
    let_out(there, POOL, "positive")
    fill(phone, SINGLE, NAME, size=1)
    assert let_out(there, SINGLE, "positive").n_second == 1
    assert seen_by_a_gate(there.county.head) == (Colour.RED, "C-18")
    assert unfinished_of_person(there.county.head.pk, "covid-19").state == "held"
    assert call_backs(there, POOL)[NAME] == "held"


def test_a_second_laboratory_that_finds_the_same_in_the_same_tube_confirms(there, phone):
    fill(phone, SINGLE, NAME, size=1)
    let_out(there, SINGLE, "positive")
    let_out(there, SINGLE, "positive", "positive", laboratory=OTHER)
    assert unfinished_of_person(there.county.head.pk, "covid-19").state == "confirmed"
    assert seen_by_a_gate(there.county.head) == (Colour.RED, "C-01")


def test_a_second_laboratorys_negative_of_another_own_tube_ends_both_holds(there, phone):
    fill(phone, POOL, *HOME)
    let_out(there, POOL, "positive")
    fill(phone, SINGLE, NAME, size=1)
    let_out(there, SINGLE, "positive")
    fill(phone, AGAIN, NAME, size=1)
    let_out(there, AGAIN, "negative", laboratory=OTHER)
    assert seen_by_a_gate(there.county.head) == (Colour.GREEN, "")
    assert call_backs(there, POOL)[NAME] == "free"
    assert unfinished_of_person(there.county.head.pk, "covid-19") is None


def test_a_negative_from_a_hospital_frees_from_a_pool_too(there, phone):
    fill(phone, POOL, *HOME)
    let_out(there, POOL, "grey")
    now = county_now()
    report(there.county.head, staffed(there.county).laboratory, Found.NEGATIVE, sampled_at=now, resulted_at=now)
    assert call_backs(there, POOL)[NAME] == "free"
    assert seen_by_a_gate(there.county.head) == (Colour.GREEN, "")


def test_a_negative_sampled_before_the_pool_frees_nobody(there, phone):
    fill(phone, SINGLE, NAME, size=1)
    fill(phone, POOL, *HOME)
    let_out(there, POOL, "grey")
    let_out(there, SINGLE, "negative")
    assert call_backs(there, POOL)[NAME] == "awaited"


def test_whoever_was_negative_alone_before_the_pool_came_out_is_never_held(there, phone):
    fill(phone, POOL, *HOME)
    fill(phone, SINGLE, NAME, size=1)
    let_out(there, SINGLE, "negative")
    let_out(there, POOL, "grey")
    assert call_backs(there, POOL) == {NAME: "free", "李静": "awaited", "孟小": "awaited"}
    assert kinds_of(there.county.head) == []


def test_the_same_release_twice_changes_nothing(there, phone):
    fill(phone, POOL, *HOME)
    let_out(there, POOL, "positive")
    before = [list(model.objects.order_by("pk").values()) for model in (TubeResult, Told, CallBack)]
    again = let_out(there, POOL, "positive")
    assert (again.n_told, again.n_taken_back, again.n_called_back) == (0, 0, 0)
    after = [list(model.objects.order_by("pk").values()) for model in (TubeResult, Told, CallBack)]
    before[0][0].pop("measured_at"), after[0][0].pop("measured_at")
    assert before == after
    assert kinds_of(there.county.head) == ["pool-hold"]


def test_what_was_cut_short_before_codes_were_computed_is_gone_on_with_by_the_worker(there, phone):
    fill(phone, POOL, *HOME)
    told = out(there, POOL, "grey")
    put_results(outs=[told], n_members={told.tube_id: 3}, by=BY)
    follow([told.tube_id], by=BY)
    assert seen_by_a_gate(there.county.head) == (Colour.GREEN, "")
    recolour_due()
    assert seen_by_a_gate(there.county.head) == (Colour.YELLOW, "C-11")
    assert let_out(there, POOL, "grey").n_told == 0


def test_a_negative_that_was_cut_short_is_the_workers_a_quarter_of_a_minute_later(there, phone):
    fill(phone, POOL, *HOME)
    told = out(there, POOL, "negative")
    put_results(outs=[told], n_members={told.tube_id: 3}, by=BY)
    follow([told.tube_id], by=BY)
    everybody = {one.pk for one in there.county.persons[:3]}
    assert everybody.isdisjoint(due_at(county_now()))
    assert everybody <= due_at(county_now() + OWN_TURN)


def due_at(moment):
    make_left_due(at=moment)
    return {*due(moment, limit=9)}


def test_a_negative_that_was_not_cut_short_is_nobodys_any_more(there, phone):
    fill(phone, POOL, *HOME)
    let_out(there, POOL, "negative")
    assert due_at(county_now() + OWN_TURN).isdisjoint(one.pk for one in there.county.persons[:3])


def test_of_two_that_were_cut_short_one_does_not_wait_for_the_other(there, monkeypatch):
    one, other = (it.pk for it in there.county.persons[:2])
    for it in (one, other):
        leave(persons=[it], until=county_now())
    made_due = []
    monkeypatch.setattr(leaving, "make_due", lambda *, persons, at: made_due.append(persons) or 1 / (2 - len(made_due)))
    with pytest.raises(ZeroDivisionError):
        make_left_due(at=county_now())
    assert made_due == [[one], [other]]
    monkeypatch.undo()
    assert due_at(county_now()) & {one, other} == {other}


@pytest.mark.sqlite
def test_the_quarter_of_a_minute_is_the_walls_however_fast_the_countys_clock_runs(there, phone):
    fill(phone, POOL, *HOME)
    told = out(there, POOL, "negative")
    put_results(outs=[told], n_members={told.tube_id: 3}, by=BY)
    realm = the_realm()
    realm.with_clock(CountyClock.starting(county_now(), rate=600, zone=realm.clock.zone))
    keys_changed()
    try:
        follow([told.tube_id], by=BY)
        assert due_at(county_now() + OWN_TURN).isdisjoint(one.pk for one in there.county.persons[:3])
    finally:
        realm.with_clock(realm.clock)
        keys_changed()


def test_a_withdrawn_negative_leaves_nobody_with_a_test_and_the_roster_waits_again(there, phone):
    fill(phone, POOL, *HOME)
    let_out(there, POOL, "negative")
    assert withdraw(there, POOL).n_taken_back == 3
    assert newest_test(there.county.head.pk) is None
    assert stages(there)[NAME] == "tube"


def test_a_withdrawn_pool_lets_everybody_go_and_nobody_is_fetched(there, phone):
    fill(phone, POOL, *HOME)
    let_out(there, POOL, "positive")
    withdraw(there, POOL)
    assert seen_by_a_gate(there.county.head) == (Colour.GREEN, "")
    assert set(call_backs(there, POOL).values()) == {"dropped"}
    assert not waiting("lab.call_back")


def test_whoever_an_own_negative_freed_is_held_again_when_it_is_withdrawn(there, phone):
    fill(phone, POOL, *HOME)
    let_out(there, POOL, "positive")
    fill(phone, SINGLE, NAME, size=1)
    let_out(there, SINGLE, "negative")
    withdraw(there, SINGLE)
    assert seen_by_a_gate(there.county.head) == (Colour.YELLOW, "C-11")
    assert call_backs(there, POOL)[NAME] == "sampled"
    assert newest_test(there.county.head.pk).result == LastResult.UNCLEAR


def test_an_own_positive_that_is_withdrawn_leaves_no_case(there, phone):
    fill(phone, SINGLE, NAME, size=1)
    let_out(there, SINGLE, "positive")
    withdraw(there, SINGLE)
    assert unfinished_of_person(there.county.head.pk, "covid-19") is None
    assert seen_by_a_gate(there.county.head) == (Colour.GREEN, "")


def test_another_run_that_changes_a_result_tells_everybody_again(there, phone):
    fill(phone, POOL, *HOME)
    let_out(there, POOL, "negative")
    told = let_out(there, POOL, "negative", "grey")
    assert (told.n_taken_back, told.n_told) == (3, 3)
    assert seen_by_a_gate(there.county.head) == (Colour.YELLOW, "C-11")


def test_invalid_once_tells_nobody_and_twice_calls_back_without_a_hold(there, phone):
    fill(phone, POOL, *HOME)
    assert let_out(there, POOL, "invalid").n_told == 0
    assert let_out(there, POOL, "invalid", "invalid").n_called_back == 3
    assert seen_by_a_gate(there.county.head) == (Colour.GREEN, "")
    assert newest_test(there.county.head.pk) is None
    assert stages(there)[NAME] == "tube"


def test_whoever_a_late_phone_puts_into_a_tube_is_told_what_the_others_were(there, phone):
    fill(phone, POOL, NAME, "李静")
    let_out(there, POOL, "positive")
    late = Device(there, name="phone-2", began_at=county_now() - timedelta(hours=8))
    late.sends(late.swab(POOL, "孟小"))
    assert follow_members(at=county_now(), by="program:worker") == 1
    assert call_backs(there, POOL) == dict.fromkeys(HOME, "awaited")
    assert seen_by_a_gate(there.county.persons[2]) == (Colour.YELLOW, "C-11")


def test_whoever_was_put_into_the_wrong_tube_is_let_go_when_that_is_put_right(there, phone):
    fill(phone, POOL, *HOME)
    let_out(there, POOL, "positive")
    phone.sends(phone.told("unswab", tube=POOL, token=there.tokens[NAME], said="扫错人"))
    follow_labels(labels=[POOL], by=BY)
    assert call_backs(there, POOL)[NAME] == "dropped"
    assert seen_by_a_gate(there.county.head) == (Colour.GREEN, "")


def test_whoever_only_a_list_knows_is_called_back_too_and_a_positive_of_their_own_is_a_case(there, phone):
    typed = {"name": "外来客", "document_number": "999000199001010017", "phone": "15400000077"}
    opened = phone.told("open_tube", tube=POOL, size=10)
    swab = phone.told("swab", tube=POOL, person=typed)
    phone.sends(opened, swab, phone.swab(POOL, NAME), phone.told("seal_tube", tube=POOL))
    let_out(there, POOL, "positive")
    assert call_backs(there, POOL)["外来客"] == "awaited"
    opened, swab = phone.told("open_tube", tube=SINGLE, size=1), phone.told("swab", tube=SINGLE, person=typed)
    phone.sends(opened, swab, phone.told("seal_tube", tube=SINGLE))
    let_out(there, SINGLE, "positive")
    assert call_backs(there, POOL)["外来客"] == "held"
    assert tube_with(there.round, SINGLE).n_people == 1


def test_whoever_is_registered_later_has_the_test_and_the_hold_from_then_on(there, phone):
    born_on = date(1990, 1, 1)
    typed = {"name": "外来客", "document_number": document(born_on, len(there.county.persons) + 1)}
    phone.sends(phone.told("swab", tube=POOL, person=typed), phone.swab(POOL, NAME), phone.told("seal_tube", tube=POOL))
    let_out(there, POOL, "grey")
    known = person(there.county.home, 3, "外来客", born_on)
    follow_members(at=county_now(), by="program:worker")
    assert newest_test(known.pk).result == LastResult.UNCLEAR
    assert seen_by_a_gate(known) == (Colour.YELLOW, "C-11")
    assert call_backs(there, POOL)["外来客"] == "awaited"


def test_of_a_record_that_was_merged_since_what_was_told_is_undone_of_the_one_that_goes_on(there, phone):
    head, elder = there.county.head, there.county.persons[3]
    fill(phone, POOL, "王老", "李静")
    let_out(there, POOL, "grey")
    merge_persons(kept=head, merged=elder, reason="同一个人", by=BY)
    assert seen_by_a_gate(head) == (Colour.YELLOW, "C-11")
    withdraw(there, POOL)
    assert seen_by_a_gate(head) == (Colour.GREEN, "")
    assert newest_test(head.pk) is None


def test_of_two_tubes_of_one_person_the_pool_that_is_not_negative_holds(there, phone):
    fill(phone, POOL, NAME, "李静")
    fill(phone, SINGLE, NAME, "孟小")
    let_out(there, SINGLE, "negative")
    let_out(there, POOL, "grey")
    assert call_backs(there, POOL)[NAME] == "awaited"
    assert seen_by_a_gate(there.county.head) == (Colour.YELLOW, "C-11")


def test_whoever_is_not_sampled_before_the_hold_lapses_is_called_once_more(there, phone):
    fill(phone, POOL, *HOME)
    let_out(there, POOL, "positive")
    rows = waiting_or_held()
    assert {round((it - county_now()) / timedelta(hours=1)) for it in lapses_of(rows).values()} == {72}
    soon = {row.pk: county_now() + timedelta(hours=11) for row in rows}
    call_again(rows, soon, by=BY)
    assert len(waiting("lab.call_back")) == 3, "somebody has it to do already"
    finish(tasks=list(unfinished().filter(kind="lab.call_back").values_list("pk", flat=True)), outcome="done", by=BY)
    call_again(rows, {pk: it + timedelta(hours=2) for pk, it in soon.items()}, by=BY)
    assert not waiting("lab.call_back")
    call_again(rows, soon, by=BY)
    call_again(rows, soon, by=BY)
    assert ["再次通知" in it for it in waiting("lab.call_back")] == [True] * 3
    fill(phone, SINGLE, NAME, size=1)
    follow_labels(labels=[SINGLE], by=BY)
    assert len(waiting("lab.call_back")) == 2
