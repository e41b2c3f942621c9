"""A gate in this process for each test that asks for one."""

import pytest

from fangxian.gate import server
from tests.unit.gate.doors import Doors
from tests.unit.gate.gate_files import GateFiles
from tests.unit.gate.lines import House


@pytest.fixture
def files(tmp_path):
    return GateFiles(tmp_path / "realm").write_all()


@pytest.fixture
def doors(files):
    return Doors(files)


@pytest.fixture
def house(files, monkeypatch):
    made = House(files, most=3)

    class Clock:
        monotonic = staticmethod(lambda: made.now)

    monkeypatch.setattr(server, "time", Clock)
    monkeypatch.setattr("fangxian.gate.reading.time", Clock)
    return made
