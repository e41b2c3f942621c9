"""A post is set up at a venue of one's own area, closed with a reason, and kept again as it was."""

from datetime import timedelta

import pytest
from django.urls import reverse

from fangxian.ops.posts.actions import open_exit
from fangxian.ops.posts.models import Exit, Post
from fangxian.ops.posts.wire import NewExit
from fangxian.ops.procedures.keep_posts import end_post, set_up_post, venues_for_posts
from fangxian.ops.procedures.watch_posts import watch_posts
from fangxian.ops.realm.current import county_now
from fangxian.ops.tasks.queries import unfinished

from .founding import code_of
from .post_hand import BY, a_post, midnight, three_shifts
from .two_townships import OTHER_TOWN, account_of, build, shown, venue

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def county_of_this_file(rows_of_this_file):
    county = build()
    county.place = venue(county.cells[0], 901, "西口值守点", "village-post")
    county.township = account_of(county, "township_approver")
    return county


@pytest.fixture
def county(county_of_this_file, db):
    return county_of_this_file


def set_up(county, *, by=None, place=None, **more):
    told = {
        "begins_min": 7 * 60,
        "ends_min": 23 * 60,
        "n_a_shift": 4,
        "phone": "",
        "exits": (NewExit(name="进村路口"),),
    }
    return set_up_post(venue=(place or county.place).pk, by=by or county.township, **(told | more))


def ended(county, row, *, by=None, reason="改走新路"):
    end_post(post=row.pk, reason=reason, by=by or county.township)


def test_the_township_sets_up_a_post_at_a_venue_of_its_own(county):
    row = set_up(county)
    assert (row.name, row.area_path, row.begins_min, [it.name for it in row.exits.all()]) == (
        "西口值守点", county.place.area_path, 420, ["进村路口"],
    )  # fmt: skip


def test_a_venue_has_one_post(county):
    set_up(county)
    assert code_of(set_up, county=county) == "posts.there_already"
    assert county.place not in venues_for_posts(county.township)


def test_another_township_sets_up_none_here(county):
    stranger = account_of(county, "township_approver", OTHER_TOWN)
    assert code_of(set_up, county=county, by=stranger) == "posts.venue_unfit"


def test_a_locked_exit_has_somebody_with_the_key(county):
    way = NewExit(name="应急出口", is_locked=True)
    assert code_of(set_up, county=county, exits=(NewExit(name="路口"), way)) == "posts.key_nobody"


def test_hours_that_end_before_they_begin_are_none(county):
    assert code_of(set_up, county=county, begins_min=-1) == "posts.hours"


def test_closed_its_shifts_to_come_and_its_gaps_need_nobody_any_more(county):
    post = a_post(county)
    three_shifts(post, day=midnight() + timedelta(days=1))
    watch_posts(at=county_now(), by=BY)
    assert unfinished().filter(about=f"post:{post.row.pk}").exists()
    ended(county, post.row)
    assert not unfinished().filter(about=f"post:{post.row.pk}").exists()
    assert (Post.objects.get(pk=post.row.pk).closed_at is not None, post.row.shifts.count()) == (True, 0)


def test_closed_in_the_middle_of_a_shift_the_shift_ends(county):
    post = a_post(county)
    three_shifts(post)
    ended(county, post.row)
    row = Post.objects.get(pk=post.row.pk)
    set_up(county, place=post.venue)
    assert not row.shifts.filter(ends_at__gt=row.closed_at).exists()
    assert row.shifts.filter(ends_at=row.closed_at).exists()


def test_without_a_reason_it_stays(county):
    assert code_of(ended, county=county, row=set_up(county), reason=" ") == "posts.close_why"


def test_while_a_locked_exit_stands_open_it_stays(county):
    post = a_post(county)
    open_exit(exit=Exit.objects.get(post=post.row, is_locked=True).pk, why="救护车", by=BY)
    assert code_of(ended, county=county, row=post.row) == "posts.closing_meanwhile"


def test_another_township_closes_none_here(county):
    stranger = account_of(county, "township_approver", OTHER_TOWN)
    assert code_of(ended, county=county, row=set_up(county), by=stranger) == "accounts.not_yours"


def test_kept_again_it_is_the_same_post_with_its_people(county):
    post = a_post(county)
    ended(county, post.row)
    again = set_up(county, place=post.venue, n_a_shift=2)
    assert (again.pk, again.n_a_shift, again.closed_at, again.keepers.count()) == (post.row.pk, 2, None, 8)


def test_on_its_page_it_is_set_up_and_closed(county, client):
    client.force_login(county.township, backend="django.contrib.auth.backends.ModelBackend")
    assert "西口值守点" in shown(client.get(reverse("post-new")))
    told = {"venue": str(county.place.pk), "begins": "07:00", "ends": "24:00", "n_a_shift": "4", "way": "进村路口"}
    assert client.post(reverse("post-new"), told | {"ends": "6点"}).status_code == 400
    answer = client.post(reverse("post-new"), told)
    row = Post.objects.get(venue=county.place.pk)
    assert (answer.status_code, answer["Location"]) == (302, f"{reverse('post-roster', args=[row.pk])}?done=set_up")
    answer = client.post(reverse("post-close", args=[row.pk]), {"reason": "改走新路"})
    assert (answer.status_code, "已撤销" in shown(client.get(answer["Location"]))) == (302, True)
