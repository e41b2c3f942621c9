"""Two answer two stays of one arrival, declare one family, apply with one child at once: the second sees the first."""

import threading
from datetime import date
from functools import partial
from uuid import uuid4

import pytest
from django.db import connection, transaction

from fangxian.core.refusal import Refusal
from fangxian.ops.arrivals.models import Correction
from fangxian.ops.arrivals.queries import arrival_with, told_in, told_of
from fangxian.ops.arrivals.wire import ToldStay
from fangxian.ops.enquiries.queries import to_ask
from fangxian.ops.enquiries.wire import NewAnswer
from fangxian.ops.procedures.answer_enquiry import answer_enquiries
from tests.integration.arrival_hand import YAODU, at_risk, declared, journey, on, stay, tomorrow
from tests.integration.departure_hand import applied
from tests.integration.founding import founded
from tests.integration.people_with_codes import build_with_codes
from tests.integration.rescreen_hand import CODE, DEPOT, came, listed
from tests.integration.two_townships import account_of

XIAODIAN = ("山西省", "太原市", "小店区")
LONGEST_S = 60


class Second(threading.Thread):
    """Does it on a connection of its own; `is_waiting` once it asks for what the first has in hand.

    `refused` is the code of what it was refused for.
    """

    def __init__(self, does):
        super().__init__(daemon=True)
        self.does, self.refused, self.is_waiting = does, "", threading.Event()

    def run(self):
        try:
            with connection.execute_wrapper(self.watch):
                self.does()
        except Refusal as refusal:
            self.refused = refusal.code
        finally:
            self.is_waiting.set()
            connection.close()

    def watch(self, execute, sql, params, many, context):
        locks = sql.startswith("BEGIN") if connection.vendor == "sqlite" else "FOR NO KEY UPDATE" in sql
        if locks and (connection.vendor == "sqlite" or "people_person" in sql):
            self.is_waiting.set()
        return execute(sql, params, many, context)


def at_once(first, second):
    """The second begins before the first is done; with what the second was refused for."""
    other = Second(second)
    with transaction.atomic():
        first()
        other.start()
        assert other.is_waiting.wait(LONGEST_S)
    other.join(LONGEST_S)
    return other.refused


def answer(enquiry, by):
    answer_enquiries(answers=[NewAnswer(enquiry=enquiry, answer="was_not")], by=by)


@pytest.mark.django_db(transaction=True)
def test_of_two_who_answer_two_stays_of_one_arrival_at_once_neither_is_lost():
    county = build_with_codes()
    dispatcher = founded("dispatcher")
    worker = founded("grid_worker", area_path=county.cells[0].area_path)
    stays = [
        ToldStay(division=CODE, begins_on=date(2022, 4, 3), ends_on=date(2022, 4, 6)),
        ToldStay(division="140105", begins_on=date(2022, 4, 6), ends_on=date(2022, 4, 9)),
    ]
    row = came(county.head, by=dispatcher, stays=stays)[0]
    listed(DEPOT, (XIAODIAN, "城中市场"), by=dispatcher, hours=-96)
    first, second = to_ask().values_list("pk", flat=True)
    at_once(partial(answer, first, worker), partial(answer, second, worker))
    assert [it.areas_known for it in told_of(arrival_with(row.pk)).stays] == [True, True]


@pytest.mark.django_db(transaction=True)
def test_of_two_forms_that_make_one_announced_family_s_journey_milder_at_once_one_is_taken():
    county = build_with_codes()
    risky = frozenset(at_risk(founded("dispatcher")))
    family, own = (county.head, county.persons[2]), account_of(county, "resident")
    told = journey(stay(last=on(4, 9), risk_areas=risky, areas_known=True), arrives_at=tomorrow())
    declared(*family, by=own, told=told, as_="relative")
    forms = [journey(stay(YAODU), phone=phone) for phone in ("15400000001", "15400000002")]
    first, second = (partial(declared, *family, by=own, told=it, as_="relative", token=uuid4()) for it in forms)
    assert at_once(first, second) == "arrivals.declared_already"
    waiting = Correction.objects.filter(state="waiting")
    assert {told_in(it).phone for it in waiting} == {"15400000001"}


@pytest.mark.django_db(transaction=True)
def test_of_two_who_apply_to_leave_with_one_child_at_once_one_is_taken():
    county = build_with_codes()
    one, other, child = county.head, county.persons[1], county.persons[2]
    first, second = (partial(applied, county, it, companions=[child.pk]) for it in (one, other))
    assert at_once(first, second) == "departures.two_of_one_day"
