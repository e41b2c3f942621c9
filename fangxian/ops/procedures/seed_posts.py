"""The posts of a demo county (演示数据：值守点): the village posts of one township, and the county's own on its roads.

1. a post at each of their venues, with its locked exit    posts, places
2. its keepers: the people who work there, some signed off    people, posts
3. two weeks of shifts of four, the groups in turn         posts
4. the first inspection, and what it found                 posts

The article tells of twelve posts in the township and of four people a day at each. Everything else is invented, the
same for the same county.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import QuerySet
from django.utils.timezone import localtime

from fangxian.ops.people.models import Attachment
from fangxian.ops.places.models import Venue
from fangxian.ops.places.queries import venues_in
from fangxian.ops.posts.actions import (
    add_keepers,
    come_on_duty,
    record_inspection,
    record_practice,
    set_shifts,
    set_up_posts,
    sign_off,
)
from fangxian.ops.posts.checklist import items
from fangxian.ops.posts.practising import invented_people
from fangxian.ops.posts.queries import DAY_MIN, Keeper, Post, Shift
from fangxian.ops.posts.wire import NewExit, NewKeeper, NewPost, NewShift
from fangxian.ops.realm.current import the_realm

TOWNSHIP = "141027201"  # 东张乡
DAYS, N_A_SHIFT = 14, 4
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Plan:
    """How posts of one kind are kept: its shifts of a day, in minutes of it, and how many take turns."""

    venue_class: str
    shifts: tuple[tuple[int, int], ...]
    n_keepers: int


# Village posts from 07:00 to 23:00, the county's around the clock: 淅川 2022 (found); eight keepers and four a day the
# article; two shifts of twelve hours a guess.
VILLAGE = Plan("village-post", ((7 * 60, 23 * 60),), 8)
ROAD = Plan("highway-post", ((8 * 60, 20 * 60), (20 * 60, 32 * 60)), 24)
# Item of the checklist → which of the posts has it wrong; so that there is something to mend, and not everywhere.
FAULTS = {"locked-exit-phone": 2, "waiting-area": 5, "signed-off": 1}


def seed_posts(*, at: datetime, by: str) -> int:
    """Set up a demo's posts; how many. Where the county has no such township or villages, none."""
    if not the_realm().is_synthetic:
        return 0
    villages = venues_in(TOWNSHIP).filter(venue_class=VILLAGE.venue_class)
    roads = venues_in(the_realm().division_code).filter(venue_class=ROAD.venue_class)
    return _seed(VILLAGE, villages, at, by) + _seed(ROAD, roads, at, by)


def _seed(plan: Plan, rows: QuerySet[Venue], at: datetime, by: str) -> int:
    venues = list(rows.order_by("area_path", "venue_number"))
    posts = set_up_posts(posts=[_post(plan, it) for it in venues], by=by)
    names, midnight = _names(venues), localtime(at).replace(hour=0, minute=0, second=0, microsecond=0)
    shifts: list[NewShift] = []
    for number, post in enumerate(posts):
        keepers = add_keepers(post=post.pk, keepers=_keepers(plan, names.get(post.venue, [])), by=by)
        if number != FAULTS["signed-off"]:
            _sign_off(keepers[::N_A_SHIFT], by)
        shifts += _shifts(plan, post, keepers, midnight)
    _begin_now(set_shifts(shifts=shifts, by=by), at, by)
    known = items()
    for number, post in enumerate(posts):
        _inspect(post, number, known, by)
    return len(posts)


def _post(plan: Plan, venue: Venue) -> NewPost:
    begins, ends = plan.shifts[0][0], plan.shifts[-1][1]
    is_all_day = ends - begins >= DAY_MIN
    return NewPost(
        venue=venue.pk,
        name=venue.name,
        venue_class=venue.venue_class,
        area_path=venue.area_path,
        begins_min=0 if is_all_day else begins,
        ends_min=DAY_MIN if is_all_day else ends,
        n_a_shift=N_A_SHIFT,
        exits=(
            NewExit(name="进村路口" if plan is VILLAGE else "主车道"),
            NewExit(name="应急出口", is_locked=True, key_holder="值班员（演示）", key_phone="15400000000"),
        ),
    )


def _names(venues: Sequence[Venue]) -> dict[object, list[str]]:
    rows = Attachment.objects.filter(venue__in=venues).exclude(role="pupil").select_related("person")
    found: dict[object, list[str]] = {}
    for row in rows.order_by("venue", "person__gate_number"):
        found.setdefault(row.venue_id, []).append(row.person.name)
    return found


def _keepers(plan: Plan, names: Sequence[str]) -> list[NewKeeper]:
    """The people who work there; where a small county has too few of them, somebody is invented."""
    n = plan.n_keepers
    called = [*names[:n], *(f"演示值守员{k}" for k in range(len(names) + 1, n + 1))]
    return [NewKeeper(name=name, phone=f"1540000{k:04}", is_volunteer=k >= n - 2) for k, name in enumerate(called)]


def _sign_off(keepers: Sequence[Keeper], by: str) -> None:
    """One of each group has practised and knows the steps."""
    n = len(invented_people())
    for keeper in keepers:
        record_practice(keeper=keeper.pk, n_people=n, n_right=n, seconds=90, wrong=(), by=by)
        sign_off(keeper=keeper.pk, by=by)


def _shifts(plan: Plan, post: Post, keepers: Sequence[Keeper], midnight: datetime) -> list[NewShift]:
    """The groups of four in turn, from the day before on, so that there is somebody to take over from."""
    groups = [tuple(it.pk for it in keepers[k : k + N_A_SHIFT]) for k in range(0, len(keepers), N_A_SHIFT)]
    spells = [
        (midnight + day * ONE_DAY + timedelta(minutes=begins), midnight + day * ONE_DAY + timedelta(minutes=ends))
        for day in range(-1, DAYS)
        for begins, ends in plan.shifts
    ]
    return [
        NewShift(post=post.pk, begins_at=begins, ends_at=ends, keepers=groups[n % len(groups)])
        for n, (begins, ends) in enumerate(spells)
    ]


def _begin_now(shifts: Sequence[Shift], at: datetime, by: str) -> None:
    """Whoever keeps now, or was to come earlier today, has come."""
    today = localtime(at).date()
    for shift in shifts:
        if shift.begins_at <= at and (at < shift.ends_at or localtime(shift.begins_at).date() == today):
            come_on_duty(shift=shift.pk, keepers=[it.keeper_id for it in shift.duties.all()], by=by)


def _inspect(post: Post, number: int, known: dict, by: str) -> None:
    if known:
        wrong = {item for item, place in FAULTS.items() if place == number and item in known}
        answers = {item: "fault" if item in wrong else "ok" for item in known}
        record_inspection(post=post.pk, answers=answers, notes={}, by=by)
