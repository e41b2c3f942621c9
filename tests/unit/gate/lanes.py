"""A gate with some connections over pairs of sockets, and a lane if it is to have one; the test drives them all."""

import json
import os
import socket
from contextlib import suppress
from datetime import UTC

from fangxian.gate.quick.lane import Lane
from fangxian.gate.server import Connection, said_to
from fangxian.gate.site import Site
from tests.unit.gate.doors import Doors
from tests.unit.gate.gate_files import GREEN, NOON_AT

PAGE = "http://page.example:8000"


class Wire:
    """A transport over a pair of sockets, read by whoever drives the test."""

    def __init__(self):
        self.here, self.there = socket.socketpair()
        self.here.setblocking(False)
        self.there.setblocking(False)
        self.is_read, self.is_closed = True, False
        self.unsent = b""

    def write(self, data):
        try:
            n = self.here.send(data)
        except BlockingIOError:
            n = 0
        self.unsent += data[n:]

    def fill(self):
        """Fill what the system holds for the other side, which does not read."""
        for n in (1 << 16, 1):
            with suppress(BlockingIOError):
                while True:
                    self.here.send(bytes(n))

    def get_extra_info(self, name):
        return self.here if name == "socket" else None

    def pause_reading(self):
        self.is_read = False

    def resume_reading(self):
        self.is_read = True

    def get_write_buffer_size(self):
        return 0

    def is_closing(self):
        return self.is_closed

    def can_write_eof(self):
        return False

    def close(self):
        self.is_closed = True

    abort = close


class Turns:
    """The parts of an event loop that a lane asks for; what is due runs when the test says so."""

    def __init__(self):
        self.readers, self.due = {}, []

    def add_reader(self, fd, call):
        self.readers[fd] = call

    def remove_reader(self, fd):
        return self.readers.pop(fd, None) is not None

    def call_soon(self, call):
        self.due.append(call)


class Asked:
    """A gate with some connections, with a lane or without."""

    def __init__(self, files, n, *, has_lane, each_s=0.0):
        self.doors, self.turns = Doors(files), Turns()
        self.gate = self.doors.gate
        self.site = Site(self.gate, origins=[PAGE], most=n + 1, later=lambda call: call())
        if has_lane:
            self.now_s = 0.0
            self.gate.lane = Lane(
                self.gate,
                self.turns,
                more_for=lambda head: said_to(head.origin, self.site),
                each_s=each_s,
                seconds=lambda: self.now_s,
            )
        self.wires, self.connections = [Wire() for _ in range(n)], [Connection(self.site) for _ in range(n)]
        for connection, wire in zip(self.connections, self.wires, strict=True):
            connection.connection_made(wire)
        self.n_by_lane = 0

    def ask(self, requests):
        """What each of the connections hears to what is sent on it."""
        self.hear(requests)
        self.finish()
        return self.last_heard()[: len(requests)]

    def hear(self, requests):
        """One turn of the loop: everybody's request is taken in, and nothing is on disk."""
        for wire, request in zip(self.wires, requests, strict=False):
            wire.there.send(request)
        for connection, wire in zip(self.connections, self.wires, strict=True):
            if wire.is_read and (data := _read(wire.here)):
                connection.data_received(data)
        for call in tuple(self.turns.readers.values()):
            call()
        for connection in self.connections:
            connection.n_away = 0
        self.n_by_lane += sum(connection._in_lane >= 0 and connection.is_busy for connection in self.connections)

    def finish(self):
        """The disk has done its work, and whatever the loop was asked to do is done."""
        self.doors.settle()
        while self.turns.due:
            self.turns.due.pop(0)()

    def last_heard(self):
        return [_read(wire.there) for wire in self.wires]

    def replace(self, place):
        """A newcomer in the place of a connection, with the number of its file; its socket."""
        number = self.wires[place].here.fileno()
        self.wires[place].here.close()
        self.wires[place], there = Wire(), self.wires[place].there
        there.close()
        here = self.wires[place].here
        if here.fileno() != number:
            os.dup2(here.fileno(), number)
            here.close()
            self.wires[place].here = socket.socket(fileno=number)
        self.connections[place] = Connection(self.site)
        self.connections[place].connection_made(self.wires[place])
        return self.wires[place].here

    def close(self):
        if self.gate.lane:
            self.gate.lane.close()
        for wire in self.wires:
            wire.here.close()
            wire.there.close()


def _read(one):
    try:
        return one.recv(1 << 16)
    except BlockingIOError:
        return b""


def usual_request(files, number=GREEN, *, place=0, venue=None, token=None, at=None):
    at = at or NOON_AT.astimezone(UTC).isoformat(timespec="milliseconds")
    body = json.dumps(
        {"id": f"{place:08x}-0000-4000-9000-000000000000", "code": files.qr(number),
         "venue": venue or files.poster(), "scanned_at": at}
    ).encode()  # fmt: skip
    head = b"POST /scan HTTP/1.1\r\nAuthorization: Bearer %s\r\nContent-Length: %d\r\n\r\n"
    return head % ((token or files.token()).encode(), len(body)) + body
