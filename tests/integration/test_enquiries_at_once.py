"""Two phones answer two stays of one arrival at once: what both found out stands."""

import threading
from datetime import date

import pytest
from django.db import connection, transaction

from fangxian.ops.arrivals.queries import arrival_with, told_of
from fangxian.ops.arrivals.wire import ToldStay
from fangxian.ops.enquiries.queries import to_ask
from fangxian.ops.enquiries.wire import NewAnswer
from fangxian.ops.procedures.answer_enquiry import answer_enquiries
from tests.integration.founding import founded
from tests.integration.people_with_codes import build_with_codes
from tests.integration.rescreen_hand import CODE, DEPOT, came, listed

XIAODIAN = ("山西省", "太原市", "小店区")
LONGEST_S = 60


class Second(threading.Thread):
    """Answers on a connection of its own; `is_waiting` once it asks for what the first has in hand."""

    def __init__(self, enquiry, by):
        super().__init__(daemon=True)
        self.enquiry, self.by, self.is_waiting = enquiry, by, threading.Event()

    def run(self):
        try:
            with connection.execute_wrapper(self.watch):
                answer(self.enquiry, self.by)
        finally:
            self.is_waiting.set()
            connection.close()

    def watch(self, execute, sql, params, many, context):
        locks = sql.startswith("BEGIN") if connection.vendor == "sqlite" else "FOR NO KEY UPDATE" in sql
        if locks and (connection.vendor == "sqlite" or "people_person" in sql):
            self.is_waiting.set()
        return execute(sql, params, many, context)


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
    other = Second(second, worker)
    with transaction.atomic():
        answer(first, worker)
        other.start()
        assert other.is_waiting.wait(LONGEST_S)
    other.join(LONGEST_S)
    assert [it.areas_known for it in told_of(arrival_with(row.pk)).stays] == [True, True]
