"""The chain against its plain definition, and against whatever change of whatever byte."""

import hashlib
import importlib
import json

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fangxian.ops.audit import heads
from fangxian.ops.audit.actions import record, seal_all
from fangxian.ops.audit.models import AuditLine, AuditSeal
from fangxian.ops.audit.verification import verify
from fangxian.ops.audit.wire import canonical

guards = importlib.import_module("fangxian.ops.audit.migrations.0002_guards")

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**12), 10**12) | st.text(st.characters(codec="utf-8"), max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
ACTION = st.fixed_dictionaries(
    {
        "about": st.lists(st.sampled_from(["person:1", "person:2", "venue:1"]), max_size=3),
        "details": st.dictionaries(st.text(max_size=5), JSON, max_size=3),
        "facts": st.dictionaries(st.sampled_from(["n", "order"]), st.integers(0, 9), max_size=2),
    }
)
CHANGEABLE = [
    *(("audit_auditline", name) for name in ("uuid", "action", "actor", "subjects", "unit", "commitment", "facts")),
    *(("audit_auditline", name) for name in ("at_us", "recorded_us")),
    *(("audit_auditseal", name) for name in ("sealed_us", "line_hash", "previous_hash", "hash")),
    *(("audit_auditdetail", name) for name in ("salt", "sealed", "erased_by")),
    ("audit_auditsubject", "subject"),
]


@pytest.fixture(autouse=True)
def alone(db, tmp_path, monkeypatch):
    monkeypatch.setattr(heads, "path_of_heads", lambda: tmp_path / "audit-heads.ndjson")
    guards.remove(None, connection.schema_editor())


def trying(examples):
    return settings(
        max_examples=examples,
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    )


def act(batches):
    """Write each batch and seal it; the last one may stay unsealed."""
    for batch in batches:
        for action in batch:
            record("property.acted", by="program:test", **action)
        seal_all()


def plain_chain():
    """What docs/explanation/audit-chain.md says, word for word: hashes by number of seal."""
    previous, found = bytes(32), {}
    for seal in AuditSeal.objects.order_by("seq").select_related("line"):
        line = seal.line
        columns = [line.id, line.uuid, line.at_us, line.recorded_us, line.action, line.actor, line.subjects, line.unit]
        columns += [bytes(line.commitment).hex(), line.facts]
        text = json.dumps(columns, ensure_ascii=False, separators=(",", ":")).encode()
        line_hash = hashlib.sha256(b"fangxian.audit.line.1\n" + text).digest()
        numbers = f"[{seal.seq},{line.id},{seal.sealed_us}]\n".encode()
        previous = hashlib.sha256(b"fangxian.audit.seal.1\n" + numbers + line_hash + previous).digest()
        found[seal.seq] = previous
    return found


@trying(40)
@given(st.lists(st.lists(ACTION, max_size=4), max_size=4))
def test_every_chain_is_its_plain_definition_and_is_true(batches):
    with transaction.atomic():
        act(batches)
        assert {seal.seq: bytes(seal.hash) for seal in AuditSeal.objects.all()} == plain_chain()
        assert sorted(AuditSeal.objects.values_list("line", flat=True)) == sorted(
            AuditLine.objects.values_list("pk", flat=True)
        )
        assert verify().is_true
        transaction.set_rollback(True)


@trying(150)
@given(
    st.lists(ACTION, min_size=1, max_size=5),
    st.sampled_from(CHANGEABLE),
    st.integers(0, 99),
    st.integers(0, 999),
    st.integers(1, 94),
)
def test_any_changed_byte_makes_it_false(batch, place, row, byte, by):
    table, column = place
    key = {"audit_auditline": "id", "audit_auditseal": "seq"}.get(table, "line_id")
    with transaction.atomic(), connection.cursor() as cursor:
        act([batch])
        cursor.execute(f"SELECT {key}, {column} FROM {table} ORDER BY {key}, {column}")
        rows = cursor.fetchall()
        if rows:
            which, value = rows[row % len(rows)]
            where = f"WHERE {key} = %s AND {column} = %s"
            cursor.execute(f"UPDATE {table} SET {column} = %s {where}", [changed(value, byte, by), which, value])
            assert cursor.rowcount == 1
            assert not verify().is_true
        transaction.set_rollback(True)


def changed(value, place, by):
    """A value with one byte of it, or one letter, moved on by 1 to 94."""
    if isinstance(value, int):
        return value + by
    if isinstance(value, bytes | memoryview):
        value = bytes(value)
        place %= len(value)
        return value[:place] + bytes([(value[place] + by) % 256]) + value[place + 1 :]
    if not value:
        return chr(32 + by)
    place %= len(value)
    return value[:place] + chr(32 + (ord(value[place]) - 32 + by) % 95) + value[place + 1 :]


@trying(200)
@given(JSON, JSON)
def test_two_things_with_one_canonical_form_are_one_thing(one, other):
    assert (canonical(one) == canonical(other)) == (
        json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)
    )
