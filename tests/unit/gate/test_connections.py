"""One connection and the site it is of: who is let in, who is dropped, and that nobody is left waiting."""

import json
import re

import pytest

from fangxian.gate import server
from fangxian.gate.server import IDLE_S, LINGER_S, LONGEST_S, SLOWEST_S, Connection
from fangxian.gate.site import Site
from tests.unit.gate.doors import Doors


class Line:
    """A transport that keeps what is written; `peer` is where the other end is."""

    def __init__(self, peer="127.0.0.1"):
        self.peer, self.said, self.is_closed, self.is_aborted = peer, b"", False, False

    def write(self, data):
        self.said += data

    def close(self):
        self.is_closed = True

    def abort(self):
        self.is_aborted = True

    def is_closing(self):
        return self.is_closed or self.is_aborted

    def can_write_eof(self):
        return True

    def write_eof(self):
        self.is_closed = True

    def pause_reading(self):
        pass

    def resume_reading(self):
        pass

    def get_extra_info(self, name):
        return (self.peer, 5) if name == "peername" and self.peer else None

    @property
    def statuses(self):
        return [int(found) for found in re.findall(rb"HTTP/1.1 (\d{3}) ", self.said)]


class House:
    """A gate's site; the clock of its connections stands still until it is told."""

    def __init__(self, files, most):
        self.doors = Doors(files)
        self.site = Site(self.doors.gate, origins=[], most=most, later=lambda call: call())
        self.now = 1_000.0

    def connect(self, **more):
        line, connection = Line(**more), Connection(self.site)
        connection.connection_made(line)
        return connection, line

    def later(self, seconds):
        self.now += seconds
        for connection in tuple(self.site.connections):
            connection.close_if_silent(self.now)


@pytest.fixture
def house(files, monkeypatch):
    made = House(files, most=3)

    class Clock:
        monotonic = staticmethod(lambda: made.now)

    monkeypatch.setattr(server, "time", Clock)
    monkeypatch.setattr("fangxian.gate.reading.time", Clock)
    return made


GET = b"GET %s HTTP/1.1\r\nHost: x\r\n\r\n"


def post(scan, path=b"/scan"):
    body = json.dumps(scan).encode()
    return b"POST %s HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n%s" % (path, len(body), body)


# ---- room ----


def test_one_more_takes_the_place_of_whoever_asked_nothing_for_longest(house):
    (first, _), (_, second), _ = house.connect(), house.connect(), house.connect()
    first.data_received(GET % b"/healthz")
    _, fourth = house.connect()
    assert (second.is_aborted, fourth.said) == (True, b"")
    assert len(house.site.connections) == 3
    assert house.site.metrics.n_dropped == 1


def test_bytes_that_are_no_request_hold_no_place(house):
    (slow, line), *_ = house.connect(), house.connect(), house.connect()
    slow.data_received(b"GET /healthz HTTP/1.1\r\n")
    house.connect()
    assert line.is_aborted


def test_whoever_waits_for_an_answer_is_not_dropped_and_with_all_waiting_another_is_told_so(house):
    lines = []
    for _ in range(3):
        connection, line = house.connect()
        connection.data_received(post(house.doors.files.scan()))
        lines.append(line)
    _, late = house.connect()
    assert late.statuses == [503]
    assert b"gate.full" in late.said
    assert late.is_closed
    house.doors.settle()
    assert [line.statuses for line in lines] == [[200]] * 3
    assert house.connect()[1].said == b""


def test_what_passes_by_itself_says_when_to_come_again(house):
    for _ in range(3):
        connection, line = house.connect()
        connection.data_received(post(house.doors.files.scan()))
    _, late = house.connect()
    assert b"\r\nRetry-After: 2\r\n" in late.said
    house.doors.settle()
    assert b"Retry-After" not in line.said


# ---- nobody is left waiting ----


def test_a_connection_that_is_not_answered_ends(house):
    connection, line = house.connect()
    connection.data_received(post(house.doors.files.scan()))
    house.later(LONGEST_S)
    assert not line.is_aborted
    house.later(1)
    assert line.is_aborted
    house.doors.settle()
    assert line.said == b""


def test_a_silent_one_is_closed_and_one_that_asks_is_not(house):
    (_, silent), (asking, heard) = house.connect(), house.connect()
    for _ in range(4):
        house.later(IDLE_S / 3)
        asking.data_received(GET % b"/healthz")
    assert (silent.is_closed, heard.is_closed) == (True, False)


@pytest.mark.parametrize("drops", [b"GET /healthz HTTP/1.1\r\n" + b"X: y\r\n" * 9, post({"id": "x" * 90})])
def test_a_request_that_comes_drop_by_drop_is_not_waited_for_without_end(house, drops):
    connection, line = house.connect()
    for at in range(len(drops)):
        if not line.is_closed:
            connection.data_received(drops[at : at + 1])
            house.later(3)
    assert line.is_closed
    assert house.now - 1_000 == pytest.approx(SLOWEST_S, abs=3)
    assert line.statuses == []


def test_somebody_slow_who_was_silent_before_has_all_the_time_of_a_request(house):
    connection, line = house.connect()
    house.later(IDLE_S - 1)
    connection.data_received(b"GET /healthz HTTP/1.1\r\n")
    house.later(SLOWEST_S - 1)
    connection.data_received(b"\r\n")
    assert (line.statuses, line.is_closed) == ([200], False)


def test_blank_lines_are_no_request_and_keep_nobody_connected(house):
    connection, line = house.connect()
    while not line.is_closed:
        connection.data_received(b"\r\n")
        house.later(5)
    assert house.now - 1_000 == pytest.approx(IDLE_S, abs=5)


def test_one_that_reads_nothing_is_answered_no_further_and_ends(house):
    connection, line = house.connect()
    connection.data_received(GET % b"/healthz" * 2)
    connection.pause_writing()
    connection.data_received(GET % b"/healthz" * 5)
    assert line.statuses == [200, 200]
    house.later(IDLE_S + 1)
    assert line.is_closed
    house.later(1)
    house.later(LINGER_S + 1)
    assert line.is_aborted


@pytest.mark.parametrize(
    ("first", "ends"),
    [("HTTP/1.1\r\nHost: x", False), ("HTTP/1.1\r\nConnection: close", True), ("HTTP/1.0", True),
     ("HTTP/1.0\r\nConnection: keep-alive", False), ("HTTP/1.1\r\nConnection: CLOSE", True)],
)  # fmt: skip
def test_a_connection_is_kept_or_ended_as_it_asks(house, first, ends):
    connection, line = house.connect()
    connection.data_received(f"GET /healthz {first}\r\n\r\n".encode() + GET % b"/healthz")
    assert (line.statuses, line.is_closed) == (([200], True) if ends else ([200, 200], False))
    assert line.said.count(b"Connection: close\r\n") == ends


def test_one_that_does_not_read_its_last_answer_is_not_waited_for_without_end(house):
    connection, line = house.connect()
    connection.data_received(b"\x16\x03\x01")
    assert line.statuses == [400]
    house.later(1)
    house.later(LINGER_S + 1)
    assert line.is_aborted


def test_a_bug_in_a_request_is_answered_and_the_next_is_too(house, monkeypatch, caplog):
    def broken(*_):
        raise KeyError("SECRET")

    monkeypatch.setitem(house.site.routes, b"/healthz", house.site.routes[b"/healthz"]._replace(answer=broken))
    connection, line = house.connect()
    connection.data_received(GET % b"/healthz" + post(house.doors.files.scan()))
    house.doors.settle()
    assert line.statuses == [500, 200]
    assert b"gate.fault" in line.said
    assert "SECRET" not in caplog.text


CHUNKED = b"POST /scan HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"


@pytest.mark.parametrize(
    "begins",
    [
        b"POST /scan HTTP/1.1\r\nX: ",
        b"POST /scan HTTP/1.1\r\nX",
        b"POST /",
        b"P",
        CHUNKED + b"5;",
        CHUNKED + b"0\r\nX: ",
    ],
)
def test_what_never_comes_to_its_end_is_not_kept_without_end(house, begins):
    connection, line = house.connect()
    connection.data_received(begins)
    for _ in range(30):
        if not line.is_closed:
            connection.data_received(b"a" * 1000)
    assert line.statuses in ([413], [400])
    assert line.is_closed


def test_a_head_and_a_body_in_chunks_that_come_a_byte_at_a_time_are_read_however_many_bytes_say_how_long_it_is(house):
    connection, line = house.connect()
    body = json.dumps(house.doors.files.scan()).encode() + b" " * 20_000
    whole = CHUNKED + b"".join(b"1\r\n%c\r\n" % byte for byte in body) + b"0\r\n\r\n"
    for byte in whole:
        connection.data_received(b"%c" % byte)
    house.doors.settle()
    assert line.statuses == [200]


def test_a_credential_behind_a_body_is_none(house):
    connection, line = house.connect()
    files = house.doors.files
    body = json.dumps(files.scan()).encode()
    chunks = b"%x\r\n%s\r\n0\r\nAuthorization: Bearer %s\r\n\r\n" % (len(body), body, files.token().encode())
    connection.data_received(CHUNKED + chunks)
    house.doors.settle()
    assert line.statuses == [200]
    assert house.doors.journal.records[-1].device == 0


def half(scan, path=b"/scans"):
    whole = post({"scans": [scan] * 100}, path)
    return whole[:-1000], whole[-1000:]


@pytest.fixture
def little_room(monkeypatch):
    monkeypatch.setattr("fangxian.gate.reading.MOST_BEGUN", 50_000)


def test_of_requests_that_are_not_whole_no_more_is_held_than_there_is_room_for(house, little_room):
    (first, slow), (other, second), (asking, heard) = (house.connect() for _ in range(3))
    scan = house.doors.files.scan()
    begun, rest = half(scan)
    first.data_received(begun)
    other.data_received(begun)
    assert (slow.statuses, second.statuses) == ([], [503])
    assert b"gate.too_much_begun" in second.said
    asking.data_received(post(scan))
    house.doors.settle()
    assert heard.statuses == [200], "a scan that comes whole takes none"
    first.data_received(rest)
    house.doors.settle()
    assert slow.statuses == [200], "who was there first goes on"
    assert house.site.room.n_bytes == 0


@pytest.mark.parametrize("how", ["whole", "refused", "lost"])
def test_the_room_of_a_request_is_given_back(house, little_room, how):
    for _ in range(5):
        connection, line = house.connect()
        begun, rest = half(house.doors.files.scan())
        connection.data_received(begun)
        assert (line.statuses, house.site.room.n_bytes > 0) == ([], True)
        if how == "whole":
            connection.data_received(rest)
            house.doors.settle()
        elif how == "refused":
            connection.data_received(b" " * (1 << 20))
        connection.connection_lost(None)
        assert house.site.room.n_bytes == 0


def test_thousands_of_requests_in_one_read_keep_nobody_waiting_and_are_all_answered(house, monkeypatch):
    turns = []
    monkeypatch.setattr(house.site, "_later", turns.append)
    (many, line), (other, heard) = house.connect(), house.connect()
    many.data_received(GET % b"/nowhere" * 5_000)
    other.data_received(GET % b"/healthz")
    assert (line.statuses, heard.statuses) == ([], [200])
    n_answered, n_turns = 0, 0
    while turns:
        turns.pop(0)()
        assert not turns[1:], "one at a time"
        assert len(line.statuses) - n_answered <= server.READ_AT_ONCE // 25
        n_answered, n_turns = len(line.statuses), n_turns + 1
    assert (n_answered, n_turns > 30) == (5_000, True)


def test_of_thousands_of_scans_few_wait_as_requests_and_the_rest_as_bytes(house):
    connection, line = house.connect()
    connection.data_received(b"".join(post(house.doors.files.scan()) for _ in range(200)))
    n_most = 0
    while len(line.statuses) < 200:
        n_most = max(n_most, len(connection._queue))
        house.doors.settle()
    assert n_most <= server.MOST_QUEUED + server.READ_AT_ONCE // 300
    assert line.statuses == [200] * 200


def test_whoever_asked_just_now_keeps_a_place_before_those_who_asked_nothing(house):
    (asking, line), *_ = house.connect(), house.connect(), house.connect()
    for _ in range(10):
        asking.data_received(GET % b"/healthz")
        house.connect()
    assert not line.is_aborted


def expecting(scan, version=b"1.1"):
    head, body = post(scan).split(b"\r\n\r\n")
    return head.replace(b"1.1", version) + b"\r\nExpect: 100-continue\r\n\r\n", body


def test_a_body_is_asked_for_in_its_turn_behind_the_answers_to_what_came_before(house):
    connection, line = house.connect()
    head, body = expecting(house.doors.files.scan())
    connection.data_received(post(house.doors.files.scan()) + head)
    assert line.said == b""
    house.doors.settle()
    assert line.statuses == [200, 100]
    connection.data_received(body)
    house.doors.settle()
    assert line.statuses == [200, 100, 200]


def test_a_body_that_is_there_already_is_not_asked_for_late(house):
    connection, line = house.connect()
    for part in (post(house.doors.files.scan()), *expecting(house.doors.files.scan())):
        connection.data_received(part)
    house.doors.settle()
    house.doors.settle()
    assert line.statuses == [200, 200]


def test_who_speaks_http_1_0_is_not_asked_for_a_body(house):
    connection, line = house.connect()
    for part in expecting(house.doors.files.scan(), b"1.0"):
        connection.data_received(part)
    house.doors.settle()
    assert line.statuses == [200]


def test_of_a_gate_that_stops_nobody_is_asked_for_a_body_who_is_hung_up_on(house):
    connection, line = house.connect()
    house.site.stop()
    head, _ = expecting(house.doors.files.scan())
    connection.data_received(GET % b"/healthz" + head)
    assert line.statuses == [503]
    assert house.site.metrics.refusals["gate.fault"] == 0


def test_a_bug_while_reading_is_answered_too(house, monkeypatch):
    connection, line = house.connect()
    monkeypatch.setattr("fangxian.gate.reading._path_of", lambda url: 1 // 0)
    connection.data_received(GET % b"/healthz")
    assert line.statuses == [500]
    assert line.is_closed


def test_a_request_is_answered_once_whoever_answers_twice(house, monkeypatch):
    def twice(_data, _token, respond):
        respond(200, b"1")
        respond(200, b"2")
        raise KeyError

    monkeypatch.setitem(house.site.routes, b"/healthz", house.site.routes[b"/healthz"]._replace(answer=twice))
    connection, line = house.connect()
    connection.data_received(GET % b"/healthz" * 2)
    assert line.statuses == [200, 200]


# ---- the gate is told to stop ----


def test_told_to_stop_it_answers_what_it_took_in_and_refuses_the_rest_in_words(house):
    (waiting, first), (late, second), (_, idle) = house.connect(), house.connect(), house.connect()
    waiting.data_received(post(house.doors.files.scan()))
    house.site.stop()
    late.data_received(post(house.doors.files.scan()))
    assert house.site.is_busy
    assert (first.said, idle.said) == (b"", b"")
    house.doors.settle()
    assert (first.statuses, second.statuses) == ([200], [503])
    assert b"gate.stopping" in second.said
    assert b"Retry-After: " in second.said
    assert first.said.count(b"Connection: close") == second.said.count(b"Connection: close") == 1
    assert first.is_closed
    assert second.is_closed
    assert not house.site.is_busy
    assert len(house.doors.journal.records) == 1


def test_what_was_sent_before_the_stop_and_not_begun_is_refused_in_its_turn_and_the_last_answer_ends_it(house):
    connection, line = house.connect()
    connection.data_received(post(house.doors.files.scan()) * 3 + GET % b"/healthz")
    house.site.stop()
    house.doors.settle()
    assert line.statuses == [200, 503, 503, 503]
    assert line.said.count(b"Connection: close") == 1
    assert line.is_closed


# ---- who may read the metrics ----


@pytest.mark.parametrize(
    ("peer", "status"),
    [("127.0.0.1", 200), ("127.9.9.9", 200), ("::1", 200), ("::ffff:127.0.0.1", 200), ("192.168.7.20", 404),
     ("::ffff:192.168.7.20", 404), ("fe80::1%eth0", 404), (None, 404)],
)  # fmt: skip
def test_the_metrics_are_for_this_machine_only_and_health_is_for_all(house, peer, status):
    connection, line = house.connect(peer=peer)
    connection.data_received(GET % b"/metrics" + GET % b"/healthz")
    assert line.statuses == [status, 200]
