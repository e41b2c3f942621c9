"""What somebody announced is not made milder by whoever may not ask: a hotel, or staff in a matter of their own."""

import pytest

from fangxian.ops.arrivals.queries import arrival_with
from fangxian.ops.people.models import Person
from fangxian.ops.procedures.declare_arrival import cancel_arrival
from fangxian.ops.procedures.do_tasks import finish_task
from fangxian.ops.tasks.queries import unfinished

from .arrival_hand import YAODU, arrived, at, at_risk, declared, journey, on, stay, tomorrow
from .founding import code_of
from .people_with_codes import build_with_codes
from .two_townships import account_of

pytestmark = pytest.mark.django_db
QUIET = journey(stay(YAODU))


@pytest.fixture(scope="module")
def county_of_this_file(rows_of_this_file):
    county = build_with_codes()
    county.risky = at_risk(account_of(county, "dispatcher"))
    county.resident = account_of(county, "resident")
    Person.objects.filter(pk=county.head.pk).update(account=county.resident)
    county.head.refresh_from_db()
    return county


@pytest.fixture
def county(county_of_this_file, db):
    return county_of_this_file


@pytest.fixture
def announced(county):
    """A journey through a place of high risk, announced for tomorrow."""
    told = journey(stay(last=on(4, 9), risk_areas=frozenset(county.risky), areas_known=True), arrives_at=tomorrow())
    return arrived(county.head, by=county.resident, told=told)


def to_do(row, kind):
    return list(unfinished().filter(kind=kind, about=f"arrival:{row.pk}"))


def stands(row):
    row = arrival_with(row.pk)
    return row.state, row.measure


def test_what_a_hotel_declares_of_an_announced_guest_waits_where_it_would_ask_less(county, announced):
    keeper = account_of(county, "resident")
    kept = declared(county.head, by=keeper, told=QUIET, as_="hotel")[0]
    assert (kept.waits, stands(announced)) == (True, ("landed", "central"))


def test_staff_make_nothing_milder_of_their_own_journey(county, announced):
    worker = account_of(county, "grid_worker")
    Person.objects.filter(pk=county.head.pk).update(account=worker)
    kept = declared(county.head, by=worker, told=QUIET, as_="grid_worker")[0]
    assert (kept.waits, stands(announced)) == (True, ("landed", "central"))


def test_a_grid_worker_who_meets_them_says_what_is_so(county, announced):
    kept = declared(county.head, by=account_of(county, "grid_worker"), told=QUIET, as_="grid_worker")[0]
    assert (kept.waits, stands(announced)) == (False, ("landed", ""))


def test_to_have_come_before_one_announced_it_takes_nothing_away(county, announced):
    earlier = journey(stay(YAODU, begins=on(3, 20), last=on(4, 1)), arrives_at=at(1, 8))
    kept = declared(county.head, by=county.resident, told=earlier)[0]
    assert (kept.waits, stands(announced)) == (True, ("landed", "central"))


def test_whoever_was_announced_and_is_called_off_by_a_hotel_is_asked_about(county, announced):
    cancel_arrival(arrivals=[announced.pk], why="订单取消", by=account_of(county, "resident"))
    assert [it.role for it in to_do(announced, "arrivals.called_off")] == ["grid_worker"]


def test_whoever_called_their_own_off_does_not_say_at_work_that_they_have_not_come(county, announced):
    worker = account_of(county, "grid_worker")
    Person.objects.filter(pk=county.head.pk).update(account=worker)
    cancel_arrival(arrivals=[announced.pk], why="不来了", by=worker, is_own=True)
    (task,) = to_do(announced, "arrivals.called_off")
    assert code_of(finish_task, task=task.pk, by=worker) == "approvals.own_matter"
    finish_task(task=task.pk, by=account_of(county, "grid_worker", name="another"))
    assert to_do(announced, "arrivals.called_off") == []
