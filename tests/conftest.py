"""What every test session needs: a realm of its own and a database that is nobody else's.

`pytest` runs on SQLite; `pytest --database postgres` starts a private PostgreSQL first and runs on that.
Tests of `core` need none of it: they run even where ops cannot be loaded.
"""

import fcntl
import gc
import os
import shutil
import sys
import tempfile
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, settings

import second_try
from private_postgres import NoPostgres, PrivatePostgres
from tests.made_once import QUICK_START, SHARED, made_once

COUNTY_STARTS_AT = datetime(2022, 4, 8, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
MEMORY_DISK = Path("/dev/shm")
CLEAN_UP = pytest.StashKey[list]()
PROBLEM = pytest.StashKey[Exception]()
DJANGOS_OWN = {"django_content_type", "auth_permission"}
NEEDS_OPS = {"django_db", "db", "transactional_db", "client", "admin_client", "live_server", "settings", "rf"}


# No test asserts a time, least of all on a machine that is busy with something else.
settings.register_profile("house", deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True)
settings.load_profile("house")


def pytest_addoption(parser):
    parser.addoption(
        "--database",
        choices=["sqlite", "postgres"],
        default="sqlite",
        help="what the tests keep their rows in",
    )


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config):
    is_worker = hasattr(config, "workerinput")
    config.stash[CLEAN_UP] = []
    if not is_worker:
        _choose_database(config)
        _share(config)
    folder = _make_realm(config)
    try:
        _set_up_django(folder)
    except Exception as problem:  # whatever is wrong in ops, the tests of core can still run
        _forget_django()
        config.stash[PROBLEM] = problem
    if not is_worker and config.getoption("numprocesses", None):
        # Workers inherit what stands here, and pytest-django would set Django up on this realm before they make theirs.
        for name in ("DJANGO_SETTINGS_MODULE", "FANGXIAN_DATA"):
            os.environ.pop(name, None)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    from tests.spreading import Spreading

    return Spreading(config, log) if config.getoption("dist") == "loadfile" else None


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection(session):
    """Whoever reads a folder's tests first compiles them, and whoever comes meanwhile waits and finds them compiled.

    In a fresh clone that is two thirds of reading them: 18 of 28 s of processor for integration, which four read.
    """
    if not hasattr(session.config, "workerinput"):
        return (yield)
    name = "-".join(sorted({Path(it).name for it in session.config.args})) or "all"
    with Path(os.environ[SHARED], f"read-{name}").open("a+") as read:
        fcntl.flock(read, fcntl.LOCK_EX)
        read.seek(0)
        if read.read():
            fcntl.flock(read, fcntl.LOCK_UN)
            return (yield)
        result = yield
        read.write("read")
    return result


@pytest.hookimpl(trylast=True)
def pytest_collection_finish():
    """What stands by now (the program, thousands of tests) stands to the end: nobody looks for rubbish in it again.

    A twentieth of the processor of tests that ask a database, who make few cycles and much that is gone by itself.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)
    if compiled := getattr(sys.modules.get("sitecustomize"), "compiled", None):
        compiled.keep()  # now, and not when the last test is over: see tests/quick_start


def pytest_report_header(config):
    if problem := config.stash.get(PROBLEM, None):
        return f"ops CANNOT BE LOADED, so every test of it will fail: {type(problem).__name__}: {problem}"


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item):
    """Without ops a test of it fails; left to itself, pytest-django would skip it, and that looks green."""
    problem = item.config.stash.get(PROBLEM, None)
    if problem and NEEDS_OPS & {*item.fixturenames, *(marker.name for marker in item.iter_markers())}:
        raise problem


def pytest_runtest_logreport(report):
    if report.failed or (report.passed and report.when == "call"):
        _tell(second_try.FAILED if report.failed else second_try.PASSED, report.nodeid)


def pytest_collectreport(report):
    if report.failed:
        _tell(second_try.NOT_READ, report.nodeid)


def _tell(word, name):
    """What a test came to, for tools/run_checks.py; of several processes the first tells, which hears of all."""
    path = os.environ.get(second_try.TOLD)
    if path and "PYTEST_XDIST_WORKER" not in os.environ:
        with Path(path).open("a") as told:
            told.write(f"{word}\t{name}\n")


def pytest_unconfigure(config):
    for clean_up in reversed(config.stash[CLEAN_UP]):
        clean_up()


def _choose_database(config):
    """Set DATABASE_URL before Django's settings are read; workers of xdist inherit it."""
    os.environ.pop("DATABASE_URL", None)
    if config.getoption("--database") == "sqlite":
        return
    server = PrivatePostgres()
    try:
        server.__enter__()
    except NoPostgres as problem:
        raise pytest.UsageError(str(problem)) from problem
    config.stash[CLEAN_UP].append(lambda: server.__exit__(None, None, None))
    os.environ["DATABASE_URL"] = server.url


def _share(config):
    """A folder for what all processes of this run stand on, unless a run of several checks has one for them all."""
    if SHARED not in os.environ:
        os.environ[SHARED] = tempfile.mkdtemp(prefix="fangxian-shared-", dir=_disk())
        config.stash[CLEAN_UP].append(lambda: shutil.rmtree(os.environ.pop(SHARED), ignore_errors=True))
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [str(QUICK_START), os.environ.get("PYTHONPATH")]))


def _disk():
    """On a disk of memory SQLite keeps its promises (synchronous=FULL) without waiting for a real one."""
    return MEMORY_DISK if os.access(MEMORY_DISK, os.W_OK) else None


def _make_realm(config):
    """A demo realm in a temporary folder, one a process, whose county time starts on 2022-04-08."""
    from fangxian.ops.realm.clock import CountyClock
    from fangxian.ops.realm.folder import create_realm

    folder = Path(tempfile.mkdtemp(prefix="fangxian-test-", dir=_disk()))
    config.stash[CLEAN_UP].append(lambda: shutil.rmtree(folder, ignore_errors=True))
    create_realm(
        folder / "realm",
        kind="demo",
        county="fushan",
        division_code="141027",
        clock=CountyClock.starting(COUNTY_STARTS_AT, zone="Asia/Shanghai"),
    )
    os.environ["FANGXIAN_DATA"] = str(folder / "realm")
    os.environ["DJANGO_SETTINGS_MODULE"] = "fangxian.ops.config.settings"
    return folder


def _forget_django():
    """Leave Django unconfigured, or pytest-django sets it up again and the session ends there."""
    from django.conf import settings
    from django.utils.functional import empty

    os.environ.pop("DJANGO_SETTINGS_MODULE", None)
    settings._wrapped = empty


def _set_up_django(folder):
    import django
    from django.conf import settings

    database = settings.DATABASES["default"]
    if database["ENGINE"].endswith("sqlite3"):
        # Django's own choice is a database in shared memory, which locks whole tables as no realm does.
        database.setdefault("TEST", {})["NAME"] = str(folder / "realm" / "test.sqlite3")
    django.setup()
    _lay_tables()
    _hash_passwords_quickly()
    _empty_what_was_filled()


def _lay_tables():
    """Tables are laid as in a new county, on SQLite once in a run; then no migration is left to be applied.

    That this leads to what the migrations make is held in tests/integration/test_database.py.
    """
    from django.db import connection

    from fangxian.ops.realm.first_tables import lay_tables

    creation = type(connection.creation)
    create = creation._create_test_db

    def lay_in(name):
        own, connection.settings_dict["NAME"] = connection.settings_dict["NAME"], str(name)
        lay_tables(connection)
        connection.close()
        connection.settings_dict["NAME"] = own

    def create_with_tables(self, *args, **kwargs):
        name = create(self, *args, **kwargs)
        if connection.vendor == "sqlite":
            shutil.copyfile(made_once("tables.sqlite3", lay_in), name)
        else:
            connection.close()
            lay_in(name)
            connection.close_pool()
        return name

    creation._create_test_db = create_with_tables


def _hash_passwords_quickly():
    """Argon2 still, in a thousandth of its memory: here nobody guesses. Programs that tests start hash at full cost."""
    from django.contrib.auth.hashers import Argon2PasswordHasher

    Argon2PasswordHasher.time_cost, Argon2PasswordHasher.memory_cost, Argon2PasswordHasher.parallelism = 1, 64, 1


def _empty_what_was_filled():
    """Between tests that commit, Django empties all tables and then makes rows of its own: half a second each time.

    Emptied are the tables with rows in them, past the triggers of append-only ones, which are back before the next
    test begins: what a test tries against them is what it meets. Django's rows stay, as a migration leaves them.
    """
    from django.core.management.commands import flush
    from django.db import connection, transaction

    def on_sqlite(cursor):
        triggers = cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for name, _ in triggers:
            cursor.execute(f'DROP TRIGGER "{name}"')
        _empty(cursor)
        # An emptied table is a new one: the audit counts the numbers given out against the lines there are.
        cursor.execute("DELETE FROM sqlite_sequence")
        for _, definition in triggers:
            cursor.execute(definition)

    def on_postgres(cursor):
        cursor.execute("SET LOCAL session_replication_role = replica")
        _empty(cursor)

    def execute(operations, _statements):
        with transaction.atomic(), operations.connection.cursor() as cursor:
            (on_sqlite if connection.vendor == "sqlite" else on_postgres)(cursor)

    type(connection.ops).execute_sql_flush = execute
    flush.emit_post_migrate_signal = lambda *_, **__: None


def _empty(cursor):
    from django.db import connection

    tables = {*connection.introspection.django_table_names(only_existing=True, include_views=False)}
    asked = (f"SELECT '{table}' WHERE EXISTS (SELECT 1 FROM \"{table}\")" for table in sorted(tables - DJANGOS_OWN))
    cursor.execute(" UNION ALL ".join(asked))
    for (table,) in cursor.fetchall():
        cursor.execute(f'DELETE FROM "{table}"')
