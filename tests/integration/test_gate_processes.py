"""One gate to a core, at one port: `fangxian gate --processes N`."""

import http.client
import json
import os
import re
import signal
import socket
import sys
import threading
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from tests.integration.gate_process import GateProcess, files_now, free_port, gate_running, wait_for

N = 2


class Several(GateProcess):
    """So many processes, each of which can be asked alone."""

    def __init__(self, files, *arguments, **more):
        self.own_ports = ports_in_a_row(N)
        super().__init__(files, "--processes", str(N), "--own-port", str(self.own_ports[0]), *arguments, **more)

    def ask_one(self, k, scan, token=""):
        connection = http.client.HTTPConnection("127.0.0.1", self.own_ports[k], timeout=30)
        try:
            return self.ask(scan, token, connection=connection)
        finally:
            connection.close()

    def get_of(self, k, path):
        connection = http.client.HTTPConnection("127.0.0.1", self.own_ports[k], timeout=5)
        try:
            connection.request("GET", path)
            return connection.getresponse().read().decode()
        finally:
            connection.close()

    def pid_of(self, k):
        """Which process listens at its own port."""
        wanted = b"\0--one-of-several\0", b"\0--own-port\0%d\0" % self.own_ports[k]
        for path in Path("/proc").glob("[0-9]*/cmdline"):
            with suppress(OSError):  # it has ended meanwhile
                said = path.read_bytes()
                if all(part in said for part in wanted):
                    return int(path.parent.name)
        raise AssertionError("no such process")

    def all_answer(self):
        try:
            return all(json.loads(self.get_of(k, "/healthz"))["gate"] == k + 1 for k in range(N))
        except (OSError, http.client.HTTPException):
            return False


def ports_in_a_row(n):
    first = free_port(*range(1, n))
    return range(first, first + n)


@contextmanager
def several_running(files, *arguments, **more):
    gates = Several(files, *arguments, **more)
    try:
        wait_for(lambda: "The gate is ready" in gates.log.read_text() or gates.process.poll() is not None)
        assert gates.process.poll() is None, gates.log.read_text()
        yield gates
    finally:
        gates.stop()


@pytest.fixture
def files(tmp_path):
    return files_now(tmp_path / "realm")


def test_each_process_answers_at_the_common_port_and_says_at_its_own_which_it_is(files):
    with several_running(files) as gates:
        assert [json.loads(gates.get_of(k, "/healthz"))["gate"] for k in range(N)] == [1, 2]
        assert {gates.health()[1]["gate"] for _ in range(40)} == {1, 2}
        for k in range(N):
            text = gates.get_of(k, "/metrics")
            assert f"fangxian_gate_id {k + 1}\n" in text
            assert int(re.search(r"^process_resident_memory_bytes (\d+)", text, re.M)[1]) > 1 << 20


def test_each_process_has_a_journal_of_its_own_and_counts_its_own_scans(files):
    with several_running(files) as gates:
        for k, n in ((0, 3), (1, 5)):
            for _ in range(n):
                assert gates.ask_one(k, files.scan(), files.token())[0] == 200
        texts = [gates.get_of(k, "/metrics") for k in range(N)]
        of_outcomes = [re.findall(r"^fangxian_gate_scans_total.* (\d+)$", text, re.M) for text in texts]
        assert [sum(map(int, counts)) for counts in of_outcomes] == [3, 5]
        assert {path.name[:8] for path in (files.realm / "journal").glob("*.fxj")} == {"00000001", "00000002"}
        assert len(gates.recorded()) == 8


def test_a_scan_sent_again_to_another_process_is_answered_alike_and_stands_in_both_journals(files):
    scan = files.scan()
    with several_running(files) as gates:
        told = [gates.ask_one(k, scan, files.token()) for k in (0, 1, 0)]
        assert {status for status, _ in told} == {200}
        assert len({json.dumps(answer | {"snapshot_age_seconds": 0}) for _, answer in told}) == 1
        first, second = gates.recorded()
        assert (first.device, first.id, first.digest) == (second.device, second.id, second.digest)


def test_a_process_that_is_killed_is_started_again_and_nothing_it_acknowledged_is_lost(files):
    with several_running(files) as gates:
        acknowledged = [files.scan() for _ in range(20)]
        for scan in acknowledged:
            assert gates.ask_one(0, scan, files.token())[0] == 200
        os.kill(gates.pid_of(0), signal.SIGKILL)
        assert gates.ask_one(1, files.scan(), files.token())[0] == 200
        wait_for(gates.all_answer)
        assert gates.ask_one(0, acknowledged[0], files.token())[0] == 200
        recorded = {record.id.hex() for record in gates.recorded()}
        assert {scan["id"].replace("-", "") for scan in acknowledged} <= recorded
        assert len(gates.recorded()) == 21
        assert "Gate 1 has ended (exit code -9)" in gates.log.read_text()


def test_a_process_that_stands_still_is_killed_and_started_again(files):
    impatient = (
        "from fangxian.cli import main, several_gates as it; it.STUCK_AFTER_S = 6.0; it.ASKED_EVERY_S = 0.2; "
        "it.ANSWERS_WITHIN_S = 0.5; main()"
    )
    with several_running(files, program=[sys.executable, "-c", impatient]) as gates:
        stuck = gates.pid_of(1)
        os.kill(stuck, signal.SIGSTOP)
        wait_for(lambda: gates.all_answer() and gates.pid_of(1) != stuck)
        assert f"gate.stuck: the process at port {gates.own_ports[1]}" in gates.log.read_text()


@pytest.mark.parametrize("arguments", [(), ("--processes", "2")], ids=["alone", "several"])
def test_another_gate_at_the_same_port_is_refused_in_words_and_gets_no_share_of_the_scans(files, tmp_path, arguments):
    stranger = files_now(tmp_path / "stranger")
    with several_running(files) as gates:
        other = GateProcess(stranger, *arguments, "--port", str(gates.port))
        assert other.process.wait(timeout=60) == 1
        assert "[gate.port_taken]" in other.log.read_text()
        assert all(gates.health()[0] == 200 for _ in range(20))
        assert gates.process.poll() is None


def test_several_at_a_port_that_another_program_has_are_refused_in_words_before_any_is_started(files):
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)  # also one that would let them in
        other.bind(("127.0.0.1", 0))
        other.listen()
        gates = Several(files, "--port", str(other.getsockname()[1]))
        assert gates.process.wait(timeout=60) == 1
    assert "[gate.port_taken]" in gates.log.read_text()
    assert not list(files.realm.glob("journal/*"))


def test_one_that_cannot_begin_says_why_and_the_others_do_not_run_without_it(files):
    with gate_running(files, "--id", "2"):
        gates = Several(files)
        assert gates.process.wait(timeout=60) == 1
    assert "[journal.in_use]" in gates.log.read_text()


def test_told_to_stop_all_answer_what_they_have_taken_in(files):
    with several_running(files) as gates:
        told, lock = [], threading.Lock()

        def ask_until_refused():
            connection = gates.connect()
            try:
                while True:
                    scan = files.scan()
                    status, _ = gates.ask(scan, connection=connection)
                    with lock:
                        told.append((status, scan["id"].replace("-", "")))
            except (OSError, http.client.HTTPException):
                return  # hung up: not acknowledged
            finally:
                connection.close()

        threads = [threading.Thread(target=ask_until_refused) for _ in range(6)]
        for thread in threads:
            thread.start()
        wait_for(lambda: len(told) > 100)
        assert gates.stop() == 0
        for thread in threads:
            thread.join()
        recorded = {record.id.hex() for record in gates.recorded()}
    assert {id_ for status, id_ in told if status == 200} <= recorded
    assert {status for status, _ in told} <= {200, 503}
    assert "Traceback" not in gates.log.read_text()


def test_started_anew_one_after_the_other_they_answer_everybody_all_the_while(files):
    with several_running(files) as gates:
        before = [gates.pid_of(k) for k in range(N)]
        told, is_done = [], threading.Event()

        def ask_on():
            while not is_done.is_set():
                connection = gates.connect()
                try:
                    while not is_done.is_set():
                        scan = files.scan()
                        status, _ = gates.ask(scan, connection=connection)
                        told.append((status, scan["id"].replace("-", "")))
                        if status == 503:  # come again, over another connection
                            break
                except ConnectionError:  # hung up on, and comes again
                    told.append(("hung up", ""))
                except Exception as error:
                    told.append((type(error), ""))
                finally:
                    connection.close()

        threads = [threading.Thread(target=ask_on) for _ in range(4)]
        for thread in threads:
            thread.start()
        try:
            os.kill(gates.process.pid, signal.SIGUSR1)
            wait_for(lambda: gates.all_answer() and not {gates.pid_of(k) for k in range(N)} & set(before))
        finally:
            is_done.set()  # else they ask for ever, and the run never ends
            for thread in threads:
                thread.join()
        # Who asks in the very moment in which a process hangs up hears of it as a reset, an end or a broken pipe.
        assert {status for status, _ in told} <= {200, 503, "hung up"}
        assert {id_ for status, id_ in told if status == 200} == {record.id.hex() for record in gates.recorded()}


@pytest.mark.parametrize("arguments", [(), ("--processes", "2")], ids=["alone", "several"])
def test_systemd_is_told_once_that_scans_are_answered_then_that_they_still_are_and_that_it_ends(
    files, tmp_path, monkeypatch, arguments
):
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(str(tmp_path / "notify"))
        systemd.settimeout(60)
        monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
        monkeypatch.setenv("WATCHDOG_USEC", "30000000")
        gates = GateProcess(files, *arguments, "--own-port", str(ports_in_a_row(N)[0]))
        try:
            told = [systemd.recv(100) for _ in range(3)]
            assert sorted(told) == [b"READY=1", b"WATCHDOG=1", b"WATCHDOG=1"]
            assert gates.answers()
            assert gates.stop() == 0
        finally:
            gates.stop(signal.SIGKILL)
        assert systemd.recv(100) == b"STOPPING=1"


def test_when_whoever_started_them_is_killed_they_end_and_the_port_is_free(files):
    with several_running(files) as gates:
        gates.process.kill()
        gates.process.wait(timeout=30)
        wait_for(lambda: not gates.answers())
    alone = GateProcess(files, "--port", str(gates.port))
    alone.port = gates.port
    try:
        assert alone.wait_until_answering().ask(files.scan())[0] == 200
    finally:
        alone.stop(signal.SIGKILL)
