"""A gate in this process for each test that asks for one."""

import pytest

from tests.unit.gate.doors import Doors
from tests.unit.gate.gate_files import GateFiles


@pytest.fixture
def files(tmp_path):
    return GateFiles(tmp_path / "realm").write_all()


@pytest.fixture
def doors(files):
    return Doors(files)
