"""What systemd is told of a program that it started with `Type=notify`; without systemd nobody is told anything."""

import os
import socket
from contextlib import suppress


def notify(state: str) -> None:
    """Send `READY=1`, `STOPPING=1` or `WATCHDOG=1` where systemd listens for it."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address:
        return
    with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
        line.connect("\0" + address[1:] if address[0] == "@" else address)
        line.sendall(state.encode())


NOT_FOR_CHILDREN = {"NOTIFY_SOCKET": "", "WATCHDOG_USEC": ""}
"""For the environment of programs that systemd does not know of: whoever started them speaks for them."""
