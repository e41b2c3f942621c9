"""Sends scans at moments fixed beforehand, whether or not those before are answered; prints what it found as JSON.

    python open_client.py PORT FILE BYTES HEAD_BYTES RUN RATE SECONDS

Arrivals are a Poisson process. A scan's time runs from the moment at which it was due, so that a server that stands
still is not spared those who would have come meanwhile (coordinated omission). `lag` is this client's own: from due,
or from when a connection was free if none was, to sent. To keep it small all requests are there beforehand, what it
does from the first to the last is compiled (`open_turns`), and where it may it goes before all others on its core. It
sleeps while nothing is due: a client that spun would take from a server on the other half of the same core.
"""

import gc
import json
import os
import platform
import random
import select
import socket
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT)]

from bench.gate.open_turns import (  # noqa: E402
    ANSWER_BYTES,
    AT_ONCE,
    N_ANSWERED,
    N_COUNTS,
    N_FREE,
    N_GONE,
    NEXT,
    Lines,
    Scans,
    go_on,
)
from bench.gate.scans import Prepared  # noqa: E402

N_CONNECTIONS: Final = 512
PATIENCE_NS: Final = 3_000_000_000  # after the last was due; what is not answered by then counts as not answered
BEGINS_NS: Final = 10_000_000
_EVENT_BYTES: Final = 12 if platform.machine() == "x86_64" else 16  # packed there
_PARTS: Final = {"p50": 0.5, "p99": 0.99, "p99_9": 0.999, "most": 1.0}


class Client:
    """Connections that are kept, and runs of scans over them."""

    def __init__(self, port: int, *, n_connections: int = N_CONNECTIONS) -> None:
        self._poll, self._sockets = select.epoll(), []
        for _ in range(n_connections):
            line = socket.create_connection(("127.0.0.1", port))
            line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._poll.register(line.fileno(), select.EPOLLIN)
            self._sockets.append(line)
        files = np.array([line.fileno() for line in self._sockets])
        place_of = np.zeros(files.max() + 1, np.int64)
        place_of[files] = np.arange(n_connections)
        none = [np.zeros(n_connections, np.int64) for _ in range(4)]
        answers = np.full((n_connections, ANSWER_BYTES), 0, np.uint8)
        self._lines = Lines(files, place_of, none[0] - 1, none[1], none[2], answers, np.arange(n_connections), none[3])
        self.run(np.zeros((0, 1), np.uint8), np.zeros(0, np.int64))  # what is compiled is compiled now

    def run(self, requests: np.ndarray, due: np.ndarray, *, patience_ns: int = PATIENCE_NS) -> Scans:
        """Each at its moment, in nanoseconds from the beginning; until all are answered, or patience ends.

        Raises ConnectionError when a connection is closed by the other side.
        """
        began, n = time.monotonic_ns() + BEGINS_NS, len(due)
        none = [np.full(n, 0) for _ in range(3)]  # written, so that no page of them is looked for later
        scans = Scans(requests, due + began, *none, np.full(n, False))
        counts = np.zeros(N_COUNTS, np.int64)
        counts[N_FREE] = len(self._sockets)
        ends = int(scans.due.max(initial=began)) + patience_ns
        events, times = np.zeros(16 * AT_ONCE, np.uint8), np.zeros(2, np.int64)
        go_on(self._poll.fileno(), _EVENT_BYTES, scans, self._lines, counts, ends, events, times)
        if counts[N_GONE]:
            raise ConnectionError(f"hung up on after {counts[N_ANSWERED]} answers of {counts[NEXT]} scans sent")
        return scans

    def close(self) -> None:
        self._poll.close()
        for line in self._sockets:
            line.close()


def schedule(rate: float, seconds: float, seed: int) -> list[float]:
    """Seconds from the beginning at which scans are due."""
    dice, at, due = random.Random(seed), 0.0, []
    while (at := at + dice.expovariate(rate)) < seconds:
        due.append(at)
    return due


def rows_of(requests: list[bytes]) -> np.ndarray:
    """Requests of one length, one row of bytes for each."""
    return np.frombuffer(bytearray(b"".join(requests)), np.uint8).reshape(len(requests), -1)


def found_of(scans: Scans) -> dict[str, Any]:
    """Times from due to answered and the client's own lag, in ms, and how many scans there were of what kind."""
    is_answered, is_sent = scans.answered > 0, scans.sent > 0
    took = (scans.answered - scans.due)[is_answered] / 1e6
    lag = (scans.sent - scans.ready)[is_sent] / 1e6
    found: dict[str, Any] = {name: _at(took, part) for name, part in _PARTS.items()}
    return found | {
        "lag_p99": _at(lag, 0.99),
        "lag_most": _at(lag, 1.0),
        "n": len(scans.due),
        "n_answered": int(is_answered.sum()),
        "n_wrong": int((is_answered & ~scans.is_good).sum()),
        "n_waited": int((scans.ready > scans.due).sum()),
    }


def _at(times: np.ndarray, part: float) -> float:
    """The time that so large a part of them did not take longer than; 0 for none at all."""
    return float(np.sort(times)[min(len(times) - 1, int(len(times) * part))]) if len(times) else 0.0


def come_first() -> bool:
    """Go before all others on this core whenever there is something to do; whether that is allowed."""
    with suppress(OSError):
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1))
        return True
    return False


def main() -> None:
    port, path, size, head, run, rate, seconds = sys.argv[1:]
    due = np.array([int(it * 1e9) for it in schedule(float(rate), float(seconds), int(run))])
    prepared = Prepared.read(Path(path), int(size), int(head))
    requests = rows_of([prepared.request(number, int(run)) for number in range(len(due) + N_CONNECTIONS)])
    client = Client(int(port))
    gc.disable()
    is_first = come_first()
    # Each connection is known before anything is measured, as that of a phone is that stays connected.
    client.run(requests[len(due) :], np.full(N_CONNECTIONS, 0))
    print("begun", flush=True)
    scans = client.run(requests[: len(due)], due)
    client.close()
    print(json.dumps(found_of(scans) | {"is_first": is_first}))


if __name__ == "__main__":
    main()
