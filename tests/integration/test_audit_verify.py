"""The record is true as it was written, and false after one byte of it changes, whoever changes it."""

import pytest
from django.db import DatabaseError, connection, transaction

from fangxian.ops.audit import actions
from fangxian.ops.audit.actions import (
    keep_head_of_end,
    record,
    seal_all,
    seal_waiting,
)
from fangxian.ops.audit.findings import Fault
from fangxian.ops.audit.heads import read_head, sign_head
from fangxian.ops.audit.models import AuditLine, AuditSeal, AuditWaiting
from fangxian.ops.audit.verification import verify
from tests.integration.audit_chain import faults, sql, write

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("heads_file")]


def test_an_empty_record_is_true():
    report = verify()
    assert report.is_true
    assert (report.n_sealed, report.n_unsealed, report.unsealed_since) == (0, 0, None)


def test_what_was_written_and_sealed_is_true():
    write()
    assert seal_all() == 6
    report = verify()
    assert report.is_true
    assert (report.n_sealed, report.n_unsealed) == (6, 0)


def test_the_unsealed_tail_is_told_and_is_no_fault():
    write(2)
    seal_all()
    first, _, _ = write(3)
    report = verify()
    assert report.is_true
    assert (report.n_sealed, report.n_unsealed, report.unsealed_since) == (2, 3, first.recorded_at)


def test_a_line_that_commits_late_under_a_lower_number_is_sealed_when_it_appears():
    early, late = write(2)
    AuditWaiting.objects.filter(line=early).delete()  # as it looks to the sealer before the commit
    assert seal_all() == 1
    AuditWaiting.objects.create(line=early)
    assert seal_all() == 1
    assert list(AuditSeal.objects.order_by("seq").values_list("line_id", flat=True)) == [late.pk, early.pk]
    assert verify().is_true


def test_a_long_queue_is_sealed_in_batches(monkeypatch):
    monkeypatch.setattr(actions, "BATCH", 4)
    write(10)
    assert [seal_waiting(), seal_waiting(), seal_waiting(), seal_waiting()] == [4, 4, 2, 0]
    assert verify().is_true


LINE = ["id", "uuid", "at_us", "recorded_us", "action", "actor", "subjects", "unit", "commitment", "facts"]
SEAL = ["seq", "line_id", "sealed_us", "line_hash", "previous_hash", "hash"]
DETAIL = ["line_id", "salt", "sealed", "erased_by", "erased_in_id", "erased_at"]
SUBJECT = ["subject", "line_id"]
COLUMNS = [
    *(("audit_auditline", "id", column) for column in LINE),
    *(("audit_auditseal", "seq", column) for column in SEAL),
    *(("audit_auditdetail", "line_id", column) for column in DETAIL),
    *(("audit_auditsubject", "line_id", column) for column in SUBJECT),
]


def one_byte_changed(value, column):
    """The value with its last byte changed; of nothing, something."""
    if isinstance(value, bytes | memoryview):
        value = bytes(value)
        return value[:-1] + bytes([value[-1] ^ 1])
    if isinstance(value, int):
        return value + 1000
    if value is None:
        return 1 if column == "erased_in_id" else "2022-04-08 01:00:00"
    if column == "erased_by":
        return "x"
    if not value:
        return "x"
    return value[:-1] + ("0" if value[-1] != "0" else "1")


@pytest.mark.parametrize(("table", "key", "column"), COLUMNS)
def test_one_byte_of_any_column_makes_the_record_false(unguarded, table, key, column):
    lines = write()
    seal_all()
    which = 4 if table == "audit_auditseal" else lines[3].pk
    ((value,),) = sql(f"SELECT {column} FROM {table} WHERE {key} = %s", which)
    sql("PRAGMA defer_foreign_keys = ON" if connection.vendor == "sqlite" else "SET CONSTRAINTS ALL DEFERRED")
    assert verify().is_true
    assert sql(f"UPDATE {table} SET {column} = %s WHERE {key} = %s", one_byte_changed(value, column), which) == 1
    assert not verify().is_true
    sql(f"UPDATE {table} SET {column} = %s WHERE {column} = %s", value, one_byte_changed(value, column))
    transaction.set_rollback(True)


@pytest.mark.parametrize("column", ["salt", "sealed"])
def test_every_byte_of_a_detail_counts(unguarded, column):
    line = record("people.merged", by="program:cli", details={})
    seal_all()
    ((value,),) = sql(f"SELECT {column} FROM audit_auditdetail")
    value = bytes(value)
    for place in range(len(value)):
        changed = value[:place] + bytes([value[place] ^ 1]) + value[place + 1 :]
        sql(f"UPDATE audit_auditdetail SET {column} = %s WHERE line_id = %s", changed, line.pk)
        assert faults() == {Fault.DETAIL_CHANGED}, f"byte {place}"


def test_a_changed_line_is_named_with_its_place(unguarded):
    lines = write()
    seal_all()
    sql("UPDATE audit_auditline SET action = 'people.Merged' WHERE id = %s", lines[2].pk)
    first = verify().first
    assert (first.fault, first.seq) == (Fault.LINE_CHANGED, 3)
    assert first.said.en == f"seal 3: line {lines[2].pk} is not what was sealed"


def test_the_first_broken_place_comes_first_whichever_is_found_first(unguarded):
    lines = write()
    seal_all()
    sql("UPDATE audit_auditline SET unit = 'x' WHERE id = %s", lines[5].pk)
    sql("UPDATE audit_auditline SET unit = 'x' WHERE id = %s", lines[1].pk)
    assert [finding.seq for finding in verify().findings] == [2, 6]


def test_a_sealed_line_deleted_with_everything_of_it_is_missed(unguarded):
    lines = write()
    seal_all()
    for table in ("audit_auditdetail", "audit_auditsubject"):
        sql(f"DELETE FROM {table} WHERE line_id = %s", lines[2].pk)
    if connection.vendor == "sqlite":
        sql("PRAGMA defer_foreign_keys = ON")
    sql("DELETE FROM audit_auditline WHERE id = %s", lines[2].pk)
    assert faults() == {Fault.LINE_MISSING}
    transaction.set_rollback(True)


def test_a_seal_cut_from_the_middle_is_missed(unguarded):
    write()
    seal_all()
    sql("DELETE FROM audit_auditseal WHERE seq = 3")
    assert faults() == {Fault.SEAL_MISSING, Fault.LINE_WITHHELD}


def test_two_seals_that_changed_places_are_noticed(unguarded):
    write()
    seal_all()
    sql("UPDATE audit_auditseal SET seq = seq + 100 WHERE seq IN (3, 4)")
    sql("UPDATE audit_auditseal SET seq = 107 - seq WHERE seq IN (103, 104)")
    assert {Fault.SEAL_CHANGED} <= faults()


def test_a_chain_rewritten_from_one_place_on_is_noticed_by_its_head(unguarded):
    lines = write()
    seal_all()
    keep_head_of_end()
    assert verify().is_true
    sql("UPDATE audit_auditline SET unit = 'x' WHERE id = %s", lines[2].pk)
    sql("DELETE FROM audit_auditsubject")
    sql("DELETE FROM audit_auditseal")
    AuditWaiting.objects.bulk_create([AuditWaiting(line=line) for line in lines])
    seal_all()
    assert faults() == {Fault.HEAD_DIFFERS}


def test_an_end_cut_off_with_its_lines_is_noticed_by_its_head(unguarded):
    lines = write()
    seal_all()
    keep_head_of_end()
    for table in ("audit_auditseal", "audit_auditdetail", "audit_auditsubject"):
        sql(f"DELETE FROM {table} WHERE line_id >= %s", lines[4].pk)
    sql("DELETE FROM audit_auditline WHERE id >= %s", lines[4].pk)
    report = verify()
    assert [finding.fault for finding in report.findings] == [Fault.TRUNCATED]
    assert (report.findings[0].seq, report.n_sealed) == (6, 4)


def test_what_is_sealed_after_a_head_was_signed_is_no_truncation():
    write(2)
    seal_all()
    keep_head_of_end()
    write(2)
    seal_all()
    report = verify()
    assert (report.is_true, report.n_heads, report.headed_seq) == (True, 1, 2)


def test_heads_moved_away_are_missed_once_the_chain_is_old(heads_file, monkeypatch):
    from fangxian.ops.audit import verification

    write()
    seal_all()
    assert verify().is_true
    monkeypatch.setattr(verification, "HEADLESS_FOR_S", -1)
    assert faults() == {Fault.HEADS_MISSING}


def test_a_head_that_somebody_else_signed_is_noticed(heads_file):
    write()
    seal_all()
    head = keep_head_of_end()
    heads_file.write_text(head.as_text().replace(head.hash, "00" * 32) + "\n")
    assert faults() == {Fault.HEAD_NOT_OURS}


def test_a_line_in_the_file_of_heads_that_is_no_head_is_noticed(heads_file):
    write()
    seal_all()
    keep_head_of_end()
    heads_file.write_text("nonsense\n" + heads_file.read_text())
    assert faults() == {Fault.HEAD_UNREADABLE}


def test_a_head_kept_elsewhere_is_held_against_the_chain():
    write()
    seal_all()
    last = AuditSeal.objects.order_by("-seq").first()
    true, false = sign_head(last.seq, bytes(last.hash)), sign_head(last.seq, b"\0" * 32)
    assert verify(kept_heads=[read_head(true.as_text())]).is_true
    report = verify(kept_heads=[false])
    assert [finding.fault for finding in report.findings] == [Fault.HEAD_DIFFERS]


def test_a_line_taken_from_the_queue_is_told_from_one_that_waits(unguarded):
    lines = write(3)
    sql("DELETE FROM audit_auditwaiting WHERE line_id = %s", lines[1].pk)
    assert faults() == {Fault.LINE_WITHHELD}


def test_a_sealed_line_put_into_the_queue_again_is_not_sealed_twice_and_stops_nothing():
    lines = write(2)
    seal_all()
    AuditWaiting.objects.create(line=lines[0])
    record("people.merged", by="program:cli")
    assert seal_all() == 1
    assert verify().is_true


def test_the_detail_of_an_unsealed_line_is_checked_too(unguarded):
    write(2)
    sql("UPDATE audit_auditdetail SET salt = %s", b"\0" * 16)
    report = verify()
    assert (report.n_findings, report.first.fault) == (2, Fault.DETAIL_CHANGED)


def test_more_is_counted_than_is_listed(unguarded):
    write(40)
    seal_all()
    sql("UPDATE audit_auditline SET unit = 'x'")
    report = verify()
    assert (report.n_findings, len(report.findings)) == (40, 20)


# What the database itself refuses


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_auditline SET unit = 'x'",
        "DELETE FROM audit_auditline",
        "UPDATE audit_auditseal SET sealed_us = 0",
        "DELETE FROM audit_auditseal",
        "DELETE FROM audit_auditdetail",
        "DELETE FROM audit_auditsubject",
    ],
)
def test_the_database_refuses_to_change_the_record(statement):
    write(2)
    seal_all()
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        sql(statement)
    assert verify().is_true
    assert AuditLine.objects.count() == 2
