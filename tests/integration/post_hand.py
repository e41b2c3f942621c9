"""A post at the entrance of a village, with eight keepers and a day's shifts, for tests of posts."""

from datetime import timedelta
from types import SimpleNamespace
from uuid import uuid4

from django.utils.timezone import localtime

from fangxian.ops.posts.actions import add_keepers, set_shifts, set_up_posts
from fangxian.ops.posts.queries import post_of_venue
from fangxian.ops.posts.wire import NewExit, NewKeeper, NewPost, NewShift, Told
from fangxian.ops.procedures.pass_post import AtThePost, pass_post
from fangxian.ops.procedures.post_emergency import lead_to_path
from fangxian.ops.realm.current import county_now

from .two_townships import account_of, venue

BY = "program:test"
LOCKED = NewExit(name="北头应急出口", is_locked=True, key_holder="测试甲", key_phone="15400000011")
FREE = ("测试甲", "测试乙", "测试丙", "测试丁", "测试戊", "测试己", "测试庚", "测试辛")


def a_post(county, *, venue_class="village-post", **more):
    """A post of the first grid cell: one open way, one locked exit, eight on its list, nobody on a shift."""
    place = venue(county.cells[0], 900, "东街值守点", venue_class)
    told = NewPost(
        venue=place.pk,
        name=place.name,
        venue_class=venue_class,
        area_path=place.area_path,
        exits=(NewExit(name="进村路口"), LOCKED),
        **more,
    )
    (row,) = set_up_posts(posts=[told], by=BY)
    keepers = add_keepers(post=row.pk, keepers=[NewKeeper(name=name) for name in FREE], by=BY)
    return SimpleNamespace(row=row, venue=place, keepers=keepers, county=county)


def midnight():
    return localtime(county_now()).replace(hour=0, minute=0, second=0, microsecond=0)


def three_shifts(post, day=None, n=4):
    """Around the clock in three shifts of four, each keeper every other one."""
    begins = day or midnight()
    groups = (post.keepers[:n], post.keepers[4 : 4 + n], post.keepers[:n])
    shifts = [
        NewShift(
            post=post.row.pk,
            begins_at=begins + timedelta(hours=8 * k),
            ends_at=begins + timedelta(hours=8 * k + 8),
            keepers=tuple(it.pk for it in group),
        )
        for k, group in enumerate(groups)
    ]
    return set_shifts(shifts=shifts, by=BY)


def officer(county, name="checkpoint"):
    return account_of(county, "checkpoint_officer", name=name)


def told(post, **more):
    return Told(**({"post": post.row.pk, "temperature_tenths": 365} | more))


def passed(post, by, *those, device=None, passed_at=None):
    """Those who pass in one go; what was said to each."""
    device = device or uuid4()
    at = passed_at or county_now()
    rows = [AtThePost(device=device, number=n, passed_at=at, told=it) for n, it in enumerate(those, start=1)]
    return pass_post(those=rows, by=by)


def post_at(place, by):
    """The post at a venue, and an emergency under way there; their ids."""
    told = NewPost(venue=place.pk, name=place.name, venue_class=place.venue_class, area_path=place.area_path)
    row = (set_up_posts(posts=[told], by=BY) or [post_of_venue(place.pk)])[0]
    return row.pk, lead_to_path(post=row, passing=None, why="ill", to_hospital=False, by=by)
