"""A real nginx with the files of deploy/nginx before a real gate: a phone asks over TLS and HTTP/2."""

import json
import os
import re
import signal
import socket

import pytest

from tests.deploy.front_proxy import proxy_running
from tests.integration.gate_process import files_now, free_port, wait_for
from tests.integration.running_county import built, running
from tests.integration.test_gate_processes import several_running

GATE = "fangxian.example/gate"


@pytest.fixture
def county(tmp_path):
    """A gate of two processes, and nginx before it."""
    os.chmod(tmp_path, 0o755)
    files = files_now(tmp_path / "realm")
    with (
        several_running(files) as gates,
        proxy_running(tmp_path / "nginx", "fangxian.conf", gates=list(gates.own_ports), pages=free_port()) as proxy,
    ):
        yield files, gates, proxy


def test_a_phone_is_answered_over_http2_and_told_to_come_by_https_only(county):
    files, gates, proxy = county
    status, headers, body = proxy.curl(f"{GATE}/healthz")
    assert (status, headers["version"], headers["cache-control"]) == (200, "HTTP/2", "no-store")
    assert headers["strict-transport-security"] == "max-age=31536000"
    assert json.loads(body)["gate"] in (1, 2)
    assert proxy.scan(f"{GATE}/scan", files.scan(), files.token())[1]["health"] == "green"
    status, told = proxy.scan(f"{GATE}/scans", {"scans": [files.scan() for _ in range(500)]}, files.token())
    assert (status, len(told["results"])) == (200, 500)
    assert len(gates.recorded()) == 501
    assert proxy.log() == ""


@pytest.mark.parametrize("path", ["metrics", "/metrics", "%6detrics", "x/../metrics", "./metrics", "metrics?a=1"])
@pytest.mark.parametrize("sent", [(), ("-H", "X-Forwarded-For;"), ("-H", "X-Forwarded-For: 127.0.0.1")])
def test_the_counts_are_passed_on_to_nobody(county_of_all, path, sent):
    status, _, body = county_of_all.curl(f"{GATE}/{path}", "--path-as-is", *sent)
    assert status == 404
    assert "fangxian_gate_" not in body


@pytest.fixture(scope="module")
def county_of_all(tmp_path_factory):
    """The same for tests that change nothing."""
    folder = tmp_path_factory.mktemp("county")
    for path in (folder, folder.parent):
        os.chmod(path, 0o755)
    files = files_now(folder / "realm")
    with (
        several_running(files) as gates,
        proxy_running(folder / "nginx", "fangxian.conf", gates=list(gates.own_ports), pages=free_port()) as proxy,
    ):
        yield proxy


def test_what_is_too_large_is_refused_in_words(county_of_all):
    status, told = county_of_all.scan(f"{GATE}/scans", {"scans": ["x" * (1 << 20)]})
    assert (status, told["refusal"]) == (413, "scan.too_large")


def test_plain_http_is_sent_to_https(county_of_all):
    with socket.create_connection(("127.0.0.1", county_of_all.plain), timeout=30) as mine:
        mine.sendall(b"GET /door HTTP/1.0\r\nHost: fangxian.example\r\n\r\n")
        told = b"".join(iter(lambda: mine.recv(65536), b"")).decode()
    assert "301" in told.partition("\r\n")[0]
    assert "Location: https://fangxian.example/door\r\n" in told


def test_one_device_is_always_answered_by_one_process_so_that_its_repeats_are_known(county):
    files, gates, proxy = county
    scan = files.scan()
    told = [proxy.scan(f"{GATE}/scan", scan, files.token()) for _ in range(6)]
    assert {status for status, _ in told} == {200}
    assert len(gates.recorded()) == 1


def test_while_a_process_is_away_every_scan_is_answered_by_the_other(county):
    files, gates, proxy = county
    os.kill(gates.process.pid, signal.SIGSTOP)  # nobody starts it again meanwhile
    try:
        os.kill(gates.pid_of(0), signal.SIGKILL)
        told = [proxy.scan(f"{GATE}/scan", files.scan(), token)[0] for token in (files.token(), "") for _ in range(5)]
    finally:
        os.kill(gates.process.pid, signal.SIGCONT)
    assert told == [200] * 10


def test_a_gate_that_cannot_answer_says_why_each_time_it_is_asked(tmp_path):
    os.chmod(tmp_path, 0o755)
    files = files_now(tmp_path / "realm")
    for path in files.folder.iterdir():
        path.unlink()
    with (
        several_running(files) as gates,
        proxy_running(tmp_path / "nginx", "fangxian.conf", gates=list(gates.own_ports), pages=free_port()) as proxy,
    ):
        told = [proxy.scan(f"{GATE}/scan", files.scan()) for _ in range(12)]
    assert {(status, answer["refusal"]) for status, answer in told} == {(503, "gate.no_snapshot")}


def test_with_no_process_there_a_phone_is_told_so_in_the_gates_own_form(county):
    files, gates, proxy = county
    gates.stop()
    status, headers, body = proxy.curl(
        f"{GATE}/scan", "-d", json.dumps(files.scan()), "-H", "Origin: https://x.example"
    )
    told = json.loads(body)
    assert (status, told["refusal"], headers["retry-after"]) == (503, "gate.away", "2")
    assert headers["content-type"] == "application/json"
    assert re.search("[一-鿿]", told["zh"])
    assert told["en"]
    assert proxy.log() == "", "a line of it would have the phone's address"


def test_at_names_of_their_own_a_page_may_ask_the_gate(tmp_path):
    os.chmod(tmp_path, 0o755)
    files, origin = files_now(tmp_path / "realm"), "https://fangxian.example"
    with (
        several_running(files, "--origin", origin) as gates,
        proxy_running(
            tmp_path / "nginx", "fangxian-two-names.conf", gates=list(gates.own_ports), pages=free_port()
        ) as proxy,
    ):
        status, headers, _ = proxy.curl("gate.fangxian.example/healthz", "-H", f"Origin: {origin}")
        assert (status, headers["access-control-allow-origin"]) == (200, origin)
        assert proxy.curl("gate.fangxian.example/metrics")[0] == 404
        gates.stop()
        status, headers, _ = proxy.curl("gate.fangxian.example/scan", "-d", "{}", "-H", f"Origin: {origin}")
        assert (status, headers["access-control-allow-origin"]) == (503, origin)


def test_somebody_signs_in_at_the_pages_and_the_door_asks_the_gate_at_the_same_name(tmp_path, monkeypatch):
    os.chmod(tmp_path, 0o755)
    for name, value in (
        ("FANGXIAN_HTTPS", "1"),
        ("FANGXIAN_HOSTS", "fangxian.example,127.0.0.1"),
        ("FANGXIAN_GATE", f"https://{GATE}"),
    ):
        monkeypatch.setenv(name, value)
    with running(built(tmp_path / "data"), "--no-day", "--gate-processes", "2") as it:
        first = it.port + 1 + 100
        with proxy_running(tmp_path / "nginx", "fangxian.conf", gates=[first, first + 1], pages=it.port) as proxy:
            jar = ("-b", str(tmp_path / "jar"), "-c", str(tmp_path / "jar"))
            page = proxy.curl("fangxian.example/sign-in", *jar)[2]
            token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)[1]
            form = ("--data-urlencode", f"csrfmiddlewaretoken={token}", "-d", "role=door_keeper")
            status, headers, _ = proxy.curl(
                "fangxian.example/sign-in", *jar, "-H", "Origin: https://fangxian.example", *form
            )
            assert (status, headers["location"]) == (302, "/")
            assert headers["strict-transport-security"] == "max-age=31536000"
            status, headers, page = proxy.curl("fangxian.example/door", *jar)
            assert (status, f"https://{GATE}" in page) == (200, True)
            assert f"connect-src 'self' https://{GATE}" in headers["content-security-policy"]
            wait_for(lambda: proxy.curl(f"{GATE}/healthz")[0] == 200)
