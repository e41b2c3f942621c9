"""The database under the rooms: the one that was asked for, and as the models say."""

from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection


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
