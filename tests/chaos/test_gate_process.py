"""A gate whose disk fills, whose process is killed, whose files are taken away."""

import json
import resource
import signal
import socket
import ssl
import threading
from contextlib import contextmanager
from http.client import HTTPException

import pytest

from tests.integration.gate_process import GateProcess, files_now, gate_running, wait_for
from tests.unit.gate.gate_files import GREEN, RED


@pytest.fixture
def files(tmp_path):
    return files_now(tmp_path / "realm")


def test_what_was_acknowledged_before_a_kill_is_on_disk_and_is_known_as_a_repeat(files):
    scans = [files.scan() for _ in range(60)]
    with gate_running(files) as gate:
        answers = [gate.ask(scan, files.token()) for scan in scans[:50]]
        gate.stop(signal.SIGKILL)
        assert len(gate.recorded()) == 50
    with gate_running(files) as gate:
        again = [gate.ask(scan, files.token()) for scan in scans[:50]]
        assert [(s, a["outcome"], a["because"], a["health"]) for s, a in again] == [
            (s, a["outcome"], a["because"], a["health"]) for s, a in answers
        ]
        assert len(gate.recorded()) == 50
        assert gate.ask(scans[0] | {"direction": "out"}, files.token())[0] == 409
        assert gate.ask(scans[55], files.token())[0] == 200
        assert len(gate.recorded()) == 51


FULL_AT_BYTES = 0  # of any file: the segment that is prepared behind the open one has room for a few scans, else


@contextmanager
def disk_full(gate):
    """The running gate's disk takes nothing more; then there is room again."""
    soft, hard = resource.prlimit(gate.process.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(gate.process.pid, resource.RLIMIT_FSIZE, (FULL_AT_BYTES, hard))
    try:
        yield
    finally:
        resource.prlimit(gate.process.pid, resource.RLIMIT_FSIZE, (soft, hard))


def test_with_a_full_disk_scans_are_answered_verify_and_unrecorded_and_it_recovers_by_itself(files):
    with gate_running(files) as gate:
        before = [files.scan() for _ in range(20)]
        assert [gate.ask(scan)[0] for scan in before] == [200] * 20
        with disk_full(gate):
            answers = [gate.ask(files.scan()) for _ in range(20)]
            assert {(status, said["outcome"], said["recorded"]) for status, said in answers} == {(200, "verify", False)}
            status, health = gate.health()
            assert (status, health["status"]) == (503, "journal_failing")
        again = files.scan()
        wait_for(lambda: "recorded" not in gate.ask(again)[1])
        assert gate.health()[0] == 200
        gate.stop()
        recorded = [record.id.hex() for record in gate.recorded()]
    assert recorded == [scan["id"].replace("-", "") for scan in [*before, again]]


def test_with_all_its_files_gone_a_gate_goes_on_and_says_so(files):
    with gate_running(files) as gate:
        for path in files.folder.iterdir():
            path.unlink()
        wait_for(lambda: {t["file"] for t in gate.health()[1]["troubles"]} >= {"keys.json", "current.json"})
        status, answer = gate.ask(files.scan(RED), files.token())
        assert (status, answer["outcome"]) == (200, "refuse")


def test_a_gate_without_files_answers_503_until_they_come(tmp_path):
    files = files_now(tmp_path / "realm")
    for path in files.folder.iterdir():
        path.unlink()
    with gate_running(files) as gate:
        status, answer = gate.ask(files.scan())
        assert (status, answer["refusal"]) == (503, "gate.no_snapshot")
        assert gate.health()[0] == 503
        files.write_all()
        wait_for(lambda: gate.health()[0] == 200)
        assert gate.ask(files.scan())[0] == 200


def test_told_to_stop_a_gate_answers_what_it_has_taken_in(files):
    with gate_running(files) as gate:
        told, lock = [], threading.Lock()

        def ask_until_refused():
            connection = gate.connect()
            try:
                while True:
                    scan = files.scan()
                    status, _ = gate.ask(scan, connection=connection)
                    with lock:
                        told.append((status, scan["id"].replace("-", "")))
            except (OSError, HTTPException):
                return  # hung up: not acknowledged
            finally:
                connection.close()

        threads = [threading.Thread(target=ask_until_refused) for _ in range(4)]
        for thread in threads:
            thread.start()
        wait_for(lambda: len(told) > 100)
        assert gate.stop() == 0
        for thread in threads:
            thread.join()
        recorded = {record.id.hex() for record in gate.recorded()}
    assert {id_ for status, id_ in told if status == 200} <= recorded
    assert "Traceback" not in gate.log.read_text()


def test_a_second_gate_on_the_same_journal_is_refused_in_words(files):
    with gate_running(files):
        second = GateProcess(files)
        assert second.process.wait(timeout=60) == 1
        assert "[journal.in_use]" in second.log.read_text()


def test_a_second_gate_of_its_own_number_runs_beside_the_first(files):
    with gate_running(files) as first, gate_running(files, "--id", "2") as second:
        assert first.ask(files.scan())[0] == second.ask(files.scan())[0] == 200
        assert len(first.recorded()) == 2


def test_a_port_that_is_taken_is_said(files):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        gate = GateProcess(files, "--port", str(other.getsockname()[1]))
        assert gate.process.wait(timeout=60) == 1
    assert "[gate.port_taken]" in gate.log.read_text()


def test_without_a_realm_the_gate_says_what_it_needs(tmp_path):
    files = files_now(tmp_path / "realm")
    (files.realm / "realm.json").unlink()
    gate = GateProcess(files)
    assert gate.process.wait(timeout=60) == 1
    assert "[gate.no_realm]" in gate.log.read_text()


def test_over_tls_a_phone_is_answered_and_the_key_is_for_the_owner_alone(files):
    with gate_running(files, "--tls") as gate:
        context = ssl.create_default_context(cafile=files.realm / "tls" / "certificate.pem")
        body = json.dumps(files.scan(GREEN)).encode()
        with (
            socket.create_connection(("127.0.0.1", gate.port)) as plain,
            context.wrap_socket(plain, server_hostname="127.0.0.1") as mine,
        ):
            mine.sendall(b"POST /scan HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))
            assert mine.recv(65536).startswith(b"HTTP/1.1 200 ")
        assert (files.realm / "tls" / "key.pem").stat().st_mode & 0o777 == 0o600
