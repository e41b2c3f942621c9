"""A gate that is told to stop while it is asked: nobody is cut off, and nothing acknowledged is missing."""

import http.client
import socket
import threading

import pytest

from tests.integration.gate_process import files_now, gate_running, wait_for


@pytest.fixture
def files(tmp_path):
    return files_now(tmp_path / "realm")


class Asking:
    """Somebody who asks without a pause until they are not let in any more."""

    def __init__(self, gate, *, per_request=1):
        self.gate, self.per_request = gate, per_request
        self.told, self.ended = [], None
        self.thread = threading.Thread(target=self._ask)
        self.thread.start()

    def _ask(self):
        connection = self.gate.connect()
        try:
            while True:
                scans = [self.gate.files.scan() for _ in range(self.per_request)]
                asked, path = (scans[0], "/scan") if self.per_request == 1 else ({"scans": scans}, "/scans")
                status, answer = self.gate.ask(asked, path=path, connection=connection)
                answers = answer["results"] if "results" in answer else [answer] * len(scans)
                self.told += [
                    (status, scan["id"].replace("-", ""), one) for scan, one in zip(scans, answers, strict=True)
                ]
        except (OSError, http.client.HTTPException) as error:
            self.ended = type(error)
        finally:
            connection.close()


def test_everybody_connected_is_answered_or_refused_in_words_and_nobody_is_cut_off(files):
    with gate_running(files) as gate:
        people = [Asking(gate) for _ in range(8)] + [Asking(gate, per_request=50) for _ in range(2)]
        wait_for(lambda: all(len(one.told) > 100 for one in people))
        assert gate.stop() == 0
        for one in people:
            one.thread.join()
        recorded = {record.id.hex() for record in gate.recorded()}
    assert {one.ended for one in people} == {ConnectionRefusedError}, "a new connection is, and no other end was seen"
    told = [it for one in people for it in one.told]
    assert {status for status, _, _ in told} <= {200, 503}
    assert {answer["refusal"] for status, _, answer in told if status == 503} <= {"gate.stopping"}
    acknowledged = {id_ for status, id_, answer in told if status == 200 and "outcome" in answer}
    assert acknowledged == recorded, "all that is acknowledged is recorded, and nothing else"


def test_whoever_is_connected_and_says_nothing_is_hung_up_on_and_does_not_hold_it(files):
    with gate_running(files) as gate:
        with socket.create_connection(("127.0.0.1", gate.port), timeout=30) as silent:
            silent.sendall(b"POST /scan HTTP/1.1\r\nContent-Length: 500\r\n\r\n{")
            assert gate.health()[0] == 200
            assert gate.stop() == 0
            assert silent.recv(100) == b""
        assert gate.recorded() == []
