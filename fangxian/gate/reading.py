"""From the bytes of one connection to whole requests of HTTP/1.1, or to why they cannot be read. (bytes → `Request`)"""

import time
from collections.abc import Callable
from typing import Final, Protocol

import httptools
from msgspec.structs import replace

from .head import Head

MOST_BYTES: Final = {b"/scan": 64 << 10, b"/scans": 1 << 20}
MOST_BODY: Final = 64 << 10  # of any other address
MOST_HEAD: Final = 16 << 10
MOST_KEPT: Final = 16_384
LONGEST_KEPT: Final = 768
MOST_BEGUN: Final = 256 << 20  # of bodies that have not come to their end, of all connections together
# Whoever passes a request on says so; without such a word it comes from where its connection comes from.
PASSED_ON: Final = frozenset({b"forwarded", b"x-forwarded-for", b"x-real-ip", b"via"})


class Heads:
    """Heads that were read before, by their bytes: whoever keeps a connection sends the same again and again.

    The same bytes at the beginning of a request are the same head, on whatever connection they come; to look them up
    costs a twentieth of parsing them.
    """

    def __init__(self) -> None:
        self._known: dict[bytes, Head] = {}

    def of(self, data: bytes) -> tuple[Head, int] | None:
        """The head of `data` and where its body begins, if `data` is one whole request with a head known."""
        begins = data.find(b"\r\n\r\n") + 4
        head = self._known.get(data[:begins])
        return (head, begins) if head is not None and len(data) == begins + head.n_body else None

    def remember(self, data: bytes, head: Head) -> Head:
        """`data` was one whole request, and `head` was read from it alone; the head, by its bytes if it is kept."""
        begins = len(data) - head.n_body
        if begins > LONGEST_KEPT or data.find(b"\r\n\r\n") + 4 != begins:
            return head
        if len(self._known) >= MOST_KEPT:
            self._known.clear()
        found = self._known[data[:begins]] = replace(head, raw=data[:begins])
        return found

    def forget(self) -> None:
        self._known.clear()


class Room:
    """How many bytes of bodies that have not come to their end a gate holds, for all its connections.

    Each may be slow for half a minute and a batch may have 1 MiB: ten thousand of them would be a machine's memory.
    A body that comes whole with its head, as a scan does, takes no room.
    """

    __slots__ = ("n_bytes",)

    def __init__(self) -> None:
        self.n_bytes = 0


class Refuse(Protocol):
    """How a reader says that nothing more can be read."""

    def __call__(self, code: str, **facts: object) -> None: ...


class RequestReader:
    """One connection's reader; the parser calls the `on_…` functions while bytes come in.

    `take` gets each request's head and body, `go_on` is called when a caller waits to be told to send its body, and
    after `refuse` nothing more is read.

    Attributes
    ----------
    origin : the page that asks, of the request being read
    began : when the request being read began, 0 for none
    """

    def __init__(
        self, heads: Heads, room: Room, take: Callable[[Head, bytes], None], refuse: Refuse, go_on: Callable[[], None]
    ) -> None:
        self._heads, self._room, self._take, self._refuse, self._go_on = heads, room, take, refuse, go_on
        self._parser = httptools.HttpRequestParser(self)
        self._is_over = self._is_half_read = self._is_past_head = False
        self._whole: bytes | None = None
        self._n_held = 0  # of the room
        self._begin()
        self.began = 0.0

    def _begin(self) -> None:
        self._url, self._path, self._token, self.origin, self._codings = b"", b"", "", b"", b""
        self._length = self._n_head = self._n_body = self._n_tokens = self._n_unended = 0
        self._expects, self._is_direct, self._is_past_head = False, True, False
        self._body: list[bytes] = []
        self.began = time.monotonic()

    def feed(self, data: bytes) -> None:
        """Read on; raises nothing but what is a bug of ours."""
        self._whole = None if self.began else data
        before = self.began, self._n_head, self._n_body
        try:
            self._feed(data)
            if self.began:
                self._bound_what_does_not_end(len(data), before)
        except httptools.HttpParserCallbackError as error:
            raise error.__context__ or error from None
        except httptools.HttpParserError as error:
            self._give_up("gate.not_http", reason=type(error).__name__)
        if self.began or self._n_held:
            self._hold(self._n_body if self.began and not self._is_over else 0)

    def end(self) -> None:
        """Nothing more is read: what was held of it is let go."""
        self._is_over, self._body = True, []
        self._hold(0)

    def _hold(self, n: int) -> None:
        self._room.n_bytes += n - self._n_held
        self._n_held = n
        if n and self._room.n_bytes > MOST_BEGUN:
            self._give_up("gate.too_much_begun", most=MOST_BEGUN >> 20)
            self.end()

    def _feed(self, data: bytes) -> None:
        rest = memoryview(data)
        while not self._is_over:
            try:
                self._parser.feed_data(rest)
                return
            except httptools.HttpParserUpgrade as asked:
                rest = rest[asked.args[0] :]
                if self._is_half_read:
                    self._parser.feed_data(self._head_without_asking())
                    self._is_half_read = False

    def _bound_what_does_not_end(self, n: int, before: tuple[float, int, int]) -> None:
        """Until a name or a value comes to its end the parser keeps it, and copies all of it with each read."""
        is_further = before != (self.began, self._n_head, self._n_body)
        self._n_unended = 0 if is_further else self._n_unended + n
        if self._n_unended > MOST_HEAD:
            self._give_up("scan.too_large", length=self._n_unended, most=MOST_HEAD)

    def _head_without_asking(self) -> bytes:
        """What the parser takes for the head of the body to come.

        A caller that offers to speak something else (many do, of HTTP/2) may be answered as it asked; but the parser
        stops reading at the head of such a request.
        """
        length = b"Transfer-Encoding: " + self._codings if self._codings else b"Content-Length: %d" % self._length
        last = b"" if self._parser.should_keep_alive() else b"Connection: close\r\n"
        return b"%s %s HTTP/1.1\r\n%s\r\n%s\r\n" % (self._parser.get_method(), self._url, length, last)

    def _give_up(self, code: str, **facts: object) -> None:
        if not self._is_over:
            self._is_over = True
            self._refuse(code, **facts)

    # ---- the parser ----

    def on_message_begin(self) -> None:
        if not self._is_half_read:
            self._begin()

    def on_url(self, url: bytes) -> None:
        if not self._is_half_read:
            self._url += url
            self._grow_head(len(url))

    def on_header(self, name: bytes, value: bytes) -> None:
        if self._is_half_read:
            return
        self._grow_head(len(name) + len(value))
        if self._is_past_head:
            return  # a trailer, of which no credential and nothing else is believed
        name = name.lower()
        if name == b"authorization":
            scheme, _, token = value.partition(b" ")
            # Any other scheme is a credential too, and one that proves nothing: it is refused as unreadable.
            self._token = (token if scheme.lower() == b"bearer" else value).strip().decode("latin-1") or "—"
            self._n_tokens += 1
        elif name == b"origin":
            self.origin = value
        elif name == b"content-length":
            self._length = int(value)
        elif name == b"transfer-encoding":
            self._codings = value
        elif name == b"expect":
            self._expects = value.lower() == b"100-continue"
        elif name in PASSED_ON:
            self._is_direct = False

    def on_headers_complete(self) -> None:
        if self._is_half_read:
            return
        self._path, self._is_past_head = _path_of(self._url), True
        most = MOST_BYTES.get(self._path, MOST_BODY)
        if self._n_tokens > 1:
            self._give_up("gate.two_credentials", n=self._n_tokens)
        elif self._length > most:
            self._give_up("scan.too_large", length=self._length, most=most)
        elif self._expects and not self._is_over and self._parser.get_http_version() != "1.0":
            self._go_on()

    def on_body(self, body: bytes) -> None:
        if self._is_over:
            return
        self._n_body += len(body)
        most = MOST_BYTES.get(self._path, MOST_BODY)
        if self._n_body > most:
            self._give_up("scan.too_large", length=self._n_body, most=most)
        else:
            self._body.append(body)

    def on_message_complete(self) -> None:
        if self._is_over:
            return
        if self._parser.should_upgrade():
            if self._parser.get_method() == b"CONNECT":
                self._give_up("gate.not_http", reason="CONNECT")
                return
            if self._length or self._codings:
                self._is_half_read = True
                return
        self.began = 0.0
        body = self._body[0] if len(self._body) == 1 else b"".join(self._body)
        head = Head(
            self._parser.get_method(),
            self._path,
            self._token,
            self.origin,
            self._is_direct,
            self._parser.should_keep_alive(),
            len(body),
        )
        if self._whole is not None and self._is_plain:
            head = self._heads.remember(self._whole, head)
        self._whole = None  # what comes behind it in the same bytes is another's
        self._take(head, body)

    @property
    def _is_plain(self) -> bool:
        """Whether the head says all there is to know: no other coding of the body, nothing to wait for."""
        return not (self._codings or self._expects or self._is_over or self._parser.should_upgrade())

    def _grow_head(self, n: int) -> None:
        self._n_head += n
        if self._n_head > MOST_HEAD:
            self._give_up("scan.too_large", length=self._n_head, most=MOST_HEAD)


def _path_of(url: bytes) -> bytes:
    """The path of a request's target; of one with a scheme and a host too, as it is sent to proxies."""
    if url[:1] != b"/" and b"://" in url:
        url = b"/" + url.partition(b"://")[2].partition(b"/")[2]
    return url.partition(b"?")[0]
