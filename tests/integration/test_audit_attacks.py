"""Attacks on the record: heads taken out, ends cut off, and values that the program never writes."""

from uuid import uuid4

import pytest
from django.db import DatabaseError, connection, transaction

from fangxian.ops.audit.actions import (
    erase_details,
    log_views,
    record_views,
    seal_all,
)
from fangxian.ops.audit.findings import Fault
from fangxian.ops.audit.heads import read_head
from fangxian.ops.audit.models import AuditLine, AuditSeal
from fangxian.ops.audit.verification import verify
from tests.integration.audit_chain import ORDER, faults, headed, sql, write

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("heads_file")]


# The file of heads, shortened


@pytest.mark.parametrize("place", [0, 1])
def test_a_head_taken_from_the_front_or_the_middle_is_missed(heads_file, place):
    headed()
    assert verify().is_true
    texts = heads_file.read_text().splitlines(keepends=True)
    heads_file.write_text("".join(texts[:place] + texts[place + 1 :]))
    assert faults() == {Fault.HEADS_CUT}


def test_the_last_head_taken_away_is_missed_once_what_it_covered_is_old(heads_file, monkeypatch):
    from fangxian.ops.audit import verification

    headed()
    monkeypatch.setattr(verification, "HEADLESS_FOR_S", -1)
    assert verify().is_true
    heads_file.write_text("".join(heads_file.read_text().splitlines(keepends=True)[:-1]))
    report = verify()
    assert [(finding.fault, finding.seq) for finding in report.findings] == [(Fault.HEADS_SHORT, 5)]
    assert (report.headed_seq, report.n_unvouched) == (4, 2)


def cut_after(line_id):
    for table in ("audit_auditseal", "audit_auditdetail", "audit_auditsubject", "audit_auditwaiting"):
        sql(f"DELETE FROM {table} WHERE line_id > %s", line_id)
    sql("DELETE FROM audit_auditline WHERE id > %s", line_id)


def test_an_end_cut_off_together_with_its_head_is_missed_by_its_numbers_or_by_a_head_kept_elsewhere(
    heads_file, unguarded
):
    headed()
    kept = read_head(heads_file.read_text().splitlines()[-1])
    heads_file.write_text("".join(heads_file.read_text().splitlines(keepends=True)[:-1]))
    cut_after(AuditSeal.objects.get(seq=4).line_id)
    assert faults() == ({Fault.LINES_GONE} if connection.vendor == "sqlite" else set())
    assert Fault.TRUNCATED in {finding.fault for finding in verify(kept_heads=[kept]).findings}


def test_unsealed_lines_deleted_with_all_of_theirs_are_missed_by_their_numbers(unguarded):
    headed()
    last = AuditLine.objects.order_by("-id").first().pk
    write(3)
    assert verify().n_unvouched == 3
    cut_after(last)
    assert faults() == ({Fault.LINES_GONE} if connection.vendor == "sqlite" else set())


def test_a_line_that_was_rolled_back_leaves_no_gap():
    write(2)
    with transaction.atomic():
        write(2)
        transaction.set_rollback(True)
    write(1)
    assert verify().is_true


# What the program never wrote


def stored(statement):
    """Whether the database let it pass: SQLite stores anything anywhere, PostgreSQL refuses it."""
    try:
        with transaction.atomic():
            sql(statement)
    except DatabaseError:
        return False
    return True


def looked():
    log_views(viewer=uuid4(), subjects=["person:1"], why="people.person_page")
    record_views()
    seal_all()


@pytest.mark.parametrize("column", ["viewer", "seen_at"])
def test_nonsense_in_the_log_of_looks_makes_the_record_false(column):
    looked()
    is_stored = stored(f"UPDATE audit_viewlog SET {column} = 'g' || substr({column}, 2)")
    assert verify().is_true != is_stored


@pytest.mark.parametrize(
    ("table", "column"),
    [
        ("audit_auditline", "commitment"),
        *(("audit_auditseal", name) for name in ("line_hash", "previous_hash", "hash")),
        *(("audit_auditdetail", name) for name in ("salt", "sealed")),
    ],
)
def test_bytes_stored_as_text_make_the_record_false(unguarded, table, column):
    write(3)
    seal_all()
    is_stored = stored(f"UPDATE {table} SET {column} = CAST(x'ff00fe' AS text)")
    assert verify().is_true != is_stored


def test_a_tombstone_that_leads_nowhere_makes_the_record_false(unguarded):
    write()
    erase_details(order=ORDER, by="program:cli", about="person:3")
    seal_all()
    sql("PRAGMA defer_foreign_keys = ON" if connection.vendor == "sqlite" else "SET CONSTRAINTS ALL DEFERRED")
    sql("UPDATE audit_auditdetail SET erased_in_id = 99999 WHERE erased_by = %s", ORDER)
    assert Fault.ERASED_WITHOUT_ORDER in faults()
    transaction.set_rollback(True)


def test_the_facts_of_an_erasure_rewritten_make_the_record_false(unguarded):
    write()
    erase_details(order=ORDER, by="program:cli", about="person:3")
    seal_all()
    sql("UPDATE audit_auditline SET facts = '{' WHERE action = 'audit.details_erased'")
    assert faults() >= {Fault.LINE_CHANGED, Fault.ERASED_WITHOUT_ORDER}


def test_a_detail_that_belongs_to_no_line_is_noticed(unguarded):
    write()
    seal_all()
    sql("PRAGMA defer_foreign_keys = ON" if connection.vendor == "sqlite" else "SET CONSTRAINTS ALL DEFERRED")
    sql("INSERT INTO audit_auditdetail (line_id, salt, sealed, erased_by) VALUES (88888, %s, %s, '')", b"", b"")
    assert faults() == {Fault.ORPHANS}
    transaction.set_rollback(True)
