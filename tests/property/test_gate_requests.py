"""For all bytes on a connection: however they are cut, and whatever heads came before, the answers are the same."""

import json
import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fangxian.gate.answering import Gate
from fangxian.gate.reading import Heads
from fangxian.gate.repeats import Repeats
from fangxian.gate.server import Connection
from fangxian.gate.site import Site
from tests.unit.gate.doors import Doors, HeldJournal
from tests.unit.gate.gate_files import GREEN, RED, GateFiles

ORIGIN = "http://127.0.0.1:8000"
SETTINGS = settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])


class NoHeads(Heads):
    """Knows no head, whatever came before."""

    def of(self, data):
        return None


class Line:
    """A transport as the loop's: nothing is written past an end, and who has closed it hears nothing more."""

    def __init__(self):
        self.said, self.has_said_all, self.is_over = b"", False, False

    def write(self, data):
        if self.has_said_all:
            raise RuntimeError("write after write_eof")
        assert not self.is_over, "written to a connection that is closed"
        self.said += data

    def can_write_eof(self):
        return True

    def write_eof(self):
        self.has_said_all = True

    def close(self):
        self.is_over = True

    abort = close

    def is_closing(self):
        return self.is_over

    def pause_reading(self):
        pass

    resume_reading = pause_reading

    def get_extra_info(self, name):
        return ("127.0.0.1", 5) if name == "peername" else None


class Played:
    """What became of a connection: all that was said on it, how it ended, and what was recorded."""

    def __init__(self, doors: Doors, heads: Heads, parts: list[bytes], *, is_disk_slow: bool = False) -> None:
        doors.begin_anew()
        site = Site(doors.gate, origins=[ORIGIN], most=10, later=lambda call: call())
        site.heads = heads
        line, connection = Line(), Connection(site)
        connection.connection_made(line)
        for part in parts:
            if not line.is_over:
                connection.data_received(part)
            if not is_disk_slow:
                self._settle(doors)
        self._settle(doors)
        if not line.is_over:
            connection.eof_received()
        # Whether a body is asked for hangs on how much of it is there already; all else does not.
        self.said = line.said.replace(b"HTTP/1.1 100 Continue\r\n\r\n", b"")
        self.is_over, self.has_said_all = line.is_over, line.has_said_all
        self.recorded = [(record.device, record.id) for record in doors.journal.records]
        self.n_faults = doors.gate.metrics.refusals["gate.fault"]

    @staticmethod
    def _settle(doors):
        while doors.journal.n_waiting:
            doors.settle()

    def __eq__(self, other):
        return vars(self) == vars(other)

    def __repr__(self):
        return f"{self.said!r} {self.is_over=} {self.has_said_all=} {len(self.recorded)} recorded"

    __hash__ = None


class House(Doors):
    """Doors whose gate forgets what it was asked: no example stands on another."""

    def begin_anew(self):
        self.journal = HeldJournal()
        self.gate = Gate(self.follower, self.journal, Repeats(), wall_ms=self.wall, later=lambda call: call())

    def __repr__(self):
        return "a house"


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    return House(GateFiles(tmp_path_factory.mktemp("gate") / "realm").write_all())


@pytest.fixture(scope="module")
def bodies(house):
    files = house.files
    scans = [files.scan(GREEN), files.scan(RED), files.scan(GREEN, id="seven")]
    texts = [json.dumps(scan).encode() for scan in scans]
    return [*texts, *texts[:2], b'{"scans":[%s]}' % b",".join(texts), b"", b"{", b" ", b"GET / HTTP/1.1\r\n\r\n"]


# ---- what may come ----

often = st.sampled_from
METHODS = [b"POST"] * 7 + [b"GET"] * 3 + [b"HEAD", b"OPTIONS", b"PUT", b"CONNECT", b"post", b"P\xc3\x96ST"]
TARGETS = [b"/scan"] * 5 + [
    b"/scans",
    b"/healthz",
    b"/healthz",
    b"/nowhere",
    b"/scan?x=1",
    b"http://x/scan",
    b"*",
    b"//",
]
VERSIONS = [b"HTTP/1.1"] * 8 + [b"HTTP/1.0", b"HTTP/1.0", b"HTTP/0.9", b"HTTP/2.0", b"HTTP/1.1 ", b""]
LINES = [
    *[b"Host: x"] * 4,
    *[b"Authorization: Bearer TOKEN"] * 3,
    b"Authorization: Basic eA==",
    b"AUTHORIZATION:TOKEN",
    b"Origin: " + ORIGIN.encode(),
    b"Origin: http://elsewhere",
    b"Connection: close",
    b"Connection: keep-alive",
    b"Connection: Upgrade\r\nUpgrade: h2c",
    b"Upgrade: websocket",
    b"Expect: 100-continue",
    b"Expect: 100-Continue",
    b"Expect: something",
    b"X-Forwarded-For: 203.0.113.7",
    b"X-Long: " + b"a" * 900,
    b"X: a\r\n continued",
    b"X : y",
    b"X: \x00",
    b": nothing",
    b"no colon",
    b"Transfer-Encoding: gzip",
]
LENGTHS = [b"Content-Length: %d"] * 12 + [
    b"",
    b"Content-Length: 1%d",
    b"Content-Length: +%d",
    b"Content-Length: %d, %d",
    b"Content-Length: %d\r\nContent-Length: %d",
    b"Content-Length: %d\r\ncontent-length: 3",
    b"Content-Length: 3\r\nContent-Length: %d",
    b"Content-Length: -1",
    b"Content-Length:",
    b"Content-Length: 70000",
    b"Content-Length: 99999999999999999999",
    b"Transfer-Encoding: chunked\r\nContent-Length: %d",
]
BETWEEN = [b""] * 12 + [b"\r\n", b"\r\n\r\n", b"\n", b"\r", b" ", b"\x16\x03\x01", b"\x00", b"GET"]
ENDS = [b"\r\n"] * 12 + [b"\n", b"\r", b"\r\n "]


@st.composite
def in_chunks(draw, body):
    cuts = sorted(draw(st.lists(st.integers(0, len(body)), max_size=3)))
    parts = [body[a:b] for a, b in zip([0, *cuts], [*cuts, len(body)], strict=True) if a < b]
    more = draw(often([b"", b"", b";x=1", b" "]))
    last = draw(often([b"0\r\n\r\n"] * 6 + [b"0\r\nX: y\r\n\r\n", b"0\r\n", b"g\r\n", b"-1\r\n\r\n"]))
    return b"".join(b"%x%s\r\n%s\r\n" % (len(part), more, part) for part in parts) + last


@st.composite
def good(draw, bodies, token):
    """A request as a phone, a page or a program sends it, of which one line at the most is odd."""
    body = draw(often(bodies))
    lines = [b"Host: x", draw(often([b"Authorization: Bearer " + token, b""])), draw(often([b"", *LINES[7:16]]))]
    first, lines = draw(often([b"POST /scan", b"POST /scan", b"POST /scans"])), [line for line in lines if line]
    if not draw(st.integers(0, 3)):
        first, body = draw(often([b"GET /healthz", b"HEAD /healthz", b"GET /x", b"OPTIONS /scan"])), b""
    elif draw(st.integers(0, 4)):
        lines.append(b"Content-Length: %d" % len(body))
    else:
        lines, body = [*lines, b"Transfer-Encoding: chunked"], draw(in_chunks(body))
    version = draw(often([b"HTTP/1.1"] * 7 + [b"HTTP/1.0"]))
    return b"%s %s\r\n%s\r\n\r\n%s" % (first, version, b"\r\n".join(draw(st.permutations(lines))), body)


@st.composite
def wild(draw, bodies, token):
    """A request made of whatever may stand in one."""
    first = b" ".join([draw(often(METHODS)), draw(often(TARGETS)), draw(often(VERSIONS))])
    lines = draw(st.lists(often(LINES), max_size=4))
    body = draw(often(bodies)) if first.startswith(b"POST") or draw(st.booleans()) else b""
    if draw(st.integers(0, 5)):
        length = draw(often(LENGTHS))
        lines.append(length % ((len(body),) * length.count(b"%d")))
    else:
        lines.append(b"Transfer-Encoding: " + draw(often([b"chunked", b"chunked", b"Chunked", b"gzip, chunked"])))
        body = draw(in_chunks(body))
    lines = [line.replace(b"TOKEN", token) for line in draw(st.permutations(lines)) if line]
    end = draw(often(ENDS))
    return draw(often(BETWEEN)) + end.join([first, *lines, b""]) + end + body


@st.composite
def streams(draw, bodies, token):
    """Some requests, each of which may come again and again, as a phone sends them."""
    fine = good(bodies, token)
    known = draw(st.lists(st.one_of(fine, fine, fine, wild(bodies, token)), min_size=1, max_size=4))
    return draw(st.lists(often(known), min_size=1, max_size=8))


@st.composite
def cut(draw, parts):
    """The same bytes as they were sent, or at some places joined, at others cut."""
    if draw(st.booleans()):
        return parts
    whole, at = b"".join(parts), 0
    ends = {at := at + len(part) for part in parts}
    kept = {end for end in ends if draw(st.booleans())}
    places = sorted(kept | set(draw(st.lists(st.integers(0, len(whole)), max_size=6))) - {0, len(whole)} | {len(whole)})
    return [whole[a:b] for a, b in zip([0, *places], places, strict=False) if a < b]


# ---- what is so ----


@settings(SETTINGS, max_examples=120)
@given(data=st.data())
def test_whoever_is_answered_from_heads_that_came_before_is_answered_as_if_none_had(house, bodies, data):
    token, heads = house.files.token().encode(), Heads()
    for _ in range(data.draw(st.integers(1, 3))):
        parts = data.draw(cut(data.draw(streams(bodies, token))))
        played = Played(house, heads, parts)
        assert played == Played(house, NoHeads(), parts)
        assert played.n_faults == 0


@settings(SETTINGS, max_examples=120)
@given(data=st.data())
def test_however_the_bytes_are_cut_the_answers_are_the_same(house, bodies, data):
    token, heads = house.files.token().encode(), Heads()
    parts = data.draw(streams(bodies, token))
    whole = Played(house, NoHeads(), [b"".join(parts)])
    assert whole.n_faults == 0
    assert Played(house, heads, data.draw(cut(parts))) == whole
    assert Played(house, heads, data.draw(cut(parts)), is_disk_slow=True) == whole


@settings(SETTINGS, max_examples=40)
@given(data=st.data())
def test_every_answer_is_whole_and_there_is_one_for_each_request(house, bodies, data):
    """Of a stream of good requests, cut anywhere: as many answers, in their order."""
    good = [(b"POST", b"/scan", body) for body in bodies[:3]] + [(b"GET", b"/healthz", b""), (b"GET", b"/x", b"")]
    asked = data.draw(st.lists(often(good), min_size=1, max_size=40))
    stream = [
        b"%s %s HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n%s" % (method, path, len(body), body)
        for method, path, body in asked
    ]
    played = Played(house, Heads(), data.draw(cut(stream)), is_disk_slow=data.draw(st.booleans()))
    wanted = [b"200" if path == b"/healthz" else b"404" if path == b"/x" else b"400" if b"seven" in body else b"200"
              for _, path, body in asked]  # fmt: skip
    assert re.findall(rb"HTTP/1.1 (\d+) ", played.said) == wanted


@settings(SETTINGS, max_examples=60)
@given(data=st.binary(max_size=400))
def test_every_string_of_bytes_is_answered_in_words_or_waited_for(house, data):
    played = Played(house, Heads(), [data])
    assert not played.said or re.match(rb"HTTP/1.1 (4\d\d|100|200) ", played.said)
    assert played.n_faults == 0
