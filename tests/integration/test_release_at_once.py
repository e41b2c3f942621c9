"""Two laboratories let results of one tube out at the same moment."""

from threading import Barrier, Thread

import pytest
from django.db import connection

from fangxian.core.laboratory.judging import Outcome
from fangxian.ops.procedures.release_results import release_results
from fangxian.ops.results.queries import TubeResult

from .bench_hand import a_laboratory, entered, received, results_in
from .case_hand import build_with_diseases, officer
from .lab_hand import a_round
from .two_townships import NAME

pytestmark = pytest.mark.django_db(transaction=True)


def test_of_two_that_say_the_same_at_once_both_count():
    county, there = build_with_diseases(), a_round()
    tubes = received(there, "10010001", whom=NAME).values()
    laboratories = [a_laboratory(), a_laboratory("市疾控中心", is_own=False, tubes_a_day=500)]
    lots = [results_in(entered(it, tubes, Outcome.INVALID).batch) for it in laboratories]
    people = [officer(county, "laboratory", "县人民医院", "hospital") for _ in lots]
    faults = at_once(
        *(
            lambda lot=lot, who=who: release_results(results=lot, account=who)
            for lot, who in zip(lots, people, strict=True)
        )
    )
    assert faults == []
    assert [(it.outcome, it.n_runs) for it in TubeResult.objects.filter(ended_at=None)] == [("invalid", 2)]


def at_once(*calls) -> list[str]:
    """What went wrong with any."""
    gate, faults = Barrier(len(calls)), []

    def run(call):
        try:
            gate.wait()
            call()
        except Exception as fault:  # whatever it is, it is what the test is about
            faults.append(repr(fault))
        finally:
            connection.close()

    threads = [Thread(target=run, args=(it,)) for it in calls]
    for it in threads:
        it.start()
    for it in threads:
        it.join()
    return faults
