"""HTTP/1.1 for a gate: parse, call, write. One request of a connection is answered before the next is begun."""

import asyncio
import time
from collections import deque
from collections.abc import Callable, Collection
from typing import Final, NamedTuple, cast

import httptools

from .answering import Gate, Respond
from .contract import write_refusal
from .refusals import refuse, status_of

MOST_BYTES: Final = {b"/scan": 64 << 10, b"/scans": 1 << 20}
MOST_BODY: Final = 64 << 10  # of any other address
MOST_HEAD: Final = 16 << 10
MOST_QUEUED: Final = 16
MOST_DRAINED: Final = 16 << 20
LINGER_S: Final = 10.0
IDLE_S: Final = 75.0
SLOWEST_S: Final = 30.0

_REASONS: Final = {
    200: b"OK", 204: b"No Content", 400: b"Bad Request", 401: b"Unauthorized", 403: b"Forbidden", 404: b"Not Found",
    405: b"Method Not Allowed", 409: b"Conflict", 413: b"Content Too Large", 422: b"Unprocessable Content",
    503: b"Service Unavailable",
}  # fmt: skip
_HEADS: Final = {
    status: b"HTTP/1.1 %d %s\r\nCache-Control: no-store\r\nContent-Type: " % (status, reason)
    for status, reason in _REASONS.items()
}
_JSON: Final = b"application/json"
_TEXT: Final = b"text/plain; version=0.0.4; charset=utf-8"
_PREFLIGHT: Final = (
    b"Access-Control-Allow-Methods: POST, GET, OPTIONS\r\n"
    b"Access-Control-Allow-Headers: authorization, content-type\r\nAccess-Control-Max-Age: 600\r\n"
)

Route = tuple[bytes, Callable[[bytes, str, Respond], None], bytes]


class Request(NamedTuple):
    """One whole request."""

    method: bytes
    path: bytes
    body: bytes
    token: str
    origin: bytes
    keeps_alive: bool
    began: float


class Site:
    """What all connections of a gate share: its addresses, the origins it lets in, who is connected."""

    def __init__(self, gate: Gate, *, origins: Collection[str]) -> None:
        self.gate, self.metrics = gate, gate.metrics
        self.origins = frozenset(origin.encode() for origin in origins)
        self.connections: set[Connection] = set()
        self.routes: dict[bytes, Route] = {
            b"/scan": (b"POST", gate.scan, _JSON),
            b"/scans": (b"POST", gate.scans, _JSON),
            b"/healthz": (b"GET", gate.healthz, _JSON),
            b"/metrics": (b"GET", gate.measured, _TEXT),
        }

    async def let_go_of_the_silent(self) -> None:
        """Until cancelled, close connections that say nothing, or not the rest of what they began."""
        while True:
            await asyncio.sleep(5)
            now = time.monotonic()
            for connection in tuple(self.connections):
                connection.close_if_silent(now)


class Connection(asyncio.Protocol):
    """One connection; the parser calls the `on_…` functions while bytes come in."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._parser = httptools.HttpRequestParser(self)
        self._queue: deque[Request] = deque()
        self._is_busy = self._is_over = self._is_last = self._is_advancing = self._is_choked = False
        self._n_drained = 0
        self._begin()

    def _begin(self) -> None:
        self._url, self._token, self._origin, self._length, self._expects = b"", "", b"", 0, False
        self._body: list[bytes] = []
        self._n_head = self._n_body = 0
        self._last_heard = time.monotonic()
        self._began = 0.0

    # ---- the transport ----

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop has a class of its own for it
        self._site.connections.add(self)
        self._site.metrics.n_connections = len(self._site.connections)

    def connection_lost(self, _exc: Exception | None) -> None:
        self._is_over = True
        self._queue.clear()
        self._site.connections.discard(self)
        self._site.metrics.n_connections = len(self._site.connections)

    def data_received(self, data: bytes) -> None:
        if self._is_over:  # what a refused request still sends is read and dropped, so that it sees its answer
            self._n_drained += len(data)
            if self._n_drained > MOST_DRAINED:
                self._transport.abort()
            return
        self._last_heard = time.monotonic()
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            self._refuse_and_close("gate.not_http", reason="Upgrade")
        except httptools.HttpParserCallbackError as error:
            raise error.__context__ or error from None  # a bug of ours, not of the caller
        except httptools.HttpParserError as error:
            self._refuse_and_close("gate.not_http", reason=type(error).__name__)

    def eof_received(self) -> bool:
        """The caller will send no more; what it did send is answered first."""
        self._is_last = True
        return self._is_busy or bool(self._queue)

    def pause_writing(self) -> None:
        """The caller does not read what it asked for; it is answered no further until it does."""
        self._is_choked = True

    def resume_writing(self) -> None:
        self._is_choked = False
        self._advance()

    def close_if_silent(self, now: float) -> None:
        if self._is_busy:
            return
        is_slow = self._began and now - self._began > SLOWEST_S
        if is_slow or now - self._last_heard > IDLE_S:
            self._transport.close()

    def hang_up(self) -> None:
        """The gate ends: what was written goes out, nothing more is read."""
        self._is_over = True
        self._transport.close()

    # ---- the parser ----

    def on_message_begin(self) -> None:
        self._begin()
        self._began = self._last_heard

    def on_url(self, url: bytes) -> None:
        self._url += url
        self._grow_head(len(url))

    def on_header(self, name: bytes, value: bytes) -> None:
        self._grow_head(len(name) + len(value))
        name = name.lower()
        if name == b"authorization":
            scheme, _, token = value.partition(b" ")
            # Any other scheme is a credential too, and one that proves nothing: it is refused as unreadable.
            self._token = (token if scheme.lower() == b"bearer" else value).strip().decode("latin-1") or "—"
        elif name == b"origin":
            self._origin = value
        elif name == b"content-length":
            self._length = int(value)
        elif name == b"expect":
            self._expects = value.lower() == b"100-continue"

    def on_headers_complete(self) -> None:
        self._path = self._url.partition(b"?")[0]
        most = MOST_BYTES.get(self._path, MOST_BODY)
        if self._length > most:
            self._refuse_and_close("scan.too_large", length=self._length, most=most)
        elif self._expects and not self._is_over:
            self._transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")

    def on_body(self, body: bytes) -> None:
        if self._is_over:
            return
        self._n_body += len(body)
        most = MOST_BYTES.get(self._path, MOST_BODY)
        if self._n_body > most:
            self._refuse_and_close("scan.too_large", length=self._n_body, most=most)
        else:
            self._body.append(body)

    def on_message_complete(self) -> None:
        if self._is_over:
            return
        request = Request(
            method=self._parser.get_method(),
            path=self._path,
            body=self._body[0] if len(self._body) == 1 else b"".join(self._body),
            token=self._token,
            origin=self._origin,
            keeps_alive=self._parser.should_keep_alive(),
            began=time.perf_counter(),
        )
        self._began = 0.0
        self._queue.append(request)
        if len(self._queue) >= MOST_QUEUED:
            self._transport.pause_reading()
        self._advance()

    def _grow_head(self, n: int) -> None:
        self._n_head += n
        if self._n_head > MOST_HEAD:
            self._refuse_and_close("scan.too_large", length=self._n_head, most=MOST_HEAD)

    # ---- answering ----

    def _advance(self) -> None:
        """Begin the next request unless one is begun; a loop, since thousands may wait in one read."""
        if self._is_advancing:
            return
        self._is_advancing = True
        while self._queue and not self._is_busy and not self._is_choked:
            if len(self._queue) == MOST_QUEUED:
                self._transport.resume_reading()
            self._answer(self._queue.popleft())
        self._is_advancing = False
        if self._is_last and not self._is_busy and not self._queue:
            self._transport.close()

    def _answer(self, request: Request) -> None:
        self._is_busy = True
        if request.method == b"OPTIONS":
            self._write(request, 204, b"", _JSON, _PREFLIGHT)
            return
        route = self._site.routes.get(request.path)
        if route is None:
            path = request.path[:60].decode("ascii", "replace")
            self._write_refusal(request, "gate.no_such_address", path=path)
            return
        method, answer, kind = route
        if request.method != method:
            path, wanted, found = (b.decode("ascii", "replace") for b in (request.path, method, request.method))
            self._write_refusal(request, "gate.wrong_method", path=path, wanted=wanted, method=found)
            return
        answer(request.body, request.token, lambda status, body: self._write(request, status, body, kind))

    def _write_refusal(self, request: Request, code: str, **facts: object) -> None:
        self._site.metrics.refusals[code] += 1
        self._write(request, status_of(code), write_refusal(refuse(code, **facts)), _JSON)

    def _write(self, request: Request, status: int, body: bytes, kind: bytes, more: bytes = b"") -> None:
        """Send the answer, then go on with what came in meanwhile."""
        self._site.metrics.answered(time.perf_counter() - request.began)
        if self._is_over or self._transport.is_closing():
            return
        if not request.keeps_alive:
            more += b"Connection: close\r\n"
        self._send(status, body, kind, self._allow(request.origin) + more)
        self._is_busy = False
        self._last_heard = time.monotonic()
        if request.keeps_alive:
            self._advance()
        else:
            self._is_over = True
            self._queue.clear()
            self._transport.close()

    def _send(self, status: int, body: bytes, kind: bytes, more: bytes) -> None:
        self._transport.write(_HEADS[status] + kind + b"\r\nContent-Length: %d\r\n%s\r\n%s" % (len(body), more, body))

    def _allow(self, origin: bytes) -> bytes:
        if not origin:
            return b""
        allowed = b"Access-Control-Allow-Origin: " + origin + b"\r\n" if origin in self._site.origins else b""
        return allowed + b"Vary: Origin\r\n"

    def _refuse_and_close(self, code: str, **facts: object) -> None:
        """Answer what cannot be read to its end, and hang up once the other side has had time to hear it."""
        if self._is_over:
            return
        self._is_over = True
        self._queue.clear()
        self._site.metrics.refusals[code] += 1
        body = write_refusal(refuse(code, **facts))
        self._send(status_of(code), body, _JSON, self._allow(self._origin) + b"Connection: close\r\n")
        if self._transport.can_write_eof():
            self._transport.write_eof()
        asyncio.get_running_loop().call_later(LINGER_S, self._transport.close)
