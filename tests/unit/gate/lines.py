"""Connections of a gate in this process: a line that keeps what is said on it, and a house with a door to it."""

import json
import re

from fangxian.gate.server import Connection
from fangxian.gate.site import Site
from tests.unit.gate.doors import Doors

GET = b"GET %s HTTP/1.1\r\nHost: x\r\n\r\n"


class Line:
    """A transport that keeps what is written; `peer` is where the other end is."""

    def __init__(self, peer="127.0.0.1"):
        self.peer, self.said, self.is_closed, self.is_aborted = peer, b"", False, False

    def write(self, data):
        self.said += data

    def close(self):
        self.is_closed = True

    def abort(self):
        self.is_aborted = True

    def is_closing(self):
        return self.is_closed or self.is_aborted

    def can_write_eof(self):
        return True

    def write_eof(self):
        self.is_closed = True

    def pause_reading(self):
        pass

    def resume_reading(self):
        pass

    def get_extra_info(self, name):
        return (self.peer, 5) if name == "peername" and self.peer else None

    @property
    def statuses(self):
        return [int(found) for found in re.findall(rb"HTTP/1.1 (\d{3}) ", self.said)]


class House:
    """A gate's site; the clock of its connections stands still until it is told."""

    def __init__(self, files, most):
        self.doors = Doors(files)
        self.site = Site(self.doors.gate, origins=[], most=most, later=lambda call: call())
        self.now = 1_000.0

    def connect(self, **more):
        line, connection = Line(**more), Connection(self.site)
        connection.connection_made(line)
        return connection, line

    def later(self, seconds):
        self.now += seconds
        for connection in tuple(self.site.connections):
            connection.close_if_silent(self.now)


def post(scan, path=b"/scan"):
    body = json.dumps(scan).encode()
    return b"POST %s HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n%s" % (path, len(body), body)
