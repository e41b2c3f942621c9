"""`fangxian run`: what it starts, where it listens, and the day that a demo plays by itself."""

import itertools
import json
import socket
import subprocess
import urllib.error
import urllib.request
from pathlib import Path
from types import SimpleNamespace

import pytest

from fangxian.cli import run
from fangxian.cli.run import Where, ports_of, surroundings, watched
from fangxian.ops.procedures import play_day as playing
from fangxian.ops.realm.clock import CountyClock
from fangxian.ops.realm.current import the_realm
from fangxian.ops.realm.folder import Ports, create_realm, keep_ports, open_realm
from tests.integration.running_county import ROOT, answers, built, environment, free_ports, program, running


class Asked:
    """What was typed."""

    def __init__(self, port=None, gate_port=None):
        self.port, self.gate_port = port, gate_port


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        (Asked(), (8000, 8001)),
        (Asked(port=8000), (8000, 8001)),
        (Asked(port=9000), (9000, 9001)),
        (Asked(gate_port=7000), (8000, 7000)),
        (Asked(port=9000, gate_port=7000), (9000, 7000)),
    ],
)
def test_a_gate_stands_beside_its_pages_unless_told_otherwise(asked, expected):
    assert ports_of(asked, Ports()) == expected


def test_a_realm_remembers_where_it_listens_and_stays_what_it_was(tmp_path):
    clock = CountyClock.of_the_wall("Asia/Shanghai")
    made = create_realm(tmp_path / "r", kind="demo", county="fushan", division_code="141027", clock=clock)
    keep_ports(made.path, Ports(ops=9000, gate=9001))
    found = open_realm(made.path)
    assert (found.ports, found.id, found.clock) == (Ports(ops=9000, gate=9001), made.id, made.clock)


@pytest.mark.parametrize(("host", "here"), [("0.0.0.0", "127.0.0.1"), ("::", "127.0.0.1"), ("10.1.2.3", "10.1.2.3")])
def test_a_server_that_listens_everywhere_is_asked_on_loopback(host, here):
    assert Where(host=host, pages=8000, gate=8001).address(8001) == f"http://{here}:8001/"


@pytest.mark.sqlite
def test_a_certificate_of_ones_own_pins_no_name_to_https_for_a_year():
    secure = Where(host="127.0.0.1", pages=1, gate=2, certificate=Path("c.pem"), key=Path("k.pem"))
    assert surroundings(secure) == {"FANGXIAN_HTTPS": "1", "FANGXIAN_HSTS": "0"}


def test_each_process_of_a_gate_is_watched_at_its_own_port(monkeypatch):
    monkeypatch.delenv("FANGXIAN_GATES", raising=False)
    assert watched(Where(host="127.0.0.1", pages=8000, gate=8001)) == {}
    told = watched(Where(host="0.0.0.0", pages=8000, gate=8001, n_gates=2))
    assert told == {"FANGXIAN_GATES": "http://127.0.0.1:8101,http://127.0.0.1:8102"}


def test_a_machine_that_is_slow_to_start_is_waited_for_and_said_so(monkeypatch):
    wall, said = itertools.count(step=20), []
    monkeypatch.setattr(run, "time", SimpleNamespace(monotonic=lambda: next(wall), sleep=lambda seconds: None))
    answers_yet = itertools.chain([False] * 10, itertools.repeat(True))
    monkeypatch.setattr(run, "_answers", lambda where, port: next(answers_yet))
    monkeypatch.setattr(run, "tell", said.append)
    run._wait_until_answering([], Where(host="127.0.0.1", pages=8000, gate=8001))
    assert [it.en.split(",")[1].split()[0] for it in said] == ["40", "80"]


def test_a_demo_begins_its_day_by_itself_and_leaves_the_clock_at_its_pace(tmp_path):
    folder = built(tmp_path / "data")
    with running(folder) as county:
        county.until(lambda: county.day()["state"] == "playing")
        assert answers(f"{county.gate}/healthz")
        assert "All people are synthetic" in county.log.read_text()
    assert county.process.returncode == 0
    card = json.loads((folder / "realm.json").read_text())
    assert (card["clock"]["rate"], county.day()["state"]) == (1.0, "stopped")
    assert card["ports"] == {"ops": county.port, "gate": county.port + 1}


@pytest.mark.sqlite
def test_a_county_whose_gate_is_two_processes_is_one_county_and_ends_as_one(tmp_path):
    with running(built(tmp_path / "data"), "--no-day", "--gate-processes", "2") as county:
        gates = set()

        def have_both_answered():
            try:
                with urllib.request.urlopen(f"{county.gate}/healthz", timeout=5) as answer:
                    gates.add(json.load(answer)["gate"])
            except urllib.error.HTTPError as answer:
                gates.add(json.load(answer)["gate"])  # it has nothing to go by yet
            return gates == {1, 2}

        county.until(have_both_answered)
    assert county.process.returncode == 0
    assert not answers(f"{county.gate}/healthz")


@pytest.mark.sqlite
def test_a_gates_port_that_is_taken_is_said_with_another_to_try(tmp_path):
    create_realm(
        tmp_path / "data", kind="demo", county="fushan", division_code="141027",
        clock=CountyClock.of_the_wall("Asia/Shanghai"),
    )  # fmt: skip
    port = free_ports()
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", port + 1))
        taken.listen()
        refused = subprocess.run(
            program("run", "--port", str(port)), env=environment(tmp_path / "data"), cwd=ROOT, capture_output=True,
            text=True, check=False,
        )  # fmt: skip
    assert (refused.returncode, f"--gate-port {port + 11}" in refused.stderr) == (1, True)


@pytest.fixture
def noted():
    """A realm whose notes of a day, and whose clock, are put back afterwards."""
    realm, folder = the_realm(), the_realm().path / "live"
    folder.mkdir(exist_ok=True)
    yield lambda note: (folder / "day.json").write_text(json.dumps(note))
    (folder / "day.json").unlink(missing_ok=True)
    realm.with_clock(realm.clock)


@pytest.mark.django_db
def test_the_clock_of_a_day_that_was_killed_shows_again_when_that_was(noted):
    the_realm().with_clock(CountyClock.starting(the_realm().clock.now(), rate=600, zone="Asia/Shanghai"))
    noted({"on": "2022-04-19", "state": "playing", "at": "2022-04-19T10:20:30+08:00"})
    playing.settle(by="program:test")
    clock = open_realm(the_realm().path).clock
    assert (clock.rate, f"{clock.county_anchor:%H:%M:%S}") == (1, "10:20:30")
    assert playing.day_begun().isoformat() == "2022-04-19"


def test_a_day_is_due_until_one_was_played_to_its_end(noted):
    assert playing.is_due()
    noted({"on": "2022-04-19", "state": "stopped"})
    assert playing.is_due()
    noted({"on": "2022-04-19", "state": "done"})
    assert not playing.is_due()
