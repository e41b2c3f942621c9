"""A worker killed while it tells gates: whatever it left behind, the next one brings gates to what is on record."""

import json
import os
import shutil
import signal
import subprocess
import sys

import pytest
from django.conf import settings
from django.db import connection, transaction

from fangxian.core.policy.byte_snapshot import read_base
from fangxian.core.policy.byte_snapshot_frames import read_frames
from fangxian.ops.changes.actions import publish as publish_change
from fangxian.ops.changes.queries import last_number
from fangxian.ops.movement.queries import health_of
from fangxian.ops.places.wire import NEW_BASE, TOPIC
from fangxian.ops.procedures.publish_snapshot import Publisher
from fangxian.ops.realm.current import the_realm
from fangxian.ops.realm.gate_files import GateFolder, base_name, deltas_name
from tests.integration.people_with_codes import build_with_codes, evidence, know

pytestmark = pytest.mark.django_db(transaction=True)
N_KILLS = 4
CODES_BEFORE_A_KILL = 3

# The worker as the command runs it, on the database of this test; it says when it has begun.
WORKER = """
import django, os, threading
from fangxian.ops.config import settings as ours
ours.DATABASES["default"]["NAME"] = os.environ["TEST_DATABASE"]
django.setup()
from fangxian.ops.jobs.kinds import Pulse
from fangxian.ops.jobs.worker import work
due = Pulse(function="fangxian.ops.procedures.recolour.recolour_due", every_s=0.01)
publish = Pulse(function="fangxian.ops.procedures.publish_snapshot.publish_to_gates", every_s=0.01)
print("begun", flush=True)
work(stop=threading.Event(), kinds={}, pulses=(due, publish), chores=())
"""


@pytest.fixture
def county():
    shutil.rmtree(the_realm().gate_folder, ignore_errors=True)
    yield build_with_codes()
    shutil.rmtree(the_realm().gate_folder, ignore_errors=True)


def start_worker():
    environment = {
        **os.environ,
        "TEST_DATABASE": str(connection.settings_dict["NAME"]),
        "FANGXIAN_DATA": str(settings.REALM.path),
    }
    worker = subprocess.Popen([sys.executable, "-c", WORKER], env=environment, stdout=subprocess.PIPE)
    assert worker.stdout.readline() == b"begun\n"
    return worker


def killed(worker):
    worker.send_signal(signal.SIGKILL)
    worker.wait()
    worker.stdout.close()


def words_at_a_gate():
    """What a gate has after the base and every frame behind it; frames that do not follow on one another fail."""
    folder, verify = the_realm().gate_folder, GateFolder(the_realm()).verify
    number = json.loads((folder / "current.json").read_text())["number"]
    base = read_base(memoryview((folder / base_name(number)).read_bytes()), verify)
    data = (folder / deltas_name(number)).read_bytes()
    frames, used = read_frames(data, base=number, verify=verify) if data else ([], 0)
    assert used == len(data), "whoever goes on cuts a torn tail off first"
    words, last = dict(zip(base.numbers, zip(base.safety, base.recent, strict=True), strict=True)), number
    for frame in frames:
        assert frame.first == (last + 1 if frame.n else last)
        words |= {row.number: (row.safety, row.recent) for row in frame.rows}
        last = frame.last
    return words, last


def test_a_worker_killed_again_and_again_loses_no_colour_and_tells_none_twice(county):
    turned = 0
    for _ in range(N_KILLS):
        worker = start_worker()
        try:
            for _ in range(CODES_BEFORE_A_KILL):
                person = county.persons[turned % len(county.persons)]
                know(person, evidence(person, days_ago=2 + turned))  # another end, so another word
                turned += 1
        finally:
            killed(worker)
    Publisher().publish()
    words, last = words_at_a_gate()
    assert last == last_number(TOPIC)
    for person in county.persons:
        code = health_of(person.pk)
        assert words[person.gate_number] == (code.safety, code.recent)


def test_a_worker_killed_while_it_makes_a_base_is_followed_by_one_that_makes_it(county):
    turned = 0
    for _ in range(N_KILLS):
        worker = start_worker()
        try:
            with transaction.atomic():
                publish_change(topic=TOPIC, changes=NEW_BASE)
            for _ in range(CODES_BEFORE_A_KILL):
                person = county.persons[turned % len(county.persons)]
                know(person, evidence(person, days_ago=2 + turned))
                turned += 1
        finally:
            killed(worker)
    Publisher().publish()
    words, last = words_at_a_gate()
    assert last == last_number(TOPIC)
    for person in county.persons:
        code = health_of(person.pk)
        assert words[person.gate_number] == (code.safety, code.recent)
