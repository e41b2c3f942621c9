"""Writers at work, sealers killed in the middle of it: nothing is lost, nothing is sealed twice.

Writers and sealers are processes of their own on a realm of their own, since only a real process dies as
`kill -9` kills. This file is also the program they run: `python test_audit_sealer.py write 3`.
"""

import json
import os
import signal
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest

N_WRITERS, N_ACTIONS = 4, 40
ABORTED_EVERY = 7  # every seventh action fails after its line was written
N_KEPT = N_WRITERS * sum(1 for number in range(N_ACTIONS) if number % ABORTED_EVERY)


# The program of the processes


def write(writer: str) -> None:
    from django.db import transaction

    from fangxian.ops.audit.actions import record

    for number in range(N_ACTIONS):
        with transaction.atomic():
            subject = f"person:{writer}-{number}"
            record("chaos.acted", by="program:writer", about=[subject], details={"number": number})
            transaction.set_rollback(number % ABORTED_EVERY == 0)


def seal(_: str) -> None:
    from django.db import OperationalError

    from fangxian.ops.audit import actions

    actions.BATCH = 5  # many small chainings, so that a kill is likely to hit one
    while True:
        try:
            print(actions.seal_waiting(), flush=True)
        except OperationalError:  # SQLite: another writer was faster for too long
            print(0, flush=True)


def hold(_: str) -> None:
    """Die with a batch chained but not committed, and tell when that is so."""
    from django.db import transaction

    from fangxian.ops.audit import actions

    with transaction.atomic():
        print(actions.seal_waiting(wait=True), flush=True)
        sys.stdin.read()


def check(_: str) -> None:
    from fangxian.ops.audit.actions import seal_all
    from fangxian.ops.audit.models import AuditSubject
    from fangxian.ops.audit.verification import verify

    seal_all()
    report = verify()
    print(json.dumps([report.is_true, report.n_sealed, report.n_unsealed, AuditSubject.objects.count()]))


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
    import django

    django.setup()
    {"write": write, "seal": seal, "hold": hold, "check": check}[sys.argv[1]](sys.argv[2])


# The tests

LAY_TABLES = "import django; django.setup(); from fangxian.ops.realm.first_tables import lay_tables; lay_tables()"


@pytest.fixture
def elsewhere(tmp_path):
    """The environment of a realm that no test session shares, its tables made, on the database at hand."""
    from fangxian.ops.realm.clock import CountyClock
    from fangxian.ops.realm.folder import create_realm

    clock = CountyClock.of_the_wall("Asia/Shanghai")
    create_realm(tmp_path / "realm", kind="demo", county="fushan", division_code="141027", clock=clock)
    environment = os.environ | {
        "FANGXIAN_DATA": str(tmp_path / "realm"),
        "DJANGO_SETTINGS_MODULE": "fangxian.ops.config.settings",
        "PYTHONPATH": f"{Path(__file__).resolve().parents[2]}{os.pathsep}{os.environ['PYTHONPATH']}",
    }
    with _database_for(environment):
        subprocess.run([sys.executable, "-c", LAY_TABLES], env=environment, check=True)
        yield environment


@contextmanager
def _database_for(environment):
    """On SQLite the realm has its own; on PostgreSQL one is made beside the session's."""
    url = environment.get("DATABASE_URL")
    if not url:
        yield
        return
    import psycopg
    from django.db import connection

    at = connection.settings_dict
    with psycopg.connect(host=at["HOST"], user=at["USER"], dbname="postgres", autocommit=True) as server:
        server.execute("DROP DATABASE IF EXISTS audit_chaos WITH (FORCE)")
        server.execute("CREATE DATABASE audit_chaos")
        environment["DATABASE_URL"] = url.rpartition("/")[0] + "/audit_chaos"
        yield
        server.execute("DROP DATABASE audit_chaos WITH (FORCE)")


@pytest.fixture
def start(elsewhere):
    """Start one of the programs above; all are gone when the test ends, however it ends."""
    started = []

    def start_one(what, argument=""):
        command = [sys.executable, __file__, what, argument]
        process = subprocess.Popen(command, env=elsewhere, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        started.append(process)
        return process

    yield start_one
    for process in started:
        if process.poll() is None:
            kill(process)


def kill(process):
    process.send_signal(signal.SIGKILL)
    process.communicate()


def finish(process):
    said, _ = process.communicate()
    assert process.returncode == 0
    return said


def seal_some(sealer, writers):
    """Wait until a sealer has sealed something, or there is nothing more to come."""
    while int(sealer.stdout.readline()) == 0 and any(writer.poll() is None for writer in writers):
        pass


def test_sealers_killed_while_others_write_lose_nothing_and_double_nothing(start):
    sealers = [start("seal") for _ in range(4)]
    for sealer in sealers:
        sealer.stdout.readline()  # it runs
    writers = [start("write", str(number)) for number in range(N_WRITERS)]
    for sealer in sealers[:3]:
        seal_some(sealer, writers)
        kill(sealer)
    for writer in writers:
        finish(writer)
    kill(sealers[3])
    assert json.loads(finish(start("check"))) == [True, N_KEPT, 0, N_KEPT]


def test_a_sealer_killed_before_its_commit_leaves_its_batch_in_the_queue(start):
    finish(start("write", "0"))
    sealer = start("hold")
    assert int(sealer.stdout.readline()) > 0
    kill(sealer)
    n_kept = N_KEPT // N_WRITERS
    assert json.loads(finish(start("check"))) == [True, n_kept, 0, n_kept]
