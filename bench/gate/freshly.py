"""What the worker does to the gate's files while people are scanned: a heartbeat each second."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from bench.gate.county import County


@contextmanager
def kept_fresh(county: County) -> Iterator[None]:
    """Heartbeats until the end of the `with`, so that what the gate knows is never old."""
    ended = threading.Event()

    def beat() -> None:
        while not ended.wait(1.0):
            county.files.heartbeat(int(time.time() * 1000))

    thread = threading.Thread(target=beat, daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
