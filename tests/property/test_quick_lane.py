"""The lane against the plain way: whatever is sent, both gates say the same and write the same into their journals."""

import json
import random
import socket
from datetime import UTC, timedelta

import pytest

pytest.importorskip("numba")

from fangxian.core.policy.byte_snapshot_rows import DeviceRow, FrameKind, PersonRow, VenueRow
from fangxian.core.policy.vocabulary import Colour, VenueStatus
from fangxian.gate.quick.compiling import compile_loops
from fangxian.gate.quick.lane import Lane
from fangxian.gate.server import Connection, said_to
from fangxian.gate.site import Site
from tests.unit.formats.county import NOON
from tests.unit.gate.doors import Doors
from tests.unit.gate.gate_files import (
    CHECKPOINT,
    CLOSED,
    EXPIRED,
    GREEN,
    HOSPITAL,
    KEEPER,
    LOST,
    MARKET,
    MERGED,
    NOON_AT,
    OTHER_MARKET,
    RED,
    STRANGER,
    SUSPENDED,
    UNTESTED,
    YELLOW,
    GateFiles,
    recent_of,
    safety_of,
)

PAGE = "http://page.example:8000"


class Wire:
    """A transport over a pair of sockets, read by whoever drives the test."""

    def __init__(self):
        self.here, self.there = socket.socketpair()
        self.here.setblocking(False)
        self.there.setblocking(False)
        self.is_read, self.is_closed = True, False

    def write(self, data):
        self.here.send(data)

    def get_extra_info(self, name):
        return self.here if name == "socket" else None

    def pause_reading(self):
        self.is_read = False

    def resume_reading(self):
        self.is_read = True

    def get_write_buffer_size(self):
        return 0

    def is_closing(self):
        return self.is_closed

    def can_write_eof(self):
        return False

    def close(self):
        self.is_closed = True

    abort = close


class Turns:
    """The parts of an event loop that a lane asks for; what is due runs when the test says so."""

    def __init__(self):
        self.readers, self.due = {}, []

    def add_reader(self, fd, call):
        self.readers[fd] = call

    def remove_reader(self, fd):
        del self.readers[fd]

    def call_soon(self, call):
        self.due.append(call)


class Asked:
    """A gate with some connections, with a lane or without."""

    def __init__(self, files, n, *, has_lane):
        self.doors, self.turns = Doors(files), Turns()
        self.gate = self.doors.gate
        self.site = Site(self.gate, origins=[PAGE], most=n + 1, later=lambda call: call())
        if has_lane:
            self.gate.lane = Lane(self.gate, self.turns, more_for=lambda head: said_to(head.origin, self.site))
        self.wires, self.connections = [Wire() for _ in range(n)], [Connection(self.site) for _ in range(n)]
        for connection, wire in zip(self.connections, self.wires, strict=True):
            connection.connection_made(wire)
        self.n_by_lane = 0

    def ask(self, requests):
        """What each of the connections hears to what is sent on it."""
        for wire, request in zip(self.wires, requests, strict=False):
            wire.there.send(request)
        for connection, wire in zip(self.connections, self.wires, strict=True):
            if wire.is_read and (data := _read(wire.here)):
                connection.data_received(data)
        for call in tuple(self.turns.readers.values()):
            call()
        for connection in self.connections:
            connection.n_away = 0
        self.n_by_lane += sum(connection._in_lane >= 0 and connection.is_busy for connection in self.connections)
        self.doors.settle()
        while self.turns.due:
            self.turns.due.pop(0)()
        return [_read(wire.there) for wire in self.wires[: len(requests)]]

    def close(self):
        if self.gate.lane:
            self.gate.lane.close()
        for wire in self.wires:
            wire.here.close()
            wire.there.close()


def _read(one):
    try:
        return one.recv(1 << 16)
    except BlockingIOError:
        return b""


class Crowd:
    """Scans of all kinds, most of them usual, a few with something about them that is not."""

    def __init__(self, files, seed):
        self.files, self.dice = files, random.Random(seed)
        self.codes = [files.qr(number) for number in (GREEN, GREEN, YELLOW, RED, EXPIRED, UNTESTED, MERGED, STRANGER)]
        self.odd_codes = [
            files.forged_qr(GREEN), files.card(GREEN), files.qr(GREEN, qr_generation=1), files.qr(GREEN)[:-1] + "!",
            files.qr(GREEN).lower(), files.qr(GREEN, at_min=NOON - 1440), f" {files.qr(RED)}\n", "", "FXP1",
        ]  # fmt: skip
        self.venues = [files.poster(), files.poster(door=2), files.poster(HOSPITAL), files.poster(OTHER_MARKET)]
        self.odd_venues = [
            files.typed(), files.rotating(), files.poster(SUSPENDED), files.poster(CLOSED), files.poster(generation=2),
            "", "海报",
        ]  # fmt: skip
        self.tokens = ["", files.token(), files.token(CHECKPOINT, venue=0)]
        self.odd_tokens = [files.token(LOST), "nonsense", files.token(generation=9)]
        self.ids = []

    def _of(self, usual, odd):
        return self.dice.choice(odd if self.dice.random() < 0.02 else usual)

    def _id(self):
        if self.ids and self.dice.random() < 0.05:
            return self.dice.choice(self.ids)
        self.ids.append(f"{self.dice.getrandbits(32):08x}-0000-4000-9000-{self.dice.getrandbits(48):012X}")
        return self.ids[-1]

    def _moment(self):
        dice = self.dice
        back_s = dice.choice((0, 1, 59, 600, 899, 900, 901, 3599, 3600, -60, -299, -301))
        at = NOON_AT - timedelta(seconds=back_s, milliseconds=dice.choice((0, 0, 1, 123, 57, 999)))
        odd = [at.isoformat() + "x", at.replace(tzinfo=None).isoformat(), "2022-02-30T00:00:00Z",
               "1999-01-01T00:00:00Z",
               at.isoformat().replace("T", " "), at.isoformat().replace("T", "t"), "", 17, None,
               at.replace(microsecond=123456).isoformat(), at.strftime("%Y-%m-%dT23:59:60Z")]  # fmt: skip
        east = at + timedelta(hours=8)
        zones = [at.isoformat(timespec="milliseconds"), at.strftime("%Y-%m-%dT%H:%M:%SZ"),
                 east.strftime("%Y-%m-%dT%H:%M:%S+08:00"),
                 (at - timedelta(hours=3, minutes=30)).strftime("%Y-%m-%dT%H:%M:%S-03:30")]  # fmt: skip
        return self._of(zones, odd)

    def scan(self):
        dice = self.dice
        scan = {"id": self._id(), "code": self._of(self.codes, self.odd_codes),
                "venue": self._of(self.venues, self.odd_venues), "scanned_at": self._moment()}  # fmt: skip
        if dice.random() < 0.5:
            scan["temperature_c"] = self._of(
                [36.5, 37.2, 37.3, 20, 50.0, 38.0], [19.9, 50.1, 36.55, -1, "36.5", None, 1e2]
            )
        if dice.random() < 0.5:
            scan["presence"] = self._of(["staffed", "located", "none", "rotating"], ["STAFFED", "", None])
        if dice.random() < 0.5:
            scan["direction"] = self._of(["in", "in", "in", "out"], ["up", "", None])
        if dice.random() < 0.3:
            scan["sent_at"] = self._moment()
        for name, value in (("more", {"a": [1]}), ("document", "1"), ("companions", [{"code": self.codes[0]}]),
                            ("decided", {"outcome": "admit", "at": NOON_AT.isoformat()})):  # fmt: skip
            if dice.random() < 0.01:
                scan[name] = value
        if dice.random() < 0.01:
            scan.pop(dice.choice(list(scan)))
        return scan

    def _written(self, scan):
        dice = self.dice
        items = list(scan.items())
        dice.shuffle(items)
        text = json.dumps(dict(items), separators=dice.choice([(",", ":"), (", ", ": "), (" ,\n", "\t:")]))
        odd = [text[:-1], text + " ", text + "x", "[" + text + "]", text.replace("e", "\\u0065", 1), "\ufeff" + text,
               text.replace('"id"', '"id":"0","id"'), text.replace("{", "{}", 1), "", "{}",
               text.replace(":", "", 1)]  # fmt: skip
        return self._of([text], odd).encode().ljust(1000)  # of one length, so that heads come again

    def request(self):
        token, body = self._of(self.tokens, self.odd_tokens), self._written(self.scan())
        lines = [b"POST /scan HTTP/1.1", b"Host: x", b"Content-Type: application/json"]
        if token:
            lines.append(b"Authorization: Bearer " + token.encode())
        if self.dice.random() < 0.3:
            lines.append(b"Origin: " + PAGE.encode())
        lines.append(b"Content-Length: %d" % len(body))
        return b"\r\n".join(lines) + b"\r\n\r\n" + body


@pytest.fixture(scope="module", autouse=True)
def _compiled():
    compile_loops()


@pytest.fixture
def both(tmp_path):
    files = GateFiles(tmp_path / "realm").write_all()
    asked = [Asked(files, 8, has_lane=has_lane) for has_lane in (True, False)]
    yield files, *asked
    for one in asked:
        one.close()


def _learned(crowd):
    """Each pair of caller and door once, so that there is something for the lane to take."""
    return [crowd.request() for _ in range(8)]


@pytest.mark.parametrize("seed", range(4))
def test_by_the_lane_a_scan_has_the_answer_and_the_record_of_the_plain_way(both, seed):
    files, lane, plain = both
    crowd = Crowd(files, seed)
    for _ in range(150):
        requests = _learned(crowd)
        assert lane.ask(requests) == plain.ask(requests)
    # Of one turn, those by the lane are written behind the others.
    assert sorted(lane.doors.journal.records) == sorted(plain.doors.journal.records)
    assert lane.n_by_lane > 100


def _usual(files, number=GREEN, *, place=0, venue=None, token=None):
    body = json.dumps(
        {"id": f"{place:08x}-0000-4000-9000-000000000000", "code": files.qr(number),
         "venue": venue or files.poster(), "scanned_at": NOON_AT.astimezone(UTC).isoformat(timespec="milliseconds")}
    ).encode()  # fmt: skip
    head = b"POST /scan HTTP/1.1\r\nAuthorization: Bearer %s\r\nContent-Length: %d\r\n\r\n"
    return head % ((token or files.token()).encode(), len(body)) + body


def _in_lane(both, **more):
    """Both gates after two usual scans, the second by the lane."""
    files, lane, plain = both
    for place in range(2):
        assert lane.ask([_usual(files, place=place, **more)]) == plain.ask([_usual(files, place=place, **more)])
    assert lane.n_by_lane == 1
    return files, lane, plain


def _told_alike(files, lane, plain, **more):
    request = _usual(files, place=99, **more)
    (one,), (other,) = lane.ask([request]), plain.ask([request])
    assert one == other
    return one


def _look(*gates):
    for one in gates:
        one.doors.follower.look()


def test_a_word_that_has_changed_is_seen_by_the_lane_at_once(both):
    files, lane, plain = _in_lane(both)
    files.publish_person(GREEN, safety_of(Colour.RED), recent_of())
    _look(lane, plain)
    assert b'"outcome":"refuse"' in _told_alike(files, lane, plain)


def test_a_code_that_was_revoked_is_refused_on_a_connection_in_the_lane(both):
    files, lane, plain = _in_lane(both)
    files.publish_person(GREEN, safety_of(Colour.GREEN, qr_generation=3), recent_of())
    _look(lane, plain)
    assert b"code.revoked" in _told_alike(files, lane, plain)


def test_a_device_that_was_ended_is_refused_on_a_connection_in_the_lane(both):
    files, lane, plain = _in_lane(both)
    files.publish_device(DeviceRow(KEEPER, 2, MARKET, 0, "keeper"))
    _look(lane, plain)
    assert b"device.revoked" in _told_alike(files, lane, plain)


def test_a_venue_that_was_suspended_is_so_for_the_lane_too(both):
    files, lane, plain = _in_lane(both)
    files.publish_venue(VenueRow(MARKET, "market", VenueStatus.SUSPENDED, (3, 3), "141027100"))
    _look(lane, plain)
    assert b'"because":[]' not in _told_alike(files, lane, plain)


def test_a_record_that_was_merged_is_kept_under_the_other_number(both):
    files, lane, plain = _in_lane(both)
    files.append(
        files.frame(FrameKind.PEOPLE,
                    [PersonRow(GREEN, safety_of(Colour.GREEN), recent_of(), alias_of=YELLOW)])
    )  # fmt: skip
    _look(lane, plain)
    _told_alike(files, lane, plain)
    assert lane.doors.journal.records[-1].gate_number == YELLOW
