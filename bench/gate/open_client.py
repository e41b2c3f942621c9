"""Sends scans at moments fixed beforehand, whether or not those before are answered; prints what it found as JSON.

    python open_client.py PORT FILE BYTES HEAD_BYTES RUN RATE SECONDS PATIENT

Arrivals are a Poisson process. A scan's time runs from the moment at which it was due, so that a server that stands
still is not spared those who would have come meanwhile (coordinated omission). `lag` is this client's own: from due,
or from when a connection was free if none was, to sent. It spins, and reads few answers at once, to keep that small.
"""

import gc
import json
import random
import select
import socket
import sys
import time
from array import array
from pathlib import Path
from typing import Final

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT)]

from bench.gate.scans import Prepared  # noqa: E402

N_CONNECTIONS: Final = 512
READ_AT_ONCE: Final = 8
PAUSE_S: Final = 0.0002
PATIENCE_S: Final = 3.0  # after the last was due; what is not answered by then counts as not answered


class Client:
    """One run: when each scan is due, and when it was sent and answered."""

    def __init__(
        self, port: int, requests: list[bytes], due: list[float], *, n_connections: int = N_CONNECTIONS
    ) -> None:
        self._requests, self._due = requests, due
        self.sent_at, self.took = array("d", bytes(8 * len(due))), array("d", bytes(8 * len(due)))
        self.lag = array("d")
        self.n_wrong = self.n_answered = self.n_waited = 0
        self._poll = select.epoll()
        self._of_file: dict[int, socket.socket] = {}
        self._asked: dict[int, int] = {}
        self._half_read: dict[int, bytes] = {}
        for _ in range(n_connections):
            line = socket.create_connection(("127.0.0.1", port))
            line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._of_file[line.fileno()] = line
            self._poll.register(line.fileno(), select.EPOLLIN)
        self._free = list(self._of_file)

    def run(self, pause_s: float) -> None:
        """Until all are answered, or for as long as patience lasts; with a pause whenever nothing is to be done."""
        now, poll, n, place = time.perf_counter, self._poll.poll, len(self._due), 0
        began = now() + 0.01
        ends, free_since = began + self._due[-1] + PATIENCE_S, 0.0
        while self.n_answered < n:
            at = now()
            while place < n and self._free and (due := began + self._due[place]) <= at:
                self._send(place, due)
                at = now()
                self.lag.append(at - max(due, free_since))
                self.n_waited += due < free_since
                place += 1
            was_full = not self._free
            ready = poll(0, READ_AT_ONCE)
            for file, _ in ready:
                self._read(file)
            if pause_s and not ready:
                time.sleep(pause_s)
            if was_full and self._free:
                free_since = now()
            if at > ends:
                return

    def close(self) -> None:
        self._poll.close()
        for line in self._of_file.values():
            line.close()

    def _send(self, place: int, due: float) -> None:
        file = self._free.pop()
        self._asked[file] = place
        self.sent_at[place] = due
        self._of_file[file].send(self._requests[place])

    def _read(self, file: int) -> None:
        data = self._half_read.pop(file, b"") + self._of_file[file].recv(65536)
        if data[-1:] != b"}":
            if not data:
                raise ConnectionError("the gate hung up")
            self._half_read[file] = data
            return
        place = self._asked.pop(file)
        self.took[place] = time.perf_counter() - self.sent_at[place]
        self.n_answered += 1
        if data[9:12] != b"200" or b'"recorded":false' in data:
            self.n_wrong += 1
        self._free.append(file)


def schedule(rate: float, seconds: float, seed: int) -> list[float]:
    """Seconds from the beginning at which scans are due."""
    dice, at, due = random.Random(seed), 0.0, []
    while (at := at + dice.expovariate(rate)) < seconds:
        due.append(at)
    return due


def main() -> None:
    port, path, size, head, run, rate, seconds, is_patient = sys.argv[1:]
    due = schedule(float(rate), float(seconds), int(run))
    prepared = Prepared.read(Path(path), int(size), int(head))
    client = Client(int(port), [prepared.request(number, int(run)) for number in range(len(due))], due)
    gc.collect()
    gc.freeze()
    gc.disable()
    print("begun", flush=True)
    client.run(PAUSE_S if int(is_patient) else 0.0)
    client.close()
    took = sorted(it * 1000 for it in client.took if it)
    lag = sorted(client.lag)
    found = {name: took[min(len(took) - 1, int(len(took) * part))] for name, part in _PARTS.items()}
    found |= {"most": took[-1], "lag_p99": lag[int(len(lag) * 0.99)] * 1000}
    counts = {"n": len(due), "n_answered": client.n_answered, "n_wrong": client.n_wrong, "n_waited": client.n_waited}
    print(json.dumps(found | counts))


_PARTS: Final = {"p50": 0.5, "p99": 0.99, "p99_9": 0.999}

if __name__ == "__main__":
    main()
