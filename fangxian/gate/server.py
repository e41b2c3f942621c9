"""HTTP/1.1 for a gate: parse, call, write. One request of a connection is answered before the next is begun."""

import asyncio
import time
from collections import deque
from typing import Final, cast

from msgspec import Struct

from fangxian.core.refusal import Refusal

from .contract import write_refusal
from .head import Head
from .passage import Lane, Quick
from .reading import RequestReader
from .refusals import refuse, status_of
from .site import Connected, Site, is_of_this_machine

MOST_QUEUED: Final = 16
READ_AT_ONCE: Final = 4 << 10  # bytes; one read may bring ten thousand requests, and nobody is to wait for all of them
MOST_DRAINED: Final = 16 << 20
LINGER_S: Final = 10.0
IDLE_S: Final = 75.0
SLOWEST_S: Final = 30.0
LONGEST_S: Final = 60.0  # for an answer; a page has given up long before

_REASONS: Final = {
    200: b"OK", 204: b"No Content", 400: b"Bad Request", 401: b"Unauthorized", 403: b"Forbidden", 404: b"Not Found",
    405: b"Method Not Allowed", 409: b"Conflict", 413: b"Content Too Large", 422: b"Unprocessable Content",
    429: b"Too Many Requests", 500: b"Internal Server Error", 503: b"Service Unavailable",
}  # fmt: skip
# What passes by itself says when to come again: a page keeps such a scan in its box, a proxy tries nobody else at once.
_AGAIN: Final = {429: b"Retry-After: 5\r\n", 503: b"Retry-After: 2\r\n"}
_HEADS: Final = {
    status: b"HTTP/1.1 %d %s\r\n%sCache-Control: no-store\r\nContent-Type: " % (status, reason, _AGAIN.get(status, b""))
    for status, reason in _REASONS.items()
}
_JSON: Final = b"application/json"
_PREFLIGHT: Final = (
    b"Access-Control-Allow-Methods: POST, GET, OPTIONS\r\n"
    b"Access-Control-Allow-Headers: authorization, content-type\r\nAccess-Control-Max-Age: 600\r\n"
)
_ALLOWED: Final = {b"GET": b"Allow: GET, HEAD, OPTIONS\r\n", b"POST": b"Allow: POST, OPTIONS\r\n"}


class Request(Struct, gc=False):
    """One whole request of a connection; `began` is when it was read to its end."""

    head: Head
    body: bytes
    began: float
    connection: "Connection"
    kind: bytes = _JSON

    def respond(self, status: int, body: bytes) -> None:
        self.connection.write(self, status, body)


def _response(status: int, body: bytes, kind: bytes, more: bytes, *, has_body: bool = True) -> bytes:
    length = b"" if status == 204 else b"Content-Length: %d\r\n" % len(body)
    return b"%b%b\r\n%b%b\r\n%b" % (_HEADS[status], kind, length, more, body if has_body else b"")


def said_to(origin: bytes, site: Site) -> bytes:
    """What is said to a page of another origin, if any asks."""
    if not origin:
        return b""
    allowed = b"Access-Control-Allow-Origin: " + origin + b"\r\n" if origin in site.origins else b""
    return allowed + b"Vary: Origin\r\n"


class Connection(asyncio.Protocol):
    """One connection; `_asked` is the request it waits for the answer to, `instead_of` had its place before."""

    def __init__(self, site: Site, *, instead_of: Connected | None = None) -> None:
        self._site, self._instead_of = site, instead_of
        self._reader = RequestReader(site.heads, site.room, self._take, self._refuse_and_close, self._go_on)
        self._queue: deque[Request] = deque()
        self._asked: Request | None = None
        self._farewell: Refusal | None = None
        self._is_over = self._is_last = self._is_advancing = self._is_choked = self._owes_go_on = False
        self._unread: bytes | memoryview = b""
        self._is_reading = self._is_coming_back = self._has_taken = self._is_paused = False
        self._n_drained = 0
        self._in_lane, self.n_back, self.n_away = -1, 0, 0  # the number of its file while it is in the lane
        self._last_heard, self._over_since = time.monotonic(), 0.0

    @property
    def is_busy(self) -> bool:
        return self._asked is not None or (self._lane is not None and self._lane.is_due(self._in_lane))

    @property
    def _lane(self) -> Lane | None:
        """The lane it is in."""
        return self._site.gate.lane if self._in_lane >= 0 else None

    # ---- the transport ----

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop has a class of its own for it
        if self._instead_of:
            self._site.let_go(self._instead_of)
            self._instead_of = None
        if not self._site.take(self):
            self._refuse_and_close("gate.full", most=self._site.most)
            self._transport.close()

    def connection_lost(self, _exc: Exception | None) -> None:
        self._leave()
        self._is_over, self._asked, self._unread = True, None, b""
        self._queue.clear()
        self._reader.end()
        self._site.let_go(self)

    def data_received(self, data: bytes) -> None:
        if self._is_over or self._farewell:
            # What a refused request still sends is read and dropped, so that it sees its answer.
            self._n_drained += len(data)
            if self._n_drained > MOST_DRAINED:
                self._transport.abort()
            return
        now = time.monotonic()
        try:
            is_waiting = self._reader.began or self._queue or self._unread or self._is_choked
            is_free = self._asked is None and not is_waiting
            if is_free and (known := self._site.heads.of(data)):
                head, begins = known  # the usual case: one request, whose head came before
                self._last_heard = now
                self._site.heard_of(self)
                self._answer(Request(head, data[begins:], now, self))
                return
        except Exception as error:
            self._close_with(self._site.gate.faults.note(error))
            return
        self._unread = memoryview(bytes(self._unread) + data) if self._unread else memoryview(data)
        if len(data) <= READ_AT_ONCE:
            self._read_on()
        else:
            self._come_back()
            self._pause(True)

    def eof_received(self) -> bool:
        """The caller will send no more; what it did send is answered first."""
        self._is_last = True
        return self._is_waiting

    def pause_writing(self) -> None:
        """The caller does not read what it asked for; it is answered no further until it does."""
        self._is_choked = True

    def resume_writing(self) -> None:
        self._is_choked = False
        self._advance()

    def close_if_silent(self, now: float) -> None:
        """Called every few seconds: end what was silent, slow, or not answered for too long."""
        if lane := self._lane:
            self._last_heard = lane.heard_s(self._in_lane)
            if lane.is_due(self._in_lane) and now - self._last_heard > LONGEST_S:
                self.drop()
                return
        if self._is_over or self._transport.is_closing():
            self._over_since = self._over_since or now
            if now - self._over_since > LINGER_S:
                self.drop()  # it had time to hear the last that was said to it
        elif self._asked:
            if now - self._asked.began > LONGEST_S:
                self.drop()
        elif now - (self._reader.began or self._last_heard) > (SLOWEST_S if self._reader.began else IDLE_S):
            self._leave()
            self._transport.close()

    def hang_up(self) -> None:
        """The gate ends: what was written goes out, nothing more is read."""
        self._is_over = True
        self._leave()
        self._transport.close()

    def drop(self) -> None:
        """End it now, whatever it still has to say or to hear."""
        self._is_over = True
        self._leave()
        self._transport.abort()

    # ---- the lane ----

    def wait_for_lane(self) -> bool:
        """Listen no more, as it is to enter the lane once its answer is out; False if it cannot.

        What it sends until then is read there. Whoever asks again at once would else never be found waiting for
        nothing: under load everybody would be kept on the slower way.
        """
        info = self._transport.get_extra_info
        if info("socket") is None or info("sslcontext") or self._in_lane >= 0:
            return False
        self._pause(True)
        return True

    def enter_lane(self) -> int:
        """The number of its file, no longer listened to by the loop; −1 unless it waits for nothing at all."""
        is_free = not (self._is_waiting or self._reader.began or self._farewell or self._is_last or self._is_choked)
        is_over = self._is_over or self._transport.is_closing()
        if not is_free or is_over or self._transport.get_write_buffer_size():
            self._pause(bool(self._unread))
            return -1
        self._pause(True)
        self._in_lane = int(self._transport.get_extra_info("socket").fileno())
        return self._in_lane

    def leave_lane(self, data: bytes, *, rest: bytes, due: Quick | None, heard_s: float) -> None:
        """Listen again: `data` came in and is unread, `rest` of an answer is unsent, `due` is still to be answered."""
        self._in_lane, self._last_heard = -1, heard_s
        if self._is_over or self._transport.is_closing():
            return
        if rest:
            self._transport.write(rest)
        if due:
            self._asked = Request(due.head, b"", due.began, self)
            due.waiting.append(self._asked.respond)
        self._pause(False)
        if data:
            self.data_received(data)

    def _leave(self) -> None:
        if lane := self._lane:
            lane.give_back_this(self, self._in_lane)

    # ---- requests ----

    @property
    def _is_waiting(self) -> bool:
        """Whether something that was sent is still to be answered, or to be read."""
        return self._asked is not None or bool(self._queue) or bool(self._unread)

    def _read_on(self) -> None:
        """Read what came while few requests wait; behind a part with some in it others have their turn."""
        self._is_reading, self._is_coming_back, self._has_taken = True, False, False
        try:
            while self._unread and self._has_room and not self._has_taken:
                part, self._unread = bytes(self._unread[:READ_AT_ONCE]), self._unread[READ_AT_ONCE:]
                self._reader.feed(part)
        except Exception as error:
            self._close_with(self._site.gate.faults.note(error))
        self._is_reading = False
        if self._is_over or self._farewell:
            self._unread = b""
        elif self._unread:
            self._come_back()
        elif self._is_last and not self._is_waiting:
            self._transport.close()
        self._pause(bool(self._unread))

    @property
    def _has_room(self) -> bool:
        return len(self._queue) < MOST_QUEUED and not (self._is_over or self._farewell)

    def _come_back(self) -> None:
        if self._has_room and not (self._is_reading or self._is_coming_back):
            self._is_coming_back = True
            self._site.come_back(self._read_on)

    def _pause(self, is_paused: bool) -> None:
        if is_paused != self._is_paused and not self._transport.is_closing():
            self._is_paused = is_paused
            (self._transport.pause_reading if is_paused else self._transport.resume_reading)()

    def _take(self, head: Head, body: bytes) -> None:
        if self._is_over:
            return
        now = self._last_heard = time.monotonic()
        self._owes_go_on, self._has_taken = False, True  # its body is here
        self._site.heard_of(self)
        self._queue.append(Request(head, body, now, self))
        self._advance()

    def _go_on(self) -> None:
        """Ask for the body, in its turn: said before an earlier answer it would be taken for a part of that one."""
        self._owes_go_on = self._asked is not None or bool(self._queue)
        if not (self._owes_go_on or self._is_over):
            self._transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")

    def _advance(self) -> None:
        """Begin the next request unless one is begun; a loop, since thousands may wait in one read."""
        if self._is_advancing:
            return
        self._is_advancing = True
        while self._queue and self._asked is None and not self._is_choked:
            self._answer(self._queue.popleft())
        self._is_advancing = False
        if self._unread:
            self._come_back()
        elif self._asked is None and not self._queue and not self._is_over:
            if self._farewell:
                self._close_with(self._farewell)
            elif self._is_last:
                self._transport.close()
            elif self._owes_go_on:
                self._go_on()

    def _answer(self, request: Request) -> None:
        self._asked = request
        try:
            self._ask_the_gate(request)
        except Exception as error:
            self._write_refusal(request, self._site.gate.faults.note(error))

    def _ask_the_gate(self, request: Request) -> None:
        head = request.head
        if head.method == b"OPTIONS":
            self.write(request, 204, b"", _PREFLIGHT)
            return
        route = self._site.routes.get(head.path)
        if route is None or (route.is_for_here and not (head.is_direct and is_of_this_machine(self._transport))):
            path = head.path[:60].decode("ascii", "replace")
            self._write_refusal(request, refuse("gate.no_such_address", path=path))
            return
        if head.method != route.method and (head.method, route.method) != (b"HEAD", b"GET"):
            path, wanted, found = (b.decode("ascii", "replace") for b in (head.path, route.method, head.method))
            refusal = refuse("gate.wrong_method", path=path, wanted=wanted, method=found)
            self._write_refusal(request, refusal, _ALLOWED[route.method])
            return
        request.kind = route.kind
        route.answer(request.body, head.token, request.respond)

    # ---- answers ----

    def _write_refusal(self, request: Request, refusal: Refusal, more: bytes = b"") -> None:
        self._site.metrics.refusals[refusal.code] += 1
        self.write(request, status_of(refusal.code), write_refusal(refusal), more)

    def write(self, request: Request, status: int, body: bytes, more: bytes = b"") -> None:
        """Send the answer, then go on with what came in meanwhile; a request is answered once."""
        if self._asked is not request:
            return
        now, head, site = time.monotonic(), request.head, self._site
        site.metrics.answered(now - request.began)
        if self._is_over or self._transport.is_closing():
            return
        is_last = not head.keeps_alive or (site.is_stopping and not (self._queue or self._unread))
        if is_last:
            more += b"Connection: close\r\n"
        if head.origin:
            more = self._allow(head.origin) + more
        if head.method == b"HEAD":
            self._send(status, body, request.kind, more, has_body=False)
        else:
            self._send(status, body, request.kind, more)
        self._asked, self._last_heard = None, now
        if is_last:
            self._end_after(request)
        elif self._queue or self._farewell or self._is_last or self._owes_go_on or self._unread:
            self._advance()
        elif head.raw and head.path == b"/scan" and head.method == b"POST" and (lane := site.gate.lane):
            lane.invite(self, head)

    def _end_after(self, request: Request) -> None:
        self._is_over, self._unread = True, b""
        self._queue.clear()
        if request.head.keeps_alive and self._transport.can_write_eof():
            self._transport.write_eof()  # it may be sending the next already, and is to hear this before we hang up
        else:
            self._transport.close()

    def _send(self, status: int, body: bytes, kind: bytes, more: bytes, *, has_body: bool = True) -> None:
        self._transport.write(_response(status, body, kind, more, has_body=has_body))

    def _allow(self, origin: bytes) -> bytes:
        return said_to(origin, self._site)

    def _refuse_and_close(self, code: str, **facts: object) -> None:
        self._close_with(refuse(code, **facts))

    def _close_with(self, refusal: Refusal) -> None:
        """Answer what cannot be read to its end, and hang up once the other side has had time to hear it."""
        if self._is_over:
            return
        if self._asked or self._queue:
            self._farewell = refusal  # what came before it is answered first
            return
        self._is_over = True
        self._site.metrics.refusals[refusal.code] += 1
        more = self._allow(self._reader.origin) + b"Connection: close\r\n"
        self._send(status_of(refusal.code), write_refusal(refusal), _JSON, more)
        if self._transport.can_write_eof():
            self._transport.write_eof()
