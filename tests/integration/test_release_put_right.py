"""Who is in a tube, or whether it counts, is put right after its result is out: whoever was told is told again."""

from datetime import timedelta

import pytest

from fangxian.core.policy.vocabulary import Colour
from fangxian.core.policy.words import LastResult
from fangxian.ops.lab.queries import Tube
from fangxian.ops.merges.models import Merge
from fangxian.ops.movement.queries import test_of as newest_test
from fangxian.ops.procedures.merge_persons import merge_persons
from fangxian.ops.procedures.release_results import follow_labels, follow_members, take_back
from fangxian.ops.procedures.run_rounds import end, reopen
from fangxian.ops.procedures.unmerge_persons import unmerge_persons
from fangxian.ops.realm.current import county_now
from fangxian.ops.results.queries import CallBack, Told

from .case_hand import build_with_diseases, officer
from .lab_hand import Device, a_round, stages
from .people_with_codes import seen_by_a_gate
from .result_hand import BY, call_backs, fill, let_out
from .two_townships import NAME, account_of

pytestmark = pytest.mark.django_db
POOL, SINGLE = "10010001", "10010002"


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


def test_whoever_was_scanned_for_another_is_let_go_and_the_other_is_told(there, phone):
    fill(phone, POOL, NAME, "李静")
    let_out(there, POOL, "positive")
    wrong = phone.told("unswab", tube=POOL, token=there.tokens[NAME], said="扫错人")
    phone.sends(wrong, phone.swab(POOL, "孟小", said="扫错人"))
    follow_members(at=county_now(), by=BY)
    assert call_backs(there, POOL) == {NAME: "dropped", "李静": "awaited", "孟小": "awaited"}
    assert seen_by_a_gate(there.county.head) == (Colour.GREEN, "")
    assert seen_by_a_gate(there.county.persons[2]) == (Colour.YELLOW, "C-11")


def test_nobody_is_let_go_and_nobody_left_out_when_two_labels_turn_out_to_be_one_tube(there, phone):
    opened, swab = phone.told("open_tube", tube="10010003", size=10), phone.swab("10010003", NAME)
    late = phone.told("rename_tube", tube="10010003", renamed=POOL, said="标签破损")
    phone.sends(opened, swab)
    fill(Device(there, name="phone-2", began_at=county_now() - timedelta(hours=7)), POOL, "李静", "孟小")
    let_out(there, POOL, "positive")
    phone.sends(late)
    follow_members(at=county_now(), by=BY)
    assert [it.state for it in CallBack.objects.all()] == ["awaited"] * 3
    assert [seen_by_a_gate(it) for it in there.county.persons[:3]] == [(Colour.YELLOW, "C-11")] * 3
    withdraw_label(there, POOL)
    assert seen_by_a_gate(there.county.head) == (Colour.GREEN, "")


def test_whoever_is_free_stays_free_when_their_own_tube_turns_out_to_have_two_labels(there, phone):
    fill(phone, POOL, NAME, "李静")
    opened = phone.told("open_tube", tube="10010003", size=1)
    late = phone.told("rename_tube", tube="10010003", renamed=SINGLE, said="标签破损")
    phone.sends(opened)
    let_out(there, POOL, "positive")
    fill(Device(there, name="phone-2", began_at=county_now() - timedelta(hours=7)), SINGLE, NAME, size=1)
    let_out(there, SINGLE, "negative")
    phone.sends(late)
    follow_labels(labels=["10010003", SINGLE], by=BY)
    assert call_backs(there, POOL) == {NAME: "free", "李静": "awaited"}
    assert seen_by_a_gate(there.county.head) == (Colour.GREEN, "")


def test_whoever_came_after_closing_is_told_as_soon_as_the_round_is_reopened(there, phone):
    planner, box = account_of(there.county, "dispatcher"), {"box": "90010001"}
    fill(phone, POOL, NAME, "李静")
    phone.sends(phone.told("box_tube", tube=POOL, **box), phone.told("seal_box", **box), phone.told("hand_box", **box))
    phone.sends(phone.told("receive_box", **box, said="县医院"))
    let_out(there, POOL, "positive")
    end(round=there.round.pk, because="召回由各社区跟到出结果", by=planner)
    phone.sends(phone.swab(POOL, "孟小"))
    reopen(round=there.round.pk, because="东关没网", by=planner)
    assert seen_by_a_gate(there.county.persons[2]) == (Colour.YELLOW, "C-11")


def withdraw_label(there, label):
    """The laboratory takes back what it found under this label."""
    return take_back(tube=Tube.objects.get(barcode=label).pk, why="曲线异常", by=BY)


def test_a_tube_that_leaked_makes_nobody_negative(there, phone):
    fill(phone, POOL, NAME, "李静")
    phone.sends(phone.told("void_tube", tube=POOL, said="漏液"))
    let_out(there, POOL, "negative")
    assert newest_test(there.county.head.pk) is None
    assert stages(there)[NAME] == "due"


def test_a_negative_of_a_tube_that_is_made_void_later_is_taken_back(there, phone):
    fill(phone, POOL, NAME, "李静")
    let_out(there, POOL, "negative")
    phone.sends(phone.told("void_tube", tube=POOL, said="拿错管"))
    follow_members(at=county_now(), by=BY)
    assert newest_test(there.county.head.pk) is None
    assert stages(there)[NAME] == "due"


def test_nobody_is_let_go_because_their_tube_is_made_void(there, phone):
    fill(phone, POOL, NAME, "李静")
    let_out(there, POOL, "positive")
    phone.sends(phone.told("void_tube", tube=POOL, said="漏液"))
    follow_members(at=county_now(), by=BY)
    assert call_backs(there, POOL)[NAME] == "awaited"
    assert seen_by_a_gate(there.county.head) == (Colour.YELLOW, "C-11")


def test_whoever_was_held_for_anothers_swab_is_let_go_when_two_records_are_two_again(there, phone):
    head, elder = there.county.head, there.county.persons[3]
    merge_persons(kept=head, merged=elder, reason="同一个人", by=BY)
    fill(phone, POOL, "王老", "李静")
    let_out(there, POOL, "grey")
    lead = officer(there.county, "tracing_lead", "县疾控中心", "cdc")
    unmerge_persons(merge=Merge.objects.get().pk, reason="是两个人", by=lead)
    follow_members(at=county_now(), by=BY)
    assert seen_by_a_gate(head) == (Colour.GREEN, "")
    assert seen_by_a_gate(elder) == (Colour.YELLOW, "C-11")
    fill(phone, SINGLE, "王老", size=1)
    let_out(there, SINGLE, "negative")
    assert seen_by_a_gate(elder) == (Colour.GREEN, "")


def test_a_negative_is_whose_swab_it_was_when_two_records_are_two_again(there, phone):
    head, elder = there.county.head, there.county.persons[3]
    merge_persons(kept=head, merged=elder, reason="同一个人", by=BY)
    fill(phone, POOL, "王老", "李静")
    let_out(there, POOL, "negative")
    lead = officer(there.county, "tracing_lead", "县疾控中心", "cdc")
    unmerge_persons(merge=Merge.objects.get().pk, reason="是两个人", by=lead)
    assert newest_test(head.pk) is None
    assert newest_test(elder.pk).result == LastResult.NEGATIVE
    assert [Told.objects.filter(person=it).count() for it in (head.pk, elder.pk)] == [0, 1]
