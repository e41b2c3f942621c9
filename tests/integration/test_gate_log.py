"""The gate's log: every line an object when asked, and never what anybody sent, however it is sent."""

import json
import random
import signal
import socket

import pytest

from tests.integration.gate_process import files_now, gate_running, wait_for
from tests.unit.gate.gate_files import KEEPER, RED

SECRETS = ("990101199003078515", "张三丰", "Zhang-Sanfeng", "FXT1STOLEN", "15400138000", "hunter2")


@pytest.fixture(params=["json", "plain"])
def gate(request, tmp_path):
    files = files_now(tmp_path / "realm")
    with gate_running(files, "--log", request.param) as running:
        running.kind = request.param
        yield running


def hurl(gate, data: bytes) -> None:
    with socket.create_connection(("127.0.0.1", gate.port), timeout=30) as mine:
        mine.sendall(data)
        mine.shutdown(socket.SHUT_WR)
        try:
            while mine.recv(65536):
                pass
        except ConnectionResetError:
            pass


def everything(files, rng):
    """Requests that are good, wrong, broken and rude, each with something in it that is nobody's business."""
    secret = ", ".join(SECRETS)
    scans = [
        files.scan(), files.scan(RED), files.scan(code=secret), files.scan(code=None, document=SECRETS[0]),
        files.scan(venue=secret), files.scan() | {"name": secret}, files.scan() | {"temperature_c": secret},
        files.scan() | {"companions": [{"code": secret}, {"document": SECRETS[0]}]}, files.scan() | {"id": secret},
    ]  # fmt: skip
    for token in ("", files.token(), SECRETS[3]):
        for scan in scans:
            body = json.dumps(scan, ensure_ascii=False).encode()
            head = f"POST /scan?who={SECRETS[2]} HTTP/1.1\r\nAuthorization: Bearer {token}\r\nX-Name: {SECRETS[2]}\r\n"
            whole = head.encode() + b"Content-Length: %d\r\n\r\n%s" % (len(body), body)
            yield whole
            yield whole[: rng.randrange(len(whole))]
            yield bytes(b ^ (rng.random() < 0.01) * rng.randrange(256) for b in whole)
    yield f"GET /{SECRETS[2]}/{SECRETS[0]} HTTP/1.1\r\n\r\n".encode()
    yield f"{SECRETS[2]} {SECRETS[0]} HTTP/1.1\r\n\r\n".encode()
    yield secret.encode() * 100


def test_whatever_is_sent_and_however_nothing_of_it_is_logged(gate):
    files, rng = gate.files, random.Random(20221126)
    shown = [files.scan()["code"], files.token(), files.scan()["venue"]]
    for data in everything(files, rng):
        hurl(gate, data)
    by_number = [files.scan(code=None, document=SECRETS[0]) for _ in range(100)]
    gate.ask({"scans": by_number}, files.token(), path="/scans")
    (files.folder / "current.json").write_text(SECRETS[1])
    wait_for(lambda: any(trouble["file"] == "current.json" for trouble in gate.health()[1]["troubles"]))
    gate.stop(signal.SIGTERM)
    text = gate.log.read_text()
    for nobodys_business in (*SECRETS, *shown, *(one[:24] for one in shown), "Traceback"):
        assert nobodys_business not in text
    assert f"scan.too_fast: device {KEEPER}" in text
    assert "current.json" in text
    lines = text.splitlines()
    if gate.kind == "json":
        found = [json.loads(line) for line in lines]
        assert all({"time", "level", "program", "gate", "event", "message"} <= set(line) for line in found)
        assert [line["device"] for line in found if line["event"] == "scan.too_fast"] == [KEEPER]
        of_files = [(line["file"], line["refusal"]) for line in found if line["event"] == "gate.file"]
        assert ("current.json", "gate.file_missing") in of_files
        assert all(line["event"] != "fangxian.gate" for line in found), "each line has an event of its own"
    else:
        assert all(line.startswith(("20", "The gate is ready")) for line in lines)
