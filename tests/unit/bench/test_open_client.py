"""The open-loop client: every scan sent once and its own answer matched to it; a server's lateness is not the client's.

The server is told in tests when to answer, so that which of two moments came first is certain on any machine.
"""

import re
import socket
import threading
from contextlib import suppress

import numpy as np
import pytest

pytest.importorskip("numba")

from bench.gate.lockstep import Answer, read_answer
from bench.gate.open_client import Client, found_of, rows_of, schedule
from bench.gate.open_turns import Scans

PATIENCE_NS = 120_000_000_000
OK, TOO_MANY = b"HTTP/1.1 200 OK", b"HTTP/1.1 429 Too Many Requests"
ADMIT = b'{"outcome":"admit","of":{"a":"}"}}'


def request(number, n_bytes=60):
    return (b"POST /scan HTTP/1.1\r\n\r\nscan %06d " % number).ljust(n_bytes - 1, b".") + b"\n"


class Server:
    """Answers one request after another on each connection, with what `answer(number)` gives, part by part."""

    def __init__(self, answer):
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=1024)
        self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        self.port, self.asked, self._answer = self._listener.getsockname()[1], [], answer
        self._threads = [threading.Thread(target=self._accept, daemon=True)]
        self._threads[0].start()

    def _accept(self):
        while True:
            try:
                line, _ = self._listener.accept()
            except OSError:
                return
            self._threads.append(threading.Thread(target=self._serve, args=(line,), daemon=True))
            self._threads[-1].start()

    def _serve(self, line):
        with line, line.makefile("rb") as reader, suppress(ConnectionResetError):
            while reader.readline():
                reader.readline()
                number = int(re.match(rb"scan (\d+)", reader.readline())[1])
                self.asked.append(number)
                for part in self._answer(number):
                    line.sendall(part)

    def close(self):
        self._listener.shutdown(socket.SHUT_RDWR)  # wakes whoever waits in accept, as closing does not
        self._listener.close()
        for thread in self._threads:
            thread.join()


@pytest.fixture
def run():
    """Scans of a client with so many connections, asked of a server that answers so; what became of them."""
    made = []

    def run(answer, n, *, n_connections, n_bytes=60):
        server = Server(answer)
        client = Client(server.port, n_connections=n_connections)
        made.extend((server, client))
        scans = client.run(
            rows_of([request(number, n_bytes) for number in range(n)]), np.full(n, 0), patience_ns=PATIENCE_NS
        )
        return server, scans

    yield run
    for one in reversed(made):
        one.close()


def answered(head=OK, body=ADMIT, name=b"Content-Length"):
    return [b"%s\r\n%s: %d\r\n\r\n%s" % (head, name, len(body), body)]


def test_moments_ascend_and_are_the_same_each_time_as_many_as_the_rate_says():
    due = schedule(1000, 2.0, seed=7)
    assert due == schedule(1000, 2.0, seed=7) == sorted(due)
    assert due != schedule(1000, 2.0, seed=8)
    assert 1800 < len(due) < 2200
    assert due[-1] < 2.0


def test_every_scan_is_sent_once_and_answered_and_nothing_comes_before_what_it_follows(run):
    server, scans = run(lambda _: answered(), 100, n_connections=8)
    assert sorted(server.asked) == list(range(100))
    assert (scans.due <= scans.ready).all()
    assert (scans.ready <= scans.sent).all()
    assert (scans.sent <= scans.answered).all()
    assert scans.is_good.all()


@pytest.mark.parametrize(
    ("answer", "is_good"),
    [
        (answered(), True),
        (answered(name=b"content-length"), True),
        (answered(TOO_MANY), False),
        (answered(body=b'{"outcome":"verify","recorded":false}'), False),
        ([answered()[0] + b"more"], False),
    ],
)
def test_only_a_whole_answer_with_200_that_is_on_record_is_good(run, answer, is_good):
    _, scans = run(lambda _: answer, 1, n_connections=1)
    assert scans.answered[0] > 0
    assert scans.is_good[0] == is_good


def test_an_answer_in_pieces_is_read_to_its_end(run):
    (whole,) = answered()
    _, scans = run(lambda _: [whole[k : k + 1] for k in range(len(whole))], 3, n_connections=1)
    assert scans.is_good.all()


def test_each_answer_is_matched_to_its_own_scan(run):
    _, scans = run(lambda number: answered(OK if number % 3 else TOO_MANY), 30, n_connections=8)
    assert (~scans.is_good).nonzero()[0].tolist() == list(range(0, 30, 3))


def test_a_scan_held_by_the_server_has_the_time_it_was_held_and_those_beside_it_have_not(run):
    """The first is answered once the last is asked, and that is after all others were answered."""
    last_is_asked = threading.Event()

    def answer(number):
        if number == 9:
            last_is_asked.set()
        if number == 0:
            last_is_asked.wait(30)
        return answered()

    _, scans = run(answer, 10, n_connections=2)
    took = scans.answered - scans.due
    assert took[0] > took[1:9].max()
    assert found_of(scans)["most"] == took.max() / 1e6


def test_waiting_for_a_connection_is_the_servers_time_and_not_the_clients_lag(run):
    """All are due at once, and one connection takes them one after another."""
    _, scans = run(lambda _: answered(), 5, n_connections=1)
    assert scans.ready[0] == scans.due[0]
    assert scans.ready[1:].tolist() == scans.answered[:-1].tolist()
    assert found_of(scans)["n_waited"] == 4


def test_a_server_that_reads_slowly_gets_the_rest_and_the_scan_counts_from_the_first_try(run):
    n_bytes = 8 << 20  # more than the system takes at once
    server, scans = run(lambda _: answered(), 2, n_connections=2, n_bytes=n_bytes)
    assert sorted(server.asked) == [0, 1]
    assert scans.is_good.all()
    assert (scans.sent <= scans.answered).all()


def test_a_server_that_hangs_up_ends_the_run():
    listener = socket.create_server(("127.0.0.1", 0))
    client = Client(listener.getsockname()[1], n_connections=1)
    line, _ = listener.accept()
    line.close()
    with pytest.raises(ConnectionError, match="hung up"):
        client.run(rows_of([request(0)]), np.full(1, 0), patience_ns=PATIENCE_NS)
    client.close()
    listener.close()


def test_times_and_lag_come_from_moments_that_are_given():
    """Of a hundred scans one is sent late by the client, one waits for a connection, one is never answered."""
    due = np.arange(1, 101) * 1_000_000
    ready, sent, done = due.copy(), due + 10_000, due + 250_000
    sent[7] = due[7] + 5_000_000
    ready[8], sent[8], done[8] = due[8] + 70_000_000, due[8] + 70_020_000, due[8] + 71_000_000
    done[9] = 0
    is_good = np.full(100, True)
    is_good[3] = False
    found = found_of(Scans(np.zeros((100, 1), np.uint8), due, ready, sent, done, is_good))
    assert found == {
        "p50": 0.25, "p99": 71.0, "p99_9": 71.0, "most": 71.0, "lag_p99": 5.0, "lag_most": 5.0,
        "n": 100, "n_answered": 99, "n_wrong": 1, "n_waited": 1,
    }  # fmt: skip


def test_an_answer_in_pieces_is_read_to_its_end_in_lockstep_too():
    server = Server(lambda _: [b'HTTP/1.1 200 OK\r\nContent-Length: 19\r\n\r\n{"outcome"', b':"admit"}'])
    with socket.create_connection(("127.0.0.1", server.port)) as line:
        line.sendall(request(0))
        assert read_answer(line) == Answer(200, b'{"outcome":"admit"}')
    server.close()
