"""Erasure by order leaves the record true, and so does a look's term; whatever else is erased is missed."""

from uuid import uuid4

import pytest

from fangxian.core.refusal import Refusal
from fangxian.ops.audit import actions
from fangxian.ops.audit.actions import (
    erase_details,
    keep_head_of_end,
    log_views,
    record_views,
    seal_all,
)
from fangxian.ops.audit.findings import Fault
from fangxian.ops.audit.models import VIEWS_KEPT_DAYS, AuditDetail, ViewLog
from fangxian.ops.audit.verification import verify
from tests.integration.audit_chain import ORDER, faults, sql, write

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("heads_file")]


# Erasure


def test_details_erased_by_order_leave_the_record_true_and_counted():
    write()
    assert erase_details(order=ORDER, by="program:cli", about="person:3") == 1
    report = verify()
    assert (report.is_true, report.erased) == (True, {ORDER: 1})
    seal_all()
    assert verify().is_true


def test_everything_before_a_moment_can_be_erased_in_chunks(monkeypatch):
    monkeypatch.setattr(actions, "ERASED_AT_ONCE", 4)
    write(10)
    told = []
    assert erase_details(order=ORDER, by="program:cli", step=told.append) == 10
    assert told == [4, 8, 10]
    assert verify().erased == {ORDER: 10}
    assert not AuditDetail.objects.filter(erased_by=ORDER).exclude(sealed=b"").exists()
    assert erase_details(order=ORDER, by="program:cli") == 0


def test_what_is_later_than_the_moment_stays():
    lines = write(3)
    assert erase_details(order=ORDER, by="program:cli", until=lines[1].at) == 1


def test_nothing_is_erased_without_an_order():
    write()
    with pytest.raises(Refusal) as refused:
        erase_details(order=" ", by="program:cli")
    assert refused.value.code == "audit.order_missing"
    assert not AuditDetail.objects.filter(sealed=b"").exists()


def test_a_detail_blanked_without_an_order_is_no_erasure(unguarded):
    lines = write()
    seal_all()
    sql("UPDATE audit_auditdetail SET salt = %s, sealed = %s WHERE line_id = %s", b"", b"", lines[1].pk)
    assert faults() == {Fault.ERASED_WITHOUT_ORDER}


def test_a_detail_blanked_in_the_name_of_somebody_elses_order_is_noticed(unguarded):
    lines = write()
    erase_details(order=ORDER, by="program:cli", about="person:3")
    sql(
        "UPDATE audit_auditdetail SET salt = %s, sealed = %s, erased_by = erased.erased_by,"
        " erased_in_id = erased.erased_in_id, erased_at = erased.erased_at"
        " FROM audit_auditdetail AS erased WHERE erased.line_id = %s AND audit_auditdetail.line_id = %s",
        b"", b"", lines[3].pk, lines[1].pk,
    )  # fmt: skip
    assert faults() == {Fault.ERASURE_DIFFERS}


@pytest.mark.parametrize(
    ("column", "value"), [("erased_by", "another order"), ("erased_at", "2022-04-08 01:00:00"), ("erased_in_id", None)]
)
def test_a_tombstone_that_was_rewritten_is_noticed(unguarded, column, value):
    write()
    erase_details(order=ORDER, by="program:cli", about="person:3")
    sql(f"UPDATE audit_auditdetail SET {column} = %s WHERE erased_by = %s", value, ORDER)
    assert not verify().is_true


def test_a_detail_deleted_whole_is_no_erasure(unguarded):
    lines = write()
    seal_all()
    sql("DELETE FROM audit_auditdetail WHERE line_id = %s", lines[1].pk)
    assert faults() == {Fault.DETAIL_MISSING}


def test_a_detail_exchanged_for_another_lines_is_noticed(unguarded):
    lines = write()
    seal_all()
    one, two = AuditDetail.objects.filter(line__in=lines[:2]).order_by("pk")
    AuditDetail.objects.filter(pk=one.pk).update(salt=two.salt, sealed=two.sealed)
    assert faults() == {Fault.DETAIL_CHANGED}


# Looks at records


def test_a_look_removed_from_the_log_before_its_term_is_missed():
    log_views(viewer=uuid4(), subjects=["person:1", "person:2"], why="people.person_page")
    record_views()
    seal_all()
    assert verify().is_true
    ViewLog.objects.order_by("id").first().delete()
    assert faults() == {Fault.VIEWS_DIFFER}


def test_a_look_ascribed_to_somebody_else_is_noticed():
    log_views(viewer=uuid4(), subjects=["person:1"], why="people.person_page")
    record_views()
    seal_all()
    ViewLog.objects.update(viewer=uuid4())
    assert faults() == {Fault.VIEWS_DIFFER}


def test_looks_erased_at_their_term_are_not_missed(time_machine_forward):
    log_views(viewer=uuid4(), subjects=["person:1"], why="people.person_page")
    record_views()
    seal_all()
    keep_head_of_end()
    ViewLog.objects.all().delete()
    with time_machine_forward(days=VIEWS_KEPT_DAYS + 1):
        assert verify().is_true


@pytest.fixture
def time_machine_forward():
    from datetime import UTC, datetime, timedelta

    import time_machine

    return lambda days: time_machine.travel(datetime.now(UTC) + timedelta(days=days), tick=True)
