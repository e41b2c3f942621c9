"""kill -9 fifty times under load: every acknowledged (device, id) is in the archive exactly once, and nobody lost."""

import random
import shutil
from collections import Counter
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import pytest

from fangxian.ops.realm.current import the_realm
from fangxian.ops.visits.actions.archiving import archive_due
from fangxian.ops.visits.queries import scan_totals
from fangxian.ops.visits.tail import Tail
from tests.chaos.gate_crowd import Crowd
from tests.chaos.gate_nursery import Nursery
from tests.integration.gate_process import files_now, free_port
from tests.unit.gate.gate_files import NOON_AT

pytestmark = pytest.mark.django_db
KILLS_OF_ONE, KILLS_OF_TWO = 30, 20
MOST_BETWEEN = 60  # acknowledged since the last kill, at the most
A_DAY_LATER = NOON_AT + timedelta(days=1)


@pytest.fixture
def files():
    """A realm on a disk of memory: a kill takes nothing from what was written, whatever it was written to."""
    with TemporaryDirectory(prefix="fangxian-test-", dir=the_realm().path.parent) as folder:
        yield files_now(Path(folder) / "realm")


@pytest.fixture
def archive():
    """The archive of the session's realm, empty before and after."""
    folder = the_realm().path / "archive" / "visits"
    shutil.rmtree(folder, ignore_errors=True)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def ingest(files):
    """The reader of these gates' journal, which reads on while they are killed."""
    (files.realm / "journal").mkdir()
    return Tail(files.realm / "journal", lambda *_: "")


def require_archived(crowd: Crowd, ingest: Tail, archive) -> None:
    """All that was acknowledged is in the Parquet files, each once; and nothing else is, since the boxes are empty."""
    ingest.read_on(at=A_DAY_LATER)
    found = scan_totals()
    assert (found.n_missing, found.n_disputed) == (0, 0)
    assert archive_due(at=A_DAY_LATER, by="program:test") == found.n_new
    paths = [str(path) for path in archive.rglob("*.parquet")]
    with duckdb.connect() as duck:
        rows = duck.execute("SELECT device, scan_id FROM read_parquet(?)", [paths]).fetchall()
    assert Counter(rows) == dict.fromkeys(crowd.acknowledged, 1)


def test_a_gate_killed_thirty_times_loses_nothing_and_counts_nobody_twice(files, ingest, archive):
    rng = random.Random(4)
    with Nursery(files) as nursery, Crowd(files, seed=4) as crowd:
        for _ in range(KILLS_OF_ONE):
            gate = nursery.start()
            if rng.random() < 0.2:
                gate.kill()  # while it opens, or has not yet begun to
                continue
            gate.until_it_answers()
            crowd.ask(gate.port, crowd.more_acknowledged(rng.randrange(MOST_BETWEEN)))
            for _ in range(rng.randrange(3)):
                crowd.send()  # what nobody waited for is on its way, written, or answered and not heard
            gate.kill()
            crowd.hear_the_last()
            ingest.read_on(at=NOON_AT)
        crowd.finish(nursery.start().until_it_answers().port)
        on_disk = Counter((record.device, record.id) for record in gate.recorded())
    assert crowd.wrong == []
    assert set(on_disk.values()) == {1}, "one gate remembers what it recorded, over every kill"
    require_archived(crowd, ingest, archive)


def test_of_two_processes_one_is_killed_again_and_again_while_the_other_answers(files, ingest, archive):
    rng, port, own_ports = random.Random(5), free_port(), [free_port(), free_port()]
    with Nursery(files) as nursery, Crowd(files, seed=5) as crowd:

        def started(k):
            return nursery.start("--id", str(k + 1), port=port, own_port=own_ports[k]).until_it_answers()

        gates = [started(k) for k in range(2)]
        for _ in range(KILLS_OF_TWO):
            crowd.ask(port, crowd.more_acknowledged(rng.randrange(MOST_BETWEEN)))
            k = rng.randrange(2)
            gates[k].kill()
            crowd.ask(port, crowd.more_acknowledged(10))
            ingest.read_on(at=NOON_AT)
            gates[k] = started(k)
        crowd.finish(port)
        on_disk = Counter((record.device, record.id) for record in gates[0].recorded())
    assert crowd.wrong == []
    assert set(on_disk) == {(device, id_.bytes) for device, id_ in crowd.acknowledged}
    assert max(on_disk.values()) <= 2, "once in each journal, at the most"
    require_archived(crowd, ingest, archive)
