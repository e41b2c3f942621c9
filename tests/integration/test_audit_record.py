"""A line stands or falls with what it records, and says in clear only to whoever has the realm's keys."""

from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest
from django.db import connection, transaction

from fangxian.ops.audit.actions import erase_details, log_views, record, record_views, seal_all
from fangxian.ops.audit.models import AuditDetail, AuditLine, AuditWaiting
from fangxian.ops.audit.queries import chain_state, facts, lines, n_looks, told, who_looked
from fangxian.ops.realm.current import the_realm

pytestmark = pytest.mark.django_db


def test_outside_a_transaction_nothing_is_recorded():
    with ThreadPoolExecutor(1) as elsewhere:  # on a connection of its own, with no transaction open
        refused = elsewhere.submit(record, "people.merged", by="program:cli").exception()
    assert isinstance(refused, RuntimeError)
    assert "people.merged is recorded outside a transaction" in str(refused)


def test_a_line_falls_with_its_transaction():
    with transaction.atomic():
        record("people.merged", by="program:cli", details={"n": 1})
        transaction.set_rollback(True)
    assert not AuditLine.objects.exists()
    assert not AuditDetail.objects.exists()
    assert not AuditWaiting.objects.exists()


def test_a_line_is_read_back_with_what_it_was_told():
    line = record(
        "people.merged", by="program:cli", about=["person:1", "person:2"], details={"reason": "同一人"}, facts={"n": 2}
    )
    kept = told(lines().get(pk=line.pk))
    assert (kept.by, kept.about, kept.details) == ("program:cli", ("person:1", "person:2"), {"reason": "同一人"})
    assert facts(line) == {"n": 2}


def test_neither_the_actor_nor_a_subject_nor_a_detail_stands_in_the_database_in_clear():
    account = uuid4()
    record("people.merged", by=f"account:{account}", about=["person:secret"], details={"reason": "secret"})
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM audit_auditline, audit_auditdetail")
        stored = b"".join(
            bytes(cell) if isinstance(cell, bytes | memoryview) else str(cell).encode() for cell in cursor.fetchone()
        )
    assert b"secret" not in stored
    assert str(account).encode() not in stored
    assert account.hex.encode() not in stored


def test_a_subject_named_twice_is_one_subject():
    line = record("people.merged", by="program:cli", about=["person:1", "person:1"])
    assert line.subjects == the_realm().keys.pseudonym("person:1")


def test_lines_are_found_by_subject_actor_action_and_page():
    one = record("people.merged", by="program:cli", about=["person:1"])
    two = record("people.attached", by="program:worker", about=["person:2"])
    three = record("places.laid", by="program:cli", about=["person:1", "person:2"])
    seal_all()
    assert list(lines(about="person:1")) == [three, one]
    assert list(lines(by="program:worker")) == [two]
    assert list(lines(action="people.")) == [two, one]
    assert list(lines(before=two.pk)) == [one]


def test_lines_with_their_details_take_one_query(django_assert_num_queries):
    for number in range(5):
        record("people.merged", by="program:cli", about=[f"person:{number}"])
    with django_assert_num_queries(1):
        assert len([told(line) for line in lines()[:5]]) == 5


def test_an_erased_line_says_by_which_order():
    line = record("people.merged", by="program:cli", about=["person:1"], details={"reason": "同一人"})
    assert erase_details(order="浮疫指〔2022〕9号", by="program:cli", about="person:1") == 1
    kept = told(lines().get(pk=line.pk))
    assert (kept.is_readable, kept.erased_by, kept.details) == (False, "浮疫指〔2022〕9号", {})


def test_who_looked_at_a_record_is_told_newest_first():
    viewer, other = uuid4(), uuid4()
    log_views(viewer=viewer, subjects=["person:1", "person:2", "person:1"], why="people.person_page")
    log_views(viewer=other, subjects=["person:1"], why="people.household_page")
    looks = who_looked("person:1")
    assert [(look.viewer, look.why) for look in looks] == [
        (other, "people.household_page"),
        (viewer, "people.person_page"),
    ]
    assert (n_looks("person:1"), n_looks("person:3")) == (2, 0)
    assert len(who_looked("person:1", limit=1)) == 1


def test_a_page_with_fifty_people_costs_one_insert(django_assert_num_queries):
    with django_assert_num_queries(3):  # savepoint, insert, release
        log_views(viewer=uuid4(), subjects=[f"person:{n}" for n in range(50)], why="people.list")


def test_looks_become_one_line_a_viewer():
    viewer, other = uuid4(), uuid4()
    for number in range(3):
        log_views(viewer=viewer, subjects=[f"person:{number}"], why="people.person_page")
    log_views(viewer=other, subjects=["person:1"], why="people.person_page")
    assert record_views() == 2
    assert record_views() == 0
    seal_all()
    assert [facts(line)["n_views"] for line in lines(by=f"account:{viewer}")] == [3]
    assert [line.action for line in lines(about="person:1")] == ["audit.views", "audit.views"]


def test_the_state_of_the_chain_says_how_much_waits_and_since_when():
    assert chain_state().n_sealed == chain_state().n_waiting == 0
    line = record("people.merged", by="program:cli")
    state = chain_state()
    assert (state.n_waiting, state.waiting_since) == (1, line.recorded_at)
    seal_all()
    state = chain_state()
    assert (state.n_sealed, state.n_waiting, state.waiting_since) == (1, 0, None)
