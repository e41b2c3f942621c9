"""kill -9 while writing, kill -9 while taking in: what was acknowledged is on record once, and nothing is lost."""

import os
import signal
import subprocess
import sys
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from django.db import connection

from fangxian.core.policy.byte_journal import batches_past_damage, unpack_records
from fangxian.gate.journal import Journal
from fangxian.ops.visits.models import JournalSegment, Scan
from fangxian.ops.visits.queries import scan_totals
from fangxian.ops.visits.tail import Tail
from tests.integration.journal_writing import GATE, a_scan, ms, write_segment

NOON = datetime(2022, 4, 19, 12, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
N_ACKNOWLEDGED_BEFORE_THE_KILL = 2000
N_SCANS = 6000
LONGEST_S = 60

# A gate that says on its output how many scans it has acknowledged, and never stops by itself.
WRITER = """
import asyncio, sys
from pathlib import Path
from fangxian.core.policy.byte_journal import ScanRecord, pack_record
from fangxian.gate.journal import Journal

async def write(folder):
    journal = Journal.open(folder, gate_id=0xA1, county_ms=lambda: 1_650_340_800_000)
    acknowledged = 0
    def commit(n):
        nonlocal acknowledged
        acknowledged += n
        print(acknowledged, flush=True)
    def fail(n, error):
        raise error
    journal.start(asyncio.get_running_loop(), on_commit=commit, on_failure=fail)
    n = 0
    while True:
        for _ in range(7):
            zeros = (0, 0, 0, 0, 0, bytes(8), bytes(4))
            record = ScanRecord(n.to_bytes(16, "big"), 7, n, 42, 1, 0, 1, 0, 255, -1, 1, 1, *zeros)
            journal.append(pack_record(record))
            n += 1
        await asyncio.sleep(0)

asyncio.run(write(Path(sys.argv[1])))
"""

# The reader as the command runs it, on the database of this test.
READER = """
import django, os, sys
from pathlib import Path
from fangxian.ops.config import settings as ours
ours.DATABASES["default"]["NAME"] = os.environ["TEST_DATABASE"]
django.setup()
from django.utils.timezone import now
from fangxian.ops.visits.tail import Tail
Tail(Path(sys.argv[1]), lambda *_: "").read_on(at=now())
"""


def test_a_gate_killed_while_writing_keeps_every_scan_it_acknowledged(tmp_path):
    writer = subprocess.Popen([sys.executable, "-c", WRITER, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    acknowledged = 0
    try:
        while acknowledged < N_ACKNOWLEDGED_BEFORE_THE_KILL:
            acknowledged = int(writer.stdout.readline())
    finally:
        writer.send_signal(signal.SIGKILL)
        acknowledged = int((writer.stdout.read().split() or [acknowledged])[-1])
        writer.wait()
        writer.stdout.close()
    journal = Journal.open(tmp_path, gate_id=GATE, county_ms=lambda: ms(NOON))
    journal.close()
    found = [
        int.from_bytes(record.id, "big")
        for path in sorted(tmp_path.glob("*.fxj"))
        for batch in batches_past_damage(path.read_bytes())
        for record in unpack_records(batch.records)
    ]
    assert found == list(range(len(found)))
    assert len(found) >= acknowledged >= N_ACKNOWLEDGED_BEFORE_THE_KILL


def start_reader(folder):
    name = str(connection.settings_dict["NAME"])
    environment = {**os.environ, "TEST_DATABASE": name, "FANGXIAN_DATA": str(settings.REALM.path)}
    return subprocess.Popen([sys.executable, "-c", READER, str(folder)], env=environment, stderr=subprocess.PIPE)


def wait_until(reader, is_so):
    """Ask the database again and again; a reader that ends early says why."""
    for _ in range(int(LONGEST_S / 0.01)):
        if is_so():
            return
        try:
            reader.wait(0.01)
        except subprocess.TimeoutExpired:
            continue
        pytest.fail(f"the reader had ended before it was killed: raise N_SCANS; {reader.stderr.read().decode()}")
    pytest.fail("the reader did not get there")


@pytest.mark.django_db(transaction=True)
def test_a_reader_killed_midway_leaves_a_place_from_which_the_next_goes_on(tmp_path):
    folder = tmp_path / "journal"
    write_segment(folder, [a_scan(n, NOON) for n in range(N_SCANS)], at=NOON)
    write_segment(folder, [a_scan(n, NOON) for n in range(N_SCANS, N_SCANS + 10)], at=NOON)
    reader = start_reader(folder)
    try:
        wait_until(reader, lambda: Scan.objects.exists())
    finally:
        reader.send_signal(signal.SIGKILL)
        reader.wait()
        reader.stderr.close()
    n_before = Scan.objects.count()
    assert 0 < n_before < N_SCANS, "the reader was killed too late: raise N_SCANS"
    assert JournalSegment.objects.get().n_new == n_before, "rows and place stand in one transaction"

    taken = Tail(folder, lambda *_: "").read_on(at=NOON)
    assert (taken.n_new, taken.n_repeated) == (N_SCANS + 10 - n_before, 0)
    found = scan_totals()
    assert (found.n_hot, found.n_read, found.n_missing) == (N_SCANS + 10, N_SCANS + 10, 0)
