"""A disk that stands still under a running gate: people are answered within seconds, and it goes on by itself."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.chaos.gate_nursery import Nursery
from tests.integration.gate_process import files_now, wait_for

STANDING = """
from fangxian.gate import disk
written = disk.Disk.write_synced

def write_once_it_moves(self, file, parts, at):
    while os.path.exists({sign!r}):
        time.sleep(0.005)
    written(self, file, parts, at)

disk.Disk.write_synced = write_once_it_moves
"""


@pytest.fixture
def sign(tmp_path):
    """While this file is there the disk stands still."""
    return tmp_path / "the disk stands still"


@pytest.fixture
def gate(tmp_path, sign):
    files = files_now(tmp_path / "realm")
    with Nursery(files, STANDING.format(sign=str(sign))) as nursery:
        gate = nursery.start().until_it_answers()
        yield gate
        sign.unlink(missing_ok=True)
        gate.kill()


def asked(gate, scans):
    with ThreadPoolExecutor(len(scans)) as people:
        return [answer for _, answer in people.map(gate.ask, scans)]


def test_scans_are_answered_unrecorded_while_it_stands_still_and_recorded_once_it_moves(gate, sign):
    before, during, after = ([gate.files.scan() for _ in range(4)] for _ in range(3))
    assert all("recorded" not in answer for answer in asked(gate, before))
    sign.touch()
    assert {(answer["outcome"], answer["recorded"]) for answer in asked(gate, during)} == {("verify", False)}
    assert gate.health()[1]["status"] == "journal_failing"
    sign.unlink()
    wait_for(lambda: gate.health()[1]["status"] != "journal_failing")
    assert all("recorded" not in answer for answer in asked(gate, [*during, *after]))
    kept = {record.id.hex() for record in gate.recorded()}
    assert kept >= {scan["id"].replace("-", "") for scan in [*before, *during, *after]}
