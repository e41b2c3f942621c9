"""The receiver of journals among strangers: what is no piece of a segment is refused, and disturbs nobody."""

import os
import socket
import ssl
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from fangxian.core.refusal import Refusal
from fangxian.gate import tls
from fangxian.gate.receiving import MOST_CONNECTIONS, PARTS_KEPT_S, Receiver
from fangxian.gate.shipping import context_for, ship
from tests.integration.gate_process import wait_for
from tests.integration.journal_transit import TOKEN, destination, receiving
from tests.integration.journal_writing import a_scan, write_segment

NOON = datetime(2022, 4, 19, 12, 0, tzinfo=ZoneInfo("Asia/Shanghai"))


@pytest.fixture
def here(tmp_path):
    folder = tmp_path / "here"
    write_segment(folder, [a_scan(1, NOON)], at=NOON)
    return folder


@pytest.fixture
def there(tmp_path):
    folder = tmp_path / "there"
    folder.mkdir()
    return folder


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tls")
    return tls.local_certificate(folder, names=["localhost", "127.0.0.1"], at=datetime.now(UTC))


def raw(port, certificate, request: bytes) -> bytes:
    """What comes back to a request as it stands."""
    context = context_for(certificate.certificate)
    with (
        socket.create_connection(("127.0.0.1", port), timeout=30) as plain,
        context.wrap_socket(plain, server_hostname="127.0.0.1") as mine,
    ):
        mine.sendall(request)
        try:
            return b"".join(iter(lambda: mine.recv(65536), b""))
        except (ConnectionError, ssl.SSLError):
            return b""


KNOWN = f"Authorization: Bearer {TOKEN}\r\nConnection: close\r\n"
SEGMENT = "/journal/000000a1-00000000/" + "0" * 64


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        (f"GET /journal/../../etc/passwd HTTP/1.1\r\n{KNOWN}\r\n", b"404"),
        (f"GET /journal/000000a1-00000000/../x HTTP/1.1\r\n{KNOWN}\r\n", b"404"),
        (f"PUT {SEGMENT} HTTP/1.1\r\n{KNOWN}Content-Length: 1048577\r\n\r\n", b"413"),
        (f"PUT {SEGMENT} HTTP/1.1\r\n{KNOWN}Content-Length: -4\r\n\r\n", b"413"),
        (f"PUT {SEGMENT} HTTP/1.1\r\n{KNOWN}Transfer-Encoding: chunked\r\n\r\n4\r\nabcd\r\n0\r\n\r\n", b"413"),
        (f"PUT {SEGMENT} HTTP/1.1\r\n{KNOWN}Content-Length: 4\r\n\r\nabcd", b"400"),
        (
            f"PUT {SEGMENT} HTTP/1.1\r\n{KNOWN}Content-Range: bytes 0-3/99999999999\r\nContent-Length: 4\r\n\r\nabcd",
            b"400",
        ),
        (f"PUT {SEGMENT} HTTP/1.1\r\n{KNOWN}Content-Range: bytes 0-3/900\r\nContent-Length: 4\r\n\r\nabcd", b"422"),
        (f"POST {SEGMENT} HTTP/1.1\r\n{KNOWN}Content-Length: 0\r\n\r\n", b"501"),
        ("GET /journal/000000a1 HTTP/1.1\r\nConnection: close\r\n\r\n", b"401"),
        ("GET /journal/000000a1 HTTP/1.1\r\nAuthorization: Bearer \xff\r\nConnection: close\r\n\r\n", b"401"),
    ],
)
def test_what_is_no_piece_of_a_segment_is_refused(there, certificate, request_, status):
    with receiving(there, certificate) as port:
        assert raw(port, certificate, request_.encode("latin-1")).split(b" ")[1] == status
    assert list(there.iterdir()) == []


def test_noise_and_callers_that_hang_up_do_not_disturb_the_next(here, there, certificate):
    with receiving(there, certificate) as port:
        for noise in (b"GET / HTTP/1.1\r\n\r\n", bytes(range(256)) * 20, b""):
            with socket.create_connection(("127.0.0.1", port), timeout=30) as plain:
                plain.sendall(noise)
        raw(port, certificate, b"\x00" * 1000 + b"\r\n\r\n")
        with destination(port, certificate) as to:
            assert ship(here, to).n_sent == 1


def test_callers_past_the_most_are_turned_away_and_the_others_are_served(here, there, certificate):
    with receiving(there, certificate) as port:
        idle = [socket.create_connection(("127.0.0.1", port), timeout=30) for _ in range(MOST_CONNECTIONS)]
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=30) as one_more:
                assert one_more.recv(1) == b"", "it is hung up on at once"
        finally:
            for connection in idle:
                connection.close()
        with destination(port, certificate) as to:
            wait_for(lambda: not there_are_idle(to))
            assert ship(here, to).n_sent == 1


def there_are_idle(to) -> bool:
    """Whether the receiver has not noticed yet that places are free again."""
    try:
        return to.ask("GET", "/journal/000000a1")[0] != 200
    except Refusal:
        return True


def test_what_nobody_sends_the_rest_of_is_removed_after_a_week(there):
    old, new = there / "000000a1-00000000.0.part", there / "000000a1-00000001.0.part"
    for path in (old, new):
        path.write_bytes(b"half")
    os.utime(old, times=(0, 0))
    assert PARTS_KEPT_S == 7 * 86_400
    Receiver(there)
    assert list(there.iterdir()) == [new]
