"""A venue with a post moves: the post is kept at the new place by the same people, and comes back with the venue."""

from copy import deepcopy
from datetime import timedelta

import pytest
from django.urls import reverse

from fangxian.core.refusal import Refusal
from fangxian.ops.measures.actions import found_rulebooks
from fangxian.ops.posts.actions import add_keepers, keep_key, let_keeper_go, set_shifts
from fangxian.ops.posts.models import Duty, Emergency, Keeper, Passing, Post, Shift
from fangxian.ops.posts.queries import keepers_of, post_of_venue
from fangxian.ops.posts.wire import NewKeeper, NewShift
from fangxian.ops.procedures.move_venue import move_venue, take_move_back
from fangxian.ops.procedures.post_emergency import lead_to_path
from fangxian.ops.realm.current import county_now
from fangxian.ops.tasks.models import Task
from tests.integration.post_hand import a_post, passed, told
from tests.integration.test_venue_posters import RULEBOOK
from tests.integration.two_townships import OTHER_CELL, account_of, build, shown, sign_in

BY = "program:test"
HOUR = timedelta(hours=1)
pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def post_of_this_file(rows_of_this_file):
    """A post with a shift that began an hour ago and one to come, each of four, and a registrar of the county."""
    county = build()
    found_rulebooks(texts=[RULEBOOK.read_bytes()], by=BY)
    made = a_post(county)
    made.registrar = account_of(county, "dispatcher", "141027")
    now = county_now()
    made.shifts = set_shifts(
        shifts=[
            NewShift(post=made.row.pk, begins_at=now + begins, ends_at=now + ends, keepers=tuple(it.pk for it in who))
            for begins, ends, who in (
                (-HOUR, 2 * HOUR, made.keepers[:4]), (2 * HOUR, 10 * HOUR, made.keepers[4:]),
            )
        ],
        by=BY,
    )  # fmt: skip
    return made


@pytest.fixture
def post(post_of_this_file, db):
    """With rows in memory that are this test's own."""
    return deepcopy(post_of_this_file)


def moved(post):
    return move_venue(venue=post.venue, cell=post.county.cells[2], address="乔家路口", by=post.registrar).venue


def test_it_is_kept_at_the_new_place_by_the_same_people_with_the_same_exits(post):
    there = post_of_venue(moved(post).pk)
    assert (there.name, there.area_path) == ("东街值守点", OTHER_CELL)
    assert [it.name for it in there.keepers.order_by("number")] == [it.name for it in post.keepers]
    assert [it.is_locked for it in there.exits.order_by("number")] == [False, True]


def test_the_old_post_is_closed_and_keeps_what_was(post):
    moved(post)
    old = Post.objects.get(pk=post.row.pk)
    assert old.closed_at is not None
    assert old.shifts.count() == 1


def test_the_shift_to_come_goes_along_with_its_people(post):
    there = post_of_venue(moved(post).pk)
    shift = Shift.objects.get(begins_at=post.shifts[1].begins_at)
    assert (shift.post, shift.area_path) == (there, OTHER_CELL)
    assert {it.keeper.post_id for it in shift.duties.all()} == {there.pk}
    assert shift.duties.count() == 4


def test_what_is_left_of_the_shift_being_kept_is_kept_there(post):
    there = post_of_venue(moved(post).pk)
    here, rest = Shift.objects.filter(ends_at__lte=post.shifts[0].ends_at).order_by("begins_at")
    assert (here.post_id, rest.post_id) == (post.row.pk, there.pk)
    assert (here.ends_at, rest.ends_at) == (rest.begins_at, post.shifts[0].ends_at)
    assert Duty.objects.filter(shift=rest).count() == 4


def test_who_had_left_does_not_come_along(post):
    let_keeper_go(keeper=post.keepers[7].pk, by=BY)
    there = post_of_venue(moved(post).pk)
    assert there.keepers.count() == 7


def test_taken_back_the_old_post_is_kept_again_with_the_shifts(post):
    take_move_back(venue=moved(post), by=post.registrar)
    here = post_of_venue(post.venue.pk)
    assert here.pk == post.row.pk
    assert Shift.objects.get(begins_at=post.shifts[1].begins_at).post_id == here.pk
    assert Keeper.objects.filter(post=here).count() == 8
    assert Post.objects.filter(closed_at__isnull=True).count() == 1


def test_taken_back_who_came_at_the_new_place_is_not_taken_for_one_who_had_left_before(post):
    let_keeper_go(keeper=post.keepers[7].pk, by=BY)
    new = moved(post)
    add_keepers(post=post_of_venue(new.pk).pk, keepers=[NewKeeper(name="测试壬")], by=BY)
    take_move_back(venue=new, by=post.registrar)
    names = [it.name for it in keepers_of(post_of_venue(post.venue.pk))]
    assert names == [*(it.name for it in post.keepers[:7]), "测试壬"]


def test_taken_back_the_key_is_with_whoever_had_it_last(post):
    new = moved(post)
    locked = post_of_venue(new.pk).exits.get(is_locked=True)
    keep_key(exit=locked.pk, holder="测试癸", phone="15400000012", by=BY)
    take_move_back(venue=new, by=post.registrar)
    assert post_of_venue(post.venue.pk).exits.get(is_locked=True).key_holder == "测试癸"


@pytest.mark.parametrize("role", ["checkpoint_officer", "door_keeper"])
def test_what_a_phone_registered_before_the_move_is_taken_after_it(post, role):
    keeper = account_of(post.county, role, venue=post.venue.pk)
    before = county_now() - HOUR
    moved(post)
    (then, now) = (passed(post, keeper, told(post, name="测试过客"), passed_at=it)[0] for it in (before, county_now()))
    assert (then.kept.state, now.kept.refusal.code) == ("taken", "posts.unknown")
    assert Passing.objects.get().post_id == post.row.pk


def test_a_fever_told_late_of_a_post_that_is_closed_leads_to_nobody_there(post):
    keeper = account_of(post.county, "checkpoint_officer")
    before = county_now() - timedelta(minutes=5)
    moved(post)
    passed(post, keeper, told(post, name="测试过客", temperature_tenths=380), passed_at=before)
    assert not Emergency.objects.exists()
    assert Task.objects.get(about=f"post:{post.row.pk}").kind == "posts.passed_red"


def test_an_emergency_that_has_not_ended_keeps_it_where_it_is(post, client):
    emergency = lead_to_path(post=post.row, passing=None, why="ill", to_hospital=False, by=post.registrar)
    with pytest.raises(Refusal) as caught:
        moved(post)
    assert caught.value.code == "posts.emergency_runs"
    page = sign_in(client, post.county, "dispatcher").get(reverse("venue-move", args=[post.venue.pk]))
    assert reverse("post-emergency", args=[emergency]) in shown(page)
