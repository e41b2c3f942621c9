"""Which integration tests belong to the database at hand."""

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
def small_county(db):
    """Fushan at 2% of its people, built into the session's realm; gone with the test's transaction."""
    from fangxian.ops.procedures.build_county import build_county

    folder = Path(__file__).resolve().parents[2] / "counties" / "fushan"
    return build_county(folder=folder, seed=1, scale=0.02, by="program:test", step=lambda *_: None)
