"""The posts room: hours, exits, keepers, shifts and their hand-over, checklist, gaps."""

from datetime import timedelta

import pytest

from fangxian.core.refusal import Refusal
from fangxian.ops.audit.models import AuditLine
from fangxian.ops.merges.models import Merge
from fangxian.ops.posts import actions
from fangxian.ops.posts.checklist import checklist, items, read_checklist
from fangxian.ops.posts.models import ExitOpening, Finding, Passing
from fangxian.ops.posts.queries import gaps_of, on_duty, shifts_between
from fangxian.ops.posts.wire import NewKeeper, NewPassing, NewPost, NewShift
from fangxian.ops.procedures.close_venue import close_venue
from fangxian.ops.procedures.merge_persons import merge_persons
from fangxian.ops.procedures.practise_post import lessons, practise
from fangxian.ops.procedures.unmerge_persons import unmerge_persons
from fangxian.ops.procedures.watch_posts import watch_posts
from fangxian.ops.realm.current import county_now
from fangxian.ops.realm.tables import carry_areas_over, erase_due
from fangxian.ops.tasks.models import Task
from tests.integration.people_with_codes import build_with_codes
from tests.integration.post_hand import BY, a_post, midnight, officer, passed, three_shifts, told
from tests.integration.two_townships import account_of, build

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def post():
    return a_post(build())


def refused(code, action, **told):
    with pytest.raises(Refusal) as caught:
        action(**told)
    assert caught.value.code == code


# ── roster ────────────────────────────────────────────────────────────────────


def test_three_shifts_of_four_leave_no_gap(post):
    three_shifts(post)
    assert gaps_of([post.row], midnight(), midnight() + DAY)[post.row.pk] == []


def test_a_shift_of_three_is_one_short_for_all_of_it(post):
    three_shifts(post, n=3)
    (gap,) = gaps_of([post.row], midnight(), midnight() + DAY)[post.row.pk]
    assert (gap.n_missing, gap.ends_at - gap.begins_at) == (1, DAY)


def test_two_shifts_of_a_post_may_not_overlap(post):
    three_shifts(post)
    begins = midnight() + timedelta(hours=3)
    shift = NewShift(post=post.row.pk, begins_at=begins, ends_at=begins + DAY, keepers=())
    refused("posts.shift_overlaps", actions.set_shifts, shifts=[shift], by=BY)


def test_a_keeper_of_another_post_cannot_be_set(post):
    other = a_post_beside(post)
    begins = midnight() + 2 * DAY
    shift = NewShift(post=post.row.pk, begins_at=begins, ends_at=begins + DAY, keepers=(other.pk,))
    refused("posts.keeper_elsewhere", actions.set_shifts, shifts=[shift], by=BY)


def a_post_beside(post):
    told = NewPost(venue=post.county.shop.pk, name="乔家", venue_class="village-post", area_path=post.row.area_path)
    (row,) = actions.set_up_posts(posts=[told], by=BY)
    return actions.add_keepers(post=row.pk, keepers=[NewKeeper(name="测试壬")], by=BY)[0]


def test_a_shift_set_again_has_the_new_people_only(post):
    (first, *_) = three_shifts(post)
    keepers = tuple(it.pk for it in post.keepers[4:6])
    shift = NewShift(post=post.row.pk, begins_at=first.begins_at, ends_at=first.ends_at, keepers=keepers)
    actions.set_shifts(shifts=[shift], by=BY)
    found = shifts_between([post.row.pk], first.begins_at, first.ends_at).first()
    assert {duty.keeper_id for duty in found.duties.all()} == set(keepers)


def test_whoever_leaves_is_taken_off_the_shifts_to_come(post):
    three_shifts(post, midnight() + DAY)
    actions.let_keeper_go(keeper=post.keepers[0].pk, by=BY)
    (gap, *_) = gaps_of([post.row], midnight() + DAY, midnight() + 2 * DAY)[post.row.pk]
    assert gap.n_missing == 1


# ── gaps are told of ──────────────────────────────────────────────────────────


def test_a_gap_is_one_task_of_the_township_until_it_is_filled(post):
    three_shifts(post, n=3)
    three_shifts(post, midnight() + DAY)
    for minutes in (0, 10, 20):
        watch_posts(at=county_now() + timedelta(minutes=minutes), by=BY)
    task = Task.objects.get(kind="posts.gap")
    assert (task.role, task.state, task.area_path) == ("township_approver", "open", post.row.area_path)
    three_shifts(post)
    watch_posts(at=county_now() + timedelta(minutes=30), by=BY)
    assert Task.objects.get(kind="posts.gap").state == "cancelled"


def test_a_gap_that_opens_again_is_told_of_again(post):
    three_shifts(post, midnight() + DAY)
    for n, minutes in ((3, 0), (4, 10), (3, 20)):
        three_shifts(post, n=n)
        watch_posts(at=county_now() + timedelta(minutes=minutes), by=BY)
    assert sorted(Task.objects.filter(kind="posts.gap").values_list("state", flat=True)) == ["cancelled", "open"]


def test_a_shift_to_which_nobody_came_is_told_of(post):
    three_shifts(post)
    three_shifts(post, midnight() + DAY)
    at = on_duty([post.row.pk], county_now())[post.row.pk].begins_at
    watch_posts(at=at + timedelta(minutes=10), by=BY)
    assert not Task.objects.exists()
    watch_posts(at=at + timedelta(minutes=20), by=BY)
    assert Task.objects.get().kind == "posts.nobody_came"
    actions.come_on_duty(shift=on_duty([post.row.pk], at)[post.row.pk].pk, keepers=[post.keepers[4].pk], by=BY)
    watch_posts(at=at + timedelta(minutes=30), by=BY)
    assert Task.objects.get().state == "cancelled"


# ── hand-over ─────────────────────────────────────────────────────────────────


def test_a_shift_is_handed_over_once_two_people_have_signed(post):
    first, *_ = three_shifts(post)
    here, next_one = post.keepers[0].pk, post.keepers[4].pk
    refused("posts.not_handed", actions.take_shift, shift=first.pk, keeper=next_one, by=BY)
    refused("posts.note_empty", actions.hand_shift, shift=first.pk, keeper=here, note=" ", by=BY)
    actions.hand_shift(shift=first.pk, keeper=here, note="观察处一人待接", by=BY)
    refused("posts.signed_twice", actions.take_shift, shift=first.pk, keeper=here, by=BY)
    actions.take_shift(shift=first.pk, keeper=next_one, by=BY)
    refused("posts.taken_over", actions.hand_shift, shift=first.pk, keeper=here, note="再改", by=BY)
    first.refresh_from_db()
    assert (first.note, first.handed_by, first.taken_by) == ("观察处一人待接", f"keeper:{here}", f"keeper:{next_one}")


# ── exits ─────────────────────────────────────────────────────────────────────


def test_each_opening_of_the_locked_exit_is_on_record(post):
    usual, locked = post.row.exits.all()
    refused("posts.exit_unknown", actions.open_exit, exit=usual.pk, why="x", by=BY)
    refused("posts.exit_why", actions.open_exit, exit=locked.pk, why="", by=BY)
    actions.open_exit(exit=locked.pk, why="急救车通过", by=BY)
    refused("posts.exit_stands_open", actions.open_exit, exit=locked.pk, why="再开", by=BY)
    actions.lock_exit(exit=locked.pk, by=BY)
    actions.lock_exit(exit=locked.pk, by=BY)
    (row,) = ExitOpening.objects.all()
    assert (row.why, row.locked_at is not None) == ("急救车通过", True)


def test_a_locked_exit_needs_somebody_with_the_key(post):
    locked = post.row.exits.get(is_locked=True)
    refused("posts.key_nobody", actions.keep_key, exit=locked.pk, holder=" ", phone="1", by=BY)


# ── checklist and practice ────────────────────────────────────────────────────


def test_the_county_s_checklist_says_how_well_each_line_is_known():
    groups = checklist()
    assert len(groups) >= 5
    assert all(item.source and item.said.zh and item.said.en for group in groups for item in group.items)


def test_a_checklist_that_names_an_item_twice_is_refused():
    item = '{ key = "a", zh = "甲", en = "A", source = "x", strength = "guess" }'
    refused(
        "posts.checklist_wrong",
        read_checklist,
        data=f'[[checklist]]\nzh = "一"\nen = "1"\nitems = [{item}, {item}]'.encode(),
    )


def test_a_fault_stands_until_a_second_look_finds_it_mended(post):
    first, second, *_ = items()
    answers = {first: "fault", second: "ok"}
    actions.record_inspection(post=post.row.pk, answers=answers, notes={first: "门敞着"}, by=BY)
    actions.record_inspection(post=post.row.pk, answers={first: "fault"}, notes={}, by=BY)
    (finding,) = Finding.objects.all()
    assert (finding.item, finding.what, finding.mended_at) == (first, "门敞着", None)
    actions.record_inspection(post=post.row.pk, answers={first: "ok"}, notes={}, by=BY)
    assert Finding.objects.get().mended_at is not None


def test_nobody_is_signed_off_who_let_an_invented_person_through_wrongly():
    county = build_with_codes()
    post, by = a_post(county), officer(county)
    keeper = post.keepers[0].pk
    right = {it.who.key: it.right for it in lessons(post.row)}
    assert set(right.values()) == {"admit", "verify", "path", "let_on"}
    refused("posts.not_practised", actions.sign_off, keeper=keeper, by=BY)
    practise(post=post.row, keeper=keeper, answers=right | {"red-code": "admit"}, seconds=50, by=by)
    refused("posts.not_practised", actions.sign_off, keeper=keeper, by=BY)
    practise(post=post.row, keeper=keeper, answers=right, seconds=40, by=by)
    actions.sign_off(keeper=keeper, by=BY)
    post.keepers[0].refresh_from_db()
    assert post.keepers[0].signed_off_at is not None
    assert not Passing.objects.exists()


def test_a_venue_that_closes_takes_its_post_along(post):
    three_shifts(post, n=3)
    watch_posts(at=county_now(), by=BY)
    close_venue(venue=post.venue, because="撤点", by=BY)
    post.row.refresh_from_db()
    assert post.row.closed_at is not None
    watch_posts(at=county_now() + timedelta(minutes=10), by=BY)
    assert set(Task.objects.values_list("state", flat=True)) == {"cancelled"}


# ── merging, moving, erasing ──────────────────────────────────────────────────


def test_the_passings_of_a_merged_record_are_those_of_the_one_that_goes_on_and_go_back():
    county = build_with_codes()
    post, by = a_post(county), officer(county)
    one, other = county.persons[0], county.persons[1]
    passed(post, by, told(post, document=other.document_number))
    merge_persons(kept=one, merged=other, reason="同一个人", by=BY)
    assert Passing.objects.get().person_id == one.pk
    lead = account_of(county, "tracing_lead", name="lead")
    unmerge_persons(merge=Merge.objects.get().pk, reason="是两个人", by=lead)
    assert Passing.objects.get().person_id == other.pk


def test_a_post_moves_with_its_division(post):
    three_shifts(post)
    carry_areas_over({"141027100001": "141027100009"})
    post.row.refresh_from_db()
    assert post.row.area_path.startswith("141027100009")
    assert post.row.shifts.filter(area_path=post.row.area_path).count() == 3


def test_passings_are_erased_at_their_term_and_posts_at_the_end(post):
    at = county_now()
    row = NewPassing(
        device=post.row.pk, number=1, passed_at=at - timedelta(days=31), told=told(post, name="测试甲"), outcome="admit"
    )
    actions.register_passings(passings=[row], by=BY)
    list(erase_due(at, epidemic_ended=False))
    assert (Passing.objects.count(), type(post.row).objects.count()) == (0, 1)
    list(erase_due(at, epidemic_ended=True))
    assert type(post.row).objects.count() == 0


def test_each_action_leaves_one_line_for_its_whole_set(post):
    before = AuditLine.objects.count()
    three_shifts(post)
    assert AuditLine.objects.count() == before + 1
