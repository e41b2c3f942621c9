"""Whether a journey can be true as it is told (行程核对). Part of declare_arrival.

People type in the rain: days the wrong way round, a day forgotten, a county by the code it had last year. What can only
be a slip is refused and named; what has one meaning only is put right and not asked about.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import pairwise

from django.utils.timezone import localtime

from fangxian.core.parameters import Parameter
from fangxian.core.refusal import Refusal
from fangxian.core.risk_areas.finding import county_today
from fangxian.ops.arrivals.refusals import minute
from fangxian.ops.arrivals.wire import Told, ToldLeg, ToldStay
from fangxian.ops.rides.actions import LONGEST_RIDE
from fangxian.ops.risk_areas.wire import the_nation, the_renamed

AHEAD_DAYS = Parameter(
    value=2, unit="days", low=1, high=7,
    meaning="How long before an arrival it may be declared",
    source="山西省疫情防控工作领导小组办公室通告 2022-05-21: 提前2天报备",
)  # fmt: skip
LONGEST_PAST = Parameter(
    value=28, unit="days", low=14, high=60,
    meaning="How long ago an arrival may lie that is declared",
    source="a guess: twice the look-back of the arrival table; what lies further back is a mistyped date",
)  # fmt: skip
MOST_STAYS, MOST_LEGS = 30, 20
LONGEST_STAY = timedelta(days=36_525)  # a hundred years: what begins before that is a mistyped year
ONE_DAY = timedelta(days=1)


def journey_checked(told: Told, *, at: datetime) -> Told:
    """The journey with each county's code of today, its stays in order; or what is wrong with it.

    Refuses
    -------
    arrivals.too_early, arrivals.long_past, arrivals.no_stay, arrivals.too_many, arrivals.unknown_place,
    arrivals.stay_long_ago, arrivals.stay_backwards, arrivals.stay_after, arrivals.stays_overlap, arrivals.stays_hole,
    arrivals.leg_times
    """
    _refuse_far_off(told.arrives_at, at)
    if not told.stays:
        raise _no_stay()
    if len(told.stays) > MOST_STAYS or len(told.legs) > MOST_LEGS:
        raise _too_many(len(told.stays), len(told.legs))
    arrives_on = localtime(told.arrives_at).date()
    stays = tuple(sorted(map(_of_today, told.stays), key=lambda it: (it.begins_on, it.ends_on)))
    _refuse_days(stays, arrives_on)
    for leg in told.legs:
        _refuse_leg(leg, told.arrives_at)
    return replace(told, stays=stays)


def has_landed(told: Told, at: datetime) -> bool:
    """Whether somebody is here already, by what they say."""
    return told.arrives_at <= at


def _of_today(stay: ToldStay) -> ToldStay:
    today = county_today(the_nation(), the_renamed(), stay.division)
    if not today:
        raise Refusal(
            "arrivals.unknown_place",
            zh="没有代码为“{found}”的县（市、区），没有申报。应为六位县级代码，用旧代码也可以；请重新选择这个地方。",
            en="No county has the code “{found}”, so nothing was declared. It should be the six digits of a county, "
            "also of one that was renamed since: choose the place again.",
            found=stay.division[:12],
        )
    return replace(stay, division=today)


def _refuse_far_off(arrives_at: datetime, at: datetime) -> None:
    ahead, past = int(AHEAD_DAYS.value), int(LONGEST_PAST.value)
    if arrives_at > at + timedelta(days=ahead):
        raise Refusal(
            "arrivals.too_early",
            zh="到达时间写的是 {arrives}，比现在晚 {days} 天以上，没有申报。到达前 {ahead} 天以内可以申报；"
            "请到 {from_at} 以后再报，或核对时间。",
            en="The arrival is said to be at {arrives}, more than {days} days from now, so nothing was declared. It "
            "can be declared within {ahead} days before: do so from {from_at} on, or check the time.",
            arrives=minute(arrives_at),
            days=ahead,
            ahead=ahead,
            from_at=minute(arrives_at - timedelta(days=ahead)),
        )
    if arrives_at < at - timedelta(days=past):
        raise Refusal(
            "arrivals.long_past",
            zh="到达时间写的是 {arrives}，已过去 {days} 天以上，没有申报。只申报最近 {days} 天内的到达；请核对年月日。",
            en="The arrival is said to have been at {arrives}, more than {days} days ago, so nothing was declared. "
            "Arrivals of the last {days} days are declared: check the date.",
            arrives=minute(arrives_at),
            days=past,
        )


def _refuse_days(stays: Sequence[ToldStay], arrives_on: date) -> None:
    for stay in stays:
        if arrives_on - stay.begins_on > LONGEST_STAY:
            raise _stay_long_ago(stay)
        _refuse_backwards(stay)
        if stay.ends_on - ONE_DAY > arrives_on:
            raise _stay_after(stay, arrives_on)
    for one, next_one in pairwise(stays):
        if one.ends_on - ONE_DAY > next_one.begins_on:
            raise _overlap(one, next_one)
    covered = stays[0].begins_on
    for stay in stays:
        if stay.begins_on > covered:
            raise _hole(covered, stay.begins_on - ONE_DAY)
        covered = max(covered, stay.ends_on)
    if covered < arrives_on:
        raise _hole(covered, arrives_on - ONE_DAY)


def _refuse_backwards(stay: ToldStay) -> None:
    if stay.ends_on <= stay.begins_on:
        raise Refusal(
            "arrivals.stay_backwards",
            zh="在{place}写的是 {begins} 到、{last} 离开，离开早于到达，没有申报。离开应在到达当天或以后；"
            "请核对这两个日期，可能写反了。",
            en="For {place} it says arrived on {begins} and left on {last}, which is before, so nothing was declared. "
            "One leaves on the day of arriving or later: check the two dates, they may be the wrong way round.",
            place=place_said(stay.division),
            begins=stay.begins_on.isoformat(),
            last=(stay.ends_on - ONE_DAY).isoformat(),
        )


def _refuse_leg(leg: ToldLeg, arrives_at: datetime) -> None:
    is_right = leg.begins_at < leg.ends_at <= leg.begins_at + timedelta(hours=LONGEST_RIDE.value)
    if not is_right or leg.begins_at > arrives_at:
        raise Refusal(
            "arrivals.leg_times",
            zh="乘车时间写的是 {begins} 上、{ends} 下，没有申报。应是到达（{arrives}）以前上车，下车晚于上车，且不超过 "
            "{hours} 小时；请核对这段行程。",
            en="A ride is said to be from {begins} to {ends}, so nothing was declared. It should begin before the "
            "arrival at {arrives}, end after it begins and last {hours} hours at most: check this ride.",
            begins=minute(leg.begins_at),
            ends=minute(leg.ends_at),
            arrives=minute(arrives_at),
            hours=LONGEST_RIDE.value,
        )


def place_said(code: str) -> str:
    """A county's names from the province down; the code of one that is in no list."""
    return the_nation().path(code) or code


def _no_stay() -> Refusal:
    return Refusal(
        "arrivals.no_stay",
        zh="没有写从哪里来，没有申报。至少写一个最近到过的县（市、区）和日期；请补上。",
        en="It does not say where the journey began, so nothing was declared. Name at least one county and the days "
        "there: add it.",
    )


def _too_many(n_stays: int, n_legs: int) -> Refusal:
    return Refusal(
        "arrivals.too_many",
        zh="写了 {n_stays} 个地方、{n_legs} 段乘车，没有申报。一次最多 {stays} 个地方、{legs} 段；请只写规则要求的天数"
        "以内的，或找网格员代报。",
        en="There are {n_stays} places and {n_legs} rides, so nothing was declared. At most {stays} and {legs} go in "
        "one: keep to the days the rules ask about, or have the grid worker declare.",
        n_stays=n_stays,
        n_legs=n_legs,
        stays=MOST_STAYS,
        legs=MOST_LEGS,
    )


def _stay_long_ago(stay: ToldStay) -> Refusal:
    return Refusal(
        "arrivals.stay_long_ago",
        zh="在{place}写的是从 {begins} 起，早了一百年以上，没有申报。应是真正到那里的日子；"
        "请核对年份，可能打错了一位。",
        en="For {place} it says from {begins} on, more than a hundred years ago, so nothing was declared. It should be "
        "the day of coming there: check the year, one digit may be mistyped.",
        place=place_said(stay.division),
        begins=stay.begins_on.isoformat(),
    )


def _stay_after(stay: ToldStay, arrives_on: date) -> Refusal:
    return Refusal(
        "arrivals.stay_after",
        zh="在{place}写到 {last}，晚于到达本县的 {arrives}，没有申报。到本县以后的日子不用写；"
        "请核对离开日期或到达时间。",
        en="{place} is said to last until {last}, after the arrival here on {arrives}, so nothing was declared. Days "
        "after the arrival are not asked for: check the day you left, or the time of arrival.",
        place=place_said(stay.division),
        last=(stay.ends_on - ONE_DAY).isoformat(),
        arrives=arrives_on.isoformat(),
    )


def _overlap(one: ToldStay, other: ToldStay) -> Refusal:
    return Refusal(
        "arrivals.stays_overlap",
        zh="在{one}写到 {last}，在{other}却从 {begins} 起，重叠超过一天，没有申报。换地方的当天可以两边都写，"
        "其他日子只能在一个地方；请核对日期。",
        en="{one} is said to last until {last}, but {other} begins on {begins}, more than a day before, so nothing was "
        "declared. The day of moving may stand with both, any other with one: check the dates.",
        one=place_said(one.division),
        last=(one.ends_on - ONE_DAY).isoformat(),
        other=place_said(other.division),
        begins=other.begins_on.isoformat(),
    )


def _hole(first: date, last: date) -> Refusal:
    return Refusal(
        "arrivals.stays_hole",
        zh="{first} 到 {last} 在哪里没有写，没有申报。从第一个地方到到达本县，每一天都要有着落；请补上这几天，"
        "在路上的写途经地。",
        en="Nothing is said of {first} to {last}, so nothing was declared. Every day from the first place to the "
        "arrival has to be somewhere: add these days; if you were travelling, name a place on the way.",
        first=first.isoformat(),
        last=last.isoformat(),
    )
