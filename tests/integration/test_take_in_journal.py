"""The procedure that follows the journal: with the rulebooks' own rules, until it is told to stop."""

import json
import shutil
import threading
from datetime import timedelta

import pytest
from django.db import connection

from fangxian.core.policy.doors import compile_doors
from fangxian.core.policy.reading import read_rulebook
from fangxian.core.policy.vocabulary import Outcome
from fangxian.ops.measures.queries import rulebooks_in_force
from fangxian.ops.procedures.take_in_journal import DoorRules, take_in, take_in_once
from fangxian.ops.realm.current import county_now, the_realm
from fangxian.ops.visits.models import ReasonTally, Scan
from tests.integration.journal_writing import a_scan, write_segment
from tests.integration.people_with_codes import build_with_codes

LONGEST_S = 60


@pytest.fixture
def realm():
    """The session's data folder, without journal or counts before and after."""

    def clear():
        for name in ("journal", "live"):
            shutil.rmtree(the_realm().path / name, ignore_errors=True)

    clear()
    yield the_realm().path
    clear()


@pytest.mark.django_db
def test_a_refusal_is_counted_under_the_rule_the_gates_tables_name(realm):
    build_with_codes()
    book = next(found for row in rulebooks_in_force(county_now()) if (found := read_rulebook(row.text)).has_gate)
    tables = compile_doors(book, county_now())
    bit = next(n for n, reason in enumerate(tables.reasons) if reason.outcome is Outcome.REFUSE)
    of_tables = {"tables": bytes.fromhex(tables.digest[:8]), "outcome": Outcome.REFUSE}
    known = a_scan(1, county_now(), mask=1 << bit | 1 << bit + 1, **of_tables)
    strange = a_scan(2, county_now(), outcome=Outcome.VERIFY, mask=1, tables=b"????")
    write_segment(realm / "journal", [known, strange], at=county_now())
    assert take_in_once().n_new == 2
    assert {row.rule for row in ReasonTally.objects.all()} == {tables.reasons[bit].rule, ""}


@pytest.mark.django_db
def test_tables_nobody_knows_name_no_rule_and_are_not_looked_for_at_every_scan(django_assert_num_queries):
    rules = DoorRules()
    assert rules.rule_of(b"????", 0) == ""
    with django_assert_num_queries(0):
        assert rules.rule_of(b"????", 0) == ""


@pytest.mark.django_db(transaction=True)
def test_what_a_gate_writes_is_followed_until_told_to_stop(realm):
    (realm / "journal").mkdir()
    stop, taken = threading.Event(), []

    def follow():
        taken.append(take_in(stop=stop))
        connection.close()

    reader = threading.Thread(target=follow)
    reader.start()
    try:
        now = county_now()
        write_segment(realm / "journal", [a_scan(n, now) for n in range(3)], at=now)
        write_segment(realm / "journal", [a_scan(n, now) for n in range(3, 5)], at=now + timedelta(hours=1))
        waiting = threading.Event()
        for _ in range(int(LONGEST_S / 0.05)):
            if Scan.objects.count() == 5:
                break
            waiting.wait(0.05)
    finally:
        stop.set()
        reader.join()
    assert taken[0].n_new == 5
    said = json.loads((realm / "live" / "counters.json").read_text())
    assert {"at", "wall_ms", "day", "minutes", "lag_ms"} <= said.keys()
