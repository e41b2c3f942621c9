"""The planner of tracing work, held to its rule as it is written down; and rosters, minute by minute."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from fangxian.ops.tracing.planning import Crew, Work, distance, plan_work
from fangxian.ops.tracing.rosters import DoubleDuty, Duty, Gap, double_duties, gaps

NOW = datetime(2022, 4, 19, 8, tzinfo=UTC)
TOWNSHIPS = ["141027100", "141027101", "141027102"]
POINTS = {"141027100": (0.0, 0.0), "141027101": (3.0, 0.0), "141027102": (0.0, 5.0)}
PLACES = [*TOWNSHIPS, "141027101003", "141027"]


A_LOAD, A_MOST, A_WEIGHT = st.integers(0, 4), st.integers(1, 6), st.integers(1, 3)


@st.composite
def crews(draw, most=3, load=A_LOAD, load_max=A_MOST):
    n = draw(st.integers(0, most))
    return [
        Crew(
            key=f"team-{nth}",
            number=nth,
            base=draw(st.sampled_from(TOWNSHIPS)),
            load=draw(load),
            load_max=draw(load_max),
            is_on_duty=draw(st.booleans() | st.just(True)),
        )
        for nth in range(n)
    ]


@st.composite
def works(draw, most=4, weight=A_WEIGHT):
    n = draw(st.integers(0, most))
    return [
        Work(
            key=f"work-{nth}",
            place=draw(st.sampled_from(PLACES)),
            due_at=NOW + timedelta(hours=draw(st.integers(0, 3))),
            weight=draw(weight),
            prefers=draw(st.sampled_from([None, None, "team-0", "team-1"])),
        )
        for nth in range(n)
    ]


def by_trying_everything(all_works, all_crews, spread):
    """Of every way there is to give the work out, the first by the rule: deadline by deadline the best team."""
    in_order = sorted(all_works, key=lambda it: (it.due_at, it.key))
    ways = product([*all_crews, None], repeat=len(in_order))
    ranked = (rank for way in ways if (rank := rank_of(in_order, way, all_crews, spread)) is not None)
    _, best = min(ranked, key=lambda it: it[0])
    return best


def rank_of(in_order, way, all_crews, spread):
    """What one way is ranked by, and the way; None where it breaks the rule."""
    loads, rank = {it.key: it.load for it in all_crews}, []
    for work, crew in zip(in_order, way, strict=True):
        room = [it for it in all_crews if it.is_on_duty and loads[it.key] + work.weight <= it.load_max]
        if crew is None:
            rank.append((1, 0.0, 0, 0))
            continue
        if crew not in room or any(loads[it.key] <= loads[crew.key] - spread for it in room):
            return None
        rank.append((0, distance(work, crew, POINTS), loads[crew.key], crew.number))
        loads[crew.key] += work.weight
    return rank, {work.key: crew and crew.key for work, crew in zip(in_order, way, strict=True)}


@given(works(), crews(), st.integers(1, 4))
def test_the_plan_is_the_best_of_all_ways_to_give_the_work_out(all_works, all_crews, spread):
    plan = plan_work(all_works, all_crews, POINTS, spread=spread)
    told = {it.work.key: it.crew.key for it in plan.placed} | {it.key: None for it in plan.left_over}
    assert told == by_trying_everything(all_works, all_crews, spread)


@given(works(most=40), crews(most=8))
def test_no_team_is_given_more_than_it_can_hold(all_works, all_crews):
    given_out = Counter()
    for it in plan_work(all_works, all_crews, POINTS, spread=2).placed:
        given_out[it.crew.key] += it.work.weight
    assert all(it.load + given_out[it.key] <= max(it.load_max, it.load) for it in all_crews)


@given(works(most=40), crews(most=8))
def test_every_piece_of_work_is_placed_once_or_left_over(all_works, all_crews):
    plan = plan_work(all_works, all_crews, POINTS, spread=2)
    told = [it.work.key for it in plan.placed] + [it.key for it in plan.left_over]
    assert sorted(told) == sorted(it.key for it in all_works)


@given(works(most=40), crews(most=8))
def test_nobody_off_duty_is_given_anything(all_works, all_crews):
    assert all(it.crew.is_on_duty for it in plan_work(all_works, all_crews, POINTS, spread=2).placed)


@given(works(most=60, weight=st.just(1)), crews(most=8, load=st.just(0), load_max=st.just(99)))
def test_from_even_loads_pieces_of_one_weight_are_spread_within_one(all_works, all_crews):
    on_duty = [it.key for it in all_crews if it.is_on_duty]
    held = Counter(it.crew.key for it in plan_work(all_works, all_crews, POINTS, spread=1).placed)
    counts = [held[key] for key in on_duty]
    assert not counts or max(counts) - min(counts) <= 1


@given(works(most=60, weight=st.just(1)), crews(most=8))
def test_of_work_of_one_weight_nothing_is_left_over_that_was_due_before_something_placed(all_works, all_crews):
    plan = plan_work(all_works, all_crews, POINTS, spread=2)
    latest = max((it.work.due_at for it in plan.placed), default=NOW)
    assert all(it.due_at >= latest for it in plan.left_over)


@given(works(most=12), crews(most=6), st.randoms())
def test_the_order_in_which_things_are_told_changes_nothing(all_works, all_crews, rng):
    shuffled, others = list(all_works), list(all_crews)
    rng.shuffle(shuffled)
    rng.shuffle(others)
    assert plan_work(shuffled, others, POINTS, spread=2) == plan_work(all_works, all_crews, POINTS, spread=2)


@st.composite
def rosters(draw):
    duties = []
    for nth in range(draw(st.integers(0, 6))):
        begins = NOW + timedelta(hours=draw(st.integers(-6, 30)))
        ends = begins + timedelta(hours=draw(st.integers(1, 14)))
        duties.append(Duty(key=nth, team=draw(st.sampled_from("abc")), begins_at=begins, ends_at=ends))
    return duties


def hours(begins, ends):
    return [begins + timedelta(hours=nth) for nth in range(int((ends - begins) / timedelta(hours=1)))]


@given(rosters(), st.integers(1, 3))
def test_gaps_are_the_hours_in_which_too_few_teams_are_on_duty(duties, n_teams_min):
    end = NOW + timedelta(hours=24)
    found = {at: it.n_teams for it in gaps(duties, NOW, end, n_teams_min=n_teams_min) for at in hours(*ends_of(it))}
    teams = {at: len({it.team for it in duties if it.begins_at <= at < it.ends_at}) for at in hours(NOW, end)}
    assert found == {at: n for at, n in teams.items() if n < n_teams_min}


def ends_of(gap: Gap | DoubleDuty):
    return gap.begins_at, gap.ends_at


@given(rosters())
def test_double_duty_is_told_for_every_hour_in_which_somebody_is_on_two_duties(duties):
    people = {"a": ["p", "q"], "b": ["q"], "c": ["p", "r"]}
    found = {(it.who, frozenset(it.duties), at) for it in double_duties(duties, people) for at in hours(*ends_of(it))}
    expected = set()
    for one, other in product(duties, duties):
        shared = {one.team} if one.team == other.team else set(people[one.team]) & set(people[other.team])
        if one.key < other.key:
            both = hours(max(one.begins_at, other.begins_at), min(one.ends_at, other.ends_at))
            expected |= {(who, frozenset((one.key, other.key)), at) for who in shared for at in both}
    assert found == expected
