"""Which integration tests belong to the database at hand, and what several of them stand on.

On SQLite all run but those marked `postgres`. On PostgreSQL runs whatever could end otherwise there: what rooms and
procedures write and ask, constraints, guards, order, locks, what happens at once. Not a second time runs

* what opens no database (neither `django_db` nor `db`): gates, files, what is reckoned;
* `sqlite`: what opens a data folder of its own, with a database in it;
* `once`: what a page looks like and says, over queries that run on PostgreSQL elsewhere: in the tests of their room,
  and in test_every_page.py, which opens every page there too.
"""

from importlib import import_module

import pytest

from tests.integration.standing_county import StandingCounty, stands_on_it
from tests.integration.warm_program import warm_program

FUSHAN = StandingCounty()


def pytest_collection_modifyitems(config, items):
    belongs = _belongs_on_sqlite if config.getoption("--database") == "sqlite" else _belongs_on_postgres
    left_out = [item for item in items if not belongs(item)]
    config.hook.pytest_deselected(items=left_out)
    items[:] = sorted((item for item in items if belongs(item)), key=_when)


def _when(item):
    """What takes longest is begun first, or everybody would wait for it in the end: the county, files with programs."""
    return 0 if stands_on_it(item) else 2 if _opens_the_database(item) else 1


def pytest_unconfigure():
    warm_program.end()


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_teardown(item, nextitem):
    result = yield
    if nextitem is not None and not stands_on_it(nextitem):
        FUSHAN.leave()
    return result


def _belongs_on_sqlite(item):
    return not item.get_closest_marker("postgres")


def _belongs_on_postgres(item):
    return _opens_the_database(item) and not any(map(item.get_closest_marker, ("sqlite", "once")))


def _opens_the_database(item):
    return item.get_closest_marker("django_db") is not None or "django_db_setup" in item.fixturenames


@pytest.fixture(autouse=True)
def _nobody_has_failed_to_sign_in():
    """Failures are counted in the process's memory, which no test's transaction rolls back."""
    yield
    from django.conf import settings
    from django.core.cache import caches

    if settings.configured:
        for name in settings.CACHES:
            caches[name].clear()


@pytest.fixture
def county_clock():
    """County time in the session's realm."""
    from fangxian.ops.realm.current import the_realm

    return the_realm().clock


@pytest.fixture
def heads_file(tmp_path, monkeypatch):
    """A file of heads that is this test's own: the realm's is the session's, and no transaction rolls it back."""
    from fangxian.ops.audit import heads

    path = tmp_path / "audit-heads.ndjson"
    monkeypatch.setattr(heads, "path_of_heads", lambda: path)
    return path


@pytest.fixture
def unguarded(db):
    """As somebody who owns the database: without the audit's triggers and without its foreign keys."""
    from django.db import connection

    import_module("fangxian.ops.audit.migrations.0002_guards").remove(None, connection.schema_editor())


@pytest.fixture(scope="module")
def rows_of_this_file(request, django_db_setup, django_db_blocker):
    """What fixtures of a whole file put on record: there for each of its tests, gone after the last.

    Each test runs in a savepoint, so what it changes goes with the test. One that commits would be no test of a
    commit here, and belongs into another file.
    """
    from django.db import transaction

    markers = [item.get_closest_marker("django_db") for item in request.session.items if item.path == request.path]
    assert not any(marker and marker.kwargs.get("transaction") for marker in markers), "a test of this file commits"
    with django_db_blocker.unblock(), transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def county_with_codes(rows_of_this_file):
    """The county small enough to count by hand, with its codes; each test of the file takes a `deepcopy` of it."""
    from tests.integration.people_with_codes import build_with_codes

    return build_with_codes()


@pytest.fixture(scope="session")
def _fushan_is_left(django_db_setup):
    """At the latest before the database is removed."""
    yield
    FUSHAN.leave()


@pytest.fixture(scope="module")
def fushan_stands(_fushan_is_left, django_db_blocker):
    """Fushan at 2% of its people, built unless it stands; what `build_county` told."""
    return FUSHAN.stand(django_db_blocker.unblock)


@pytest.fixture(scope="module")
def fushan_of_this_file(fushan_stands, rows_of_this_file):
    """Fushan at 2% of its people, with what a file puts on record beside it; what `build_county` told."""
    return fushan_stands


@pytest.fixture
def small_county(fushan_of_this_file, db):
    """Fushan at 2% of its people, as it was built; gone with the test is only what the test changes."""
    return fushan_of_this_file
