"""A round ends while somebody else gives it an outside laboratory, or says how many have a tube of their own."""

import threading

import pytest
from django.db import connection, transaction

from fangxian.core.refusal import Refusal
from fangxian.ops.lab.actions import call_off_round
from fangxian.ops.laboratory.actions import add_laboratory
from fangxian.ops.laboratory.round_queries import asked_for
from fangxian.ops.procedures.keep_round_plan import ask_outside, say_alone
from fangxian.ops.round_plans.queries import n_alone_in

from .lab_hand import BY, a_prepared_round
from .two_townships import account_of, build

LONGEST_S = 60


class Second(threading.Thread):
    """Does it on a connection of its own; `is_waiting` once it asks for what the first has in hand, or is done."""

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
        if sql.startswith("BEGIN") if connection.vendor == "sqlite" else "FOR UPDATE" in sql:
            self.is_waiting.set()
        return execute(sql, params, many, context)


@pytest.mark.django_db(transaction=True)
def test_a_round_that_ends_meanwhile_is_given_nothing_more():
    dispatcher, row = account_of(build(), "dispatcher", "141027"), a_prepared_round()
    city = add_laboratory(name="市疾控中心", is_own=False, tubes_a_day=1000, by=BY)
    told = {"laboratory": city.pk, "tubes_a_day": 100, "further_min": 30}

    def both():
        with pytest.raises(Refusal):
            ask_outside(round=row.pk, by=dispatcher, **told)
        say_alone(round=row.pk, n=1, by=dispatcher)

    other = Second(both)
    with transaction.atomic():
        call_off_round(round=row.pk, because="选错了试点", by=BY)
        other.start()
        assert other.is_waiting.wait(LONGEST_S)
    other.join(LONGEST_S)
    assert other.refused == "lab.round_not_open"
    assert (asked_for(row.pk).count(), n_alone_in(row.pk)) == (0, 0)
