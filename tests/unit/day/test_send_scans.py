"""Sending scans until they are answered, against a gate that does whatever a test tells it."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from uuid import UUID

import pytest

from fangxian.core.refusal import Refusal
from fangxian.ops.procedures import send_scans as sending
from fangxian.ops.procedures.day_scans import Request
from fangxian.ops.procedures.send_scans import GateAddress, send_scans

ADMITTED = (200, {"outcome": "admit"})


def a_request(row, *, n_people=1, code="first", token=""):
    ids = tuple(UUID(int=row * 10 + place) for place in range(1, n_people + 1))
    return Request(row, row, ids, token, json.dumps({"id": str(ids[0]), "code": code}).encode())


class ToldGate:
    """Answers each scan as told, in turn; with the last of its answers from then on."""

    def __init__(self):
        self.answers: dict[str, list] = {}
        self.asked: list[dict] = []
        self.tokens: list[str] = []
        gate = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                scan = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                gate.asked.append(scan)
                gate.tokens.append(self.headers.get("Authorization", ""))
                told = gate.answers.get(scan["id"], [ADMITTED])
                answer = told.pop(0) if len(told) > 1 else told[0]
                if answer == "hangs up":
                    self.close_connection = True
                    return
                status, body = answer
                text = json.dumps(body).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02})
        self.thread.start()

    def tell(self, request, *answers):
        self.answers[str(request.ids[0])] = list(answers)

    def send(self, *requests, made_anew=None):
        address = GateAddress(host="127.0.0.1", port=self.server.server_port)
        return send_scans(
            requests, gate=address, due_at=lambda second: 0.0, made_anew=made_anew, tell=lambda sent, second: None
        )

    def close(self):
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


@pytest.fixture
def gate(monkeypatch):
    monkeypatch.setattr(sending, "N_CONNECTIONS", 4)
    monkeypatch.setattr(sending, "FIRST_PAUSE_S", 0.001)
    told = ToldGate()
    yield told
    told.close()


def test_everybody_in_a_request_is_counted(gate):
    family = a_request(1, n_people=3)
    refused = {"refusal": "code.expired"}
    gate.tell(family, (200, {"outcome": "admit", "companions": [{"outcome": "verify"}, refused]}))
    sent = gate.send(family, a_request(2))
    assert (sent.n_requests, sent.n_sent, sent.n_acknowledged) == (2, 4, 3)
    assert sent.refused == {"code.expired": 1}


@pytest.mark.parametrize(
    "trouble",
    [
        "hangs up",
        (200, {"outcome": "verify", "recorded": False}),
        (200, {"outcome": "admit", "companions": [{"outcome": "verify", "recorded": False}]}),
        (503, {"refusal": "gate.no_snapshot"}),
        (422, {"refusal": "scan.from_the_future"}),
        (401, {"refusal": "device.revoked"}),
    ],
)
def test_what_passes_by_itself_is_sent_again_under_the_same_id(gate, trouble):
    scan = a_request(1)
    gate.tell(scan, trouble, trouble, ADMITTED)
    sent = gate.send(scan)
    assert (sent.n_sent, sent.n_acknowledged, sent.n_again) == (1, 1, 2)
    assert {asked["id"] for asked in gate.asked} == {str(scan.ids[0])}


def test_what_the_gate_will_not_take_is_counted_by_its_reason_and_not_sent_again(gate):
    scan = a_request(1)
    gate.tell(scan, (422, {"refusal": "code.venue_closed"}))
    sent = gate.send(scan, a_request(2))
    assert (sent.n_acknowledged, sent.refused, len(gate.asked)) == (1, {"code.venue_closed": 1}, 2)


def test_a_scan_of_an_earlier_run_counts_as_known(gate):
    scan = a_request(1, n_people=2)
    gate.tell(scan, (409, {"refusal": "scan.id_taken"}))
    sent = gate.send(scan)
    assert (sent.n_acknowledged, sent.n_known) == (0, 2)


def test_a_code_that_was_renewed_is_shown_anew_once(gate):
    scan = a_request(1)
    gate.tell(scan, (422, {"refusal": "code.revoked"}), ADMITTED)
    sent = gate.send(scan, made_anew=lambda row: a_request(row, code="second"))
    assert [asked["code"] for asked in gate.asked] == ["first", "second"]
    assert sent.n_acknowledged == 1


def test_a_code_that_is_revoked_for_good_is_refused(gate):
    scan = a_request(1)
    gate.tell(scan, (422, {"refusal": "code.revoked"}))
    sent = gate.send(scan, made_anew=lambda row: a_request(row, code="second"))
    assert (sent.refused, len(gate.asked)) == ({"code.revoked": 1}, 2)


def test_a_keepers_device_shows_its_token_and_a_visitors_phone_none(gate):
    gate.send(a_request(1, token="FXT1TOKEN"))
    gate.send(a_request(2))
    assert gate.tokens == ["Bearer FXT1TOKEN", ""]


def test_a_gate_that_stays_away_is_said_and_nothing_is_called_acknowledged(gate, monkeypatch):
    monkeypatch.setattr(sending, "PATIENCE_S", 0.0)
    scan = a_request(1)
    gate.tell(scan, "hangs up")
    with pytest.raises(Refusal, match=r"day\.gate_silent"):
        gate.send(scan)


def test_more_scans_than_connections_are_all_sent(gate):
    sent = gate.send(*[a_request(row) for row in range(1, 60)])
    assert sent.n_acknowledged == 59
    assert len({asked["id"] for asked in gate.asked}) == 59
