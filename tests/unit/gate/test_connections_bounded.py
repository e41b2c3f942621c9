"""What one connection may hold, of memory and of the loop's time, and in which order it is told what."""

import asyncio
import json

import pytest

from fangxian.gate import server, site
from tests.unit.gate.lines import GET, post

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


def test_while_many_connections_are_looked_after_others_have_their_turn(house, monkeypatch):
    class Clock:
        monotonic = staticmethod(lambda: house.now)

    monkeypatch.setattr(site, "time", Clock)
    monkeypatch.setattr(site, "MOST_LOOKED_AT", 1)
    lines, seen = [house.connect()[1] for _ in range(3)], []
    house.now += server.IDLE_S + 1

    async def look():
        looking = asyncio.create_task(house.site.look_at_all())
        while not looking.done():
            seen.append(sum(line.is_closed for line in lines))
            await asyncio.sleep(0)

    asyncio.run(look())
    assert {0, 1, 2} <= set(seen)
    assert all(line.is_closed for line in lines)
