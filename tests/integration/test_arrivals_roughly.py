"""Arrivals in rough hands: called off and sent again, years mistyped, one's own matter, whoever has left the post."""

from datetime import date
from uuid import UUID, uuid4

import pytest

from fangxian.ops.accounts.models import Account, Appointment
from fangxian.ops.arrivals.models import Arrival
from fangxian.ops.arrivals.queries import arrival_for
from fangxian.ops.field.wire import Intent
from fangxian.ops.people.models import Person
from fangxian.ops.procedures import field_arrival
from fangxian.ops.procedures.declare_arrival import cancel_arrival, correct_arrival

from .arrival_hand import QINGXU, XIAODIAN, YAODU, arrived, at, at_risk, declared, journey, stay
from .founding import code_of
from .people_with_codes import build_with_codes
from .two_townships import UNIT, account_of

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def county_of_this_file(rows_of_this_file):
    return build_with_codes()


@pytest.fixture
def county(county_of_this_file, db):
    return county_of_this_file


@pytest.fixture
def worker(county):
    return account_of(county, "grid_worker")


@pytest.fixture
def asked(county):
    """The head came from beside a place of high risk: something is asked of them."""
    at_risk(account_of(county, "dispatcher"))
    return arrived(county.head, by=account_of(county, "dispatcher"), told=journey(stay(XIAODIAN)))


def of_the_household(county, account):
    """The account belongs to somebody who lives with the head."""
    Person.objects.filter(pk=county.persons[1].pk).update(account=account)


def test_a_form_sent_again_after_it_was_called_off_brings_nothing_back(county, worker):
    token = uuid4()
    row = declared(county.head, by=worker, token=token)[0].row
    cancel_arrival(arrivals=[row.pk], why="不来了", by=worker)
    assert code_of(lambda: declared(county.head, by=worker, token=token)) == "arrivals.cancelled_already"
    assert list(Arrival.objects.values_list("pk", "state")) == [(row.pk, "cancelled")]


def test_whoever_is_here_and_has_something_to_do_does_not_take_that_from_themselves(county, worker, asked):
    told = {"arrivals": [asked.pk], "why": "报错了", "by": worker}
    assert code_of(cancel_arrival, **told, is_own=True) == "arrivals.cancel_asked"
    cancel_arrival(**told)
    asked.refresh_from_db()
    assert asked.state == "cancelled"


def test_nobody_calls_off_at_work_what_is_of_their_own_household(county, worker, asked):
    of_the_household(county, worker)
    assert code_of(cancel_arrival, arrivals=[asked.pk], why="报错了", by=worker) == "approvals.own_matter"


def test_nobody_corrects_at_work_what_is_of_their_own_household(county, worker, asked):
    of_the_household(county, worker)
    told = {"arrival": asked.pk, "told": journey(stay(YAODU)), "reason": "说错了", "is_own": False, "by": worker}
    assert code_of(correct_arrival, **told) == "approvals.own_matter"


def test_a_stay_since_a_mistyped_year_is_refused_and_named(county, worker):
    told = journey(stay(begins=date(1022, 4, 3)))
    assert code_of(lambda: declared(county.head, by=worker, told=told)) == "arrivals.stay_long_ago"


def test_a_phone_s_record_of_the_last_day_there_is_spoils_no_other(county):
    body = {
        "name": "王老", "number": county.persons[3].document_number, "area": UNIT, "arrives_at": at(8, 8).isoformat(),
        "stays": [{"division": QINGXU, "begins_on": "2022-04-03", "last_on": "9999-12-31"}],
    }  # fmt: skip
    told = Intent(device=UUID(int=9), number=7, kind="arrival", recorded_at=at(8, 8), body=body)
    (outcome,) = field_arrival.take([told], account_of(county, "checkpoint_officer"))
    assert outcome.refusal.code == "field.not_readable"


def test_whoever_has_left_the_post_does_not_open_what_they_declared_there(county, worker):
    row = arrived(county.persons[3], by=worker, as_="grid_worker")
    assert arrival_for(worker, row.pk) == row
    Appointment.objects.filter(account=worker).delete()
    assert arrival_for(Account.objects.get(pk=worker.pk), row.pk) is None
