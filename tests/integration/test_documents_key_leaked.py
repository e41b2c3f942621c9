"""The key under which gates know identity numbers has leaked: another takes its place, and nobody is unknown for it."""

import json
import shutil
import threading
from datetime import datetime, timedelta

import pytest

from fangxian.core.policy.byte_document import document_hash
from fangxian.core.policy.byte_snapshot import read_base
from fangxian.ops.jobs.worker import run_one
from fangxian.ops.movement.models import HealthCode
from fangxian.ops.movement.wire import unsigned
from fangxian.ops.procedures.hash_documents import LINGERS, end_leaked
from fangxian.ops.procedures.recolour import recolour
from fangxian.ops.realm.current import county_now, keys_changed, the_realm
from fangxian.ops.realm.gate_files import GateFolder, base_name
from fangxian.ops.realm.keys import Purpose

from .key_hand import current_base, gate, give, keyring_file, keys_put_back, lines, retired, ring
from .people_with_codes import BY, build_with_codes

pytestmark = pytest.mark.django_db


@pytest.fixture
def county():
    shutil.rmtree(the_realm().gate_folder, ignore_errors=True)
    with keys_put_back():
        county = build_with_codes()
        give()
        yield county
    shutil.rmtree(the_realm().gate_folder, ignore_errors=True)
    the_realm().gate_folder.mkdir(mode=0o700)


def base():
    folder = GateFolder(the_realm())
    return read_base(memoryview((folder.path / base_name(current_base())).read_bytes()), folder.verify)


def found(person):
    """Whether a gate finds somebody by their number: under the key in use, or under one beside it."""
    owners = dict(zip(base().documents, base().document_numbers, strict=True))
    keys = (gate().document_key, *gate().document_keys_beside)
    return any(owners.get(document_hash(person.document_number, key)) == person.gate_number for key in keys)


def worker():
    while run_one(worker="test", stop=threading.Event()):
        pass
    give()


def as_retired_before(days):
    cards = json.loads(keyring_file().read_text())
    for card in cards:
        if card.get("retired_at"):
            card["retired_at"] = (datetime.fromisoformat(card["retired_at"]) - timedelta(days=days)).isoformat()
    keyring_file().write_text(json.dumps(cards))
    keys_changed()


def test_nobody_is_unknown_before_while_or_after_the_numbers_are_hashed_anew(county):
    assert found(county.head)
    retired("documents-1")
    assert found(county.head)
    worker()
    assert found(county.head)
    hashes = {document_hash(county.head.document_number, key) for key in gate().document_keys_beside}
    assert not hashes & set(base().documents), "the base has no hash under the key that leaked"


def test_a_code_that_is_computed_meanwhile_does_not_bring_the_old_hash_back(county):
    retired("documents-1")
    worker()
    recolour([county.head.pk], county_now(), by=BY)
    key = ring().current(Purpose.DOCUMENTS).secret
    row = HealthCode.objects.get(person=county.head)
    assert unsigned(row.document) == document_hash(county.head.document_number, key)


def test_gates_are_given_the_leaked_key_until_no_base_has_its_hashes_and_no_longer(county):
    retired("documents-1")
    as_retired_before(LINGERS.value)
    end_leaked(by=BY)
    give()
    assert len(gate().document_keys_beside) == 1, "nothing is hashed anew yet"
    worker()
    end_leaked(by=BY)
    give()
    assert gate().document_keys_beside == ()
    assert found(county.head)
    assert len(lines("keys.ended")) == 1
