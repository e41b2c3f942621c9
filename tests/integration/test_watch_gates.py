"""Alarms of gates, from what a gate answers over HTTP to the file and the record; on both databases."""

import json
import os
import threading
import time
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from zoneinfo import ZoneInfo

import pytest

from fangxian.ops.alarms.actions import note_troubles
from fangxian.ops.alarms.asking import GateWatch, watched_gates
from fangxian.ops.alarms.finding import OVER_AFTER_S, SILENT_AFTER_S, Trouble
from fangxian.ops.alarms.models import Alarm
from fangxian.ops.alarms.present import read_present
from fangxian.ops.alarms.queries import over_since, standing
from fangxian.ops.audit.models import AuditLine
from fangxian.ops.procedures import watch_gates as procedure
from fangxian.ops.procedures.watch_gates import INGEST_BEHIND, Watcher
from fangxian.ops.realm.current import the_realm
from fangxian.ops.visits.models import JournalSegment

NOON = datetime(2022, 4, 19, 12, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
pytestmark = pytest.mark.django_db


class Gate:
    """A port that answers as a gate does, by what it is told to say."""

    def __init__(self):
        self.health = {
            "gate": 1, "status": "ok", "snapshot": 4, "snapshot_age_seconds": 0, "people": 9, "journal_backlog": 0,
            "troubles": [],
        }  # fmt: skip
        self.not_recorded, self.tells_counts = 0, True
        gate = self

        class Answers(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                status, text = gate.answer(self.path)
                self.send_response(status)
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            def log_message(self, *_):
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Answers)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def answer(self, path):
        if path == "/healthz":
            return 200 if self.health["status"] == "ok" else 503, json.dumps(self.health).encode()
        if not self.tells_counts:
            return 404, b"{}"
        lines = ["# TYPE fangxian_gate_not_recorded_total counter"]
        lines += [f"fangxian_gate_not_recorded_total {self.not_recorded}"]
        lines += ['fangxian_gate_refusals_total{refusal="scan.too_old"} 3']
        return 200, "\n".join(lines).encode()

    def close(self):
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def gate():
    gate = Gate()
    yield gate
    gate.close()


@pytest.fixture
def watcher(gate, tmp_path):
    return Watcher(tmp_path, [GateWatch(gate.port, tmp_path / "none.pem")])


def shown(watcher):
    found = read_present(watcher.folder / "live")
    return [(alarm.trouble.kind, alarm.trouble.source, alarm.since, alarm.n_by_hand) for alarm in found.standing]


def test_with_nothing_wrong_the_file_says_as_of_when_and_nothing_is_on_record(watcher):
    watcher.look(NOON, 0)
    found = read_present(watcher.folder / "live")
    assert (found.at, found.n_gates, found.standing) == (NOON, 1, [])
    assert not Alarm.objects.exists()


def test_a_failing_journal_stands_on_record_from_when_until_when_with_the_scans_done_by_hand(watcher, gate):
    watcher.look(NOON, 0)
    gate.health["status"], gate.not_recorded = "journal_failing", 300
    watcher.look(NOON + timedelta(seconds=2), 2)
    gate.not_recorded = 312
    watcher.look(NOON + timedelta(minutes=7), 420)
    assert shown(watcher) == [("journal-failing", "1", NOON + timedelta(seconds=2), 312)]
    gate.health["status"] = "ok"
    watcher.look(NOON + timedelta(minutes=7, seconds=2), 422)
    assert shown(watcher), "it may fail again in a moment"
    watcher.look(NOON + timedelta(minutes=8), 480)
    assert shown(watcher) == []
    row = Alarm.objects.get()
    assert (row.begins_at, row.ends_at, row.n_by_hand) == (
        NOON + timedelta(seconds=2), NOON + timedelta(minutes=8), 312,
    )  # fmt: skip
    (told,) = over_since(NOON, 9)
    assert (told.begins_at, told.ends_at, told.n_by_hand) == (row.begins_at, row.ends_at, row.n_by_hand)
    lines = AuditLine.objects.filter(action__startswith="alarms.").order_by("id").values_list("action", flat=True)
    assert list(lines) == ["alarms.raised", "alarms.over"]


def test_a_gate_that_goes_away_rings_after_ten_seconds_and_is_over_when_it_is_back(watcher, gate):
    watcher.look(NOON, 0)
    gate.close()
    watcher.gates[0].port = 9
    watcher.look(NOON, SILENT_AFTER_S)
    assert shown(watcher) == []
    watcher.look(NOON, SILENT_AFTER_S + 1)
    assert [row[:2] for row in shown(watcher)] == [("gate-silent", "1")]
    back = Gate()
    try:
        watcher.gates[0].port, watcher.gates[0]._next_at = back.port, 0.0
        watcher.look(NOON, 20)
        watcher.look(NOON, 20 + OVER_AFTER_S + 1)
        assert shown(watcher) == []
    finally:
        back.close()


def test_a_gate_on_another_machine_tells_no_counts_and_is_watched_all_the_same(watcher, gate):
    gate.tells_counts = False
    gate.health["troubles"] = [{"file": "clock", "refusal": "gate.clock_apart", "zh": "", "en": ""}]
    watcher.look(NOON, 0)
    assert [row[:2] for row in shown(watcher)] == [("clock-apart", "1")]


def test_a_worker_that_begins_anew_goes_on_with_what_stood(watcher, gate, tmp_path):
    gate.health["status"] = "no_rules"
    watcher.look(NOON, 0)
    another = Watcher(tmp_path, [GateWatch(gate.port, tmp_path / "none.pem")])
    another.look(NOON + timedelta(hours=1), 0)
    assert [row[2] for row in shown(another)] == [NOON]
    assert Alarm.objects.count() == 1
    gate.health["status"] = "ok"
    third = Watcher(tmp_path, [GateWatch(gate.port, tmp_path / "none.pem")])
    third.look(NOON + timedelta(hours=2), 0)
    assert Alarm.objects.get().ends_at == NOON + timedelta(hours=2), "it was mended while nobody looked"


def test_two_gates_have_each_their_own_alarm(watcher, gate, tmp_path):
    other = Gate()
    other.health |= {"gate": 2, "status": "stale"}
    try:
        both = Watcher(tmp_path, [GateWatch(it.port, tmp_path / "none.pem") for it in (gate, other)])
        gate.health["status"] = "no_rules"
        both.look(NOON, 0)
        assert {row[:2] for row in shown(both)} == {("no-rules", "1"), ("stale-snapshot", "2")}
    finally:
        other.close()


def test_two_workers_that_see_the_same_make_one_alarm_of_it(db):
    trouble = Trouble("no-rules", "1")
    for _ in range(2):
        note_troubles(standing={trouble: 0}, at=NOON, by="program:test")
    assert list(standing()) == [trouble]
    assert AuditLine.objects.filter(action="alarms.raised").count() == 1


def test_damage_that_the_ingest_has_found_rings_for_a_day(watcher):
    JournalSegment.objects.create(
        gate=1, sequence=1, created_at=NOON, offset=64, first_number=0, next_number=9, n_missing=2, read_at=NOON
    )
    watcher.look(NOON + timedelta(hours=1), 0)
    assert [row[:2] for row in shown(watcher)] == [("journal-damaged", "")]
    watcher.look(NOON + timedelta(days=1, hours=1), 3_600)
    assert shown(watcher) == []


def test_an_ingest_that_stands_still_rings_and_one_that_was_never_started_does_not(watcher):
    watcher.look(NOON, 0)
    assert shown(watcher) == []
    path = watcher.folder / "live" / "counters.json"
    path.write_text(json.dumps({"wall_ms": int((time.time() - INGEST_BEHIND.value - 5) * 1000)}))
    watcher.look(NOON, 2)
    assert [row[0] for row in shown(watcher)] == ["ingest-behind"]


def test_a_disk_that_is_nearly_full_rings(watcher, monkeypatch):
    free = os.statvfs(watcher.folder).f_bavail
    monkeypatch.setattr(procedure, "GIB", (free + 1) << 40)
    watcher.look(NOON, 0)
    assert [row[0] for row in shown(watcher)] == ["disk-full"]


def test_the_gates_that_are_watched_are_the_realms_own_or_those_that_are_named(monkeypatch):
    monkeypatch.delenv("FANGXIAN_GATES", raising=False)
    assert [(it.host, it.port) for it in watched_gates(the_realm())] == [("127.0.0.1", the_realm().ports.gate)]
    monkeypatch.setenv("FANGXIAN_GATES", "http://127.0.0.1:8101, http://127.0.0.1:8102,http://10.0.0.7:8001")
    assert [(it.host, it.port) for it in watched_gates(the_realm())] == [
        ("127.0.0.1", 8101), ("127.0.0.1", 8102), ("10.0.0.7", 8001),
    ]  # fmt: skip
