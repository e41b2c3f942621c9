"""Which integration tests belong to the database at hand."""

from importlib import import_module
from pathlib import Path

import pytest


def pytest_collection_modifyitems(config, items):
    """Leave out tests marked `postgres` on SQLite, and tests marked `sqlite` on PostgreSQL."""
    other = "postgres" if config.getoption("--database") == "sqlite" else "sqlite"
    left_out = [item for item in items if item.get_closest_marker(other)]
    if left_out:
        items[:] = [item for item in items if item not in left_out]
        config.hook.pytest_deselected(items=left_out)


@pytest.fixture(autouse=True)
def _nobody_has_failed_to_sign_in():
    """Failures are counted in the process's memory, which no test's transaction rolls back."""
    yield
    from django.conf import settings
    from django.core.cache import cache

    if settings.configured:
        cache.clear()


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


@pytest.fixture
def small_county(db):
    """Fushan at 2% of its people, built into the session's realm; gone with the test's transaction."""
    from fangxian.ops.procedures.build_county import build_county

    folder = Path(__file__).resolve().parents[2] / "counties" / "fushan"
    return build_county(folder=folder, seed=1, scale=0.02, by="program:test", step=lambda *_: None)
