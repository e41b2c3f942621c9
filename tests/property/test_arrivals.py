"""For all journeys and all that is said of one: every day is somewhere; what is kept, and what rests on it, agree."""

from datetime import date, datetime, timedelta
from itertools import pairwise
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fangxian.core.refusal import Refusal
from fangxian.ops.arrivals.models import Arrival
from fangxian.ops.arrivals.queries import told_of
from fangxian.ops.arrivals.wire import Decided, Told, ToldLeg, ToldStay, plain_told, read_told, told_json
from fangxian.ops.movement.models import Evidence
from fangxian.ops.procedures.arrival_journey import journey_checked
from fangxian.ops.procedures.arrival_lowering import asks_less, asks_more
from fangxian.ops.procedures.declare_arrival import cancel_arrival, correct_arrival
from tests.integration.arrival_hand import arrived, at_risk, journey, stay
from tests.integration.people_with_codes import build_with_codes
from tests.integration.two_townships import account_of

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]
ZONE, ONE_DAY = ZoneInfo("Asia/Shanghai"), timedelta(days=1)
NOW = datetime(2022, 4, 8, 9, tzinfo=ZONE)
COUNTIES = ("140121", "140105", "141002", "310115")
days = st.integers(-9, 2).map(lambda n: date(2022, 4, 8) + n * ONE_DAY)
stays = st.builds(ToldStay, division=st.sampled_from(COUNTIES), begins_on=days, ends_on=days, areas_known=st.booleans())
legs = st.builds(
    ToldLeg, transport=st.sampled_from(["train", "car"]), vehicle=st.sampled_from(["", "D5327", "晋L12345"]),
    seat=st.sampled_from(["", "05车12F"]), begins_at=st.just(NOW - timedelta(hours=4)),
    ends_at=st.just(NOW - timedelta(hours=2)),
)  # fmt: skip
journeys = st.builds(
    Told, arrives_at=st.just(NOW - timedelta(hours=1)), stays=st.lists(stays, min_size=1, max_size=4).map(tuple),
    legs=st.lists(legs, max_size=2).map(tuple), stays_at=st.sampled_from(["", "家里"]),
)  # fmt: skip


def is_plainly_right(told: Told) -> bool:
    """Forwards; no day after the arrival; each day until it somewhere; no two days running in two places."""
    arrives_on, rows = told.arrives_at.astimezone(ZONE).date(), sorted(told.stays, key=lambda it: it.begins_on)
    if any(it.ends_on <= it.begins_on or it.ends_on - ONE_DAY > arrives_on for it in rows):
        return False
    rows.sort(key=lambda it: (it.begins_on, it.ends_on))
    first, n = rows[0].begins_on, (arrives_on - rows[0].begins_on).days
    somewhere = {it.begins_on + k * ONE_DAY for it in rows for k in range((it.ends_on - it.begins_on).days)}
    is_whole = all(first + k * ONE_DAY in somewhere for k in range(n))
    return is_whole and all((one.ends_on - other.begins_on).days <= 1 for one, other in pairwise(rows))


@given(journeys)
@settings(max_examples=200)
def test_a_journey_is_taken_exactly_if_it_is_plainly_right(told):
    if is_plainly_right(told):
        assert plain_told(journey_checked(told, at=NOW)) == plain_told(told)
    else:
        with pytest.raises(Refusal) as refused:
            journey_checked(told, at=NOW)
        assert refused.value.code.startswith("arrivals.stay")


@given(journeys)
def test_what_is_kept_of_a_declaration_reads_as_it_was_said(told):
    assert plain_told(read_told(told_json(told))) == plain_told(told)


STEPS = ("risk", "county", "quiet", "cancel")


@given(st.lists(st.sampled_from(STEPS), min_size=1, max_size=5))
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_whatever_is_said_one_after_another_the_evidence_is_what_was_decided_last(county, steps):
    worker, person, row = county.worker, county.head, None
    told = {
        "risk": journey(stay(risk_areas=frozenset(county.risky), areas_known=True)),
        "county": journey(stay(areas_known=True)),
        "quiet": journey(stay("141002")),
    }
    Arrival.objects.all().delete()
    Evidence.objects.filter(kind="arrival").delete()
    for step in steps:
        if step == "cancel" and row is not None:
            cancel_arrival(arrivals=[row.pk], why="不来了", by=worker)
            row = None
        elif step != "cancel" and row is None:
            row = arrived(person, by=worker, told=told[step], token=uuid4())
        elif step != "cancel":
            row = correct_arrival(arrival=row.pk, told=told[step], reason="电话核对", is_own=False, by=worker).row
    agree(person, row)


def agree(person, row) -> None:
    """The versions count up, the newest is what stands, and exactly the measure that was decided is evidence."""
    standing = [it.attributes["measure"] for it in Evidence.objects.filter(person=person, withdrawn_at=None)]
    if row is None:
        assert standing == []
        return
    versions = list(row.versions.order_by("number"))
    assert [it.number for it in versions] == list(range(1, row.version + 1))
    assert plain_told(read_told(versions[-1].content)) == plain_told(told_of(row))
    assert standing == ([row.measure] if row.measure in ("central", "home") else [])


@pytest.fixture
def county(db):
    found = build_with_codes()
    found.worker = account_of(found, "grid_worker")
    found.risky = at_risk(account_of(found, "dispatcher"))
    return found


PLACES = ("hospital", "central", "home", "monitoring", "community")  # the most restricting first
TODAY = date(2022, 4, 8)
stages = st.lists(st.tuples(st.sampled_from(PLACES), st.integers(0, 9)), max_size=3).map(
    lambda some: tuple(
        (place, TODAY + sum(n for _, n in some[:k]) * ONE_DAY, TODAY + sum(n for _, n in some[: k + 1]) * ONE_DAY)
        for k, (place, n) in enumerate(some)
    )
)
decisions = st.builds(
    Decided, rules=st.sampled_from([(), ("A-02",)]), stages=stages, needs_undertaking=st.booleans(),
    tests=st.lists(st.integers(-2, 9).map(lambda n: (TODAY + n * ONE_DAY,) * 2), max_size=4).map(tuple),
)  # fmt: skip


def strict_on(decided: Decided, day: date) -> int:
    return max(
        (len(PLACES) - PLACES.index(it) for it, begins, ends in decided.stages if begins <= day < ends), default=0
    )


@given(decisions, decisions)
@settings(max_examples=300)
def test_whatever_holds_at_once_keeps_them_no_fewer_days_at_a_stricter_place_or_asks_nothing_less_on_any_day(
    before, after
):
    days = [TODAY + n * ONE_DAY for n in range(40)]
    was, now = [strict_on(before, it) for it in days], [strict_on(after, it) for it in days]
    kept_in = [sum(it >= 3 for it in some) for some in (was, now)]  # home, central, hospital
    is_stricter = max(now) > max(was) and kept_in[1] >= kept_in[0]
    is_nowhere_less = max(now) == max(was) and all(a <= b for a, b in zip(was, now, strict=True))
    left = [sum(due >= TODAY for _, due in it.tests) for it in (before, after)]
    asks_papers = left[0] <= left[1] and before.needs_undertaking <= after.needs_undertaking
    asks_something = bool(before.rules) <= bool(after.rules)
    holds = is_stricter or (is_nowhere_less and (was != now or (asks_papers and asks_something)))
    assert asks_less(before, after, TODAY) != holds


@given(decisions, decisions)
@settings(max_examples=300)
def test_whatever_asks_for_a_stricter_place_asks_more_and_what_only_asks_less_does_not(before, after):
    days = [TODAY + n * ONE_DAY for n in range(40)]
    was, now = [strict_on(before, it) for it in days], [strict_on(after, it) for it in days]
    if max(now) > max(was):
        assert asks_more(before, after, TODAY)
    if was != now and all(a >= b for a, b in zip(was, now, strict=True)):
        assert not asks_more(before, after, TODAY)
    assert not asks_more(before, before, TODAY)
