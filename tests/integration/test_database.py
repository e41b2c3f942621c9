"""The database under the rooms: the one that was asked for, and as the models say."""

import re
from contextlib import contextmanager
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection, connections

from fangxian.ops.realm.first_tables import is_empty, lay_tables


@pytest.mark.django_db
def test_the_tests_run_on_the_database_that_was_asked_for(pytestconfig):
    asked = pytestconfig.getoption("--database")
    assert connection.vendor == {"sqlite": "sqlite", "postgres": "postgresql"}[asked]


@pytest.mark.django_db
def test_the_migrations_make_what_the_models_say():
    said = StringIO()
    try:
        call_command("makemigrations", check=True, dry_run=True, stdout=said)
    except SystemExit:
        pytest.fail(f"models and migrations differ; FANGXIAN_DATA=… django-admin makemigrations:\n{said.getvalue()}")


def test_tables_laid_at_once_are_those_that_the_migrations_make(tmp_path, django_db_setup, django_db_blocker):
    found = []
    for fill in (lay_tables, migrated):
        with django_db_blocker.unblock(), empty_database(tmp_path / fill.__name__) as database:
            assert is_empty(database)
            fill(database)
            assert not is_empty(database)
            found.append((tables_of(database), rows_of_djangos_own(database)))
            del found[-1][0]["auth_group_permissions"]  # Django's, used by nobody: its numbers are wider where laid
    laid, made = found
    assert laid == made
    assert len(laid[0]) > 100


def migrated(database):
    call_command("migrate", database=database.alias, interactive=False, verbosity=0)


@contextmanager
def empty_database(path):
    """Another database beside that of the tests, gone at the end."""
    name, alias = (str(path) if connection.vendor == "sqlite" else path.name), "other"
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"CREATE DATABASE {name}")
    connections.databases[alias] = connection.settings_dict | {"NAME": name}
    other = connections[alias]
    try:
        yield other
    finally:
        other.close()
        del connections[alias]
        del connections.databases[alias]
        if connection.vendor == "postgresql":
            other.close_pool()
            with connection.cursor() as cursor:
                cursor.execute(f"DROP DATABASE {name}")


def rows_of_djangos_own(database):
    with database.cursor() as cursor:
        cursor.execute("SELECT app, name FROM django_migrations")
        migrations = set(cursor.fetchall())
        cursor.execute("SELECT app_label, model FROM django_content_type")
        kinds = set(cursor.fetchall())
        cursor.execute("SELECT codename FROM auth_permission")
        return migrations, kinds, sorted(cursor.fetchall())


def tables_of(database):
    """Columns, constraints, indexes and triggers by table; in which order columns stand says nothing."""
    found = {}
    with database.cursor() as cursor:
        for asked in ON_SQLITE if database.vendor == "sqlite" else ON_POSTGRES:
            cursor.execute(asked)
            for table, said in cursor.fetchall():
                found.setdefault(table, set()).update(_parts(said) if said.startswith("CREATE TABLE") else {said})
    return found


ON_SQLITE = ("SELECT tbl_name, sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%'",)
ON_POSTGRES = (
    "SELECT table_name, concat_ws(' ', column_name, data_type, character_maximum_length, numeric_precision, "
    "is_nullable, column_default, identity_generation) FROM information_schema.columns WHERE table_schema = 'public'",
    "SELECT conrelid::regclass::text, conname || ' ' || pg_get_constraintdef(oid) FROM pg_constraint "
    "WHERE connamespace = 'public'::regnamespace AND conrelid <> 0",
    "SELECT tablename, indexdef FROM pg_indexes WHERE schemaname = 'public'",
    "SELECT tgrelid::regclass::text, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal",
)


def _parts(said):
    """The columns and constraints of a CREATE TABLE."""
    inside, depth, parts = said[said.index("(") + 1 : said.rindex(")")], 0, [""]
    for piece in re.split(r"([(),])", inside):
        depth += (piece == "(") - (piece == ")")
        if piece == "," and not depth:
            parts.append("")
        else:
            parts[-1] += piece
    return {part.strip() for part in parts}


@pytest.mark.django_db
@pytest.mark.sqlite
def test_sqlite_writes_ahead_and_waits_for_the_disk():
    with connection.cursor() as cursor:
        found = {name: cursor.execute(f"PRAGMA {name}").fetchone()[0] for name in ("journal_mode", "foreign_keys")}
    assert found == {"journal_mode": "wal", "foreign_keys": 1}


@pytest.mark.django_db
@pytest.mark.postgres
def test_postgres_is_private_and_reached_by_a_socket():
    assert connection.settings_dict["HOST"].startswith("/")


@pytest.mark.django_db
@pytest.mark.postgres
def test_postgres_is_told_that_an_index_is_cheap_to_walk():
    with connection.cursor() as cursor:
        assert cursor.execute("SHOW random_page_cost").fetchone() == ("1.1",)
