"""Many who connect and say nothing: they take no file from the journal or the snapshot, and nobody's place who asks."""

import json
import re
import socket
import ssl
from contextlib import ExitStack, contextmanager

import pytest

from fangxian.core.policy.vocabulary import Colour
from tests.integration.gate_process import files_now, gate_running, wait_for
from tests.unit.gate import gate_files as county

MOST_FILES = 128
MOST = 64  # connections, the rest being kept for the gate's own files
CLOSE = "HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"


@pytest.fixture(params=[(), ("--tls",)], ids=["http", "https"])
def gate(request, tmp_path):
    files = files_now(tmp_path / "realm")
    with gate_running(files, *request.param, most_files=MOST_FILES) as running:
        running.context = None
        if request.param:
            running.context = ssl.create_default_context(cafile=files.realm / "tls" / "certificate.pem")
        yield running


@contextmanager
def many_who_say_nothing(gate, n):
    with ExitStack() as stack:
        for _ in range(n):
            stack.enter_context(socket.create_connection(("127.0.0.1", gate.port), timeout=30))
        yield


def said(gate, request: bytes) -> str:
    with ExitStack() as stack:
        mine = stack.enter_context(socket.create_connection(("127.0.0.1", gate.port), timeout=30))
        if gate.context:
            mine = stack.enter_context(gate.context.wrap_socket(mine, server_hostname="127.0.0.1"))
        mine.sendall(request)
        return b"".join(iter(lambda: mine.recv(65536), b"")).decode()


def scanned(gate, **changed):
    body = json.dumps(gate.files.scan(county.UNTESTED, **changed))
    head = f"POST /scan {CLOSE}Authorization: Bearer {gate.files.token()}\r\nContent-Length: {len(body)}\r\n\r\n"
    return json.loads(said(gate, (head + body).encode()).partition("\r\n\r\n")[2])


def metric(gate, name):
    return int(re.search(rf"^fangxian_gate_{name} (\d+)$", said(gate, f"GET /metrics {CLOSE}\r\n".encode()), re.M)[1])


def test_three_times_as_many_silent_connections_as_there_may_be_change_nothing_for_whoever_asks(gate):
    scanned(gate)
    for path in (gate.files.realm / "journal").glob("*.fxj"):
        path.rename(path.with_suffix(".gone"))
    with many_who_say_nothing(gate, 3 * MOST):
        assert scanned(gate)["health"] == "green"
        gate.files.publish_person(county.UNTESTED, county.safety_of(Colour.RED), 0)
        wait_for(lambda: scanned(gate)["health"] == "red")
        assert metric(gate, "connections") <= metric(gate, "connections_most") == MOST
        assert metric(gate, "dropped_total") >= 2 * MOST
        assert json.loads(said(gate, f"GET /healthz {CLOSE}\r\n".encode()).partition("\r\n\r\n")[2])["troubles"] == []
    assert "Too many open files" not in gate.log.read_text()


def test_whoever_asks_now_and_then_keeps_a_place(tmp_path):
    with gate_running(files_now(tmp_path / "realm"), most_files=MOST_FILES) as gate, ExitStack() as stack:
        connection = gate.connect()
        stack.callback(connection.close)
        for _ in range(12):
            stack.enter_context(many_who_say_nothing(gate, MOST // 4))
            assert gate.ask(gate.files.scan(), connection=connection)[0] == 200
        mine = connection.sock.getsockname()
        assert gate.ask(gate.files.scan(), connection=connection)[0] == 200
        assert connection.sock.getsockname() == mine


@pytest.mark.parametrize("first", [b"GET /healthz HTTP/1.1\r\n\r\n", b"\x00" * 500, b""])
def test_whoever_speaks_no_tls_to_https_is_hung_up_on_and_gives_its_place_back(tmp_path, first):
    with gate_running(files_now(tmp_path / "realm"), "--tls", most_files=MOST_FILES) as gate:
        gate.context = ssl.create_default_context(cafile=gate.files.realm / "tls" / "certificate.pem")
        for _ in range(5):
            with socket.create_connection(("127.0.0.1", gate.port), timeout=30) as mine:
                mine.sendall(first)
                mine.shutdown(socket.SHUT_WR)
                while mine.recv(4096):
                    pass
        wait_for(lambda: metric(gate, "connections") == 1)
        assert scanned(gate)["health"] == "green"
        assert "Traceback" not in gate.log.read_text()


def test_a_request_that_comes_with_the_end_of_the_handshake_is_answered(tmp_path):
    with gate_running(files_now(tmp_path / "realm"), "--tls") as gate:
        context = ssl.create_default_context(cafile=gate.files.realm / "tls" / "certificate.pem")
        into, out = ssl.MemoryBIO(), ssl.MemoryBIO()
        spoken = context.wrap_bio(into, out, server_hostname="127.0.0.1")
        with socket.create_connection(("127.0.0.1", gate.port), timeout=30) as mine:
            while True:
                try:
                    spoken.do_handshake()
                    break
                except ssl.SSLWantReadError:
                    mine.sendall(out.read())
                    into.write(mine.recv(65536))
            spoken.write(f"GET /healthz {CLOSE}\r\n".encode())
            mine.sendall(out.read())  # the client's last word of the handshake and its request in one
            told = b""
            while b"\r\n\r\n" not in told:
                into.write(mine.recv(65536))
                try:
                    told += spoken.read(65536)
                except ssl.SSLWantReadError:
                    continue
        assert told.startswith(b"HTTP/1.1 200 ")
