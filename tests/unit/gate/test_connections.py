"""One connection and the site it is of: who is let in, who is dropped, and that nobody is left waiting."""

import pytest

from fangxian.gate.server import IDLE_S, LINGER_S, LONGEST_S, SLOWEST_S
from tests.unit.gate.lines import GET, post

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
