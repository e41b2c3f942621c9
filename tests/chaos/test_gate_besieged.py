"""A port besieged: ten thousand who are silent, many who are slow, who read nothing, who send what is no request.

Whoever scans beside them is answered, each scan as it is known, and what the gate holds of the others has a bound.
"""

import json
import random
import re
import resource
import socket
from contextlib import ExitStack, contextmanager, suppress

import pytest

from tests.chaos.gate_crowd import Crowd
from tests.chaos.gate_nursery import Nursery, raise_number_of_files
from tests.integration.gate_process import files_now, wait_for

N_IDLE = 10_000
N_SLOW = 300
N_DEAF = 60
N_HALF = 60
LITTLE_ROOM = 8 << 20  # bytes, for halves of requests: half a minute's worth of them would be too much for a test
N_SENSELESS = 400
SCANS_BESIDE = 300
MOST_A_SILENT_ONE = 8 << 10  # bytes of memory; measured are 3.9 KB
MOST_A_DEAF_ONE = 1 << 20  # one read, and some requests that wait; measured are 0.13 MB
PACE = ("--device-pace", "6000", "--venue-pace", "60000")  # a crowd is no keeper
# For those who are slow a second is as long as half a minute is otherwise.
IN_A_HURRY = "server.SLOWEST_S = server.LINGER_S = 1.0; site.LOOK_EVERY_S = 0.1"


@pytest.fixture
def files(tmp_path):
    return files_now(tmp_path / "realm")


@contextmanager
def besieged(files, before=""):
    with Nursery(files, before) as nursery, Crowd(files, seed=7) as crowd:
        gate = nursery.start(*PACE).until_it_answers()
        yield gate, crowd
        log = gate.log.read_text()
        assert "Traceback" not in log
        assert "gate.fault" not in log


def require_answered(gate, crowd, n: int = SCANS_BESIDE) -> None:
    """The crowd scans on, nobody of it is turned away, and each is told what is known."""
    crowd.ask(gate.port, crowd.more_acknowledged(n))
    assert set(crowd.said) <= {"admit", "verify", "refuse"}
    assert crowd.wrong == []


def metric(gate, name) -> int:
    return int(re.search(rf"^fangxian_gate_{name} (\d+)$", gate.get("/metrics")[1], re.M)[1])


def connected(gate) -> socket.socket:
    return socket.create_connection(("127.0.0.1", gate.port), timeout=30)


def posted(scan, *more: bytes) -> bytes:
    body = json.dumps(scan).encode()
    lines = b"".join(line + b"\r\n" for line in (b"Host: x", b"Content-Length: %d" % len(body), *more))
    return b"POST /scan HTTP/1.1\r\n%s\r\n%s" % (lines, body)


@pytest.fixture
def many_files():
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    if not raise_number_of_files(N_IDLE + 500):
        pytest.skip(f"this system lets a program open {before[1]} files: too few for {N_IDLE} connections")
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, before)


def test_ten_thousand_silent_connections_take_little_and_nobody_waits_for_them(files, many_files):
    with besieged(files) as (gate, crowd), ExitStack() as stack:
        require_answered(gate, crowd)
        before = gate.memory()
        for _ in range(N_IDLE):
            stack.enter_context(connected(gate))
        wait_for(lambda: metric(gate, "connections") >= N_IDLE)
        require_answered(gate, crowd)
        assert metric(gate, "dropped_total") == 0
        assert gate.memory() - before < N_IDLE * MOST_A_SILENT_ONE


def test_whoever_sends_a_head_or_a_body_drop_by_drop_is_let_go_and_nobody_waits_for_them(files):
    with besieged(files, IN_A_HURRY) as (gate, crowd), ExitStack() as stack:
        whole = posted(files.scan())
        starts = [len(whole) // 9, whole.find(b"\r\n\r\n") + 4]  # half of them in their heads, half in their bodies
        slow = [(stack.enter_context(connected(gate)), starts[k % 2]) for k in range(N_SLOW)]
        for line, at in slow:
            line.sendall(whole[:at])
        n_drops = 0
        while metric(gate, "connections") > len(crowd.phones) + 1:
            for line, at in slow:
                with suppress(OSError):
                    line.sendall(whole[at + n_drops : at + n_drops + 1])
            n_drops += 1
            assert n_drops < len(whole) // 3, "they were let"
            require_answered(gate, crowd, 50)
        for line, _ in slow:
            with suppress(ConnectionError):
                assert line.recv(100) == b"", "hung up on, without an answer to what was no whole request"
        crowd.finish(gate.port)
        assert {record.id for record in gate.recorded()} == {id_.bytes for _, id_ in crowd.acknowledged}


def test_whoever_asks_without_end_and_reads_nothing_takes_little_and_nobody_waits_for_them(files):
    with besieged(files) as (gate, crowd), ExitStack() as stack:
        require_answered(gate, crowd)
        before = gate.memory()
        asked = b"GET /nowhere HTTP/1.1\r\nHost: x\r\n\r\n" * 500 + posted(files.scan()) * 20
        for _ in range(N_DEAF):
            line = stack.enter_context(connected(gate))
            line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            line.setblocking(False)
            with suppress(BlockingIOError):
                for _ in range(500):
                    line.send(asked)
        require_answered(gate, crowd)
        assert gate.memory() - before < N_DEAF * MOST_A_DEAF_ONE


HEADS_WITHOUT_END = [b"POST /scan HTTP/1.1\r\nX: ", b"POST /scan HTTP/1.1\r\nX", b"GET /",
                     b"POST /scan HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX: "]  # fmt: skip


def test_what_never_comes_to_its_end_is_refused_before_it_takes_much_and_nobody_waits_for_it(files):
    with besieged(files, f"from fangxian.gate import reading; reading.MOST_BEGUN = {LITTLE_ROOM}") as (gate, crowd):
        require_answered(gate, crowd)
        before = gate.memory()
        with ExitStack() as stack:
            for begins in HEADS_WITHOUT_END:
                line = stack.enter_context(connected(gate))
                with suppress(ConnectionError):
                    for part in (begins, *[b"a" * (1 << 16)] * 200):
                        line.sendall(part)
                require_answered(gate, crowd, 20)
            halves = b"POST /scans HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n" + b" " * 900_000
            for _ in range(N_HALF):
                with suppress(ConnectionError):
                    stack.enter_context(connected(gate)).sendall(halves)
            require_answered(gate, crowd)
            assert gate.memory() - before < 3 * LITTLE_ROOM
            told = gate.get("/metrics")[1]
            assert 'refusal="scan.too_large"' in told
            assert 'refusal="gate.too_much_begun"' in told
        require_answered(gate, crowd)


def hurt(rng: random.Random, whole: bytes) -> bytes:
    """A request with some of its bytes changed, doubled, taken away or put elsewhere."""
    data = bytearray(whole)
    for _ in range(rng.randrange(1, 6)):
        a, b = sorted(rng.randrange(len(data) + 1) for _ in range(2))
        b = min(b, a + rng.choice((1, 1, 2, 8, 200)))
        data[a:b] = rng.choice((
            b"", rng.randbytes(b - a), bytes(data[a:b]) * 2, b"\r\n", b"\r\n\r\n", b"\n", b"\0", b":", b" ", b"0",
            b"\r\nContent-Length: 7\r\n", b"\r\nTransfer-Encoding: chunked\r\n", b"HTTP/1.0", b"\xff" * (b - a),
        ))  # fmt: skip
    return bytes(data)


def test_whatever_is_sent_to_the_port_is_answered_in_words_and_harms_nobody(files):
    rng = random.Random(8)
    with besieged(files) as (gate, crowd):
        crowd.ask(gate.port, crowd.more_acknowledged(1))
        good = [posted(files.scan(), b"Authorization: Bearer " + files.token().encode()), posted(files.scan()),
                b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"]  # fmt: skip
        for _ in range(N_SENSELESS):
            kind = rng.random()
            data = rng.randbytes(rng.randrange(1, 400)) if kind < 0.3 else hurt(rng, rng.choice(good))
            if kind > 0.8:
                data = rng.choice(good) + data
            with connected(gate) as line:
                line.sendall(data)
                crowd.turn()
                if rng.random() < 0.7:
                    line.shutdown(socket.SHUT_WR)
                    told = b"".join(iter(lambda: line.recv(65536), b""))
                    assert not told or told.startswith(b"HTTP/1.1 "), told
        require_answered(gate, crowd)
        crowd.finish(gate.port)
        recorded = [record.id for record in gate.recorded()]
        assert len(recorded) == len(set(recorded)), "whatever is sent twice is recorded once"
        assert {id_.bytes for _, id_ in crowd.acknowledged} <= set(recorded)
