"""A receiver of journals in this process, and the way to it, over real TLS."""

import threading
from contextlib import contextmanager

from fangxian.gate.receiving import Receiver, open_server
from fangxian.gate.shipping import Destination, context_for

TOKEN = "t" * 40


@contextmanager
def receiving(folder, certificate, *, kept_free=0, port=0):
    """A receiver in this process; its port."""
    receiver = Receiver(folder, kept_free=kept_free)
    server = open_server(("127.0.0.1", port), receiver, tokens=[TOKEN], context=certificate.context())
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def destination(port, certificate, *, token=TOKEN, kind=Destination):
    made = kind(f"https://127.0.0.1:{port}", token, context_for(certificate.certificate))
    try:
        yield made
    finally:
        made.close()
