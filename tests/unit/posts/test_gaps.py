"""Where a roster leaves a post without enough people, against a count minute by minute."""

from datetime import datetime, timedelta
from itertools import pairwise
from uuid import UUID
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from fangxian.ops.posts.gaps import find_gaps, hours_between

ZONE = ZoneInfo("Asia/Shanghai")
MIDNIGHT = datetime(2022, 4, 8, tzinfo=ZONE)
POST = UUID(int=1)
STEP = 30  # minutes; every moment of these tests is a half hour


def at(half_hours):
    return MIDNIGHT + timedelta(minutes=STEP * half_hours)


def test_a_post_around_the_clock_is_open_without_a_break():
    assert list(hours_between(0, 1440, begins=at(3), ends=at(99))) == [(at(3), at(99))]


def test_a_post_of_the_day_is_closed_at_night():
    assert list(hours_between(420, 1380, begins=at(0), ends=at(96))) == [(at(14), at(46)), (at(62), at(94))]


def test_two_short_and_one_short_that_touch_are_two_gaps():
    (first, second) = find_gaps(
        post=POST, hours=[(at(0), at(8))], shifts=[(at(0), at(4), 2), (at(4), at(8), 3)], n_a_shift=4
    )
    assert [(it.n_missing, it.begins_at, it.ends_at) for it in (first, second)] == [
        (2, at(0), at(4)),
        (1, at(4), at(8)),
    ]


shifts = st.lists(
    st.tuples(st.integers(0, 90), st.integers(1, 40), st.integers(0, 5)).map(
        lambda it: (at(it[0]), at(it[0] + it[1]), it[2])
    ),
    max_size=6,
)


@settings(max_examples=60)
@given(shifts, st.integers(0, 46), st.integers(1, 4), st.integers(1, 5))
def test_gaps_are_what_a_count_of_every_half_hour_finds(rows, begins, hours, needed):
    ends = min(48, begins + hours)
    spells = list(hours_between(begins * STEP, ends * STEP, begins=at(0), ends=at(96)))
    gaps = find_gaps(post=POST, hours=spells, shifts=rows, n_a_shift=needed)
    found = {
        moment: gap.n_missing for gap in gaps for k in range(96) if gap.begins_at <= (moment := at(k)) < gap.ends_at
    }
    plain = {}
    for k in range(96):
        is_open = begins <= k % 48 < ends
        n = sum(it[2] for it in rows if it[0] <= at(k) < it[1])
        if is_open and n < needed:
            plain[at(k)] = needed - n
    assert found == plain
    for one, other in pairwise(gaps):
        assert one.ends_at < other.begins_at or one.n_missing != other.n_missing
