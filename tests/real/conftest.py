"""Data nobody here wrote: it lies beside the repository, and is not part of it."""

from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def shared_data(pytestconfig) -> Path:
    """The folder `../shared/data`; a test that asks for it fails where it is not there."""
    folder = pytestconfig.rootpath.parent / "shared" / "data"
    assert folder.is_dir(), f"{folder} is not there: `make test` leaves tests/real out in that case, and says so"
    return folder
