"""`fangxian audit`, as a person types it: it answers, it changes nothing, and it leaves no end without a head."""

import json
import os
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

import pytest

from tests.integration.warm_program import warm_program

pytestmark = pytest.mark.sqlite  # each command opens a data folder of its own

ROOT = Path(__file__).resolve().parents[2]
ACT = """
import django
django.setup()
from django.db import transaction
from fangxian.ops.audit.actions import record
with transaction.atomic():
    record("people.merged", by="program:test", about=["person:1"], details={"n": 1})
"""
WORK = """
import threading
import django
django.setup()
from fangxian.ops.jobs.worker import work
work(stop=threading.Event(), once=True)
"""


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A data folder with its tables; tests copy it before they change it."""
    from fangxian.ops.realm.clock import CountyClock
    from fangxian.ops.realm.folder import create_realm

    clock = CountyClock.of_the_wall("Asia/Shanghai")
    path = tmp_path_factory.mktemp("realm") / "data"
    create_realm(path, kind="demo", county="fushan", division_code="141027", clock=clock)
    assert run(path, "audit", "seal").returncode == 0
    return path


@pytest.fixture
def folder(made, tmp_path):
    subprocess.run(["cp", "-a", made, tmp_path / "data"], check=True)
    return tmp_path / "data"


def run(folder, *words):
    kept = {key: value for key, value in os.environ.items() if key != "DATABASE_URL"}
    surroundings = kept | {
        "FANGXIAN_DATA": str(folder),
        "FANGXIAN_LANGUAGE": "en",
        "PYTHONPATH": str(ROOT),
        "DJANGO_SETTINGS_MODULE": "fangxian.ops.config.settings",
    }
    return warm_program.run(words, surroundings)


def verified(folder):
    return run(folder, "audit", "verify")


def change(folder, *statements):
    """As somebody with the database file in their hands."""
    with closing(sqlite3.connect(folder / "database.sqlite3")) as database, database:
        for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            database.execute(f'DROP TRIGGER "{name}"')
        for statement in statements:
            database.execute(statement)


def ask(folder, question):
    with closing(sqlite3.connect(folder / "database.sqlite3")) as database:
        return database.execute(question).fetchone()[0]


def last_headed(folder):
    return json.loads((folder / "log" / "audit-heads.ndjson").read_text().splitlines()[-1])["seq"]


def test_a_tombstone_that_leads_nowhere_is_answered_with_false(folder):
    run(folder, "-c", ACT)
    run(folder, "audit", "seal")
    assert verified(folder).returncode == 0
    change(folder, "UPDATE audit_auditdetail SET salt = x'', sealed = x'', erased_by = 'x', erased_in_id = 99999")
    answer = verified(folder)
    assert answer.returncode == 1
    assert "CHANGED" in answer.stdout + answer.stderr
    assert "Traceback" not in answer.stderr


def test_an_older_database_is_refused_and_not_brought_up_to_date(folder):
    change(folder, "DELETE FROM django_migrations WHERE app = 'audit' AND name = '0002_guards'")
    answer = verified(folder)
    assert answer.returncode == 1
    assert "audit.older_database" in answer.stderr
    assert ask(folder, "SELECT count(*) FROM django_migrations WHERE name = '0002_guards'") == 0


@pytest.mark.parametrize("end", [("audit", "seal"), ("-c", WORK)])
def test_sealing_by_hand_and_a_worker_that_ends_leave_no_end_without_a_head(folder, end):
    for _ in range(2):
        run(folder, "-c", ACT)
        assert run(folder, *end).returncode == 0
        assert last_headed(folder) == ask(folder, "SELECT max(seq) FROM audit_auditseal") > 0


def test_what_no_head_vouches_for_is_said(folder):
    run(folder, "-c", ACT)
    answer = verified(folder)
    assert answer.returncode == 0
    assert "not vouched for" in " ".join((answer.stdout + answer.stderr).split())
